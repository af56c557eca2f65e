"""Times of subjects gathered into distinct times: near-equal times are one time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trialwright.core.errors import DataError
from trialwright.stats.survival_counts import (
    TIME_TOLERANCE,
    Counts,
    Flags,
    Floats,
    starts_of_times,
)


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
    return TiedTimes(*ranked(times))


def ranked(times: Floats) -> tuple[Floats, Counts]:
    """Distinct times in order, and the place of each time among them; near-equal times are one."""
    ordered, place = np.unique(times, return_inverse=True)
    starts, _ = starts_of_times(ordered, TIME_TOLERANCE)
    cluster = np.zeros(ordered.size, dtype=np.int64)
    cluster[starts[1:]] = 1
    return ordered[starts], np.cumsum(cluster)[place]


def causes_of(cause: ArrayLike, subjects: int, causes: int) -> Counts:
    """Causes as whole numbers, 0 for censored, shape (subjects,).

    Raises
    ------
    DataError
        When there is not one cause per subject, or one is not within 0 and `causes`.
    """
    given = np.asarray(cause, dtype=np.float64)
    shaped = given.shape == (subjects,) and causes >= 1
    if not shaped or not ((given == np.rint(given)) & (given >= 0) & (given <= causes)).all():
        raise DataError(
            "These are not causes of an event.",
            where=f"causes of shape {given.shape} for {subjects} subjects",
            allowed=f"one per subject: 0 for censored, 1 to {causes} for the causes",
        )
    return given.astype(np.int64)


def causes_with(of: int, cause: ArrayLike, subjects: int) -> Counts:
    """Causes as whole numbers where one of them, `of`, is the question; shape (subjects,).

    Raises
    ------
    DataError
        As `causes_of`, and when `of` is no cause; 0 means censored.
    """
    if not (float(of).is_integer() and of >= 1):
        raise DataError(
            "This is not a cause of an event.",
            where=f'cause "{of}"',
            allowed="a whole number from 1; 0 means censored",
        )
    given = np.asarray(cause, dtype=np.float64)
    highest = given[np.isfinite(given)].max(initial=1)
    return causes_of(given, subjects, max(int(highest), int(of)))
