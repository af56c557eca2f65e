"""The grades of one adverse event from day to day, and what makes it serious.

An event begins at its worst grade or one below it, stays there for a share of its duration, and
falls grade by grade until it is over; some stay at grade 1 for good. CTCAE records the worst grade:
the steps show in laboratory values and in the days on which doses are held.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from trialwright.simulate.scenario import AdverseEvent, Conduct

#: Day and the grade from then on, days rising; grade 0 is the day of recovery.
Steps: TypeAlias = tuple[tuple[int, int], ...]


def draw_steps(
    rng: np.random.Generator,
    span: tuple[int, int, int],
    profile: AdverseEvent,
    conduct: Conduct,
) -> Steps:
    """Draw the steps of an event.

    Parameters
    ----------
    rng
        Stream of this event.
    span
        Worst grade, day of onset, day of recovery.
    profile, conduct
        Shares of events that begin a grade lower, of time at the worst grade, and that persist.
    """
    grade, start, end = span
    worsens, persists = rng.random(2)
    length = end - start
    steps = [(start, grade)]
    peak = start
    if grade > 1 and length > 2 and worsens < conduct.event_worsens_share:
        peak = start + 1 + int(float(rng.random()) * (length // 4))
        steps = [(start, grade - 1), (peak, grade)]
    better = peak + max(1, math.ceil(conduct.event_worst_share * (end - peak)))
    lower = range(grade - 1, 0, -1)
    for number, below in enumerate(lower):
        day = better + (end - better) * number // max(len(lower), 1)
        if steps[-1][0] < day < end:
            steps.append((day, below))
    if persists < profile.persistent_share:
        return tuple(steps) if steps[-1][1] == 1 else (*steps, (max(end, steps[-1][0] + 1), 1))
    return (*steps, (max(end, steps[-1][0] + 1), 0))


def grade_at(steps: Sequence[tuple[int, int]], day: int) -> int:
    """The grade on a day, 0 before onset and after recovery."""
    return next((grade for start, grade in reversed(steps) if start <= day), 0)


def criteria_of(grade: int, *, serious: bool, in_hospital: bool) -> tuple[str, ...]:
    """The criteria of a serious event (ICH E2A): death, danger to life, hospital; else important.

    Grade 4 of CTCAE is danger to life, grade 5 death.
    """
    if not serious:
        return ()
    found = [name for name, at in (("AESDTH", 5), ("AESLIFE", 4)) if grade == at]
    found += ["AESHOSP"] if in_hospital else []
    return tuple(found) or ("AESMIE",)
