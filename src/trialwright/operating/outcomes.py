"""What single virtual trials come to: responders, decisions, times; arrays over trials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from trialwright.operating.exact_sums import Floats
from trialwright.operating.plan import READINGS, Group, Plan, Reading
from trialwright.operating.totals import Counts
from trialwright.response.history import Flags, Ints
from trialwright.simulate.virtual.outcomes import VirtualTrials
from trialwright.stats.km_batches import (
    BatchLandmarks,
    BatchSummaries,
    Engine,
    batched_summaries,
)
from trialwright.vocabulary.recist import NEVER, NO_DAY, Response

_Kind = TypeVar("_Kind", bound=np.generic)

#: Days in a month (D-01).
MONTH = 30.4375


@dataclass(frozen=True, kw_only=True)
class GroupTrials:
    """The subjects of one group in a block, with what several sums ask for worked out once.

    Without slots, since the properties are kept.
    """

    trials: VirtualTrials
    plan: Plan
    group: Group
    engine: Engine = "numpy"

    def of(self, values: NDArray[_Kind]) -> NDArray[_Kind]:
        """The columns of the group in an array of the block [T, n]."""
        return values[:, self.group.columns]

    @cached_property
    def counted(self) -> Flags:
        """Who is in the response set (S-1 to S-5) [T, n]."""
        enrolled = self.of(self.trials.enrolled)
        inside: Flags = (enrolled != NO_DAY) & (enrolled <= self.trials.cutoff[:, None])
        if self.plan.orr_set == "ENRL":
            return inside
        inside = inside & (self.of(self.trials.first_dose) != NO_DAY)
        if self.plan.orr_set == "FAS":
            return inside
        seen = (self.of(self.trials.scans) > 0) | self.of(self.trials.pfs_event)
        return inside & self.of(self.trials.measurable) & seen

    @cached_property
    def responders(self) -> dict[Reading, Flags]:
        """Who of the response set has CR or PR, by reading [T, n]."""
        best = {one: self.of(getattr(self.trials, one)) for one in READINGS}
        return {
            one: ((codes == Response.CR) | (codes == Response.PR)) & self.counted
            for one, codes in best.items()
        }

    @cached_property
    def response_day(self) -> dict[Reading, Ints]:
        """Day on which a response is known as the reading asks [T, n], `NEVER` for none."""
        days = {
            "confirmed": self.of(self.trials.held),
            "unconfirmed": self.of(self.trials.responded),
        }
        return {
            one: np.where(self.responders[one] & (days[one] != NO_DAY), days[one], NEVER)
            for one in READINGS
        }

    @cached_property
    def known_day(self) -> dict[Reading, Ints]:
        """Day on which it is known whether a subject responds, for the decision between stages.

        The first of: the response, progression, death, withdrawal, the end of the follow-up that
        the plan waits for; not before entry [T, n].
        """
        of = self.trials
        enrolled, first_dose = self.of(of.enrolled), self.of(of.first_dose)
        day = np.where(first_dose != NO_DAY, first_dose, enrolled)
        day = day + np.int32(self.plan.interim.follow_up_days)
        for other in (self.of(of.pd_scan), self.of(of.death), self.of(of.left)):
            day = np.where(other != NO_DAY, np.minimum(day, other), day)
        return {
            one: np.maximum(np.minimum(day, self.response_day[one]), enrolled) for one in READINGS
        }

    @cached_property
    def pfs(self) -> Times:
        """Progression-free survival as the trial sees it."""
        of = self.trials
        return self._times(of.pfs_start, of.pfs_day, of.pfs_event, self.plan.landmarks)

    @cached_property
    def os(self) -> Times:
        """Overall survival as the trial sees it."""
        return self._times(self.trials.os_start, self.trials.os_day, self.trials.os_event, ())

    def _times(self, start: Ints, day: Ints, event: Flags, months: tuple[float, ...]) -> Times:
        origin = self.of(start)
        applies = origin != NO_DAY
        plus = int(self.plan.plus_one_day)
        time = np.where(applies, np.maximum(self.of(day) - origin, 0) + plus, 0)
        return Times(
            time=time.astype(np.int32),
            event=self.of(event) & applies,
            applies=applies,
            plan=self.plan,
            months=months,
            engine=self.engine,
        )

    def true_time(self, *, until: str) -> tuple[Ints, Flags]:
        """True days from the origin to progression or death ("pfs"), or to death ("os").

        Returns times [T, n], far beyond every horizon for what never happens, and to whom the
        time applies.
        """
        of = self.trials
        origin = self.of(of.pfs_start if until == "pfs" else of.os_start)
        death = self.of(of.death)
        end = np.where(death == NO_DAY, NEVER, death)
        if until == "pfs":
            progression = self.of(of.progression)
            end = np.minimum(end, np.where(progression == NO_DAY, NEVER, progression))
        applies = origin != NO_DAY
        plus = int(self.plan.plus_one_day)
        time = np.where(applies, np.maximum(end - np.where(applies, origin, 0), 0) + plus, 0)
        return time.astype(np.int32), applies


@dataclass(frozen=True, kw_only=True)
class Times:
    """Follow-up times of the subjects of each trial, in days [T, n].

    Who the time does not apply to (nobody has an origin without first treatment) is censored at
    day 0: never at risk when somebody has the event.
    """

    time: Ints
    event: Flags
    applies: Flags
    plan: Plan
    months: tuple[float, ...]
    engine: Engine

    @cached_property
    def summaries(self) -> BatchSummaries:
        """Medians with limits, and the shares at the landmarks."""
        days = [at * MONTH for at in self.months]
        return batched_summaries(
            self.time, self.event, 0.5, days, self.plan.convention, self.engine
        )

    def landmark(self, position: int) -> BatchLandmarks:
        """The shares at a landmark; NaN where nobody is followed to it and the curve is not at 0.

        The last level of a curve says nothing of a landmark beyond all follow-up (T-08).
        """
        found = self.summaries.landmarks[position]
        unseen = (found.at_risk == 0) & (found.survival > 0)
        return replace(
            found,
            survival=np.where(unseen, np.nan, found.survival),
            standard_error=np.where(unseen, np.nan, found.standard_error),
            lower=np.where(unseen, np.nan, found.lower),
            upper=np.where(unseen, np.nan, found.upper),
        )

    @cached_property
    def totals(self) -> tuple[Counts, Counts]:
        """Events and days of follow-up of each trial [T]."""
        return self.event.sum(axis=1), self.time.sum(axis=1, dtype=np.int64)

    def free_at(self, months: float) -> Counts:
        """Subjects seen free of the event beyond the landmark [T]."""
        found: Counts = (self.applies & (self.time > months * MONTH)).sum(axis=1)
        return found

    def exponential(self, months: float, z: float) -> tuple[Floats, Floats, Floats]:
        """S(t) of the exponential distribution and its limits [T]; no limits without events.

        The limits are symmetric on the log of the hazard (as `exponential_rate`).
        """
        events, days = self.totals
        known = events > 0
        hazard = np.where(days > 0, events / np.maximum(days, 1), np.nan)
        factor = np.exp(z / np.sqrt(np.where(known, events, 1)))
        at = months * MONTH
        nan = np.full(len(events), np.nan)
        lower = np.where(known, np.exp(-hazard * factor * at), nan)
        upper = np.where(known, np.exp(-hazard / factor * at), nan)
        return np.exp(-hazard * at), lower, upper
