"""Blocks of virtual trials: patients in, outcomes of the response engine out.

A first pass makes scans until two intervals behind the true progression, since most progressions
are read by then; only who has not progressed is followed to the end. What a scan shows does not
depend on the pass, nor on the block.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.assess import Assessment, Engine, assess
from trialwright.response.best_overall import Follow as ResponseFollow
from trialwright.response.history import Codes, Flags, Ints
from trialwright.simulate.virtual.model import TrialModel, with_scans_until
from trialwright.simulate.virtual.outcomes import VirtualTrials
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.patients import Patients, cutoffs, draw_patients, enrol
from trialwright.simulate.virtual.scanning import make_scans
from trialwright.simulate.virtual.sight import baselines, history_of
from trialwright.timetoevent.course import Course
from trialwright.timetoevent.progression import decide_progression
from trialwright.timetoevent.survival import decide_survival
from trialwright.vocabulary.recist import NEVER, NO_DAY

#: `VirtualTrials.depth` without a later sum of diameters.
NO_DEPTH = 32_767
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
        patients = draw_patients(ready, entries, until)
        parts.append(_outcomes(model, ready, patients, engine))
    return _side_by_side(model, trials, cutoff, parts)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the engine finds for P subjects; names as in `VirtualTrials`."""

    unconfirmed: Codes
    confirmed: Codes
    responded: Ints
    held: Ints
    depth: Ints
    pfs_start: Ints
    pfs_day: Ints
    pfs_event: Flags
    pd_scan: Ints
    scans: Ints

    @classmethod
    def empty(cls, subjects: int) -> _Found:
        """Room for that many subjects."""
        codes, flags = {"unconfirmed", "confirmed"}, {"pfs_event"}
        return cls(
            *(
                np.zeros(subjects, np.int8 if one.name in codes
                         else np.bool_ if one.name in flags else np.int32)
                for one in fields(cls)
            )
        )  # fmt: skip


def _outcomes(
    model: TrialModel, m: CohortModel, p: Patients, engine: Engine
) -> dict[str, Ints | Flags | Codes]:
    """Outcomes of the subjects of one cohort [P], by the names of `VirtualTrials`."""
    found = _Found.empty(len(p.enrolled))
    baseline = baselines(m, p)
    everybody = np.arange(len(p.enrolled))
    enough = p.follow.start + p.course.progression.astype(np.int64) + _margin(model.response)
    first = np.minimum(p.follow.until, enough)
    _follow(model, m, p, (everybody, first, baseline, engine), found)
    open_ = np.flatnonzero((found.pd_scan == NEVER) & (first < p.follow.until))
    if len(open_):
        some = _taken(p, open_)
        rest = _Found.empty(len(open_))
        task = (np.arange(len(open_)), some.follow.until, baseline[:, open_], engine)
        _follow(model, m, some, task, rest)
        for one in fields(_Found):
            getattr(found, one.name)[open_] = getattr(rest, one.name)
    start = _origin(model.os_origin, p)
    dead = p.follow.death.astype(np.int32)
    survival = decide_survival(start, dead, p.follow.end.astype(np.int32))
    progression = p.follow.start + p.course.progression.astype(np.int64)
    death = p.follow.start + np.minimum(p.course.death, NEVER / 2).astype(np.int64)
    return {
        **{one.name: getattr(found, one.name) for one in fields(_Found)},
        "enrolled": p.enrolled,
        "first_dose": np.where(p.entry.treated, p.follow.start, NO_DAY),
        "measurable": p.disease.targets > 0,
        "os_start": start,
        "os_day": survival.day,
        "os_event": survival.event,
        "progression": progression,
        "death": death,
        "left": np.minimum(p.follow.withdrawal, p.follow.lost),
    }


def _margin(rule: SettledResponse) -> int:
    return 2 * max(days for _, days in rule.intervals.steps) + 2 * rule.window_days + _MARGIN


def _follow(
    model: TrialModel,
    m: CohortModel,
    p: Patients,
    task: tuple[Longs, Longs, Ints, Engine],
    found: _Found,
) -> None:
    """Make the scans until a day and let the engine read them, subjects with as many together."""
    everybody, until, baseline, engine = task
    scans = make_scans(m, p, until)
    order = np.argsort(scans.count, kind="stable")
    ends = np.searchsorted(scans.count[order], np.arange(scans.count.max(initial=0) + 2))
    for at in range(len(ends) - 1):
        who = everybody[order[ends[at] : ends[at + 1]]]
        if not len(who):
            continue
        history = history_of(m, p, scans, baseline, who)
        dates = _dates(model, p, who)
        seen = assess(history, dates, model.response, engine=engine, block=len(who))
        _note(model, p, (who, history.live, dates), seen, found)


