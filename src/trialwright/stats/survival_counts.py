"""Who is at risk, has the event and is censored at each distinct time. Arrays in, counts out.

Conventions, where programs differ (`Counting` holds those with a choice):

- times closer than the tolerance are one time, that of the earliest; times of zero are kept;
- a subject is at risk on (entry, time], so it counts at its own time but not at its entry;
- weights are frequencies: a weight of 2 is two subjects, a weight of 0 is nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
#: Numbers of subjects: whole, or float where the weights are not whole numbers.
Tally: TypeAlias = Counts | Floats
GapRule: TypeAlias = Literal["refuse", "carry"]

#: Times, and survival probabilities, that differ by less are equal.
TIME_TOLERANCE = 1.5e-8
#: Whole times below this, or below twice the number of subjects, are counted instead of sorted.
_COUNTABLE = 65_536
_FOLLOW_UP_TIMES = "at least one subject, one event mark per time, finite times of 0 or more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How subjects are counted.

    Attributes
    ----------
    time_tolerance
        Times that differ by less, relative to the mean distinct time where that exceeds 1, are
        one time.
    gap
        With late entry the risk set may become empty, or S(t) reach 0, while others are still to
        come; the curve after that is not identified. "refuse": an error. "carry": the last value
        is carried, and a curve at 0 stays there.
    """

    time_tolerance: float = TIME_TOLERANCE
    gap: GapRule = "refuse"

    def __post_init__(self) -> None:
        require_one_of("gap", self.gap, get_args(GapRule))
        if not 0 <= self.time_tolerance < np.inf:
            raise DataError(
                "This is no tolerance of times.",
                where=f'time_tolerance "{self.time_tolerance}"',
                allowed="a finite number of 0 or more",
            )


