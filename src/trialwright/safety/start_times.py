"""Clock times on the day of first treatment: which events began before it (A-16, line 4)."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.subjects.days import day_column
from trialwright.subjects.procedures import procedure_kind


def starts_before_treatment(events: pl.DataFrame, sdtm: Sdtm) -> pl.Series:
    """Whether an event of the day of first treatment began at a known earlier time.

    The time of first treatment is known when every dose and study procedure of that day has one,
    or else DM.RFXSTDTC.

    Parameters
    ----------
    events
        `USUBJID`, `AESTDTC`, and `FIRST`, the day number of first treatment.
    sdtm
        EX, PR and DM.

    Returns
    -------
    pl.Series
        One boolean a row of `events`.
    """
    rows = events.select(
        "USUBJID", "FIRST", day_column("AESTDTC").alias("DAY"), AT=minute("AESTDTC")
    ).with_columns(minute_of_treatment(events, sdtm))
    earlier = pl.col("AT") < pl.col("DOSE")
    same_day = pl.col("DAY") == pl.col("FIRST")
    return rows.select((same_day & earlier).fill_null(value=False).alias("EARLIER")).to_series()


def minute_of_treatment(rows: pl.DataFrame, sdtm: Sdtm) -> pl.Series:
    """Minutes since midnight of first treatment, null where its time is not known.

    Parameters
    ----------
    rows
        `USUBJID`, and `FIRST`, the day number of first treatment.
    sdtm
        EX, PR and DM.
    """
    given = pl.concat(
        [
            _timed(sdtm["EX"], "EXSTDTC"),
            _timed(sdtm["PR"].filter(procedure_kind() == "study"), "PRSTDTC"),
        ]
    )
    by_dose = _first_minute(given).rename({"MINUTE": "DOSE"})
    by_subject = _first_minute(_timed(sdtm["DM"], "RFXSTDTC")).rename({"MINUTE": "DM"})
    keys = rows.select("USUBJID", "FIRST")
    for other in (by_dose, by_subject):
        keys = keys.join(other, on=["USUBJID", "FIRST"], how="left", maintain_order="left")
    return keys.select(pl.coalesce("DOSE", "DM").alias("DOSE")).to_series()


def minute(column: str) -> pl.Expr:
    """Minutes since midnight of an ISO 8601 text with a time, else null."""
    time = pl.col(column).str.extract_groups(r"T(\d{2}):(\d{2})")
    hour, minute = time.struct.field("1"), time.struct.field("2")
    return 60 * hour.cast(pl.Int32) + minute.cast(pl.Int32)


def _timed(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.select("USUBJID", day_column(column).alias("FIRST"), MINUTE=minute(column))


def _first_minute(given: pl.DataFrame) -> pl.DataFrame:
    """First time of each day, null when one of its records has no time."""
    complete = pl.col("MINUTE").is_not_null().all()
    return (
        given.drop_nulls("FIRST")
        .group_by("USUBJID", "FIRST")
        .agg(pl.when(complete).then(pl.col("MINUTE").min()).alias("MINUTE"))
    )
