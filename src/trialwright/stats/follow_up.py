"""Follow-up for comparisons: who is at risk when. Shared by log-rank, Cox and responder questions.

A row is at risk at time t when entry < t <= exit. Without an entry it is at risk from the
beginning, time 0 included. Times closer than the tolerance of `survival_counts` are one time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trialwright.core.errors import DataError
from trialwright.stats.survival_counts import Counts, Flags, Floats, event_marks
from trialwright.stats.tied_times import ranked

#: Rank of an entry before every time.
FROM_THE_BEGINNING = -1


@dataclass(frozen=True, slots=True, eq=False)
class FollowUp:
    """Follow-up of subjects, checked; one row a subject or a spell of one; made by `follow_up`.

    Attributes
    ----------
    time, entry
        End of follow-up, and its start for late entry (minus infinity: from the beginning), in
        one unit; shape (rows,).
    event
        True where the row ends with the event.
    stratum
        Stratum 0, 1, ... of each row.
    exit_rank, entry_rank
        Place of `time` and `entry` in `distinct`; `FROM_THE_BEGINNING` for no late entry.
    distinct
        The distinct times, in order.
    """

    time: Floats
    event: Flags
    entry: Floats
    stratum: Counts
    exit_rank: Counts
    entry_rank: Counts
    distinct: Floats

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.time.size)


@dataclass(frozen=True, slots=True, eq=False)
class EventTimes:
    """The distinct event times of some rows, and the rows at risk at each.

    Attributes
    ----------
    rank
        Place of each event time in `FollowUp.distinct`; shape (times,).
    first, last
        Each row is at risk from event time `first` to `last`, both included (none if first >
        last); shape (rows,).
    """

    rank: Counts
    first: Counts
    last: Counts

    def at_risk(self, amount: Floats) -> Floats:
        """Sum of `amount` over the rows at risk at each event time; shape (times, ...).

        Nothing is ever subtracted, so a sum is as exact as its parts even where rows of another
        size enter later: each stretch of times a row is at risk is put together from blocks of
        2, 4, 8, ... times, and blocks hand their sums down to single times.
        """
        size = 1 << max(self.rank.size - 1, 0).bit_length()
        blocks = np.zeros((2 * size, *amount.shape[1:]))
        left, right = self.first + size, np.maximum(self.last + 1, self.first) + size
        while (left < right).any():
            odd = (left < right) & (left % 2 == 1)
            np.add.at(blocks, left[odd], amount[odd])
            left = left + odd
            odd = (left < right) & (right % 2 == 1)
            right = right - odd
            np.add.at(blocks, right[odd], amount[odd])
            left, right = left // 2, right // 2
        for parent in (1 << np.arange(size.bit_length() - 1)).tolist():
            blocks[2 * parent : 4 * parent] += np.repeat(blocks[parent : 2 * parent], 2, axis=0)
        return blocks[size : size + self.rank.size]


def follow_up(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
) -> FollowUp:
    """Check follow-up and rank its times.

    Parameters
    ----------
    time
        End of follow-up >= 0 in any unit, shape (rows,).
    event
        True for an event at `time`, false for a censored one.
    entry
        Time at which observation starts (left truncation), before `time`, same unit; minus
        infinity for rows observed from the beginning. `None`: all of them are.
    stratum
        Label of each row; `None`: one stratum.

    Raises
    ------
    DataError
        When nobody is given, shapes differ, a time is negative or not a number, a row enters at
        or after its end, or a label is missing.
    """
    times = np.asarray(time, dtype=np.float64) + 0.0
    marks = event_marks(event)
    entries = np.full(times.shape, -np.inf) if entry is None else np.asarray(entry, np.float64)
    _require_times(times, marks, entries)
    late = np.isfinite(entries)
    distinct, ranks = ranked(np.concatenate([times, entries[late]]))
    entry_rank = np.full(times.size, FROM_THE_BEGINNING, dtype=np.int64)
    entry_rank[late] = ranks[times.size :]
    exit_rank = ranks[: times.size]
    _require_some_follow_up(times, entries, entry_rank >= exit_rank)
    codes = np.zeros(times.size, np.int64)
    if stratum is not None:
        codes = coded(stratum, times.size, "stratum")[1]
    return FollowUp(times, marks, entries, codes, exit_rank, entry_rank, distinct)


def coded(labels: ArrayLike, rows: int, name: str) -> tuple[tuple[str | float, ...], Counts]:
    """Distinct labels in order, and the number of its label for each row.

    Raises
    ------
    DataError
        When there is not one label a row, one is missing, or some are text and some numbers.
    """
    given = labels if isinstance(labels, np.ndarray) else np.asarray(labels, dtype=np.object_)
    flat = given.ravel().tolist()
    missing = any(label is None or (isinstance(label, float) and np.isnan(label)) for label in flat)
    mixed = len({isinstance(label, str) for label in flat}) > 1
    if given.shape != (rows,) or missing or mixed:
        raise DataError(
            f"These labels do not name the {name} of each row.",
            where=f"{name} of shape {given.shape} for {rows} rows",
            allowed="one label a row, none missing; all of them text, or all numbers",
        )
    distinct, codes = np.unique(np.asarray(flat), return_inverse=True)
    return tuple(distinct.tolist()), codes.astype(np.int64)


def event_times(data: FollowUp, rows: Flags | None = None) -> EventTimes:
    """Event times of the chosen rows (all of them for `None`), and when each of them is at risk."""
    chosen = slice(None) if rows is None else rows
    leave, enter = data.exit_rank[chosen], data.entry_rank[chosen]
    rank = np.unique(leave[data.event[chosen]])
    first = np.searchsorted(rank, enter, side="right").astype(np.int64)
    last = np.searchsorted(rank, leave, side="right").astype(np.int64) - 1
    return EventTimes(rank, first, last)


def _require_times(times: Floats, marks: Flags, entries: Floats) -> None:
    shaped = times.ndim == 1 and times.shape == marks.shape == entries.shape and times.size > 0
    fit = shaped and times.min() >= 0 and bool(np.isfinite(times).all())
    if fit and not (np.isnan(entries) | np.isposinf(entries)).any():
        return
    raise DataError(
        "These are not follow-up times.",
        where=f"times of shape {times.shape}, events {marks.shape}, entries {entries.shape}",
        allowed="at least one row; finite times of 0 or more with one event mark and entry each",
    )


def _require_some_follow_up(times: Floats, entries: Floats, empty: Flags) -> None:
    if not empty.any():
        return
    row = int(np.argmax(empty))
    raise DataError(
        f"{int(empty.sum())} rows have no follow-up: they enter at or after their end.",
        where=f"row {row + 1}: entry {entries[row]:g}, end {times[row]:g}",
        allowed="entry before end",
        do="leave out who was never under observation, and count them beside the result",
    )
