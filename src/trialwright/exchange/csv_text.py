"""A frame as CSV text that is the same on every machine."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from trialwright.core.tables import ROW


def csv_text(frame: pl.DataFrame) -> str:
    """Write a frame as CSV text: RFC 4180 quoting, LF, header first.

    Dates are YYYY-MM-DD, floats the shortest decimal text that reads back as the same number,
    without exponent; null is empty, and so is an empty text. `_ROW` is left out: it belongs to
    the file that was read, not to the one that is written.

    Parameters
    ----------
    frame
        Columns of text, integers, floats, booleans or dates.

    Returns
    -------
    str
        One line a record and a last line feed; the header alone for a frame without rows.
    """
    names = [name for name in frame.columns if name != ROW]
    header = ",".join(_quoted_name(name) for name in names)
    if not names or not frame.height:
        return header + "\n"
    cells = [_quoted(_texts(frame[name])) for name in names]
    lines = pl.select(pl.concat_str([pl.lit(cell) for cell in cells], separator=",")).to_series()
    return "\n".join([header, *lines.to_list()]) + "\n"


def _texts(column: pl.Series) -> pl.Series:
    """The column as text, "" for null."""
    if column.dtype.is_float():
        column = pl.Series(column.name, [_decimal(value) for value in column], dtype=pl.String)
    elif column.dtype == pl.Date:
        column = column.dt.to_string("%Y-%m-%d")
    return column.cast(pl.String).fill_null("")


def _decimal(value: float | None) -> str | None:
    if value is None:
        return None
    text = format(Decimal(repr(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _quoted(column: pl.Series) -> pl.Series:
    name = pl.col(column.name)
    doubled = pl.concat_str(pl.lit('"'), name.str.replace_all('"', '""', literal=True), pl.lit('"'))
    needs = name.str.contains('[",\r\n]')
    return column.to_frame().select(pl.when(needs).then(doubled).otherwise(name)).to_series()


def _quoted_name(name: str) -> str:
    return _quoted(pl.Series("name", [name])).item()  # type: ignore[no-any-return]
