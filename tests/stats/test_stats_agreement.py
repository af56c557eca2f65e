"""Cohen's kappa: a published table worked by hand, statsmodels, and what has no kappa."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from trialwright.core.errors import DataError
from trialwright.stats.agreement import (
    COMPLETE,
    NO_SPREAD,
    NOBODY,
    ONE_CATEGORY,
    ONE_CELL,
    cohen_kappa,
)

#: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed., Table 18.1:
#: 100 patients by two raters (psychotic, neurotic, organic).
FLEISS = ((75, 1, 4), (5, 4, 1), (0, 0, 10))


def test_kappa_of_the_published_table():
    """p_o = 0.75 + 0.04 + 0.10 = 0.89; p_e = 0.80 x 0.80 + 0.10 x 0.05 + 0.10 x 0.15 = 0.66.

    kappa = 0.23 / 0.34 = 0.676; the book gives 0.68 with standard error 0.087 for the interval.
    """
    found = cohen_kappa(FLEISS, 0.95)
    assert found.observed == pytest.approx(0.89, abs=1e-15)
    assert found.expected == pytest.approx(0.66, abs=1e-15)
    assert found.value == pytest.approx(0.23 / 0.34, abs=1e-15)
    assert found.subjects == 100
    assert found.note == ""


def test_standard_error_of_the_published_table():
    """The book's form of the variance, (18.13): A + B - C over (1 - p_e)^2 n, by hand.

    A sums the diagonal, p_ii [1 - (p_i. + p_.i)(1 - kappa)]^2; B the rest, (1 - kappa)^2
    p_ij (p_.i + p_j.)^2; C = [kappa - p_e (1 - kappa)]^2.
    """
    kappa = 0.23 / 0.34
    a = (
        0.75 * (1 - 1.60 * (1 - kappa)) ** 2
        + 0.04 * (1 - 0.15 * (1 - kappa)) ** 2
        + 0.10 * (1 - 0.25 * (1 - kappa)) ** 2
    )
    off = 0.01 * 0.90**2 + 0.04 * 0.90**2 + 0.05 * 0.85**2 + 0.01 * 0.15**2
    c = (kappa - 0.66 * (1 - kappa)) ** 2
    error = sqrt((a + (1 - kappa) ** 2 * off - c) / (0.34**2 * 100))
    assert error == pytest.approx(0.0877, abs=5e-5)
    found = cohen_kappa(FLEISS, 0.95)
    assert found.standard_error == pytest.approx(error, abs=1e-14)
    assert found.lower == pytest.approx(0.676471 - 1.959964 * 0.087703, abs=1e-5)
    assert found.upper == pytest.approx(0.676471 + 1.959964 * 0.087703, abs=1e-5)


def test_weighted_kappas_of_the_published_table():
    """Neighbours: 7 of 100 (1 + 5 + 1), 14 % by chance; far apart: 4 of 100 and the rest.

    Linear, neighbours agree by 1/2: (0.89 + 0.035 - 0.73) / 0.27 with p_e = 0.66 + 0.07 = 0.73.
    Quadratic, neighbours agree by 3/4: (0.89 + 0.0525 - 0.765) / 0.235, p_e = 0.66 + 0.105.
    """
    linear = cohen_kappa(FLEISS, 0.95, "linear")
    assert linear.observed == pytest.approx(0.925, abs=1e-15)
    assert linear.expected == pytest.approx(0.73, abs=1e-15)
    assert linear.value == pytest.approx(0.195 / 0.27, abs=1e-14)
    quadratic = cohen_kappa(FLEISS, 0.95, "quadratic")
    assert quadratic.observed == pytest.approx(0.9425, abs=1e-15)
    assert quadratic.value == pytest.approx(0.1775 / 0.235, abs=1e-14)


def test_two_by_two_by_hand():
    """20, 5 / 10, 15: p_o = 0.7, p_e = 0.5 x 0.6 + 0.5 x 0.4 = 0.5, kappa = 0.4."""
    found = cohen_kappa(((20, 5), (10, 15)), 0.95)
    assert found.value == pytest.approx(0.4, abs=1e-15)
    assert cohen_kappa(((20, 5), (10, 15)), 0.95, "linear").value == found.value


@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic"])
def test_against_statsmodels(weights):
    """statsmodels 0.14, cohens_kappa: value and standard error of 200 random tables."""
    kind = None if weights == "unweighted" else weights
    random = np.random.default_rng(7)
    for size in (2, 3, 4, 5):
        for _ in range(50):
            table = random.integers(1, 9, (size, size))
            theirs = cohens_kappa(table, wt=kind)
            ours = cohen_kappa(table.tolist(), 0.95, weights)
            assert ours.value == pytest.approx(theirs.kappa, abs=1e-12)
            assert ours.standard_error == pytest.approx(theirs.std_kappa, abs=1e-12)


@pytest.mark.parametrize(
    ("table", "value", "note"),
    [
        (((0, 0), (0, 0)), None, NOBODY),
        (((0, 0), (0, 7)), None, ONE_CELL),
        (((4, 0), (0, 3)), 1.0, COMPLETE),
        (((4, 3), (0, 0)), 0.0, ONE_CATEGORY),
        (((4, 0), (3, 0)), 0.0, ONE_CATEGORY),
        (((0, 5), (5, 0)), -1.0, NO_SPREAD),
    ],
)
def test_what_has_no_kappa_or_no_interval_says_so(table, value, note):
    for weights in ("unweighted", "linear", "quadratic"):
        found = cohen_kappa(table, 0.95, weights)
        assert (found.value, found.note) == (value, note)
        assert (found.standard_error, found.lower, found.upper) == (None, None, None)


def test_the_interval_stays_within_its_range():
    """4, 1 / 0, 4: kappa = 1 - (1/9) / (1 - 40/81) = 0.780; plus 1.96 SE is above 1."""
    found = cohen_kappa(((4, 1), (0, 4)), 0.95)
    assert found.value == pytest.approx(1 - (1 / 9) / (1 - 40 / 81), abs=1e-12)
    assert found.upper == 1.0


@pytest.mark.parametrize("table", [((1,),), ((1, 2), (3,)), ((1, -1), (0, 2)), ()])
def test_what_is_no_table_is_refused(table):
    with pytest.raises(DataError, match="no table of agreement"):
        cohen_kappa(table, 0.95)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=4, max_size=4),
    st.sampled_from(["unweighted", "linear", "quadratic"]),
)
def test_raters_may_change_places_and_counts_may_double(table, weights):
    """Kappa does not depend on who is first; of twice the subjects the error is 1/sqrt(2)."""
    found = cohen_kappa(table, 0.95, weights)
    turned = cohen_kappa(list(zip(*table, strict=True)), 0.95, weights)
    assert (found.value, found.lower, found.upper) == (turned.value, turned.lower, turned.upper)
    twice = cohen_kappa([[2 * n for n in row] for row in table], 0.95, weights)
    assert twice.value == found.value
    if found.standard_error is not None:
        assert twice.standard_error == pytest.approx(found.standard_error / sqrt(2))
