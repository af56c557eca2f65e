"""Scans: their age, whether they make one baseline, and whether the method stayed (R-012 to R-016)."""

from __future__ import annotations

import polars as pl

from trialwright.response.baseline.check import Check, per_subject
from trialwright.response.baseline.entry import Baseline
from trialwright.response.baseline.terms import contrast_of, way_of
from trialwright.vocabulary.recist import Role

_NOT_NEW = pl.col("ROLE") != int(Role.NEW)


def _dated(baseline: Baseline) -> pl.DataFrame:
    """Lesions by the date of their baseline scan: AGE in days before first dose, LIMIT, texts."""
    limit = baseline.delivered.rule.baseline_window_days
    starts = baseline.delivered.people.select("USUBJID", "TRTSDT")
    dated = baseline.known().drop_nulls("DAY").join(starts, on="USUBJID").drop_nulls("TRTSDT")
    dated = dated.with_columns(AGE=pl.col("TRTSDT") - pl.col("DAY"), LIMIT=pl.lit(limit))
    return per_subject(dated, "DAY", "TRTSDT", "AGE", "LIMIT").with_columns(
        SCAN=_iso("DAY"), DOSE=_iso("TRTSDT"), AFTER=_days(-pl.col("AGE"))
    )


def _iso(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int32).cast(pl.Date).cast(pl.String)


def _days(number: pl.Expr) -> pl.Expr:
    unit = pl.when(number == 1).then(pl.lit("day")).otherwise(pl.lit("days"))
    return pl.format("{} {}", number, unit)


def _old(baseline: Baseline) -> pl.DataFrame:
    return _dated(baseline).filter(pl.col("AGE") > pl.col("LIMIT"))


def _late(baseline: Baseline) -> pl.DataFrame:
    return _dated(baseline).filter(pl.col("AGE") < 0)


def _earlier_scans(baseline: Baseline) -> pl.DataFrame:
    """Visits before the baseline time point at which lesions of baseline were identified."""
    given = baseline.delivered
    early = given.table.frame.filter(pl.col("TP").is_null()).select("USUBJID", "VISITNUM")
    sights = given.identified.sights.filter(_NOT_NEW).join(early, on=["USUBJID", "VISITNUM"])
    base = given.points.filter(pl.col("TP") == 0).select("USUBJID", BASE="FIRST")
    found = per_subject(sights.drop_nulls("DAY"), "DAY").join(base, on="USUBJID")
    return found.filter(pl.col("DAY") < pl.col("BASE")).with_columns(
        SCAN=_iso("DAY"), FROM=_iso("BASE")
    )


def _found_later(baseline: Baseline) -> pl.DataFrame:
    """Lesions that TU calls target or non-target and names for the first time after baseline."""
    given = baseline.delivered
    sights = given.identified.sights.filter(_NOT_NEW)
    placed = sights.join(given.table.frame, on=["USUBJID", "VISITNUM"])
    first = placed.group_by("USUBJID", "LNKID").agg(
        AT=pl.col("TP").fill_null(0).min(), DAY=pl.col("DAY").min(), LOC=pl.col("LOC").min()
    )
    late = first.filter(pl.col("AT") > 0).sort("USUBJID", "LNKID")
    return late.with_columns(
        NAME=pl.format("{} ({})", "LNKID", pl.col("LOC").fill_null("no location")),
        SCAN=_iso("DAY").fill_null("a later scan"),
    )


def _unrecorded(baseline: Baseline) -> pl.DataFrame:
    late = _found_later(baseline).select("USUBJID", "LNKID")
    base = baseline.delivered.points.filter(pl.col("TP") == 0).select("USUBJID", BASE="FIRST")
    bare = baseline.known(Role.NON_TARGET).filter(pl.col("STATE").is_null())
    bare = bare.join(late, on=["USUBJID", "LNKID"], how="anti").join(base, on="USUBJID")
    return per_subject(bare, "BASE").with_columns(SCAN=_iso("BASE"))


