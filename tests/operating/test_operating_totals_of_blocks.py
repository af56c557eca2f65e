"""Sums of blocks: hand-worked blocks, exact binomial probabilities, any order, no overflow."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from support.virtual_blocks import (
    plain_block,
    plan_of,
    random_block,
    with_responses,
    with_times,
)
from trialwright.core.errors import DataError
from trialwright.design.simon_two_stage import SimonTwoStage
from trialwright.design.single_stage import SingleStage
from trialwright.operating.block import block_sums
from trialwright.operating.exact_sums import (
    MOST_TRIALS,
    MOST_VALUE,
    RATE,
    Mean,
    Share,
    day_bins,
    moments,
    rate_bins,
    whole,
)
from trialwright.operating.outcomes import GroupTrials
from trialwright.operating.plan import Arm, Pair, ResponseRule, Variant
from trialwright.operating.pooled import Curve, day_coverage, quantiles, rate_coverage
from trialwright.operating.reading import EventCounts, Paired, ScenarioTotals
from trialwright.operating.totals import Totals
from trialwright.stats.binomial import binomial_pmf, proportion_interval
from trialwright.stats.kaplan_meier import Convention, kaplan_meier

STATED = Arm("stated", "confirmed")


def totals_of(plan, block) -> Totals:
    """Totals of the only variant, named as a study names them."""
    rows = block_sums(plan, {one.id: block for one in plan.variants})
    return Totals({f"{plan.id}|{name}": row for name, row in rows.items()})


# --------------------------------------------------------------------------------- whole numbers


def test_the_largest_number_of_a_trial_cannot_overflow_its_sum_of_squares():
    assert MOST_TRIALS * MOST_VALUE**2 < 2**63 <= MOST_TRIALS * (MOST_VALUE + 2) ** 2
    assert whole(np.array([1.0]), RATE)[0] == RATE < MOST_VALUE
    with pytest.raises(DataError, match="too large"):
        whole(np.array([1e6]), 10)
    with pytest.raises(DataError, match="too large"):
        whole(np.array([np.nan]), 10)


def test_moments_leave_out_what_is_not_known():
    row = moments(np.array([0.5, np.nan, 0.25]), RATE)
    assert row.tolist() == [2, 75_000, 50_000**2 + 25_000**2]
    mean = Mean.of(row, RATE)
    assert (mean.trials, mean.value) == (2, 0.375)
    assert mean.sd == pytest.approx(np.std([0.5, 0.25], ddof=1))
    assert mean.error == pytest.approx(mean.sd / np.sqrt(2))
    assert np.isnan(Mean.of(np.zeros(3, np.int64), RATE).value)


def test_bins():
    assert day_bins(np.array([0.0, 1.5, 3.0, 9.0, np.nan]), 3).tolist() == [1, 1, 0, 1, 1, 1]
    bins = rate_bins(np.array([0.0, 0.30025, 1.0, np.nan]))
    assert np.flatnonzero(bins[:1002]).tolist() == [0, 300, 1000, 1001]
    assert bins[1002:2004].sum() == 250
    assert bins[2004:].sum() == 250**2


def test_the_error_of_a_share():
    assert Share(25, 100).error == pytest.approx(np.sqrt(0.25 * 0.75 / 100))
    assert np.isnan(Share(0, 0).value)


# ------------------------------------------------------------------------------ hand-worked block


def two_trials():
    """Two trials of three: progression on days 100 and 200 in the first, 300 in the second."""
    block = with_responses(
        plain_block(2, 3), np.array([[True, True, False], [False, False, False]])
    )
    never = 5000
    progression = np.array([[100, 200, never], [300, never, never]])
    return with_times(block, progression, np.full((2, 3), never + 1000))


def test_responders_of_two_trials_by_hand():
    read = ScenarioTotals.of(plan_of(3), totals_of(plan_of(3), two_trials()))
    events = read.responders(STATED, read.plan.groups[0])
    assert events.by_count.tolist() == [1, 0, 1, 0]
    assert events.pooled == Share(2, 6)
    assert events.rate.value == pytest.approx(1 / 3)
    assert events.rate.sd == pytest.approx(np.std([2 / 3, 0], ddof=1))
    assert read.rule(STATED, "single").rejected == Share(1, 2)


def test_true_and_seen_progression_by_hand():
    """Scans every 56 days show progression of days 100, 200 and 300 on days 112, 224 and 336."""
    plan = plan_of(3)
    read = ScenarioTotals.of(plan, totals_of(plan, two_trials()))
    group = plan.groups[0]
    true, seen = read.true_curve("pfs", group), read.seen_curve("stated", "pfs", group)
    assert np.flatnonzero(true.events).tolist() == [101, 201, 301, 1501]
    assert np.flatnonzero(seen.events).tolist() == [113, 225, 337]
    assert (true.subjects, seen.subjects) == (6, 6)
    assert true.at(100)[0] == 1
    assert true.at(101)[0] == pytest.approx(5 / 6)
    assert true.median()[0] == 301
    assert seen.median()[0] == 337
    # 182.6 days: one of three is free no more in trial 1; rate 2/3 and 1.
    km = Mean.of(read.rows["stated/rate/all/6/kaplan_meier"], RATE)
    assert km.value == pytest.approx(5 / 6, abs=1e-5)
    assert read.free_at("stated", group, 6.0).by_count.tolist() == [0, 0, 1, 1]


def test_medians_of_two_trials_by_hand():
    """Trial 1: 1/3 are free after day 225, so its median is there; trial 2 never gets to a half."""
    read = ScenarioTotals.of(plan_of(3), totals_of(plan_of(3), two_trials()))
    median = Mean.of(read.rows["stated/pfs/all/median"], 10)
    assert (median.trials, median.value) == (1, 225.0)


def test_the_calendar_by_hand():
    plan = plan_of(3)
    read = ScenarioTotals.of(plan, totals_of(plan, two_trials()))
    rows = read.rows["calendar/enrolled"].reshape(-1, 4)
    # Days 0, 30 and 60: in both trials two subjects by day 30.4, all three by day 60.9.
    assert rows[0].tolist() == [0, 0, 2, 0]
    assert rows[1].tolist() == [0, 0, 0, 2]
    seen = read.rows["calendar/progressed"].reshape(-1, 4)
    # Trial 1: day 112 and 30 + 224; trial 2: day 336 (month 12 ends on day 365).
    assert seen[3].tolist() == [1, 1, 0, 0]
    # Month 11 ends on day 334, two days before the progression of trial 2 is seen.
    assert seen[10].tolist() == [1, 0, 1, 0]
    assert seen[11].tolist() == [0, 1, 1, 0]
    assert Mean.of(read.rows["calendar/cutoff"], 10).value == 790
    assert quantiles(np.array([1, 0, 3]), (0.1, 0.5, 0.9)) == (0, 2, 2)


def test_pairs_of_arms_by_hand():
    """Confirmation takes the responses of the first trial away."""
    block = two_trials()
    unconfirmed = replace(block, confirmed=np.full_like(block.confirmed, 3))
    plan = plan_of(3)
    read = ScenarioTotals.of(plan, totals_of(plan, unconfirmed))
    joint = read.joint(plan.pairs[0], "single")
    assert joint == Paired(trials=2, both=0, first=1, second=0)
    assert joint.difference == -0.5
    assert joint.error == pytest.approx(np.sqrt((0.5 - 0.25) / 2))
    change = read.response_difference(plan.pairs[0], plan.groups[0])
    assert change.value == pytest.approx(-1 / 3)
    cross = read.rows["cross/confirmation/all"].reshape(8, 8)
    assert (cross[2, 3], cross[3, 3], cross.sum()) == (2, 4, 6)


def test_the_misclassification_table_joins_the_same_patients():
    block = two_trials()
    noisy = replace(block, unconfirmed=np.where(block.unconfirmed == 2, 3, 2).astype(np.int8))
    plan = plan_of(
        3, variants=(Variant(id="stated", label="stated"), Variant(id="ideal", label="ideal")),
        ideal="ideal",
    )  # fmt: skip
    rows = block_sums(plan, {"stated": noisy, "ideal": block})
    cross = rows["cross/unconfirmed/all"].reshape(8, 8)
    assert (cross[2, 3], cross[3, 2], cross.sum()) == (2, 4, 6)


# ------------------------------------------------------------------------------------- any order


def test_blocks_can_be_added_in_any_order_and_of_any_size():
    plan = plan_of(8)
    whole_run = totals_of(plan, random_block(24, 8, 0.3))
    parts = [
        totals_of(plan, random_block(n, 8, 0.3, first=first))
        for first, n in ((0, 5), (5, 12), (17, 7))
    ]
    for order in permutations(parts):
        assert sum(order[1:], order[0]).to_bytes() == whole_run.to_bytes()


def test_both_engines_of_the_curves_give_the_same_sums():
    pytest.importorskip("numba")
    plan, block = plan_of(12), random_block(20, 12, 0.3)
    one = block_sums(plan, {"stated": block}, "numpy")
    other = block_sums(plan, {"stated": block}, "numba")
    assert Totals(one).to_bytes() == Totals(other).to_bytes()


# ---------------------------------------------------------------------------- binomial truth


@pytest.fixture(scope="module")
def binomial():
    """6000 trials of 12 with independent responses of 20 %, single-stage and two-stage."""
    rng = np.random.default_rng(5)
    block = with_responses(plain_block(6000, 12), rng.random((6000, 12)) < 0.2)
    designs = {"single": SingleStage(12, 4, 0.1), "simon": SimonTwoStage(0, 5, 3, 12, 0.1)}
    rules = tuple(
        ResponseRule(id=name, group="all", design=one, alpha=0.1, registered=True, source="")
        for name, one in designs.items()
    )
    plan = plan_of(12, response_rules=rules)
    return plan, ScenarioTotals.of(plan, totals_of(plan, block))


def test_simulated_decisions_are_the_exact_binomial_ones(binomial):
    plan, read = binomial
    for rule in plan.response_rules:
        found = read.rule(STATED, rule.id)
        exact = rule.design.reject_probability(0.2)
        assert abs(found.rejected.value - exact) < 4 * found.rejected.error
    simon = plan.response_rules[1].design
    found = read.rule(STATED, "simon")
    assert abs(found.stopped.value - simon.stop_probability(0.2)) < 4 * found.stopped.error
    assert abs(found.subjects.value - simon.expected_n(0.2)) < 4 * found.subjects.error


def test_coverage_of_clopper_pearson_is_its_exact_coverage(binomial):
    plan, read = binomial
    found = read.responders(STATED, plan.groups[0]).coverage(0.2, 0.95, "clopper_pearson")
    inside = [
        lower <= 0.2 <= upper
        for lower, upper in (proportion_interval(x, 12, 0.95, "clopper_pearson") for x in range(13))
    ]
    exact = float(binomial_pmf(np.arange(13), 12, 0.2)[inside].sum())
    assert 0.95 < exact < 1
    assert abs(found.value - exact) < 4 * found.error


def test_subjects_outside_of_the_set_have_their_own_denominator():
    """Four of five trials of 2 subjects: 1 of 2; the fifth has 1 of 1."""
    events = EventCounts(2, np.array([0, 4, 0, 0, 1, 0], np.int64))
    assert events.pooled == Share(5, 9)
    assert events.rate.value == pytest.approx((4 * 0.5 + 1.0) / 5)
    lower, _ = proportion_interval(1, 1, 0.95, "clopper_pearson")
    assert lower > 0.02
    assert events.coverage(0.02, 0.95, "clopper_pearson") == Share(4, 5)


# ------------------------------------------------------------------------------- curves, coverage


def test_the_pooled_curve_is_kaplan_meier_of_all_subjects():
    plan, block = plan_of(20, horizon_days=900), random_block(15, 20, 0.2, median=200)
    read = ScenarioTotals.of(plan, totals_of(plan, block))
    seen = read.seen_curve("stated", "pfs", plan.groups[0])
    times = GroupTrials(trials=block, plan=plan, group=plan.groups[0]).pfs
    curve = kaplan_meier(times.time.ravel().astype(float), times.event.ravel())
    for at in (60, 200, 400):
        known = np.searchsorted(curve.time, at, side="right") - 1
        assert seen.at(at)[0] == pytest.approx(curve.survival[known], rel=1e-12)
        error = curve.survival[known] * np.sqrt(curve.log_variance[known])
        assert seen.at(at)[1] == pytest.approx(error, rel=1e-9)


def test_a_curve_knows_nothing_beyond_its_horizon():
    curve = Curve(np.array([0, 1, 0, 3]), np.zeros(4, np.int64))
    assert np.isnan(curve.at(3.0)[0])
    assert np.isnan(curve.median()[0])
    assert curve.at(2.9)[0] == 0.75


def test_coverage_from_bins_is_that_of_the_intervals():
    plan, block = plan_of(20, landmarks=(6.0,)), random_block(300, 20, 0.2, median=200)
    read = ScenarioTotals.of(plan, totals_of(plan, block))
    times = GroupTrials(trials=block, plan=plan, group=plan.groups[0]).pfs
    median, rate = times.summaries.quantile, times.summaries.landmarks[0]
    key = "stated/pfs/all/median"
    for truth in (150, 200, 260):
        upper = np.where(np.isnan(median.upper), np.inf, median.upper)
        inside = int(((median.lower <= truth) & (truth <= upper)).sum())
        found = day_coverage(read.rows[f"{key}/lower"], read.rows[f"{key}/upper"], truth)
        # A limit halfway between two days is kept as the first of them.
        assert abs(found.count - inside) <= 2
        assert found.trials == int((~np.isnan(median.lower)).sum())
        assert inside > 50
    key = "stated/rate/all/6/kaplan_meier"
    for truth in (0.4123, 0.5311, 0.6):
        inside = int(((rate.lower <= truth) & (truth <= rate.upper)).sum())
        found = rate_coverage(read.rows[f"{key}/lower"], read.rows[f"{key}/upper"], truth)
        assert abs(found.count - inside) <= 1
        assert found.trials == 300
    assert day_coverage(np.ones(5, np.int64), np.ones(5, np.int64), 3.0) is None


def test_limits_that_are_one_value_stand_on_their_side_of_the_truth():
    """A quarter of the trials has a lower limit of 0.4005: it is above 0.4003, not above 0.4007."""
    lower = rate_bins(np.array([0.4005, 0.2, 0.3, 0.1]))
    upper = rate_bins(np.array([0.8, 0.4005, 0.9, np.nan]))
    assert rate_coverage(lower, upper, 0.4007) == Share(3, 4)
    assert rate_coverage(lower, upper, 0.4003) == Share(3, 4)
    assert rate_coverage(lower, upper, 0.4005) == Share(4, 4)
    lower = rate_bins(np.array([0.4005, 0.4005, 0.3, 0.1]))
    assert rate_coverage(lower, upper, 0.4003) == Share(2, 4)


def test_who_is_outside_of_the_set_is_counted_there():
    """Trial 1: one of three was never treated, both others respond; trial 2: three without."""
    first_dose = plain_block(2, 3).enrolled.copy()
    first_dose[0, 2] = -1_000_000
    plan = plan_of(3, may_vary=True)
    read = ScenarioTotals.of(plan, totals_of(plan, replace(two_trials(), first_dose=first_dose)))
    events = read.responders(STATED, plan.groups[0])
    assert events.table.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [0] * 4, [0] * 4]
    assert events.pooled == Share(2, 5)
    assert events.rate.value == 0.5


def test_who_has_no_origin_leaves_the_curve_alone():
    """Time from first treatment: the untreated subject is never at risk."""
    block = random_block(6, 10, 0.2)
    start = block.pfs_start.copy()
    start[:, -1] = -1_000_000
    plan = plan_of(10, convention=Convention(0.95, "loglog", "midpoint"))
    with_gap = GroupTrials(trials=replace(block, pfs_start=start), plan=plan, group=plan.groups[0])
    nine = plan_of(9)
    without = GroupTrials(trials=block, plan=nine, group=nine.groups[0])
    for one, other in zip(
        (with_gap.pfs.summaries.quantile, with_gap.pfs.summaries.landmarks[0]),
        (without.pfs.summaries.quantile, without.pfs.summaries.landmarks[0]),
        strict=True,
    ):
        np.testing.assert_array_equal(one.lower, other.lower)
    assert with_gap.pfs.applies.sum() == 54


def test_totals_of_another_scenario_are_refused():
    plan = plan_of(3)
    totals = totals_of(plan, two_trials())
    with pytest.raises(DataError, match="do not hold"):
        ScenarioTotals.of(replace(plan, id="other"), totals)


def test_a_pair_of_variants_compares_landmark_decisions_too():
    plan = plan_of(3)
    assert ScenarioTotals.of(plan, totals_of(plan, two_trials())).joint(
        Pair(Arm("stated", "confirmed"), Arm("stated", "unconfirmed")), "none"
    ) is None  # fmt: skip
