"""Keep a delivery as the next snapshot of a store."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import polars as pl

from trialwright._version import __version__
from trialwright.core.dates import from_day
from trialwright.core.errors import InconsistencyError, OutputError
from trialwright.core.tables import ROW, Sdtm
from trialwright.core.terminal import shown
from trialwright.exchange.csv_files import sdtm_files
from trialwright.exchange.folder import create_folder
from trialwright.intake.delivery import HowToRead, read_delivery, required_domains
from trialwright.intake.files import DeliveredFile, read_file
from trialwright.intake.sdtm_delivery import sdtm_of
from trialwright.protocol.document import read_protocol
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis
from trialwright.snapshots.model import (
    ABOUT,
    MAPPING,
    PROTOCOL,
    RECEIPT,
    SOURCES,
    Snapshot,
    folder_name,
)
from trialwright.snapshots.places import sources_text
from trialwright.snapshots.store import check_store
from trialwright.subjects.cutoff import find_cutoff, latest_day


@dataclass(frozen=True, slots=True)
class Taken:
    """The snapshot that holds the delivery; `is_new` unless the last one held it already."""

    snapshot: Snapshot
    is_new: bool

    def news(self, store: Path) -> str:
        """One line of news."""
        if not self.is_new:
            return (
                f"nothing new: the data and the protocol are those of snapshot "
                f"{self.snapshot.name} in {store}"
            )
        return f"snapshot {self.snapshot.line()}; in {store / self.snapshot.name}"


def take_snapshot(
    protocol: Path, data: Path, store: Path, how: HowToRead | None = None, note: str = ""
) -> Taken:
    """Read a delivery and keep it as the next numbered snapshot, complete or not at all.

    Parameters
    ----------
    protocol
        Protocol file; it is kept as it is.
    data, how
        The delivery and how to read it, as in `read_delivery`.
    store
        Folder of the snapshots; it is made where it is not there.
    note
        What to say of it.

    Raises
    ------
    DataError
        When the delivery is refused, or the store was changed.
    OutputError
        When the store cannot be written, or somebody else took this number meanwhile.
    """
    _require_apart(data, store)
    before = check_store(store, empty=True)
    settled = read_protocol(protocol)
    delivery = read_delivery(data, settled, how)
    files = _files(protocol, how, delivery.sdtm)
    _require_whole(files, delivery.sdtm, settled)
    files[RECEIPT] = (
        json.dumps(delivery.receipt.to_json(), indent=1, ensure_ascii=False) + "\n"
    ).encode()
    snapshot = _snapshot(store, before, settled, delivery.sdtm, files, note)
    if before and before[-1].content == snapshot.content:
        return Taken(before[-1], is_new=False)
    _write(store, snapshot, files)
    return Taken(snapshot, is_new=True)


def _require_apart(data: Path, store: Path) -> None:
    if store.resolve() == data.resolve():
        raise OutputError(
            "The store is the folder of the delivered data.",
            where=f"--store {shown(str(store))}",
            do="choose another folder",
        )


def _files(protocol: Path, how: HowToRead | None, sdtm: Sdtm) -> dict[str, bytes]:
    """The files of a snapshot without receipt and description."""
    files = {f"sdtm/{name}": text.encode() for name, text in sdtm_files(sdtm).items()}
    files[PROTOCOL] = read_file(protocol).content
    files[SOURCES] = sources_text(sdtm).encode()
    if how is not None and how.mapping is not None:
        files[MAPPING] = read_file(how.mapping).content
    return files


def _require_whole(files: dict[str, bytes], sdtm: Sdtm, protocol: Protocol) -> None:
    """What is kept is what was read.

    Raises
    ------
    InconsistencyError
        When the files, read again, hold other records: a defect of this program.
    """
    written = [
        DeliveredFile(name.removeprefix("sdtm/"), content)
        for name, content in files.items()
        if name.startswith("sdtm/")
    ]
    again = sdtm_of(written, "snapshot", required_domains(protocol))
    for code, frame in sdtm.domains.items():
        if not _values(frame).equals(_values(again[code])):
            raise InconsistencyError(
                f"The records of {code} would not be read back as they were delivered.",
                where=sdtm.file(code),
                do="report this with the file",
            )


def _values(frame: pl.DataFrame) -> pl.DataFrame:
    """The values of the columns that have any, by name of the column."""
    names = sorted(name for name in frame.columns if name != ROW)
    kept = [name for name in names if frame[name].null_count() < frame.height]
    return frame.select(kept)


def _snapshot(
    store: Path,
    before: tuple[Snapshot, ...],
    protocol: Protocol,
    sdtm: Sdtm,
    files: dict[str, bytes],
    note: str,
) -> Snapshot:
    cutoff = find_cutoff(settled_analysis(protocol), sdtm)
    latest = latest_day(sdtm)
    last = store / before[-1].name / ABOUT if before else None
    return Snapshot(
        number=len(before) + 1,
        previous=sha256(last.read_bytes()).hexdigest() if last else "",
        files={name: sha256(content).hexdigest() for name, content in sorted(files.items())},
        version=__version__,
        protocol=protocol.id,
        subjects=sdtm.subjects,
        cutoff=from_day(cutoff.day).isoformat(),
        cutoff_source=cutoff.source,
        latest="" if latest is None else from_day(latest).isoformat(),
        note=note,
    ).sealed


def _write(store: Path, snapshot: Snapshot, files: dict[str, bytes]) -> None:
    folder = store / folder_name(snapshot.number)
    try:
        create_folder({**files, ABOUT: snapshot.text()}, folder)
    except FileExistsError as error:
        raise OutputError(
            f"Another snapshot {snapshot.name} was taken meanwhile; nothing was written.",
            where=shown(str(folder)),
            do="take it again: it gets the next number",
        ) from error
    except OSError as error:
        raise OutputError(
            f"The snapshot cannot be written: {error.strerror or error}.",
            where=shown(str(error.filename or folder)),
            do="choose a folder that you may write to, on a disk with space",
        ) from error
