"""Values that are worked out from several records: corrected calcium, mean QTc (G-23, G-43)."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from trialwright.safety.exact import mean, plain, rounded
from trialwright.subjects.reconcile import query

#: corrected = calcium + 0.02 x (40 - albumin in g/L), in mmol/L (G-23).
_SLOPE, _NORMAL_ALBUMIN = Decimal("0.02"), 40
_BARE = "no single albumin of the same sample to correct it with"
_KEY = pl.concat_str("USUBJID", "DOM", "SRC", separator="|")
_SAMPLE = ("USUBJID", "DTC")
_ECG = ("USUBJID", "PARAMCD", "DAY", "VISITNUM", "TPT", "BEFORE")
_QTC = ("QTCF", "QTCB", "QTC")


def with_corrected_calcium(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Add calcium corrected for the albumin of the same sample, where it was not delivered.

    Parameters
    ----------
    rows
        Results with `PARAMCD`, `VALUE`, `SIGN`, `DTC`, `SRC` (their sequence number as text).

    Returns
    -------
    tuple
        The rows with further ones of `CACORR`, and the queries: samples that cannot be corrected.

    References
    ----------
    Rule G-23.
    """
    calcium = rows.filter((pl.col("PARAMCD") == "CA") & pl.col("VALUE").is_not_null())
    calcium = calcium.with_columns(KEY=_KEY)
    if calcium.height == 0:
        return rows, []
    given = rows.filter((pl.col("PARAMCD") == "CACORR") & pl.col("VALUE").is_not_null())
    todo = calcium.join(given, on=_SAMPLE, how="anti", maintain_order="left")
    albumin = rows.filter(
        (pl.col("PARAMCD") == "ALB") & pl.col("VALUE").is_not_null() & (pl.col("SIGN") == "")
    )
    one = albumin.sort("SEQ").group_by(_SAMPLE).agg(
        ALBUMIN=pl.col("VALUE").first(), ALBSRC=pl.col("SRC").first(), N=pl.col("VALUE").n_unique()
    )  # fmt: skip
    found = todo.join(one, on=_SAMPLE, how="left", maintain_order="left")
    exact = (pl.col("SIGN") == "") & (pl.col("N") == 1).fill_null(value=False)
    made = found.filter(exact)
    bare = found.filter(~exact)
    values = [corrected_calcium(*pair) for pair in made.select("VALUE", "ALBUMIN").iter_rows()]
    new = made.with_columns(
        VALUE=pl.Series(values, dtype=pl.String),
        PARAMCD=pl.lit("CACORR"),
        ANALYTE=pl.lit("CACORR"),
        HOW=pl.format("calcium {} mmol/L, albumin {} g/L", "VALUE", "ALBUMIN"),
        SRC=pl.concat_str("SRC", "ALBSRC", separator=";"),
    ).select(rows.columns)
    said = query(
        bare["USUBJID"],
        "G-23",
        "Calcium without one albumin of the same sample: not corrected, not graded.",
        do="enter albumin of the same sample, or ionised calcium",
    )
    lone = pl.col("KEY").is_in(bare["KEY"].to_list())
    told = pl.when(lone).then(pl.lit(_BARE)).otherwise(pl.col("HOW"))
    rows = rows.with_columns(KEY=_KEY).with_columns(HOW=told).drop("KEY")
    return pl.concat([rows, new]), [said]


def corrected_calcium(calcium: str, albumin: str) -> str:
    """Calcium (mmol/L) corrected for albumin (g/L), exact (G-23)."""
    return plain(Decimal(calcium) + _SLOPE * (_NORMAL_ALBUMIN - Decimal(albumin)))


def with_mean_qtc(rows: pl.DataFrame) -> pl.DataFrame:
    """Replace replicate QTc by their mean, and round each to whole milliseconds (G-43).

    Replicates are the ECGs of one day, visit and planned time point, before or after first dose.
    """
    ecg = pl.col("PARAMCD").is_in(_QTC) & pl.col("VALUE").is_not_null()
    mine = rows.filter(ecg)
    if mine.height == 0:
        return rows
    groups = mine.sort("MINUTE", "SEQ", nulls_last=True).group_by(_ECG, maintain_order=True)
    firsts = {name: pl.col(name).first() for name in rows.columns if name not in _ECG}
    firsts["SRC"] = pl.col("SRC").sort_by(pl.col("SEQ")).str.join(";")
    means = groups.agg(**firsts, ALL=pl.col("VALUE"))
    texts = [rounded(mean(values), 0) for values in means["ALL"].to_list()]
    several = pl.col("ALL").list.len() > 1
    means = means.with_columns(
        VALUE=pl.Series(texts, dtype=pl.String),
        HOW=pl.when(several)
        .then(pl.format("mean of {} ms", pl.col("ALL").list.join(", ")))
        .otherwise(pl.col("HOW")),
    )
    return pl.concat([rows.filter(~ecg), means.select(rows.columns)])
