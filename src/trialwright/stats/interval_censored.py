"""Interval-censored times: the nonparametric maximum likelihood estimate of the distribution.

Conventions:

- a row means left < T <= right; left = right is an exact time; right = infinity is censored at
  left; left = 0 with a finite right is an event before the first visit;
- probability lies only in maximal intersections, and within one of them its place is unknown:
  the survival there is known between two bounds;
- memory and time grow with distinct intervals times intersections, of which there may be
  `MOST_CELLS`: visits on whole days keep far below, thousands of intervals of their own do not;
- the intersections that hold probability may not be unique; the fitted likelihood of each row is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.kaplan_meier import require_probability
from trialwright.stats.survival_counts import Counts, Flags, Floats

#: Kinds of an end in the order in which ends at one time come: an exact time starts, an interval
#: or an exact time ends, an interval that excludes its left end starts.
_EXACT_START, _END, _OPEN_START = 0, 1, 2
#: Probabilities that differ by less are equal.
PROBABILITY_TOLERANCE = 1.5e-8
#: Distinct intervals times maximal intersections that one estimate may have: about 0.3 GB of
#: memory and a minute of work.
MOST_CELLS = 10_000_000

Place: TypeAlias = Literal["midpoint", "right"]


@dataclass(frozen=True, slots=True)
class NpmleConvention:
    """When the estimate counts as found: largest breach of its conditions, steps allowed."""

    kkt_tolerance: float = 1e-9
    max_steps: int = 200


@dataclass(frozen=True, slots=True, eq=False)
class IntervalNpmle:
    """Probability of each maximal intersection, in order of time; arrays of shape (pieces,).

    Attributes
    ----------
    subjects
        Number of subjects.
    left, right
        Ends of each intersection; equal for an exact time, infinity for "never seen".
    mass
        Probability of each intersection.
    log_likelihood
        Log-likelihood of the subjects.
    kkt_violation
        Largest breach of the Karush-Kuhn-Tucker conditions, relative to the number of subjects;
        0 at an exact maximum.
    steps
        Newton steps.
    """

    subjects: int
    left: Floats
    right: Floats
    mass: Floats
    log_likelihood: float
    kkt_violation: float
    steps: int


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalBounds:
    """Lowest and highest S(t) that the estimate allows at each `time`; equal where it is known."""

    time: Floats
    lower: Floats
    upper: Floats


def checked_intervals(left: ArrayLike, right: ArrayLike) -> tuple[Floats, Floats]:
    """Intervals as arrays.

    Raises
    ------
    DataError
        When nobody is given, shapes differ, or an interval is not 0 <= left <= right.
    """
    lower, upper = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if lower.ndim != 1 or lower.shape != upper.shape or not lower.size:
        raise DataError(
            "These are not intervals of times.",
            where=f"left ends of shape {lower.shape}, right ends of shape {upper.shape}",
            allowed="at least one subject, one left and one right end each",
        )
    good = np.isfinite(lower) & (lower >= 0) & (upper >= lower)
    if not good.all():
        row = int(np.argmin(good))
        raise DataError(
            f"{int((~good).sum())} intervals are not in order.",
            where=f'first in row {row + 1}: left "{lower[row]:g}", right "{upper[row]:g}"',
            allowed="0 <= left <= right, right infinite for a censored time",
        )
    return lower, upper


def interval_npmle(
    left: ArrayLike, right: ArrayLike, convention: NpmleConvention | None = None
) -> IntervalNpmle:
    """Estimate the distribution of times known to lie within (left, right].

    Parameters
    ----------
    left, right
        Ends of each interval in any unit, shape (subjects,).
    convention
        When to stop; the default asks for a breach below 1e-9.

    Raises
    ------
    DataError
        When an interval is not valid, distinct intervals times intersections exceed `MOST_CELLS`,
        or the maximum is not reached in the steps allowed.

    References
    ----------
    Turnbull, JRSS B 1976;38:290-295 (intersections, conditions of the maximum); Wang, Comput Stat
    Data Anal 2008;52:2388-2402 (constrained Newton steps).
    """
    rule = NpmleConvention() if convention is None else convention
    lower, upper = checked_intervals(left, right)
    rows, weight = np.unique(np.column_stack([lower, upper]), axis=0, return_counts=True)
    starts, ends, codes = _intersections(rows[:, 0], rows[:, 1])
    _require_size(rows.shape[0], starts[0].size)
    inside = (codes[0][:, None] <= starts[1]) & (ends[1] <= codes[1][:, None])
    mass, steps = _maximum(inside, weight.astype(np.float64), rule)
    violation = _kkt_violation(inside, weight, mass)
    if not violation < rule.kkt_tolerance:
        raise DataError(
            "The interval-censored estimate was not reached.",
            where=f"breach of the conditions {violation:.1e} after {steps} steps",
            allowed=f"below {rule.kkt_tolerance:.0e}",
            do="allow more steps",
        )
    value = float(weight @ np.log(inside @ mass))
    return IntervalNpmle(lower.size, starts[0], ends[0], mass, value, violation, steps)


def _require_size(rows: int, pieces: int) -> None:
    if rows * pieces <= MOST_CELLS:
        return
    raise DataError(
        "These are too many different intervals for the interval-censored estimate.",
        where=f"{rows} distinct intervals, {pieces} intersections of them",
        allowed=f"at most {MOST_CELLS} of both multiplied",
        do="round the ends of the intervals to days or weeks, as the visits were",
    )


def checked_times(time: ArrayLike) -> Floats:
    """Times at which a survival is asked, any shape.

    Raises
    ------
    DataError
        When a time is negative or not a number.
    """
    at = np.asarray(time, dtype=np.float64)
    if not (at >= 0).all():
        raise DataError(
            "A survival has no value at these times.",
            where=f"{int((~(at >= 0)).sum())} of {at.size} times",
            allowed="times of 0 or more, none missing",
        )
    return at


def survival_bounds(fit: IntervalNpmle, time: ArrayLike) -> SurvivalBounds:
    """Bounds of S(t) at any times >= 0, shape (times,).

    Inside an intersection the lower bound has its probability before t, the upper one after.

    Raises
    ------
    DataError
        When a time is negative or not a number.
    """
    at = np.atleast_1d(checked_times(time))
    remaining = np.append(np.cumsum(fit.mass[::-1])[::-1], 0.0)
    exact = fit.left == fit.right
    ended = np.searchsorted(fit.right, at, side="right")
    begun = (fit.left[None, :] < at[:, None]) | (exact & (fit.left[None, :] <= at[:, None]))
    bounds = np.clip([remaining[begun.sum(axis=1)], remaining[ended]], 0.0, 1.0)
    return SurvivalBounds(at, bounds[0], bounds[1])


def quantile_bounds(fit: IntervalNpmle, probability: float) -> tuple[float, float] | None:
    """Ends of the intersection in which a share `probability` has had the event; `None` if later.

    The quantile is known only to lie within these ends.

    Raises
    ------
    DataError
        When the probability is not between 0 and 1.
    """
    require_probability(probability)
    reached = np.cumsum(fit.mass) >= probability - PROBABILITY_TOLERANCE
    piece = int(np.argmax(reached))
    if not reached[piece] or np.isinf(fit.right[piece]):
        return None
    return float(fit.left[piece]), float(fit.right[piece])


def imputed_times(left: ArrayLike, right: ArrayLike, place: Place) -> tuple[Floats, Flags]:
    """Times and event marks as if the event came at one place of its interval.

    For comparison with `kaplan_meier` only: such a curve depends on the schedule of visits.

    Raises
    ------
    DataError
        When an interval is not valid, or the place is unknown.
    """
    require_one_of("place", place, get_args(Place))
    lower, upper = checked_intervals(left, right)
    event = np.isfinite(upper)
    end = np.where(event, upper, lower)
    return (end if place == "right" else (lower + end) / 2), event


_Ends = tuple[Floats, Counts]


def _intersections(left: Floats, right: Floats) -> tuple[_Ends, _Ends, tuple[Counts, Counts]]:
    """Start and end of each maximal intersection with its rank; rank of each row's own ends.

    Ends are ranked by time and kind; an intersection is a start with an end next in rank.
    """
    kind = np.where(left == right, _EXACT_START, _OPEN_START)
    times = np.concatenate([left, right])
    kinds = np.concatenate([kind, np.full(right.size, _END)])
    ends, rank = np.unique(np.column_stack([times, kinds]), axis=0, return_inverse=True)
    is_end = ends[:, 1] == _END
    first = np.flatnonzero(~is_end[:-1] & is_end[1:])
    own = rank.reshape(2, -1).astype(np.int64)
    starts, stops = (ends[first, 0], first), (ends[first + 1, 0], first + 1)
    return starts, stops, (own[0], own[1])


def _maximum(inside: Flags, weight: Floats, rule: NpmleConvention) -> tuple[Floats, int]:
    """Masses that maximise the likelihood of rows `inside` [rows, pieces]."""
    mass = _embedded(inside, weight)
    for step in range(rule.max_steps):
        if _kkt_violation(inside, weight, mass) < _ROUNDING:
            return mass, step
        target = _newton_target(inside, weight, mass)
        moved = _along(inside, weight, mass, target)
        if moved is None:
            return mass, step
        mass = moved
    return mass, rule.max_steps


#: Breach of the conditions that is only rounding.
_ROUNDING = 4e-15
#: Slope per subject below which rounding hides the rise of the likelihood.
_FLAT = 1e-9
_WARM_UP = 10


def _embedded(inside: Flags, weight: Floats) -> Floats:
    """A few steps of expectation and maximisation from equal masses."""
    mass = np.full(inside.shape[1], 1 / inside.shape[1])
    for _ in range(_WARM_UP):
        mass = mass * ((weight / (inside @ mass)) @ inside) / weight.sum()
    return mass


def _newton_target(inside: Flags, weight: Floats, mass: Floats) -> Floats:
    """Maximum over all masses of the quadratic that touches the log-likelihood at `mass`."""
    ratio = inside / (inside @ mass)[:, None]
    root = np.sqrt(weight / weight.sum())[:, None]
    system = np.vstack([root * (ratio - 2.0), np.ones((1, mass.size))])
    goal = np.append(np.zeros(weight.size), 1.0)
    solution, _ = optimize.nnls(system, goal, maxiter=30 * mass.size + 100)
    found: Floats = solution / solution.sum()
    return found


def _along(inside: Flags, weight: Floats, mass: Floats, target: Floats) -> Floats | None:
    """Longest of the halved steps towards `target` that raises the likelihood enough."""
    direction = target - mass
    likelihood = inside @ mass
    slope = float((weight / likelihood) @ (inside @ direction))
    if slope < _FLAT * weight.sum():
        better = _kkt_violation(inside, weight, target) < _kkt_violation(inside, weight, mass)
        return target if better else None
    for length in 0.5 ** np.arange(40):
        moved = target if length == 1 else mass + length * direction
        with np.errstate(divide="ignore"):
            gain = float(weight @ np.log((inside @ moved) / likelihood))
        if gain >= slope * length / 3:
            return moved
    return None


def _kkt_violation(inside: Flags, weight: NDArray[np.generic], mass: Floats) -> float:
    """Excess of any gradient over the number of subjects; any gap where there is mass."""
    counts = weight.astype(np.float64)
    gradient = (counts / (inside @ mass)) @ inside / counts.sum() - 1
    held = np.abs(gradient[mass > 0])
    return float(max(gradient.max(), held.max()))
