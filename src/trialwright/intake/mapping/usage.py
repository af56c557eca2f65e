"""What was used of each table, and what the receipt tells of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from trialwright.core.tables import ROW
from trialwright.intake.mapping.headed import Headed
from trialwright.intake.mapping.lookups import Lookups
from trialwright.intake.receipt import SetAside, TableRead

NO_RULE = "no rule of the mapping makes a record of it"
NO_VALUE = "cells that no rule of the mapping takes a value from"
NOT_ASKED = "no rule looks it up"
#: Reasons that are defects of the mapping or the table, and no decision of the mapping.
UNSAID = frozenset({NO_RULE, NO_VALUE, NOT_ASKED})

#: A cell: its row, and what its column is called.
Cell = tuple[int, str]


@dataclass(slots=True)
class TableUse:
    """What the rules of one entry of the mapping used of their table.

    Attributes
    ----------
    headed
        The table.
    made
        Records by domain.
    skipped
        Rows by the reason that the mapping gives.
    used
        Rows of which there is a record.
    taken
        Cells that became a value.
    loose
        Filled cells of columns that the rules speak of, in used rows, that became none.
    """

    headed: Headed
    made: Counter[str] = field(default_factory=Counter)
    skipped: dict[str, list[int]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    taken: set[Cell] = field(default_factory=set)
    loose: list[Cell] = field(default_factory=list)


def table_reads(uses: Sequence[TableUse], lookups: Lookups) -> list[TableRead]:
    """The lines of the receipt; what one entry leaves another, or a lookup, may take."""
    elsewhere: dict[str, set[Cell]] = {}
    for use in uses:
        name = str(use.headed.table.origin)
        asked = lookups.asked.get(use.headed.asked.id or "", set())
        elsewhere.setdefault(name, set()).update(asked, use.taken)
    return [_read(use, elsewhere[str(use.headed.table.origin)]) for use in uses]


def _read(use: TableUse, elsewhere: set[Cell]) -> TableRead:
    table, asked = use.headed.table, use.headed.asked
    name = str(table.origin)
    there = {row for row, _ in elsewhere}
    skipped = {row for rows in use.skipped.values() for row in rows}
    rows = [row for row in table.frame[ROW].to_list() if row not in skipped]
    used = use.used | {row for row in rows if row in there}
    idle = [row for row in rows if row not in used]
    reason = NO_RULE if asked.make else NOT_ASKED
    told = [
        (f"{name}, {_rows(found, table.unit)}", why, found) for why, found in use.skipped.items()
    ]
    if idle and (asked.make or asked.id):
        told.append((f"{name}, {_rows(idle, table.unit)}", reason, idle))
    loose: dict[str, list[int]] = {}
    for row, column in use.loose:
        if (row, column) not in elsewhere:
            loose.setdefault(column, []).append(row)
    told += [
        (f"{name}, column {column}, {_rows(found, table.unit)}", NO_VALUE, found)
        for column, found in loose.items()
    ]
    return TableRead(
        name=name, rows=table.frame.height, used=len(used),
        made=tuple((code, count) for code, count in sorted(use.made.items()) if count),
        aside=tuple(SetAside(where=at, why=why, count=len(found)) for at, why, found in told),
    )  # fmt: skip


def _rows(numbers: Sequence[int], unit: str) -> str:
    shown = ", ".join(map(str, numbers[:20]))
    more = f" and {len(numbers) - 20} more" if len(numbers) > 20 else ""
    return f"{unit}{'s' * (len(numbers) > 1)} {shown}{more}"
