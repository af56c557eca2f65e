"""Reading numbers out of the tables of the report, as they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import polars as pl

from trialwright.core.display import Table
from trialwright.core.results import Result, tables_of
from trialwright.core.tables import Adam
from trialwright.exchange.registry_results.cited import (
    HEADER,
    POPULATION,
    Cell,
    Cited,
    Count,
    Share,
    Source,
)
from trialwright.exchange.registry_results.numbers import NA, share_text

#: Numbers of a cell: "9 (30) [14.7 to 49.4]" has four, "5.6 (3.4, NE)" three.
_NUMBER = re.compile(r"\bNE\b|<?-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_SIZE = re.compile(r"N = (\d+)")
_NOT_ESTIMABLE = "NE"


class TableReader:
    """Reads numbers out of printed tables."""

    def __init__(self, results: Mapping[str, Result], adam: Adam) -> None:
        self.results = results
        self.adam = adam
        self.tables: dict[str, tuple[Table, ...]] = {}

    def compared(self, cited: Cited) -> tuple[str, str, bool]:
        """Where the number stands, what stands there, and whether it is the same."""
        found = [self.read(one) for one in cited.sources]
        words = " + ".join(name for name, _ in found) or "nobody in any row"
        if isinstance(cited.value, str) and " " in cited.value:
            numbers = [number for _, number in found]
            return words, " ".join(numbers), _NUMBER.findall(cited.value) == numbers
        shown = found[0][1] if len(found) == 1 else str(_total(number for _, number in found))
        same = {NA: _NOT_ESTIMABLE}.get(str(cited.value), str(cited.value)) == shown
        return words, shown, same

    def read(self, source: Source) -> tuple[str, str]:
        """Words for a source and its number as text; "" where the table has none."""
        if isinstance(source, Share):
            (words, count), (_, subjects) = self.read(source.count), self.read(source.subjects)
            known = count.isdigit() and subjects.isdigit()
            shown = share_text(int(count), int(subjects)) if known else ""
            return f"{words}, of N in percent", shown
        if isinstance(source, Count):
            wanted = self.adam[source.dataset]
            if source.dataset != "ADSL":
                wanted = _with_subjects(wanted, self.adam["ADSL"])
            rows = wanted.filter(source.where).select(source.distinct)
            return f"{source.dataset}: {source.words}", str(rows.unique().height)
        for table in self._tables(source.key):
            if table.number == source.number and (number := number_in(table, source)) is not None:
                return f"{source.number} {source.key}: {_words(source)}", number
        return f"{source.number} {source.key}: {_words(source)} (not found)", ""

    def _tables(self, key: str) -> tuple[Table, ...]:
        if key not in self.tables:
            result = self.results.get(key)
            self.tables[key] = tables_of(result) if result is not None else ()
        return self.tables[key]


def _total(numbers: Iterator[str]) -> int | str:
    kept = list(numbers)
    return sum(map(int, kept)) if all(one.isdigit() for one in kept) else " + ".join(kept)


def _words(cell: Cell) -> str:
    return f"{cell.under}, {cell.row}" if cell.under else cell.row


def _with_subjects(events: pl.DataFrame, adsl: pl.DataFrame) -> pl.DataFrame:
    """Records with the sets of their subjects, and what tells terms and episodes apart."""
    people = adsl.select("USUBJID", "SAFFL", "ENRLFL", "COHORT")
    return events.join(people, on="USUBJID", how="inner").with_columns(
        PT=pl.coalesce("AEDECOD", "AETERM").str.strip_chars().str.to_uppercase(),
        EVENT=pl.coalesce("AEPISN", -pl.col("AESEQ")),
    )


def number_in(table: Table, cell: Cell) -> str | None:
    """The number as it is printed, `None` when the row is not in this table."""
    if cell.row == POPULATION:
        return _size(table.population)
    if cell.row == HEADER:
        return _size(table.columns[cell.column])
    row = _row(table, cell)
    if row is None or len(row) <= cell.column:
        return None
    numbers = _NUMBER.findall(row[cell.column])
    return numbers[cell.at] if cell.at < len(numbers) else _NOT_ESTIMABLE


def _size(text: str) -> str | None:
    found = _SIZE.findall(text)
    return found[-1] if found else None


def _row(table: Table, cell: Cell) -> tuple[str, ...] | None:
    """The row of that name: anywhere, or below the row of level 0 that it stands under."""
    levels = table.levels or (0,) * len(table.rows)
    above = ""
    for row, level in zip(table.rows, levels, strict=True):
        if level == 0:
            above = row[0]
        if row and row[0] == cell.row and cell.under in {"", above}:
            return row
    return None
