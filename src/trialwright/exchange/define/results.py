"""Analysis results metadata: each result of an analysis with its datasets, records and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trialwright._version import __version__
from trialwright.core.display import Table
from trialwright.core.results import Result, tables_of
from trialwright.exchange.datasets.model import ItemGroup
from trialwright.exchange.datasets.oids import group_oid, item_oid
from trialwright.exchange.define.analyses import Used, datasets_of, parameters
from trialwright.exchange.define.odm import Element, description, elements
from trialwright.exchange.define.parts import Condition, Parts

#: How the population of a table begins, and the flag of its set.
_SETS = {
    "Enrolled": "ENRLFL", "Full analysis set": "FASFL", "Safety set": "SAFFL",
    "Efficacy evaluable set": "EFFFL", "Per-protocol set": "PPROTFL",
}  # fmt: skip
_PURPOSE = {"primary": "PRIMARY OUTCOME MEASURE", "secondary": "SECONDARY OUTCOME MEASURE"}


def result_displays(
    parts: Parts, results: Mapping[str, Result], groups: Mapping[str, ItemGroup]
) -> Element:
    """One display for each result, one analysis for each of its tables.

    Registered endpoints are "SPECIFIED IN PROTOCOL" with the role of their registration; all other
    results are exploratory and "DATA DRIVEN".
    """
    made = elements().AnalysisResultDisplays()
    made.ResultDisplay = [_display(parts, result, groups) for result in results.values()]
    return made


def _display(parts: Parts, result: Result, groups: Mapping[str, ItemGroup]) -> Element:
    tables = tables_of(result)
    number = tables[0].number
    made = elements().ResultDisplay(
        OID=f"RD.{result.key}", Name=f"{number} {result.key}" if number else result.key
    )
    made.Description = description(tables[0].title)
    made.AnalysisResult = [
        _analysis(parts, result, groups, table, place)
        for place, table in enumerate(tables, start=1)
    ]
    return made


def _analysis(
    parts: Parts, result: Result, groups: Mapping[str, ItemGroup], table: Table, place: int
) -> Element:
    odm = elements()
    role = str(result.to_json().get("role"))
    made = odm.AnalysisResult(
        OID=f"AR.{result.key}.{place}",
        AnalysisReason="SPECIFIED IN PROTOCOL" if role in _PURPOSE else "DATA DRIVEN",
        AnalysisPurpose=_PURPOSE.get(role, "EXPLORATORY OUTCOME MEASURE"),
    )
    used = datasets_of(result.key, place, groups)
    by = next((one.dataset for one in used if one.parameters), "")
    if by:
        made.ParameterOID = item_oid(by, "PARAMCD")
    made.Description = description(table.title)
    made.AnalysisDatasets = odm.AnalysisDatasets()
    made.AnalysisDatasets.AnalysisDataset = [
        _population(parts, result, groups["ADSL"], table),
        *(_dataset(parts, one, groups[one.dataset]) for one in used),
    ]
    made.Documentation = odm.Documentation(Description=description(_words(parts, table)))
    made.ProgrammingCode = odm.ProgrammingCode(Context=f"Python, trialwright {__version__}")
    made.ProgrammingCode.Code = odm.Code(_content=_code(result.key, place))
    return made


def _population(parts: Parts, result: Result, adsl: ItemGroup, table: Table) -> Element:
    """ADSL with the flag of the set and the cohort that the table is about."""
    flags = [flag for words, flag in _SETS.items() if table.population.startswith(words)]
    conditions = [Condition("ADSL", flag, ("Y",)) for flag in flags]
    cohort = result.key.partition(".")[2]
    if cohort in adsl.frame["COHORT"].to_list():
        conditions.append(Condition("ADSL", "COHORT", (cohort,)))
    named = [condition.variable for condition in conditions]
    return _reference(parts, "ADSL", conditions, ["USUBJID", *named])


def _dataset(parts: Parts, used: Used, group: ItemGroup) -> Element:
    codes = parameters(group, used.parameters)
    conditions = [Condition(used.dataset, "PARAMCD", codes)] if codes else []
    return _reference(parts, used.dataset, conditions, list(used.variables))


def _reference(
    parts: Parts, dataset: str, conditions: list[Condition], variables: list[str]
) -> Element:
    odm = elements()
    made = odm.AnalysisDataset(ItemGroupOID=group_oid(dataset))
    if conditions:
        made.WhereClauseRef = odm.WhereClauseRef(WhereClauseOID=parts.where(conditions))
    made.AnalysisVariable = [
        odm.AnalysisVariable(ItemOID=item_oid(dataset, name)) for name in variables
    ]
    return made


def _words(parts: Parts, table: Table) -> str:
    return " ".join(_sentences(parts, table))


def _sentences(parts: Parts, table: Table) -> Iterator[str]:
    if table.number:
        yield f"Table {table.number}."
    if table.population:
        yield f"Population: {table.population}."
    if table.rules:
        yield f"Rules: {parts.rules(table.rules)}."
    yield from table.footnotes


def _code(key: str, place: int) -> str:
    return (
        "import trialwright as tw\n"
        "from trialwright.core.results import tables_of\n"
        "results = tw.analyze(protocol, tw.derive(protocol, sdtm))\n"
        f"tables_of(results[{key!r}])[{place - 1}]"
    )
