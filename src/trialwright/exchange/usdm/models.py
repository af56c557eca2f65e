"""The classes of USDM v4 that we write and read, as frozen models.

Attributes that we do not use are left out here; a file that has them is checked by `structure`, and
what is not read is listed.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from trialwright.exchange.usdm.models_base import (
    AliasCode,
    Code,
    Duration,
    Element,
    ExtensionAttribute,
    Ids,
    Named,
    Quantity,
    QuantityRange,
    Range,
    TransitionRule,
)
from trialwright.exchange.usdm.models_schedule import (
    Activity,
    ConditionAssignment,
    Encounter,
    Instance,
    Procedure,
    ScheduledActivityInstance,
    ScheduledDecisionInstance,
    ScheduleTimeline,
    ScheduleTimelineExit,
    StudyEpoch,
    Timing,
)

__all__ = [
    "Activity",
    "Administration",
    "AliasCode",
    "AnalysisPopulation",
    "Code",
    "ConditionAssignment",
    "Duration",
    "Element",
    "EligibilityCriterion",
    "EligibilityCriterionItem",
    "Encounter",
    "Endpoint",
    "Estimand",
    "ExtensionAttribute",
    "Ids",
    "Indication",
    "Instance",
    "IntercurrentEvent",
    "InterventionalStudyDesign",
    "Named",
    "Objective",
    "Organization",
    "Procedure",
    "Quantity",
    "QuantityRange",
    "Range",
    "ScheduleTimeline",
    "ScheduleTimelineExit",
    "ScheduledActivityInstance",
    "ScheduledDecisionInstance",
    "Study",
    "StudyArm",
    "StudyCell",
    "StudyCohort",
    "StudyDesignPopulation",
    "StudyElement",
    "StudyEpoch",
    "StudyIdentifier",
    "StudyIntervention",
    "StudyTitle",
    "StudyVersion",
    "Timing",
    "TransitionRule",
    "Wrapper",
    "plain_json",
]


class Organization(Element):
    """Who gave an identifier."""

    name: str
    type: Code
    identifier_scheme: str
    identifier: str
    instance_type: Literal["Organization"] = "Organization"


class StudyIdentifier(Element):
    """An identifier of the study."""

    text: str
    scope_id: str
    instance_type: Literal["StudyIdentifier"] = "StudyIdentifier"


class StudyTitle(Element):
    """A title of the study."""

    text: str
    type: Code
    instance_type: Literal["StudyTitle"] = "StudyTitle"


class Administration(Named):
    """One way in which an intervention is given: dose, route, frequency, duration."""

    duration: Duration
    dose: Quantity | None = None
    route: AliasCode | None = None
    frequency: AliasCode | None = None
    instance_type: Literal["Administration"] = "Administration"


class StudyIntervention(Named):
    """An agent or a procedure."""

    role: Code
    type: Code
    administrations: tuple[Administration, ...] = ()
    instance_type: Literal["StudyIntervention"] = "StudyIntervention"


class EligibilityCriterionItem(Named):
    """The text of a criterion."""

    text: str
    instance_type: Literal["EligibilityCriterionItem"] = "EligibilityCriterionItem"


class EligibilityCriterion(Named):
    """A criterion of a study design."""

    category: Code
    identifier: str
    criterion_item_id: str
    previous_id: str | None = None
    next_id: str | None = None
    instance_type: Literal["EligibilityCriterion"] = "EligibilityCriterion"


class StudyArm(Named):
    """An arm."""

    type: Code
    data_origin_description: str
    data_origin_type: Code
    population_ids: Ids = ()
    instance_type: Literal["StudyArm"] = "StudyArm"


class StudyElement(Named):
    """What happens in a cell: its interventions, and when it ends."""

    transition_end_rule: TransitionRule | None = None
    study_intervention_ids: Ids = ()
    instance_type: Literal["StudyElement"] = "StudyElement"


class StudyCell(Element):
    """The elements of an arm in an epoch."""

    arm_id: str
    epoch_id: str
    element_ids: Ids
    instance_type: Literal["StudyCell"] = "StudyCell"


class Endpoint(Named):
    """A registered outcome."""

    text: str
    purpose: str
    level: Code
    instance_type: Literal["Endpoint"] = "Endpoint"


class Objective(Named):
    """An objective with its endpoints."""

    text: str
    level: Code
    endpoints: tuple[Endpoint, ...] = ()
    instance_type: Literal["Objective"] = "Objective"


class IntercurrentEvent(Named):
    """An event after treatment began that changes what an endpoint means."""

    text: str
    strategy: str
    instance_type: Literal["IntercurrentEvent"] = "IntercurrentEvent"


class Estimand(Named):
    """What exactly is estimated."""

    population_summary: str
    analysis_population_id: str
    intervention_ids: Ids
    variable_of_interest_id: str
    intercurrent_events: tuple[IntercurrentEvent, ...]
    instance_type: Literal["Estimand"] = "Estimand"


class AnalysisPopulation(Named):
    """An analysis set."""

    text: str
    instance_type: Literal["AnalysisPopulation"] = "AnalysisPopulation"


class Indication(Named):
    """A condition under study."""

    is_rare_disease: bool
    instance_type: Literal["Indication"] = "Indication"


class StudyCohort(Named):
    """A cohort."""

    includes_healthy_subjects: bool
    planned_enrollment_number: QuantityRange | None = None
    instance_type: Literal["StudyCohort"] = "StudyCohort"


class StudyDesignPopulation(Named):
    """Who may enter."""

    includes_healthy_subjects: bool
    planned_enrollment_number: QuantityRange | None = None
    planned_sex: tuple[Code, ...] = ()
    criterion_ids: Ids = ()
    planned_age: Range | None = None
    cohorts: tuple[StudyCohort, ...] = ()
    instance_type: Literal["StudyDesignPopulation"] = "StudyDesignPopulation"


class InterventionalStudyDesign(Named):
    """The design of an interventional study."""

    study_type: Code | None = None
    study_phase: AliasCode | None = None
    characteristics: tuple[Code, ...] = ()
    encounters: tuple[Encounter, ...] = ()
    activities: tuple[Activity, ...] = ()
    arms: tuple[StudyArm, ...]
    study_cells: tuple[StudyCell, ...]
    rationale: str
    epochs: tuple[StudyEpoch, ...]
    elements: tuple[StudyElement, ...] = ()
    estimands: tuple[Estimand, ...] = ()
    indications: tuple[Indication, ...] = ()
    study_intervention_ids: Ids = ()
    objectives: tuple[Objective, ...] = ()
    population: StudyDesignPopulation
    schedule_timelines: tuple[ScheduleTimeline, ...] = ()
    eligibility_criteria: tuple[EligibilityCriterion, ...]
    analysis_populations: tuple[AnalysisPopulation, ...] = ()
    model: Code
    intent_types: tuple[Code, ...] = ()
    blinding_schema: AliasCode | None = None
    instance_type: Literal["InterventionalStudyDesign"] = "InterventionalStudyDesign"


class StudyVersion(Element):
    """A version of the study; its first design is read, a design of another kind is not."""

    version_identifier: str
    rationale: str
    study_identifiers: tuple[StudyIdentifier, ...]
    study_designs: tuple[InterventionalStudyDesign, ...] = ()
    titles: tuple[StudyTitle, ...]
    eligibility_criterion_items: tuple[EligibilityCriterionItem, ...] = ()
    organizations: tuple[Organization, ...] = ()
    study_interventions: tuple[StudyIntervention, ...] = ()
    instance_type: Literal["StudyVersion"] = "StudyVersion"


class Study(BaseModel):
    """The study."""

    model_config = Element.model_config

    id: str | None = None
    name: str
    description: str | None = None
    label: str | None = None
    versions: tuple[StudyVersion, ...] = ()
    instance_type: Literal["Study"] = "Study"


class Wrapper(BaseModel):
    """A whole file."""

    model_config = Element.model_config

    study: Study
    usdm_version: str
    system_name: str | None = None
    system_version: str | None = None


def plain_json(wrapper: Wrapper) -> dict[str, Any]:
    """The file as plain data: attributes in the order of the models, absent values left out."""
    return wrapper.model_dump(mode="json", by_alias=True, exclude_none=True)
