"""The clock of one cohort under which the response engine shows what the cohort states."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trialwright.simulate.calibration.knobs import Knobs
from trialwright.simulate.calibration.observed import Floats, Observed, Observer, Rate
from trialwright.simulate.calibration.solve import Gaps, Search, approach, slopes_at
from trialwright.simulate.calibration.targets import Target, targets_of
from trialwright.simulate.clocks import Clock
from trialwright.simulate.scenario import CohortTruth

#: Gaps, as shares, at which the rough and the fine search end, and above which numbers contradict.
_ROUGH, _FINE, CONTRADICTS = 0.004, 0.0002, 0.01
_MOST_ROUGH, _MOST_FINE, _ROUNDS = 12, 5, 4
#: A round that leaves this part of the worst gap is the last one.
_STALLED = 0.8
#: Wanted standard error of a median in days.
_MEDIAN_ERROR = 1.0


#: Whose number is told first when several are missed together.
_BLAME = (None, "liver", "depth", "shape", "death", "pfs", "share")


@dataclass(frozen=True, slots=True)
class Effort:
    """How many virtual subjects a calibration takes.

    `rough` subjects for the search; then between `fewest` and `most` for the last steps, as many
    as bring the Monte Carlo error of medians to 1 day and of rates to `share_error`. A median on a
    flat piece of its curve gets as many as a rate.
    """

    rough: int = 10_000
    fewest: int = 60_000
    most: int = 250_000
    share_error: float = 0.001


#: Within 0.1 month and 0.5 points on fresh subjects.
FULL = Effort()
#: The same for medians that lie between two scans, where the curve is flat.
THOROUGH = Effort(rough=20_000, fewest=250_000, most=1_000_000, share_error=0.0005)
#: For one simulated trial, whose own chance is far larger.
QUICK = Effort(rough=6_000, fewest=12_000, most=12_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One stated number and what the calibrated cohort shows.

    `reached` is `None` for a median that the curve does not come to.
    """

    target: Target
    reached: Rate | None

    @property
    def difference(self) -> float | None:
        """Reached less stated: days for a median, else a share."""
        stated = self.target.day if self.target.is_median else self.target.value
        return None if self.reached is None else self.reached.value - stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A calibrated cohort: its clock, what it reaches, and the virtual subjects it took.

    `free` names the parameters that were moved.
    """

    cohort: str
    clock: Clock
    reached: tuple[Reached, ...]
    free: tuple[str, ...]
    subjects: int
    calls: int


class Misfit(Exception):  # noqa: N818  (carried to `refusal`, never shown)
    """The search ended with a number that is not met."""

    def __init__(self, target: Target, knobs: Knobs, search: Search) -> None:
        super().__init__(target.field)
        self.target = target
        self.knobs = knobs
        self.search = search


def fit_cohort(truth: CohortTruth, start: Clock, observe: Observer, effort: Effort = FULL) -> Fit:
    """Move the free parameters of a clock until every stated number is met.

    A rough search on few subjects, then a few steps on many; all on the same random numbers, so
    that a difference comes from the parameters alone.

    Raises
    ------
    Misfit
        When a stated number stays more than one point away.
    """
    targets = targets_of(truth)
    observe = _Remembered(observe)
    knobs = Knobs(tuple(one.knob for one in targets if one.knob is not None), start, truth)
    limits = (knobs.lower, knobs.upper)
    rough = _searched(_GapsOf(observe, knobs, targets, effort.rough), knobs)
    _require_met(targets, knobs, rough, effort.rough)
    subjects = _needed(observe(knobs.clock_at(rough.values), effort.rough), targets, effort)
    gaps = _GapsOf(observe, knobs, targets, subjects)
    fine = Search(rough.values, gaps(rough.values), rough.slopes, rough.calls + 1)
    fine = approach(gaps, fine, limits, _FINE, _MOST_FINE)
    _require_met(targets, knobs, fine, subjects)
    clock = knobs.clock_at(fine.values)
    return Fit(
        cohort=truth.id,
        clock=clock,
        reached=reached_by(targets, observe(clock, subjects)),
        free=knobs.names,
        subjects=subjects,
        calls=fine.calls,
    )


def _searched(gaps: Gaps, knobs: Knobs) -> Search:
    """The rough search; where steps no longer help, the slopes are taken anew."""
    limits = (knobs.lower, knobs.upper)
    values, calls, before = knobs.start(), 0, math.inf
    for _ in range(_ROUNDS):
        search = slopes_at(gaps, values, knobs.steps, knobs.upper)
        search = approach(gaps, search, limits, _ROUGH, _MOST_ROUGH)
        values, calls = search.values, calls + search.calls
        worst = float(np.max(np.abs(search.gaps)))
        if worst <= _ROUGH or worst > _STALLED * before:
            break
        before = worst
    return replace(search, calls=calls)


def reached_by(targets: Sequence[Target], observed: Observed) -> tuple[Reached, ...]:
    """What an observed cohort shows of each stated number."""
    return tuple(Reached(target=one, reached=one.reached(observed)) for one in targets)


class _Remembered:
    """An observer that does not simulate the same cohort twice."""

    def __init__(self, observe: Observer) -> None:
        self._observe = observe
        self._seen: dict[tuple[Clock, int], Observed] = {}

    def __call__(self, clock: Clock, subjects: int) -> Observed:
        """Observe, or recall."""
        key = (clock, subjects)
        if key not in self._seen:
            self._seen[key] = self._observe(clock, subjects)
        return self._seen[key]


@dataclass(frozen=True, slots=True)
class _GapsOf:
    """The gaps of all targets as a function of the parameters."""

    observe: Observer
    knobs: Knobs
    targets: tuple[Target, ...]
    subjects: int

    def __call__(self, values: Floats) -> Floats:
        observed = self.observe(self.knobs.clock_at(values), self.subjects)
        return np.array([one.gap(observed) for one in self.targets])


def _require_met(targets: Sequence[Target], knobs: Knobs, search: Search, subjects: int) -> None:
    """Refuse a gap beyond one point and three standard errors of a share."""
    allowed = CONTRADICTS + 1.5 / subjects**0.5
    worst = int(np.argmax(np.abs(search.gaps)))
    if abs(float(search.gaps[worst])) > allowed:
        raise Misfit(targets[_culprit(targets, knobs, search, worst)], knobs, search)


def _culprit(targets: Sequence[Target], knobs: Knobs, search: Search, worst: int) -> int:
    """The number that cannot be met: one whose parameter is at its end, else the worst."""
    ends = {
        name
        for name, value, low, high in zip(
            knobs.names, search.values, knobs.lower, knobs.upper, strict=True
        )
        if value <= low or value >= high
    }
    gaps = np.abs(search.gaps)
    held = [at for at, one in enumerate(targets) if one.knob in ends]
    if held:
        return max(held, key=lambda at: float(gaps[at]))
    # Least squares shares a gap between numbers: the most special one is told first.
    off = [at for at in range(len(targets)) if gaps[at] > CONTRADICTS / 2]
    return min(off, key=lambda at: _BLAME.index(targets[at].knob), default=worst)


def _needed(observed: Observed, targets: Sequence[Target], effort: Effort) -> int:
    """Subjects that bring every Monte Carlo error to the wanted one."""
    factor = 1.0
    for one in reached_by(targets, observed):
        share = one.target.seen(observed).error / effort.share_error
        if one.target.is_median and one.reached is not None:
            share = min(share, one.reached.error / _MEDIAN_ERROR)
        factor = max(factor, share**2)
    return round(min(max(effort.rough * factor, effort.fewest), effort.most))
