"""Intervals and tails of one proportion against published numbers, R, statsmodels and laws."""

from __future__ import annotations

import json
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from trialwright.core.errors import DataError
from trialwright.stats.binomial import (
    METHOD_NAMES,
    METHODS,
    binomial_at_least,
    binomial_pmf,
    exact_p_value,
    proportion_interval,
)

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "binomial_intervals.json").read_text("utf-8")
)["cases"]
counts = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.floats(0.5, 0.999)
#: Of these the limits may be cut off at 0 and 1 beyond the first and last count.
OPEN_ENDED = {"agresti_coull", "wilson_cc"}
methods = st.sampled_from(sorted(METHODS))


@pytest.mark.parametrize(
    ("x", "lower", "upper"),
    [(0, 0.0, 11.6), (3, 2.1, 26.5), (5, 5.6, 34.7), (9, 14.7, 49.4), (15, 31.3, 68.7)],
)
def test_anchor_intervals_of_thirty_subjects(x, lower, upper):
    """Anchor values of rule T-01: exact 95 % intervals of x/30 in percent."""
    interval = proportion_interval(x, 30, 0.95, "clopper_pearson")
    assert [round(100 * limit, 1) for limit in interval] == [lower, upper]


def test_no_event_is_the_rule_of_the_nth_root():
    """With 0 of n the exact upper limit solves (1 - p)^n = alpha / 2 (Clopper, Pearson 1934)."""
    lower, upper = proportion_interval(0, 30, 0.95, "clopper_pearson")
    assert lower == 0
    assert (1 - upper) ** 30 == pytest.approx(0.025, rel=1e-13)


def test_the_four_intervals_of_two_in_ten():
    """Hand-worked Wilson: centre (2 + 1.92073) / 13.84146, half width from 1.6 + 0.96036."""
    lower, upper = proportion_interval(2, 10, 0.95, "wilson")
    assert (lower + upper) / 2 == pytest.approx(3.920729 / 13.841459, abs=1e-6)
    assert (upper - lower) / 2 == pytest.approx(1.959964 * 2.560365**0.5 / 13.841459, abs=1e-6)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_agrees_with_r(method):
    """190 cases, see the source in the reference file; mid-p there is good to about 1e-13.

    The reference does not cut off Agresti-Coull at 0 and 1.
    """
    for case in REFERENCE:
        found = proportion_interval(case["x"], case["n"], case["conf"], method)
        expected = np.clip(case[method], 0, 1).tolist()
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-15), case


@pytest.mark.parametrize(
    ("method", "peer"),
    [
        ("clopper_pearson", "beta"),
        ("wilson", "wilson"),
        ("jeffreys", "jeffreys"),
        ("jeffreys_raw", "jeffreys"),
        ("agresti_coull", "agresti_coull"),
    ],
)
def test_agrees_with_statsmodels(method, peer):
    """statsmodels 0.15, which puts no exact ends on Jeffreys, hence 0 < x < n."""
    for n in (7, 30, 100):
        for x in range(1, n):
            expected = np.clip(proportion_confint(x, n, alpha=0.1, method=peer), 0, 1).tolist()
            assert proportion_interval(x, n, 0.90, method) == pytest.approx(expected, rel=1e-10)


@given(counts, levels)
def test_mid_p_solves_its_equation(xn, level):
    """At each limit half of the observed probability counts to its tail (Lancaster 1961)."""
    x, n = xn
    lower, upper = proportion_interval(x, n, level, "midp")
    tail = (1 - level) / 2
    if x > 0:
        above = float(binomial_at_least(x + 1, n, lower)) + float(binomial_pmf(x, n, lower)) / 2
        assert above == pytest.approx(tail, rel=1e-9)
    if x < n:
        below = 1 - float(binomial_at_least(x, n, upper)) + float(binomial_pmf(x, n, upper)) / 2
        assert below == pytest.approx(tail, rel=1e-6, abs=1e-9)


@given(counts, levels, methods)
def test_limits_mirror_when_events_and_others_change_places(xn, level, method):
    x, n = xn
    lower, upper = proportion_interval(x, n, level, method)
    mirrored = proportion_interval(n - x, n, level, method)
    assert (1 - upper, 1 - lower) == pytest.approx(mirrored, abs=1e-12)


