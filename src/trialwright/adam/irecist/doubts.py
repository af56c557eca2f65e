"""What iRECIST could not settle from the records: one query each, with dates and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from trialwright.adam.irecist.view import ImmuneView
from trialwright.core.dates import iso
from trialwright.response.history import Flags
from trialwright.subjects.reconcile import Severity, query
from trialwright.vocabulary.irecist import Cause, ImmuneResponse
from trialwright.vocabulary.recist import NEVER, LesionState, Response, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A query about the time points that `marks` marks [S, V].

    `message` and `do` may name {first} (date of the iUPD), {day} (date of the time point), {since}
    (days between them), {low} and {high} (the window of R-086 in days), {due} (its dates).
    """

    rule: str
    severity: Severity
    message: str
    do: str
    marks: Callable[[ImmuneView], Flags]


def immune_queries(view: ImmuneView) -> tuple[pl.DataFrame, ...]:
    """Every flag of iRECIST (R-086, R-088, R-090, R-091, R-093)."""
    return tuple(row for doubt in DOUBTS for row in _queries(view, doubt))


def _queries(view: ImmuneView, doubt: Doubt) -> Iterator[pl.DataFrame]:
    immune = view.immune
    low, high = view.rule.icpd_window_days
    for s, v in np.argwhere(doubt.marks(view)).tolist():
        first = int(immune.day[s, max(int(immune.start[s, v]), 0)])
        day = int(immune.day[s, v])
        values = {
            "first": iso(first),
            "day": iso(day),
            "since": day - first,
            "low": low - view.rule.icpd_tolerance_days,
            "high": high,
            "due": f"{iso(first + low)} and {iso(first + high)}",
        }
        message = "iRECIST: " + doubt.message.format(**values)
        subject = [view.records.subjects[s]]
        yield query(subject, doubt.rule, message, doubt.severity, doubt.do.format(**values))


def _early(view: ImmuneView) -> Flags:
    return view.immune.early


def _late(view: ImmuneView) -> Flags:
    return view.immune.late


def _calmed(view: ImmuneView) -> Flags:
    """Non-target progression that is only PRESENT later."""
    by_other = (view.immune.cause & Cause.NON_TARGET) > 0
    still = view.decisions.points.others.response == Response.NN
    result: Flags = view.immune.reset & by_other & still
    return result


def _silent(view: ImmuneView) -> Flags:
    """New lesions without a state at a time point that stays iUPD."""
    history = view.records.history
    bare = (history.state == LesionState.NONE) | (history.state == LesionState.NE)
    before = np.cumsum(history.state == LesionState.UNEQUIVOCAL, axis=1) > 0
    gone = np.cumsum(history.state == LesionState.ABSENT, axis=1) > 0
    new = (history.role == Role.NEW)[:, None, :]
    unseen: Flags = np.logical_or.reduce(new & bare & before & ~gone, axis=2)
    result: Flags = unseen & (view.immune.response == ImmuneResponse.IUPD)
    return result


def _incomplete(view: ImmuneView) -> Flags:
    """A first iUPD by a sum with missing lesions (R-035)."""
    complete = view.decisions.points.targets.complete
    opened = view.immune.start == np.arange(complete.shape[1])[None, :]
    result: Flags = opened & ((view.immune.cause & Cause.TARGET) > 0) & ~complete
    return result


def _after_therapy(view: ImmuneView) -> Flags:
    """Resets after the start of another therapy, of an iUPD before it."""
    immune = view.immune
    started = view.decisions.follow.new_therapy[:, None] - (view.rule.nact_same_day == "exclude")
    rows = np.arange(len(immune.day))[:, None]
    first = immune.day[rows, np.maximum(immune.start, 0)]
    result: Flags = immune.reset & (immune.day > started) & (first <= started)
    return result


def _pending(view: ImmuneView) -> Flags:
    """An iUPD at the last time point of a subject in follow-up, neither confirmed nor reset."""
    immune, follow = view.immune, view.decisions.follow
    visits = view.decisions.points.visits[:, None]
    last = np.arange(immune.response.shape[1])[None, :] == visits - 1
    final = (immune.response == ImmuneResponse.ICPD).any(axis=1)[:, None]
    ends = (follow.death, follow.withdrawal, follow.lost, follow.new_therapy)
    followed = np.minimum.reduce(ends)[:, None] == NEVER
    result: Flags = last & followed & (immune.start >= 0) & ~immune.reset & ~final
    return result


DOUBTS = (
    Doubt(
        rule="R-086",
        severity="warning",
        message="further growth on {day}, {since} days after the iUPD of {first}; a scan confirms "
        "from day {low}, so this one does not.",
        do="scan again; if the scan was made for a new symptom and shows a further new lesion it "
        "may confirm: decide by hand",
        marks=_early,
    ),
    Doubt(
        rule="R-086",
        severity="note",
        message="the iUPD of {first} was looked at again on {day}, after {since} days; {high} are "
        "the most that is planned. The scan counts.",
        do="list it as a deviation",
        marks=_late,
    ),
    Doubt(
        rule="R-090",
        severity="warning",
        message="the non-target progression of {first} is recorded without progression on {day}: "
        "read as no longer unequivocal, so the iUPD is void.",
        do="ask the reader; progression that is still unequivocal or grew must be recorded so, and "
        "then confirms",
        marks=_calmed,
    ),
    Doubt(
        rule="R-091",
        severity="warning",
        message="a new lesion has no state on {day}, after the iUPD of {first}: it can neither "
        "confirm nor relieve the iUPD.",
        do="record UNEQUIVOCAL, INCREASED or ABSENT, and the size, at every scan",
        marks=_silent,
    ),
    Doubt(
        rule="R-088",
        severity="note",
        message="a target lesion had no value at the iUPD of {first}: growth since then is counted "
        "over the lesions that had one.",
        do="complete the measurements of that scan if they exist",
        marks=_incomplete,
    ),
    Doubt(
        rule="R-093",
        severity="note",
        message="the iUPD of {first} was relieved on {day}, after new anticancer therapy began; for "
        "iPFS and iDOR it stays an event.",
        do="nothing, the time point is listed",
        marks=_after_therapy,
    ),
    Doubt(
        rule="R-093",
        severity="note",
        message="the iUPD of {first} is neither confirmed nor reset: it counts as an event.",
        do="if the patient is stable, scan: the window is between {due}",
        marks=_pending,
    ),
)
