"""All patients of all trials together as one curve; coverage and quantiles from histograms."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np

from trialwright.operating.exact_sums import RATE_BINS, Floats, Share
from trialwright.operating.totals import Counts


@dataclass(frozen=True, slots=True)
class Curve:
    """Subjects by day with an event and censored, the last entry beyond the horizon."""

    events: Counts
    censored: Counts

    @property
    def subjects(self) -> int:
        """All subjects."""
        return int(self.events.sum() + self.censored.sum())

    @property
    def at_risk(self) -> Counts:
        """Subjects at risk at each day, the last entry beyond the horizon."""
        gone = self.events + self.censored
        found: Counts = self.subjects - gone.cumsum() + gone
        return found

    @property
    def survival(self) -> Floats:
        """Share without event after each day from 0 to the horizon (Kaplan-Meier)."""
        staying = np.where(self.at_risk > 0, 1 - self.events / np.maximum(self.at_risk, 1), 1.0)
        return np.cumprod(staying[:-1], dtype=np.float64)

    @property
    def error(self) -> Floats:
        """Standard error of `survival` (Greenwood)."""
        left = self.at_risk - self.events
        term = np.where(left > 0, self.events / np.maximum(self.at_risk * left, 1), 0.0)
        return self.survival * np.sqrt(np.cumsum(term[:-1], dtype=np.float64))

    def at(self, days: float) -> tuple[float, float]:
        """Share without event at a time and its standard error; NaN beyond the horizon."""
        day = int(days)
        if day >= len(self.survival):
            return nan, nan
        return float(self.survival[day]), float(self.error[day])

    def median(self) -> tuple[float, float]:
        """First day with a share of one half or less, and its standard error; NaN if not reached.

        The error is a quarter of the distance between the days at which the curve two errors
        higher and lower gets there.
        """
        middle = _first_at_half(self.survival)
        early = _first_at_half(self.survival - 2 * self.error)
        late = _first_at_half(self.survival + 2 * self.error)
        return middle, (late - early) / 4


def _first_at_half(curve: Floats) -> float:
    reached = curve <= 0.5 + 1e-12
    return float(reached.argmax()) if reached.any() else nan


def day_coverage(lower: Counts, upper: Counts, truth: float) -> Share | None:
    """Trials whose limits of a time hold `truth`, among those with a lower limit.

    A missing upper limit holds everything. `None` when the truth is beyond the horizon.
    """
    horizon = len(lower) - 3
    if not truth <= horizon:
        return None
    known = int(lower[: horizon + 2].sum())
    above = int(lower[int(truth) + 1 : horizon + 2].sum())
    below = int(upper[: int(np.ceil(truth))].sum())
    return Share(known - above - below, known)


def rate_coverage(lower: Counts, upper: Counts, truth: float) -> Share:
    """Trials whose limits of a rate (as `rate_bins` keeps them) hold `truth`, of those with limits.

    The limits in the step of the truth count as evenly spread with their own mean and variance: one
    value lies on one side, limits of any value on both.
    """
    lows, highs = lower.reshape(3, -1), upper.reshape(3, -1)
    step, within = divmod(round(truth * RATE_BINS**2), RATE_BINS)
    known = int(lows[0, :-1].sum())
    above = int(lows[0, step + 1 : -1].sum()) + _above(lows[:, step], within)
    below = int(highs[0, :step].sum()) + int(highs[0, step]) - _above(highs[:, step], within - 1)
    return Share(known - above - below, known)


def _above(bins: Counts, within: int) -> int:
    """How many limits of one step lie above a place in it."""
    count, total, squares = (int(one) for one in bins)
    if not count:
        return 0
    mean = total / count
    # Evenly spread numbers reach sqrt(3) standard deviations to both sides.
    half = sqrt(3 * max(squares / count - mean * mean, 0.0))
    # Whole numbers: what equals the place is not above it.
    reach = mean + half - within
    return round(count * min(max(reach / (2 * half), 0.0), 1.0)) if half else count * (reach > 0)


def quantiles(row: Counts, shares: tuple[float, ...]) -> tuple[int, ...]:
    """Smallest bins by which a share of the trials is reached."""
    total = row.cumsum()
    return tuple(int(np.searchsorted(total, share * total[-1])) for share in shares)
