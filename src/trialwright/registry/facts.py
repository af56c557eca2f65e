"""A fact: one value of the protocol with the words of the record that say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeAlias

from trialwright.registry.record import Record
from trialwright.registry.view import Span, normalised, sentence_around

FactKind: TypeAlias = Literal["record", "inferred"]

#: Words of a sentence that speaks of other trials than this one.
OTHER_TRIALS = re.compile(
    r"\b(?:previous\w*|prior (?:trial|stud)\w*|published|reported|earlier (?:trial|stud)\w*|showed|"
    r"has shown|have shown|demonstrated|results of|data from|historical|was approved|in another|"
    r"other (?:trials|studies))\b"
)
#: Matches of one pattern that are looked at in one field.
MOST_MATCHES = 200
#: Fields of running text, in the order in which they are believed.
PROSE = ("title", "brief_summary", "detailed_description")


@dataclass(frozen=True, slots=True)
class Fact:
    """A value at a path of the protocol.

    `span` is the quote; kind "record" means the quote says the value, "inferred" that it follows
    from the quote by the step in `reason`.
    """

    path: str
    value: object
    span: Span
    kind: FactKind = "record"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A record beside its normalised copy; offsets are the same in both."""

    record: Record
    low: str
    spans: Mapping[str, Span]

    def span(self, name: str) -> Span:
        """Offsets of a field."""
        return self.spans[name]

    def quote(self, span: Span) -> str:
        """Verbatim text of a span."""
        return span.of(self.record.text)

    def search(
        self, pattern: re.Pattern[str], fields: Iterable[str] = PROSE
    ) -> Iterator[re.Match[str]]:
        """Matches in the fields, in their order; offsets are those of the record.

        A text that repeats a phrase hundreds of times says nothing more by it: the search stops
        after `MOST_MATCHES` of a field.
        """
        for name in fields:
            span = self.span(name)
            found = pattern.finditer(self.low, span.start, span.end)
            yield from islice(found, MOST_MATCHES)

    def first(
        self, pattern: re.Pattern[str], fields: Iterable[str] = PROSE
    ) -> re.Match[str] | None:
        """The first match in the fields."""
        return next(self.search(pattern, fields), None)

    def field_at(self, offset: int) -> str:
        """Name of the field that holds an offset."""
        for field in self.record.fields:
            if field.start <= offset < field.end:
                return field.name
        return "title"

    def sentence(self, match: re.Match[str]) -> Span:
        """The sentence around a match."""
        span = Span(match.start(), match.end())
        return sentence_around(self.record.text, span, self.span(self.field_at(span.start)))


def read(record: Record) -> Reading:
    """Normalise a record once for all extractors."""
    spans = {field.name: field.span for field in (*record.further, *record.fields)}
    return Reading(record, normalised(record.text), spans)


def group(match: re.Match[str], number: int | str = 0) -> Span:
    """Span of a group of a match."""
    return Span(*match.span(number))