#: The rules of the product.
DEFAULT_COUNTING = Counting()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RiskSets:
    """Counts at each distinct time; arrays of shape (times,) but for `entry` and `entered`.

    Attributes
    ----------
    subjects
        Number of subjects: the sum of whole weights; subjects with a weight above 0 otherwise.
    time
        Distinct times, of events and of censorings, in order.
    at_risk, events, censored
        Weighted numbers at risk just before, with the event at, and censored at each time.
    leaving, staying
        Subjects who leave at each time, and of those at risk how many stay.
    entry, entered
        Distinct entry times, minus infinity for the start, and the subjects who enter at each.
    gaps
        Stretches (from, to) with nobody under observation while others are still to come.
    tolerance
        Times that differ by less are equal, in the unit of the times.
    """

    subjects: int
    time: Floats
    at_risk: Tally
    events: Tally
    censored: Tally
    leaving: Counts
    staying: Counts
    entry: Floats
    entered: Counts
    gaps: tuple[tuple[float, float], ...]
    tolerance: float

    def just_before(self, time: float) -> int:
        """Give the subjects with entry < `time` <= their own time; at 0 those there from 0 on."""
        late = self.tolerance if time <= 0 else -self.tolerance
        entered = int(self.entered[self.entry < time + late].sum())
        return entered - int(self.leaving[self.time < time - self.tolerance].sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Subjects:
    """Checked rows; `entry` or `weight` is None where nobody has one."""

    time: Floats
    event: Flags
    entry: Floats | None
    weight: Floats | None


def risk_sets(
    time: ArrayLike,
    event: ArrayLike,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    counting: Counting = DEFAULT_COUNTING,
) -> RiskSets:
    """Count who is at risk, has the event and is censored at each distinct time.

    Parameters
    ----------
    time, event
        Follow-up times >= 0 and event marks, shape (subjects,).
    entry
        Times from which subjects are under observation, each before the own time; minus infinity
        (or any time below 0) is from the start.
    weights
        Frequencies >= 0.
    counting
        The tolerance.

    Raises
    ------
    DataError
        When nobody is given, shapes differ, a time is negative or not a number, an entry is not
        before its time, or a weight is negative or all are 0.
    """
    rows = _checked(time, event, entry, weights)
    if rows.entry is None and rows.weight is None:
        return _counted(rows, counting) or _sorted(rows, counting)
    return _weighted(rows, counting)


def event_marks(event: ArrayLike) -> Flags:
    """Read event marks of any shape: true or 1 for an event, false or 0 for a censored time.

    Raises
    ------
    DataError
        When a mark is anything else; a missing mark would otherwise count as an event.
    """
    marks = np.asarray(event)
    if marks.dtype == np.bool_ or marks.size == 0:
        return marks.astype(np.bool_)
    if marks.dtype.kind in "iuf" and ((marks == 0) | (marks == 1)).all():
        return marks.astype(np.bool_)
    raise DataError(
        "These are not event marks.",
        where=f"marks of type {marks.dtype}",
        allowed="true or 1 for an event, false or 0 for a censored time, none missing",
    )


def _checked(
    time: ArrayLike, event: ArrayLike, entry: ArrayLike | None, weights: ArrayLike | None
) -> _Subjects:
    times = np.asarray(time, dtype=np.float64) + 0.0
    status = event_marks(event)
    shaped = times.ndim == 1 and times.shape == status.shape and times.size > 0
    if not (shaped and times.min() >= 0 and np.isfinite(times.max())):
        shapes = f"times of shape {times.shape}, events of shape {status.shape}"
        raise DataError("These are not follow-up times.", where=shapes, allowed=_FOLLOW_UP_TIMES)
    starts = None if entry is None else _as_entries(entry, times)
    if weights is None:
        return _Subjects(times, status, starts, None)
    weight = _as_weights(weights, times)
    there = weight > 0
    kept = None if starts is None else starts[there]
    return _Subjects(times[there], status[there], kept, weight[there])


def _as_entries(entry: ArrayLike, times: Floats) -> Floats:
    starts = np.asarray(entry, dtype=np.float64) + 0.0
    if starts.shape == times.shape and (starts < times).all():
        return starts
    raise _late_entry(f"entries of shape {starts.shape}, times of shape {times.shape}")


def _late_entry(where: str) -> DataError:
    return DataError(
        "These are not entry times.",
        where=where,
        allowed="one entry per subject, each before the subject's own time",
        do="give minus infinity for a subject under observation from the start",
    )


def _as_weights(weights: ArrayLike, times: Floats) -> Floats:
    weight = np.asarray(weights, dtype=np.float64)
    if weight.shape == times.shape and weight.min() >= 0 and 0 < weight.sum() < np.inf:
        return weight
    raise DataError(
        "These are not weights.",
        where=f"weights of shape {weight.shape}, times of shape {times.shape}",
        allowed="one finite weight of 0 or more per subject, not all 0",
    )


# --------------------------------------------------------------- everyone from the start, once


def _counted(rows: _Subjects, counting: Counting) -> RiskSets | None:
    """Count whole times of moderate size without sorting; None where they are not."""
    if rows.time.max() >= max(_COUNTABLE, 2 * rows.time.size):
        return None
    whole = rows.time.astype(np.int64)
    if not (whole == rows.time).all():
        return None
    cells = np.bincount(2 * whole + rows.event, minlength=2 * int(whole.max()) + 2).reshape(-1, 2)
    found = np.flatnonzero(cells.any(axis=1))
    time = found.astype(np.float64)
    tolerance = counting.time_tolerance * max(1.0, float(time.mean()))
    return None if tolerance >= 1 else _plain(time, cells[found, 1], cells[found, 0], tolerance)


def _sorted(rows: _Subjects, counting: Counting) -> RiskSets:
    ordered, status = _sorted_together(rows.time, rows.event)
    starts, tolerance = starts_of_times(ordered, counting.time_tolerance)
    counts = np.diff(np.append(starts, ordered.size))
    events = np.add.reduceat(status.astype(np.int64), starts)
    return _plain(ordered[starts], events, counts - events, tolerance)


def _plain(time: Floats, events: Counts, censored: Counts, tolerance: float) -> RiskSets:
    leaving = events + censored
    subjects = int(leaving.sum())
    staying = subjects - np.cumsum(leaving)
    return RiskSets(
        subjects=subjects, time=time, at_risk=staying + leaving, events=events, censored=censored,
        leaving=leaving, staying=staying, entry=np.array([-np.inf]),
        entered=np.array([subjects]), gaps=(), tolerance=tolerance,
    )  # fmt: skip


def _sorted_together(times: Floats, status: Flags) -> tuple[Floats, Flags]:
    """Order by time, with one sort of whole numbers, several times faster than sorting by index.

    The bits of a float of 0 or more order like a whole number and leave room for the mark.
    """
    one = np.uint64(1)
    keys = (times.view(np.uint64) << one) | status
    keys.sort()
    return (keys >> one).view(np.float64), (keys & one).astype(np.bool_)


def starts_of_times(ordered: Floats, time_tolerance: float) -> tuple[Counts, float]:
    """Index at which each distinct time starts, near-equal neighbours being one; the tolerance."""
    steps = np.diff(ordered)
    different = np.flatnonzero(steps > 0) + 1
    distinct = ordered[np.append(0, different)]
    tolerance = time_tolerance * max(1.0, float(np.abs(distinct).mean()))
    apart = steps[different - 1] > tolerance
    return np.append(0, different[apart]).astype(np.int64), tolerance


# ------------------------------------------------------------------- late entry and weights


def _weighted(rows: _Subjects, counting: Counting) -> RiskSets:
    """Count on one grid of the distinct times of leaving and of entering."""
    entry = np.full(rows.time.shape, -np.inf) if rows.entry is None else rows.entry
    ordered = np.sort(np.append(rows.time, entry[np.isfinite(entry)]))
    starts, tolerance = starts_of_times(ordered, counting.time_tolerance)
    grid = np.append(-np.inf, ordered[starts])
    left, came = (np.searchsorted(grid, at, side="right") - 1 for at in (rows.time, entry))
    if (came >= left).any():
        raise _late_entry("an entry within the tolerance of its time")
    subjects, weight = _frequencies(rows)
    shown = _whole if weight.dtype == np.int64 else _unchanged

    def total(place: Counts, amount: Tally) -> Floats:
        return np.bincount(place, weights=amount, minlength=grid.size).astype(np.float64)

    entered, leavers = total(came, subjects), total(left, subjects)
    staying = (_from_here_on(leavers - entered) - leavers).astype(np.int64)
    gone, events = total(left, weight), total(left, weight * rows.event)
    before = _from_here_on(gone - total(came, weight))
    at, new = np.flatnonzero(leavers), np.flatnonzero(entered)
    return RiskSets(
        subjects=int(subjects.sum()), time=grid[at], events=shown(events[at]),
        # Differences of sums of fractions leave a remainder where nobody stays.
        at_risk=shown(np.where(staying == 0, gone, before)[at]),
        censored=shown(total(left, weight * ~rows.event)[at]),
        leaving=leavers[at].astype(np.int64), staying=staying[at], entry=grid[new],
        entered=entered[new].astype(np.int64), gaps=_gaps(grid, staying + entered, new),
        tolerance=tolerance,
    )  # fmt: skip


def _from_here_on(steps: Floats) -> Floats:
    """Sum of each step and all after it; for weights exact where few are left."""
    return np.cumsum(steps[::-1])[::-1]


def _gaps(grid: Floats, there: Floats, new: Counts) -> tuple[tuple[float, float], ...]:
    """Stretches with nobody under observation, each until the next entry."""
    empty = np.flatnonzero(there == 0)
    ends = empty[(empty > new[0]) & (empty < new[-1])]
    resumed = new[np.searchsorted(new, ends)]
    return tuple(zip(grid[ends].tolist(), grid[resumed].tolist(), strict=True))


def _whole(counts: Floats) -> Tally:
    return counts.astype(np.int64)


def _unchanged(counts: Floats) -> Tally:
    return counts


def _frequencies(rows: _Subjects) -> tuple[Counts, Tally]:
    """Subjects each row stands for, and its weight: whole numbers where all weights are whole."""
    ones = np.ones(rows.time.shape, np.int64)
    if rows.weight is None:
        return ones, ones
    whole = np.rint(rows.weight)
    if (whole == rows.weight).all():
        return whole.astype(np.int64), whole.astype(np.int64)
    return ones, rows.weight
