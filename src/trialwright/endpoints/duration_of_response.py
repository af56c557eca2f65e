"""Duration of response, in responders only (E-05)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.format import months, n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import RESPONDERS, best_responses
from trialwright.endpoints.population import ALL, Scope, enrolled_subjects, scope_of
from trialwright.endpoints.survival_rows import Row, estimate_rows, table_cells
from trialwright.endpoints.survival_summary import SurvivalSummary, summarize
from trialwright.endpoints.time_records import time_records
from trialwright.endpoints.time_sensitivity import (
    Labels,
    Sensitivity,
    all_analyses,
    sensitivity_table,
)
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis, settled_response

RULES = ("E-05", "R-073", "C-18", "D-01", "T-04", "T-05", "T-11")


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationOfResponse:
    """Time from first response to PD or death among responders.

    `responders` counts the subjects with CR or PR as in the main response rate.
    """

    scope: Scope
    summary: SurvivalSummary
    sensitivity: tuple[Sensitivity, ...]
    responders: int

    @property
    def key(self) -> str:
        """`DOR`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe median and range, `+` for a response that is still going on (shell T-9)."""
        records = self.summary.records
        n = records.subjects
        median, *rates = estimate_rows(self.summary)
        ends: tuple[Row, ...] = (
            (0, ("Ended by PD or death, n (%)", n_pct(records.events, n))),
            (0, ("Censored (ongoing or lost), n (%)", n_pct(n - records.events, n))),
        )
        cells, levels = table_cells((*ends, median, (0, ("Range, months", self._range())), *rates))
        return Table(
            title=f"Duration of response{self.scope.suffix}",
            columns=("", f"Responders (N = {n})"),
            rows=cells,
            levels=levels,
            number="T-8",
            population=self.scope.population("Responders", n),
            footnotes=(
                f"{self.summary.method}. Months = days / 30.4375; endpoint {self.scope.role}.",
                "Range over responders; + marks a censored duration.",
                *self.cautions,
            ),
            rules=RULES,
        )

    def tables(self) -> tuple[Table, ...]:
        """T-8, and T-10 with the other analyses where anybody responded."""
        n = self.summary.records.subjects
        labels = Labels(
            title=f"Duration of response, sensitivity analyses{self.scope.suffix}",
            population=self.scope.population("Responders", n),
            rules=("C-10", "C-11", "C-12", "C-13", "C-14", "C-15", "C-16", "C-17"),
        )
        others = sensitivity_table(self.summary, self.sensitivity, labels)
        return (self.table(), others) if n else (self.table(),)

    def _range(self) -> str:
        ends = self._ends()
        if ends is None:
            return "no responder"
        return " to ".join(months(days) + ("" if event else "+") for days, event in ends)

    def _ends(self) -> tuple[tuple[int, bool], tuple[int, bool]] | None:
        """Shortest and longest duration with its event mark; a tie counts as longer when ongoing."""
        records = self.summary.records
        if not records.subjects:
            return None
        order = sorted(zip(records.days.tolist(), (~records.event).tolist(), strict=True))
        (shortest, open_first), (longest, open_last) = order[0], order[-1]
        return (shortest, not open_first), (longest, not open_last)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the estimate."""
        n = self.summary.records.subjects
        differs = (
            f"{self.responders} subjects count as responders in the response rate, {n} have a "
            "duration.",
        )
        few = ("Few responders: read the range, not the median.",)
        return (
            *self.scope.cautions,
            *(differs if n != self.responders else ()),
            *(few if 0 < n < 5 else ()),
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, times in days, with denominator and method."""
        ends = self._ends()
        return {
            **self.scope.head("duration of response", "responders", self.summary.method),
            "estimate": self.summary.to_json(),
            "responders": self.responders,
            "shortest": None if ends is None else {"days": ends[0][0], "event": ends[0][1]},
            "longest": None if ends is None else {"days": ends[1][0], "event": ends[1][1]},
            "sensitivity": [other.to_json() for other in self.sensitivity],
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def estimate_duration_of_response(
    protocol: Protocol, adam: Adam, subset: str = ALL
) -> DurationOfResponse:
    """Estimate duration of response.

    Parameters
    ----------
    protocol
        Settled; `response.confirmation` says who is a responder.
    adam
        ADSL; ADRS with BOR and CBOR; ADTTE with DOR for responders.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Rules E-05 (definition), R-073 (start), C-18 (censoring), T-04 and T-05 (estimator).
    """
    response, rule = settled_response(protocol), settled_analysis(protocol)
    months = rule.pfs_rate_months
    summary = summarize(time_records(adam, subset, "DOR"), rule, months)
    best = best_responses(
        adam,
        enrolled_subjects(adam, subset),
        response.evaluator,
        confirmed=response.confirmation == "required",
    )
    return DurationOfResponse(
        scope=scope_of(protocol, ("DOR",), "DOR", subset),
        summary=summary,
        sensitivity=all_analyses(adam, subset, "DOR", rule, months[-1:]),
        responders=best.filter(best["AVALC"].is_in(list(RESPONDERS))).height,
    )
