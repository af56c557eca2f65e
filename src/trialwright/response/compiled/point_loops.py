"""Time points one subject at a time, as plain loops that a compiler can read.

The same rules as `nontargets` and `timepoint`, with the same answers; see `target_loops` for how
these functions are run, and for the order of the axes. `state` holds the lesion states [L, V, S], as
read or settled.
"""

from __future__ import annotations

from typing import NamedTuple

from trialwright.response.compiled.finding_loops import (
    DISEASE,
    HAS_OTHER,
    HAS_TARGET,
    NEW_LESION,
    OTHER_PD,
    OTHER_REMAINS,
    OTHER_UNSEEN,
    Findings,
    Lesions,
    look_again,
    look_at_all,
    shows,
)
from trialwright.response.compiled.target_loops import (
    TargetArrays,
    assess_targets,
    first_pd_day,
    sum_targets,
)
from trialwright.response.history import Codes, Flags, Ints
from trialwright.vocabulary.recist import NO_DAY, LesionState, Response, Role

_NO_DAY = NO_DAY
_NA, _CR, _PR, _SD, _NN, _PD, _NE, _NED = (int(code) for code in Response)
_NO_ROLE, _TARGET, _NON_TARGET, _NEW = (int(code) for code in Role)
(
    _UNRECORDED, _MEASURED, _ABSENT, _TOO_SMALL, _UNSEEN, _MERGED, _PRESENT, _INCREASED,
    _EQUIVOCAL, _UNEQUIVOCAL,
) = (int(code) for code in LesionState)  # fmt: skip


class PointRule(NamedTuple):
    """The options that decide time points; `doubtful` says that there is something equivocal."""

    doubtful: bool
    remember_cr: bool
    reclassify: bool
    first_evidence: bool
    pd_last: bool
    tp_last: bool


class PointArrays(NamedTuple):
    """What is found, to be filled: the arrays of `TimePoints` and its parts, axes reversed."""

    targets: TargetArrays
    other: Codes
    new: Flags
    other_day: Ints
    new_day: Ints
    response: Codes
    as_read: Codes
    after_cr: Flags
    reclassified: Flags
    post_pd: Flags
    day: Ints


class Reading(NamedTuple):
    """One reading, with or without hindsight: states [L, V, S], the rest [V, S].

    `shown` is what the lesions of a time point show, as bits.
    """

    state: Codes
    shown: Findings
    target: Codes
    other: Codes
    new: Flags
    response: Codes
    after_cr: Flags
    reclassified: Flags


def assess_every_subject(
    h: Lesions, rule: PointRule, readings: tuple[Reading, Reading], out: PointArrays
) -> None:
    """Fill `out`, one subject after the other; no subject knows of another.

    Of `readings`, one is final, the other as read; their states are one array where nothing is
    equivocal.
    """
    final, first = readings
    sum_targets(h, out.targets)
    look_at_all(h, final.state, final.shown)
    assess_targets(h, final.shown, out.targets)
    for s in range(len(h.visits)):
        settled = rule.doubtful and settle_states(h, s, final.state)
        if settled:
            look_again(h, s, first.state, first.shown)
            look_again(h, s, final.state, final.shown)
            read_time_points(h, s, rule, first)
        read_time_points(h, s, rule, final)
        if not settled:
            for v in range(h.visits[s]):
                out.as_read[v, s] = out.response[v, s]
        date_time_points(h, s, rule, final, out)


# ------------------------------------------------------------------ non-targets and new lesions


def settle_states(h: Lesions, s: int, state: Codes) -> bool:
    """R-045, R-046: turn equivocal states that were confirmed later into unequivocal ones.

    Returns whether there was one.
    """
    found = False
    for lesion in range(h.role.shape[0]):
        new = h.role[lesion, s] == _NEW
        settled = False
        for v in range(h.visits[s] - 1, -1, -1):
            now = h.state[lesion, v, s]
            known = now in (_PRESENT, _INCREASED)
            if now == _UNEQUIVOCAL:
                settled = True
            elif now == _ABSENT or (known and not new):
                settled = False
            elif now == _EQUIVOCAL and settled:
                state[lesion, v, s] = _UNEQUIVOCAL
                found = True
    return found


def other_response(shown: int, marker: int) -> int:
    """R-040: PD, not evaluable, then complete response unless the marker says otherwise."""
    if shown & OTHER_PD:
        return _PD
    if shown & OTHER_UNSEEN:
        return _NE
    gone = not shown & OTHER_REMAINS
    if gone and marker == 3:
        return _NE
    if gone and marker == 2:
        return _NN
    if not shown & HAS_OTHER:
        return _NA
    return _CR if gone else _NN


def first_day_of(h: Lesions, s: int, v: int, state: Codes, role: int) -> int:
    """R-043, R-054: the first day that shows a lesion of a role as unequivocal."""
    first = _NO_DAY
    for lesion in range(len(h.role)):
        if h.role[lesion, s] == role and state[lesion, v, s] == _UNEQUIVOCAL:
            first = earlier(first, h.day[lesion, v, s])
    return first


