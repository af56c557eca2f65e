"""The unpacked bytes of an entry of an archive, as a stream that is counted and checked."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialwright.core.errors import RecordError

if TYPE_CHECKING:
    from trialwright.registry.reading.archive import Archive

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive: its name, how it is packed and where."""

    name: str
    method: int
    encrypted: bool
    crc: int
    packed: int
    offset: int


class Unpacked(io.RawIOBase):
    """The bytes of an entry while they are unpacked, counted and checked."""

    def __init__(self, archive: Archive, entry: Entry, start: int, where: str) -> None:
        super().__init__()
        self._archive, self._entry, self._where = archive, entry, where
        self._at, self._packed_left = start, entry.packed
        self._unpack = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == 8 else None
        self._waiting = b""
        self._crc, self._size = 0, 0

    def readable(self) -> bool:
        """A stream to read from."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer; 0 at the end, where the check sum is compared."""
        data = self._next(len(buffer))
        buffer[: len(data)] = data
        self._crc = zlib.crc32(data, self._crc)
        self._size += len(data)
        taken = self._entry.packed - self._packed_left
        self._archive.spend(len(data), self._size, taken, self._where)
        if not data and len(buffer) and self._crc != self._entry.crc:
            raise self._damaged("its check sum is another")
        return len(data)

    def _next(self, size: int) -> bytes:
        """Up to `size` unpacked bytes; none at the end."""
        while True:
            if not self._waiting and self._packed_left > 0:
                self._waiting = self._archive.read_at(self._at, min(_CHUNK, self._packed_left))
                if not self._waiting:
                    raise self._damaged("it ends too early")
                self._at += len(self._waiting)
                self._packed_left -= len(self._waiting)
            if self._unpack is None:
                data, self._waiting = self._waiting[:size], self._waiting[size:]
                return data
            try:
                data = self._unpack.decompress(self._waiting, size)
            except zlib.error as error:
                raise self._damaged("it cannot be unpacked") from error
            self._waiting = self._unpack.unconsumed_tail
            if data or self._unpack.eof:
                return data
            if not self._waiting and self._packed_left <= 0:
                raise self._damaged("it ends too early")

    def _damaged(self, why: str) -> RecordError:
        return RecordError(
            "The entry of the archive is damaged.",
            where=f"{self._where}: {why}",
            do="copy or download the archive again",
        )
