"""The clocks of a scenario, calibrated through the response engine."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_response
from trialwright.response.assess import Engine
from trialwright.simulate.ablation import expected_hazard
from trialwright.simulate.calibration.fit import (
    FULL,
    Effort,
    Fit,
    Misfit,
    Reached,
    fit_cohort,
    reached_by,
)
from trialwright.simulate.calibration.refusal import contradiction
from trialwright.simulate.calibration.results import Calibration
from trialwright.simulate.calibration.start import start_clock
from trialwright.simulate.calibration.targets import targets_of
from trialwright.simulate.calibration.virtual_cohort import VirtualCohort, large_cohort
from trialwright.simulate.consistency import check_scenario
from trialwright.simulate.scenario import CohortTruth, Scenario


@dataclass(frozen=True, slots=True)
class _Question:
    """What a fit depends on, as text; equal questions have one answer."""

    key: str
    protocol: Protocol = field(compare=False)
    scenario: Scenario = field(compare=False)
    effort: Effort
    engine: Engine


def calibrate_scenario(
    protocol: Protocol, scenario: Scenario, effort: Effort = FULL, engine: Engine = "numpy"
) -> Calibration:
    """Find the clock of each cohort under which the trial shows what the scenario states.

    Parameters
    ----------
    protocol
        A settled protocol: its scans, response rules and endpoints are what the cohort is seen by.
    scenario
        The assumed truth. Numbers and dates of entry do not matter here.
    effort
        Virtual subjects to take: `FULL`, or `QUICK` where one trial is simulated.
    engine
        Both give the same clocks.

    Returns
    -------
    Calibration
        Clocks and residuals, cohorts in the order of the scenario. Answers are remembered while
        the program runs.

    Raises
    ------
    ScenarioError
        When the scenario contradicts its protocol, or when stated numbers contradict each other;
        the message names the two numbers and how near they can come.
    """
    check_scenario(protocol, scenario)
    fits = []
    for truth in scenario.cohorts:
        try:
            fits.append(_fit(_question(protocol, scenario, truth, effort, engine)))
        except Misfit as misfit:
            observe = VirtualCohort(*large_cohort(protocol, scenario, truth), engine)
            raise contradiction(misfit, observe, effort.rough, (scenario.id, truth.id)) from None
    pairs = zip(fits, scenario.cohorts, strict=True)
    named = [replace(fit, cohort=truth.id) for fit, truth in pairs]
    return Calibration(scenario=scenario.id, fits=tuple(named))


def shown_by(
    protocol: Protocol,
    scenario: Scenario,
    calibration: Calibration,
    task: tuple[int, int],
    engine: Engine = "numpy",
) -> tuple[tuple[Reached, ...], ...]:
    """What fresh cohorts show of the stated numbers, each subject followed as long as stated.

    Parameters
    ----------
    protocol, scenario, calibration
        As given to and by `calibrate_scenario`.
    task
        Number of subjects, and any seed: other subjects than those of the calibration.

    Returns
    -------
    tuple
        One entry a cohort: its stated numbers and what is shown.
    """
    subjects, seed = task
    found = []
    for truth, clock in zip(scenario.cohorts, calibration.clocks, strict=True):
        cohort = VirtualCohort(
            *large_cohort(protocol, scenario, truth), engine, seed, to_death=True
        )
        found.append(reached_by(targets_of(truth), cohort(clock, subjects)))
    return tuple(found)


def _question(
    protocol: Protocol,
    scenario: Scenario,
    truth: CohortTruth,
    effort: Effort,
    engine: Engine,
) -> _Question:
    rules, alone = large_cohort(protocol, scenario, truth)
    return _Question(
        f"{rules.model_dump_json()}{alone.model_dump_json()}", rules, alone, effort, engine
    )


@lru_cache(maxsize=256)
def _fit(question: _Question) -> Fit:
    scenario = question.scenario
    rule = settled_response(question.protocol)
    ablates = any(one.reach == "lesion" for one in question.protocol.regimen)
    hazard = expected_hazard(scenario) if ablates else 0.0
    truth = scenario.cohorts[0]
    observe = VirtualCohort(question.protocol, scenario, question.engine)
    return fit_cohort(truth, start_clock(scenario, truth, rule, hazard), observe, question.effort)
