"""Checks within an ADaM dataset: flags, values, arithmetic, times to event."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from trialwright.conformance.looking import (
    MOST,
    by_value,
    filled,
    number,
    one_to_one,
    together,
    where,
)
from trialwright.conformance.model import NOT_RUN, DataTable, Fault, Looked, Trial
from trialwright.core.tables import ROW
from trialwright.vocabulary.irecist import IMMUNE_TEXT
from trialwright.vocabulary.recist import RESPONSE_TEXT

#: Parameters of ADRS whose AVALC is a response category.
_RESPONSES = frozenset({"OVR", "BOR", "CBOR", "OVRLRESP", "BESTRESP"})
#: Differences of doubles that are none: relative, and absolute near zero.
_NEAR = 1e-9
_SPANS = (("ASTDT", "AENDT"), ("TRTSDT", "TRTEDT"), ("STARTDT", "ADT"), ("RFICDT", "DTHDT"))


def flags(table: DataTable, trial: Trial) -> Looked:
    """Flags (--FL) are Y, N or empty."""
    del trial
    names = [name for name in table.frame.columns if name.endswith("FL")]
    parts = []
    for name in names:
        values = table.frame[name].drop_nulls().unique()
        bad = [value for value in values if value not in {"Y", "N"}]
        part = by_value(table, name, bad)
        parts.append(Looked(table.frame.height, part.faults))
    return together(parts)


def imputed(table: DataTable, trial: Trial) -> Looked:
    """Imputation flags (--DTF) are D, M, Y or empty, and stand beside a date."""
    del trial
    parts = []
    for name in [name for name in table.frame.columns if name.endswith("DTF")]:
        day = name.removesuffix("F")
        undated = pl.col(day).is_null() if table.has(day) else pl.lit(value=True)
        wrong = ~pl.col(name).is_in(["D", "M", "Y"]) | undated
        parts.append(where(filled(table, name), wrong, name))
    return together(parts)


def parameters(table: DataTable, trial: Trial) -> Looked:
    """PARAMCD and PARAM name the same parameters."""
    del trial
    return one_to_one(table, "PARAMCD", "PARAM")


def parameter_codes(table: DataTable, trial: Trial) -> Looked:
    """PARAMCD has at most 8 letters and digits."""
    del trial
    if not table.has("PARAMCD"):
        return NOT_RUN
    rows = filled(table, "PARAMCD")
    return where(rows, ~pl.col("PARAMCD").str.contains(r"^[A-Z_][A-Z0-9_]{0,7}$"), "PARAMCD")


def value_there(table: DataTable, trial: Trial) -> Looked:
    """A dataset by parameter has AVAL or AVALC."""
    del trial
    if not table.has("PARAMCD"):
        return NOT_RUN
    has = table.has("AVAL") or table.has("AVALC")
    return Looked(table.frame.height, () if has else [Fault(0, "AVAL")])


def value_pairs(table: DataTable, trial: Trial) -> Looked:
    """AVALC that is a number is AVAL."""
    del trial
    if not table.has("AVAL", "AVALC"):
        return NOT_RUN
    rows = filled(table, "AVAL", "AVALC")
    faults = [
        Fault(row, "AVALC", text, f"AVAL is {value}")
        for row, value, text in rows.select(ROW, "AVAL", "AVALC").iter_rows()
        if _differs(text, value)
    ]
    return Looked(rows.height, faults[:MOST])


def _differs(text: str, value: str) -> bool:
    try:
        exact, given = Fraction(text.replace(" ", "")), Fraction(value)
    except (ValueError, ZeroDivisionError):
        return False
    return abs(exact - given) > Fraction(_NEAR) * max(abs(exact), Fraction(1))


def response_terms(table: DataTable, trial: Trial) -> Looked:
    """Responses of ADRS are RECIST 1.1 (or iRECIST) terms."""
    del trial
    if table.name != "ADRS" or not table.has("PARAMCD", "AVALC"):
        return NOT_RUN
    rows = filled(table, "AVALC").filter(pl.col("PARAMCD").is_in(list(_RESPONSES)))
    known = [*filter(None, RESPONSE_TEXT), *filter(None, IMMUNE_TEXT), "NA"]
    return where(rows, ~pl.col("AVALC").is_in(known), "AVALC")


def grades(table: DataTable, trial: Trial) -> Looked:
    """Toxicity grades are 0 to 5."""
    del trial
    names = [n for n in ("ATOXGRN", "ATOXGRL", "ATOXGRH", "BTOXGRL", "BTOXGRH") if table.has(n)]
    parts = []
    for name in names:
        wrong = ~number(name).is_in([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
        parts.append(where(filled(table, name), wrong, name))
    return together(parts)


def change(table: DataTable, trial: Trial) -> Looked:
    """CHG is AVAL less BASE."""
    del trial
    if not table.has("AVAL", "BASE", "CHG"):
        return NOT_RUN
    expected = number("AVAL") - number("BASE")
    return where(filled(table, "AVAL", "BASE", "CHG"), _off("CHG", expected), "CHG")


def percent_change(table: DataTable, trial: Trial) -> Looked:
    """PCHG is 100 times CHG over BASE."""
    del trial
    if not table.has("AVAL", "BASE", "PCHG"):
        return NOT_RUN
    rows = filled(table, "AVAL", "BASE", "PCHG").filter(number("BASE") != 0)
    expected = 100 * (number("AVAL") - number("BASE")) / number("BASE")
    return where(rows, _off("PCHG", expected), "PCHG")


def _off(column: str, expected: pl.Expr) -> pl.Expr:
    # Other writers round to some decimals: half a unit of the last digit given is no fault.
    digits = pl.col(column).str.extract(r"\.([0-9]+)$").str.len_chars().fill_null(0)
    rounding = 0.5 * pl.lit(10.0).pow(-digits.cast(pl.Float64))
    near = _NEAR * pl.max_horizontal(expected.abs(), 1.0)
    slack = pl.when(digits > 0).then(rounding + near).otherwise(near)
    return (number(column) - expected).abs() > slack


def one_base(table: DataTable, trial: Trial) -> Looked:
    """A subject, parameter and lesion has one BASE."""
    del trial
    if table.name != "ADTR" or not table.has("USUBJID", "PARAMCD", "BASE"):
        return NOT_RUN
    within = [n for n in ("USUBJID", "PARAMCD", "TRLNKID", "EVAL", "EVALID") if table.has(n)]
    rows = filled(table, "BASE")
    wrong = pl.col("BASE").n_unique().over(within) > 1
    return where(rows, wrong, "BASE")


def censored(table: DataTable, trial: Trial) -> Looked:
    """CNSR is 0 (event) or 1 (censored)."""
    del trial
    if not table.has("CNSR"):
        return NOT_RUN
    return where(filled(table, "CNSR"), ~pl.col("CNSR").is_in(["0", "1"]), "CNSR")


def described(table: DataTable, trial: Trial) -> Looked:
    """An event or censoring says what it is (EVNTDESC)."""
    del trial
    if not table.has("CNSR", "EVNTDESC"):
        return NOT_RUN
    wrong = pl.col("EVNTDESC").is_null() & pl.col("AVAL").is_not_null()
    return where(filled(table, "CNSR"), wrong, "EVNTDESC")


def times(table: DataTable, trial: Trial) -> Looked:
    """AVAL of ADTTE is ADT less STARTDT plus one day."""
    del trial
    if table.name != "ADTTE" or not table.has("STARTDT", "ADT", "AVAL"):
        return NOT_RUN
    rows = filled(table, "STARTDT", "ADT", "AVAL").with_columns(
        _DAYS=(_day("ADT") - _day("STARTDT")).dt.total_days() + 1
    )
    return where(rows, (number("AVAL") - pl.col("_DAYS")).abs() > _NEAR, "AVAL")


def spans(table: DataTable, trial: Trial) -> Looked:
    """Nothing ends before it starts."""
    del trial
    parts = []
    for start, end in _SPANS:
        if table.has(start, end) and not (table.name != "ADTTE" and start == "STARTDT"):
            rows = filled(table, start, end)
            parts.append(where(rows, _day(end) < _day(start), end))
    return together(parts)


def study_days(table: DataTable, trial: Trial) -> Looked:
    """Study days count from TRTSDT of ADSL, without a day 0."""
    adsl = trial.tables.get("ADSL")
    if adsl is None or not adsl.has("USUBJID", "TRTSDT") or not table.has("USUBJID", "ADT", "ADY"):
        return NOT_RUN
    start = adsl.frame.select("USUBJID", _START=_day("TRTSDT")).unique("USUBJID")
    rows = (
        filled(table, "ADT", "ADY")
        .join(start, on="USUBJID", how="inner", maintain_order="left")
        .with_columns(_DAYS=(_day("ADT") - pl.col("_START")).dt.total_days())
        .filter(pl.col("_DAYS").is_not_null())
    )
    expected = pl.col("_DAYS") + (pl.col("_DAYS") >= 0).cast(pl.Int64)
    return where(rows, number("ADY") != expected, "ADY")


def alive(table: DataTable, trial: Trial) -> Looked:
    """Nobody is known alive after death."""
    del trial
    if table.name != "ADSL" or not table.has("LSTALVDT", "DTHDT"):
        return NOT_RUN
    rows = filled(table, "LSTALVDT", "DTHDT")
    return where(rows, _day("LSTALVDT") > _day("DTHDT"), "LSTALVDT")


def _day(column: str) -> pl.Expr:
    return pl.col(column).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
