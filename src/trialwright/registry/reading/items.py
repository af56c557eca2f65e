"""What a file holds, cut into records that are not parsed yet: cheap to cut, cheap to hand on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from trialwright.core.errors import RecordError
from trialwright.registry.reading.export_csv import Header, row_record
from trialwright.registry.reading.json_text import check_characters, decoder, not_json
from trialwright.registry.reading.model import Record, RefusedRecord
from trialwright.registry.reading.plain import decoded, parse_record
from trialwright.registry.reading.study_json import study_record

#: What may stand around the studies of a list or a page: brackets, commas, the keys of a page.
CLOSERS = re.compile(
    r'(?:[\s,\[\]}\ufeff]|\{?\s*"(?:nextPageToken|totalCount)"\s*:\s*(?:"[^"\\]*"|\d+)'
    r'|\{?\s*"studies"\s*:\s*\[)*'
)
_SPACE = re.compile(r"[\s\ufeff]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_DECODER = decoder()


@dataclass(frozen=True, slots=True)
class PlainText:
    """A record in the plain-text layout."""

    id: str
    where: str
    data: bytes
    size: int

    def records(self) -> Iterator[Record | RefusedRecord]:
        """The record, or why it was refused."""
        try:
            yield parse_record(self.id, self.data, where=self.where)
        except RecordError as error:
            yield RefusedRecord.of(error)


@dataclass(frozen=True, slots=True)
class JsonText:
    """JSON with one study, or with a few of them.

    `within` says that it is a slice of a list or page, whose brackets may be left over.
    """

    id: str
    where: str
    data: bytes
    size: int
    within: bool = False

    def records(self) -> Iterator[Record | RefusedRecord]:
        """The studies in the text, and what is none."""
        try:
            text = decoded(self.data, self.where)
            yield from self._values(text)
        except RecordError as error:
            yield RefusedRecord.of(error)

    def _values(self, text: str) -> Iterator[Record | RefusedRecord]:
        """Each value between the brackets and commas of a list or a page."""
        start = first = _ends(CLOSERS if self.within else _SPACE, text, 0)
        while start < len(text):
            try:
                value, end = _DECODER.raw_decode(text, start)
            except (ValueError, RecursionError) as error:
                raise not_json(error, self.where) from error
            if _SURROGATE.search(text, start, end):
                check_characters(value, self.where)
            alone = start == first and not text[end:].strip()
            yield from self._studies(value, self.data if alone else text[start:end].encode())
            start = _ends(CLOSERS, text, end)
            if start == end < len(text):
                raise RecordError(
                    "The JSON goes on behind its end.",
                    where=f"{self.where}, character {end + 1}: {text[end : end + 20]!r}",
                    allowed="one study, a list of studies, or one study a line",
                    do="export the record again",
                )

    def _studies(self, value: object, data: bytes) -> Iterator[Record | RefusedRecord]:
        listed = value.get("studies") if isinstance(value, dict) else value
        if not isinstance(listed, list):
            yield self._one(value, data, self.id, self.where)
            return
        if not listed and not self.within:
            yield RefusedRecord(
                "The list holds no record.", self.where, "one study or more", "export them again"
            )
        for number, one in enumerate(listed, start=1):
            text = json.dumps(one, ensure_ascii=False, separators=(",", ":"))
            yield self._one(
                one, text.encode(), f"{self.id}-{number}", f"{self.where}, study {number}"
            )

    def _one(self, study: object, data: bytes, name: str, where: str) -> Record | RefusedRecord:
        try:
            return study_record(study, name, hashlib.sha256(data).hexdigest(), where)
        except RecordError as error:
            return RefusedRecord.of(error)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a CSV export."""

    id: str
    where: str
    header: Header
    cells: tuple[str, ...]
    size: int

    def records(self) -> Iterator[Record | RefusedRecord]:
        """The record, or why it was refused."""
        try:
            yield row_record(self.header, self.cells, self.id, self.where)
        except RecordError as error:
            yield RefusedRecord.of(error)


@dataclass(frozen=True, slots=True)
class NotRead:
    """A file beside the records that holds none, by its name and its content."""

    where: str
    size: int


#: One record or a few that are still to be parsed.
Item: TypeAlias = PlainText | JsonText | TableRow


def _ends(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start
