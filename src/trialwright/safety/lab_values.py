"""Values and limits of normal in the unit of their analyte (rule G-54).

The result as recorded comes first, the standard one where the recorded one cannot be used. Limits
are read in the unit of their own columns. A unit or test that is not listed is never guessed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import polars as pl

from trialwright.safety.exact import converted, plain_number, read_value
from trialwright.vocabulary.laboratory import ANALYTES, DIPSTICK

_SETS = (("TEXT1", "UNIT1"), ("TEXT2", "UNIT2"), ("TEXT3", "UNIT2"))
_LIMITS = (("LO1", "HI1", "UNIT1"), ("LO2", "HI2", "UNIT2"))


_NO_NUMBER, _NEGATIVE = "not a plain number", "negative"
_NO_DIPSTICK = "not a dipstick result"
#: Problems of a result that nothing can be read from.
UNREADABLE = (_NO_NUMBER, _NEGATIVE, _NO_DIPSTICK)


#: Share by which an original and a standard result may differ through rounding.
_ROUNDING = 0.05


class Read(NamedTuple):
    """A result: number in the unit of the analyte (null if unusable), sign, factor, problem."""

    value: str | None
    sign: str
    factor: str
    problem: str


def with_values(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the value of each record with its unit and limits of normal.

    Parameters
    ----------
    rows
        As `lab_sources.collected` gives them.

    Returns
    -------
    pl.DataFrame
        Adds `VALUE` (decimal text, null if it cannot be used), `SIGN`, `UNIT`, `FACTOR` (how the
        collected unit was converted), `LLN`, `ULN`, `PROBLEM` and `RANGE` (what is wrong, else
        empty), `DISAGREE` (original and standard result are not the same), `RAW` (text and unit as collected).
    """
    tried = [_read_set(rows, text, unit) for text, unit in _SETS]
    found = rows.hstack([column for table in tried for column in table.get_columns()])
    names = range(1, len(_SETS) + 1)
    use = pl.coalesce(pl.when(pl.col(f"V{at}").is_not_null()).then(at) for at in names)
    found = found.with_columns(USE=use)
    first = pl.coalesce(pl.when(pl.col(f"P{at}") != "").then(pl.col(f"P{at}")) for at in names)
    picked = {
        name: pl.coalesce(pl.when(pl.col("USE") == at).then(pl.col(f"{stem}{at}")) for at in names)
        for name, stem in (("VALUE", "V"), ("SIGN", "S"), ("FACTOR", "F"))
    }
    raw_unit = pl.when(pl.col("USE").fill_null(1) == 1).then("UNIT1").otherwise("UNIT2")
    found = found.with_columns(
        **picked,
        PROBLEM=pl.when(pl.col("USE").is_null()).then(first.fill_null("")).otherwise(pl.lit("")),
        RAW=pl.coalesce("TEXT1", "TEXT2", "TEXT3"),
        RAWUNIT=pl.coalesce(raw_unit, "UNIT1", "UNIT2"),
    )
    found = found.with_columns(DISAGREE=_disagree())
    base_unit = {code: one.unit for code, one in ANALYTES.items()}
    in_base = pl.col("ANALYTE").is_not_null() & pl.col("VALUE").is_not_null()
    own = pl.col("ANALYTE").replace_strict(base_unit, default=None, return_dtype=pl.String)
    found = found.with_columns(UNIT=pl.when(in_base).then(own).otherwise(pl.col("RAWUNIT")))
    return _with_limits(found)


def _disagree() -> pl.Expr:
    """The standard result is not the original one converted: more apart than rounding can be."""
    first = pl.col("V1").cast(pl.Float64)
    second = pl.coalesce("V2", "V3").cast(pl.Float64)
    apart = (first - second).abs() > _ROUNDING * first.abs()
    graded = pl.col("ANALYTE").is_not_null() & (pl.col("S1") == "")
    return (apart & graded).fill_null(value=False)


def _read_set(rows: pl.DataFrame, text: str, unit: str) -> pl.DataFrame:
    """Read one pair of columns, each distinct combination once."""
    at = {"TEXT1": 1, "TEXT2": 2, "TEXT3": 3}[text]
    keys = rows.select("ANALYTE", T=pl.col(text), U=pl.col(unit))
    distinct = keys.unique()
    results = [read_result(*key) for key in distinct.iter_rows()]
    names = {f"{stem}{at}": pl.String for stem in "VSFP"}
    table = distinct.hstack(pl.DataFrame(results, schema=names, orient="row"))
    return keys.join(
        table, on=["ANALYTE", "T", "U"], how="left", nulls_equal=True, maintain_order="left"
    ).select(list(names))


