"""ADLB: laboratory results, vital signs and ECG with their CTCAE grades in both directions."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from trialwright.adam.frames import shaped
from trialwright.adam.trial import Extended, Trial
from trialwright.protocol.settled import SettledSafety, settled_safety
from trialwright.safety.baseline import (
    local_names,
    near_procedures,
    procedure_days,
    with_baseline,
    with_phase,
)
from trialwright.safety.grading import grade
from trialwright.safety.lab_derived import with_corrected_calcium, with_mean_qtc
from trialwright.safety.lab_reasons import reasons
from trialwright.safety.lab_records import LabRecords, read_results
from trialwright.safety.unreported import unreported
from trialwright.subjects.days import date_of
from trialwright.subjects.procedures import study_procedures
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.adam import ADLB
from trialwright.vocabulary.laboratory import ANALYTES, FREE_T4, TSH

_SIDES = (("L", "LLN"), ("H", "ULN"))
_FLAGS = {"SYMPFL": "SYMPTOM", "TREATFL": "TREATED", "ANTICFL": "ANTICOAG", "FASTFL": "FASTING"}


def with_labs(datasets: Mapping[str, pl.DataFrame], trial: Trial) -> Extended:
    """Add ADLB where LB, VS or EG have records.

    Parameters
    ----------
    datasets
        ADSL for the dates of each subject, ADAE for the comparison with reported events.

    Raises
    ------
    ProtocolError
        When a safety option is still open.
    DataError
        For flags that are not listed, and sequence numbers that stand twice.

    References
    ----------
    Rules G-01 to G-60, A-01, A-13, A-14.
    """
    records = read_results(trial.sdtm, datasets["ADSL"])
    if records.frame.height == 0:
        return Extended(datasets, records.queries, records.unused)
    rule = settled_safety(trial.protocol)
    frame, queries = _graded(records, datasets["ADSL"], trial, rule)
    study = datasets["ADSL"].select("USUBJID", "STUDYID")
    adlb = shaped(_described(frame).join(study, on="USUBJID", how="left"), ADLB)
    queries += [unreported(adlb, datasets["ADAE"]), _thyroid(adlb), *_without_range(adlb)]
    return Extended({**datasets, "ADLB": adlb}, (*records.queries, *queries), records.unused)


def _graded(
    records: LabRecords, adsl: pl.DataFrame, trial: Trial, rule: SettledSafety
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Results with phase, baseline, grades and the procedure before them."""
    rows = with_phase(records.frame, trial.sdtm, adsl, rule)
    rows, uncorrected = with_corrected_calcium(rows)
    rows, rivals = with_baseline(with_mean_qtc(rows))
    found = grade(rows, rule)
    local = local_names(trial.protocol.regimen)
    days = procedure_days(trial.sdtm, study_procedures(trial.sdtm), local)
    near = near_procedures(rows, days, rule.post_procedure_days).alias("PROC")
    rows = rows.hstack(found).with_columns(near)
    return _worst(_with_baseline_grade(rows)), [*uncorrected, *rivals]


def _with_baseline_grade(rows: pl.DataFrame) -> pl.DataFrame:
    """The grade of the baseline record in the same direction (G-53)."""
    at_base = [
        pl.col(f"GRADE{side}").filter(pl.col("ISBASE")).first().over("USUBJID", "PARAMCD")
        .alias(f"BGRADE{side}")
        for side, _ in _SIDES
    ]  # fmt: skip
    return rows.with_columns(at_base)


def _worst(rows: pl.DataFrame) -> pl.DataFrame:
    """Flag the first record of the highest grade on treatment, for each direction."""
    key = ("USUBJID", "PARAMCD")
    for side, _ in _SIDES:
        grades = pl.when("ONTRT").then(pl.col(f"GRADE{side}"))
        top = (grades == grades.max().over(key)).fill_null(value=False)
        first = top & (top.cast(pl.Int32).cum_sum().over(key) == 1)
        rows = rows.with_columns(first.alias(f"WORST{side}"))
    return rows