@given(counts, levels, methods)
def test_limits_enclose_the_estimate_and_rise_with_the_count(xn, level, method):
    """Jeffreys without exact ends excludes a share of 0 or 1."""
    x, n = xn
    lower, upper = proportion_interval(x, n, level, method)
    assert 0 <= lower < upper <= 1
    if method != "jeffreys_raw":
        assert lower <= x / n <= upper
    if x < n:
        higher = proportion_interval(x + 1, n, level, method)
        assert higher[0] > lower or (higher[0] == 0 and method in OPEN_ENDED)
        assert higher[1] > upper or upper == 1


def test_wilson_with_continuity_correction_by_hand():
    """2 of 10 at 95 %: lower from 1.5, upper from 2.5; z^2 = 3.841459.

    Lower (1.5 + 1.920729 - sqrt(3.841459) x sqrt(1.5 x 8.5 / 10 + 0.960365)) / 13.841459.
    """
    lower, upper = proportion_interval(2, 10, 0.95, "wilson_cc")
    assert lower == pytest.approx((3.420729 - 1.959964 * 2.235365**0.5) / 13.841459, abs=1e-6)
    assert upper == pytest.approx((4.420729 + 1.959964 * 2.835365**0.5) / 13.841459, abs=1e-6)


def test_agresti_coull_by_hand():
    """2 of 10 at 95 %: 3.920729 of 13.841459 subjects, Wald; cut off at 0 for none of ten."""
    lower, upper = proportion_interval(2, 10, 0.95, "agresti_coull")
    p = 3.920729 / 13.841459
    half = 1.959964 * (p * (1 - p) / 13.841459) ** 0.5
    assert (lower, upper) == (
        pytest.approx(p - half, abs=1e-6),
        pytest.approx(p + half, abs=1e-6),
    )
    assert proportion_interval(0, 10, 0.95, "agresti_coull")[0] == 0


@pytest.mark.parametrize("n", [5, 17, 30])
def test_exact_interval_covers_at_least_its_level(n):
    """Coverage by enumeration of every outcome at 400 true rates."""
    limits = np.array([proportion_interval(x, n, 0.95, "clopper_pearson") for x in range(n + 1)])
    for p in np.linspace(0.001, 0.999, 400):
        inside = (limits[:, 0] <= p) & (p <= limits[:, 1])
        weight = [comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(n + 1)]
        assert np.dot(weight, inside) >= 0.95


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_tail_is_the_sum_of_the_single_probabilities(n, p):
    """Independent arithmetic: sums of C(n, k) p^k (1-p)^(n-k)."""
    single = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    assert binomial_pmf(np.arange(n + 1), n, p) == pytest.approx(single, rel=1e-9)
    tails = [sum(single[k:]) for k in range(n + 1)]
    assert binomial_at_least(np.arange(n + 1), n, p) == pytest.approx(tails, rel=1e-9)


def test_tails_outside_the_possible_counts():
    assert binomial_at_least([-2, 0, 4, 5], 3, 0.2).tolist() == [1.0, 1.0, 0.0, 0.0]
    assert binomial_pmf([-1, 4], 3, 0.2).tolist() == [0.0, 0.0]


def test_exact_p_value_of_five_in_thirty():
    """Rule T-13: with p0 = 5 % five of 30 have p = 0.016, four 0.061; nobody has p = 1."""
    assert round(exact_p_value(5, 30, 0.05), 3) == 0.016
    assert round(exact_p_value(4, 30, 0.05), 3) == 0.061
    assert exact_p_value(0, 30, 0.05) == 1.0


@pytest.mark.parametrize(("x", "n"), [(0, 0), (4, 3), (-1, 3)])
def test_impossible_counts_are_refused(x, n):
    with pytest.raises(DataError, match="No proportion") as refusal:
        proportion_interval(x, n, 0.95, "clopper_pearson")
    assert f'events "{x}" of "{n}" subjects' in str(refusal.value)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, float("nan")])
def test_impossible_levels_are_refused(level):
    with pytest.raises(DataError, match="not a confidence level"):
        proportion_interval(1, 3, level, "wilson")


def test_every_method_has_a_name():
    assert set(METHOD_NAMES) == set(METHODS)
