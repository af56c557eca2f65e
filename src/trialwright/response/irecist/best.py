"""Best overall response by iRECIST, confirmed and unconfirmed (R-092, R-097)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.best_overall import (
    BestOverall,
    Follow,
    Sequence,
    best_overall,
    in_window,
)
from trialwright.response.history import Codes, Flags
from trialwright.response.irecist.series import ImmuneTimePoints
from trialwright.vocabulary.irecist import ImmuneResponse
from trialwright.vocabulary.recist import Response

#: A category that neither confirms nor stands between two responses, and ranks behind PD: what
#: R-092 asks of an iUPD. Subjects whose own NED it could hide are told apart afterwards.
_UNCONFIRMED = Response.NED


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmuneBest:
    """iBOR of each subject: `ImmuneResponse` codes [S] and the records behind them."""

    response: Codes
    best: BestOverall
    window: Flags


def immune_best(
    immune: ImmuneTimePoints, live: Flags, follow: Follow, rule: SettledResponse, *, confirmed: bool
) -> ImmuneBest:
    """Derive iBOR: the best response before the first iCPD, else iCPD, else iUPD (R-092).

    Confirmation of iCR and iPR and the earliest stable disease are those of RECIST 1.1 (R-062,
    R-063). An iUPD between two responses does not confirm, whether it was reset or not.
    """
    unresolved = immune.response == ImmuneResponse.IUPD
    codes = np.where(unresolved, _UNCONFIRMED, immune.response).astype(np.int8)
    sequence = Sequence(response=codes, day=immune.day, live=live)
    rule = replace(rule, early_death_as_pd=False)
    best = best_overall(sequence, follow, rule, confirmed=confirmed)
    window = in_window(sequence, follow, rule)
    counted = unresolved & window
    only = (best.response == _UNCONFIRMED) & counted.any(axis=1)
    first = counted.argmax(axis=1).astype(np.int32)
    rows = np.arange(len(first))
    best = replace(
        best,
        visit=np.where(only, first, best.visit).astype(np.int32),
        day=np.where(only, immune.day[rows, first], best.day).astype(np.int32),
    )
    response = np.where(only, ImmuneResponse.IUPD, best.response).astype(np.int8)
    return ImmuneBest(response=response, best=best, window=window)
