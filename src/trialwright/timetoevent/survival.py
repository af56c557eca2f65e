"""Overall survival: event or censoring (rule C-20)."""

from __future__ import annotations

import numpy as np

from trialwright.response.history import Ints
from trialwright.timetoevent.progression import CensoringRule, Decision
from trialwright.vocabulary.recist import NEVER, NO_DAY


def decide_survival(origin: Ints, death: Ints, last_alive: Ints) -> Decision:
    """Death from any cause is the event, otherwise censored at the last day known alive.

    Parameters
    ----------
    origin, death, last_alive
        Day numbers [S]; `NO_DAY` for no origin, `NEVER` for alive at the data cut-off.
    """
    applies = origin != NO_DAY
    event = applies & (death < NEVER)
    day = np.where(event, death, np.maximum(last_alive, origin))
    rule = np.where(event, CensoringRule.C_20_EVENT, CensoringRule.C_20_CENSORED)
    return Decision(
        origin=origin,
        day=np.where(applies, np.maximum(day, origin), NO_DAY).astype(np.int32),
        event=event,
        rule=np.where(applies, rule, CensoringRule.NONE).astype(np.int8),
        visit=np.full(len(origin), -1, np.int32),
        known_event=death,
        allowed_gap=np.zeros_like(death),
    )
