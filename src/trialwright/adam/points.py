"""Time points as rows: the arrays of the engine with the records that lead to them."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.response.adapter import LesionRecords
from trialwright.response.timepoint import TimePoints
from trialwright.vocabulary.recist import (
    RESPONSE_TEXT,
    ROUTE_RULE,
    LesionState,
    Role,
)


def point_frame(records: LesionRecords, points: TimePoints) -> pl.DataFrame:
    """One row per subject and time point after baseline, lengths in tenths of a millimetre.

    Columns: USUBJID, S, AVISITN, AVISIT, LAST, DAY, TOTAL, BASE10, NADIR10, COMPLETE, HASTARGET,
    TARGET, NONTARGET, NEW, RESPONSE, ASREAD (texts), ROUTE (rule id), AFTERCR, RECLASS, POSTPD,
    and the lists of lesions and source numbers that decided: MISSING, GREW, NEWIDS, WORSE, SEQ,
    TARGETSEQ.
    """
    frame = records.points.filter(pl.col("TP") > 0).sort("S", "TP")
    s, v = frame["S"].to_numpy(), frame["TP"].to_numpy() - 1
    targets = points.targets
    text = np.array(RESPONSE_TEXT)
    has_target = (records.history.role == Role.TARGET).any(axis=1)
    frame = frame.with_columns(
        AVISITN=pl.col("TP"),
        AVISIT=pl.col("VISIT"),
        DAY=pl.Series(points.day[s, v]),
        TOTAL=pl.Series(targets.total[s, v]),
        BASE10=pl.Series(targets.baseline[s]),
        NADIR10=pl.Series(targets.nadir[s, v]),
        COMPLETE=pl.Series(targets.complete[s, v]),
        HASTARGET=pl.Series(has_target[s]),
        TARGET=pl.Series(text[targets.response[s, v]]),
        NONTARGET=pl.Series(text[points.others.response[s, v]]),
        NEW=pl.Series(points.others.new[s, v]),
        RESPONSE=pl.Series(text[points.response[s, v]]),
        ASREAD=pl.Series(text[points.as_read[s, v]]),
        ROUTE=pl.Series(np.array(ROUTE_RULE)[targets.route[s, v]]),
        AFTERCR=pl.Series(points.after_cr[s, v]),
        RECLASS=pl.Series(points.reclassified[s, v]),
        POSTPD=pl.Series(points.post_pd[s, v]),
    )
    return frame.join(_lists(records), on=["S", "TP"], how="left", maintain_order="left")


def _lists(records: LesionRecords) -> pl.DataFrame:
    """Lesions and source numbers by time point, as texts; a lesion without a record is there too."""
    later = records.points.filter(pl.col("TP") > 0).select("S", "TP")
    known = records.lesions.select("S", "L", "LNKID", "ROLE").join(later, on="S")
    cells = records.cells.select("S", "TP", "L", "SRCSEQ")
    grid = known.join(cells, on=["S", "TP", "L"], how="left").sort("S", "TP", "ROLE", "LNKID")
    s, v, lesion = grid["S"].to_numpy(), grid["TP"].to_numpy() - 1, grid["L"].to_numpy()
    grid = grid.with_columns(NOW=pl.Series(records.history.state[s, v, lesion]))
    target = pl.col("ROLE") == int(Role.TARGET)
    new = pl.col("ROLE") == int(Role.NEW)
    sure = pl.col("NOW") == int(LesionState.UNEQUIVOCAL)
    doubtful = pl.col("NOW") == int(LesionState.EQUIVOCAL)
    unseen = pl.col("NOW") == int(LesionState.NE)

    def named(which: pl.Expr) -> pl.Expr:
        return pl.col("LNKID").filter(which).unique().sort().str.join(", ")

    return grid.group_by("S", "TP").agg(
        MISSING=named(target & unseen),
        NTMISSING=named(~target & ~new & unseen),
        NEWIDS=named(new & (sure | doubtful)),
        WORSE=named(~target & ~new & sure),
        SEQ=_numbers(pl.lit(value=True)),
        TARGETSEQ=_numbers(target),
    )


def _numbers(which: pl.Expr) -> pl.Expr:
    """Sequence numbers of the marked cells, rising."""
    return (
        pl.col("SRCSEQ")
        .filter(which & (pl.col("SRCSEQ") != "").fill_null(value=False))
        .str.split(" ")
        .list.explode()
        .cast(pl.Int64)
        .sort()
        .cast(pl.String)
        .str.join(" ")
    )
