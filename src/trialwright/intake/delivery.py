"""A delivery of any kind as the data of a trial with its receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.intake.archive import is_archive, members
from trialwright.intake.assemble import assemble
from trialwright.intake.captured import refuse_unmapped
from trialwright.intake.delivered import Delivery
from trialwright.intake.files import DeliveredFile, folders_beside, paths_of, read_file
from trialwright.intake.mapping.delivery import mapped_delivery
from trialwright.intake.mapping.file import NAME, read_mapping
from trialwright.intake.mapping.model import Encoding, Mapping
from trialwright.intake.receipt import Receipt, SetAside, TableRead, files_read
from trialwright.intake.sdtm_delivery import required_tables
from trialwright.intake.supplements import DANGLING
from trialwright.intake.text_table import TextTable
from trialwright.intake.workbook.delivery import the_workbook, workbook_delivery
from trialwright.protocol.model import Protocol

#: Encodings that may be named; no file is tried with one after the other.
ENCODINGS: tuple[str, ...] = get_args(Encoding)


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToRead:
    """What a person says of a delivery that its files do not.

    Attributes
    ----------
    encoding
        Of CSV and transport files, one of `ENCODINGS`.
    mapping
        The file that says which column is what (`intake.yaml`), for files of another layout.
    """

    encoding: str = "utf-8"
    mapping: Path | None = None


def read_delivery(path: Path, protocol: Protocol, how: HowToRead | None = None) -> Delivery:
    """Read the data of a trial, whatever they are delivered as.

    Parameters
    ----------
    path
        A folder or a zip archive of SDTM datasets, the workbook of the protocol, or files of any
        layout with a mapping.
    protocol
        `response.response_source` says which domains must be there (R-142).
    how
        What a person says of the files.

    Raises
    ------
    DataError
        With file, row, column or cell, what is allowed and what to do; nothing is read in part.
    """
    how = how or HowToRead()
    _require_encoding(how.encoding)
    found = _read(path, protocol, how)
    notes = folders_beside(path)
    if not notes:
        return found
    return Delivery(
        replace(found.sdtm, notes=(*found.sdtm.notes, *notes)),
        replace(found.receipt, notes=(*found.receipt.notes, *notes)),
    )


def _read(path: Path, protocol: Protocol, how: HowToRead) -> Delivery:
    files, delivered = files_of(path)
    mapping, files = _mapping(files, path, how)
    if how.mapping is not None:
        used = read_file(how.mapping)
        delivered = [*delivered, *([] if used in delivered else [used])]
    if mapping is not None:
        needs = (protocol.id, required_domains(protocol))
        return mapped_delivery(mapping, files, delivered, needs)
    if (workbook := the_workbook(files)) is not None:
        return workbook_delivery(workbook, delivered, protocol)
    refuse_unmapped(files)
    return sdtm_delivery(files, delivered, (path, protocol, how))


def mapping_and_files(mapping: Path, data: Path) -> tuple[Mapping, list[DeliveredFile]]:
    """A mapping file, and the files of a delivery that it speaks of.

    Parameters
    ----------
    mapping
        Which column is what (`intake.yaml`).
    data
        A folder, a file or an archive.

    Raises
    ------
    DataError
        The mapping is not valid, or the files cannot be read.
    """
    found, files = _mapping(files_of(data)[0], data, HowToRead(mapping=mapping))
    return found or read_mapping(mapping), files


def _mapping(
    files: list[DeliveredFile], path: Path, how: HowToRead
) -> tuple[Mapping | None, list[DeliveredFile]]:
    """The mapping that was named or stands beside the data, and the files without it."""
    if how.mapping is not None:
        found = read_mapping(how.mapping)
        beside = path.is_dir() and how.mapping.resolve().parent == path.resolve()
        files = [one for one in files if not (beside and one.name == how.mapping.name)]
    elif path.is_dir() and (path / NAME).is_file():
        found = read_mapping(path / NAME)
        files = [one for one in files if one.name != NAME]
    else:
        return None, files
    if how.encoding == "utf-8":
        return found, files
    return found.model_copy(update={"encoding": how.encoding}), files


def _require_encoding(name: str) -> None:
    if name not in ENCODINGS:
        raise DataError(
            f'The encoding "{name}" is not known.',
            where="--encoding",
            allowed=", ".join(ENCODINGS),
        )


def files_of(path: Path) -> tuple[list[DeliveredFile], list[DeliveredFile]]:
    """The files with the data, and those that were handed over: an archive is one of these.

    Raises
    ------
    DataError
        A file or the archive cannot be read, or passes a limit.
    """
    if path.is_dir():
        files = [read_file(one) for one in paths_of(path)]
        data = [one for one in files if one.name != NAME]
        if len(data) == 1 and is_archive(data[0]):
            return [*members(data[0]), *(one for one in files if one.name == NAME)], files
        return files, files
    file = read_file(path)
    if is_archive(file):
        return members(file), [file]
    return [file], [file]


def sdtm_delivery(
    files: Sequence[DeliveredFile],
    delivered: Sequence[DeliveredFile],
    asked: tuple[Path, Protocol, HowToRead],
) -> Delivery:
    """SDTM datasets: every row is read, what the rules leave aside is told by the derivation."""
    path, protocol, how = asked
    tables, notes = required_tables(files, str(path), required_domains(protocol), how.encoding)
    sdtm = assemble(tables, notes)
    read = tuple(_table_read(code, table, sdtm.notes) for code, table in tables.items())
    return Delivery(sdtm, Receipt(files=files_read(delivered), tables=read, notes=sdtm.notes))


def _table_read(code: str, table: TextTable, notes: Sequence[str]) -> TableRead:
    """A dataset in the receipt; qualifiers that found no record are set aside."""
    name, rows = str(table.origin), table.frame.height
    places = [note.partition(":")[0] for note in notes if f" {DANGLING} " in note]
    at = {table.origin.row(row) for row in table.frame[ROW]} if places else set()
    aside = [place for place in places if place in at] if code.startswith("SUPP") else []
    why = "belongs to no record of its domain"
    return TableRead(
        name=name, rows=rows, used=rows - len(aside),
        aside=tuple(SetAside(where=place, why=why) for place in aside),
    )  # fmt: skip


def required_domains(protocol: Protocol) -> tuple[str, ...]:
    """The domains that a trial needs: with TU and TR, or with RS where responses are reported."""
    reported = protocol.response.response_source == "reported"
    return ("DM", "RS") if reported else ("DM", "TU", "TR")


def read_trial_data(path: Path, protocol: Protocol, how: HowToRead | None = None) -> Sdtm:
    """The data of a delivery without their receipt; see `read_delivery`."""
    return read_delivery(path, protocol, how).sdtm