def _changed(baseline: Baseline) -> pl.DataFrame:
    """Time points at which a lesion was imaged otherwise than at baseline."""
    cells = baseline.delivered.cells.filter(_NOT_NEW & (pl.col("TP") > 0)).drop_nulls("HOW")
    base = baseline.known().drop_nulls("METHOD").select("S", "L", "METHOD")
    both = cells.drop("METHOD", strict=False).join(base, on=["S", "L"])
    both = both.with_columns(
        WAY0=way_of("METHOD"), WAY1=way_of("HOW"),
        DYE0=contrast_of("METHOD"), DYE1=contrast_of("HOW"),
    )  # fmt: skip
    other_way = pl.coalesce("WAY0", "METHOD") != pl.coalesce("WAY1", "HOW")
    differs = other_way | (pl.col("DYE0") != pl.col("DYE1")).fill_null(value=False)
    found = both.filter(differs).with_columns(SCAN=pl.coalesce("DAY", "ANYDAY")).drop_nulls("SCAN")
    seen = found.group_by("USUBJID", "METHOD", "HOW").agg(
        SINCE=pl.col("SCAN").min(),
        SCANS=pl.col("TP").n_unique(),
        LESIONS=pl.col("LNKID").unique().sort().str.join(", "),
    )
    return seen.with_columns(SCAN=_iso("SINCE")).sort("USUBJID", "METHOD", "HOW")


def _no_size(baseline: Baseline) -> pl.DataFrame:
    """Targets without a baseline value above 0; the derivation refuses them."""
    return baseline.known(Role.TARGET).filter((pl.col("TENTHS") > 0).fill_null(value=False).not_())


def _unscanned_new(baseline: Baseline) -> pl.DataFrame:
    return baseline.known(Role.NEW).filter(_unscanned())


def _unscanned_known(baseline: Baseline) -> pl.DataFrame:
    return baseline.known().filter(_unscanned())


def _unscanned() -> pl.Expr:
    return (pl.col("NOBLSCAN").str.strip_chars().str.to_uppercase() == "Y").fill_null(value=False)


CHECKS = (
    Check("R-012", "warning", _old,
          "BL_OLD: the baseline scan of {SCAN} ({LESIONS}) is {AGE} days before first dose "
          "({DOSE}), at most {LIMIT} are allowed",
          "use a later scan before first dose if there is one, else report the deviation"),
    Check("R-012", "warning", _late,
          "BL_LATE: the baseline scan of {SCAN} ({LESIONS}) is {AFTER} after first dose "
          "({DOSE})",
          "use a scan up to the day of first dose if there is one, else report the deviation"),
    Check("R-013", "note", _earlier_scans,
          "The scan of {SCAN} ({LESIONS}) lies before the baseline scan of {FROM} and is not used",
          "nothing, if the later scan is complete"),
    Check("R-013", "error", _found_later,
          "{NAME}: first identified on {SCAN}, after baseline; it has no place in the baseline set",
          "record it as a new lesion, or add its record at the baseline scan"),
    Check("R-013", "warning", _unrecorded,
          "{LESIONS}: no state or size at the baseline scan of {SCAN}",
          "add the record of that scan; all lesions come from one time point"),
    Check("R-014", "warning", _changed,
          "METHOD_CHANGE: {LESIONS}: {METHOD} at baseline, {HOW} at {SCANS} later time points, "
          "first on {SCAN}",
          "ask the reader: where it prevents comparison, record the lesion as NE"),
    Check("R-044", "warning", _unscanned_new,
          "{NAME}: in a region not scanned at baseline; it counts as a new lesion",
          "look for an older scan of that region; baseline covers chest, abdomen and pelvis"),
    Check("R-044", "warning", _unscanned_known,
          "{NAME}: a lesion of baseline in a region that is said not to be scanned at baseline",
          "correct NOBLSCAN, or record it as a new lesion"),
)  # fmt: skip

#: What the derivation refuses and the report of baseline lists (R-016, R-143).
REFUSED = (
    Check("R-016", "error", _no_size,
          "{NAME}: no baseline diameter above 0 mm; nothing can be derived",
          "record LDIAM (LPERP for a node) at the baseline visit, or correct identifier or visit"),
)  # fmt: skip
