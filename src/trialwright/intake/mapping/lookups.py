"""Values that stand in another table of the delivery."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from trialwright.core.tables import ROW
from trialwright.intake.mapping.model import Lookup
from trialwright.intake.mapping.words import folded
from trialwright.intake.text_table import TextTable

Keys = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A value of another table: its text, its row, and the heading it stands under."""

    text: str | None
    table: TextTable
    row: int
    heading: str


@dataclass(slots=True)
class Lookups:
    """The tables of a mapping that have an id, indexed as they are asked for.

    Attributes
    ----------
    tables
        By id.
    asked
        Cells from which a value was taken, by id: row, and what the column is called.
    """

    tables: Dict[str, TextTable]
    asked: dict[str, set[tuple[int, str]]] = field(default_factory=dict)
    _indexes: dict[tuple[str, ...], dict[Keys, list[tuple[str | None, int]]]] = field(
        default_factory=dict
    )

    def find(self, asked: Lookup, heading: str, keys: Keys) -> Found | str:
        """The value and its place, or the reason why there is none to take.

        An empty cell that is found is an empty value; an empty cell to look up with is a reason.
        """
        shown = ", ".join(
            f"{name} {key or '(empty)'}" for name, key in zip(asked.by, keys, strict=True)
        )
        if None in keys:
            return f"nothing to look up in {asked.table} with {shown}"
        index = self._index(asked, heading)
        rows = index.get(tuple(folded(key or "") for key in keys), [])
        if not rows:
            return f"{asked.table} has no row with {shown}"
        if len({value for value, _ in rows}) > 1:
            numbers = ", ".join(str(row) for _, row in rows[:10])
            return f"{asked.table} says different things of {shown} (rows {numbers})"
        called = self.tables[asked.table].heading(heading)
        self.asked.setdefault(asked.table, set()).update((row, called) for _, row in rows)
        return Found(rows[0][0], self.tables[asked.table], rows[0][1], heading)

    def _index(self, asked: Lookup, heading: str) -> dict[Keys, list[tuple[str | None, int]]]:
        names = [name.upper() for name in asked.by]
        key = (asked.table, heading, *names)
        if key not in self._indexes:
            index: dict[Keys, list[tuple[str | None, int]]] = {}
            for record in self.tables[asked.table].frame.iter_rows(named=True):
                at = tuple(folded(record[name]) if record[name] else None for name in names)
                index.setdefault(at, []).append((record[heading], record[ROW]))
            self._indexes[key] = index
        return self._indexes[key]
