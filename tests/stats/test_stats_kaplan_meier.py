"""Kaplan-Meier against a hand-worked case, R, lifelines, statsmodels and laws."""

from __future__ import annotations

import json
import math
from pathlib import Path

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
    Edges,
    Estimate,
    band,
    kaplan_meier,
    landmark,
    quantile,
    reverse_kaplan_meier,
)
from trialwright.stats.km_batches import batched_quantiles
from trialwright.stats.restricted_mean import restricted_mean

CASES = json.loads(
    (Path(__file__).parents[1] / "reference" / "kaplan_meier.json").read_text("utf-8")
)["cases"]
BANDS = ("plain", "log", "loglog", "logit", "arcsin")
LOGLOG = Convention(0.95, "loglog", "midpoint")
#: The one value that differs from R, and why: the upper log band of this set rises again after it
#: first fell below 0.5 at time 5. Our limit is the first such time; R sorts the band and gives 9.
NOT_MONOTONE = ("ties_C", "log_0.95", 0.5)
#: With late entry R gives the number at risk at the next time of leaving, ours is just before the
#: landmark itself (T-08): subjects with entry < t <= time, those there from the start at t = 0.
JUST_BEFORE = {"delayed_entry": [22, 33, 39, 35, 29, 7, 3, 1, 0]}
samples = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=60)


def nan(values):
    """Numbers with NaN for null."""
    return np.array([math.nan if v is None else float(v) for v in values])


def same(found, expected):
    """Equal to 1e-12 relative, NaN where the other is NaN."""
    expected = nan(expected)
    np.testing.assert_allclose(np.asarray(found, float), expected, rtol=1e-12, atol=1e-15)


def limits(found):
    return [found.lower, found.upper]


def test_six_subjects_by_hand():
    """Times 2 3+ 4 4 6+ 8: S = 5/6, 5/6 x 2/4 = 5/12, then 0.

    Greenwood at 4: 1/(6 x 5) + 2/(4 x 2) = 0.283333, SE = 5/12 x 0.532291 = 0.221788. Log-log
    limits at 4: H = 0.875469, e = exp(1.959964 x 0.532291 / 0.875469) = 3.29258, so
    exp(-2.88255) = 0.055992 and exp(-0.265892) = 0.766522.
    """
    curve = kaplan_meier([4, 2, 8, 3, 6, 4], [1, 1, 1, 0, 0, 1])
    assert curve.time.tolist() == [2, 3, 4, 6, 8]
    assert curve.at_risk.tolist() == [6, 5, 4, 2, 1]
    assert curve.events.tolist() == [1, 0, 2, 0, 1]
    assert curve.censored.tolist() == [0, 1, 0, 1, 0]
    assert curve.survival.tolist() == pytest.approx([5 / 6, 5 / 6, 5 / 12, 5 / 12, 0])
    assert curve.standard_error[2] == pytest.approx(5 / 12 * (1 / 30 + 1 / 4) ** 0.5)
    found = band(curve, 0.95, "loglog")
    assert found.lower[2] == pytest.approx(0.055992, abs=1e-6)
    assert found.upper[2] == pytest.approx(0.766522, abs=1e-6)
    assert np.isnan(found.lower[-1])
    median = quantile(curve, 0.5, LOGLOG)
    assert (median.value, median.lower, median.upper) == (4, 2, None)


def test_flat_piece_at_one_half():
    """Eight events, S = 0.5 from 7 to 11: the median is 9 (midpoint) or 7 (left end), T-05."""
    times = [2, 3, 5, 7, 11, 13, 17, 19]
    curve = kaplan_meier(times, [1] * 8)
    assert quantile(curve, 0.5, LOGLOG).value == 9
    assert quantile(curve, 0.5, Convention(0.95, "loglog", "left")).value == 7


def test_flat_piece_to_the_end_of_follow_up():
    """S = 0.5 from 3 on and the last subject censored at 10: half-way to the last time."""
    curve = kaplan_meier([3, 3, 8, 10], [1, 1, 0, 0])
    assert quantile(curve, 0.5, LOGLOG).value == 6.5


def test_reverse_curve_by_hand_under_both_tie_rules():
    """Deaths at 2 and 4, censored at 4 and 6. Exchanged: at 4 three are at risk, G = 2/3, then 0.

    Deaths first: at 4 the death has left, two are at risk, G = 1/2.
    """
    times, event = [2, 4, 4, 6], [1, 1, 0, 0]
    assert reverse_kaplan_meier(times, event, "swap").survival.tolist() == pytest.approx(
        [1, 2 / 3, 0]
    )
    assert reverse_kaplan_meier(times, event, "events_first").survival.tolist() == pytest.approx(
        [1, 1 / 2, 0]
    )


