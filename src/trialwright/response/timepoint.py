"""Response at each time point: Tables 1 and 2 and what happens after a complete response.

Rules R-051 to R-057. `assess_time_points` is the whole engine up to here: lesions in, one response
and one date per time point out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.across import any_last, earliest
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.response.nontargets import OtherDisease, assess_others, settle_equivocal
from trialwright.response.targets import TargetAssessment, assess_targets
from trialwright.vocabulary.recist import (
    NO_DAY,
    PD_ABSOLUTE_TENTHS,
    LesionState,
    Response,
    Role,
)


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
    targets = assess_targets(history, least)
    final = settle_equivocal(history)
    others = assess_others(final)
    response, after_cr, reclassified = combine_responses(
        final, targets, others, rule.cr_then_disease
    )
    as_read = response
    if final is not history:
        as_read, _, _ = combine_responses(
            history, targets, assess_others(history), rule.cr_then_disease
        )
    progressed = (response == Response.PD).astype(np.int32)
    post_pd = np.cumsum(progressed, axis=1) - progressed > 0
    return TimePoints(
        targets=targets,
        others=others,
        response=response,
        as_read=as_read,
        after_cr=after_cr,
        reclassified=reclassified,
        post_pd=post_pd & history.live,
        day=_date(final, targets, others, response, rule, after_cr),
        visits=history.visits,
    )


def combine_responses(
    history: LesionHistory, targets: TargetAssessment, others: OtherDisease, cr_then_disease: str
) -> tuple[Codes, Flags, Flags]:
    """Response by Table 1 or 2, then R-055 over the visits in order."""
    response = _by_table(history, targets, others)
    if cr_then_disease == "keep" or not (response == Response.CR).any():
        return response, np.zeros(response.shape, np.bool_), np.zeros(response.shape, np.bool_)
    return after_complete_response(
        response, any_last(_disease(history)), history.live, cr_then_disease
    )


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
    if cr_then_disease == "keep" or not (response == Response.CR).any():
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
            older = ((response == Response.CR) & ~run)[:, :visit].any(axis=1)
            undo = disease & open_run & (now == Response.PR) & ~older
            response[run & undo[:, None]] = Response.PR
            reclassified |= run & undo[:, None]
        after_cr[:, visit] = disease & ~undo
        response[after_cr[:, visit], visit] = Response.PD
        had_cr &= ~undo
        is_cr = (response[:, visit] == Response.CR) & live[:, visit]
        passes = (response[:, visit] == Response.NE) | ~live[:, visit]
        run &= (~undo & (passes | is_cr & open_run))[:, None]
        run[:, visit] = is_cr
        open_run = is_cr | (open_run & passes & ~undo)
        had_cr |= is_cr
    return response, after_cr, reclassified


def _by_table(history: LesionHistory, targets: TargetAssessment, others: OtherDisease) -> Codes:
    target, other = targets.response, others.response
    measurable = (history.role == Role.TARGET).any(axis=1)[:, None]
    diseased = (history.role == Role.NON_TARGET).any(axis=1)[:, None]
    clear = (other == Response.CR) | (other == Response.NA)
    progressed = (target == Response.PD) | (other == Response.PD) | others.new
    response = np.select(
        [
            ~history.live,
            progressed,
            measurable & (target == Response.CR) & ~clear,
            measurable,
            diseased,
        ],
        [Response.NA, Response.PD, Response.PR, target, other],
        default=Response.NED,
    )
    return response.astype(np.int8)


def _disease(history: LesionHistory) -> Flags:
    """Lesions that count as disease once overall CR was given (R-055) [S, V, L]."""
    state = history.state
    target = (history.role == Role.TARGET)[:, None, :]
    non_target = ((history.role == Role.NON_TARGET) & ~history.zone)[:, None, :]
    seen = (state == LesionState.MEASURED) | (state == LesionState.TOO_SMALL)
    present = (state == LesionState.PRESENT) | (state == LesionState.INCREASED)
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
        recurrence = np.where(after_cr, earliest(history.day, _disease(history)), NO_DAY)
        pd_day = _first_of(
            _first_of(targets.pd_day, others.pd_day), _first_of(others.new_day, recurrence)
        )
        pd_day = np.where(pd_day == NO_DAY, history.last_day, pd_day)
    else:
        pd_day = history.last_day if rule.pd_date == "last_of_tp" else history.first_day
    dated = np.where(response == Response.PD, pd_day, day)
    return np.where(history.live, dated, NO_DAY).astype(np.int32)


def _first_of(one: Ints, other: Ints) -> Ints:
    """The earlier of two days, either of which may be `NO_DAY`."""
    return np.where(
        one == NO_DAY, other, np.where(other == NO_DAY, one, np.minimum(one, other))
    ).astype(np.int32)
