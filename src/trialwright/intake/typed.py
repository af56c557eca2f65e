"""Dates and numbers as people type them: read where they can mean one thing only.

Nothing is guessed: 03/04/2025 is refused unless somebody said which of the two is the month.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

#: Order of day and month in dates such as 03/04/2025; `None`: refuse what it would decide.
DateOrder: TypeAlias = Literal["DMY", "MDY"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june",
            "jul july", "aug august", "sep sept september", "oct october", "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_UNKNOWN = frozenset({"un", "unk", "uk", "nk", "xx", "??", "--"})
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\w{1,3}|\?\?|--)(?:\s*[-/.月]\s*(\w{1,3}|\?\?|--)?\s*日?)?\s*月?"
)
_NAMED = re.compile(r"(?:(\w{1,2}|\?\?|--)[\s./-]*)?([A-Za-z]{3,9})\.?[\s,./-]*(\d{4})")
_NUMERIC = re.compile(r"(\w{1,2}|\?\?|--)\s*[-/.]\s*(\w{1,2}|\?\?|--)\s*[-/.]\s*(\d{4})")
_NUMBER = re.compile(r"([+-]?)(\d+)(?:([.,])(\d+))?")


@dataclass(frozen=True, slots=True)
class Typed:
    """A value in the form of the datasets; `changed` if it was written in another."""

    text: str
    changed: bool


def typed_number(text: str, *, comma: bool = False) -> Typed | str:
    """Read a number as people type it.

    Full-width digits are the digits they show. A comma is a decimal sign only where `comma` says
    so; 1,234 or 1.234,5 would otherwise mean two things.

    Returns
    -------
    Typed or str
        The plain decimal text, or the reason why it cannot be read.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return "not a number"
    sign, whole, mark, rest = found.groups()
    if mark == "," and not comma:
        return "a comma in a number: write a point, or say that commas are decimal signs"
    result = whole if mark is None else f"{whole}.{rest}"
    result = f"{'-' if sign == '-' else ''}{result}"
    return Typed(result, result != text)


def typed_date(text: str, order: DateOrder | None = None) -> Typed | str:
    """Read a complete or partial date as people type it.

    Accepted: ISO 8601; year first with -, / or . or Chinese signs (2025/3/4, 2025年3月); the month
    by its English name (4 Mar 2025, MAR-2025); day and month as numbers where `order` says which is
    which or where only one reading is a date (25/03/2025). UN, UNK, NK, XX for an unknown day or
    month.

    Returns
    -------
    Typed or str
        YYYY-MM-DD, YYYY-MM or YYYY, or the reason why it cannot be read.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"\d{4}年?", plain):
        return _date(text, plain[:4], None, None)
    if found := _YEAR_FIRST.fullmatch(plain):
        return _date(text, *found.groups())
    if found := _NAMED.fullmatch(plain):
        day, month, year = found.groups()
        return _date(text, year, month, day)
    if found := _NUMERIC.fullmatch(plain):
        first, second, year = found.groups()
        return _numeric(text, (first, second, year), order)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", plain):
        return _date(text, plain[:4], plain[5:7], plain[8:10])
    return "not a date that can be read"


def _numeric(text: str, parts: tuple[str, str, str], order: DateOrder | None) -> Typed | str:
    first, second, year = parts
    if order is None and first != second:
        both = [_date(text, year, second, first), _date(text, year, first, second)]
        readings = [one for one in both if isinstance(one, Typed)]
        if len(readings) == 2:
            return "day and month could be exchanged: write YYYY-MM-DD, or say which comes first"
        return readings[0] if readings else both[0]
    day, month = (second, first) if order == "MDY" else (first, second)
    return _date(text, year, month, day)


def _date(text: str, year: str, month: str | None, day: str | None) -> Typed | str:
    numbers = _part(month, is_month=True), _part(day, is_month=False)
    if "bad" in numbers:
        return "not a date that can be read"
    at_month, at_day = (None if one is None else int(one) for one in numbers)
    if at_month is None:
        result = year
    else:
        try:
            date(int(year), at_month, at_day or 1)
        except ValueError:
            return "not a date of the calendar"
        result = f"{year}-{at_month:02}" + (f"-{at_day:02}" if at_day else "")
    return Typed(result, result != text)


def _part(text: str | None, *, is_month: bool) -> str | None:
    """Digits of a day or a month, `None` where it is unknown, "bad" for anything else."""
    if text is None or text.lower() in _UNKNOWN:
        return None
    if text.isdecimal():
        return text
    named = _MONTHS.get(text.lower()) if is_month else None
    return "bad" if named is None else str(named)
