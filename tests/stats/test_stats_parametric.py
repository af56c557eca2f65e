"""Parametric survival: closed forms, R, lifelines, derivatives and laws."""

from __future__ import annotations

import json
from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import WeibullFitter

from trialwright.core.errors import DataError
from trialwright.stats.log_location_scale import STANDARDS, exact_terms, interval_terms
from trialwright.stats.parametric_survival import (
    ParametricConvention,
    fit_parametric,
    parametric_quantile,
    parametric_survival,
)

REFERENCE = Path(__file__).parents[1] / "reference"
EXPECTED = json.loads((REFERENCE / "interval_censored.json").read_text("utf-8"))
DATA = np.genfromtxt(REFERENCE / "survival_data" / "interval_small.csv", delimiter=",", names=True)
FAMILIES = sorted(STANDARDS)
TWO = ["loglogistic", "lognormal", "weibull"]
LOG, PLAIN = ParametricConvention(0.95, "log"), ParametricConvention(0.95, "plain")
INF = float("inf")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_fit_agrees_with_r(family):
    """survreg converges to 1e-9 in the likelihood here and its estimates hold to 1e-12."""
    expected = EXPECTED[family]
    fit = fit_parametric(DATA["left"], DATA["right"], family)
    assert fit.intercept == pytest.approx(expected["intercept"], rel=1e-12)
    assert fit.scale == pytest.approx(expected["scale"], rel=1e-12)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], rel=1e-12)
    np.testing.assert_allclose(fit.covariance, expected["vcov"], rtol=1e-12)
    median = parametric_quantile(fit, 0.5, LOG)
    assert median.value == pytest.approx(expected["median"], rel=1e-12)


def test_exponential_of_exact_and_censored_times_by_hand():
    """2, 3+, 5, 10+: 2 events in 20, mean 10, variance of its log 1/2; l = -2 log 10 - 2."""
    fit = fit_parametric([2, 3, 5, 10], [2, INF, 5, INF], "exponential")
    assert fit.intercept == pytest.approx(log(10), rel=1e-14)
    assert fit.covariance[0, 0] == pytest.approx(1 / 2, rel=1e-14)
    assert fit.log_likelihood == pytest.approx(-2 * log(10) - 2, rel=1e-14)
    median = parametric_quantile(fit, 0.5, LOG)
    half = 1.959963984540054 * sqrt(1 / 2)
    assert median.value == pytest.approx(10 * log(2))
    assert median.lower == pytest.approx(10 * log(2) * exp(-half))
    assert median.upper == pytest.approx(10 * log(2) * exp(half))
    plain = parametric_quantile(fit, 0.5, PLAIN)
    assert plain.lower == 0
    assert plain.upper == pytest.approx(10 * log(2) * (1 + half))


def test_exponential_at_common_visits_by_hand():
    """3 events in (0, 1], 2 in (1, 2], 4 later: survival over one visit is (2 + 8)/(3 + 4 + 8)."""
    left, right = np.repeat([0.0, 1, 2], [3, 2, 4]), np.repeat([1, 2, INF], [3, 2, 4])
    fit = fit_parametric(left, right, "exponential")
    assert parametric_survival(fit, 1.0) == pytest.approx(10 / 15, rel=1e-14)


def test_lognormal_of_exact_times_by_hand():
    """Logs 0, 1, 2, 5: mean 2, variance 14/4; covariance diag(3.5 / 4, 1 / 8)."""
    times = np.exp([0.0, 1, 2, 5])
    fit = fit_parametric(times, times, "lognormal")
    assert fit.intercept == pytest.approx(2, rel=1e-14)
    assert fit.scale == pytest.approx(sqrt(3.5), rel=1e-14)
    np.testing.assert_allclose(fit.covariance, [[3.5 / 4, 0], [0, 1 / 8]], atol=1e-13)
    likelihood = -4 / 2 * log(2 * np.pi * 3.5) - 2 - 8
    assert fit.log_likelihood == pytest.approx(likelihood, rel=1e-14)


