"""Response and progression in subgroups: descriptive, never a test (table T-10, figure F-7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from trialwright.core.display import Figure, Mark, Table
from trialwright.core.format import percent
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import RESPONDERS
from trialwright.endpoints.population import (
    ALL,
    SET_LABELS,
    Scope,
    enrolled_subjects,
    in_set,
    scope_of,
)
from trialwright.endpoints.proportion import Proportion, interval_level
from trialwright.endpoints.response_sets import response_sets
from trialwright.endpoints.survival_summary import SurvivalSummary, summarize
from trialwright.endpoints.time_records import time_records
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import AnalysisSet
from trialwright.protocol.settled import SettledAnalysis, settled_analysis

RULES = ("T-01", "T-04", "T-09", "T-12", "E-02", "E-10")
#: Shown when the protocol names no subgroup.
USUAL = ("AGEGR1", "SEX", "METSITE")
_NOT_KNOWN = "Not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The patients with one value of a characteristic; `is_small` ones have counts only."""

    group: str
    value: str
    response: Proportion
    progression: SurvivalSummary
    is_small: bool

    def cells(self) -> tuple[str, ...]:
        """Value, patients, response rate, events, median, last rate."""
        rate, found = self.response, self.progression
        events = f"{found.records.events}/{found.records.subjects}"
        if self.is_small:
            return self.value, str(rate.subjects), f"{rate.count}/{rate.subjects}", events, "", ""
        last = found.rates[-1].cell() if found.rates else ""
        return (
            self.value, str(rate.subjects), rate.cell(), events, found.median_cell(), last,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroups:
    """Main response rate and PFS by level of each characteristic.

    `is_registered` says whether the protocol names the subgroups.
    """

    scope: Scope
    analysis_set: AnalysisSet
    overall: Level
    levels: tuple[Level, ...]
    is_registered: bool
    rule: SettledAnalysis

    @property
    def key(self) -> str:
        """`SUBGROUPS`."""
        return self.scope.key

    def table(self) -> Table:
        """Describe response and progression by subgroup (T-10)."""
        rows: list[tuple[int, tuple[str, ...]]] = [(0, self.overall.cells())]
        last = ""
        for level in self.levels:
            if level.group != last:
                rows.append((0, (level.group, "", "", "", "", "")))
                last = level.group
            rows.append((1, level.cells()))
        ci, months = interval_level(self.rule.conf_level), self.rule.pfs_rate_months[-1]
        return Table(
            title="Subgroups: response and progression-free survival",
            columns=(
                "", "N", f"ORR, n (%) [{ci}]", "PFS events/N", f"Median PFS, months ({ci})",
                f"PFS at {months:g} months, % ({ci})",
            ),
            rows=tuple(cells for _, cells in rows),
            levels=tuple(level for level, _ in rows),
            number="T-10",
            population=self.scope.population(
                SET_LABELS[self.analysis_set], self.overall.response.subjects
            ),
            footnotes=self._footnotes(),
            rules=RULES,
        )  # fmt: skip

    def _footnotes(self) -> tuple[str, ...]:
        set_name = SET_LABELS[self.analysis_set].lower()
        chosen = (
            "Subgroups are those that the protocol names."
            if self.is_registered
            else "The protocol names no subgroups (analysis.subgroups): shown are usual ones, "
            "chosen without the trial's plan."
        )
        return (
            f"Descriptive: no subgroup is tested. {chosen} Subgroups of fewer than "
            f"{self.rule.subgroup_min} patients have counts only.",
            f"N and response: {set_name}; PFS: enrolled patients of the subgroup.",
        )

    def figures(self) -> tuple[Figure, ...]:
        """The forest of response rates (F-7); none without a subgroup that is large enough."""
        shown = [one for one in self.levels if not one.is_small]
        return (self._forest([self.overall, *shown]),) if shown else ()

    def _forest(self, levels: list[Level]) -> Figure:
        height = len(levels)
        at = {index: float(height - index) for index in range(height)}
        marks: list[Mark] = [
            Mark(kind="rule_x", x=(100 * (self.overall.response.rate or 0.0),), role="threshold")
        ]
        for index, one in enumerate(levels):
            low, high = one.response.lower or 0.0, one.response.upper or 0.0
            line = Mark(
                kind="line", x=(100 * low, 100 * high), y=(at[index],) * 2, role="interval_line"
            )
            marks.append(line)
        x = tuple(100 * (one.response.rate or 0.0) for one in levels)
        marks.append(Mark(kind="points", x=x, y=tuple(at.values()), role="curve", symbol="s"))
        return Figure(
            title="Response rate by subgroup",
            alt=f"Forest plot: response rate with {interval_level(self.rule.conf_level)} for "
            f"all patients and {height - 1} subgroups.",
            marks=tuple(marks),
            x_label="Response rate (%)",
            number="F-7",
            population=self.scope.population(
                SET_LABELS[self.analysis_set], self.overall.response.subjects
            ),
            x_range=(0.0, 100.0),
            y_range=(0.0, height + 1.0),
            y_ticks=tuple((at[i], _tick(one)) for i, one in enumerate(levels)),
            footnotes=(*self._footnotes(), "The upright line is the rate of all patients."),
            size=(7.2, max(2.4, 0.42 * height + 1.2)),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Every level with its counts, unrounded."""
        return {
            "key": self.key,
            "registered": self.is_registered,
            "denominator": self.analysis_set,
            "overall": _level_json(self.overall),
            "levels": [_level_json(one) for one in self.levels],
            "rules": list(RULES),
        }


def describe_subgroups(protocol: Protocol, adam: Adam) -> Subgroups:
    """Response and PFS by cohort and subgroup.

    Parameters
    ----------
    protocol
        Settled; `analysis.subgroups` names the subgroups, `analysis.subgroup_min` the fewest
        patients for an estimate.
    adam
        ADSL, ADBC, ADRS and ADTTE.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Table T-10: descriptive, never a test; T-09 for cohorts.
    """
    rule = settled_analysis(protocol)
    names = {one.id: one.name for one in rule.subgroups}
    codes = [f"GROUP_{one}" for one in names] or list(USUAL)
    scope = scope_of(protocol, ("ORR",), "SUBGROUPS", ALL)
    everyone = enrolled_subjects(adam, ALL)
    overall = _level(protocol, adam, ("All", "All patients"), everyone)
    cohorts = _cohort_levels(protocol, everyone)
    found = [*cohorts, *(pair for code in codes for pair in _levels(adam, code, everyone))]
    return Subgroups(
        scope=scope,
        analysis_set=overall.response.analysis_set,
        overall=overall,
        levels=tuple(_level(protocol, adam, words, subjects) for words, subjects in found),
        is_registered=bool(names),
        rule=rule,
    )


def _cohort_levels(
    protocol: Protocol, everyone: pl.DataFrame
) -> Iterator[tuple[tuple[str, str], pl.DataFrame]]:
    cohorts = protocol.cohorts or ()
    for cohort in cohorts if len(cohorts) > 1 else ():
        yield ("Cohort", cohort.name), everyone.filter(pl.col("COHORT") == cohort.id)


def _levels(
    adam: Adam, code: str, everyone: pl.DataFrame
) -> Iterator[tuple[tuple[str, str], pl.DataFrame]]:
    """Each value of a characteristic with its subjects; those without a value last."""
    rows = adam["ADBC"].filter(pl.col("PARAMCD") == code)
    if rows.height == 0:
        return
    frame = everyone.join(rows.select("USUBJID", "AVALC"), on="USUBJID", how="left")
    for value in sorted(frame["AVALC"].drop_nulls().unique().to_list()):
        yield (rows["PARAM"][0], value), frame.filter(pl.col("AVALC") == value)
    without = frame.filter(pl.col("AVALC").is_null())
    if without.height:
        yield (rows["PARAM"][0], _NOT_KNOWN), without


def _level(protocol: Protocol, adam: Adam, words: tuple[str, str], subjects: pl.DataFrame) -> Level:
    """Estimates of the subjects of a subgroup."""
    rule = settled_analysis(protocol)
    kept = adam["ADSL"].join(subjects.select("USUBJID"), on="USUBJID", how="semi")
    part = replace(adam, datasets={**adam.datasets, "ADSL": kept})
    responses = response_sets(protocol, part, scope_of(protocol, ("ORR",), "ORR", ALL))
    rates = responses.rates(RESPONDERS)
    rate = next(one for one in rates if one.analysis_set == responses.headline)
    return Level(
        group=words[0],
        value=words[1],
        response=rate,
        progression=summarize(time_records(part, ALL, "PFS"), rule, rule.pfs_rate_months[-1:]),
        is_small=in_set(subjects, responses.headline).height < rule.subgroup_min,
    )


def _tick(level: Level) -> str:
    """Value, with responders of how many: a point means little without its denominator."""
    rate = level.response
    return f"{level.value}: {rate.count}/{rate.subjects} ({percent(rate.count, rate.subjects)} %)"


def _level_json(level: Level) -> dict[str, Json]:
    return {
        "group": level.group,
        "value": level.value,
        "counts_only": level.is_small,
        "response": level.response.to_json(),
        "pfs": level.progression.to_json(),
    }
