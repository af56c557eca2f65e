"""A simulated trial with what is hidden in it."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.tables import Sdtm
from trialwright.simulate.drawn import DrawnCohort, DrawnTrial
from trialwright.simulate.setting import Subject
from trialwright.simulate.timeline import Timeline
from trialwright.simulate.tumours import Tumours


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectTruth:
    """One subject: the arrays that she or he was made from, and what the trial saw of it."""

    subject: Subject
    cohort: DrawnCohort
    tumours: Tumours
    timeline: Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedTrial:
    """The records of a trial, and the truth behind them in order of the subjects."""

    sdtm: Sdtm
    drawn: DrawnTrial
    truth: tuple[SubjectTruth, ...]