def test_weibull_agrees_with_lifelines():
    """lifelines 0.30 minimises to about 1e-6; lambda = exp(intercept), rho = 1/scale."""
    rng = np.random.default_rng(4)
    time = 20 * rng.weibull(1.6, 120)
    left, right = np.floor(time / 8) * 8, np.ceil(time / 8) * 8
    right = np.where(time > 30, INF, right)
    left = np.where(time > 30, 30, left)
    fit = fit_parametric(left, right, "weibull")
    peer = WeibullFitter().fit_interval_censoring(left, right)
    assert exp(fit.intercept) == pytest.approx(peer.lambda_, rel=1e-4)
    assert 1 / fit.scale == pytest.approx(peer.rho_, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(peer.log_likelihood_, rel=1e-8)


@pytest.mark.parametrize("family", TWO)
@pytest.mark.parametrize("ends", [(-INF, 0.3), (0.3, INF), (-0.4, 0.9), (1.5, 2.0), (-INF, INF)])
def test_derivatives_are_those_of_the_likelihood(family, ends):
    """Central differences of the value and of the gradient in (intercept, log scale)."""
    logs = tuple(np.array([end, end + 0.1]) for end in ends)
    _check_derivatives(lambda a, s: interval_terms(STANDARDS[family], logs, a, exp(s)))
    exact = np.array([0.2, 1.7, -0.8])
    _check_derivatives(lambda a, s: exact_terms(STANDARDS[family], exact, a, exp(s)))


def _check_derivatives(terms):
    at, step = np.array([0.5, -0.3]), 1e-5
    found = terms(*at)
    for k in (0, 1):
        move = step * np.eye(2)[k]
        up, down = terms(*(at + move)), terms(*(at - move))
        assert found.gradient[k] == pytest.approx((up.value - down.value) / (2 * step), abs=1e-7)
        slope = (up.gradient - down.gradient) / (2 * step)
        np.testing.assert_allclose(found.hessian[k], slope, atol=1e-6)


@pytest.mark.parametrize(
    ("family", "far"), [("weibull", 8.0), ("lognormal", 45.0), ("loglogistic", 800.0)]
)
def test_narrow_intervals_far_out_keep_their_digits(family, far):
    """P(a < W <= a + e) is density times e, with density known in logarithms, in both tails."""
    standard = STANDARDS[family]
    for w in (-30.0, -8.0, 3.0, far):
        ends = (np.array([w - 5e-7]), np.array([w + 5e-7]))
        found = interval_terms(standard, ends, 0.0, 1.0).value
        assert found == pytest.approx(
            float(standard.log_density(np.array(w))) + log(1e-6), abs=1e-6
        )


def test_limits_of_the_median_by_the_delta_method():
    """Weibull of the reference: log median = intercept + scale x log(log 2), with R's covariance."""
    expected = EXPECTED["weibull"]
    (a, ab), (_, b) = expected["vcov"]
    slope = expected["scale"] * log(log(2))
    half = 1.959963984540054 * sqrt(a + 2 * slope * ab + slope**2 * b)
    fit = fit_parametric(DATA["left"], DATA["right"], "weibull")
    found = parametric_quantile(fit, 0.5, LOG)
    assert found.lower == pytest.approx(expected["median"] * exp(-half), rel=1e-12)
    assert found.upper == pytest.approx(expected["median"] * exp(half), rel=1e-12)
    plain = parametric_quantile(fit, 0.5, PLAIN)
    assert plain.upper == pytest.approx(expected["median"] * (1 + half), rel=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_quantile_and_survival_are_inverse(family):
    fit = fit_parametric(DATA["left"], DATA["right"], family)
    for probability in (0.1, 0.5, 0.9):
        time = parametric_quantile(fit, probability, LOG).value
        assert parametric_survival(fit, time) == pytest.approx(1 - probability, rel=1e-12)
    assert parametric_survival(fit, 0.0) == 1


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(FAMILIES), st.integers(0, 10_000), st.sampled_from([1 / 7, 30.4375, 365.25]))
def test_unit_of_time_and_order_of_rows(family, seed, unit):
    """Only the intercept moves, by the log of the unit; the likelihood by that of exact times."""
    rng = np.random.default_rng(seed)
    time = rng.weibull(1.2, 30) * 20
    left, right = np.floor(time / 6) * 6, np.ceil(time / 6) * 6
    exact = np.arange(30) < 5
    left, right = np.where(exact, time, left), np.where(exact, time, right)
    right[-6:] = INF
    fit = fit_parametric(left, right, family)
    order = rng.permutation(30)
    other = fit_parametric(unit * left[order], unit * right[order], family)
    assert other.intercept - log(unit) == pytest.approx(fit.intercept, abs=1e-8)
    assert other.scale == pytest.approx(fit.scale, rel=1e-8)
    assert other.log_likelihood + 5 * log(unit) == pytest.approx(fit.log_likelihood, abs=1e-9)
    np.testing.assert_allclose(other.covariance, fit.covariance, rtol=1e-6, atol=1e-10)


def test_estimates_approach_the_truth():
    """20,000 Weibull times (shape 2, scale 10) seen at whole numbers: within four errors."""
    time = 10 * np.random.default_rng(6).weibull(2.0, 20_000)
    fit = fit_parametric(np.floor(time), np.floor(time) + 1, "weibull")
    assert abs(fit.intercept - log(10)) < 4 * sqrt(fit.covariance[0, 0])
    assert abs(log(fit.scale) - log(0.5)) < 4 * sqrt(fit.covariance[1, 1])


def test_a_subject_censored_at_0_tells_nothing():
    fit = fit_parametric([2, 5, 9], [2, 5, 12], "weibull")
    more = fit_parametric([2, 5, 9, 0], [2, 5, 12, INF], "weibull")
    assert more.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-12)
    assert (more.subjects, fit.subjects) == (4, 3)


@pytest.mark.parametrize(
    ("left", "right", "family", "message"),
    [
        ([3, 5], [INF, INF], "exponential", "nobody has an event"),
        ([3, 5], [INF, INF], "weibull", "nobody has an event"),
        ([0, 0], [8, 16], "exponential", "before the first visit"),
        ([4, 4], [4, 4], "lognormal", "one and the same moment"),
        ([4, 2, 3], [4, 8, INF], "weibull", "one and the same moment"),
        ([0, 4], [5, INF], "loglogistic", "one and the same moment"),
        ([0, 5], [5, INF], "loglogistic", "one and the same moment"),
        ([0, 0.4, 2.4], [0.5, INF, INF], "weibull", "could be found"),
        ([0, 4], [0, 6], "weibull", "exact time of 0"),
        ([4, 5], [3, 6], "weibull", "not in order"),
    ],
)
def test_data_without_a_maximum_are_refused(left, right, family, message):
    with pytest.raises(DataError) as refusal:
        fit_parametric(left, right, family)
    assert message in str(refusal.value)


def test_impossible_questions_are_refused():
    fit = fit_parametric([2, 5, 9], [2, 5, 12], "weibull")
    with pytest.raises(DataError, match="quantile"):
        parametric_quantile(fit, 1.0, LOG)
    with pytest.raises(DataError, match="confidence level"):
        parametric_quantile(fit, 0.5, ParametricConvention(95))
