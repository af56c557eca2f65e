"""Sums of the estimates: response rates, landmark rates, medians, and the true times."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.core.errors import DataError
from trialwright.operating.exact_sums import (
    DAY,
    RATE,
    Floats,
    day_bins,
    histogram,
    moments,
    rate_bins,
)
from trialwright.operating.outcomes import GroupTrials, Times
from trialwright.operating.plan import READINGS
from trialwright.operating.totals import Counts
from trialwright.response.history import Flags, Ints
from trialwright.stats.curve_bands import normal_quantile
from trialwright.vocabulary.recist import NO_DAY, Response

#: Most subjects outside of a set that the joint histogram has room for.
MOST_OUTSIDE = 200

Named = Iterator[tuple[str, Counts]]


def outside_rows(subjects: int, *, may_vary: bool) -> int:
    """Rows of a joint histogram of subjects outside the set (rows) and events (columns)."""
    return min(subjects, MOST_OUTSIDE) + 1 if may_vary else 1


def response_sums(variant: str, who: GroupTrials) -> Named:
    """How many trials have each number of responders, by subjects outside of the set."""
    counted = who.counted.sum(axis=1)
    for reading in READINGS:
        responders = who.responders[reading].sum(axis=1)
        yield f"{variant}:{reading}/responders/{who.group.id}", _joint(who, responders, counted)


def _joint(who: GroupTrials, events: Counts, counted: Counts) -> Counts:
    return _by_outside(who, events, counted, may_vary=who.plan.may_vary)


def _by_outside(who: GroupTrials, events: Counts, counted: Counts, *, may_vary: bool) -> Counts:
    n = who.group.subjects
    rows, outside = outside_rows(n, may_vary=may_vary), n - counted
    if outside.max(initial=0) >= rows:
        # Counted as members of the set they would make every rate too low.
        raise DataError(
            "More subjects are outside of an analysis set than can be counted.",
            where=f"{int(outside.max())} of {n} subjects of a virtual trial",
            allowed=f"at most {rows - 1} subjects outside of the set",
            do="simulate fewer subjects, or count all enrolled subjects (analysis.orr_set ENRL)",
        )
    return histogram(outside * (n + 1) + events, rows * (n + 1))


def measurable_sums(who: GroupTrials) -> Named:
    """Confirmed responders among treated subjects with a target lesion, as scenarios state them."""
    treated = who.of(who.trials.measurable) & (who.of(who.trials.first_dose) != NO_DAY)
    best = who.of(who.trials.confirmed)
    responds = treated & ((best == Response.CR) | (best == Response.PR))
    yield (
        f"measurable/{who.group.id}",
        _by_outside(who, responds.sum(axis=1), treated.sum(axis=1), may_vary=True),
    )


def survival_sums(variant: str, who: GroupTrials, *, full: bool) -> Named:
    """Medians of both times and rates at the landmarks; `full` keeps the limits too."""
    for name, times in (("pfs", who.pfs), ("os", who.os)):
        yield from _median_sums(f"{variant}/{name}/{who.group.id}/median", times, full=full)
    for position, months in enumerate(who.plan.landmarks):
        yield from _rate_sums(variant, who, position, months, full=full)


def _median_sums(key: str, times: Times, *, full: bool) -> Named:
    found, horizon = times.summaries.quantile, times.plan.horizon_days
    yield key, moments(found.value, DAY)
    if full:
        yield f"{key}/lower", day_bins(found.lower, horizon)
        yield f"{key}/upper", day_bins(found.upper, horizon)


def curve_sums(key: str, times: Times) -> Named:
    """Events and censorings of all subjects by day: the curve of all patients together."""
    yield f"{key}/events", _day_counts(times.time, times.event, times.plan.horizon_days)
    censored = times.applies & ~times.event
    yield f"{key}/censored", _day_counts(times.time, censored, times.plan.horizon_days)


def _rate_sums(
    variant: str, who: GroupTrials, position: int, months: float, *, full: bool
) -> Named:
    key = f"{variant}/rate/{who.group.id}/{months:g}"
    times, found = who.pfs, who.pfs.landmark(position)
    value, lower, upper = times.exponential(
        months, normal_quantile(times.plan.convention.conf_level)
    )
    estimates: tuple[tuple[str, Floats, Floats, Floats], ...] = (
        ("kaplan_meier", found.survival, found.lower, found.upper),
        ("exponential", value, lower, upper),
    )
    for name, estimate, low, high in estimates:
        yield f"{key}/{name}", moments(estimate, RATE)
        if full:
            yield f"{key}/{name}/lower", rate_bins(low)
            yield f"{key}/{name}/upper", rate_bins(high)
    yield f"{key}/binomial", _joint(who, times.free_at(months), times.applies.sum(axis=1))


def true_times(who: GroupTrials) -> Named:
    """True times of all subjects of all trials by day, seen or not."""
    for name in ("pfs", "os"):
        time, applies = who.true_time(until=name)
        yield f"true/{name}/{who.group.id}", _day_counts(time, applies, who.plan.horizon_days)


def _day_counts(time: Ints, which: Flags, horizon: int) -> Counts:
    """Subjects by day from 0 to `horizon`, and those beyond it."""
    return histogram(time[which], horizon + 2)
