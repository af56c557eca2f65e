"""Time points one subject at a time, as plain loops that a compiler can read.

The same rules as `nontargets` and `timepoint`, with the same answers; see `target_loops` for how
these functions are run. `state` holds the lesion states of one subject [V, L], as read or settled.
"""

from __future__ import annotations

from typing import NamedTuple

from trialwright.response.compiled.target_loops import Lesions, TargetArrays, assess_targets_of
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
    """The options that decide time points, as numbers and flags."""

    remember_cr: bool
    reclassify: bool
    first_evidence: bool
    pd_last: bool
    tp_last: bool


class PointArrays(NamedTuple):
    """What is found, to be filled: the arrays of `TimePoints` and its parts."""

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
    """One reading of one subject, with or without hindsight: states [V, L], the rest [V]."""

    state: Codes
    target: Codes
    other: Codes
    new: Flags
    response: Codes
    after_cr: Flags
    reclassified: Flags


def assess_every_subject(h: Lesions, rule: PointRule, spare: Reading, out: PointArrays) -> None:
    """Fill `out`, one subject after the other; no subject knows of another.

    `spare` is room to work in for one subject.
    """
    for s in range(len(h.visits)):
        assess_targets_of(h, s, out.targets)
        doubtful = settle_states(h, s, spare.state)
        final = Reading(
            spare.state, out.targets.response[s], out.other[s], out.new[s], out.response[s],
            out.after_cr[s], out.reclassified[s],
        )  # fmt: skip
        read_time_points(h, s, rule, final)
        if doubtful:
            first = Reading(
                h.state[s], out.targets.response[s], spare.other, spare.new, out.as_read[s],
                spare.after_cr, spare.reclassified,
            )  # fmt: skip
            read_time_points(h, s, rule, first)
        else:
            for v in range(h.visits[s]):
                out.as_read[s, v] = out.response[s, v]
        date_time_points(h, s, rule, spare.state, out)


# ------------------------------------------------------------------ non-targets and new lesions


def settle_states(h: Lesions, s: int, state: Codes) -> bool:
    """R-045, R-046: copy the states, equivocal ones that were confirmed later as unequivocal.

    Returns whether there was an equivocal one.
    """
    doubtful = False
    for lesion in range(h.role.shape[1]):
        new = h.role[s, lesion] == _NEW
        settled = False
        for v in range(h.visits[s] - 1, -1, -1):
            now = h.state[s, v, lesion]
            state[v, lesion] = now
            known = now in (_PRESENT, _INCREASED)
            if now == _UNEQUIVOCAL:
                settled = True
            elif now == _ABSENT or (known and not new):
                settled = False
            elif now == _EQUIVOCAL:
                doubtful = True
                if settled:
                    state[v, lesion] = _UNEQUIVOCAL
    return doubtful


def other_response(h: Lesions, s: int, v: int, state: Codes) -> int:
    """R-040: PD, not evaluable, then complete response unless the marker says otherwise."""
    has = False
    unknown = False
    gone = True
    for lesion in range(h.role.shape[1]):
        if h.role[s, lesion] != _NON_TARGET:
            continue
        has = True
        now = state[v, lesion]
        if now == _UNEQUIVOCAL:
            return _PD
        unknown = unknown or now in (_UNSEEN, _UNRECORDED)
        gone = gone and now == _ABSENT
    if unknown:
        return _NE
    if gone and h.marker[s, v] == 3:
        return _NE
    if gone and h.marker[s, v] == 2:
        return _NN
    if not has:
        return _NA
    return _CR if gone else _NN


def first_day_of(h: Lesions, s: int, v: int, state: Codes, role: int) -> tuple[bool, int]:
    """R-043, R-054: whether a lesion of a role is unequivocal, and the first day that shows it."""
    seen = False
    first = _NO_DAY
    for lesion in range(h.role.shape[1]):
        if h.role[s, lesion] == role and state[v, lesion] == _UNEQUIVOCAL:
            seen = True
            first = earlier(first, h.day[s, v, lesion])
    return seen, first


def earlier(one: int, other: int) -> int:
    """The earlier of two days, either of which may be unknown."""
    if one <= _NO_DAY or other <= _NO_DAY:
        return int(max(one, other))
    return int(min(one, other))


# --------------------------------------------------------------------------------- time points


def read_time_points(h: Lesions, s: int, rule: PointRule, reading: Reading) -> None:
    """R-051 to R-055: the responses of one subject under one reading of the states."""
    for v in range(h.visits[s]):
        other = other_response(h, s, v, reading.state)
        new, _ = first_day_of(h, s, v, reading.state, _NEW)
        reading.other[v] = other
        reading.new[v] = new
        reading.response[v] = table_response(h, s, reading.target[v], other, new)
    if rule.remember_cr:
        remember_complete_response(h, s, rule, reading)


