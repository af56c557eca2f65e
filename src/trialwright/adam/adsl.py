"""ADSL: one record per subject of DM, with the analysis sets and why a subject is not in one."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.adam.frames import shaped
from trialwright.core.tables import Sdtm
from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.adapter import LesionRecords
from trialwright.response.history import Flags
from trialwright.response.reported.records import (
    NOT_KNOWN,
    NOT_MEASURABLE,
    measurable_disease,
)
from trialwright.subjects.days import date_of
from trialwright.subjects.milestones import Milestones
from trialwright.timetoevent.decisions import Decisions, days
from trialwright.vocabulary.adam import ADSL
from trialwright.vocabulary.recist import NEVER, NO_DAY, Response, Role

_DATES = (
    "RFICDT", "ENRLDT", "TRTSDT", "FDOSEDT", "FPROCDT", "TRTEDT", "EOTDT", "NACTDT", "WDRAWDT",
    "LOSTDT", "DTHDT", "LSTALVDT",
)  # fmt: skip


def derive_adsl(
    sdtm: Sdtm,
    milestones: Milestones,
    records: LesionRecords,
    decisions: Decisions,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> pl.DataFrame:
    """Derive ADSL: dates, sets S-2 to S-5, baseline disease.

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
    sets = _sets(milestones.frame, records, decisions, rules)
    history = records.history
    targets = history.role == Role.TARGET
    sod = np.where(targets, history.baseline, 0).sum(axis=1)
    frame = frame.with_columns(
        *(date_of(c).alias(c) for c in _DATES),
        date_of_day(milestones.cutoff.day).alias("DCUTDT"),
        *(pl.Series(name, _yes(flag)) for name, flag in sets.items()),
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
    return shaped(frame.with_columns(SETREAS=_reason()), ADSL)


def date_of_day(day: int) -> pl.Expr:
    """One day number as a date."""
    return pl.lit(day, pl.Int32).cast(pl.Date)


def _yes(flag: Flags) -> list[str]:
    return ["Y" if value else "N" for value in flag]


def _sets(
    milestones: pl.DataFrame,
    records: LesionRecords,
    decisions: Decisions,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> dict[str, Flags]:
    """Analysis sets as flags [S] (S-2 to S-5); R-015 says whether S-5 needs measurable disease."""
    response_rule, analysis = rules
    enrolled = days(milestones, "ENRLDT", NO_DAY) != NO_DAY
    treated = enrolled & (days(milestones, "TRTSDT", NO_DAY) != NO_DAY)
    # Not known counts as measurable: leaving such subjects out would raise the rate of the set.
    measurable = measurable_disease(records) != NOT_MEASURABLE
    response = decisions.points.response
    adequate = decisions.window & (response != Response.NE) & (response != Response.NA)
    evaluable = adequate.any(axis=1)
    if analysis.eval_counts_early_pd:
        evaluable |= decisions.follow.death < NEVER
        evaluable |= (decisions.window & (response == Response.PD)).any(axis=1)
    return {
        "ENRLFL": enrolled,
        "FASFL": treated,
        "SAFFL": treated,
        "MEASFL": measurable,
        "EFFFL": treated & evaluable & (measurable | (not response_rule.require_measurable)),
    }


def _reason() -> pl.Expr:
    """Why a subject is in no set, or not evaluable."""
    no = [pl.col(name) == "N" for name in ("ENRLFL", "FASFL", "MEASFL", "EFFFL")]
    no[2] &= no[3]
    words = (
        "not enrolled (S-2)",
        "not treated (S-3, S-4)",
        "no measurable disease at baseline (S-5)",
        "no adequate assessment after baseline (S-5)",
    )
    found = pl.lit(None, pl.String)
    for which, text in reversed(list(zip(no, words, strict=True))):
        found = pl.when(which).then(pl.lit(text)).otherwise(found)
    return found
