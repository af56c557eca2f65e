"""The plain-text layout: seven fields one below the other, without names, found by content.

The layout holds a title, a brief summary, conditions, interventions, primary outcomes, secondary
outcomes and a detailed description. Summary, outcomes and description may hold line breaks, so
fields are found by content: the intervention line is the one that reads `TYPE: name|TYPE: name`, an
outcome ends with a time frame.
"""

from __future__ import annotations

import hashlib
import re

from trialwright.core.errors import RecordError
from trialwright.registry.outcomes import outcome_blocks
from trialwright.registry.reading.model import FIELDS, Field, Record
from trialwright.registry.view import Span, trimmed

_TYPES = (
    "DRUG|DEVICE|BIOLOGICAL|PROCEDURE|RADIATION|BEHAVIORAL|GENETIC|DIETARY_SUPPLEMENT"
    "|COMBINATION_PRODUCT|DIAGNOSTIC_TEST|OTHER"
)
#: Start of one entry of the intervention line.
INTERVENTION = re.compile(rf"(?:^|(?<=[|\n\r]))({_TYPES}): ")


def parse_record(identifier: str, data: bytes, *, where: str) -> Record:
    """Split the bytes of a record; `where` names them in messages.

    Raises
    ------
    RecordError
        The bytes are empty, not UTF-8 or hold no intervention line.
    """
    text = decoded(data, where)
    return Record(
        id=identifier,
        text=text,
        fields=_fields(text, where),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def decoded(data: bytes, where: str) -> str:
    """The text of a record's bytes.

    Raises
    ------
    RecordError
        The bytes are not UTF-8, hold a zero character or nothing but white space.
    """
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
            where=f"{where}, character {text.index(chr(0)) + 1}: NUL",
            allowed="UTF-8 text",
            do="export the record as plain text",
        )
    if not text.strip("\ufeff \t\r\n"):
        raise RecordError("The record is empty.", where=where, do="export the record again")
    return text


def _lines(text: str) -> list[Span]:
    """The lines without their ends: line feed, carriage return, or the two together.

    For splitting, the first of the two is a zero character, which no text of a record has.
    """
    start = 1 if text.startswith("\ufeff") else 0
    lines = []
    for line in text[start:].replace("\r\n", "\0\n").replace("\r", "\n").split("\n"):
        end = start + len(line)
        lines.append(Span(start, end - line.endswith("\0")))
        start = end + 1
    return lines


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
    primary, secondary = outcome_blocks(text, after)
    blocks = (
        lines[:1],
        lines[1 : at - 1],
        lines[at - 1 : at],
        lines[at : at + 1],
        after[:primary],
        after[primary:secondary],
        after[secondary:],
    )
    fields, end = [], 0
    for name, block in zip(FIELDS, blocks, strict=True):
        # A field without lines stands, empty, where the one before it ends.
        span = trimmed(text, block[0].start, block[-1].end) if block else Span(end, end)
        fields.append(Field(name, span.of(text), span.start, span.end))
        end = span.end
    return tuple(fields)


def _intervention_line(text: str, lines: list[Span]) -> int | None:
    for number, line in enumerate(lines[2:], start=2):
        if INTERVENTION.match(text, line.start, line.end):
            return number
    return None
