"""Adverse events as outcome measures: one number under each title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from trialwright.core.results import Result
from trialwright.endpoints.adverse_events import AdverseEvents
from trialwright.endpoints.dose_limiting import DoseLimiting
from trialwright.exchange.registry_results.cited import Cell, Cited
from trialwright.exchange.registry_results.groups import Group, found
from trialwright.exchange.registry_results.measures import (
    COUNT_KIND,
    Answer,
    Part,
    Place,
    Unanswered,
)
from trialwright.protocol.rules import EndpointDefinition

#: Row of T-11, column of it (any grade, grade 3 or higher, serious), words of the title.
_ANY, _SEVERE, _SERIOUS = 1, 2, 3
#: Column of T-12 behind those of the grades 1 to 5.
_UNKNOWN = 6
_OVERVIEW: tuple[tuple[str, int, str], ...] = (
    ("any", _ANY, "any adverse event"),
    ("any", _SEVERE, "adverse event of grade 3 or higher"),
    ("any", _SERIOUS, "serious adverse event"),
    ("related", _ANY, "treatment-related adverse event"),
    ("related", _SEVERE, "treatment-related adverse event of grade 3 or higher"),
    ("related", _SERIOUS, "treatment-related serious adverse event"),
    ("discontinuation", _ANY, "adverse event leading to discontinuation of any component"),
    ("fatal", _ANY, "fatal adverse event"),
)
_DEGREE = re.compile(r"\b(?:degree|grad(?:e|ed|es|ing)|severity|ctc(?:ae)?)\b", re.IGNORECASE)
_POPULATION = (
    "Safety set: treated participants. Treatment-emergent events; each participant counts once."
)


def adverse_event_parts(
    definition: EndpointDefinition, groups: tuple[Group, ...], results: Mapping[str, Result]
) -> tuple[Answer, ...]:
    """Rows of T-11, and of T-12 where the degree is registered, each as a measure of its own."""
    per: dict[str, AdverseEvents] = {}
    for group in groups:
        result = found(results, "AE", group, AdverseEvents)
        if result is None:
            return (Unanswered("", f"the analysis has no result AE for {group.title}"),)
        per[group.subset] = result
    serious_only = definition.kind == "SAE"
    rows = [one for one in _OVERVIEW if not serious_only or one[1] == _SERIOUS]
    said = f"{definition.measure} {definition.description or ''}"
    grades = range(1, 6) if _DEGREE.search(said) and not serious_only else ()
    unknown = any(one.terms[0].unknown for one in per.values())
    return (
        *(_overview(per, *row) for row in rows),
        *(_grade(per, one) for one in grades),
        *((_unknown_grade(per),) if grades and unknown else ()),
    )


def _overview(per: Mapping[str, AdverseEvents], key: str, column: int, words: str) -> Part:
    values = {}
    for subset, result in per.items():
        row = next(one for one in result.overview if one.key == key)
        count = (row.any_grade, row.severe, row.serious)[column - 1]
        values[subset] = Cited(str(count), (Cell(result.key, "T-11", row.label, column),))
    return _part(f": {words}", per, values)


def _grade(per: Mapping[str, AdverseEvents], grade: int) -> Part:
    values = {}
    for subset, result in per.items():
        row = result.terms[0]
        values[subset] = Cited(
            str(row.grades[grade - 1]), (Cell(result.key, "T-12", row.label, grade),)
        )
    return _part(f": highest grade {grade}", per, values)


def _unknown_grade(per: Mapping[str, AdverseEvents]) -> Part:
    """Participants whose events have no grade: with the five grades they are all affected."""
    values = {}
    for subset, result in per.items():
        row = result.terms[0]
        place = Cell(result.key, "T-12", row.label, _UNKNOWN)
        values[subset] = Cited(str(row.unknown), (place,))
    return _part(": highest grade unknown", per, values)


def _part(suffix: str, per: Mapping[str, AdverseEvents], values: Mapping[str, Cited]) -> Part:
    return Part(
        suffix=suffix,
        kind=COUNT_KIND,
        population=_POPULATION,
        subjects={
            subset: Cited(str(one.subjects), (Place(one.key, "T-11", "").population(),))
            for subset, one in per.items()
        },
        measurements={subset: {"value": value} for subset, value in values.items()},
        analyses={},
    )


def dose_limiting_part(
    _definition: EndpointDefinition, groups: tuple[Group, ...], results: Mapping[str, Result]
) -> tuple[Answer, ...]:
    """Participants with dose-limiting toxicity, by the protocol where it has criteria (A-05)."""
    per: dict[str, DoseLimiting] = {}
    for group in groups:
        result = found(results, "DLT", group, DoseLimiting)
        if result is None:
            return (Unanswered("", f"the analysis has no result DLT for {group.title}"),)
        per[group.subset] = result
    lacking = next((one.lacking for one in per.values()), ())
    values = dict(_dose_limiting(per))
    if len(values) < len(per):
        return (
            Unanswered("", " ".join(lacking) or "nobody was assessed for dose-limiting toxicity"),
        )
    return (
        Part(
            suffix="",
            kind=COUNT_KIND,
            population="Participants evaluable for dose-limiting toxicity; treated participants "
            "where the share of the dose was not derived.",
            subjects={
                subset: Cited(str(one.denominator), (_denominator(one),))
                for subset, one in per.items()
            },
            measurements={subset: {"value": value} for subset, value in values.items()},
            analyses={},
        ),
    )


def _dose_limiting(per: Mapping[str, DoseLimiting]) -> Iterator[tuple[str, Cited]]:
    for subset, one in per.items():
        if one.by_protocol is not None:
            row, count = "By the criteria of the protocol", one.by_protocol
        elif one.by_investigator is not None:
            row, count = "By the investigator", one.by_investigator
        else:
            continue
        yield subset, Cited(str(count), (Cell(one.key, "", row),))


def _denominator(one: DoseLimiting) -> Cell:
    place = Place(one.key, "", "Evaluable for dose-limiting toxicity (S-7)")
    return place.population() if one.evaluable is None else place.cell()