def curve_of(case):
    return kaplan_meier(case["time"], case["status"], entry=case.get("entry"))


def rules(expected):
    """Scale, level and expected limits of a part of the reference."""
    for name in expected:
        kind, _, level = name.partition("_")
        if kind in BANDS:
            yield name, Convention(float(level), kind, "midpoint"), expected[name]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
class TestAgainstR:
    """R 4.2.2, survival 3.5-3: curve, hazards, bands, quantiles, landmarks, RMST, reverse curve."""

    def test_curve_and_hazards(self, case):
        curve, expected = curve_of(case), case["expected"]["curve"]
        assert curve.subjects == case["expected"]["n"]
        same(curve.time, expected["time"])
        same(curve.at_risk, expected["n_risk"])
        same(curve.events, expected["n_event"])
        same(curve.censored, expected["n_censor"])
        same(curve.survival, expected["surv"])
        same(curve.standard_error, expected["se_surv"])
        same(np.sqrt(curve.log_variance), expected["se_log_surv"])
        found = cumulative_hazard(curve, "nelson_aalen")
        same(found.value, expected["cumhaz_na"])
        same(found.standard_error, expected["se_cumhaz_na"])
        same(found.survival, expected["surv_breslow"])
        found = cumulative_hazard(curve, "fleming_harrington")
        same(found.value, expected["cumhaz_fh"])
        same(found.survival, expected["surv_fh"])

    def test_bands(self, case):
        curve, count = curve_of(case), 0
        for _, rule, (lower, upper) in rules(case["expected"]["ci"]):
            found = band(curve, rule.conf_level, rule.band)
            same(found.lower, lower)
            same(found.upper, upper)
            count += 1
        assert count == 10

    def test_quantiles(self, case):
        curve, expected, count = curve_of(case), case["expected"]["quantile"], 0
        for name, rule, (lower, upper) in rules(expected):
            rows = zip(expected["prob"], expected["est"], lower, upper, strict=True)
            for probability, *wanted in rows:
                found = quantile(curve, probability, rule)
                if (case["name"], name, probability) == NOT_MONOTONE:
                    assert wanted[2] == 9
                    wanted[2] = 5
                same(nan([found.value, found.lower, found.upper]), wanted)
            count += 1
        assert count == 10

    def test_landmarks(self, case):
        curve, expected, count = curve_of(case), case["expected"]["landmark"], 0
        at_risk = JUST_BEFORE.get(case["name"], expected["n_risk"])
        for _, rule, (lower, upper) in rules(expected):
            found = [landmark(curve, t, rule) for t in expected["times"]]
            same([one.survival for one in found], expected["surv"])
            same(nan([one.standard_error for one in found]), expected["se"])
            same(nan([one.lower for one in found]), lower)
            same(nan([one.upper for one in found]), upper)
            assert [one.at_risk for one in found] == at_risk
            count += 1
        assert count == 10

    def test_restricted_means(self, case):
        """At 30, 50, 80 and 100 % of the last time; R's variance is the estimator's."""
        expected = case["expected"].get("rmst", {"tau": [], "rmst": [], "se": []})
        found = [restricted_mean(curve_of(case), tau) for tau in expected["tau"]]
        same([one.value for one in found], expected["rmst"])
        same([one.standard_error for one in found], expected["se"])

    def test_reverse_curves(self, case):
        if "reverse_swap" not in case["expected"]:
            pytest.skip("the reference has no reverse curve with late entry")
        swap, first = (
            reverse_kaplan_meier(case["time"], case["status"], ties)
            for ties in ("swap", "events_first")
        )
        wanted = case["expected"]["reverse_swap"]
        same(swap.time, wanted["time"])
        same(swap.survival, wanted["surv"])
        for kind in ("loglog", "log"):
            rule = Convention(0.95, kind, "midpoint")
            found = [quantile(swap, p, rule) for p in wanted["quantile_prob"]]
            same(nan([one.value for one in found]), wanted["est"])
            same(nan([one.lower for one in found]), wanted[f"lower_{kind}"])
            same(nan([one.upper for one in found]), wanted[f"upper_{kind}"])
        wanted = case["expected"]["reverse_events_first"]
        drops = first.events > 0
        same(first.time[drops], wanted["time"])
        same(first.survival[drops], wanted["surv"])
        found = [quantile(first, p, LOGLOG).value for p in wanted["quantile_prob"]]
        same(nan(found), wanted["est"])


