"""A record as a study of ClinicalTrials.gov API version 2, with what a protocol adds.

A record that arrived in this form goes out as it came. Any other is written from its fields. A
protocol adds what the record lacks, and only what the record says elsewhere, what follows from it,
or what a person decided: defaults of the product are not registered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from trialwright.protocol.base import Source
from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import get_value, source_of, sources_by_path
from trialwright.registry.outcomes import Outcome
from trialwright.registry.record import INTERVENTION, Record

Study = dict[str, Any]
_NUMBER = re.compile(r"NCT\d{8}")
_INT = frozenset({"enrollment"})
#: Where a further field stands: module and keys; several values are joined by a bar.
_PLACES: Mapping[str, tuple[str, ...]] = {
    "nctId": ("identificationModule", "nctId"),
    "officialTitle": ("identificationModule", "officialTitle"),
    "acronym": ("identificationModule", "acronym"),
    "orgStudyId": ("identificationModule", "orgStudyIdInfo", "id"),
    "overallStatus": ("statusModule", "overallStatus"),
    "whyStopped": ("statusModule", "whyStopped"),
    "startDate": ("statusModule", "startDateStruct", "date"),
    "primaryCompletionDate": ("statusModule", "primaryCompletionDateStruct", "date"),
    "completionDate": ("statusModule", "completionDateStruct", "date"),
    "studyFirstPostDate": ("statusModule", "studyFirstPostDateStruct", "date"),
    "resultsFirstPostDate": ("statusModule", "resultsFirstPostDateStruct", "date"),
    "lastUpdatePostDate": ("statusModule", "lastUpdatePostDateStruct", "date"),
    "leadSponsor": ("sponsorCollaboratorsModule", "leadSponsor", "name"),
    "leadSponsorClass": ("sponsorCollaboratorsModule", "leadSponsor", "class"),
    "studyType": ("designModule", "studyType"),
    "phases": ("designModule", "phases"),
    "allocation": ("designModule", "designInfo", "allocation"),
    "interventionModel": ("designModule", "designInfo", "interventionModel"),
    "primaryPurpose": ("designModule", "designInfo", "primaryPurpose"),
    "masking": ("designModule", "designInfo", "maskingInfo", "masking"),
    "whoMasked": ("designModule", "designInfo", "maskingInfo", "whoMasked"),
    "enrollment": ("designModule", "enrollmentInfo", "count"),
    "enrollmentType": ("designModule", "enrollmentInfo", "type"),
    "sex": ("eligibilityModule", "sex"),
    "stdAges": ("eligibilityModule", "stdAges"),
}
_LISTS = frozenset({"phases", "whoMasked", "stdAges"})
_WORDS = {"measure": "measure", "description": "description", "timeFrame": "time_frame"}
_ARM = {"EXPERIMENTAL": "EXPERIMENTAL", "NO_INTERVENTION": "NO_INTERVENTION", "OTHER": "OTHER"}


def study_of(
    record: Record, outcomes: Sequence[Outcome], protocol: Protocol | None = None
) -> tuple[Study, tuple[str, ...]]:
    """The study of a record, and the paths of the values that the protocol added or changed.

    Parameters
    ----------
    record
        A record in any layout.
    outcomes
        Its outcomes in their parts, as given or as they are read.
    protocol
        Its protocol; without one the study holds what the record holds.
    """
    study: Study
    if record.layout == "api_v2" and record.given is not None:
        study = json.loads(json.dumps(record.given))
    else:
        study = _written(record, outcomes)
    return (study, ()) if protocol is None else _with_protocol(study, protocol)


def study_text(study: Study) -> str:
    """The study as JSON text."""
    return json.dumps(study, indent=2, ensure_ascii=False) + "\n"


def _written(record: Record, outcomes: Sequence[Outcome]) -> Study:
    """The study of a record that arrived as plain text or as a row of a table."""
    section: Study = {}
    if _NUMBER.fullmatch(record.id):
        _set(section, _PLACES["nctId"], record.id)
    _text(section, record, "title", "identificationModule", "briefTitle")
    for field in record.further:
        place = _PLACES.get(field.name)
        if place is not None:
            _set(section, place, _value(field.name, field.text))
    _text(section, record, "brief_summary", "descriptionModule", "briefSummary")
    _text(section, record, "detailed_description", "descriptionModule", "detailedDescription")
    conditions = [one for one in record.field("conditions").text.split("|") if one]
    if conditions:
        _set(section, ("conditionsModule", "conditions"), conditions)
    named = list(_interventions(record))
    if named:
        _set(section, ("armsInterventionsModule", "interventions"), named)
    for role, listed in _outcomes(record, outcomes).items():
        if listed:
            _set(section, ("outcomesModule", f"{role}Outcomes"), listed)
    return {"protocolSection": section}


def _value(name: str, text: str) -> Any:
    if name in _LISTS:
        return text.split("|")
    return int(text) if name in _INT and text.isascii() and text.isdigit() else text


def _text(section: Study, record: Record, field: str, *place: str) -> None:
    text = record.field(field).text
    if text:
        _set(section, place, text)


def _set(section: Study, place: tuple[str, ...], value: Any) -> None:
    here = section
    for step in place[:-1]:
        here = here.setdefault(step, {})
    here[place[-1]] = value


def _get(section: Study, place: tuple[str, ...]) -> Any:
    here: Any = section
    for step in place:
        here = here.get(step) if isinstance(here, dict) else None
    return here


def _interventions(record: Record) -> Iterator[dict[str, str]]:
    """The entries of the intervention line, each with its type."""
    line = record.field("interventions").text
    starts = [match.start() for match in INTERVENTION.finditer(line)]
    for at, end in zip(starts, [*starts[1:], len(line) + 1], strict=True):
        kind, _, name = line[at : end - 1].partition(": ")
        yield {"type": kind, "name": name}


def _outcomes(record: Record, outcomes: Sequence[Outcome]) -> dict[str, list[dict[str, str]]]:
    """Outcomes in their parts."""
    found: dict[str, list[dict[str, str]]] = {"primary": [], "secondary": []}
    for one in outcomes:
        spans = (("measure", one.measure), ("description", one.description),
                 ("timeFrame", one.time_frame))  # fmt: skip
        said = {name: span.of(record.text) for name, span in spans if span is not None}
        found[one.role].append({name: text for name, text in said.items() if text})
    return found


def _with_protocol(study: Study, protocol: Protocol) -> tuple[Study, tuple[str, ...]]:
    """The study with the values of a protocol that the registry has a place for."""
    written = deepcopy(study)
    section = written.setdefault("protocolSection", {})
    sources = sources_by_path(protocol)
    changed = []
    for path, (place, convert) in _FROM_PROTOCOL.items():
        value, source = get_value(protocol, path), source_of(sources, path)
        if value is None or source is None or source.kind == "default":
            continue
        there, wanted = _get(section, place), convert(value)
        if wanted is not None and there != wanted and (there is None or source.kind == "user"):
            _set(section, place, wanted)
            changed.append(path)
    changed += _worded(section, protocol, sources)
    if protocol.arms and _get(section, ("armsInterventionsModule", "armGroups")) is None:
        arms = [_arm(protocol, at) for at in range(len(protocol.arms))]
        _set(section, ("armsInterventionsModule", "armGroups"), arms)
        changed.append("arms")
    return written, tuple(changed)


def _worded(section: Study, protocol: Protocol, sources: Mapping[str, Source]) -> Iterator[str]:
    """Words of outcomes that a person changed, each in the outcome that its endpoint is from."""
    for endpoint in protocol.endpoints:
        here = f"endpoints.{endpoint.id}"
        listed = _get(section, ("outcomesModule", f"{endpoint.role}Outcomes")) or ()
        named = sources.get(f"{here}.measure")
        changed = named is not None and named.kind == "user" and named.quote
        measure = named.quote if named is not None and changed else endpoint.measure
        found = [one for one in listed if isinstance(one, dict) and one.get("measure") == measure]
        for key, name in _WORDS.items() if len(found) == 1 else ():
            source, value = sources.get(f"{here}.{name}"), getattr(endpoint, name)
            decided = source is not None and source.kind == "user" and value is not None
            if decided and value != found[0].get(key):
                found[0][key] = value
                yield f"{here}.{name}"


def _years(value: Any) -> str:
    return f"{value} Year{'s' * (value != 1)}"


def _model(value: Any) -> str | None:
    return "SINGLE_GROUP" if value else None


_FROM_PROTOCOL: Mapping[str, tuple[tuple[str, ...], Callable[[Any], Any]]] = {
    "title": (("identificationModule", "briefTitle"), str),
    "design.phases": (_PLACES["phases"], list),
    "design.allocation": (_PLACES["allocation"], str),
    "design.single_arm": (_PLACES["interventionModel"], _model),
    "design.primary_purpose": (_PLACES["primaryPurpose"], str),
    "design.masking": (_PLACES["masking"], str),
    "design.enrollment": (_PLACES["enrollment"], int),
    "design.enrollment_type": (_PLACES["enrollmentType"], str),
    "population.conditions": (("conditionsModule", "conditions"), list),
    "population.sex": (_PLACES["sex"], str),
    "population.min_age_years": (("eligibilityModule", "minimumAge"), _years),
    "population.max_age_years": (("eligibilityModule", "maximumAge"), _years),
}


def _arm(protocol: Protocol, at: int) -> dict[str, Any]:
    arm = (protocol.arms or ())[at]
    names = {one.id: one.name for one in protocol.regimen}
    held = {
        "label": arm.name,
        "type": _ARM.get(arm.role or ""),
        "description": arm.description,
        "interventionNames": [names[one] for one in arm.components or () if one in names] or None,
    }
    return {key: value for key, value in held.items() if value is not None}
