"""Many trials of a protocol from first to last: ordered, run in blocks, joined, made into files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trialwright.core.errors import DataError, ProtocolError
from trialwright.core.results import Json
from trialwright.core.terminal import shown
from trialwright.operating.run.blocks import HowToRun, Tell, run_part
from trialwright.operating.run.plan import Part
from trialwright.operating.run.shares import merge_files, part_bytes, totals_name
from trialwright.operating.study import Study, characteristics, plan_trials
from trialwright.protocol.document import parse_protocol, protocol_text
from trialwright.protocol.model import Protocol
from trialwright.simulate.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialsOrder:
    """What is to be simulated; with the version of this program it decides every number.

    Attributes
    ----------
    protocol, scenarios
        A settled protocol and the assumed truths.
    seed, trials
        Any integer, and the number of trials of each scenario.
    """

    protocol: Protocol
    scenarios: tuple[Scenario, ...]
    seed: int
    trials: int

    def work(self) -> Study:
        """The trials in blocks that any process can do."""
        return plan_trials(self.protocol, self.scenarios, self.seed, self.trials)

    def to_json(self) -> dict[str, Json]:
        """As plain data, from which `order_of` makes it again."""
        return {
            "protocol": protocol_text(self.protocol),
            # As text: the order of keys may decide the order of random draws.
            "scenarios": [one.model_dump_json() for one in self.scenarios],
            "seed": self.seed,
            "trials": self.trials,
        }


def order_of(record: Json) -> TrialsOrder:
    """The order that `to_json` gave.

    Raises
    ------
    KeyError, TypeError, ValueError, TrialwrightError
        The record has another form, or is of another version of this program.
    """
    if not isinstance(record, dict) or not isinstance(record["scenarios"], list):
        raise TypeError(record)
    return TrialsOrder(
        protocol=parse_protocol(str(record["protocol"])),
        scenarios=tuple(Scenario.model_validate_json(str(one)) for one in record["scenarios"]),
        seed=int(str(record["seed"])),
        trials=int(str(record["trials"])),
    )


@dataclass(frozen=True, slots=True)
class ManyTrials:
    """Trials that are done: all that were ordered, or a share of them."""

    order: TrialsOrder
    work: Study
    part: Part

    def totals(self) -> bytes:
        """The totals with the order, as a file that can be merged with those of other shares."""
        return part_bytes(self.part, self.order.to_json())

    def files(self) -> dict[str, str | bytes]:
        """The operating characteristics, and the totals they come from.

        Raises
        ------
        DataError
            Trials are missing.
        """
        if self.part.totals is None or self.part.trials != self.part.plan.trials:
            raise DataError(
                "Operating characteristics need all trials that were ordered.",
                where=f"{self.part.trials} of {self.part.plan.trials} trials",
                do="merge the files of all shards",
            )
        return {**characteristics(self.work, self.part.totals), totals_name(): self.totals()}


def simulate_many(order: TrialsOrder, how: HowToRun, tell: Tell) -> ManyTrials:
    """Simulate the trials of an order, or the share of them that `how` names.

    The same order gives the same totals in every way of running; see `HowToRun`.

    Raises
    ------
    TrialwrightError
        Protocol and scenario do not fit, or as `run_part` says.
    """
    work = order.work()
    return ManyTrials(order, work, run_part(work, how, tell))


def merge_many(paths: Iterable[Path]) -> ManyTrials:
    """Join the files of all shares of one order.

    Raises
    ------
    DataError
        As `merge_files`, or the files are of another version of this program.
    """
    files = list(paths)
    part, record = merge_files(files)
    try:
        order = order_of(record)
        work = order.work()
    except (KeyError, TypeError, ValueError, ProtocolError) as error:
        raise _other_version(files[0]) from error
    if work.fingerprint != part.plan.fingerprint:
        raise _other_version(files[0])
    return ManyTrials(order, work, part)


def _other_version(path: Path) -> DataError:
    return DataError(
        "These totals are of another version of this program, whose trials may differ.",
        where=shown(str(path)),
        allowed="totals of this version",
        do="merge them with the version that simulated them, or run the shards again",
    )
