"""A record of named fields, written as the joined plain-text layout with its further fields behind.

The registry's plain-text export joins the parts of an outcome by ", " and several values by "|", one
field below the other, and has no line for a description that is missing. Written the same way, the
seven fields of a record have the same offsets in every layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trialwright.core.errors import RecordError
from trialwright.registry.outcomes import Outcome
from trialwright.registry.reading.model import FIELDS, MAX_BYTES, Field, Layout, Record
from trialwright.registry.reading.names import trial_id
from trialwright.registry.view import Span, trimmed

_JOINT = ", "


@dataclass(frozen=True, slots=True)
class OutcomeText:
    """One outcome whose parts are given apart; an empty part is missing."""

    measure: str
    description: str
    time_frame: str

    def joined(self) -> str:
        """The outcome as the plain-text layout has it."""
        return _JOINT.join(one for one in (self.measure, self.description, self.time_frame) if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFields:
    """What a layout with named fields says.

    `outcomes` holds primary and secondary ones where their parts are given apart; the fields
    `primary_outcomes` and `secondary_outcomes` of `shared` are then ignored.
    """

    shared: Mapping[str, str]
    further: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[OutcomeText, ...], tuple[OutcomeText, ...]] | None
    given: Mapping[str, object]
    layout: Layout


def joined_record(named: NamedFields, identifier: str, sha256: str, where: str) -> Record:
    """Write named fields as a record.

    Raises
    ------
    RecordError
        There is no title, the text is too large, holds a zero character or half a character.
    """
    shared = [_shared(named, name) for name in FIELDS]
    if not shared[0].strip():
        raise RecordError(
            "The record has no title.",
            where=where,
            allowed="a brief title (JSON: briefTitle; CSV: Study Title)",
            do="export the record again",
        )
    starts, text = [], []
    at = 0
    for value in shared[:-1]:
        starts.append(at)
        text.append(value)
        at += len(value) + 1
    starts.append(at)
    if shared[-1]:
        text.append(shared[-1])
        at += len(shared[-1]) + 1
    further = []
    for name, value in named.further:
        begin = at + len(name) + 2
        further.append(Field(name, value, begin, begin + len(value)))
        text.append(f"{name}: {value}")
        at = begin + len(value) + 1
    whole = "\n".join(text) + "\n"
    _check(whole, where)
    return Record(
        id=trial_id(identifier, where),
        text=whole,
        fields=tuple(_field(whole, *one) for one in zip(FIELDS, starts, shared, strict=True)),
        sha256=sha256,
        layout=named.layout,
        further=tuple(further),
        outcomes=_outcomes(named, whole, starts),
        given=named.given,
    )


def _shared(named: NamedFields, name: str) -> str:
    if named.outcomes is not None and name.endswith("_outcomes"):
        listed = named.outcomes[name.startswith("secondary")]
        return "|".join(one.joined() for one in listed)
    return named.shared.get(name, "")


def _field(text: str, name: str, start: int, value: str) -> Field:
    span = trimmed(text, start, start + len(value))
    return Field(name, span.of(text), span.start, span.end)


def _outcomes(named: NamedFields, text: str, starts: list[int]) -> tuple[Outcome, ...] | None:
    if named.outcomes is None:
        return None
    found = []
    for role, listed in zip(("primary", "secondary"), named.outcomes, strict=True):
        at = starts[FIELDS.index(f"{role}_outcomes")]
        for one in listed:
            found.append(_outcome(text, role, one, at))
            at += len(one.joined()) + 1
    return tuple(found)


def _outcome(text: str, role: str, one: OutcomeText, at: int) -> Outcome:
    spans: list[Span | None] = []
    for part in (one.measure, one.description, one.time_frame):
        spans.append(trimmed(text, at, at + len(part)) if part else None)
        at += len(part) + len(_JOINT) if part else 0
    measure, description, time_frame = spans
    if measure is None:
        first = next(span for span in spans if span is not None)
        measure = Span(first.start, first.start)
    return Outcome(role, measure, description or None, time_frame or None)


def _check(text: str, where: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise RecordError(
            "The record holds half a character.",
            where=f"{where}: U+{ord(text[error.start]):04X} behind "
            f'"{text[max(0, error.start - 20) : error.start]}"',
            allowed="whole Unicode characters in UTF-8",
            do="export the record again",
        ) from error
    if size > MAX_BYTES:
        raise RecordError(
            "The record is too large.",
            where=f"{where}: {size} bytes of text",
            allowed=f"at most {MAX_BYTES} bytes",
            do="check that this is one record",
        )
    if "\x00" in text:
        raise RecordError(
            "The record is not plain text.",
            where=f"{where}: NUL at character {text.index(chr(0)) + 1} of its text",
            allowed="text without zero characters",
            do="export the record again",
        )


def further_fields(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The further fields that say something."""
    return tuple((name, value) for name, value in pairs if value.strip())
