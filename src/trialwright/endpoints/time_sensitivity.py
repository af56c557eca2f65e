"""Other analyses of a time to event beside the main one, read off the parameters of ADTTE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.interval_analysis import IntervalAnalysis, interval_analysis
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_summary import SurvivalSummary, summarize
from trialwright.endpoints.time_records import time_records
from trialwright.protocol.settled import SettledAnalysis

#: A row of the table: words, events, median, rate.
Cells: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class OtherAnalysis:
    """What differs from the main analysis, in words, and the estimate that it gives."""

    words: str
    summary: SurvivalSummary

    def rows(self) -> tuple[Cells, ...]:
        """Words, events, median and rates as one row of the table."""
        return (_cells(self.words, self.summary),)

    def to_json(self) -> dict[str, Json]:
        """The estimate with the words."""
        return {"analysis": self.words, **self.summary.to_json()}


Sensitivity: TypeAlias = OtherAnalysis | IntervalAnalysis
#: Parameters of another name that are other analyses too, with their words.
_ALSO = {
    "PFS": {"IPFS": "By iRECIST (C-17)", "TTP": "Time to progression, death no event (E-08)"},
    "DOR": {"IDOR": "By iRECIST (C-17)"},
}
_NOTE = (
    "One rule is changed at a time, the one in brackets; everything else is as in the main "
    "analysis. NPMLE: nothing is assumed within an interval, so a number may be known between two "
    "limits only."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What the table of other analyses is about: title, population, unit of the rate."""

    title: str
    population: str
    rules: tuple[str, ...]


def sensitivity_table(
    main: SurvivalSummary, analyses: tuple[Sensitivity, ...], labels: Labels
) -> Table:
    """Describe the main analysis and every other one, a row each (table T-10)."""
    level = interval_level(main.convention.conf_level)
    at = main.rates[-1:]
    rate = f"{at[0].months:g}-month rate, % ({level})" if at else "Rate"
    return Table(
        title=labels.title,
        columns=("Analysis", "Events, n (%)", f"Median, months ({level})", rate),
        rows=(
            _cells("Main analysis", replace(main, rates=at)),
            *(cells for one in analyses for cells in one.rows()),
        ),
        number="T-10",
        population=labels.population,
        footnotes=(_NOTE,),
        rules=labels.rules,
    )


def _cells(words: str, summary: SurvivalSummary) -> Cells:
    records = summary.records
    rate = summary.rates[-1].cell() if summary.rates else ""
    return words, n_pct(records.events, records.subjects), summary.median_cell(), rate


def other_analyses(
    adam: Adam, subset: str, paramcd: str, rule: SettledAnalysis, rate_months: tuple[float, ...]
) -> tuple[OtherAnalysis, ...]:
    """Every parameter of ADTTE that analyses the endpoint `paramcd` in another way.

    They are told by their code, which starts with `paramcd`; PARAM says what differs and the last
    id of RULEID by which rule. Intervals between scans are left to `all_analyses`.
    """
    named = ((code, words) for code, words, between in _parameters(adam, paramcd) if not between)
    return _estimated(adam, subset, named, (rule, rate_months))


def _estimated(
    adam: Adam,
    subset: str,
    named: Iterable[tuple[str, str]],
    how: tuple[SettledAnalysis, tuple[float, ...]],
) -> tuple[OtherAnalysis, ...]:
    found = (
        OtherAnalysis(words, summarize(time_records(adam, subset, code), *how))
        for code, words in named
    )
    return tuple(one for one in found if one.summary.records.subjects)


def all_analyses(
    adam: Adam, subset: str, paramcd: str, rule: SettledAnalysis, rate_months: tuple[float, ...]
) -> tuple[Sensitivity, ...]:
    """As `other_analyses`, then intervals between scans (C-16) and related parameters (C-17, E-08)."""
    intervals = (
        interval_analysis(adam, subset, (code, words), rule, rate_months[-1])
        for code, words, between in _parameters(adam, paramcd)
        if between
    )
    return (
        *other_analyses(adam, subset, paramcd, rule, rate_months),
        *(one for one in intervals if one is not None),
        *_estimated(adam, subset, _ALSO.get(paramcd, {}).items(), (rule, rate_months)),
    )


def _parameters(adam: Adam, paramcd: str) -> Iterator[tuple[str, str, bool]]:
    """Code and words of each other analysis, and whether its records are intervals."""
    found = (
        adam["ADTTE"]
        .filter(pl.col("PARAMCD").str.starts_with(paramcd), pl.col("PARAMCD") != paramcd)
        .group_by("PARAMCD", maintain_order=True)
        .agg(
            pl.col("PARAM").drop_nulls().first(),
            pl.col("RULEID").drop_nulls().first(),
            BETWEEN=pl.col("LEFTVAL").is_not_null().any(),
        )
    )
    named = [(code, _words(*row), between) for code, *row, between in found.iter_rows()]
    yield from sorted(named, key=lambda one: (one[1].rpartition("(")[2], one[0]))


def _words(name: str | None, rules: str | None) -> str:
    """What stands in brackets behind the name of the endpoint, and the rule that makes it differ."""
    text = name or "other analysis"
    inside = (text.partition("(")[2].rstrip(")") or text).capitalize()
    return f"{inside} ({rules.split()[-1]})" if rules else inside
