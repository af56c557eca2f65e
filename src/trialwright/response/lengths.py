"""Text to tenths of a millimetre, exactly, or a refusal (R-133, R-143)."""

from __future__ import annotations

import re
from decimal import Decimal

import polars as pl

from trialwright.vocabulary.recist import MAX_DIAMETER_TENTHS, UNIT_TENTHS

_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_LOOKS_NUMERIC = re.compile(r"[-+]?[\d.,]+(?:[eE][-+]?\d+)?")


def length_problem(text: str, unit: str | None) -> str:
    """Why a length is refused, "" when it can be read.

    `text` is upper case without outer blanks; zero needs no unit.
    """
    if not _PLAIN.fullmatch(text):
        return _word_problem(text)
    value = Decimal(text)
    if value == 0:
        return ""
    if unit is None or unit == "":
        return "no unit"
    if unit not in UNIT_TENTHS:
        return f'unit "{unit}"'
    tenths = value * UNIT_TENTHS[unit]
    if tenths != tenths.to_integral_value():
        return "finer than 0.1 mm"
    return "longer than 1000 mm" if tenths > MAX_DIAMETER_TENTHS else ""


def _word_problem(text: str) -> str:
    if text.startswith("-"):
        return "negative"
    if "," in text:
        return "a comma in a number"
    return "not a plain number" if _LOOKS_NUMERIC.fullmatch(text) else "not a listed word"


def lengths(texts: pl.DataFrame) -> pl.DataFrame:
    """Read each distinct pair of text and unit once.

    Parameters
    ----------
    texts
        Columns TEXT and UNIT, upper case without outer blanks.

    Returns
    -------
    pl.DataFrame
        Distinct TEXT, UNIT with TENTHS (null when refused) and PROBLEM ("" when read).
    """
    pairs = texts.select("TEXT", "UNIT").unique().filter(pl.col("TEXT").is_not_null()).rows()
    problems = [length_problem(text, unit) for text, unit in pairs]
    tenths = [
        None if problem else int(Decimal(text) * UNIT_TENTHS.get(unit or "", 0))
        for (text, unit), problem in zip(pairs, problems, strict=True)
    ]
    return pl.DataFrame(
        {
            "TEXT": [text for text, _ in pairs],
            "UNIT": [unit for _, unit in pairs],
            "TENTHS": tenths,
            "PROBLEM": problems,
        },
        schema={
            "TEXT": pl.String,
            "UNIT": pl.String,
            "TENTHS": pl.Int32,
            "PROBLEM": pl.String,
        },
    )
