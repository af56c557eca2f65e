"""Progression-free survival with its censoring reasons and sensitivity analyses (E-07, T-9)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Figure, Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
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
from trialwright.endpoints.survival_summary import SurvivalSummary, summarize
from trialwright.endpoints.time_records import time_records
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis

RULES = (
    "E-07", "E-08", "C-01", "C-02", "C-03", "C-04", "C-05", "C-06", "C-07", "C-08", "C-10", "C-18",
    "D-01", "T-04", "T-05",
)  # fmt: skip
RATE_MONTHS = (3.0, 6.0, 12.0)
#: Other analyses shown below the main one: parameter and words.
SENSITIVITY = (
    ("PFSEMA", "Every PD or death an event at its date (C-10)"),
    ("PFSFDA", "Censored at new therapy and missed scans (C-04, C-06)"),
    ("TTP", "Time to progression: death without PD censored (E-08)"),
)
_RULE_WORDS = {
    "FDA": "new anticancer therapy and missed scans censor (FDA style)",
    "EMA": "every PD or death counts (EMA style)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressionFreeSurvival:
    """Time to PD or death: estimate, events by kind, censorings by rule.

    `sensitivity` pairs the words of each other analysis with its estimate.
    """

    scope: Scope
    summary: SurvivalSummary
    sensitivity: tuple[tuple[str, SurvivalSummary], ...]
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
        """Describe events, censorings, median, rates and sensitivity analyses (shell T-9)."""
        records = self.summary.records
        n = records.subjects
        level = interval_level(self.summary.convention.conf_level)
        rows = [
            (0, ("Events, n (%)", n_pct(records.events, n))),
            (1, ("PD", n_pct(self.progressions, n))),
            (1, ("Death without PD", n_pct(self.deaths, n))),
            (0, ("Censored, n (%)", n_pct(n - records.events, n))),
            *((1, (f"{w} ({rule})", f"{k}")) for rule, w, k in records.censored_by_rule()),
            (0, (f"Median, months ({level})", self.summary.median_cell())),
            *((0, rate_row(rate.months, level, rate.cell())) for rate in self.summary.rates),
            *self._sensitivity_rows(),
        ]
        return Table(
            title=f"Progression-free survival{self.scope.suffix}",
            columns=("", f"{SET_LABELS['ENRL']} (N = {n})"),
            rows=tuple(cells for _, cells in rows),
            levels=tuple(depth for depth, _ in rows),
            number="T-9",
            population=self.scope.population(SET_LABELS["ENRL"], n),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def _sensitivity_rows(self) -> list[tuple[int, tuple[str, str]]]:
        rows: list[tuple[int, tuple[str, str]]] = []
        for words, other in self.sensitivity:
            rows.append((0, (words, "")))
            rows.append((1, ("Events", n_pct(other.records.events, other.records.subjects))))
            rows.append((1, ("Median, months", other.median_cell())))
            rows += [(1, (f"{r.months:g}-month rate, %", r.cell())) for r in other.rates[-1:]]
        return rows

    def _footnotes(self) -> tuple[str, ...]:
        return (
            f"From {self.origin}; endpoint {self.scope.role}. {self.summary.method}. Months = days "
            "/ 30.4375.",
            f"Censoring: {_RULE_WORDS[self.pfs_rule]}.",
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
        records = self.summary.records
        return {
            "key": self.key,
            "endpoint": "progression-free survival",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "registered_as": [d.id for d in self.scope.definitions],
            "denominator": "ENRL",
            "method": self.summary.method,
            "origin": self.origin,
            "pfs_rule": self.pfs_rule,
            "estimate": self.summary.to_json(),
            "progressions": self.progressions,
            "deaths": self.deaths,
            "censored_by_rule": {rule: count for rule, _, count in records.censored_by_rule()},
            "sensitivity": [other.to_json() for _, other in self.sensitivity],
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
        Settled; the analysis options decide scale of the interval and the median rule.
    adam
        ADSL; ADTTE with PFS, the other one of PFSEMA and PFSFDA, and TTP.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Rules E-07 (definition), C-18 (censoring), T-04 and T-05 (estimator).
    """
    rule = settled_analysis(protocol)
    others = tuple(
        (words, summarize(time_records(adam, subset, paramcd), rule, RATE_MONTHS[-1:]))
        for paramcd, words in SENSITIVITY
    )
    return ProgressionFreeSurvival(
        scope=scope_of(protocol, ("PFS",), "PFS", subset),
        origin=origin_words(protocol, PFS_KINDS, rule.pfs_origin),
        summary=summarize(time_records(adam, subset, "PFS"), rule, RATE_MONTHS),
        sensitivity=tuple(pair for pair in others if pair[1].records.subjects),
        pfs_rule=rule.pfs_rule,
    )


def rate_row(at_months: float, level: str, cell: str) -> tuple[str, str]:
    """A row with the share without event at a fixed time."""
    return f"Rate at {at_months:g} months, % ({level})", cell