def read_result(analyte: str | None, text: str | None, unit: str | None) -> Read:
    """A result in the unit of its analyte, or why it cannot be used.

    Parameters
    ----------
    analyte
        Code of `vocabulary.laboratory`; `None` for a test that is not graded, which keeps its unit.
    """
    if text is None:
        return Read(None, "", "", "")
    if analyte == "UPRODIP":
        plus = DIPSTICK.get(text.upper().replace(" ", ""))
        return Read(plus, "", "1", "" if plus else _NO_DIPSTICK)
    found = read_value(text)
    if found is None:
        return Read(None, "", "", _NO_NUMBER if analyte else "")
    return Read(found[1], found[0], "1", "") if analyte is None else _in_unit(analyte, found, unit)


def _in_unit(analyte: str, found: tuple[str, str], unit: str | None) -> Read:
    sign, number = found
    key = _unit_key(unit)
    factor = ANALYTES[analyte].factors.get(key)
    if number.startswith("-"):
        return Read(None, "", "", _NEGATIVE)
    if factor is None:
        return Read(None, "", "", f'unit "{unit}" is not listed' if unit else "no unit")
    offset = (ANALYTES[analyte].offset or {}).get(key, "0")
    return Read(converted(number, factor, offset), sign, factor, "")


@lru_cache(maxsize=10_000)
def _unit_key(unit: str | None) -> str:
    """A unit as it is listed: upper case, micro as U, no blanks."""
    text = (unit or "").strip().upper().replace("\u00b5", "U").replace("\u03bc", "U")
    text = text.replace("\u039c", "U").replace("\u00b0", "").replace(" ", "")
    return text.removeprefix("X") if text.startswith("X10") else text


def _with_limits(rows: pl.DataFrame) -> pl.DataFrame:
    """Limits of the set that the value came from, else of the other one, each in its own unit."""
    ranges = [_read_range(rows, at) for at in (0, 1)]
    rows = rows.hstack([column for table in ranges for column in table.get_columns()])
    from_first = pl.col("USE").fill_null(1) == 1
    graded = pl.col("ANALYTE").is_not_null()
    usable = pl.col("VALUE").is_not_null()
    picked = {}
    for name in ("LLN", "ULN"):
        mine = pl.when(from_first).then(f"{name}0").otherwise(f"{name}1")
        other = pl.when(from_first).then(f"{name}1").otherwise(f"{name}0")
        picked[name] = pl.when(usable).then(pl.coalesce(mine, pl.when(graded).then(other)))
    rows = rows.with_columns(**picked)
    low, high = (pl.col(name).cast(pl.Float64) for name in ("LLN", "ULN"))
    crossed, zero = (low > high).fill_null(value=False), (high <= 0).fill_null(value=False)
    wrong = (
        pl.when(crossed).then(pl.lit("the lower limit of normal is above the upper one"))
        .when(zero).then(pl.lit("the upper limit of normal is not above 0"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    return rows.with_columns(RANGE=wrong).with_columns(
        pl.when(pl.col("RANGE") == "").then(pl.col(name)).alias(name) for name in ("LLN", "ULN")
    )


def _read_range(rows: pl.DataFrame, at: int) -> pl.DataFrame:
    low, high, unit = _LIMITS[at]
    keys = rows.select("ANALYTE", L=pl.col(low), H=pl.col(high), U=pl.col(unit))
    distinct = keys.unique()
    names = {f"LLN{at}": pl.String, f"ULN{at}": pl.String}
    limits = [
        (_limit(analyte, first, unit), _limit(analyte, last, unit))
        for analyte, first, last, unit in distinct.iter_rows()
    ]
    table = distinct.hstack(pl.DataFrame(limits, schema=names, orient="row"))
    on = ["ANALYTE", "L", "H", "U"]
    return keys.join(table, on=on, how="left", nulls_equal=True, maintain_order="left").select(
        list(names)
    )


def _limit(analyte: str | None, text: str | None, unit: str | None) -> str | None:
    """A limit of normal in the unit of its analyte; none where it cannot be read."""
    if text is None:
        return None
    if analyte is None:
        return plain_number(text)
    found = read_result(analyte, text, unit)
    return found.value if not found.sign else None
