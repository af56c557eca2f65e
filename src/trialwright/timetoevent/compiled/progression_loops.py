"""C-18 one subject at a time, as plain loops that a compiler can read.

The same rules as `timetoevent.progression`, with the same answers. They keep to numbers, arrays and
named tuples; as plain Python they run too, slowly. `s` is a subject, `v` a time point; arrays over
time points are [V, S], so that neighbouring subjects are neighbours in memory.
"""

from __future__ import annotations

from typing import NamedTuple

from trialwright.response.history import Codes, Flags, Ints
from trialwright.timetoevent.progression import CensoringRule
from trialwright.vocabulary.recist import NEVER, NO_DAY, Response

_NEVER, _NO_DAY = NEVER, NO_DAY
_PD, _NE = int(Response.PD), int(Response.NE)
_NO_RULE, _C_01, _C_02 = int(CensoringRule.NONE), int(CensoringRule.C_01), int(CensoringRule.C_02)
_C_03, _C_03B = int(CensoringRule.C_03), int(CensoringRule.C_03B)
_C_04, _C_05 = int(CensoringRule.C_04), int(CensoringRule.C_05)
_C_06, _C_07 = int(CensoringRule.C_06), int(CensoringRule.C_07)
_C_08, _R_109 = int(CensoringRule.C_08), int(CensoringRule.R_109)


class Courses(NamedTuple):
    """The arrays of `Course`; `surgery` is `NEVER` where nobody can have one."""

    origin: Ints
    reference: Ints
    response: Codes
    day: Ints
    live: Flags
    baseline: Flags
    death: Ints
    new_therapy: Ints
    withdrawal: Ints
    lost: Ints
    stopped: Ints
    surgery: Ints


class CensoringOptions(NamedTuple):
    """The options of C-18; `believed` is the longest gap that is believed after each day (R-082)."""

    fda: bool
    death_is_event: bool
    evaluable_only: bool
    exclude_same_day: bool
    censor_at_surgery: bool
    believed: Ints


class DecisionArrays(NamedTuple):
    """What is decided, to be filled: the arrays of `Decision`, [S]."""

    day: Ints
    event: Flags
    rule: Codes
    visit: Ints
    known_event: Ints
    allowed_gap: Ints


def decide_every_subject(q: Courses, options: CensoringOptions, out: DecisionArrays) -> None:
    """Fill `out`, one subject after the other."""
    for s in range(len(q.origin)):
        end = first_progression(q, s)
        out.known_event[s] = known_event(q, s, end, options)
        decide_event(q, s, end, options, out)
        if options.fda:
            censor_early(q, s, end, options, out)
        if options.censor_at_surgery and q.surgery[s] < _NEVER:
            censor_at_surgery(q, s, end, options, out)
        if q.origin[s] == _NO_DAY:
            answer(out, s, _NO_RULE, _NO_DAY, -1)
        else:
            out.day[s] = max(out.day[s], q.origin[s])


def answer(out: DecisionArrays, s: int, rule: int, day: int, visit: int) -> None:
    """Write the rule that decides, its day and time point; some rules tell of an event."""
    out.rule[s] = rule
    out.event[s] = rule in (_C_01, _C_02, _C_03B)
    out.day[s] = day
    out.visit[s] = visit


# ---------------------------------------------------------------------------- assessments


def counts(q: Courses, s: int, v: int) -> bool:
    """Whether a time point lies between the origin and the withdrawal of consent."""
    return bool(q.live[v, s] and q.origin[s] <= q.day[v, s] <= q.withdrawal[s])


def first_progression(q: Courses, s: int) -> int:
    """The first PD that counts, the number of time points if none (C-01, C-03)."""
    visits = len(q.response)
    if q.baseline[s]:
        for v in range(visits):
            if q.response[v, s] == _PD and counts(q, s, v):
                return v
    return visits


def latest(q: Courses, s: int, end: int, limit: int, options: CensoringOptions) -> int:
    """R-083: the latest adequate assessment before `end` and up to a day, -1 for none."""
    if not q.baseline[s]:
        return -1
    for v in range(end - 1, -1, -1):
        response = q.response[v, s]
        adequate = response != _PD and not (options.evaluable_only and response == _NE)
        if adequate and q.day[v, s] <= limit and counts(q, s, v):
            return v
    return -1


def day_of(q: Courses, s: int, visit: int) -> int:
    """The day of an assessment, the origin without one."""
    return int(q.day[visit, s] if visit >= 0 else q.origin[s])


def allowed_gap(q: Courses, s: int, last: int, believed: Ints) -> int:
    """R-080, R-082: the longest gap that is believed after the last adequate assessment."""
    reference = q.origin[s] if q.reference[s] == _NO_DAY else q.reference[s]
    known = _NO_DAY not in (last, reference)
    return int(believed[max(last - reference, 0) if known else 0])


# -------------------------------------------------------------------------------- decisions


def known_event(q: Courses, s: int, end: int, options: CensoringOptions) -> int:
    """The day of PD or death, whichever is first, `NEVER` for none."""
    progressed = q.day[end, s] if end < len(q.response) else _NEVER
    return int(min(progressed, q.death[s]) if options.death_is_event else progressed)


def decide_event(
    q: Courses, s: int, end: int, options: CensoringOptions, out: DecisionArrays
) -> None:
    """C-01 to C-03b, C-05, C-07, C-08: event, or censoring where there is none."""
    event = out.known_event[s]
    last = latest(q, s, end, _NEVER, options)
    if event == _NEVER:
        answer(out, s, reason_without_event(q, s, last), day_of(q, s, last), last)
    elif end < len(q.response) and q.day[end, s] == event:
        answer(out, s, _C_01, event, end)
    else:
        answer(out, s, _C_03B if last < 0 else _C_02, event, -1)


def reason_without_event(q: Courses, s: int, last: int) -> int:
    """C-03, C-05, C-07, C-08: why a subject without event is censored."""
    if last < 0:
        return _C_03
    if q.withdrawal[s] < _NEVER or q.lost[s] < _NEVER:
        return _C_05
    if q.stopped[s] >= _NEVER:
        return _C_08
    for v in range(len(q.response)):
        if q.day[v, s] > q.stopped[s] and counts(q, s, v):
            return _C_08
    return _C_07


def censor_early(
    q: Courses, s: int, end: int, options: CensoringOptions, out: DecisionArrays
) -> None:
    """C-04, C-06, C-09: censor at new therapy or before a gap, the earlier of the two."""
    event, started = out.known_event[s], q.new_therapy[s]
    last = latest(q, s, end, event, options)
    before = day_of(q, s, last)
    out.allowed_gap[s] = allowed_gap(q, s, before, options.believed)
    gap = out.event[s] and event - before > out.allowed_gap[s]
    stop = started - 1 if options.exclude_same_day else started
    therapy = started < _NEVER and event > stop
    visit = latest(q, s, end, stop, options) if therapy else -1
    if gap and (not therapy or before < day_of(q, s, visit)):
        answer(out, s, _C_06, before, last)
    elif therapy:
        answer(out, s, _C_04, day_of(q, s, visit), visit)


def censor_at_surgery(
    q: Courses, s: int, end: int, options: CensoringOptions, out: DecisionArrays
) -> None:
    """R-109: censor at the last adequate assessment before conversion surgery."""
    visit = latest(q, s, end, q.surgery[s] - 1, options)
    day = day_of(q, s, visit)
    censored = out.rule[s] in (_C_04, _C_06)
    if out.known_event[s] >= q.surgery[s] and (not censored or day <= out.day[s]):
        answer(out, s, _R_109, day, visit)
