"""A protocol as a USDM study: every value in its place of the model, the rest beside it.

A value that the places of the model give back unchanged stands there alone. Any other value stands
in an extension attribute of the object that it belongs to, and so do the sources.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from trialwright._version import __version__
from trialwright.exchange.usdm import terms
from trialwright.exchange.usdm.extras import with_extras
from trialwright.exchange.usdm.ids import Ids
from trialwright.exchange.usdm.models import (
    Code,
    InterventionalStudyDesign,
    Organization,
    Study,
    StudyIdentifier,
    StudyTitle,
    StudyVersion,
    Wrapper,
    plain_json,
)
from trialwright.exchange.usdm.write_endpoints import estimands, objectives
from trialwright.exchange.usdm.write_population import criteria, indications, population_of
from trialwright.exchange.usdm.write_schedule import calendar_of
from trialwright.exchange.usdm.write_treatment import arms, cells, epochs, interventions
from trialwright.protocol.model import Protocol, TrialDesign
from trialwright.schedule.activities import plan_activities

USDM_VERSION = "4.0.0"
_REGISTRY_NUMBER = re.compile(r"NCT\d{8}")


def usdm_text(protocol: Protocol) -> str:
    """The protocol as the text of a USDM v4 JSON file; equal protocols give equal bytes."""
    return json.dumps(plain_json(usdm_of(protocol)), indent=1, ensure_ascii=False) + "\n"


def usdm_of(protocol: Protocol) -> Wrapper:
    """The protocol as a USDM v4 study with everything that the model has no place for."""
    ids = Ids()
    return with_extras(ids, native(ids, protocol), protocol)


def native(ids: Ids, protocol: Protocol) -> Wrapper:
    """What the places of the model hold, without our extension attributes for values."""
    held = interventions(ids, protocol)
    held_criteria, items = criteria(ids, protocol.population)
    organization = _organization(ids, protocol)
    version = StudyVersion(
        id=ids.new("StudyVersion"), version_identifier="1",
        rationale="Protocol read from its registered record",
        study_identifiers=(
            StudyIdentifier(
                id=ids.new("StudyIdentifier"), text=protocol.id, scope_id=organization.id
            ),
        ),
        study_designs=(
            _design(
                ids, protocol, {one.name: one.id for one in held},
                tuple(one.id for one in held_criteria),
            ).model_copy(update={"eligibility_criteria": held_criteria}),
        ),
        titles=(
            StudyTitle(
                id=ids.new("StudyTitle"), text=protocol.title,
                type=ids.cdisc(terms.OFFICIAL_TITLE),
            ),
        ),
        eligibility_criterion_items=items, organizations=(organization,),
        study_interventions=held,
    )  # fmt: skip
    return Wrapper(
        study=Study(name=protocol.id or "STUDY", versions=(version,)),
        usdm_version=USDM_VERSION, system_name="trialwright", system_version=__version__,
    )  # fmt: skip


def _organization(ids: Ids, protocol: Protocol) -> Organization:
    """Who gave the identifier: the registry for its numbers, else nobody whom the record names."""
    known = ids.new("Organization")
    if _REGISTRY_NUMBER.fullmatch(protocol.id):
        return Organization(
            id=known, name="ClinicalTrials.gov", type=ids.cdisc(terms.REGISTRY),
            identifier_scheme="USGOV", identifier="CT-GOV",
        )  # fmt: skip
    return Organization(
        id=known, name="Not stated", type=ids.own(terms.NOT_STATED),
        identifier_scheme="Not stated", identifier="Not stated",
    )  # fmt: skip


def _design(
    ids: Ids,
    protocol: Protocol,
    by_component: Mapping[str, str],
    criterion_ids: tuple[str, ...],
) -> InterventionalStudyDesign:
    design = protocol.design
    held_arms, held_epochs = arms(ids, protocol), epochs(ids)
    elements, held_cells = cells(ids, protocol, held_arms, held_epochs, by_component)
    calendar = calendar_of(ids, protocol, plan_activities(protocol), held_epochs, by_component)
    held_objectives = objectives(ids, protocol)
    by_endpoint = {end.name: end.id for one in held_objectives for end in one.endpoints}
    held_estimands, sets = estimands(ids, protocol, by_endpoint, tuple(by_component.values()))
    phase = terms.PHASE.get(tuple(design.phases or ()))
    blinding = terms.MASKING.get(design.masking or "")
    return InterventionalStudyDesign(
        id=ids.new("InterventionalStudyDesign"), name="DESIGN", label="Study design",
        study_type=ids.cdisc(terms.STUDY_TYPE),
        study_phase=ids.alias(ids.cdisc(phase)) if phase else None,
        characteristics=tuple(_characteristics(ids, design)),
        encounters=calendar.encounters, activities=calendar.activities, arms=held_arms,
        study_cells=held_cells, rationale="Not stated", epochs=tuple(held_epochs.values()),
        elements=elements, estimands=held_estimands,
        indications=indications(ids, protocol.population),
        study_intervention_ids=tuple(by_component.values()), objectives=held_objectives,
        population=population_of(ids, protocol, criterion_ids),
        schedule_timelines=calendar.timelines, eligibility_criteria=(), analysis_populations=sets,
        model=_model(ids, design),
        intent_types=_purpose(ids, design),
        blinding_schema=ids.alias(ids.cdisc(blinding)) if blinding else None,
    )  # fmt: skip


def _purpose(ids: Ids, design: TrialDesign) -> tuple[Code, ...]:
    term = terms.PURPOSE.get(design.primary_purpose or "")
    return (ids.cdisc(term),) if term else ()


def _model(ids: Ids, design: TrialDesign) -> Code:
    """The intervention model, where the protocol says it."""
    return ids.cdisc(terms.SINGLE_GROUP) if design.single_arm else ids.own(terms.NOT_STATED)


def _characteristics(ids: Ids, design: TrialDesign) -> list[Code]:
    found = []
    if design.allocation == "RANDOMIZED":
        found.append(ids.cdisc(terms.RANDOMIZED))
    if design.centres is not None:
        found.append(ids.cdisc(terms.CENTRES[design.centres]))
    return found
