"""How large a Parquet file becomes, from its own page headers, before anything is unpacked.

A small file can stand for gigabytes: compressed pages, one long text repeated by number, or texts
that share their beginning. Its metadata and the header of every page are read here (Thrift compact
protocol); what they add up to is refused where it is too much for the file.

Source: Apache Parquet format, parquet.thrift (FileMetaData, ColumnMetaData, PageHeader).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trialwright.core.errors import DataError
from trialwright.intake.files import MAX_BYTES, MAX_CELLS, MAX_ROWS

#: Bytes in memory of a value whatever it is, as the reader keeps it.
_CELL = 16
#: Bytes that any file may become, and that one of its bytes may become.
_SMALL = 256 * 1024 * 1024
_RATIO = 400
#: DELTA_BYTE_ARRAY: each text begins as the one before, however long that is.
_SHARED_BEGINNINGS = 7
_MAX_DEPTH = 16
_MAX_ITEMS = 4_000_000


@dataclass(slots=True)
class _Thrift:
    """A reader of the compact protocol; fields are returned by number."""

    data: bytes
    at: int
    items: int = 0

    def byte(self) -> int:
        """The next byte."""
        value = self.data[self.at]
        self.at += 1
        return value

    def varint(self) -> int:
        """An unsigned number of at most ten bytes."""
        value = shift = 0
        while shift < 70:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
        raise _broken("a number has no end")

    def integer(self) -> int:
        """A signed number."""
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """The fields of a structure by number."""
        fields: dict[int, Any] = {}
        number = 0
        while head := self.byte():
            number = number + (head >> 4) if head >> 4 else self.integer()
            fields[number] = self.value(head & 0x0F, depth + 1)
        return fields

    def value(self, kind: int, depth: int) -> Any:
        """A value of a kind."""
        self.items += 1
        if depth > _MAX_DEPTH or self.items > _MAX_ITEMS:
            raise _broken("it is nested too deep or too long")
        if kind in {1, 2}:
            return kind == 1
        if kind in {9, 10}:
            return self._list(depth)
        if kind == 12:
            return self.struct(depth)
        return self._plain(kind)

    def _plain(self, kind: int) -> Any:
        if kind == 3:
            return self.byte()
        if kind in {4, 5, 6}:
            return self.integer()
        if kind == 8:
            return self._binary()
        if kind != 7:
            raise _broken(f"a value has the kind {kind}")
        self.at += 8  # a double, which no size is
        return None

    def _binary(self) -> bytes:
        size = self.varint()
        start, self.at = self.at, self.at + size
        if self.at > len(self.data):
            raise _broken("a text goes beyond the end")
        return self.data[start : self.at]

    def _list(self, depth: int) -> list[Any]:
        head = self.byte()
        size, kind = head >> 4, head & 0x0F
        size = self.varint() if size == 15 else size
        if size > len(self.data):
            raise _broken("a list is longer than the file")
        if kind in {1, 2}:
            return [self.byte() == 1 for _ in range(size)]
        return [self.value(kind, depth + 1) for _ in range(size)]


def refuse_large(content: bytes, name: str) -> None:
    """Refuse a file that becomes too much, or whose pages are not where it says.

    Raises
    ------
    DataError
        With what the file would become.
    """
    try:
        meta = _metadata(content)
        rows, columns = int(meta[3]), sum(5 not in field for field in meta[2])
        chunks = [chunk[3] for group in meta[4] for chunk in group[1]]
        pages = sum(size for chunk in chunks for size in _pages(content, chunk))
        shared = any(_SHARED_BEGINNINGS in chunk[2] for chunk in chunks)
    except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(name, str(error) or "its metadata are cut") from error
    if shared:
        raise DataError(
            "The texts of the file are stored as DELTA_BYTE_ARRAY, whose size cannot be known.",
            where=name,
            allowed="plain or dictionary encoding, as most software writes",
            do="export the file again with one of these encodings",
        )
    if rows < 0 or rows > MAX_ROWS or rows * columns > MAX_CELLS:
        raise too_large(name, f"{rows} rows, {columns} columns")
    whole = pages + rows * columns * _CELL
    if pages > MAX_BYTES * 8 or whole > max(_SMALL, _RATIO * len(content)):
        raise too_large(name, f"{len(content)} bytes become {whole}")


def limit(content: bytes) -> int:
    """Bytes of text that a file may hold."""
    return max(_SMALL, _RATIO * len(content))


def too_large(name: str, what: str) -> DataError:
    """The refusal of a file that holds too much."""
    return DataError(
        "The file holds too many values.",
        where=f"{name}: {what}",
        allowed=f"at most {MAX_ROWS} rows, {MAX_CELLS} values, and {_RATIO} times the bytes of the "
        f"file or {_SMALL}",
        do="check that this is the file of one trial",
    )


def _metadata(content: bytes) -> dict[int, Any]:
    if len(content) < 12 or content[:4] != b"PAR1" or content[-4:] != b"PAR1":
        raise _broken("it does not begin and end as one")
    size = int.from_bytes(content[-8:-4], "little")
    if size > len(content) - 12:
        raise _broken("its metadata are cut")
    return _Thrift(content, len(content) - 8 - size).struct()


def _pages(content: bytes, chunk: dict[int, Any]) -> Iterator[int]:
    """Unpacked bytes of each page of a column chunk, as its header says."""
    start = min(at for at in (chunk[9], chunk.get(11) or chunk[9]) if at > 0)
    end, values = start + int(chunk[7]), 0
    if not 4 <= start <= end <= len(content) - 8:
        raise _broken("a column lies outside of the file")
    at = start
    while at < end:
        reader = _Thrift(content, at)
        header = reader.struct()
        packed, unpacked = int(header[3]), int(header[2])
        if packed < 0 or unpacked < 0 or reader.at + packed > end:
            raise _broken("a page goes beyond its column")
        values += int((header.get(5) or header.get(8) or {}).get(1, 0))
        yield unpacked
        at = reader.at + packed
    if values > int(chunk[5]):
        raise _broken("a column holds more values than it says")


def _broken(why: str) -> ValueError:
    return ValueError(why)


def _damaged(name: str, why: str) -> DataError:
    return DataError(
        f"The file is no Parquet file, or is damaged: {why}.",
        where=name,
        allowed="a whole Parquet file",
        do="export it again",
    )
