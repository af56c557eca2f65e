"""Single-stage and Simon designs against published tables, R and exact enumeration."""

from __future__ import annotations

import json
from math import comb
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import DesignError
from trialwright.design.base import Design, Hypotheses
from trialwright.design.catalogue import DESIGNS
from trialwright.design.simon_two_stage import SimonTwoStage, simon_two_stage
from trialwright.design.single_stage import (
    SingleStage,
    single_stage_rule,
    smallest_single_stage,
    stable_single_stage,
)

REFERENCE = Path(__file__).parents[1] / "reference"


def cases(name):
    """Cases of a reference file."""
    return json.loads((REFERENCE / name).read_text("utf-8"))["cases"]


def pmf(k, n, p):
    """One binomial probability in plain arithmetic."""
    return comb(n, k) * p**k * (1 - p) ** (n - k)


@pytest.mark.parametrize(
    ("criterion", "r1", "n1", "r", "n", "expected_n"),
    [("optimal", 1, 10, 5, 29, 15.0), ("minimax", 1, 15, 5, 25, 19.5)],
)
def test_simon_matches_the_published_table(criterion, r1, n1, r, n, expected_n):
    """Simon R. Control Clin Trials 1989;10:1-10, Table 1: p0 0.10, p1 0.30, alpha 0.05, beta 0.20."""
    design = simon_two_stage(p0=0.10, p1=0.30, alpha=0.05, power=0.80, criterion=criterion)
    assert (design.r1, design.n1, design.r, design.n) == (r1, n1, r, n)
    assert design.expected_n(0.10) == pytest.approx(expected_n, abs=0.05)


@pytest.mark.parametrize(
    ("criterion", "rule", "alpha", "expected_n"),
    [("optimal", (0, 10, 3, 29), 0.047, 17.6), ("minimax", (0, 13, 3, 27), 0.042, 19.8)],
)
def test_simon_for_five_against_twenty_percent(criterion, rule, alpha, expected_n):
    """Rule T-13: stop at 0/10, reject above 3/29; minimax 0/13, above 3/27; power .801."""
    design = simon_two_stage(p0=0.05, p1=0.20, alpha=0.05, power=0.80, criterion=criterion)
    assert (design.r1, design.n1, design.r, design.n) == rule
    assert round(design.alpha, 3) == alpha
    assert round(design.reject_probability(0.20), 3) == 0.801
    assert round(design.expected_n(0.05), 1) == expected_n


@pytest.mark.parametrize("case", cases("simon_two_stage.json"), ids=lambda c: c["p0"])
@pytest.mark.parametrize("criterion", ["optimal", "minimax"])
def test_simon_agrees_with_r(case, criterion):
    """clinfun 1.1.5 and an exhaustive search; see the source in the reference file."""
    wanted = case[criterion]
    design = simon_two_stage(
        p0=case["p0"],
        p1=case["p1"],
        alpha=case["alpha"],
        power=1 - case["beta"],
        criterion=criterion,
    )
    rule = (design.r1, design.n1, design.r, design.n)
    assert rule == tuple(wanted[name] for name in ("r1", "n1", "r", "n"))
    assert design.expected_n(case["p0"]) == pytest.approx(wanted["EN_p0"], abs=1e-9)
    assert design.stop_probability(case["p0"]) == pytest.approx(wanted["PET_p0"], abs=1e-9)
    assert design.alpha == pytest.approx(wanted["alpha_actual"], abs=1e-9)
    assert design.reject_probability(case["p1"]) == pytest.approx(wanted["power_actual"], abs=1e-9)


@pytest.mark.parametrize(
    ("p0", "reject_at", "alpha", "rate", "power"),
    [
        (0.05, 5, 0.016, 0.20, 0.745),
        (0.05, 5, 0.016, 0.25, 0.902),
        (0.10, 7, 0.026, 0.30, 0.840),
        (0.20, 11, 0.026, 0.40, 0.709),
    ],
)
def test_what_thirty_subjects_can_show(p0, reject_at, alpha, rate, power):
    """Rule T-13: exact single stage with n = 30 and one-sided alpha 0.05."""
    rule = single_stage_rule(30, p0, 0.05)
    assert rule.reject_at == reject_at
    assert round(rule.alpha, 3) == alpha
    assert round(rule.reject_probability(rate), 3) == power


@pytest.mark.parametrize("case", cases("single_stage.json"), ids=lambda c: f"{c['p0']}-{c['p1']}")
def test_single_stage_agrees_with_r(case):
    """clinfun 1.1.5 (A'Hern 2001); stable n by exact scan."""
    question = Hypotheses(case["p0"], case["p1"], case["alpha"], 1 - case["beta"])
    rule = smallest_single_stage(question)
    assert (rule.n, rule.reject_at) == (case["n"], case["reject_at"])
    assert rule.alpha == pytest.approx(case["exact_alpha"], abs=1e-10)
    assert rule.reject_probability(case["p1"]) == pytest.approx(case["exact_power"], abs=1e-10)
    assert stable_single_stage(question).n == case["stable_n"]


