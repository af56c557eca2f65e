"""Streams of studies: one a line (NDJSON), or one after the other in a list, a page or a file.

Nothing is parsed here. A line ends at its line break. In a list a study starts where an object opens
with the key `protocolSection`, as the registry writes it. These characters cannot stand inside a
text of JSON, so a study that is broken ends where the next one starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from trialwright.registry.reading.items import JsonText
from trialwright.registry.reading.model import RefusedRecord
from trialwright.registry.reading.study_json import MAX_STUDY_BYTES

_CHUNK = 1 << 20
_OVERLAP = 512
_OPENING = re.compile(rb'\{\s{0,200}"protocolSection"\s{0,200}:')


def study_lines(file: BinaryIO, name: str, where: str) -> Iterator[JsonText | RefusedRecord]:
    """One item for each line that is not empty."""
    number = 0
    while line := file.readline(MAX_STUDY_BYTES + 1):
        number += 1
        size = len(line)
        if size > MAX_STUDY_BYTES and not line.endswith(b"\n"):
            while (rest := file.readline(_CHUNK)) and not rest.endswith(b"\n"):
                pass
            yield _too_large(f"{where}, line {number}")
        elif line.strip():
            data = line.rstrip(b"\r\n")
            yield JsonText(f"{name}-{number}", f"{where}, line {number}", data, size)


@dataclass(slots=True)
class _Place:
    """How far a file has been cut."""

    name: str
    where: str
    number: int = 0
    line: int = 1
    skips: bool = False
    whole: bool = True

    def passed(self, data: bytes) -> None:
        self.line += data.count(b"\n")

    def told(self) -> str:
        study = f", study {self.number}" if self.number else ""
        return f"{self.where}{study}, line {self.line}"

    def cut(self, data: bytes) -> Iterator[JsonText]:
        """The piece up to the next opening; nothing of one that was too large."""
        if not self.skips:
            id_ = f"{self.name}-{self.number}"
            yield JsonText(id_, self.told(), data, len(data), within=True)
        self.passed(data)
        self.skips = self.whole = False


def study_slices(file: BinaryIO, name: str, where: str) -> Iterator[JsonText | RefusedRecord]:
    """One item from each opening of a study to the next one.

    What stands before the first opening is an item, too: the head of a list, or a study that is
    broken. A file with no opening or a single study is handed on as it stands.
    """
    place = _Place(name, where)
    buffer, at = file.read(_CHUNK), 0
    searched, more = 0, True
    head = b""
    while more:
        while opening := _OPENING.search(buffer, searched):
            piece = buffer[at : opening.start()]
            if place.number == 0 and not piece.strip(b"\xef\xbb\xbf \t\r\n"):
                head = piece
            else:
                yield from place.cut(head + piece)
                head = b""
            place.number += 1
            at, searched = opening.start(), opening.end()
        buffer, at = buffer[at:], 0
        if len(head) + len(buffer) > MAX_STUDY_BYTES:
            if not place.skips:
                yield _too_large(place.told())
            place.passed(buffer[:-_OVERLAP])
            place.skips, buffer = True, buffer[-_OVERLAP:]
        searched = max(1 if place.number else 0, len(buffer) - _OVERLAP)
        chunk = file.read(_CHUNK)
        buffer, more = buffer + chunk, bool(chunk)
    if place.whole and not place.skips:
        yield JsonText(name, where, head + buffer, len(head) + len(buffer))
    else:
        yield from place.cut(buffer)


def _too_large(where: str) -> RefusedRecord:
    return RefusedRecord(
        "The JSON of the record is too large.",
        where=f"{where}: more than {MAX_STUDY_BYTES} bytes",
        allowed=f"at most {MAX_STUDY_BYTES} bytes a study; a study opens with protocolSection",
        do="write one study a line",
    )
