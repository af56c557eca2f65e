"""Time to treatment failure: treatment stopped for any reason, PD or death (E-11)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import ALL, PFS_KINDS, Scope, origin_words, scope_of
from trialwright.endpoints.survival_rows import (
    censoring_rows,
    estimate_rows,
    rule_counts,
    table_cells,
)
from trialwright.endpoints.survival_summary import SurvivalSummary, summarize
from trialwright.endpoints.time_records import time_records
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointKind
from trialwright.protocol.settled import settled_analysis

RULES = ("E-11", "D-01", "D-03", "T-04", "T-05")
_KINDS: tuple[EndpointKind, ...] = ("TTF", *PFS_KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToFailure:
    """Time to the end of all study treatment, PD or death in treated subjects."""

    scope: Scope
    summary: SurvivalSummary
    origin: str

    @property
    def key(self) -> str:
        """`TTF`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe the events by kind, censorings, median and rates."""
        records = self.summary.records
        n = records.subjects
        events = ((1, (words, n_pct(k, n))) for _, words, k in records.events_by_rule())
        cells, levels = table_cells(
            (
                (0, ("Treatment failure, n (%)", n_pct(records.events, n))),
                *events,
                *censoring_rows(records),
                *estimate_rows(self.summary),
            )
        )
        return Table(
            title=f"Time to treatment failure{self.scope.suffix}",
            columns=("", f"Treated (N = {n})"),
            rows=cells,
            levels=levels,
            number="T-9",
            population=self.scope.population("Treated", n),
            footnotes=(
                f"From {self.origin}; endpoint {self.scope.role}. {self.summary.method}. Months = "
                "days / 30.4375.",
                *self.scope.cautions,
            ),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, times in days, with denominator and method."""
        return {
            **self.scope.head("time to treatment failure", "treated", self.summary.method),
            "origin": self.origin,
            "estimate": self.summary.to_json(),
            "censored_by_rule": rule_counts(self.summary.records),
            "cautions": list(self.scope.cautions),
            "rules": list(RULES),
        }


def estimate_time_to_failure(protocol: Protocol, adam: Adam, subset: str = ALL) -> TimeToFailure:
    """Estimate the time to treatment failure.

    Parameters
    ----------
    protocol
        Settled, with an endpoint of kind TTF.
    adam
        ADSL; ADTTE with TTF, which is derived where the protocol registers it.
    subset
        `ALL` or the id of a cohort.

    References
    ----------
    Rules E-11 (definition), T-04 and T-05 (estimator).
    """
    rule = settled_analysis(protocol)
    return TimeToFailure(
        scope=scope_of(protocol, ("TTF",), "TTF", subset),
        summary=summarize(time_records(adam, subset, "TTF"), rule, rule.pfs_rate_months),
        origin=origin_words(protocol, _KINDS, rule.pfs_origin),
    )
