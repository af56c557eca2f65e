"""The array model of an example trial, roughly calibrated."""

from __future__ import annotations

from support.virtual_trials import protocol_of, scenario_of
from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_response
from trialwright.simulate.calibration.start import start_clock
from trialwright.simulate.clocks import Clock
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.trial import simulate_trial
from trialwright.simulate.virtual.model import TrialModel, trial_model


def clocks_of(protocol: Protocol, scenario: Scenario) -> list[Clock]:
    """Clocks near those of a calibration, at once: what a test needs that asks for no rates."""
    rule = settled_response(protocol)
    return [start_clock(scenario, one, rule, 0.0) for one in scenario.cohorts]


def model_of(trial: str, scenario: Scenario | None = None, seed: int = 1) -> TrialModel:
    """The model of a trial under the clocks from which a calibration starts."""
    protocol, assumed = protocol_of(trial), scenario or scenario_of(trial)
    return trial_model(protocol, assumed, clocks_of(protocol, assumed), seed)


def simulated_roughly(protocol: Protocol, scenario: Scenario, seed: int) -> Sdtm:
    """The records of a trial under rough clocks; a calibration would take seconds."""
    return simulate_trial(protocol, scenario, seed, clocks_of(protocol, scenario))
