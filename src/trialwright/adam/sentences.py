"""Why a time point has its response: one sentence with numbers and the distance to the next limit.

All expressions work on the columns of `points.point_frame`; lengths are tenths of a millimetre.
"""

from __future__ import annotations

import polars as pl

from trialwright.adam.numbers import mm_text, signed_mm, signed_percent

_TOTAL, _BASE, _NADIR = pl.col("TOTAL"), pl.col("BASE10"), pl.col("NADIR10")


def progression_limit() -> pl.Expr:
    """Smallest sum that is PD against the nadir (R-032, R-034)."""
    fifth = (6 * _NADIR + 4) // 5
    return pl.max_horizontal(_NADIR + 50, fifth)


def response_limit() -> pl.Expr:
    """Largest sum that is PR against the baseline (R-033, R-034)."""
    return (7 * _BASE) // 10


def target_sentence() -> pl.Expr:
    """What the target lesions say, with the margin to the limits."""
    total = mm_text(_TOTAL)
    from_base = pl.concat_str(
        signed_percent(_TOTAL - _BASE, _BASE), pl.lit(" % from baseline "), mm_text(_BASE)
    )
    rise = pl.concat_str(
        pl.lit(" against nadir "), mm_text(_NADIR), pl.lit(" ("),
        pl.concat_str(signed_percent(_TOTAL - _NADIR, _NADIR), pl.lit(" %, ")).fill_null(""),
        signed_mm(_TOTAL - _NADIR), pl.lit(" mm)"),
    )  # fmt: skip
    limit, pr = progression_limit(), response_limit()
    pd_from = pl.concat_str(pl.lit("PD from "), mm_text(limit), pl.lit(" mm"))
    pr_until = pl.concat_str(pl.lit("PR at "), mm_text(pr), pl.lit(" mm or less"))
    sum_is = pl.concat_str(pl.lit("sum "), total, pl.lit(" mm"))
    progressed = pl.concat_str(
        pl.lit("target "), sum_is, rise, pl.lit(": PD by "), mm_text(_TOTAL - limit),
        pl.lit(" mm, not PD at "), mm_text(limit - 1), pl.lit(" or less"),
    )  # fmt: skip
    missing = pl.concat_str(
        pl.lit("target "), pl.col("MISSING").fill_null(""), pl.lit(" not evaluable; the others "),
        total, pl.lit(" mm"), rise,
    )  # fmt: skip
    stable = pl.concat_str(
        pl.lit("target "), sum_is, pl.lit(", "), from_base, pl.lit(","), rise, pl.lit(": "),
        pr_until, pl.lit(", "), pd_from,
    )  # fmt: skip
    shrunk = pl.concat_str(
        pl.lit("target "), sum_is, pl.lit(", "), from_base, pl.lit(": PR by "),
        mm_text(pr - _TOTAL), pl.lit(" mm, "), pd_from,
    )  # fmt: skip
    gone = pl.concat_str(pl.lit("all target lesions gone ("), sum_is, pl.lit(")"))
    alone = (pl.col("RESPONSE") == "PD") & (pl.col("TARGET") != "PD") & ~pl.col("AFTERCR")
    by_itself = pl.concat_str(
        pl.lit("targets alone are "),
        pl.col("TARGET"),
        pl.lit(": "),
        sum_is,
        pl.lit(", "),
        from_base,
    )
    return (
        pl.when(~pl.col("HASTARGET")).then(pl.lit("no target lesions"))
        .when(alone & pl.col("TARGET").is_in(["PR", "SD"])).then(by_itself)
        .when((pl.col("TARGET") == "PD") & ~pl.col("COMPLETE"))
        .then(pl.concat_str(missing, pl.lit(": already PD without it")))
        .when(pl.col("TARGET") == "NE").then(missing)
        .when(pl.col("TARGET") == "CR").then(gone)
        .when(pl.col("TARGET") == "PD").then(progressed)
        .when(pl.col("TARGET") == "PR").then(shrunk)
        .otherwise(stable)
    )  # fmt: skip


def other_sentence() -> pl.Expr:
    """What non-target and new lesions add, empty when they add nothing."""
    said = pl.col("NONTARGET")
    worse = pl.concat_str(
        pl.lit("; unequivocal progression of non-target "), pl.col("WORSE").fill_null("")
    )
    missing = pl.concat_str(
        pl.lit("; non-target "), pl.col("NTMISSING").fill_null(""), pl.lit(" not evaluable")
    )
    non_target = (
        pl.when(said == "PD").then(worse)
        .when(said == "NE").then(missing)
        .when(said == "CR").then(pl.lit("; all non-target lesions absent"))
        .when(said == "NON-CR/NON-PD").then(pl.lit("; non-target disease persists"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    ids = pl.col("NEWIDS").fill_null("")
    new = (
        pl.when(pl.col("NEW")).then(pl.concat_str(pl.lit("; new lesion "), ids))
        .when(ids != "").then(pl.concat_str(pl.lit("; equivocal new lesion "), ids))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    after = pl.when(pl.col("AFTERCR")).then(pl.lit("; disease after complete response"))
    read = pl.when(pl.col("ASREAD") != pl.col("RESPONSE")).then(
        pl.concat_str(
            pl.lit("; first read as "),
            pl.when(pl.col("ASREAD") == "").then(pl.lit("nothing")).otherwise(pl.col("ASREAD")),
            pl.lit(", settled by a later scan"),
        )
    )
    return pl.concat_str(non_target, new, after.fill_null(""), read.fill_null(""))


def rules_fired() -> pl.Expr:
    """Rule ids that decided the time point, blanks between."""
    table = pl.when(pl.col("HASTARGET")).then(pl.lit("R-051")).otherwise(pl.lit("R-052"))
    parts = [
        pl.when(pl.col("ROUTE") != "").then(pl.col("ROUTE")),
        pl.when(pl.col("NONTARGET") == "PD").then(pl.lit("R-040 R-041")),
        pl.when(pl.col("NEW")).then(pl.lit("R-043")),
        pl.when(pl.col("ASREAD") != pl.col("RESPONSE")).then(pl.lit("R-045")),
        pl.when(pl.col("AFTERCR") | pl.col("RECLASS")).then(pl.lit("R-055")),
        table,
        pl.when(pl.col("POSTPD")).then(pl.lit("R-057")),
    ]
    return pl.concat_str(parts, separator=" ", ignore_nulls=True)
