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
    target = pl.col("TARGET")
    other_route = (pl.col("RESPONSE") == "PD") & (target != "PD") & ~pl.col("AFTERCR")
    gone = _joined("all target lesions gone (", _sum_is(), ")")
    return (
        pl.when(~pl.col("HASTARGET")).then(pl.lit("no target lesions"))
        .when(other_route & target.is_in(["PR", "SD"])).then(_by_itself())
        .when((target == "PD") & ~pl.col("COMPLETE"))
        .then(_joined(_missing(), ": already PD without it"))
        .when(target == "NE").then(_missing())
        .when(target == "CR").then(gone)
        .when(target == "PD").then(_progressed())
        .when(target == "PR").then(_shrunk())
        .otherwise(_stable())
    )  # fmt: skip


def _joined(*parts: pl.Expr | str) -> pl.Expr:
    """Texts and expressions behind each other."""
    return pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in parts])


def _sum_is() -> pl.Expr:
    return _joined("sum ", mm_text(_TOTAL), " mm")


def _from_baseline() -> pl.Expr:
    return _joined(signed_percent(_TOTAL - _BASE, _BASE), " % from baseline ", mm_text(_BASE))


def _against_nadir() -> pl.Expr:
    """The rise in percent is left out when the nadir is 0."""
    percent = _joined(signed_percent(_TOTAL - _NADIR, _NADIR), " %, ").fill_null("")
    rise = signed_mm(_TOTAL - _NADIR)
    return _joined(" against nadir ", mm_text(_NADIR), " (", percent, rise, " mm)")


def _pd_from() -> pl.Expr:
    return _joined("PD from ", mm_text(progression_limit()), " mm")


def _progressed() -> pl.Expr:
    limit = progression_limit()
    margin = (": PD by ", mm_text(_TOTAL - limit), " mm, not PD at ", mm_text(limit - 1))
    return _joined("target ", _sum_is(), _against_nadir(), *margin, " or less")


def _missing() -> pl.Expr:
    names = pl.col("MISSING").fill_null("")
    rest = ("; the others ", mm_text(_TOTAL), " mm", _against_nadir())
    return _joined("target ", names, " not evaluable", *rest)


def _stable() -> pl.Expr:
    limit, enough = progression_limit(), response_limit()
    margins = (
        ": ", mm_text(_TOTAL - enough), " mm above PR (", mm_text(enough), " or less), ",
        mm_text(limit - _TOTAL), " mm below PD (from ", mm_text(limit), ")",
    )  # fmt: skip
    return _joined("target ", _sum_is(), ", ", _from_baseline(), ",", _against_nadir(), *margins)


def _shrunk() -> pl.Expr:
    margin = (": PR by ", mm_text(response_limit() - _TOTAL), " mm, ", _pd_from())
    return _joined("target ", _sum_is(), ", ", _from_baseline(), *margin)


def _by_itself() -> pl.Expr:
    return _joined("targets alone are ", pl.col("TARGET"), ": ", _sum_is(), ", ", _from_baseline())


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
