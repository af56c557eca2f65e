"""PFS, TTP, DOR and OS against a slow reading of C-18 and C-20, on random histories.

Both sides start from the lesions; `support.oracle_times` was written from the rule text alone.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from support import oracle, oracle_times
from support.engine_arrays import course_of, engine_ending, history_of, rules_of
from support.oracle import Options, Patient, Point
from support.oracle_times import Ending
from support.random_histories import random_options, random_patient
from trialwright.response.timepoint import TimePoints, assess_time_points
from trialwright.timetoevent.progression import Decision, decide_progression
from trialwright.timetoevent.survival import decide_survival
from trialwright.vocabulary.recist import NEVER, NO_DAY

PATIENTS = 300
SEEDS = range(100, 116)


class Batch(NamedTuple):
    """One batch of random patients under one random set of options."""

    opts: Options
    patients: list[Patient]
    points: TimePoints
    expected: list[list[Point]]


@cache
def batch(seed: int) -> Batch:
    rng = random.Random(seed)
    opts = random_options(rng)
    patients = [oracle.until_cutoff(random_patient(rng)) for _ in range(PATIENTS)]
    points = assess_time_points(history_of(patients), rules_of(opts)[0])
    return Batch(opts, patients, points, [oracle.responses(p, opts) for p in patients])


def decided(made: Batch, origin: list[int | None], *, deaths: bool = True) -> Decision:
    rule, analysis = rules_of(made.opts)
    return decide_progression(
        course_of(made.patients, made.points, origin), rule, analysis,
        pfs_rule=analysis.pfs_rule, death_is_event=deaths,
    )  # fmt: skip


def expected_progression(made: Batch, s: int, origin: int, *, deaths: bool) -> Ending:
    return oracle_times.progression(
        made.expected[s], made.patients[s], made.opts, origin=origin, deaths=deaths
    )


@pytest.mark.parametrize("deaths", [True, False], ids=["PFS", "TTP"])
@pytest.mark.parametrize("seed", SEEDS)
def test_progression(seed, deaths):
    """C-01 to C-09, C-18: day, event and rule; TTP does not look at deaths."""
    made = batch(seed)
    decision = decided(made, [p.origin for p in made.patients], deaths=deaths)
    for s, patient in enumerate(made.patients):
        expected = expected_progression(made, s, patient.origin, deaths=deaths)
        assert engine_ending(decision, s) == expected, (made.opts, patient)


@pytest.mark.parametrize("seed", SEEDS)
def test_duration_of_response(seed):
    """E-05, R-073: from the start of the confirmed response; nobody else has a duration."""
    made = batch(seed)
    starts = [
        oracle_times.best_overall(
            oracle_times.window(points, patient, made.opts), made.opts, confirm=True,
            ref=patient.ref,
        ).start
        for patient, points in zip(made.patients, made.expected, strict=True)
    ]  # fmt: skip
    decision = decided(made, starts)
    for s, start in enumerate(starts):
        if start is None:
            assert decision.day[s] == NO_DAY
            continue
        expected = expected_progression(made, s, start, deaths=True)
        assert engine_ending(decision, s) == expected, (made.opts, made.patients[s])


@pytest.mark.parametrize("seed", SEEDS)
def test_overall_survival(seed):
    """C-20: death, else the last day known alive."""
    people = batch(seed).patients
    decision = decide_survival(
        np.array([p.origin for p in people], np.int32),
        np.array([NEVER if p.death is None else p.death for p in people], np.int32),
        np.array([NO_DAY if p.alive is None else p.alive for p in people], np.int32),
    )
    got = [engine_ending(decision, s) for s in range(len(people))]
    assert got == [oracle_times.overall_survival(p) for p in people]


def test_the_histories_reach_every_rule():
    """Every rule of C-18 decides some of the random patients."""
    rules = Counter(
        expected_progression(made, s, patient.origin, deaths=True).rule
        for made in map(batch, SEEDS)
        for s, patient in enumerate(made.patients)
    )
    for rule in ("C-01", "C-02", "C-03", "C-03b", "C-04", "C-05", "C-06", "C-07", "C-08"):
        assert rules[rule] >= 10, rule
