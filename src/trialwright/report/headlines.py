"""The numbers at the top of a report, read from what the results say of themselves."""

from __future__ import annotations

from dataclasses import replace

from trialwright.core.format import months, n_pct, pct
from trialwright.core.results import Json, Result
from trialwright.report.document import Headline, ReportInput

NAMES = {
    "ORR": "Objective response rate",
    "DCR": "Disease control rate",
    "PFS": "Median progression-free survival",
    "OS": "Median overall survival",
    "DOR": "Median duration of response",
    "CBR": "Clinical benefit rate",
    "TTP": "Median time to progression",
    "TTF": "Median time to treatment failure",
}
#: Shown at the top only where they are registered.
ONLY_REGISTERED = ("CBR", "TTP", "TTF")


def headlines(report: ReportInput) -> tuple[Headline, ...]:
    """Headline numbers of the endpoints, primary first; by cohort where there are cohorts.

    A result joins when its JSON has an `estimate` (a proportion with `count` and `subjects`, or a
    time with `median_days`) or `rates` at landmarks.
    """
    if report.headlines:
        return tuple(sorted(report.headlines, key=lambda one: not one.primary))
    cohorts = {one.id: one.name for one in report.protocol.cohorts or ()}
    level = report.protocol.analysis.conf_level
    found: list[Headline] = []
    for result in report.results:
        code, _, cohort = result.key.partition(".")
        one = _headlines(result, code, {"conf_level": level})
        # Cohorts are never shown pooled alone (rule T-09): the primary ones stand before the pool.
        if cohort:
            found += [replace(h, label=f"{h.label}, {cohorts[cohort]}") for h in one if h.primary]
        elif cohorts:
            found += [replace(h, label=f"{h.label}, {_POOLED}", primary=False) for h in one]
        else:
            found += one
    return tuple(sorted(found, key=_order))


_POOLED = "all cohorts"


def _order(headline: Headline) -> tuple[bool, int]:
    """Primary first, then the usual order of endpoints; a registered rate before them."""
    name = headline.label.partition(",")[0]
    order = list(NAMES.values())
    return not headline.primary, order.index(name) if name in order else -1


def _headlines(result: Result, key: str, settings: dict[str, Json]) -> tuple[Headline, ...]:
    said = settings | result.to_json()
    if key in ONLY_REGISTERED and said.get("role") == "not registered":
        return ()
    primary = said.get("role") == "primary"
    estimate = said.get("estimate")
    if isinstance(estimate, dict) and "count" in estimate:
        return _proportion(key, estimate, primary=primary)
    if isinstance(estimate, dict) and "median_days" in estimate:
        return _median(key, estimate, primary=primary)
    rates = said.get("rates")
    if isinstance(rates, list):
        timed = (rate for rate in rates if isinstance(rate, dict) and "months" in rate)
        found = [_rate(rate, said, primary=primary) for rate in timed]
        return tuple(found)
    return ()


def _set(said: dict[str, Json]) -> str:
    """Who is counted, in a word."""
    words = {"FAS": " treated", "ENRL": " enrolled", "EFF": " evaluable"}
    return words.get(str(said.get("analysis_set")), "")


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _level(said: dict[str, Json]) -> str:
    level = _number(said.get("conf_level"))
    return "CI" if level is None else f"{100 * level:g} % CI"


def _proportion(key: str, said: dict[str, Json], *, primary: bool) -> tuple[Headline, ...]:
    count, subjects = said.get("count"), said.get("subjects")
    if not isinstance(count, int) or not isinstance(subjects, int) or not subjects:
        return ()
    share = n_pct(count, subjects).partition("(")[2].rstrip(")")
    lower, upper = pct(_number(said.get("lower"))), pct(_number(said.get("upper")))
    return (
        Headline(
            label=NAMES.get(key, key),
            value=f"{share} %",
            detail=f"{count} of {subjects}{_set(said)}; {_level(said)} {lower} to {upper} %",
            primary=primary,
        ),
    )


def _median(key: str, said: dict[str, Json], *, primary: bool) -> tuple[Headline, ...]:
    median = said.get("median_days")
    if not isinstance(median, dict) or not said.get("subjects"):
        return ()
    value = _number(median.get("value"))
    lower, upper = months(_number(median.get("lower"))), months(_number(median.get("upper")))
    events = f"{said.get('events')} event{'s' * (said.get('events') != 1)}"
    return (
        Headline(
            label=NAMES.get(key, key),
            value="not reached" if value is None else f"{months(value)} months",
            detail=f"{events} in {said.get('subjects')}; {_level(said)} {lower} to {upper}",
            primary=primary,
        ),
    )


def _rate(rate: dict[str, Json], said: dict[str, Json], *, primary: bool) -> Headline:
    value = _number(rate.get("rate"))
    lower, upper = pct(_number(rate.get("lower"))), pct(_number(rate.get("upper")))
    at = _number(rate.get("months")) or 0.0
    return Headline(
        label=f"{at:g}-month {str(said.get('endpoint')).removesuffix(' rate')}",
        value="not estimable" if value is None else f"{pct(value)} %",
        detail=f"N = {said.get('subjects')}; {_level(said)} {lower} to {upper} %",
        primary=primary,
    )
