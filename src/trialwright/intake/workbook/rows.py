"""Rows of a sheet by its layout: columns found by heading, every value read or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from trialwright.core.errors import DataError
from trialwright.core.tables import Place
from trialwright.intake.cells import listed, quoted
from trialwright.intake.receipt import Changed, SetAside
from trialwright.intake.typed import Typed
from trialwright.intake.workbook.about import Settings
from trialwright.intake.workbook.completion import SOURCES
from trialwright.intake.workbook.headings import Headings, find_headings
from trialwright.intake.workbook.layout import Field, SheetLayout
from trialwright.intake.workbook.limits import MAX_PLACES, too_much
from trialwright.intake.workbook.sheet import Cells, Sheet, letters
from trialwright.intake.workbook.typed_cells import read_cell

#: Different texts of a sheet whose reading is kept.
_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One row: values by name of the column; names of visits are their numbers."""

    row: int
    values: Mapping[str, str]

    def get(self, name: str) -> str | None:
        """A value, `None` for an empty cell."""
        return self.values.get(name)


@dataclass(slots=True)
class SheetRows:
    """What was read of a sheet, and what was not.

    Attributes
    ----------
    columns
        Column number by name of the field.
    lines
        Rows with a value in a known column.
    """

    sheet: Sheet
    layout: SheetLayout
    columns: Mapping[str, int]
    lines: list[Line] = field(default_factory=list)
    rows: int = 0
    aside: list[SetAside] = field(default_factory=list)
    changes: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    fields: Mapping[str, Field] = field(init=False)
    #: What was read of a text in a column, and the cells of a record; both stand in many rows.
    known: dict[tuple[str, str], Typed | str] = field(default_factory=dict)
    sources: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the fields by their names."""
        self.fields = {one.name: one for one in self.layout.fields}

    @property
    def visits(self) -> list[str]:
        """Numbers of the visit columns, rising."""
        return sorted((name for name in self.columns if name[0].isdigit()), key=float)

    def place(self, line: Line, columns: Mapping[str, str] | None = None) -> Place:
        """The place of a record: columns of SDTM with those of the fields that fill them."""
        key = tuple(columns.items()) if columns else ()
        found = self.sources.get(key)
        if found is None:
            names = columns or {**SOURCES, **{name: name for name in self.columns}}
            found = {
                name: letters(self.columns[source])
                for name, source in names.items()
                if source in self.columns
            }
            self.sources[key] = found
        return Place(table=str(self.sheet), row=line.row, columns=found, is_sheet=True)

    def cell(self, line: Line, name: str) -> str:
        """Address of a cell, for messages."""
        if name not in self.columns:
            return f"{self.sheet}, row {line.row}"
        return self.sheet.cell(line.row, self.columns[name])

    def changed(self) -> Iterator[Changed]:
        """Values that were written in another form, for the receipt."""
        for (kind, name, given, taken), count in sorted(self.changes.items()):
            heading = self.fields[name].heading if name in self.fields else name
            yield Changed(what=kind, where=f"{self.sheet}, {heading}", given=given, taken=taken,
                          count=count)  # fmt: skip


def read_rows(sheet: Sheet, layout: SheetLayout, settings: Settings, *, visits: bool) -> SheetRows:
    """Read the rows of a sheet.

    Parameters
    ----------
    sheet
        Its cells.
    layout
        What the columns are.
    settings
        How typed dates and numbers are meant.
    visits
        Whether columns headed by a number are visits.

    Raises
    ------
    DataError
        A heading that rows need is missing or stands twice, a required cell is empty, a value
        cannot be read or is not listed; with the cells.
    """
    cells = _by_row(sheet)
    headings = find_headings(sheet, layout, cells, visits=visits)
    _refuse_wide(sheet, len(cells), len(headings.columns))
    _refuse_merged(sheet, headings)
    found = SheetRows(sheet, layout, headings.columns, aside=list(headings.aside))
    faults: dict[str, list[str]] = {}
    for row in sorted(row for row in cells if row > headings.row):
        found.rows += 1
        values = _values(found, (row, cells[row]), settings, faults)
        if values:
            found.lines.append(Line(row, values))
            _require(found, found.lines[-1], faults)
        else:
            found.aside.append(
                SetAside(where=f"{sheet}, row {row}", why="no value in a known column")
            )
    _refuse(layout, faults)
    return found


def _refuse_wide(sheet: Sheet, rows: int, columns: int) -> None:
    """Refuse a sheet whose table would be large although few of its cells are filled."""
    if rows * columns > MAX_PLACES:
        raise too_much(
            str(sheet), f"{rows} rows with {columns} columns", f"at most {MAX_PLACES} cells a sheet"
        )


def _refuse_merged(sheet: Sheet, headings: Headings) -> None:
    """Refuse a value that is shown in several cells: only the first one holds it."""
    columns = set(headings.columns.values())
    areas = [
        f"{sheet.cell(top, left)}:{letters(right)}{bottom}"
        for top, left, bottom, right in sheet.merged
        if bottom > headings.row
        and (top, left) in sheet.cells
        and not columns.isdisjoint(range(left, right + 1))
    ]
    if areas:
        raise DataError(
            "Cells are merged: one value cannot belong to several of them.",
            where=listed(areas),
            allowed="one cell for each value",
            do="take the cells apart, and write the value into each that it holds for",
        )


def _by_row(sheet: Sheet) -> Mapping[int, Mapping[int, str]]:
    if isinstance(sheet.cells, Cells):
        return sheet.cells.rows
    rows: dict[int, dict[int, str]] = {}
    for (row, column), text in sheet.cells.items():
        rows.setdefault(row, {})[column] = text
    return rows


def _values(
    found: SheetRows,
    line: tuple[int, Mapping[int, str]],
    settings: Settings,
    faults: dict[str, list[str]],
) -> dict[str, str]:
    """The values of a row by name; what cannot be read is added to the faults."""
    row, cells = line
    values: dict[str, str] = {}
    for name, at in found.columns.items():
        if at not in cells:
            continue
        one = found.fields.get(name)
        read = found.known.get((name, cells[at]))
        if read is None:
            read = read_cell(cells[at], one, settings)
            if len(found.known) < _KEPT:
                found.known[name, cells[at]] = read
        if isinstance(read, str):
            faults.setdefault(read, []).append(f"{found.sheet.cell(row, at)}: {quoted(cells[at])}")
            continue
        values[name] = read.text
        if read.changed and one is not None:
            found.changes[_kind_word(one), name, cells[at], read.text] += 1
    return values


def _kind_word(one: Field) -> str:
    return {"date": "date", "text": "term"}.get(one.kind, "number")


def _require(found: SheetRows, line: Line, faults: dict[str, list[str]]) -> None:
    for one in found.layout.fields:
        if one.required and line.get(one.name) is None:
            where = found.cell(line, one.name)
            if not any(where in text for texts in faults.values() for text in texts):
                faults.setdefault("empty, but each row needs it", []).append(
                    f"{where} ({one.heading})"
                )  # fmt: skip


def _refuse(layout: SheetLayout, faults: Mapping[str, Sequence[str]]) -> None:
    """Refuse what cannot be read, one kind of fault a message."""
    for why, cells in faults.items():
        count = f"{len(cells)} cell{'s' * (len(cells) > 1)}"
        raise DataError(
            f"{count} of the sheet {layout.name} cannot be read: {why}.",
            where=listed(cells),
            allowed="dates YYYY-MM-DD, YYYY-MM or YYYY; plain numbers such as 12.5; the terms of "
            "the drop-downs",
            do="correct the cells in the workbook and read it again",
        )
