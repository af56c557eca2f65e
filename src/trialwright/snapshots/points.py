"""Time points of a patient in two derivations, as pairs: a scan that came or went moves no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from trialwright.snapshots.facts import Point

Pair = tuple[Point | None, Point | None]


def paired_points(before: Mapping[int, Point], after: Mapping[int, Point]) -> tuple[Pair, ...]:
    """Pair by visit and date, then by date, by visit, and by number; baseline is baseline.

    Returns
    -------
    tuple
        In the order of the dates, baseline first; `None` where a side lacks the time point.
    """
    left = [one for number, one in sorted(before.items()) if number > 0]
    right = [one for number, one in sorted(after.items()) if number > 0]
    pairs: list[Pair] = []
    ways: tuple[Callable[[Point], object], ...] = (
        lambda one: (one.visit, one.day),
        lambda one: one.day,
        lambda one: one.visit,
        lambda one: one.number,
    )
    for way in ways:
        at = _unique(right, way)
        single = _unique(left, way)
        for key, one in single.items():
            if key and key in at:
                pairs.append((one, at[key]))
        taken = {id(one) for pair in pairs for one in pair}
        left = [one for one in left if id(one) not in taken]
        right = [one for one in right if id(one) not in taken]
    pairs += [(one, None) for one in left] + [(None, one) for one in right]
    baseline = (before.get(0), after.get(0))
    return (baseline, *sorted(pairs, key=_order))


def _unique(points: Sequence[Point], way: Callable[[Point], object]) -> dict[object, Point]:
    counts = Counter(way(one) for one in points)
    return {way(one): one for one in points if counts[way(one)] == 1}


def _order(pair: Pair) -> tuple[date, int]:
    """By the earlier of both dates, so that either direction gives the same order."""
    days = [one.day for one in pair if one is not None and one.day is not None]
    return min(days, default=date.max), min(one.number for one in pair if one is not None)
