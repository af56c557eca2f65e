"""A store of snapshots: every file as it was written, every snapshot tied to the one before."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from trialwright.core.errors import DataError
from trialwright.core.tables import Sdtm
from trialwright.core.terminal import shown
from trialwright.intake.delivery import required_domains
from trialwright.intake.sdtm_delivery import read_sdtm
from trialwright.protocol.document import read_protocol
from trialwright.protocol.model import Protocol
from trialwright.snapshots.model import ABOUT, PROTOCOL, SOURCES, Snapshot, folder_name, snapshot_of
from trialwright.snapshots.places import with_sources

_NUMBER = re.compile(r"[0-9]{4,}")
_RESTORE = "put the store back from a copy; a snapshot is never edited"


def check_store(store: Path, *, empty: bool = False) -> tuple[Snapshot, ...]:
    """Read every snapshot of a store and check every file.

    Parameters
    ----------
    store
        The folder.
    empty
        Whether a folder that is not there or holds no snapshot is accepted.

    Returns
    -------
    tuple
        The snapshots by number.

    Raises
    ------
    DataError
        When a file or a link of the chain is not as it was written, with the file.
    """
    names = sorted((one for one in _names(store) if _NUMBER.fullmatch(one)), key=int)
    if not names and not empty:
        raise DataError(
            "There is no snapshot.",
            where=shown(str(store)),
            allowed="a folder that `snapshot take` made",
            do="take a snapshot first",
        )
    found: list[Snapshot] = []
    previous = ""
    for number, name in enumerate(names, start=1):
        if name != folder_name(number):
            raise _changed(store / folder_name(number), "A snapshot is missing from the store.")
        snapshot, previous = _checked(store / name, number, previous)
        found.append(snapshot)
    return tuple(found)


def _names(store: Path) -> list[str]:
    try:
        return [one.name for one in store.iterdir()] if store.exists() else []
    except OSError as error:
        raise DataError(
            f"The store cannot be read: {error.strerror or error}.",
            where=shown(str(store)),
            allowed="a folder",
        ) from error


def _checked(folder: Path, number: int, previous: str) -> tuple[Snapshot, str]:
    """The snapshot of a folder once all of it is as written, and the hash of its description."""
    about = _content(folder / ABOUT)
    snapshot = snapshot_of(about, folder / ABOUT)
    if (snapshot.number, snapshot.previous) != (number, previous):
        raise _changed(folder / ABOUT, "The chain of snapshots is broken before this one.")
    there = {
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if not path.is_dir() or path.is_symlink()
    } - {ABOUT}
    for name in sorted(there ^ snapshot.files.keys()):
        what = "was added" if name in there else "is missing"
        raise _changed(folder / name, f"A file of a snapshot {what}.")
    for name, digest in sorted(snapshot.files.items()):
        if sha256(_content(folder / name)).hexdigest() != digest:
            raise _changed(folder / name, "A file of a snapshot was changed.")
    return snapshot, sha256(about).hexdigest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _changed(path, "A file of a snapshot is missing.") from error
    except OSError as error:
        raise DataError(
            f"The snapshot cannot be read: {error.strerror or error}.", where=shown(str(path))
        ) from error


def _changed(path: Path, what: str) -> DataError:
    return DataError(what, where=shown(str(path)), allowed="every file as written", do=_RESTORE)


def read_snapshot(
    store: Path, number: int, protocol: Protocol | None = None
) -> tuple[Protocol, Sdtm]:
    """The protocol and the data of one snapshot of a checked store.

    Parameters
    ----------
    store
        The folder.
    number
        Of the snapshot.
    protocol
        Another protocol in the place of the one that was kept.

    Raises
    ------
    DataError
        When the store has no such snapshot.
    """
    folder = store / folder_name(number)
    if not (folder / ABOUT).is_file():
        raise DataError(
            f"The store has no snapshot {number}.",
            where=shown(str(store)),
            allowed="the numbers that `snapshot list` shows",
        )
    under = protocol or read_protocol(folder / PROTOCOL)
    sdtm = read_sdtm(folder / "sdtm", required_domains(under))
    return under, with_sources(sdtm, (folder / SOURCES).read_text("utf-8"))
