"""What every part of a protocol shares: frozen, closed to unknown keys, and sourced."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict

SourceKind: TypeAlias = Literal["record", "inferred", "default", "user"]
Severity: TypeAlias = Literal["error", "warning", "note"]


class Part(BaseModel):
    """A frozen part of a protocol; an unknown key is refused, an absent value is `None`."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Source(Part):
    """Where the value at one path of the protocol comes from.

    Attributes
    ----------
    path
        Path of the value: `design.enrollment`, `endpoints.OS.origin`, `regimen.regorafenib.dose`
        (members of a list are named by their `id`).
    kind
        "record" (the text says it), "inferred" (follows from the text by the step in `reason`),
        "default" (proposed by the product and accepted), "user" (written or edited by a person).
    quote, start, end
        Verbatim text and its offsets (Unicode code points, end exclusive) in the record.
    reason
        Why, with the rule or paper; required in spirit for "inferred" and "default".
    text
        The value as it stood when the source was recorded, as compact JSON. A value that no
        longer equals it was edited by hand and counts as "user".
    """

    path: str
    kind: SourceKind
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    reason: str | None = None
    text: str | None = None


class Words(NamedTuple):
    """What a source says of the words of the record: enough for a question about a value."""

    kind: SourceKind
    quote: str | None
    start: int | None
    end: int | None


class Finding(Part):
    """A question about a record or protocol (findings.md): never settled silently.

    `proposal` maps paths to the values that accepting the default would write, `reason` says why;
    a finding without a proposal can be settled only by a person.
    """

    code: str
    severity: Severity
    path: str
    message: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    proposal: dict[str, object] | None = None
    reason: str | None = None
    rule: str | None = None
