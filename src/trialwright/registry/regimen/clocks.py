"""When a component is given: frequency, interval, dosing days and cycle, where several stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trialwright.registry.regimen.context import OF_OUTCOMES, OF_WHOLE, Said
from trialwright.registry.regimen.doses import Value
from trialwright.registry.regimen.phrases import Expression
from trialwright.registry.regimen.units import every_of
from trialwright.registry.view import Span

_EITHER = re.compile(r"^[^,;.]{0,30}\bor\b|\band the every|regimen and")
_DOSE_AHEAD = re.compile(r"\d ?(?:mg|mcg|ug|µg|g|iu)(?:/kg|/m2|/m²)?[ ,]{1,2}$")
_DOSE_REACH = 16
#: Days said as a duration that can be the dosing days of a cycle.
_MOST_DAYS_ON = 21
_NEAR, _PULSE_GAP = 60, 8
_FOUR_WEEKS = 28
_SHORTEST_CYCLE, _A_WEEK = 14, 7
#: Days between doses of what is given some times a week.
_LESS_THAN_DAILY = {"BIW": 3, "TIW": 3}


@dataclass(slots=True)
class _Clock:
    """The expressions that make up the clock of a component."""

    codes: list[Said]
    days: Expression | None
    cycle: Expression | None

    @property
    def first(self) -> Expression | None:
        """The first frequency."""
        return self.codes[0].said if self.codes else None

    def slow(self) -> Expression | None:
        """The first frequency of a week or more."""
        return next((r.said for r in self.codes if (r.said.value[1] or 0) >= 7), None)

    def fast(self) -> Expression | None:
        """The first frequency of less than a week."""
        return next((r.said for r in self.codes if (r.said.value[1] or 0.5) < 7), None)


def clock(low: str, held: Mapping[str, Sequence[Said]]) -> Iterator[tuple[str, Value]]:
    """Frequency, interval, dosing days and cycle length.

    "days 1 and 8 every 3 weeks" and "twice daily for 14 days, every 3 weeks" give a cycle of 21
    days; "every 3 weeks" alone is the frequency.
    """
    lasted = _first(held, "duration_days")
    one = _Clock(
        list(held.get("frequency", ())),
        _first(held, "days_in_cycle"),
        _first(held, "cycle_length_days"),
    )
    if one.days is not None and _is_window(one):
        one.days = None
    if one.days is not None:
        yield "days_in_cycle", (one.days.value, one.days.span, None)
    _pulsed(one, lasted)
    either = _either(low, one.codes)
    if either is not None:
        yield "frequency", either
    elif by_level := _by_level(low, one.codes):
        yield from by_level
        either = by_level[0][1]
    else:
        yield from _frequency(one, _first(held, "interval_range"))
    if either is None and not one.codes and (a_day := _a_day(held)) is not None:
        yield "frequency", ("QD", a_day.span, "the dose is given a day")
        yield "interval_days", (1, a_day.span, "the dose is given a day")
    if one.days is not None and one.days.value == [1] and not one.codes and either is None:
        yield from _once_a_cycle(one)
    if one.cycle is not None and isinstance(one.cycle.value, int):
        reason = OF_WHOLE if _is_of_whole(held, one.cycle) else None
        if reason is None or _fits(one):
            yield "cycle_length_days", (one.cycle.value, one.cycle.span, reason)


def _is_of_whole(held: Mapping[str, Sequence[Said]], cycle: Expression) -> bool:
    """Whether only an outcome tells the cycle, of the treatment as a whole."""
    rows = held.get("cycle_length_days", ())
    return any(row.said is cycle and row.sentence == OF_OUTCOMES for row in rows)


def _fits(one: _Clock) -> bool:
    """Whether doses a week or more apart fall into whole cycles."""
    between = one.first.value[1] if one.first is not None else None
    if one.cycle is None or between is None or between < _A_WEEK:
        return True
    return int(one.cycle.value) % int(between) == 0


def _once_a_cycle(one: _Clock) -> Iterator[tuple[str, Value]]:
    """The frequency of what is given on the first day of each cycle only."""
    length = one.cycle.value if one.cycle is not None else 0
    code = every_of(length, "day") if isinstance(length, int) and one.cycle else None
    if code is not None and one.cycle is not None and length >= _SHORTEST_CYCLE:
        reason = f"one dosing day in a cycle of {length} days"
        yield "frequency", (code[0], one.cycle.span, reason)
        yield "interval_days", (code[1], one.cycle.span, reason)


def _first(held: Mapping[str, Sequence[Said]], name: str) -> Expression | None:
    return next((row.said for row in held.get(name, ())), None)


def _pulsed(one: _Clock, lasted: Expression | None) -> None:
    """Let "for 7 days every 4 weeks" be seven days of a cycle of four weeks."""
    slow = one.slow()
    if slow is None or lasted is None or one.cycle is not None or len(one.codes) != 1:
        return
    near = 0 <= slow.span.start - lasted.span.end < _PULSE_GAP
    if near and lasted.value[-1] <= _MOST_DAYS_ON and lasted.value[-1] < slow.value[1]:
        one.cycle = Expression("cycle_length_days", slow.value[1], slow.span)
        one.codes = []


def _a_day(held: Mapping[str, Sequence[Said]]) -> Expression | None:
    """The first dose, if its unit is "a day"."""
    one = _first(held, "dose")
    per_day = one is not None and str(one.value[0]["unit"]).endswith("/day")
    return one if per_day else None


def _is_window(one: _Clock) -> bool:
    """Whether a long run of days only bounds doses that are given less often than daily."""
    return (
        one.days is not None
        and len(one.days.value) > 7
        and one.first is not None
        and (one.first.value[1] or _LESS_THAN_DAILY.get(one.first.value[0], 1)) > 2
    )


def _frequency(one: _Clock, interval: Expression | None) -> Iterator[tuple[str, Value]]:
    first = _without_cycle(one)
    if first is not None:
        weekdays = next((r.said for r in one.codes if "/7" in r.said.value[0]), None)
        best = weekdays if weekdays is not None and first.value[0] == "QD" else first
        yield "frequency", (best.value[0], best.span, None)
        if best.value[1] is not None:
            yield "interval_days", (best.value[1], best.span, None)
    elif interval is not None:
        lengths = sorted(interval.value)
        yield "interval_days", (lengths[-1], interval.span, None)
        yield "interval_days_min", (lengths[0], interval.span, None)


def _without_cycle(one: _Clock) -> Expression | None:
    """The first frequency; one that is the length of a cycle becomes the cycle."""
    slow, fast = one.slow(), one.fast()
    if slow is None:
        return one.first
    repeats = (
        one.days is not None
        and len(one.days.value) > 1
        and slow.value[1] > max(7, max(one.days.value) - 1)
    )
    behind = (
        fast is not None
        and slow.value[1] > _A_WEEK
        and 0 <= slow.span.start - fast.span.end < _NEAR
    )
    if not repeats and not (behind and one.cycle is None):
        return one.first
    if one.cycle is None:
        one.cycle = Expression("cycle_length_days", slow.value[1], slow.span)
    return fast


def _either(low: str, codes: Sequence[Said]) -> Value | None:
    """Two frequencies of which each holds for some: "once or twice daily", arms of the line."""
    if len(codes) < 2:
        return None
    one = codes[0]
    other = next((row for row in codes if row.said.value[0] != one.said.value[0]), None)
    if other is None or other.sentence != one.sentence:
        return None
    gap = low[one.said.span.end : other.said.span.start]
    if one.sentence and not (len(gap) < _NEAR and _EITHER.search(gap)):
        return None
    pair = sorted((one, other), key=lambda row: row.said.span.start)
    return " or ".join(row.said.value[0] for row in pair), one.said.span, None


def _by_level(low: str, codes: Sequence[Said]) -> list[tuple[str, Value]]:
    """Frequencies that stand at dose levels, as in "30 mg/QW, 900 mg/Q3W": each, and their range."""
    at_dose = [row for row in codes if _stands_at_dose(low, row.said)]
    found = {row.said.value[0]: row.said for row in at_dose}
    if len(found) < 2 or len(at_dose) != len(codes):
        return []
    lengths = sorted(one.value[1] or 1 for one in found.values())
    first, last = at_dose[0].said.span, at_dose[-1].said.span
    span = Span(first.start, last.end)
    rows: list[tuple[str, Value]] = [("frequency", (" or ".join(found), span, None))]
    rows.append(("interval_days", (lengths[-1], span, None)))
    return [*rows, ("interval_days_min", (lengths[0], span, None))]


def _stands_at_dose(low: str, code: Expression) -> bool:
    """Whether a frequency stands right behind a dose: "900 mg/Q3W", weekly ones "10 mg/kg Q3W" too."""
    start = code.span.start
    if low[start - 1] == "/":
        return True
    slow = (code.value[1] or 0) >= _A_WEEK
    return slow and _DOSE_AHEAD.search(low, max(0, start - _DOSE_REACH), start) is not None


def dosing_days(
    held: Mapping[str, Sequence[Said]], values: Mapping[str, Value]
) -> tuple[Expression | None, Value | None]:
    """Days of a cycle said as a duration ("for 5 days" beside cycles) or before a pause.

    Returns
    -------
    tuple
        The duration that is used up by this, and the days.
    """
    on = _first(held, "days_on")
    if on is not None:
        step = {"QW": 7, "Q2W": 14}.get(values.get("frequency", ("",))[0], 1)
        days = on.value[::step]
        return None, (days, on.span, "dosing days before the pause")
    one = _first(held, "duration_days")
    if one is None or "days_in_cycle" in values or len(one.value) != 1:
        return None, None
    if values.get("frequency", ("",))[0] in _LESS_THAN_DAILY:
        return None, None
    length = values.get("cycle_length_days")
    cycle = length[0] if length else _FOUR_WEEKS if "n_cycles" in held else 0
    last = one.value[0]
    if last <= _MOST_DAYS_ON and last < cycle:
        reason = f"{last} days from the start of a cycle"
        return one, (list(range(1, last + 1)), one.span, reason)
    return None, None
