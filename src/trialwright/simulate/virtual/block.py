"""Blocks of virtual trials: patients in, outcomes of the response engine out.

A first pass makes scans until two intervals behind the true progression, since most progressions
are read by then; only who has not progressed is followed to the end. What a scan shows does not
depend on the pass, nor on the block.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trialwright.response.assess import Engine
from trialwright.response.history import Flags, Ints
from trialwright.simulate.virtual.compiled import compiled_days, compiled_rows
from trialwright.simulate.virtual.desk import ReadingDesk, Readings, origin
from trialwright.simulate.virtual.model import TrialModel, with_scans_until
from trialwright.simulate.virtual.outcomes import VirtualTrials
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.patients import (
    Enrolled,
    Patients,
    cutoffs,
    cutoffs_after,
    draw_patients,
    enrol,
    joined,
    some_of,
)
from trialwright.simulate.virtual.scanning import make_scans
from trialwright.timetoevent.survival import decide_survival
from trialwright.vocabulary.recist import NEVER, NO_DAY

#: Outcomes by the names of `VirtualTrials`.
Columns: TypeAlias = dict[str, NDArray[Any]]

#: Subjects drawn and scanned at once: their arrays stay in the memory close to the processor.
_CHUNK = 32_768


def virtual_trials(model: TrialModel, trials: range, engine: Engine = "numpy") -> VirtualTrials:
    """Simulate a block of trials.

    Parameters
    ----------
    model
        The numbers of every cohort.
    trials
        Numbers of the trials; the outcomes of a trial do not depend on the others.
    engine
        "numba" needs the extra `fast`; both give the same arrays.

    Raises
    ------
    MissingExtraError
        If the engine is numba and numba is not installed.
    """
    pairs = list(zip(model.cohorts, model.ramps, strict=True))
    if engine == "numba":
        days = [compiled_days(cohort, trials, ramp) for cohort, ramp in pairs]
        cutoff = cutoffs_after(model, days)
        parts = [
            _compiled_outcomes(model, cohort, trials, (day, cutoff))
            for cohort, day in zip(model.cohorts, days, strict=True)
        ]
        return _side_by_side(model, trials, cutoff, parts)
    enrolled = [enrol(cohort, trials, ramp) for cohort, ramp in pairs]
    cutoff = cutoffs(model, enrolled)
    parts = []
    for cohort, entries in zip(model.cohorts, enrolled, strict=True):
        until = np.repeat(cutoff.astype(np.int64), cohort.subjects)
        longest = int((until - entries.day).max(initial=0))
        ready = with_scans_until(cohort, model.response, longest)
        parts.append(_outcomes(model, ready, entries, until))
    return _side_by_side(model, trials, cutoff, parts)


def _compiled_outcomes(
    model: TrialModel, cohort: CohortModel, trials: range, when: tuple[Longs, Ints]
) -> Columns:
    """Outcomes of the subjects of one cohort [P], in machine code."""
    day, cutoff = when
    longest = int((cutoff - day[:, 0]).max(initial=0))
    ready = with_scans_until(cohort, model.response, longest)
    rows = compiled_rows(model, ready, trials.start, (day, cutoff.astype(np.int64)))
    death, end = rows.pop("known_death"), rows.pop("end")
    survival = decide_survival(rows["os_start"], death, end)
    return {**rows, "enrolled": day.ravel(), "os_day": survival.day, "os_event": survival.event}


def _outcomes(model: TrialModel, m: CohortModel, entries: Enrolled, cutoff: Longs) -> Columns:
    """Outcomes of the subjects of one cohort [P], by the names of `VirtualTrials`."""
    subjects = len(entries.day)
    readings = Readings.empty(subjects)
    first, second = ReadingDesk(model, readings), ReadingDesk(model, readings)
    people: list[tuple[Patients, slice]] = []
    facts = []
    every = np.arange(subjects)
    for start in range(0, subjects, _CHUNK):
        rows = slice(start, min(start + _CHUNK, subjects))
        patients = draw_patients(m, some_of(entries, rows), cutoff[rows])
        people.append((patients, rows))
        facts.append(_facts(model, patients))
        _scan(first, m, patients, (_enough(model, patients), every[rows]))
    first.finish()
    open_ = [
        _still_open(model, p, (readings.pd_scan[rows], readings.last[rows])) for p, rows in people
    ]
    some = joined([some_of(p, who) for (p, _), who in zip(people, open_, strict=True)])
    if len(some.enrolled):
        again = np.concatenate([every[r][who] for (_, r), who in zip(people, open_, strict=True)])
        _scan(second, m, some, (some.follow.until, again))
        second.finish()
    return {
        **{name: np.concatenate([one[name] for one in facts]) for name in facts[0]},
        **readings.outcomes(),
    }


def _still_open(model: TrialModel, p: Patients, seen: tuple[Ints, Flags]) -> Longs:
    """Who is scanned further; `seen` is the day of progression and whether the last scan was it.

    A doubtful sign on the very last scan may still be confirmed.
    """
    pd_scan, last = seen
    unknown = (pd_scan == NEVER) | (p.course.doubtful & last)
    return np.flatnonzero(unknown & (_enough(model, p) < p.follow.until))


def _enough(model: TrialModel, p: Patients) -> Longs:
    """The day until which scans are made at first."""
    shown = p.follow.start + p.course.progression.astype(np.int64) + model.margin
    enough: Longs = np.minimum(p.follow.until, shown)
    return enough


def _scan(desk: ReadingDesk, m: CohortModel, p: Patients, task: tuple[Longs, Longs]) -> None:
    until, rows = task
    desk.take(p, make_scans(m, p, until), rows)


def _facts(model: TrialModel, p: Patients) -> Columns:
    """What is known of patients without their scans, by the names of `VirtualTrials`."""
    f = p.follow
    start = origin(model.os_origin, p)
    survival = decide_survival(start, f.death.astype(np.int32), f.end.astype(np.int32))
    return {
        "enrolled": p.enrolled,
        "first_dose": np.where(p.entry.treated, f.start, NO_DAY),
        "measurable": p.disease.targets > 0,
        "os_start": start,
        "os_day": survival.day,
        "os_event": survival.event,
        "progression": f.start + p.course.progression.astype(np.int64),
        "death": f.start + np.minimum(p.course.death, NEVER / 2).astype(np.int64),
        "left": np.minimum(f.withdrawal, f.lost),
    }


def _side_by_side(
    model: TrialModel,
    trials: range,
    cutoff: Ints,
    parts: list[Columns],
) -> VirtualTrials:
    """The cohorts of each trial in one row."""
    shape = (len(trials), -1)
    sizes = [one.subjects for one in model.cohorts]
    whole_rows: dict[str, Any] = {}
    for name in parts[0]:
        whole = np.concatenate([part[name].reshape(shape) for part in parts], axis=1)
        whole_rows[name] = whole.astype(np.int32) if whole.dtype == np.int64 else whole
    # Who would enter after a fixed cut-off is not in the trial: no time starts.
    entered = whole_rows["enrolled"] <= cutoff[:, None]
    for start in ("pfs_start", "os_start"):
        whole_rows[start] = np.where(entered, whole_rows[start], np.int32(NO_DAY))
    return VirtualTrials(
        first=trials.start,
        cohort=np.repeat(np.arange(len(sizes)), sizes).astype(np.int8),
        cutoff=cutoff,
        **whole_rows,
    )
