"""Why a result has its grades, in one sentence, with the ids of the rules."""

from __future__ import annotations

import polars as pl

_SIDES = (("L", "low"), ("H", "high"))


def reasons() -> dict[str, pl.Expr]:
    """`RULEID` and `REASON` of graded rows.

    The sentence names the grade, the value, what it was compared with, and the basis: "ALT 212
    U/L: grade 3 (high), 5.3 x ULN (40): > 5 x ULN, baseline normal".
    """
    return {"RULEID": _rules(), "REASON": _sentence()}


def _rules() -> pl.Expr:
    parts = [pl.when(pl.col(f"RULE{side}") != "").then(pl.col(f"RULE{side}")) for side, _ in _SIDES]
    signed = pl.when(pl.col("SIGN") != "").then(pl.lit("G-54"))
    plain = pl.when(pl.col("TERML").is_null() & pl.col("TERMH").is_null()).then(pl.lit("G-50"))
    joined = pl.concat_str(*parts, signed, plain, separator=" ", ignore_nulls=True)
    listed = joined.str.split(" ").list.unique(maintain_order=True).list.join(" ")
    return pl.when(pl.col("PROBLEM") != "").then(pl.lit("G-54")).otherwise(listed)


def _sentence() -> pl.Expr:
    value = pl.concat_str("PARAMCD", "SIGN", "VALUE", "UNIT", separator=" ", ignore_nulls=True)
    value = value.str.replace_all("  ", " ")
    parts = [_direction(side, word) for side, word in _SIDES]
    quiet = [_is_quiet(side) for side, _ in _SIDES]
    both_quiet = quiet[0] & quiet[1]
    graded = pl.concat_str(
        pl.when(both_quiet | ~quiet[0]).then(parts[0]),
        pl.when(both_quiet | ~quiet[1]).then(parts[1]),
        separator="; ",
        ignore_nulls=True,
    )
    extra = [
        pl.when(pl.col("SIGN") != "").then(pl.lit("the limit of the collected value is taken")),
        pl.when(pl.col("HOW") != "").then(pl.col("HOW")),
    ]
    told = pl.concat_str(
        pl.format("{}: {}", value, graded), *extra, separator="; ", ignore_nulls=True
    )
    silent = (graded == "") | (pl.col("PROBLEM") != "")
    return pl.when(silent).then(_not_graded()).otherwise(told)


def _is_quiet(side: str) -> pl.Expr:
    """No term, or grade 0: nothing to tell when the other direction has something."""
    nothing = pl.col(f"TERM{side}").is_null() | (pl.col(f"GRADE{side}") == 0)
    return nothing.fill_null(value=False)


def _direction(side: str, word: str) -> pl.Expr:
    """`grade 3 (high), 5.3 x ULN (40): > 5 x ULN, baseline normal`."""
    reference = pl.col(f"FROM{side}")
    name = reference.replace_strict(
        {"ULN": "x ULN", "LLN": "x LLN", "BASE": "x baseline"}, default=None
    )
    against = (
        pl.when(reference == "ULN").then(pl.col("ULN"))
        .when(reference == "LLN").then(pl.col("LLN"))
        .when(reference == "BASE").then(pl.col("BASE"))
    )  # fmt: skip
    ratio = (
        (pl.col("VALUE").cast(pl.Float64) / against.cast(pl.Float64))
        .round(2, mode="half_away_from_zero")
        .cast(pl.String)
    )
    compared = pl.format(", {} {} ({})", ratio, name, against).fill_null("")
    number = pl.col(f"GRADE{side}").cast(pl.String)
    compared = pl.concat_str(compared, _beside(side))
    head = pl.format("grade {} ({}){}: ", number, pl.lit(word), compared)
    basis = pl.col(f"BASIS{side}")
    return pl.when(pl.col(f"TERM{side}").is_not_null()).then(
        pl.when(number.is_null()).then(pl.format("{}: {}", pl.lit(word), basis))
        .otherwise(pl.concat_str(head, basis))
    )  # fmt: skip


def _beside(side: str) -> pl.Expr:
    """The multiple of ULN beside a grade that was measured from baseline (G-51)."""
    ratio = (pl.col("VALUE").cast(pl.Float64) / pl.col("ULN").cast(pl.Float64)).round(
        2, mode="half_away_from_zero"
    )
    from_base = pl.col(f"BASIS{side}").str.contains("baseline above ULN", literal=True)
    shown = pl.format(", {} x ULN ({})", ratio.cast(pl.String), "ULN")
    return pl.when(from_base).then(shown).fill_null("")


def _not_graded() -> pl.Expr:
    """Why a result has no term."""
    return (
        pl.when(pl.col("ELSEWHERE"))
        .then(pl.format("not graded: measured in {}", pl.col("SPEC").str.to_lowercase()))
        .when((pl.col("PARAMCD") == "CA") & (pl.col("HOW") != ""))
        .then(pl.format("not graded: {}", "HOW"))
        .when(pl.col("PARAMCD") == "CA").then(pl.lit("graded as calcium corrected for albumin"))
        .when(pl.col("PARAMCD") == "XPH").then(pl.lit("not graded: the specimen is not stated"))
        .when(pl.col("PROBLEM") != "").then(pl.format("not graded: {}", "PROBLEM"))
        .otherwise(pl.lit("no numeric CTCAE grade"))
    )  # fmt: skip
