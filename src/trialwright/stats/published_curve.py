"""Individual times and events behind a published Kaplan-Meier curve, for historical controls.

The curve is read off a figure, the numbers at risk are printed under it. Between two printed
numbers censoring is spread evenly, in the number that makes the next printed one come out. The
result carries its own error; subjects are not those of the paper, and a comparison with them has
no concurrent control (T-10).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trialwright.core.errors import DataError
from trialwright.stats.kaplan_meier import kaplan_meier
from trialwright.stats.survival_counts import Counts, Flags, Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PublishedCurve:
    """What a paper shows.

    Attributes
    ----------
    time, survival
        Points of the curve, the lower end of each step: times in order, in any unit; survival
        between 0 and 1, never rising. The point (0, 1) may be left out.
    risk_time, at_risk
        Printed numbers at risk and their times, the first at 0, none after the last point.
    events
        Events in total, if the paper tells.
    """

    time: ArrayLike
    survival: ArrayLike
    risk_time: ArrayLike
    at_risk: ArrayLike
    events: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reconstruction:
    """Individual data that give the published curve, and how far they are from it.

    Attributes
    ----------
    time, event
        Follow-up and event mark of each subject, in order of time.
    largest_difference
        Largest difference between the Kaplan-Meier curve of these data and the points.
    risk_time, at_risk, published_at_risk
        Numbers at risk of these data beside the printed ones.
    events, published_events
        Events of these data, and the printed total; `None` if there is none.
    """

    time: Floats
    event: Flags
    largest_difference: float
    risk_time: Floats
    at_risk: Counts
    published_at_risk: Counts
    events: int
    published_events: int | None

    @property
    def numbers_reproduced(self) -> bool:
        """Whether the printed numbers at risk and the printed events all come out."""
        same = bool((self.at_risk == self.published_at_risk).all())
        return same and self.published_events in {None, self.events}


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Points of the curve with one at each printed number; interval i starts at `lower[i]`."""

    time: Floats
    survival: Floats
    lower: Counts
    at_risk: Counts


@dataclass(frozen=True, slots=True, eq=False)
class _Walk:
    """One interval: events and censorings at each of its points, and what goes into the next."""

    events: list[int]
    censored: list[int]
    remaining: int
    survival: float

    @property
    def lost(self) -> int:
        return sum(self.censored)


def reconstruct(published: PublishedCurve) -> Reconstruction:
    """Find individual data whose Kaplan-Meier curve is the published one.

    Parameters
    ----------
    published
        Points of the curve, numbers at risk, and the total of events if known.

    Raises
    ------
    DataError
        When points or numbers are out of range or order; the message names the first one.

    References
    ----------
    Guyot, Ades, Ouwens and Welton, BMC Med Res Methodol 2012;12:9. Added here: the curve gets a
    point at each printed number, and where no number of censorings gives the printed number at
    risk the nearest one is taken.
    """
    _require_events(published.events)
    grid = _grid(published)
    walks: list[_Walk] = []
    remaining, survival = int(grid.at_risk[0]), 1.0
    for interval in range(grid.lower.size - 1):
        walk = _to_the_next_number(grid, interval, (remaining, survival))
        walks.append(walk)
        remaining, survival = walk.remaining, walk.survival
    walks.append(_to_the_end(grid, walks, (remaining, survival), published.events))
    return _result(grid, walks, published)


def _to_the_next_number(grid: _Grid, interval: int, start: tuple[int, float]) -> _Walk:
    low, high = int(grid.lower[interval]), int(grid.lower[interval + 1])
    target, (remaining, survival) = int(grid.at_risk[interval + 1]), start
    share = grid.survival[high] / survival if survival > 0 else 0.0

    def walk(censored: int) -> _Walk:
        return _walk(grid, (low, high), start, censored)

    guess = round(remaining * share) - target
    return _nearest(walk, lambda found: found.remaining - target, (guess, remaining))


def _to_the_end(
    grid: _Grid, walks: list[_Walk], start: tuple[int, float], events: int | None
) -> _Walk:
    """Walk the last interval: censoring as fast as before, or as the total of events asks."""
    low, high = int(grid.lower[-1]), grid.time.size - 1
    before = float(grid.time[low])
    lost = sum(walk.lost for walk in walks)
    rate = lost / before if before > 0 else 0.0
    guess = min(round(rate * float(grid.time[high] - grid.time[low])), start[0])

    def walk(censored: int) -> _Walk:
        return _walk(grid, (low, high + 1), start, censored)

    if events is None:
        return walk(guess)
    so_far = sum(sum(walk.events) for walk in walks)
    if so_far >= events:
        nothing = [0] * (high + 1 - low)
        return _Walk(nothing, nothing, *start)
    return _nearest(walk, lambda found: so_far + sum(found.events) - events, (guess, start[0]))


def _nearest(
    walk: Callable[[int], _Walk], excess: Callable[[_Walk], int], first: tuple[int, int]
) -> _Walk:
    """Walk without excess, by more or fewer censorings; where there is none, the nearest one.

    `first` is the number of censorings to start with, and the largest one.
    """
    guess, most = first
    censored, tried = min(max(guess, 0), most), dict[int, _Walk]()
    while censored not in tried:
        tried[censored] = walk(censored)
        censored = min(max(censored + excess(tried[censored]), 0), most)
    return min(tried.values(), key=lambda found: (abs(excess(found)), found.lost))


