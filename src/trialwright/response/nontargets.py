"""Non-target response, new lesions, and equivocal findings that are settled later.

Rules R-040 to R-046: an equivocal finding decides nothing at first; when a later time point calls
the same lesion unequivocal, the time point of first sight itself becomes progression.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trialwright.response.across import any_last, earliest, every_last
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.response.layout import filled, first_case, some_rows
from trialwright.vocabulary.recist import LesionState, MarkerState, Response, Role

# As plain numbers: compared with a member of an enumeration, codes would be widened first.
_NON_TARGET, _NEW = int(Role.NON_TARGET), int(Role.NEW)
_UNRECORDED, _ABSENT, _UNSEEN = int(LesionState.NONE), int(LesionState.ABSENT), int(LesionState.NE)
_PRESENT, _INCREASED = int(LesionState.PRESENT), int(LesionState.INCREASED)
_EQUIVOCAL, _UNEQUIVOCAL = int(LesionState.EQUIVOCAL), int(LesionState.UNEQUIVOCAL)


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
    doubtful = _with_equivocal(history.state)
    if not len(doubtful):
        return history
    state = some_rows(history.state, doubtful)
    live = history.live[doubtful]
    new = history.role[doubtful] == _NEW
    settled = np.zeros(new.shape, np.bool_)
    for visit in range(state.shape[1] - 1, -1, -1):
        now = state[:, visit] * live[:, visit, None]
        known = (now == _PRESENT) | (now == _INCREASED)
        voids = (now == _ABSENT) | (~new & known)
        settled = (settled & ~voids) | (now == _UNEQUIVOCAL)
        state[:, visit][settled & (now == _EQUIVOCAL)] = _UNEQUIVOCAL
    final = history.state.copy(order="K")
    final[doubtful] = state
    return replace(history, state=final)


def _with_equivocal(state: Codes) -> NDArray[np.intp]:
    """The subjects of whom something was ever equivocal."""
    return np.flatnonzero(any_last(any_last(state == _EQUIVOCAL)))


def assess_others(history: LesionHistory) -> OtherDisease:
    """Derive non-target response (R-040) and unequivocal new lesions (R-043) of every visit."""
    live = history.live
    non_target = (history.role == _NON_TARGET)[:, None, :] & live[:, :, None]
    state = history.state
    unequivocal = state == _UNEQUIVOCAL
    worse = non_target & unequivocal
    unseen = (state == _UNSEEN) | (state == _UNRECORDED)
    unknown = any_last(non_target & unseen)
    gone = every_last(~non_target | (state == _ABSENT))
    has = any_last(history.role == _NON_TARGET)[:, None] & live
    marker = history.marker
    cases = (
        (any_last(worse), int(Response.PD)),
        (has & unknown, int(Response.NE)),
        (gone & (marker == int(MarkerState.NOT_MEASURED)) & live, int(Response.NE)),
        (gone & (marker == int(MarkerState.ABOVE)) & live, int(Response.NN)),
        (~has, int(Response.NA)),
        (gone, int(Response.CR)),
    )
    new = (history.role == _NEW)[:, None, :] & live[:, :, None]
    sure = new & unequivocal
    return OtherDisease(
        response=first_case(cases, filled(gone.shape, Response.NN, np.int8)),
        new=any_last(sure),
        pd_day=earliest(history.day, worse),
        new_day=earliest(history.day, sure),
    )
