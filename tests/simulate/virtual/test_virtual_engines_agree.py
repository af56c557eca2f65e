"""Virtual trials by numpy and by machine code: the same arrays, bit for bit."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from support.virtual_trials import TRIALS, protocol_of, scenario_of
from trialwright.protocol.settled import settled_response
from trialwright.simulate.ablation import expected_hazard
from trialwright.simulate.calibration.start import start_clock
from trialwright.simulate.virtual import one_reading
from trialwright.simulate.virtual.block import virtual_trials
from trialwright.simulate.virtual.compiled import machine_code
from trialwright.simulate.virtual.model import TrialModel, trial_model
from trialwright.simulate.virtual.outcomes import VirtualTrials


def model_of(trial: str, **scan: Any) -> TrialModel:
    """The model of an example with its calibrated clocks and other shares of its scans."""
    protocol, scenario = protocol_of(trial), scenario_of(trial)
    hazard = expected_hazard(scenario) if trial == "002" else 0.0
    clocks = [
        start_clock(scenario, one, settled_response(protocol), hazard) for one in scenario.cohorts
    ]
    scenario = scenario.model_copy(update={"scans": scenario.scans.model_copy(update=scan)})
    return trial_model(protocol, scenario, clocks, seed=7)


def assert_equal(one: VirtualTrials, other: VirtualTrials) -> None:
    for part in fields(VirtualTrials):
        these, those = np.asarray(getattr(one, part.name)), np.asarray(getattr(other, part.name))
        assert these.dtype == those.dtype, part.name
        np.testing.assert_array_equal(these, those, err_msg=part.name)


def both(model: TrialModel, trials: int = 60) -> VirtualTrials:
    """The trials by machine code in two blocks, after comparison with those of numpy in one."""
    numpy = virtual_trials(model, range(trials))
    middle = trials // 3
    parts = [
        virtual_trials(model, range(middle), "numba"),
        virtual_trials(model, range(middle, trials), "numba"),
    ]
    joined = {
        part.name: np.concatenate([getattr(one, part.name) for one in parts])
        for part in fields(VirtualTrials)
        if part.name not in {"first", "cohort"}
    }
    assert parts[1].first == middle
    assert_equal(numpy, VirtualTrials(first=0, cohort=parts[0].cohort, **joined))
    return numpy


@pytest.mark.parametrize("trial", TRIALS)
def test_machine_code_gives_the_same_outcomes_of_the_example(trial: str) -> None:
    found = both(model_of(trial), 120)
    assert len(np.unique(found.confirmed)) >= 5
    assert 0 < found.pfs_event.mean() < 1


@pytest.mark.parametrize("trial", TRIALS)
def test_they_agree_where_everything_goes_wrong(trial: str) -> None:
    wrong = {"missed_share": 0.3, "late_share": 0.3, "unscheduled_share": 0.4, "two_days_share": 0.5,
             "not_evaluable_share": 0.2, "too_small_share": 0.5, "other_reader_share": 0.5}  # fmt: skip
    model = model_of(trial, **wrong)
    cohorts = tuple(
        one._replace(scan=one.scan._replace(equivocal_first=40_000), conduct=one.conduct._replace(
            never_treated=6_000, withdrawal_mean=300.0, lost_mean=400.0, toxicity_mean=200.0,
            therapy_without_pd=50_000, local_therapy=12_000))
        for one in model.cohorts
    )  # fmt: skip
    found = both(replace(model, cohorts=cohorts))
    assert (found.scans > 0).any()


@pytest.mark.parametrize(
    "changes",
    [
        {"fixed_cutoff": 400},
        {"ramps": (9.0,), "pfs_origin": "enrolment", "os_origin": "first_treatment"},
    ],
)
def test_they_agree_under_other_cutoffs_origins_and_accrual(changes: dict[str, Any]) -> None:
    both(replace(model_of("000", unscheduled_share=0.3), **changes))


@pytest.mark.parametrize(
    ("response", "analysis"),
    [
        ({"pd_date": "last_of_tp", "tp_date": "first_of_tp", "cr_then_disease": "keep"},
         {"pfs_rule": "EMA"}),
        ({"cr_then_disease": "reclassify", "response_ref": "enrolment", "missing_as_ne": False,
          "confirm_days": 56, "bor_stop_nact": False}, {"lsta": "any"}),
        ({"nact_same_day": "exclude", "early_death_as_pd": True, "bor_post_treatment": "exclude"},
         {}),
    ],
)  # fmt: skip
def test_they_agree_under_other_rules(response: dict[str, Any], analysis: dict[str, Any]) -> None:
    model = model_of("000", two_days_share=0.5, unscheduled_share=0.2)
    rule, times = replace(model.response, **response), replace(model.analysis, **analysis)
    cohorts = tuple(
        one._replace(scan=one.scan._replace(from_enrolment=rule.response_ref == "enrolment"))
        for one in model.cohorts
    )
    both(replace(model, response=rule, analysis=times, cohorts=cohorts))


def test_one_translation_serves_every_scenario() -> None:
    """Sizes are padded, so that another scenario does not wait for the compiler again."""
    for trial in TRIALS:
        virtual_trials(model_of(trial), range(2), "numba")
    assert len(machine_code(one_reading)["fill_rows"].signatures) == 1
