"""Reductions over the last axis of an array: the lesions of a time point, or the time points.

That axis is short, so one pass for each of its entries takes a fraction of the time of numpy's own
reductions. They are fastest where the subjects are neighbours in memory (`layout`).
"""

from __future__ import annotations

import numpy as np

from trialwright.response.history import Flags, Ints
from trialwright.response.layout import filled, pick
from trialwright.vocabulary.recist import NO_DAY

_FAR = int(np.iinfo(np.int32).max)


def any_last(which: Flags) -> Flags:
    """Whether any entry is marked."""
    found = filled(which.shape[:-1], 0, np.bool_)
    for entry in range(which.shape[-1]):
        found |= which[..., entry]
    return found


def every_last(which: Flags) -> Flags:
    """Whether all entries are marked."""
    found = filled(which.shape[:-1], 1, np.bool_)
    for entry in range(which.shape[-1]):
        found &= which[..., entry]
    return found


def sum_last(values: Ints) -> Ints:
    """The sum of the entries."""
    total = filled(values.shape[:-1], 0, np.int32)
    for entry in range(values.shape[-1]):
        total += values[..., entry]
    return total


def first_last(which: Flags) -> Ints:
    """The first marked entry, -1 if none."""
    entries = which.shape[-1]
    left = filled(which.shape[:-1], 0, np.int32)
    for entry in range(entries):
        np.maximum(left, which[..., entry] * np.int32(entries - entry), out=left)
    return pick(left == 0, -1, entries - left)


def before_last(which: Flags) -> Flags:
    """Whether an entry before each one is marked; the shape of `which`."""
    found = filled(which.shape, 0, np.bool_)
    for entry in range(1, which.shape[-1]):
        np.logical_or(found[..., entry - 1], which[..., entry - 1], out=found[..., entry])
    return found


def latest(which: Flags) -> Ints:
    """The last marked entry, -1 if none."""
    found = filled(which.shape[:-1], 0, np.int32)
    for entry in range(which.shape[-1]):
        np.maximum(found, which[..., entry] * np.int32(entry + 1), out=found)
    return found - np.int32(1)


def earliest(day: Ints, which: Flags) -> Ints:
    """The earliest known day among the marked entries, `NO_DAY` if none."""
    if day.strides[-1] == 0:  # one day for all entries
        return pick(any_last(which) & (day[..., 0] > NO_DAY), day[..., 0], NO_DAY)
    first = filled(day.shape[:-1], _FAR, np.int32)
    for entry in range(day.shape[-1]):
        if which[..., entry].any():
            known = which[..., entry] & (day[..., entry] > NO_DAY)
            np.minimum(first, pick(known, day[..., entry], _FAR), out=first)
    return pick(first == _FAR, NO_DAY, first)
