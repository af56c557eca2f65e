"""Rates at a landmark as outcome measures: one number for each registered time (E-10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.core.format import pct
from trialwright.core.results import Result
from trialwright.endpoints.landmark_rate import LandmarkRate
from trialwright.endpoints.overall_survival import OverallSurvival
from trialwright.endpoints.progression_free_survival import ProgressionFreeSurvival
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_summary import RateAt, SurvivalSummary
from trialwright.exchange.registry_results.cited import Cited, Node
from trialwright.exchange.registry_results.groups import Group, found
from trialwright.exchange.registry_results.measures import (
    Answer,
    Part,
    Place,
    Unanswered,
    landmark_value,
    rate_kind,
    tested,
)
from trialwright.protocol.rules import EndpointDefinition, EndpointKind

_METHOD = "One-sided z test on the log(-log) scale"
#: The curve that the rates of a kind are read off, with its result.
_CURVES: dict[EndpointKind, tuple[str, type[ProgressionFreeSurvival | OverallSurvival]]] = {
    "PFS_RATE": ("PFS", ProgressionFreeSurvival),
    "OS_RATE": ("OS", OverallSurvival),
}


@dataclass(frozen=True, slots=True)
class _Read:
    """A rate of one group, the row that shows it, and the registered test of it."""

    summary: SurvivalSummary
    rate: RateAt | None
    place: Place
    test: dict[str, Node]


def landmark_parts(
    definition: EndpointDefinition, groups: tuple[Group, ...], results: Mapping[str, Result]
) -> tuple[Answer, ...]:
    """The rate at each registered landmark, one outcome measure each (E-10)."""
    first = definition.landmark_months
    months = [one for one in (first, *(definition.further_landmark_months or ())) if one]
    several = len(months) > 1
    added = {at: f", at {at:g} months" if several else "" for at in months}
    return tuple(_landmark(definition, groups, results, one) for one in added.items())


def _landmark(
    definition: EndpointDefinition,
    groups: tuple[Group, ...],
    results: Mapping[str, Result],
    asked: tuple[float, str],
) -> Answer:
    months, suffix = asked
    per: dict[str, _Read] = {}
    for group in groups:
        read = _own(definition, group, results, months) or _off_curve(
            definition, group, results, months
        )
        if read is None:
            return Unanswered(suffix, f"the analysis has no rate at {months:g} months")
        per[group.subset] = read
    summary = next(iter(per.values())).summary
    return Part(
        suffix=suffix,
        kind=rate_kind(summary.convention.conf_level),
        population=f"Enrolled participants with a start date. {summary.method}. The rate is "
        "read off the curve: censored participants count until they leave.",
        subjects={
            subset: Cited(str(one.summary.records.subjects), (one.place.population(),))
            for subset, one in per.items()
        },
        measurements={subset: landmark_value(one.rate, one.place) for subset, one in per.items()},
        analyses={subset: one.test for subset, one in per.items() if one.test},
    )


def _own(
    definition: EndpointDefinition, group: Group, results: Mapping[str, Result], months: float
) -> _Read | None:
    """The result under the id of the endpoint, under its kind where there are several."""
    alone = found(results, definition.id, group, LandmarkRate)
    result = alone or found(results, definition.kind, group, LandmarkRate)
    if result is None:
        return None
    row = f"{result.curve.paramcd} rate at {months:g} months, % ({_level(result.summary)})"
    return _read(result.summary, months, Place(result.key, "T-9", row), _tested(result, months))


def _off_curve(
    definition: EndpointDefinition, group: Group, results: Mapping[str, Result], months: float
) -> _Read | None:
    """The rate that the result of the curve shows at this time, for further landmarks."""
    code, kind = _CURVES[definition.kind]
    result = found(results, code, group, kind)
    if result is None:
        return None
    row = f"Rate at {months:g} months, % ({_level(result.summary)})"
    return _read(result.summary, months, Place(result.key, "T-9", row), {})


def _read(
    summary: SurvivalSummary, months: float, place: Place, test: dict[str, Node]
) -> _Read | None:
    """Nothing where the result has no rate at this time, unless it has nobody at all."""
    rate = next((one for one in summary.rates if one.months == months), None)
    if rate is None and summary.records.subjects:
        return None
    return _Read(summary, rate, place, test)


def _level(summary: SurvivalSummary) -> str:
    return interval_level(summary.convention.conf_level)


def _tested(result: LandmarkRate, months: float) -> dict[str, Node]:
    test = result.test
    if test is None or test.months != months or test.p_value is None:
        return {}
    row = f"vs {pct(test.null_rate)} % at {test.months:g} months, one-sided p"
    place = Place(result.key, "T-9", row)
    return {
        "groupDescription": "Estimate of one group; nothing is compared.",
        "testedNonInferiority": False,
        "nonInferiorityType": "OTHER",
        **tested(test.p_value, place, _METHOD, test.null_rate),
    }
