"""The responses that a trial is read with, and those without any error of reading.

Both come from the response engine and the same scans, those that were written down. They are found
on the arrays that the trial was made from, so they know nothing of its records.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.assess import Assessment, assess
from trialwright.response.history import LesionHistory
from trialwright.simulate.drawn import DrawnCohort
from trialwright.simulate.truth.told import SubjectTruth
from trialwright.vocabulary.recist import LesionState


@dataclass(frozen=True, slots=True)
class Answers:
    """What the engine says of one cohort: as the scans were read, and without error."""

    read: Assessment
    exact: Assessment


def answers_of(
    cohort: DrawnCohort, people: tuple[SubjectTruth, ...], rule: SettledResponse
) -> Answers:
    """Read the scans of a cohort that were written down.

    Parameters
    ----------
    people
        The subjects of the cohort, in order of entry.
    """
    number = np.zeros(len(cohort.known), np.int32)
    for one in people:
        number[one.subject.number] = len(one.timeline.scans) - 1
    read = _without_treated(replace(cohort.history, visits=number), people)
    exact = _without_treated(replace(cohort.ideal, visits=number), people)
    return Answers(assess(read, cohort.dates, rule), assess(exact, cohort.dates, rule))


def _without_treated(history: LesionHistory, people: tuple[SubjectTruth, ...]) -> LesionHistory:
    """A target that is treated outside the protocol is not evaluable from then on (R-103)."""
    found = [(one, one.timeline.local_therapy) for one in people]
    treated = [(one, local) for one, local in found if local is not None]
    if not treated:
        return history
    state, size, resolved = history.state.copy(), history.size.copy(), history.resolved.copy()
    for one, local in treated:
        names = [lesion.id for lesion in one.tumours.targets]
        at, lesion = one.subject.number, names.index(local.lesion)
        after = history.day[at, :, lesion] + one.subject.setting.start >= local.day
        state[at, after, lesion] = LesionState.NE
        size[at, after, lesion] = 0
        resolved[at, after, lesion] = False
    return replace(history, state=state, size=size, resolved=resolved)
