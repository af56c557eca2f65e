"""From SDTM records to responses and times, against a slow reading of the rules.

The records of random patients are written in any form that the rules accept (R-130 to R-142): mm
or cm, words or numbers, fragments, merged lesions, decimal visits, records behind the cut-off.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import NamedTuple

import pytest

from support import oracle, oracle_times
from support.derived import DAY_ZERO, Derived
from support.engine_arrays import (
    engine_best,
    engine_ending,
    engine_rows,
    oracle_rows,
    settings,
    until_pd,
)
from support.oracle import NEW, Options, Patient, Point
from support.oracle_sdtm import apart, as_known, person_of, reshaped
from support.random_histories import random_options, random_patient
from support.trial import START, sdtm_of

PATIENTS = 100
SEEDS = range(6)


class Batch(NamedTuple):
    """Random patients as the engine derives them from SDTM, and as the oracle reads them."""

    opts: Options
    patients: list[Patient]
    derived: Derived
    expected: list[list[Point]]


def _patient(rng: random.Random, cutoff: int) -> Patient:
    patient = random_patient(rng, treated=True)
    while not apart(patient):
        patient = random_patient(rng, treated=True)
    patient = reshaped(rng, replace(patient, ref=0))
    last = as_known(replace(patient, cutoff=10_000)).alive or 0
    death = None if patient.death is None else max(patient.death, last)
    return replace(patient, death=death, cutoff=cutoff)


@cache
def batch(seed: int) -> Batch:
    rng = random.Random(seed)
    opts = random_options(rng)
    cutoff = rng.choice((150, 300, 500, 2000))
    made = [_patient(rng, cutoff) for _ in range(PATIENTS)]
    sdtm = sdtm_of([person_of(rng, p, f"P{i:04d}") for i, p in enumerate(made)])
    derived = Derived(
        sdtm,
        **{f"response__{name}": value for name, value in settings(opts).items()},
        analysis__pfs_rule=opts.pfs_rule,
        analysis__lsta=opts.lsta,
        analysis__data_cutoff=START + timedelta(days=cutoff),
    )
    patients = [as_known(p) for p in made]
    return Batch(opts, patients, derived, [oracle.responses(p, opts) for p in patients])


def shifted(answer: oracle_times.Best) -> oracle_times.Best:
    """Days of the oracle count from the first dose, those of the engine from 1970."""
    day, start = (None if d is None else d + DAY_ZERO for d in (answer.day, answer.start))
    return replace(answer, day=day, start=start)


@pytest.mark.parametrize("seed", SEEDS)
def test_time_points_from_records(seed):
    """R-020 to R-059 and section 14: whatever the form, the reading is the same."""
    made = batch(seed)
    for s, expected in enumerate(made.expected):
        assert made.derived.points.visits[s] == len(expected)
        count = until_pd(expected)
        wanted = [(*r[:5], r[5] + DAY_ZERO, *r[6:]) for r in oracle_rows(expected, count)]
        got = engine_rows(made.derived.points, s, count)
        assert got == wanted, (made.opts, made.patients[s])


@pytest.mark.parametrize("seed", SEEDS)
def test_best_overall_response_from_records(seed):
    """R-060 to R-075 with the dates of DS, CM and PR (R-141, R-142)."""
    made = batch(seed)
    decisions = made.derived.decisions
    for s, patient in enumerate(made.patients):
        seq = oracle_times.window(made.expected[s], patient, made.opts)
        for confirm, best in ((False, decisions.unconfirmed), (True, decisions.confirmed)):
            expected = oracle_times.best_overall(seq, made.opts, confirm=confirm)
            assert engine_best(best, s) == shifted(expected), (made.opts, patient)


@pytest.mark.parametrize("seed", SEEDS)
def test_times_from_records(seed):
    """C-18, C-20 from enrolment; a patient without any lesion at baseline stands apart."""
    made = batch(seed)
    for s, patient in enumerate(made.patients):
        if all(x.kind == NEW for x in patient.lesions):
            continue
        points, opts = made.expected[s], made.opts
        expected = {
            "PFS": oracle_times.progression(points, patient, opts, origin=patient.origin),
            "TTP": oracle_times.progression(
                points, patient, opts, origin=patient.origin, deaths=False
            ),
            "OS": oracle_times.overall_survival(patient),
        }
        for name, wanted in expected.items():
            got = engine_ending(made.derived.decisions.times[name], s)
            assert got == replace(wanted, day=wanted.day + DAY_ZERO), (name, opts, patient)
