"""RMST and cumulative hazard by hand, against lifelines, by identities; R is in the curve's test."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter, NelsonAalenFitter
from lifelines.utils import restricted_mean_survival_time

from trialwright.core.errors import DataError
from trialwright.stats.cumulative_hazard import cumulative_hazard
from trialwright.stats.kaplan_meier import Estimate, kaplan_meier
from trialwright.stats.restricted_mean import (
    RestrictedMean,
    restricted_mean,
    restricted_mean_difference,
)

samples = st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=40)
#: Events at 2, 4 and 6, one censored at 4: S = 3/4, 1/2, 0.
FOUR = kaplan_meier([2, 4, 4, 6], [1, 1, 0, 1])


def test_four_subjects_by_hand():
    """To 5: 2 + 3/2 + 1/2 = 4. Areas right of 2 and 4: 2 and 1/2; Greenwood's terms 1/12 and 1/6.

    Variance 4/12 + (1/4)/6 = 3/8. To 6: 9/2, areas 5/2 and 1: 25/48 + 1/6 = 11/16.
    """
    found = restricted_mean(FOUR, 5)
    assert found.value == pytest.approx(4, rel=1e-15)
    assert found.standard_error == pytest.approx(math.sqrt(3 / 8), rel=1e-15)
    found = restricted_mean(FOUR, 6)
    assert found.value == pytest.approx(9 / 2, rel=1e-15)
    assert found.standard_error == pytest.approx(math.sqrt(11 / 16), rel=1e-15)


def test_beyond_the_last_event_nothing_is_added():
    """S = 0 from 6 on, so the area to 60 is the area to 6."""
    near, far = restricted_mean(FOUR, 6), restricted_mean(FOUR, 60)
    assert (far.value, far.standard_error) == (near.value, near.standard_error)


@pytest.mark.parametrize("event", [[1, 0], [0, 0]])
def test_beyond_a_last_censoring_is_refused(event):
    curve = kaplan_meier([3, 8], event)
    assert restricted_mean(curve, 8).value <= 8
    with pytest.raises(DataError, match="not known") as refusal:
        restricted_mean(curve, 8.5)
    assert "at most 8" in str(refusal.value)


def test_an_event_beside_a_censoring_at_the_last_time_is_no_end():
    """S is 1/2 at the last time, so what follows is not known."""
    with pytest.raises(DataError, match="not known"):
        restricted_mean(kaplan_meier([8, 8], [1, 0]), 9)


def test_before_the_first_event_it_is_tau():
    assert restricted_mean(FOUR, 1.5) == RestrictedMean(1.5, 1.5, 0.0)
    assert restricted_mean(FOUR, 2) == RestrictedMean(2, 2.0, 0.0)
    assert restricted_mean(FOUR, 1.5).estimate(0.95) == Estimate(1.5, None, None)


@pytest.mark.parametrize("tau", [0, -1, math.nan, math.inf])
def test_impossible_horizons_are_refused(tau):
    with pytest.raises(DataError, match="no horizon"):
        restricted_mean(FOUR, tau)


def test_events_at_zero_count():
    """One of four at 0: 3/4 of the time to 4."""
    found = restricted_mean(kaplan_meier([0, 5, 5, 5], [1, 0, 0, 0]), 4)
    assert found.value == 3
    assert found.standard_error == pytest.approx(math.sqrt(9 / 12))


def test_limits_stay_between_zero_and_tau():
    """4 -/+ 1.959964 x 0.612372 = 2.799772, 5.200228: the upper limit is tau."""
    found = restricted_mean(FOUR, 5).estimate(0.95)
    assert (found.lower, found.upper) == (pytest.approx(2.799772, abs=1e-6), 5)


def test_difference_by_hand():
    """9 - 6 with errors 3 and 4: error 5, limits 3 -/+ 9.79982, z = 0.6, p = 0.548506."""
    one, other = RestrictedMean(12, 9.0, 3.0), RestrictedMean(12, 6.0, 4.0)
    found = restricted_mean_difference(one, other, 0.95)
    assert (found.value, found.standard_error) == (3, 5)
    assert (found.lower, found.upper) == (pytest.approx(-6.79982), pytest.approx(12.79982))
    assert found.p == pytest.approx(0.548506, abs=1e-6)
    back = restricted_mean_difference(other, one, 0.95)
    assert (back.value, back.lower, back.upper, back.p) == (
        -3, -found.upper, -found.lower, found.p,
    )  # fmt: skip


def test_difference_without_spread_has_no_limits():
    same = RestrictedMean(12, 12.0, 0.0)
    found = restricted_mean_difference(same, same, 0.95)
    assert (found.value, found.lower, found.upper, found.p) == (0, None, None, None)


def test_different_horizons_are_not_compared():
    with pytest.raises(DataError, match="different horizons"):
        restricted_mean_difference(RestrictedMean(12, 9.0, 3.0), RestrictedMean(11, 6.0, 4.0), 0.95)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=40), st.integers(1, 50))
def test_without_censoring_it_is_a_mean(times, tau):
    """The mean of min(T, tau), and its error with divisor n."""
    cut = np.minimum(times, tau)
    found = restricted_mean(kaplan_meier(times, np.ones(len(times))), tau)
    assert found.value == pytest.approx(cut.mean(), rel=1e-12)
    assert found.standard_error == pytest.approx(
        cut.std() / math.sqrt(len(times)), rel=1e-10, abs=1e-12
    )


@settings(max_examples=30, deadline=None)
@given(samples, st.integers(2, 9))
def test_unit_of_time_scales_it(sample, factor):
    times, event = np.array([t for t, _ in sample]), [e for _, e in sample]
    tau = float(times.max())
    one = restricted_mean(kaplan_meier(times, event), tau)
    other = restricted_mean(kaplan_meier(times * factor, event), tau * factor)
    assert other.value == pytest.approx(one.value * factor)
    assert other.standard_error == pytest.approx(one.standard_error * factor)


@settings(max_examples=20, deadline=None)
@given(samples)
def test_mean_agrees_with_lifelines(sample):
    """lifelines 0.30, the mean; its variance is that of a subject, not of the estimator."""
    times, event = np.array([t for t, _ in sample], float), [e for _, e in sample]
    tau = float(times.max()) * 0.7
    peer = restricted_mean_survival_time(KaplanMeierFitter().fit(times, event), t=tau)
    found = restricted_mean(kaplan_meier(times, event), tau)
    assert found.value == pytest.approx(float(peer), rel=1e-9)


# -------------------------------------------------------------------------- cumulative hazard


def test_hazard_with_ties_by_hand():
    """Five at risk, three tied events at 2: 3/5, or 1/5 + 1/4 + 1/3 = 47/60 one after the other."""
    curve = kaplan_meier([2, 2, 2, 5, 9], [1, 1, 1, 0, 1])
    found = cumulative_hazard(curve, "nelson_aalen")
    assert found.value.tolist() == pytest.approx([3 / 5, 3 / 5, 8 / 5], rel=1e-15)
    assert found.standard_error[0] == pytest.approx(math.sqrt(3) / 5, rel=1e-15)
    assert found.survival[2] == pytest.approx(math.exp(-8 / 5), rel=1e-15)
    found = cumulative_hazard(curve, "fleming_harrington")
    assert found.value.tolist() == pytest.approx([47 / 60, 47 / 60, 107 / 60], rel=1e-15)
    assert found.standard_error[0] == pytest.approx(math.sqrt(1 / 25 + 1 / 16 + 1 / 9), rel=1e-15)


@settings(max_examples=20, deadline=None)
@given(samples.filter(lambda sample: any(e for _, e in sample)))
def test_hazard_agrees_with_lifelines(sample):
    """lifelines 0.30: without smoothing d/n, with smoothing one after the other."""
    times, event = np.array([t for t, _ in sample]), [e for _, e in sample]
    curve = kaplan_meier(times, event)
    for ties, smooth in (("nelson_aalen", False), ("fleming_harrington", True)):
        peer = NelsonAalenFitter(nelson_aalen_smoothing=smooth).fit(times, event)
        wanted = peer.cumulative_hazard_at_times(curve.time).to_numpy()
        np.testing.assert_allclose(
            cumulative_hazard(curve, ties).value, wanted, rtol=1e-10, atol=1e-12
        )
