"""What must agree between the tables of one analysis (reports.md section 7).

Each check is a small function from the results to the pairs that it compared; the table `CHECKS`
names it. A pair that does not agree is a defect of this program, not of the data, and stops the
analysis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias, TypeVar

import polars as pl

from trialwright.core.errors import InconsistencyError
from trialwright.core.format import months, n_pct
from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import RESPONDERS
from trialwright.endpoints.characteristics import Characteristics
from trialwright.endpoints.clinical_benefit import ClinicalBenefit
from trialwright.endpoints.depth_of_response import PR_LIMIT, DepthOfResponse
from trialwright.endpoints.disease_control import DiseaseControl
from trialwright.endpoints.disposition import Disposition
from trialwright.endpoints.headline import headline_rows
from trialwright.endpoints.objective_response import ObjectiveResponse
from trialwright.endpoints.overall_survival import OverallSurvival
from trialwright.endpoints.patient_course import PatientCourse
from trialwright.endpoints.population import ALL
from trialwright.endpoints.progression_free_survival import ProgressionFreeSurvival
from trialwright.endpoints.specification_curve import SpecificationCurve
from trialwright.endpoints.subgroups import Subgroups
from trialwright.protocol.settled import SettledResponse

Kind = TypeVar("Kind")
Other = TypeVar("Other")
ResponseTable: TypeAlias = ObjectiveResponse | ClinicalBenefit | DiseaseControl


@dataclass(frozen=True, slots=True)
class Compared:
    """Two cells that must agree: where each stands and what it says."""

    first: str
    second: str
    values: tuple[object, object]
    agree: bool

    @property
    def words(self) -> str:
        """The two cells with their values."""
        return f"{self.first}: {self.values[0]}; {self.second}: {self.values[1]}"


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the checks look at: the results by key, the datasets, the response rule."""

    results: Mapping[str, Result]
    adam: Adam
    rule: SettledResponse

    def of(self, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
        """The results of a kind with their subset ("" for all)."""
        for key, result in self.results.items():
            if isinstance(result, kind):
                yield key.partition(".")[2], result

    def pairs(self, first: type[Kind], second: type[Other]) -> Iterator[tuple[Kind, Other]]:
        """The results of two kinds that are about the same subjects."""
        others = dict(self.of(second))
        for subset, one in self.of(first):
            if subset in others:
                yield one, others[subset]


Check: TypeAlias = Callable[[Analysis], Iterable[Compared]]


def equal(first: str, second: str, values: tuple[object, object]) -> Compared:
    """Two cells that must say the same."""
    return Compared(first, second, values, values[0] == values[1])


def at_most(first: str, second: str, values: tuple[int, int]) -> Compared:
    """The first cell must not exceed the second."""
    return Compared(f"{first} (at most)", second, values, values[0] <= values[1])


def flow_adds_up(analysis: Analysis) -> Iterator[Compared]:
    """Check 1: every box of the flow is the sum of those that follow it."""
    for _, flow in analysis.of(Disposition):
        treated = flow.on_treatment + flow.stopped
        survival = sum(count for _, count in flow.survival)
        yield at_most(
            f"{flow.key} enrolled", f"{flow.key} screened", (flow.enrolled, flow.screened)
        )
        yield at_most(f"{flow.key} treated", f"{flow.key} enrolled", (flow.treated, flow.enrolled))
        yield equal(
            f"{flow.key} treated", f"{flow.key} on treatment + ended", (flow.treated, treated)
        )
        yield equal(
            f"{flow.key} enrolled", f"{flow.key} survival status", (flow.enrolled, survival)
        )


def sets_agree(analysis: Analysis) -> Iterator[Compared]:
    """Check 2: T-7 counts the sets of T-3, T-9 everybody enrolled, T-4 each subject once."""
    names = {"ENRL": "Enrolled", "FAS": "Full analysis set", "EFF": "Efficacy evaluable set"}
    flows = dict(analysis.of(Disposition))
    for subset, tables in _response_tables(analysis).items():
        sizes = dict(flows[subset].sets) if subset in flows else {}
        for rate, key in ((rate, one.key) for one in tables for rate in one.rates):
            name = names[rate.analysis_set]
            if name in sizes:
                yield equal(f"T-7 {key} N, {name}", f"T-3 {name}", (rate.subjects, sizes[name]))
    times: tuple[tuple[str, ProgressionFreeSurvival | OverallSurvival], ...] = (
        *analysis.of(ProgressionFreeSurvival),
        *analysis.of(OverallSurvival),
    )
    for subset, one in times:
        if subset in flows:
            subjects = (one.summary.records.subjects, flows[subset].enrolled)
            yield equal(f"T-9 {one.key} N", "T-3 Enrolled", subjects)
    for _, people in analysis.of(Characteristics):
        for item in people.items:
            known = sum(n for _, n in item.counts) + (item.spread.n if item.spread else 0)
            counted = (known + item.missing, people.subjects)
            yield equal(f"T-4 {item.name}", f"T-4 {people.key} N", counted)


def events_add_up(analysis: Analysis) -> Iterator[Compared]:
    """Check 3: PFS events are PD and death; no analysis of PFS has more deaths than OS."""
    for _, pfs in analysis.of(ProgressionFreeSurvival):
        records = pfs.summary.records
        parts = sum(count for _, _, count in records.events_by_rule())
        yield equal(
            f"T-9 {pfs.key} events", f"T-9 {pfs.key} PD + death",
            (records.events, pfs.progressions + pfs.deaths),
        )  # fmt: skip
        yield equal(f"T-9 {pfs.key} events", "ADTTE events by rule", (records.events, parts))
    for pfs, survival in analysis.pairs(ProgressionFreeSurvival, OverallSurvival):
        deaths = survival.summary.records.events
        yield at_most(
            f"T-9 {pfs.key} death without PD", f"T-9 {survival.key} deaths", (pfs.deaths, deaths)
        )


def responders_agree(analysis: Analysis) -> Iterator[Compared]:
    """Check 4: responders of T-7 have a response on their lane and a bar at or below -30 %."""
    for result, course in analysis.pairs(ObjectiveResponse, PatientCourse):
        treated = next(r for r in result.rates if r.analysis_set == "FAS")
        lanes = sum(1 for one in course.lanes if one.treated and one.response_start is not None)
        yield equal(f"T-7 {result.key} CR and PR, FAS", "F-4 lanes with R", (treated.count, lanes))
    by_target = _responded_by_sum(analysis)
    for _, depth in analysis.of(DepthOfResponse):
        for one in depth.measured:
            if one.usubjid in by_target and one.best is not None:
                yield Compared(
                    f"T-7 response of {one.usubjid}",
                    "F-2 bar",
                    (one.response, f"{one.best.percent:.1f} %"),
                    one.best.percent <= PR_LIMIT + _ROUNDING,
                )


def _responded_by_sum(analysis: Analysis) -> frozenset[str]:
    """Responders whose complete sum fell by 30 % or more at a time point that counts.

    Response can come without it: of nodes (R-034), by a reader's argument (R-035), of non-targets.
    """
    if analysis.rule.response_source != "lesions" or not analysis.rule.bor_stop_nact:
        return frozenset()
    reads = headline_rows(analysis.adam, "ADRS", analysis.rule.evaluator)
    sums = headline_rows(analysis.adam, "ADTR", analysis.rule.evaluator)
    known = sums.filter(pl.col("PARAMCD") == "SUMDIAM", pl.col("PCHG").is_not_null())
    partial = reads.filter(
        pl.col("PARAMCD") == "OVR",
        pl.col("TRGRESP") == "PR",
        pl.col("AVALC") == "PR",
        pl.col("ASREAD") == "PR",
        pl.col("ANL01FL") == "Y",
    ).join(known, on=["USUBJID", "AVISITN"], how="semi")
    best = reads.filter(pl.col("PARAMCD") == "CBOR", pl.col("AVALC").is_in(RESPONDERS))
    return frozenset(partial.join(best, on="USUBJID", how="semi")["USUBJID"].to_list())


def deaths_agree(analysis: Analysis) -> Iterator[Compared]:
    """Check 5: deaths of the flow are the events of overall survival."""
    for flow, survival in analysis.pairs(Disposition, OverallSurvival):
        events = survival.summary.records.events
        yield equal(f"T-1 {flow.key} died", f"T-9 {survival.key} deaths", (flow.died, events))


def treated_agree(analysis: Analysis) -> Iterator[Compared]:
    """Check 8: who was treated is who is counted for safety and for efficacy (S-3, S-4)."""
    for _, flow in analysis.of(Disposition):
        sizes = dict(flow.sets)
        for name in ("Full analysis set", "Safety set"):
            counts = (flow.treated, sizes[name])
            yield equal(f"T-1 {flow.key} treated", f"T-3 {flow.key} {name.lower()}", counts)


def censorings_have_evidence(analysis: Analysis) -> Iterator[Compared]:
    """Check 9: a censored time has a date, a rule and words, an event is none; T-9 counts each once."""
    for row in analysis.adam["ADTTE"].iter_rows(named=True):
        known = row["ADT"] is not None and bool(row["RULEID"]) and bool(row["EVNTDESC"])
        if bool(row["CNSDTDSC"]) != (row["CNSR"] == 1):
            yield Compared(
                f"ADTTE {row['PARAMCD']} {row['USUBJID']}: CNSR", "CNSDTDSC",
                (row["CNSR"], row["CNSDTDSC"] or "empty"), agree=False,
            )  # fmt: skip
        if row["CNSR"] == 1 and not known:
            yield Compared(
                f"ADTTE {row['PARAMCD']} {row['USUBJID']}: date, rule, reason", "T-9 censored",
                (f"{row['ADT']}, {row['RULEID']}, {row['EVNTDESC']}", "counted"), agree=False,
            )  # fmt: skip
    for _, pfs in analysis.of(ProgressionFreeSurvival):
        records = pfs.summary.records
        by_rule = sum(count for _, _, count in records.censored_by_rule())
        yield equal(
            f"T-9 {pfs.key} censored", f"T-9 {pfs.key} censored by rule",
            (records.subjects - records.events, by_rule),
        )  # fmt: skip


def numbers_have_cells(analysis: Analysis) -> Iterator[Compared]:
    """Check 10: the numbers that headlines and texts take from a result stand in its table."""
    for key, result in analysis.results.items():
        said = result.to_json().get("estimate")
        if not isinstance(said, dict):
            continue
        cells = " | ".join(cell for row in result.table().rows for cell in row)
        count, subjects = said.get("count"), said.get("subjects")
        if isinstance(count, int) and isinstance(subjects, int) and subjects:
            text = n_pct(count, subjects)
            yield Compared(
                f"headline of {key}", f"table of {key}", (text, "no cell"), text in cells
            )
        median = said.get("median_days")
        if isinstance(median, dict) and isinstance(days := median.get("value"), (int, float)):
            text = months(days)
            yield Compared(
                f"headline of {key}", f"table of {key}", (text, "no cell"), text in cells
            )


def rates_are_ordered(analysis: Analysis) -> Iterator[Compared]:
    """Check 11: a responder is controlled, so ORR <= CBR <= DCR in every set and reading."""
    for tables in _response_tables(analysis).values():
        for low, high in combinations(tables, 2):
            # A benefit that is asked for a shorter time than stable disease is no part of control.
            if isinstance(low, ClinicalBenefit) and 7 * low.weeks < analysis.rule.sd_min_days:
                continue
            for own, others in ((low.rates, high.rates), (low.other_rates, high.other_rates)):
                counts = {rate.analysis_set: rate.count for rate in others}
                for rate in own:
                    if rate.analysis_set in counts:
                        yield at_most(
                            f"T-7 {low.key}, {rate.analysis_set}",
                            f"T-7 {high.key}",
                            (rate.count, counts[rate.analysis_set]),
                        )


def times_are_dates(analysis: Analysis) -> Iterator[Compared]:
    """Check 12: a time is its two dates, counted the same way everywhere (D-01), once a subject."""
    rows = analysis.adam["ADTTE"].filter(pl.col("AVAL").is_not_null())
    elapsed = (pl.col("ADT") - pl.col("STARTDT")).dt.total_days()
    added = rows.select((pl.col("AVAL") - elapsed).drop_nulls().unique().sort()).to_series()
    if rows.height:
        yield Compared(
            "ADTTE AVAL less ADT - STARTDT", "one convention", (added.to_list(), "0 or 1 day"),
            added.to_list() in ([0], [1]),
        )  # fmt: skip
    twice = rows.filter(pl.struct("USUBJID", "PARAMCD").is_duplicated())
    for code, name in twice.select("PARAMCD", "USUBJID").unique().sort(pl.all()).iter_rows():
        yield Compared(f"ADTTE {code} {name}", "one record", ("several", 1), agree=False)


def numbers_repeat(analysis: Analysis) -> Iterator[Compared]:
    """Check 13: the rate that another table repeats is the main one; confirmed are no more."""
    orr = dict(analysis.of(ObjectiveResponse)).get("")
    for _, groups in analysis.of(Subgroups):
        if orr is not None:
            rates = (groups.overall.response.words(), orr.headline.words())
            yield equal("T-10 all patients, ORR", "T-7 ORR", rates)
    curves = {one.measure.code: one.own.rate for _, one in analysis.of(SpecificationCurve)}
    for tables in _response_tables(analysis).values():
        for one in tables:
            if one.scope.code in curves and one.scope.subset == ALL:
                rate = curves[one.scope.code]
                counts = ((rate.count, rate.subjects), (one.headline.count, one.headline.subjects))
                yield equal(f"specification of the protocol, {one.key}", f"T-7 {one.key}", counts)
            read = (one.rates, one.other_rates)
            confirmed, every = read if one.responses.is_confirmed else read[::-1]
            for low, high in zip(confirmed, every, strict=True):
                names = (f"T-7 {one.key} confirmed, {low.analysis_set}", "unconfirmed")
                yield at_most(*names, (low.count, high.count))


def _response_tables(analysis: Analysis) -> dict[str, list[ResponseTable]]:
    """ORR, CBR and DCR by subset, in rising order of what they count."""
    found: dict[str, list[ResponseTable]] = {}
    for subset, orr in analysis.of(ObjectiveResponse):
        found.setdefault(subset, []).append(orr)
    for subset, cbr in analysis.of(ClinicalBenefit):
        found.setdefault(subset, []).append(cbr)
    for subset, dcr in analysis.of(DiseaseControl):
        found.setdefault(subset, []).append(dcr)
    return found


#: What a percentage may differ by without being another one.
_ROUNDING = 1e-9
#: Contradictions that a message names.
_SHOWN = 6
#: The checks by their number; 6 and 7 belong to adverse events, 11 to 13 are our own.
CHECKS: dict[int, Check] = {
    1: flow_adds_up,
    2: sets_agree,
    3: events_add_up,
    4: responders_agree,
    5: deaths_agree,
    8: treated_agree,
    9: censorings_have_evidence,
    10: numbers_have_cells,
    11: rates_are_ordered,
    12: times_are_dates,
    13: numbers_repeat,
}


def contradictions(analysis: Analysis) -> tuple[tuple[int, Compared], ...]:
    """Every pair that does not agree, with the number of its check."""
    return tuple(
        (number, one)
        for number, check in CHECKS.items()
        for one in check(analysis)
        if not one.agree
    )


def require_consistency(analysis: Analysis, of_events: Iterable[str] = ()) -> None:
    """Stop an analysis whose tables contradict each other.

    Parameters
    ----------
    of_events
        Contradictions between the tables of adverse events, as sentences.

    Raises
    ------
    InconsistencyError
        Naming the tables, the cells and their values.
    """
    found = [f"check {number}: {one.words}" for number, one in contradictions(analysis)]
    found += of_events
    if not found:
        return
    raise InconsistencyError(
        f"{len(found)} number{'s' * (len(found) > 1)} of this analysis contradict another table.",
        where="; ".join(found[:_SHOWN]),
        do="this is a defect of trialwright, not of your data: please report it with this message",
    )
