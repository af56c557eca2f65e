"""What each phrase of the dosing grammar means: a field of a component and its value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from trialwright.registry.regimen.scanner import Token
from trialwright.registry.regimen.units import (
    every_of,
    frequency_of,
    number_of,
    per_period,
    route_of,
    unit_of,
)
from trialwright.registry.view import Span

_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}

_PERIODS = {"d": "day", "w": "week", "mi": "minute", "mo": "month", "y": "year", "h": "hour"}

#: Latest day of a cycle, and number of days in a list, that can be dosing days.
_LATEST_DAY, _EARLIEST_DAY = 56, -14

_MOST_CYCLES = 60


class Expression(NamedTuple):
    """A value read from text: which field of a component it fills, and where it stands."""

    field: str
    value: Any
    span: Span


def _numbers(tokens: Sequence[Token]) -> list[float]:
    return [number_of(one.value.removeprefix("-")) for one in tokens if one.type == "NUMBER"]


def _of_one_power(numbers: list[float]) -> list[float]:
    """Numbers of a list whose power of ten is written once: "2-5 x 10^6"."""
    most = max(numbers)
    if most < 1e4 or min(numbers) > 999:
        return numbers
    power = 10.0 ** (len(str(int(most))) - 1)
    return [n if n > 999 else n * power for n in numbers]


def _ranged(tokens: Sequence[Token]) -> bool:
    return any(one.type == "TO" for one in tokens)


def _period(token: Token) -> str:
    word = token.value.strip("/ ").rsplit(" ", 1)[-1].removeprefix("a ")
    word = word.removeprefix("per ").removeprefix("each ")
    return _PERIODS.get(word[:2]) or _PERIODS.get(word[0], "day")


def days_of(tokens: Sequence[Token]) -> list[int] | None:
    """The one or two times of a phrase, in whole days."""
    unit = next(one for one in tokens if one.type == "PERIOD")
    factor = _DAYS.get(_period(unit))
    if factor is None:
        return None
    return [round(number * factor) for number in _numbers(tokens)]


#: What a phrase says: field, value, start and end.
Row: TypeAlias = tuple[str, Any, int, int]


class Phrases:
    """What the tokens of each phrase of the grammar say: a row, some rows, or `None`."""

    def dose(self, t: list[Token]) -> Any:
        """A number, a list or a range with a unit."""
        unit = unit_of(t[-1].value)
        values = _of_one_power(_numbers(t)) if unit.startswith("cells") else _numbers(t)
        levels = [{"value": n, "unit": unit} for n in values if n > 0]
        return _phrase("dose", levels, t) if levels else None

    def per_fraction(self, t: list[Token]) -> Any:
        """Gy of one fraction."""
        return _phrase("fraction_dose", _numbers(t), t)

    def auc(self, t: list[Token]) -> Any:
        """Carboplatin by area under the curve."""
        levels = [{"value": n, "unit": "AUC"} for n in _numbers(t) if 0 < n <= 8]
        return _phrase("auc", levels, t) if levels else None

    def every(self, t: list[Token]) -> Any:
        """Such as "every 3 weeks", "each day", "every cycle"."""
        period = next((one for one in t if one.type == "PERIOD"), None)
        if period is None:
            return _phrase("each_cycle", 1, t)
        numbers = _numbers(t) or [1.0]
        codes = [one for n in numbers if (one := every_of(n, _period(period)))]
        if not codes or (t[0].value == "each" and len(t) == 2):
            return None
        if len(codes) > 1:
            return _phrase("interval_range", [code[1] for code in codes], t)
        return _phrase("frequency", codes[0], t)

    def interval(self, t: list[Token]) -> Any:
        """Such as "at 3-week intervals", "2 weeks apart"."""
        return self.every(t)

    def on_off(self, t: list[Token]) -> Any:
        """Such as "2 weeks on, 1 week off"."""
        on_at = next((i for i, one in enumerate(t) if one.type == "ON"), None)
        at = on_at or next(i for i, one in enumerate(t) if one.type == "PERIOD") + 1
        on, off = days_of(t[:at]), days_of(t[at:])
        if not on or not off or not 1 <= on[0] <= _LATEST_DAY or not off[0]:
            return None
        days = list(range(1, on[0] + 1))
        return [_phrase("days_on", days, t), _phrase("cycle_on_off", on[0] + off[0], t)]

    def day_span(self, t: list[Token]) -> Any:
        """Such as "from the first day to the 21st day"."""
        words = t[0].value.replace("first", "1")
        first, last = (int(one) for one in re.findall(r"\d+", words))
        days = list(range(first, last + 1))
        return _phrase("days_in_cycle", days, t) if 0 < first < last <= _LATEST_DAY else None

    def cycles_of_length(self, t: list[Token]) -> Any:
        """Such as "six 21-day cycles"."""
        at = next(i for i, one in enumerate(t) if one.type == "NUMBER")
        return [self.cycles(t[at : at + 1]), self.cycle_length(t[at + 1 :])]

    def every_cycle(self, t: list[Token]) -> Any:
        """Such as "every 21-day cycle"."""
        return self.cycle_length(t)

    def frequency(self, t: list[Token]) -> Any:
        """A word such as "q3w" or "daily"."""
        code = frequency_of(t[0].value)
        return _phrase("frequency", code, t) if code else None

    def per_week(self, t: list[Token]) -> Any:
        """Such as "3 times a week", "5 days a week"."""
        code = per_period(int(_numbers(t)[0]), _period(t[-1]))
        return _phrase("frequency", code, t) if code else None

    def days(self, t: list[Token]) -> Any:
        """A list or range of days."""
        days = _listed(t)
        return _phrase("days_in_cycle", days, t) if days else None

    def first_day(self, t: list[Token]) -> Any:
        """Such as "the first day of each cycle"."""
        return _phrase("days_in_cycle", [1], t)

    def run(self, t: list[Token]) -> Any:
        """Such as "5 consecutive days of"."""
        days = [int(n) for n in _numbers(t)]
        return _phrase("duration_days", days, t) if len(days) == 1 and days[0] > 0 else None

    def off(self, t: list[Token]) -> Any:
        """Such as "7 days off": the pause behind days of treatment."""
        days = days_of(t)
        return _phrase("days_off", days[0], t) if days and days[0] > 0 else None

    def weeks(self, t: list[Token]) -> Any:
        """A range of weeks from the first one on."""
        numbers = _numbers(t)
        if any(one.value.startswith("until") for one in t):
            return None
        if _ranged(t) and len(numbers) == 2 and numbers[0] < numbers[1] <= 104:
            return _phrase("weeks", (int(numbers[0]), int(numbers[1])), t)
        return _phrase("week", int(numbers[0]), t)

    def cycle_length(self, t: list[Token]) -> Any:
        """Such as "21-day cycle", "each cycle is 28 days", "3 weeks as one cycle"."""
        if t[0].type == "CYCLE_NUMBER":
            if t[1].value != "1":
                return None
            t = t[:1] + t[2:]
        if len(t) > 2 and t[0].type == "NUMBER" and t[1].type == "CYCLE":
            if number_of(t[0].value) != 1:
                return None
            days = days_of(t[2:])
        else:
            days = days_of(t)
        if not days or not 5 <= min(days) <= max(days) <= 120:
            return None
        return _phrase("cycle_length_days", days if len(days) > 1 else days[0], t)

    def cycles(self, t: list[Token]) -> Any:
        """A number of cycles."""
        numbers = [int(n) for n in _numbers(t)] or [1]
        fits = all(0 < n <= _MOST_CYCLES for n in numbers)
        return _phrase("n_cycles", numbers, t) if fits and len(numbers) <= 2 else None

    def doses(self, t: list[Token]) -> Any:
        """A number of doses."""
        numbers, last = _numbers(t), t[-1]
        count = _phrase("n_doses", int(max(numbers)), t) if max(numbers) <= 120 else None
        if not last.value.startswith("intravenous "):
            return count
        route = last.start_pos, last.start_pos + len("intravenous")
        return [count, ("route", "intravenous", *route)]

    def repeated(self, t: list[Token]) -> Any:
        """Such as "weekly x 6": so many doses."""
        return self.doses(t)

    def once(self, t: list[Token]) -> Any:
        """A single dose."""
        return _phrase("once", 1, t)

    def fractions(self, t: list[Token]) -> Any:
        """A number of fractions."""
        numbers = [int(n) for n in _numbers(t)]
        fits = all(0 < n <= 60 for n in numbers)
        return _phrase("fractions", numbers, t) if fits else None

    def duration(self, t: list[Token]) -> Any:
        """Such as "for up to 2 years"."""
        days = days_of(t) if any(one.type == "NUMBER" for one in t) else None
        return _phrase("duration_days", days, t) if days and min(days) > 0 else None

    def relative(self, t: list[Token]) -> Any:
        """Such as "4 weeks after"."""
        days = days_of(t)
        return _phrase("relative", (days, t[-1].value), t) if days is not None else None

    def cycle_number(self, _t: list[Token]) -> Any:
        """Such as "cycle 2" says nothing about the regimen."""
        return None

    def route(self, t: list[Token]) -> Any:
        """A word of a route."""
        return _phrase("route", route_of(t[0].value), t)


def _phrase(field: str, value: Any, t: Sequence[Token]) -> Row:
    return field, value, t[0].start_pos, t[-1].end_pos


def _listed(tokens: Sequence[Token]) -> list[int] | None:
    """Days of a list such as "1, 8 and 15" or "1-14, 22"; `None` when they are no dosing days."""
    found: list[int] = []
    opened = False
    for token in tokens[1:]:
        if token.type == "TO":
            opened = bool(found)
        elif token.type == "NUMBER":
            day = int(float(number_of(token.value.removeprefix("-"))))
            day = -day if token.value.startswith("-") else day
            if opened:
                if not 0 < day - found[-1] <= _LATEST_DAY:
                    return None
                found.extend(range(found[-1] + 1, day + 1))
            else:
                found.append(day)
            opened = False
    fits = all(_EARLIEST_DAY <= day <= _LATEST_DAY for day in found)
    return sorted(set(found)) if found and fits else None


#: The meaning of each phrase by its rule in the grammar.
MEANINGS: Mapping[str, Callable[[list[Token]], Any]] = {
    name: getattr(Phrases(), name) for name in vars(Phrases) if not name.startswith("_")
}


def rows_of(rule: str, tokens: list[Token]) -> Sequence[Row]:
    """The rows that a phrase of the grammar says."""
    said = MEANINGS[rule](tokens)
    if isinstance(said, list):
        return [one for one in said if one is not None]
    return (said,) if said is not None else ()
