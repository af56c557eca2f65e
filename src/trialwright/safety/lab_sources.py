"""Results of LB, VS and EG in one frame of text, as they were collected."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.safety.codes import YES_NO, decoded
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.sequence import numbered
from trialwright.vocabulary.laboratory import (
    ANALYTE_OF,
    ANALYTES,
    BLOOD_WORDS,
    DIPSTICK,
    URINE_ANALYTES,
)

#: Domains whose results are graded.
DOMAINS = ("LB", "VS", "EG")
_FASTING: Mapping[str, str | None] = {**YES_NO, "U": None, "UNKNOWN": None, "NA": None}
#: Column of this frame by the stem of the column of the domain.
_TEXT = {
    "NAME": "TEST", "TEXT1": "ORRES", "UNIT1": "ORRESU", "LO1": "ORNRLO", "HI1": "ORNRHI",
    "TEXT2": "STRESC", "TEXT3": "STRESN", "UNIT2": "STRESU", "LO2": "STNRLO", "HI2": "STNRHI",
    "STAT": "STAT", "SPEC": "SPEC", "NRIND": "NRIND", "DTC": "DTC", "TPT": "TPT",
}  # fmt: skip
_FLAGS = ("SYMPTOM", "TREATED", "ANTICOAG")


def collected(sdtm: Sdtm) -> pl.DataFrame:
    """Every record of LB, VS and EG with its analyte.

    Returns
    -------
    pl.DataFrame
        `DOM`, `SEQ`, `USUBJID`, `CODE` (test), `ANALYTE` (code of `vocabulary.laboratory`, null
        where there is none), `PARAMCD`, original and standard result with unit and limits, `DAY`,
        `DTC`, visit, and the stated flags as booleans.

    Raises
    ------
    DataError
        For flags that are not listed, and sequence numbers that stand twice.
    """
    parts = [_of_domain(sdtm, code) for code in DOMAINS if sdtm[code].height]
    return _with_analyte(pl.concat(parts)) if parts else pl.DataFrame()


def _of_domain(sdtm: Sdtm, code: str) -> pl.DataFrame:
    origin = sdtm.origin(code)
    rows = numbered(sdtm[code], code, origin)
    rows = rows.with_columns(decoded(rows, name, YES_NO, origin) for name in _FLAGS)
    fasting = decoded(rows, "LBFAST", _FASTING, origin)
    texts = {name: _optional(rows, f"{code}{stem}") for name, stem in _TEXT.items()}
    return rows.select(
        "USUBJID",
        "SEQ",
        **texts,
        DOM=pl.lit(code),
        CODE=upper(f"{code}TESTCD"),
        DAY=day_column(f"{code}DTC"),
        VISIT=pl.col("VISIT"),
        VISITNUM=pl.col("VISITNUM"),
        FASTING=(fasting == "Y"),
        **{name: pl.col(name) == "Y" for name in _FLAGS},
    )


def _optional(rows: pl.DataFrame, name: str) -> pl.Expr:
    """A column as text without outer blanks; null where it is empty or not delivered."""
    if name not in rows.columns:
        return pl.lit(None, pl.String)
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)


def _with_analyte(rows: pl.DataFrame) -> pl.DataFrame:
    """What was measured, and in which specimen: urine and effusions are not blood."""
    names = [(domain, code, analyte) for (domain, code), analyte in ANALYTE_OF.items()]
    table = pl.DataFrame(names, schema=["DOM", "CODE", "ANALYTE"], orient="row")
    rows = rows.join(table, on=["DOM", "CODE"], how="left", maintain_order="left")
    spec = pl.col("SPEC").str.to_uppercase()
    urine = spec.str.contains("URINE", literal=True).fill_null(value=False)
    blood = spec.is_null() | spec.str.contains_any(list(BLOOD_WORDS))
    word = pl.coalesce("TEXT1", "TEXT2").str.to_uppercase().str.replace_all(" ", "")
    dipstick = urine & (pl.col("CODE") == "PROT") & word.is_in(list(DIPSTICK))
    in_urine = pl.col("ANALYTE").is_in(URINE_ANALYTES)
    # Blood and urine share the test code of pH: without a specimen nobody knows which it is.
    unsure = (pl.col("ANALYTE") == "PH") & spec.is_null()
    fits = (in_urine | (blood & ~urine) | (pl.col("DOM") != "LB")) & ~unsure
    elsewhere = ~blood & ~fits & ~unsure
    return rows.with_columns(
        ANALYTE=pl.when(dipstick).then(pl.lit("UPRODIP")).when(fits).then(pl.col("ANALYTE")),
        ELSEWHERE=elsewhere & ~dipstick,
    ).with_columns(
        PARAMCD=pl.when(pl.col("ANALYTE").is_not_null())
        .then(pl.col("ANALYTE"))
        .when("ELSEWHERE")
        .then(pl.concat_str(spec.str.slice(0, 1), pl.col("CODE").str.slice(0, 7)))
        .when(pl.col("CODE").is_in(list(ANALYTES)))
        .then(pl.concat_str(pl.lit("X"), pl.col("CODE").str.slice(0, 7)))
        .otherwise(pl.col("CODE"))
    )
