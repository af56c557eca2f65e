"""A text file as cells: which separator it has, and rows that do not fit its headings."""

from __future__ import annotations

import csv
import io
import re

from trialwright.core.errors import DataError
from trialwright.intake.cells import listed, quoted
from trialwright.intake.mapping.model import TableMap
from trialwright.intake.workbook.sheet import Cells, Sheet

_SEPARATORS = ",;\t|"
_IN_QUOTES = re.compile(r'"[^"]*"')


def text_grid(name: str, text: str, asked: TableMap) -> Sheet:
    """The cells of a text file.

    Raises
    ------
    DataError
        The file is cut, its separator is uncertain, or rows are longer than the headings.
    """
    separator = asked.separator or _separator(name, text, asked.header[-1])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        records = list(reader)
    except csv.Error as error:
        raise DataError(
            f"The file is cut, or its quotes do not match: {error}.",
            where=f"{name}, line {reader.line_num}",
            allowed="values with separators or line breaks in double quotes",
            do="export the file again",
        ) from error
    _refuse_longer(name, records, asked)
    _refuse_cut(name, text, records, asked)
    cells = Cells()
    for row, record in enumerate(records, start=1):
        for column, cell in enumerate(record, start=1):
            if cell.strip():
                cells.put(row, column, cell)
    return Sheet(name, "", cells)


def _separator(name: str, text: str, header: int) -> str:
    """The sign that the row of the headings has most of, outside quotes."""
    lines = text.splitlines()
    line = _IN_QUOTES.sub("", lines[header - 1]) if len(lines) >= header else ""
    counts = {sign: line.count(sign) for sign in _SEPARATORS}
    most = max(counts.values())
    best = [sign for sign, count in counts.items() if count == most]
    if most and len(best) > 1:
        raise DataError(
            "The headings could be parted in several ways.",
            where=f"{name}, row {header}: {quoted(line)}",
            allowed="one separator: a comma, a semicolon, a tab or |",
            do='name it in the mapping (separator: ";")',
        )
    return best[0]


def _refuse_longer(name: str, records: list[list[str]], asked: TableMap) -> None:
    """Refuse cells beyond the last heading: a decimal comma between commas shifts a whole row."""
    width = _width(records, asked)
    longer = [
        f"{name}, row {row}: {len(record)} cells"
        for row, record in enumerate(records, start=1)
        if max(asked.header) < row <= (asked.last or row)
        and any(cell.strip() for cell in record[width:])
    ]
    if longer:
        raise DataError(
            "Rows have more cells than there are headings.",
            where=listed(longer),
            allowed=f"{width} cells a row",
            do="put values with separators in double quotes, name every column, or name the last "
            "row (last)",
        )


def _refuse_cut(name: str, text: str, records: list[list[str]], asked: TableMap) -> None:
    """Refuse a file that ends within its last row: what stands there may be half a number."""
    row, width = len(records), _width(records, asked)
    is_whole = text.endswith(("\n", "\r")) or row <= max(asked.header)
    if not is_whole and len(records[-1]) < width and row <= (asked.last or row):
        raise DataError(
            "The file ends within a row.",
            where=f"{name}, row {row}: {len(records[-1])} of {width} cells, and no end of the line",
            allowed="whole rows",
            do="export the file again; if nothing is missing, end the last line",
        )


def _width(records: list[list[str]], asked: TableMap) -> int:
    return max((len(one) for one in records[asked.header[0] - 1 : asked.header[-1]]), default=0)
