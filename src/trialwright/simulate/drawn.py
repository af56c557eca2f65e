"""One trial as the array model makes it: patients, scans, readings, and when progression is known.

All that the records of a trial say of tumours and dates comes from here, so that a trial which is
written out and the trials of which only results are kept have the same patients.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from trialwright.response.assess import Assessment, assess
from trialwright.response.best_overall import Follow
from trialwright.response.history import Codes, Ints, LesionHistory
from trialwright.simulate.virtual.block import virtual_trials
from trialwright.simulate.virtual.desk import dates_of
from trialwright.simulate.virtual.model import TrialModel, with_scans_until
from trialwright.simulate.virtual.outcomes import VirtualTrials
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.patients import Patients, cutoffs, draw_patients, enrol
from trialwright.simulate.virtual.scanning import Scans, control_day, make_scans
from trialwright.simulate.virtual.sight import history_of
from trialwright.vocabulary.recist import NEVER, Response

_ONE = range(1)
#: Bit of `moment` that keeps a number from tiny lesions: see `virtual.reading.moment_code`.
_ESTIMATE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCohort:
    """The subjects of one cohort in order of entry; days count from the start of accrual.

    Attributes
    ----------
    model, patients
        The numbers they are made from, and what they are.
    history
        Every scan as it is read, those after progression too.
    ideal
        The same scans without error: every lesion is seen, measured to a tenth of a millimetre,
        and nothing is doubtful.
    dates
        What ends the search for a response.
    kind
        Each scan [P, V]: 2 v + 1 is that of due date v, 2 v a further one before it.
    control
        Day of the control scan after the last ablation, `NEVER` without one [P].
    hidden
        Bits of the lesions that each scan does not show [P, V].
    known
        Scans up to the one on which progression is known [P]; `NEVER` where it never is.
    """

    model: CohortModel
    patients: Patients
    history: LesionHistory
    ideal: LesionHistory
    dates: Follow
    kind: Ints
    control: Longs
    hidden: Ints
    known: Longs


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnTrial:
    """The cohorts of one trial with the outcome of every subject; `cutoff` counts from the start."""

    model: TrialModel
    cohorts: tuple[DrawnCohort, ...]
    outcomes: VirtualTrials
    cutoff: int


def draw_trial(model: TrialModel) -> DrawnTrial:
    """Draw the first trial of a model with all that its arrays know."""
    pairs = zip(model.cohorts, model.ramps, strict=True)
    enrolled = [enrol(cohort, _ONE, ramp) for cohort, ramp in pairs]
    cutoff = int(cutoffs(model, enrolled)[0])
    outcomes = virtual_trials(model, _ONE)
    cohorts, first = [], 0
    for cohort, entries in zip(model.cohorts, enrolled, strict=True):
        until = np.full(cohort.subjects, cutoff, np.int64)
        longest = int((until - entries.day).max(initial=0))
        ready = with_scans_until(cohort, model.response, longest)
        people = draw_patients(ready, entries, until)
        which = slice(first, first + cohort.subjects)
        cohorts.append(_cohort(model, ready, people, (outcomes, which)))
        first += cohort.subjects
    return DrawnTrial(model=model, cohorts=tuple(cohorts), outcomes=outcomes, cutoff=cutoff)


def _cohort(
    model: TrialModel, m: CohortModel, p: Patients, found: tuple[VirtualTrials, slice]
) -> DrawnCohort:
    scans = make_scans(m, p, p.follow.until)
    history = _history(m, p, scans)
    exact = _without_error(m)
    none = np.zeros(len(p.enrolled), np.bool_)
    certain = p._replace(
        course=p.course._replace(doubtful=none), entry=p.entry._replace(fine=~none)
    )
    at = np.argsort(scans.work)
    rows = scans.order[: history.shape[1], at].astype(np.int64)
    dates = dates_of(model, p, np.arange(len(p.enrolled)))
    return DrawnCohort(
        model=m,
        patients=p,
        history=history,
        ideal=_history(exact, certain, make_scans(exact, certain, p.follow.until)),
        dates=dates,
        kind=rows.T.astype(np.int32),
        control=control_day(m, p) if m.ablation.applies else np.full(len(at), NEVER, np.int64),
        hidden=scans.hidden[rows, at].T.astype(np.int32),
        known=_known(model, history, dates, found),
    )


def _history(m: CohortModel, p: Patients, scans: Scans) -> LesionHistory:
    """The lesions of all subjects in order of entry."""
    room = (max(int(scans.count.max(initial=0)), 1), m.disease.slots)
    return history_of(p, scans, (np.argsort(scans.work), room))


def _without_error(m: CohortModel) -> CohortModel:
    """The same scans, read without error."""
    scan = m.scan
    return m._replace(
        scan=scan._replace(
            noise=np.ones_like(scan.noise),
            unevaluable=np.zeros_like(scan.unevaluable),
            moment=scan.moment & ~_ESTIMATE,
        )
    )


def _known(
    model: TrialModel,
    history: LesionHistory,
    dates: Follow,
    found: tuple[VirtualTrials, slice],
) -> Longs:
    """How many scans it takes until progression is known as it will stay known.

    A doubtful finding that a later scan confirms is progression from its first sight on (R-045):
    the scans go on until then.
    """
    outcomes, which = found
    shown = outcomes.pd_scan[0, which]
    known = np.where(shown == NEVER, NEVER, history.visits).astype(np.int64)
    open_ = np.flatnonzero(shown != NEVER)
    number = outcomes.scans[0, which].astype(np.int64)
    while len(open_):
        seen = assess(_until(history, open_, number[open_]), _some(dates, open_), model.response)
        same = _agrees(seen, outcomes, which.start + open_)
        known[open_[same]] = number[open_[same]]
        number += 1
        open_ = open_[~same & (number[open_] <= history.visits[open_])]
    return known


def _agrees(seen: Assessment, outcomes: VirtualTrials, at: Longs) -> Codes:
    """Whether the scans so far show the progression and the responses that all scans show."""
    points = seen.points
    is_pd = points.response == Response.PD
    first = is_pd.argmax(axis=1)
    result: Codes = (
        is_pd.any(axis=1)
        & (first + 1 == outcomes.scans[0, at])
        & (points.day[np.arange(len(at)), first] == outcomes.pd_scan[0, at])
        & (seen.confirmed.response == outcomes.confirmed[0, at])
        & (seen.unconfirmed.response == outcomes.unconfirmed[0, at])
    )
    return result


def _until(history: LesionHistory, who: Longs, number: Longs) -> LesionHistory:
    """Some subjects with their first scans."""
    some = replace(
        history, **{one.name: getattr(history, one.name)[who] for one in fields(history)}
    )
    return replace(some, visits=np.minimum(some.visits, number).astype(np.int32))


def _some(dates: Follow, who: Longs) -> Follow:
    return replace(dates, **{one.name: getattr(dates, one.name)[who] for one in fields(dates)})
