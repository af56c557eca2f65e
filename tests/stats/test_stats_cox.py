"""Cox model: likelihoods solved by hand, R, statsmodels, brute force, laws."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy import optimize
from statsmodels.duration.hazard_regression import PHReg

from support.cox_fits import PLAIN, fit, random_data
from support.survival import columns, reference, same
from trialwright.stats.cox import Sampling
from trialwright.stats.follow_up import follow_up
from trialwright.stats.log_rank import LogRankConvention, log_rank

R = reference("cox")
CASES = R["cases"]


def brute_force(given, x, ties, beta):
    """Log partial likelihood, one risk set after the other."""
    time, event = given["time"], given["event"]
    entry = given.get("entry", np.full(time.size, -np.inf))
    stratum = given.get("stratum", np.zeros(time.size))
    eta, total = x @ beta, 0.0
    for s, t in {(s, t) for s, t, e in zip(stratum, time, event, strict=True) if e}:
        at_risk = (stratum == s) & (entry < t) & (t <= time)
        died = at_risk & event & (time == t)
        d, risk = int(died.sum()), np.exp(eta)
        total += eta[died].sum()
        if ties == "exact":
            sets = combinations(risk[at_risk], d)
            total -= math.log(sum(math.prod(chosen) for chosen in sets))
        for k in range(d if ties != "exact" else 0):
            share = k / d if ties == "efron" else 0
            total -= math.log(risk[at_risk].sum() - share * risk[died].sum())
    return total


# ------------------------------------------------------------------------------- by hand


def test_three_subjects_by_hand():
    """Events at 1 (x = 1) and 2 (x = 0), censored at 3 (x = 1); u = HR.

    L = u/(2u + 1) x 1/(u + 1) is highest at u = 1/sqrt(2); information 2u/(2u + 1)^2 + u/(u + 1)^2.
    """
    found = fit(follow_up([1, 2, 3], [1, 1, 0]), [1, 0, 1])
    u = 0.5**0.5
    information = 2 * u / (2 * u + 1) ** 2 + u / (u + 1) ** 2
    assert found.hazard_ratio[0] == pytest.approx(u, rel=1e-14)
    assert found.standard_error[0] == pytest.approx(information**-0.5, rel=1e-13)
    assert found.log_likelihood == pytest.approx(math.log(u / (2 * u + 1) / (u + 1)), rel=1e-14)
    assert found.log_likelihood_null == pytest.approx(-math.log(6), rel=1e-14)
    assert (found.rows, found.events) == (3, 2)


@pytest.mark.parametrize(("ties", "ratio"), [("breslow", 1 / 2), ("efron", 6**-0.5)])
def test_tied_events_by_hand(ties, ratio):
    """x = 1 and x = 0 at time 1, x = 1 censored later.

    Breslow u/(2u + 1)^2 is highest at 1/2, Efron u/((2u + 1)(3u/2 + 1/2)) at 1/sqrt(6).
    """
    found = fit(follow_up([1, 1, 2], [1, 1, 0]), [1, 0, 1], ties=ties)
    assert found.hazard_ratio[0] == pytest.approx(ratio, rel=1e-13)


def test_exact_ties_by_hand():
    """Events of x = 1 and 0 among 1, 1, 0, 0, 0: u/(u^2 + 6u + 3) is highest at sqrt(3)."""
    found = fit(follow_up([1, 1, 2, 2, 2], [1, 1, 0, 0, 0]), [1, 0, 1, 0, 0], ties="exact")
    assert found.hazard_ratio[0] == pytest.approx(3**0.5, rel=1e-13)
    assert found.log_likelihood_null == pytest.approx(-math.log(10), rel=1e-14)


def test_a_value_far_from_the_others_does_not_throw_the_search_off():
    """Newton's own steps leave for ever here; the slope at the estimate is 0, written out."""
    time = np.array([6.0, 5, 10, 3, 1, 7, 4, 9, 2, 8])
    x = np.array([6.0, 0, 3, 0, 49, 1, 0, 5, 0, 8])
    found = fit(follow_up(time, np.ones(10)), x)
    risk = np.exp(x * found.coefficient[0])
    means = [(risk * x)[time >= t].sum() / risk[time >= t].sum() for t in time]
    assert x.sum() == pytest.approx(sum(means), rel=1e-12)
    assert found.coefficient[0] > 0.05


# ------------------------------------------------------------------------------- other programs


