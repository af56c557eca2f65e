"""Days of the ablation sessions and of the control scan after them."""

from __future__ import annotations

import numpy as np

from trialwright.simulate.virtual import purposes
from trialwright.simulate.virtual.choose import choose
from trialwright.simulate.virtual.parts import CohortModel
from trialwright.simulate.virtual.words import Each, Place, high, low, words_at
from trialwright.vocabulary.recist import NEVER

#: The control scan after the last ablation, days after it (R-107).
CONTROL_FROM, CONTROL_RANGE = 28, 15
_SESSION_SHIFT = 8


def session_at(m: CohortModel, place: Place, start: Each, number: Each) -> Each:
    """Day of an ablation session, counted from 0: a gap and up to a week apart."""
    words = words_at(place, purposes.SESSIONS)
    shift = (high(words.a) * _SESSION_SHIFT) >> 16
    return start + np.maximum(number, 0) * (m.ablation.gap_days + shift)


def control_at(m: CohortModel, place: Place, start: Each, sessions: Each) -> Each:
    """Day of the control scan 4 to 6 weeks after the last ablation, `NEVER` without one (R-107)."""
    words = words_at(place, purposes.SESSIONS)
    last = session_at(m, place, start, sessions - 1)
    control = last + CONTROL_FROM + ((low(words.a) * CONTROL_RANGE) >> 16)
    return choose(sessions > 0, control, NEVER)
