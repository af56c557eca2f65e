"""iPFS and iDOR: which iUPD is the event (R-093, R-094, C-17)."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.history import Codes, Flags, Ints
from trialwright.response.irecist.series import ImmuneTimePoints
from trialwright.timetoevent.course import Course
from trialwright.timetoevent.progression import Decision, decide_progression
from trialwright.vocabulary.irecist import ImmuneResponse
from trialwright.vocabulary.recist import Response

_OPEN = (ImmuneResponse.IUPD, ImmuneResponse.ICPD)


def decide_immune_progression(
    immune: ImmuneTimePoints,
    course: Course,
    rules: tuple[SettledResponse, SettledAnalysis],
    *,
    pfs_rule: Literal["FDA", "EMA"],
) -> Decision:
    """Decide event or censoring of iPFS, or of iDOR when `course` starts at the response.

    The event is the first iUPD of the series that ends in iCPD or is never undone; an iUPD that
    was reset counts as an adequate assessment without progression. Everything else is C-18.

    References
    ----------
    Seymour et al., Lancet Oncol 2017;18:e143-e152; rules R-093, R-094, C-17, C-18.
    """
    event = event_visit(immune, course, rules[0])
    return decide_progression(
        replace(course, response=_as_recist(immune.response, event), day=immune.day),
        rules[0],
        rules[1],
        pfs_rule=pfs_rule,
    )


def event_visit(immune: ImmuneTimePoints, course: Course, rule: SettledResponse) -> Ints:
    """Time point of the iUPD that counts as progression [S], -1 for none (R-093).

    Only time points from the origin on and not after withdrawal of consent are looked at. What is
    seen after the start of another therapy undoes no progression that came before it.
    """
    day = immune.day
    counts = course.live & (day >= course.origin[:, None]) & (day <= course.withdrawal[:, None])
    therapy = course.new_therapy - (rule.nact_same_day == "exclude")
    subjects = np.arange(len(day))
    found = np.full(len(day), -1, np.int32)
    final = np.zeros(len(day), np.bool_)
    for visit in range(day.shape[1]):
        now = counts[:, visit] & ~final
        starts = now & (found < 0) & np.isin(immune.response[:, visit], _OPEN)
        found[starts] = visit
        since = day[subjects, found]
        undone = now & immune.reset[:, visit] & (found >= 0)
        undone &= (day[:, visit] <= therapy) | (since > therapy)
        found[undone] = -1
        final |= now & (immune.response[:, visit] == ImmuneResponse.ICPD)
    return found


def _as_recist(response: Codes, event: Ints) -> Codes:
    """RECIST 1.1 categories with the one progression that counts.

    Any other iUPD is an assessment that turned out not to be progression.
    """
    codes = np.where(np.isin(response, _OPEN), Response.SD, response)
    visits = np.arange(response.shape[1])[None, :]
    deciding: Flags = visits == event[:, None]
    return np.where(deciding, Response.PD, codes).astype(np.int8)
