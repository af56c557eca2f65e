"""Sets of blocks as runs of numbers: sorted, apart from each other, each from start to before stop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

#: Blocks `start`, `start + 1`, ... up to `stop - 1`.
Run: TypeAlias = tuple[int, int]
Ranges: TypeAlias = tuple[Run, ...]


def joined(runs: Iterable[Run]) -> Ranges:
    """The blocks of all runs, in as few runs as possible."""
    merged: list[Run] = []
    for start, stop in sorted(run for run in runs if run[0] < run[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return tuple(merged)


def without(whole: Ranges, taken: Ranges) -> Ranges:
    """The blocks of `whole` that are not in `taken`."""
    left: list[Run] = []
    for start, stop in whole:
        at = start
        for begin, end in taken:
            if end <= at or begin >= stop:
                continue
            left.append((at, begin))
            at = end
        left.append((at, stop))
    return joined(left)


def common(one: Ranges, other: Ranges) -> Ranges:
    """The blocks of both."""
    return without(one, without(one, other))


def size(ranges: Ranges) -> int:
    """Number of blocks."""
    return sum(stop - start for start, stop in ranges)


def words(ranges: Ranges) -> str:
    """The blocks for a message: "0-3, 7"; many runs are cut short."""
    told = [f"{start}" if stop == start + 1 else f"{start}-{stop - 1}" for start, stop in ranges]
    more = f" and {len(told) - 10} more" if len(told) > 10 else ""
    return ", ".join(told[:10]) + more
