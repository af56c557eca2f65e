"""What the lesions of each time point show, as bits, as plain loops that a compiler can read.

The rules of `targets` and `nontargets` that look at single lesions; see `target_loops` for how these
functions are run. The loops along the subjects have no choice of ways, so that a compiler takes many
subjects in one step.

`h` holds the lesions, `s` is a subject, `v` a time point. Arrays have the axes of `LesionHistory`
and its results in reverse order, [L, V, S], so that neighbouring subjects are neighbours in memory.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trialwright.response.history import Codes, Flags, Ints
from trialwright.vocabulary.recist import LesionState, Role

Findings: TypeAlias = NDArray[np.int16]
#: What the lesions of a time point show, as bits: which kinds there are, targets that were not
#: evaluable and targets that are not gone (R-031, R-035), non-targets that are progression, not
#: evaluable, still there (R-040), a new lesion (R-043), disease after a complete response (R-055).
HAS_TARGET, HAS_OTHER, TARGET_UNSEEN, TARGET_REMAINS = 1, 2, 4, 8
OTHER_PD, OTHER_UNSEEN, OTHER_REMAINS, NEW_LESION, DISEASE = 16, 32, 64, 128, 256

_TARGET, _NON_TARGET, _NEW = int(Role.TARGET), int(Role.NON_TARGET), int(Role.NEW)
(
    _UNRECORDED, _MEASURED, _ABSENT, _TOO_SMALL, _UNSEEN, _MERGED, _PRESENT, _INCREASED,
    _EQUIVOCAL, _UNEQUIVOCAL,
) = (int(code) for code in LesionState)  # fmt: skip


class Lesions(NamedTuple):
    """The arrays of `LesionHistory` that decide; same names, axes reversed."""

    role: Codes
    zone: Flags
    baseline: Ints
    state: Codes
    size: Ints
    resolved: Flags
    day: Ints
    first_day: Ints
    last_day: Ints
    visits: Ints
    marker: Codes
    convinced: Codes


def shows(role: int, state: int, gone: bool, zone: bool) -> int:  # noqa: FBT001
    """R-031 to R-055: what one lesion adds to the findings of a time point, as bits."""
    if role == _TARGET:
        unseen = TARGET_UNSEEN if state == _UNSEEN else 0
        seen = state in (_MEASURED, _TOO_SMALL)
        remains = 0 if gone else TARGET_REMAINS | (DISEASE if seen else 0)
        return HAS_TARGET | unseen | remains
    if role == _NON_TARGET:
        worse = OTHER_PD if state == _UNEQUIVOCAL else 0
        unseen = OTHER_UNSEEN if state in (_UNSEEN, _UNRECORDED) else 0
        remains = 0 if state == _ABSENT else OTHER_REMAINS
        disease = DISEASE if state in (_PRESENT, _INCREASED) and not zone else 0
        return HAS_OTHER | worse | unseen | remains | disease
    return NEW_LESION if role == _NEW and state == _UNEQUIVOCAL else 0


def look_at_all(h: Lesions, states: Codes, shown: Findings) -> None:
    """What every time point shows, lesion by lesion for all subjects."""
    for lesion in range(len(h.role)):
        for v in range(h.state.shape[1]):
            add_findings(
                h.role[lesion], states[lesion, v], h.resolved[lesion, v], h.zone[lesion],
                shown[v],
            )  # fmt: skip


def add_findings(role: Codes, state: Codes, gone: Flags, zone: Flags, shown: Findings) -> None:
    """Add what one lesion of each subject shows at one time point [S]."""
    for s in range(len(role)):
        shown[s] |= shows(role[s], state[s], gone[s], zone[s])


def look_again(h: Lesions, s: int, states: Codes, shown: Findings) -> None:
    """What the time points of one subject show."""
    for v in range(h.visits[s]):
        bits = 0
        for lesion in range(len(h.role)):
            bits |= shows(
                h.role[lesion, s], states[lesion, v, s], h.resolved[lesion, v, s],
                h.zone[lesion, s],
            )  # fmt: skip
        shown[v, s] = bits
