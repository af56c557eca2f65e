"""Numeric times in normalised text, in months of 30.4375 days (endpoints.md D-01).

"18 months", "two years", "6 years and 11 months", "weeks 9, 18 and 27", "day 21-28", "6m", and
"end of cycle 8 (each cycle is 21 days)", which is 8 cycles of 21 days.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from trialwright.registry.numerals import has_number

#: Days per month.
MONTH = 30.4375
_DAYS = {"h": 1 / 24, "d": 1.0, "w": 7.0, "m": MONTH, "y": 12 * MONTH, "min": 1 / 1440}
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "eighteen": 18, "twenty": 20,
    "twenty-four": 24, "thirty": 30, "thirty-six": 36, "sixty": 60,
}  # fmt: skip
_NAME = r"(?:twenty-four|thirty-six|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|eighteen|twenty|thirty|sixty)"
#: A whole or decimal number, or a number word.
NUMBER = rf"(?:\d{{1,4}}(?:\.\d{{1,3}})?|{_NAME})"
#: A unit of time, written out.
UNIT = r"(?:days?|weeks?|months?|years?|hours?|minutes?|hrs?|mos?|mths?|yrs?|wks?)"
_JOIN = r"(?: ?(?:,|/|&|-|\band\b|\bor\b|\bto\b|\bthrough\b)){1,2} ?"
#: No time begins inside a word, which is asked first since most places of a text are there; then
#: whether a number may begin.
_TIME = re.compile(
    rf"(?<!\w)(?:(?=[\dotfsen])(?<![\w.,/^*-])(?<!cycle )(?<!cycles )(?<!\(c\) )(?<!visit )(?:\d{{1,3}} ?(?:-|to\b|±) ?)?(?P<n>{NUMBER})\)?[\s-]*(?:post-?[a-z]{{4,12}} )?(?P<u>{UNIT})\b|"
    rf"(?<![\w.,/^*])-(?P<n2>\d{{1,3}}) ?(?P<u2>days?|weeks?|months?|years?)\b|"
    rf"(?<![\w.])(?P<n3>\d{{1,3}}) ?(?P<u3>[dwmyh])\b|"
    rf"\b(?P<fu>days?|weeks?|months?|years?|wk) ?(?P<list>(?:\+ ?)?\d{{1,4}}(?:{_JOIN}(?:\+ ?)?\d{{1,4}}){{0,15}})(?!\w|\.\d|[ -]?{UNIT}\b)|"
    r"(?<=,)(?P<n4>\d{1,3}) (?P<u4>days?|weeks?|months?|years?)\b)"
)
#: The commonest form, read without the search for the others.
_PLAIN = re.compile(
    rf"(?:up to |at |within |approximately |about )*(?P<n>\d{{1,4}}(?:\.\d{{1,3}})?) ?(?P<u>{UNIT})\.?"
)
_SHORT = 40
_CYCLE = r"(?:treatment |dosing )?(?:cycles?|courses?)"
_LENGTH = re.compile(
    rf"\b(?:each|every|one|per|1) {_CYCLE}\b[^.;)\]\d]{{0,30}}(?P<a>\d{{1,3}})[ -]?(?P<au>day|week)s?\b|"
    rf"\b{_CYCLE} ?(?:length|duration)[^.;)\]\d]{{0,20}}(?P<b>\d{{1,3}})[ -]?(?P<bu>day|week)s?\b|"
    rf"\b{_CYCLE}(?: \d)? ?= ?(?P<c>\d{{1,3}}) ?(?P<cu>day|week)s?\b|"
    rf"\b(?P<d>\d{{1,3}})[ -](?P<du>day|week)s?[ /-]{_CYCLE}\b(?! ?\d)|"
    rf"\b(?P<e>\d{{1,3}})[ -]?(?P<eu>day|week)s? (?:as|is|for|per) (?:a|one|each) {_CYCLE}\b|"
    r"\b(?P<f>\d{1,3})[ -]?(?P<fu>day|week)s? in (?:the )?q\d+w\b"
)
_CYCLES = re.compile(
    rf"(?:\bdays? (?P<before>\d{{1,3}}(?:{_JOIN}\d{{1,3}}){{0,8}}) (?:of|in|at) )?(?:\b(?:cycles?|courses?) ?(?P<at>\d{{1,2}}(?:{_JOIN}\d{{1,2}}){{0,12}})|\bc(?P<c>\d{{1,2}})(?=d\d|\b))"
    r"(?:[,\s]*(?:d|days? ?)(?P<day>\d{1,3})(?!\d))?|(?<!every )(?<!\w)(?P<count>\d{1,2}|one|two|three|four|five|six|eight|twelve) (?:treatment )?(?:cycles|courses|(?:cycle|course)(?! ?(?:=|:|is\b|of\b(?! (?:treatment|therapy))|last|equal|day|\d)))\b|"
    r"(?:^|\bduring |\bend of |\bthrough |\bthroughout |\bwithin |\bcompletion of )(?:the )?(?P<first>first) (?:treatment )?(?:cycle|course)\b"
)
#: "The first 21-day cycle", "two 28-day cycles": the length of a cycle beside their number.
_SEVERAL = re.compile(
    rf"(?<!\w)(?P<n>first|1st|\d{{1,2}}|{_NAME}) (?P<days>\d{{1,3}})[ -](?P<u>day|week)s?[ -]{_CYCLE}\b(?! ?\d)"
)
_OF_PERIOD = re.compile(r"\bdays? \d{1,3} of (?:each |every )?periods? \d")
#: A time frame that is one visit.
_ONE_VISIT = frozenset({"day 1", "day1", "on day 1", "at day 1"})


class Time(NamedTuple):
    """A time in months with its place; `reason` where it was worked out from cycles."""

    months: float
    start: int
    end: int
    reason: str | None = None


def value_of(word: str) -> float:
    """The value of digits or of a number word."""
    return float(word) if word[0].isdigit() else float(_WORDS[word])


def months_of(count: float, unit: str) -> float:
    """Months with four decimals; 28 days are 0.9199."""
    name = "min" if unit.startswith("min") else unit[0]
    return round(count * _DAYS[name] / MONTH, 4)


def times(text: str) -> list[Time]:
    """Every numeric time of a text, in order; the length of a cycle is none."""
    plain = _PLAIN.fullmatch(text) if len(text) < _SHORT else None
    if plain is not None:
        months = months_of(float(plain["n"]), plain["u"])
        return [Time(months, plain.start("n"), plain.end("u"))]
    if not has_number(text):
        return []
    if "period" in text and _OF_PERIOD.search(text):
        return []  # the lengths of the periods are not given
    if text in _ONE_VISIT:
        return [Time(months_of(1, "day"), 0, len(text))]
    bare, length, where = _without_lengths(text)
    found: list[Time] = []
    for match in _TIME.finditer(bare):
        one = _time(match)
        if one is None:
            continue
        if found and _carries_on(bare, found[-1], one):
            one = Time(round(found[-1].months + one.months, 4), found[-1].start, one.end)
            found.pop()
        found.append(one)
    if length is not None:
        found += _of_cycles(bare, length, where)
        found += map(_of_several, _SEVERAL.finditer(text))
    return found


def _time(match: re.Match[str]) -> Time | None:
    """The time of a match; day 0 and day 1 are where a time starts, not its length."""
    if match["list"]:
        count = max(float(one) for one in re.findall(r"\d+", match["list"]))
        if count <= 1 and match["fu"].startswith("d"):
            return None
        return Time(months_of(count, match["fu"]), *match.span())
    number = match["n"] or match["n2"] or match["n3"] or match["n4"]
    unit = match["u"] or match["u2"] or match["u3"] or match["u4"]
    return Time(months_of(value_of(number), unit), *match.span())


def _carries_on(text: str, first: Time, second: Time) -> bool:
    """Whether two times are one: "6 years and 11 months"."""
    between = text[first.end : second.start]
    return (
        between in (" and ", " ", ", ")
        and "year" in text[first.start : first.end]
        and "month" in text[second.start : second.end]
    )


def _without_lengths(text: str) -> tuple[str, float | None, tuple[int, int]]:
    """The text without lengths of cycles, their length in days if there is one, and its place."""
    if "cycle" not in text and "course" not in text and "in q" not in text:
        return text, None, (0, 0)
    lengths: set[float] = set()
    bare, where = text, (0, 0)
    for match in _LENGTH.finditer(text):
        name = next(one for one in "abcdef" if match[one])
        lengths.add(float(match[name]) * (7 if match[f"{name}u"] == "week" else 1))
        start, end = match.span(name)[0], match.end()
        bare = bare[:start] + " " * (end - start) + bare[end:]
        where = match.span()
    return bare, lengths.pop() if len(lengths) == 1 else None, where


def _of_cycles(text: str, length: float, where: tuple[int, int]) -> list[Time]:
    """Times given as cycles of known length: the end of a cycle, or one of its days."""
    found = []
    for match in _CYCLES.finditer(text):
        if text[max(0, match.start() - 6) : match.start()].endswith("every "):
            continue
        listed = match["at"] or match["c"] or match["count"] or "1"
        cycle = max(map(int, re.findall(r"\d+", listed)), default=_WORDS.get(listed, 0))
        day = max(map(int, re.findall(r"\d+", match["day"] or match["before"] or "")), default=0)
        days = (cycle - 1) * length + day if day else cycle * length
        if days <= 1:
            continue  # the first day is where a time starts
        start, end = min(match.start(), where[0]), max(match.end(), where[1])
        said = f"day {day} of cycle {cycle}" if day else f"{cycle} cycles"
        months = round(days / MONTH, 4)
        found.append(Time(months, start, end, f"{said}, cycles of {length:g} days"))
    return found


def _of_several(match: re.Match[str]) -> Time:
    """Cycles counted beside their length."""
    count = 1.0 if match["n"] in {"first", "1st"} else value_of(match["n"])
    length = int(match["days"]) * (7 if match["u"] == "week" else 1)
    months = round(count * length / MONTH, 4)
    return Time(months, *match.span(), f"{count:g} cycles of {length} days")
