"""The tables that a mapping speaks of: sheets, text files, datasets, with their headings."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePath

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin
from trialwright.intake.files import DeliveredFile
from trialwright.intake.formats import is_table, read_tables
from trialwright.intake.formats.csv_text import decoded
from trialwright.intake.mapping.model import TableMap
from trialwright.intake.text_table import TextTable, text_table
from trialwright.intake.workbook.grid import read_sheets
from trialwright.intake.workbook.sheet import Sheet, letters

_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_TEXTS = frozenset({".csv", ".tsv", ".txt"})


@dataclass(frozen=True, slots=True)
class Readable:
    """A table of a delivery before its headings are known.

    Attributes
    ----------
    file, sheet
        Name of the file, and of the sheet, dataset or form in it; empty for a text file.
    content
        Cells by row and column, or a table whose headings are part of its format.
    """

    file: str
    sheet: str
    content: Sheet | TextTable


def readables(files: Sequence[DeliveredFile], encoding: str) -> list[Readable]:
    """Every table of the files; files of other kinds are left out.

    Raises
    ------
    DataError
        As the reader of each format.
    """
    found: list[Readable] = []
    for file in files:
        name = PurePath(file.name).name
        if file.suffix in _WORKBOOKS:
            found += [Readable(name, sheet.name, sheet) for sheet in read_sheets(file)]
        elif file.suffix in _TEXTS:
            found.append(Readable(name, "", _grid(file, encoding)))
        elif is_table(file):
            tables = read_tables(file, encoding)
            found += [Readable(name, key, table) for key, table in tables.items()]
    return found


def chosen(asked: TableMap, there: Sequence[Readable], where: str) -> Readable:
    """The one table that a mapping names.

    Raises
    ------
    DataError
        There is none, or more than one.
    """
    found = [
        one
        for one in there
        if fnmatchcase(one.file.lower(), asked.file.lower())
        and (asked.sheet is None or one.sheet.strip().lower() == asked.sheet.strip().lower())
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{one.file}{f' ({one.sheet})' if one.sheet else ''}" for one in there)
    wanted = f"{asked.file}{f', sheet {asked.sheet}' if asked.sheet else ''}"
    raise DataError(
        f"The delivery has {len(found) or 'no'} tables that the mapping could mean.",
        where=f"{where}: {wanted}",
        allowed=f"one of {names or 'no table at all'}",
        do="correct file and sheet in the mapping",
    )


def headed(readable: Readable, asked: TableMap) -> TextTable:
    """The table under its headings, in upper case; a heading that comes again gets a number.

    Raises
    ------
    DataError
        The row of the headings is empty.
    """
    if isinstance(readable.content, TextTable):
        return readable.content
    sheet = readable.content
    is_sheet = bool(readable.sheet)
    names = _headings(sheet, asked.header)
    if not names:
        raise DataError(
            "The row of the headings is empty.",
            where=f"{sheet if is_sheet else sheet.file}, row {asked.header[-1]}",
            do="name the row of the headings in the mapping (header)",
        )
    first = max(asked.header) + 1
    rows = sorted({r for r, _ in sheet.cells if r >= first and (asked.last or r) >= r})
    columns = {name: [sheet.cells.get((row, at)) for row in rows] for at, name in names.items()}
    origin = Origin(str(sheet) if is_sheet else sheet.file)
    table = text_table(columns, rows, origin)
    called = {name: letters(at) for at, name in names.items()} if is_sheet else {}
    return TextTable(_filled_down(table.frame, asked), origin, {}, called, is_sheet)


def _headings(sheet: Sheet, header: Sequence[int]) -> Dict[int, str]:
    """Heading by column; the upper of several rows hold on to the right, as merged cells do."""
    last = max((column for _, column in sheet.cells), default=0)
    parts: dict[int, list[str]] = {at: [] for at in range(1, last + 1)}
    for depth, row in enumerate(header, start=1):
        held = ""
        for at in range(1, last + 1):
            said = " ".join(sheet.cells.get((row, at), "").split())
            held = said or (held if depth < len(header) else "")
            if held:
                parts[at].append(held.upper())
    joined = {at: " / ".join(said) for at, said in parts.items() if said}
    seen: Counter[str] = Counter()
    names = {}
    for at, name in joined.items():
        seen[name] += 1
        names[at] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return names


def _filled_down(frame: pl.DataFrame, asked: TableMap) -> pl.DataFrame:
    names = [name.upper() for name in asked.fill_down]
    return frame.with_columns(pl.col(name).forward_fill() for name in names if name in frame)


def _grid(file: DeliveredFile, encoding: str) -> Sheet:
    """A text file as cells; the separator is the one that its first line has most of."""
    text = decoded(file.content, file.name, encoding)
    line = text[: text.find("\n")] if "\n" in text else text
    separator = max(",;\t|", key=line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        cells = {
            (row, column): cell.strip()
            for row, record in enumerate(reader, start=1)
            for column, cell in enumerate(record, start=1)
            if cell.strip()
        }
    except csv.Error as error:
        raise DataError(
            f"The file is cut, or its quotes do not match: {error}.",
            where=f"{file.name}, line {reader.line_num}",
            allowed="values with separators or line breaks in double quotes",
            do="export the file again",
        ) from error
    return Sheet(file.name, "", cells)


def row_numbers(table: TextTable) -> list[int]:
    """The row of each record, as a person finds it."""
    return table.frame[ROW].to_list()
