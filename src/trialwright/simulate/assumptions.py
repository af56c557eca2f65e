"""The numbers of a scenario as lines for a report: path, value, source."""

from __future__ import annotations

from datetime import date

from trialwright.protocol.base import Part
from trialwright.simulate.scenario import AdverseEvent, Scenario
from trialwright.simulate.scenario_numbers import member_name, number_paths, source_of, unstated

_EVENTS = "adverse_events."
#: Source of a number that the scenario does not state.
BY_PROGRAM = "assumption of the program: the scenario does not state it"


def assumed_numbers(scenario: Scenario) -> tuple[tuple[str, str, str], ...]:
    """Every number behind a simulation, those that the scenario leaves unstated last."""
    stated = [
        (path, _text(_value(scenario, path)), source_of(scenario, path) or "assumption")
        for path in number_paths(scenario)
        if not path.startswith(_EVENTS)
    ]
    events = [
        (f"{_EVENTS}{event.term}", _profile(event),
         source_of(scenario, f"{_EVENTS}{event.term}") or "assumption")
        for event in scenario.adverse_events
    ]  # fmt: skip
    silent = [
        (path, _text(_value(scenario, path)), BY_PROGRAM)
        for path in unstated(scenario)
        if not path.startswith(_EVENTS)
    ]
    return (*stated, *events, *silent)


def _profile(event: AdverseEvent) -> str:
    """One term of the safety profile on one line."""
    parts = [
        f"any grade {100 * event.any:g} %, grade 3 or more {100 * event.grade3plus:g} %",
        f"of these serious {100 * event.serious_share:g} %",
        f"related {100 * event.related_share:g} % to {', '.join(event.related) or 'nothing'}",
    ]
    parts += [f"onset about day {event.onset_days:g}"] if event.onset_days else []
    parts += [f"only with disease in {event.organ.lower()}"] if event.organ else []
    parts += [f"at most grade {event.highest_grade}"] if event.highest_grade != 4 else []
    parts += [f"for good {100 * event.persistent_share:g} %"] if event.persistent_share else []
    return "; ".join(parts)


def _value(here: object, path: str) -> object:
    """The value at a path; list members are named by id, term or position."""
    rest = path
    while rest:
        if isinstance(here, Part):
            step, _, rest = rest.partition(".")
            here = getattr(here, step)
        elif isinstance(here, tuple):
            here, rest = _member(here, rest)
    return here


def _member(members: tuple[object, ...], rest: str) -> tuple[object, str]:
    """The member whose name starts the path (a term may hold full stops), and what follows."""
    for position, member in enumerate(members):
        name = member_name(member, position)
        if rest == name or rest.startswith(f"{name}."):
            return member, rest[len(name) + 1 :]
    message = f"no member {rest!r}"
    raise LookupError(message)


def _text(value: object) -> str:
    if isinstance(value, tuple) and any(isinstance(member, tuple) for member in value):
        return "; ".join(_text(member) for member in value)
    if isinstance(value, tuple):
        return ", ".join(_text(member) for member in value)
    return value.isoformat() if isinstance(value, date) else f"{value:g}"
