"""The headline estimates of an analysis in words, under two protocols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trialwright.compared.model import Estimate
from trialwright.core.format import months, months_range, pct_range, percent
from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.catalogue import analyze_endpoints
from trialwright.protocol.model import Protocol


def compared_estimates(
    old: tuple[Protocol, Adam], new: tuple[Protocol, Adam]
) -> tuple[Estimate, ...]:
    """The headline estimates of both, in the order of the new analysis."""
    said = [
        dict(pair for result in analyze_endpoints(*one) for pair in _headlines(result))
        for one in (old, new)
    ]
    keys = dict.fromkeys([*said[1], *said[0]])
    return tuple(
        Estimate(key=key, old=said[0].get(key), new=said[1].get(key))
        for key in keys
        if said[0].get(key) or said[1].get(key)
    )


def _headlines(result: Result) -> Iterator[tuple[str, str | None]]:
    """The estimate of a result; of adverse events, each line of the overview."""
    said: dict[str, Any] = result.to_json()
    overview = said.get("overview")
    if not isinstance(overview, list):
        yield _headline(result)
        return
    subjects = said["subjects"]
    for row in overview:
        counts = ", ".join(
            f"{words} {row[name]}/{subjects}"
            for name, words in (
                ("any_grade", "any grade"),
                ("severe", "grade 3 or above"),
                ("serious", "serious"),
            )
        )
        yield f"{result.key}: {row['label']}", counts


def _headline(result: Result) -> tuple[str, str | None]:
    """Key and estimate in words; `None` where a result has no single number."""
    said: dict[str, Any] = result.to_json()
    estimate = said.get("estimate")
    if isinstance(estimate, dict) and estimate.get("subjects"):
        if "count" in estimate:
            return result.key, _share(estimate)
        if isinstance(estimate.get("median_days"), dict):
            return result.key, _median(estimate)
    rates = [one for one in said.get("rates") or () if isinstance(one, dict) and "months" in one]
    return result.key, "; ".join(map(_rate, rates)) or None


def _share(said: Mapping[str, Any]) -> str:
    share = f"{said['count']}/{said['subjects']} ({percent(said['count'], said['subjects'])} %)"
    return f"{share}, {said['analysis_set']}, {pct_range(said['lower'], said['upper'])} %"


def _median(said: Mapping[str, Any]) -> str:
    median = said["median_days"]
    limits = months_range(median["lower"], median["upper"])
    events = f"{said['events']} events in {said['subjects']}"
    return f"median {months(median['value'])} months ({limits}), {events}"


def _rate(said: Mapping[str, Any]) -> str:
    value = "NE" if said["rate"] is None else f"{100 * said['rate']:.1f} %"
    return f"{said['months']:g} months: {value} ({pct_range(said['lower'], said['upper'])})"