def _dates(model: TrialModel, p: Patients, who: Longs) -> ResponseFollow:
    """What ends the search for a response (R-060)."""
    f = p.follow

    def days(values: Longs) -> Ints:
        return values[who].astype(np.int32)

    return ResponseFollow(
        reference=_origin(model.response.response_ref, p)[who],
        death=days(f.death),
        withdrawal=days(f.withdrawal),
        lost=days(f.lost),
        new_therapy=days(f.therapy),
        end_of_treatment=days(np.minimum(f.stop, np.minimum(f.death, np.minimum(f.withdrawal, f.lost)))),
        surgery=np.full(len(who), NEVER, np.int32),
    )  # fmt: skip


def _origin(name: str, p: Patients) -> Ints:
    """Day of an origin [P]; who was never treated starts at enrolment (D-03)."""
    days = p.enrolled if name == "enrolment" else p.follow.start
    return days.astype(np.int32)


def _note(
    model: TrialModel,
    p: Patients,
    who: tuple[Longs, Flags, ResponseFollow],
    seen: Assessment,
    found: _Found,
) -> None:
    """Write what the engine says of a group of subjects into the rows of these subjects."""
    rows, live, dates = who
    points = seen.points
    start = _origin(model.pfs_origin, p)[rows]
    course = Course(
        origin=start, reference=dates.reference, response=points.response, day=points.day,
        live=live, baseline=np.ones(len(rows), np.bool_), death=dates.death,
        new_therapy=dates.new_therapy, withdrawal=dates.withdrawal, lost=dates.lost,
        stopped=dates.end_of_treatment,
    )  # fmt: skip
    rule = model.analysis.pfs_rule
    pfs = decide_progression(course, model.response, model.analysis, pfs_rule=rule)
    first_pd = course.first_progression
    every = np.arange(len(rows))
    visits = points.day.shape[1]
    has_pd = first_pd >= 0
    found.unconfirmed[rows] = seen.unconfirmed.response
    found.confirmed[rows] = seen.confirmed.response
    found.responded[rows] = _day_or_never(seen.unconfirmed.start_day)
    holds = seen.confirmed.holds_from
    found.pfs_start[rows], found.pfs_day[rows] = start, pfs.day
    found.pfs_event[rows] = pfs.event
    found.scans[rows] = np.where(has_pd, first_pd + 1, live.sum(axis=1))
    held = points.day[every, np.minimum(holds, visits - 1)]
    found.held[rows] = np.where(holds < visits, held, NEVER)
    found.pd_scan[rows] = np.where(has_pd, points.day[every, first_pd], NEVER)
    found.depth[rows] = _depth(points.targets.total, points.targets.complete & ~points.post_pd,
                               points.targets.baseline)  # fmt: skip


def _day_or_never(day: Ints) -> Ints:
    return np.where(day == NO_DAY, NEVER, day).astype(np.int32)


def _depth(total: Ints, counts: Flags, baseline: Ints) -> Ints:
    """Best change of the sum from baseline in tenths of a percent, towards zero."""
    smallest = np.where(counts, total, np.iinfo(np.int32).max).min(axis=1)
    known = counts.any(axis=1) & (baseline > 0)
    change = 1000 * (np.where(known, smallest, 0).astype(np.int64) - baseline)
    result = np.where(known, np.fix(change / np.maximum(baseline, 1)), NO_DEPTH)
    return result.astype(np.int32)


def _taken(p: Patients, who: Longs) -> Patients:
    """Some of the subjects."""

    def some(part: object) -> object:
        if isinstance(part, tuple):
            return type(part)(*map(some, part))
        return part[..., who] if isinstance(part, np.ndarray) else part

    taken = some(p)
    assert isinstance(taken, Patients)  # noqa: S101  (tells the type)
    return taken


def _side_by_side(
    model: TrialModel,
    trials: range,
    cutoff: Ints,
    parts: list[dict[str, Ints | Flags | Codes]],
) -> VirtualTrials:
    """The cohorts of each trial in one row."""
    shape = (len(trials), -1)
    sizes = [one.subjects for one in model.cohorts]
    joined = {}
    for one in fields(VirtualTrials):
        if one.name in parts[0]:
            columns = [part[one.name].reshape(shape) for part in parts]
            whole = np.concatenate(columns, axis=1)
            joined[one.name] = whole.astype(np.int32) if whole.dtype == np.int64 else whole
    return VirtualTrials(
        first=trials.start,
        cohort=np.repeat(np.arange(len(sizes)), sizes).astype(np.int8),
        cutoff=cutoff,
        **joined,
    )


