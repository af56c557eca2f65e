"""Log-rank tests: 2x2 tables by hand, R, statsmodels, lifelines, exact fractions, laws."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines.statistics import multivariate_logrank_test
from statsmodels.duration.survfunc import survdiff

from support.survival import columns, reference, same
from trialwright.core.errors import DataError
from trialwright.stats.follow_up import follow_up
from trialwright.stats.log_rank import (
    NOTHING_TO_COMPARE,
    LogRankConvention,
    log_rank,
    log_rank_trend,
)

PLAIN = LogRankConvention("log_rank")
GEHAN = LogRankConvention("gehan_wilcoxon")
TARONE = LogRankConvention("tarone_ware")
PETO = LogRankConvention("fleming_harrington", rho=1)
CASES = reference("log_rank")["cases"]
#: A: 1, 3, 4+. B: 2, 3+, 5.
SIX = ([1, 3, 4, 2, 3, 5], [1, 1, 0, 1, 0, 1], list("AAABBB"))
subjects = st.lists(
    st.tuples(st.integers(1, 12), st.booleans(), st.sampled_from("ABC"), st.integers(0, 6)),
    min_size=2,
    max_size=25,
).filter(lambda rows: len({row[2] for row in rows}) > 1)


def compare(time, event, group, convention=PLAIN, **more):
    return log_rank(follow_up(time, event, **more), group, convention)


def oracle(rows, groups):
    """O, E and V in fractions, one risk set after the other; rows of (time, event, group, entry)."""
    size = range(len(groups))
    observed = [Fraction(0) for _ in size]
    expected = [Fraction(0) for _ in size]
    variance = [[Fraction(0) for _ in size] for _ in size]
    for t in sorted({row[0] for row in rows if row[1]}):
        there = [row for row in rows if row[3] < t <= row[0]]
        died = [row for row in there if row[0] == t and row[1]]
        n, d = len(there), len(died)
        share = [Fraction(sum(row[2] == group for row in there), n) for group in groups]
        for i in size:
            observed[i] += sum(row[2] == groups[i] for row in died)
            expected[i] += d * share[i]
            for j in size:
                if n > 1:
                    spread = Fraction(d * (n - d), n - 1)
                    variance[i][j] += spread * share[i] * (int(i == j) - share[j])
    return observed, expected, variance


# ------------------------------------------------------------------------------- by hand


def test_four_tables_by_hand():
    """At 1, 2, 3, 5: N = 6, 5, 4, 1, of A 3, 2, 2, 0, one event each, of A at 1 and 3.

    E = 1/2 + 2/5 + 1/2 = 7/5, V = 1/4 + 6/25 + 1/4 = 37/50, (2 - 7/5)^2 / V = 18/37.
    """
    found = compare(*SIX)
    assert found.groups == ("A", "B")
    assert found.rows.tolist() == [3, 3]
    assert found.events.tolist() == [2, 2]
    same(found.observed, [2, 2])
    same(found.expected, [7 / 5, 13 / 5])
    same(found.variance, [[37 / 50, -37 / 50], [-37 / 50, 37 / 50]])
    assert found.test.statistic == pytest.approx(18 / 37, rel=1e-14)
    assert found.test.df == 1
    assert found.test.p_value == pytest.approx(math.erfc(math.sqrt(9 / 37)), rel=1e-13)


@pytest.mark.parametrize(
    ("convention", "observed", "expected", "variance"),
    [
        (GEHAN, 6 + 4, 6 / 2 + 5 * 2 / 5 + 4 / 2, 36 / 4 + 25 * 6 / 25 + 16 / 4),
        (TARONE, 6**0.5 + 2, 6**0.5 / 2 + 5**0.5 * 2 / 5 + 2 / 2, 6 / 4 + 5 * 6 / 25 + 4 / 4),
        (PETO, 1 + 2 / 3, 1 / 2 + 5 / 6 * 2 / 5 + 2 / 3 / 2, 1 / 4 + 1 / 6 + 1 / 9),
        (
            LogRankConvention("fleming_harrington", gamma=1),
            1 / 3,
            1 / 6 * 2 / 5 + 1 / 3 / 2,
            6 / 900 + 1 / 36,
        ),
    ],
)
def test_weights_by_hand(convention, observed, expected, variance):
    """The same tables weighted by N = 6, 5, 4, by its root, by S(t-) = 1, 5/6, 2/3, by 1 - S(t-)."""
    found = compare(*SIX, convention)
    assert found.observed[0] == pytest.approx(observed, rel=1e-14)
    assert found.expected[0] == pytest.approx(expected, rel=1e-14)
    assert found.variance[0, 0] == pytest.approx(variance, rel=1e-14)
    assert found.test.statistic == pytest.approx((observed - expected) ** 2 / variance, rel=1e-13)


def test_tied_events_by_hand():
    """A: 4, 4, 7+. B: 4, 6+, 8. At 4: N = 6, D = 3, E = 3/2, V = 3 x 1/4 x 3/5 = 9/20; at 8 N = 1."""
    found = compare([4, 4, 7, 4, 6, 8], [1, 1, 0, 1, 0, 1], list("AAABBB"))
    same(found.expected, [3 / 2, 5 / 2])
    assert found.variance[0, 0] == pytest.approx(9 / 20, rel=1e-14)
    assert found.test.statistic == pytest.approx((1 / 4) / (9 / 20), rel=1e-14)


def test_late_entry_by_hand():
    """B enters at 1 and 2. At 2 (entry 2 is not yet there) N = 3, A 2; at 4 N = 3, A 1."""
    found = compare([2, 5, 4, 6], [1, 0, 1, 0], list("AABB"), entry=[-np.inf, 0, 1, 2])
    same(found.expected, [2 / 3 + 1 / 3, 1 / 3 + 2 / 3])
    assert found.variance[0, 0] == pytest.approx(2 / 9 + 2 / 9, rel=1e-14)


def test_events_at_zero_count():
    """At 0 both are at risk: E = 1/2."""
    same(compare([0, 3], [1, 1], ["A", "B"]).expected, [1 / 2, 3 / 2])


def test_near_equal_times_are_one():
    """0.1 + 0.2 and 0.3: D = 2 of N = 3, of A 1: E = 2/3, V = 2 x 2/9 x 1/2 = 2/9."""
    found = compare([0.1 + 0.2, 0.3, 0.5], [1, 1, 0], list("ABB"))
    assert found.expected[0] == pytest.approx(2 / 3, rel=1e-14)
    assert found.variance[0, 0] == pytest.approx(2 / 9, rel=1e-14)


# ------------------------------------------------------------------------------- other programs


@pytest.mark.parametrize("name", CASES)
def test_values_of_r(name):
    case, data = CASES[name], columns("ties" if name.startswith("ties") else "two_arm")
    stratum = {"strat": "stratum", "site": "site"}.get(name.removesuffix("_rho1").split("_")[-1])
    found = compare(
        data["time"],
        data["status"],
        data["group" if name.startswith("ties") else "arm"],
        PETO if case["rho"] else PLAIN,
        stratum=data[stratum] if stratum else None,
    )
    assert found.rows.tolist() == case["n"]
    same(found.observed, case["observed"])
    same(found.expected, case["expected"])
    same(found.variance, case["var"])
    same([found.test.statistic, found.test.p_value], [case["chisq"], case["p"]])
    assert found.test.df == case["df"]


@pytest.mark.parametrize(
    ("convention", "peer"),
    [(PLAIN, {}), (GEHAN, {"weight_type": "gb"}), (TARONE, {"weight_type": "tw"})],
)
@pytest.mark.parametrize("strata", [None, "stratum"])
def test_values_of_statsmodels(convention, peer, strata):
    """statsmodels survdiff, three groups, with and without strata."""
    data = columns("ties")
    by = {"strata": data[strata]} if strata else {}
    statistic, p_value = survdiff(data["time"], data["status"], data["group"], **peer, **by)
    stratum = data[strata] if strata else None
    found = compare(data["time"], data["status"], data["group"], convention, stratum=stratum)
    same([found.test.statistic, found.test.p_value], [statistic, p_value], rtol=1e-9)


@pytest.mark.parametrize(("convention", "peer"), [(PLAIN, {}), (GEHAN, {"weightings": "wilcoxon"})])
def test_values_of_lifelines(convention, peer):
    data = columns("ties")
    other = multivariate_logrank_test(data["time"], data["group"], data["status"], **peer)
    found = compare(data["time"], data["status"], data["group"], convention)
    assert found.test.statistic == pytest.approx(other.test_statistic, rel=1e-9)


# ------------------------------------------------------------------------------- exact and laws


@settings(max_examples=30, deadline=None)
@given(subjects)
def test_every_risk_set_in_fractions(rows):
    """O, E and V equal sums of exact fractions, with late entry; chi-square solves V exactly."""
    rows = [(t, e, g, min(entry, t - 1)) for t, e, g, entry in rows]
    time, event, group, entry = zip(*rows, strict=True)
    found = compare(time, event, group, entry=entry)
    observed, expected, variance = oracle(rows, found.groups)
    np.testing.assert_allclose(found.observed, [float(v) for v in observed], rtol=1e-12)
    np.testing.assert_allclose(found.expected, [float(v) for v in expected], rtol=1e-12)
    np.testing.assert_allclose(
        found.variance, [[float(v) for v in row] for row in variance], rtol=1e-12, atol=1e-15
    )
    rank = np.linalg.matrix_rank(np.array(variance, float), tol=1e-9)
    assert (found.test.df if found.test else 0) == rank
    if found.test:
        difference = np.array([float(o - e) for o, e in zip(observed, expected, strict=True)])
        exact = difference @ np.linalg.pinv(np.array(variance, float), rcond=1e-9) @ difference
        assert found.test.statistic == pytest.approx(exact, rel=1e-8, abs=1e-12)


def test_order_of_rows_names_of_groups_and_unit_of_time_change_nothing():
    data = columns("ties")
    time, event, group, stratum = (data[k] for k in ("time", "status", "group", "stratum"))
    first = compare(time, event, group, PETO, stratum=stratum)
    mixed = np.random.default_rng(5).permutation(time.size)
    other = {"A": "z", "B": "x", "C": "y"}
    again = compare(
        time[mixed] / 30.4375,
        event[mixed],
        [other[each] for each in group[mixed]],
        PETO,
        stratum=stratum[mixed],
    )
    same(again.test.statistic, first.test.statistic, rtol=1e-12)
    same(again.expected, first.expected[[1, 2, 0]])
    same(again.variance, first.variance[np.ix_([1, 2, 0], [1, 2, 0])])


def test_a_stratum_with_one_group_adds_nothing_to_the_variance():
    """Its events add the same to observed and expected."""
    alone = compare(*SIX, stratum=[1] * 6)
    time, event, group = SIX
    more = compare([*time, 2, 9], [*event, 1, 1], [*group, "B", "B"], stratum=[1] * 6 + [2, 2])
    same(more.variance, alone.variance)
    same(more.observed - alone.observed, [0, 2])
    same(more.expected - alone.expected, [0, 2])
    assert more.test.df == alone.test.df
    assert more.test.statistic == pytest.approx(alone.test.statistic, rel=1e-13)


def test_groups_that_never_meet_are_tested_apart():
    """A and B in one stratum, C and D in the other: 18/37 twice, with 2 degrees of freedom."""
    time, event, group = SIX
    other = ["C" if each == "A" else "D" for each in group]
    found = compare(time * 2, event * 2, group + other, stratum=[1] * 6 + [2] * 6)
    assert found.test.df == 2
    assert found.test.statistic == pytest.approx(36 / 37, rel=1e-13)


def test_a_group_that_is_never_at_risk_takes_no_degree_of_freedom():
    time, event, group = SIX
    found = compare([*time, 0.5], [*event, 0], [*group, "C"])
    assert found.groups == ("A", "B", "C")
    same(found.expected, [7 / 5, 13 / 5, 0])
    assert found.test.df == 1
    assert found.test.statistic == pytest.approx(18 / 37, rel=1e-13)


@pytest.mark.parametrize("event", [[0, 0, 0, 0], [0, 0, 0, 1]])
def test_without_events_together_there_is_nothing_to_compare(event):
    """Nobody with the event, or only the last one at risk."""
    found = compare([1, 2, 3, 4], event, list("ABAB"))
    assert found.test is None
    assert found.note == NOTHING_TO_COMPARE
    assert log_rank_trend(found, (0, 1)) is None


def test_trend_over_two_groups_is_the_signed_test():
    """z^2 = 18/37 and B, the higher score, has fewer events than expected."""
    found = log_rank_trend(compare(*SIX), (0, 1))
    assert found.z == pytest.approx(-((18 / 37) ** 0.5), rel=1e-13)
    assert found.p_two_sided == pytest.approx(math.erfc(math.sqrt(9 / 37)), rel=1e-12)
    assert found.p_lower + found.p_upper == pytest.approx(1)
    assert found.p_lower < found.p_upper


def test_trend_over_three_groups_by_hand():
    """One table, N = 3, D = 1 in C: O - E = -1/3, -1/3, 2/3, V = 1/3 (I - 1/3).

    With scores 0, 1, 3: s'(O - E) = 5/3, s'Vs = 10/3 - 16/9 = 14/9.
    """
    comparison = compare([2, 2, 1], [0, 0, 1], list("ABC"))
    expected = (5 / 3) / (14 / 9) ** 0.5
    assert log_rank_trend(comparison, (0, 1, 3)).z == pytest.approx(expected, rel=1e-13)
    assert log_rank_trend(comparison, (10, 10.5, 11.5)).z == pytest.approx(expected, rel=1e-12)
    assert log_rank_trend(comparison, (1, 1, 1)) is None


# ------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: compare([1, 2], [1, 1], ["A", "A"]), "one-sample"),
        (lambda: compare([1, 2], [1, 1], ["A", None]), "group"),
        (lambda: compare([1, 2], [1, 1], [1.0, math.nan]), "group"),
        (lambda: compare([1, 2], [1, 1], ["A"]), "group"),
        (lambda: compare([1, 2], [1, 1], ["A", "B"], stratum=["x", None]), "stratum"),
        (lambda: compare([], [], []), "follow-up times"),
        (lambda: compare([1, -2], [1, 1], ["A", "B"]), "follow-up times"),
        (lambda: compare([1, math.nan], [1, 1], ["A", "B"]), "follow-up times"),
        (lambda: compare([1, 2], [1, 2], ["A", "B"]), "event marks"),
        (lambda: compare([1, 2], [1, 1], ["A", "B"], entry=[0, 2]), "row 2: entry 2, end 2"),
        (lambda: compare([1, 2], [1, 1], ["A", "B"], entry=[0, math.nan]), "follow-up times"),
        (lambda: compare(*SIX, LogRankConvention("log_rank", rho=1)), "fleming_harrington"),
        (lambda: compare(*SIX, LogRankConvention("fleming_harrington", rho=-1)), "0 or more"),
        (lambda: log_rank_trend(compare(*SIX), (1, 2, 3)), "one score a group"),
    ],
)
def test_what_cannot_be_tested_is_refused(call, word):
    with pytest.raises(DataError) as refused:
        call()
    assert word in str(refused.value)
