"""The same results graded under every version of CTCAE (rule G-57)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from trialwright.protocol.settled import SettledSafety
from trialwright.safety.grading import grade
from trialwright.vocabulary.ctcae import VERSIONS, Version

_SIDES = (("L", "low"), ("H", "high"))
_NUMBERS = {
    "ULN": "ANRHI", "LLN": "ANRLO", "BASE": "BASE", "BASEULN": "BNRHI", "BASELLN": "BNRLO",
}  # fmt: skip
_FLAGS = {"SYMPTOM": "SYMPFL", "TREATED": "TREATFL", "ANTICOAG": "ANTICFL", "FASTING": "FASTFL"}
_KEYS = ("USUBJID", "PARAMCD", "PARAM", "ADT", "AVALC", "AVALU", "ONTRTFL", "SRCDOM", "SRCSEQ")


def grade_inputs(adlb: pl.DataFrame) -> pl.DataFrame:
    """What `grading.grade` needs, from ADLB; rows in order."""
    return adlb.select(
        "PARAMCD",
        VALUE=pl.when(pl.col("AVAL").is_not_null()).then("AVALC"),
        **{name: pl.col(column).cast(pl.String) for name, column in _NUMBERS.items()},
        **{name: pl.col(column) == "Y" for name, column in _FLAGS.items()},
    )


def grades_by_version(
    adlb: pl.DataFrame, rule: SettledSafety, versions: Sequence[Version] = VERSIONS
) -> pl.DataFrame:
    """Grade every result under each version, from its value.

    Parameters
    ----------
    adlb
        ADLB; its own grades are not looked at.
    rule
        Options other than the version.

    Returns
    -------
    pl.DataFrame
        One row per result and direction that any of the versions grades: USUBJID, PARAMCD, PARAM,
        ADT, AVALC, AVALU, ONTRTFL, SRCDOM, SRCSEQ, DIRECTION, and by version `GRADE 5.0` (null
        where it has no grade) and `WHY 5.0`.

    References
    ----------
    Rules G-55, G-56, G-57.
    """
    inputs = grade_inputs(adlb)
    graded = {v: grade(inputs, replace(rule, ctcae_version=v)) for v in versions}
    parts = []
    for side, direction in _SIDES:
        columns = {
            name: frame[f"{stem}{side}"]
            for version, frame in graded.items()
            for name, stem in ((f"GRADE {version}", "GRADE"), (f"WHY {version}", "BASIS"))
        }
        there = pl.any_horizontal(pl.col(f"WHY {version}").is_not_null() for version in versions)
        part = adlb.select(_KEYS).with_columns(DIRECTION=pl.lit(direction), **columns)
        parts.append(part.filter(there))
    return pl.concat(parts).sort("USUBJID", "PARAMCD", "ADT", "SRCDOM", "SRCSEQ", "DIRECTION")


def version_differences(
    adlb: pl.DataFrame, rule: SettledSafety, versions: Sequence[Version] = VERSIONS
) -> pl.DataFrame:
    """The results whose grade is not the same under all versions; a missing grade differs too.

    Returns
    -------
    pl.DataFrame
        As `grades_by_version`.
    """
    frame = grades_by_version(adlb, rule, versions)
    first, *others = (pl.col(f"GRADE {version}") for version in versions)
    return frame.filter(pl.any_horizontal(~first.eq_missing(other) for other in others))
