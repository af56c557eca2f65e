"""One rule of a mapping applied to one row: its records, and what they take of the row."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from trialwright.core.tables import Place
from trialwright.intake.cells import quoted
from trialwright.intake.mapping.lookups import Lookups
from trialwright.intake.mapping.model import Each, Lookup, Make, Mapping, Value
from trialwright.intake.mapping.values import Taken, taken
from trialwright.intake.mapping.words import fits_one
from trialwright.intake.text_table import TextTable

Cells = Dict[str, str | None]


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
            is_sheet=self.table.is_sheet, unit=self.table.unit,
        )  # fmt: skip

    def where(self, heading: str) -> str:
        """The cell under a heading."""
        return self.place({"": self.table.heading(heading)}).cell("")


@dataclass(frozen=True, slots=True)
class Source:
    """The cell of a value: what stands in it, and where a person finds it."""

    given: str
    row: Row
    heading: str

    @property
    def where(self) -> str:
        """The cell as a person finds it."""
        return self.row.where(self.heading)


@dataclass(slots=True)
class Use:
    """What the rules take of one row.

    Attributes
    ----------
    taken
        Headings of cells that made a value or decided on a rule.
    left
        Cells of which a rule makes an empty value: kind of change by source; empty where the
        mapping does not name the text.
    changed
        Values in another form: kind and value by source.
    refused
        Cells that the mapping does not allow, and why.
    """

    taken: set[str] = field(default_factory=set)
    left: dict[str, tuple[str, Source]] = field(default_factory=dict)
    changed: dict[tuple[str, str, str], Source] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """The record that a rule makes.

    Attributes
    ----------
    record
        Value by variable.
    columns, sources
        What the column of a variable is called, and its cell.
    refused
        Variables whose cell is refused.
    """

    record: dict[str, str | None] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Rules:
    """What every rule needs: the mapping and the tables for lookups.

    Attributes
    ----------
    mapping, lookups
        The mapping, and the tables with an id.
    """

    mapping: Mapping
    lookups: Lookups
    _taken: dict[tuple[int, str | None], Taken | str] = field(default_factory=dict)

    def results(self, make: Make, row: Row, use: Use) -> Iterator[Result]:
        """The records that a rule makes of a row; `use` notes what it takes."""
        if not _applies(make, row, use):
            return
        for each in make.each or (Each(),):
            if any(_cell(row, each, name) is None for name in make.filled):
                continue
            use.taken.update(name.upper() for name in make.when)
            use.taken.update(_heading(each, name) for name in make.filled)
            yield self._result(make, row, each, use)

    def _result(self, make: Make, row: Row, each: Each, use: Use) -> Result:
        made = Result()
        for variable, value in make.values.items():
            before = len(use.refused)
            if isinstance(value, str):
                made.record[variable] = value
            elif value.lookup is None and value.column in each.values:
                constant = each.values[value.column]
                made.record[variable] = self._typed(variable, value, (row, constant, None), use)
            else:
                source = self._source(variable, value, (row, each), use)
                if value.lookup is None:
                    heading = _heading(each, value.column or "")
                    made.columns[variable] = row.table.heading(heading)
                if source is not None:
                    made.sources[variable] = source
                given = source.given if source else None
                made.record[variable] = self._typed(variable, value, (row, given, source), use)
            if len(use.refused) > before:
                made.refused.add(variable)
        return made

    def _source(self, variable: str, value: Value, at: tuple[Row, Each], use: Use) -> Source | None:
        row, each = at
        if value.lookup is not None:
            return self._looked_up(variable, value.lookup, at, use)
        heading = _heading(each, value.column or "")
        cell = row.cells[heading]
        return None if cell is None else Source(cell, row, heading)

    def _looked_up(
        self, variable: str, asked: Lookup, at: tuple[Row, Each], use: Use
    ) -> Source | None:
        row, each = at
        use.taken.update(_heading(each, name) for name in asked.by.values())
        keys = tuple(_cell(row, each, name) for name in asked.by.values())
        found = self.lookups.find(asked, _heading(each, asked.column), keys)
        if isinstance(found, str):
            use.refused.append(f"{row.place({}).cell(variable)}: {found}")
            return None
        if found.text is None:
            return None
        return Source(found.text, Row(found.table, found.row, {}), found.heading)

    def _value(self, given: str | None, value: Value) -> Taken | str:
        """The value of a cell; columns repeat themselves, so each text is read once."""
        key = (id(value), given)
        found = self._taken.get(key)
        if found is None:
            found = self._taken[key] = taken(given, value, self.mapping)
        return found

    def _typed(
        self, variable: str, value: Value, at: tuple[Row, str | None, Source | None], use: Use
    ) -> str | None:
        """The value of a record; what happened to its cell is noted."""
        row, given, source = at
        result = self._value(given, value)
        is_own = source is not None and source.row is row
        if isinstance(result, str):
            where = source.where if source else row.place({}).cell(variable)
            use.refused.append(f"{where}: {quoted(given or '')}: {result}")
            if source is not None and is_own:
                use.taken.add(source.heading)
            return None
        if source is None:
            return result.text
        if result.is_left:
            if is_own:
                use.left.setdefault(source.heading, (result.change, source))
            return None
        if is_own:
            use.taken.add(source.heading)
        if result.change:
            use.changed[result.change, result.text or "", source.where] = source
        return result.text


def _heading(each: Each, name: str) -> str:
    return each.columns.get(name, name).upper()


def _cell(row: Row, each: Each, name: str) -> str | None:
    if name in each.values:
        return each.values[name]
    return row.cells[_heading(each, name)]


def _applies(make: Make, row: Row, use: Use) -> bool:
    for column, texts in make.when.items():
        cell = row.cells[column.upper()]
        if cell is None or not fits_one(texts, cell):
            return False
    for column, texts in make.unless.items():
        cell = row.cells[column.upper()]
        if cell is not None and fits_one(texts, cell):
            use.taken.add(column.upper())
            return False
    return True
