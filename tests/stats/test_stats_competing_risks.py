"""Cumulative incidence and Gray's test: by hand, against R, and laws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from trialwright.core.errors import DataError
from trialwright.stats.competing_risks import (
    IncidenceConvention,
    aalen_johansen,
    incidence_at,
    incidence_band,
    incidence_variance,
    naive_incidence,
)
from trialwright.stats.gray_test import GrayConvention, RiskData, gray_test
from trialwright.stats.kaplan_meier import kaplan_meier
from trialwright.stats.tied_times import tied_times

REFERENCE = Path(__file__).parents[1] / "reference"
EXPECTED = json.loads((REFERENCE / "competing_risks.json").read_text("utf-8"))
DATA = np.genfromtxt(REFERENCE / "survival_data" / "competing_small.csv", delimiter=",", names=True)
TIME, CAUSE, GROUP = DATA["time"], DATA["cause"], DATA["group"]
PARTS = {"all": GROUP >= 0, "group_0": GROUP == 0, "group_1": GROUP == 1}
LOGLOG = IncidenceConvention(0.95, "aalen", "loglog")
PLAIN = IncidenceConvention(0.95, "infinitesimal_jackknife", "plain")
UNWEIGHTED = GrayConvention()
samples = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 2)), min_size=1, max_size=30)


def same(found, expected, rtol=1e-12):
    np.testing.assert_allclose(found, np.asarray(expected, float), rtol=rtol, atol=1e-15)


def drawn(seed, n=60, groups=2):
    """Whole days with many ties, three causes' worth of codes, groups that all occur."""
    rng = np.random.default_rng(seed)
    group = np.arange(n) % groups
    return rng.integers(1, 15, n).astype(float), rng.integers(0, 3, n), group


def test_four_subjects_by_hand():
    """1 (first cause), 2 (second), 3+, 4 (first): F1 = 1/4, 1/4, 1/4, 3/4 and F2 = 0, 1/4.

    Jackknife: F1(1) is binomial, (1/4)(3/4)/4; F1(4) = 1 - F2(2), which is binomial too. Aalen at
    4: 1/9 x 1/16 + 1/16 + 1/4 = 23/72 from the events at 1, 2 and 4.
    """
    curve = aalen_johansen([4, 1, 3, 2], [1, 1, 0, 2], 2)
    same(curve.survival, [3 / 4, 1 / 2, 1 / 2, 0])
    same(curve.incidence, [[1 / 4, 0], [1 / 4, 1 / 4], [1 / 4, 1 / 4], [3 / 4, 1 / 4]])
    assert curve.at_risk.tolist() == [4, 3, 2, 1]
    assert curve.censored.tolist() == [0, 0, 1, 0]
    jackknife = incidence_variance(curve, "infinitesimal_jackknife")
    same(jackknife, [[3 / 64, 0], [3 / 64, 3 / 64], [3 / 64, 3 / 64], [3 / 64, 3 / 64]])
    aalen = incidence_variance(curve, "aalen")
    same(aalen[[0, 3], 0], [1 / 16, 23 / 72])


def test_tied_events_by_hand():
    """Two of four at one time: Aalen 2/4^2 x (4 - 2)/(4 - 1), jackknife (1/2)(1/2)/4."""
    curve = aalen_johansen([1, 1, 2, 2], [1, 1, 0, 0], 1)
    same(incidence_variance(curve, "aalen")[0], [1 / 12])
    same(incidence_variance(curve, "infinitesimal_jackknife")[0], [1 / 16])


@pytest.mark.parametrize("part", sorted(PARTS))
def test_incidence_and_both_variances_agree_with_r(part):
    """Cmprsk gives the variance "aalen", survfit the other one."""
    rows, expected = PARTS[part], EXPECTED[part]
    curve = aalen_johansen(TIME[rows], CAUSE[rows], 2)
    aalen = incidence_variance(curve, "aalen")
    jackknife = incidence_variance(curve, "infinitesimal_jackknife")
    same(curve.time, expected["time"])
    same(curve.survival, expected["km_any_event"])
    for cause in (1, 2):
        same(curve.incidence[:, cause - 1], expected[f"cmprsk_cif{cause}"])
        same(aalen[:, cause - 1], expected[f"cmprsk_var{cause}"])
        same(np.sqrt(jackknife[:, cause - 1]), expected[f"survfit_se{cause}"])
    same(naive_incidence(TIME[rows], CAUSE[rows], 1), expected["one_minus_km_naive1"])


