"""Checks a trial package: every member is there once, unchanged, and nothing else."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from struct import Struct
from struct import error as struct_error

from trialwright.core.errors import DataError
from trialwright.core.terminal import shown
from trialwright.exchange.package import FORM, PRODUCER
from trialwright.exchange.package_names import MANIFEST, name_problem

#: Largest package in bytes, most members, most bytes unpacked, and how much denser than 1 to 1.
MAX_PACKAGE = 1_000_000_000
MAX_MEMBERS = 10_000
MAX_UNPACKED = 4_000_000_000
MAX_RATIO = 200
_MAX_MANIFEST = 10_000_000
_CHUNK = 1_000_000
_ENCRYPTED = 0x1
#: Parts of a zip (APPNOTE 4.3): sizes in bytes, and where the lengths and the directory stand.
_DESCRIPTOR = 0x8
_LOCAL_HEADER, _END_RECORD = 30, 22
_LENGTHS, _LENGTHS_AT = Struct("<HH"), 26
_DIRECTORY, _DIRECTORY_AT = Struct("<LL"), 12
_SHOWN = 10
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError,
           struct_error)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the manifest."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CheckedPackage:
    """A package whose every member is as the manifest says."""

    about: dict[str, str]
    files: tuple[Listed, ...]
    sha256: str

    def news(self, name: str) -> str:
        """One line: how many files, and the hash of the whole."""
        total = sum(one.size for one in self.files)
        return (
            f"{name}: {len(self.files)} files, {total} bytes, every hash as in the manifest; "
            f"sha256 {self.sha256}"
        )


def check_package(path: Path) -> CheckedPackage:
    """Verify a trial package without unpacking it to disk.

    Parameters
    ----------
    path
        The zip.

    Raises
    ------
    DataError
        It is no trial package; a member is missing, extra, there twice, changed, encrypted or
        unsafely named; or it unpacks to more than the limits of this module.
    """
    content = _content(path)
    name = shown(path.name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _checked(archive, content, name)
    except _BROKEN as error:
        raise _refused("is not a whole zip file", f"{name}: {error}") from error


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_PACKAGE:
            raise _refused("is too large", f"{shown(path.name)}: {size} bytes")
        return path.read_bytes()
    except OSError as error:
        said = error.strerror or "it"
        raise _refused(f"cannot be read: {said}", shown(str(path))) from error


def _checked(archive: zipfile.ZipFile, content: bytes, name: str) -> CheckedPackage:
    members = archive.infolist()
    _check_form(members, content, name)
    about, files = _manifest(archive, name)
    problems = [*_differences(members, files), *_changes(archive, files)]
    if problems:
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        said = "; ".join(problems[:_SHOWN]) + more
        raise _refused("is not as its manifest says", f"{name}: {said}")
    return CheckedPackage(about, files, sha256(content).hexdigest())


def _check_form(members: list[zipfile.ZipInfo], content: bytes, name: str) -> None:
    """What can be said before a byte is unpacked: number, sizes, names, encryption."""
    unpacked, size = sum(one.file_size for one in members), len(content)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * size:
        raise _refused(
            "would unpack to too much",
            f"{name}: {len(members)} members, {unpacked} bytes out of {size}",
        )
    strange = [one.filename for one in members if one.flag_bits & _ENCRYPTED]
    strange += [one.filename for one in members if one.compress_type not in _METHODS]
    names = (one.filename for one in members if one.filename != MANIFEST)
    strange += [problem for one in names if (problem := name_problem(one))]
    if not _is_covered(members, content):
        strange.append("bytes that are in no member")
    if strange:
        raise _refused("has members of another form", f"{name}: {shown(strange[0])}")


def _is_covered(members: list[zipfile.ZipInfo], content: bytes) -> bool:
    """Whether the zip is its members, one behind the other, and their directory: no byte more."""
    end = 0
    for one in sorted(members, key=lambda member: member.header_offset):
        if one.header_offset != end or one.flag_bits & _DESCRIPTOR:
            return False
        name, extra = _LENGTHS.unpack_from(content, end + _LENGTHS_AT)
        end += _LOCAL_HEADER + name + extra + one.compress_size
    last = len(content) - _END_RECORD
    if content[last : last + 4] != b"PK\x05\x06":
        return False
    size, start = _DIRECTORY.unpack_from(content, last + _DIRECTORY_AT)
    return bool(start == end and start + size == last)


def _manifest(archive: zipfile.ZipFile, name: str) -> tuple[dict[str, str], tuple[Listed, ...]]:
    where = f"{name}, {MANIFEST}"
    if archive.namelist().count(MANIFEST) != 1:
        raise _refused("has no manifest, or several", where)
    data = _read(archive, MANIFEST, _MAX_MANIFEST)
    if data is None:
        raise _refused("has too large a manifest", where)
    try:
        said = json.loads(data)
        if (said["producer"], said["form"]) != (PRODUCER, FORM):
            raise KeyError(PRODUCER)
        about = {str(key): str(value) for key, value in said["about"].items()}
        files = tuple(
            Listed(str(one["name"]), int(one["size"]), str(one["sha256"])) for one in said["files"]
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused("has a manifest that trialwright did not write", where) from error
    if len({one.name for one in files}) < len(files):
        raise _refused("has a manifest that lists a file twice", where)
    return about, files


def _differences(members: list[zipfile.ZipInfo], files: tuple[Listed, ...]) -> Iterator[str]:
    """Members that are missing, extra, or there twice."""
    there = Counter(one.filename for one in members if one.filename != MANIFEST)
    wanted = {one.name for one in files}
    yield from (f"{shown(name)}: missing" for name in sorted(wanted - there.keys()))
    yield from (f"{shown(name)}: not in the manifest" for name in sorted(there.keys() - wanted))
    yield from (f"{shown(name)}: there {n} times" for name, n in sorted(there.items()) if n > 1)


def _changes(archive: zipfile.ZipFile, files: tuple[Listed, ...]) -> Iterator[str]:
    """Members whose bytes are not those of the manifest."""
    there = set(archive.namelist())
    for one in files:
        if one.name in there and _digest(archive, one) != one.sha256:
            yield f"{shown(one.name)}: changed"


def _digest(archive: zipfile.ZipFile, listed: Listed) -> str:
    """SHA-256 of a member; "" as soon as it is longer than the manifest says."""
    digest, length = sha256(), 0
    with archive.open(listed.name) as member:
        while chunk := member.read(_CHUNK):
            length += len(chunk)
            if length > listed.size:
                return ""
            digest.update(chunk)
    return digest.hexdigest() if length == listed.size else ""


def _read(archive: zipfile.ZipFile, name: str, limit: int) -> bytes | None:
    with archive.open(name) as member:
        data = member.read(limit + 1)
    return None if len(data) > limit else data


def _refused(what: str, where: str) -> DataError:
    return DataError(
        f"The package {what}.",
        where=where,
        allowed="a zip that `trialwright package` wrote, unchanged",
        do="get the package again from where it was made",
    )
