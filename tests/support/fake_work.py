"""Work that costs nothing and whose totals are known: sums of counter-based numbers of each trial.

The classes are picklable by name, also for processes that are not forks of the test.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trialwright.core.errors import ScenarioError
from trialwright.operating.totals import Totals


@dataclass(frozen=True)
class Sums:
    """Sums over trials of a number that depends on seed and trial alone."""

    trials: int = 1030
    block: int = 20
    seed: int = 7
    seconds: float = 0.0

    @property
    def fingerprint(self) -> str:
        return f"sums of seed {self.seed}"

    def __call__(self, first: int, count: int) -> Totals:
        time.sleep(self.seconds)
        words = np.random.Philox(key=self.seed).advance(first).random_raw(4 * count)
        eighth = (words.reshape(count, 4)[:, 0] % 8).astype(np.int64)
        trials = np.arange(first, first + count)
        return Totals(
            {
                "n": np.array([count]),
                "number": np.array([trials.sum(), (trials**2).sum()]),
                "drawn": np.bincount(eighth, minlength=8).astype(np.int64),
            }
        )


@dataclass(frozen=True)
class Deadly(Sums):
    """Kills its process the first time that it comes to some blocks; `folder` remembers."""

    folder: str = ""
    deadly: tuple[int, ...] = ()
    always: bool = False

    def __call__(self, first: int, count: int) -> Totals:
        mark = Path(self.folder) / f"met-{first}"
        if first in self.deadly and (self.always or not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Sums.__call__(self, first, count)


@dataclass(frozen=True)
class Refusing(Sums):
    """Refuses its trials."""

    def __call__(self, first: int, count: int) -> Totals:
        raise ScenarioError("No.", where="every trial", allowed="nothing", do="stop")


@dataclass(frozen=True)
class Lacking(Sums):
    """Needs a module that no worker has."""

    def __call__(self, first: int, count: int) -> Totals:
        raise ModuleNotFoundError("No module named 'absent'")


def expected(work: Sums) -> dict[str, list[int]]:
    """The totals that need no block: counts and sums of the numbers of the trials."""
    n = work.trials
    return {"n": [n], "number": [n * (n - 1) // 2, (n - 1) * n * (2 * n - 1) // 6]}


@dataclass(frozen=True)
class Stuck(Sums):
    """Takes a minute for each block but the first."""

    def __call__(self, first: int, count: int) -> Totals:
        time.sleep(60 if first else 0)
        return Sums.__call__(self, first, count)


@dataclass(frozen=True)
class Wide(Sums):
    """Totals of many rows, as a study of several scenarios has them."""

    rows: int = 300

    def __call__(self, first: int, count: int) -> Totals:
        return Totals({f"row {at}": np.arange(20) + first * count for at in range(self.rows)})
