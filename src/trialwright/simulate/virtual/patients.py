"""All subjects of a cohort in a block of trials, before any scan is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.response.history import Ints
from trialwright.simulate.virtual.conduct import Entry, Follow, draw_entry, follow
from trialwright.simulate.virtual.course import Course, Growing, draw_course
from trialwright.simulate.virtual.disease import Disease, Lesions, draw_disease
from trialwright.simulate.virtual.model import TrialModel
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.words import Place


class Patients(NamedTuple):
    """Subjects of one cohort, P of them, trial by trial in order of entry; slots are [C, P]."""

    place: Place
    enrolled: Longs
    entry: Entry
    lesions: Lesions
    disease: Disease
    growing: Growing
    course: Course
    follow: Follow


class Enrolled(NamedTuple):
    """Where the words of the subjects of a cohort are, how and on which day they enter."""

    place: Place
    entry: Entry
    day: Longs


_People = TypeVar("_People", bound=tuple[Any, ...])


def enrol(m: CohortModel, trials: range, ramp_months: float) -> Enrolled:
    """Entry of every subject: exponential gaps, slower at first if accrual ramps up."""
    shape = (len(trials), m.subjects)
    trial = np.repeat(np.arange(trials.start, trials.stop, dtype=np.uint64), m.subjects)
    subject = np.tile(np.arange(m.subjects, dtype=np.uint64), len(trials))
    place = Place(m.key, m.salt, trial, subject)
    entry = draw_entry(m, place)
    elapsed = np.cumsum(entry.gap.reshape(shape), axis=1)
    ramp = ramp_months * float(DAYS_PER_MONTH)
    if ramp > 0:
        # A Poisson process whose rate rises as t / ramp has passed t ** 2 / (2 ramp) full days at
        # day t, and t - ramp / 2 after the ramp (time change of a Poisson process).
        slow = np.sqrt(2 * ramp * elapsed)
        elapsed = np.where(elapsed < ramp / 2, slow, elapsed + ramp / 2)
    return Enrolled(place, entry, elapsed.astype(np.int64).ravel())


def cutoffs(model: TrialModel, enrolled: Sequence[Enrolled]) -> Ints:
    """Day of the cut-off of each trial: that of the protocol, else the follow-up after the last."""
    sizes = [one.subjects for one in model.cohorts]
    days = [e.day.reshape(-1, n) for e, n in zip(enrolled, sizes, strict=True)]
    return cutoffs_after(model, days)


def cutoffs_after(model: TrialModel, days: Sequence[Longs]) -> Ints:
    """Like `cutoffs`, from the days of enrolment of each cohort [T, N]."""
    ends = np.max([one[:, -1] for one in days], axis=0) + model.follow_up_days
    if model.fixed_cutoff is not None:
        ends = np.full_like(ends, model.fixed_cutoff)
    cutoff: Ints = ends.astype(np.int32)
    return cutoff


def draw_patients(m: CohortModel, enrolled: Enrolled, cutoff: Longs) -> Patients:
    """Draw disease, course and conduct; `cutoff` is that of each subject's trial [P]."""
    place = enrolled.place
    shape = (m.disease.slots, len(enrolled.day))
    lesions = Lesions(
        np.empty(shape, np.int64), np.empty(shape), np.empty(shape, np.bool_),
        np.empty(shape, np.bool_),
    )  # fmt: skip
    growing = Growing(np.empty(shape), np.empty(shape))
    disease = draw_disease(m, place, lesions)
    course = draw_course(m, place, lesions, disease, growing)
    entry = enrolled.entry._replace(treated=enrolled.entry.treated & (
        enrolled.day + enrolled.entry.delay <= cutoff
    ))  # fmt: skip
    follows = follow(m, place, entry, disease, course, (enrolled.day, cutoff))
    return Patients(place, enrolled.day, entry, lesions, disease, growing, course, follows)


def some_of(people: _People, who: Longs | slice) -> _People:
    """Some of the subjects of named tuples whose arrays have the subjects as last axis."""

    def taken(part: Any) -> Any:
        if isinstance(part, tuple):
            return type(part)(*map(taken, part))
        if isinstance(part, np.ndarray):
            return part[..., who] if isinstance(who, slice) else part.take(who, axis=-1)
        return part

    return cast("_People", taken(people))


def joined(parts: Sequence[Patients]) -> Patients:
    """The subjects of all parts, one after the other."""

    def together(same: Sequence[Any]) -> Any:
        if isinstance(same[0], tuple):
            return type(same[0])(*map(together, zip(*same, strict=True)))
        return np.concatenate(same, axis=-1) if isinstance(same[0], np.ndarray) else same[0]

    return cast("Patients", together(parts))
