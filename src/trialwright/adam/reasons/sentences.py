"""Why a time point has its response: one sentence with numbers and the distance to the next limit.

All expressions work on the columns of `points.point_frame`; lengths are tenths of a millimetre.
"""

from __future__ import annotations

import polars as pl

from trialwright.adam.reasons.numbers import mm_text, signed_mm, signed_percent

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
    other_route = (pl.col("RESPONSE") == "PD") & (target != "PD")
    gone = _joined("all target lesions gone (", _sum_is(), ")")
    return (
        pl.when(~pl.col("HASTARGET")).then(pl.lit("no target lesions"))
        .when(other_route & target.is_in(["PR", "SD"])).then(_by_itself())
        .when((target == "PD") & ~pl.col("COMPLETE")).then(_progressed_unread())
        .when(target.is_in(["PR", "SD"]) & ~pl.col("COMPLETE")).then(_argued())
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
    when = pl.col("NADIRON")
    return _joined(" against nadir ", mm_text(_NADIR), " ", when, " (", percent, rise, " mm)")


def _pd_from() -> pl.Expr:
    return _joined("PD from ", mm_text(progression_limit()), " mm")


def _progressed() -> pl.Expr:
    limit = progression_limit()
    margin = (": PD by ", mm_text(_TOTAL - limit), " mm, not PD at ", mm_text(limit - 1))
    return _joined("target ", _sum_is(), _against_nadir(), *margin, " or less", _carried_by())


def _carried_by() -> pl.Expr:
    """The lesions that carry the response; nothing when one target says it all."""
    return (
        pl.when(pl.col("CARRIERS") != "")
        .then(_joined("; ", pl.col("CARRIERS")))
        .otherwise(pl.lit(""))
    )


def _progressed_unread() -> pl.Expr:
    """R-035: what was not read can only make the sum larger."""
    limit = mm_text(progression_limit())
    return _joined(
        _unread(),
        "; the others ",
        mm_text(_TOTAL),
        " mm",
        _against_nadir(),
        ": PD from ",
        limit,
        " mm, already met; what is missing can only add",
        _carried_by(),
    )


def _argued() -> pl.Expr:
    """R-035: a reader's written argument was taken in the place of the missing numbers."""
    return _joined(_missing(), "; ", pl.col("TARGET"), " by the reader's written argument")


def _missing() -> pl.Expr:
    """A partial sum is set against its limit only: its fall from the nadir would mean nothing."""
    nadir = (" (nadir ", mm_text(_NADIR), " ", pl.col("NADIRON"), ")")
    others = _joined("; the others ", mm_text(_TOTAL), " mm, ", _pd_from(), *nadir)
    return _joined(_unread(), pl.when(pl.col("SEEN")).then(others).otherwise(pl.lit("")))


def _unread() -> pl.Expr:
    return _joined("target ", _list("MISSING"), " not evaluable")


def _stable() -> pl.Expr:
    limit, enough = progression_limit(), response_limit()
    margins = (
        ": ", mm_text(_TOTAL - enough), " mm above PR (", mm_text(enough), " or less), ",
        mm_text(limit - _TOTAL), " mm below PD (from ", mm_text(limit), ")",
    )  # fmt: skip
    return _joined("target ", _sum_is(), ", ", _from_baseline(), ",", _against_nadir(), *margins)


def _shrunk() -> pl.Expr:
    margin = (": PR by ", mm_text(response_limit() - _TOTAL), " mm, ", _pd_from())
    return _joined("target ", _sum_is(), ", ", _from_baseline(), *margin, _carried_by())


def _by_itself() -> pl.Expr:
    return _joined("targets alone are ", pl.col("TARGET"), ": ", _sum_is(), ", ", _from_baseline())


def other_sentence() -> pl.Expr:
    """What non-target and new lesions add, and how single lesions were counted; empty for nothing."""
    return pl.concat_str(
        _non_target(),
        _new_lesions(),
        pl.when(pl.col("AFTERCR")).then(
            _joined("; disease after complete response: ", _list("AGAIN"))
        ).otherwise(pl.lit("")),
        pl.when(pl.col("RECLASS")).then(
            pl.lit("; CR as measured, but the disease of a later scan shows that it was PR (R-055)")
        ).otherwise(pl.lit("")),
        _in_the_way(),
        _settled(),
        pl.when(_list("NOTES") != "").then(_joined("; ", _list("NOTES"))).otherwise(pl.lit("")),
    )  # fmt: skip


def _list(name: str) -> pl.Expr:
    return pl.col(name).fill_null("")


def _non_target() -> pl.Expr:
    said = pl.col("NONTARGET")
    worse = _joined("; unequivocal progression of non-target ", _list("WORSE"))
    missing = _joined("; non-target ", _list("NTMISSING"), " not evaluable")
    doubt = (
        pl.when(_list("NTDOUBT") != "")
        .then(_joined("; equivocal progression of non-target ", _list("NTDOUBT"), " (R-046)"))
        .otherwise(pl.lit(""))
    )
    found = (
        pl.when(said == "PD").then(worse)
        # A marker is looked at only where no disease is left: it says why this is CR or not.
        .when(pl.col("MARKER").is_not_null()).then(_joined("; ", pl.col("MARKER")))
        .when(said == "NE").then(missing)
        .when(said == "CR").then(pl.lit("; all non-target lesions absent"))
        .when(said == "NON-CR/NON-PD").then(pl.lit("; non-target disease persists"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    return _joined(found, doubt)


def _new_lesions() -> pl.Expr:
    sure, doubt = _list("NEWIDS"), _list("DOUBTIDS")
    certain = (
        pl.when(pl.col("NEW"))
        .then(_joined("; ", _counted("new lesion", sure)))
        .otherwise(pl.lit(""))
    )
    verb = pl.when(_several(doubt)).then(pl.lit(", do")).otherwise(pl.lit(", does"))
    equivocal = (
        pl.when(doubt != "")
        .then(
            _joined("; ", _counted("equivocal new lesion", doubt), verb, " not count yet (R-045)")
        )
        .otherwise(pl.lit(""))
    )
    return _joined(certain, equivocal)


def _several(names: pl.Expr) -> pl.Expr:
    return names.str.contains(", ", literal=True)


def _counted(word: str, names: pl.Expr) -> pl.Expr:
    """A word before names, with an s before several."""
    plural = pl.when(_several(names)).then(pl.lit("s ")).otherwise(pl.lit(" "))
    return _joined(word, plural, names)


def _in_the_way() -> pl.Expr:
    """What stands between a response and CR, where a target is gone already (R-031, R-040)."""
    near = (pl.col("RESPONSE") == "PR") & ~pl.col("RECLASS")
    near = near & (pl.col("NEARCR") | (pl.col("TARGET") == "CR"))
    text = _joined("; not CR because of ", _list("STANDING"))
    return pl.when(near & (_list("STANDING") != "")).then(text).otherwise(pl.lit(""))


def _settled() -> pl.Expr:
    """A finding that a later scan settled, with what was read first (R-045, R-046)."""
    read = pl.when(pl.col("ASREAD") == "").then(pl.lit("nothing")).otherwise(pl.col("ASREAD"))
    differs = pl.col("ASREAD") != pl.col("RESPONSE")
    first = _joined("; first read as ", read, ", ", pl.col("SETTLED"))
    return pl.when(differs & (pl.col("SETTLED") != "")).then(first).when(differs).then(
        _joined("; first read as ", read)
    ).otherwise(pl.lit(""))  # fmt: skip


def rules_fired() -> pl.Expr:
    """Rule ids that decided the time point, blanks between."""
    table = pl.when(pl.col("HASTARGET")).then(pl.lit("R-051")).otherwise(pl.lit("R-052"))
    parts = [
        pl.when(pl.col("ROUTE") != "").then(pl.col("ROUTE")),
        pl.when(pl.col("NONTARGET") == "PD").then(pl.lit("R-040 R-041")),
        pl.when(pl.col("MARKER").is_not_null()).then(pl.lit("R-040")),
        pl.when(pl.col("NEW")).then(pl.lit("R-043")),
        pl.when((pl.col("ASREAD") != pl.col("RESPONSE")) & pl.col("NEW")).then(pl.lit("R-045")),
        pl.when(pl.col("SETTLED").str.contains("R-046")).then(pl.lit("R-046")),
        pl.when(_list("NOTES").str.contains("R-106")).then(pl.lit("R-106")),
        pl.when(pl.col("AFTERCR") | pl.col("RECLASS")).then(pl.lit("R-055")),
        table,
        pl.when(pl.col("POSTPD")).then(pl.lit("R-057")),
    ]
    return pl.concat_str(parts, separator=" ", ignore_nulls=True)
