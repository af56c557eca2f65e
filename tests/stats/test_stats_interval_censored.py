"""Interval-censored estimate: by hand, against exact maximisation, R and laws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from trialwright.core.errors import DataError
from trialwright.stats.interval_censored import (
    NpmleConvention,
    imputed_times,
    interval_npmle,
    quantile_bounds,
    survival_bounds,
)
from trialwright.stats.kaplan_meier import Convention, kaplan_meier, quantile

REFERENCE = Path(__file__).parents[1] / "reference"
EXPECTED = json.loads((REFERENCE / "interval_censored.json").read_text("utf-8"))
DATA = np.genfromtxt(REFERENCE / "survival_data" / "interval_small.csv", delimiter=",", names=True)
LEFT, RIGHT = DATA["left"], DATA["right"]
INF = float("inf")
#: Visits every 8 with an event between two of them, exact, or not seen.
subjects = st.tuples(
    st.integers(0, 5), st.integers(1, 4), st.sampled_from(["seen", "exact", "not"])
)
samples = st.lists(subjects, min_size=1, max_size=25)


def intervals(rows):
    left = np.array([8.0 * start for start, _, _ in rows])
    right = left + [8.0 * length for _, length, _ in rows]
    kind = np.array([kind for _, _, kind in rows])
    left = np.where(kind == "exact", right, left)
    return left, np.where(kind == "not", INF, right)


def same(found, expected, rtol=1e-12):
    expected = [INF if value == "inf" else value for value in expected]
    np.testing.assert_allclose(found, np.asarray(expected, float), rtol=rtol, atol=1e-15)


def test_two_overlapping_intervals_share_their_intersection():
    """(0, 2] and (1, 3]: all probability lies in (1, 2], where S is unknown."""
    fit = interval_npmle([0, 1], [2, 3])
    assert (fit.left.tolist(), fit.right.tolist(), fit.mass.tolist()) == ([1], [2], [1])
    assert fit.log_likelihood == 0
    bounds = survival_bounds(fit, [0, 1, 1.5, 2])
    assert bounds.lower.tolist() == [1, 1, 0, 0]
    assert bounds.upper.tolist() == [1, 1, 1, 0]
    assert quantile_bounds(fit, 0.5) == (1, 2)


def test_two_intersections_by_hand():
    """(0, 2] twice, (1, 3], (2, 4]: the third holds both pieces, so 2 log p + log(1 - p) decides.

    (1, 2] has 2/3 and (2, 3] has 1/3.
    """
    fit = interval_npmle([0, 0, 1, 2], [2, 2, 3, 4])
    same(fit.left, [1, 2])
    same(fit.right, [2, 3])
    same(fit.mass, [2 / 3, 1 / 3])
    assert fit.log_likelihood == pytest.approx(2 * np.log(2 / 3) + np.log(1 / 3), rel=1e-14)


def test_intervals_exclude_their_left_end():
    """An exact time at the left end of another interval is outside it, at the right end inside."""
    apart = interval_npmle([4, 4], [4, 8])
    assert apart.mass.tolist() == [0.5, 0.5]
    together = interval_npmle([8, 4], [8, 8])
    assert (together.left.tolist(), together.mass.tolist()) == ([8], [1])


def test_last_subject_without_event_leaves_probability_at_infinity():
    fit = interval_npmle([0, 8, 16], [8, 16, INF])
    same(fit.mass, [1 / 3, 1 / 3, 1 / 3])
    same(fit.right, [8, 16, INF])
    bounds = survival_bounds(fit, [16, 100])
    same(bounds.lower, [1 / 3, 0])
    same(bounds.upper, [1 / 3, 1 / 3])
    assert quantile_bounds(fit, 0.6) == (8, 16)
    assert quantile_bounds(fit, 0.7) is None


def test_exact_maximum_of_the_reference():
    expected = EXPECTED["npmle_exact"]
    fit = interval_npmle(LEFT, RIGHT)
    same(fit.left, expected["interval_open_left"])
    same(fit.right, expected["interval_closed_right"])
    same(fit.mass, expected["mass"])
    assert fit.log_likelihood == pytest.approx(expected["loglik"], rel=1e-12)
    assert fit.kkt_violation < 1e-14
    bounds = survival_bounds(fit, expected["at"])
    same(bounds.lower, expected["surv_lower_bound"])
    same(bounds.upper, expected["surv_upper_bound"])


def test_turnbull_of_r_outside_the_intersections():
    """R stops its iteration early: its S at 12 and 16 is off by up to 1e-4, the rest is exact."""
    expected = EXPECTED["turnbull"]
    bounds = survival_bounds(interval_npmle(LEFT, RIGHT), expected["time"])
    known = bounds.upper - bounds.lower < 1e-12
    assert np.array(expected["time"])[known].tolist() == [4, 6, 12, 14, 16, 24]
    np.testing.assert_allclose(bounds.lower[known], np.array(expected["surv"])[known], atol=1.1e-4)


def test_imputed_curves_of_the_reference():
    """For comparison only: every event at the end, or in the middle, of its interval."""
    convention = Convention(0.95, "loglog", "midpoint")
    right = EXPECTED["right_endpoint_km"]
    curve = kaplan_meier(*imputed_times(LEFT, RIGHT, "right"))
    at = np.searchsorted(curve.time, right["time"])
    same(curve.survival[at], right["surv"])
    for place, expected in (("right", right), ("midpoint", EXPECTED["midpoint_km_median"])):
        median = quantile(kaplan_meier(*imputed_times(LEFT, RIGHT, place)), 0.5, convention)
        assert (median.value, median.lower, median.upper) == (
            expected["median"], expected["lower"], expected["upper"],
        )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(samples)
def test_conditions_of_the_maximum_hold(rows):
    """Written out anew: no piece has a gradient above n, those with probability exactly n."""
    left, right = intervals(rows)
    fit = interval_npmle(left, right)
    exact = fit.left == fit.right
    inside = (left[:, None] < fit.left) | ((left[:, None] == fit.left) & ~exact)
    inside |= (left == right)[:, None] & (left[:, None] == fit.left) & exact
    inside &= fit.right <= right[:, None]
    gradient = (1 / (inside @ fit.mass)) @ inside / left.size
    assert gradient.max() <= 1 + 1e-9
    np.testing.assert_allclose(gradient[fit.mass > 0], 1, atol=1e-9)
    assert fit.mass.sum() == pytest.approx(1, abs=1e-12)
    assert fit.log_likelihood == pytest.approx(np.log(inside @ fit.mass).sum(), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=40))
def test_exact_and_censored_times_give_kaplan_meier(rows):
    time, event = (np.array(column) for column in zip(*rows, strict=True))
    curve = kaplan_meier(time, event)
    fit = interval_npmle(time, np.where(event, time, INF))
    bounds = survival_bounds(fit, curve.time)
    last = event.any() and curve.survival[-1] > 0
    np.testing.assert_allclose(bounds.upper, curve.survival, atol=1e-10)
    if last:
        np.testing.assert_allclose(fit.mass[-1], curve.survival[-1], atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(samples, st.randoms(use_true_random=False))
def test_order_of_rows_and_unit_of_time_do_not_matter(rows, random):
    left, right = intervals(rows)
    fit = interval_npmle(left, right)
    mixed = list(rows)
    random.shuffle(mixed)
    other = interval_npmle(*(28 * ends for ends in intervals(mixed)))
    same(other.left, 28 * fit.left)
    assert other.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-10)


def test_common_visits_give_shares():
    """All seen at 8, 16, 24: S at the visits is the share not yet progressed."""
    left, right = (
        np.repeat([0.0, 8, 16, 24], [3, 2, 1, 4]),
        np.repeat([8, 16, 24, INF], [3, 2, 1, 4]),
    )
    bounds = survival_bounds(interval_npmle(left, right), [8, 16, 24])
    same(bounds.lower, [0.7, 0.5, 0.4])


def test_agrees_with_lifelines():
    """lifelines 0.30 includes the left end, so it is moved; it stops its iteration earlier."""
    rng = np.random.default_rng(3)
    left = 8.0 * rng.integers(0, 5, 60)
    right = left + 8.0 * rng.integers(1, 4, 60)
    peer = KaplanMeierFitter().fit_interval_censoring(left + 0.001, right, tol=1e-9)
    visits = [8.0, 16.0, 24.0, 32.0]
    bounds = survival_bounds(interval_npmle(left, right), visits)
    np.testing.assert_allclose(bounds.lower, bounds.upper, atol=1e-12)
    table = peer.survival_function_["NPMLE_estimate_lower"]
    np.testing.assert_allclose(bounds.lower, table.loc[visits], atol=1e-6)


@pytest.mark.parametrize(("seed", "n"), [(1, 30), (2, 300), (3, 1000)])
def test_maximum_is_reached_for_visits_on_any_day(seed, n):
    rng = np.random.default_rng(seed)
    time = rng.exponential(300, n)
    left = np.floor(time / 56) * 56 + rng.integers(-7, 7, n)
    left = np.maximum(left, 0)
    right = np.where(rng.random(n) < 0.3, INF, left + 56 + rng.integers(0, 7, n))
    fit = interval_npmle(left, right)
    assert fit.kkt_violation < 1e-12
    assert fit.steps < 20


def test_steps_that_do_not_suffice_are_an_error():
    with pytest.raises(DataError, match="not reached"):
        interval_npmle(LEFT, RIGHT, NpmleConvention(max_steps=0))


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ([], [], "not intervals"),
        ([1], [2, 3], "not intervals"),
        ([1, 5], [2, 4], 'row 2: left "5", right "4"'),
        ([-1], [2], "not in order"),
        ([float("nan")], [2], "not in order"),
        ([INF], [INF], "not in order"),
    ],
)
def test_impossible_intervals_are_refused(left, right, message):
    with pytest.raises(DataError) as refusal:
        interval_npmle(left, right)
    assert message in str(refusal.value)
