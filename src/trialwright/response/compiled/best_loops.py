"""Best overall response one subject at a time, as plain loops that a compiler can read.

The same rules as `best_overall` and `schedule`, with the same answers; see `target_loops` for how
these functions are run. `c` is the course of one subject: the responses in the window and their
days after the reference.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trialwright.response.best_overall import Why
from trialwright.response.history import Codes, Flags, Ints
from trialwright.vocabulary.recist import NEVER, NO_DAY, Response

_NEVER, _NO_DAY = NEVER, NO_DAY
_NA, _CR, _PR, _SD, _NN, _PD, _NE, _NED = (int(code) for code in Response)
_NO_REASON, _NOT_TREATED, _EARLY_DEATH = int(Why.NONE), int(Why.NOT_TREATED), int(Why.EARLY_DEATH)
_WITHDRAWAL, _LOST, _NEW_THERAPY = int(Why.WITHDRAWAL), int(Why.LOST), int(Why.NEW_THERAPY)
_NOT_YET, _ALL_NE, _TOO_EARLY = int(Why.NOT_YET), int(Why.ALL_NE), int(Why.TOO_EARLY)
_OUTSIDE = int(Why.OUTSIDE)
#: The lines of R-075 in order of rank, and the answer where none finds a record.
_LINES = (_CR, _PR, _SD, _NN, _PD, _NED, _NE, _NE)
_NO_LINE = len(_LINES) - 1


class Sequences(NamedTuple):
    """Responses and days [V, S], number of time points [S], and the dates of `Follow` [S]."""

    response: Codes
    day: Ints
    visits: Ints
    reference: Ints
    death: Ints
    withdrawal: Ints
    lost: Ints
    new_therapy: Ints
    end_of_treatment: Ints
    surgery: Ints


class BestRule(NamedTuple):
    """The options that decide the best overall response.

    `due` holds the scan calendar, `shortest` its shortest interval.
    """

    stop_at_new_therapy: bool
    same_day_counts: bool
    after_treatment: bool
    confirm_days: int
    sd_min_days: int
    max_ne_between: int
    sd_between_pr: int
    missing_as_ne: bool
    keep_cr: bool
    early_death_as_pd: bool
    due: NDArray[np.int64]
    shortest: int


class BestArrays(NamedTuple):
    """What is found, to be filled: the arrays of `BestOverall`."""

    response: Codes
    visit: Ints
    day: Ints
    start: Ints
    start_day: Ints
    holds_from: Ints
    confirmed_at: Ints
    pending: Flags
    why: Codes


class Course(NamedTuple):
    """One subject: responses in the window (`NA` outside), days, missed scans before, all [V].

    `held` marks the CR and PR that count, `by` the time point that confirms them (-1 none).
    """

    response: Codes
    elapsed: Ints
    missed: Ints
    held: Flags
    by: Ints


def best_of_every_subject(
    q: Sequences, rule: BestRule, c: Course, unconfirmed: BestArrays, confirmed: BestArrays
) -> None:
    """Fill both best overall responses, one subject after the other; `c` is room to work in."""
    for s in range(len(q.visits)):
        take_window(q, s, rule, c)
        hold_without_confirmation(c)
        choose(q, s, rule, c, unconfirmed)
        if unconfirmed.start[s] < 0:
            copy_answer(s, unconfirmed, confirmed)
            continue
        count_missed(rule, c)
        hold_confirmed(rule, c)
        choose(q, s, rule, c, confirmed)


# ---------------------------------------------------------------------------- window, calendar


def counts(q: Sequences, s: int, day: int, rule: BestRule) -> bool:
    """R-060, R-109: whether a time point of this day enters the best overall response."""
    if q.reference[s] == _NO_DAY or day < q.reference[s]:
        return False
    if day > q.withdrawal[s] or day >= q.surgery[s]:
        return False
    if rule.stop_at_new_therapy:
        late = day - q.new_therapy[s]
        if late > 0 or (late == 0 and not rule.same_day_counts):
            return False
    return bool(rule.after_treatment or day <= q.end_of_treatment[s])


def take_window(q: Sequences, s: int, rule: BestRule, c: Course) -> None:
    """R-060, R-057: the responses up to the first PD that count, and their days."""
    ended = False
    for v in range(len(c.response)):
        c.response[v] = _NA
        c.elapsed[v] = 0
        if ended or v >= q.visits[s]:
            continue
        if counts(q, s, q.day[v, s], rule):
            c.response[v] = q.response[v, s]
            c.elapsed[v] = q.day[v, s] - q.reference[s]
        ended = q.response[v, s] == _PD


def due_index(day: int, due: NDArray[np.int64]) -> int:
    """R-081: the due date that a day belongs to, the earlier one when halfway; 0 is none."""
    low, high = 0, len(due) - 1
    while low < high:
        middle = (low + high) // 2
        if due[middle] + due[middle + 1] < 2 * day:
            low = middle + 1
        else:
            high = middle
    return 1 if 2 * day == due[0] + due[1] else low


def count_missed(rule: BestRule, c: Course) -> None:
    """R-069: missed scans between each time point and its neighbour before it."""
    for v in range(1, len(c.response)):
        c.missed[v] = 0
        apart = c.elapsed[v] - c.elapsed[v - 1]
        if not rule.missing_as_ne or apart <= rule.shortest:
            continue
        if c.response[v] == _NA or c.response[v - 1] == _NA:
            continue
        before = due_index(c.elapsed[v - 1], rule.due)
        interval = rule.due[before + 1] - rule.due[before]
        if 2 * apart > 3 * interval:
            c.missed[v] = max(due_index(c.elapsed[v], rule.due) - before - 1, 1)


# -------------------------------------------------------------------------------- confirmation


def hold_without_confirmation(c: Course) -> None:
    """R-061: every CR and PR counts."""
    for v in range(len(c.response)):
        c.by[v] = -1
        c.held[v] = c.response[v] in (_CR, _PR)


def hold_confirmed(rule: BestRule, c: Course) -> None:
    """R-062, R-075: the CR and PR that a later time point confirms."""
    for v in range(len(c.response)):
        if c.held[v]:
            c.by[v] = confirming(rule, c, v)
            c.held[v] = c.by[v] >= 0


def confirming(rule: BestRule, c: Course, first: int) -> int:
    """R-075: the time point that confirms `first`, -1 if none; only one candidate is examined."""
    category = c.response[first]
    unknown = 0
    stable = 0
    good = True
    cr_seen = False
    for v in range(first + 1, len(c.response)):
        now = c.response[v]
        unknown += c.missed[v]
        if rule.keep_cr and cr_seen and now == _PR:
            good = False
        can = now == _CR or (now == _PR and category == _PR)
        if can and c.elapsed[v] - c.elapsed[first] >= rule.confirm_days:
            few = unknown <= rule.max_ne_between and stable <= rule.sd_between_pr
            return v if good and few else -1
        if not (can or now in (_NE, _NA) or (now == _SD and category == _PR)):
            good = False
        unknown += now == _NE
        stable += now == _SD
        cr_seen = cr_seen or now == _CR
    return -1


# ------------------------------------------------------------------------------------ the lines


def line_of(rule: BestRule, c: Course, v: int) -> int:
    """R-075: the place in `_LINES` of the first line that finds the record of this time point."""
    now = c.response[v]
    late = c.elapsed[v] >= rule.sd_min_days
    if c.held[v]:
        return 0 if now == _CR else 1
    if late and now in (_CR, _PR, _SD):
        return 2
    if late and now == _NN:
        return 3
    if now == _PD:
        return 4
    if now == _NED:
        return 5
    return 6 if now == _NE or (now != _NA and not late) else _NO_LINE


def first_line(rule: BestRule, c: Course) -> tuple[int, int]:
    """R-075: the first line that finds a record, and the record; NE and -1 without one."""
    first = _NO_LINE
    visit = -1
    for v in range(len(c.response)):
        line = line_of(rule, c, v)
        if line < first:
            first = line
            visit = v
    return _LINES[first], visit


def choose(q: Sequences, s: int, rule: BestRule, c: Course, out: BestArrays) -> None:
    """R-061 to R-075: best overall response, start of response, and reason for NE."""
    best, visit = first_line(rule, c)
    start = -1
    for v in range(len(c.held) - 1, -1, -1):
        if c.held[v]:
            start = v
    out.visit[s] = visit
    out.day[s] = q.day[visit, s] if visit >= 0 else _NO_DAY
    out.start[s] = start
    out.start_day[s] = q.day[start, s] if start >= 0 else _NO_DAY
    out.holds_from[s] = max(start, c.by[start]) if start >= 0 else len(c.held)
    out.confirmed_at[s] = c.by[visit] if visit >= 0 else -1
    out.pending[s] = best not in (_CR, _PR) and is_pending(q, s, c)
    why = reason(q, s, c) if best == _NE else _NO_REASON
    out.why[s] = why
    if why == _EARLY_DEATH and rule.early_death_as_pd:
        best = _PD
        out.day[s] = q.death[s]
    out.response[s] = best


def copy_answer(s: int, one: BestArrays, other: BestArrays) -> None:
    """R-061, R-062: without CR or PR there is nothing to confirm."""
    other.response[s] = one.response[s]
    other.visit[s] = one.visit[s]
    other.day[s] = one.day[s]
    other.start[s] = one.start[s]
    other.start_day[s] = one.start_day[s]
    other.holds_from[s] = one.holds_from[s]
    other.confirmed_at[s] = one.confirmed_at[s]
    other.pending[s] = one.pending[s]
    other.why[s] = one.why[s]


def is_pending(q: Sequences, s: int, c: Course) -> bool:
    """R-070: CR or PR at the last evaluable time point of a subject on study."""
    if q.death[s] != _NEVER or q.new_therapy[s] != _NEVER or q.withdrawal[s] != _NEVER:
        return False
    if q.surgery[s] != _NEVER:
        return False
    for v in range(len(c.response) - 1, -1, -1):
        if c.response[v] not in (_NA, _NE):
            return bool(c.response[v] in (_CR, _PR))
    return False


def reason(q: Sequences, s: int, c: Course) -> int:
    """R-065, R-066: why a best overall response is not evaluable."""
    if q.reference[s] == _NO_DAY:
        return _NOT_TREATED
    some = False
    for v in range(len(c.response)):
        some = some or c.response[v] != _NA
        if c.response[v] not in (_NA, _NE):
            return _TOO_EARLY
    return _ALL_NE if some else reason_without_assessment(q, s)


def reason_without_assessment(q: Sequences, s: int) -> int:
    """R-065, R-066: why a subject has no time point that counts."""
    seen = q.visits[s] > 0
    if q.death[s] < _NEVER and not seen:
        return _EARLY_DEATH
    if q.withdrawal[s] < _NEVER:
        return _WITHDRAWAL
    if q.lost[s] < _NEVER:
        return _LOST
    if q.new_therapy[s] < _NEVER:
        return _NEW_THERAPY
    return _OUTSIDE if seen else _NOT_YET
