"""What is still open at the data cut-off: confirmations, equivocal findings, scans that are due.

Rules R-045 and R-046 (equivocal findings are listed), R-070 (unconfirmed response), R-081 and R-084
(the scan calendar goes on until progression, new therapy or death).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from trialwright.core.dates import from_day
from trialwright.protocol.settled import SettledResponse
from trialwright.response.adapter import LesionRecords
from trialwright.response.history import Flags
from trialwright.response.nontargets import settle_equivocal
from trialwright.response.schedule import ScanCalendar
from trialwright.response.whatif.best import Confirmable, confirmable
from trialwright.timetoevent.decisions import Decisions
from trialwright.vocabulary.recist import (
    NEVER,
    NO_DAY,
    RESPONSE_TEXT,
    LesionState,
    Response,
    Role,
)

#: Columns: what is pending, since when, the first day that counts, the next scan due, the last day
#: that helps, what it decides.
PENDING_SCHEMA = {
    "USUBJID": pl.String, "WHAT": pl.String, "SINCE": pl.Date, "FROM": pl.Date, "DUE": pl.Date,
    "LATEST": pl.Date, "DECIDES": pl.String, "RULEID": pl.String,
}  # fmt: skip
_UNSEEN = (LesionState.NE, LesionState.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """One open question; days are day numbers, `NO_DAY` for none."""

    subject: int
    what: str
    since: int
    first: int = NO_DAY
    due: int = NO_DAY
    latest: int = NO_DAY
    decides: str
    rule: str


def derive_pending(
    records: LesionRecords, decisions: Decisions, rule: SettledResponse
) -> pl.DataFrame:
    """List what is pending at the data cut-off, for subjects who are still followed.

    Returns
    -------
    pl.DataFrame
        Columns of `PENDING_SCHEMA`, sorted by subject.
    """
    followed = on_study(decisions)
    due = {s: next_due(decisions, rule, s) for s in np.flatnonzero(followed).tolist()}
    waiting = confirmable(decisions.sequence, decisions.follow, rule, decisions.confirmed)
    found = [
        *_confirmations(decisions, waiting, due),
        *_equivocal(records, due),
        *_scans(decisions, rule, due),
    ]
    rows = [
        (records.subjects[one.subject], one.what, *map(_date, _days(one)), one.decides, one.rule)
        for one in found
    ]
    return pl.DataFrame(rows, schema=PENDING_SCHEMA, orient="row").sort("USUBJID", "RULEID", "WHAT")


def _days(one: _Open) -> tuple[int, int, int, int]:
    return one.since, one.first, one.due, one.latest


def _date(day: int) -> object:
    return None if day == NO_DAY else from_day(day)


def on_study(decisions: Decisions) -> Flags:
    """Subjects whose scans go on: treated, alive, no progression, no new therapy (R-084) [S]."""
    follow = decisions.follow
    open_ = follow.reference != NO_DAY
    for end in (follow.death, follow.new_therapy, follow.withdrawal, follow.lost):
        open_ &= end == NEVER
    result: Flags = open_ & ~(decisions.sequence.response == Response.PD).any(axis=1)
    return result


def next_due(decisions: Decisions, rule: SettledResponse, subject: int) -> int:
    """The next due date of a scan: behind the last time point, its window not over at cut-off."""
    reference = int(decisions.follow.reference[subject])
    calendar = ScanCalendar.of(rule, decisions.cutoff - reference)
    live = decisions.sequence.live[subject]
    last = np.max(decisions.sequence.day[subject][live], initial=reference) - reference
    behind = int(calendar.index(np.array([last], np.int32))[0]) + 1
    due = calendar.due[behind:] + reference
    return int(due[due + rule.window_days >= decisions.cutoff][0])


def _confirmations(
    decisions: Decisions, waiting: dict[int, Confirmable], due: dict[int, int]
) -> Iterator[_Open]:
    for subject, wait in waiting.items():
        now = RESPONSE_TEXT[decisions.confirmed.response[subject]]
        shown = RESPONSE_TEXT[decisions.sequence.response[subject, wait.visit]]
        late = NO_DAY < wait.last < decisions.cutoff
        yield _Open(
            subject=subject,
            what=f"confirmation of {shown}{', too late for a new scan' if late else ''}",
            since=int(decisions.sequence.day[subject, wait.visit]),
            first=wait.first,
            due=due.get(subject, NO_DAY),
            latest=wait.last,
            decides=f"confirmed best response {shown}, now {now}",
            rule="R-070",
        )


def _equivocal(records: LesionRecords, due: dict[int, int]) -> Iterator[_Open]:
    """Findings whose last word is equivocal, dated at the sight that would be progression."""
    history = records.history
    final = settle_equivocal(history).state
    for s, lesion, name in records.lesions.sort("S", "L").select("S", "L", "LNKID").iter_rows():
        states = final[s, : int(history.visits[s]), lesion]
        seen = np.flatnonzero(~np.isin(states, _UNSEEN))
        if s not in due or not len(seen) or states[seen[-1]] != LesionState.EQUIVOCAL:
            continue
        others = seen[states[seen] != LesionState.EQUIVOCAL]
        first = int(seen[seen > (others[-1] if len(others) else -1)][0])
        new = history.role[s, lesion] == Role.NEW
        day = int(history.day[s, first, lesion])
        since = day if day > NO_DAY else int(history.last_day[s, first])
        yield _Open(
            subject=s,
            what=f"equivocal {'new lesion' if new else 'progression of non-target'} {name}",
            since=since,
            due=due[s],
            decides=f"PD dated {from_day(since).isoformat()} once it is called unequivocal",
            rule="R-045" if new else "R-046",
        )


def _scans(decisions: Decisions, rule: SettledResponse, due: dict[int, int]) -> Iterator[_Open]:
    for subject, day in due.items():
        live = decisions.sequence.live[subject]
        last = int(np.max(decisions.sequence.day[subject][live], initial=NO_DAY))
        yield _Open(
            subject=subject,
            what="next scan",
            since=last,
            first=day - rule.window_days,
            due=day,
            latest=day + rule.window_days,
            decides="response and progression",
            rule="R-081 R-084",
        )
