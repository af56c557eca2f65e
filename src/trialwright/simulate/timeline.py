"""From the hidden course to what the trial sees: scans made, end of treatment, further therapy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.simulate.ablation import Session, sessions
from trialwright.simulate.calendar import plan_scans
from trialwright.simulate.events import Course
from trialwright.simulate.reading import ReadScan, read_baseline, read_scans
from trialwright.simulate.setting import Subject
from trialwright.simulate.tumours import Tumours

_FAR = 10**7


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
        Day of the scan on which the investigator saw progression.
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


def observe(subject: Subject, tumours: Tumours, course: Course) -> Timeline:
    """Let the trial run for one subject until the cut-off."""
    start = subject.first_dose if subject.treated else subject.enrolled
    cutoff = subject.setting.cutoff
    death = start + int(min(course.death, _FAR))
    left = _left(course, start, min(death, cutoff))
    end = min([cutoff, death, *([left[0]] if left else [])])
    known = death if death <= end else None
    if not subject.treated:
        scans = (read_baseline(subject, tumours),)
        return Timeline(
            scans=scans, sessions=(), end=end, left=left, stop=None, death=known,
            progressed=None, therapy=None, local_therapy=None,
        )  # fmt: skip
    return _treated(subject, tumours, course, (end, left, known))


def _left(course: Course, start: int, before: int) -> tuple[int, str] | None:
    """Leaving the study, when that comes before death and cut-off."""
    reasons = ((course.withdrawal, "WITHDRAWAL BY SUBJECT"), (course.lost, "LOST TO FOLLOW-UP"))
    time, reason = min(reasons)
    day = start + max(1, int(min(time, _FAR)))
    return (day, reason) if day < before else None


def _treated(
    subject: Subject,
    tumours: Tumours,
    course: Course,
    ends: tuple[int, tuple[int, str] | None, int | None],
) -> Timeline:
    end, left, death = ends
    rng = subject.rng("timeline")
    last_sight = end - 1 if death is not None or left is not None else end
    early = _early_stop(subject, course, end)
    local = _local_therapy(rng, subject, tumours, course)
    therapy = _therapy_without_progression(rng, subject, early)
    if local is not None:
        therapy = min(therapy or local.day, local.day)
    stays = rng.random() < subject.setting.scenario.scans.after_new_therapy_share
    until = last_sight if therapy is None or stays else min(last_sight, therapy)
    treated = sessions(subject, tumours.lesions) if subject.setting.ablation else ()
    scans, progressed = read_scans(
        subject, tumours, course, plan_scans(subject, treated, until)
    )  # fmt: skip
    after = _therapy_after_progression(rng, subject, progressed)
    if progressed is not None and (therapy is None or therapy > progressed):
        therapy = after
    local = local if local is not None and _is_before(local.day, progressed, end) else None
    stop = _stop(rng, (progressed, early), (left, death), end)
    return Timeline(
        scans=scans,
        sessions=tuple(one for one in treated if one.day <= (stop[0] if stop else end)),
        end=end,
        left=left,
        stop=stop,
        death=death,
        progressed=progressed,
        therapy=therapy if therapy is not None and therapy <= last_sight else None,
        local_therapy=local,
    )


def _is_before(day: int, progressed: int | None, end: int) -> bool:
    return day < end and (progressed is None or day <= progressed)


def _early_stop(subject: Subject, course: Course, end: int) -> tuple[int, str] | None:
    """Stop of treatment without progression."""
    reasons = ((course.toxicity, "ADVERSE EVENT"), (course.physician, "PHYSICIAN DECISION"))
    time, reason = min(reasons)
    day = subject.first_dose + max(7, int(min(time, _FAR)))
    longest = subject.setting.protocol.treatment.max_duration_days
    if longest is not None and subject.first_dose + longest < min(day, end):
        return subject.first_dose + longest, "COMPLETED"
    return (day, reason) if day < end else None


def _local_therapy(
    rng: np.random.Generator, subject: Subject, tumours: Tumours, course: Course
) -> LocalTherapy | None:
    """Now and then one target lesion is irradiated outside the protocol before progression."""
    share = subject.setting.scenario.conduct.local_therapy_off_protocol
    chosen, moment = rng.random() < share, rng.uniform(0.3, 0.9)
    if not chosen or not tumours.targets:
        return None
    lesion = tumours.lesions[tumours.targets[0]]
    day = subject.first_dose + max(14, int(moment * min(course.progression, 720.0)))
    return LocalTherapy(day=day, lesion=lesion.id, organ=lesion.organ.id)


def _therapy_without_progression(
    rng: np.random.Generator, subject: Subject, early: tuple[int, str] | None
) -> int | None:
    conduct = subject.setting.scenario.conduct
    chosen, wait = rng.random() < conduct.new_therapy_without_progression, rng.integers(14, 61)
    return early[0] + int(wait) if early and early[1] != "COMPLETED" and chosen else None


def _therapy_after_progression(
    rng: np.random.Generator, subject: Subject, progressed: int | None
) -> int | None:
    conduct = subject.setting.scenario.conduct
    chosen, wait = rng.random() < conduct.new_therapy_after_progression, rng.integers(7, 50)
    return progressed + int(wait) if progressed is not None and chosen else None


def _stop(
    rng: np.random.Generator,
    clinical: tuple[int | None, tuple[int, str] | None],
    leaving: tuple[tuple[int, str] | None, int | None],
    end: int,
) -> tuple[int, str] | None:
    """The end of study treatment: the first of progression, early stop, leaving and death."""
    progressed, early = clinical
    left, death = leaving
    reasons = [one for one in (early, left) if one is not None]
    if progressed is not None:
        reasons.append((progressed + int(rng.integers(0, 6)), "PROGRESSIVE DISEASE"))
    if death is not None:
        reasons.append((death, "DEATH"))
    first = min(reasons, default=None)
    return first if first is not None and first[0] <= end else None
