"""Merged totals read back: counts to shares, means, coverage and curves of one scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np

from trialwright.core.errors import DataError
from trialwright.operating.exact_sums import Mean, Share
from trialwright.operating.outcomes import MONTH
from trialwright.operating.plan import Arm, Group, LandmarkRule, Pair, Plan, Reading
from trialwright.operating.pooled import Curve
from trialwright.operating.totals import Counts, Totals
from trialwright.stats.binomial import ProportionMethod, proportion_interval

#: Between the scenario and the name of a sum.
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class ScenarioTotals:
    """The totals of one scenario with the plan that made them."""

    plan: Plan
    rows: Mapping[str, Counts]

    @classmethod
    def of(cls, plan: Plan, totals: Totals) -> ScenarioTotals:
        """Those of a plan among the totals of a grid.

        Raises
        ------
        DataError
            When the totals have none of this scenario.
        """
        head = f"{plan.id}{SEPARATOR}"
        rows = {
            name.removeprefix(head): row
            for name, row in totals.values.items()
            if name.startswith(head)
        }
        if "trials" not in rows:
            raise DataError(
                "These totals do not hold the scenario.",
                where=f'scenario "{plan.id}"',
                allowed=", ".join(sorted({n.partition(SEPARATOR)[0] for n in totals.values})),
                do="simulate the scenario, or take it out of the evaluation",
            )
        return cls(plan, rows)

    @property
    def trials(self) -> int:
        """Number of trials."""
        return int(self.rows["trials"][0])

    def rule(self, arm: Arm, rule: str) -> RuleTotals:
        """Decisions of a rule on responses in an arm."""
        return RuleTotals(self.trials, self.rows[f"{arm.name}/rule/{rule}"])

    def landmark_rule(self, variant: str, rule: str) -> RuleTotals:
        """Decisions of a rule at a landmark in a variant."""
        return RuleTotals(self.trials, self.rows[f"{variant}/rule/{rule}"])

    def responders(self, arm: Arm, group: Group) -> EventCounts:
        """Numbers of responders of a group in an arm."""
        return EventCounts(group.subjects, self.rows[f"{arm.name}/responders/{group.id}"])

    def free_at(self, variant: str, group: Group, months: float) -> EventCounts:
        """Numbers of subjects seen free of progression at a landmark."""
        row = self.rows[f"{variant}/rate/{group.id}/{months:g}/binomial"]
        return EventCounts(group.subjects, row)

    def true_rate(self, group: Group, reading: Reading = "unconfirmed") -> Share | None:
        """Share of all patients who truly respond; `None` when that was not simulated.

        With confirmation: whose response is still there on a further scan on its day, read without
        error.
        """
        if not self.plan.ideal:
            return None
        return self.responders(Arm(self.plan.ideal, reading), group).pooled

    def measurable(self, group: Group) -> EventCounts:
        """Confirmed responders among treated subjects with a target lesion."""
        return EventCounts(group.subjects, self.rows[f"measurable/{group.id}"])

    def rule_rate(self, group: Group) -> Share | None:
        """Like `true_rate` without confirmation, of all subjects of the group.

        Rules count responses among a fixed number of subjects, treated or not.
        """
        true = self.true_rate(group)
        return None if true is None else Share(true.count, self.trials * group.subjects)

    def expected_response(self, group: Group) -> float:
        """Response rate of all subjects that a large trial would report under the scenario.

        What the scenario states for subjects with a target lesion, others failing; without
        confirmation in the protocol, what all virtual trials together report.
        """
        every = self.trials * group.subjects
        if self.plan.reading == "unconfirmed":
            return self.responders(self.plan.stated, group).pooled.count / every
        return group.stated_response * self.measurable(group).pooled.trials / every

    def seen_curve(self, variant: str, time: str, group: Group) -> Curve:
        """Kaplan-Meier curve of all patients of all trials together, as the trials saw them."""
        key = f"{variant}/{time}/{group.id}"
        return Curve(self.rows[f"{key}/events"], self.rows[f"{key}/censored"])

    def true_curve(self, time: str, group: Group) -> Curve:
        """True share without event by day, of all patients of all trials together."""
        events = self.rows[f"true/{time}/{group.id}"]
        return Curve(events, np.zeros_like(events))

    def true_rate_at(self, rule: LandmarkRule) -> float:
        """True share free of progression at the landmark of a rule."""
        group = self.plan.group(rule.group)
        return self.true_curve("pfs", group).at(rule.months * MONTH)[0]

    def joint(self, pair: Pair, rule: str) -> Paired | None:
        """Decisions of both arms of a pair, trial by trial; `None` where both are the same."""
        row = self.rows.get(f"pair/{pair.name}/rule/{rule}")
        return None if row is None else Paired(self.trials, *(int(part) for part in row))

    def response_difference(self, pair: Pair, group: Group) -> Mean:
        """Difference of response rates of a pair, second minus first, paired by trial."""
        total, squares = self.rows[f"pair/{pair.name}/responses/{group.id}"]
        row = np.array([self.trials, total, squares], np.int64)
        return Mean.of(row, group.subjects)


@dataclass(frozen=True, slots=True)
class RuleTotals:
    """What a rule decided in all trials (the order of `Decisions.sums`)."""

    trials: int
    row: Counts

    @property
    def rejected(self) -> Share:
        """Trials that reject the null rate."""
        return Share(int(self.row[0]), self.trials)

    @property
    def stopped(self) -> Share:
        """Trials that end after the first stage."""
        return Share(int(self.row[1]), self.trials)

    @property
    def undecided(self) -> Share:
        """Trials whose test has no value."""
        return Share(int(self.row[2]), self.trials)

    @property
    def subjects(self) -> Mean:
        """Subjects that entered."""
        return Mean.of(np.array([self.trials, *self.row[3:5]], np.int64), 1)

    @property
    def days(self) -> Mean:
        """Days from the start of accrual to the decision."""
        return Mean.of(np.array([self.trials, *self.row[5:7]], np.int64), 1)


@dataclass(frozen=True, slots=True)
class Paired:
    """Trials that reject in both arms, only in the first, only in the second."""

    trials: int
    both: int
    first: int
    second: int

    @property
    def difference(self) -> float:
        """Probability of rejecting in the second minus that in the first arm."""
        return (self.second - self.first) / self.trials

    @property
    def error(self) -> float:
        """Monte Carlo standard error of the difference, trials paired (McNemar 1947)."""
        spread = (self.first + self.second) / self.trials - self.difference**2
        return sqrt(max(spread, 0.0) / self.trials)


@dataclass(frozen=True, slots=True)
class EventCounts:
    """How many trials have x of n subjects with an event; rows are subjects outside the set."""

    subjects: int
    row: Counts

    @property
    def table(self) -> Counts:
        """Trials by subjects outside of the set (rows) and with the event (columns)."""
        return self.row.reshape(-1, self.subjects + 1)

    @property
    def by_count(self) -> Counts:
        """Trials by number of subjects with the event."""
        total: Counts = self.table.sum(axis=0)
        return total

    @property
    def trials(self) -> int:
        """Number of trials."""
        return int(self.row.sum())

    @property
    def pooled(self) -> Share:
        """Subjects with the event among all subjects in the set, all trials together."""
        outside, events = np.indices(self.table.shape)
        inside = self.subjects - outside
        return Share(int((self.table * events).sum()), int((self.table * inside).sum()))

    @property
    def rate(self) -> Mean:
        """Rate of a trial: mean, standard deviation; trials with nobody in the set left out."""
        outside, events = np.indices(self.table.shape)
        inside = self.subjects - outside
        weight = np.where(inside > 0, self.table, 0)
        trials = int(weight.sum())
        if not trials:
            return Mean(0, nan, nan)
        rates = events / np.maximum(inside, 1)
        mean = float((weight * rates).sum() / trials)
        spread = float((weight * (rates - mean) ** 2).sum())
        return Mean(trials, mean, sqrt(spread / (trials - 1)) if trials > 1 else nan)

    def coverage(self, truth: float, level: float, method: ProportionMethod) -> Share:
        """Trials whose interval of the proportion holds `truth`."""
        inside = covered = 0
        for outside, row in enumerate(self.table):
            n = self.subjects - outside
            for events in np.flatnonzero(row):
                if n > 0:
                    lower, upper = proportion_interval(int(events), n, level, method)
                    inside += int(row[events])
                    covered += int(row[events]) * (lower <= truth <= upper)
        return Share(covered, inside)
