"""From the grades of an adverse event to what the protocol orders for the next doses.

Doses follow `modification` of a component; a component without it follows the action that the
assumptions drew for the event: a hold of limited length, or the next lower dose level.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.protocol.model import Component
from trialwright.protocol.modification import DoseModification
from trialwright.simulate.dose_course import NEVER, Hold, Limits, Order
from trialwright.simulate.safety import Event


def limits_of(component: Component) -> Limits:
    """Dose levels, and what the protocol says of delays and of the number of holds."""
    rule = component.modification
    if rule is None:
        return Limits(levels=len(component.dose_levels))
    return Limits(
        levels=len(component.dose_levels),
        stops_below=rule.reducible is not False,
        max_delay=rule.max_delay_days,
        reduce_after=None if rule.reducible is False else rule.reduce_after_holds,
    )


def orders_of(
    events: Sequence[Event], at: int, component: Component, longest: int
) -> tuple[Order, ...]:
    """What the events related to a component ask of it, in order of events.

    Parameters
    ----------
    events
        Of one subject.
    at
        Position of the component in the regimen.
    component
        With its rule, if the protocol has one.
    longest
        Most days of a hold that no rule asked for.

    Notes
    -----
    A dose on the day on which a grade is reached was given before it.
    """
    rule = component.modification
    found = (
        _drawn((number, event), event.actions[at], longest)
        if rule is None
        else _ruled(number, event, rule.rule_of(event.profile.term))
        for number, event in enumerate(events)
        if event.related[at]
    )
    return tuple(one for one in found if one is not None)


def _drawn(place: tuple[int, Event], action: str, longest: int) -> Order | None:
    number, event = place
    if action == "DRUG INTERRUPTED":
        latest = event.start + longest
        hold = Hold(event.start + 1, min(event.end or latest, latest))
        return Order(event=number, hold=hold)
    return Order(event=number, reduce=event.start + 1) if action == "DOSE REDUCED" else None


def _ruled(number: int, event: Event, rule: DoseModification) -> Order | None:
    held = event.day_of(rule.hold_from_grade)
    hold = None
    if held is not None:
        free = event.day_back(rule.resume_at_grade or 0, held)
        hold = Hold(held + 1, NEVER if free is None else max(free, held + 1))
    lowered = None if rule.reducible is False else event.day_of(rule.reduce_from_grade)
    stopped = event.day_of(rule.stop_from_grade)
    if hold is None and lowered is None and stopped is None:
        return None
    return Order(
        event=number,
        hold=hold,
        reduce=None if lowered is None else lowered + 1,
        stop=None if stopped is None else stopped + 1,
    )
