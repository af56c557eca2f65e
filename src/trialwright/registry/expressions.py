"""Expressions of dose, route, frequency, dosing days and duration in normalised text.

Every pattern reads left to right without nested repetition, so the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.registry.view import Span

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "eighteen": 18, "twenty-four": 24,
    "first": 1, "second": 2, "third": 3, "fourth": 4, "other": 2,
}  # fmt: skip
_COUNT = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
#: Months per unit of a registered time, of 30.4375 days (endpoints.md D-01).
_MONTHS = {
    "day": 1 / 30.4375, "week": 7 / 30.4375, "month": 1.0, "year": 12.0,
    "hour": 1 / 730.5, "minute": 1 / 43830,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expression:
    """A value read from text: which field of a component it fills, and where it stands."""

    field: str
    value: object
    span: Span


def number(word: str) -> int:
    """The value of digits or of a number word."""
    return int(word) if word.isdigit() else _NUMBERS[word]


_DOSE = re.compile(
    r"(?<![\w.,/-])(?P<value>\d{1,3}(?:,\d{3})+|\d{1,6}(?:\.\d{1,4})?)[ -]?"
    r"(?P<unit>(?:mg|mcg|ug|µg|μg|g|iu|u|mmol|mci|gbq|mbq|ml)(?: ?/ ?(?:kg|m\^?\\?\^?2|m²|m\(2\)|day|d)\b)*(?:/(?:day|d)\b)?|gy(?:\(rbe\))?|cgy)"
    r"(?![\w^])(?! ?/ ?(?:ml|dl|l)\b)"
)
_CELLS = re.compile(
    r"(?<![\w.])(?P<value>\d{1,2}(?:\.\d{1,2})?) ?[x×*✕] ?10 ?(?:\\?\^|e)?(?P<power>\d{1,2}) ?(?P<unit>(?:[\w+-]+ ){0,3}cells(?: ?/ ?kg)?|/kg)"
)
_ROUTES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("intra-arterial", re.compile(r"\bintra-?arterial(?:ly)?\b|\bhepatic arter(?:y|ial)(?: [a-z]+){0,2} infusion\b")),
    ("intravenous", re.compile(r"\bintravenous(?:ly)?\b|\bi\.?v\.?(?=[\s,.;)/]|$)(?<!phase iv)(?<!stage iv)|\bivgtt\b|\bi\.v\.")),
    ("oral", re.compile(r"\boral(?:ly)?\b|\bp\.?o\.?(?=[\s,.;)]|$)|\bby mouth\b")),
    ("subcutaneous", re.compile(r"\bsubcutaneous(?:ly)?\b|\bs\.?c\.?(?=[\s,.;)]|$)")),
    ("intramuscular", re.compile(r"\bintramuscular(?:ly)?\b")),
    ("intradermal", re.compile(r"\bintradermal(?:ly)?\b")),
    ("intratumoral", re.compile(r"\bintratumou?ral(?:ly)?\b")),
    ("intraperitoneal", re.compile(r"\bintraperitoneal(?:ly)?\b")),
    ("intrathecal", re.compile(r"\bintrathecal(?:ly)?\b")),
    ("intravesical", re.compile(r"\bintravesical(?:ly)?\b")),
    ("intraventricular", re.compile(r"\bintraventricular(?:ly)?\b")),
    ("intracavernous", re.compile(r"\bintracavernous(?:ly)?\b")),
    ("topical", re.compile(r"\btopical(?:ly)?\b")),
)  # fmt: skip
_EVERY = re.compile(
    rf"\b(?:once )?every (?P<n>{_COUNT})[ -]?(?P<u>week|day|month)s?\b|\bq(?P<qn>\d{{1,2}})[ -]?(?P<qu>w|d|wk|week|day)s?\b|"
    rf"\b(?P<wn>three|two|four|3|2|4)[ -]weekly\b"
)
_FREQUENCIES: tuple[tuple[str, int | None, re.Pattern[str]], ...] = (
    ("TID", None, re.compile(r"\b(?:three times (?:a day|daily|per day)|3 times (?:a day|daily)|tid|t\.i\.d\.?)\b")),
    ("BID", None, re.compile(r"\b(?:twice (?:a day|daily|per day)|two times (?:a day|daily)|bid|b\.i\.d\.?)(?![\w/])")),
    ("TIW", None, re.compile(r"\b(?:three times (?:a week|weekly|per week)|thrice weekly)\b")),
    ("BIW", None, re.compile(r"\b(?:twice (?:a week|weekly|per week)|two times (?:a week|weekly))\b")),
    ("Q2W", 14, re.compile(r"\b(?:every other week|bi-?weekly)\b")),
    ("QOD", 2, re.compile(r"\b(?:every other day|alternate days)\b")),
    ("QD", 1, re.compile(r"\b(?:once (?:a day|daily|per day)|every day|daily|qd|q\.d\.)(?![\w/])")),
    ("QW", 7, re.compile(r"(?<!bi-)(?<!bi)\b(?:once (?:a week|weekly|per week)|every week|weekly|qw|q1w)\b")),
    ("Q4W", 28, re.compile(r"\bmonthly\b")),
)  # fmt: skip
_DAY_RANGE = re.compile(
    r"\b(?:from )?(?:the )?(?:days? ?|d)?(?P<a>\d{1,2}(?:st|nd|rd|th)?|first|1st)(?: day)? ?(?:-|to|through|until) ?(?:the )?(?:days? ?|d)?(?P<b>\d{1,2})(?:st|nd|rd|th)?(?P<tail> days?)?\b"
)
_DAY_LIST = re.compile(
    r"\b(?:on )?(?:days?|d)[ -]?(?P<list>\d{1,2}(?:(?:, ?(?:and )?| ?and | ?& ?|, ?d(?:ay )?|,? ?and d(?:ay )?)\d{1,2}){0,12})\b(?! ?-|\d|[ -]?(?:to|through)\b| ?(?:weeks?|months?|cycles?|days?|years?|hours?)|[-\s]cycle)"
)
_CYCLE = re.compile(
    rf"\b(?:(?P<a>{_COUNT})[ -](?P<au>day|week)s?(?: (?:treatment|dosing))?[ -](?:cycles?|courses?)\b|"
    rf"(?:cycles? (?:length|duration)(?: is| of| ?=|:)? ?|(?:each|one|a|every|1) (?:treatment )?(?:cycle|course) ?(?:\(?(?:is|was|of|=|:|lasts?|consists? of|equals?|for|every)\)?) ?|cycle ?= ?|cycles? of )(?:every )?(?P<b>{_COUNT})[ -]?(?P<bu>day|week)s?\b|"
    rf"(?P<c>{_COUNT}) ?(?P<cu>day|week)s? (?:as|is|for|constitute) (?:a|one|each) (?:treatment )?(?:cycle|course)\b|"
    rf"\b(?:cycles?|courses?) (?:repeats?|are repeated|repeat|is repeated) every (?P<d>{_COUNT}) (?P<du>day|week)s?\b)"
)
_N_CYCLES = re.compile(
    rf"\b(?:for )?(?:(?:up to|a (?:total|maximum) of|maximum(?: of)?|for) )?(?P<n>{_COUNT})(?:[ -](?P<m>\d{{1,2}}))? (?:treatment )?(?:cycles|courses)\b"
)
_DURATION = re.compile(
    rf"\b(?:for )?(?:up to|a maximum of|maximum of|for a total of|for) (?:a maximum of |a total of |up to |approximately )?(?P<n>{_COUNT}) (?P<u>week|month|year)s?\b"
)


def expressions(low: str, start: int, end: int) -> Iterator[Expression]:
    """All expressions between two offsets of normalised text."""
    for reader in (_doses, _routes, _frequencies, _days, _cycles):
        yield from reader(low, start, end)


def _doses(low: str, start: int, end: int) -> Iterator[Expression]:
    for match in _DOSE.finditer(low, start, end):
        value = float(match["value"].replace(",", ""))
        if value > 0:
            unit = _unit(match["unit"])
            yield Expression("dose", {"value": value, "unit": unit}, Span(*match.span()))
    for match in _CELLS.finditer(low, start, end):
        value = float(match["value"]) * 10.0 ** int(match["power"])
        unit = "cells/kg" if "kg" in match["unit"] else "cells"
        if value > 0:
            yield Expression("dose", {"value": value, "unit": unit}, Span(*match.span()))


def _unit(text: str) -> str:
    plain = re.sub(r"[ \\^]", "", text).replace("(2)", "2").replace("²", "2")
    plain = re.sub(r"^(?:ug|µg|μg)", "mcg", plain)
    plain = re.sub(r"/(?:day|d)$", "/day", plain)
    return {"gy": "Gy", "gy(rbe)": "Gy", "cgy": "cGy", "iu": "IU", "ml": "mL"}.get(plain, plain)


def _routes(low: str, start: int, end: int) -> Iterator[Expression]:
    for name, pattern in _ROUTES:
        for match in pattern.finditer(low, start, end):
            yield Expression("route", name, Span(*match.span()))


def _frequencies(low: str, start: int, end: int) -> Iterator[Expression]:
    for match in _EVERY.finditer(low, start, end):
        code, interval = _every(match)
        if interval <= 366:
            yield Expression("frequency", (code, interval), Span(*match.span()))
    for code, interval_days, pattern in _FREQUENCIES:
        for match in pattern.finditer(low, start, end):
            yield Expression("frequency", (code, interval_days), Span(*match.span()))


def _every(match: re.Match[str]) -> tuple[str, int]:
    count = number(match["n"] or match["qn"] or match["wn"]) or 1
    unit = (match["u"] or match["qu"] or "week")[0]
    days = count * {"d": 1, "w": 7, "m": 28}[unit]
    if unit == "m":
        return f"Q{count}M", 30 * count
    if days % 7 == 0 and days >= 7:
        return ("QW" if days == 7 else f"Q{days // 7}W"), days
    return ("QD" if days == 1 else f"Q{days}D"), days


def _days(low: str, start: int, end: int) -> Iterator[Expression]:
    for match in _DAY_RANGE.finditer(low, start, end):
        shown = match.group()
        if re.search(r"\bd(?:ays?)?\b|\bd\d", shown) is None:
            continue
        first, last = _ordinal(match["a"]), _ordinal(match["b"])
        if 0 < first < last <= 56:
            yield Expression("days_in_cycle", list(range(first, last + 1)), Span(*match.span()))
    for match in _DAY_LIST.finditer(low, start, end):
        days = sorted({int(one) for one in re.findall(r"\d+", match["list"])})
        if days and days[0] > 0 and days[-1] <= 56:
            yield Expression("days_in_cycle", days, Span(*match.span()))


def _ordinal(text: str) -> int:
    digits = re.match(r"\d+", text)
    return int(digits.group()) if digits else number(text)


def _cycles(low: str, start: int, end: int) -> Iterator[Expression]:
    for match in _CYCLE.finditer(low, start, end):
        for one in "abcd":
            if match[one]:
                length = number(match[one]) * (7 if match[one + "u"] == "week" else 1)
                if length >= 5:
                    yield Expression("cycle_length_days", length, Span(*match.span()))
    for match in _N_CYCLES.finditer(low, start, end):
        if match["m"] is None and number(match["n"]) > 0:
            yield Expression("n_cycles", number(match["n"]), Span(*match.span()))
    for match in _DURATION.finditer(low, start, end):
        days = round(number(match["n"]) * {"w": 7.0, "m": 30.4375, "y": 365.25}[match["u"][0]])
        if days > 0:
            yield Expression("duration_days", days, Span(*match.span()))


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
        count = float(word) if word[0].isdigit() else float(_NUMBERS[word])
        unit = _UNIT_OF_SHORT.get(match["u"], match["u"])
        found.append((_rounded(count * _MONTHS[unit]), Span(*match.span())))
    for match in _COUNTED.finditer(low, span.start, span.end):
        months = _rounded(float(match["n"]) * _MONTHS[match["u"]])
        found.append((months, Span(*match.span())))
    return found


def _rounded(value: float) -> float:
    """Months with four decimals; 28 days are 0.9199."""
    return round(value, 4)
