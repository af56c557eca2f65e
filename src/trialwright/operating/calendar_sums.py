"""The calendar of virtual trials: who has entered, progressed, died or left by each month."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trialwright.operating.exact_sums import DAY, histogram, moments
from trialwright.operating.outcomes import MONTH, GroupTrials
from trialwright.operating.totals import Counts
from trialwright.response.history import Ints
from trialwright.vocabulary.recist import NO_DAY

#: What is followed over the calendar, by name: words for reports.
EVENTS = {
    "enrolled": "enrolled",
    "progressed": "with progression seen on a scan",
    "died": "died",
    "left": "withdrew or lost",
}
#: Subjects up to which each month is shown; above, each quarter.
_MONTHLY = 60


def calendar_step(subjects: int) -> int:
    """Months between two rows of the calendar."""
    return 1 if subjects <= _MONTHLY else 3


def calendar_rows(horizon_days: int, subjects: int) -> int:
    """Number of rows: the ends of months (or quarters) until the horizon."""
    return int(horizon_days // (MONTH * calendar_step(subjects))) + 1


def calendar_sums(who: GroupTrials) -> Iterator[tuple[str, Counts]]:
    """Distribution over trials of cumulative counts at the end of each month, and of durations."""
    of, n = who.trials, who.group.subjects
    cutoff = of.cutoff[:, None]
    days = {
        "enrolled": who.of(of.enrolled), "progressed": who.of(of.pd_scan),
        "died": who.of(of.death), "left": who.of(of.left),
    }  # fmt: skip
    rows = calendar_rows(who.plan.horizon_days, n)
    for name, day in days.items():
        seen = np.where((day != NO_DAY) & (day <= cutoff), day, -1)
        yield f"calendar/{name}", _cumulative(seen, rows, n)
    entered = np.where(days["enrolled"] <= cutoff, days["enrolled"], 0).max(axis=1)
    yield from _duration("last_enrolled", entered, who.plan.horizon_days)
    yield from _duration("cutoff", of.cutoff, who.plan.horizon_days)
    scans = who.of(of.scans).sum(axis=1).astype(np.float64)
    yield "calendar/scans", moments(scans, 1)


def _cumulative(day: Ints, rows: int, subjects: int) -> Counts:
    """Histogram of the count by the end of each row, one histogram after the other."""
    trials = len(day)
    step = MONTH * calendar_step(subjects)
    row = np.minimum((day / step).astype(np.int64), rows)
    # One bin more than rows takes what comes later; it is cut off below.
    flat = np.arange(trials)[:, None] * (rows + 1) + row
    each = np.bincount(flat[day >= 0], minlength=trials * (rows + 1)).reshape(trials, rows + 1)
    until = each[:, :rows].cumsum(axis=1)
    return histogram(np.arange(rows) * (subjects + 1) + until, rows * (subjects + 1))


def _duration(name: str, day: Ints, horizon: int) -> Iterator[tuple[str, Counts]]:
    yield f"calendar/{name}", moments(day.astype(np.float64), DAY)
    yield f"calendar/{name}/weeks", histogram(day // 7, horizon // 7 + 2)