def _walk(grid: _Grid, span: tuple[int, int], start: tuple[int, float], censored: int) -> _Walk:
    """Go through the points of one interval; at each the events bring the curve to the point."""
    low, high = span
    time = grid.time[low : min(high + 1, grid.time.size)]
    lost = _evenly(time, censored, high - low)
    events: list[int] = []
    left: list[int] = []
    remaining, survival = start
    for place, point in enumerate(grid.survival[low:high].tolist()):
        fallen = round(remaining * (1 - point / survival)) if survival > 0 else 0
        died = min(max(fallen, 0), remaining)
        survival *= 1 - died / remaining if remaining else 1.0
        left.append(min(lost[place], remaining - died))
        events.append(died)
        remaining -= died + left[-1]
    return _Walk(events, left, remaining, survival)


def _evenly(time: Floats, censored: int, points: int) -> list[int]:
    """Censorings after each point of an interval when they are spread evenly over it."""
    if time.size < 2:
        return [0] * points
    share = np.arange(1, censored + 1) / (censored + 1)
    at = time[0] + share * (time[-1] - time[0])
    after = np.searchsorted(time, at, side="left") - 1
    return [int(each) for each in np.bincount(after, minlength=points)[:points]]


def _result(grid: _Grid, walks: list[_Walk], published: PublishedCurve) -> Reconstruction:
    events = np.array([each for walk in walks for each in walk.events], dtype=np.int64)
    censored = np.array([each for walk in walks for each in walk.censored], dtype=np.int64)
    end = grid.time[-1]
    between = (grid.time + np.append(grid.time[1:], end)) / 2
    time = np.concatenate(
        [
            np.repeat(grid.time, events),
            np.repeat(between, censored),
            np.repeat(end, walks[-1].remaining),
        ]
    )
    event = np.arange(time.size) < int(events.sum())
    order = np.lexsort((~event, time))
    time, event = time[order], event[order]
    curve = kaplan_meier(time, event)
    place = np.searchsorted(curve.time, grid.time, side="right")
    drawn = np.append(1.0, curve.survival)[place]
    risk_time = grid.time[grid.lower]
    return Reconstruction(
        time=time,
        event=event,
        largest_difference=float(np.abs(drawn - grid.survival).max()),
        risk_time=risk_time,
        at_risk=time.size - np.searchsorted(time, risk_time, side="left").astype(np.int64),
        published_at_risk=grid.at_risk,
        events=int(events.sum()),
        published_events=published.events,
    )


def _grid(published: PublishedCurve) -> _Grid:
    time, survival = _points(published)
    risk_time, at_risk = _numbers(published, float(time[-1]))
    if published.events is not None and not 0 <= published.events <= at_risk[0]:
        raise DataError(
            "This is not the total of events of the curve.",
            where=f'events "{published.events}"',
            allowed=f"0 to {at_risk[0]}, the number at risk at time 0",
        )
    joined = np.union1d(time, risk_time)
    carried = survival[np.searchsorted(time, joined, side="right") - 1]
    return _Grid(joined, carried, np.searchsorted(joined, risk_time).astype(np.int64), at_risk)


def _points(published: PublishedCurve) -> tuple[Floats, Floats]:
    time = np.asarray(published.time, dtype=np.float64)
    survival = np.asarray(published.survival, dtype=np.float64)
    if time.ndim != 1 or time.shape != survival.shape or not time.size:
        raise DataError(
            "A curve is a list of points.",
            where=f"times of shape {time.shape}, survival of shape {survival.shape}",
            allowed="one survival a time, at least one point",
        )
    _require_each(
        "point of the curve",
        (np.isfinite(time) & (time >= 0) & (survival >= 0) & (survival <= 1), (time, survival)),
        "time of 0 or more, survival from 0 to 1; divide percentages by 100",
    )
    first = time[0] > 0 or survival[0] == 1
    later = np.append(first, (np.diff(time) > 0) & (np.diff(survival) <= 0))
    _require_each(
        "point of the curve",
        (later, (time, survival)),
        "1 at time 0, then later than the point before and not above it",
    )
    if time[0] > 0:
        time, survival = np.append(0.0, time), np.append(1.0, survival)
    return time, survival


def _numbers(published: PublishedCurve, end: float) -> tuple[Floats, Counts]:
    risk_time = np.asarray(published.risk_time, dtype=np.float64)
    given = np.asarray(published.at_risk, dtype=np.float64)
    if risk_time.ndim != 1 or risk_time.shape != given.shape or not given.size:
        raise DataError(
            "Numbers at risk are a list with their times.",
            where=f"times of shape {risk_time.shape}, numbers of shape {given.shape}",
            allowed="one number a time; at least the one at time 0",
        )
    fine = np.isfinite(given) & (given >= 0) & (given == np.round(given)) & (risk_time <= end)
    fine &= np.append(risk_time[0] == 0, (np.diff(risk_time) > 0) & (np.diff(given) <= 0))
    fine[0] &= given[0] >= 1
    _require_each(
        "number at risk",
        (fine, (risk_time, given)),
        f"whole numbers, never rising, times in order from 0 to {end:g}, the last point",
    )
    return risk_time, given.astype(np.int64)


def _require_events(events: int | None) -> None:
    if events is None or (float(events).is_integer() and events >= 0):
        return
    raise DataError(
        "This is no total of events.",
        where=f'events "{events}"',
        allowed="a whole number of 0 or more, or none",
        do="read it again from the paper",
    )


def _require_each(what: str, checked: tuple[Flags, tuple[Floats, Floats]], allowed: str) -> None:
    fine, (time, value) = checked
    if fine.all():
        return
    first = int(np.argmin(fine))
    raise DataError(
        f"This {what} is out of range or order.",
        where=f"number {first + 1} of the list: time {time[first]:g}, value {value[first]:g}",
        allowed=allowed,
        do="read it again from the figure",
    )
