"""Blocks that are open, handed out in runs that take about a second each."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

from trialwright.operating.run.plan import Plan, Work, plan_of
from trialwright.operating.run.ranges import Ranges, Run, joined, size
from trialwright.operating.totals import Totals

#: What comes of a run of blocks: its totals, and the seconds it took.
Done: TypeAlias = tuple[Totals, float]
#: Called with each run that is done.
Take: TypeAlias = Callable[[Run, Done], None]
#: Long enough that handing out costs nothing, short enough that little is lost when it is cut off.
_SECONDS = 1.0


class Pieces:
    """Open blocks of a plan.

    The first run is one block; later ones are as long as the fastest so far lets expect for a
    second, and short near the end, so that all workers end together. How the blocks are cut
    changes no total.

    Parameters
    ----------
    plan, blocks
        The plan and its open blocks.
    workers
        How many work at the same time; may be changed while the blocks are done.
    """

    def __init__(self, plan: Plan, blocks: Ranges, workers: int) -> None:
        self.plan = plan
        self.workers = workers
        self._open = list(joined(blocks))
        self._pace: float | None = None

    @property
    def left(self) -> int:
        """Number of blocks that nobody has."""
        return size(tuple(self._open))

    def next(self) -> Run | None:
        """Hand out a run of blocks; None when no more are open."""
        if not self._open:
            return None
        length = self._length()
        start, stop = self._open.pop(0)
        cut = min(stop, start + length)
        if cut < stop:
            self._open.insert(0, (cut, stop))
        return start, cut

    def back(self, run: Run) -> None:
        """Take back a run that came to nothing."""
        self._open = list(joined((*self._open, run)))

    def timed(self, run: Run, seconds: float) -> None:
        """Remember how long a run took."""
        pace = max(seconds, 1e-6) / (run[1] - run[0])
        self._pace = pace if self._pace is None else min(pace, self._pace)

    def _length(self) -> int:
        if self._pace is None:
            return 1
        return max(1, min(int(_SECONDS / self._pace), self.left // (4 * self.workers)))


def do_run(work: Work, run: Run) -> Done:
    """Do the blocks of a run one after the other, so that memory is that of one block."""
    begun = time.perf_counter()
    plan = plan_of(work)
    start, stop = run
    totals = work(*plan.trials_of((start, start + 1)))
    for block in range(start + 1, stop):
        totals += work(*plan.trials_of((block, block + 1)))
    return totals, time.perf_counter() - begun
