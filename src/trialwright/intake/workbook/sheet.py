"""A sheet of a workbook as text cells with their addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeAlias

#: First row and column, last row and column of merged cells.
Area: TypeAlias = tuple[int, int, int, int]


@dataclass(slots=True)
class Cells(Mapping[tuple[int, int], str]):
    """Text by row and column, kept row by row: a sheet with few cells takes little memory.

    Attributes
    ----------
    rows
        Text by column, by row; both from 1. Rows and columns are in the order of the file.
    """

    rows: dict[int, dict[int, str]] = field(default_factory=dict)

    def put(self, row: int, column: int, text: str) -> None:
        """Fill a cell."""
        self.rows.setdefault(row, {})[column] = text

    def __getitem__(self, place: tuple[int, int]) -> str:
        """The text of a cell; `KeyError` for an empty one."""
        return self.rows[place[0]][place[1]]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """The places of the filled cells."""
        return ((row, column) for row, cells in self.rows.items() for column in cells)

    def __len__(self) -> int:
        """Number of filled cells."""
        return sum(map(len, self.rows.values()))


@dataclass(slots=True)
class Places(AbstractSet[tuple[int, int]]):
    """Places of cells, row by row as in `Cells`."""

    rows: dict[int, set[int]] = field(default_factory=dict)

    def put(self, row: int, column: int) -> None:
        """Add a place."""
        self.rows.setdefault(row, set()).add(column)

    def __contains__(self, place: object) -> bool:
        """Whether a place, row and column, is one of these."""
        return isinstance(place, tuple) and place[1] in self.rows.get(place[0], ())

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """The places in order."""
        return ((row, column) for row in sorted(self.rows) for column in sorted(self.rows[row]))

    def __len__(self) -> int:
        """Number of places."""
        return sum(map(len, self.rows.values()))


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
    formulas
        Places of cells whose text is the result that the workbook kept of a formula.
    merged
        Areas of merged cells; only the first cell of each has a text.
    """

    file: str
    name: str
    cells: Mapping[tuple[int, int], str]
    dates: AbstractSet[tuple[int, int]] = field(default_factory=frozenset)
    formulas: AbstractSet[tuple[int, int]] = field(default_factory=frozenset)
    merged: tuple[Area, ...] = ()

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
