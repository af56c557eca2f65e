"""When each component is due: the planned calendar as sessions with dose, days and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from trialwright.protocol.model import Anchor, Component, Protocol
from trialwright.schedule.because import because_of
from trialwright.schedule.marks import mark_of
from trialwright.schedule.model import Because, Open, weakest
from trialwright.schedule.planned import Calendar, Schedule, is_chosen, schedule_of

#: Relations that place a component by an event which the regimen has to hold.
_NEEDS_EVENT = frozenset({"after", "between", "perioperative"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Neighbouring dosing days of a component: first offset, number of days, what is given."""

    component: str
    offset: int
    days: int
    mark: str
    because: Because


@dataclass(frozen=True, slots=True)
class Doses:
    """Every session up to a day, where cycle 1 begins, and what cannot be planned.

    `start` is the offset of day 1 of cycle 1; `ends` says whether the doses of every component end
    by themselves.
    """

    sessions: tuple[Session, ...]
    missing: tuple[Open, ...]
    start: int
    ends: bool


def lay_out(protocol: Protocol, until: int, given: Mapping[str, Sequence[int]]) -> Doses:
    """Lay out the doses of a protocol up to an offset from first treatment.

    Parameters
    ----------
    until
        Last offset, in days from first treatment.
    given
        Offsets of sessions by component, for procedures that the protocol does not date.
    """
    days: dict[int, tuple[int, ...]] = {}
    schedules: dict[int, Schedule] = {}
    missing: list[Open] = []
    for at in _in_order(protocol):
        component = protocol.regimen[at]
        schedule = schedule_of(protocol, at)
        doubt = _doubt(protocol, at, schedule, days)
        if component.id in given:
            days[at] = tuple(sorted(given[component.id]))
        elif doubt is not None:
            missing.append(doubt)
        elif schedule is not None:
            schedules[at] = schedule
            # Whole runs: a run that begins in time is not cut off at the last day.
            days[at] = _calendar(schedule, days).planned(0, until + schedule.days[-1])
        elif _opens(protocol, component):
            days[at] = (0,)
    missing += _further(protocol, days, given)
    sessions = tuple(
        session
        for at, offsets in sorted(days.items())
        for session in _sessions(
            protocol.regimen[at], offsets, schedules.get(at), _source(protocol, at, given)
        )
        if session.offset <= until
    )
    return Doses(sessions, tuple(missing), _start(schedules, days), _ends(protocol, schedules))


def _in_order(protocol: Protocol) -> list[int]:
    """Positions in the regimen, each behind those that it waits for."""
    positions = range(len(protocol.regimen))
    order: list[int] = []
    for _ in positions:
        order += [
            at for at in positions if at not in order and set(waited(protocol, at)) <= set(order)
        ]
    return [*order, *(at for at in positions if at not in order)]


def waited(protocol: Protocol, at: int) -> tuple[int, ...]:
    """Positions of the components whose sessions component `at` follows."""
    schedule = schedule_of(protocol, at)
    return tuple(wait.component for wait in schedule.waits) if schedule else ()


def _calendar(schedule: Schedule, days: Mapping[int, tuple[int, ...]]) -> Calendar:
    return Calendar(schedule, tuple(days.get(wait.component, ()) for wait in schedule.waits))


def _doubt(
    protocol: Protocol,
    at: int,
    schedule: Schedule | None,
    days: Mapping[int, tuple[int, ...]],
) -> Open | None:
    """Why a component cannot be planned, `None` when it can."""
    component = protocol.regimen[at]
    path = f"regimen.{component.id}"
    part = _foreign_part(protocol, component)
    if part:
        return Open(f"{path}.part", f'{component.name}: the start of the part "{part}" is open')
    for anchor in component.anchors or ():
        doubt = _anchor_doubt(protocol, at, anchor, schedule, days)
        if doubt:
            return Open(f"{path}.anchors", f"{component.name}: {doubt}")
    if schedule is None and not _opens(protocol, component):
        return Open(path, f"{component.name}: nothing says on which days it is given")
    return None


def _foreign_part(protocol: Protocol, component: Component) -> str:
    """The part of the trial that the values hold for, where that is no arm."""
    names = {name.casefold() for arm in protocol.arms or () for name in (arm.id, arm.name)}
    part = component.part or ""
    return "" if part.casefold() in names else part


def _anchor_doubt(
    protocol: Protocol,
    at: int,
    anchor: Anchor,
    schedule: Schedule | None,
    days: Mapping[int, tuple[int, ...]],
) -> str:
    if anchor.relation not in _NEEDS_EVENT:
        return ""
    event = anchor.event.replace("_", " ")
    followed = [
        wait.component
        for wait in (schedule.waits if schedule else ())
        if _is_named(protocol.regimen[wait.component], anchor.event)
    ]
    if anchor.relation != "after" or not followed:
        return f"timed by {event}, of which the protocol has no day"
    sessions = [days.get(one) for one in followed]
    if None in sessions or not sessions:
        return f"follows {event}, which has no day"
    if anchor.offset_days is None:
        return f"follows {event}, after a time that is open"
    many = any(
        protocol.regimen[one].repeated or len(days[one]) > 1 for one in followed if one != at
    )
    if many and anchor.each is None:
        return f"follows {event}; whether each time or once is open"
    return ""


