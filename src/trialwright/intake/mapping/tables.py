"""The tables that a mapping speaks of: sheets, text files, datasets, with their headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from trialwright.core.errors import DataError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.formats import is_table, read_tables
from trialwright.intake.formats.csv_text import decoded
from trialwright.intake.mapping.headed import Headed, filled_down, under_headings
from trialwright.intake.mapping.model import TableMap
from trialwright.intake.mapping.text_grid import text_grid
from trialwright.intake.mapping.words import fits
from trialwright.intake.text_table import TextTable
from trialwright.intake.workbook.grid import read_sheets, sheet_names

_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
#: Data capture systems that a mapping names in the place of a file, and what makes one of them.
_SYSTEMS = {
    "redcap": ("REDCap project", "the data dictionary as REDCap downloads it, and the export"),
    "odm": ("ODM snapshot", "one XML file of ODM 1.3"),
}
_TEXTS = frozenset({".csv", ".tsv", ".txt"})


@dataclass(frozen=True, slots=True)
class Readable:
    """A table of a delivery before its headings are known.

    Attributes
    ----------
    file, sheet
        Name of the file, and of the sheet, dataset or form in it; empty for a text file.
    content
        A workbook whose sheet is read when it is asked for, a table whose headings are part of its
        format, or the text of a file whose separator the row of the headings shows.
    """

    file: str
    sheet: str
    content: DeliveredFile | TextTable | str

    def __str__(self) -> str:
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file


def readables(file: DeliveredFile, encoding: str) -> list[Readable]:
    """Every table of a file; none if it is of another kind.

    Raises
    ------
    DataError
        As the reader of each format.
    """
    name = PurePath(file.name).name
    if file.suffix in _WORKBOOKS:
        return [Readable(name, sheet, file) for sheet in sheet_names(file)]
    if file.suffix in _TEXTS:
        return [Readable(name, "", decoded(file.content, file.name, encoding))]
    if is_table(file):
        return [Readable(name, key, table) for key, table in read_tables(file, encoding).items()]
    return []


def chosen(asked: TableMap, there: Sequence[Readable], others: Sequence[str]) -> Readable:
    """The one table that a mapping names.

    Parameters
    ----------
    asked
        File and sheet.
    there, others
        The tables of the files that the mapping names, and the other files.

    Raises
    ------
    DataError
        There is none, or more than one.
    """
    found = [
        one
        for one in there
        if fits(asked.file, one.file)
        and (asked.sheet is None or one.sheet.strip().lower() == asked.sheet.strip().lower())
    ]
    if len(found) == 1:
        return found[0]
    wanted = f"{asked.file}{f', sheet {asked.sheet}' if asked.sheet else ''}"
    unread = [name for name in others if fits(asked.file, name)]
    if not found and unread:
        raise DataError(
            "The mapping names a file of a kind that is not read.",
            where=", ".join(unread),
            allowed="xlsx, csv, tsv, txt, xpt, parquet, Dataset-JSON",
            do="save the table in one of these forms",
        )
    system = _SYSTEMS.get(asked.file.strip().lower())
    if not found and system and not any(one.file == asked.file for one in there):
        raise DataError(
            f"There is no {system[0]} in the delivery.",
            where=f"the mapping: {wanted}",
            allowed=system[1],
            do=f"put it beside the other files; there are {', '.join(others) or 'none'}",
        )
    names = "; ".join([*map(str, found or there), *([] if found else others)]) or "no file at all"
    raise DataError(
        f"The delivery has {len(found) or 'no'} tables that the mapping could mean.",
        where=f"the mapping: {wanted}",
        allowed=f"one of {names}",
        do="name file and sheet in the mapping so that one table fits",
    )


def headed(readable: Readable, asked: TableMap) -> Headed:
    """The table under its headings, in upper case.

    Raises
    ------
    DataError
        The row of the headings is empty; a text file is cut, has no certain separator, or has
        rows longer than the headings.
    """
    content = readable.content
    if isinstance(content, TextTable):
        return _with_own_headings(content, asked)
    if isinstance(content, str):
        return under_headings(text_grid(readable.file, content, asked), asked, is_sheet=False)
    sheet = read_sheets(content, {readable.sheet}, keep_errors=True)[0]
    return under_headings(sheet, asked, is_sheet=True)


def _with_own_headings(table: TextTable, asked: TableMap) -> Headed:
    """A dataset, whose headings are part of its format.

    Raises
    ------
    DataError
        The mapping speaks of rows of headings.
    """
    if asked.header != (1,) or asked.last is not None or asked.separator is not None:
        raise DataError(
            "The headings of a dataset are part of its format.",
            where=str(table.origin),
            allowed="header, last and separator for sheets and text files only",
            do="take them out of the mapping",
        )
    frame, told = filled_down(table.frame, asked, str(table.origin))
    return Headed(replace(table, frame=frame), {}, tuple(told), asked)
