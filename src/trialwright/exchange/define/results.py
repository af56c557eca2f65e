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
#: Ends the population of a table whose rows are about several sets.
_SEVERAL = "and other analysis sets"
#: Sensitivity analyses and subgroups: no record registers them, whatever endpoint they are of.
_NOT_REGISTERED = "T-10"
_PURPOSE = {"primary": "PRIMARY OUTCOME MEASURE", "secondary": "SECONDARY OUTCOME MEASURE"}


def result_displays(
    parts: Parts, results: Mapping[str, Result], groups: Mapping[str, ItemGroup], evaluator: str
) -> Element:
    """One display for each result, one analysis for each of its tables.

    Registered endpoints are "SPECIFIED IN PROTOCOL" with the role of their registration; all other
    results, and sensitivity analyses of registered ones, are exploratory and "DATA DRIVEN".

    Parameters
    ----------
    parts
        Gathers the where clauses.
    results, groups
        The analysis, and the datasets by name.
    evaluator
        Who read the scans that the results are from.
    """
    made = elements().AnalysisResultDisplays()
    made.ResultDisplay = [_display(parts, one, groups, evaluator) for one in results.values()]
    return made


def _display(
    parts: Parts, result: Result, groups: Mapping[str, ItemGroup], evaluator: str
) -> Element:
    tables = tables_of(result)
    number = tables[0].number
    made = elements().ResultDisplay(
        OID=f"RD.{result.key}", Name=f"{number} {result.key}" if number else result.key
    )
    made.Description = description(tables[0].title)
    role = str(result.to_json().get("role"))
    made.AnalysisResult = [
        _analysis(parts, (result.key, place, role), groups, table, evaluator)
        for place, table in enumerate(tables, start=1)
    ]
    return made


def _analysis(
    parts: Parts,
    about: tuple[str, int, str],
    groups: Mapping[str, ItemGroup],
    table: Table,
    evaluator: str,
) -> Element:
    odm = elements()
    key, place, role = about
    registered = role in _PURPOSE and table.number != _NOT_REGISTERED
    made = odm.AnalysisResult(
        OID=f"AR.{key}.{place}",
        AnalysisReason="SPECIFIED IN PROTOCOL" if registered else "DATA DRIVEN",
        AnalysisPurpose=_PURPOSE[role] if registered else "EXPLORATORY OUTCOME MEASURE",
    )
    used = datasets_of(key, place, groups)
    by = next((one.dataset for one in used if one.parameters), "")
    if by:
        made.ParameterOID = item_oid(by, "PARAMCD")
    made.Description = description(table.title)
    made.AnalysisDatasets = odm.AnalysisDatasets()
    made.AnalysisDatasets.AnalysisDataset = [
        _population(parts, key, groups["ADSL"], table),
        *(_dataset(parts, one, groups[one.dataset], evaluator) for one in used),
    ]
    made.Documentation = odm.Documentation(Description=description(_words(parts, table)))
    made.ProgrammingCode = odm.ProgrammingCode(Context=f"Python, trialwright {__version__}")
    made.ProgrammingCode.Code = odm.Code(_content=_code(key, place))
    return made


def _population(parts: Parts, key: str, adsl: ItemGroup, table: Table) -> Element:
    """ADSL with the flag of the set and the cohort that the table is about.

    A set of a column is a variable that is used; so is that of a table about several sets.
    """
    flags = [flag for words, flag in _SETS.items() if table.population.startswith(words)]
    shown = [
        flag
        for words, flag in _SETS.items()
        if flag in flags or any(name.startswith(words) for name in table.columns)
    ]
    several = _SEVERAL in table.population
    conditions = [] if several else [Condition("ADSL", flag, ("Y",)) for flag in flags]
    cohort = key.partition(".")[2]
    if cohort in adsl.frame["COHORT"].to_list():
        conditions.append(Condition("ADSL", "COHORT", (cohort,)))
        shown.append("COHORT")
    return _reference(parts, "ADSL", conditions, ["USUBJID", *shown])


def _dataset(parts: Parts, used: Used, group: ItemGroup, evaluator: str) -> Element:
    codes = parameters(group, used.parameters)
    conditions = [Condition(used.dataset, "PARAMCD", codes)] if codes else []
    conditions += [Condition(used.dataset, flag, ("Y",)) for flag in used.flags]
    readers = () if used.every_reader else tuple(_one_reader(group, evaluator))
    named = [one.variable for one in (*conditions, *readers) if one.variable != "PARAMCD"]
    variables = list(dict.fromkeys([*used.variables, *named]))
    return _reference(parts, used.dataset, [*conditions, *readers], variables)


def _one_reader(group: ItemGroup, evaluator: str) -> Iterator[Condition]:
    """The records of the reader that counts, where a dataset has those of others too."""
    if "EVALID" not in group.frame.columns:
        return
    if group.frame["EVAL"].drop_nulls().n_unique() > 1:
        yield Condition(group.name, "EVAL", (evaluator,))
    single = tuple(group.frame["EVALID"].drop_nulls().unique().sort().to_list())
    if single:
        yield Condition(group.name, "EVALID", single, is_not=True)


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
