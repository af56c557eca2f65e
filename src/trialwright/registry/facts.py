"""A fact: one value of the protocol with the words of the record that say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from trialwright.registry.record import Record
from trialwright.registry.view import Span, normalised, sentence_around

FactKind: TypeAlias = Literal["record", "inferred"]

#: Words of a sentence that speaks of other trials than this one.
OTHER_TRIALS = re.compile(
    r"\b(?:previous\w*|prior (?:trial|stud)\w*|published|reported|earlier (?:trial|stud)\w*|showed|"
    r"has shown|have shown|demonstrated|results of|data from|historical|was approved|in another|"
    r"other (?:trials|studies))\b"
)
#: Everything but lower-case letters to blanks, for cutting a text into words.
_LETTERS = bytes(code if 97 <= code <= 122 else 32 for code in range(256))
#: Matches of one pattern that are looked at in one field.
MOST_MATCHES = 200
#: Fields of running text, in the order in which they are believed.
PROSE = ("title", "brief_summary", "detailed_description")


class Fact(NamedTuple):
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
    """A record beside its normalised copy; offsets are the same in both.

    Attributes
    ----------
    prose
        Normalised title, summary and description in one text, for asking whether a word is there.
    places
        Start, end and name of each field.
    words
        The different words of the record in lower case, letters only. A rule asks them first: it is
        ten times faster than to look for a word in the text.
    sentences
        What `passages.sentence` has found, by start and end of the words that were asked for.
    """

    record: Record
    low: str
    spans: Mapping[str, Span]
    prose: str
    places: tuple[tuple[int, int, str], ...]
    sentences: dict[tuple[int, int], Span]
    words: frozenset[str]

    def span(self, name: str) -> Span:
        """Offsets of a field."""
        return self.spans[name]

    def quote(self, span: Span) -> str:
        """Verbatim text of a span."""
        return span.of(self.record.text)

    def says(self, words: frozenset[str]) -> bool:
        """Whether one of the words is a word of the record."""
        return not words.isdisjoint(self.words)

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
        for start, end, name in self.places:
            if start <= offset < end:
                return name
        return "title"

    def sentence(self, match: re.Match[str]) -> Span:
        """The sentence around a match."""
        span = Span(match.start(), match.end())
        return sentence_around(self.record.text, span, self.span(self.field_at(span.start)))


def read(record: Record) -> Reading:
    """Normalise a record once for all extractors."""
    low = normalised(record.text)
    spans = {field.name: field.span for field in (*record.further, *record.fields)}
    places = tuple(
        (field.start, field.end, field.name) for field in (*record.fields, *record.further)
    )
    detail = spans["detailed_description"]
    prose = f"{low[: spans['brief_summary'].end]}\n{low[detail.start : detail.end]}"
    return Reading(record, low, spans, prose, places, {}, _words(low))


def _words(low: str) -> frozenset[str]:
    plain = low.encode("ascii", "replace").translate(_LETTERS)
    return frozenset(plain.decode("ascii").split())


def group(match: re.Match[str], number: int | str = 0) -> Span:
    """Span of a group of a match."""
    return Span(*match.span(number))
