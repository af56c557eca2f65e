"""Which deaths an adverse event explains, and what the records call the others.

The day of a death comes from the survival of the scenario and never moves: only its cause is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialwright.simulate.event_course import criteria_of
from trialwright.simulate.safety import AFTER_LAST_DOSE, Event
from trialwright.simulate.setting import Subject
from trialwright.simulate.timeline import Timeline

#: Days before a death within which the event that explains it began.
_SHORTLY_BEFORE = 60
#: Term of a death whose cause the site does not know.
UNKNOWN = "DEATH"


def with_fatal(
    events: Sequence[Event], subject: Subject, facts: tuple[Timeline, int]
) -> tuple[Event, ...]:
    """The events, one of them fatal where it explains the death.

    A subject who dies without progression, at most 30 days after the last dose, while an event of
    grade 3 or more that can be fatal has not come down to grade 1, died of it with the stated share.

    Parameters
    ----------
    events
        In order of onset.
    subject
        Has a random stream for the cause.
    facts
        The dated facts, and the day of the last dose.
    """
    timeline, last_dose = facts
    death = timeline.death
    if death is None or timeline.progressed is not None or death > last_dose + AFTER_LAST_DOSE:
        return tuple(events)
    near = [
        at
        for at, one in enumerate(events)
        if one.grade >= 3
        and one.profile.highest_grade == 5
        and 0 <= death - one.start <= _SHORTLY_BEFORE
        and one.grade_on(death) >= 2
    ]
    share = subject.setting.scenario.conduct.death_by_event_share
    if not near or subject.rng("cause of death").random() >= share:
        return tuple(events)
    chosen = max(near, key=lambda at: (events[at].grade, events[at].start))
    return (*events[:chosen], _fatal(events[chosen], death), *events[chosen + 1 :])


def _fatal(event: Event, death: int) -> Event:
    """The event at grade 5, ending with the death; its grades before stay as they were."""
    worst = event.day_of(event.grade) or event.start
    before = tuple((day, grade) for day, grade in event.steps if day <= worst and day < death)
    return replace(
        event,
        grade=5,
        end=death,
        serious=True,
        criteria=criteria_of(5, serious=True, in_hospital="AESHOSP" in event.criteria),
        steps=(*before, (death, 5)),
    )


def cause_words(events: Sequence[Event], timeline: Timeline) -> str:
    """The term of the disposition record of a death."""
    if any(one.grade == 5 for one in events):
        return "ADVERSE EVENT"
    return "PROGRESSIVE DISEASE" if timeline.progressed is not None else UNKNOWN
