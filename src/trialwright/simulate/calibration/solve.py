"""Find the values at which several quantities meet their targets, on common random numbers.

Newton's method with slopes from finite differences, kept up to date by Broyden's rank-one change
(Broyden, Math Comp 1965;19:577-593). A value that would leave its range stays at the end of it, and
the others go on: what is left then is as near as the quantities can come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trialwright.simulate.calibration.observed import Floats

Gaps = Callable[[Floats], Floats]

_LONGEST_STEP = 1.5
_HALVINGS = 4
_SMALLEST = 1e-9


@dataclass(frozen=True, slots=True)
class Search:
    """Where a search stands: values, their gaps, slopes [gap, value], and calls so far."""

    values: Floats
    gaps: Floats
    slopes: Floats
    calls: int = 0


def slopes_at(gaps: Gaps, values: Floats, steps: Floats, upper: Floats) -> Search:
    """Slopes by finite differences; a step that would leave the range goes the other way."""
    here = gaps(values)
    columns = []
    for at, step in enumerate(steps):
        way = -step if values[at] + step > upper[at] else step
        moved = values.copy()
        moved[at] += way
        columns.append((gaps(moved) - here) / way)
    slopes = np.array(columns).T if columns else np.zeros((len(here), 0))
    return Search(values, here, slopes, 1 + len(columns))


def approach(
    gaps: Gaps, search: Search, limits: tuple[Floats, Floats], near: float, most: int
) -> Search:
    """Take Newton steps until every gap is below `near`, no step helps, or `most` are tried.

    Parameters
    ----------
    gaps
        Reached less stated for each target; the same values give the same gaps.
    search
        Where to start; its gaps are those of `gaps` at its values.
    limits
        Lowest and highest values.

    Returns
    -------
    Search
        The best place that was met.
    """
    best = search
    tried = 0
    while tried < most and _worst(best.gaps) > near:
        before = best
        best, calls = _line(gaps, best, limits, most - tried)
        tried += calls
        if best.values is before.values:
            break
    return Search(best.values, best.gaps, best.slopes, search.calls + tried)


def _line(gaps: Gaps, best: Search, limits: tuple[Floats, Floats], most: int) -> tuple[Search, int]:
    """One Newton step, halved until it helps; what each trial teaches goes into the slopes."""
    step = _step(best, limits)
    slopes = best.slopes
    for tried in range(1, min(_HALVINGS, most) + 1):
        values = np.minimum(np.maximum(best.values + step, limits[0]), limits[1])
        change = values - best.values
        if not np.any(np.abs(change) > _SMALLEST):
            return Search(best.values, best.gaps, slopes), tried - 1
        there = gaps(values)
        missed = there - best.gaps - slopes @ change
        slopes = slopes + np.outer(missed / (change @ change), change)
        if _size(there) < _size(best.gaps):
            return Search(values, there, slopes), tried
        step = step / 2
    return Search(best.values, best.gaps, slopes), min(_HALVINGS, most)


def _step(search: Search, limits: tuple[Floats, Floats]) -> Floats:
    """The Newton step of the values that can still move, in the least-squares sense."""
    free = np.ones(len(search.values), np.bool_)
    step = np.zeros(len(search.values))
    for _ in range(len(search.values)):
        wanted = np.linalg.lstsq(search.slopes[:, free], -search.gaps, rcond=1e-6)[0]
        step = np.zeros(len(search.values))
        step[free] = wanted
        held = (search.values <= limits[0]) & (step < 0) | (search.values >= limits[1]) & (step > 0)
        if not np.any(held & free):
            break
        free &= ~held
    longest = float(np.max(np.abs(step), initial=0.0))
    return step * min(1.0, _LONGEST_STEP / longest) if longest else step


def _worst(gaps: Floats) -> float:
    return float(np.max(np.abs(gaps), initial=0.0))


def _size(gaps: Floats) -> float:
    return float(gaps @ gaps)
