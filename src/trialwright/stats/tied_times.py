"""Times of subjects gathered into distinct times: near-equal times are one time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trialwright.core.errors import DataError
from trialwright.stats.survival_counts import TIME_TOLERANCE, Counts, Flags, Floats


@dataclass(frozen=True, slots=True, eq=False)
class TiedTimes:
    """Distinct times in order, and where each subject stands among them.

    Attributes
    ----------
    distinct
        Distinct times, shape (times,).
    index
        Index into `distinct` of each subject, shape (subjects,).
    """

    distinct: Floats
    index: Counts

    def count(self, chosen: Flags) -> Counts:
        """Chosen subjects at each distinct time, shape (times,)."""
        return np.bincount(self.index[chosen], minlength=self.distinct.size).astype(np.int64)

    def at_risk(self, chosen: Flags) -> Counts:
        """Chosen subjects still there just before each distinct time, shape (times,)."""
        return np.cumsum(self.count(chosen)[::-1], dtype=np.int64)[::-1]


def tied_times(time: ArrayLike) -> TiedTimes:
    """Gather follow-up times.

    Parameters
    ----------
    time
        Times >= 0 in any unit, shape (subjects,).

    Raises
    ------
    DataError
        When nobody is given, or a time is negative or not a finite number.
    """
    times = np.asarray(time, dtype=np.float64)
    if times.ndim != 1 or not times.size or not np.isfinite(times).all() or times.min() < 0:
        raise DataError(
            "These are not follow-up times.",
            where=f"times of shape {times.shape}",
            allowed="at least one subject, finite times of 0 or more",
        )
    values = np.unique(times)
    scale = max(1.0, float(values.mean()))
    first = np.append(True, np.diff(values) > TIME_TOLERANCE * scale)
    distinct = values[first]
    return TiedTimes(distinct, np.searchsorted(distinct, times, side="right").astype(np.int64) - 1)


def causes_of(cause: ArrayLike, subjects: int, causes: int) -> Counts:
    """Causes as whole numbers, 0 for censored, shape (subjects,).

    Raises
    ------
    DataError
        When there is not one cause per subject, or one is not within 0 and `causes`.
    """
    given = np.asarray(cause, dtype=np.float64)
    whole = given.shape == (subjects,) and bool(np.isin(given, np.arange(causes + 1)).all())
    if not whole or causes < 1:
        raise DataError(
            "These are not causes of an event.",
            where=f"causes of shape {given.shape} for {subjects} subjects",
            allowed=f"one per subject: 0 for censored, 1 to {causes} for the causes",
        )
    return given.astype(np.int64)
