"""Individual data from published curves: known data back, error reported, input checked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.survival import columns
from trialwright.core.errors import DataError
from trialwright.stats.kaplan_meier import kaplan_meier
from trialwright.stats.published_curve import PublishedCurve, reconstruct

samples = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=2, max_size=60)


def published(time, event, every, *, digits=None, events=None):
    """What a paper would show of these data: the steps, and numbers at risk at every so often."""
    curve = kaplan_meier(time, event)
    steps = curve.events > 0
    survival = curve.survival[steps]
    end = float(curve.time[steps][-1])
    risk_time = np.arange(0, end + 1e-9, every)
    return PublishedCurve(
        time=curve.time[steps],
        survival=survival if digits is None else np.round(survival, digits),
        risk_time=risk_time,
        at_risk=[(np.asarray(time) >= t).sum() for t in risk_time],
        events=events,
    )


def curve_of(**changes):
    given = {
        "time": [2, 5, 8],
        "survival": [0.8, 0.6, 0.3],
        "risk_time": [0, 4],
        "at_risk": [10, 8],
    }
    return PublishedCurve(**(given | changes))


def trial(seed, n):
    """Exponential times of mean 300 days, censored between days 100 and 900."""
    rng = np.random.default_rng(seed)
    time, end = np.ceil(rng.exponential(300, n)), np.ceil(rng.uniform(100, 900, n))
    return np.minimum(time, end), time <= end


def test_five_subjects_by_hand():
    """N = 5, S = 0.8 at 1, 0.8 x 2/3 at 3, 2 at risk at 4: one left unseen between 1 and 3.

    5 - 1 at 1 leaves 4. With one censored halfway from 0 to 4, at 2, there are 3 at 3, the fall by
    1/3 is one event, and 2 remain at 4. They stay to the end, day 6, of the flat piece.
    """
    found = reconstruct(
        PublishedCurve(
            time=[1, 3, 6],
            survival=[0.8, 0.8 * 2 / 3, 0.8 * 2 / 3],
            risk_time=[0, 4],
            at_risk=[5, 2],
        )
    )
    assert found.time.tolist() == [1, 2, 3, 6, 6]
    assert found.event.tolist() == [True, False, True, False, False]
    assert found.at_risk.tolist() == [5, 2]
    assert found.largest_difference == pytest.approx(0, abs=1e-15)
    assert found.numbers_reproduced
    assert (found.events, found.published_events) == (2, None)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=60), st.integers(1, 40))
def test_without_censoring_the_data_come_back(times, every):
    found = reconstruct(published(times, [True] * len(times), every))
    assert found.time.tolist() == sorted(times)
    assert found.event.all()
    assert found.largest_difference == pytest.approx(0, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(samples.filter(lambda rows: any(event for _, event in rows)))
def test_with_numbers_at_risk_at_every_step_the_events_come_back(rows):
    """Then nothing is left to guess: the curve is the published one."""
    time, event = (np.array(column) for column in zip(*rows, strict=True))
    steps = np.unique(time[event])
    numbers = [time.size, *((time >= t).sum() for t in steps)]
    curve = kaplan_meier(time, event)
    found = reconstruct(
        PublishedCurve(
            time=steps,
            survival=curve.survival[curve.events > 0],
            risk_time=[0, *steps],
            at_risk=numbers,
        )
    )
    assert found.numbers_reproduced
    assert found.time[found.event].tolist() == sorted(time[event].tolist())
    assert found.largest_difference == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("n", [30, 100, 400])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_trial_comes_back_within_the_pen(n, seed):
    """Curve read to two decimals, numbers at risk every 90 days, total of events known."""
    time, event = trial(seed, n)
    found = reconstruct(published(time, event, 90, digits=2, events=int(event.sum())))
    assert found.time.size == n
    assert abs(found.events - int(event.sum())) <= 0.03 * n
    assert np.abs(found.at_risk - found.published_at_risk).max() <= 0.005 * n
    whole, again = kaplan_meier(time, event), kaplan_meier(found.time, found.event)
    days = np.arange(0, 360, 10)
    one, two = (
        np.append(1, curve.survival)[np.searchsorted(curve.time, days, side="right")]
        for curve in (whole, again)
    )
    assert np.abs(one - two).max() < 0.03
    assert np.abs(one - two).max() <= found.largest_difference + 0.005 + 1e-9


def test_r_data_come_back():
    """two_arm.csv, arm 0: numbers every 60 days, exact curve, total of events known."""
    data = columns("two_arm")
    time, event = data["time"][data["arm"] == 0], data["status"][data["arm"] == 0] == 1
    found = reconstruct(published(time, event, 60, events=int(event.sum())))
    assert found.numbers_reproduced
    assert found.largest_difference < 0.02
    assert found.events == 58


def test_the_total_of_events_decides_the_last_interval():
    """No number after day 0 says how many were censored; 20 subjects, 8 events or 11."""
    steps = {"time": [10, 20, 30, 40], "survival": [0.9, 0.75, 0.6, 0.45]}
    none = reconstruct(PublishedCurve(**steps, risk_time=[0], at_risk=[20]))
    some = reconstruct(PublishedCurve(**steps, risk_time=[0], at_risk=[20], events=8))
    assert (none.events, none.at_risk.tolist()) == (11, [20])
    assert some.events == 8
    assert some.numbers_reproduced
    assert (~some.event & (some.time < 40)).sum() > 0


def test_without_a_total_censoring_goes_on_as_before():
    """A flat curve: 4 of 10 lost in 50 days, so 4 more in the next 50, and 2 stay to the end."""
    found = reconstruct(
        PublishedCurve(time=[100], survival=[1], risk_time=[0, 50], at_risk=[10, 6])
    )
    assert found.time.tolist() == [25] * 4 + [75] * 4 + [100] * 2
    assert not found.event.any()


def test_a_total_that_is_used_up_leaves_no_event_for_the_last_interval():
    """2 events up to day 4, as many as printed: the fall to 0.3 after it is not followed."""
    found = reconstruct(curve_of(events=2))
    assert found.time[found.event].tolist() == [2, 2]
    assert found.largest_difference == pytest.approx(0.5)
    assert reconstruct(curve_of(events=5)).events == 5


def test_numbers_that_cannot_be_are_reported_not_hidden():
    """A flat curve of 10 with 12 events in total: refused; with 3 events: 0 come out and it says so."""
    flat = {"time": [50], "survival": [1.0], "risk_time": [0, 30], "at_risk": [10, 6]}
    found = reconstruct(PublishedCurve(**flat, events=3))
    assert (found.events, found.published_events) == (0, 3)
    assert not found.numbers_reproduced
    assert found.at_risk.tolist() == [10, 6]
    with pytest.raises(DataError, match="total of events"):
        reconstruct(PublishedCurve(**flat, events=12))


def test_more_at_risk_than_the_curve_leaves_is_reported():
    """The curve falls to 0.3, yet 9 of 10 are printed as at risk after it."""
    found = reconstruct(curve_of(risk_time=[0, 8], at_risk=[10, 9]))
    assert found.published_at_risk.tolist() == [10, 9]
    assert found.at_risk.tolist() == [10, 6]
    assert not found.numbers_reproduced


def test_nobody_at_risk_at_the_end():
    found = reconstruct(curve_of(survival=[0.8, 0.4, 0.0], risk_time=[0, 8], at_risk=[10, 4]))
    assert found.events == 10
    assert found.at_risk.tolist() == [10, 4]
    assert found.largest_difference == pytest.approx(0, abs=1e-15)


def test_unit_of_time_changes_nothing():
    time, event = trial(9, 80)
    days = reconstruct(published(time, event, 100))
    months = reconstruct(published(time / 30.4375, event, 100 / 30.4375))
    np.testing.assert_allclose(months.time * 30.4375, days.time, rtol=1e-12)
    assert months.event.tolist() == days.event.tolist()


@settings(max_examples=30, deadline=None)
@given(
    samples.filter(lambda rows: any(event for _, event in rows)),
    st.integers(3, 25),
    st.integers(1, 3),
)
def test_any_curve_ends_with_everybody_accounted_for(rows, every, digits):
    """Rough points as well: N subjects, times in order within the figure, an error that is true."""
    time, event = (np.array(column) for column in zip(*rows, strict=True))
    shown = published(time, event, every, digits=digits, events=int(event.sum()))
    found = reconstruct(shown)
    assert found.time.size == time.size
    assert (np.diff(found.time) >= 0).all()
    assert found.time[0] >= 0
    assert found.time[-1] <= shown.time[-1]
    assert found.events == found.event.sum()
    curve = kaplan_meier(found.time, found.event)
    drawn = np.append(1, curve.survival)[np.searchsorted(curve.time, shown.time, side="right")]
    assert np.abs(drawn - shown.survival).max() <= found.largest_difference + 1e-12


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"survival": [0.8, 0.85, 0.3]}, "number 2 of the list: time 5, value 0.85"),
        ({"survival": [80, 60, 30]}, "divide percentages by 100"),
        ({"survival": [0.8, 0.6, -0.1]}, "number 3"),
        ({"survival": [0.8, math.nan, 0.1]}, "number 2"),
        ({"survival": [0.8, 0.6]}, "one survival a time"),
        ({"time": [2, 2, 8]}, "number 2"),
        ({"time": [-1, 2, 8]}, "number 1"),
        ({"time": [0, 2, 8]}, "1 at time 0"),
        ({"time": [], "survival": []}, "at least one point"),
        ({"risk_time": [1, 4]}, "number at risk"),
        ({"risk_time": [0, 9]}, "from 0 to 8"),
        ({"risk_time": [0, math.nan]}, "number 2"),
        ({"risk_time": [0]}, "one number a time"),
        ({"at_risk": [10, 11]}, "never rising"),
        ({"at_risk": [10, 7.5]}, "whole numbers"),
        ({"at_risk": [0, 0]}, "number 1"),
        ({"events": -1}, "total of events"),
        ({"events": 11}, "0 to 10"),
    ],
)
def test_what_is_no_curve_is_refused(changes, word):
    with pytest.raises(DataError) as refused:
        reconstruct(curve_of(**changes))
    assert word in str(refused.value)
