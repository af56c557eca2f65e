"""Which cells of a file break the form, and the message that lists them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from trialwright.core.dates import parse_date
from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin
from trialwright.vocabulary.sdtm import Domain

#: Problems of one kind that a message lists; the rest is counted.
SHOWN = 10
#: Years that can stand in the record of a living trial; others are typing errors.
_YEARS = range(1900, 2100)
#: What may stand behind a date: a time of the day, or its beginning, and a zone.
_TIME = re.compile(
    r"T(?:(?:[01][0-9]|2[0-3])(?::[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]+)?)?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?|T-:[0-5][0-9](?::[0-5][0-9])?"
)
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
_DATE_FORM = "ISO 8601 dates YYYY-MM-DD, YYYY-MM or YYYY of the calendar, from 1900 to 2099"
_NUMBER_FORM = "plain decimal numbers such as 12 or 12.5"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that breaks the form; `value` is `None` where it is empty."""

    row: int
    column: str
    value: str | None = None

    def words(self, origin: Origin) -> str:
        """`AE.csv, row 17, AESTDTC: "2024-13-01"`."""
        shown = "" if self.value is None else f": {quoted(self.value)}"
        return f"{origin.cell(self.row, self.column)}{shown}"


def quoted(value: str) -> str:
    """A value in quotes, without control characters and not longer than a line."""
    shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in value)
    return f'"{shown[:57]}..."' if len(shown) > 60 else f'"{shown}"'


def listed(items: Sequence[str]) -> str:
    """The first items, one a line, and how many more there are."""
    more = [f"and {len(items) - SHOWN} more"] if len(items) > SHOWN else []
    return "\n           ".join([*items[:SHOWN], *more])


def refuse_empty(domain: Domain, frame: pl.DataFrame, origin: Origin) -> None:
    """Refuse empty cells in columns that must be filled (R-143).

    Raises
    ------
    DataError
        With file, row and column of the first ten.
    """
    cells = [
        Cell(row, column.name)
        for column in domain.columns
        if column.filled
        for row in frame.filter(pl.col(column.name).is_null())[ROW]
    ]
    if cells:
        raise _error("Cells that must be filled are empty", cells, origin)


def refuse_malformed(domain: Domain, frame: pl.DataFrame, origin: Origin) -> None:
    """Refuse dates that are impossible or ambiguous and numbers that are text (R-143).

    Raises
    ------
    DataError
        With file, row, column, value and the accepted form; one kind of problem a message.
    """
    dates = _malformed(domain, frame, "date", is_date)
    if dates:
        raise _error("Dates cannot be read", dates, origin, _DATE_FORM)
    numbers = _malformed(domain, frame, "number", is_number)
    if numbers:
        raise _error("Numbers cannot be read", numbers, origin, _NUMBER_FORM)


def is_date(text: str) -> bool:
    """Whether a text is a complete or partial date that can belong to a trial."""
    found = parse_date(text)
    _, mark, time = text.partition("T")
    is_time = not mark or _TIME.fullmatch(mark + time) is not None
    return found is not None and found.year in _YEARS and is_time


def is_number(text: str) -> bool:
    """Whether a text is a decimal number in plain ASCII digits."""
    return _NUMBER.fullmatch(text) is not None


def _malformed(
    domain: Domain, frame: pl.DataFrame, kind: str, is_good: Callable[[str], bool]
) -> list[Cell]:
    found = []
    for column in domain.columns:
        if column.kind != kind or column.name not in frame.columns:
            continue
        values = frame[column.name].drop_nulls().unique()
        bad = [value for value in values if not is_good(value)]
        rows = frame.filter(pl.col(column.name).is_in(bad)) if bad else frame.clear()
        pairs = rows.select(ROW, column.name).iter_rows()
        found += [Cell(row, column.name, value) for row, value in pairs]
    return sorted(found, key=lambda cell: (cell.row, cell.column))


def _error(what: str, cells: Sequence[Cell], origin: Origin, allowed: str = "") -> DataError:
    count = f"{len(cells)} cell{'s' * (len(cells) > 1)}"
    return DataError(
        f"{what}: {count}.",
        where=listed([cell.words(origin) for cell in cells]),
        allowed=allowed,
        do="correct the file at its source and read it again",
    )
