"""Dosing days of every component: fixed intervals, days of a cycle, and clocks set by an event.

A component that follows each ablation session by a number of days and also has an interval is due
at max(session + days, last dose + interval) when a session falls between two doses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.protocol.model import Anchor, Component
from trialwright.simulate.ablation import Session
from trialwright.simulate.setting import Subject

_DELAY_DAYS = 7


@dataclass(frozen=True, slots=True)
class Dose:
    """One record of exposure: component (position in the regimen), first and last day."""

    component: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Days from `start` to before `end` on which a component is not given."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the calendar of one subject is built from.

    `last` is the last day on which a dose may be given; `holds` are the interruptions of each
    component by position in the regimen.
    """

    subject: Subject
    sessions: tuple[Session, ...]
    last: int
    holds: Mapping[int, tuple[Hold, ...]] = field(default_factory=dict)


def delays(subject: Subject, last: int) -> tuple[Hold, ...]:
    """Weeks in which the whole treatment waits, for reasons of the site or the subject."""
    rng = subject.rng("delays")
    share = subject.setting.scenario.conduct.dose_delay_per_month
    month = round(float(DAYS_PER_MONTH))
    starts = range(subject.first_dose + month, last, month)
    return tuple(Hold(day, day + _DELAY_DAYS) for day in starts if rng.random() < share)


def dosing(plan: Plan) -> tuple[Dose, ...]:
    """Every dose of every component in order of the regimen, then of days.

    A component applied to single lesions has one dose a session.
    """
    doses: dict[int, list[Dose]] = {}
    for at in _in_order_of_need(plan.subject.setting.protocol.regimen):
        doses[at] = list(_component(plan, at, doses))
    return tuple(dose for at in sorted(doses) for dose in doses[at])


def _in_order_of_need(regimen: Sequence[Component]) -> list[int]:
    """Components without anchors first: the others may wait for them."""
    return sorted(range(len(regimen)), key=lambda at: (bool(regimen[at].anchors), at))


def _component(plan: Plan, at: int, doses: Mapping[int, Sequence[Dose]]) -> Iterator[Dose]:
    component = plan.subject.setting.protocol.regimen[at]
    if component.reach == "lesion":
        yield from (Dose(at, one.day, one.day) for one in plan.sessions if one.day <= plan.last)
        return
    moments = _anchor_days(plan, component, doses)
    if component.days_in_cycle:
        blocks = _blocks(component.days_in_cycle)
        starts = _every(plan, at, moments, _cycle(plan, component))
        for start in _limited(plan, component, starts):
            for first, last in blocks:
                yield from _given(plan, at, start + first - 1, start + last - 1)
        return
    interval = component.interval_days or _cycle(plan, component)
    days = _limited(plan, component, _every(plan, at, moments, interval))
    yield from (Dose(at, day, day) for day in days)


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


def _every(plan: Plan, at: int, moments: Sequence[int], interval: int) -> Iterator[int]:
    """Days from the first moment on, an interval apart; later moments push the next day back."""
    offset = moments[0]
    pending = list(moments[1:])
    holds = plan.holds.get(at, ())
    day = _after_holds(offset, holds)
    while day <= plan.last:
        yield day
        following = day + interval
        waiting = _before_session(plan, at)
        while pending and pending[0] - waiting <= following:
            following = max(following, pending.pop(0))
        day = _after_holds(following, holds)


def _before_session(plan: Plan, at: int) -> int:
    """Days that a component waits after the event that calls for it."""
    anchors = plan.subject.setting.protocol.regimen[at].anchors or ()
    return max((one.offset_days or 0 for one in anchors), default=0)


def _after_holds(day: int, holds: Sequence[Hold]) -> int:
    for hold in sorted(holds, key=lambda one: one.start):
        if hold.start <= day < hold.end:
            day = hold.end
    return day


def _limited(plan: Plan, component: Component, days: Iterator[int]) -> Iterator[int]:
    """Stop at the planned number of doses or cycles, or at the planned duration."""
    most = component.n_cycles or component.n_doses
    if component.reach == "liver":
        cap = plan.subject.setting.scenario.conduct.local_doses_max
        most = min(most or cap, cap) if cap else most
    for number, day in enumerate(days):
        if most is not None and number >= most:
            return
        duration = component.duration_days
        if duration is not None and day - plan.subject.first_dose >= duration:
            return
        yield day


def _blocks(days: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Runs of neighbouring days: (1, 2, 3, 8) gives (1, 3), (8, 8)."""
    runs: list[tuple[int, int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return tuple(runs)


def _given(plan: Plan, at: int, first: int, last: int) -> Iterator[Dose]:
    """A run of daily doses without the days that are held or come after the end."""
    start = None
    for day in range(first, min(last, plan.last) + 1):
        held = any(hold.start <= day < hold.end for hold in plan.holds.get(at, ()))
        if held and start is not None:
            yield Dose(at, start, day - 1)
            start = None
        elif not held and start is None:
            start = day
    if start is not None:
        yield Dose(at, start, min(last, plan.last))