def test_late_entries_at_risk_counted_row_by_row():
    """The numbers at risk that differ from R's, each counted from the rows."""
    case = next(case for case in CASES if "entry" in case)
    rows = list(zip(case["entry"], case["time"], strict=True))
    counted = [
        sum((e < t or e <= t == 0) and t <= end for e, end in rows)
        for t in case["expected"]["landmark"]["times"]
    ]
    assert counted == JUST_BEFORE["delayed_entry"]


@settings(max_examples=30, deadline=None)
@given(samples)
def test_agrees_with_lifelines_and_statsmodels(sample):
    """lifelines 0.30 (curve) and statsmodels 0.15 (curve and standard error at events)."""
    times = np.array([t for t, _ in sample], float) + 1
    event = np.array([e for _, e in sample])
    curve = kaplan_meier(times, event)
    peer = KaplanMeierFitter().fit(times, event).survival_function_at_times(curve.time)
    assert curve.survival == pytest.approx(peer.to_numpy(), abs=1e-12)
    if event.any():
        other = SurvfuncRight(times, event.astype(int))
        at = np.searchsorted(curve.time, other.surv_times)
        assert curve.survival[at] == pytest.approx(other.surv_prob, abs=1e-12)
        proper = curve.survival[at] > 0
        assert curve.standard_error[at][proper] == pytest.approx(
            other.surv_prob_se[proper], abs=1e-12
        )


@settings(max_examples=30, deadline=None)
@given(samples, st.randoms(use_true_random=False))
def test_row_order_changes_nothing(sample, random):
    shuffled = list(sample)
    random.shuffle(shuffled)
    curves = [
        kaplan_meier([t for t, _ in rows], [e for _, e in rows]) for rows in (sample, shuffled)
    ]
    for name in ("time", "at_risk", "events", "censored", "survival", "log_variance"):
        assert getattr(curves[0], name).tolist() == getattr(curves[1], name).tolist()
    assert quantile(curves[0], 0.5, LOGLOG) == quantile(curves[1], 0.5, LOGLOG)


@settings(max_examples=30, deadline=None)
@given(samples, st.integers(2, 9))
def test_unit_of_time_scales_quantiles_only(sample, factor):
    times, event = np.array([t for t, _ in sample]), [e for _, e in sample]
    one, other = kaplan_meier(times, event), kaplan_meier(times * factor, event)
    assert one.survival.tolist() == other.survival.tolist()
    found, scaled = (quantile(curve, 0.5, LOGLOG) for curve in (one, other))
    for a, b in zip((found.value, *limits(found)), (scaled.value, *limits(scaled)), strict=True):
        assert b == (None if a is None else pytest.approx(a * factor))


@settings(max_examples=30, deadline=None)
@given(samples, st.sampled_from(BANDS))
def test_curve_falls_and_bands_enclose_it(sample, kind):
    curve = kaplan_meier([t for t, _ in sample], [e for _, e in sample])
    assert (np.diff(curve.survival) <= 0).all()
    assert curve.at_risk[0] == curve.subjects == len(sample)
    assert int((curve.events + curve.censored).sum()) == len(sample)
    found, wide = band(curve, 0.8, kind), band(curve, 0.95, kind)
    known = ~np.isnan(found.lower)
    slack = 1e-12
    assert (found.lower[known] <= curve.survival[known] + slack).all()
    assert (found.upper[known] >= curve.survival[known] - slack).all()
    assert (wide.lower[known] <= found.lower[known] + slack).all()
    assert ((found.lower[known] >= 0) & (found.upper[known] <= 1)).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=50))
def test_without_censoring_it_is_the_share_still_there(times):
    curve = kaplan_meier(times, [True] * len(times))
    share = [sum(t > at for t in times) / len(times) for at in curve.time]
    assert curve.survival == pytest.approx(share, abs=1e-12)


def test_near_equal_times_are_one_time():
    """0.1 + 0.2 and 0.3 differ in the last bit of a float."""
    curve = kaplan_meier([0.1 + 0.2, 0.3, 1.0], [1, 1, 1])
    assert curve.events.tolist() == [2, 1]


def test_zero_times_are_kept():
    """An event at 0 lowers S(0), a censoring at 0 counts in n."""
    curve = kaplan_meier([0, 0, -0.0, 5], [1, 0, 0, 1])
    assert curve.time.tolist() == [0, 5]
    assert curve.survival.tolist() == [0.75, 0]
    assert curve.at_risk.tolist() == [4, 1]


def test_last_subject_with_the_event_leaves_the_upper_limit_open():
    """The band is undefined at S = 0, so it never crosses one half."""
    assert quantile(kaplan_meier([4.5], [1]), 0.5, LOGLOG) == Estimate(4.5, None, None)


