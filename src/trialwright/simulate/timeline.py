"""What the trial sees of a subject: scans made, end of treatment, further therapy, leaving.

The dated facts are those of the arrays; what follows from a progression that is seen on a scan
(the scans end, treatment ends, a new therapy may begin) is told here, since it cannot change what
the response engine finds before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.simulate.ablation import Session, sessions_of
from trialwright.simulate.drawn import DrawnCohort
from trialwright.simulate.reading import ReadScan, read_scans, scan_days
from trialwright.simulate.setting import Subject
from trialwright.simulate.tumours import Tumours
from trialwright.simulate.virtual import purposes
from trialwright.simulate.virtual.conduct import (
    Habits,
    draw_habits,
    off_protocol,
    stops_for_toxicity,
)
from trialwright.simulate.virtual.parts import Longs
from trialwright.simulate.virtual.patients import some_of
from trialwright.simulate.virtual.words import words_at
from trialwright.vocabulary.recist import NEVER

_SCANS_AFTER_PROGRESSION_DAYS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTherapy:
    """Radiotherapy of one lesion outside the protocol (R-103)."""

    day: int
    lesion: str
    organ: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The dated facts of one subject; day numbers, `None` for what did not happen.

    Attributes
    ----------
    end
        Last day on which the trial can see the subject: cut-off, death, or leaving the study.
    left
        Day and DSDECOD of leaving the study: withdrawal of consent or loss to follow-up.
    stop
        Day and DSDECOD of the end of study treatment, `None` while it goes on.
    death
        Day of a death that the trial knows.
    progressed
        Day of the scan on which progression was known.
    therapy
        Start of new anticancer therapy.
    """

    scans: tuple[ReadScan, ...]
    sessions: tuple[Session, ...]
    end: int
    left: tuple[int, str] | None
    stop: tuple[int, str] | None
    death: int | None
    progressed: int | None
    therapy: int | None
    local_therapy: LocalTherapy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the arrays say of one subject, as day numbers."""

    end: int
    death: int | None
    left: tuple[int, str] | None
    stop: tuple[int, str] | None
    therapy: int | None
    is_local: bool
    habits: Habits


def observe(subject: Subject, cohort: DrawnCohort, tumours: Tumours) -> Timeline:
    """Let the trial run for one subject until the cut-off."""
    facts = _facts(subject, cohort)
    days = scan_days(subject, cohort)
    known = int(cohort.known[subject.number])
    progressed = days[known - 1] if known != NEVER else None
    number = len(days) if progressed is None else _with_further(facts, days, known)
    therapy, local = _therapies(subject, facts, tumours, progressed)
    stop = _stop(subject, facts, progressed)
    treated = sessions_of(subject, cohort, tumours) if subject.treated else ()
    return Timeline(
        scans=read_scans(subject, cohort, tumours, number),
        sessions=tuple(one for one in treated if one.day <= (stop[0] if stop else facts.end)),
        end=facts.end,
        left=facts.left,
        stop=stop,
        death=facts.death,
        progressed=progressed,
        therapy=therapy,
        local_therapy=local,
    )


def _facts(subject: Subject, cohort: DrawnCohort) -> _Facts:
    one = some_of(cohort.patients, np.array([subject.number]))
    follow, m = one.follow, cohort.model
    events = words_at(one.place, purposes.EVENTS)

    def day(values: Longs) -> int | None:
        found = int(values[0])
        return None if found == NEVER else subject.setting.start + found

    left = [
        (when, why)
        for when, why in (
            (day(follow.withdrawal), "WITHDRAWAL BY SUBJECT"),
            (day(follow.lost), "LOST TO FOLLOW-UP"),
        )
        if when is not None
    ]
    stop = day(follow.stop)
    why = "COMPLETED"
    if stop is not None and stop < subject.first_dose + m.conduct.longest_days:
        toxic = bool(stops_for_toxicity(m, events)[0])
        why = "ADVERSE EVENT" if toxic else "PHYSICIAN DECISION"
    therapy = day(follow.therapy)
    local = off_protocol(m, events, (one.entry, one.disease, one.course))
    return _Facts(
        end=subject.setting.start + int(follow.end[0]),
        death=day(follow.death),
        left=left[0] if left else None,
        stop=None if stop is None else (stop, why),
        therapy=therapy,
        is_local=therapy is not None
        and int(local[0]) + int(follow.start[0]) == therapy - subject.setting.start,
        habits=draw_habits(m, one.place),
    )


def _with_further(facts: _Facts, days: list[int], known: int) -> int:
    """Number of scans when progression is known: sometimes one more follows."""
    near = known < len(days) and days[known] - days[known - 1] <= _SCANS_AFTER_PROGRESSION_DAYS
    return known + int(near and bool(facts.habits.scans_on[0]))


def _therapies(
    subject: Subject, facts: _Facts, tumours: Tumours, progressed: int | None
) -> tuple[int | None, LocalTherapy | None]:
    """New therapy: what came before progression, else after it; local if one lesion is irradiated."""
    wait = int(subject.rng("timeline").integers(7, 50))
    sight = facts.end - int(facts.death is not None or facts.left is not None)
    if progressed is not None and (facts.therapy is None or facts.therapy > progressed):
        day = progressed + wait
        return (day if facts.habits.treated_on[0] and day <= sight else None), None
    if facts.therapy is None or not facts.is_local:
        return facts.therapy, None
    lesion = tumours.targets[0]
    local = LocalTherapy(day=facts.therapy, lesion=lesion.id, organ=lesion.organ.id)
    return facts.therapy, local


def _stop(subject: Subject, facts: _Facts, progressed: int | None) -> tuple[int, str] | None:
    """The end of study treatment: the first of progression, early stop, leaving and death."""
    if not subject.treated:
        return None
    reasons = [one for one in (facts.stop, facts.left) if one is not None]
    if progressed is not None:
        wait = int(subject.rng("end of treatment").integers(0, 6))
        reasons.append((progressed + wait, "PROGRESSIVE DISEASE"))
    if facts.death is not None:
        reasons.append((facts.death, "DEATH"))
    first = min(reasons, default=None)
    return first if first is not None and first[0] <= facts.end else None
