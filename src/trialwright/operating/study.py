"""Virtual trials of a protocol under several scenarios as one piece of work for `operating.run`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.util import find_spec

from trialwright._version import __version__
from trialwright.core.errors import ScenarioError
from trialwright.operating.block import block_sums
from trialwright.operating.characteristics import characteristics_files, read_characteristics
from trialwright.operating.plan import GridPlan, Plan
from trialwright.operating.planning import Settings, plan_scenario
from trialwright.operating.reading import SEPARATOR
from trialwright.operating.totals import Counts, Totals
from trialwright.operating.variants import changed
from trialwright.protocol.model import Protocol
from trialwright.simulate.calibration.calibrate import calibrate_scenario
from trialwright.simulate.calibration.results import Calibration
from trialwright.simulate.clocks import Clock
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.virtual.block import virtual_trials
from trialwright.simulate.virtual.model import TrialModel, trial_model
from trialwright.stats.km_batches import Engine

#: Trials of a block: its arrays of lesions stay in the cache of the processor.
BLOCK = 1024
#: Trials from which translating the engine into machine code takes less than it saves.
_MACHINE_CODE_PAYS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """A scenario with the clock of each of its cohorts, and the calibration that found them."""

    scenario: Scenario
    clocks: tuple[Clock, ...]
    calibration: Calibration | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """A protocol under one or more scenarios; calling it simulates a block of trials.

    It can be pickled; what is worked out from it is made anew in each process, once. Without
    slots, since the fingerprint is kept.

    Attributes
    ----------
    protocol, assumed
        A settled protocol and the scenarios.
    grid
        What is worked out.
    trials, block
        Number of trials of each scenario, and of a block.
    """

    protocol: Protocol
    assumed: tuple[Assumed, ...]
    grid: GridPlan
    trials: int
    block: int = BLOCK

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all that the totals depend on but the number of trials.

        The engine is left out: both give the same totals.
        """
        said = (
            __version__,
            self.protocol.model_dump_json(),
            [(one.scenario.model_dump_json(), one.clocks) for one in self.assumed],
            replace(self.grid, engine="numpy"),
        )
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        """Whether both give the same totals with the same engine."""
        return isinstance(other, Study) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[str, int, int, str]:
        return self.fingerprint, self.trials, self.block, self.grid.engine

    def __call__(self, first: int, count: int) -> Totals:
        """Totals of `count` trials of every scenario from number `first` on.

        Raises
        ------
        MissingExtraError
            If the engine is numba and numba is not installed.
        """
        numbers, engine = range(first, first + count), self.grid.engine
        rows: dict[str, Counts] = {}
        for plan, models in zip(self.grid.scenarios, models_of(self), strict=True):
            blocks = {
                variant.id: virtual_trials(model, numbers, engine)
                for variant, model in zip(plan.variants, models, strict=True)
            }
            for name, row in block_sums(plan, blocks, engine).items():
                rows[f"{plan.id}{SEPARATOR}{name}"] = row
        return Totals(rows)


def plan_trials(
    protocol: Protocol,
    scenarios: Sequence[Scenario],
    seed: int,
    trials: int,
    settings: Settings | None = None,
) -> Study:
    """Calibrate the scenarios and plan their evaluation, with machine code where it pays.

    Parameters
    ----------
    protocol
        A settled protocol.
    scenarios
        Assumed truths with different ids.
    seed, trials
        Any integer, and the number of trials of each scenario.
    settings
        What is worked out; everything by default.

    Raises
    ------
    ScenarioError
        When scenarios share an id, or a scenario contradicts itself or the protocol.
    ProtocolError, DesignError
        As `plan_scenario`.
    """
    fast = trials >= _MACHINE_CODE_PAYS and find_spec("numba") is not None
    engine: Engine = "numba" if fast else "numpy"
    found = [(one, calibrate_scenario(protocol, one, engine=engine)) for one in scenarios]
    assumed = [
        Assumed(scenario=one, clocks=calibration.clocks, calibration=calibration)
        for one, calibration in found
    ]
    return planned_study(protocol, assumed, settings or Settings(), Size(seed, trials, engine))


def characteristics(study: Study, totals: Totals) -> dict[str, str | bytes]:
    """The operating characteristics of all trials of a study as files.

    Raises
    ------
    DataError
        When the totals are not of this study.
    """
    reached = {
        one.scenario.id: one.calibration.to_json()
        for one in study.assumed
        if one.calibration is not None
    }
    return characteristics_files(read_characteristics(study.grid, totals), reached)


@dataclass(frozen=True, slots=True)
class Size:
    """Seed and number of trials of each scenario, and the engine, which changes no number."""

    seed: int
    trials: int
    engine: Engine = "numpy"


def planned_study(
    protocol: Protocol, assumed: Sequence[Assumed], settings: Settings, size: Size
) -> Study:
    """Plan the evaluation of a protocol under scenarios with known clocks.

    Raises
    ------
    ScenarioError
        When two scenarios have one id, or a variant changes what is not there.
    ProtocolError, DesignError
        As `plan_scenario`.
    """
    names = [one.scenario.id for one in assumed]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ScenarioError(
            "Two scenarios of one evaluation have the same id.",
            where=f'scenario id "{twice[0]}"',
            allowed="a different id for each scenario",
            do="change the id in one of the files",
        )
    plans = tuple(plan_scenario(protocol, one.scenario, settings) for one in assumed)
    for one, plan in zip(assumed, plans, strict=True):
        for variant in plan.variants:
            changed(protocol, one.scenario, variant)
    grid = GridPlan(scenarios=plans, seed=size.seed, engine=size.engine)
    return Study(protocol=protocol, assumed=tuple(assumed), grid=grid, trials=size.trials)


@lru_cache(maxsize=1)
def models_of(study: Study) -> tuple[tuple[TrialModel, ...], ...]:
    """The models of every variant of every scenario; kept for the blocks of one process."""
    return tuple(
        tuple(_models(study, one, plan))
        for one, plan in zip(study.assumed, study.grid.scenarios, strict=True)
    )


def _models(study: Study, one: Assumed, plan: Plan) -> Iterator[TrialModel]:
    """The true course of all variants is that of the calibrated scenario."""
    for variant in plan.variants:
        protocol, scenario = changed(study.protocol, one.scenario, variant)
        yield trial_model(protocol, scenario, one.clocks, study.grid.seed)
