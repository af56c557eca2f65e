"""Laboratory grades of 3 or more that no adverse event reports (rule A-13)."""

from __future__ import annotations

import polars as pl

from trialwright.subjects.reconcile import QUERY_SCHEMA
from trialwright.vocabulary.ctcae_reported import REPORTED_AS

_SEVERE = 3
_RESULT = ("USUBJID", "TERM", "PARAMCD", "ADT", "AVALC", "AVALU", "AVALQ", "GRADE")
_COVERS = (pl.col("ASTDT") <= pl.col("ADT")) & (
    pl.col("AENDT").is_null() | (pl.col("AENDT") >= pl.col("ADT"))
)


def unreported(adlb: pl.DataFrame, adae: pl.DataFrame) -> pl.DataFrame:
    """One query for each subject and term whose worst grade no adverse event covers.

    An event covers a result when it has the name of the term, or of what people call it, and the
    date of the result lies between its start and end. Grades of results enter no table of adverse
    events.

    Parameters
    ----------
    adlb
        ADLB; results on treatment from grade 3 on.
    adae
        ADAE with AEDECOD, AETERM, ASTDT, AENDT, ATOXGRN.

    References
    ----------
    Rule A-13.
    """
    severe = _severe(adlb)
    if severe.height == 0:
        return pl.DataFrame(schema=QUERY_SCHEMA)
    events = _events(adae)
    hits = severe.join(events, on=["USUBJID", "TERM"], how="left", maintain_order="left")
    graded = pl.col("ATOXGRN").fill_null(_SEVERE)
    best = hits.group_by(_RESULT).agg(
        KNOWN=pl.col("ASTDT").is_not_null().any(),
        COVERED=_COVERS.fill_null(value=False).any(),
        ENOUGH=(_COVERS & (graded >= _SEVERE)).fill_null(value=False).any(),
    )
    open_ = best.filter(~pl.col("ENOUGH")).sort(
        ["USUBJID", "TERM", "GRADE", "ADT", "PARAMCD", "AVALC"],
        descending=[False, False, True, False, False, False],
    )
    worst = open_.unique(["USUBJID", "TERM"], keep="first", maintain_order=True)
    count = open_.group_by("USUBJID", "TERM").agg(N=pl.len())
    return _asked(worst.join(count, on=["USUBJID", "TERM"]))


def _severe(adlb: pl.DataFrame) -> pl.DataFrame:
    """Results on treatment from grade 3 on, one row per direction."""
    parts = [
        adlb.filter((pl.col("ONTRTFL") == "Y") & (pl.col(f"ATOXGR{side}") >= _SEVERE)).select(
            "USUBJID", "PARAMCD", "ADT", "AVALC", "AVALU", "AVALQ",
            TERM=pl.col(f"ATOXDSC{side}"), GRADE=pl.col(f"ATOXGR{side}"),
        )
        for side in ("L", "H")
    ]  # fmt: skip
    return pl.concat(parts)


def _events(adae: pl.DataFrame) -> pl.DataFrame:
    """Events by the CTCAE term that their name stands for."""
    pairs = [(name, term) for term, names in REPORTED_AS.items() for name in (term.upper(), *names)]
    table = pl.DataFrame(pairs, schema=["NAME", "TERM"], orient="row")
    parts = [
        adae.select(
            "USUBJID", "ASTDT", "AENDT", "ATOXGRN",
            NAME=pl.col(column).str.strip_chars().str.to_uppercase(),
        )
        for column in ("AEDECOD", "AETERM")
    ]  # fmt: skip
    return pl.concat(parts).join(table, on="NAME").drop("NAME").unique()


def _asked(rows: pl.DataFrame) -> pl.DataFrame:
    reported = (
        pl.when("COVERED").then(pl.lit("an adverse event of lower grade is reported for that day"))
        .when("KNOWN").then(pl.lit("an adverse event of that name is reported for other days only"))
        .otherwise(pl.lit("no adverse event of that name is reported"))
    )  # fmt: skip
    more = pl.when(pl.col("N") > 1).then(pl.format(" ({} such results)", "N")).otherwise(pl.lit(""))
    result = pl.concat_str("PARAMCD", "AVALQ", "AVALC", "AVALU", separator=" ", ignore_nulls=True)
    message = pl.format(
        "{} on {} is grade {} of {}{}: {}.",
        result, pl.col("ADT").cast(pl.String), "GRADE", "TERM", more, reported,
    )  # fmt: skip
    return rows.select(
        "USUBJID",
        RULEID=pl.lit("A-13"),
        SEVERITY=pl.lit("warning"),
        MESSAGE=message,
        DO=pl.lit("report the adverse event, or say why it is none"),
    )
