"""A mapping against the tables it speaks of, before any record is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.intake.cells import listed, quoted
from trialwright.intake.mapping.model import Make, TableMap, Value
from trialwright.intake.text_table import TextTable
from trialwright.vocabulary.sdtm import SDTM


def check_headings(tables: Sequence[tuple[TableMap, TextTable]]) -> tuple[str, ...]:
    """Refuse a mapping that names columns, tables or domains that are not there.

    Returns
    -------
    tuple of str
        A note for each column with values that no rule reads.

    Raises
    ------
    DataError
        With every such name and the nearest one that is there.
    """
    by_id = {one.id: table for one, table in tables if one.id is not None}
    problems: list[str] = []
    read: dict[str, set[str]] = {str(table.origin): set() for _, table in tables}
    for asked, table in tables:
        for name, owner, where in _named(asked, table, by_id):
            read[str(owner.origin)].add(name)
            if name not in owner.frame.columns or name == ROW:
                near = get_close_matches(name, owner.frame.columns, n=1)
                hint = f" (perhaps {quoted(near[0])})" if near else ""
                problems.append(f"{where}: {quoted(name)} is no heading of {owner.origin}{hint}")
        problems += _without_home(asked, by_id)
    if problems:
        raise DataError(
            "The mapping names what the delivery does not have.",
            where=listed(list(dict.fromkeys(problems))),
            allowed="headings as they stand in the file; upper and lower case are the same",
            do="correct the mapping, or the row of the headings (header)",
        )
    return tuple(
        f"{table.origin}: the column {table.heading(name)}"
        f"{f' ({name})' if table.is_sheet else ''} is not read by the mapping."
        for _, table in tables
        for name in table.frame.columns
        if name != ROW
        and name not in read[str(table.origin)]
        and not table.frame[name].is_null().all()
    )


def _named(
    asked: TableMap, table: TextTable, by_id: dict[str, TextTable]
) -> Iterator[tuple[str, TextTable, str]]:
    """Every heading that the mapping of a table names, with the table it should be in."""
    where = f"{asked.file}{f', sheet {asked.sheet}' if asked.sheet else ''}"
    for skip in asked.skip:
        yield skip.column.upper(), table, f"{where}, skip"
    for name in asked.fill_down:
        yield name.upper(), table, f"{where}, fill_down"
    for number, make in enumerate(asked.make, start=1):
        at = f"{where}, rule {number} ({make.domain})"
        for name in _own_names(make):
            yield name.upper(), table, at
        for lookup in (v.lookup for v in make.values.values() if isinstance(v, Value) and v.lookup):
            if lookup.table in by_id:
                for name in (*lookup.by, lookup.column):
                    yield name.upper(), by_id[lookup.table], f"{at}, lookup"


def _own_names(make: Make) -> Iterator[str]:
    given = {name for each in make.each for name in (*each.columns, *each.values)}
    yield from make.when
    for each in make.each:
        yield from each.columns.values()
    yield from (name for name in make.filled if name not in given)
    for value in make.values.values():
        if isinstance(value, Value):
            names = value.lookup.by.values() if value.lookup else (value.column,)
            yield from (name for name in names if name and name not in given)


def _without_home(asked: TableMap, by_id: dict[str, TextTable]) -> Iterator[str]:
    for number, make in enumerate(asked.make, start=1):
        at = f"{asked.file}, rule {number}"
        if make.domain not in SDTM:
            yield f"{at}: {quoted(make.domain)} is no domain ({', '.join(SDTM)})"
        elif "USUBJID" in SDTM[make.domain].names and "USUBJID" not in make.values:
            yield f"{at} ({make.domain}): it sets no USUBJID"
        for variable, value in make.values.items():
            if not isinstance(value, Value):
                continue
            if (value.column is None) == (value.lookup is None):
                yield f"{at}, {variable}: it needs either column or lookup"
            elif value.lookup and value.lookup.table not in by_id:
                yield f"{at}, {variable}: {quoted(value.lookup.table)} is the id of no table"
