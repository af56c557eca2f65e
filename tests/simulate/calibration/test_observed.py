"""Curves of counts by day against hand-worked and exact values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.simulate.calibration.observed import Curve, Rate, kaplan_meier_curve
from trialwright.stats.kaplan_meier import kaplan_meier


def curve_of(days, events):
    days, events = np.array(days), np.array(events, bool)
    length = int(days.max()) + 1
    return kaplan_meier_curve(
        np.bincount(days[events], minlength=length), np.bincount(days, minlength=length)
    )


def test_four_subjects_by_hand():
    """Event on day 1 of 4, event and censoring on day 2, event on day 3: 3/4, 1/2, 0."""
    curve = curve_of([1, 2, 2, 3], [1, 1, 0, 1])
    assert curve.survival.tolist() == [1.0, 0.75, 0.5, 0.0]
    # Greenwood: 0.75 sqrt(1/12), then 0.5 sqrt(1/12 + 1/6)
    assert curve.error[1:3] == pytest.approx([0.75 / 12**0.5, 0.5 * 0.25**0.5])
    assert curve.at(1.9) == Rate(0.75, curve.error[1])
    assert curve.at(365.0).value == 0.0


@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=60))
@settings(max_examples=30, deadline=None)
def test_counts_give_the_curve_of_the_subjects(rows):
    """The estimator of the endpoints says the same of the same subjects."""
    days, events = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    ours = curve_of(days, events)
    theirs = kaplan_meier(days.astype(float), events)
    for day, survival in zip(theirs.time, theirs.survival, strict=True):
        assert ours.at(day).value == pytest.approx(survival, abs=1e-12)


def test_a_median_lies_half_way_down_the_jump():
    """60 of 100 on day 9, 20 on day 10: one half is passed 5/6 down the jump of day 10."""
    survival = np.array([1.0] * 9 + [0.75, 0.45, 0.45, 0.45])
    curve = Curve(survival, np.full(13, 0.01))
    found = curve.quantile(0.5)
    assert found.value == pytest.approx(9.5 + 25 / 30)
    assert curve.between(found.value).value == pytest.approx(0.5)
    assert curve.quantile(0.4) is None


def test_the_error_of_a_median_grows_where_the_curve_is_flat():
    days = np.arange(400.0)
    steep, flat = (np.exp(-np.log(2) * days / median) for median in (50.0, 200.0))
    errors = [Curve(one, np.full(400, 0.01)).quantile(0.5).error for one in (steep, flat)]
    # the slope at the median is ln 2 / (2 median)
    assert errors == pytest.approx([0.01 * 2 * m / np.log(2) for m in (50, 200)], rel=0.02)
