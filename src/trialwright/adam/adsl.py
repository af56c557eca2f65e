"""ADSL: one record per subject of DM, with the analysis sets and why a subject is not in one."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.adam.analysis_sets import analysis_sets
from trialwright.adam.frames import shaped
from trialwright.core.tables import Sdtm
from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.adapter import LesionRecords
from trialwright.response.reported.records import NOT_KNOWN, measurable_disease
from trialwright.subjects.days import date_of
from trialwright.subjects.milestones import Milestones
from trialwright.timetoevent.decisions import Decisions
from trialwright.vocabulary.adam import ADSL
from trialwright.vocabulary.recist import Role

_DATES = (
    "RFICDT", "ENRLDT", "TRTSDT", "FDOSEDT", "FPROCDT", "TRTEDT", "EOTDT", "NACTDT", "WDRAWDT",
    "LOSTDT", "CLPDDT", "DTHDT", "LSTALVDT",
)  # fmt: skip


def derive_adsl(
    sdtm: Sdtm,
    milestones: Milestones,
    records: LesionRecords,
    decisions: Decisions,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> pl.DataFrame:
    """Derive ADSL: dates, sets S-1 to S-6, baseline disease, times that do not apply.

    S-7 is decided with the exposure: DLTEVLFL and DLTREAS are empty here.

    Returns
    -------
    pl.DataFrame
        Columns of `vocabulary.adam.ADSL`, one row per subject of DM.
    """
    dm = sdtm["DM"].select(
        "USUBJID", "STUDYID", "SUBJID", "SEX", "ARMCD", "ARM",
        AGE=pl.col("AGE").cast(pl.Float64).cast(pl.Int64),
    )  # fmt: skip
    frame = milestones.frame.join(dm, on="USUBJID", how="left", maintain_order="left")
    sets = analysis_sets(sdtm, milestones.frame, records, decisions, rules)
    frame = frame.join(sets, on="USUBJID", how="left", maintain_order="left")
    history = records.history
    targets = history.role == Role.TARGET
    sod = np.where(targets, history.baseline, 0).sum(axis=1)
    frame = frame.with_columns(
        *(date_of(c).alias(c) for c in _DATES),
        date_of_day(milestones.cutoff.day).alias("DCUTDT"),
        pl.Series("TTEREAS", decisions.not_applicable or [""] * frame.height, dtype=pl.String),
        pl.Series("TARGETN", targets.sum(axis=1)),
        pl.Series("_KNOWN", measurable_disease(records) != NOT_KNOWN),
        pl.Series("SODBL", np.where(targets.any(axis=1), sod / 10, np.nan)).fill_nan(None),
        COHORT=pl.col("ARMCD"),
    )
    organs = (
        records.lesions.filter(pl.col("ROLE") != int(Role.NEW))
        .group_by("USUBJID")
        .agg(ORGANS=pl.col("LOC").drop_nulls().unique().sort().str.join("; "))
    )
    frame = frame.join(organs, on="USUBJID", how="left", maintain_order="left")
    frame = frame.with_columns(
        MEASFL=pl.when("_KNOWN").then("MEASFL"),
        TARGETN=pl.when(pl.lit(records.measurable is None)).then("TARGETN"),
    )
    return shaped(frame, ADSL)


def date_of_day(day: int) -> pl.Expr:
    """One day number as a date."""
    return pl.lit(day, pl.Int32).cast(pl.Date)
