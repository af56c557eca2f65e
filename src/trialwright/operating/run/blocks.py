"""Run the blocks of a work wherever the user wants, and keep what is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from trialwright.core.errors import DesignError, InconsistencyError
from trialwright.operating.run.cluster import on_cluster
from trialwright.operating.run.journal import Journal, open_journal
from trialwright.operating.run.local import in_processes, in_this_process
from trialwright.operating.run.pieces import Done, Pieces
from trialwright.operating.run.plan import Part, Plan, Work, plan_of
from trialwright.operating.run.ranges import Ranges, Run, without, words
from trialwright.operating.run.shares import Share
from trialwright.operating.totals import Totals

#: Told the number of trials that are done, and of all trials of this run.
Tell: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToRun:
    """Where the blocks are done; no way changes a number.

    Attributes
    ----------
    workers
        Processes on this machine; with one, everything happens in this process.
    scheduler
        Address or file of a dask.distributed scheduler, which then does the work; "" for none.
    share
        Which of the blocks are done.
    checkpoint
        File that keeps what is done, so that the next run goes on there; None for no file.
    restart
        Whether to forget what the checkpoint holds.
    """

    workers: int = 1
    scheduler: str = ""
    share: Share = field(default_factory=Share)
    checkpoint: Path | None = None
    restart: bool = False


def run_blocks(work: Work, how: HowToRun, tell: Tell) -> Totals:
    """The totals of all trials of a work.

    Raises
    ------
    DesignError
        `how` asks for a share, whose totals are not those of the work.
    TrialwrightError
        As `run_part`.
    """
    if how.share.of != 1:
        raise DesignError(
            "A share has no totals of all trials.",
            where=f"share {how.share.number}/{how.share.of}",
            do="use run_part, and merge the files of all shares",
        )
    totals = run_part(work, how, tell).totals
    if totals is None:
        message = "a plan has at least one block"
        raise AssertionError(message)
    return totals


def run_part(work: Work, how: HowToRun, tell: Tell) -> Part:
    """Do the blocks of a share that are not done yet.

    Blocks are added in the order in which they come: whole numbers, so that the totals are the
    same for any number of workers and interruptions.

    Parameters
    ----------
    work
        The trials; it can be pickled.
    how
        Where they are done, and where what is done is kept.
    tell
        Told how far it is, from the process that called.

    Raises
    ------
    OutputError
        The checkpoint is of another run, or is no checkpoint.
    WorkerError
        Processes, workers or the scheduler went away and did not come back.
    """
    plan = plan_of(work)
    share = how.share.blocks(plan)
    trials = sum(plan.trials_of(run)[1] for run in share)
    with _journal(how, plan, share) as (journal, done):
        pieces = Pieces(plan, without(share, done.blocks), how.workers)
        tell(done.trials, trials)

        def take(run: Run, came: Done) -> None:
            nonlocal done
            totals, seconds = came
            pieces.timed(run, seconds)
            done = done.plus((run,), totals)
            if journal is not None:
                journal.add(Part(plan, (run,), totals), done)
            tell(done.trials, trials)

        if not pieces.left:
            return done
        if how.scheduler:
            on_cluster(work, how.scheduler, pieces, take)
        elif how.workers > 1:
            in_processes(work, pieces, take)
        else:
            in_this_process(work, pieces, take)
    lost = without(share, done.blocks)
    if lost:
        raise InconsistencyError("Blocks of trials were lost.", where=f"blocks {words(lost)}")
    return done


@contextmanager
def _journal(how: HowToRun, plan: Plan, share: Ranges) -> Iterator[tuple[Journal | None, Part]]:
    if how.checkpoint is None:
        yield None, Part(plan)
        return
    journal, done = open_journal(how.checkpoint, plan, share, restart=how.restart)
    try:
        yield journal, done
    finally:
        journal.close()
