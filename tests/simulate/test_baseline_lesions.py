"""Lesion courses by hand, and the lesions that the records give the slots of the arrays."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from support.virtual_models import clocks_of, model_of
from support.virtual_trials import TRIALS, protocol_of, scenario_of, with_subjects
from trialwright.simulate.trial import simulate_with_truth
from trialwright.simulate.virtual.reading import Tumour, true_mm

LN2 = float(np.log(2))


@cache
def people(trial):
    """Forty subjects or more with their lesions."""
    number = 10 if trial == "003" else 40
    protocol, scenario = protocol_of(trial), with_subjects(scenario_of(trial), number)
    made = simulate_with_truth(protocol, scenario, 3, clocks_of(protocol, scenario))
    return made.truth


def size(day, *, killed, half_life, doubling, start=100.0, node=False):
    (m,) = model_of("000").cohorts
    return float(
        true_mm(m, Tumour(start, killed, 1.0, np.bool_(node)), LN2 / doubling, LN2 / half_life, day)
    )


@pytest.mark.parametrize(
    ("day", "mm"), [(0, 100), (50, 50 * 2**0.5 + 25), (100, 112.5), (-20, 100)]
)
def test_a_lesion_follows_growth_and_decay(day, mm):
    """S(t) = S0 [(1 - q) exp(g t) + q exp(-d t)]: half dies with half life 50 d, half doubles in 100.

    At 100 days: 100 * (0.5 * 2 + 0.5 * 0.25) = 112.5; nothing changes before treatment.
    """
    assert size(day, killed=0.5, half_life=50, doubling=100) == pytest.approx(mm, rel=1e-5)


def test_a_node_keeps_a_normal_short_axis():
    assert size(1000, killed=1.0, half_life=7, doubling=1e9, start=20.0, node=True) == 6


@pytest.mark.parametrize("trial", TRIALS)
def test_targets_are_the_largest_within_the_limits(trial):
    """R-009: two per organ. R-003: a node needs 15 mm. R-104: ablated lesions are no targets."""
    some = 0
    for one in people(trial):
        targets = one.tumours.targets
        for lesion in targets:
            assert lesion.session is None
            assert lesion.size_mm >= (15 if lesion.organ.node else 10) - 1e-3
        organs = [lesion.organ.id for lesion in targets]
        assert all(organs.count(organ) <= 2 for organ in organs)
        for other in one.tumours.others:
            if other.slot is None or other.session is not None:
                continue
            some += 1
            same = [lesion for lesion in targets if lesion.organ == other.organ]
            assert len(same) == 2
            assert other.size_mm <= min(lesion.size_mm for lesion in same)
    assert some > 0


@pytest.mark.parametrize("trial", TRIALS)
def test_the_followed_lesions_are_those_that_the_arrays_count(trial):
    """Their number, and whether one of them can worsen (course by non-target growth)."""
    for one in people(trial):
        disease, at = one.cohort.patients.disease, one.subject.number
        others = one.tumours.others
        assert len(others) == int(disease.others[at])
        assert sum(other.session is not None for other in others) == int(disease.ablated[at])
        silent = [other for other in others if not other.organ.measurable]
        assert bool(disease.worsens[at]) == any(
            other.worsens or other in silent for other in others
        )


def test_small_lesions_are_ablated_first_some_a_session():
    sizes = 0
    for one in people("002"):
        most = one.subject.setting.scenario.ablation.lesions_per_session
        ablated = [other for other in one.tumours.others if other.session is not None]
        ablated.sort(key=lambda lesion: lesion.size_mm)
        assert [lesion.session for lesion in ablated] == [
            1 + at // most for at in range(len(ablated))
        ]
        sizes += len(ablated) > most
        days = [session.day for session in one.timeline.sessions]
        assert days == sorted(days)
        assert days[0] == one.subject.first_dose
        gap = one.subject.setting.scenario.ablation.session_gap_days
        assert all(gap <= b - a < gap + 8 for a, b in pairwise(days))
    assert sizes > 3