def test_registered_example_of_a_one_year_rate():
    """p0 40 %, p1 60 %, alpha .05, power .80: n = 42, 23 without progression, .0375 and .803."""
    rule = smallest_single_stage(Hypotheses(0.40, 0.60, 0.05, 0.80))
    assert (rule.n, rule.reject_at) == (42, 23)
    assert round(rule.alpha, 4) == 0.0375
    assert round(rule.reject_probability(0.60), 3) == 0.803


@given(st.integers(1, 60), st.floats(0.02, 0.9), st.floats(0.005, 0.3))
def test_rule_is_the_smallest_that_keeps_alpha(n, p0, alpha):
    """Independent sums: at the rule alpha holds, one event earlier it does not."""
    rule = single_stage_rule(n, p0, alpha)
    tail = sum(pmf(k, n, p0) for k in range(rule.reject_at, n + 1))
    assert rule.alpha == pytest.approx(tail, rel=1e-9, abs=1e-300)
    assert tail <= alpha * (1 + 1e-9)
    assert tail + pmf(rule.reject_at - 1, n, p0) > alpha * (1 - 1e-9)


@given(
    st.integers(1, 12).flatmap(
        lambda n1: st.tuples(
            st.integers(0, n1 - 1), st.just(n1), st.integers(0, 20), st.integers(n1 + 1, 22)
        )
    ),
    st.floats(0.05, 0.95),
)
def test_two_stage_probabilities_by_enumeration(rule, p):
    """Every pair of stage results, weighted in plain arithmetic."""
    r1, n1, r, n = rule
    design = SimonTwoStage(r1, n1, r, n, 0.1)
    reject = sum(
        pmf(x1, n1, p) * pmf(x2, n - n1, p)
        for x1 in range(r1 + 1, n1 + 1)
        for x2 in range(n - n1 + 1)
        if x1 + x2 > r
    )
    stop = sum(pmf(x, n1, p) for x in range(r1 + 1))
    assert design.reject_probability(p) == pytest.approx(reject, abs=1e-12)
    assert design.expected_n(p) == pytest.approx(n1 + (1 - stop) * (n - n1), abs=1e-9)


@pytest.mark.parametrize("name", sorted(DESIGNS))
@settings(max_examples=15, deadline=None)
@given(
    p0=st.sampled_from([0.05, 0.1, 0.2, 0.3, 0.5]),
    gap=st.sampled_from([0.2, 0.25, 0.3, 0.4]),
    alpha=st.sampled_from([0.05, 0.1]),
    power=st.sampled_from([0.8, 0.9]),
)
def test_every_design_keeps_alpha_and_power(name, p0, gap, alpha, power):
    question = Hypotheses(p0, p0 + gap, alpha, power)
    design = DESIGNS[name](question)
    assert isinstance(design, Design)
    assert design.reject_probability(p0) <= alpha
    assert design.reject_probability(p0 + gap) >= power
    assert 0 < design.expected_n(p0) <= design.subjects
    powers = [design.reject_probability(rate / 50) for rate in range(1, 50)]
    assert powers == pytest.approx(sorted(powers), abs=1e-12)
    assert powers[0] < powers[-1] <= 1
    assert f"{100 * p0:g} %" in design.rule_words()


def test_optimal_is_smaller_on_average_and_minimax_in_the_worst_case():
    question = Hypotheses(0.2, 0.4, 0.05, 0.8)
    optimal, minimax = DESIGNS["simon_optimal"](question), DESIGNS["simon_minimax"](question)
    assert optimal.expected_n(0.2) < minimax.expected_n(0.2)
    assert minimax.subjects < optimal.subjects


def test_a_single_subject_cannot_reject():
    """With n = 1 and p0 = 20 % even one event of one has probability 0.20 > alpha."""
    rule = single_stage_rule(1, 0.2, 0.05)
    assert rule == SingleStage(1, 2, 0.2)
    assert rule.alpha == 0
    assert "No result" in rule.rule_words()


@pytest.mark.parametrize(
    ("numbers", "what"),
    [
        ((0.20, 0.05, 0.05, 0.80), "not above the null rate"),
        ((0.20, 0.20, 0.05, 0.80), "not above the null rate"),
        ((0.05, 0.20, 0.0, 0.80), "alpha is not a probability"),
        ((0.05, 0.20, 0.05, 1.0), "power is not a probability"),
        ((-0.1, 0.20, 0.05, 0.80), "p0 is not a probability"),
        ((0.05, 20, 0.05, 0.80), "p1 is not a probability"),
        ((0.05, 0.20, 0.90, 0.80), "power is not above alpha"),
        ((float("nan"), 0.20, 0.05, 0.80), "p0 is not a probability"),
    ],
)
def test_questions_that_are_none_are_refused(numbers, what):
    with pytest.raises(DesignError, match=what):
        Hypotheses(*numbers)


@pytest.mark.parametrize(("n", "p0", "alpha"), [(0, 0.1, 0.05), (-3, 0.1, 0.05), (30, 0.1, 0.0)])
def test_rules_for_nobody_or_without_alpha_are_refused(n, p0, alpha):
    with pytest.raises(DesignError):
        single_stage_rule(n, p0, alpha)


@pytest.mark.parametrize("search", list(DESIGNS.values()), ids=list(DESIGNS))
def test_rates_too_close_are_refused(search):
    with pytest.raises(DesignError, match="subjects"):
        search(Hypotheses(0.50, 0.51, 0.05, 0.80))
