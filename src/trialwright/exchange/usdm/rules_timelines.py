"""Rules of timelines: entry, ways, exits, timings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from trialwright.exchange.usdm.nodes import Node, Nodes

Found = Iterator[tuple[str, str]]
_DURATION = re.compile(r"P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?")
_FIXED = "C201358"


def designs_of(nodes: Nodes) -> Iterator[Node]:
    """The study designs."""
    return nodes.of("InterventionalStudyDesign", "ObservationalStudyDesign")


def code_of(held: object) -> str:
    """The code of a term, "" where there is none."""
    return str(held.get("code")) if isinstance(held, dict) else ""


def one_main(nodes: Nodes) -> Found:
    """Each design has one main timeline."""
    for design in designs_of(nodes):
        timelines = design.data.get("scheduleTimelines") or []
        main = [
            one for one in timelines if isinstance(one, dict) and one.get("mainTimeline") is True
        ]
        if timelines and len(main) != 1:
            yield f"{design.place}.scheduleTimelines", f"{len(main)} main timelines"


def _instances(timeline: Node) -> dict[str, Mapping[str, object]]:
    held = timeline.data.get("instances") or []
    return {str(one.get("id")): one for one in held if isinstance(one, dict)}


def entered(nodes: Nodes) -> Found:
    """A timeline enters at one of its own instances."""
    for timeline in nodes.of("ScheduleTimeline"):
        if timeline.data.get("entryId") not in _instances(timeline):
            yield f"{timeline.place}.entryId", "the entry is no instance of this timeline"


def reached(nodes: Nodes) -> Found:
    """Every instance is reached from the entry, and every way ends at an exit."""
    for timeline in nodes.of("ScheduleTimeline"):
        held = _instances(timeline)
        seen: set[str] = set()
        waiting = [str(timeline.data.get("entryId"))]
        while waiting:
            one = waiting.pop()
            if one in held and one not in seen:
                seen.add(one)
                waiting += _following(held[one])
        missed = [name for name in held if name not in seen]
        if missed:
            yield timeline.place, f"not reached from the entry: {', '.join(missed[:5])}"
        for name, instance in held.items():
            if not _following(instance) and not instance.get("timelineExitId"):
                yield timeline.place, f"{name} leads nowhere and is no exit"


def _following(instance: Mapping[str, object]) -> list[str]:
    found = [instance.get("defaultConditionId")]
    assignments = instance.get("conditionAssignments")
    if isinstance(assignments, list):
        found += [one.get("conditionTargetId") for one in assignments if isinstance(one, dict)]
    return [str(one) for one in found if one]


def left_by_own_exit(nodes: Nodes) -> Found:
    """Instances leave by exits of their own timeline."""
    for timeline in nodes.of("ScheduleTimeline"):
        own = {one.get("id") for one in timeline.data.get("exits") or [] if isinstance(one, dict)}
        for name, one in _instances(timeline).items():
            leave = one.get("timelineExitId")
            if leave is not None and leave not in own:
                yield timeline.place, f"{name} leaves by an exit of another timeline"


def timed(nodes: Nodes) -> Found:
    """Every activity instance has a timing, from and to instances of its own timeline."""
    for timeline in nodes.of("ScheduleTimeline"):
        held = _instances(timeline)
        timings = [one for one in timeline.data.get("timings") or [] if isinstance(one, dict)]
        timed = {one.get("relativeFromScheduledInstanceId") for one in timings}
        for name, one in held.items():
            if one.get("instanceType") == "ScheduledActivityInstance" and name not in timed:
                yield timeline.place, f"{name} has no timing"
        for one in timings:
            for key in ("relativeFromScheduledInstanceId", "relativeToScheduledInstanceId"):
                if one.get(key) is not None and one.get(key) not in held:
                    yield timeline.place, f"{one.get('id')}: {key} is of another timeline"


def fixed(nodes: Nodes) -> Found:
    """A timeline has a fixed reference; only that one is relative to nothing."""
    for timeline in nodes.of("ScheduleTimeline"):
        timings = [one for one in timeline.data.get("timings") or [] if isinstance(one, dict)]
        fixed = [one for one in timings if code_of(one.get("type")) == _FIXED]
        if timings and not fixed:
            yield timeline.place, "no timing is a fixed reference"
        for one in timings:
            alone = one.get("relativeToScheduledInstanceId") is None
            if alone != (one in fixed):
                yield timeline.place, f"{one.get('id')}: relative to nothing, or fixed and relative"


def durations(nodes: Nodes) -> Found:
    """Times are ISO 8601 durations."""
    for timing in nodes.of("Timing"):
        for key in ("value", "windowLower", "windowUpper"):
            held = timing.data.get(key)
            if isinstance(held, str) and _DURATION.fullmatch(held) is None:
                yield f"{timing.place}.{key}", f'"{held[:40]}" is no ISO 8601 duration'


def windows(nodes: Nodes) -> Found:
    """A window has both ends or none."""
    for timing in nodes.of("Timing"):
        if (timing.data.get("windowLower") is None) != (timing.data.get("windowUpper") is None):
            yield timing.place, "a window needs both ends"
