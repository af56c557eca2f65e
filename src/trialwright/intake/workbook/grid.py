"""Workbooks (.xlsx) as sheets of text cells, read as a stream within limits.

A small reader of our own and no library: cells stay what they are until somebody says what they
mean, only filled cells take memory, and the limits hold while the file is read. fastexcel fills
the whole rectangle up to the last cell before anybody can look: one cell at XFD1048576 is 17
thousand million cells (`benchmarks/workbook_memory.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from trialwright.core.errors import DataError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook.limits import MAX_COLUMN, MAX_MERGED, MAX_ROW, too_much
from trialwright.intake.workbook.package import Package, damaged, open_package
from trialwright.intake.workbook.parts import (
    RichText,
    read_book,
    read_shared,
    read_styles,
    unescaped,
)
from trialwright.intake.workbook.sheet import Area, Cells, Places, Sheet, letters
from trialwright.intake.workbook.values import date_text, number_text
from trialwright.intake.workbook.xml_stream import parse

_COLUMNS = {letters(column): column for column in range(1, MAX_COLUMN + 1)}
#: Different texts of a sheet that are kept once for all cells that hold them.
_KEPT = 20_000
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_CODES = {"b": {"0": "FALSE", "1": "TRUE", "false": "FALSE", "true": "TRUE"}}


def sheet_names(file: DeliveredFile) -> tuple[str, ...]:
    """Names of the sheets of a workbook in order; see `read_sheets` for what is refused."""
    return tuple(read_book(open_package(file)).sheets)


def read_sheets(
    file: DeliveredFile, only: Collection[str] | None = None, *, keep_errors: bool = False
) -> tuple[Sheet, ...]:
    """Read the filled cells of a workbook.

    Numbers are given with 15 significant digits, as spreadsheet programs show them; cells with a
    date format as ISO 8601; the runs of a rich text joined; of a formula the result that the
    workbook kept. Cells that hold blanks only are empty. Hidden rows and sheets are read.

    Parameters
    ----------
    file
        An .xlsx file.
    only
        Names of the sheets to read, where not all are wanted; names that are not there are left
        out.
    keep_errors
        Give error values as texts (`#DIV/0!`) for a caller that refuses those it would use: sheets
        of other layouts have them in columns that nobody reads.

    Raises
    ------
    DataError
        It is no .xlsx file or damaged, a limit is passed, or a cell holds an error value, an
        impossible date or a formula without result; with sheet and cell.
    """
    package = open_package(file)
    book = read_book(package)
    chosen = {name: part for name, part in book.sheets.items() if only is None or name in only}
    if not chosen:
        return ()
    shared, dates = read_shared(package), read_styles(package)
    look = _Look(shared, dates, book.from_1904, keep_errors)
    return tuple(_sheet(package, name, part, look) for name, part in chosen.items())


@dataclass(frozen=True, slots=True)
class _Look:
    """What the cells refer to: shared texts, styles of dates, the date system, error values."""

    shared: list[str]
    dates: frozenset[int]
    from_1904: bool
    keeps_errors: bool


def _sheet(package: Package, name: str, part: str, look: _Look) -> Sheet:
    reader = _Reader(package, name, look)
    parse(part, package.chunks(part), reader, package.budget)
    return Sheet(
        package.file, name, reader.cells, reader.dates, reader.formulas, tuple(reader.merged)
    )


@dataclass(slots=True)
class _Reader:
    """Cells of one sheet as they come; `row` and `column` are where the next one stands."""

    package: Package
    name: str
    look: _Look
    cells: Cells = field(default_factory=Cells)
    dates: Places = field(default_factory=Places)
    formulas: Places = field(default_factory=Places)
    merged: list[Area] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    row: int = 0
    column: int = 0
    kind: str = "n"
    style: int = 0
    inside: Literal["", "v", "f", "is"] = ""
    has_formula: bool = False
    value: list[str] | None = None
    rich: RichText = field(init=False)
    in_data: bool = False

    def __post_init__(self) -> None:
        self.rich = RichText(self.package.file)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheetData":
            self.in_data = True
        if not self.in_data:
            if name == "mergeCell":
                self._merge(attributes.get("ref", ""))
            return
        if name == "c":
            self._open(attributes)
        elif name == "v":
            self.inside, self.value = "v", []
        elif name == "f":
            self.has_formula = True
        elif name == "is":
            self.inside = "is"
        elif name == "row":
            self.row = self._line(attributes.get("r"))
            self.column = 0
        elif self.inside == "is":
            self.rich.start(name)

    def text(self, data: str) -> None:
        if self.inside == "v" and self.value is not None:
            self.value.append(data)
        elif self.inside == "is":
            self.rich.text(data)

    def end(self, name: str) -> None:
        if name == "c" and self.in_data:
            self._close()
        elif name in ("v", "is"):
            self.inside = ""
        elif self.inside == "is":
            self.rich.end(name)
        elif name == "sheetData":
            self.in_data = False

    def _line(self, given: str | None) -> int:
        if given is None:
            return self.row + 1
        if not (given.isascii() and given.isdigit() and len(given) < 8 and int(given) > self.row):
            raise self._damaged(f'row "{given[:20]}" after row {self.row}')
        return int(given)

    def _open(self, attributes: Mapping[str, str]) -> None:
        address = attributes.get("r")
        column = self.column + 1 if address is None else self._column(address)
        if column <= self.column or column > MAX_COLUMN or self.row > MAX_ROW:
            raise self._damaged(f"cell {letters(column)}{self.row} after column {self.column}")
        self.column = column
        self.kind = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self.style = int(style) if style.isascii() and style.isdigit() and len(style) < 8 else 0
        self.has_formula, self.value = False, None
        self.rich.pieces.clear()

    def _merge(self, area: str) -> None:
        found = _AREA.fullmatch(area)
        places = [] if found is None else [
            (int(row), _COLUMNS.get(column, 0)) for column, row in (found.group(1, 2), found.group(3, 4))
        ]  # fmt: skip
        if not places or any(not (row and column) for row, column in places):
            raise self._damaged(f'the merged cells "{area[:20]}"')
        if len(self.merged) >= MAX_MERGED:
            raise too_much(self.package.file, "it has more merged cells", f"at most {MAX_MERGED}")
        self.merged.append((*places[0], *places[1]))

    def _column(self, address: str) -> int:
        name = address.rstrip("0123456789")
        column = _COLUMNS.get(name)
        if column is None or address != f"{name}{self.row}":
            raise self._damaged(f'cell "{address[:20]}" in row {self.row}')
        return column

    def _close(self) -> None:
        text = self._text()
        if text is None or not text.strip():
            return
        self.package.budget.spend_cell(len(text))
        place = (self.row, self.column)
        if len(self.known) < _KEPT:  # what stands in many cells is kept once
            text = self.known.setdefault(text, text)
        self.cells.put(*place, text)
        if self.has_formula:
            self.formulas.put(*place)

    def _text(self) -> str | None:
        """The text of the cell that closes, `None` if it is empty."""
        if self.kind == "inlineStr":
            return self.rich.take()
        if self.value is None:
            if self.has_formula:
                raise self._no_result()
            return None
        stored = "".join(self.value)
        if self.kind in {"str", "s"}:
            return self._string(stored)
        stored = stored.strip()
        if not stored:
            if self.has_formula:
                raise self._no_result()
            return None
        if self.kind == "b":
            return _CODES["b"].get(stored) or self._impossible(stored)
        return self._error(stored) if self.kind == "e" else self._number(stored)

    def _error(self, stored: str) -> str:
        if self.look.keeps_errors:
            return stored
        raise self._refusal("A cell holds an error value", stored,
                            do="correct the formula, or type the value")  # fmt: skip

    def _string(self, stored: str) -> str:
        if self.kind == "str":
            self.rich.pieces.append(stored)
            return self.rich.take()
        at = stored.strip()
        if not (at.isascii() and at.isdigit() and len(at) < 9 and int(at) < len(self.look.shared)):
            raise self._damaged(f"the text of cell {letters(self.column)}{self.row}")
        return self.look.shared[int(at)]

    def _number(self, stored: str) -> str:
        place = (self.row, self.column)
        if self.kind == "d":  # ISO 8601, as strict workbooks write it
            self.dates.put(*place)
            return unescaped(stored).removesuffix("T00:00:00")
        if self.style in self.look.dates:
            found = date_text(stored, from_1904=self.look.from_1904)
            if found is None:
                raise self._refusal(
                    "A date is none", stored,
                    allowed="a day of the calendar; 29 February 1900 never was",
                    do="type the date again, or give the cell the format of a number",
                )  # fmt: skip
            self.dates.put(*place)
            return found
        return number_text(stored) or self._impossible(stored)

    def _no_result(self) -> DataError:
        return self._refusal(
            "A formula has no result", "",
            do="open the workbook in a spreadsheet program and save it, or type the value",
        )  # fmt: skip

    def _impossible(self, stored: str) -> str:
        raise self._refusal("A cell holds no value that can be read", stored,
                            do="type the value again")  # fmt: skip

    def _refusal(self, what: str, value: str, *, allowed: str = "", do: str = "") -> DataError:
        where = Sheet(self.package.file, self.name, {}).cell(self.row, self.column)
        shown = f': "{value[:40]}"' if value else ""
        return DataError(f"{what}.", where=f"{where}{shown}", allowed=allowed, do=do)

    def _damaged(self, why: str) -> DataError:
        return damaged(self.package.file, f"sheet {self.name}, {why}")
