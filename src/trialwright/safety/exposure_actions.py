"""Dose records against the actions that adverse events report (A-12): each may forget the other.

Reductions and interruptions are counted from dose records alone; here both are compared, and every
contradiction is a query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trialwright.core.dates import iso
from trialwright.safety.exposure import Exposure
from trialwright.safety.relation import ANY_COMPONENT

_REDUCED, _PAUSED, STOPPED = "DOSE REDUCED", "DRUG INTERRUPTED", "DRUG WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What an adverse event says of a component; `component` is its id, or ANY.

    `start` and `end` are day numbers of the event, `end` null while it goes on.
    """

    component: str
    action: str
    start: int
    end: int | None
    event: str

    def concerns(self, component: str) -> bool:
        """Whether the action is, or may be, about a component."""
        return self.component in (component, ANY_COMPONENT)


def reconcile_actions(
    given: Mapping[str, Exposure], actions: Sequence[Action], names: Mapping[str, str]
) -> Iterator[str]:
    """Contradictions between the dose records and the adverse events of one subject.

    Parameters
    ----------
    given
        Exposure by identifier of the component, those that were given.
    actions
        Actions of the events of the subject.
    names
        Name of each component by identifier.

    References
    ----------
    Rule A-12.
    """
    for one in actions:
        about = [e for key, e in given.items() if one.concerns(key)]
        if about and not any(agrees(one, exposure) for exposure in about):
            what = names.get(one.component, "a component")
            yield f"{one.event} says {what}: {one.action.lower()}; {_shown(one)}"
    for key, exposure in given.items():
        own = [one for one in actions if one.concerns(key) and one.action == _REDUCED]
        for day in exposure.reductions:
            if day not in exposure.days.adjusted and not any(one.start <= day for one in own):
                yield f"{names[key]}: lower dose from {iso(day)}, no adverse event says why"


def _shown(action: Action) -> str:
    words = {
        _REDUCED: "the dose records show no lower dose from then on",
        _PAUSED: "the dose records show no dose left out or late",
        STOPPED: "the dose records go on",
    }
    return words[action.action] + "."


def agrees(action: Action, exposure: Exposure) -> bool:
    """Whether the dose records show the action, or cannot speak against it."""
    after = exposure.last > action.start
    if action.action == _REDUCED:
        return any(day >= action.start for day in exposure.reductions) or not after
    if action.action == _PAUSED:
        return not after or any(_meets(action, exposure, gap) for gap in _gaps(exposure))
    return action.end is None or exposure.last <= action.end + _reach(exposure)


def _reach(exposure: Exposure) -> int:
    """Days from one dose to the next: nearer to the end of an event nothing is clear."""
    return exposure.calendar.schedule.cycle if exposure.calendar else 0


def _gaps(exposure: Exposure) -> tuple[tuple[int, int], ...]:
    course = exposure.course
    return (*course.late, *course.delays, *course.interruptions)


def _meets(action: Action, exposure: Exposure, gap: tuple[int, int]) -> bool:
    """Whether a gap falls into the event, or begins with the first dose due after it."""
    until = None if action.end is None else action.end + _reach(exposure)
    return gap[1] >= action.start and (until is None or gap[0] <= until)


#: Actions that the dose records can show.
SHOWN_BY_DOSES = (_REDUCED, _PAUSED, STOPPED)
