"""Calibration through the response engine: what fresh virtual cohorts show."""

from __future__ import annotations

import numpy as np
import pytest

from support.virtual_trials import SCENARIOS, protocol_of, scenario_of
from trialwright.core.errors import ScenarioError
from trialwright.protocol.settled import settled_response
from trialwright.simulate.calibration.calibrate import calibrate_scenario, shown_by
from trialwright.simulate.calibration.fit import Effort
from trialwright.simulate.calibration.start import start_clock
from trialwright.simulate.calibration.targets import targets_of
from trialwright.simulate.calibration.virtual_cohort import SEED, VirtualCohort, large_cohort
from trialwright.simulate.scenario_file import read_scenario
from trialwright.simulate.virtual.block import virtual_trials
from trialwright.simulate.virtual.model import trial_model
from trialwright.stats.kaplan_meier import kaplan_meier
from trialwright.vocabulary.recist import NO_DAY, Response

EFFORT = Effort(rough=4_000, fewest=12_000, most=12_000)
FRESH = (16_000, 3)
MONTH = 30.4375


def with_cohort(scenario, **values):
    cohort = scenario.cohorts[0].model_copy(update=values)
    return scenario.model_copy(update={"cohorts": (cohort,)})


@pytest.fixture(scope="module")
def fitted():
    """Two of the example scenarios, calibrated: one stated by medians, one by a landmark."""
    (null,) = SCENARIOS.glob("000_*-null.yaml")
    scenarios = {"000": read_scenario(null), "002": scenario_of("002")}
    return {
        trial: (scenario, calibrate_scenario(protocol_of(trial), scenario, EFFORT))
        for trial, scenario in scenarios.items()
    }


@pytest.mark.parametrize("trial", ["000", "002"])
def test_fresh_subjects_show_what_is_stated(fitted, trial):
    """Within three Monte Carlo errors of both cohorts, on other seeds and followed to the end."""
    scenario, calibration = fitted[trial]
    ((*shown,),) = shown_by(protocol_of(trial), scenario, calibration, FRESH)
    fields = [one.target.field for one in shown]
    assert fields == [one.field for one in targets_of(scenario.cohorts[0])]
    for fit, one in zip(calibration.fits[0].reached, shown, strict=True):
        error = (fit.reached.error**2 + one.reached.error**2) ** 0.5
        assert abs(one.difference) < 3 * error, one
        assert error < (20 if one.target.day > 1000 else 6 if one.target.is_median else 0.01)


def test_the_sample_itself_is_met_closely(fitted):
    for _, calibration in fitted.values():
        for one in calibration.fits[0].reached:
            assert abs(one.difference) < (1.5 if one.target.is_median else 0.001)


def test_the_formula_alone_misses(fitted):
    """The closed form leaves PFS of the null case off by more than the calibrated clock."""
    scenario, _ = fitted["000"]
    protocol = protocol_of("000")
    truth = scenario.cohorts[0]
    clock = start_clock(scenario, truth, settled_response(protocol), 0.0)
    observed = VirtualCohort(*large_cohort(protocol, scenario, truth), "numpy")(clock, 8_000)
    pfs = next(one for one in targets_of(truth) if one.quantity == "pfs")
    assert abs(pfs.gap(observed)) > 0.02


def test_counts_are_those_of_the_subjects():
    """Response rate, depth and both curves, from the subjects one by one (D-01: day 1 first)."""
    scenario, protocol = scenario_of("003"), protocol_of("003")
    truth = scenario.cohorts[0]
    clock = start_clock(scenario, truth, settled_response(protocol), 0.0)
    rules, alone = large_cohort(protocol, scenario, truth)
    seen = VirtualCohort(rules, alone, "numpy", to_death=True)(clock, 1_000)
    months = max(alone.follow_up_months, 1.3 * 335 / MONTH)
    model = trial_model(
        rules, alone.model_copy(update={"follow_up_months": months}), (clock,), SEED
    )
    block = virtual_trials(model, range(2))
    treated = (block.first_dose != NO_DAY) & block.measurable
    responds = treated & np.isin(block.confirmed, (Response.CR, Response.PR))
    assert seen.rates["response"].value == responds.sum() / treated.sum()
    shrunk = np.median(-block.depth[responds]) / 1000
    assert seen.rates["depth"].value == pytest.approx(shrunk, abs=0.01)
    curves = (
        ("pfs", block.pfs_start, block.pfs_day, block.pfs_event),
        ("os", block.os_start, block.os_day, block.os_event),
    )
    for name, start, day, event in curves:
        exact = kaplan_meier((day - start + 1).ravel().astype(float), event.ravel())
        for time in (60, 100, 200, 335):
            at = exact.survival[np.searchsorted(exact.time, time, side="right") - 1]
            assert seen.curves[name].at(time).value == pytest.approx(at, abs=1e-12), (name, time)


def test_true_deaths_give_the_survival_that_the_trial_estimates():
    """Leaving says nothing about death, so following everybody to it changes no more than chance."""
    scenario, protocol = scenario_of("000"), protocol_of("000")
    truth = scenario.cohorts[0]
    clock = start_clock(scenario, truth, settled_response(protocol), 0.0)
    rules, alone = large_cohort(protocol, scenario, truth)
    trial, plain = (
        VirtualCohort(rules, alone, "numpy", to_death=way)(clock, 4_000) for way in (True, False)
    )
    for day in (200, 365):
        there, here = trial.curves["os"].at(day), plain.curves["os"].at(day)
        assert here.value == pytest.approx(there.value, abs=there.error)


def test_equal_cohorts_are_calibrated_once_and_entry_does_not_matter(fitted):
    scenario, calibration = fitted["000"]
    later = with_cohort(scenario, subjects=77, accrual_per_month=0.5)
    assert calibrate_scenario(protocol_of("000"), later, EFFORT) == calibration


def test_numbers_that_contradict_are_named_with_the_nearest():
    """60 of 100 respond until day 168 at least, so half of them cannot progress by day 30."""
    scenario = with_cohort(
        scenario_of("000"), response_rate=0.6, median_pfs_days=MONTH, sensitive_share=None,
        sensitive_response_rate=None,
    )  # fmt: skip
    few = Effort(rough=1_500, fewest=1_500, most=1_500)
    with pytest.raises(ScenarioError) as caught:
        calibrate_scenario(protocol_of("000"), scenario, few)
    assert "median PFS of 1.0 months contradicts the response rate of 60 %" in caught.value.what
    assert 5 < float(caught.value.what.rpartition(" is ")[2].split()[0]) < 8
    assert caught.value.where == (
        "scenario 000-base, cohorts.ALL.median_pfs_days and cohorts.ALL.response_rate"
    )


def test_response_by_site_is_observed():
    """Without an effect of its own the liver responds like the rest; with one it does better."""
    scenario = with_cohort(scenario_of("000"), hepatic_response_rate=0.2, response_rate=0.4,
                           median_pfs_days=250.0)  # fmt: skip
    protocol = protocol_of("000")
    truth = scenario.cohorts[0]
    start = start_clock(scenario, truth, settled_response(protocol), 0.0)
    observe = VirtualCohort(*large_cohort(protocol, scenario, truth), "numpy")
    rates = observe(start, 4_000).rates
    assert rates["hepatic"].value == pytest.approx(rates["response"].value, abs=0.06)
    assert 0 < rates["extrahepatic"].value < 1
