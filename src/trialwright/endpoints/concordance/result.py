"""Concordance of evaluators: cross tables, kappa, response rates, dates of progression (T-20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trialwright.core.display import Table, patient_anchor
from trialwright.core.format import NOT_ESTIMABLE, n_pct, rounded
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.concordance.data import CATEGORIES, pairs_of, readings_in
from trialwright.endpoints.concordance.pair import (
    BestAgreement,
    Counts,
    PairConcordance,
    ProgressionDifference,
    compare_pair,
)
from trialwright.endpoints.population import ALL, SET_LABELS, enrolled_subjects, scope_of
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.response_sets import response_sets
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import AnalysisSet
from trialwright.protocol.settled import settled_analysis
from trialwright.stats.agreement import Kappa

RULES = ("R-072", "R-074", "R-071", "E-02", "T-01")
NUMBER = "T-20"
#: Names of the categories in tables.
_HEADS = {"SD": "SD or NON-CR/NON-PD"}
_KAPPA = {
    "unweighted": "Kappa",
    "linear": "Weighted kappa, linear",
    "quadratic": "Weighted kappa, quadratic",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """How far the readings of the same scans agree; one part for each pair of readings."""

    pairs: tuple[PairConcordance, ...]
    analysis_set: AnalysisSet
    confirmed_first: bool
    conf_level: float

    @property
    def key(self) -> str:
        """`CONCORDANCE`."""
        return "CONCORDANCE"

    def table(self) -> Table:
        """Describe the agreement of the first pair."""
        return self._summary(self.pairs[0])

    def tables(self) -> tuple[Table, ...]:
        """Describe every pair: agreement, cross tables, progression, who differs, time points."""
        return tuple(table for pair in self.pairs for table in self._of_pair(pair))

    def _of_pair(self, pair: PairConcordance) -> Iterable[Table]:
        yield self._summary(pair)
        if not pair.subjects:
            return
        for best in self._ordered(pair):
            yield self._cross_table(pair, best)
        if pair.discordant:
            yield self._discordant_table(pair)
        yield self._progression_table(pair)
        if pair.progressions.differing:
            yield self._differing_table(pair)
        yield self._points_table(pair)

    def _ordered(self, pair: PairConcordance) -> tuple[BestAgreement, ...]:
        """Confirmed and unconfirmed, the main reading first."""
        return tuple(sorted(pair.best, key=lambda best: best.confirmed != self.confirmed_first))

    def _summary(self, pair: PairConcordance) -> Table:
        columns = self._ordered(pair)
        first, second = (one.words for one in pair.readings)
        level = interval_level(self.conf_level)
        rows: list[tuple[str, ...]] = [
            (f"Same best overall response, n (%) [{level}]", *(b.agreement.cell() for b in columns))
        ]
        kinds = zip(*(best.kappas for best in columns), strict=True)
        rows += [
            (f"{_KAPPA[kappas[0].weights]} ({level})", *(_kappa_cell(one) for one in kappas))
            for kappas in kinds
        ]
        rows += [
            (f"ORR, {who}, n (%) [{level}]", *(best.rates[at].cell() for best in columns))
            for at, who in enumerate((first, second))
        ]
        ratio = tuple(_ratio_cell(best) for best in columns)
        rows.append((f"Ratio of the ORRs, {first} by {second}", *ratio))
        return Table(
            title=f"Concordance of best overall response: {_versus(pair)}",
            columns=("", *(_reading(best).capitalize() for best in columns)),
            rows=tuple(rows),
            number=NUMBER,
            population=self._population(pair),
            footnotes=(*self._who(pair), *self._method(pair)),
            rules=RULES,
        )

    def _method(self, pair: PairConcordance) -> tuple[str, ...]:
        left = ", ".join(
            f"{best.kappas[0].subjects - best.kappas[1].subjects} {_reading(best)}"
            for best in self._ordered(pair)
        )
        return (
            "Kappa: Cohen, NE as a category of its own, large-sample interval (Fleiss, Cohen and "
            "Everitt 1969) cut off at -1 and 1.",
            "Weighted kappa: order CR, PR, SD or NON-CR/NON-PD, PD; NE has no place in it, so "
            f"subjects who are NE for one of the two are left out ({left}).",
            f"Agreement of {pair.subjects} subjects is imprecise: read each number with its "
            "interval.",
        )

    def _who(self, pair: PairConcordance) -> tuple[str, ...]:
        """Subjects of the set that are not compared, by name."""
        told = [
            f"read by {one.words} only: {', '.join(names)}"
            for one, names in zip(pair.readings, pair.one_only, strict=True)
            if names
        ]
        told += [f"{pair.neither} read by neither"] if pair.neither else []
        return (f"Not compared: {'; '.join(told)}.",) if told else ()

    def _cross_table(self, pair: PairConcordance, best: BestAgreement) -> Table:
        first, second = (one.words for one in pair.readings)
        return Table(
            title=f"Best overall response ({_reading(best)}): {first} (rows) by {second} (columns)",
            columns=("", *map(_head, CATEGORIES), "Total"),
            rows=_cross_rows(best.counts),
            number=NUMBER,
            population=self._population(pair),
            footnotes=("NE holds MISSING and NED too.",),
            rules=RULES,
        )

    def _discordant_table(self, pair: PairConcordance) -> Table:
        first, second = (one.words.capitalize() for one in pair.readings)
        return Table(
            title=f"Subjects with different best overall responses: {_versus(pair)}",
            columns=("Subject", "Response", first, second, f"Why, {first}", f"Why, {second}"),
            rows=tuple(
                (
                    one.subject,
                    "confirmed" if one.confirmed else "unconfirmed",
                    *one.responses,
                    *one.reasons,
                )
                for one in pair.discordant
            ),
            population=self._population(pair),
            links=tuple(patient_anchor(one.usubjid) for one in pair.discordant),
        )

    def _progression_table(self, pair: PairConcordance) -> Table:
        found, total = pair.progressions, pair.subjects
        first, second = (one.words for one in pair.readings)
        middle = found.median_days
        spread = (
            f"{rounded(middle, 1)} ({min(found.days)} to {max(found.days)})"
            if middle is not None
            else NOT_ESTIMABLE
        )
        return Table(
            title=f"Progression: {_versus(pair)}",
            columns=("", "Value"),
            rows=(
                ("PD by both, n (%)", n_pct(found.both, total)),
                (f"PD by {first} only, n (%)", n_pct(found.first_only, total)),
                (f"PD by {second} only, n (%)", n_pct(found.second_only, total)),
                ("PD by neither, n (%)", n_pct(found.neither, total)),
                ("Same date, of those with PD by both", f"{found.days.count(0)} of {found.both}"),
                ("Difference of the dates (days), median (range)", spread),
            ),
            number=NUMBER,
            population=self._population(pair),
            footnotes=(
                f"First time point with PD of each reading. Difference: {first} minus {second}, "
                "where both called PD; below 0 the first one was earlier.",
            ),
            rules=("R-054", "R-072"),
        )

    def _differing_table(self, pair: PairConcordance) -> Table:
        first, second = (one.words.capitalize() for one in pair.readings)
        found = pair.progressions.differing
        return Table(
            title=f"Subjects whose first progression differs: {_versus(pair)}",
            columns=(
                "Subject", first, second, "Days", f"Why, {first}", f"Why, {second}",
            ),
            rows=tuple(
                (
                    one.subject,
                    _pd_cell(one.first),
                    _pd_cell(one.second),
                    _days_cell(one),
                    *one.reasons,
                )
                for one in found
            ),
            population=self._population(pair),
            links=tuple(patient_anchor(one.usubjid) for one in found),
        )  # fmt: skip

    def _points_table(self, pair: PairConcordance) -> Table:
        first, second = (one.words for one in pair.readings)
        points = pair.points
        return Table(
            title=f"Response by time point: {first} (rows) by {second} (columns)",
            columns=("", *map(_head, CATEGORIES), "Total"),
            rows=_cross_rows(points.counts),
            number=NUMBER,
            population=f"Time points of both (N = {points.matched})",
            footnotes=(
                f"Same response at {n_pct(points.agreeing, points.matched)} of the time points. "
                "They are matched by the name of the visit, else by the date of the scan; without "
                f"a match: {points.unmatched[0]} of {first}, {points.unmatched[1]} of {second}.",
                "Time points of one subject are not independent: no kappa and no interval.",
            ),
            rules=("R-072", "R-131"),
        )

    def _population(self, pair: PairConcordance) -> str:
        return f"{SET_LABELS[self.analysis_set]}, read by both (N = {pair.subjects})"

    def to_json(self) -> dict[str, Json]:
        """Every number of every pair, unrounded."""
        return {
            "key": self.key,
            "analysis_set": self.analysis_set,
            "categories": list(CATEGORIES),
            "pairs": [pair.to_json() for pair in self.pairs],
            "rules": list(RULES),
        }


def describe_concordance(protocol: Protocol, adam: Adam) -> tuple[Concordance, ...]:
    """How far the readings of a trial agree; nothing when there is one reading only.

    Parameters
    ----------
    protocol
        Settled: analysis set of the response rate, confirmation, level and method of intervals.
    adam
        ADSL; ADRS and ADTR with the rows of every reading.

    References
    ----------
    Rules R-072, R-074; table T-20.
    """
    pairs = pairs_of(readings_in(adam))
    if not pairs:
        return ()
    sets = response_sets(protocol, adam, scope_of(protocol, ("ORR",), "ORR"))
    rule = settled_analysis(protocol)
    people = enrolled_subjects(adam, ALL)
    return (
        Concordance(
            pairs=tuple(compare_pair(adam, pair, people, sets.headline, rule) for pair in pairs),
            analysis_set=sets.headline,
            confirmed_first=sets.is_confirmed,
            conf_level=rule.conf_level,
        ),
    )


def _versus(pair: PairConcordance) -> str:
    return " and ".join(one.words for one in pair.readings)


def _reading(best: BestAgreement) -> str:
    return "confirmed" if best.confirmed else "unconfirmed"


def _head(category: str) -> str:
    return _HEADS.get(category, category)


def _cross_rows(counts: Counts) -> tuple[tuple[str, ...], ...]:
    """Counts with their sums."""
    rows = [
        (_head(category), *map(str, row), str(sum(row)))
        for category, row in zip(CATEGORIES, counts, strict=True)
    ]
    sums = [sum(column) for column in zip(*counts, strict=True)]
    return (*rows, ("Total", *map(str, sums), str(sum(sums))))


def _kappa_cell(kappa: Kappa) -> str:
    if kappa.value is None:
        return f"not defined: {kappa.note}"
    shown = rounded(kappa.value, 2)
    if kappa.lower is None or kappa.upper is None:
        return f"{shown}; no interval: {kappa.note}"
    return f"{shown} ({rounded(kappa.lower, 2)} to {rounded(kappa.upper, 2)})"


def _ratio_cell(best: BestAgreement) -> str:
    if best.ratio is None:
        return "not estimable: no responder in the denominator"
    return rounded(best.ratio, 2)


def _pd_cell(called: tuple[date, int] | None) -> str:
    return f"{called[0].isoformat()} (time point {called[1]})" if called else "no PD"


def _days_cell(one: ProgressionDifference) -> str:
    if one.days is None:
        return ""
    return f"{one.days} (same visit)" if one.same_visit else str(one.days)
