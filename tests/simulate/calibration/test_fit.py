"""Calibration against a cohort whose curves are known by formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from support.closed_form_cohort import FALSE, SEEN, observe
from trialwright.simulate.calibration.fit import Effort, Misfit, fit_cohort
from trialwright.simulate.calibration.refusal import contradiction
from trialwright.simulate.calibration.results import Calibration
from trialwright.simulate.clocks import Clock
from trialwright.simulate.scenario import CohortTruth

MONTH = 30.4375
EFFORT = Effort(rough=10_000, fewest=50_000, most=200_000)
TRUE = Clock(
    responder_share=0.3, shape=1.4, responder_floor=120.0, responder_median=180.0,
    other_median=70.0, death_hazard=0.0003, death_mean=200.0,
)  # fmt: skip
START = replace(TRUE, responder_share=0.15, other_median=140.0, death_mean=90.0, shape=1.0)


def cohort(**values):
    given = {
        "id": "ALL", "subjects": 30, "accrual_per_month": 1.0, "response_rate": 0.2,
        "median_pfs_days": 150.0, "median_os_days": 400.0,
    }  # fmt: skip
    return CohortTruth.model_validate(given | values)


def stated_by(clock, **values):
    """The cohort that shows what a clock shows."""
    seen = observe(clock, 10**9)
    pfs, os = seen.curves["pfs"], seen.curves["os"]
    numbers = {
        "response_rate": seen.rates["response"].value,
        "median_pfs_days": pfs.quantile(0.5).value,
        "median_os_days": os.quantile(0.5).value,
        "pfs_rates": ((6.0, pfs.at(6 * MONTH).value),),
    }
    return cohort(**(numbers | values))


def test_the_search_finds_the_clock_that_made_the_numbers():
    """Response rate, median PFS, 6-month rate and median OS fix share, median, shape and mean."""
    fit = fit_cohort(stated_by(TRUE), START, observe, EFFORT)
    assert fit.free == ("share", "pfs", "shape", "death")
    assert fit.clock.responder_share == pytest.approx(0.3, rel=0.01)
    assert fit.clock.other_median == pytest.approx(70.0, rel=0.02)
    assert fit.clock.shape == pytest.approx(1.4, rel=0.02)
    assert fit.clock.death_mean == pytest.approx(200.0, rel=0.01)
    assert all(
        abs(one.difference) < (0.5 if one.target.is_median else 0.001) for one in fit.reached
    )


def test_depth_and_effect_in_the_liver_have_their_own_parameters():
    """depth 0.45 + 0.2 tanh(x) = 0.55 at x = atanh(1/2); liver shift likewise by its formula."""
    truth = cohort(depth=0.55, hepatic_response_rate=0.25)
    clock = fit_cohort(truth, START, observe, EFFORT).clock
    assert clock.killed_shift == pytest.approx(np.arctanh(0.5), abs=0.01)
    assert clock.liver_shift == pytest.approx(np.arctanh(0.05 / 0.08) - 0.4, abs=0.02)


def test_a_sensitive_subgroup_is_part_of_the_stated_rate():
    """4 % at 40 % leave (15 - 1.6) / 96 = 13.96 % for the others, all seen alike."""
    truth = cohort(response_rate=0.15, sensitive_share=0.04, sensitive_response_rate=0.4)
    clock = fit_cohort(truth, START, observe, EFFORT).clock
    assert clock.sensitive_share == 0.04
    everyone = (0.15 - FALSE) / (SEEN - FALSE)
    assert clock.sensitive_responder_share == pytest.approx(0.4 / 0.15 * everyone, rel=0.01)
    assert clock.responder_share == pytest.approx(0.1396 / 0.15 * everyone, rel=0.01)
    assert 0.96 * clock.responder_share + 0.04 * clock.sensitive_responder_share == pytest.approx(
        everyone, rel=0.01
    )


def test_a_landmark_alone_is_met():
    truth = cohort(median_pfs_days=None, pfs_rates=((12.0, 0.4),), os_rates=((24.0, 0.5),),
                   median_os_days=None)  # fmt: skip
    fit = fit_cohort(truth, START, observe, EFFORT)
    assert fit.free == ("share", "pfs", "death")
    seen = observe(fit.clock, 10**6)
    assert seen.curves["pfs"].at(365.25).value == pytest.approx(0.4, abs=0.001)
    assert seen.curves["os"].at(730.5).value == pytest.approx(0.5, abs=0.001)


def test_nobody_responds_where_nobody_should():
    fit = fit_cohort(
        cohort(response_rate=0.0), replace(START, responder_share=0.0), observe, EFFORT
    )
    assert fit.clock.responder_share == 0
    assert fit.free == ("pfs", "death")


def test_the_same_numbers_give_the_same_clock():
    truth = cohort()
    assert fit_cohort(truth, START, observe, EFFORT) == fit_cohort(truth, START, observe, EFFORT)


def refused(truth, start=START):
    with pytest.raises(Misfit) as caught:
        fit_cohort(truth, start, observe, EFFORT)
    return contradiction(caught.value, observe, EFFORT.rough, ("test", "ALL"))


def test_many_responders_and_early_progression_contradict():
    """60 of 100 respond, so 66 do not progress before day 120: no median at 1 month.

    With that rate the curve leaves one half when as many of the 66 % have progressed after day
    145: 0.664 W(t - 120) exp(-h t) = 0.5, at t = 219 days or 7.2 months.
    """
    error = refused(cohort(response_rate=0.6, median_pfs_days=30.0))
    assert "median PFS of 1.0 months contradicts the response rate of 60 %" in error.what
    assert "nearest median PFS" in error.what
    nearest = float(error.what.rpartition(" is ")[2].split()[0])
    share = (0.6 - FALSE) / (SEEN - FALSE)
    days = np.arange(145.0, 600.0)
    left = share * np.exp(-np.log(2) * ((days - 145) / 180.0) ** 1.0 - 0.0003 * days)
    assert nearest == pytest.approx(days[np.argmax(left <= 0.5)] / MONTH, abs=0.2)
    assert "cohorts.ALL.median_pfs_days and cohorts.ALL.response_rate" in error.where


def test_a_median_that_scans_cannot_show_names_the_calendar():
    """Progression is read 25 days late, so no median of 15 days, responders or not."""
    error = refused(cohort(response_rate=0.1, median_pfs_days=15.0))
    assert "scan calendar" in error.what
    assert "nearest median PFS" in error.what


def test_survival_that_deaths_before_progression_forbid():
    """A hazard of 0.0045 a day ends half of the lives by day 154, nearly all without progression.

    However long life is after progression, survival comes to one half soon after PFS.
    """
    error = refused(cohort(), replace(START, death_hazard=0.0045))
    assert "median OS of 13.1 months" in error.what
    assert "death_before_progression_per_month" in error.what


def test_a_third_point_that_does_not_fit_contradicts():
    """Shape and median are spent on two points; the third is 20 points off any Weibull mixture."""
    error = refused(cohort(pfs_rates=((3.0, 0.9), (12.0, 0.49 - 0.3), (12.5, 0.02))))
    assert "PFS rate" in error.what
    assert "contradicts the" in error.what


def test_the_table_says_stated_reached_and_error():
    result = Calibration(scenario="test", fits=(fit_cohort(cohort(), START, observe, EFFORT),))
    rows = {row[0]: row[1:] for row in result.table().rows}
    assert rows["Response rate, %"][:2] == ("20.00", "20.00")
    stated, reached, difference, error = rows["Median PFS, months"]
    assert stated == "4.93"
    assert abs(float(reached) - 4.93) < 0.03
    assert abs(float(difference)) < 0.03
    assert 0 < float(error) < 0.1
    numbers = result.to_json()["cohorts"][0]["numbers"]
    assert [one["field"] for one in numbers] == [
        "response_rate",
        "median_pfs_days",
        "median_os_days",
    ]
    assert len(result.table().levels) == len(result.table().rows)
