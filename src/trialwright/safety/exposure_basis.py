"""Against what the dose of a component is measured, and what hinders it (A-12).

The planned dose is that of the protocol; the first dose given where the protocol has none or
several levels; the number of administrations where nothing has a dose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from trialwright.protocol.model import Component, DoseLevel
from trialwright.safety.exposure_course import Course
from trialwright.safety.exposure_days import Days
from trialwright.schedule.planned import Calendar, is_chosen


@dataclass(frozen=True, slots=True)
class Basis:
    """Dose records of a component beside its planned doses and calendar."""

    days: Days
    levels: tuple[DoseLevel, ...]
    by_dose: bool
    calendar: Calendar | None
    course: Course

    @property
    def start(self) -> Fraction | None:
        """Dose of the first dosing day."""
        return next(iter(self.days.given.values())).amount

    @property
    def planned_start(self) -> Fraction | None:
        """Dose that the protocol plans for a dosing day, `None` unless it has exactly one."""
        if len(self.levels) != 1 or self.days.differs:
            return None
        a_day = self.calendar.schedule.a_day if self.calendar else 1
        return _level(self.levels[0]) * a_day


def _level(level: DoseLevel) -> Fraction:
    return Fraction(str(level.value))


def planned_dose(base: Basis) -> tuple[Fraction | None, str]:
    """Dose planned on a dosing day, and what it is in words."""
    if not base.by_dose:
        a_day = base.calendar.schedule.a_day if base.calendar else 1
        return Fraction(a_day), "number of administrations"
    if base.planned_start is not None:
        return base.planned_start, "dose of the protocol"
    why = "several dose levels" if base.levels else "no dose"
    return base.start, f"first dose given: the protocol has {why}"


def problem_of(base: Basis, component: Component) -> str:
    """Why relative dose intensity is not estimable."""
    if base.days.unsummed:
        return base.days.unsummed
    if base.calendar is None:
        return _no_calendar(component)
    if not base.by_dose:
        return ""
    if base.days.differs:
        wanted = base.levels[0].unit
        return f"unit differs: {base.days.differs} in the data, {wanted} in the protocol"
    return "" if base.days.cumulative is not None else "a dose is not recorded"


def _no_calendar(component: Component) -> str:
    if component.reach == "lesion":
        return "the protocol plans no number of sessions"
    if is_chosen(component):
        return "nothing says how often the chosen drugs are due"
    return "the protocol has no schedule"


def questions_of(base: Basis) -> Iterator[str]:
    """What a person should look at in the records of a component."""
    days = base.days
    amounts = [one.amount for one in days.given.values()]
    if "dose records overlap" in days.unsummed:
        yield "dose records overlap: cumulative dose and dose intensity are not estimable"
    if days.differs:
        yield (
            f"dose in {days.differs}, protocol in {base.levels[0].unit}, and no weight or body "
            "surface before the dose converts it: relative dose intensity is not estimable"
        )
    elif None in amounts and (base.levels or any(one is not None for one in amounts)):
        yield "a dose is not recorded: administrations are known, the sum is not"
    listed = {_level(one) for one in base.levels}
    if base.start is not None and listed and not days.converted and not days.differs:
        a_day = base.calendar.schedule.a_day if base.calendar else 1
        if base.start not in {one * a_day for one in listed}:
            yield (
                f"first dose {_text(base.start)} {days.unit}, in the protocol "
                f"{', '.join(_text(one * a_day) for one in sorted(listed))}"
            )
    later = set(amounts[1:])
    if len(listed) > 1 and len(later) == 1 and _falls(amounts[0], *later):
        yield "all doses after the first are lower: a loading dose is counted as a reduction"
    yield from _beyond(base)


def _falls(first: Fraction | None, then: Fraction | None) -> bool:
    return first is not None and then is not None and then < first


def _beyond(base: Basis) -> Iterator[str]:
    """More than the protocol plans in all."""
    if base.calendar is None:
        return
    schedule, cycles = base.calendar.schedule, base.course.cycles
    if schedule.most_cycles is not None and cycles is not None and cycles > schedule.most_cycles:
        yield f"{cycles} cycles, planned are {schedule.most_cycles}"
    if schedule.most_days is not None and len(base.days.given) > schedule.most_days:
        yield f"{len(base.days.given)} doses, planned are {schedule.most_days}"


def _text(value: Fraction) -> str:
    """A dose as people write it."""
    return f"{float(value):g}"
