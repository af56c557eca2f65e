"""Stored numbers, days and seconds as the text that a person would write."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite, isnan


def number_text(value: float) -> str | None:
    """The shortest decimal text of a stored number, `None` for NaN.

    Fifteen significant digits: what a double keeps of any decimal number, so that 0.1 is "0.1"
    whatever arithmetic wrote it. Infinite values stay as text ("inf"), for the checks to refuse.
    """
    if isnan(value):
        return None
    if not isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    short = f"{value:.15g}"
    return f"{Decimal(short):f}" if "e" in short else short


def number_texts(values: Iterable[float | None]) -> list[str | None]:
    """Texts of many numbers; equal ones are written once."""
    known: dict[float | None, str | None] = {None: None}
    texts = []
    for value in values:
        if value not in known:
            known[value] = None if value is None else number_text(value)
        texts.append(known[value])
    return texts


def day_text(days: float, origin: date) -> str:
    """ISO 8601 date of whole days since an origin.

    Raises
    ------
    OverflowError
        The day lies outside of the calendar.
    """
    return (origin + timedelta(days=int(days))).isoformat()


def second_text(seconds: float, origin: datetime) -> str:
    """ISO 8601 date and time of seconds since an origin.

    Raises
    ------
    OverflowError
        The time lies outside of the calendar.
    """
    return (origin + timedelta(seconds=seconds)).isoformat()