def _described(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of the dataset."""
    value, high, base = (pl.col(name).cast(pl.Float64) for name in ("VALUE", "ULN", "BASE"))
    since = pl.col("DAY") - pl.col("FIRST")
    known = pl.col("VALUE").is_not_null()
    return rows.with_columns(
        PARAM=_param(),
        ADT=date_of("DAY"),
        ADY=since + pl.when(since >= 0).then(1).otherwise(0),
        AVALC=pl.when(known).then("VALUE").otherwise("RAW"),
        AVAL=value,
        AVALU=pl.col("UNIT"),
        AVALQ=pl.col("SIGN"),
        AORRES=pl.concat_str("RAW", "RAWUNIT", separator=" ", ignore_nulls=True),
        AFACTOR=pl.col("FACTOR"),
        ANRLO=pl.col("LLN").cast(pl.Float64),
        ANRHI=high,
        BNRLO=pl.col("BASELLN").cast(pl.Float64),
        BNRHI=pl.col("BASEULN").cast(pl.Float64),
        ANRIND=_against_range(),
        ABLFL=_yes("ISBASE"),
        ONTRTFL=_yes("ONTRT"),
        BASE=base,
        R2ANRHI=_ratio(value, high),
        R2BASE=_ratio(value, base),
        POSTPRFL=pl.when(pl.col("PROC").is_not_null()).then(pl.lit("Y")),
        PROCDT=date_of("PROC"),
        AVISIT=pl.col("VISIT"),
        SRCDOM=pl.col("DOM"),
        SRCSEQ=pl.col("SRC"),
        **{flag: _answer(name) for flag, name in _FLAGS.items()},
        **_of_sides(),
        **reasons(),
    )


def _of_sides() -> dict[str, pl.Expr]:
    """The columns of both directions (G-53)."""
    columns: dict[str, pl.Expr] = {}
    for side, _ in _SIDES:
        columns |= {
            f"ATOXDSC{side}": pl.col(f"TERM{side}"),
            f"ATOXGR{side}": pl.col(f"GRADE{side}"),
            f"BTOXGR{side}": pl.col(f"BGRADE{side}"),
            f"ATOXBAS{side}": pl.col(f"BASIS{side}"),
            f"WORST{side}FL": _yes(f"WORST{side}"),
        }
    return columns


def _ratio(value: pl.Expr, reference: pl.Expr) -> pl.Expr:
    """A multiple, rounded where a quotient of floats may differ in its last bits."""
    return pl.when(reference > 0).then((value / reference).round(9))


def _yes(column: str) -> pl.Expr:
    return pl.when(pl.col(column)).then(pl.lit("Y"))


def _answer(column: str) -> pl.Expr:
    return pl.when(pl.col(column)).then(pl.lit("Y")).when(~pl.col(column)).then(pl.lit("N"))


def _param() -> pl.Expr:
    """Name of the parameter with its unit; what is not graded keeps its collected name."""
    names = {code: f"{one.name} ({one.unit})" for code, one in ANALYTES.items()}
    known = pl.col("ANALYTE").replace_strict(names, default=None, return_dtype=pl.String)
    where = pl.when("ELSEWHERE").then(pl.format(" in {}", pl.col("SPEC").str.to_lowercase()))
    own = pl.concat_str(
        pl.coalesce("NAME", "CODE"), where.fill_null(""), ignore_nulls=True
    )  # fmt: skip
    return pl.coalesce(known, own)


def _against_range() -> pl.Expr:
    """By the limits of the sample; as collected where there are none."""
    value, low, high = (pl.col(name).cast(pl.Float64) for name in ("VALUE", "LLN", "ULN"))
    return (
        pl.when(value < low).then(pl.lit("LOW"))
        .when(value > high).then(pl.lit("HIGH"))
        .when(low.is_not_null() & high.is_not_null() & value.is_not_null()).then(pl.lit("NORMAL"))
        .when(low.is_null() & high.is_null()).then(pl.col("NRIND").str.to_uppercase())
    )  # fmt: skip


def _without_range(adlb: pl.DataFrame) -> list[pl.DataFrame]:
    """Tests with grades that are missing because the limits of normal are (G-52)."""
    missing = pl.any_horizontal(
        pl.col(f"ATOXBAS{side}").str.starts_with("no grade: ").fill_null(value=False)
        & pl.col(f"ATOXBAS{side}").str.contains("LN", literal=True)
        for side, _ in _SIDES
    )
    rows = adlb.filter(missing)
    return [
        query(
            rows.filter(pl.col("PARAMCD") == code)["USUBJID"],
            "G-52",
            f"{code}: limits of normal are missing, and with them grades (missing, not 0).",
            do="enter the limits of the laboratory that ran the sample",
        )
        for code in rows["PARAMCD"].unique().sort()
    ]


def _thyroid(adlb: pl.DataFrame) -> pl.DataFrame:
    """TSH above its limit with low free T4 on one day: the investigator decides (G-50)."""
    high = adlb.filter(pl.col("PARAMCD").is_in(TSH) & (pl.col("ANRIND") == "HIGH"))
    low = adlb.filter(pl.col("PARAMCD").is_in(FREE_T4) & (pl.col("ANRIND") == "LOW"))
    both = high.join(low, on=["USUBJID", "ADT"], how="semi")
    return query(
        both["USUBJID"],
        "G-50",
        "TSH above ULN with low free T4: hypothyroidism has no laboratory grade.",
        do="ask the investigator for symptoms and replacement therapy",
    )
