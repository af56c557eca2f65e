"""Dosing days of every component: fixed intervals, days of a cycle, and clocks set by an event.

A component that follows each ablation session by a number of days and also has an interval is due
at max(session + days, last dose + interval) when a session falls between two doses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.protocol.model import Anchor, Component
from trialwright.simulate.ablation import Session
from trialwright.simulate.dose_course import DoseCourse, Effect, Hold, Order
from trialwright.simulate.dose_rules import limits_of
from trialwright.simulate.setting import Subject

_DELAY_DAYS = 7


@dataclass(frozen=True, slots=True)
class Dose:
    """One record of exposure: component (position in the regimen), first and last day, dose level."""

    component: int
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the calendar of one subject is built from.

    `last` is the last day on which a dose may be given. By position in the regimen, `holds` are the
    weeks in which a component waits, and `orders` is what adverse events ask of it.
    """

    subject: Subject
    sessions: tuple[Session, ...]
    last: int
    holds: Mapping[int, tuple[Hold, ...]] = field(default_factory=dict)
    orders: Mapping[int, tuple[Order, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What became of a plan, by component.

    Attributes
    ----------
    doses
        In order of the regimen, then of days.
    stops
        Day on which adverse events ended a component.
    complete
        Components of which everything planned was given.
    effects
        What each event, by position, did to the doses of each component.
    """

    doses: tuple[Dose, ...]
    stops: Mapping[int, int]
    complete: frozenset[int]
    effects: Mapping[int, Mapping[int, Effect]]


def delays(subject: Subject, last: int) -> tuple[Hold, ...]:
    """Weeks in which the whole treatment waits, for reasons of the site or the subject."""
    rng = subject.rng("delays")
    share = subject.setting.scenario.conduct.dose_delay_per_month
    month = round(float(DAYS_PER_MONTH))
    starts = range(subject.first_dose + month, last, month)
    return tuple(Hold(day, day + _DELAY_DAYS) for day in starts if rng.random() < share)


def dosing(plan: Plan) -> tuple[Dose, ...]:
    """Every dose of every component in order of the regimen, then of days."""
    return give(plan).doses


def give(plan: Plan) -> Given:
    """Every dose, and what adverse events changed in them.

    A component applied to single lesions has one dose a session, whatever the events ask.
    """
    doses: dict[int, list[Dose]] = {}
    courses: dict[int, DoseCourse] = {}
    complete: set[int] = set()
    regimen = plan.subject.setting.protocol.regimen
    for at in _in_order_of_need(regimen):
        course = courses[at] = DoseCourse(
            plan.holds.get(at, ()), plan.orders.get(at, ()), limits_of(regimen[at]), plan.last
        )
        doses[at] = list(_component(plan, at, (course, doses)))
        if _is_complete(plan, at, doses[at]):
            complete.add(at)
        elif doses[at] and regimen[at].reach != "lesion":
            course.close()
    return Given(
        doses=tuple(dose for at in sorted(doses) for dose in doses[at]),
        stops={at: one.stopped for at, one in sorted(courses.items()) if one.stopped is not None},
        complete=frozenset(complete),
        effects={at: one.effects for at, one in sorted(courses.items())},
    )


def _in_order_of_need(regimen: Sequence[Component]) -> list[int]:
    """Components without anchors first: the others may wait for them."""
    return sorted(range(len(regimen)), key=lambda at: (bool(regimen[at].anchors), at))


def _component(
    plan: Plan, at: int, state: tuple[DoseCourse, Mapping[int, Sequence[Dose]]]
) -> Iterator[Dose]:
    component = plan.subject.setting.protocol.regimen[at]
    course, doses = state
    if component.reach == "lesion":
        yield from (Dose(at, one.day, one.day) for one in plan.sessions if one.day <= plan.last)
        return
    moments = _anchor_days(plan, component, doses)
    every = component.interval_days or _cycle(plan, component)
    if component.days_in_cycle:
        every = _cycle(plan, component)
    days = _limited(plan, component, _every(plan, (at, course), moments, every))
    if component.days_in_cycle:
        blocks = _blocks(component.days_in_cycle)
        for start in days:
            for first, last in blocks:
                yield from _given(plan, (at, course), start + first - 1, start + last - 1)
        return
    for day in days:
        level = course.give(day)
        if level is None:
            return
        yield Dose(at, day, day, level)


def _cycle(plan: Plan, component: Component) -> int:
    setting = plan.subject.setting
    planned = component.cycle_length_days or setting.protocol.treatment.cycle_length_days
    return planned or setting.scenario.conduct.cycle_days


def _anchor_days(
    plan: Plan, component: Component, doses: Mapping[int, Sequence[Dose]]
) -> tuple[int, ...]:
    """Days on which events call for the component, the start of treatment when none does."""
    days: set[int] = set()
    for anchor in component.anchors or ():
        events = _event_days(plan, anchor, doses)
        offset = (anchor.offset_days or 0) * (-1 if anchor.relation == "before" else 1)
        chosen = events if anchor.each is not False else events[:1]
        days |= {max(day + offset, plan.subject.first_dose) for day in chosen}
    return tuple(sorted(days)) or (plan.subject.first_dose,)


def _event_days(plan: Plan, anchor: Anchor, doses: Mapping[int, Sequence[Dose]]) -> list[int]:
    """Days of the event: sessions of the ablation, or doses of the component that it names."""
    word = anchor.event.casefold()
    regimen = plan.subject.setting.protocol.regimen
    for at, component in enumerate(regimen):
        names = (component.id.casefold(), component.name.casefold())
        if at in doses and any(word in name or name in word for name in names):
            return [dose.start for dose in doses[at]]
    return [one.day for one in plan.sessions]


def _every(
    plan: Plan, place: tuple[int, DoseCourse], moments: Sequence[int], interval: int
) -> Iterator[int]:
    """Days from the first moment on, an interval apart; later moments push the next day back."""
    at, course = place
    pending = list(moments[1:])
    day = course.release(moments[0])
    while day is not None and day <= plan.last:
        yield day
        following = day + interval
        waiting = _before_session(plan, at)
        while pending and pending[0] - waiting <= following:
            following = max(following, pending.pop(0))
        if following > plan.last or course.stopped is not None:
            return
        day = course.release(following)


def _before_session(plan: Plan, at: int) -> int:
    """Days that a component waits after the event that calls for it."""
    anchors = plan.subject.setting.protocol.regimen[at].anchors or ()
    return max((one.offset_days or 0 for one in anchors), default=0)


def _limited(plan: Plan, component: Component, days: Iterator[int]) -> Iterator[int]:
    """Stop at the planned number of doses or cycles, or at the planned duration."""
    most = _most(plan, component)
    for number, day in enumerate(days):
        if most is not None and number >= most:
            return
        duration = component.duration_days
        if duration is not None and day - plan.subject.first_dose >= duration:
            return
        yield day


def _most(plan: Plan, component: Component) -> int | None:
    """Planned number of doses or cycles; of a treatment of the liver that of the scenario too."""
    most = component.n_cycles or component.n_doses
    if component.reach == "liver":
        cap = plan.subject.setting.scenario.conduct.local_doses_max
        most = min(most or cap, cap) if cap else most
    return most


def _is_complete(plan: Plan, at: int, doses: Sequence[Dose]) -> bool:
    """Whether every planned dose, or the last planned cycle, was given."""
    component = plan.subject.setting.protocol.regimen[at]
    most, length = _most(plan, component), component.duration_days
    if component.days_in_cycle:
        most = None if most is None else most * len(_blocks(component.days_in_cycle))
    if most is not None and len(doses) >= most:
        return True
    return length is not None and plan.last - plan.subject.first_dose >= length


def _blocks(days: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Runs of neighbouring days: (1, 2, 3, 8) gives (1, 3), (8, 8)."""
    runs: list[tuple[int, int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return tuple(runs)


def _given(plan: Plan, place: tuple[int, DoseCourse], first: int, last: int) -> Iterator[Dose]:
    """A run of daily doses, one record for each part without a gap and at one level."""
    at, course = place
    runs: list[Dose] = []
    for day in range(first, min(last, plan.last) + 1):
        level = course.give(day) if course.release(day) == day else None
        if level is None:
            continue
        if runs and (runs[-1].end, runs[-1].level) == (day - 1, level):
            runs[-1] = replace(runs[-1], end=day)
        else:
            runs.append(Dose(at, day, day, level))
    yield from runs
