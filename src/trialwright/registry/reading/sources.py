"""Files, folders and archives as a stream of records that are still to be parsed.

What a file holds is told by its content; its name helps where the content is broken. Folders are
walked in the order of their names.
"""

from __future__ import annotations

import csv
import errno
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, Literal, TypeAlias

from trialwright.core.errors import RecordError
from trialwright.core.terminal import shown
from trialwright.registry.reading.archive import Archive
from trialwright.registry.reading.csv_stream import table_rows
from trialwright.registry.reading.export_csv import HEADER_COLUMNS, is_header
from trialwright.registry.reading.items import Item, NotRead, PlainText
from trialwright.registry.reading.json_stream import study_lines, study_slices
from trialwright.registry.reading.model import MAX_BYTES, RefusedRecord
from trialwright.registry.reading.plain import INTERVENTION

Found: TypeAlias = Item | RefusedRecord | NotRead
_Kind: TypeAlias = Literal["zip", "lines", "studies", "table", "text", "other"]

_HEAD = 1 << 16
_BLANK = b"\xef\xbb\xbf \t\r\n"
#: Marks of UTF-16.
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_JSON = re.compile(rb'\{\s*["}]|\[\s*(?:\{\s*"|\])')
_LINES = re.compile(rb"\{[^\r\n]+[\r\n]+[ \t]*\{")
_OPENED = re.compile(rb"\{[ \t]*[^\s]")
_PAGE = re.compile(rb'\{\s*"(?:studies|totalCount|nextPageToken)"')
_NAMED: dict[str, _Kind] = {
    ".txt": "text", ".json": "studies", ".ndjson": "lines", ".jsonl": "lines", ".csv": "table",
}  # fmt: skip


def read_items(paths: Iterable[Path | str]) -> Iterator[Found]:
    """Every record of files, folders and archives, in their order, still to be parsed.

    Parameters
    ----------
    paths
        Files in any layout, `.zip` archives of such files, folders of both.

    Yields
    ------
    Item | RefusedRecord | NotRead
        A record to be parsed by `records()`; what could not be cut into records; a file of a folder
        or an archive that is none by name and content.
    """
    for path in paths:
        yield from _of_path(Path(path), named=True)


def _of_path(path: Path, *, named: bool) -> Iterator[Found]:
    try:
        if path.is_dir():
            yield from _of_folder(path)
        elif path.exists() and not path.is_file():
            yield _no_file(path)
        else:
            yield from _of_file(path, named=named)
    except RecordError as error:
        yield RefusedRecord.of(error)
    except RecursionError:
        yield RefusedRecord(
            "The folders are nested too deeply.", shown(str(path)), do="name the inner folder"
        )
    except (OSError, ValueError) as error:
        yield _unreadable(path, error)


def _of_folder(folder: Path) -> Iterator[Found]:
    empty = True
    for path in sorted(folder.iterdir()):
        empty = False
        if path.name.startswith(".") or (path.is_dir() and path.is_symlink()):
            yield NotRead(shown(str(path)), 0)
        else:
            yield from _of_path(path, named=False)
    if empty:
        yield RefusedRecord(
            "The folder is empty.", shown(str(folder)), "a folder of records", "check the path"
        )


def _of_file(path: Path, *, named: bool) -> Iterator[Found]:
    where = shown(str(path))
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if not head.startswith(_ARCHIVE):
            whole = io.BytesIO(head) if len(head) < _HEAD else file
            whole.seek(0)
            yield from _of_stream(whole, head, path, where, named=named)
            return
    with closing(Archive(path)) as archive:
        yield from _of_archive(archive, where)


def _of_archive(archive: Archive, where: str) -> Iterator[Found]:
    for entry in archive.entries():
        name = PurePosixPath(entry.name.replace("\\", "/"))
        place = f"{where}: {shown(entry.name)}"
        if name.name.startswith(".") or "__MACOSX" in name.parts:
            yield NotRead(place, entry.packed)
            continue
        try:
            with archive.open(entry) as file:
                head = file.read(_HEAD)
                if len(head) < _HEAD:
                    yield from _of_stream(io.BytesIO(head), head, name, place, named=False)
                    continue
            with archive.open(entry) as file:
                yield from _of_stream(file, head, name, place, named=False)
        except RecordError as error:
            yield RefusedRecord.of(error)


