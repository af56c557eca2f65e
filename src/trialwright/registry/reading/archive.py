"""Entries of a .zip archive, one at a time and in memory: nothing is extracted to disk.

The directory of an archive is read entry by entry, since the list of half a million entries that the
standard library builds takes half a gigabyte. Sizes that an archive states about itself are not
trusted: what is unpacked is counted. Archives inside archives are not opened.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from trialwright.core.errors import RecordError
from trialwright.core.terminal import shown
from trialwright.registry.reading.unpacked import Entry, Unpacked

#: Entries that one archive may have.
MOST_ENTRIES = 2_000_000
#: How many times its packed size an archive or an entry may hold, beyond the first bytes.
MOST_RATIO = 200
FREE_BYTES = 64_000_000

_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s4B4HL2L5H2L")
_LOCAL = struct.Struct("<4s2B4HL2L2H")
_WIDE = 0xFFFFFFFF
_CHUNK = 1 << 16


class Archive:
    """A .zip file, open for reading.

    Parameters
    ----------
    path
        The archive.

    Raises
    ------
    RecordError
        It has no directory, one that does not lie inside it, or too many entries.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb")
        self._size = path.stat().st_size
        self._left = FREE_BYTES + MOST_RATIO * self._size
        try:
            self._start, self._count = self._directory()
        except (struct.error, OSError) as error:
            self._file.close()
            raise self._cut("its directory cannot be read") from error
        except RecordError:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def entries(self) -> Iterator[Entry]:
        """The files of the archive in its own order; folders are left out.

        Raises
        ------
        RecordError
            The directory is cut.
        """
        with self._path.open("rb") as file:
            file.seek(self._start)
            for _ in range(self._count):
                entry = self._entry(file)
                if not entry.name.endswith("/"):
                    yield entry

    def open(self, entry: Entry) -> BinaryIO:
        """The unpacked bytes of an entry as a stream.

        Raises
        ------
        RecordError
            It is encrypted, packed in another way than "stored" or "deflate", or cut; also while
            reading, when the archive holds far more than its size allows.
        """
        where = f"{self._path}: {shown(entry.name)}"
        if entry.encrypted or entry.method not in (0, 8):
            how = "encrypted" if entry.encrypted else f"packed by method {entry.method}"
            raise RecordError(
                "The entry of the archive cannot be unpacked.",
                where=f"{where}: {how}",
                allowed="entries that are stored or deflated, without password",
                do="unpack the archive and name the folder",
            )
        if entry.offset > self._size:
            raise self._cut(f"no entry where {shown(entry.name)} should be")
        try:
            self._file.seek(entry.offset)
            head = _LOCAL.unpack(self._file.read(_LOCAL.size))
        except (struct.error, OSError) as error:
            raise self._cut(f"no entry where {shown(entry.name)} should be") from error
        if head[0] != b"PK\x03\x04":
            raise self._cut(f"no entry where {shown(entry.name)} should be")
        start = entry.offset + _LOCAL.size + head[-2] + head[-1]
        raw = Unpacked(self, entry, start, where)
        return io.BufferedReader(raw, _CHUNK)

    def read_at(self, offset: int, size: int) -> bytes:
        """Packed bytes at a place of the archive."""
        self._file.seek(offset)
        return self._file.read(size)

    def spend(self, size: int, whole: int, packed: int, where: str) -> None:
        """Count `size` more unpacked bytes of an entry, `whole` in all from `packed` ones.

        Raises
        ------
        RecordError
            They are too many for the entry or for the archive.
        """
        self._left -= size
        if self._left < 0 or whole > FREE_BYTES + MOST_RATIO * packed:
            raise RecordError(
                "The archive holds far more than its size allows.",
                where=where,
                allowed=f"at most {MOST_RATIO} times its packed size",
                do="do not open this archive, or unpack it and name the folder",
            )

    def _directory(self) -> tuple[int, int]:
        tail_size = min(self._size, _END.size + 0xFFFF)
        tail = self.read_at(self._size - tail_size, tail_size)
        at = tail.rfind(b"PK\x05\x06")
        if at < 0:
            raise self._cut("it has no directory at its end")
        end = _END.unpack_from(tail, at)
        count, size, start = end[4], end[5], end[6]
        place = self._size - tail_size + at - _END64_PLACE.size
        if place >= 0 and (count == 0xFFFF or _WIDE in (size, start)):
            wide = _END64_PLACE.unpack(self.read_at(place, _END64_PLACE.size))
            if wide[0] == b"PK\x06\x07":
                end64 = _END64.unpack(self.read_at(wide[2], _END64.size))
                count, size, start = end64[7], end64[8], end64[9]
        if start + size > self._size or count * _ENTRY.size > size:
            raise self._cut("its directory does not lie inside it")
        if count > MOST_ENTRIES:
            raise RecordError(
                "The archive has too many entries.",
                where=f"{self._path}: {count} entries",
                allowed=f"at most {MOST_ENTRIES} entries",
                do="divide the archive",
            )
        return start, count

    def _entry(self, file: BinaryIO) -> Entry:
        try:
            head = _ENTRY.unpack(file.read(_ENTRY.size))
        except struct.error as error:
            raise self._cut("its directory is cut") from error
        if head[0] != b"PK\x01\x02":
            raise self._cut("its directory is broken")
        flags, method, crc, packed, size = head[5], head[6], head[9], head[10], head[11]
        name = file.read(head[12]).decode("utf-8" if flags & 0x800 else "cp437", "replace")
        extra = file.read(head[13])
        file.read(head[14])
        packed, offset = _wide(extra, packed, size, head[-1])
        return Entry(name, method, bool(flags & 1), crc, packed, offset)

    def _cut(self, why: str) -> RecordError:
        return RecordError(
            "The archive is broken or cut.",
            where=f"{self._path}: {why}",
            allowed="a .zip archive",
            do="copy or download it again",
        )


def _wide(extra: bytes, packed: int, size: int, offset: int) -> tuple[int, int]:
    """Packed size and offset, from the 64-bit extra field where they do not fit in 32 bits."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            values = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
            _ = next(values, 0) if size == _WIDE else 0
            packed = next(values, packed) if packed == _WIDE else packed
            offset = next(values, offset) if offset == _WIDE else offset
            break
        at += 4 + length
    return packed, offset
