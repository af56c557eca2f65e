"""Processes that share out work: started alike, and gone with the one that started them."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import connection


def process_pool(
    workers: int, preload: str, first: Callable[[bytes], None] | None = None, given: bytes = b""
) -> ProcessPoolExecutor:
    """A pool of processes that are not forks of this one, which may have threads.

    Parameters
    ----------
    workers
        Number of processes.
    preload
        Module that every process needs; where the system can, it is loaded once for all of them.
    first, given
        Called with `given` in each process before it works.
    """
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    context.set_forkserver_preload([preload])
    return ProcessPoolExecutor(
        workers, mp_context=context, initializer=_start, initargs=(first, given)
    )


def end_now(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool without waiting for what they are doing; it is of no use then."""
    # As `kill_workers` of Python 3.14 does it.
    for process in list((pool._processes or {}).values()):
        process.kill()


def _start(first: Callable[[bytes], None] | None, given: bytes) -> None:
    # Ctrl-C reaches every process of the terminal; the one that started this one answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    if first is not None:
        first(given)
    gc.freeze()  # what is loaded by now stays: no need to look through it again and again


def _end_with_parent() -> None:
    """End this process when the one that started it is ended from outside.

    A worker waits for work on a pipe that it holds open itself, so it would wait for ever.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
