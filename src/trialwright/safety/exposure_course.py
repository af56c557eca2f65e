"""The days on which a component was given against its calendar: cycles, delays, interruptions.

A dose, or the start of a cycle, is due one planned interval after the one before. Late by more than
the allowed days it is delayed; late by a whole interval, a dose was left out and the treatment was
interrupted. A planned dosing day inside a cycle without a dose is an interruption too (A-12).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from trialwright.schedule.planned import Calendar, Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What became of the calendar between the first and the last dose.

    Attributes
    ----------
    cycles
        Cycles begun; `None` when the protocol has none.
    planned
        Dosing days planned over `duration`; `None` without a calendar.
    duration
        Days from the first dose to the day before the next one would have been due (A-12).
    delays, interruptions
        First and last day of the wait or gap: from the due day to the day before the dose.
    late
        Every wait of one day or more, the short ones too.
    """

    cycles: int | None
    planned: Fraction | None
    duration: int
    delays: tuple[tuple[int, int], ...] = ()
    interruptions: tuple[tuple[int, int], ...] = ()
    late: tuple[tuple[int, int], ...] = ()


def follow(days: Sequence[int], calendar: Calendar | None, allowed: int) -> Course:
    """Compare dosing days with the calendar.

    Parameters
    ----------
    days
        Days of treatment, at least one, rising, each once.
    calendar
        `None` when nothing says when the component is due.
    allowed
        Days that a dose may be late.

    References
    ----------
    Rule A-12.
    """
    if calendar is None:
        return Course(cycles=len(_runs(days)), planned=None, duration=days[-1] - days[0] + 1)
    schedule = calendar.schedule
    if not schedule.cycle:
        return _by_event(days, calendar, allowed)
    if len(schedule.days) == schedule.cycle:
        return _every_day(days, schedule)
    return _by_cycle(days, calendar, allowed)


def _by_cycle(days: Sequence[int], calendar: Calendar, allowed: int) -> Course:
    schedule = calendar.schedule
    groups = _cycles(days, schedule, allowed)
    planned = Fraction(0)
    delays: list[tuple[int, int]] = []
    gaps: list[tuple[int, int]] = []
    late: list[tuple[int, int]] = []
    for group, following in pairwise(groups):
        start, due, given = group[0], calendar.due(group[0]), following[0]
        planned += Fraction(given - start, due - start) * len(schedule.days)
        gaps += _left_out(group, schedule, schedule.days[-1])
        wait = (due, given - 1)
        late += [wait] * (given > due)
        gaps += [wait] * (given - due >= schedule.cycle)
        delays += [wait] * (allowed < given - due < schedule.cycle)
        delays += _late_inside(group, schedule, allowed)
    last = groups[-1]
    position = last[-1] - last[0] + schedule.first
    gaps += _left_out(last, schedule, position)
    delays += _late_inside(last, schedule, allowed)
    return Course(
        cycles=len(groups),
        planned=planned + sum(day <= position for day in schedule.days),
        duration=days[-1] - days[0] + schedule.after(position),
        delays=tuple(sorted(delays)),
        interruptions=tuple(sorted(gaps)),
        late=tuple(sorted(late)),
    )


def _cycles(days: Sequence[int], schedule: Schedule, allowed: int) -> list[list[int]]:
    """The dosing days cycle by cycle.

    With one dosing day in a cycle each dose begins one, but the next day belongs to the same
    session. Otherwise a cycle may begin as many days early as it may begin late.
    """
    span = schedule.days[-1] - schedule.first + 1
    least = max(schedule.cycle - allowed, span)
    groups: list[list[int]] = []
    for day in days:
        if not groups:
            begins = True
        elif len(schedule.days) == 1:
            begins = day > groups[-1][-1] + 1 or schedule.cycle <= 2
        else:
            begins = day - groups[-1][0] >= least
        if begins:
            groups.append([])
        groups[-1].append(day)
    return groups


def _left_out(
    group: Sequence[int], schedule: Schedule, until: int
) -> Iterator[tuple[int, int]]:  # fmt: skip
    """Gaps of one cycle: planned days up to position `until` on which nothing was given."""
    zero = group[0] - schedule.first
    given = {day - zero for day in group}
    single = _slots(schedule, given)
    for first, last in schedule.runs():
        if first == last:
            if first <= until and single.get(first, first) is None:
                yield first + zero, first + zero
            continue
        missing = [day for day in range(first, min(last, until) + 1) if day not in given]
        yield from ((a + zero, b + zero) for a, b in _runs(missing))


def _late_inside(
    group: Sequence[int], schedule: Schedule, allowed: int
) -> Iterator[tuple[int, int]]:  # fmt: skip
    """Single dosing days of a cycle, such as day 8, that were given late."""
    zero = group[0] - schedule.first
    for planned, given in _slots(schedule, {day - zero for day in group}).items():
        if given is not None and given - planned > allowed:
            yield planned + zero, given + zero - 1


def _slots(schedule: Schedule, given: set[int]) -> dict[int, int | None]:
    """The dose of each single dosing day: in order where as many were given as planned.

    Otherwise the first from midway since the planned day before it.
    """
    runs = schedule.runs()
    if len(given) == len(runs) and all(first == last for first, last in runs):
        return dict(zip(schedule.days, sorted(given), strict=True))
    found: dict[int, int | None] = {}
    for at, (first, last) in enumerate(runs):
        if first != last:
            continue
        begin = first if at == 0 else first - (first - runs[at - 1][1] - 1) // 2
        end = schedule.cycle + schedule.first
        if at + 1 < len(runs):
            after = runs[at + 1][0]
            end = after - (after - last - 1) // 2
        found[first] = min((day for day in given if begin <= day < end), default=None)
    return found


def _every_day(days: Sequence[int], schedule: Schedule) -> Course:
    """Treatment without planned rest: each free day between two doses is a gap."""
    gaps = tuple((a + 1, b - 1) for a, b in pairwise(days) if b > a + 1)
    duration = days[-1] - days[0] + 1
    cycles = None if schedule.cycle == 1 else (duration - 1) // schedule.cycle + 1
    return Course(
        cycles=cycles, planned=Fraction(duration), duration=duration, interruptions=gaps, late=gaps
    )


def _by_event(days: Sequence[int], calendar: Calendar, allowed: int) -> Course:
    """One dose after each event, no interval of its own."""
    free = calendar.planned(days[0], days[-1])
    late = []
    for at, due in enumerate(free):
        until = free[at + 1] if at + 1 < len(free) else days[-1] + 1
        given = min((day for day in days if due <= day < until), default=None)
        if given is not None and given > due:
            late.append((due, given - 1))
    return Course(
        cycles=len(_runs(days)),
        planned=Fraction(len(free)),
        duration=days[-1] - days[0] + 1,
        delays=tuple(one for one in late if one[1] + 1 - one[0] > allowed),
        late=tuple(late),
    )


def _runs(days: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring days as first and last day."""
    found: list[tuple[int, int]] = []
    for day in days:
        if found and day == found[-1][1] + 1:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