def _of_stream(
    file: BinaryIO, head: bytes, name: PurePath, where: str, *, named: bool
) -> Iterator[Found]:
    kind = _kind(head, name, named=named)
    stem = name.stem
    if kind == "table" and head.startswith(_WIDE):
        yield RefusedRecord(
            "The table is not UTF-8 text.",
            where=f"{where}, byte 0: 0x{head[0]:02x}",
            allowed="UTF-8, with or without byte order mark",
            do="save the file as UTF-8",
        )
    elif kind == "table" and not head.strip(_BLANK):
        yield RefusedRecord("The table is empty.", where, do="export the studies again")
    elif kind == "text":
        yield _plain(file, stem, where)
    elif kind in _READERS:
        yield from _READERS[kind](file, stem, where)
    elif kind == "zip":
        yield RefusedRecord(
            "An archive inside an archive is not opened.",
            where, "records, or one archive of records", "unpack the outer archive",
        )  # fmt: skip
    else:
        yield NotRead(where, len(head))


_READERS: dict[str, Callable[[BinaryIO, str, str], Iterator[Found]]] = {
    "lines": study_lines,
    "studies": study_slices,
    "table": table_rows,
}


def _kind(head: bytes, name: PurePath, *, named: bool) -> _Kind:
    """What a file holds by its first bytes, or by its name where they say nothing."""
    if head.startswith(_ARCHIVE):
        return "zip"
    start = head.lstrip(_BLANK)
    if _JSON.match(start):
        return "lines" if _by_line(start, name) else "studies"
    if _has_header(start):
        return "table"
    return _by_name(start, name, named=named)


def _by_line(start: bytes, name: PurePath) -> bool:
    """Whether JSON has one record a line; a first line that only opens an object tells it has not."""
    if _PAGE.match(start) or not _OPENED.match(start):
        return False
    hint = _NAMED.get(name.suffix.lower())
    return hint == "lines" or _LINES.match(start) is not None


def _has_header(start: bytes) -> bool:
    line = re.split(rb"[\r\n]", start, maxsplit=1)[0].decode("utf-8", "replace").casefold()
    named = any(column in line for column in HEADER_COLUMNS)
    return named and is_header(next(csv.reader([line]), []))


def _by_name(start: bytes, name: PurePath, *, named: bool) -> _Kind:
    kind = _NAMED.get(name.suffix.lower())
    if kind is not None:
        return kind
    known = named or INTERVENTION.search(start.decode("utf-8", "replace"))
    return "text" if known else "other"


def _plain(file: BinaryIO, stem: str, where: str) -> Found:
    data = file.read(MAX_BYTES + 1)
    if len(data) <= MAX_BYTES:
        return PlainText(stem, where, data, len(data))
    return RefusedRecord(
        "The record is too large.",
        where=f"{where}: more than {MAX_BYTES} bytes",
        allowed=f"at most {MAX_BYTES} bytes",
        do="give one record per file",
    )


def _no_file(path: Path) -> RefusedRecord:
    return RefusedRecord(
        "The record is not a regular file.",
        where=shown(str(path)),
        allowed="a file, a folder or a .zip archive of records",
        do="name a file or a folder",
    )


def _unreadable(path: Path, error: OSError | ValueError) -> RefusedRecord:
    if isinstance(error, FileNotFoundError):
        return RefusedRecord("The record does not exist.", shown(str(path)), do="check the path")
    if isinstance(error, OSError):
        reason = error.strerror or "it cannot be opened"
        denied = "check its permissions" if isinstance(error, PermissionError) else "check the path"
        looped = error.errno == errno.ELOOP
        return RefusedRecord(
            "The record cannot be read.",
            f"{shown(str(path))}: {reason}",
            do="mend the links: they lead back to themselves" if looped else denied,
        )
    return RefusedRecord(
        "The path of the record is not valid.", shown(repr(str(path))), do="check the path"
    )
