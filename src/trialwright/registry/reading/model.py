"""The record: registered text with the place of each field, and a record that was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from trialwright.core.errors import RecordError, TrialwrightError
from trialwright.registry.outcomes import Outcome
from trialwright.registry.view import Span

#: How a record arrived: joined plain text, the registry's API version 2, or its CSV export.
Layout: TypeAlias = Literal["text", "api_v2", "csv"]

#: Largest text of a record, in bytes. The longest registered ones have a tenth of it.
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


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record that could not be read, in a run that goes on without it."""

    what: str
    where: str
    allowed: str = ""
    do: str = ""

    @classmethod
    def of(cls, error: TrialwrightError) -> RefusedRecord:
        """The refusal that an error tells."""
        return cls(error.what, error.where, error.allowed, error.do)

    def error(self) -> RecordError:
        """The refusal as an error, for a caller that wanted this one record."""
        return RecordError(self.what, where=self.where, allowed=self.allowed, do=self.do)

    def __str__(self) -> str:
        """Give the message as it is shown on a terminal."""
        return str(self.error())
