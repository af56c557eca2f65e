"""What a reader of the simulated records finds: response rate, medians, causes of progression."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import pytest

from support.plain_reading import Patient, median, read_patients, share_free
from support.virtual_trials import TRIALS, scenario_of, simulated

MONTH = 30.4375
SEEDS = range(9)


@cache
def patients(trial: str) -> Sequence[Patient]:
    """The patients of nine trials."""
    return [one for seed in SEEDS for one in read_patients(simulated(trial, seed))]


@pytest.mark.parametrize("trial", TRIALS)
def test_the_response_rate_is_near_the_stated_one(trial):
    """Within 10 points of the cohort mean, beside sampling error of about 2 points."""
    treated = [one for one in patients(trial) if one.treated and one.measurable]
    cohorts = scenario_of(trial).cohorts
    stated = sum(one.response_rate for one in cohorts) / len(cohorts)
    seen = sum(one.responder for one in treated) / len(treated)
    assert seen == pytest.approx(stated, abs=0.10)


@pytest.mark.parametrize("trial", TRIALS)
def test_half_are_free_of_progression_at_the_stated_median(trial):
    """Scenario targets 3.6, 13.2 and 5.0 months; the curve is flat between scans, its median not sharp."""
    months = {"000": 3.6, "002": 13.2, "003": 5.0}[trial]
    assert share_free([one.pfs for one in patients(trial)], months * MONTH) == pytest.approx(
        0.5, abs=0.09
    )


@pytest.mark.parametrize(("trial", "tolerance"), [("000", 1.5), ("002", 8.0), ("003", 1.5)])
def test_median_survival_is_near_the_stated_one(trial, tolerance):
    """Scenario targets 12, 40.5 and 11 months; few of the ablation trial are followed so long."""
    seen = median([one.survival for one in patients(trial)])
    assert seen is not None
    assert seen / MONTH == pytest.approx({"000": 12, "002": 40.5, "003": 11}[trial], abs=tolerance)


@pytest.mark.parametrize("trial", TRIALS)
def test_progression_never_follows_death(trial):
    for one in patients(trial):
        if one.pfs[1] and one.survival[1]:
            assert one.pfs[0] <= one.survival[0]


def test_progression_shows_in_the_stated_ways():
    """Shares 45 % new lesion, 42 % target growth, 13 % non-target of the first scenario.

    Fast growth that a lesion cannot show becomes a new lesion, and patients without non-target
    lesions cannot progress by them, so the limits are wide.
    """
    causes = Counter(one.cause for one in patients("000") if one.cause)
    total = sum(causes.values())
    assert causes["new"] / total == pytest.approx(0.53, abs=0.12)
    assert causes["target"] / total == pytest.approx(0.35, abs=0.12)
    assert 0.03 < causes["nontarget"] / total < 0.16
