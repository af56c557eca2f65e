"""A preview as lines to be read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from trialwright.intake.cells import quoted

if TYPE_CHECKING:
    from trialwright.intake.mapping.preview import (
        Preview,
        PreviewRecord,
        PreviewTable,
        PreviewValue,
    )


def preview_text(preview: Preview) -> str:
    """Tables with their first rows and records, then notes, then what is refused."""
    lines = [line for table in preview.tables for line in (*_table(table), "")]
    lines += [f"note: {note}" for note in preview.notes]
    lines += [f"refused: {one}" for one in preview.refused]
    lines.append(f"{len(preview.refused) or 'nothing'} refused, {len(preview.notes)} notes")
    return "\n".join(lines) + "\n"


def _table(table: PreviewTable) -> Iterator[str]:
    made = ", ".join(f"{count} {code}" for code, count in table.made) or "no record"
    rows = "1 row makes" if table.rows == 1 else f"{table.rows} rows make"
    yield f"{table.name}: {rows} {made}"
    read = [_heading(name, called) for name, called, is_read in table.headings if is_read]
    idle = [_heading(name, called) for name, called, is_read in table.headings if not is_read]
    yield f"  read: {', '.join(read) or 'nothing'}"
    if idle:
        yield f"  not read: {', '.join(idle)}"
    for row, cells in table.first:
        yield f"  row {row}: {' | '.join(cell or '' for cell in cells)}"
    for (rule, domain), records in groupby(
        sorted(table.records, key=lambda one: one.rule), key=lambda one: (one.rule, one.domain)
    ):
        yield f"  rule {rule} makes {domain}"
        for record in records:
            yield from _record(record, table.name)


def _heading(name: str, called: str) -> str:
    return name if name == called else f"{called} {name}"


def _record(record: PreviewRecord, table: str) -> Iterator[str]:
    known = ", the same record as before" if record.is_known else ""
    yield f"    of row {record.row}{known}:"
    said_of = [_said(one) for one in record.values]
    width = max(map(len, said_of), default=0)
    for one, said in zip(record.values, said_of, strict=True):
        if one.given is None:
            yield f"      {said}"
            continue
        where = one.where.removeprefix(f"{table}, ").removeprefix(f"row {record.row}, ")
        yield f"      {said.ljust(width)}  <- {where}: {quoted(one.given)}"


def _said(one: PreviewValue) -> str:
    if one.is_refused:
        return f"{one.variable} (refused)"
    return one.variable if one.value is None else f"{one.variable} {one.value}"
