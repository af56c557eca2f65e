"""How often each number of responders occurs, and what its intervals cover."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.format import rounded
from trialwright.core.results import Json
from trialwright.operating.plan import Group, Reading
from trialwright.operating.reading import EventCounts, ScenarioTotals
from trialwright.operating.words import (
    BOUNDS,
    READING_WORDS,
    number,
    probability,
    share_json,
    simulated,
)
from trialwright.stats.binomial import METHOD_NAMES, ProportionMethod, proportion_interval

#: Intervals of a proportion that are compared.
METHODS: tuple[ProportionMethod, ...] = ("clopper_pearson", "wilson", "jeffreys", "midp")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTable:
    """How often each number of responders occurs, with the intervals it gives."""

    title: str
    group: str
    reading: Reading
    events: EventCounts
    truth: float
    level: float

    def table(self) -> Table:
        """One row for each number of responders that occurs, then the coverage."""
        n, by_count = self.events.subjects, self.events.by_count
        trials = max(self.events.trials, 1)
        rows = [
            (
                f"{x}/{n}",
                rounded(int(by_count[x]) / trials, 4),
                *(_limits(x, n, self.level, method) for method in METHODS),
            )
            for x in range(n + 1)
            if by_count[x]
        ]
        covered = tuple(
            probability(self.events.coverage(self.truth, self.level, method)) for method in METHODS
        )
        return Table(
            title=f"Number of responders, {READING_WORDS[self.reading]}: {self.title}",
            columns=("Responders", "Share of trials", *(METHOD_NAMES[one] for one in METHODS)),
            rows=(*rows, (f"Coverage of {rounded(100 * self.truth, 1)} %", "", *covered)),
            population=f"{self.group} (N = {n})",
            footnotes=(
                simulated(self.events.trials),
                BOUNDS,
                f"{100 * self.level:g} % intervals in percent, and how often they hold the true rate "
                "by the same definition. Trials in which a subject is outside "
                "of the set are counted by their responders; their coverage uses their own number "
                "of subjects.",
            ),
            rules=("T-01",),
        )

    def to_json(self) -> dict[str, Json]:
        """Trials by number of responders, and the coverage of each interval."""
        return {
            "group": self.group,
            "reading": self.reading,
            "subjects": self.events.subjects,
            "trials_by_responders": [int(one) for one in self.events.by_count],
            "truth": number(self.truth),
            "coverage": {
                method: share_json(self.events.coverage(self.truth, self.level, method))
                for method in METHODS
            },
        }


def _limits(x: int, n: int, level: float, method: ProportionMethod) -> str:
    lower, upper = proportion_interval(x, n, level, method)
    return f"{rounded(100 * lower, 1)} to {rounded(100 * upper, 1)}"


def count_table(totals: ScenarioTotals, group: Group) -> CountTable:
    """Responders of a group in the scenario as stated, read as the protocol says."""
    plan = totals.plan
    true = totals.true_rate(group, plan.reading)
    return CountTable(
        title=plan.title,
        group=group.name,
        reading=plan.reading,
        events=totals.responders(plan.stated, group),
        truth=group.stated_response if true is None else true.value,
        level=plan.convention.conf_level,
    )
