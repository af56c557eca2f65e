"""Landmark rates and their test: by hand, against R, and laws."""

from __future__ import annotations

import json
from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from trialwright.core.errors import DataError
from trialwright.stats.follow_up import follow_up
from trialwright.stats.kaplan_meier import Convention, kaplan_meier, landmark, quantile
from trialwright.stats.landmark_test import LandmarkConvention, exponential_rate, landmark_test
from trialwright.stats.one_sample_log_rank import (
    OneSampleConvention,
    exponential_hazard,
    one_sample_log_rank,
)
from trialwright.stats.parametric_survival import fit_parametric

CASES = json.loads(
    (Path(__file__).parents[1] / "reference" / "landmark_rates.json").read_text("utf-8")
)["cases"]
BANDS = {"plain": "plain", "log": "log", "log-log": "loglog", "logit": "logit", "arcsin": "arcsin"}
LOGLOG, PLAIN = LandmarkConvention("loglog"), LandmarkConvention("plain")


def exactly(value):
    return None if value is None else pytest.approx(value, rel=1e-12)


def test_six_subjects_by_hand():
    """Times 2 3+ 4 4 6+ 8 at 5: S = 5/12, variance of log S 17/60, H = 0.875469.

    z = (log(-log 0.2) - log H) H / sqrt(17/60) = 0.608811 x 1.644717.
    """
    curve = kaplan_meier([2, 3, 4, 4, 6, 8], [1, 0, 1, 1, 0, 1])
    found = landmark_test(curve, 5, 0.2, LOGLOG)
    hazard = log(12 / 5)
    z = (log(log(5)) - log(hazard)) * hazard / sqrt(17 / 60)
    assert found.z == pytest.approx(z, rel=1e-14)
    assert found.z == pytest.approx(1.001, abs=1e-3)
    assert found.p_one_sided == pytest.approx(1 - special.ndtr(z), rel=1e-12)
    assert (found.survival, found.at_risk) == (pytest.approx(5 / 12), 2)
    plain = landmark_test(curve, 5, 0.2, PLAIN)
    assert plain.z == pytest.approx((5 / 12 - 0.2) / (5 / 12 * sqrt(17 / 60)), rel=1e-14)


@pytest.mark.parametrize("case", CASES)
def test_every_landmark_case_agrees_with_r(case):
    """Estimate, standard error and five bands at the landmark; median; exponential rate."""
    curve = kaplan_meier(case["time"], case["event"])
    for name, expected in case["km"].items():
        convention = Convention(case["conf"], BANDS[name], "midpoint")
        found = landmark(curve, case["x0"], convention)
        shown = (found.survival, found.standard_error, found.lower, found.upper)
        assert shown == tuple(exactly(value) for value in expected)
    median = quantile(curve, 0.5, Convention(0.95, "loglog", "midpoint"))
    assert median.value == exactly(case["median"])
    assert (median.lower, median.upper) == tuple(exactly(v) for v in case["median_ci95_loglog"])
    rate = exponential_rate(case["time"], case["event"], 0.95)
    assert rate.rate == exactly(case["exp_rate_mle"])
    assert rate.survival(case["x0"]) == exactly(case["exp_surv_x0"])


@pytest.mark.parametrize("case", CASES)
def test_one_sample_log_rank_cases_agree_with_r(case):
    """Against the exponential with S(x0) = S0; z there is positive for fewer events."""
    null = exponential_hazard(-log(case["S0"]) / case["x0"])
    data = follow_up(case["time"], case["event"])
    found = one_sample_log_rank(data, null, OneSampleConvention("expected", 0.95))
    expected = case["oslr"]
    assert (found.observed, found.expected) == (expected["O"], exactly(expected["E"]))
    assert found.classic.z == pytest.approx(-expected["Z"], rel=1e-12)
    assert found.classic.p_lower == pytest.approx(expected["p_one_sided"], rel=1e-11)
    assert found.ratio == exactly(expected["SMR"])


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("scale", "band"), [("loglog", "loglog"), ("plain", "plain")])
def test_null_rate_at_a_limit_has_the_p_value_of_the_level(case, scale, band):
    """The test and the interval of R are two views of one thing: p = 0.05 at the 90 % limit."""
    curve = kaplan_meier(case["time"], case["event"])
    name = {"loglog": "log-log", "plain": "plain"}[band]
    lower, upper = case["km"][name][2:]
    if lower > 0:
        found = landmark_test(curve, case["x0"], lower, LandmarkConvention(scale))
        assert found.p_one_sided == pytest.approx(0.05, abs=1e-10)
        assert found.p_two_sided == pytest.approx(0.10, abs=1e-10)
    if upper < 1:
        found = landmark_test(curve, case["x0"], upper, LandmarkConvention(scale))
        assert found.p_one_sided == pytest.approx(0.95, abs=1e-10)


def test_no_test_where_the_rate_has_no_variance():
    """S(t) = 1 before the first event and 0 after the last: no z, no p-value (rule T-04)."""
    curve = kaplan_meier([2, 3, 5], [1, 1, 1])
    for time in (1, 5, 9):
        found = landmark_test(curve, time, 0.3, LOGLOG)
        assert (found.z, found.p_one_sided, found.p_two_sided) == (None, None, None)
    assert landmark_test(curve, 1, 0.3, LOGLOG).survival == 1
    assert landmark_test(curve, 2, 0.3, LOGLOG).at_risk == 3


def test_p_value_holds_its_level():
    """2000 trials of 60 at the null rate, censored at random: one-sided 5 % to within 2 %."""
    rng = np.random.default_rng(12)
    rejected = 0
    for _ in range(2000):
        event = rng.exponential(1 / log(2), 60)
        cut = rng.uniform(1, 4, 60)
        curve = kaplan_meier(np.minimum(event, cut), event <= cut)
        rejected += (landmark_test(curve, 1.0, 0.5, LOGLOG).p_one_sided or 1.0) < 0.05
    assert 0.03 < rejected / 2000 < 0.07


def test_exponential_rate_by_hand():
    """2 events in 20: rate 0.1, limits times exp(+-1.959964 / sqrt 2); as the parametric fit."""
    found = exponential_rate([2, 3, 5, 10], [1, 0, 1, 0], 0.95)
    assert (found.events, found.total_time, found.rate) == (2, 20, 0.1)
    assert found.lower == pytest.approx(0.1 * np.exp(-1.959963984540054 / sqrt(2)))
    assert found.upper == pytest.approx(0.1 * np.exp(1.959963984540054 / sqrt(2)))
    fit = fit_parametric([2, 3, 5, 10], [2, np.inf, 5, np.inf], "exponential")
    assert np.exp(-fit.intercept) == pytest.approx(0.1)
    nobody = exponential_rate([2, 3], [0, 0], 0.95)
    assert (nobody.rate, nobody.lower, nobody.upper) == (0, None, None)


@pytest.mark.parametrize("rate", [0.0, 1.0, 35, float("nan")])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(DataError, match="between 0 and 1"):
        landmark_test(kaplan_meier([1, 2], [1, 0]), 1, rate, LOGLOG)


def test_impossible_times_are_refused():
    with pytest.raises(DataError, match="no time"):
        landmark_test(kaplan_meier([1, 2], [1, 0]), -1, 0.5, LOGLOG)
    for time, event in (([], []), ([1, -2], [0, 1]), ([0, 0], [1, 1]), ([1], [1, 0])):
        with pytest.raises(DataError, match="not follow-up times"):
            exponential_rate(time, event, 0.95)
