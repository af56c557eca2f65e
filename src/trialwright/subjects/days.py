"""Text dates of a frame as day numbers, in one expression."""

from __future__ import annotations

import polars as pl


def day_column(column: str) -> pl.Expr:
    """Day number of each complete date of a text column, null for partial and empty ones.

    A time behind the date is ignored. The reader has already refused impossible dates.
    """
    return (
        pl.col(column)
        .str.slice(0, 10)
        .str.to_date("%Y-%m-%d", strict=False)
        .dt.epoch("d")
        .cast(pl.Int32)
        .alias(column)
    )


def earliest_day(column: str) -> pl.Expr:
    """Day number of the first day that a text date allows: a partial date begins with its period.

    From then on a treated lesion may have been treated (R-029): it is not read as untreated.
    """
    text = pl.col(column).str.strip_chars().str.slice(0, 10)
    padded = (
        pl.when(text.str.len_chars() == 4).then(pl.concat_str(text, pl.lit("-01-01")))
        .when(text.str.len_chars() == 7).then(pl.concat_str(text, pl.lit("-01")))
        .otherwise(text)
    )  # fmt: skip
    return padded.str.to_date("%Y-%m-%d", strict=False).dt.epoch("d").cast(pl.Int32).alias(column)


def upper(column: str) -> pl.Expr:
    """A text column in upper case without outer blanks, as values are compared (section 14)."""
    return pl.col(column).str.strip_chars().str.to_uppercase()


def date_of(column: str) -> pl.Expr:
    """A column of day numbers as dates."""
    return pl.col(column).cast(pl.Int32).cast(pl.Date)
