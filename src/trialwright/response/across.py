"""Reductions over the last axis of an array: the lesions of a time point, or the time points.

That axis is short, so one pass for each of its entries takes a fraction of the time of numpy's own
reductions.
"""

from __future__ import annotations

import numpy as np

from trialwright.response.history import Flags, Ints
from trialwright.vocabulary.recist import NO_DAY


def any_last(which: Flags) -> Flags:
    """Whether any entry is marked."""
    found = np.zeros(which.shape[:-1], np.bool_)
    for entry in range(which.shape[-1]):
        found |= which[..., entry]
    return found


def every_last(which: Flags) -> Flags:
    """Whether all entries are marked."""
    found = np.ones(which.shape[:-1], np.bool_)
    for entry in range(which.shape[-1]):
        found &= which[..., entry]
    return found


def sum_last(values: Ints) -> Ints:
    """The sum of the entries."""
    total = np.zeros(values.shape[:-1], np.int32)
    for entry in range(values.shape[-1]):
        total += values[..., entry]
    return total


def earliest(day: Ints, which: Flags) -> Ints:
    """The earliest known day among the marked entries, `NO_DAY` if none."""
    far = np.iinfo(np.int32).max
    first = np.full(day.shape[:-1], far, np.int32)
    for entry in range(day.shape[-1]):
        known = which[..., entry] & (day[..., entry] > NO_DAY)
        np.minimum(first, day[..., entry], out=first, where=known)
    first[first == far] = NO_DAY
    return first
