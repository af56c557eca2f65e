"""Kaplan-Meier with late entry and with weights: by hand, R's neighbours, lifelines, laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from statsmodels.duration.survfunc import SurvfuncRight

from trialwright.core.errors import DataError
from trialwright.stats.cumulative_hazard import cumulative_hazard
from trialwright.stats.kaplan_meier import (
    Convention,
    Counting,
    kaplan_meier,
    landmark,
    quantile,
    reverse_kaplan_meier,
)
from trialwright.stats.restricted_mean import restricted_mean

LOGLOG = Convention(0.95, "loglog", "midpoint")
CARRY = Counting(gap="carry")
ARRAYS = ("time", "at_risk", "events", "censored", "survival", "log_variance")
#: Entry, time, event, weight.
rows = st.tuples(st.integers(0, 19), st.integers(20, 40), st.booleans(), st.integers(0, 3))
samples = st.lists(rows, min_size=1, max_size=30)


def test_five_late_entries_by_hand():
    """(0,3] e, (0,5], (2,6] e, (4,7] e, (3,8]: at risk 3, 4, 3, 2, 1; S = 2/3, 2/3, 4/9, 2/9.

    Who enters at 3 is not at risk at 3. Greenwood: 1/6, then 1/6 + 1/6, then + 1/2. Just before 4
    three are under observation; the one who enters at 4 is not.
    """
    curve = kaplan_meier([3, 5, 6, 7, 8], [1, 0, 1, 1, 0], entry=[0, 0, 2, 4, 3])
    assert curve.at_risk.tolist() == [3, 4, 3, 2, 1]
    assert curve.survival.tolist() == pytest.approx([2 / 3, 2 / 3, 4 / 9, 2 / 9, 2 / 9], rel=1e-14)
    assert curve.log_variance.tolist() == pytest.approx(
        [1 / 6, 1 / 6, 1 / 3, 5 / 6, 5 / 6], rel=1e-14
    )
    hazard = cumulative_hazard(curve, "nelson_aalen").value
    assert hazard.tolist() == pytest.approx([1 / 3, 1 / 3, 2 / 3, 7 / 6, 7 / 6], rel=1e-14)
    assert [landmark(curve, t, LOGLOG).at_risk for t in (0, 2.5, 3, 4, 4.5, 8, 8.5)] == [
        2, 3, 3, 3, 4, 1, 0,
    ]  # fmt: skip
    assert quantile(curve, 0.5, LOGLOG).value == 6
    assert (curve.start, curve.subjects) == (0, 5)


def test_everybody_late_makes_the_curve_conditional():
    curve = kaplan_meier([5, 9], [1, 1], entry=[2, 3])
    assert curve.start == 2
    assert landmark(curve, 1, LOGLOG).at_risk == 0
    assert landmark(curve, 0, LOGLOG).at_risk == 0


def test_a_gap_is_refused_or_carried():
    """Nobody is under observation from 3 to 5, so what happens there is not known."""
    time, event, entry = [2, 3, 8], [1, 0, 1], [0, 0, 5]
    with pytest.raises(DataError, match="cannot be carried on") as refusal:
        kaplan_meier(time, event, entry=entry)
    assert "from 3 to 5" in str(refusal.value)
    curve = kaplan_meier(time, event, entry=entry, counting=CARRY)
    assert curve.survival.tolist() == [0.5, 0.5, 0]
    assert curve.sets.gaps == ((3, 5),)
    assert landmark(curve, 4, LOGLOG).at_risk == 0


def test_who_enters_as_the_last_one_leaves_closes_the_gap():
    curve = kaplan_meier([3, 6, 8], [0, 1, 0], entry=[0, 3, 4])
    assert curve.at_risk.tolist() == [1, 2, 1]
    assert curve.survival.tolist() == [1, 0.5, 0.5]


@pytest.mark.parametrize("entry", [2, 3])
def test_survival_that_reaches_zero_early_is_refused(entry):
    """The only one at risk dies at 2; a curve at 0 would say that the others cannot live on."""
    time, event, starts = [2, 6, 7], [1, 1, 0], [0, entry, entry]
    with pytest.raises(DataError, match="cannot be carried on") as refusal:
        kaplan_meier(time, event, entry=starts)
    assert "reach 2" in str(refusal.value) or "from 2 to 3" in str(refusal.value)
    curve = kaplan_meier(time, event, entry=starts, counting=CARRY)
    assert curve.survival.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("time", "entry"),
    [
        ([3, 4], [0, 4]),
        ([3, 4], [0, 5]),
        ([3, 4], [0, math.nan]),
        ([3, 4], [0]),
        ([0, 4], [0, 0]),
        ([0.1 + 0.2, 4], [0.3, 0]),
    ],
)
def test_impossible_entries_are_refused(time, entry):
    with pytest.raises(DataError, match="not entry times"):
        kaplan_meier(time, [1, 1], entry=entry)


def test_event_at_zero_needs_observation_from_the_start():
    """Two there from the start: S(0) = 1/2. Who enters at 0 is not at risk at 0."""
    curve = kaplan_meier([0, 4], [1, 0], entry=[-math.inf, -1])
    assert curve.survival.tolist() == [0.5, 0.5]
    curve = kaplan_meier([0, 4, 5], [1, 0, 1], entry=[-math.inf, -math.inf, 0])
    assert curve.at_risk.tolist() == [2, 2, 1]


def test_near_equal_entry_is_not_at_risk():
    """Who enters at 0.3 is not at risk at 0.1 + 0.2, the same time."""
    curve = kaplan_meier([0.1 + 0.2, 1, 2], [1, 0, 0], entry=[0, 0.3, 0])
    assert curve.at_risk[0] == 2


@pytest.mark.parametrize("weights", [[1, -1], [0, 0], [1, math.nan], [1], [1, math.inf]])
def test_impossible_weights_are_refused(weights):
    with pytest.raises(DataError, match="not weights"):
        kaplan_meier([1, 2], [1, 1], weights=weights)


def test_weights_that_are_not_whole_by_hand():
    """Weights 0.1 and 0.2 at time 1 (events), 0.7 at time 2: S = 0.7, then exactly 0."""
    curve = kaplan_meier([1, 1, 2], [1, 1, 1], weights=[0.1, 0.2, 0.7])
    assert curve.survival.tolist() == pytest.approx([0.7, 0], rel=1e-14)
    assert curve.survival[1] == 0
    assert curve.log_variance[0] == pytest.approx(0.3 / 0.7, rel=1e-14)
    assert (curve.subjects, landmark(curve, 2, LOGLOG).at_risk) == (3, 1)
    with pytest.raises(DataError, match="whole numbers of subjects"):
        cumulative_hazard(curve, "fleming_harrington")


def test_sums_of_fractions_leave_no_remainder():
    """Nobody stays, so S is exactly 0 although 0.1 + 0.2 - 0.1 is not 0.2."""
    curve = reverse_kaplan_meier([1, 1], [1, 0], "events_first", weights=[0.1, 0.2])
    assert curve.survival.tolist() == [0]
    entry, weights = [0, 0, 3, 4, 4], [0.7, 0.4, 0.1, 0.1, 0.9]
    curve = kaplan_meier(
        [2, 3, 8, 9, 9], [1, 1, 1, 1, 1], entry=entry, weights=weights, counting=CARRY
    )
    assert (curve.at_risk[1], curve.survival[1]) == (0.4, 0)


@settings(max_examples=30, deadline=None)
@given(samples)
def test_whole_weights_repeat_rows(sample):
    entry, time, event, weight = (np.array(column) for column in zip(*sample, strict=True))
    if not weight.any():
        return
    several = [np.repeat(column, weight) for column in (time, event, entry)]
    for starts, repeated in ((None, None), (entry, several[2])):
        one = kaplan_meier(time, event, entry=starts, weights=weight, counting=CARRY)
        other = kaplan_meier(several[0], several[1], entry=repeated, counting=CARRY)
        assert one.subjects == other.subjects
        for name in ARRAYS:
            found = getattr(one, name)
            assert found.dtype == getattr(other, name).dtype
            assert found.tolist() == getattr(other, name).tolist()
        assert quantile(one, 0.5, LOGLOG) == quantile(other, 0.5, LOGLOG)
        assert landmark(one, 25, LOGLOG) == landmark(other, 25, LOGLOG)
        assert restricted_mean(one, 20) == restricted_mean(other, 20)
        hazards = (cumulative_hazard(curve, "fleming_harrington") for curve in (one, other))
        assert len({tuple(hazard.standard_error.tolist()) for hazard in hazards}) == 1
    for ties in ("swap", "events_first"):
        one = reverse_kaplan_meier(time, event, ties, weights=weight)
        assert one.survival.tolist() == reverse_kaplan_meier(*several[:2], ties).survival.tolist()


@settings(max_examples=30, deadline=None)
@given(samples, st.sampled_from(["swap", "events_first"]))
def test_halves_of_subjects_make_the_same_curve(sample, ties):
    """Every row twice with weight 1/2; also in the reverse curve, and exactly 0 at the end."""
    _, time, event, _ = (np.array(column) for column in zip(*sample, strict=True))
    twice, marks, halves = np.repeat(time, 2), np.repeat(event, 2), np.full(2 * len(time), 0.5)
    pairs = (
        (kaplan_meier(twice, marks, weights=halves), kaplan_meier(time, event)),
        (
            reverse_kaplan_meier(twice, marks, ties, weights=halves),
            reverse_kaplan_meier(time, event, ties),
        ),
    )
    for one, other in pairs:
        np.testing.assert_allclose(one.survival, other.survival, rtol=1e-13)
        np.testing.assert_allclose(one.log_variance, other.log_variance, rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(samples, st.integers(0, 2**32 - 1))
def test_cutting_subjects_in_two_leaves_the_curve_unchanged(sample, seed):
    """A subject seen on (0, c] and again on (c, time] is one subject seen on (0, time]."""
    _, time, event, _ = (np.array(column) for column in zip(*sample, strict=True))
    cut = np.random.default_rng(seed).uniform(0, time)
    whole = kaplan_meier(time, event, entry=np.zeros(time.shape))
    parts = kaplan_meier(
        np.append(cut, time),
        np.append(np.zeros_like(event), event),
        entry=np.append(np.full(time.shape, -1.0), cut),
    )
    at = np.searchsorted(parts.time, whole.time)
    for name in ("at_risk", "events", "survival", "log_variance"):
        assert getattr(parts, name)[at].tolist() == getattr(whole, name).tolist()
    assert quantile(parts, 0.3, LOGLOG) == quantile(whole, 0.3, LOGLOG)


@settings(max_examples=30, deadline=None)
@given(samples)
def test_entry_at_the_start_is_no_late_entry(sample):
    _, time, event, _ = (np.array(column) for column in zip(*sample, strict=True))
    plain = kaplan_meier(time, event)
    for start in (0.0, -1.0, -math.inf):
        late = kaplan_meier(time, event, entry=np.full(time.shape, start))
        for name in ARRAYS:
            assert getattr(late, name).tolist() == getattr(plain, name).tolist()
        assert landmark(late, 0, LOGLOG) == landmark(plain, 0, LOGLOG)


@settings(max_examples=20, deadline=None)
@given(samples)
def test_agrees_with_lifelines_and_statsmodels(sample):
    """lifelines 0.30 (entry; weights) and statsmodels 0.15 (entry; frequency weights)."""
    entry, time, event, weight = (np.array(column) for column in zip(*sample, strict=True))
    weight = weight + 1
    late = kaplan_meier(time, event, entry=entry, counting=CARRY)
    heavy = kaplan_meier(time, event, weights=weight)
    peer = KaplanMeierFitter().fit(time, event, entry=entry)
    np.testing.assert_allclose(
        late.survival, peer.survival_function_at_times(late.time), atol=1e-12
    )
    peer = KaplanMeierFitter().fit(time, event, weights=weight)
    np.testing.assert_allclose(
        heavy.survival, peer.survival_function_at_times(heavy.time), atol=1e-12
    )
    if event.any():
        other = SurvfuncRight(time, event.astype(int), entry=entry.astype(float))
        at = np.searchsorted(late.time, other.surv_times)
        np.testing.assert_allclose(late.survival[at], other.surv_prob, atol=1e-12)
        other = SurvfuncRight(time, event.astype(int), freq_weights=weight)
        at = np.searchsorted(heavy.time, other.surv_times)
        np.testing.assert_allclose(heavy.survival[at], other.surv_prob, atol=1e-12)
