"""Dates and numbers as people type them: read where they can mean one thing only.

Nothing is guessed: 03/04/2025 is refused unless somebody said which of the two is the month.
"""

from __future__ import annotations

import re
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
_UNKNOWN = frozenset({"un", "unk", "uk", "nk", "xx", "xxx", "??", "--"})
#: Years that can stand in the record of a living trial; others are typing errors.
_YEARS = range(1900, 2100)
_PART = r"(\w{1,9}|\?\?|--)"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})\s*[-/.]\s*{_PART}(?:\s*[-/.]\s*{_PART})?", re.ASCII)
_SIGNS = re.compile(r"([0-9]{4})\s*年\s*(?:(\w{1,3})\s*月\s*(?:(\w{1,3})\s*[日号]?)?)?", re.ASCII)
_SHORT = r"([0-9]{1,2}|[A-Za-z]{2,3}|\?\?|--)"
_YEAR_LAST = re.compile(rf"{_SHORT}\s*[-/.]\s*{_SHORT}\s*[-/.]\s*([0-9]{{4}})")
_DAY_NAME = re.compile(
    r"(?:([0-9]{1,2}|[A-Za-z]{2,3}(?=[\s./-])|\?\?|--)[\s./-]*)?([A-Za-z]{3,9})\.?[\s,./-]*([0-9]{4})"
)
_NAME_DAY = re.compile(r"([A-Za-z]{3,9})\.?\s*([0-9]{1,2})(?:\s*,\s*|\s+)([0-9]{4})")
_TIME = re.compile(r"(.*[0-9日号])(?:T|\s+)([0-9]{1,2}):([0-5][0-9])(?::[0-5][0-9](?:\.[0-9]+)?)?")
_SHORT_YEAR = re.compile(
    r"(?:[0-9]{1,2}|[A-Za-z]{2,9})\s*[-/. ]\s*(?:(?:[0-9]{1,2}|[A-Za-z]{2,9})\s*[-/. ]\s*)?[0-9]{2}"
)
_MONTH_YEAR = re.compile(r"([0-9]{1,2})\s*[-/.]\s*([0-9]{4})")
_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:([.,])([0-9]+))?")
#: Forms with the groups of year, month and day, 0 for none.
_FORMS = (
    (re.compile(r"([0-9]{4})"), (1, 0, 0)),
    (_YEAR_FIRST, (1, 2, 3)),
    (_SIGNS, (1, 2, 3)),
    (_DAY_NAME, (3, 2, 1)),
    (_NAME_DAY, (3, 1, 2)),
    (_MONTH_YEAR, (2, 1, 0)),
)
_NOT_A_DATE = "not a date that can be read"
#: Full-width forms and wide blanks as the characters that they show. No other character is
#: replaced: a superscript 3 is not the digit 3.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN |= dict.fromkeys((0xA0, 0x2007, 0x202F, 0x3000, *range(0x2000, 0x200B)), 0x20)
_HYPHENS = dict.fromkeys((*range(0x2010, 0x2015), 0x2212), 0x2D)
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Typed:
    """A value in the form of the datasets; `changed` if it was written in another."""

    text: str
    changed: bool


def plain(text: str) -> str:
    """The text with full-width characters as those they show, without outer blanks."""
    return text.translate(_PLAIN).strip().strip(_INVISIBLE).strip()


def typed_number(text: str, *, comma: bool = False) -> Typed | str:
    """Read a number as people type it.

    Full-width digits are the digits they show. A comma is a decimal sign only where `comma` says
    so; 1,234 would otherwise mean two things, and so would 1.234 where it does.

    Returns
    -------
    Typed or str
        The plain decimal text, or the reason why it cannot be read.
    """
    shown = plain(text).replace("\u2212", "-")
    found = _NUMBER.fullmatch(shown)
    if found is None or not (found[2] or found[4]):
        return _no_number(shown)
    sign, whole, mark, rest = found.groups()
    if mark == "," and not comma:
        return "a comma in a number: write a point, or say that commas are decimal signs"
    if mark == "." and comma and 0 < len(whole) < 4 and len(rest) == 3 and whole != "0":
        return "a point where commas are decimal signs: it could part thousands"
    result = (whole or "0") if mark is None else f"{whole or '0'}.{rest}"
    if sign == "-" and result.strip("0."):
        result = f"-{result}"
    return Typed(result, result != text)


