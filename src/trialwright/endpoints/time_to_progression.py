"""Time to progression: death without progression is no event (E-08)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
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
from trialwright.endpoints.progression_free_survival import RULE_WORDS
from trialwright.endpoints.survival_rows import (
    censoring_rows,
    estimate_rows,
    rule_counts,
    table_cells,
)
from trialwright.endpoints.survival_summary import SurvivalSummary, summarize
from trialwright.endpoints.time_records import time_records
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis

RULES = ("E-08", "C-18", "D-01", "T-04", "T-05")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToProgression:
    """Time to PD; `died` counts the subjects who died without PD and are censored."""

    scope: Scope
    summary: SurvivalSummary
    died: int
    pfs_rule: str
    origin: str

    @property
    def key(self) -> str:
        """`TTP`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe progressions, censorings, median and rates (shell T-9)."""
        records = self.summary.records
        n = records.subjects
        cells, levels = table_cells(
            (
                (0, ("Progression, n (%)", n_pct(records.events, n))),
                *censoring_rows(records),
                (1, ("of them died without PD", f"{self.died}")),
                *estimate_rows(self.summary),
            )
        )
        return Table(
            title=f"Time to progression{self.scope.suffix}",
            columns=("", f"{SET_LABELS['ENRL']} (N = {n})"),
            rows=cells,
            levels=levels,
            number="T-9",
            population=self.scope.population(SET_LABELS["ENRL"], n),
            footnotes=(
                f"From {self.origin}; endpoint {self.scope.role}. {self.summary.method}. Months = "
                "days / 30.4375.",
                f"Censoring: {RULE_WORDS[self.pfs_rule]}.",
                *self.cautions,
            ),
            rules=RULES,
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the estimate."""
        competing = (
            f"{self.died} died without PD: as if they could still progress. The share without "
            "event is no share of patients; progression-free survival counts death (E-07).",
        )
        return (
            *self.scope.cautions,
            *(competing if self.died else ()),
            *self.summary.cautions(),
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, times in days, with denominator and method."""
        return {
            **self.scope.head("time to progression", "ENRL", self.summary.method),
            "origin": self.origin,
            "pfs_rule": self.pfs_rule,
            "estimate": self.summary.to_json(),
            "died_without_progression": self.died,
            "censored_by_rule": rule_counts(self.summary.records),
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def estimate_time_to_progression(
    protocol: Protocol, adam: Adam, subset: str = ALL
) -> TimeToProgression:
    """Estimate the time to progression.

    Parameters
    ----------
    protocol
        Settled; the analysis options decide censoring, interval and median.
    adam
        ADSL; ADTTE with TTP and PFS.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Rules E-08 (definition), C-18 (censoring), T-04 and T-05 (estimator).
    """
    rule = settled_analysis(protocol)
    records = time_records(adam, subset, "TTP")
    pfs = time_records(adam, subset, "PFS")
    open_ = {name for i, name in enumerate(records.usubjid) if not records.event[i]}
    died = sum(bool(pfs.event[i]) and name in open_ for i, name in enumerate(pfs.usubjid))
    return TimeToProgression(
        scope=scope_of(protocol, ("TTP",), "TTP", subset),
        summary=summarize(records, rule, rule.pfs_rate_months),
        died=died,
        pfs_rule=rule.pfs_rule,
        origin=origin_words(protocol, PFS_KINDS, rule.pfs_origin),
    )
