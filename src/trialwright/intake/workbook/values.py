"""Numbers of a workbook as the text that a person sees: decimals, dates, times."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from math import isfinite

#: Formats of dates and times without a code of their own (ECMA-376 part 1, 18.8.30).
_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_NOT_CODE = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_LAST_SERIAL = 2_958_466
_FALSE_LEAP_DAY = 60


def is_date_format(number: int, code: str | None) -> bool:
    """Whether cells of a number format show a date or a time of day.

    Elapsed times such as [h]:mm are numbers.
    """
    if code is None:
        return number in _DATES
    bare = _NOT_CODE.sub("", code.split(";")[0])
    if _ELAPSED.search(bare) or bare.casefold() in {"general", "standard"}:
        return False
    return re.search(r"[ymdhs]|年|月|日", bare, re.IGNORECASE) is not None


def number_text(stored: str) -> str | None:
    """The shortest decimal text of a stored number, `None` if it is none.

    Spreadsheet programs calculate and show 15 significant digits: 12.499999999999998, what
    arithmetic leaves of 12.5, is 12.5 here as on the screen.
    """
    try:
        value = float(stored)
    except ValueError:
        return None
    if not isfinite(value) or not stored.isascii() or "_" in stored:
        return None
    decimal = Decimal(f"{value:.15g}")
    if decimal == 0:
        return "0"
    text = format(decimal, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def date_text(stored: str, *, from_1904: bool) -> str | None:
    """ISO 8601 text of a stored day number, `None` if it is no day of the calendar.

    A time of 00:00:00 is left out, other times are kept to the second: a day number below 1 is a
    time without date. Day 60 of the system of 1900 is 29 February 1900, which never was.
    """
    try:
        value = float(stored)
    except ValueError:
        return None
    if not isfinite(value) or not 0 <= value < _LAST_SERIAL:
        return None
    seconds = round(value * 86_400)
    days, seconds = divmod(seconds, 86_400)
    clock = str(timedelta(seconds=seconds)).zfill(8)
    if not from_1904:
        if days == 0:
            return clock if seconds else None
        if days == _FALSE_LEAP_DAY:
            return None
        first = datetime(1899, 12, 31 if days < _FALSE_LEAP_DAY else 30)
    else:
        first = datetime(1904, 1, 1)
    try:
        day = (first + timedelta(days=days)).date().isoformat()
    except OverflowError:
        return None
    return f"{day}T{clock}" if seconds else day
