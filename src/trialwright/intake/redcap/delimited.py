"""Delimited files of REDCap: any of its separators, headings in lower case as it writes them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.intake.files import DeliveredFile
from trialwright.intake.formats.csv_text import decoded, read_csv
from trialwright.intake.text_table import TextTable

_SEPARATORS = ",;\t|^"
#: A heading line of an export with thousands of fields is shorter than this.
_HEAD = 1_000_000


def first_record(file: DeliveredFile) -> tuple[str, ...]:
    """The headings of a file in upper case; none if it is no delimited text."""
    head = file.content[:_HEAD].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=_separator(head))
    try:
        return tuple(cell.strip().upper() for cell in next(reader, []))
    except csv.Error:
        return ()


def read_delimited(file: DeliveredFile, encoding: str) -> TextTable:
    """Read a file whatever its separator; a cell of several lines keeps its line breaks.

    Raises
    ------
    DataError
        As `read_csv`.
    """
    text = decoded(file.content, file.name, encoding)
    separator = _separator(text[:_HEAD])
    if separator != ",":
        file, encoding = replace(file, content=_with_commas(text, separator, file.name)), "utf-8"
    table = read_csv(file, encoding)
    headings = {name: name.lower() for name in table.frame.columns if name != ROW}
    return replace(table, headings=headings)


def _separator(text: str) -> str:
    line = text[: text.find("\n")] if "\n" in text else text
    return max(_SEPARATORS, key=line.count)


def _with_commas(text: str, separator: str, name: str) -> bytes:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    try:
        writer.writerows(reader)
    except csv.Error as error:
        raise DataError(
            f"The file is cut, or its quotes do not match: {error}.",
            where=f"{name}, line {reader.line_num}",
            allowed="values with separators or line breaks in double quotes",
            do="export the file again",
        ) from error
    return made.getvalue().encode()