def test_incidence_agrees_with_statsmodels():
    """statsmodels 0.15 gives incidences of tied data at event times of any cause."""
    time, cause, _ = drawn(5)
    curve, peer = aalen_johansen(time, cause, 2), CumIncidenceRight(time, cause)
    happens = np.isin(curve.time, peer.times)
    for column in (0, 1):
        same(curve.incidence[happens, column], peer.cinc[column])


@settings(max_examples=30, deadline=None)
@given(samples)
def test_jackknife_variance_is_the_sum_of_squared_influences(rows):
    """Influence of a subject: change of the incidence per unit of its weight, by differences."""
    time, cause = np.array(rows, dtype=float).T
    curve = aalen_johansen(time, cause, 2)
    step = 1e-5
    changes = np.zeros((time.size, curve.time.size))
    for i in range(time.size):
        up, down = (_weighted(time, cause, i, sign * step) for sign in (1, -1))
        changes[i] = (up - down) / (2 * step)
    found = incidence_variance(curve, "infinitesimal_jackknife")[:, 0]
    np.testing.assert_allclose(found, (changes**2).sum(axis=0), atol=1e-7)


def _weighted(time, cause, subject, extra):
    """Incidence of cause 1 when one subject counts 1 + extra, written out as a plain loop."""
    weight = np.ones(time.size)
    weight[subject] += extra
    free, total, path = 1.0, 0.0, []
    for t in np.unique(time):
        there = weight[time >= t].sum()
        total += free * weight[(time == t) & (cause == 1)].sum() / there
        free *= 1 - weight[(time == t) & (cause > 0)].sum() / there
        path.append(total)
    return np.array(path)


@settings(max_examples=30, deadline=None)
@given(samples)
def test_incidences_and_survival_add_up_to_one(rows):
    time, cause = zip(*rows, strict=True)
    curve = aalen_johansen(time, cause, 2)
    same(curve.incidence.sum(axis=1) + curve.survival, np.ones(curve.time.size))
    assert (np.diff(curve.incidence, axis=0) >= 0).all()
    naive = naive_incidence(time, cause, 1)
    assert (naive >= curve.incidence[:, 0] - 1e-12).all()


@settings(max_examples=30, deadline=None)
@given(samples)
def test_one_cause_is_one_minus_kaplan_meier(rows):
    """The jackknife variance is then Greenwood's."""
    time, cause = zip(*rows, strict=True)
    event = np.array(cause) > 0
    curve, peer = aalen_johansen(time, event, 1), kaplan_meier(time, event)
    same(curve.incidence[:, 0], 1 - peer.survival)
    error = np.sqrt(incidence_variance(curve, "infinitesimal_jackknife")[:, 0])
    known = peer.survival > 0
    same(error[known], peer.standard_error[known])


def test_order_of_rows_and_unit_of_time_do_not_matter():
    time, cause, group = drawn(7)
    order = np.random.default_rng(1).permutation(time.size)
    curve, other = aalen_johansen(time, cause, 2), aalen_johansen(30 * time[order], cause[order], 2)
    same(other.incidence, curve.incidence)
    same(other.time, 30 * curve.time)
    for kind in ("aalen", "infinitesimal_jackknife"):
        same(incidence_variance(other, kind), incidence_variance(curve, kind))
    test = gray_test(RiskData(time, cause, group), 1, UNWEIGHTED)
    moved = gray_test(RiskData(30 * time[order], cause[order], group[order]), 1, UNWEIGHTED)
    assert moved.statistic == pytest.approx(test.statistic, rel=1e-12)


def test_causes_that_change_names_change_places():
    time, cause, _ = drawn(8)
    swapped = np.choose(cause, [0, 2, 1])
    curve, other = aalen_johansen(time, cause, 2), aalen_johansen(time, swapped, 2)
    same(other.incidence[:, ::-1], curve.incidence)
    same(incidence_variance(other, "aalen")[:, ::-1], incidence_variance(curve, "aalen"))


