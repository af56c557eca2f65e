"""A sheet of a workbook as text cells with their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sheet:
    """The filled cells of one sheet.

    Attributes
    ----------
    file, name
        `trial.xlsx` and `Measurements`.
    cells
        Text by row and column, both from 1: numbers as the shortest decimal text (`12.5`), cells
        with a date format as ISO 8601, booleans TRUE or FALSE. Empty cells are not there.
    dates
        Places of cells that hold dates by their format, not by their text.
    """

    file: str
    name: str
    cells: Mapping[tuple[int, int], str]
    dates: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    def __str__(self) -> str:
        return f"{self.file}, sheet {self.name}"

    def cell(self, row: int, column: int) -> str:
        """`trial.xlsx, sheet Measurements, cell F7`."""
        return f"{self}, cell {letters(column)}{row}"


def letters(column: int) -> str:
    """Letters of a column as a spreadsheet shows them: 1 is A, 27 is AA."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
