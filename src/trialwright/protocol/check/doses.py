"""Open questions about dosing: dose, route, frequency and cycle."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.protocol.base import Severity
from trialwright.protocol.check.components import agent_of
from trialwright.protocol.check.view import (
    Remark,
    View,
    listed,
    titled,
)
from trialwright.protocol.model import Component
from trialwright.vocabulary.agents import Agent

#: Cycles in use, in days.
_CYCLES = (14, 21, 28, 42, 56)


def dose_missing(view: View) -> Iterator[Remark]:
    """A study agent has no dose; an error when none of them has one.

    Agents without a known dose are asked about together: one sentence, not one for each.
    """
    agents = [one for one in view.agents if one.chosen_by is None]
    silent = [one for one in agents if one.dose is None]
    severity: Severity = "error" if len(silent) == len(agents) else "warning"
    unknown = []
    for one in silent:
        agent = agent_of(one)
        if agent is None or agent.default_dose is None or not _fits(view, agent):
            unknown.append(one)
            continue
        value, unit = agent.default_dose
        yield Remark(
            path=f"regimen.{one.id}.dose",
            message=f"No dose of {one.name} is given: it cannot be ordered, and neither exposure nor "
            "relative dose intensity can be worked out.",
            values={f"regimen.{one.id}.dose": [{"value": value, "unit": unit}]},
            reason=agent.source,
            severity=severity,
            quoted=f"regimen.{one.id}.name",
        )
    if unknown:
        yield Remark(
            path=f"regimen.{unknown[0].id}.dose",
            message=f"No dose of {titled(unknown)} is given, and none can be proposed: exposure and "
            "relative dose intensity cannot be worked out. A person has to give it.",
            severity=severity,
            quoted=f"regimen.{unknown[0].id}.name",
        )


def route_missing(view: View) -> Iterator[Remark]:
    """Study agents have no route: one question for all of them."""
    silent = without_route(view)
    if silent:
        yield route_asked(silent)


def _fits(view: View, agent: Agent) -> bool:
    """Whether the default dose of an agent holds here: some rest on what is given beside it."""
    if agent.beside is None:
        return True
    known = (agent_of(one) for one in view.regimen)
    return any(agent.beside in other.klass for other in known if other)


def without_route(view: View) -> list[Component]:
    """Study agents without a route."""
    return [one for one in view.agents if one.route is None and one.chosen_by is None]


def route_asked(silent: list[Component]) -> Remark:
    """The question for the route of some agents."""
    known = {one.id: agent for one in silent if (agent := agent_of(one)) and agent.default_route}
    usual = [f"{agent.default_route} {agent.name}" for agent in known.values()]
    return Remark(
        path=f"regimen.{silent[0].id}.route",
        message=f"The route of {titled(silent)} is not given: visits, and what a reaction is blamed on, "
        "depend on it.",
        values={f"regimen.{name}.route": agent.default_route for name, agent in known.items()},
        reason=f"usual route: {listed(usual)}" if usual else None,
        quoted=f"regimen.{silent[0].id}.name",
    )


def frequency_missing(view: View) -> Iterator[Remark]:
    """A study agent has no schedule of its own and is timed by nothing else."""
    unknown = []
    for one in view.repeated_agents:
        if _has_clock(one) or one.anchors:
            continue
        clock, agent = _default_clock(one), agent_of(one)
        if agent is None or not clock:
            unknown.append(one)
            continue
        yield Remark(
            path=f"regimen.{one.id}.frequency",
            message=f"How often {one.name} is given is not said: the calendar of visits and the "
            "planned dose intensity depend on it.",
            values={f"regimen.{one.id}.{name}": value for name, value in clock.items()},
            reason=agent.source,
            quoted=f"regimen.{one.id}.name",
        )
    if unknown:
        yield frequency_asked(unknown)


def without_clock(view: View) -> list[Component]:
    """Agents given again and again without a schedule, and without a usual one."""
    return [
        one
        for one in view.repeated_agents
        if not (_has_clock(one) or one.anchors or _default_clock(one))
    ]


def frequency_asked(unknown: list[Component]) -> Remark:
    """The question for the schedule of agents that have no usual one."""
    verb = "are" if len(unknown) > 1 else "is"
    return Remark(
        path=f"regimen.{unknown[0].id}.frequency",
        message=f"How often {titled(unknown)} {verb} given is not said: the calendar of visits "
        "and the planned dose intensity depend on it. A person has to give it.",
        quoted=f"regimen.{unknown[0].id}.name",
    )


def _has_clock(one: Component) -> bool:
    return not (one.frequency is None and one.interval_days is None and one.days_in_cycle is None)


def _default_clock(one: Component) -> dict[str, object]:
    agent = agent_of(one)
    if agent is None:
        return {}
    clock = {
        "frequency": agent.default_frequency,
        "interval_days": agent.default_interval_days,
        "days_in_cycle": agent.default_days_in_cycle,
        "cycle_length_days": agent.default_cycle_length_days,
    }
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in clock.items()
        if value is not None and getattr(one, name) is None
    }


def cycle_length_missing(view: View) -> Iterator[Remark]:
    """Treatment has no cycle, or dosing days are counted in a cycle of unknown length."""
    if not view.repeated_agents:
        return
    treatment = view.treatment
    floating = [
        one
        for one in view.regimen
        if one.days_in_cycle is not None and one.cycle_length_days is None
    ]
    if not floating and treatment.cycle_length_days is not None:
        return
    own = [one for one in view.regimen if one.cycle_length_days is not None]
    if own and not floating:
        yield from _cycle_of_agents(view, own)
        return
    length = treatment.cycle_length_days or _registered_cycle(view) or common_cycle(view)
    if length is None and not any(map(_has_clock, view.agents)):
        return  # without any clock, the frequency is the question
    paths = [f"regimen.{one.id}.cycle_length_days" for one in floating]
    if treatment.cycle_length_days is None:
        paths.insert(0, "treatment.cycle_length_days")
    said = f" The dosing days of {titled(floating)} are counted in it." if floating else ""
    yield Remark(
        path=paths[0],
        message=f"The length of a treatment cycle is not given.{said} Visits, dose-limiting "
        "toxicity and dose intensity are counted in cycles.",
        values=dict.fromkeys(paths, length) if length else {},
        reason=f"assumption: the shortest usual cycle that fits every interval is {length} days"
        if length
        else None,
        quoted=f"regimen.{floating[0].id}.days_in_cycle" if floating else "",
    )


def _cycle_of_agents(view: View, own: list[Component]) -> Iterator[Remark]:
    """Agents have one cycle that nothing says of the trial; several lengths are no question."""
    length = _registered_cycle(view)
    if length is not None:
        yield Remark(
            path="treatment.cycle_length_days",
            message=f"{titled(own)} {'has' if len(own) == 1 else 'have'} a cycle of {length} days; "
            "whether visits and dose-limiting toxicity of the trial are counted in it is not said.",
            values={"treatment.cycle_length_days": length},
            reason=f"the one cycle that is stated has {length} days",
            severity="note",
            quoted=f"regimen.{own[0].id}.cycle_length_days",
        )


def _registered_cycle(view: View) -> int | None:
    """The one cycle length that the components name, if they agree."""
    lengths = {one.cycle_length_days for one in view.regimen} - {None}
    return next(iter(lengths)) if len(lengths) == 1 else None


def common_cycle(view: View) -> int | None:
    """The shortest usual cycle, in days, that every interval divides and every dosing day fits.

    Schedules that are still open count with their proposed defaults; `None` when no component has
    any, or when no usual cycle fits.
    """
    intervals: set[int | None] = set()
    longest = 0
    for one in view.regimen:
        lengths, days = _clock(one)
        intervals.update(lengths)
        longest = max(longest, *days)
    intervals.discard(None)
    if not intervals and not longest:
        return None
    fitting = (
        cycle
        for cycle in _CYCLES
        if cycle >= longest and not any(cycle % interval for interval in intervals if interval)
    )
    return next(fitting, None)


def _clock(one: Component) -> tuple[tuple[int | None, int | None], tuple[int, ...]]:
    """Intervals and dosing days (a 0 where there are none) of a component or of its default."""
    agent = None if _has_clock(one) else agent_of(one)
    if agent is None:
        return (one.interval_days, one.cycle_length_days), one.days_in_cycle or (0,)
    intervals = agent.default_interval_days, agent.default_cycle_length_days
    return intervals, agent.default_days_in_cycle or (0,)
