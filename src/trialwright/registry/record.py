"""Registered text, read verbatim and split into its fields with offsets.

The plain-text layout holds a title, a brief summary, conditions, interventions, primary outcomes,
secondary outcomes and a detailed description, one after the other and without names. Summary,
outcomes and description may hold line breaks, so fields are found by content: the intervention
line is the one that reads `TYPE: name|TYPE: name`, an outcome ends with a time frame.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from trialwright.core.errors import RecordError
from trialwright.registry.outcomes import TAIL, Outcome, ends_in_time
from trialwright.registry.view import Span, normalised, trimmed

#: How a record arrived: joined plain text, the registry's API version 2, or its CSV export.
Layout: TypeAlias = Literal["text", "api_v2", "csv"]

#: Largest record that is read, in bytes. The longest registered ones have a tenth of it.
MAX_BYTES = 2_000_000

FIELDS = (
    "title",
    "brief_summary",
    "conditions",
    "interventions",
    "primary_outcomes",
    "secondary_outcomes",
    "detailed_description",
)
_TYPES = (
    "DRUG|DEVICE|BIOLOGICAL|PROCEDURE|RADIATION|BEHAVIORAL|GENETIC|DIETARY_SUPPLEMENT"
    "|COMBINATION_PRODUCT|DIAGNOSTIC_TEST|OTHER"
)
#: Start of one entry of the intervention line.
INTERVENTION = re.compile(rf"(?:^|(?<=[|\n\r]))({_TYPES}): ")
_LINE = re.compile(r"[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its verbatim text and where it stands."""

    name: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Offsets of the field."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Record:
    """A registered record.

    Attributes
    ----------
    id
        File stem, or the registry's number where the layout gives one.
    text
        Verbatim text, with its byte order mark and line ends if it has any. A layout that names its
        fields is written as the joined one, its further fields behind that: the seven fields stand
        at the same offsets whatever the layout was.
    fields
        All seven fields in order, empty where the record has nothing.
    sha256
        Of the record's bytes, hexadecimal.
    layout
        How the record arrived.
    further
        Fields beyond the seven, by the registry's own names, with their place in `text`.
    outcomes
        The parts of each outcome where the layout gives them apart, `None` where they are joined.
    given
        The parsed record as it arrived, unknown keys included; `None` for plain text.
    """

    id: str
    text: str
    fields: tuple[Field, ...]
    sha256: str
    layout: Layout = "text"
    further: tuple[Field, ...] = ()
    outcomes: tuple[Outcome, ...] | None = None
    given: Mapping[str, object] | None = None

    def field(self, name: str) -> Field:
        """The field of that name."""
        return self.fields[FIELDS.index(name)]


def read_record(path: Path | str) -> Record:
    """Read one record in the plain-text layout.

    Raises
    ------
    RecordError
        The path cannot be read, is no regular file, is empty, too large or not UTF-8, or holds no
        intervention line.
    """
    file = Path(path)
    return parse_record(file.stem, _bytes_of(file), where=str(file))


def parse_record(identifier: str, data: bytes, *, where: str) -> Record:
    """Split the bytes of a record; `where` names them in messages.

    Raises
    ------
    RecordError
        The bytes are empty, not UTF-8 or hold no intervention line.
    """
    text = _decoded(data, where)
    return Record(
        id=identifier,
        text=text,
        fields=_fields(text, where),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.exists():
            raise RecordError("The record does not exist.", where=str(path), do="check the path")
        if not path.is_file():
            raise RecordError(
                "The record is not a regular file.",
                where=str(path),
                allowed="one text file per record",
                do="name the files of a folder one by one",
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise RecordError(
            "The record cannot be read.", where=f"{path}: {reason}", do="check its permissions"
        ) from error
    except ValueError as error:
        raise RecordError(
            "The path of the record is not valid.", where=repr(str(path)), do="check the path"
        ) from error
    if len(data) > MAX_BYTES:
        raise RecordError(
            "The record is too large.",
            where=f"{path}: more than {MAX_BYTES} bytes",
            allowed=f"at most {MAX_BYTES} bytes",
            do="give one record per file",
        )
    return data


def _decoded(data: bytes, where: str) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(
            "The record is not UTF-8 text.",
            where=f"{where}, byte {error.start}: 0x{data[error.start]:02x}",
            allowed="UTF-8, with or without byte order mark",
            do="save the file as UTF-8",
        ) from error
    if "\x00" in text:
        raise RecordError(
            "The record is not plain text.",
            where=f"{where}, character {text.index(chr(0))}: NUL",
            allowed="UTF-8 text",
            do="export the record as plain text",
        )
    if not text.strip("\ufeff \t\r\n"):
        raise RecordError("The record is empty.", where=where, do="export the record again")
    return text


def _lines(text: str) -> list[Span]:
    start = 1 if text.startswith("\ufeff") else 0
    lines = []
    while True:
        match = _LINE.match(text, start)
        end = match.end() if match else start
        lines.append(Span(start, end))
        if end >= len(text):
            return lines
        start = end + (2 if text.startswith("\r\n", end) else 1)


def _fields(text: str, where: str) -> tuple[Field, ...]:
    lines = _lines(text)
    at = _intervention_line(text, lines)
    if at is None:
        raise RecordError(
            "The record has no line of interventions.",
            where=f"{where}, {len(lines)} lines",
            allowed="a line such as DRUG: name|PROCEDURE: name below title and conditions",
            do="export title, summary, conditions, interventions and outcomes as plain text",
        )
    after = lines[at + 1 :]
    primary, secondary = _outcome_blocks(text, normalised(text), after)
    spans = (
        lines[0],
        _joined(text, lines[1 : at - 1]),
        lines[at - 1],
        lines[at],
        _joined(text, after[:primary]),
        _joined(text, after[primary:secondary]),
        _joined(text, after[secondary:]),
    )
    trim = [trimmed(text, span.start, span.end) for span in spans]
    return tuple(
        Field(name, span.of(text), span.start, span.end)
        for name, span in zip(FIELDS, trim, strict=True)
    )


def _intervention_line(text: str, lines: list[Span]) -> int | None:
    for number, line in enumerate(lines[2:], start=2):
        if INTERVENTION.match(text, line.start, line.end):
            return number
    return None


def _outcome_blocks(text: str, low: str, lines: list[Span]) -> tuple[int, int]:
    """Index behind the last line of the primary and of the secondary outcomes.

    An outcome field runs on over line breaks until a line ends with a time frame. A bar stands in
    outcome fields only, so all lines down to the last one with a bar belong to them, and an empty
    line above that is a paragraph of an outcome.
    """
    bars = [n for n, line in enumerate(lines) if "|" in line.of(text)]
    last_bar = bars[-1] if bars else -1
    ends = [n for n, line in enumerate(lines) if _ends_outcome(low, line)]
    primary = min(1, len(lines))
    for end in ends:
        if end + 1 >= len(lines) or lines[end + 1] or end >= last_bar:
            primary = end + 1
            break
    if primary >= len(lines) or (not lines[primary] and last_bar < primary):
        return primary, min(primary + 1, len(lines))
    first = max(primary, last_bar)
    return primary, next((n + 1 for n in ends if n >= first), first + 1)


def _ends_outcome(low: str, line: Span) -> bool:
    start = max(low.rfind("|", line.start, line.end) + 1, line.start)
    tail = max(start, line.end - TAIL)
    return ends_in_time(low[tail : line.end], opening=line.start < start == tail)


def _joined(text: str, lines: list[Span]) -> Span:
    if not lines:
        return Span(len(text), len(text))
    return Span(lines[0].start, lines[-1].end)