def _is_named(component: Component, event: str) -> bool:
    word, names = event.casefold(), (component.id.casefold(), component.name.casefold())
    return any(word in name or name in word for name in names)


def _opens(protocol: Protocol, component: Component) -> bool:
    """Whether treatment begins with this component, which has no calendar of its own."""
    sequence = protocol.treatment.sequence
    return sequence is not None and sequence[:1] == (component.id,)


def _further(
    protocol: Protocol, days: Mapping[int, tuple[int, ...]], given: Mapping[str, Sequence[int]]
) -> Iterator[Open]:
    """What stays open of components that are planned."""
    for at in sorted(days):
        component = protocol.regimen[at]
        path = f"regimen.{component.id}"
        if component.repeated and schedule_of(protocol, at) is None and component.id not in given:
            yield Open(
                f"{path}.repeated",
                f"{component.name}: the days of further sessions are decided during treatment; "
                "only the first is planned",
            )
        own = component.days_in_cycle or component.interval_days or component.frequency
        if is_chosen(component) and not own and schedule_of(protocol, at) is not None:
            yield Open(
                f"{path}.interval_days",
                f"{component.name}: the regimen is chosen for the patient; shown on the cycle of "
                "the treatment, its own days come first",
            )
        if component.fractions and not (own or component.anchors):
            yield Open(f"{path}.fractions", f"{component.name}: the days of its fractions are open")
        if component.id not in given and _is_endless(protocol, at):
            yield Open(
                f"{path}.n_cycles",
                f"{component.name}: no number of cycles is given; it is shown in every cycle that "
                "is laid out, and nothing says which one is the last",
            )


def _is_endless(protocol: Protocol, at: int) -> bool:
    """Whether a procedure comes in every cycle, and neither record nor person ends it.

    Reasons to end treatment that are only a default say nothing of how often it is repeated.
    """
    component, schedule = protocol.regimen[at], schedule_of(protocol, at)
    if component.kind != "procedure" or schedule is None or not schedule.cycle:
        return False
    if protocol.treatment.until and because_of(protocol, "treatment.until").kind != "default":
        return False
    return not _has_limit(schedule) and protocol.treatment.max_duration_days is None


def _has_limit(schedule: Schedule) -> bool:
    return bool(schedule.most_cycles or schedule.most_days or schedule.length)


def _start(schedules: Mapping[int, Schedule], days: Mapping[int, tuple[int, ...]]) -> int:
    starts = [
        days[at][0] - schedule.first + 1
        for at, schedule in schedules.items()
        if schedule.cycle and days[at]
    ]
    return min(starts, default=0)


def _ends(protocol: Protocol, schedules: Mapping[int, Schedule]) -> bool:
    limits = [_has_limit(one) or not one.cycle for one in schedules.values()]
    return protocol.treatment.max_duration_days is not None or (bool(limits) and all(limits))


def _source(protocol: Protocol, at: int, given: Mapping[str, Sequence[int]]) -> Because:
    component = protocol.regimen[at]
    if component.id in given:
        return Because("user", "day given for this calendar", f"regimen.{component.id}")
    timing = _timing_source(protocol, component)
    return _with_dose(protocol, component, timing) if component.dose else timing


def _with_dose(protocol: Protocol, component: Component, timing: Because) -> Because:
    """The mark shows a dose beside the day: where their sources differ, both are said."""
    dose = because_of(protocol, f"regimen.{component.id}.dose")
    if dose.kind == timing.kind:
        return timing
    return Because(
        weakest((dose, timing)).kind,
        f"dose, {dose.kind}: {dose.reason}; days, {timing.kind}: {timing.reason}",
        f"{dose.path}, {timing.path}",
    )


def _sessions(
    component: Component, offsets: Sequence[int], schedule: Schedule | None, because: Because
) -> Iterator[Session]:
    """Runs of neighbouring days; a run without gap is parted where its cycle begins again."""
    loading = component.loading_dose
    starts = [n for n, day in enumerate(offsets) if _is_start(offsets, n, day, schedule)]
    for n, end in pairwise((*starts, len(offsets))):
        first = loading is not None and n < loading.doses
        dose = loading.dose if first and loading is not None else component.dose
        yield Session(
            component=component.id,
            offset=offsets[n],
            days=end - n,
            mark=mark_of(component, dose, end - n, loading=first),
            because=because,
        )


def _is_start(offsets: Sequence[int], at: int, day: int, schedule: Schedule | None) -> bool:
    if at == 0 or offsets[at - 1] != day - 1:
        return True
    cycle = schedule.cycle if schedule else 0
    return cycle > 1 and (day - offsets[0]) % cycle == 0


def _timing_source(protocol: Protocol, component: Component) -> Because:
    """The source of the values that date a component, the least sure of them first."""
    here = f"regimen.{component.id}"
    if component.days_in_cycle:
        cycle = "cycle_length_days"
        length = f"{here}.{cycle}" if component.cycle_length_days else f"treatment.{cycle}"
        paths = [f"{here}.days_in_cycle", length]
    elif component.interval_days or component.frequency:
        paths = [f"{here}.interval_days" if component.interval_days else f"{here}.frequency"]
    elif component.reach == "lesion" or component.kind == "procedure":
        paths = ["treatment.sequence"]
    else:
        paths = ["treatment.cycle_length_days"]
    paths += [f"{here}.anchors"] if component.anchors else []
    return because_of(protocol, *paths)
