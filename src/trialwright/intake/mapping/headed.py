"""Cells under their headings: what a column is called, and what is not read of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin
from trialwright.intake.mapping.model import TableMap
from trialwright.intake.text_table import TextTable, text_table
from trialwright.intake.workbook.sheet import Sheet, letters


@dataclass(frozen=True, slots=True)
class Headed:
    """A table under its headings.

    Attributes
    ----------
    table
        Columns under their headings in upper case.
    doubled
        For a heading that stands several times, what its columns are called.
    notes
        What was not read of the table, or taken from the cell above.
    asked
        What the mapping says of it.
    """

    table: TextTable
    doubled: Dict[str, tuple[str, ...]]
    notes: tuple[str, ...]
    asked: TableMap


def under_headings(sheet: Sheet, asked: TableMap, *, is_sheet: bool) -> Headed:
    """The cells below the row of the headings, in upper case.

    A heading that stands several times gets a number, `DATE (1)`; a column with values and without
    heading is called by its letters, `(COLUMN D)`.

    Raises
    ------
    DataError
        The row of the headings is empty.
    """
    first, last = max(asked.header) + 1, asked.last
    said = _headings(sheet, asked.header)
    name = str(sheet) if is_sheet else sheet.file
    if not said:
        raise DataError(
            "The row of the headings is empty.",
            where=f"{name}, row {asked.header[-1]}",
            do="name the row of the headings in the mapping (header)",
        )
    filled: dict[int, set[int]] = {}
    for row, column in sheet.cells:
        filled.setdefault(row, set()).add(column)
    rows = sorted(row for row in filled if row >= first and (last is None or row <= last))
    used = {column for row in rows for column in filled[row]}
    names, doubled = _unique(said | {at: f"(COLUMN {letters(at)})" for at in used - set(said)})
    columns = {called: [sheet.cells.get((row, at)) for row in rows] for at, called in names.items()}
    table = text_table(columns, rows, Origin(name))
    frame, told = filled_down(table.frame, asked, name)
    told += [
        f"{name}, {one}: blanks around {len(at)} cell{'s' * (len(at) > 1)} left out."
        for one, at in table.padded.items()
    ]
    notes = (*_left_out(sorted(filled), asked, name), *told)
    shown = {called: letters(at) for at, called in names.items()} if is_sheet else {}
    return Headed(TextTable(frame, Origin(name), {}, shown, is_sheet), doubled, notes, asked)


def _headings(sheet: Sheet, header: Sequence[int]) -> dict[int, str]:
    """Heading by column; the upper of several rows hold on to the right, as merged cells do."""
    last = max((column for row, column in sheet.cells if row in header), default=0)
    parts: dict[int, list[str]] = {at: [] for at in range(1, last + 1)}
    for depth, row in enumerate(header, start=1):
        held = ""
        for at in range(1, last + 1):
            said = " ".join(sheet.cells.get((row, at), "").split())
            held = said or (held if depth < len(header) else "")
            if held:
                parts[at].append(held.upper())
    return {at: " / ".join(said) for at, said in parts.items() if said}


def _unique(said: Dict[int, str]) -> tuple[dict[int, str], dict[str, tuple[str, ...]]]:
    """Each column under a name of its own, and the names of those that share a heading."""
    counts = Counter([*said.values(), ROW])
    taken = {name for name, count in counts.items() if count == 1}
    names: dict[int, str] = {}
    doubled: dict[str, list[str]] = {}
    for at, name in sorted(said.items()):
        if counts[name] == 1:
            names[at] = name
            continue
        number = len(doubled.setdefault(name, [])) + 1
        while f"{name} ({number})" in taken:
            number += 1
        names[at] = f"{name} ({number})"
        taken.add(names[at])
        doubled[name].append(names[at])
    return names, {name: tuple(found) for name, found in doubled.items()}


def _left_out(rows: Sequence[int], asked: TableMap, name: str) -> list[str]:
    """Notes on filled rows above the headings and below the last row."""
    above = [row for row in rows if row < min(asked.header)]
    below = [row for row in rows if asked.last is not None and row > asked.last]
    found = []
    if above:
        found.append(f"{name}: {_rows(above)} above the headings not read.")
    if below:
        found.append(f"{name}: {_rows(below)} below the last row of the mapping not read.")
    return found


def _rows(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    return f"{len(numbers)} rows from {numbers[0]} to {numbers[-1]}"


def filled_down(frame: pl.DataFrame, asked: TableMap, name: str) -> tuple[pl.DataFrame, list[str]]:
    """The table with what its empty cells mean, and notes that say so.

    A value ends where that of a column named before it changes: the method of one patient is not
    that of the next.
    """
    names = [one.upper() for one in asked.fill_down if one.upper() in frame.columns]
    after = frame
    begins = pl.lit(value=False)
    for one in names:
        block = begins.cum_sum()
        after = after.with_columns(pl.col(one).forward_fill().over(block))
        begins = begins | pl.col(one).ne_missing(pl.col(one).shift(1))
    told = []
    for one in names:
        count = frame[one].null_count() - after[one].null_count()
        if count:
            cells = f"{count} empty cell{'s' * (count > 1)}"
            told.append(f"{name}, {one}: {cells} taken as the cell above (fill_down).")
    return after, told