def test_near_equal_times_are_one_time():
    assert tied_times([0.1 + 0.2, 0.3, 1.0]).distinct.tolist() == [0.3, 1.0]
    assert aalen_johansen([0.1 + 0.2, 0.3], [1, 2], 2).survival.tolist() == [0.0]


def test_limits_by_hand():
    """F = 1/4 with SE sqrt(3)/8: 0.25 to the power exp(+-1.959964 x 0.216506 / 0.346574).

    The factor is 3.402124, so the limits are 0.008948 and 0.665325.
    """
    curve = aalen_johansen([1, 2, 3, 4], [1, 2, 0, 1], 2)
    plain = incidence_band(curve, PLAIN)
    assert (plain.lower[0, 0], plain.upper[0, 0]) == (0, pytest.approx(0.674345, abs=1e-6))
    loglog = incidence_band(curve, IncidenceConvention(0.95, "infinitesimal_jackknife", "loglog"))
    assert loglog.lower[0, 0] == pytest.approx(0.008948, abs=1e-6)
    assert loglog.upper[0, 0] == pytest.approx(0.665325, abs=1e-6)
    assert np.isnan(loglog.lower[0, 1])
    assert (plain.lower[0, 1], plain.upper[0, 1]) == (0, 0)


def test_incidence_at_a_time():
    """At risk just before the time; the last value is carried; nothing before the first time."""
    curve = aalen_johansen([1, 2, 3, 4], [1, 2, 0, 1], 2)
    found = incidence_at(curve, 2, 2.5, PLAIN)
    assert (found.incidence, found.at_risk) == (0.25, 2)
    assert found.standard_error == pytest.approx((3 / 64) ** 0.5)
    assert incidence_at(curve, 1, 2, PLAIN).at_risk == 3
    before = incidence_at(curve, 1, 0.5, LOGLOG)
    assert (before.incidence, before.lower, before.upper, before.at_risk) == (0, None, None, 4)
    after = incidence_at(curve, 1, 9, LOGLOG)
    assert (after.incidence, after.at_risk) == (0.75, 0)


def test_score_of_gray_by_hand():
    """A: 1 (other), 3 (event); B: 2, 4 (events). Expected in A: 2/4 at 2, 2/3 at 3, 0 at 4.

    At 2 the risk of A is 1 / S = 2 like that of B; at 3 it is 2 against 1 x (1 - 1/2) / (1/2).
    """
    data = RiskData([1, 3, 2, 4], [2, 1, 1, 1], ["A", "A", "B", "B"])
    assert gray_test(data, 1, UNWEIGHTED).score[0] == pytest.approx(1 - 1 / 2 - 2 / 3)


def test_score_of_gray_without_other_causes_is_that_of_the_log_rank_test():
    """A: 1, 3; B: 2, 4, all events: expected in A 2/4 + 1/3 + 1/2."""
    data = RiskData([1, 3, 2, 4], [1, 1, 1, 1], [0, 0, 1, 1])
    assert gray_test(data, 1, UNWEIGHTED).score[0] == pytest.approx(2 - 4 / 3)


def test_variance_of_gray_with_ties_by_hand():
    """Two events in A of 3, none in B of 3, all at once: 2 x 1/4 x 4/5 as in the log-rank test."""
    found = gray_test(
        RiskData([1, 1, 2, 1.5, 2, 2], [1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1]), 1, UNWEIGHTED
    )
    assert found.score[0] == pytest.approx(1)
    assert found.covariance[0, 0] == pytest.approx(0.4, rel=1e-14)
    assert found.statistic == pytest.approx(2.5, rel=1e-14)


