"""What rules decide in small blocks that are worked out by hand, and as the scalar tests do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from support.virtual_blocks import plain_block, plan_of, random_block, with_responses
from trialwright.design.simon_two_stage import SimonTwoStage
from trialwright.design.single_stage import SingleStage
from trialwright.operating.decisions import (
    decide_landmark,
    decide_response,
    event_ratio,
)
from trialwright.operating.outcomes import MONTH, GroupTrials
from trialwright.operating.plan import LANDMARK_METHODS, Interim, LandmarkRule, ResponseRule
from trialwright.stats.follow_up import follow_up
from trialwright.stats.kaplan_meier import kaplan_meier
from trialwright.stats.landmark_test import (
    LandmarkConvention,
    exponential_rate,
    landmark_test,
)
from trialwright.stats.one_sample_log_rank import (
    OneSampleConvention,
    exponential_hazard,
    one_sample_log_rank,
)
from trialwright.vocabulary.recist import NEVER, NO_DAY

TWO_STAGES = SimonTwoStage(r1=0, n1=2, r=1, n=3, p0=0.1)


def rule_of(design):
    return ResponseRule(
        id="rule", group="all", design=design, alpha=0.05, registered=True, source="registered"
    )


def three_subjects(**changes):
    """Two trials of three subjects who enter on days 0, 30 and 60; cut-off on day 790.

    Trial 1: subjects 1 and 3 respond 56 days after entry, confirmed 56 days later.
    Trial 2: nobody responds; subject 1 progresses on day 50, subject 2 dies on day 100.
    """
    responses = np.array([[True, False, True], [False, False, False]])
    block = with_responses(plain_block(2, 3), responses)
    pd_scan, death = block.pd_scan.copy(), block.death.copy()
    pd_scan[1, 0], death[1, 1] = 50, 100
    return replace(block, pd_scan=pd_scan, death=death, **changes)


def group(block, **changes):
    plan = plan_of(block.shape[1], **changes)
    return GroupTrials(trials=block, plan=plan, group=plan.groups[0])


def test_a_single_stage_counts_the_first_subjects_of_the_design():
    who = group(three_subjects())
    found = decide_response(who, rule_of(SingleStage(3, 2, 0.1)), "confirmed")
    assert found.reject.tolist() == [True, False]
    assert found.enrolled.tolist() == [3, 3]
    assert found.day.tolist() == [790, 790]
    first_two = decide_response(who, rule_of(SingleStage(2, 2, 0.1)), "confirmed")
    assert first_two.reject.tolist() == [False, False]


def test_who_is_not_treated_is_in_the_enrolled_set_only():
    first_dose = plain_block(2, 3).enrolled.copy()
    first_dose[0, 2] = NO_DAY
    block = three_subjects(first_dose=first_dose)
    rule = rule_of(SingleStage(3, 2, 0.1))
    assert decide_response(group(block), rule, "confirmed").reject.tolist() == [False, False]
    enrolled = group(block, orr_set="ENRL")
    assert decide_response(enrolled, rule, "confirmed").reject.tolist() == [True, False]


def test_the_day_on_which_a_response_is_known():
    who = group(three_subjects())
    confirmed = who.known_day["confirmed"]
    # Confirmed on day 112; never, so 30 + 119; 60 + 112. Progression; death; 60 + 119.
    assert confirmed.tolist() == [[112, 149, 172], [50, 100, 179]]
    unconfirmed = who.known_day["unconfirmed"]
    assert unconfirmed.tolist() == [[56, 149, 116], [50, 100, 179]]


def test_nothing_is_known_of_a_subject_before_entry():
    left = np.full((2, 3), NEVER, np.int32)
    left[0, 1] = 10
    assert group(three_subjects(left=left)).known_day["confirmed"][0, 1] == 30


def test_two_stages_with_a_pause():
    """Trial 1 goes on at day 149, 89 days after the third subject came; trial 2 stops at 100."""
    found = decide_response(group(three_subjects()), rule_of(TWO_STAGES), "confirmed")
    assert found.stopped.tolist() == [False, True]
    assert found.reject.tolist() == [True, False]
    assert found.enrolled.tolist() == [3, 2]
    assert found.day.tolist() == [790 + 89, 100]


def test_two_stages_while_enrolment_goes_on():
    """In trial 2 the third subject entered on day 60, before the decision on day 100."""
    who = group(three_subjects(), interim=Interim(follow_up_days=119, accrual="continue"))
    found = decide_response(who, rule_of(TWO_STAGES), "confirmed")
    assert found.enrolled.tolist() == [3, 3]
    assert found.day.tolist() == [790, 100]


def test_a_response_after_the_decision_does_not_save_the_trial():
    block = three_subjects()
    responded = block.responded.copy()
    held = block.held.copy()
    responded[0, 0], held[0, 0] = 200, 256
    late = replace(block, responded=responded, held=held)
    found = decide_response(group(late), rule_of(TWO_STAGES), "confirmed")
    assert found.stopped.tolist() == [True, True]
    assert found.reject.tolist() == [False, False]


def test_sums_of_decisions():
    found = decide_response(group(three_subjects()), rule_of(TWO_STAGES), "confirmed")
    assert found.sums().tolist() == [1, 1, 0, 5, 13, 979, 879**2 + 100**2]


def landmark_rule(method, **changes):
    rule = LandmarkRule(
        id=method, group="all", method=method, months=6.0, p0=0.35, alpha=0.05, registered=False,
        source="assumption", reject_at=13,
    )  # fmt: skip
    return replace(rule, **changes)


@pytest.fixture(scope="module")
def many():
    return group(random_block(40, 25, 0.2, median=170))


def rows_of(who):
    for trial in range(len(who.pfs.time)):
        yield trial, who.pfs.time[trial].astype(float), who.pfs.event[trial]


def test_the_kaplan_meier_rule_is_the_test_of_the_results(many):
    found = decide_landmark(many, landmark_rule("kaplan_meier"))
    for trial, time, event in rows_of(many):
        curve = kaplan_meier(time, event)
        test = landmark_test(curve, 6 * MONTH, 0.35, LandmarkConvention())
        assert found.reject[trial] == (test.p_one_sided <= 0.05)
    assert 5 < found.reject.sum() < 35


@pytest.mark.parametrize(
    ("method", "variance"), [("log_rank", "expected"), ("log_rank_mean", "mean")]
)
def test_the_one_sample_log_rank_rules(many, method, variance):
    found = decide_landmark(many, landmark_rule(method))
    ratios = event_ratio(many.pfs, landmark_rule(method))
    hazard = exponential_hazard(-np.log(0.35) / (6 * MONTH))
    for trial, time, event in rows_of(many):
        test = one_sample_log_rank(
            follow_up(time, event), hazard, OneSampleConvention(variance, 0.95)
        )
        assert found.reject[trial] == (test.test.z <= -1.6448536269514722)
        assert ratios[trial] == pytest.approx(test.ratio, rel=1e-12)
    assert 5 < found.reject.sum() < 35


def test_the_exponential_rule_compares_the_one_sided_limit(many):
    found = decide_landmark(many, landmark_rule("exponential"))
    for trial, time, event in rows_of(many):
        rate = exponential_rate(time, event, 0.90)
        assert found.reject[trial] == (np.exp(-rate.upper * 6 * MONTH) > 0.35)
    assert 5 < found.reject.sum() < 35


def test_the_binomial_rule_counts_only_who_was_seen_free_of_progression():
    """Landmark 182.6 days: 183 is beyond it, 182 is not; censored before it is a failure."""
    block = plain_block(1, 4)
    pfs_day = block.pfs_start + np.array([[182, 181, 400, 181]])
    event = np.array([[True, True, True, False]])
    who = group(replace(block, pfs_day=pfs_day.astype(np.int32), pfs_event=event))
    assert who.pfs.time.tolist() == [[183, 182, 401, 182]]
    two = decide_landmark(who, landmark_rule("binomial", reject_at=2))
    three = decide_landmark(who, landmark_rule("binomial", reject_at=3))
    assert (two.reject.tolist(), three.reject.tolist()) == ([True], [False])


def test_a_test_without_variance_does_not_reject():
    """Nobody progresses: log-rank rejects, the others have no limit (rule T-04)."""
    who = group(plain_block(1, 10))
    found = {one: decide_landmark(who, landmark_rule(one, reject_at=9)) for one in LANDMARK_METHODS}
    rejects = {one: bool(decisions.reject[0]) for one, decisions in found.items()}
    assert rejects == {
        "binomial": True, "kaplan_meier": False, "exponential": False, "log_rank": True,
        "log_rank_mean": True,
    }  # fmt: skip
    undecided = {one: int(decisions.undecided.sum()) for one, decisions in found.items()}
    assert undecided["kaplan_meier"] == undecided["exponential"] == 1
    assert undecided["binomial"] == undecided["log_rank"] == 0
