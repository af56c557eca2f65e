"""What is to be run: trials in blocks that any process can do, and the part that is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from trialwright.core.errors import DataError, DesignError
from trialwright.operating.run.ranges import Ranges, Run, common, joined, words
from trialwright.operating.totals import Totals


class Work(Protocol):
    """Virtual trials that can be pickled, with the totals of any block of them.

    Attributes
    ----------
    fingerprint
        SHA-256 of everything that the totals depend on, but for the number of trials.
    trials
        Number of trials.
    block
        Trials of one block; the last block may be shorter.
    """

    @property
    def fingerprint(self) -> str: ...  # noqa: D102
    @property
    def trials(self) -> int: ...  # noqa: D102
    @property
    def block(self) -> int: ...  # noqa: D102
    def __call__(self, first: int, count: int) -> Totals:
        """Totals of `count` trials from number `first` on."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """Which trials are run; parts of equal plans can be joined.

    Attributes
    ----------
    fingerprint, trials, block
        As in `Work`.
    """

    fingerprint: str
    trials: int
    block: int

    def __post_init__(self) -> None:
        for name, value in (("trials", self.trials), ("trials of a block", self.block)):
            if value < 1:
                raise DesignError(
                    f"The number of {name} is {value}.", where=name, allowed="1 or more"
                )

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return -(-self.trials // self.block)

    def trials_of(self, run: Run) -> tuple[int, int]:
        """Number of the first trial, and number of trials, of a run of blocks."""
        first, end = (min(at * self.block, self.trials) for at in run)
        return first, end - first


def plan_of(work: Work) -> Plan:
    """The plan of a work."""
    return Plan(work.fingerprint, work.trials, work.block)


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks of a plan that are done, with the sum of their totals (None before the first)."""

    plan: Plan
    blocks: Ranges = ()
    totals: Totals | None = None

    @property
    def trials(self) -> int:
        """Number of trials that are done."""
        return sum(self.plan.trials_of(run)[1] for run in self.blocks)

    def plus(self, blocks: Ranges, totals: Totals | None) -> Part:
        """The part with further blocks.

        Raises
        ------
        DataError
            A block is there already, or is not a block of the plan.
        """
        twice = common(self.blocks, blocks)
        if twice:
            raise DataError(
                "Blocks of virtual trials would be counted twice.",
                where=f"blocks {words(twice)} of 0-{self.plan.blocks - 1}",
                allowed="each block once",
            )
        if blocks and not (blocks[0][0] >= 0 and blocks[-1][1] <= self.plan.blocks):
            raise DataError(
                "A block is not part of the plan.",
                where=f"blocks {words(blocks)}",
                allowed=f"0-{self.plan.blocks - 1}",
            )
        if totals is None:
            return self
        total = totals if self.totals is None else self.totals + totals
        return Part(self.plan, joined((*self.blocks, *blocks)), total)