@pytest.mark.parametrize(
    ("time", "event"),
    [([], []), ([1.0, -2.0], [1, 1]), ([1.0, math.nan], [1, 1]), ([math.inf], [0]), ([1, 2], [1])],
)
def test_impossible_times_are_refused(time, event):
    with pytest.raises(DataError, match="not follow-up times"):
        kaplan_meier(time, event)


def test_edges_can_be_closed():
    """Four events and nobody left: log-log limits where S = 0 and S = 1 by either rule."""
    curve = kaplan_meier([1, 2, 3, 4, 5], [0, 1, 1, 1, 1])
    closed = Edges(at_one="exact", at_zero="exact")
    found, plain = band(curve, 0.95, "loglog", closed), band(curve, 0.95, "plain")
    assert (found.lower[0], found.upper[0]) == (1, 1)
    assert (found.lower[-1], found.upper[-1]) == (0, 0)
    assert (plain.lower[0], plain.upper[0]) == (1, 1)
    assert np.isnan(plain.lower[-1])
    assert np.isnan(band(curve, 0.95, "plain", Edges(at_one="undefined")).lower[0])
    assert quantile(curve, 0.5, LOGLOG).upper is None
    assert quantile(curve, 0.5, Convention(0.95, "loglog", "midpoint", edges=closed)).upper == 5


def test_open_flat_piece_is_not_estimable():
    """S = 0.5 from 3 to the end of follow-up at 10: no midpoint unless the last time ends it."""
    curve = kaplan_meier([3, 3, 8, 10], [1, 1, 0, 0])
    open_end = Convention(0.95, "loglog", "midpoint", flat_end="open")
    assert quantile(curve, 0.5, open_end).value is None
    assert quantile(curve, 0.5, Convention(0.95, "loglog", "left", flat_end="open")).value == 3


def test_all_at_one_time():
    """Five tied events, then five tied censorings: S falls to 0, or stays 1."""
    curve = kaplan_meier([7] * 5, [1] * 5)
    assert (curve.time.tolist(), curve.survival.tolist()) == ([7], [0])
    assert quantile(curve, 0.5, LOGLOG) == Estimate(7, None, None)
    curve = kaplan_meier([7] * 5, [0] * 5)
    assert curve.survival.tolist() == [1]
    assert quantile(curve, 0.5, LOGLOG) == Estimate(None, None, None)


@settings(max_examples=30, deadline=None)
@given(samples)
def test_counting_and_sorting_agree(sample):
    """Whole times of moderate size are counted, larger ones sorted."""
    times, event = np.array([t for t, _ in sample]), [e for _, e in sample]
    one, other = kaplan_meier(times, event), kaplan_meier(times * 100_000, event)
    assert (one.time * 100_000).tolist() == other.time.tolist()
    for name in ("at_risk", "events", "censored", "survival", "log_variance"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


def test_many_subjects():
    """400,000 subjects, uncensored on 1 to 1,000: the share still there, exactly counted."""
    times = np.arange(400_000) % 1000 + 1
    for scale in (1, 0.37):
        curve = kaplan_meier(times * scale, np.ones(400_000))
        assert curve.events.tolist() == [400] * 1000
        np.testing.assert_allclose(curve.survival, 1 - np.arange(1, 1001) / 1000, atol=1e-12)


def test_landmark_at_a_near_equal_time():
    """The event at 0.1 + 0.2 is known at 0.3, and its subject is at risk just before."""
    found = landmark(kaplan_meier([0.1 + 0.2, 1.0], [1, 0]), 0.3, LOGLOG)
    assert (found.survival, found.at_risk) == (0.5, 2)


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, math.nan])
def test_impossible_levels_are_refused(level):
    curve = kaplan_meier([1, 2], [1, 1])
    with pytest.raises(DataError, match="not a confidence level"):
        band(curve, level, "loglog")
    with pytest.raises(DataError, match="not the probability"):
        quantile(curve, level, LOGLOG)


def test_impossible_landmarks_are_refused():
    curve = kaplan_meier([1, 2], [1, 1])
    for time in (-1, math.nan, math.inf):
        with pytest.raises(DataError, match="no time"):
            landmark(curve, time, LOGLOG)


@pytest.mark.parametrize("event", [[1, math.nan], [1, 2], [1, None], ["1", "0"], [1, -1]])
def test_missing_and_other_marks_are_refused(event):
    """A missing mark is neither an event nor a censoring."""
    with pytest.raises(DataError, match="not event marks"):
        kaplan_meier([1, 2], event)
    with pytest.raises(DataError, match="not event marks"):
        batched_quantiles([[1, 2]], [event], 0.5, LOGLOG)
