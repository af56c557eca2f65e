"""Difference of two proportions: published intervals, statsmodels, laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special
from statsmodels.stats.proportion import confint_proportions_2indep

from trialwright.core.errors import DataError
from trialwright.stats.proportion_difference import (
    DIFFERENCE_METHOD_NAMES,
    DIFFERENCE_METHODS,
    DifferenceConvention,
    ProportionCounts,
    proportion_difference,
)

METHODS = sorted(DIFFERENCE_METHODS)
group = st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
#: Newcombe, Stat Med 1998;17:873-890, Table II, at 95 %: x1, n1, x2, n2; Wald (method 1),
#: Miettinen-Nurminen (6), hybrid score (10); as printed, to four digits.
PUBLISHED = [
    ((56, 70, 48, 80), (0.0575, 0.3425), (0.0528, 0.3382), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.2605, 0.9395), (0.1700, 0.8406), (0.1705, 0.8090)),
    ((6, 7, 2, 7), (0.1481, 0.9947), (0.0342, 0.8534), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (0.0146, 0.1640), (-0.0326, 0.1933), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (0, 0), (-0.1658, 0.2844), (-0.1611, 0.2775)),
    ((0, 10, 0, 10), (0, 0), (-0.2879, 0.2879), (-0.2775, 0.2775)),
    ((10, 10, 0, 20), (1, 1), (0.7156, 1), (0.6791, 1)),
    ((10, 10, 0, 10), (1, 1), (0.6636, 1), (0.6075, 1)),
]


def limits(counts, method, conf_level=0.95):
    found = proportion_difference(
        ProportionCounts(*counts), DifferenceConvention(conf_level, method)
    )
    return found.lower, found.upper


@pytest.mark.parametrize(("counts", "wald", "score", "hybrid"), PUBLISHED)
def test_published_intervals(counts, wald, score, hybrid):
    assert limits(counts, "wald") == pytest.approx(wald, abs=5.1e-5)
    assert limits(counts, "miettinen_nurminen") == pytest.approx(score, abs=5.1e-5)
    assert limits(counts, "newcombe") == pytest.approx(hybrid, abs=5.1e-5)


def test_newcombe_is_the_default_and_the_point_is_the_risk_difference():
    found = proportion_difference(ProportionCounts(6, 30, 3, 10), DifferenceConvention(0.95))
    assert found.difference == pytest.approx(-0.1)
    assert (found.lower, found.upper) == limits((6, 30, 3, 10), "newcombe")


@pytest.mark.parametrize(("method", "peer"), [("newcombe", "newcomb"), ("wald", "wald")])
def test_agrees_with_statsmodels(method, peer):
    """statsmodels 0.15; its score interval misses the published ones, so it is no peer for it."""
    for counts in ((3, 17, 9, 30), (20, 24, 2, 9), (4, 50, 38, 50)):
        x1, n1, x2, n2 = counts
        expected = confint_proportions_2indep(
            x1, n1, x2, n2, method=peer, compare="diff", alpha=0.1
        )
        assert limits(counts, method, 0.9) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=25, deadline=None)
@given(group, group)
def test_score_limits_solve_their_equation(first, second):
    """Independent search for the most likely pair of proportions with the difference of a limit."""
    counts = (*first, *second)
    observed = first[0] / first[1] - second[0] / second[1]
    total = first[1] + second[1]
    for limit in limits(counts, "miettinen_nurminen"):
        p1, p2 = _likely_pair(counts, limit)
        variance = p1 * (1 - p1) / first[1] + p2 * (1 - p2) / second[1]
        if variance > 1e-6 and abs(limit) < 1:
            statistic = (observed - limit) ** 2 / (variance * total / (total - 1))
            assert statistic == pytest.approx(1.959964**2, rel=1e-3)


def _likely_pair(counts, difference):
    x1, n1, x2, n2 = counts

    def lost(p2):
        p1 = np.clip(p2 + difference, 0, 1)
        return -(
            special.xlogy(x1, p1)
            + special.xlog1py(n1 - x1, -p1)
            + special.xlogy(x2, p2)
            + special.xlog1py(n2 - x2, -p2)
        )

    ends = (max(0.0, -difference), min(1.0, 1 - difference))
    found = optimize.minimize_scalar(lost, bounds=ends, method="bounded", options={"xatol": 1e-12})
    best = min((found.x, *ends), key=lost)
    return float(np.clip(best + difference, 0, 1)), float(best)


@settings(max_examples=30, deadline=None)
@given(group, group, st.sampled_from(METHODS), st.floats(0.5, 0.99))
def test_laws(first, second, method, level):
    """Groups that change places turn the sign; events and others too; limits enclose the point."""
    lower, upper = limits((*first, *second), method, level)
    assert -1 <= lower <= first[0] / first[1] - second[0] / second[1] <= upper <= 1
    swapped = limits((*second, *first), method, level)
    assert (-swapped[1], -swapped[0]) == pytest.approx((lower, upper), abs=1e-9)
    (x1, n1), (x2, n2) = first, second
    mirrored = limits((n1 - x1, n1, n2 - x2, n2), method, level)
    assert (-mirrored[1], -mirrored[0]) == pytest.approx((lower, upper), abs=1e-9)


def test_coverage_of_the_default_is_near_its_level():
    """Every outcome of 20 and 15 subjects with true rates 0.3 and 0.6: 93 to 98 %."""
    n1, n2, p1, p2 = 20, 15, 0.3, 0.6
    covered = 0.0
    for x1 in range(n1 + 1):
        for x2 in range(n2 + 1):
            lower, upper = limits((x1, n1, x2, n2), "newcombe")
            chance = special.binom(n1, x1) * p1**x1 * (1 - p1) ** (n1 - x1)
            chance *= special.binom(n2, x2) * p2**x2 * (1 - p2) ** (n2 - x2)
            covered += chance * (lower <= p1 - p2 <= upper)
    assert 0.93 < covered < 0.98


@pytest.mark.parametrize("counts", [(0, 0, 1, 2), (1, 2, 3, 2), (-1, 2, 1, 2)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(DataError, match="No proportion"):
        limits(counts, "newcombe")


def test_impossible_levels_are_refused():
    for method in METHODS:
        with pytest.raises(DataError, match="confidence level"):
            limits((1, 2, 1, 2), method, 95)


def test_every_method_has_a_name():
    assert set(DIFFERENCE_METHOD_NAMES) == set(DIFFERENCE_METHODS)
