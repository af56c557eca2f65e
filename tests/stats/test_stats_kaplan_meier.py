"""Kaplan-Meier against a hand-worked case, R, lifelines, statsmodels and laws."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from statsmodels.duration.survfunc import SurvfuncRight

from trialwright.core.errors import DataError
from trialwright.stats.kaplan_meier import (
    Convention,
    Estimate,
    band,
    kaplan_meier,
    landmark,
    quantile,
    reverse_kaplan_meier,
)

CASES = json.loads(
    (Path(__file__).parents[1] / "reference" / "kaplan_meier.json").read_text("utf-8")
)["cases"]
BANDS = ("plain", "log", "loglog", "logit", "arcsin")
LOGLOG = Convention(0.95, "loglog", "midpoint")
#: The upper log band of this set rises again after it first fell below 0.5 at time 5. The first
#: such time is the limit here; the reference program sorts the band and gives 9.
NOT_MONOTONE = ("ties_C", "log_0.95", 0.5)
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


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
class TestAgainstR:
    """R 4.2.2, survival 3.5-3: every curve, band, quantile, landmark and reverse curve."""

    def test_curve_and_bands(self, case):
        curve, expected = kaplan_meier(case["time"], case["status"]), case["expected"]
        assert curve.subjects == expected["n"]
        same(curve.time, expected["curve"]["time"])
        same(curve.at_risk, expected["curve"]["n_risk"])
        same(curve.events, expected["curve"]["n_event"])
        same(curve.censored, expected["curve"]["n_censor"])
        same(curve.survival, expected["curve"]["surv"])
        same(curve.standard_error, expected["curve"]["se_surv"])
        for kind in BANDS:
            for level in ("0.95", "0.90"):
                found, wanted = band(curve, float(level), kind), expected["ci"][f"{kind}_{level}"]
                same(found.lower, wanted["lower"])
                same(found.upper, wanted["upper"])

    def test_quantiles(self, case):
        curve = kaplan_meier(case["time"], case["status"])
        for name, wanted in case["expected"]["quantile"].items():
            kind, level = name.split("_")
            rule = Convention(float(level), kind, "midpoint")
            for i, probability in enumerate(wanted["prob"]):
                found = quantile(curve, probability, rule)
                expected = [wanted[part][i] for part in ("est", "lower", "upper")]
                if (case["name"], name, probability) == NOT_MONOTONE:
                    assert expected[2] == 9
                    expected[2] = 5
                same(nan([found.value, found.lower, found.upper]), expected)

    def test_landmarks(self, case):
        curve, expected = kaplan_meier(case["time"], case["status"]), case["expected"]["landmark"]
        for name in set(expected) - {"times"}:
            kind, level = name.split("_")
            rule = Convention(float(level), kind, "midpoint")
            found = [landmark(curve, t, rule) for t in expected["times"]]
            wanted = expected[name]
            same([one.survival for one in found], wanted["surv"])
            same(nan([one.standard_error for one in found]), wanted["se"])
            same(nan([one.lower for one in found]), wanted["lower"])
            same(nan([one.upper for one in found]), wanted["upper"])
            assert [one.at_risk for one in found] == wanted["n_risk"]

    def test_reverse_curves(self, case):
        swap, first = (
            reverse_kaplan_meier(case["time"], case["status"], ties)
            for ties in ("swap", "events_first")
        )
        wanted = case["expected"]["reverse_swap"]
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


@given(samples, st.integers(2, 9))
def test_unit_of_time_scales_quantiles_only(sample, factor):
    times, event = np.array([t for t, _ in sample]), [e for _, e in sample]
    one, other = kaplan_meier(times, event), kaplan_meier(times * factor, event)
    assert one.survival.tolist() == other.survival.tolist()
    found, scaled = (quantile(curve, 0.5, LOGLOG) for curve in (one, other))
    for a, b in zip((found.value, *limits(found)), (scaled.value, *limits(scaled)), strict=True):
        assert b == (None if a is None else pytest.approx(a * factor))


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
