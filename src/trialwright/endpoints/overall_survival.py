"""Overall survival, median follow-up and how complete the follow-up is (E-09, T-06, C-21)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Figure, Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.follow_up import FollowUp, follow_up_of
from trialwright.endpoints.population import (
    ALL,
    OS_KINDS,
    SET_LABELS,
    Scope,
    origin_words,
    scope_of,
)
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_figure import CurveLabels, kaplan_meier_figure
from trialwright.endpoints.survival_rows import estimate_rows, table_cells
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

RULES = ("E-09", "C-20", "C-21", "D-01", "D-07", "T-04", "T-05", "T-06", "T-08")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallSurvival:
    """Time to death from any cause, with the follow-up behind it."""

    scope: Scope
    summary: SurvivalSummary
    sensitivity: tuple[Sensitivity, ...]
    follow_up: FollowUp
    origin: str

    @property
    def key(self) -> str:
        """`OS`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe deaths, median, rates and follow-up (shell T-9)."""
        records = self.summary.records
        n = records.subjects
        level = interval_level(self.summary.convention.conf_level)
        cells, levels = table_cells(
            (
                (0, ("Deaths, n (%)", n_pct(records.events, n))),
                (0, ("Alive or lost (censored), n (%)", n_pct(n - records.events, n))),
                *estimate_rows(self.summary),
                *((0, row) for row in self.follow_up.rows(level)),
            )
        )
        return Table(
            title=f"Overall survival{self.scope.suffix}",
            columns=("", f"{SET_LABELS['ENRL']} (N = {n})"),
            rows=cells,
            levels=levels,
            number="T-9",
            population=self.scope.population(SET_LABELS["ENRL"], n),
            footnotes=(
                f"From {self.origin}; endpoint {self.scope.role}. {self.summary.method}. Months = "
                "days / 30.4375.",
                self.follow_up.method(),
                self.follow_up.completeness(),
                *self.cautions,
            ),
            rules=RULES,
        )

    def tables(self) -> tuple[Table, ...]:
        """T-9, and T-10 with the other analyses where there are any."""
        labels = Labels(
            title=f"Overall survival, sensitivity analyses{self.scope.suffix}",
            population=self.scope.population(SET_LABELS["ENRL"], self.summary.records.subjects),
            rules=("D-03",),
        )
        others = sensitivity_table(self.summary, self.sensitivity, labels)
        return (self.table(), others) if self.sensitivity else (self.table(),)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the estimate."""
        return (*self.scope.cautions, *self.summary.cautions())

    def figure(self) -> Figure | None:
        """The curve with the completeness of follow-up under it; `None` when nobody has a time."""
        labels = CurveLabels(
            title=f"Overall survival{self.scope.suffix}",
            x_label=f"Months since {self.origin}",
            y_label="Alive (%)",
            number="F-6",
            population=self.scope.population(SET_LABELS["ENRL"], self.summary.records.subjects),
            footnotes=(
                f"{self.summary.method}.",
                self.follow_up.completeness(),
                *self.scope.cautions,
            ),
            rules=RULES,
        )
        return kaplan_meier_figure(self.summary, labels)

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, times in days, with denominator and method."""
        return {
            **self.scope.head("overall survival", "ENRL", self.summary.method),
            "origin": self.origin,
            "estimate": self.summary.to_json(),
            "follow_up": self.follow_up.to_json(),
            "sensitivity": [other.to_json() for other in self.sensitivity],
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def estimate_overall_survival(protocol: Protocol, adam: Adam, subset: str = ALL) -> OverallSurvival:
    """Estimate overall survival.

    Parameters
    ----------
    protocol
        Settled; the analysis options decide the times of the rates, scale of the interval, median
        and reverse-curve rules.
    adam
        ADSL with LSTALVDT and DCUTDT; ADTTE with OS.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Rules E-09, C-20 (definition), T-04 to T-06 (estimators), C-21 (completeness).
    """
    rule = settled_analysis(protocol)
    months = rule.os_rate_months
    return OverallSurvival(
        scope=scope_of(protocol, ("OS",), "OS", subset),
        summary=summarize(time_records(adam, subset, "OS"), rule, months),
        sensitivity=all_analyses(adam, subset, "OS", rule, months[-1:]),
        origin=origin_words(protocol, OS_KINDS, rule.os_origin),
        follow_up=follow_up_of(adam, subset, rule),
    )
