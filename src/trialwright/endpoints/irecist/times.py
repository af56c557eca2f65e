"""Progression-free survival and duration of response by iRECIST (R-093, R-094, C-17)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from trialwright.core.display import Figure, Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.irecist.response import immune_scope
from trialwright.endpoints.population import ALL, PFS_KINDS, SET_LABELS, Scope, origin_words
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_figure import CurveLabels, kaplan_meier_figure
from trialwright.endpoints.survival_rows import rate_row
from trialwright.endpoints.survival_summary import SurvivalSummary, summarize
from trialwright.endpoints.time_records import TimeRecords, time_records
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis

RULES = ("C-17", "C-18", "R-093", "R-094", "E-05", "E-07", "D-01", "T-04", "T-05")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmuneTime:
    """iPFS and iDOR, each paired with its estimate by RECIST 1.1.

    `later` names the subjects whose event by RECIST 1.1 is later, or no event, by iRECIST.
    """

    scope: Scope
    pfs: tuple[SurvivalSummary, SurvivalSummary]
    dor: tuple[SurvivalSummary, SurvivalSummary]
    later: tuple[str, ...]
    pfs_rule: str
    origin: str

    @property
    def key(self) -> str:
        """`IPFS`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe iPFS beside PFS."""
        level = interval_level(self.pfs[0].convention.conf_level)
        n = self.pfs[0].records.subjects
        kinds = sorted({kind for one in self.pfs for kind in _kinds(one.records)})
        rates = zip(*(one.rates for one in self.pfs), strict=True)
        rows = (
            (0, ("Events, n (%)", *(_events(one) for one in self.pfs))),
            *((1, (kind, *(f"{_kinds(o.records)[kind]}" for o in self.pfs))) for kind in kinds),
            (0, ("Censored, n (%)", *(_censored(one) for one in self.pfs))),
            (0, (f"Median, months ({level})", *(one.median_cell() for one in self.pfs))),
            *((0, (rate_row(i.months, level, "")[0], i.cell(), r.cell())) for i, r in rates),
            (0, ("Event later, or gone, by iRECIST", f"{len(self.later)}", "")),
        )
        return Table(
            title=f"Progression-free survival by iRECIST{self.scope.suffix}",
            columns=("", "iRECIST (iPFS)", "RECIST 1.1 (PFS)"),
            rows=tuple(cells for _, cells in rows),
            levels=tuple(level_ for level_, _ in rows),
            number="T-9i",
            population=self.scope.population(SET_LABELS["ENRL"], n),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def tables(self) -> tuple[Table, ...]:
        """The tables of iPFS and of iDOR."""
        return self.table(), self._duration()

    def _duration(self) -> Table:
        level = interval_level(self.dor[0].convention.conf_level)
        return Table(
            title=f"Duration of response by iRECIST{self.scope.suffix}",
            columns=("", "iRECIST (iDOR)", "RECIST 1.1 (DOR)"),
            rows=(
                ("Responders", *(f"{one.records.subjects}" for one in self.dor)),
                ("Ended by progression or death, n (%)", *(_events(one) for one in self.dor)),
                ("Censored, n (%)", *(_censored(one) for one in self.dor)),
                (f"Median, months ({level})", *(one.median_cell() for one in self.dor)),
            ),
            number="T-8i",
            population=self.scope.population("Responders", self.dor[0].records.subjects),
            footnotes=(f"{self.dor[0].method}. Months = days / 30.4375.",),
            rules=RULES,
        )

    def _footnotes(self) -> tuple[str, ...]:
        named = f"Event later, or gone, by iRECIST: {', '.join(self.later)}."
        return (
            f"From {self.origin}. {self.pfs[0].method}. Months = days / 30.4375.",
            "iPFS: the event is the first iUPD of a series that ends in iCPD or is never reset; an "
            "iUPD that was reset is no event. Censoring as for PFS.",
            *((named,) if self.later else ()),
            *self.cautions,
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the estimate."""
        return (*self.scope.cautions, *self.pfs[0].cautions())

    def figure(self) -> Figure | None:
        """The curve of iPFS; `None` when nobody has a time."""
        labels = CurveLabels(
            title=f"Progression-free survival by iRECIST{self.scope.suffix}",
            x_label=f"Months since {self.origin}",
            y_label="Without progression (iRECIST) or death (%)",
            number="F-5i",
            population=self.scope.population(SET_LABELS["ENRL"], self.pfs[0].records.subjects),
            footnotes=(f"{self.pfs[0].method}.", *self.scope.cautions),
            rules=RULES,
        )
        return kaplan_meier_figure(self.pfs[0], labels)

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, times in days, with denominator and method."""
        return {
            **self.scope.head("progression-free survival by iRECIST", "ENRL", self.pfs[0].method),
            "origin": self.origin,
            "pfs_rule": self.pfs_rule,
            "estimate": self.pfs[0].to_json(),
            "events_by_kind": dict(_kinds(self.pfs[0].records)),
            "recist": self.pfs[1].to_json(),
            "duration_of_response": self.dor[0].to_json(),
            "duration_of_response_recist": self.dor[1].to_json(),
            "event_later_or_gone": list(self.later),
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def estimate_immune_time(protocol: Protocol, adam: Adam, subset: str = ALL) -> ImmuneTime:
    """Estimate progression-free survival and duration of response by iRECIST.

    Parameters
    ----------
    protocol
        Settled; the analysis options decide censoring, interval and median.
    adam
        ADSL; ADTTE with IPFS, PFS, IDOR and DOR.
    subset
        `ALL` or the id of a cohort.

    References
    ----------
    Rules R-093 and R-094 (events), C-18 (censoring), T-04 and T-05 (estimator).
    """
    rule = settled_analysis(protocol)

    def summary(paramcd: str) -> SurvivalSummary:
        return summarize(time_records(adam, subset, paramcd), rule, rule.pfs_rate_months)

    immune, recist = summary("IPFS"), summary("PFS")
    return ImmuneTime(
        scope=immune_scope(protocol, PFS_KINDS, "IPFS", subset),
        pfs=(immune, recist),
        dor=(summary("IDOR"), summary("DOR")),
        later=_later(immune.records, recist.records),
        pfs_rule=rule.pfs_rule,
        origin=origin_words(protocol, PFS_KINDS, rule.pfs_origin),
    )


def _later(immune: TimeRecords, recist: TimeRecords) -> tuple[str, ...]:
    """Subjects whose event by RECIST 1.1 is later, or no event, by iRECIST."""
    ours = dict(
        zip(immune.usubjid, zip(immune.days, immune.event, strict=True), strict=True)
    )  # fmt: skip
    rows = zip(recist.usubjid, recist.days, recist.event, strict=True)
    return tuple(
        name
        for name, days, event in rows
        if event and name in ours and (ours[name][0] > days or not ours[name][1])
    )


def _kinds(records: TimeRecords) -> Counter[str]:
    """Events by their description."""
    pairs = zip(records.description, records.event, strict=True)
    return Counter(words for words, event in pairs if event)


def _events(summary: SurvivalSummary) -> str:
    return n_pct(summary.records.events, summary.records.subjects)


def _censored(summary: SurvivalSummary) -> str:
    records = summary.records
    return n_pct(records.subjects - records.events, records.subjects)
