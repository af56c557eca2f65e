"""A study: rules and variants from a protocol, the same totals for any blocks, its fingerprint."""

from __future__ import annotations

import pickle
from dataclasses import replace
from functools import lru_cache

import pytest

from support.virtual_trials import protocol_of, scenario_of
from trialwright.core.errors import ScenarioError
from trialwright.operating.plan import Variant
from trialwright.operating.planning import Settings, plan_scenario
from trialwright.operating.reading import ScenarioTotals
from trialwright.operating.results.decisions import decision_result
from trialwright.operating.study import Assumed, Size, planned_study
from trialwright.operating.variants import changed
from trialwright.protocol.rules import EndpointDefinition
from trialwright.protocol.settled import settled_response
from trialwright.simulate.calibration.start import start_clock


@lru_cache
def assumed(trial: str) -> Assumed:
    protocol, scenario = protocol_of(trial), scenario_of(trial)
    rule = settled_response(protocol)
    clocks = tuple(start_clock(scenario, one, rule, 0.0) for one in scenario.cohorts)
    return Assumed(scenario=scenario, clocks=clocks)


def study(trial: str = "000", settings: Settings | None = None, size: Size | None = None):
    return planned_study(
        protocol_of(trial), [assumed(trial)], settings or Settings(), size or Size(3, 12)
    )


@pytest.fixture(scope="module")
def small():
    return study()


@pytest.fixture(scope="module")
def totals(small):
    return small(0, 12)


def test_totals_do_not_depend_on_the_blocks(small, totals):
    assert (small(7, 5) + small(0, 7)).to_bytes() == totals.to_bytes()


def test_a_study_that_was_pickled_gives_the_same(small, totals):
    again = pickle.loads(pickle.dumps(small))  # noqa: S301 - made here
    assert again == small
    assert again.fingerprint == small.fingerprint
    assert (again(0, 12)).to_bytes() == totals.to_bytes()


def test_the_fingerprint_is_that_of_what_decides_the_totals(small):
    assert small.fingerprint == study().fingerprint
    assert study(size=Size(3, 500, "numba")).fingerprint == small.fingerprint
    assert study(size=Size(4, 12)).fingerprint != small.fingerprint
    paused = study(settings=Settings(interim_accrual="continue"))
    assert paused.fingerprint != small.fingerprint
    scenario = small.assumed[0].scenario
    later = replace(
        small.assumed[0], scenario=scenario.model_copy(update={"follow_up_months": 9.0})
    )
    other = planned_study(small.protocol, [later], Settings(), Size(3, 12))
    assert other.fingerprint != small.fingerprint


def test_the_ideal_reading_has_no_noise(small, totals):
    """Without noise and with every scan on its day the same patients, and other responses."""
    read = ScenarioTotals.of(small.grid.scenarios[0], totals)
    assert read.trials == 12
    assert read.true_curve("pfs", read.plan.groups[0]).subjects == 360
    cross = read.rows["cross/unconfirmed/all"].reshape(8, 8)
    assert cross.sum() == 360
    assert 0 < cross.trace() < 360


def test_rules_of_a_response_rate_without_hypothesis(small, totals):
    """Rule T-13: 30 subjects, 5 % against 20 %: at least 5 of 30; Simon 0/10 then 3/29."""
    plan = small.grid.scenarios[0]
    names = {one.id: one for one in plan.response_rules}
    assert names["5/30 vs 5 %"].design.reject_at == 5
    assert not names["5/30 vs 5 %"].registered
    simon = names["0/10 3/29 vs 5 %"].design
    assert (simon.r1, simon.n1, simon.r, simon.n) == (0, 10, 3, 29)
    assert not plan.landmark_rules
    # Scans every 8 weeks with a window of 7 days: 56 + 56 + 7.
    assert plan.interim.follow_up_days == 119
    assert "119 days" in decision_result(ScenarioTotals.of(plan, totals)).interim


def test_rules_of_a_landmark_rate():
    protocol = protocol_of("002")
    primary = EndpointDefinition(
        id="PFS_RATE_12",
        kind="PFS_RATE",
        role="primary",
        measure="12-month PFS",
        landmark_months=12,
    )
    plan = plan_scenario(
        protocol.model_copy(update={"endpoints": (primary,)}), scenario_of("002"), Settings()
    )
    assert not plan.response_rules
    assert 12.0 in plan.landmarks
    assert {one.method for one in plan.landmark_rules} == {
        "binomial", "kaplan_meier", "exponential", "log_rank", "log_rank_mean",
    }  # fmt: skip
    binomial = next(r for r in plan.landmark_rules if r.method == "binomial" and r.p0 == 0.4)
    assert binomial.reject_at == 22


def test_cohorts_are_decided_on_apart():
    plan = plan_scenario(protocol_of("003"), scenario_of("003"), Settings())
    assert plan.groups[0].id == "all"
    assert plan.groups[0].subjects == sum(one.subjects for one in plan.groups[1:])
    assert {one.group for one in plan.response_rules} == {one.id for one in plan.groups[1:]}


def test_a_protocol_without_nuisances_is_one_variant():
    plan = plan_scenario(protocol_of("000"), scenario_of("000"), Settings(nuisances=False))
    assert [one.id for one in plan.variants] == ["stated"]
    assert plan.ideal == ""
    assert len(plan.pairs) == 1


def test_a_variant_changes_values_of_protocol_and_scenario():
    variant = Variant(
        id="often", label="every 6 weeks",
        changes=(("protocol.response.interval_weeks", 6), ("scenario.scans.missed_share", 0.2)),
    )  # fmt: skip
    protocol, scenario = changed(protocol_of("000"), scenario_of("000"), variant)
    assert protocol.response.interval_weeks == 6
    assert scenario.scans.missed_share == 0.2
    assert scenario.id == scenario_of("000").id


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("scenario.scans.missed", 0.1, "not there"),
        ("scenario.title.length", 1, "not there"),
        ("truth.scans.missed_share", 0.1, "not there"),
        ("scenario.scans.missed_share", 1.5, "not allowed"),
    ],
)
def test_a_variant_that_cannot_be_is_refused(path, value, words):
    variant = Variant(id="wrong", label="wrong", changes=((path, value),))
    with pytest.raises(ScenarioError, match=words):
        study(settings=Settings(further=(variant,)))


def test_two_scenarios_of_one_id_are_refused():
    with pytest.raises(ScenarioError, match="same id"):
        planned_study(protocol_of("000"), [assumed("000"), assumed("000")], Settings(), Size(1, 10))
