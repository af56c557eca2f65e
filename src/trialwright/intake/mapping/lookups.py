"""Values that stand in another table of the delivery."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from trialwright.core.tables import ROW
from trialwright.intake.mapping.model import Lookup
from trialwright.intake.text_table import TextTable

Keys = tuple[str | None, ...]


@dataclass(slots=True)
class Lookups:
    """The tables of a mapping that have an id, indexed as they are asked for."""

    tables: Dict[str, TextTable]
    _indexes: dict[tuple[str, ...], dict[Keys, list[tuple[str | None, int]]]] = field(
        default_factory=dict
    )

    def find(self, asked: Lookup, keys: Keys) -> tuple[str | None, int] | str:
        """The value and its row, or the reason why there is none to take."""
        shown = ", ".join(f"{name} {key}" for name, key in zip(asked.by, keys, strict=True))
        rows = self._index(asked).get(tuple(key and key.upper() for key in keys), [])
        values = {value for value, _ in rows}
        if not rows:
            return f"{asked.table} has no row with {shown}"
        if len(values) > 1:
            numbers = ", ".join(str(row) for _, row in rows)
            return f"{asked.table} says different things of {shown} (rows {numbers})"
        return rows[0]

    def _index(self, asked: Lookup) -> dict[Keys, list[tuple[str | None, int]]]:
        names = [name.upper() for name in asked.by]
        key = (asked.table, asked.column.upper(), *names)
        if key not in self._indexes:
            index: dict[Keys, list[tuple[str | None, int]]] = {}
            for record in self.tables[asked.table].frame.iter_rows(named=True):
                at = tuple(record[name] and record[name].upper() for name in names)
                index.setdefault(at, []).append((record[asked.column.upper()], record[ROW]))
            self._indexes[key] = index
        return self._indexes[key]
