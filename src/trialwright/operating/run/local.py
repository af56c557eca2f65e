"""Blocks done on this machine: in this process, or in several."""

from __future__ import annotations

import pickle
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from trialwright.core.errors import WorkerError
from trialwright.core.processes import end_now, process_pool
from trialwright.operating.run.pieces import Done, Pieces, Take, do_run
from trialwright.operating.run.plan import Work
from trialwright.operating.run.ranges import Run

#: Pools in a row that may break before one of them has brought anything.
_POOLS = 3
#: The work of this process, where it is one of a pool; sent once, so that a task is two numbers.
_HELD: list[Work] = []


def in_this_process(work: Work, pieces: Pieces, take: Take) -> None:
    """Do all open blocks here."""
    while (run := pieces.next()) is not None:
        take(run, do_run(work, run))


def in_processes(work: Work, pieces: Pieces, take: Take) -> None:
    """Do all open blocks in `pieces.workers` processes; blocks of a dead process are done again.

    Raises
    ------
    WorkerError
        Processes are ended again and again before they bring anything.
    """
    packed = pickle.dumps(work)
    preload = type(work).__module__
    fruitless = 0
    while pieces.left and fruitless < _POOLS:
        before = pieces.left
        _in_one_pool(process_pool(pieces.workers, preload, _hold, packed), pieces, take)
        fruitless = 0 if pieces.left < before else fruitless + 1
    if pieces.left:
        raise WorkerError(
            "Processes that simulate were ended from outside, for want of memory as a rule.",
            where=f"{pieces.workers} processes, {_POOLS} attempts in a row",
            do="run the same command again with fewer --workers; blocks in the checkpoint are kept",
        )


def _in_one_pool(pool: ProcessPoolExecutor, pieces: Pieces, take: Take) -> None:
    """Work until nothing is open, or until the pool breaks: what it had is open again then."""
    running: dict[Future[Done], Run] = {}
    try:
        while _fill(pool, running, pieces):
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                done = future.result()
                take(running.pop(future), done)
    except BrokenProcessPool:
        for future, run in running.items():
            if future.done() and future.exception() is None:
                take(run, future.result())
            else:
                pieces.back(run)
    except BaseException:
        end_now(pool)  # Ctrl-C, a refusal, a full disk: nobody wants the blocks that are on the way
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _fill(pool: ProcessPoolExecutor, running: dict[Future[Done], Run], pieces: Pieces) -> bool:
    """Keep every process busy; whether anything is running."""
    while len(running) < 2 * pieces.workers and (run := pieces.next()) is not None:
        try:
            running[pool.submit(_held_run, run)] = run
        except BrokenProcessPool:
            pieces.back(run)
            raise
    return bool(running)


def _hold(packed: bytes) -> None:
    _HELD[:] = [pickle.loads(packed)]  # noqa: S301 - packed by the process that started this one


def _held_run(run: Run) -> Done:
    return do_run(_HELD[0], run)
