"""Coded values of adverse events: what each may say, and the refusal of everything else (R-143)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin

_SHOWN = 10
#: CTCAE grades; an empty cell is an unknown grade (A-07).
GRADES: Mapping[str, str] = {
    **{str(grade): str(grade) for grade in range(1, 6)},
    **{f"GRADE {grade}": str(grade) for grade in range(1, 6)},
}
YES_NO: Mapping[str, str] = {"Y": "Y", "YES": "Y", "N": "N", "NO": "N"}


def decoded(
    events: pl.DataFrame, column: str, codes: Mapping[str, str | None], origin: Origin
) -> pl.Series:
    """The meaning of each value of a column, null where it is empty or says nothing.

    Parameters
    ----------
    events
        The frame of a domain with `_ROW`.
    column
        Column of text; a column that is not there is empty.
    codes
        Meaning by value in upper case without outer blanks; `None` for "unknown".
    origin
        Of the records, for the message.

    Raises
    ------
    DataError
        For values that are not listed, with their rows.
    """
    if column not in events.columns:
        return pl.Series(column, [None] * events.height, dtype=pl.String)
    text = events[column].str.strip_chars().str.to_uppercase()
    text = text.set(text == "", None) if text.len() else text
    foreign = events.filter(text.is_not_null() & ~text.is_in(list(codes))).sort(ROW)
    if foreign.height:
        pairs = foreign.select(ROW, column).head(_SHOWN).iter_rows()
        more = f"; {foreign.height - _SHOWN} more" if foreign.height > _SHOWN else ""
        raise DataError(
            f"{column} holds values that are not listed.",
            where="; ".join(f'{origin.cell(row, column)}: "{value}"' for row, value in pairs)
            + more,
            allowed=", ".join(codes) + ", or empty",
            do="map them to listed values, then read again",
        )
    return text.replace_strict(dict(codes), return_dtype=pl.String).alias(column)
