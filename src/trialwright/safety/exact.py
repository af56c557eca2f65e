"""Exact decimals: text to whole numbers on one scale, so that 3 x ULN is a product without error.

Rule G-54. Numbers travel as text; a group of columns is brought to the smallest common power of ten
and compared as integers, 64 bits wide where they fit, of any width otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

Bools: TypeAlias = npt.NDArray[np.bool_]
#: Whole numbers: int64, or Python integers in an array of objects.
Whole: TypeAlias = npt.NDArray[Any]

_VALUE = re.compile(
    r"\s*(?P<sign><=|>=|<|>|≤|≥)?\s*(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,2})?)\s*",
    re.ASCII,
)
_EXACT = Context(prec=60)
#: Digits behind the point of a value whose conversion does not end (degrees Fahrenheit).
_DIGITS = 6
#: Room for the factors that a limit multiplies with (20 x ULN, percent).
_ROOM = 10_000


@lru_cache(maxsize=200_000)
def read_value(text: str) -> tuple[str, str] | None:
    """The sign and the number of a result such as `12.5` or `<0.1`; `None` if it is neither."""
    match = _VALUE.fullmatch(text)
    if match is None:
        return None
    sign = (match["sign"] or "").replace("≤", "<=").replace("≥", ">=")
    return sign, plain(Decimal(match["number"]))


def plain_number(text: str) -> str | None:
    """The number of a text without sign, `None` for anything else."""
    found = read_value(text)
    return found[1] if found and not found[0] else None


def plain(value: Decimal) -> str:
    """The shortest decimal text of a number, without exponent."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


@lru_cache(maxsize=200_000)
def converted(number: str, factor: str, offset: str = "0") -> str:
    """`(number - offset) x factor`, exact; 6 decimals where the decimals do not end.

    Parameters
    ----------
    number
        Decimal text.
    factor
        Decimal text, or a fraction such as `5/9`.
    """
    if factor == "1" and offset == "0":
        return number
    if "/" not in factor:
        moved = _EXACT.subtract(Decimal(number), Decimal(offset))
        return plain(_EXACT.multiply(moved, Decimal(factor)))
    return decimal_text((Fraction(number) - Fraction(offset)) * Fraction(factor))


def decimal_text(value: Fraction, digits: int = _DIGITS) -> str:
    """A fraction as decimal text: exact where its decimals end, else rounded half away from 0."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        return plain(_EXACT.divide(Decimal(value.numerator), Decimal(value.denominator)))
    return rounded(value, digits)


def rounded(value: Fraction, digits: int) -> str:
    """A fraction rounded half away from zero to so many decimals, as text."""
    scale = 10**digits
    whole = (abs(value) * scale * 2 + 1) // 2
    text = plain(Decimal(int(whole)).scaleb(-digits, _EXACT))
    return f"-{text}" if value < 0 and text != "0" else text


def on_one_scale(
    columns: Mapping[str, pl.Series],
) -> tuple[dict[str, Whole], dict[str, Bools], int]:
    """All columns as whole numbers on one scale.

    Returns
    -------
    tuple
        The numbers by name (0 where missing), where they are known, and the scale: a power of ten
        that a plain number is multiplied by to be compared with them.
    """
    codes, texts = _distinct(columns)
    numbers, scale = _short(texts) or _long(texts)
    table = np.concatenate([np.zeros(1, numbers.dtype), numbers])
    known = {name: code > 0 for name, code in codes.items()}
    return {name: table[code] for name, code in codes.items()}, known, scale


def _short(texts: pl.Series) -> tuple[Whole, int] | None:
    """Plain decimals of few digits as int64 and their scale; `None` if one is longer."""
    if not texts.str.contains(r"^\d{1,9}(\.\d{1,5})?$").all():
        return None
    places = texts.str.len_chars().cast(pl.Int64) - texts.str.find(".", literal=True) - 1
    behind = places.fill_null(0).to_numpy()
    most = int(behind.max(initial=0))
    whole = texts.str.replace(".", "", literal=True).cast(pl.Int64).to_numpy()
    return whole * 10 ** (most - behind), 10**most


def _long(texts: pl.Series) -> tuple[Whole, int]:
    """Any decimals: int64 where they fit with room for a product, else Python integers."""
    decimals = [_decimal(text) for text in texts]
    places = max((-_exponent(value) for value in decimals), default=0)
    scale = 10 ** max(places, 0)
    numbers = [int(value.scaleb(max(places, 0), _EXACT)) for value in decimals]
    top = max((abs(number) for number in numbers), default=0)
    fits = max(top, scale * 100) * _ROOM < 2**62
    return np.array(numbers, dtype=np.int64 if fits else object), scale


def _distinct(
    columns: Mapping[str, pl.Series],
) -> tuple[dict[str, npt.NDArray[np.int64]], pl.Series]:
    """The distinct texts of all columns, and each column as places in them, 0 for missing."""
    texts = {name: column.cast(pl.String) for name, column in columns.items()}
    joined = pl.concat([column.alias("T") for column in texts.values()])
    found = joined.drop_nulls().unique().sort()
    if not len(found):
        return {name: np.zeros(len(one), np.int64) for name, one in texts.items()}, found
    place = pl.Series(range(1, len(found) + 1), dtype=pl.Int64)
    codes = {
        name: column.replace_strict(found, place, default=None).fill_null(0).to_numpy()
        for name, column in texts.items()
    }
    return codes, found


@lru_cache(maxsize=200_000)
def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        message = f"not a decimal number: {text}"
        raise ValueError(message) from None
    return value


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def ratio_above(value: pl.Series, reference: pl.Series, multiple: str) -> pl.Series:
    """Whether value > multiple x reference, exactly; null where one of them is missing."""
    numbers, known, _ = on_one_scale({"V": value, "R": reference})
    factor = Fraction(multiple)
    above = numbers["V"] * factor.denominator > numbers["R"] * factor.numerator
    both = known["V"] & known["R"]
    return pl.Series("ABOVE", above.astype(bool)).set(pl.Series(~both), None)


def mean(values: Sequence[str]) -> Fraction:
    """The exact mean of decimal texts."""
    return sum((Fraction(value) for value in values), Fraction(0)) / len(values)
