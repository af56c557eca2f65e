"""Names of tables and their cells, as messages print them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trialwright.core.tables import Place


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a table comes from.

    Attributes
    ----------
    name
        `TR.csv`, or `trial.xlsx` where several sheets make one domain.
    places
        By `_ROW`, the place of each record; empty where the table is the file itself.
    """

    name: str
    places: Mapping[int, Place] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def cell(self, row: int, column: str) -> str:
        """`AE.csv, row 17, AESTDTC`, or the cell of the sheet that the record was made from."""
        place = self.places.get(row)
        return f"{self.name}, row {row}, {column}" if place is None else place.cell(column)

    def row(self, row: int) -> str:
        """`AE.csv, row 17`, or the row of the sheet that the record was made from."""
        place = self.places.get(row)
        return f"{self.name}, row {row}" if place is None else f"{place.table}, row {place.row}"
