"""Numbers of single trials as whole numbers whose sums are exact and cannot overflow."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from trialwright.core.errors import DataError
from trialwright.operating.totals import Counts

Floats = NDArray[np.float64]

#: Units of a rate, a number of days and a ratio of events in sums.
RATE, DAY, RATIO = 100_000, 10, 10_000
#: Trials that a sum of squares has room for.
MOST_TRIALS = 10_000_000
#: Largest whole number of one trial: its square, `MOST_TRIALS` times, fits into 64 bits.
MOST_VALUE = int(sqrt((2**63 - 1) / MOST_TRIALS))
#: Bins of a histogram of limits of rates.
RATE_BINS = 1000


def whole(values: Floats, unit: int) -> Counts:
    """Values in whole units, halves to even.

    Raises
    ------
    DataError
        When a value is so large that a sum of squares could overflow, or is not a number.
    """
    scaled = np.rint(values * unit)
    if scaled.size and not np.abs(scaled).max() <= MOST_VALUE:
        raise DataError(
            "A number of a virtual trial is too large to be summed exactly.",
            where=f"up to {np.abs(values).max():g}",
            allowed=f"at most {MOST_VALUE / unit:g}",
            do="shorten the follow-up of the scenario",
        )
    return scaled.astype(np.int64)


def moments(values: Floats, unit: int) -> Counts:
    """Number of known values (not NaN), their sum and sum of squares in whole units."""
    known = values[~np.isnan(values)]
    exact = whole(known, unit)
    return np.array([exact.size, exact.sum(), (exact * exact).sum()], np.int64)


def histogram(values: Counts | NDArray[np.int32], bins: int) -> Counts:
    """How often each whole number from 0 occurs; larger ones are counted in the last bin."""
    return np.bincount(np.clip(values.ravel(), 0, bins - 1), minlength=bins).astype(np.int64)


def day_bins(values: Floats, horizon: int) -> Counts:
    """Histogram of days from 0 to `horizon`; beyond it; not known (NaN)."""
    known = ~np.isnan(values)
    days = np.where(known, np.clip(np.where(known, values, 0.0), 0, horizon + 1), horizon + 2)
    return histogram(days.astype(np.int64), horizon + 3)


def rate_bins(values: Floats) -> Counts:
    """Histogram of rates in steps of 1/`RATE_BINS` (the last one is a rate of 1); not known.

    Behind the counts stand the sums of the distances from the start of each step, in
    1/`RATE_BINS` of a step, and the sums of their squares: limits of small trials take few values,
    those of a model any value, and the spread within a step tells one from the other.
    """
    known = ~np.isnan(values)
    fine = np.rint(np.where(known, values, 0.0) * RATE_BINS**2).astype(np.int64)
    steps = np.where(known, fine // RATE_BINS, RATE_BINS + 1)
    counts = histogram(steps, RATE_BINS + 2)
    within = fine % RATE_BINS
    # Sums of small whole numbers are exact in floating point.
    sums = [np.bincount(steps, weights=one, minlength=RATE_BINS + 2) for one in (within, within**2)]
    return np.concatenate([counts, *(one.astype(np.int64) for one in sums)])


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean and standard deviation over trials, with the Monte Carlo error of the mean.

    `value` and `sd` are NaN when no trial has a value.
    """

    trials: int
    value: float
    sd: float

    @property
    def error(self) -> float:
        """Monte Carlo standard error."""
        return self.sd / sqrt(self.trials) if self.trials else float("nan")

    @classmethod
    def of(cls, row: Counts, unit: float) -> Mean:
        """From number, sum and sum of squares as `moments` gives them."""
        known, total, squares = (int(part) for part in row[:3])
        if known == 0:
            return cls(0, float("nan"), float("nan"))
        # Whole numbers of Python: the difference of two large squares stays exact.
        spread = known * squares - total * total
        # One value says nothing of the spread.
        sd = sqrt(spread / (known * (known - 1))) if known > 1 else float("nan")
        return cls(known, total / known / unit, sd / unit)

    def minus(self, other: float) -> float:
        """Difference of the mean from a fixed value."""
        return self.value - other


@dataclass(frozen=True, slots=True)
class Share:
    """How often something happened in how many trials, with its Monte Carlo error."""

    count: int
    trials: int

    @property
    def value(self) -> float:
        """The share, NaN without trials."""
        return self.count / self.trials if self.trials else float("nan")

    @property
    def error(self) -> float:
        """Monte Carlo standard error: root of p (1 - p) / trials."""
        if not self.trials:
            return float("nan")
        return sqrt(self.value * (1 - self.value) / self.trials)

    @property
    def bound(self) -> float | None:
        """One-sided 95 % limit where no or every trial did it: the error says nothing there.

        The exact limit of Clopper and Pearson, about 3 / trials from the share.
        """
        if not self.trials or 0 < self.count < self.trials:
            return None
        least: float = 0.05 ** (1 / self.trials)
        return least if self.count else 1 - least

    def limits(self) -> tuple[float, float]:
        """95 % Monte Carlo limits for an error bar; exact where no or every trial did it."""
        bound, half = self.bound, 1.96 * self.error
        if bound is not None:
            return (bound, 1.0) if self.count else (0.0, bound)
        return max(self.value - half, 0.0), min(self.value + half, 1.0)
