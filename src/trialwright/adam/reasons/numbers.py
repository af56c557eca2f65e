"""Numbers inside sentences, as polars expressions on integers: exact, half away from zero."""

from __future__ import annotations

import polars as pl


def mm_text(tenths: pl.Expr) -> pl.Expr:
    """Tenths of a millimetre as "31.0"."""
    return one_decimal(tenths)


def signed_mm(tenths: pl.Expr) -> pl.Expr:
    """Tenths of a millimetre with their sign, "+6.0"."""
    return signed(tenths)


def signed_percent(change: pl.Expr, base: pl.Expr) -> pl.Expr:
    """`change / base` in percent with sign and one decimal; null when the base is 0."""
    whole = base.cast(pl.Int64)
    scaled = change.cast(pl.Int64).abs() * 2000
    tenths = pl.when(whole > 0).then((scaled + whole) // (2 * whole))
    return signed(pl.when(change < 0).then(-tenths).otherwise(tenths))


def signed(tenths: pl.Expr) -> pl.Expr:
    """Tenths with one decimal and a sign; zero has a plus."""
    sign = pl.when(tenths < 0).then(pl.lit("-")).otherwise(pl.lit("+"))
    return pl.concat_str(sign, one_decimal(tenths.abs()))


def one_decimal(tenths: pl.Expr) -> pl.Expr:
    """Non-negative tenths with one decimal."""
    whole = tenths.cast(pl.Int64)
    return pl.concat_str((whole // 10).cast(pl.String), pl.lit("."), (whole % 10).cast(pl.String))
