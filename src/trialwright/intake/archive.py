"""The files of a zip archive, within limits: no archive may unfold into more than it should."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from trialwright.core.errors import DataError
from trialwright.intake.files import MAX_BYTES, MAX_FILES, DeliveredFile

#: Most bytes that one byte of an archive may become.
MAX_RATIO = 200
#: Archives below this size may have any ratio: they cannot grow large.
_SMALL = 1 << 20
_DO = "pack the data files of one delivery into a plain zip archive"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    OSError, IndexError, OverflowError,
)  # fmt: skip


def is_archive(file: DeliveredFile) -> bool:
    """Whether a file is a zip archive of files, and no workbook."""
    return file.content[:4] in {b"PK\x03\x04", b"PK\x05\x06"} and file.suffix == ".zip"


def members(file: DeliveredFile) -> list[DeliveredFile]:
    """The files of an archive by name; folders in it are only part of the names.

    Raises
    ------
    DataError
        The archive is damaged, encrypted, holds too much, another archive, or a name twice.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            entries = [one for one in archive.infolist() if not _is_beside(one)]
            _refuse_large(file, entries)
            _refuse_names(file, entries)
            return [
                _member(archive, one, file) for one in sorted(entries, key=lambda x: x.filename)
            ]
    except _BROKEN as error:
        raise DataError(
            f"The archive is damaged: {str(error) or type(error).__name__}.",
            where=file.name,
            allowed="a whole zip archive without password",
            do=_DO,
        ) from error


def _is_beside(entry: zipfile.ZipInfo) -> bool:
    """Folders, hidden files, and what one system adds to the archives it makes."""
    if not entry.filename:
        message = "a file has no name"
        raise ValueError(message)
    parts = PurePosixPath(_path(entry)).parts
    hidden = (part for part in parts if part.startswith((".", "__MACOSX")) and part != "..")
    return entry.is_dir() or any(hidden)


def _refuse_large(file: DeliveredFile, entries: list[zipfile.ZipInfo]) -> None:
    whole = sum(entry.file_size for entry in entries)
    steep = whole > max(_SMALL, MAX_RATIO * len(file.content))
    if len(entries) > MAX_FILES or whole > MAX_BYTES or steep:
        raise DataError(
            "The archive holds too much.",
            where=f"{file.name}: {len(entries)} files, {whole} bytes from {len(file.content)}",
            allowed=f"at most {MAX_FILES} files, {MAX_BYTES} bytes, {MAX_RATIO} times the archive",
            do=_DO,
        )


def _refuse_names(file: DeliveredFile, entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    locked = [entry.filename for entry in entries if entry.flag_bits & 1]
    nested = [name for name in names if name.lower().endswith((".zip", ".gz", ".7z"))]
    outside = [_path(entry) for entry in entries if ".." in _path(entry).split("/")]
    for found, why in (
        (twice, "stand twice"), (locked, "are encrypted"), (nested, "are archives"),
        (outside, "have a path that leads out of it"),
    ):  # fmt: skip
        if found:
            raise DataError(
                f"Files of the archive {why}.",
                where=f"{file.name}: {', '.join(found[:10])}",
                allowed="each file once, without password, no archive in an archive, no .. in a path",
                do=_DO,
            )


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: DeliveredFile) -> DeliveredFile:
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        message = f"{entry.filename} is not as long as the archive says"
        raise ValueError(message)
    return DeliveredFile(f"{file.name}/{_path(entry)}", content)


def _path(entry: zipfile.ZipInfo) -> str:
    """Name of a member with its folders; some systems part them in their own way."""
    return entry.filename.replace("\\", "/")
