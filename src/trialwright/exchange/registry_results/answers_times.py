"""Times to event as outcome measures: medians, and the time to response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from trialwright.core.results import Result
from trialwright.endpoints.duration_of_response import DurationOfResponse
from trialwright.endpoints.irecist.times import ImmuneTime
from trialwright.endpoints.overall_survival import OverallSurvival
from trialwright.endpoints.progression_free_survival import ProgressionFreeSurvival
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_summary import SurvivalSummary
from trialwright.endpoints.time_to_failure import TimeToFailure
from trialwright.endpoints.time_to_progression import TimeToProgression
from trialwright.endpoints.time_to_response import TimeToResponse
from trialwright.exchange.registry_results.cited import Cited, Node
from trialwright.exchange.registry_results.groups import Group, found
from trialwright.exchange.registry_results.measures import (
    Answer,
    Part,
    Place,
    Unanswered,
    median_kind,
    median_value,
)
from trialwright.exchange.registry_results.numbers import NA, months_text
from trialwright.protocol.rules import EndpointDefinition, EndpointKind

_Timed: TypeAlias = (
    "DurationOfResponse | ProgressionFreeSurvival | OverallSurvival | TimeToFailure | "
    "TimeToProgression"
)
#: Result and table by kind of endpoint, and who is analysed.
_KINDS: dict[EndpointKind, tuple[type[_Timed], str, str]] = {
    "DOR": (DurationOfResponse, "T-8", "Responders"),
    "PFS": (ProgressionFreeSurvival, "T-9", "Enrolled participants with a start date"),
    "OS": (OverallSurvival, "T-9", "Enrolled participants with a start date"),
    "TTP": (TimeToProgression, "T-9", "Enrolled participants with a start date"),
    "TTF": (TimeToFailure, "T-9", "Treated participants"),
}


def time_part(
    definition: EndpointDefinition, groups: tuple[Group, ...], results: Mapping[str, Result]
) -> tuple[Answer, ...]:
    """The median of a time to event, in months (T-05)."""
    kind, number, who = _KINDS[definition.kind]
    per: dict[str, tuple[SurvivalSummary, Place]] = {}
    for group in groups:
        result = found(results, definition.kind, group, kind)
        if result is None:
            return (
                Unanswered("", f"the analysis has no result {definition.kind} for {group.title}"),
            )
        per[group.subset] = result.summary, _median(result.key, number, result.summary)
    return (_median_part(per, who),)


def immune_time_part(
    definition: EndpointDefinition, groups: tuple[Group, ...], results: Mapping[str, Result]
) -> tuple[Answer, ...]:
    """The median of PFS or duration of response by iRECIST."""
    per: dict[str, tuple[SurvivalSummary, Place]] = {}
    for group in groups:
        result = found(results, "IPFS", group, ImmuneTime)
        if result is None:
            return (Unanswered("", "no time by iRECIST could be derived from these data"),)
        pfs = definition.kind == "PFS"
        summary = result.pfs[0] if pfs else result.dor[0]
        per[group.subset] = summary, _median(result.key, "T-9i" if pfs else "T-8i", summary)
    who = "Enrolled participants with a start date" if pfs else "Responders by iRECIST"
    return (_median_part(per, who),)


def _median(key: str, number: str, summary: SurvivalSummary) -> Place:
    level = interval_level(summary.convention.conf_level)
    return Place(key, number, f"Median, months ({level})")


def _median_part(per: Mapping[str, tuple[SurvivalSummary, Place]], who: str) -> Part:
    first = next(iter(per.values()))[0]
    return Part(
        suffix="",
        kind=median_kind(first.convention.conf_level),
        population=f"{who}. {first.method}. Months are days / 30.4375.",
        subjects={
            subset: Cited(str(summary.records.subjects), (place.population(),))
            for subset, (summary, place) in per.items()
        },
        measurements={
            subset: median_value(summary, place) for subset, (summary, place) in per.items()
        },
        analyses={},
    )


def response_time_part(
    _definition: EndpointDefinition, groups: tuple[Group, ...], results: Mapping[str, Result]
) -> tuple[Answer, ...]:
    """The time to response: median and range of the responders (E-06)."""
    per: dict[str, TimeToResponse] = {}
    for group in groups:
        result = found(results, "TTR", group, TimeToResponse)
        if result is None:
            return (Unanswered("", f"the analysis has no result TTR for {group.title}"),)
        per[group.subset] = result
    return (
        Part(
            suffix="",
            kind={
                "paramType": "MEDIAN", "dispersionType": "FULL_RANGE", "unitOfMeasure": "Months",
            },
            population="Responders. Plain median and range; participants without response have no "
            "time. Months are days / 30.4375.",
            subjects={
                subset: Cited(str(len(one.days)), (Place(one.key, "T-8", "").header(),))
                for subset, one in per.items()
            },
            measurements={subset: _response_time(one) for subset, one in per.items()},
            analyses={},
        ),
    )  # fmt: skip


def _response_time(one: TimeToResponse) -> dict[str, Node]:
    if not one.days:
        return {"value": NA, "comment": "Nobody in this group responded."}
    ends = Place(one.key, "T-8", "Range, months")
    median = Place(one.key, "T-8", "Median, months").cell()
    return {
        "value": Cited(months_text(one.median_days), (median,)),
        "lowerLimit": Cited(months_text(one.days[0]), (ends.cell(0),)),
        "upperLimit": Cited(months_text(one.days[-1]), (ends.cell(1),)),
    }
