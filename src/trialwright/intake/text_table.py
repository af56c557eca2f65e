"""A table as text: columns under upper-case names, each record with its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from trialwright.core.tables import ROW, Origin


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table whose values are text and nothing else.

    Attributes
    ----------
    frame
        Columns of text under upper-case names, without outer blanks, null for empty; then `_ROW`.
    origin
        Where it comes from, for messages.
    padded
        Rows with outer blanks by column, for columns that have any.
    headings
        What a person calls a column where that is not its name: the letters of a sheet's column.
    is_sheet
        Whether `headings` are letters.
    unit
        What `_ROW` counts: rows, or lines of a file without rows.
    """

    frame: pl.DataFrame
    origin: Origin
    padded: Mapping[str, Sequence[int]] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    is_sheet: bool = False
    unit: str = "row"

    def heading(self, column: str) -> str:
        """What a person calls a column."""
        return self.headings.get(column, column)


def text_table(
    columns: Mapping[str, Sequence[str | None] | pl.Series], rows: Sequence[int], origin: Origin
) -> TextTable:
    """Make a table of text: outer blanks are left out, what is then empty is null.

    Parameters
    ----------
    columns
        Values by name, each of the length of `rows`.
    rows
        Number of each record as a spreadsheet shows it.
    origin
        Where the table comes from.
    """
    raw = pl.DataFrame(dict(columns), schema=dict.fromkeys(columns, pl.String))
    stripped = raw.select(pl.all().str.strip_chars())
    numbers = pl.Series(ROW, rows, dtype=pl.Int64)
    padded = {
        name: numbers.filter(raw[name] != stripped[name]).to_list()
        for name in columns
        if (raw[name] != stripped[name]).any()
    }
    frame = stripped.select(pl.when(pl.all() != "").then(pl.all())).with_columns(numbers)
    return TextTable(frame, origin, padded)
