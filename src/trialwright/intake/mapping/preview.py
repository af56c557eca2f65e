"""What a mapping makes of the first rows of a delivery, with everything that is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialwright.core.errors import DataError
from trialwright.core.results import Json
from trialwright.core.tables import ROW
from trialwright.intake.assemble import assemble
from trialwright.intake.captured import read_captured
from trialwright.intake.files import DeliveredFile
from trialwright.intake.forms import Captured
from trialwright.intake.mapping.checks import Checked, check_headings
from trialwright.intake.mapping.delivery import There, tables_there, with_captured
from trialwright.intake.mapping.engine import Applied, Traced, apply_mapping
from trialwright.intake.mapping.headed import Headed
from trialwright.intake.mapping.model import Mapping
from trialwright.intake.mapping.preview_text import preview_text
from trialwright.intake.mapping.tables import Readable, chosen, headed


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewValue:
    """A value of a record.

    Attributes
    ----------
    variable, value
        Of the record.
    where, given
        The cell it comes from and what stands there; empty for a constant and for an empty cell.
    is_refused
        Whether the cell does not hold what the mapping says.
    """

    variable: str
    value: str | None
    where: str
    given: str | None
    is_refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRecord:
    """A record that a rule makes of a row; `is_known` if an earlier row made it already."""

    rule: int
    domain: str
    row: int
    is_known: bool
    values: tuple[PreviewValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTable:
    """A table of the mapping.

    Attributes
    ----------
    name, rows
        What messages call it, and how many rows it has.
    headings
        Heading by name or letters of the column, and whether the mapping reads it.
    first
        The first rows: number, and the cells in the order of the headings.
    records
        What the rules make of these rows.
    made
        Records by domain of all rows.
    """

    name: str
    rows: int
    headings: tuple[tuple[str, str, bool], ...]
    first: tuple[tuple[int, tuple[str | None, ...]], ...]
    records: tuple[PreviewRecord, ...]
    made: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a mapping makes of a delivery: tables, what is refused, and notes."""

    tables: tuple[PreviewTable, ...]
    refused: tuple[str, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """Give the preview as plain data."""
        return {
            "tables": [_table_json(one) for one in self.tables],
            "refused": list(self.refused),
            "notes": list(self.notes),
        }

    def text(self) -> str:
        """The preview as lines to be read."""
        return preview_text(self)


def preview_mapping(mapping: Mapping, files: Sequence[DeliveredFile], rows: int = 5) -> Preview:
    """Apply a mapping and show what it does, instead of ending at what it refuses.

    Parameters
    ----------
    mapping
        Which column is what.
    files
        The files with the data.
    rows
        Rows of each table that are shown; all rows are read.
    """
    refused: list[str] = []
    there = _there(mapping, files, refused)
    found: list[tuple[Readable, Headed]] = []
    for one in mapping.tables:
        try:
            readable = chosen(one, there.tables, there.others)
            found.append((readable, headed(readable, one)))
        except DataError as error:
            refused.append(_words(error))
    unread = there.unread([readable for readable, _ in found])
    checked = check_headings([one for _, one in found])
    refused += checked.problems
    applied = Applied()
    if not checked.problems:
        applied = apply_mapping(mapping, checked.tables, checked.read, rows)
        refused += applied.refusals()
    if not refused:
        _assembled(mapping, applied, there, refused)
    return Preview(
        tables=_tables(checked, applied, rows),
        refused=tuple(refused),
        notes=(*unread, *checked.notes, *applied.notes),
    )


def _there(mapping: Mapping, files: Sequence[DeliveredFile], refused: list[str]) -> There:
    """The tables that can be read; a file that cannot is no end."""
    tables: list[Readable] = []
    others: list[str] = []
    notes: list[str] = []
    captured = Captured((), (), tuple(files))
    try:
        captured = read_captured(files, mapping.encoding, mapping.missing_codes)
    except DataError as error:
        refused.append(_words(error))
    for file in captured.others:
        try:
            found = tables_there(mapping, [file])
        except DataError as error:
            refused.append(_words(error))
            continue
        tables += found.tables
        others += found.others
        notes += found.notes
    return with_captured(captured, There(tuple(tables), tuple(others), tuple(notes)))


def _assembled(mapping: Mapping, applied: Applied, there: There, refused: list[str]) -> None:
    """Whether the records make a trial: keys, dates and cells that must be filled."""
    try:
        assemble(applied.gathered(mapping.study or "PREVIEW", there.source).tables())
    except DataError as error:
        refused.append(_words(error))


def _words(error: DataError) -> str:
    return f"{error.what} {error.where}"


def _tables(checked: Checked, applied: Applied, rows: int) -> tuple[PreviewTable, ...]:
    made = [one.made for one in applied.tables] or [()] * len(checked.tables)
    return tuple(
        _table(headed, read, (rows, counts), [one for one in applied.traced if one.table == at])
        for at, (headed, read, counts) in enumerate(
            zip(checked.tables, checked.read, made, strict=True)
        )
    )


def _table(
    headed: Headed, read: set[str], asked: tuple[int, tuple[tuple[str, int], ...]],
    traced: Sequence[Traced],
) -> PreviewTable:  # fmt: skip
    table = headed.table
    names = [name for name in table.frame.columns if name != ROW]
    first = table.frame.head(asked[0])
    return PreviewTable(
        name=str(table.origin),
        rows=table.frame.height,
        headings=tuple((name, table.heading(name), name in read) for name in names),
        first=tuple(
            (row, cells)
            for row, cells in zip(first[ROW], first.select(names).iter_rows(), strict=True)
        ),
        records=tuple(map(_record, traced)),
        made=asked[1],
    )


def _record(traced: Traced) -> PreviewRecord:
    sources = traced.result.sources
    return PreviewRecord(
        rule=traced.rule, domain=traced.domain, row=traced.row, is_known=traced.is_known,
        values=tuple(
            PreviewValue(
                variable=variable, value=value,
                where=sources[variable].where if variable in sources else "",
                given=sources[variable].given if variable in sources else None,
                is_refused=variable in traced.result.refused,
            )
            for variable, value in traced.result.record.items()
        ),
    )  # fmt: skip


def _table_json(table: PreviewTable) -> dict[str, Json]:
    return {
        "name": table.name,
        "rows": table.rows,
        "headings": [
            {"heading": name, "column": called, "read": read}
            for name, called, read in table.headings
        ],
        "first": [{"row": row, "cells": list(cells)} for row, cells in table.first],
        "made": dict(table.made),
        "records": [
            {
                "rule": one.rule, "domain": one.domain, "row": one.row, "known": one.is_known,
                "values": [
                    {
                        "variable": v.variable, "value": v.value, "where": v.where,
                        "given": v.given, "refused": v.is_refused,
                    }
                    for v in one.values
                ],
            }
            for one in table.records
        ],
    }  # fmt: skip
