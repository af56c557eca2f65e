"""ISO 8601 dates as text, partial dates, and whole days.

Inside the product a date is an integer: days since 1970-01-01. Text stays text until it is typed
here, once. Day counts are plain differences (recist11.md section 1); the one added day of reported
times (endpoints.md D-01) exists only where a time is derived.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_EPOCH = date(1970, 1, 1)
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T[\d:.+Z-]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date of which the day, or the month and the day, may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def is_complete(self) -> bool:
        """Whether year, month and day are known."""
        return self.day is not None

    @property
    def first_day(self) -> int:
        """Day number of the earliest date that this text allows."""
        return day_number(date(self.year, self.month or 1, self.day or 1))

    @property
    def last_day(self) -> int:
        """Day number of the latest date that this text allows."""
        month = self.month or 12
        return day_number(date(self.year, month, self.day or monthrange(self.year, month)[1]))

    @property
    def missing(self) -> str:
        """Imputation flag: "" complete, "D" day unknown, "M" month and day unknown."""
        if self.month is None:
            return "M"
        return "" if self.is_complete else "D"


def parse_date(text: str) -> PartialDate | None:
    """Read an ISO 8601 date; a time behind the date is ignored.

    Returns
    -------
    PartialDate or None
        `None` when the text is not a date of the calendar (2024-13-01, 30.02.2024).
    """
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    return PartialDate(year or 0, month, day)


def day_number(value: date) -> int:
    """Days from 1970-01-01 to `value`."""
    return (value - _EPOCH).days


def from_day(number: int) -> date:
    """The calendar date of a day number."""
    return _EPOCH + timedelta(days=int(number))


def iso(number: int | None) -> str:
    """The day number as YYYY-MM-DD, "" for `None`."""
    return "" if number is None else from_day(number).isoformat()


def study_day(number: int, reference: int) -> int:
    """Study day for display (endpoints.md D-02): there is no day 0."""
    return number - reference + (1 if number >= reference else 0)
