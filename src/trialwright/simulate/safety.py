"""Adverse events: who has them, when, how severe, related to which component.

A subject has a term with the probability of the profile, whatever the time on treatment; the time
of onset is drawn within the days at risk. Grade 3 or more has its own stated share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from trialwright.protocol.model import Component
from trialwright.simulate.clocks import normal_quantile
from trialwright.simulate.consistency import matching_components
from trialwright.simulate.exposure import Hold
from trialwright.simulate.scenario import AdverseEvent
from trialwright.simulate.setting import Subject

_AFTER_LAST_DOSE = 30
_SHORTLY_BEFORE = 60
_IMMUNE_SIGMA = 0.5
#: Median duration in days by grade; grade 3 or more lasts longer.
_DURATION = {1: 14.0, 2: 18.0, 3: 12.0, 4: 10.0}
_ACTIONS = ("DOSE NOT CHANGED", "DRUG INTERRUPTED", "DOSE REDUCED", "DRUG WITHDRAWN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One adverse event; `end` is `None` while it goes on.

    `related` and `actions` stand for the components in the order of the regimen.
    """

    profile: AdverseEvent
    grade: int
    start: int
    end: int | None
    serious: bool
    related: tuple[bool, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """The days on which a subject can have events.

    `last_dose` is the last planned dose, `end` the last day that the trial sees, `procedures` the
    days of local treatment, `organs` the organs with disease.
    """

    subject: Subject
    last_dose: int
    end: int
    procedures: tuple[int, ...]
    organs: frozenset[str]

    @property
    def until(self) -> int:
        """Last day of onset."""
        return min(self.last_dose + _AFTER_LAST_DOSE, self.end)


def draw_events(risk: AtRisk) -> tuple[Event, ...]:
    """All events of a treated subject in order of onset, each term from its own stream."""
    found: list[Event] = []
    for profile in risk.subject.setting.scenario.adverse_events:
        rng = risk.subject.rng(f"event {profile.term}")
        if profile.organ is not None and profile.organ not in risk.organs:
            continue
        draw = rng.random()
        if draw < profile.any:
            found += _episodes(rng, risk, profile, severe=bool(draw < profile.grade3plus))
    return tuple(sorted(found, key=lambda one: (one.start, one.profile.term, -one.grade)))


def _episodes(
    rng: np.random.Generator, risk: AtRisk, profile: AdverseEvent, *, severe: bool
) -> Iterator[Event]:
    """The event, and for every fourth subject a second milder episode after it has ended."""
    grade = (4 if rng.random() < 0.1 else 3) if severe else (2 if rng.random() < 0.4 else 1)
    onset = _onset(rng, risk, profile)
    event = _event(rng, risk, profile, (onset, grade))
    yield event
    again, gap = rng.random() < 0.25, int(rng.integers(14, 90))
    if again and event.end is not None and event.end + gap <= risk.until:
        milder = (event.end + gap, 1 if grade < 3 else 2)
        yield _event(rng, risk, profile, milder)


def _onset(rng: np.random.Generator, risk: AtRisk, profile: AdverseEvent) -> int:
    """Day of onset within the days at risk."""
    start, until = risk.subject.first_dose, risk.until
    quantile = float(rng.random())
    if profile.anchor == "procedure" and risk.procedures:
        days = [day for day in risk.procedures if day <= until]
        day = days[int(quantile * len(days))] if days else start
        return min(day + int(rng.integers(0, 4)), until)
    if profile.anchor == "immune" and profile.onset_days is not None:
        latest = np.log(max(until - start, 1) / profile.onset_days) / _IMMUNE_SIGMA
        score = float(normal_quantile(max(quantile * float(ndtr(latest)), 1e-12)))
        return min(start + int(profile.onset_days * np.exp(_IMMUNE_SIGMA * score)), until)
    return min(start + int(_early(quantile, risk, until - start)), until)


def _early(quantile: float, risk: AtRisk, length: int) -> float:
    """Time of onset with twice the hazard in the first cycle."""
    planned = risk.subject.setting.protocol.treatment.cycle_length_days
    cycle = min(planned or risk.subject.setting.scenario.conduct.cycle_days, length)
    total = 2 * cycle + (length - cycle)
    mass = quantile * total
    return mass / 2 if mass < 2 * cycle else cycle + (mass - 2 * cycle)


def _event(
    rng: np.random.Generator, risk: AtRisk, profile: AdverseEvent, kind: tuple[int, int]
) -> Event:
    onset, grade = kind
    lasting = _DURATION[grade] * float(np.exp(0.6 * rng.normal()))
    end = onset + max(1, round(lasting))
    serious = grade >= 3 and bool(rng.random() < profile.serious_share)
    regimen = risk.subject.setting.protocol.regimen
    named = {
        at
        for word in profile.related
        for at in matching_components(risk.subject.setting.protocol, word)
    }
    draws = rng.random((2, len(regimen)))
    related = tuple(
        at in named and bool(draws[0, at] < profile.related_share) for at in range(len(regimen))
    )
    actions = tuple(
        _action(component, grade, float(draws[1, at])) if related[at] else _ACTIONS[0]
        for at, component in enumerate(regimen)
    )
    return Event(
        profile=profile, grade=grade, start=onset, end=end if end <= risk.end else None,
        serious=serious, related=related, actions=actions,
    )  # fmt: skip


def _action(component: Component, grade: int, draw: float) -> str:
    """What is done with a component: reductions only where the protocol has dose levels."""
    if component.kind == "procedure" or component.reach in {"liver", "lesion"}:
        return _ACTIONS[0]
    if grade >= 3 and draw < 0.2 and len(component.dose or ()) > 1:
        return _ACTIONS[2]
    return _ACTIONS[1] if draw < (0.6 if grade >= 3 else 0.1) else _ACTIONS[0]


def with_withdrawal(events: Sequence[Event], stop: tuple[int, str] | None) -> tuple[Event, ...]:
    """Mark the event that ended treatment: the severest candidate has every component withdrawn."""
    candidates = stop_candidates(events, stop)
    if not candidates:
        return tuple(events)
    chosen = max(candidates, key=lambda at: (events[at].grade, events[at].start))
    stopped = replace(events[chosen], actions=(_ACTIONS[3],) * len(events[chosen].actions))
    return (*events[:chosen], stopped, *events[chosen + 1 :])


def stop_candidates(events: Sequence[Event], stop: tuple[int, str] | None) -> tuple[int, ...]:
    """Positions of the events that can have ended treatment: related, begun shortly before."""
    if stop is None or stop[1] != "ADVERSE EVENT":
        return ()
    return tuple(
        at
        for at, one in enumerate(events)
        if any(one.related) and 0 <= stop[0] - one.start <= _SHORTLY_BEFORE
    )


def holds_of(events: Sequence[Event], components: int) -> dict[int, tuple[Hold, ...]]:
    """Interruptions of each component that the events cause, at most three weeks each."""
    holds: dict[int, tuple[Hold, ...]] = {}
    for at in range(components):
        paused = [one for one in events if one.actions[at] == _ACTIONS[1]]
        holds[at] = tuple(
            Hold(one.start + 1, min(one.end or one.start + 21, one.start + 21)) for one in paused
        )
    return holds


def overall_action(event: Event) -> str:
    """The strongest action on any component."""
    return max(event.actions, key=_ACTIONS.index)
