"""Rules of a mapping applied to tables: SDTM records with the place of every value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Place
from trialwright.intake.cells import listed, quoted
from trialwright.intake.gathered import Gathered
from trialwright.intake.mapping.lookups import Lookups
from trialwright.intake.mapping.model import Each, Make, Mapping, Skip, TableMap, Value
from trialwright.intake.mapping.values import taken
from trialwright.intake.receipt import Changed, SetAside, TableRead
from trialwright.intake.text_table import TextTable

Cells = Dict[str, str | None]
_NO_RULE = "no rule of the mapping makes a record of it"


@dataclass(slots=True)
class Applied:
    """What the rules made, and what the receipt tells of it."""

    gathered: Gathered
    tables: list[TableRead] = field(default_factory=list)
    changed: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    once: dict[tuple[str, ...], tuple[Cells, Place]] = field(default_factory=dict)

    def changes(self) -> tuple[Changed, ...]:
        """Values that were written in another form, most frequent tables and columns together."""
        return tuple(
            Changed(what=what, where=where, given=given, taken=as_, count=count)
            for (what, where, given, as_), count in sorted(self.changed.items())
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its cells by heading and its number."""

    table: TextTable
    number: int
    cells: Cells

    def place(self, columns: Dict[str, str]) -> Place:
        """Where a record made of this row stands."""
        return Place(
            table=str(self.table.origin), row=self.number, columns=columns,
            is_sheet=self.table.is_sheet,
        )  # fmt: skip

    def where(self, heading: str) -> str:
        """The cell under a heading."""
        return self.place({"": self.table.heading(heading)}).cell("")


def apply_mapping(
    mapping: Mapping, tables: Sequence[tuple[TableMap, TextTable]], gathered: Gathered
) -> Applied:
    """Make the records of every table.

    Parameters
    ----------
    mapping
        Checked against the tables (`checks.check_headings`).
    tables
        Each table of the mapping with what was found for it.
    gathered
        Takes the records.

    Raises
    ------
    DataError
        Cells that the mapping does not allow, all of them at once; records that are to be made
        once and differ.
    """
    applied = Applied(gathered)
    lookups = Lookups({one.id: table for one, table in tables if one.id is not None})
    for asked, table in tables:
        _apply_table(mapping, (asked, table), lookups, applied)
    if applied.refused:
        count = len(applied.refused)
        raise DataError(
            f"{count} cell{'s do' if count > 1 else ' does'} not hold what the mapping says.",
            where=listed(applied.refused),
            allowed="the terms of the mapping; dates and numbers that can be read in one way only",
            do="correct the cells, or add the terms to the mapping",
        )
    return applied


def _apply_table(
    mapping: Mapping, table: tuple[TableMap, TextTable], lookups: Lookups, applied: Applied
) -> None:
    asked, found = table
    before = dict(applied.gathered.made())
    aside: dict[str, list[int]] = {}
    used = 0
    frame = found.frame
    for record in frame.iter_rows(named=True):
        row = Row(found, record[ROW], record)
        skip = next((one for one in asked.skip if _is_skipped(one, record)), None)
        if skip is not None:
            aside.setdefault(skip.why, []).append(row.number)
            continue
        fired = [make for make in asked.make if _apply_rule(mapping, make, row, (lookups, applied))]
        if fired or not asked.make:
            used += 1
        else:
            aside.setdefault(_NO_RULE, []).append(row.number)
    made = tuple(
        (code, count - before.get(code, 0))
        for code, count in applied.gathered.made()
        if count > before.get(code, 0)
    )
    name = str(found.origin)
    told = tuple(
        SetAside(where=f"{name}, {_rows(numbers)}", why=why, count=len(numbers))
        for why, numbers in aside.items()
    )
    applied.tables.append(TableRead(name=name, rows=frame.height, used=used, made=made, aside=told))
    if _NO_RULE in aside:
        applied.notes.append(f"{name}, {_rows(aside[_NO_RULE])}: {_NO_RULE}.")


def _rows(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:20]))
    more = f" and {len(numbers) - 20} more" if len(numbers) > 20 else ""
    return f"row{'s' * (len(numbers) > 1)} {shown}{more}"


