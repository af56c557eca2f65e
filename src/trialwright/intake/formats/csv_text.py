"""One CSV file as a table of text, or a refusal that names the place."""

from __future__ import annotations

import csv
import io

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.intake.cells import listed, quoted
from trialwright.intake.files import DeliveredFile
from trialwright.intake.places import Origin
from trialwright.intake.text_table import TextTable, text_table

_SAVE = 'save it as "CSV UTF-8 (comma delimited)" and read it again'


def read_csv(file: DeliveredFile) -> TextTable:
    """Read a CSV file without typing anything.

    `_ROW` is the number of the record as a spreadsheet shows it: the header is row 1, a line
    break inside quotes does not count, an empty line does.

    Raises
    ------
    DataError
        The file is empty, not UTF-8, cut inside quotes, has rows of another length than
        the header, or a column without name or twice.
    """
    name = file.name
    records = _records(_decoded(file.content, name), name)
    header = _header(records[0], name) if records else []
    if not any(header):
        raise DataError("The file is empty.", where=name, allowed="a header and records")
    _refuse_ragged(records, name)
    kept = [(row, record) for row, record in enumerate(records[1:], start=2) if record]
    columns = list(zip(*(record for _, record in kept), strict=True)) or [()] * len(header)
    named = (
        dict(zip(header, columns, strict=True))
        if "" not in header
        else _without_unnamed(header, columns, name)
    )
    return text_table(named, [row for row, _ in kept], Origin(name))


def _decoded(content: bytes, name: str) -> str:
    zero = content.find(b"\0")
    if zero >= 0:
        raise DataError(
            "The file is not text: it holds a zero byte.",
            where=f"{name}, byte {zero + 1}",
            allowed="CSV in UTF-8 (UTF-16 and workbooks are not CSV)",
            do=_SAVE,
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            "The file is not UTF-8, or mixes encodings.",
            where=f"{name}, line {line}, byte {error.start + 1}: 0x{content[error.start]:02X}",
            allowed="UTF-8, with or without byte order mark",
            do=_SAVE,
        ) from error


def _records(text: str, name: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise DataError(
            f"The file is cut, or its quotes do not match: {error}.",
            where=f"{name}, line {reader.line_num}",
            allowed='values with commas or line breaks in double quotes, inner quotes as ""',
            do="export the file again",
        ) from error


def _header(record: list[str], name: str) -> list[str]:
    header = [cell.strip().upper() for cell in record]
    doubled = sorted({cell for cell in header if cell and header.count(cell) > 1})
    if doubled:
        raise DataError(
            f"Columns stand twice: {', '.join(quoted(cell) for cell in doubled)}.",
            where=f"{name}, row 1",
            allowed="each column once (upper and lower case are the same)",
            do="remove or rename one of them",
        )
    if ROW in header:
        raise DataError(
            f"The column name {ROW} is reserved.", where=f"{name}, row 1", do="rename the column"
        )
    return header


def _refuse_ragged(records: list[list[str]], name: str) -> None:
    width = len(records[0])
    ragged = [
        f"{name}, row {row}: {len(record)} cells"
        for row, record in enumerate(records, start=1)
        if record and len(record) != width
    ]
    if ragged:
        raise DataError(
            "Rows have another number of cells than the header.",
            where=listed(ragged),
            allowed=f"{width} cells a row",
            do="put values with commas in double quotes, or export the file again",
        )


def _without_unnamed(
    header: list[str], columns: list[tuple[str, ...]], name: str
) -> dict[str, tuple[str, ...]]:
    """Leave out columns without name, as spreadsheets export them, if they hold nothing."""
    pairs = list(zip(header, columns, strict=True))
    filled = [
        at
        for at, (cell, values) in enumerate(pairs, start=1)
        if not cell and any(map(str.strip, values))
    ]
    if filled:
        raise DataError(
            "A column has values but no name.",
            where=f"{name}, row 1, column {filled[0]}",
            do="name the column, or remove it",
        )
    return {cell: values for cell, values in pairs if cell}