def test_variance_of_gray_with_tied_other_events_by_hand():
    """A: two others at 1, an event at 2; B: an event at 2, two censored at 3.

    At 2 both groups have risk 3, so the score is 1 - 1; kernel +-3/2. Events: A 0 (all of its
    risk), B 9/4 x 4/5 x 1/9. Others: (3 x 1/2)^2 x 1/2 x 2/9.
    """
    data = RiskData([1, 1, 2, 2, 3, 3], [2, 2, 1, 1, 0, 0], [0, 0, 0, 1, 1, 1])
    found = gray_test(data, 1, UNWEIGHTED)
    assert found.score[0] == pytest.approx(0, abs=1e-15)
    assert found.covariance[0, 0] == pytest.approx(0.2 + 0.25, rel=1e-14)


@pytest.mark.parametrize(("name", "rho"), [("gray", 0.0), ("gray_rho1", 1.0)])
def test_gray_agrees_with_r(name, rho):
    for cause in (1, 2):
        found = gray_test(RiskData(TIME, CAUSE, GROUP), cause, GrayConvention(rho))
        assert found.statistic == pytest.approx(EXPECTED[name]["stat"][cause - 1], rel=1e-12)
        assert found.p_value == pytest.approx(EXPECTED[name]["p"][cause - 1], rel=1e-12)
        assert found.df == 1


def test_gray_does_not_depend_on_which_group_comes_last():
    time, cause, group = drawn(9, groups=3)
    first = gray_test(RiskData(time, cause, group), 1, UNWEIGHTED)
    other = gray_test(RiskData(time, cause, np.choose(group, [2, 0, 1])), 1, UNWEIGHTED)
    assert first.df == 2
    assert other.statistic == pytest.approx(first.statistic, rel=1e-10)


def test_gray_adds_up_over_strata():
    """Scores and covariances of two strata add; a stratum with one group adds nothing."""
    time, cause, group = drawn(10, 80)
    stratum = np.arange(80) // 40
    parts = [
        gray_test(RiskData(time[rows], cause[rows], group[rows]), 1, UNWEIGHTED)
        for rows in (stratum == 0, stratum == 1)
    ]
    whole = gray_test(RiskData(time, cause, group, stratum), 1, UNWEIGHTED)
    same(whole.score, parts[0].score + parts[1].score)
    same(whole.covariance, parts[0].covariance + parts[1].covariance)
    more = RiskData(
        np.append(time, [3.0, 5.0]),
        np.append(cause, [1, 2]),
        np.append(group, [0, 0]),
        np.append(stratum, [2, 2]),
    )
    same(gray_test(more, 1, UNWEIGHTED).score, whole.score)


def test_gray_holds_its_level():
    """Equal groups with whole-day ties: about 5 % of 400 p-values lie below 0.05."""
    found = [gray_test(RiskData(*drawn(seed, 100)), 1, UNWEIGHTED).p_value for seed in range(400)]
    assert 8 <= np.sum(np.array(found) < 0.05) <= 36


@pytest.mark.parametrize(
    ("time", "cause", "message"),
    [
        ([], [], "not follow-up times"),
        ([1, -2], [0, 1], "not follow-up times"),
        ([1, float("nan")], [0, 1], "not follow-up times"),
        ([1, 2], [0, 3], "not causes"),
        ([1, 2], [0, 0.5], "not causes"),
        ([1, 2], [0], "not causes"),
    ],
)
def test_impossible_data_are_refused(time, cause, message):
    with pytest.raises(DataError, match=message):
        aalen_johansen(time, cause, 2)


def test_impossible_questions_are_refused():
    curve = aalen_johansen([1, 2], [1, 0], 1)
    with pytest.raises(DataError, match="not a cause"):
        incidence_at(curve, 2, 1, PLAIN)
    with pytest.raises(DataError, match="confidence level"):
        incidence_band(curve, IncidenceConvention(95, "aalen", "plain"))
    with pytest.raises(DataError, match="two groups"):
        gray_test(RiskData([1, 2], [1, 1], [0, 0]), 1, UNWEIGHTED)
    with pytest.raises(DataError, match="tell the groups apart"):
        gray_test(RiskData([1, 2, 3], [1, 1, 0], [0, 0, 1], [0, 0, 1]), 1, UNWEIGHTED)
    with pytest.raises(DataError, match="one label a row"):
        gray_test(RiskData([1, 2], [1, 1], [0]), 1, UNWEIGHTED)
