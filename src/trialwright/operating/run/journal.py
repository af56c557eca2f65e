"""The checkpoint of a run: a line for each run of blocks that is done, merged now and then."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from trialwright.core.errors import DataError, OutputError
from trialwright.core.results import Json
from trialwright.core.terminal import shown
from trialwright.operating.run.plan import Part, Plan
from trialwright.operating.run.ranges import Ranges
from trialwright.operating.run.records import part_json, part_of, plan_json, sealed, unsealed

if sys.platform != "win32":
    import fcntl

_KIND = "trialwright checkpoint 1"
#: Lines after which they are merged into one.
_LINES = 32
#: A power failure costs at most the work of so many seconds.
_SYNC_SECONDS = 2.0
#: Pause after a line, in times that writing it took: a wide line must not hold up many workers.
_PAUSE = 9.0


class Journal:
    """An open checkpoint, which only grows at its end or is replaced in one step.

    Parameters
    ----------
    path
        The file; replaced by one line for what is done.
    share
        The blocks that this run is to do.
    done
        What is done so far.
    """

    def __init__(self, path: Path, share: Ranges, done: Part) -> None:
        self._path = path
        self._head = sealed(_head(done.plan, share))
        self._done = done
        self._new = Part(done.plan)
        self._next = float("-inf")
        self._handle = self._replaced()

    def add(self, new: Part, done: Part) -> None:
        """Note what is new; `done` is all that is done, with it."""
        self._done = done
        self._new = self._new.plus(new.blocks, new.totals)
        begun = time.monotonic()
        if begun < self._next:
            return
        with _told(self._path):
            self._write()
        ended = time.monotonic()
        self._next = ended + _PAUSE * (ended - begun)

    def close(self) -> None:
        """Leave the file complete on the disk."""
        with _told(self._path):
            try:
                if self._new.blocks:
                    self._write()
                self._sync(self._handle)
            finally:
                self._handle.close()

    def _write(self) -> None:
        # Forgotten before it is written: a line that a full disk cut short is not written twice.
        new, self._new = self._new, Part(self._new.plan)
        if self._lines == _LINES:
            before, self._handle = self._handle, self._replaced()
            before.close()
            return
        self._handle.write(sealed(part_json(new)))
        self._handle.flush()
        self._lines += 1
        if time.monotonic() - self._synced > _SYNC_SECONDS:
            self._sync(self._handle)

    def _sync(self, handle: IO[bytes]) -> None:
        os.fsync(handle.fileno())
        self._synced = time.monotonic()

    def _replaced(self) -> IO[bytes]:
        """A file of two lines in the place of the old one, open at its end."""
        staged = self._path.with_name(f".{self._path.name}.trialwright")
        handle = staged.open("wb")
        try:
            _lock(handle, self._path)
            handle.write(self._head + sealed(part_json(self._done)))
            handle.flush()
            self._sync(handle)
            staged.replace(self._path)
        except BaseException:
            handle.close()
            staged.unlink(missing_ok=True)
            raise
        self._lines = 0
        return handle


def open_journal(
    path: Path, plan: Plan, share: Ranges, *, restart: bool = False
) -> tuple[Journal, Part]:
    """The checkpoint of a run, and what an earlier run has done of its plan.

    It is held from before it is read until it is closed: of two runs that start at the same time
    one is refused. A last line that is torn, since the run was killed while it wrote, is ignored.

    Raises
    ------
    OutputError
        The file is no checkpoint, is one of another plan, is damaged, or is in use; or it cannot
        be written. With `restart` another plan and damage do not matter.
    """
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _held(path) as handle:
            done = _read(path, handle, plan, share, restart=restart)
            return Journal(path, share, done), done


def _held(path: Path) -> IO[bytes]:
    """The file, made if need be, open and locked, and still the one of this name."""
    while True:
        handle = path.open("a+b")
        try:
            _lock(handle, path)
            if _is_at(handle, path):
                return handle
        except BaseException:
            handle.close()
            raise
        handle.close()


def _is_at(handle: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _read(path: Path, handle: IO[bytes], plan: Plan, share: Ranges, *, restart: bool) -> Part:
    done = Part(plan)
    handle.seek(0)
    first = handle.readline()
    if not first:
        return done
    found = unsealed(first)
    if found is None or found.get("kind") != _KIND:
        raise OutputError(
            "This file is no checkpoint of virtual trials.",
            where=shown(str(path)),
            do="name another file with --checkpoint",
        )
    if restart:
        return done
    _check_same(path, found, _head(plan, share))
    try:
        for record in _records(path, handle):
            part = part_of(plan, record)
            done = done.plus(part.blocks, part.totals)
    except (DataError, KeyError, TypeError, ValueError) as error:
        raise _damaged(path) from error
    return done


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in words that the system refuses a checkpoint: a full disk, a folder, no permission."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"The checkpoint cannot be written: {error.strerror or error}.",
            where=shown(str(path)),
            do="make room, or name another file with --checkpoint; what it holds is kept",
        ) from error


def _records(path: Path, handle: IO[bytes]) -> Iterator[dict[str, Json]]:
    for line in handle:
        record = unsealed(line)
        if record is not None:
            yield record
        elif handle.read(1):
            raise _damaged(path)


def _head(plan: Plan, share: Ranges) -> dict[str, Json]:
    return {**plan_json(plan), "kind": _KIND, "share": [list(run) for run in share]}


def _check_same(path: Path, found: dict[str, Json], wanted: dict[str, Json]) -> None:
    differs = [name for key, name in _DIFFERENCES.items() if found.get(key) != wanted[key]]
    if differs:
        numbers = [
            f"{key}: {found.get(key)} there, {wanted[key]} now"
            for key in ("trials", "block", "share")
            if found.get(key) != wanted[key]
        ]
        raise OutputError(
            f"The checkpoint is of another run; what differs: {'; '.join(differs)}.",
            where="; ".join([shown(str(path)), *numbers]),
            allowed="the same protocol, scenario, seed, number of trials, shard and version",
            do="repeat the command that began it, or add --restart to forget what it has done",
        )


_DIFFERENCES = {
    "fingerprint": "protocol, scenario, variants, seed or version",
    "trials": "the number of trials",
    "block": "the size of a block",
    "share": "the shard",
}


def _damaged(path: Path) -> OutputError:
    return OutputError(
        "The checkpoint is damaged in the middle.",
        where=shown(str(path)),
        do="add --restart to begin again",
    )


def _lock(handle: IO[bytes], path: Path) -> None:
    """Refuse a checkpoint that another run is writing; a lock ends with its process."""
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise OutputError(
            "Another run is using the checkpoint.",
            where=shown(str(path)),
            do="wait until it ends, or choose another --out or --checkpoint",
        ) from error
    except OSError:
        return  # A file system without locks: totals are right all the same.
