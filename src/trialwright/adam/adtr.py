"""ADTR: every lesion at every time point, and the sums of diameters."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.adam.frames import shaped
from trialwright.adam.points import point_frame
from trialwright.response.adapter import LesionRecords
from trialwright.subjects.days import date_of
from trialwright.timetoevent.decisions import Decisions
from trialwright.vocabulary.adam import ADTR
from trialwright.vocabulary.recist import ROLE_TEXT, STATE_TEXT, LesionState, Role

_PARAM = {
    "LDIAM": "Longest Diameter (mm)",
    "LPERP": "Short Axis (mm)",
    "STATE": "Lesion State",
    "SUMDIAM": "Sum of Diameters (mm)",
    "SUMPART": "Sum of the Diameters That Were Read (mm)",
}


def derive_adtr(
    records: LesionRecords, decisions: Decisions, adsl: pl.DataFrame, evaluator: str
) -> pl.DataFrame:
    """Derive ADTR from the lesion records and the target assessment.

    Returns
    -------
    pl.DataFrame
        Columns of `vocabulary.adam.ADTR`: LDIAM or LPERP per target, STATE per other lesion,
        SUMDIAM at complete time points only, SUMPART where a target is missing.
    """
    subject = adsl.select("STUDYID", "USUBJID", "TRTSDT")
    rows = pl.concat([_lesion_rows(records), _sum_rows(records, decisions)], how="diagonal").join(
        subject, on="USUBJID", how="left"
    )
    start = pl.col("TRTSDT")
    elapsed = (pl.col("ADT") - start).dt.total_days()
    return shaped(
        rows.with_columns(
            EVAL=pl.lit(evaluator),
            PARAM=pl.col("PARAMCD").replace_strict(_PARAM),
            ADY=pl.when(elapsed >= 0).then(elapsed + 1).otherwise(elapsed),
            SRCDOM=pl.lit("TR"),
        ),
        ADTR,
    )


def _lesion_rows(records: LesionRecords) -> pl.DataFrame:
    """What holds for each lesion: the engine's own state where it overrules the record."""
    history = records.history
    grid = records.lesions.select("USUBJID", "S", "L", "LNKID", "ROLE", "NODE", "LOC").join(
        records.points.select("S", "TP", "VISIT"), on="S"
    )
    cells = records.cells.select(
        "S", "TP", "L", "TENTHS", "DAY", "REASON", "SRCSEQ", RECORDED=pl.col("STATE")
    )
    grid = grid.join(cells, on=["S", "TP", "L"], how="left").sort("S", "L", "TP")
    grid = grid.filter((pl.col("ROLE") != int(Role.NEW)) | pl.col("RECORDED").is_not_null())
    s, v, lesion = grid["S"].to_numpy(), grid["TP"].to_numpy() - 1, grid["L"].to_numpy()
    later = v >= 0
    state = np.where(later, history.state[s, v, lesion], grid["RECORDED"].fill_null(0).to_numpy())
    size = np.where(later, history.size[s, v, lesion], grid["TENTHS"].fill_null(0).to_numpy())
    target = grid["ROLE"].to_numpy() == Role.TARGET
    base = history.baseline[s, lesion]
    valued = target & ~np.isin(state, (LesionState.NE, LesionState.NONE))
    overruled = (
        later
        & (state == LesionState.NE)
        & grid["RECORDED"]
        .is_in([int(LesionState.MEASURED), int(LesionState.TOO_SMALL), int(LesionState.ABSENT)])
        .to_numpy()
        & target
    )
    code = np.where(target, np.where(grid["NODE"].to_numpy(), "LPERP", "LDIAM"), "STATE")
    present = ~target & ~later
    text = np.array(STATE_TEXT)[state]
    text = np.where(present & (state == LesionState.NONE), STATE_TEXT[LesionState.PRESENT], text)
    return grid.select(
        "USUBJID",
        pl.Series("PARAMCD", code),
        TRLNKID=pl.col("LNKID"),
        ROLE=pl.col("ROLE").replace_strict(dict(enumerate(ROLE_TEXT)), return_dtype=pl.String),
        TRLOC=pl.col("LOC"),
        AVISITN=pl.col("TP"),
        AVISIT=pl.col("VISIT"),
        ADT=date_of("DAY"),
        AVAL=pl.Series(np.where(valued, size / 10, np.nan)).fill_nan(None),
        AVALC=pl.Series(text),
        BASE=pl.Series(np.where(target, base / 10, np.nan)).fill_nan(None),
        CHG=pl.Series(np.where(valued, (size - base) / 10, np.nan)).fill_nan(None),
        PCHG=pl.Series(
            np.where(valued & (base > 0), 100 * (size - base) / np.maximum(base, 1), np.nan)
        ).fill_nan(None),
        RULEID=pl.Series(np.where(overruled, "R-029", "")),
        REASON=pl.when(pl.Series(overruled))
        .then(pl.lit("treated locally or part not evaluable: not evaluable"))
        .otherwise(pl.col("REASON")),
        SRCSEQ=pl.col("SRCSEQ"),
    )


def _sum_rows(records: LesionRecords, decisions: Decisions) -> pl.DataFrame:
    """The sum of diameters at baseline and at each time point of subjects with targets."""
    frame = point_frame(records, decisions.points).filter(pl.col("HASTARGET"))
    total, base, nadir = pl.col("TOTAL"), pl.col("BASE10"), pl.col("NADIR10")
    later = frame.select(
        "USUBJID",
        "AVISITN",
        "AVISIT",
        ADT=date_of("LAST"),
        PARAMCD=pl.when(pl.col("COMPLETE")).then(pl.lit("SUMDIAM")).otherwise(pl.lit("SUMPART")),
        AVAL=total / 10,
        BASE=base / 10,
        CHG=pl.when(pl.col("COMPLETE")).then((total - base) / 10),
        PCHG=pl.when(pl.col("COMPLETE")).then(100 * (total - base) / base),
        NADIR=nadir / 10,
        CHGNAD=(total - nadir) / 10,
        PCHGNAD=pl.when(nadir > 0).then(100 * (total - nadir) / nadir),
        RULEID=pl.lit("R-037"),
        SRCSEQ=pl.col("TARGETSEQ"),
    )
    first = records.points.filter(pl.col("TP") == 0)
    sods = decisions.points.targets.baseline
    s = first["S"].to_numpy()
    base_sum = pl.Series(sods[s] / 10)
    baseline = first.select(
        "USUBJID",
        AVISITN=pl.col("TP"),
        AVISIT=pl.col("VISIT"),
        ADT=date_of("LAST"),
        PARAMCD=pl.lit("SUMDIAM"),
        AVAL=base_sum,
        BASE=base_sum,
        RULEID=pl.lit("R-016"),
    ).filter(pl.col("AVAL") > 0)
    return pl.concat([baseline, later], how="diagonal")
