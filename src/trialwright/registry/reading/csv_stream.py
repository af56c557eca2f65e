"""Rows of the registry's CSV export, one at a time; a broken row does not take others with it.

A quote that never closes swallows the rows below it. Rows of the export start with the number of the
trial, so when a row breaks, reading goes on at the next of its lines that starts so.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from trialwright.core.errors import RecordError
from trialwright.registry.reading.export_csv import read_header
from trialwright.registry.reading.items import TableRow
from trialwright.registry.reading.model import MAX_BYTES, RefusedRecord

_STARTS = re.compile(r'"?NCT\d{8}"?,')


class _Lines:
    """Lines of a file for the CSV reader, some of which can be given back."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.size = 0
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.taken.append(line)
        self.size += len(line)
        if self.size > MAX_BYTES:
            message = f"the row has more than {MAX_BYTES} characters"
            raise csv.Error(message)
        return line

    def _read(self) -> str:
        data = self._file.readline(MAX_BYTES + 1)
        rest = data
        while len(rest) > MAX_BYTES and not rest.endswith(b"\n"):
            rest = self._file.readline(MAX_BYTES + 1)
        return data.decode("utf-8", "surrogateescape")

    def row_done(self) -> int:
        """Forget the lines of a row; the length of the row."""
        size = self.size
        self.number += len(self.taken)
        self.taken, self.size = [], 0
        return size

    def give_back(self) -> None:
        """Give back the lines of a broken row from the next one that starts like a row."""
        for at, line in enumerate(self.taken[1:], start=1):
            if _STARTS.match(line):
                self._again.extendleft(reversed(self.taken[at:]))
                del self.taken[at:]
                return


def table_rows(file: BinaryIO, name: str, where: str) -> Iterator[TableRow | RefusedRecord]:
    """One item for each row below the header; a table without a header of the export is refused."""
    lines = _Lines(file)
    first = next(_rows(lines), [])
    if isinstance(first, csv.Error):
        first = []
    lines.row_done()
    try:
        header = read_header([cell.lstrip("\ufeff") for cell in first], where)
    except RecordError as error:
        yield RefusedRecord.of(error)
        return
    number = 1
    for row in _rows(lines):
        number += 1
        place = f"{where}, row {number} (line {lines.number + 1})"
        broken = isinstance(row, csv.Error) or (row and len(row) != len(header.names))
        if broken and header.number_first:
            lines.give_back()
        size = lines.row_done()
        if isinstance(row, csv.Error):
            yield _broken(row, place)
        elif row:
            yield TableRow(f"{name}-{number}", place, header, tuple(row), size)


def _rows(lines: _Lines) -> Iterator[list[str] | csv.Error]:
    while True:
        try:
            yield _row(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield error


def _row(lines: _Lines) -> list[str]:
    """The next row; the limit of the standard library holds for all readers of a process."""
    before = csv.field_size_limit(MAX_BYTES + 1)
    try:
        return next(csv.reader(lines, strict=True))
    finally:
        csv.field_size_limit(before)


def _broken(error: csv.Error, where: str) -> RefusedRecord:
    return RefusedRecord(
        f"The row is cut, or its quotes do not match: {error}.",
        where=where,
        allowed='a cell with a comma, a quote or a line break in double quotes, inner quotes as ""',
        do="export the studies again",
    )