def table_response(h: Lesions, s: int, target: int, other: int, new: bool) -> int:  # noqa: FBT001
    """R-051 (Table 1), R-052 (Table 2), R-015 (no disease at baseline)."""
    if new or target == _PD or other == _PD:  # noqa: PLR1714  (a tuple of two types)
        return _PD
    if has_role(h, s, _TARGET):
        partial = target == _CR and other not in (_CR, _NA)
        return _PR if partial else int(target)
    return int(other) if has_role(h, s, _NON_TARGET) else _NED


def has_role(h: Lesions, s: int, role: int) -> bool:
    """Whether a subject has a lesion of this role."""
    for lesion in range(h.role.shape[1]):  # noqa: SIM110
        if h.role[s, lesion] == role:
            return True
    return False


def is_disease(h: Lesions, s: int, v: int, lesion: int, now: int) -> bool:
    """R-055, R-104: what counts as disease after overall CR; an ablation zone never does."""
    if h.role[s, lesion] == _TARGET:
        return bool(now in (_MEASURED, _TOO_SMALL) and not h.resolved[s, v, lesion])
    if h.role[s, lesion] == _NON_TARGET:
        return bool(now in (_PRESENT, _INCREASED) and not h.zone[s, lesion])
    return False


def disease_day(h: Lesions, s: int, v: int, state: Codes) -> tuple[bool, int]:
    """R-055, R-054: whether there is disease, and the first day that shows it."""
    seen = False
    first = _NO_DAY
    for lesion in range(h.role.shape[1]):
        if is_disease(h, s, v, lesion, state[v, lesion]):
            seen = True
            first = earlier(first, h.day[s, v, lesion])
    return seen, first


def remember_complete_response(h: Lesions, s: int, rule: PointRule, reading: Reading) -> None:
    """R-055: disease after overall CR is PD, or turns the CRs of the last run into PR.

    `start` is where the open run of CR, NE skipped, began (-1 none); `older` tells of a run that
    is closed and stays CR.
    """
    response = reading.response
    start = -1
    older = False
    for v in range(h.visits[s]):
        now = response[v]
        reading.after_cr[v] = False
        reading.reclassified[v] = False
        if older or start >= 0:
            disease, _ = disease_day(h, s, v, reading.state)
            if disease and rule.reclassify and start >= 0 and now == _PR and not older:
                turn_into_partial(reading, start, v)
                start = -1
            elif disease:
                reading.after_cr[v] = True
                response[v] = _PD
        if response[v] == _CR:
            start = v if start < 0 else start
        elif response[v] != _NE and start >= 0:
            older = True
            start = -1


def turn_into_partial(reading: Reading, start: int, end: int) -> None:
    """R-055, reclassify: the CRs from `start` to before `end` become PR."""
    for v in range(start, end):
        if reading.response[v] == _CR:
            reading.response[v] = _PR
            reading.reclassified[v] = True


def date_time_points(h: Lesions, s: int, rule: PointRule, state: Codes, out: PointArrays) -> None:
    """R-054, R-057: the date of each response, and what lies behind the first PD."""
    behind = False
    for v in range(h.visits[s]):
        _, out.other_day[s, v] = first_day_of(h, s, v, state, _NON_TARGET)
        _, out.new_day[s, v] = first_day_of(h, s, v, state, _NEW)
        out.post_pd[s, v] = behind
        if out.response[s, v] == _PD:
            behind = True
            out.day[s, v] = pd_day(h, s, v, rule, earliest_evidence(h, s, v, state, out))
        else:
            out.day[s, v] = h.last_day[s, v] if rule.tp_last else h.first_day[s, v]


def pd_day(h: Lesions, s: int, v: int, rule: PointRule, evidence: int) -> int:
    """R-054: the date of a progression."""
    if rule.first_evidence:
        return int(evidence if evidence > _NO_DAY else h.last_day[s, v])
    return int(h.last_day[s, v] if rule.pd_last else h.first_day[s, v])


def earliest_evidence(h: Lesions, s: int, v: int, state: Codes, out: PointArrays) -> int:
    """R-054: the first day that shows target, non-target, new or recurrent disease."""
    day = earlier(out.targets.pd_day[s, v], out.other_day[s, v])
    day = earlier(day, out.new_day[s, v])
    if out.after_cr[s, v]:
        _, again = disease_day(h, s, v, state)
        day = earlier(day, again)
    return day
