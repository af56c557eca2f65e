"""Fine-Gray regression: by hand, against R and a Cox model, far-off covariates, many subjects."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize
from statsmodels.duration.hazard_regression import PHReg

from trialwright.core.errors import DataError
from trialwright.stats.fine_gray import (
    FineGrayConvention,
    fine_gray,
    predicted_incidence,
    subdistribution_hazard_ratios,
)

REFERENCE = Path(__file__).parents[1] / "reference"
EXPECTED = json.loads((REFERENCE / "competing_risks.json").read_text("utf-8"))
DATA = np.genfromtxt(REFERENCE / "survival_data" / "competing_small.csv", delimiter=",", names=True)
TIME, CAUSE, GROUP = DATA["time"], DATA["cause"], DATA["group"]


def same(found, expected, rtol=1e-12):
    np.testing.assert_allclose(found, np.asarray(expected, float), rtol=rtol, atol=1e-15)


def drawn(seed, n=60):
    """Whole days with many ties, censored or one of two causes, two groups."""
    rng = np.random.default_rng(seed)
    return rng.integers(1, 15, n).astype(float), rng.integers(0, 3, n), np.arange(n) % 2


@pytest.mark.parametrize("cause", [1, 2])
def test_fine_gray_agrees_with_r(cause):
    """The coefficient in R is good to about 3e-13, where its iteration stops."""
    fit, expected = fine_gray(TIME, CAUSE, cause, GROUP), EXPECTED[f"fine_gray_cause{cause}"]
    assert fit.coefficients[0] == pytest.approx(expected["coef"], rel=1e-12)
    assert fit.standard_error[0] == pytest.approx(expected["se"], rel=1e-12)
    assert fit.log_likelihood == pytest.approx(expected["loglik"], rel=1e-12)


def test_fine_gray_with_censoring_by_hand():
    """1 (other, z = 1), 2+ (z = 0), 3 (event, z = 1), 4 (event, z = 0).

    After the censoring at 2 the first subject weighs 2/3: with x = exp(beta) the score is
    1 - (5x/3)/(1 + 5x/3) - (2x/3)/(1 + 2x/3) = 0, so x = sqrt(9/10). The baseline steps are
    1/(1 + 5x/3) and 1/(1 + 2x/3).
    """
    fit = fine_gray([1, 2, 3, 4], [2, 0, 1, 1], 1, [1, 0, 1, 0])
    x = 0.9**0.5
    assert np.exp(fit.coefficients[0]) == pytest.approx(x, rel=1e-12)
    steps = [1 / (1 + 5 * x / 3), 1 / (1 + 2 * x / 3)]
    same(fit.baseline_hazard, steps)
    same(predicted_incidence(fit, 0), 1 - np.exp(-np.cumsum(steps)))
    same(predicted_incidence(fit, [1.0]), 1 - np.exp(-x * np.cumsum(steps)))


def test_fine_gray_without_censoring_is_cox_with_others_at_risk_for_ever():
    """statsmodels 0.15, Breslow ties, the other cause censored at the end of time."""
    time, cause, group = drawn(11, 70)
    cause = np.maximum(cause, 1)
    z = np.column_stack([group, np.random.default_rng(2).normal(60, 10, 70)])
    fit = fine_gray(time, cause, 1, z)
    peer = PHReg(np.where(cause == 1, time, 99.0), z, status=cause == 1, ties="breslow").fit()
    same(fit.coefficients, peer.params, 1e-6)
    assert fit.log_likelihood == pytest.approx(peer.llf, rel=1e-9)


def test_baseline_at_no_effect_is_the_subdistribution_hazard():
    """Covariates balanced in every risk set: beta = 0, steps 2/6 and 2/4.

    Two pairs with equal times, one event pair at 1 and one at 3; the others' cause at 2 stays.
    """
    fit = fine_gray([1, 1, 3, 3, 2, 2], [1, 1, 1, 1, 2, 2], 1, [0, 1, 0, 1, 0, 1])
    assert fit.coefficients[0] == pytest.approx(0, abs=1e-12)
    same(fit.baseline_hazard, [2 / 6, 2 / 4])


def test_hazard_ratio_has_wald_limits():
    fit = fine_gray(TIME, CAUSE, 1, GROUP)
    found = subdistribution_hazard_ratios(fit, FineGrayConvention(0.95))
    coefficient, error = EXPECTED["fine_gray_cause1"]["coef"], EXPECTED["fine_gray_cause1"]["se"]
    assert found.ratio[0] == pytest.approx(np.exp(coefficient))
    assert np.log(found.lower[0]) == pytest.approx(coefficient - 1.959963984540054 * error)
    assert np.log(found.upper[0]) == pytest.approx(coefficient + 1.959963984540054 * error)
    assert found.p_value[0] == pytest.approx(0.782778, abs=1e-5)


def test_fine_gray_variance_holds_its_level():
    """Null model with censoring: the robust standard error matches the spread of estimates."""
    fits = [fine_gray(*_null(seed)) for seed in range(150)]
    spread = np.std([fit.coefficients[0] for fit in fits])
    typical = np.mean([fit.standard_error[0] for fit in fits])
    assert 0.8 < typical / spread < 1.2


def _null(seed):
    time, cause, group = drawn(seed, 80)
    return time, cause, 1, group


def test_order_of_rows_and_unit_of_time_do_not_matter():
    time, cause, group = drawn(7)
    order = np.random.default_rng(1).permutation(time.size)
    fit = fine_gray(time, cause, 1, group)
    other = fine_gray(30 * time[order], cause[order], 1, group[order])
    same(other.covariance, fit.covariance, 1e-10)
    same(other.time, 30 * fit.time)


@pytest.mark.parametrize(("shift", "size"), [(1e5, 1), (-1e7, 1), (0, 1e6), (0, 1e-6), (50, 1e-3)])
def test_origin_and_unit_of_a_covariate_do_not_matter(shift, size):
    """By hand above: with z = 0 and 1 the hazard ratio is sqrt(9/10)."""
    moved = shift + size * np.array([1.0, 0, 1, 0])
    fit = fine_gray([1, 2, 3, 4], [2, 0, 1, 1], 1, moved)
    x = 0.9**0.5
    assert fit.coefficients[0] * size == pytest.approx(np.log(x), rel=1e-7)
    plain = fine_gray([1, 2, 3, 4], [2, 0, 1, 1], 1, [1, 0, 1, 0])
    assert fit.standard_error[0] * size == pytest.approx(plain.standard_error[0], rel=1e-7)
    steps = np.array([1 / (1 + 5 * x / 3), 1 / (1 + 2 * x / 3)])
    same(predicted_incidence(fit, shift), 1 - np.exp(-np.cumsum(steps)), 1e-6)
    same(predicted_incidence(fit, shift + size), 1 - np.exp(-x * np.cumsum(steps)), 1e-6)


def test_covariates_of_far_different_sizes_make_one_model():
    """Statsmodels 0.15 fits them at one size; without censoring its Cox model is the same model."""
    time, cause, group = drawn(11, 70)
    cause = np.maximum(cause, 1)
    z = np.column_stack([group, np.random.default_rng(2).normal(0, 1, 70)])
    peer = PHReg(np.where(cause == 1, time, 99.0), z, status=cause == 1, ties="breslow").fit()
    fit = fine_gray(time, cause, 1, z * [1e6, 1e-3])
    same(fit.coefficients * [1e6, 1e-3], peer.params, 1e-6)


def rises_for_ever(time, cause, z):
    """Whether a direction exists in which no event is ever below a rival: a linear programme."""
    events = np.flatnonzero(cause == 1)
    gain = np.vstack([z[i] - z[(time >= time[i]) | (cause == 2)] for i in events])
    found = optimize.linprog(
        -gain.sum(axis=0), A_ub=-gain, b_ub=np.zeros(len(gain)), bounds=[(-1, 1)] * z.shape[1]
    )
    return found.fun < -1e-7


def test_small_data_are_refused_when_and_only_when_no_single_maximum_exists():
    rng, seen = np.random.default_rng(17), set()
    for _ in range(60):
        n, p = int(rng.integers(4, 14)), int(rng.integers(1, 3))
        z, time = rng.integers(0, 3, (n, p)) * 1.0, rng.integers(1, 9, n)
        cause = rng.choice([0, 1, 1, 2], n)
        cause[0] = 1
        spread = np.vstack(
            [z[i] - z[(time >= time[i]) | (cause == 2)] for i in np.flatnonzero(cause == 1)]
        )
        exists = np.linalg.matrix_rank(spread) == p and not rises_for_ever(time, cause, z)
        try:
            fine_gray(time, cause, 1, 1e4 + z)
            seen.add(("fitted", exists))
        except DataError:
            seen.add(("refused", exists))
    assert seen == {("fitted", True), ("refused", False)}


def test_the_baseline_is_that_of_covariates_of_0_wherever_their_centre_is():
    """Steps by hand above, times the hazard ratio to the power of minus the shift."""
    fit = fine_gray([1, 2, 3, 4], [2, 0, 1, 1], 1, [4, 3, 4, 3])
    x = 0.9**0.5
    same(fit.baseline_hazard, np.array([1 / (1 + 5 * x / 3), 1 / (1 + 2 * x / 3)]) * x**-3)


def test_a_hundred_thousand_subjects_fit_into_memory():
    """Subdistribution hazard ratio 2 of a covariate 0 or 1; a third is censored.

    Fine and Gray's model: P(T <= t, cause 1) = 1 - (1 - p (1 - exp(-t)))^r with p = 0.5, r = 2 or
    1; drawn by its inverse.
    """
    rng, n = np.random.default_rng(5), 100_000
    z = np.arange(n) % 2
    ratio = np.where(z == 1, 2.0, 1.0)
    first = rng.random(n) < 1 - 0.5**ratio
    share = rng.random(n) * (1 - 0.5**ratio)
    own = -np.log1p(-(1 - (1 - share) ** (1 / ratio)) / 0.5)
    event = np.where(first, own, rng.exponential(1, n))
    censoring = rng.exponential(2, n)
    cause = np.where(event <= censoring, np.where(first, 1, 2), 0)
    tracemalloc.start()
    fit = fine_gray(np.minimum(event, censoring), cause, 1, z)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6
    assert fit.coefficients[0] == pytest.approx(np.log(2), abs=4 * fit.standard_error[0])
    assert fit.standard_error[0] < 0.02


@pytest.mark.parametrize(
    ("cause", "covariates", "message"),
    [
        ([2, 2, 0, 2], [0, 1, 0, 1], "Nobody has the event"),
        ([1, 1, 0, 2], [1, 1, 0, 0], "no finite estimate"),
        ([1, 1, 0, 2], [1, 1, 1, 1], "no finite estimate"),
        ([1, 1, 0, 2], [1, 1], "not covariates"),
        ([1, 1, 0, 2], [[], [], [], []], "not covariates"),
        ([1, 1, 1, 1], [[1, 2], [2, 4], [1, 2], [4, 8]], "no finite estimate"),
        ([1, 1, 1, 1], [[1, 3], [2, 5], [1, 3], [4, 9]], "no finite estimate"),
        ([1, 1, 1, 1], [1e5 + 4, 1e5 + 3, 1e5 + 2, 1e5 + 1], "no finite estimate"),
        ([1, 1, 0, 2], [0, 1, float("nan"), 1], "not covariates"),
    ],
)
def test_models_without_an_estimate_are_refused(cause, covariates, message):
    with pytest.raises(DataError, match=message):
        fine_gray([1, 2, 3, 4], cause, 1, covariates)