def earlier(one: int, other: int) -> int:
    """The earlier of two days, either of which may be unknown."""
    if one <= _NO_DAY or other <= _NO_DAY:
        return int(max(one, other))
    return int(min(one, other))


# --------------------------------------------------------------------------------- time points


def read_time_points(h: Lesions, s: int, rule: PointRule, reading: Reading) -> None:
    """R-051 to R-055: the responses of one subject under one reading of the states."""
    complete = False
    for v in range(h.visits[s]):
        shown = reading.shown[v, s]
        other = other_response(shown, h.marker[v, s])
        response = table_response(shown, reading.target[v, s], other)
        reading.other[v, s] = other
        reading.new[v, s] = shown & NEW_LESION
        reading.response[v, s] = response
        complete = complete or response == _CR
    if rule.remember_cr and complete:
        remember_complete_response(h, s, rule, reading)


def table_response(shown: int, target: int, other: int) -> int:
    """R-051 (Table 1), R-052 (Table 2), R-015 (no disease at baseline)."""
    if shown & NEW_LESION or target == _PD or other == _PD:  # noqa: PLR1714  (a tuple of two types)
        return _PD
    if shown & HAS_TARGET:
        partial = target == _CR and other not in (_CR, _NA)
        return _PR if partial else int(target)
    return int(other) if shown & HAS_OTHER else _NED


def disease_day(h: Lesions, s: int, v: int, state: Codes) -> int:
    """R-055, R-054: the first day that shows disease."""
    first = _NO_DAY
    for lesion in range(len(h.role)):
        gone, zone = h.resolved[lesion, v, s], h.zone[lesion, s]
        if shows(h.role[lesion, s], state[lesion, v, s], gone, zone) & DISEASE:
            first = earlier(first, h.day[lesion, v, s])
    return first


def remember_complete_response(h: Lesions, s: int, rule: PointRule, reading: Reading) -> None:
    """R-055: disease after overall CR is PD, or turns the CRs of the last run into PR.

    `start` is where the open run of CR, NE skipped, began (-1 none); `older` tells of a run that
    is closed and stays CR.
    """
    response = reading.response
    start = -1
    older = False
    for v in range(h.visits[s]):
        now = response[v, s]
        if (older or start >= 0) and reading.shown[v, s] & DISEASE:
            if rule.reclassify and start >= 0 and now == _PR and not older:
                turn_into_partial(reading, s, start, v)
                start = -1
            else:
                reading.after_cr[v, s] = True
                response[v, s] = _PD
        if response[v, s] == _CR:
            start = v if start < 0 else start
        elif response[v, s] != _NE and start >= 0:
            older = True
            start = -1


def turn_into_partial(reading: Reading, s: int, start: int, end: int) -> None:
    """R-055, reclassify: the CRs from `start` to before `end` become PR."""
    for v in range(start, end):
        if reading.response[v, s] == _CR:
            reading.response[v, s] = _PR
            reading.reclassified[v, s] = True


def date_time_points(h: Lesions, s: int, rule: PointRule, final: Reading, out: PointArrays) -> None:
    """R-054, R-057: the date of each response, and what lies behind the first PD."""
    behind = False
    for v in range(h.visits[s]):
        if final.other[v, s] == _PD:
            out.other_day[v, s] = first_day_of(h, s, v, final.state, _NON_TARGET)
        if final.new[v, s]:
            out.new_day[v, s] = first_day_of(h, s, v, final.state, _NEW)
        if final.target[v, s] == _PD:
            nadir = out.targets.nadir[v, s]
            out.targets.pd_day[v, s] = first_pd_day(h, s, v, nadir)
        out.post_pd[v, s] = behind
        if final.response[v, s] == _PD:
            behind = True
            evidence = earliest_evidence(h, s, v, final.state, out)
            out.day[v, s] = pd_day(h, s, v, rule, evidence)
        else:
            out.day[v, s] = h.last_day[v, s] if rule.tp_last else h.first_day[v, s]


def pd_day(h: Lesions, s: int, v: int, rule: PointRule, evidence: int) -> int:
    """R-054: the date of a progression."""
    if rule.first_evidence:
        return int(evidence if evidence > _NO_DAY else h.last_day[v, s])
    return int(h.last_day[v, s] if rule.pd_last else h.first_day[v, s])


def earliest_evidence(h: Lesions, s: int, v: int, state: Codes, out: PointArrays) -> int:
    """R-054: the first day that shows target, non-target, new or recurrent disease."""
    day = earlier(out.targets.pd_day[v, s], out.other_day[v, s])
    day = earlier(day, out.new_day[v, s])
    if out.after_cr[v, s]:
        day = earlier(day, disease_day(h, s, v, state))
    return day
