"""Number words and registered times in normalised text."""

from __future__ import annotations

import re

from trialwright.registry.view import Span

#: Values of number words and ordinals.
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "sixteen": 16,
    "eighteen": 18, "twenty": 20, "twenty-four": 24, "thirty": 30, "first": 1, "second": 2,
    "third": 3, "fourth": 4, "other": 2,
}  # fmt: skip
#: Months per unit of a registered time, of 30.4375 days (endpoints.md D-01).
_MONTHS = {
    "day": 1 / 30.4375, "week": 7 / 30.4375, "month": 1.0, "year": 12.0,
    "hour": 1 / 730.5, "minute": 1 / 43830,
}  # fmt: skip


def number(word: str) -> int:
    """The value of digits or of a number word."""
    return int(word) if word.isdigit() else NUMBERS[word]


_TIME = re.compile(
    r"(?<![\w.])(?P<n>\d{1,4}(?:\.\d{1,3})?|one|two|three|four|five|six|nine|twelve|eighteen)"
    r"(?: ?(?:-|to|–) ?(?P<m>\d{1,3}))?[ -]*(?P<u>day|week|month|year|hour|minute|mo|yr|wk)s?\b"
)
_UNIT_OF_SHORT = {"mo": "month", "yr": "year", "wk": "week"}
_COUNTED = re.compile(r"\b(?P<u>day|week|month|year)s? (?P<n>\d{1,4})\b")


def times_in_months(low: str, span: Span) -> list[tuple[float, Span]]:
    """Every numeric time inside a span, in months of 30.4375 days."""
    found = []
    for match in _TIME.finditer(low, span.start, span.end):
        word = match["m"] or match["n"]
        count = float(word) if word[0].isdigit() else float(NUMBERS[word])
        unit = _UNIT_OF_SHORT.get(match["u"], match["u"])
        found.append((_rounded(count * _MONTHS[unit]), Span(*match.span())))
    for match in _COUNTED.finditer(low, span.start, span.end):
        months = _rounded(float(match["n"]) * _MONTHS[match["u"]])
        found.append((months, Span(*match.span())))
    return found


def _rounded(value: float) -> float:
    """Months with four decimals; 28 days are 0.9199."""
    return round(value, 4)
