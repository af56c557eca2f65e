"""The planned calendar of a component: days of a cycle, and waiting for events of another one.

A component that follows each ablation session by a number of days and has an interval is due at
max(session + days, last dose + interval): the wait is planned and is no delay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from trialwright.protocol.model import Component, Protocol
from trialwright.schedule.frequency import DAILY, interval_of
from trialwright.vocabulary.agents import AGENTS

_UNNAMED = "chemotherapy, regimen not named"


def is_chosen(component: Component) -> bool:
    """Whether the drugs of the component are chosen for each patient."""
    agent = AGENTS.get(component.id)
    return component.chosen_by is not None or (agent is not None and agent.klass == _UNNAMED)


@dataclass(frozen=True, slots=True)
class Wait:
    """Days that a component waits after each event; `component` is the position of the event's."""

    component: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a component is planned.

    Attributes
    ----------
    cycle
        Days from the start of a cycle to the next; 0 when only events call for the component.
    days
        Days of the cycle on which it is given, from 1, in order.
    a_day
        Administrations on each of these days.
    waits
        Events of other components that it follows.
    most_cycles, most_days, length
        Cycles, dosing days and days of treatment after which it ends as planned, `None` without
        such a limit.
    origin
        Where the schedule is from, in words.
    """

    cycle: int
    days: tuple[int, ...] = (1,)
    a_day: int = 1
    waits: tuple[Wait, ...] = ()
    most_cycles: int | None = None
    most_days: int | None = None
    length: int | None = None
    origin: str = "protocol"

    @property
    def first(self) -> int:
        """The first dosing day of a cycle."""
        return self.days[0]

    def after(self, position: int) -> int:
        """Days from a day of the cycle to the next planned day, at least 1."""
        later = [day - position for day in self.days if day > position]
        return later[0] if later else max(self.cycle + self.first - position, 1)

    def runs(self) -> tuple[tuple[int, int], ...]:
        """Runs of neighbouring dosing days: (1, 2, 3, 8) gives (1, 3), (8, 8)."""
        found: list[tuple[int, int]] = []
        for day in self.days:
            if found and day == found[-1][1] + 1:
                found[-1] = (found[-1][0], day)
            else:
                found.append((day, day))
        return tuple(found)

    def by_session(self) -> Schedule:
        """The schedule where a run of days is one session and only its start is recorded."""
        return replace(self, days=tuple(first for first, _ in self.runs()), a_day=1)


def schedule_of(
    protocol: Protocol, at: int, recorded: Sequence[int | None] | None = None
) -> Schedule | None:
    """The schedule of a component.

    That of the protocol; for drugs chosen for the patient, the recorded frequency, and the cycle of
    the whole treatment where no regimen is named.

    Parameters
    ----------
    at
        Position in the regimen.
    recorded
        Days between doses in the records of the subject, where the drugs are chosen for the patient
        and the records name them; `None` otherwise.

    Returns
    -------
    Schedule or None
        `None` when nothing says when the component is due.
    """
    component = protocol.regimen[at]
    found = _timing(component, recorded, protocol.treatment.cycle_length_days)
    waits = tuple(_waits(protocol, component))
    if found is None and not waits:
        return None
    cycle, days, origin = found or (0, (1,), "protocol")
    return Schedule(
        cycle=cycle,
        days=days,
        a_day=_a_day(component),
        waits=waits,
        most_cycles=component.n_cycles,
        most_days=component.n_doses,
        length=component.duration_days,
        origin=origin,
    )


_Timing: TypeAlias = "tuple[int, tuple[int, ...], str] | None"


def _timing(
    component: Component, recorded: Sequence[int | None] | None, treatment: int | None
) -> _Timing:
    """Cycle, dosing days and where they are from."""
    own = _own_cycle(component, treatment)
    if own is not None:
        return (*own, "protocol")
    if is_chosen(component) and recorded is not None:
        every = recorded[0] if len(set(recorded)) == 1 else None
        return (every, (1,), "frequency in EX") if every else None
    if component.reach == "lesion" or treatment is None:
        return None
    return treatment, (1,), "cycle of the treatment"


def _a_day(component: Component) -> int:
    return DAILY.get((component.frequency or "").strip().upper(), 1)


def _own_cycle(component: Component, treatment: int | None) -> tuple[int, tuple[int, ...]] | None:
    """Cycle length and dosing days that the component itself has."""
    if component.days_in_cycle:
        cycle = component.cycle_length_days or treatment
        return (cycle, tuple(sorted(set(component.days_in_cycle)))) if cycle else None
    interval = component.interval_days or interval_of(component.frequency)
    if (component.frequency or "").strip().upper() in DAILY or interval == 1:
        cycle = component.cycle_length_days or treatment or 1
        return cycle, tuple(range(1, cycle + 1))
    return (interval, (1,)) if interval else None


def _waits(protocol: Protocol, component: Component) -> Iterator[Wait]:
    for anchor in component.anchors or ():
        if anchor.relation != "after" or anchor.each is False:
            continue
        word = anchor.event.casefold()
        for at, other in enumerate(protocol.regimen):
            names = (other.id.casefold(), other.name.casefold())
            if other is not component and any(word in name or name in word for name in names):
                yield Wait(at, anchor.offset_days or 0)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A schedule with the days of the events that it waits for, one tuple for each wait."""

    schedule: Schedule
    events: tuple[tuple[int, ...], ...] = ()

    def due(self, day: int) -> int:
        """First day of the next cycle after one whose first dose was given on `day`."""
        due = day + self.schedule.cycle
        for event, free in self._pairs():
            if event <= due and free > day:
                due = max(due, free)
        return due

    def planned(self, start: int, until: int) -> tuple[int, ...]:
        """Planned days from the first planned day of treatment starting on `start` to `until`.

        Parameters
        ----------
        start
            Day of first treatment with any component.
        until
            Last day that counts.
        """
        if not self.schedule.cycle:
            return tuple(sorted({free for _, free in self._pairs() if free <= until}))
        free = [one for _, one in self._pairs()]
        day = free[0] if free else start + self.schedule.first - 1
        if self.schedule.length is not None:
            until = min(until, start + self.schedule.length - 1)
        found: list[int] = []
        cycles = 0
        while day <= until and (self.schedule.most_cycles or cycles + 1) > cycles:
            found += [day + offset - self.schedule.first for offset in self.schedule.days]
            day = self.due(day)
            cycles += 1
        return tuple(one for one in found if one <= until)[: self.schedule.most_days]

    def _pairs(self) -> list[tuple[int, int]]:
        """Days of the events with the first day on which the component may be given after each."""
        waits = self.schedule.waits
        pairs = (
            (event, event + wait.days)
            for wait, events in zip(waits, self.events, strict=True)
            for event in events
        )
        return sorted(set(pairs))


def calendar_of(schedule: Schedule, given: Mapping[int, Sequence[int]]) -> Calendar:
    """The calendar of a subject; `given` holds the days of each component by position."""
    events = tuple(_sessions(given.get(wait.component, ())) for wait in schedule.waits)
    return Calendar(schedule, events)


def _sessions(days: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(set(days)))
