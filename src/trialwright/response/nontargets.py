"""Non-target response, new lesions, and equivocal findings that are settled later.

Rules R-040 to R-046: an equivocal finding decides nothing at first; when a later time point calls
the same lesion unequivocal, the time point of first sight itself becomes progression.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trialwright.response.across import any_last, earliest, every_last
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.vocabulary.recist import LesionState, Response, Role

#: States that void an earlier equivocal progression of a non-target lesion (R-046).
_VOIDS_NON_TARGET = (LesionState.PRESENT, LesionState.INCREASED, LesionState.ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDisease:
    """Non-target response, unequivocal new lesion, and the days that show them, all [S, V]."""

    response: Codes
    new: Flags
    pd_day: Ints
    new_day: Ints


def settle_equivocal(history: LesionHistory) -> LesionHistory:
    """Turn equivocal sights that were later confirmed into unequivocal ones (R-045, R-046).

    Walks back from the last visit: an unequivocal state confirms the equivocal ones before it
    until a state that voids them (absent; for a non-target lesion also present or increased).
    Not evaluable and no record change nothing. Never settled stays equivocal.
    """
    if not (history.state == LesionState.EQUIVOCAL).any():
        return history
    state = history.state.copy()
    live = history.live
    new = history.role == Role.NEW
    settled = np.zeros(new.shape, np.bool_)
    for visit in range(state.shape[1] - 1, -1, -1):
        now = np.where(live[:, visit, None], state[:, visit], LesionState.NONE)
        voids = (now == LesionState.ABSENT) | (~new & np.isin(now, _VOIDS_NON_TARGET))
        settled = (settled & ~voids) | (now == LesionState.UNEQUIVOCAL)
        state[:, visit][settled & (now == LesionState.EQUIVOCAL)] = LesionState.UNEQUIVOCAL
    return replace(history, state=state)


def assess_others(history: LesionHistory) -> OtherDisease:
    """Derive non-target response (R-040) and unequivocal new lesions (R-043) of every visit."""
    live = history.live
    non_target = (history.role == Role.NON_TARGET)[:, None, :] & live[:, :, None]
    state = history.state
    worse = non_target & (state == LesionState.UNEQUIVOCAL)
    unseen = (state == LesionState.NE) | (state == LesionState.NONE)
    unknown = any_last(non_target & unseen)
    gone = every_last(~non_target | (state == LesionState.ABSENT))
    has = (history.role == Role.NON_TARGET).any(axis=1)[:, None] & live
    marker = history.marker
    response = np.select(
        [
            any_last(worse),
            has & unknown,
            gone & (marker == 3) & live,
            gone & (marker == 2) & live,
            ~has,
            gone,
        ],
        [Response.PD, Response.NE, Response.NE, Response.NN, Response.NA, Response.CR],
        default=Response.NN,
    ).astype(np.int8)
    new = (history.role == Role.NEW)[:, None, :] & live[:, :, None]
    sure = new & (state == LesionState.UNEQUIVOCAL)
    return OtherDisease(
        response=response,
        new=any_last(sure),
        pd_day=earliest(history.day, worse),
        new_day=earliest(history.day, sure),
    )
