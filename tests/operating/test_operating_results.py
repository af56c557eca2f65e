"""Results of merged totals: what is alpha and what power, bias, decomposition, tables, figures."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from support.virtual_blocks import plain_block, plan_of, random_block, with_responses
from trialwright.core.results import Result, tables_of
from trialwright.design.single_stage import SingleStage
from trialwright.endpoints.depth_course import SubjectDepth, SumPoint
from trialwright.operating.block import block_sums
from trialwright.operating.characteristics import (
    NUMBERS_CSV,
    NUMBERS_JSON,
    characteristics_files,
    read_characteristics,
)
from trialwright.operating.plan import GridPlan, LandmarkRule, Parts, ResponseRule
from trialwright.operating.planning import AS_STATED, IDEAL, NO_NOISE, ON_TIME, nuisance_pairs
from trialwright.operating.reading import ScenarioTotals
from trialwright.operating.results.curves import curve_results
from trialwright.operating.results.decisions import decision_result
from trialwright.operating.results.estimates import estimate_result
from trialwright.operating.results.landmark_curves import landmark_curve_results
from trialwright.operating.results.misread import misread_results
from trialwright.operating.results.nuisances import nuisance_results
from trialwright.operating.results.spaghetti import courses_of, spaghetti_figure
from trialwright.operating.totals import Totals
from trialwright.stats.binomial import binomial_at_least

VARIANTS = (AS_STATED, NO_NOISE, ON_TIME, IDEAL)
LANDMARK = LandmarkRule(
    id="binomial", group="all", method="binomial", months=6.0, p0=0.2, alpha=0.05,
    registered=True, source="registered", reject_at=4,
)  # fmt: skip
LOG_RANK = replace(LANDMARK, id="log-rank", method="log_rank", reject_at=0)


def full_plan(subjects=10, **changes):
    rule = ResponseRule(
        id="3/10", group="all", design=SingleStage(subjects, 3, 0.1), alpha=0.1, registered=False,
        source="usual rates",
    )  # fmt: skip
    return plan_of(
        subjects, variants=VARIANTS, ideal=IDEAL.id, pairs=nuisance_pairs("confirmed"),
        response_rules=(rule,), landmark_rules=(LANDMARK, LOG_RANK), **changes,
    )  # fmt: skip


def four_readings(rate=0.25, trials=400, subjects=10):
    """The true responses in the ideal reading; noise adds some, late scans lose some.

    Confirmation takes away every response of the subjects in even places but where all is ideal.
    """
    ideal = random_block(trials, subjects, rate, median=200)
    true = ideal.unconfirmed == 2
    rng = np.random.default_rng(3)
    added = true | (rng.random(true.shape) < 0.05)
    lost = rng.random(true.shape) < 0.1
    held = np.arange(subjects) % 2 == 1

    def reading(which, confirmed):
        block = with_responses(ideal, which)
        best = np.where(confirmed, 2, 3).astype(np.int8)
        return replace(block, confirmed=best)

    return {
        IDEAL.id: reading(true, true),
        ON_TIME.id: reading(added, added & held),
        NO_NOISE.id: reading(true & ~lost, true & ~lost & held),
        AS_STATED.id: reading(added & ~lost, added & ~lost & held),
    }


@pytest.fixture(scope="module")
def blocks():
    return four_readings()


@pytest.fixture(scope="module")
def read(blocks):
    plan = full_plan()
    return ScenarioTotals(plan, block_sums(plan, blocks))


def counts_of(block, reading):
    return (getattr(block, reading) == 2).sum(axis=1)


def test_decisions_with_the_true_rate_and_the_exact_probability(read, blocks):
    found = decision_result(read)
    response, landmark, _ = found.decisions
    true = (blocks[IDEAL.id].unconfirmed == 2).mean()
    assert (response.truth, response.truth_source) == (pytest.approx(true), "true")
    assert response.meaning == "power"
    assert response.binomial == pytest.approx(float(binomial_at_least(3, 10, true)))
    assert [reading for reading, _ in response.readings] == ["confirmed", "unconfirmed"]
    stated = dict(response.readings)["unconfirmed"].rejected
    assert stated.count == (counts_of(blocks["stated"], "unconfirmed") >= 3).sum()
    assert landmark.truth == pytest.approx(read.true_curve("pfs", read.plan.groups[0]).at(182.6)[0])
    assert landmark.binomial == pytest.approx(float(binomial_at_least(4, 10, landmark.truth)))
    notes = " ".join(found.table().footnotes)
    assert "assumptions, not registered: usual rates" in notes


def test_a_rate_within_half_a_point_of_the_null_is_alpha(read):
    decision = decision_result(read).decisions[0]
    assert replace(decision, expected=0.1049).meaning == "alpha"
    assert replace(decision, expected=0.1051).meaning == "power"
    unstated = replace(decision, expected=np.nan)
    assert replace(unstated, truth=0.1049).meaning == "alpha"
    assert replace(unstated, truth=0.1051).meaning == "power"


def test_bias_is_the_difference_from_the_true_value(read, blocks):
    found = {one.name: one for one in estimate_result(read).estimates}
    rate = found["Response rate with confirmation"]
    mean = (blocks["stated"].confirmed == 2).mean()
    true = (blocks[IDEAL.id].confirmed == 2).mean()
    assert rate.mean.value == pytest.approx(mean)
    assert rate.to_json()["bias"] == pytest.approx(mean - true)
    assert rate.stated == 0.2
    assert np.isnan(found["Response rate without confirmation"].stated)
    median = found["Median progression-free survival"]
    # Scans every 56 days: the assessed median lies behind the true one.
    assert 0 < median.mean.value - median.truth < 80
    assert 0.8 < median.coverage.value < 1
    assert found["O/E events against 20 % at 6 months"].mean.value > 0


def test_each_step_is_the_paired_difference(read, blocks):
    (found,) = nuisance_results(read)
    steps = {(one.words, one.kind): one for one in found.steps}
    noise = steps["reader noise", "in turn"]
    before = counts_of(blocks[IDEAL.id], "unconfirmed")
    after = counts_of(blocks[ON_TIME.id], "unconfirmed")
    change = (after - before) / 10
    assert noise.rate.value == pytest.approx(change.mean())
    assert noise.rate.error == pytest.approx(change.std(ddof=1) / np.sqrt(len(change)))
    joint = dict(noise.reject)["3/10"]
    rejects = (after >= 3).astype(float) - (before >= 3)
    assert joint.difference == pytest.approx(rejects.mean())
    assert joint.error == pytest.approx(rejects.std() / np.sqrt(len(rejects)))
    assert "log-rank" in dict(noise.reject)


def test_the_steps_in_turn_add_up_to_all_of_them(read):
    (found,) = nuisance_results(read)
    in_turn = [one for one in found.steps if one.kind == "in turn"]
    (all_of_them,) = (one for one in found.steps if one.kind == "together")
    assert len(in_turn) == 3
    total = sum(one.rate.value for one in in_turn)
    assert total == pytest.approx(all_of_them.rate.value)
    rejects = sum(dict(one.reject)["3/10"].difference for one in in_turn)
    assert rejects == pytest.approx(dict(all_of_them.reject)["3/10"].difference)
    assert dict(all_of_them.reject)["3/10"].difference < -0.1


def test_without_confirmation_in_the_protocol_all_of_them_leaves_it_out():
    pair = next(one for one in nuisance_pairs("unconfirmed") if one.kind == "together")
    assert pair.after.reading == "unconfirmed"


def test_misclassification_counts_kept_and_false_responders(read, blocks):
    (found,) = misread_results(read)
    true, seen = blocks[IDEAL.id].unconfirmed == 2, blocks["stated"].unconfirmed == 2
    table = found.crossed[0]
    assert table.kept.count == (true & seen).sum()
    assert table.kept.trials == true.sum()
    assert table.false.count == (~true & seen).sum()
    assert table.false.trials == (~true).sum()
    assert table.agree.count == (true == seen).sum()


def test_every_result_gives_tables_figures_and_numbers_without_nan(blocks):
    plan = full_plan()
    rows = block_sums(plan, blocks)
    totals = Totals({f"base|{name}": row for name, row in rows.items()})
    found = read_characteristics(GridPlan(scenarios=(plan,), seed=7), totals)
    keys = [one.key for one in found.results]
    assert len(keys) == len(set(keys)) == 6
    for one in found.results:
        assert isinstance(one, Result)
        for table in tables_of(one):
            assert table.rows
            assert all(len(row) == len(table.columns) for row in table.rows)
            assert not any("nan" in cell for row in table.rows for cell in row)
    files = characteristics_files(found, {})
    numbers = json.loads(files[NUMBERS_JSON])
    assert numbers["seed"] == 7
    assert set(numbers["results"]) == set(keys)
    assert "OC_DECISIONS.base,trials,400" in files[NUMBERS_CSV].splitlines()


def test_parts_can_be_left_out(blocks):
    few = Parts(distributions=False, misclassification=False, calendar=False)
    plan = full_plan(parts=few)
    rows = block_sums(plan, blocks)
    assert not any(name.startswith(("cross", "calendar")) for name in rows)
    assert not any(name.endswith(("lower", "upper")) for name in rows)
    totals = Totals({f"base|{name}": row for name, row in rows.items()})
    found = read_characteristics(GridPlan(scenarios=(plan,), seed=7), totals)
    keys = [one.key.partition(".")[0] for one in found.results]
    assert keys == ["OC_DECISIONS", "OC_ESTIMATES", "OC_INTERVALS", "OC_NUISANCES"]


def test_the_curve_of_a_grid_stands_by_true_rate():
    points = []
    for name, rate in (("high", 0.4), ("low", 0.1)):
        plan = full_plan(id=name, title=name)
        points.append(ScenarioTotals(plan, block_sums(plan, four_readings(rate, trials=60))))
    (found,) = curve_results(points)
    assert [one.scenario for one in found.points] == ["low", "high"]
    assert found.points[0].rate < 0.2 < found.points[1].rate
    kinds = [mark.kind for mark in found.figure().marks]
    assert kinds == ["rule_x", "line", "interval", "points", "points"]
    bars = found.figure().marks[2]
    share = found.points[0].reject[0][1]
    assert bars.y2[0] - share.value == pytest.approx(min(1.96 * share.error, 1 - share.value))
    assert curve_results(points[:1]) == ()


def test_the_tests_at_a_landmark_stand_by_true_rate():
    points = []
    for name, median in (("long", 400), ("short", 100)):
        plan = full_plan(id=name, title=name)
        block = random_block(60, 10, 0.2, median=median)
        blocks = {one.id: block for one in VARIANTS}
        points.append(ScenarioTotals(plan, block_sums(plan, blocks)))
    (found,) = landmark_curve_results(points)
    assert [one.scenario for one in found.points] == ["short", "long"]
    # Exponential with a median of 100 days: about 0.28 at 6 months; of 400 days 0.73.
    assert found.points[0].rate == pytest.approx(0.28, abs=0.06)
    assert found.points[1].rate == pytest.approx(0.73, abs=0.06)
    assert [name for name, _ in found.points[0].reject] == ["binomial", "log_rank"]
    for (_, low), (_, high) in zip(found.points[0].reject, found.points[1].reject, strict=True):
        assert low.value < high.value
    assert found.table().rows[0][0] == "short"
    assert [mark.kind for mark in found.figure().marks] == ["rule_x", "interval", "line", "line"]


def test_spaghetti_ends_high_sums_at_the_top():
    depth = SubjectDepth(
        usubjid="1", subject="1", response="PR", baseline_mm=50.0,
        course=(SumPoint(56, -40.0, 1), SumPoint(112, 300.0, 2)),
    )  # fmt: skip
    none = replace(depth, course=(), response="NE")
    figure = spaghetti_figure(courses_of([depth, none]), "base, seed 1")
    (line,) = (mark for mark in figure.marks if mark.kind == "line")
    assert line.y == (0.0, -0.4, 1.2)
    assert line.role == "PR"
    assert figure.population.startswith("1 of 2")


def test_nothing_happens_in_a_trial_and_still_it_is_told():
    plan = full_plan()
    rows = block_sums(plan, {one.id: plain_block(3, 10) for one in VARIANTS})
    found = read_characteristics(
        GridPlan(scenarios=(plan,), seed=1),
        Totals({f"base|{name}": row for name, row in rows.items()}),
    )
    json.loads(characteristics_files(found, {})[NUMBERS_JSON])
    medians = [
        one for one in estimate_result(ScenarioTotals(plan, rows)).estimates if one.unit == "days"
    ]
    assert all(one.missing.value == 1 for one in medians)
