"""The response engine against a slow reading of the rules, on random histories full of edges.

`support.oracle` and `support.oracle_times` were written from the rule text alone (R-025 to R-077).
What lies behind the first PD is listed but decides nothing (R-057), so it is compared up to there.
"""

from __future__ import annotations

import random
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from support import oracle, oracle_times
from support.engine_arrays import (
    engine_best,
    engine_rows,
    follow_of,
    history_of,
    oracle_rows,
    rules_of,
    sequence_of,
    text,
    until_pd,
)
from support.oracle import Lesion, Options, Patient, Point, Sight, T
from support.random_histories import random_options, random_patient
from trialwright.response.best_overall import BestOverall, best_overall
from trialwright.response.timepoint import TimePoints, assess_time_points

PATIENTS = 300
SEEDS = range(16)


class Batch(NamedTuple):
    """One batch of random patients under one random set of options, read twice."""

    opts: Options
    patients: list[Patient]
    points: TimePoints
    best: dict[bool, BestOverall]
    expected: list[list[Point]]


@cache
def batch(seed: int) -> Batch:
    rng = random.Random(seed)
    opts = random_options(rng)
    patients = [oracle.until_cutoff(random_patient(rng)) for _ in range(PATIENTS)]
    rule, _ = rules_of(opts)
    points = assess_time_points(history_of(patients), rule)
    sequence, follow = sequence_of(points), follow_of(patients)
    best = {c: best_overall(sequence, follow, rule, confirmed=c) for c in (False, True)}
    return Batch(opts, patients, points, best, [oracle.responses(p, opts) for p in patients])


@pytest.mark.parametrize("seed", SEEDS)
def test_time_points(seed):
    """R-031 to R-055: parts, response, reading before hindsight, date, nadir and sum."""
    made = batch(seed)
    for s, expected in enumerate(made.expected):
        count = until_pd(expected)
        assert made.points.visits[s] == len(expected)
        got = engine_rows(made.points, s, count)
        assert got == oracle_rows(expected, count), (made.opts, made.patients[s])
        flags = [bool(x) for x in made.points.post_pd[s, : len(expected)]]
        assert flags == [v >= count for v in range(len(expected))]


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_best_overall_response(seed, confirmed):
    """R-060 to R-077: value, date of the deciding record, and start of response."""
    made = batch(seed)
    best = made.best[confirmed]
    for s, points in enumerate(made.expected):
        patient = made.patients[s]
        seq = oracle_times.window(points, patient, made.opts)
        expected = oracle_times.best_overall(seq, made.opts, confirm=confirmed, ref=patient.ref)
        assert engine_best(best, s) == expected, (made.opts, patient, seq)


def test_the_histories_reach_the_edges():
    """A comparison that never meets a rule proves nothing: every category and route is there."""
    seen = [p for seed in SEEDS for points in batch(seed).expected for p in points]
    for value, least in (("CR", 500), ("PR", 500), ("SD", 500), ("NN", 100), ("PD", 500),
                         ("NE", 500), ("NED", 10)):  # fmt: skip
        assert sum(p.tpr == value for p in seen) >= least, value
    assert sum(p.tpr == "PD" and p.target == "PD" and not p.complete for p in seen) >= 20
    assert sum(p.tpr == "PD" and p.as_read != "PD" for p in seen) >= 50
    recurrent = [p for p in seen if p.tpr == "PD" and p.target != "PD" and not p.new]
    assert sum(p.nontarget != "PD" for p in recurrent) >= 50
    best = np.concatenate([batch(seed).best[True].response for seed in SEEDS])
    assert {text(code) for code in np.unique(best)} >= {"CR", "PR", "SD", "NN", "PD", "NE", "NED"}


def test_r055_reclassify_remembers_an_earlier_run_of_complete_responses():
    """R-055: CR, PR by equivocal NT growth, CR, then disease: the first CR is not forgotten.

    Only the CRs of the run that the disease ends may become PR, so the disease is PD.
    """
    lesions = (Lesion("T1", T, baseline=300), Lesion("N1", oracle.NT))
    states = ((0, "ABSENT"), (0, "EQUIVOCAL"), (0, "ABSENT"), (40, "ABSENT"))
    visits = tuple(
        {"T1": Sight(56 * i, value), "N1": Sight(56 * i, state=state)}
        for i, (value, state) in enumerate(states, start=1)
    )
    rule, _ = rules_of(Options(cr_then_disease="reclassify"))
    points = assess_time_points(history_of([Patient(lesions, visits)]), rule)
    assert [text(c) for c in points.response[0]] == ["CR", "PR", "CR", "PD"]
