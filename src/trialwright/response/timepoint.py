"""Response at each time point: Tables 1 and 2 and what happens after a complete response.

Rules R-051 to R-057. `assess_time_points` is the whole engine up to here: lesions in, one response
and one date per time point out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.across import any_last, before_last, earliest
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.response.layout import all_side_by_side, filled, first_case, pick, rows_of
from trialwright.response.nontargets import OtherDisease, assess_others, settle_equivocal
from trialwright.response.targets import TargetAssessment, assess_targets
from trialwright.vocabulary.recist import (
    NO_DAY,
    PD_ABSOLUTE_TENTHS,
    LesionState,
    Response,
    Role,
)

# As plain numbers: compared with a member of an enumeration, codes would be widened first.
_TARGET, _NON_TARGET = int(Role.TARGET), int(Role.NON_TARGET)
_MEASURED, _TOO_SMALL = int(LesionState.MEASURED), int(LesionState.TOO_SMALL)
_PRESENT, _INCREASED = int(LesionState.PRESENT), int(LesionState.INCREASED)
_NA, _CR, _PR, _SD, _NN, _PD, _NE, _NED = (int(code) for code in Response)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePoints:
    """Every time point with its response and the parts that decided it, all [S, V].

    `response` is final (equivocal findings settled), `as_read` what was known at the visit.
    `after_cr` marks disease after overall CR (R-055), `post_pd` visits after the first PD
    (R-057), `reclassified` a CR that a re-appearing lesion turned into PR. `day` is the date of
    the response (R-054), `NO_DAY` behind the last visit.
    """

    targets: TargetAssessment
    others: OtherDisease
    response: Codes
    as_read: Codes
    after_cr: Flags
    reclassified: Flags
    post_pd: Flags
    day: Ints
    visits: Ints


def assess_time_points(
    history: LesionHistory, rule: SettledResponse, least: int = PD_ABSOLUTE_TENTHS
) -> TimePoints:
    """Derive the response of every time point from the lesions.

    `least` is the smallest rise of the target sum that is PD, in tenths of a millimetre (R-122).

    References
    ----------
    Eisenhauer et al., Eur J Cancer 2009;45:228-247, sections 4.3 and 4.4, tables 1 and 2.
    """
    history = all_side_by_side(history)
    targets = assess_targets(history, least)
    final = settle_equivocal(history)
    others = assess_others(final)
    response, after_cr, reclassified = combine_responses(
        final, targets, others, rule.cr_then_disease
    )
    as_read = response
    if final is not history:
        settled = np.flatnonzero(any_last(any_last(final.state != history.state)))
        as_read = response.copy(order="K")
        as_read[settled] = _as_read(rows_of(history, settled), rows_of(targets, settled), rule)
    return TimePoints(
        targets=targets,
        others=others,
        response=response,
        as_read=as_read,
        after_cr=after_cr,
        reclassified=reclassified,
        post_pd=before_last(response == _PD) & history.live,
        day=_date(final, targets, others, response, rule, after_cr),
        visits=history.visits,
    )


def _as_read(history: LesionHistory, targets: TargetAssessment, rule: SettledResponse) -> Codes:
    """The responses before equivocal findings were settled."""
    response, _, _ = combine_responses(
        history, targets, assess_others(history), rule.cr_then_disease
    )
    return response


def combine_responses(
    history: LesionHistory, targets: TargetAssessment, others: OtherDisease, cr_then_disease: str
) -> tuple[Codes, Flags, Flags]:
    """Response by Table 1 or 2, then R-055 over the visits in order."""
    response = _by_table(history, targets, others)
    none = filled(response.shape, 0, np.bool_)
    remembered = any_last(before_last(response == _CR))
    if cr_then_disease == "keep" or not remembered.any():
        return response, none, none
    rows = np.flatnonzero(remembered)
    some = rows_of(history, rows)
    changed = after_complete_response(
        response[rows], any_last(_disease(some)), some.live, cr_then_disease
    )
    found = (response, none, none.copy(order="K"))
    for whole, part in zip(found, changed, strict=True):
        whole[rows] = part
    return found


def after_complete_response(
    response: Codes, seen: Flags, live: Flags, cr_then_disease: str
) -> tuple[Codes, Flags, Flags]:
    """Apply R-055 to the visits in order: disease after overall CR.

    Parameters
    ----------
    response
        Response of each time point by itself [S, V].
    seen
        Whether the time point shows what is disease once CR was given [S, V].
    live
        Which time points exist [S, V].
    cr_then_disease
        `PD`, `keep` or `reclassify`.

    Returns
    -------
    tuple
        The responses, the time points that are PD by this rule, the CRs that became PR [S, V].
    """
    response = response.copy()
    after_cr = np.zeros(response.shape, np.bool_)
    reclassified = np.zeros(response.shape, np.bool_)
    if cr_then_disease == "keep" or not (response == _CR).any():
        return response, after_cr, reclassified
    had_cr = np.zeros(len(response), np.bool_)
    open_run = np.zeros(len(response), np.bool_)
    run = np.zeros(response.shape, np.bool_)
    for visit in range(response.shape[1]):
        now = response[:, visit]
        disease = had_cr & seen[:, visit] & live[:, visit]
        undo = np.zeros(len(response), np.bool_)
        if cr_then_disease == "reclassify":
            # A CR of an earlier run is still remembered: disease after it stays PD.
            older = ((response == _CR) & ~run)[:, :visit].any(axis=1)
            undo = disease & open_run & (now == _PR) & ~older
            response[run & undo[:, None]] = _PR
            reclassified |= run & undo[:, None]
        after_cr[:, visit] = disease & ~undo
        response[after_cr[:, visit], visit] = _PD
        had_cr &= ~undo
        is_cr = (response[:, visit] == _CR) & live[:, visit]
        passes = (response[:, visit] == _NE) | ~live[:, visit]
        run &= (~undo & (passes | is_cr & open_run))[:, None]
        run[:, visit] = is_cr
        open_run = is_cr | (open_run & passes & ~undo)
        had_cr |= is_cr
    return response, after_cr, reclassified


def _by_table(history: LesionHistory, targets: TargetAssessment, others: OtherDisease) -> Codes:
    target, other = targets.response, others.response
    measurable = any_last(history.role == _TARGET)[:, None]
    diseased = any_last(history.role == _NON_TARGET)[:, None]
    clear = (other == _CR) | (other == _NA)
    progressed = (target == _PD) | (other == _PD) | others.new
    cases: tuple[tuple[Flags, Codes | int], ...] = (
        (~history.live, _NA),
        (progressed, _PD),
        (measurable & (target == _CR) & ~clear, _PR),
        (measurable, target),
        (diseased, other),
    )
    return first_case(cases, filled(target.shape, _NED, np.int8))


def _disease(history: LesionHistory) -> Flags:
    """Lesions that count as disease once overall CR was given (R-055) [S, V, L]."""
    state = history.state
    target = (history.role == _TARGET)[:, None, :]
    non_target = ((history.role == _NON_TARGET) & ~history.zone)[:, None, :]
    seen = (state == _MEASURED) | (state == _TOO_SMALL)
    present = (state == _PRESENT) | (state == _INCREASED)
    result: Flags = (target & seen & ~history.resolved) | (non_target & present)
    return result


def _date(
    history: LesionHistory,
    targets: TargetAssessment,
    others: OtherDisease,
    response: Codes,
    rule: SettledResponse,
    after_cr: Flags,
) -> Ints:
    """Date of each response: the first evidence for PD, a scan of the time point else (R-054)."""
    day = history.last_day if rule.tp_date == "last_of_tp" else history.first_day
    if rule.pd_date == "first_evidence":
        pd_day = _first_of(
            _first_of(targets.pd_day, others.pd_day),
            _first_of(others.new_day, _recurrence(history, after_cr)),
        )
        pd_day = pick(pd_day == NO_DAY, history.last_day, pd_day)
    else:
        pd_day = history.last_day if rule.pd_date == "last_of_tp" else history.first_day
    return pick(history.live, pick(response == _PD, pd_day, day), NO_DAY)


def _recurrence(history: LesionHistory, after_cr: Flags) -> Ints:
    """The first day that shows disease again after a complete response, elsewhere `NO_DAY`."""
    day = filled(after_cr.shape, NO_DAY, np.int32)
    rows = np.flatnonzero(any_last(after_cr))
    some = rows_of(history, rows)
    day[rows] = pick(after_cr[rows], earliest(some.day, _disease(some)), NO_DAY)
    return day


def _first_of(one: Ints, other: Ints) -> Ints:
    """The earlier of two days, either of which may be `NO_DAY`, which is before all others."""
    unknown = (one == NO_DAY) | (other == NO_DAY)
    return pick(unknown, np.maximum(one, other), np.minimum(one, other))
