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

_READ = (LesionState.MEASURED, LesionState.TOO_SMALL, LesionState.ABSENT)
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
    grid = _lesion_grid(records)
    valued = pl.when(pl.col("VALUED"))
    change = pl.col("SIZE") - pl.col("BASE10")
    target = pl.col("ROLE") == int(Role.TARGET)
    overruled = pl.col("OVERRULED")
    node_test = pl.when(pl.col("NODE")).then(pl.lit("LPERP")).otherwise(pl.lit("LDIAM"))
    return grid.select(
        "USUBJID",
        PARAMCD=pl.when(target).then(node_test).otherwise(pl.lit("STATE")),
        TRLNKID=pl.col("LNKID"),
        ROLE=pl.col("ROLE").replace_strict(dict(enumerate(ROLE_TEXT)), return_dtype=pl.String),
        TRLOC=pl.col("LOC"),
        AVISITN=pl.col("TP"),
        AVISIT=pl.col("VISIT"),
        ADT=date_of("DAY"),
        AVAL=valued.then(_mm(pl.col("SIZE"))),
        AVALC=pl.col("NOW").replace_strict(dict(enumerate(STATE_TEXT)), return_dtype=pl.String),
        BASE=pl.when(target).then(_mm(pl.col("BASE10"))),
        CHG=valued.then(_mm(change)),
        PCHG=pl.when(pl.col("VALUED") & (pl.col("BASE10") > 0)).then(
            100 * change / pl.col("BASE10")
        ),
        RULEID=pl.when(overruled).then(pl.lit("R-029")),
        REASON=pl.when(overruled)
        .then(pl.lit("treated locally or part not evaluable: not evaluable"))
        .otherwise(pl.col("REASON")),
        SRCSEQ=pl.col("SRCSEQ"),
    )


def _mm(tenths: pl.Expr) -> pl.Expr:
    """Millimetres; rounded, since polars divides by a constant with an error in the last bit."""
    return (tenths / 10).round(1)


def _lesion_grid(records: LesionRecords) -> pl.DataFrame:
    """Every lesion at every time point (new lesions where recorded) as the engine saw it.

    Adds NOW (state code), SIZE and BASE10 (tenths of a millimetre), VALUED, OVERRULED.
    """
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
    recorded = grid["RECORDED"].fill_null(0).to_numpy()
    role = grid["ROLE"].to_numpy()
    now = np.where(later, history.state[s, v, lesion], recorded)
    known = (role == Role.NON_TARGET) & ~later & (now == LesionState.NONE)
    now = np.where(known, LesionState.PRESENT, now)
    unseen = np.isin(now, (LesionState.NE, LesionState.NONE))
    had_value = np.isin(recorded, _READ)
    size = np.where(later, history.size[s, v, lesion], grid["TENTHS"].fill_null(0).to_numpy())
    target = role == Role.TARGET
    return grid.with_columns(
        NOW=pl.Series(now.astype(np.int8)),
        SIZE=pl.Series(size),
        BASE10=pl.Series(history.baseline[s, lesion]),
        VALUED=pl.Series(target & ~unseen),
        OVERRULED=pl.Series(target & later & (now == LesionState.NE) & had_value),
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
        AVAL=_mm(total),
        BASE=_mm(base),
        CHG=pl.when(pl.col("COMPLETE")).then(_mm(total - base)),
        PCHG=pl.when(pl.col("COMPLETE")).then(100 * (total - base) / base),
        NADIR=_mm(nadir),
        CHGNAD=_mm(total - nadir),
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
