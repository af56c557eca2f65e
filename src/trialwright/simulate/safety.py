"""Adverse events: who has them, when, how severe, related to which component.

A subject has a term with the probability of the profile, whatever the time on treatment; the time
of onset is drawn within the days at risk. Grade 3 or more has its own stated share. What events do
to the doses is decided later, by the rules of the protocol or by the action drawn here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from trialwright.protocol.model import Component
from trialwright.simulate.clocks import normal_quantile
from trialwright.simulate.consistency import matching_components
from trialwright.simulate.event_course import Steps, criteria_of, draw_steps, grade_at
from trialwright.simulate.scenario import AdverseEvent, Conduct
from trialwright.simulate.setting import Subject

#: Days after the last dose up to which events begin.
AFTER_LAST_DOSE = 30
_SHORTLY_BEFORE = 60
_IMMUNE_SIGMA = 0.5
_STOPPED_BEFORE = "NOT APPLICABLE"
_ACTIONS = ("DOSE NOT CHANGED", "DRUG INTERRUPTED", "DOSE REDUCED", "DRUG WITHDRAWN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One adverse event; `end` is `None` while it goes on.

    `grade` is the worst, `steps` are the grades from day to day. `related` and `actions` stand for
    the components in the order of the regimen; `criteria` are those of a serious event.
    """

    profile: AdverseEvent
    grade: int
    start: int
    end: int | None
    serious: bool
    related: tuple[bool, ...]
    actions: tuple[str, ...]
    criteria: tuple[str, ...] = ()
    steps: Steps = ()

    def grade_on(self, day: int) -> int:
        """The grade on a day, 0 when the event has not begun or is over."""
        if self.end is not None and day >= self.end and self.grade < 5:
            return 0
        return grade_at(self.steps, day)

    def day_of(self, grade: int | None) -> int | None:
        """The first day of that grade or a higher one."""
        return next((day for day, now in self.steps if grade is not None and now >= grade), None)

    def day_back(self, grade: int, after: int) -> int | None:
        """The first day after another one on which the grade is no more than that."""
        return next((day for day, now in self.steps if day > after and now <= grade), None)


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
        return min(self.last_dose + AFTER_LAST_DOSE, self.end)


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
    conduct = risk.subject.setting.scenario.conduct
    share = conduct.event_grade4_share if severe else conduct.event_moderate_share
    grade = (3 if severe else 1) + int(rng.random() < share)
    grade = min(grade, max(profile.highest_grade, 3 if severe else 1))
    onset = _onset(rng, risk, profile)
    event = _event(rng, risk, profile, (onset, grade))
    yield event
    again, gap = rng.random() < conduct.event_again_share, int(rng.integers(14, 90))
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
    conduct = risk.subject.setting.scenario.conduct
    lasting = conduct.event_days[grade - 1] * float(np.exp(0.6 * rng.normal()))
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
        _action(component, conduct, grade, float(draws[1, at])) if related[at] else _ACTIONS[0]
        for at, component in enumerate(regimen)
    )
    course = risk.subject.rng(f"course {profile.term} {onset - risk.subject.first_dose}")
    in_hospital = bool(course.random() < conduct.hospital_share)
    steps = draw_steps(course, (grade, onset, end), profile, conduct)
    over, last = steps[-1]
    return Event(
        profile=profile, grade=grade, start=onset,
        end=over if last == 0 and over <= risk.end else None,
        serious=serious, related=related, actions=actions, steps=steps,
        criteria=criteria_of(grade, serious=serious, in_hospital=in_hospital),
    )  # fmt: skip


def _action(component: Component, conduct: Conduct, grade: int, draw: float) -> str:
    """What the assumptions do with a component for which the protocol has no rule."""
    if component.modification is not None or component.kind == "procedure":
        return _ACTIONS[0]
    if component.reach in {"liver", "lesion"}:
        return _ACTIONS[0]
    if grade < 3:
        return _ACTIONS[1] if draw < conduct.event_held_mild_share else _ACTIONS[0]
    if draw < conduct.event_reduced_share and len(component.dose_levels) > 1:
        return _ACTIONS[2]
    held = draw < conduct.event_reduced_share + conduct.event_held_share
    return _ACTIONS[1] if held else _ACTIONS[0]


def with_withdrawal(events: Sequence[Event], stop: tuple[int, str] | None) -> tuple[Event, ...]:
    """Mark the event that ended treatment: the severest candidate has every component withdrawn.

    It stays at its worst until treatment ends, since doses would have gone on otherwise.
    """
    candidates = stop_candidates(events, stop)
    if stop is None or not candidates:
        return tuple(events)
    chosen = max(candidates, key=lambda at: (events[at].grade, events[at].start))
    event = _lasting(events[chosen], stop[0])
    stopped = replace(event, actions=(_ACTIONS[3],) * len(event.actions))
    return (*events[:chosen], stopped, *events[chosen + 1 :])


def _lasting(event: Event, until: int) -> Event:
    """The event, over on that day at the earliest: what follows its worst grade is put off."""
    wait = 0 if event.end is None else max(0, until - event.end)
    worst = event.day_of(event.grade) or event.start
    steps = tuple((day + wait if day > worst else day, grade) for day, grade in event.steps)
    return replace(event, steps=steps, end=None if event.end is None else event.end + wait)


def stop_candidates(events: Sequence[Event], stop: tuple[int, str] | None) -> tuple[int, ...]:
    """Positions of the events that can have ended treatment: related, begun shortly before."""
    if stop is None or stop[1] != "ADVERSE EVENT":
        return ()
    return tuple(
        at
        for at, one in enumerate(events)
        if any(one.related) and 0 <= stop[0] - one.start <= _SHORTLY_BEFORE
    )


def as_dosed(
    events: Sequence[Event],
    effects: Mapping[int, Mapping[int, str]],
    ends: Mapping[int, tuple[int, int]],
) -> tuple[Event, ...]:
    """The events with the actions that the doses show.

    Parameters
    ----------
    events
        In order of onset.
    effects
        By component, what each event did to its doses.
    ends
        Days of the last dose and of the stop of the components that events ended: what begins
        later than 30 days after that dose is not related to them any more.
    """
    return tuple(_as_dosed(at, one, effects, ends) for at, one in enumerate(events))


def _as_dosed(
    at: int,
    event: Event,
    effects: Mapping[int, Mapping[int, str]],
    ends: Mapping[int, tuple[int, int]],
) -> Event:
    actions, related = list(event.actions), list(event.related)
    for component in range(len(actions)):
        last, stop = ends.get(component, (event.start, event.start))
        usual = _STOPPED_BEFORE if event.start > stop else _ACTIONS[0]
        withdrawn = actions[component] == _ACTIONS[3] and event.start <= stop
        found = effects.get(component, {}).get(at, usual)
        actions[component] = _ACTIONS[3] if withdrawn else found
        related[component] &= event.start <= last + AFTER_LAST_DOSE
    return replace(event, actions=tuple(actions), related=tuple(related))


def overall_action(event: Event) -> str:
    """The strongest action on any component."""
    return max(event.actions, key=(_STOPPED_BEFORE, *_ACTIONS).index)
