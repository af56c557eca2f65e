"""Blocks of virtual trials: patients in, outcomes of the response engine out.

A first pass makes scans until two intervals behind the true progression, since most progressions
are read by then; only who has not progressed is followed to the end. What a scan shows does not
depend on the pass, nor on the block.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.assess import Engine
from trialwright.response.history import Codes, Flags, Ints
from trialwright.simulate.virtual.desk import ReadingDesk, Readings, origin
from trialwright.simulate.virtual.model import TrialModel, with_scans_until
from trialwright.simulate.virtual.outcomes import VirtualTrials
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.patients import (
    Enrolled,
    Patients,
    cutoffs,
    draw_patients,
    enrol,
    joined,
    some_of,
)
from trialwright.simulate.virtual.scanning import make_scans
from trialwright.timetoevent.survival import decide_survival
from trialwright.vocabulary.recist import NEVER, NO_DAY

#: Subjects drawn and scanned at once: their arrays stay in the memory close to the processor.
_CHUNK = 8_192
_MARGIN = 21


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
    pairs = zip(model.cohorts, model.ramps, strict=True)
    enrolled = [enrol(cohort, trials, ramp) for cohort, ramp in pairs]
    cutoff = cutoffs(model, enrolled)
    parts = []
    for cohort, entries in zip(model.cohorts, enrolled, strict=True):
        until = np.repeat(cutoff.astype(np.int64), cohort.subjects)
        longest = int((until - entries.day).max(initial=0))
        ready = with_scans_until(cohort, model.response, longest)
        parts.append(_outcomes(model, ready, entries, until, engine))
    return _side_by_side(model, trials, cutoff, parts)


def _outcomes(
    model: TrialModel, m: CohortModel, entries: Enrolled, cutoff: Longs, engine: Engine
) -> dict[str, Ints | Flags | Codes]:
    """Outcomes of the subjects of one cohort [P], by the names of `VirtualTrials`."""
    subjects = len(entries.day)
    readings = Readings.empty(subjects)
    first, second = ReadingDesk(model, engine, readings), ReadingDesk(model, engine, readings)
    people = []
    for start in range(0, subjects, _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, subjects))
        patients = draw_patients(m, some_of(entries, rows), cutoff[rows])
        people.append((patients, rows))
        _scan(first, m, patients, (_enough(model.response, patients), rows))
    first.finish()
    everybody = joined([patients for patients, _ in people])
    more = _enough(model.response, everybody) < everybody.follow.until
    open_ = np.flatnonzero((readings.pd_scan == NEVER) & more)
    if len(open_):
        some = some_of(everybody, open_)
        _scan(second, m, some, (some.follow.until, open_))
        second.finish()
    return {
        **_facts(model, everybody),
        **{one.name: getattr(readings, one.name) for one in fields(Readings)},
    }


def _enough(rule: SettledResponse, p: Patients) -> Longs:
    """The day until which scans are made at first."""
    margin = 2 * max(days for _, days in rule.intervals.steps) + 2 * rule.window_days + _MARGIN
    shown = p.follow.start + p.course.progression.astype(np.int64) + margin
    return np.minimum(p.follow.until, shown)


def _scan(desk: ReadingDesk, m: CohortModel, p: Patients, task: tuple[Longs, Longs]) -> None:
    until, rows = task
    desk.take(m, p, make_scans(m, p, until), rows)


def _facts(model: TrialModel, p: Patients) -> dict[str, Ints | Flags | Longs]:
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
    parts: list[dict[str, Ints | Flags | Codes]],
) -> VirtualTrials:
    """The cohorts of each trial in one row."""
    shape = (len(trials), -1)
    sizes = [one.subjects for one in model.cohorts]
    whole_rows = {}
    for name in parts[0]:
        whole = np.concatenate([part[name].reshape(shape) for part in parts], axis=1)
        whole_rows[name] = whole.astype(np.int32) if whole.dtype == np.int64 else whole
    return VirtualTrials(
        first=trials.start,
        cohort=np.repeat(np.arange(len(sizes)), sizes).astype(np.int8),
        cutoff=cutoff,
        **whole_rows,
    )