def _is_skipped(skip: Skip, cells: Cells) -> bool:
    cell = cells[skip.column.upper()]
    if not skip.texts:
        return cell is None
    return cell is not None and cell.upper() in {text.strip().upper() for text in skip.texts}


def _apply_rule(mapping: Mapping, make: Make, row: Row, tools: tuple[Lookups, Applied]) -> bool:
    """Make the records of one rule from a row; whether there was any."""
    lookups, applied = tools
    if not _applies(make, row.cells):
        return False
    is_any = False
    for each in make.each or (Each(),):
        if any(_cell(row, each, name) is None for name in make.filled):
            continue
        record, columns = _record(mapping, make, (row, each), (lookups, applied))
        is_any = True
        place = row.place(columns)
        if not make.once or _is_first(make, record, place, applied):
            applied.gathered.add(make.domain, record, place)
    return is_any


def _applies(make: Make, cells: Cells) -> bool:
    for column, texts in make.when.items():
        accepted = (texts,) if isinstance(texts, str) else texts
        cell = cells[column.upper()]
        if cell is None or cell.upper() not in {text.strip().upper() for text in accepted}:
            return False
    return True


def _cell(row: Row, each: Each, name: str) -> str | None:
    if name in each.values:
        return each.values[name]
    return row.cells[each.columns.get(name, name).upper()]


def _record(
    mapping: Mapping, make: Make, at: tuple[Row, Each], tools: tuple[Lookups, Applied]
) -> tuple[dict[str, str | None], dict[str, str]]:
    """The values of one record, and the headings that they stand under."""
    row, each = at
    record: dict[str, str | None] = {}
    columns: dict[str, str] = {}
    for variable, value in make.values.items():
        if not isinstance(value, Value):
            record[variable] = value
            continue
        cell, heading = _looked_up(value, at, tools) if value.lookup else _own(value, row, each)
        if heading is not None:
            columns[variable] = row.table.heading(heading)
        record[variable] = _taken(mapping, cell, (value, heading), (row, tools[1]))
    return record, columns


def _own(value: Value, row: Row, each: Each) -> tuple[str | None, str | None]:
    name = value.column or ""
    if name in each.values:
        return each.values[name], None
    return _cell(row, each, name), each.columns.get(name, name).upper()


def _looked_up(
    value: Value, at: tuple[Row, Each], tools: tuple[Lookups, Applied]
) -> tuple[str | None, str | None]:
    row, each = at
    asked = value.lookup
    if asked is None:
        return None, None
    keys = tuple(_cell(row, each, name) for name in asked.by.values())
    found = tools[0].find(asked, keys)
    if isinstance(found, str):
        tools[1].refused.append(f"{row.table.origin}, row {row.number}: {found}")
        return None, None
    return found[0], None


def _taken(
    mapping: Mapping, cell: str | None, asked: tuple[Value, str | None], at: tuple[Row, Applied]
) -> str | None:
    value, heading = asked
    row, applied = at
    result = taken(cell, value, mapping)
    if isinstance(result, str):
        where = row.where(heading) if heading else f"{row.table.origin}, row {row.number}"
        applied.refused.append(f"{where}: {quoted(cell or '')}: {result}")
        return None
    if result.change and cell is not None:
        place = f"{row.table.origin}, {heading or 'another table'}"
        applied.changed[result.change, place, cell, result.text or ""] += 1
    return result.text


def _is_first(make: Make, record: Cells, place: Place, applied: Applied) -> bool:
    """Whether a record that is made once is met for the first time.

    Raises
    ------
    DataError
        It says something else than before.
    """
    key = (make.domain, *(record.get(name) or "" for name in make.once))
    known = applied.once.get(key)
    if known is None:
        applied.once[key] = (record, place)
        return True
    differs = next(_differences(known[0], record), None)
    if differs is not None:
        raise DataError(
            f"Two rows say different things of one record of {make.domain}.",
            where=f"{known[1].cell(differs)}: {quoted(known[0].get(differs) or '')}; "
            f"{place.cell(differs)}: {quoted(record.get(differs) or '')}",
            allowed=f"one {differs} for each {', '.join(make.once)}",
            do="correct the cells, or take the value out of the rule",
        )
    return False


def _differences(one: Cells, other: Cells) -> Iterator[str]:
    return (name for name in one if one[name] != other.get(name))
