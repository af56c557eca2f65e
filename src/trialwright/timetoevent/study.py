"""What every time to event of a trial is decided from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.history import Ints
from trialwright.timetoevent.course import Course
from trialwright.timetoevent.progression import Decision, decide_progression

#: Where a time starts: at the origin of PFS or OS, at the other origin (D-03), or at a response
#: (E-05), also under the other reading of the day of new therapy (C-04b); TTF starts with treatment.
Start: TypeAlias = Literal["PFS", "PFS_OTHER", "OS", "OS_OTHER", "DOR", "DOR_SAME", "TTR", "TTF"]
PfsRule: TypeAlias = Literal["FDA", "EMA"]


@dataclass(frozen=True, kw_only=True)
class Study:
    """The courses of all subjects with everything that a time to event may need, all [S].

    `course` starts where the time starts. `clinical` is the day of clinical progression (`NEVER`
    for none), `last_alive` the last day known alive, `last_dose` the last day of treatment up to
    the cut-off; `response_start` the first response that holds with its time point
    `response_visit`. Without slots, since the two analyses that others start from are kept.
    """

    course: Course
    clinical: Ints
    last_alive: Ints
    last_dose: Ints
    response_start: Ints
    response_visit: Ints
    cutoff: int
    response_rule: SettledResponse
    analysis: SettledAnalysis

    def starting(self, origin: Ints) -> Study:
        """The same with another origin."""
        return replace(self, course=replace(self.course, origin=origin))

    def progression(self, pfs_rule: PfsRule | None = None) -> Decision:
        """Event or censoring by C-18, under the rule of the protocol unless told otherwise."""
        return self._by_fda if (pfs_rule or self.analysis.pfs_rule) == "FDA" else self._by_ema

    @cached_property
    def _by_fda(self) -> Decision:
        return decide_progression(self.course, self.response_rule, self.analysis, pfs_rule="FDA")

    @cached_property
    def _by_ema(self) -> Decision:
        return decide_progression(self.course, self.response_rule, self.analysis, pfs_rule="EMA")