def _no_number(shown: str) -> str:
    if re.match(r"[<>≤≥]", shown):
        return "a limit and not a number"
    if re.fullmatch(r"[0-9]{1,3}([ ,.'][0-9]{3})+([.,][0-9]+)?", shown):
        return "signs between thousands: write the number without them"
    if re.fullmatch(r"[+-]?[0-9.,]*[0-9]\s*[^0-9\s.,]+", shown):
        return "a number with something behind it"
    return "not a number"


def typed_date(text: str, order: DateOrder | None = None) -> Typed | str:
    """Read a complete or partial date as people type it.

    Accepted: ISO 8601; year first with -, / or . or Chinese signs (2025/3/4, 2025年3月); the month
    by its English name (4 Mar 2025, Mar 4, 2025, MAR-2025); month and year (05/2025); day and month as numbers where `order`
    says which is which or where only one reading is a date (25/03/2025). UN, UNK, NK, XX for an
    unknown day, or for day and month. A time behind the date is left out.

    Returns
    -------
    Typed or str
        YYYY-MM-DD, YYYY-MM or YYYY, or the reason why it cannot be read.
    """
    shown = plain(text).translate(_HYPHENS)
    timed = _TIME.fullmatch(shown)
    if timed is not None:
        if int(timed[2]) > 24:
            return _NOT_A_DATE
        shown = timed[1]
    read = _read_date(shown, order)
    if not isinstance(read, tuple):
        return read
    result = "-".join(part for part in read if part)
    if timed is not None and len(result) < 10:
        return _NOT_A_DATE
    return Typed(result, result != text)


_Parts: TypeAlias = "tuple[str, str, str]"


def _read_date(shown: str, order: DateOrder | None) -> _Parts | str:
    """Year, month and day as text, empty where unknown, or the reason."""
    if found := _YEAR_LAST.fullmatch(shown):
        return _ordered(found[3], (found[1], found[2]), order)
    for form, (year, month, day) in _FORMS:
        if found := form.fullmatch(shown):
            at_day = found[day] if day else None
            is_named = form in (_DAY_NAME, _NAME_DAY)
            return _date(found[year], found[month] if month else None, at_day, is_named=is_named)
    return _no_date(shown)


def _no_date(shown: str) -> str:
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", shown):
        return "a day number of a spreadsheet: give the column the format of a date"
    if _SHORT_YEAR.fullmatch(shown):
        return "a year of two digits: write it with four"
    return _NOT_A_DATE


def _ordered(year: str, parts: tuple[str, str], order: DateOrder | None) -> _Parts | str:
    """Two parts before a year, of which `order`, or the calendar, says which is the month."""
    first, second = parts
    is_named = any(one.lower() in _MONTHS for one in parts)
    if is_named or (order is None and first != second):
        both = [_date(year, second, first), _date(year, first, second)]
        readings = [one for one in both if isinstance(one, tuple)]
        if len(readings) == 2 and readings[0] != readings[1]:
            return "day and month could be exchanged: write YYYY-MM-DD, or say which comes first"
        return readings[0] if readings else both[0]
    day, month = (second, first) if order == "MDY" else (first, second)
    return _date(year, month, day)


def _date(year: str, month: str | None, day: str | None, *, is_named: bool = False) -> _Parts | str:
    numbers = _part(month, is_month=True), _part(day, is_month=False)
    if "bad" in numbers or (is_named and (month or "").isdecimal()):
        return _NOT_A_DATE
    at_month, at_day = numbers
    if int(year) not in _YEARS:
        return f"not a year from {_YEARS.start} to {_YEARS.stop - 1}"
    if at_month is None:
        return "a day without its month" if at_day else (year, "", "")
    try:
        date(int(year), int(at_month), 1 if at_day is None else int(at_day))
    except ValueError:
        return "not a date of the calendar"
    return year, at_month.zfill(2), at_day.zfill(2) if at_day else ""


def _part(text: str | None, *, is_month: bool) -> str | None:
    """Digits of a day or a month, `None` where it is unknown, "bad" for anything else."""
    if text is None or text.lower() in _UNKNOWN:
        return None
    if text.isdecimal():
        return text if len(text) <= 2 else "bad"
    named = _MONTHS.get(text.lower()) if is_month else None
    return "bad" if named is None else str(named)
