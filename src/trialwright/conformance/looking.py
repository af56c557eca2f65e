"""Ways of looking that several checks share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from trialwright.conformance.model import NOT_RUN, DataTable, Fault, Looked
from trialwright.core.dates import parse_date
from trialwright.core.tables import ROW

#: Faults of one check and dataset that are listed; a file of another layout has one in every row.
MOST = 1_000


def number(column: str) -> pl.Expr:
    """A text column as numbers, null where it holds none."""
    return pl.col(column).cast(pl.Float64, strict=False)


def filled(table: DataTable, *columns: str) -> pl.DataFrame:
    """The records in which all these columns hold something."""
    return table.frame.filter(pl.all_horizontal(pl.col(columns).is_not_null()))


def where(rows: pl.DataFrame, wrong: pl.Expr, column: str) -> Looked:
    """Faults of one column in the records of `rows` for which `wrong` holds."""
    bad = rows.filter(wrong.fill_null(value=False)).select(ROW, column).head(MOST)
    return Looked(rows.height, [Fault(row, column, value) for row, value in bad.iter_rows()])


def together(parts: Iterable[Looked]) -> Looked:
    """What several columns of one dataset gave: the most records looked at, all faults."""
    found = list(parts)
    faults = [fault for one in found for fault in one.faults]
    return Looked(max((one.records for one in found), default=0), sorted_faults(faults))


def sorted_faults(faults: Iterable[Fault]) -> list[Fault]:
    """Faults in the order of the file."""
    return sorted(faults, key=lambda fault: (fault.row, fault.column, fault.said))[:MOST]


def by_value(table: DataTable, column: str, is_wrong: Sequence[str], said: str = "") -> Looked:
    """Records with a value that is in a list of wrong ones."""
    rows = filled(table, column)
    bad = rows.filter(pl.col(column).is_in(list(is_wrong))).select(ROW, column).head(MOST)
    return Looked(rows.height, [Fault(row, column, value, said) for row, value in bad.iter_rows()])


def first_and_last(texts: Iterable[str | None]) -> dict[str, tuple[int, int]]:
    """First and last day that each date of a column allows, for those that can be read."""
    found = {}
    for text in set(texts) - {None}:
        day = parse_date(text or "")
        if day is not None:
            found[text or ""] = (day.first_day, day.last_day)
    return found


def one_to_one(table: DataTable, left: str, right: str, within: Sequence[str] = ()) -> Looked:
    """Whether each value of one column goes with one value of the other, both ways."""
    if not table.has(left, right, *within):
        return NOT_RUN
    rows = filled(table, left, right)
    pairs = rows.group_by(*within, left, right).agg(pl.col(ROW).min())
    faults: dict[int, Fault] = {}
    for one, other in ((left, right), (right, left)):
        several = pairs.filter(pl.struct(*within, one).is_duplicated()).sort(ROW)
        for row, value, key in several.select(ROW, other, one).iter_rows():
            faults.setdefault(row, Fault(row, other, value, f"{one} {key} has several {other}"))
    return Looked(rows.height, sorted_faults(faults.values()))
