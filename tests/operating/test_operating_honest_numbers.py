"""What would mislead: wrong denominators, power named for alpha, errors of 0, unseen landmarks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from support.virtual_blocks import plain_block, plan_of, with_responses, with_times
from support.virtual_trials import protocol_of, scenario_of, with_subjects
from trialwright.core.errors import DataError
from trialwright.core.format import rounded
from trialwright.design.simon_two_stage import SimonTwoStage
from trialwright.design.single_stage import SingleStage
from trialwright.operating.block import block_sums
from trialwright.operating.decisions import decide_landmark, decide_response
from trialwright.operating.estimate_sums import MOST_OUTSIDE
from trialwright.operating.exact_sums import Mean, Share, rate_bins
from trialwright.operating.outcomes import MONTH, GroupTrials
from trialwright.operating.plan import LandmarkRule, ResponseRule
from trialwright.operating.planning import IDEAL, Settings, groups_of, plan_scenario
from trialwright.operating.pooled import rate_coverage
from trialwright.operating.reading import ScenarioTotals
from trialwright.operating.results.decisions import decision_result
from trialwright.operating.results.estimates import estimate_result
from trialwright.operating.results.nuisances import nuisance_results
from trialwright.operating.rules import response_rules
from trialwright.operating.words import basis, coverage_text, mean_text, probability, simulated
from trialwright.protocol.base import Source
from trialwright.vocabulary.recist import NO_DAY

KAPLAN_MEIER = LandmarkRule(
    id="kaplan_meier > 20 % at 12 m", group="all", method="kaplan_meier", months=12.0, p0=0.2,
    alpha=0.05, registered=False, source="assumption",
)  # fmt: skip


def read_of(plan, blocks):
    return ScenarioTotals(plan, block_sums(plan, blocks))


def of_plan(block, **changes):
    plan = plan_of(block.shape[1], **changes)
    return GroupTrials(trials=block, plan=plan, group=plan.groups[0])


# ------------------------------------------------------------------------------------ denominators


def test_most_subjects_untreated_leaves_the_rate_of_the_treated():
    """54 of 60 are never treated; of the other six three respond."""
    which = np.zeros((1, 60), np.bool_)
    which[0, :3] = True
    block = with_responses(plain_block(1, 60), which)
    first_dose = block.first_dose.copy()
    first_dose[0, 6:] = NO_DAY
    plan = plan_of(60, may_vary=True)
    read = read_of(plan, {"stated": replace(block, first_dose=first_dose)})
    assert read.responders(plan.stated, plan.groups[0]).pooled == Share(3, 6)


def test_more_subjects_outside_of_the_set_than_there_is_room_for_are_refused():
    n = MOST_OUTSIDE + 2
    block = plain_block(1, n)
    nobody = np.full((1, n), NO_DAY, np.int32)
    plan = plan_of(n, may_vary=True, landmarks=())
    with pytest.raises(DataError, match="outside of an analysis set"):
        block_sums(plan, {"stated": replace(block, first_dose=nobody)})


def test_a_stated_response_rate_is_of_subjects_with_a_target_lesion():
    """Two of four have a target lesion and one of these responds: 1/2 as stated, 1/4 of all."""
    which = np.array([[True, False, False, False]] * 3)
    block = with_responses(plain_block(3, 4), which)
    measurable = np.array([[True, True, False, False]] * 3)
    read = read_of(plan_of(4), {"stated": replace(block, measurable=measurable)})
    found = {one.name: one for one in estimate_result(read).estimates}
    every = found["Response rate with confirmation"]
    assert (every.mean.value, np.isnan(every.stated)) == (0.25, True)
    some = found["Response rate with confirmation, treated with a target lesion"]
    assert (some.mean.value, some.stated) == (0.5, 0.2)
    # Stated 20 % of half of the subjects are 10 % of all, which the rule counts.
    assert read.expected_response(read.plan.groups[0]) == pytest.approx(0.1)


def test_rules_count_the_untreated_too():
    """One of three is never treated, both others respond: 2/2 of the set, 2/3 for a rule."""
    first_dose = plain_block(2, 3).enrolled.copy()
    first_dose[:, 2] = NO_DAY
    block = with_responses(plain_block(2, 3), np.array([[True, True, False]] * 2))
    block = replace(block, first_dose=first_dose)
    plan = plan_of(3, may_vary=True, variants=(*plan_of(3).variants, IDEAL), ideal=IDEAL.id)
    read = read_of(plan, {"stated": block, IDEAL.id: block})
    assert read.true_rate(plan.groups[0]) == Share(4, 4)
    assert read.rule_rate(plan.groups[0]) == Share(4, 6)


def test_coverage_says_of_how_many_trials():
    assert coverage_text(Share(19, 20), 20) == "0.950 (0.0487)"
    assert coverage_text(Share(0, 10), 20) == "0.000 (\N{LESS-THAN OR EQUAL TO} 0.2589) of 10"
    assert coverage_text(Share(0, 0), 20) == "-"
    assert coverage_text(None, 20) == "-"


# ---------------------------------------------------------------------------------- alpha or power


def test_a_scenario_at_the_null_rate_is_alpha_whatever_noise_adds_to_the_true_rate():
    """The scenario states 20 %, the null rate; 30 % respond truly and 40 % as read."""
    rng = np.random.default_rng(5)
    rule = ResponseRule(
        id="4/10", group="all", design=SingleStage(10, 5, 0.2), alpha=0.05, registered=True,
        source="registered",
    )  # fmt: skip
    plan = plan_of(
        10, response_rules=(rule,), variants=(*plan_of(10).variants, IDEAL), ideal=IDEAL.id
    )
    shape = (200, 10)
    read = read_of(
        plan,
        {
            "stated": with_responses(plain_block(*shape), rng.random(shape) < 0.4),
            IDEAL.id: with_responses(plain_block(*shape), rng.random(shape) < 0.3),
        },
    )
    (decision,) = decision_result(read).decisions
    assert decision.meaning == "alpha"
    assert decision.expected == pytest.approx(0.2)
    assert decision.truth == pytest.approx(0.3, abs=0.05)
    assert decision.binomial_expected == pytest.approx(rule.design.reject_probability(0.2))
    assert decision.binomial > decision.binomial_expected


# ------------------------------------------------------------------------------- landmarks not seen


def test_nobody_followed_to_the_landmark_is_no_estimate_and_no_rejection():
    """One of 40 progresses in three months of follow-up: 97.5 % says nothing of month 12."""
    block = plain_block(1, 40, follow=90)
    block = replace(block, enrolled=np.zeros((1, 40), np.int32), cutoff=np.array([90], np.int32))
    start = np.zeros((1, 40), np.int32)
    progression = np.where(np.arange(40) == 0, 50, 5000)[None, :]
    block = with_times(block, progression, np.full((1, 40), 6000))
    block = replace(block, pfs_start=start)
    who = of_plan(block, landmarks=(12.0,), landmark_rules=(KAPLAN_MEIER,))
    found = decide_landmark(who, KAPLAN_MEIER)
    assert (found.reject.tolist(), found.undecided.tolist()) == ([False], [True])
    read = read_of(who.plan, {"stated": block})
    estimate = {one.name: one for one in estimate_result(read).estimates}[
        "Free of progression at 12 months, Kaplan-Meier"
    ]
    assert estimate.missing == Share(1, 1)
    notes = " ".join(decision_result(read).table().footnotes)
    assert "Kaplan-Meier > 20 % at 12 m: the test has no value in 1 of 1 trials" in notes


def test_a_curve_at_zero_stays_there_without_anybody_at_risk():
    progression = np.array([[50, 60, 70]])
    block = with_times(plain_block(1, 3), progression, np.full((1, 3), 6000))
    who = of_plan(block, landmarks=(12.0,))
    assert who.pfs.landmark(0).survival.tolist() == [0.0]


# ------------------------------------------------------------------------------ durations, horizon


def test_a_two_stage_design_of_fewer_subjects_ends_earlier():
    """Design of 3 in a group of 4 that enters every 30 days: 30 days sooner than the group."""
    block = with_responses(plain_block(1, 4), np.array([[True, True, False, True]]))
    rule = ResponseRule(
        id="0/1 1/3", group="all", design=SimonTwoStage(r1=0, n1=1, r=1, n=3, p0=0.1), alpha=0.1,
        registered=True, source="registered",
    )  # fmt: skip
    whole, waited = int(block.cutoff[0]), 112 - 30
    found = decide_response(of_plan(block), rule, "confirmed")
    assert found.day.tolist() == [whole - 30 + waited]
    fixed = decide_response(of_plan(block, is_cutoff_fixed=True), rule, "confirmed")
    assert fixed.day.tolist() == [whole + waited]
    # What the second subject shows after that cut-off is not there.
    held = block.held.copy()
    held[0, 1] = whole - 10
    late = decide_response(of_plan(replace(block, held=held)), rule, "confirmed")
    assert (found.reject.tolist(), late.reject.tolist()) == ([True], [False])


@pytest.mark.parametrize("subjects", [1, 5, 10, 30])
def test_the_horizon_holds_late_entries_of_small_trials(subjects):
    """Gamma quantile of the last entry that one in a thousand trials passes."""
    base = scenario_of("000")
    scenario = with_subjects(base, subjects)
    slow = [one.model_copy(update={"accrual_per_month": 1.5}) for one in scenario.cohorts]
    plan = plan_scenario(
        protocol_of("000"), scenario.model_copy(update={"cohorts": tuple(slow)}), Settings()
    )
    last = np.random.default_rng(1).gamma(subjects, 1 / 1.5, 100_000) + base.follow_up_months
    assert plan.horizon_days > np.quantile(last, 0.995) * MONTH


def test_the_horizon_holds_every_landmark():
    short = with_subjects(scenario_of("002"), 5).model_copy(update={"follow_up_months": 1.0})
    cohorts = tuple(
        one.model_copy(update={"pfs_rates": (), "median_pfs_days": 60, "median_os_days": 90})
        for one in short.cohorts
    )
    plan = plan_scenario(
        protocol_of("002"), short.model_copy(update={"cohorts": cohorts}), Settings()
    )
    assert plan.horizon_days > max(plan.landmarks) * MONTH >= 12 * MONTH


# ---------------------------------------------------------------------------------- Monte Carlo


def test_no_trial_of_2000_is_no_error_of_zero():
    assert Share(0, 2000).bound == pytest.approx(1 - 0.05 ** (1 / 2000))
    assert probability(Share(0, 2000)) == "0.000 (\N{LESS-THAN OR EQUAL TO} 0.0015)"
    assert probability(Share(2000, 2000)) == "1.000 (\N{GREATER-THAN OR EQUAL TO} 0.9985)"
    assert Share(1, 2000).bound is None
    assert Share(0, 2000).limits() == pytest.approx((0, 0.0015), abs=1e-5)
    low, high = Share(500, 2000).limits()
    assert (low + high) / 2 == pytest.approx(0.25)


def test_one_trial_has_no_error():
    mean = Mean.of(np.array([1, 30, 900], np.int64), 1)
    assert np.isnan(mean.error)
    assert mean_text(mean) == "30.0"
    assert "1 simulated trial," in simulated(1)


def test_limits_of_any_value_are_shared_by_the_step_of_the_truth():
    """4,000 limits spread evenly over 0.400 to 0.404: a quarter of a step is a quarter."""
    spread = 0.4 + 0.004 * (np.arange(4000) + 0.5) / 4000
    lower, upper = rate_bins(spread), rate_bins(np.ones(4000))
    for truth in (0.4012, 0.4025, 0.40275):
        inside = int((spread <= truth).sum())
        assert rate_coverage(lower, upper, truth).count == pytest.approx(inside, abs=10)
    zeros = rate_bins(np.zeros(4000))
    assert rate_coverage(zeros, lower, 0.4012).count == pytest.approx(2800, abs=10)


# --------------------------------------------------------------------------------------- the page


def test_a_sentence_says_why_unconfirmed_rates_read_higher():
    """5 % truly respond; noise adds 4 points, confirmation takes them away."""
    rng = np.random.default_rng(4)
    shape = (300, 20)
    true = rng.random(shape) < 0.05
    noisy = true | (rng.random(shape) < 0.04)
    ideal = with_responses(plain_block(*shape), true)
    stated = replace(with_responses(plain_block(*shape), noisy), confirmed=ideal.confirmed)
    base = plan_of(20)
    plan = replace(
        base, variants=(*base.variants, IDEAL), ideal=IDEAL.id, pairs=base.pairs, reader_noise=0.07
    )
    (found,) = nuisance_results(read_of(plan, {"stated": stated, IDEAL.id: ideal}))
    words = " ".join(found.tables()[1].footnotes)
    assert noisy.mean() > true.mean() + 0.03
    plain, held = (rounded(100 * one.mean(), 1) for one in (noisy, true))
    assert (
        f"reader noise of the scenario (7 %) the response rate reads {plain} % without and "
        f"{held} % with confirmation" in words
    )
    assert "best of several noisy measurements" in words


def test_columns_that_say_nothing_are_left_out():
    """Landmark tests have no reading with and without confirmation, and never stop early."""
    block = with_times(plain_block(1, 4), np.array([[50, 60, 70, 400]]), np.full((1, 4), 6000))
    plan = plan_of(4, landmarks=(12.0,), landmark_rules=(KAPLAN_MEIER,), response_rules=())
    columns = decision_result(read_of(plan, {"stated": block})).table().columns
    assert {"Response", "P(stop early)", "Exact at true"}.isdisjoint(columns)
    assert {"P(reject)", "True rate, %", "Mean n"} < set(columns)


def test_a_null_rate_of_the_user_is_not_called_registered():
    rule = plan_of(4).response_rules[0]
    user = replace(rule, source="given by the user, not registered")
    assert "given by the user" in basis((user,))[0]
    assert basis((replace(rule, registered=True),))[0] == "Null rates as registered."
    assert basis((rule,))[1] == "Rules at a one-sided level of 5 %."
    assert basis(()) == ("No rule of this protocol counts responses or looks at a landmark.",)


@pytest.mark.parametrize(("kind", "registered"), [("user", False), ("record", True)])
def test_only_the_record_registers_a_null_rate(kind, registered):
    protocol = protocol_of("000")
    design = protocol.design.model_copy(update={"null_rate": 0.05, "alternative_rate": 0.2})
    source = Source(path="design.null_rate", kind=kind)
    asked = protocol.model_copy(update={"design": design, "sources": (*protocol.sources, source)})
    rules = response_rules(asked, groups_of(scenario_of("000")))
    assert {one.registered for one in rules} == {registered}
