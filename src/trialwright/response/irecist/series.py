"""iRECIST response at each time point: iUPD, its confirmation and its reset (R-085 to R-091, R-096).

A series starts at an iUPD. A later time point ends it by confirmation (iCPD, final) or by a reset,
after which a next progression starts a series of its own. Everything is compared with the first
iUPD of the series, so growth adds up over time points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.response.irecist.growth import (
    Facts,
    Mark,
    any_lesion,
    gather_facts,
    growth_since,
    new_progression,
    relieved,
    rise_since,
)
from trialwright.response.irecist.new_lesions import NewLesionFacts
from trialwright.response.nontargets import settle_equivocal
from trialwright.response.timepoint import TimePoints
from trialwright.vocabulary.irecist import Growth, ImmuneResponse
from trialwright.vocabulary.recist import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmuneTimePoints:
    """Every time point by iRECIST, all [S, V] unless stated; lengths in tenths of a millimetre.

    Attributes
    ----------
    response, day
        `ImmuneResponse` codes with their dates.
    start
        Time point of the first iUPD of the series that is open here or ends here, -1 for none.
    cause
        `Cause` bits of that iUPD.
    growth
        `Growth` bits seen since that iUPD.
    reset, early, late
        The iUPD is void from here on (R-090); growth was seen too early to confirm; the first scan
        that could confirm came after the window (both R-086).
    rise, new_rise
        Rise of the target sum and of the sum of measured new lesions since that iUPD.
    new_sum
        Sum of the measured new lesions.
    persists
        A new lesion is (still) there.
    new_target
        New lesions that are followed by their sum [S, L].
    """

    response: Codes
    day: Ints
    start: Ints
    cause: Codes
    growth: Codes
    reset: Flags
    early: Flags
    late: Flags
    rise: Ints
    new_rise: Ints
    new_sum: Ints
    persists: Flags
    new_target: Flags


def assess_immune(
    history: LesionHistory, points: TimePoints, lesions: NewLesionFacts, rule: SettledResponse
) -> ImmuneTimePoints:
    """Derive the iRECIST response of every time point, one pass over the visits.

    Parameters
    ----------
    history, points
        The lesions, and their RECIST 1.1 assessment: both systems are equal until the first PD.
    lesions
        What is known of new lesions beside the history (R-087).
    rule
        `icpd_window_days`, `icpd_tolerance_days` (R-086) and `tp_date` (R-054) are used.

    References
    ----------
    Seymour et al., Lancet Oncol 2017;18:e143-e152, tables 1 to 3.
    """
    facts = gather_facts(settle_equivocal(history), points, lesions)
    course = _Course(facts, points, rule)
    for visit in range(points.response.shape[1]):
        course.step(visit)
    progressive = np.isin(course.response, (ImmuneResponse.IUPD, ImmuneResponse.ICPD))
    scans = history.last_day if rule.tp_date == "last_of_tp" else history.first_day
    of_point = np.where(points.response == Response.PD, scans, points.day)
    return ImmuneTimePoints(
        response=course.response,
        day=np.where(progressive, points.day, of_point).astype(np.int32),
        start=course.start,
        cause=course.cause,
        growth=course.growth,
        reset=course.reset,
        early=course.early,
        late=course.late,
        rise=course.rise,
        new_rise=course.new_rise,
        new_sum=facts.new_sum,
        persists=any_lesion(facts.present),
        new_target=facts.new_target,
    )


class _Course:
    """What is known of each subject while the visits are walked through; filled by `step`."""

    def __init__(self, facts: Facts, points: TimePoints, rule: SettledResponse) -> None:
        self.facts, self.points = facts, points
        shape = points.response.shape
        self.earliest = rule.icpd_window_days[0] - rule.icpd_tolerance_days
        self.latest = rule.icpd_window_days[1]
        self.mark = Mark.none(facts)
        self.final = np.zeros(shape[0], np.bool_)
        self.looked = np.zeros(shape[0], np.bool_)
        self.response, self.cause, self.growth = (np.zeros(shape, np.int8) for _ in range(3))
        self.start = np.full(shape, -1, np.int32)
        self.rise, self.new_rise = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        self.reset, self.early, self.late = (np.zeros(shape, np.bool_) for _ in range(3))

    def step(self, visit: int) -> None:
        """Decide one time point of every subject."""
        facts, mark = self.facts, self.mark
        live = facts.live[:, visit]
        going = mark.open & live & ~self.final
        growth = np.where(going, growth_since(facts, mark, visit), Growth.NONE)
        since = self.points.day[:, visit] - mark.day
        early = (growth != Growth.NONE) & (since < self.earliest)
        confirmed = (growth != Growth.NONE) & ~early
        unknown = self.points.response[:, visit] == Response.NE
        calm = going & ~confirmed & ~unknown
        reset = calm & (growth == Growth.NONE) & relieved(facts, mark, visit)
        cause = np.where(live & ~mark.open & ~self.final, new_progression(facts, mark, visit), 0)
        opened = cause != 0
        self._write_series(visit, going, growth)
        rise, new_rise = rise_since(facts, mark, visit)
        self.rise[going, visit], self.new_rise[going, visit] = rise[going], new_rise[going]
        self.reset[:, visit], self.early[:, visit] = reset, early
        in_time = going & ~unknown & (since >= self.earliest)
        self.late[:, visit] = in_time & ~self.looked & (since > self.latest)
        self.looked = (self.looked | in_time) & ~opened
        codes = [
            ~live,
            unknown & ~confirmed & ~opened,
            confirmed | self.final,
            opened | (going & ~reset),
        ]
        names = [ImmuneResponse.NA, ImmuneResponse.NE, ImmuneResponse.ICPD, ImmuneResponse.IUPD]
        self.response[:, visit] = np.select(codes, names, facts.calm[:, visit])
        self.final |= confirmed
        self.mark = mark.closed(reset).opened(facts, visit, opened, cause)
        self.start[opened, visit], self.cause[opened, visit] = visit, cause[opened]

    def _write_series(self, visit: int, going: Flags, growth: Codes) -> None:
        self.growth[:, visit] = growth
        self.start[going, visit] = self.mark.visit[going]
        self.cause[going, visit] = self.mark.cause[going]
