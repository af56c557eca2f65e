"""The parts of an .xlsx file; files that are something else are refused with what to do."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from trialwright.core.errors import DataError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook.limits import (
    MAX_FILE_BYTES,
    MAX_PARTS,
    MAX_RATIO,
    MB,
    Budget,
    too_much,
)

CHUNK = 64 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK = "xl/workbook.xml"
_SAVE = "open it in a spreadsheet program and save it as .xlsx (Excel Workbook)"


@dataclass(frozen=True, slots=True)
class Package:
    """An .xlsx file whose table of contents was read; parts are unpacked when they are asked for."""

    file: str
    archive: zipfile.ZipFile
    budget: Budget

    def __contains__(self, part: str) -> bool:
        return part in self.archive.NameToInfo

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part in pieces, counted against the budget.

        Raises
        ------
        DataError
            The part is missing, damaged or packed in a way that no workbook is.
        """
        if part not in self:
            raise damaged(self.file, f"the part {part} is missing")
        info = self.archive.NameToInfo[part]
        _refuse_ratio(self.file, info)
        size = 0
        try:
            with self.archive.open(info) as stream:
                while piece := stream.read(CHUNK):
                    size += len(piece)
                    self.budget.spend_bytes(len(piece))
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError,
                NotImplementedError) as error:  # fmt: skip
            raise damaged(self.file, f"the part {part} cannot be unpacked: {error}") from error


def open_package(file: DeliveredFile) -> Package:
    """Read the table of contents of a workbook.

    Raises
    ------
    DataError
        The file is no .xlsx file, is protected by a password, or is too large.
    """
    name, content = file.name, file.content
    if content.startswith(_OLE):
        raise _ole(name, content)
    if len(content) > MAX_FILE_BYTES:
        raise too_much(name, f"{len(content)} bytes", f"at most {MAX_FILE_BYTES} bytes")
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DataError(
            "The file is no workbook, or is cut off.", where=name, allowed=".xlsx", do=_SAVE
        ) from error
    _refuse_contents(name, archive)
    return Package(name, archive, Budget(name))


def damaged(file: str, why: str) -> DataError:
    """The refusal of a workbook that spreadsheet programs would repair."""
    return DataError(
        f"The workbook is damaged: {why}.",
        where=file,
        do="open it in a spreadsheet program, look whether all is there, and save it again",
    )


def _refuse_contents(name: str, archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    if len(infos) > MAX_PARTS:
        raise too_much(name, f"{len(infos)} parts", f"at most {MAX_PARTS} parts")
    if len(archive.NameToInfo) != len(infos):
        raise damaged(name, "a part stands in it twice")
    if any(info.flag_bits & 0x1 for info in infos):
        raise _protected(name)
    names = archive.NameToInfo
    if _WORKBOOK in names:
        return
    kinds = {
        "xl/workbook.bin": "It is a binary workbook (.xlsb)",
        "content.xml": "It is an OpenDocument file (.ods)",
        "word/document.xml": "It is a text document",
    }
    found = [words for part, words in kinds.items() if part in names]
    raise DataError(
        f"{found[0] if found else 'It is an archive without a workbook'}.",
        where=name,
        allowed=".xlsx",
        do=_SAVE,
    )


def _ole(name: str, content: bytes) -> DataError:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _protected(name)
    return DataError("It is a workbook of the old form (.xls).", where=name, allowed=".xlsx",
                     do=_SAVE)  # fmt: skip


def _protected(name: str) -> DataError:
    return DataError(
        "The workbook is protected by a password.",
        where=name,
        allowed=".xlsx without a password",
        do="save a copy without the password where only you can read it",
    )


def _refuse_ratio(file: str, info: zipfile.ZipInfo) -> None:
    """Refuse what unpacks to far more than it is, before it is unpacked; sizes are counted again."""
    if info.file_size > MB and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise too_much(
            file,
            f"the part {info.filename} unpacks to {info.file_size // max(info.compress_size, 1)} "
            "times its size",
            f"at most {MAX_RATIO} times",
        )
