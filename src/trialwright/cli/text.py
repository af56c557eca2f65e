"""Tables and JSON as text for a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trialwright.core.terminal import visible

if TYPE_CHECKING:
    from trialwright.core.display import Table


def json_text(value: object, indent: int | None = None) -> str:
    """Compact or indented JSON, one object a line when compact."""
    return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)


def table_text(table: Table, banner: str = "") -> str:
    """A table with aligned columns, title above, notes below, `banner` on its own line."""
    rows = [*([table.columns] if table.columns else []), *table.rows]
    width = max((len(row) for row in rows), default=0)
    padded = [(*row, *([""] * (width - len(row)))) for row in rows]
    sizes = [max(len(row[i]) for row in padded) for i in range(width)]
    levels = [0] * (len(rows) - len(table.rows)) + list(table.levels or [0] * len(table.rows))
    sizes[:1] = [max((len(r[0]) + 2 * n for r, n in zip(padded, levels, strict=True)), default=0)]
    lines = [
        "  ".join(
            cell.ljust(size)
            for cell, size in zip(("  " * level + row[0], *row[1:]), sizes, strict=True)
        ).rstrip()
        for row, level in zip(padded, levels, strict=True)
        if row
    ]
    head = f"{table.number}  {table.title}".strip()
    notes = [f"  {note}" for note in (*table.footnotes, *([banner] if banner else []))]
    return visible("\n".join([head, *lines, *notes, ""]))