@pytest.mark.parametrize("name", CASES)
def test_values_of_r(name):
    """All to 1e-10; R rounds its Wald statistic to 4 digits."""
    case, data = CASES[name], columns("ties" if name.startswith("ties") else "two_arm")
    if name.startswith("ties"):
        x = np.column_stack([data["group"] == "B", data["group"] == "C"])
    else:
        x = np.column_stack([data[key] for key in case["names"]])
    strata = {"strat": data.get("site"), "strat2": data.get("site", 0) * 10 + data.get("ecog", 0)}
    stratum = next((by for key, by in strata.items() if key in name.split("_")), None)
    sampling = Sampling(cluster=data["site"]) if "robust" in name else PLAIN
    followed = follow_up(data["time"], data["status"], stratum=stratum)
    found = fit(followed, x, ties=case["ties"], sampling=sampling, level=case["level"])
    for key, value in (
        ("coef", found.coefficient), ("se", found.standard_error), ("vcov", found.covariance),
        ("hr", found.hazard_ratio), ("hr_lower", found.lower), ("hr_upper", found.upper),
        ("p_wald", found.p_value), ("loglik", [found.log_likelihood_null, found.log_likelihood]),
    ):  # fmt: skip
        same(value, case[key], rtol=1e-10)
    for key, test in (("lrt", found.likelihood_ratio), ("score", found.score)):
        same([test.statistic, test.df, test.p_value], case[key], rtol=1e-10)
    assert found.wald.statistic == pytest.approx(case["wald"][0], rel=5e-4)
    assert found.wald.p_value == pytest.approx(case["wald"][2], rel=1e-10)
    same(found.model_covariance, case.get("naive_vcov", case["vcov"]), rtol=1e-10)
    assert (found.rows, found.events) == (case["n"], case["nevent"])


@pytest.mark.parametrize("cause", ["1", "2"])
def test_cause_specific_hazards_of_r(cause):
    """The other cause censors."""
    data, case = columns("competing_small"), R["cause_specific"][cause]
    found = fit(follow_up(data["time"], data["cause"] == int(cause)), data["group"])
    same([found.coefficient[0], found.standard_error[0]], [case["coef"], case["se"]], rtol=1e-10)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("strata", [False, True])
def test_values_of_statsmodels_with_late_entry(ties, strata):
    """Entries between the times: statsmodels has a row at risk at its entry already."""
    given, x = random_data(8, entry=True, strata=strata, rows=80)
    given["entry"] = given["entry"] + 0.5
    peer = PHReg(
        given["time"], x, given["event"].astype(int), ties=ties, entry=given["entry"],
        strata=given.get("stratum"),
    ).fit(disp=0)  # fmt: skip
    found = fit(follow_up(**given), x, ties=ties)
    same(found.coefficient, peer.params, rtol=1e-6)
    same(found.standard_error, peer.bse, rtol=1e-6)


# ------------------------------------------------------------------------------- brute force


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
@pytest.mark.parametrize("entry", [False, True])
@pytest.mark.parametrize("strata", [False, True])
def test_the_highest_partial_likelihood_is_found(ties, entry, strata):
    """Value at the estimate, slope 0 there, and curvature, from sums written out one by one."""
    given, x = random_data(7, entry=entry, strata=strata, rows=28)
    found = fit(follow_up(**given), x, ties=ties)

    def value(beta):
        return brute_force(given, x, ties, beta)

    top = found.coefficient
    assert found.log_likelihood == pytest.approx(value(top), rel=1e-12)
    assert found.log_likelihood_null == pytest.approx(value(np.zeros(2)), rel=1e-12)
    slope = optimize.approx_fprime(top, value, 1e-6)
    np.testing.assert_allclose(slope, 0, atol=2e-5)
    step = 1e-3
    for i, j in ((0, 0), (0, 1), (1, 1)):
        a, b = step * np.eye(2)[i], step * np.eye(2)[j]
        second = value(top + a + b) - value(top + a - b) - value(top - a + b) + value(top - a - b)
        information = np.linalg.inv(found.covariance)[i, j]
        assert -second / (4 * step**2) == pytest.approx(information, rel=1e-4, abs=1e-4)


# ------------------------------------------------------------------------------- laws


@pytest.mark.parametrize(("ties", "rtol"), [("exact", 1e-12), ("breslow", None)])
def test_the_score_test_is_the_log_rank_test(ties, rtol):
    """With exact ties; Breslow's differs when events are tied."""
    data = columns("two_arm")
    followed = follow_up(data["time"], data["status"], stratum=data["site"])
    plain = log_rank(followed, data["arm"], LogRankConvention("log_rank")).test.statistic
    score = fit(followed, data["arm"], ties=ties).score.statistic
    if rtol:
        assert score == pytest.approx(plain, rel=rtol)
    else:
        assert abs(score / plain - 1) > 0.01


