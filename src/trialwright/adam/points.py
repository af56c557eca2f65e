"""Time points as rows: the arrays of the engine with the records that lead to them."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.adam.reasons.lesion_notes import (
    carriers,
    lesion_lists,
    nadir_words,
    settled_by,
    source_numbers,
)
from trialwright.response.adapter import LesionRecords
from trialwright.response.timepoint import TimePoints
from trialwright.vocabulary.recist import RESPONSE_TEXT, ROUTE_RULE, Role


def point_sources(records: LesionRecords) -> pl.DataFrame:
    """Name and source numbers of every time point: USUBJID, AVISITN (0 baseline), AVISIT, SEQ."""
    numbers = records.cells.group_by("S", "TP").agg(SEQ=source_numbers(pl.lit(value=True)))
    return records.points.join(numbers, on=["S", "TP"], how="left").select(
        "USUBJID", "SEQ", AVISITN=pl.col("TP"), AVISIT=pl.col("VISIT")
    )


def point_frame(records: LesionRecords, points: TimePoints) -> pl.DataFrame:
    """One row per subject and time point after baseline, lengths in tenths of a millimetre.

    Columns: USUBJID, S, AVISITN, AVISIT, LAST, DAY, TOTAL, BASE10, NADIR10, COMPLETE, HASTARGET,
    TARGET, NONTARGET, NEW, RESPONSE, ASREAD (texts), ROUTE (rule id), AFTERCR, RECLASS, POSTPD, MARKER,
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
    markers = records.markers.select("S", "TP", "MARKER")
    frame = frame.join(markers, on=["S", "TP"], how="left", maintain_order="left")
    at = (s.astype(np.int32), v.astype(np.int32))
    frame = frame.with_columns(
        NADIRON=pl.Series(nadir_words(records, points, at), dtype=pl.String),
        CARRIERS=pl.Series(carriers(records, points, at), dtype=pl.String),
        SETTLED=pl.Series(settled_by(records, at), dtype=pl.String),
    )
    return frame.join(lesion_lists(records), on=["S", "TP"], how="left", maintain_order="left")
