"""Progression-free survival with its censoring reasons and sensitivity analyses (E-07, T-9)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Figure, Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.follow_up import FollowUp, follow_up_of
from trialwright.endpoints.population import (
    ALL,
    PFS_KINDS,
    SET_LABELS,
    Scope,
    origin_words,
    scope_of,
)
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_figure import CurveLabels, kaplan_meier_figure
from trialwright.endpoints.survival_rows import (
    Row,
    censoring_rows,
    estimate_rows,
    rule_counts,
    table_cells,
)
from trialwright.endpoints.survival_summary import SurvivalSummary, summarize
from trialwright.endpoints.time_records import time_records
from trialwright.endpoints.time_sensitivity import (
    Labels,
    Sensitivity,
    all_analyses,
    sensitivity_table,
)
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis

RULES = (
    "E-07", "C-01", "C-02", "C-03", "C-04", "C-05", "C-06", "C-07", "C-08", "C-10", "C-18",
    "D-01", "T-04", "T-05", "T-06", "T-08",
)  # fmt: skip
RULE_WORDS = {
    "FDA": "new anticancer therapy and missed scans censor (FDA style)",
    "EMA": "every PD or death counts (EMA style)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressionFreeSurvival:
    """Time to PD or death: estimate, events by kind, censorings by rule, other analyses."""

    scope: Scope
    summary: SurvivalSummary
    sensitivity: tuple[Sensitivity, ...]
    follow_up: FollowUp
    pfs_rule: str
    origin: str

    @property
    def key(self) -> str:
        """`PFS`, with the cohort behind it."""
        return self.scope.key

    @property
    def progressions(self) -> int:
        """Subjects whose event is progression."""
        tally = self.summary.records.events_by_rule()
        return sum(count for _, words, count in tally if "progress" in words.casefold())

    @property
    def deaths(self) -> int:
        """Subjects whose event is death without progression."""
        return self.summary.records.events - self.progressions

    def table(self) -> Table:
        """Describe events, censorings, median, rates and follow-up (shell T-9)."""
        n = self.summary.records.subjects
        cells, levels = table_cells(self._rows())
        return Table(
            title=f"Progression-free survival{self.scope.suffix}",
            columns=("", f"{SET_LABELS['ENRL']} (N = {n})"),
            rows=cells,
            levels=levels,
            number="T-9",
            population=self.scope.population(SET_LABELS["ENRL"], n),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def _rows(self) -> list[Row]:
        records = self.summary.records
        n = records.subjects
        level = interval_level(self.summary.convention.conf_level)
        return [
            (0, ("Events, n (%)", n_pct(records.events, n))),
            (1, ("PD", n_pct(self.progressions, n))),
            (1, ("Death without PD", n_pct(self.deaths, n))),
            *censoring_rows(records),
            *estimate_rows(self.summary),
            (0, self.follow_up.rows(level)[0]),
        ]

    def tables(self) -> tuple[Table, ...]:
        """T-9, and T-10 with the other analyses."""
        labels = Labels(
            title=f"Progression-free survival, sensitivity analyses{self.scope.suffix}",
            population=self.scope.population(SET_LABELS["ENRL"], self.summary.records.subjects),
            rules=("C-10", "C-11", "C-12", "C-13", "C-14", "C-15", "C-16", "C-17", "D-03", "E-08"),
        )
        return (self.table(), sensitivity_table(self.summary, self.sensitivity, labels))

    def _footnotes(self) -> tuple[str, ...]:
        return (
            f"From {self.origin}; endpoint {self.scope.role}. {self.summary.method}. Months = days "
            "/ 30.4375.",
            f"Censoring: {RULE_WORDS[self.pfs_rule]}.",
            self.follow_up.method(),
            *self.cautions,
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the estimate."""
        return (*self.scope.cautions, *self.summary.cautions())

    def figure(self) -> Figure | None:
        """The curve; `None` when nobody has a time."""
        records = self.summary.records
        labels = CurveLabels(
            title=f"Progression-free survival{self.scope.suffix}",
            x_label=f"Months since {self.origin}",
            y_label="Without progression or death (%)",
            number="F-5",
            population=self.scope.population(SET_LABELS["ENRL"], records.subjects),
            footnotes=(f"{self.summary.method}.", *self.scope.cautions),
            rules=RULES,
        )
        return kaplan_meier_figure(self.summary, labels)

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, times in days, with denominator and method."""
        return {
            **self.scope.head("progression-free survival", "ENRL", self.summary.method),
            "origin": self.origin,
            "pfs_rule": self.pfs_rule,
            "estimate": self.summary.to_json(),
            "progressions": self.progressions,
            "deaths": self.deaths,
            "censored_by_rule": rule_counts(self.summary.records),
            "follow_up": self.follow_up.to_json(),
            "sensitivity": [other.to_json() for other in self.sensitivity],
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def estimate_progression_free_survival(
    protocol: Protocol, adam: Adam, subset: str = ALL
) -> ProgressionFreeSurvival:
    """Estimate progression-free survival.

    Parameters
    ----------
    protocol
        Settled; the analysis options decide the times of the rates, scale of the interval and the
        median rule.
    adam
        ADSL; ADTTE with PFS, OS, and the other analyses, whose codes start with PFS.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Rules E-07 (definition), C-18 (censoring), T-04 and T-05 (estimator), T-06 (follow-up).
    """
    rule = settled_analysis(protocol)
    months = rule.pfs_rate_months
    return ProgressionFreeSurvival(
        scope=scope_of(protocol, ("PFS",), "PFS", subset),
        origin=origin_words(protocol, PFS_KINDS, rule.pfs_origin),
        summary=summarize(time_records(adam, subset, "PFS"), rule, months),
        sensitivity=all_analyses(adam, subset, "PFS", rule, months[-1:]),
        follow_up=follow_up_of(adam, subset, rule),
        pfs_rule=rule.pfs_rule,
    )
