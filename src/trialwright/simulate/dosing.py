"""Treatment of one subject: the planned doses, the adverse events, and the doses given because of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from trialwright.simulate.deaths import with_fatal
from trialwright.simulate.dose_rules import orders_of
from trialwright.simulate.exposure import Dose, Given, Plan, delays, dosing, give
from trialwright.simulate.safety import (
    AtRisk,
    Event,
    as_dosed,
    draw_events,
    stop_candidates,
    with_withdrawal,
)
from trialwright.simulate.setting import Subject
from trialwright.simulate.timeline import Timeline
from trialwright.simulate.tumours import Tumours


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosing:
    """What was given to one subject and what happened meanwhile.

    `timeline` has the end of all treatment, `ends` day and DSDECOD of the end of single components
    while others went on, by position in the regimen.
    """

    timeline: Timeline
    doses: tuple[Dose, ...] = ()
    events: tuple[Event, ...] = ()
    ends: Mapping[int, tuple[int, str]] = field(default_factory=dict)


def treat(subject: Subject, tumours: Tumours, timeline: Timeline) -> Dosing:
    """Dose by the plan, draw events, then dose again by the rules that the events call on."""
    if not subject.treated:
        return Dosing(timeline=timeline)
    regimen = subject.setting.protocol.regimen
    last = _last_dosing_day(timeline)
    waits = delays(subject, last)
    plan = Plan(
        subject=subject, sessions=timeline.sessions, last=last,
        holds={at: waits for at in range(len(regimen)) if regimen[at].reach != "lesion"},
    )  # fmt: skip
    planned = dosing(plan)
    events = draw_events(_at_risk(subject, tumours, (timeline, planned)))
    timeline = _explained(timeline, events)
    events = with_withdrawal(events, timeline.stop)
    longest = subject.setting.scenario.conduct.event_held_days
    orders = {at: orders_of(events, at, one, longest) for at, one in enumerate(regimen)}
    given = give(replace(plan, orders=orders))
    last_doses = {at: _last_dose(given, at) for at in given.stops}
    events = as_dosed(
        events, given.effects, {at: (last_doses[at], day) for at, day in given.stops.items()}
    )
    timeline = _ended(timeline, given, subject)
    events = with_fatal(events, subject, (timeline, max(dose.end for dose in given.doses)))
    return Dosing(timeline=timeline, doses=given.doses, events=events, ends=_ends(timeline, given))


def _last_dose(given: Given, component: int) -> int:
    return max(dose.end for dose in given.doses if dose.component == component)


def _ends(timeline: Timeline, given: Given) -> dict[int, tuple[int, str]]:
    """Ends of single components before the end of all treatment."""
    done = {at: (_last_dose(given, at), "COMPLETED") for at in given.complete}
    ends = done | {at: (day, "ADVERSE EVENT") for at, day in given.stops.items()}
    until = timeline.stop[0] if timeline.stop is not None else timeline.end + 1
    return {at: end for at, end in ends.items() if end[0] < until}


def _last_dosing_day(timeline: Timeline) -> int:
    """Treatment is given before the day of its end, and up to the cut-off while it goes on."""
    return timeline.stop[0] - 1 if timeline.stop is not None else timeline.end


def _at_risk(
    subject: Subject, tumours: Tumours, facts: tuple[Timeline, tuple[Dose, ...]]
) -> AtRisk:
    timeline, planned = facts
    regimen = subject.setting.protocol.regimen
    local = {at for at, one in enumerate(regimen) if one.reach in {"liver", "lesion"}}
    return AtRisk(
        subject=subject,
        last_dose=max(dose.end for dose in planned),
        end=timeline.end,
        procedures=tuple(sorted({one.start for one in planned if one.component in local})),
        organs=frozenset(one.organ.id for one in tumours.lesions),
    )


def _explained(timeline: Timeline, events: tuple[Event, ...]) -> Timeline:
    """A stop for an adverse event without such an event was the physician's decision."""
    stop = timeline.stop
    if stop is None or stop[1] != "ADVERSE EVENT" or stop_candidates(events, stop):
        return timeline
    return replace(timeline, stop=(stop[0], "PHYSICIAN DECISION"))


def _ended(timeline: Timeline, given: Given, subject: Subject) -> Timeline:
    """Treatment as a whole ends with the stop of the last component that was not complete."""
    regimen = subject.setting.protocol.regimen
    going = [
        at
        for at, one in enumerate(regimen)
        if one.reach != "lesion" and at not in given.stops and at not in given.complete
    ]
    if going or not given.stops:
        return timeline
    latest = max(*given.stops.values(), max(dose.end for dose in given.doses) + 1)
    if timeline.stop is not None and timeline.stop[0] <= latest:
        return timeline
    return replace(timeline, stop=(latest, "ADVERSE EVENT"))
