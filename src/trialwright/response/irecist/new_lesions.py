"""New lesions under iRECIST: when they are there, and which are followed by number (R-087)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.response.history import Flags, Ints, LesionHistory
from trialwright.vocabulary.irecist import MAX_NEW_PER_ORGAN, MAX_NEW_TARGETS
from trialwright.vocabulary.recist import LesionState, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLesionFacts:
    """What iRECIST needs of new lesions beside the history.

    Attributes
    ----------
    organ
        Code of the organ, all lymph nodes together one, -1 unknown [S, L].
    minimum
        Smallest measurable size in tenths of a millimetre (R-001, R-003) [S, L].
    grown
        Whether the reader recorded growth (TUMSTATE INCREASED) [S, V, L].
    """

    organ: Ints
    minimum: Ints
    grown: Flags


def present(history: LesionHistory) -> Flags:
    """Which new lesions are there at each time point [S, V, L].

    Unequivocal is there, absent is gone; no record, not evaluable or equivocal change nothing
    (R-045). `history` has its equivocal sights settled.
    """
    new = history.role == Role.NEW
    there = np.zeros(history.state.shape, np.bool_)
    before = np.zeros(new.shape, np.bool_)
    for visit in range(history.state.shape[1]):
        now = history.state[:, visit]
        before = (now == LesionState.UNEQUIVOCAL) | (before & (now != LesionState.ABSENT))
        there[:, visit] = before & new
    result: Flags = there & history.live[:, :, None]
    return result


def choose_new_targets(history: LesionHistory, there: Flags, facts: NewLesionFacts) -> Flags:
    """New lesions that are followed by their sum (NLT), the others are NLNT [S, L] (R-087).

    Measurable at first sight; earlier ones first, then larger ones; at most 5, at most 2 an organ.
    """
    subjects, visits, width = history.shape
    rows, columns = np.arange(subjects)[:, None], np.arange(width)[None, :]
    first = there.argmax(axis=1)
    size = history.size[rows, first, columns]
    fit = there.any(axis=1) & (size >= facts.minimum)
    largest = int(size.max(initial=0)) + 1
    key = (np.where(fit, first, visits).astype(np.int64) * largest + (largest - 1 - size)) * width
    order = np.argsort(key + columns, axis=1)
    organs = int(facts.organ.max(initial=-1)) + 1
    taken = np.zeros((subjects, organs + 1), np.int32)
    chosen = np.zeros((subjects, width), np.bool_)
    everyone = np.arange(subjects)
    for place in range(width):
        lesion = order[:, place]
        organ = facts.organ[everyone, lesion]
        room = (organ < 0) | (taken[everyone, organ] < MAX_NEW_PER_ORGAN)
        pick = fit[everyone, lesion] & room & (chosen.sum(axis=1) < MAX_NEW_TARGETS)
        chosen[everyone, lesion] |= pick
        taken[everyone, organ] += pick
    return chosen
