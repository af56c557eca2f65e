"""Overall survival, median follow-up and how complete the follow-up is (E-09, T-06, C-21)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Figure, Table
from trialwright.core.format import DAYS_PER_MONTH, months, n_pct, percent
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import (
    ALL,
    OS_KINDS,
    SET_LABELS,
    Scope,
    enrolled_subjects,
    origin_words,
    scope_of,
)
from trialwright.endpoints.progression_free_survival import rate_row
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_figure import CurveLabels, kaplan_meier_figure
from trialwright.endpoints.survival_summary import (
    SurvivalSummary,
    estimate_json,
    months_cell,
    summarize,
)
from trialwright.endpoints.time_records import TimeRecords, time_records
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledAnalysis, settled_analysis
from trialwright.stats.kaplan_meier import Estimate, quantile, reverse_kaplan_meier

RULES = ("E-09", "C-20", "C-21", "D-01", "D-07", "T-04", "T-05", "T-06")
RATE_MONTHS = (6.0, 12.0, 24.0)
#: A last contact longer ago than this many months leaves a living patient's status old (C-21).
STALE_MONTHS = 3
_TIES = {
    "swap": "status exchanged at tied times",
    "events_first": "deaths leave before censorings at tied times",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """How long and how completely subjects were followed.

    Attributes
    ----------
    median
        Reverse Kaplan-Meier median in days.
    shortest_alive, longest_alive
        Times in days of those alive, `None` when nobody is.
    alive, stale
        Subjects alive, and those of them whose last contact is more than three months before the
        cut-off; `stale` is `None` when the cut-off is unknown.
    """

    median: Estimate
    ties: str
    shortest_alive: int | None
    longest_alive: int | None
    alive: int
    stale: int | None

    def completeness(self) -> str:
        """One sentence on the age of the last contacts (C-21)."""
        if not self.alive:
            return "Nobody is alive at the data cut-off, so no follow-up is open."
        if self.stale is None:
            return "Without a data cut-off the age of the last contacts cannot be judged."
        return (
            f"Last contact more than {STALE_MONTHS} months before the data cut-off: {self.stale} of "
            f"{self.alive} not known to have died ({percent(self.stale, self.alive)} %, rule C-21)."
        )

    def to_json(self) -> dict[str, Json]:
        """Numbers unrounded, in days."""
        return {
            "median_days": estimate_json(self.median),
            "ties": self.ties,
            "shortest_alive_days": self.shortest_alive,
            "longest_alive_days": self.longest_alive,
            "alive": self.alive,
            "last_contact_older_than_3_months": self.stale,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallSurvival:
    """Time to death from any cause, with the follow-up behind it."""

    scope: Scope
    summary: SurvivalSummary
    follow_up: FollowUp
    origin: str

    @property
    def key(self) -> str:
        """`OS`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe deaths, median, rates and follow-up (shell T-9)."""
        records, follow_up = self.summary.records, self.follow_up
        n = records.subjects
        level = interval_level(self.summary.convention.conf_level)
        alive = f"{months(follow_up.shortest_alive)} to {months(follow_up.longest_alive)}"
        rows = (
            ("Deaths, n (%)", n_pct(records.events, n)),
            ("Alive or lost (censored), n (%)", n_pct(n - records.events, n)),
            (f"Median, months ({level})", self.summary.median_cell()),
            *(rate_row(rate.months, level, rate.cell()) for rate in self.summary.rates),
            (f"Median follow-up, months ({level})", months_cell(follow_up.median)),
            ("Follow-up of those alive, months, range", alive if follow_up.alive else "nobody"),
        )
        return Table(
            title=f"Overall survival{self.scope.suffix}",
            columns=("", f"{SET_LABELS['ENRL']} (N = {n})"),
            rows=rows,
            number="T-9",
            population=self.scope.population(SET_LABELS["ENRL"], n),
            footnotes=(
                f"From {self.origin}; endpoint {self.scope.role}. {self.summary.method}. Months = "
                "days / 30.4375.",
                f"Median follow-up: reverse Kaplan-Meier, {_TIES[follow_up.ties]}.",
                follow_up.completeness(),
                *self.cautions,
            ),
            rules=RULES,
        )

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
            "key": self.key,
            "endpoint": "overall survival",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "registered_as": [d.id for d in self.scope.definitions],
            "denominator": "ENRL",
            "method": self.summary.method,
            "origin": self.origin,
            "estimate": self.summary.to_json(),
            "follow_up": self.follow_up.to_json(),
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def estimate_overall_survival(protocol: Protocol, adam: Adam, subset: str = ALL) -> OverallSurvival:
    """Estimate overall survival.

    Parameters
    ----------
    protocol
        Settled; the analysis options decide scale of the interval, median and reverse-curve rules.
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
    records = time_records(adam, subset, "OS")
    summary = summarize(records, rule, RATE_MONTHS)
    return OverallSurvival(
        scope=scope_of(protocol, ("OS",), "OS", subset),
        summary=summary,
        origin=origin_words(protocol, OS_KINDS, rule.os_origin),
        follow_up=_follow_up(enrolled_subjects(adam, subset), summary, rule),
    )


def _follow_up(subjects: pl.DataFrame, summary: SurvivalSummary, rule: SettledAnalysis) -> FollowUp:
    records = summary.records
    alive = records.days[~records.event]
    return FollowUp(
        median=_reverse_median(summary, rule),
        ties=rule.rkm_ties,
        shortest_alive=int(alive.min()) if alive.size else None,
        longest_alive=int(alive.max()) if alive.size else None,
        alive=int(alive.size),
        stale=_stale(subjects, records),
    )


def _reverse_median(summary: SurvivalSummary, rule: SettledAnalysis) -> Estimate:
    if summary.curve is None:
        return Estimate(None, None, None)
    records = summary.records
    curve = reverse_kaplan_meier(records.days, records.event, rule.rkm_ties)
    return quantile(curve, 0.5, summary.convention)


def _stale(subjects: pl.DataFrame, records: TimeRecords) -> int | None:
    """Living subjects whose last contact is more than three months before the cut-off."""
    living = [name for i, name in enumerate(records.usubjid) if not records.event[i]]
    last = subjects.filter(pl.col("USUBJID").is_in(living))
    if last["DCUTDT"].null_count() or not last.height:
        return None
    silent_days = (pl.col("DCUTDT") - pl.col("LSTALVDT")).dt.total_days()
    old = silent_days > STALE_MONTHS * float(DAYS_PER_MONTH)
    return last.filter(old | pl.col("LSTALVDT").is_null()).height
