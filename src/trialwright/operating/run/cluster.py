"""Blocks done by the workers of a dask.distributed scheduler; the only module that knows dask."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from trialwright._version import __version__
from trialwright.core.errors import MissingExtraError, TrialwrightError, WorkerError
from trialwright.operating.run.pieces import Done, Pieces, Take, do_run
from trialwright.operating.run.plan import Work
from trialwright.operating.run.ranges import Run

#: Times in a row that the scheduler may give up a task before another one brings anything.
_GIVEN_UP = 3
_SECONDS = 20.0
#: How often the scheduler is asked for the number of its workers.
_ASK_SECONDS = 5.0
#: Loggers of a client that have a level of their own.
_LOGGERS = ("distributed", "distributed.client")


def on_cluster(work: Work, scheduler: str, pieces: Pieces, take: Take) -> None:
    """Do all open blocks on the workers of a scheduler, a few tasks a thread at a time.

    The tasks of a worker that dies go to the others. A worker that joins later is used.

    Parameters
    ----------
    work
        What is done; the workers need the same version of this program.
    scheduler
        Its address (`tcp://host:8786`, `tls://host:8786`) or the path of its file (`.json`).
        Keys and certificates come from the configuration of dask.
    pieces, take
        The open blocks, and who is told of each that is done.

    Raises
    ------
    MissingExtraError
        The extra `dist` is not installed.
    WorkerError
        The scheduler cannot be reached or goes away, or worker after worker dies.
    """
    dask = _dask(scheduler)
    with _silent(), _connected(dask, scheduler) as client:
        _Tasks(dask, client, work, pieces).finish(take)


@contextmanager
def _silent() -> Iterator[None]:
    """Keep dask from printing the tracebacks of what is told as a refusal."""
    named = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in named]
    for logger in named:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(named, levels, strict=True):
            logger.setLevel(level)


class _Tasks:
    """Tasks in flight: as many as keep the workers busy, so that the scheduler stays small."""

    def __init__(self, dask: Any, client: Any, work: Work, pieces: Pieces) -> None:
        self._dask = dask
        self._client = client
        self._packed = pickle.dumps(work)
        self._pieces = pieces
        self._runs: dict[object, Run] = {}
        self._asked = float("-inf")
        self._given_up = 0

    def finish(self, take: Take) -> None:
        waiting = self._dask.as_completed(self._fill(), loop=self._client.loop)
        for future in waiting:
            run = self._runs.pop(future.key)
            done = self._done(future)
            if done is None:
                self._pieces.back(run)
            else:
                take(run, done)
            waiting.update(self._fill())

    def _fill(self) -> list[Any]:
        self._count_workers()
        sent = []
        while len(self._runs) < 2 * self._pieces.workers + 2:
            run = self._pieces.next()
            if run is None:
                break
            # Not pure: the scheduler keeps no result of an earlier run under the same name.
            task = self._client.submit(
                run_packed, self._packed, run, __version__, pure=False, retries=2
            )
            self._runs[task.key] = run
            sent.append(task)
        return sent

    def _count_workers(self) -> None:
        now = time.monotonic()
        if now - self._asked > _ASK_SECONDS:
            self._pieces.workers = max(1, sum(self._client.nthreads().values()))
            self._asked = now

    def _done(self, future: Any) -> Done | None:
        """What came of a task; None if the scheduler gave it up with its workers."""
        try:
            done: Done | TrialwrightError = future.result()
        except self._dask.KilledWorker as error:
            self._given_up += 1
            if self._given_up < _GIVEN_UP:
                return None
            raise WorkerError(
                "One worker after the other died on the same blocks.",
                where=str(error).split("\n", maxsplit=1)[0],
                do="give the workers more memory; blocks in the checkpoint are kept",
            ) from error
        except ImportError as error:
            raise WorkerError(
                f"A worker cannot load what the work needs: {error}.",
                where=self._client.scheduler.address,
                do="install the same trialwright, with the same extras, for all workers",
            ) from error
        except (self._dask.client.FutureCancelledError, OSError) as error:
            raise _gone(self._client) from error
        if isinstance(done, TrialwrightError):
            raise done
        self._given_up = 0
        return done


def _dask(scheduler: str) -> Any:
    """The library, imported by the runs that ask for it."""
    if find_spec("distributed") is None:
        raise MissingExtraError(
            "Work on a cluster needs dask.distributed.",
            where=f"--scheduler {scheduler}",
            do='install it with: pip install "trialwright[dist]"',
        )
    import distributed  # noqa: PLC0415 -- slow to import, needed here only

    return distributed


def _connected(dask: Any, scheduler: str) -> Any:
    address = _address(scheduler)
    keys = dask.Security().get_connection_args("client")
    if address.startswith("tls://") and keys.get("ssl_context") is None:
        raise _unreachable(scheduler, "the configuration of dask names no certificates")
    try:
        # Asked first: a client that finds nobody keeps trying, also when it is to end, and waits
        # for ever for the greeting of something that is no scheduler.
        parts = urlsplit(address)
        socket.create_connection((parts.hostname or "", parts.port or 0), _SECONDS).close()
        asyncio.run(_greet(dask, address, keys))
        return dask.Client(address, timeout=_SECONDS, set_as_default=False, name="trialwright")
    except TimeoutError as error:
        raise _unreachable(scheduler, f"no answer within {_SECONDS:.0f} seconds") from error
    except (MemoryError, OverflowError) as error:  # It took other bytes for a length.
        raise _unreachable(scheduler, "what answers is no scheduler") from error
    except (OSError, ValueError, TypeError) as error:
        raise _unreachable(scheduler, str(error).split("\n", maxsplit=1)[0]) from error


async def _greet(dask: Any, address: str, keys: dict[str, Any]) -> None:
    connected = dask.comm.connect(address, timeout=_SECONDS, **keys)
    (await asyncio.wait_for(connected, _SECONDS)).abort()


def _address(scheduler: str) -> str:
    """The address, read from the file of a scheduler where it is one."""
    if not scheduler.endswith(".json"):
        return scheduler if "://" in scheduler else f"tcp://{scheduler}"
    try:
        return str(json.loads(Path(scheduler).read_bytes())["address"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreachable(scheduler, f"no file of a scheduler ({type(error).__name__})") from error


def _unreachable(scheduler: str, reason: str) -> WorkerError:
    return WorkerError(
        "The scheduler cannot be reached.",
        where=f"--scheduler {scheduler}: {reason}",
        allowed="tcp://host:port, tls://host:port, or the file that `dask scheduler` wrote (.json)",
        do="start it with: dask scheduler; then name the address that it prints",
    )


def _gone(client: Any) -> WorkerError:
    return WorkerError(
        "The scheduler went away.",
        where=client.scheduler.address,
        do="start it and run the same command again; blocks in the checkpoint are kept",
    )


def run_packed(packed: bytes, run: Run, version: str) -> Done | TrialwrightError:
    """Do a run of blocks on a worker.

    Parameters
    ----------
    packed
        The pickled work; unpacked once a worker.
    run, version
        The blocks, and the version of the program that asks.

    Returns
    -------
    Done | TrialwrightError
        What came of it. A refusal is returned, since dask would try a task that raises again.
    """
    if version != __version__:
        return WorkerError(
            f"A worker has trialwright {__version__}, this program is {version}.",
            where=f"worker on {socket.gethostname()}",
            allowed="the same version everywhere",
        )
    try:
        return do_run(_unpacked(packed), run)
    except TrialwrightError as refusal:
        return refusal


@lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Work:
    work: Work = pickle.loads(packed)  # noqa: S301 - sent by the client, whom dask obeys anyway
    return work
