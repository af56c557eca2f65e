"""Sequence numbers that single out each record of a subject, whatever the order of rows."""

from __future__ import annotations

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin

_SHOWN = 10


def numbered(frame: pl.DataFrame, code: str, origin: Origin) -> pl.DataFrame:
    """Add `SEQ`, the sequence number of each record of a domain, as an integer.

    Records without one are numbered behind the others of the subject, in the order of their
    content.

    Raises
    ------
    DataError
        When a number stands twice for one subject.
    """
    column = f"{code}SEQ"
    rows = frame.with_columns(SEQ=pl.col(column).cast(pl.Float64, strict=False).cast(pl.Int64))
    if rows["SEQ"].has_nulls():
        rows = rows.sort([name for name in frame.columns if name != ROW], nulls_last=True)
        highest = pl.col("SEQ").max().over("USUBJID").fill_null(0)
        place = pl.col("SEQ").is_null().cast(pl.Int64).cum_sum().over("USUBJID")
        rows = rows.with_columns(SEQ=pl.col("SEQ").fill_null(highest + place))
    doubled = rows.filter(pl.struct("USUBJID", "SEQ").is_duplicated()).sort(ROW)
    if doubled.height:
        shown = doubled.select(ROW, "SEQ").head(_SHOWN).iter_rows()
        raise DataError(
            f"{column} stands twice for one subject.",
            where="; ".join(f'{origin.cell(row, column)}: "{value}"' for row, value in shown),
            allowed="each sequence number once a subject",
            do="number the records of each subject",
        )
    return rows