@pytest.mark.parametrize("ties", ["efron", "breslow", "exact"])
def test_order_of_rows_and_units_change_nothing(ties):
    given, x = random_data(4, entry=True, strata=True)
    first = fit(follow_up(**given), x, ties=ties)
    mixed = np.random.default_rng(1).permutation(len(x))
    moved = {key: value[mixed] for key, value in given.items()}
    moved |= {"time": moved["time"] / 30.4375, "entry": moved["entry"] / 30.4375}
    again = fit(follow_up(**moved), (x * [1, 365.25] + [7, -1e4])[mixed], ties=ties)
    same(again.coefficient * [1, 365.25], first.coefficient, rtol=1e-8)
    same(again.standard_error * [1, 365.25], first.standard_error, rtol=1e-8)
    same(again.log_likelihood, first.log_likelihood, rtol=1e-10)


def test_only_the_order_of_times_matters():
    given, x = random_data(6)
    first = fit(follow_up(**given), x)
    same(fit(follow_up(given["time"] ** 3, given["event"]), x).coefficient, first.coefficient)


def test_other_arm_as_reference_inverts_the_ratio():
    data = columns("two_arm")
    followed = follow_up(data["time"], data["status"])
    one, other = fit(followed, data["arm"]), fit(followed, 1 - data["arm"])
    same(other.hazard_ratio, 1 / one.hazard_ratio, rtol=1e-11)
    same(other.lower, 1 / one.upper, rtol=1e-11)
    same(other.p_value, one.p_value, rtol=1e-10)


def test_a_whole_weight_is_that_many_rows():
    """Breslow; with Efron a weight is not a tie."""
    given, x = random_data(9, entry=True, strata=True)
    weight = np.random.default_rng(3).integers(1, 4, len(x))
    copied = follow_up(**{key: np.repeat(value, weight) for key, value in given.items()})
    one = fit(follow_up(**given), x, ties="breslow", sampling=Sampling(weight=weight))
    many = fit(copied, np.repeat(x, weight, axis=0), ties="breslow")
    same(one.coefficient, many.coefficient, rtol=1e-10)
    same(one.covariance, many.covariance, rtol=1e-10)
    same(one.log_likelihood, many.log_likelihood)
    assert one.rows == 40


def test_equal_weights_do_not_move_efrons_estimate():
    given, x = random_data(9)
    plain = fit(follow_up(**given), x)
    heavy = fit(follow_up(**given), x, sampling=Sampling(weight=np.full(len(x), 2.5)))
    same(heavy.coefficient, plain.coefficient, rtol=1e-10)
    same(heavy.covariance * 2.5, plain.covariance, rtol=1e-10)


def test_robust_variance_counts_a_cluster_once():
    """Every row twice in one cluster says what every row once says."""
    given, x = random_data(10, entry=True, strata=True)
    single = fit(
        follow_up(**given), x, ties="breslow", sampling=Sampling(cluster=np.arange(len(x)))
    )
    twice = follow_up(**{key: np.tile(value, 2) for key, value in given.items()})
    double = fit(
        twice,
        np.tile(x, (2, 1)),
        ties="breslow",
        sampling=Sampling(cluster=np.tile(np.arange(len(x)), 2)),
    )
    same(double.covariance, single.covariance, rtol=1e-9)
    same(double.model_covariance * 2, single.model_covariance, rtol=1e-9)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_robust_variance_is_that_of_the_influences(ties):
    """The influence of a row is the slope of the estimate in its weight, here by differences."""
    given, x = random_data(12, entry=True, strata=True)
    followed = follow_up(**given)
    weight = np.linspace(0.5, 2, len(x))
    influences = []
    for row in range(len(x)):
        step = 1e-4 * np.eye(len(x))[row]
        up, down = (
            fit(followed, x, ties=ties, sampling=Sampling(weight=weight + side * step)).coefficient
            for side in (1, -1)
        )
        influences.append(weight[row] * (up - down) / 2e-4)
    sampling = Sampling(weight=weight, cluster=np.arange(len(x)))
    found = fit(followed, x, ties=ties, sampling=sampling)
    same(found.covariance, np.array(influences).T @ np.array(influences), rtol=1e-6)


def test_a_subject_in_two_spells_is_one_subject():
    """Cut at a time: the same risk sets, the same estimate."""
    given, x = random_data(13)
    cut = given["time"] > 6
    rows = np.concatenate([np.flatnonzero(cut), np.arange(40)])
    time = np.append(np.full(cut.sum(), 6.0), given["time"])
    event = np.append(np.zeros(cut.sum(), bool), given["event"])
    entry = np.append(np.full(cut.sum(), -np.inf), np.where(cut, 6.0, -np.inf))
    same(
        fit(follow_up(time, event, entry=entry), x[rows]).coefficient,
        fit(follow_up(**given), x).coefficient,
        rtol=1e-11,
    )
