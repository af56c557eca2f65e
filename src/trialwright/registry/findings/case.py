"""What every detector looks at, and how it words a finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from trialwright.protocol.base import Severity, Words
from trialwright.protocol.check.codes import SEVERITY
from trialwright.protocol.check.rows import Row
from trialwright.protocol.check.view import Trait, View, listed, view_of
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.rules import EndpointDefinition
from trialwright.registry.facts import MOST_MATCHES, Reading
from trialwright.registry.outcomes import Outcome
from trialwright.registry.view import Span, sentence_around

__all__ = ["NEAR", "TIMED", "Advice", "Case", "Detector", "Row", "listed"]

#: Endpoint kinds that measure a time from an origin to an event, or its probability.
TIMED = frozenset(
    {
        "PFS", "PFS_RATE", "OS", "OS_RATE", "TTP", "TTF", "DFS", "DFS_RATE", "RFS", "RFS_RATE",
        "EFS", "EFS_RATE",
    }
)  # fmt: skip
#: Characters around a name, and places of it in a field, that are looked at.
NEAR, _MOST_PLACES = 80, 4
_RUNNING = ("brief_summary", "detailed_description")
_FIELD_PATH = {"title": "title", "conditions": "population.conditions", "interventions": "regimen"}


@dataclass(frozen=True, slots=True)
class Advice:
    """The proposed default of a finding with its reason and rule; a severity that is not usual."""

    proposal: Mapping[str, object] | None = None
    reason: str | None = None
    rule: str | None = None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Detector:
    """What raises one or more codes.

    It is not called for a record without any of its `words`, nor for a protocol without an endpoint
    of its `kinds`, or without its `trait` (`View.traits`); none of them named, it is called always.
    """

    codes: tuple[str, ...]
    find: Callable[[Case], Iterable[Row]]
    words: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    trait: Trait | None = None


@dataclass(frozen=True)
class Case:
    """A record with its protocol; each outcome belongs to the endpoint at the same place.

    `said` has the words behind the values of a protocol that has no sources yet.
    """

    reading: Reading
    protocol: Protocol
    outcomes: tuple[Outcome, ...]
    said: Mapping[str, Words] | None = None

    @cached_property
    def low(self) -> str:
        """Normalised text of the record."""
        return self.reading.low

    @cached_property
    def text(self) -> str:
        """Verbatim text of the record."""
        return self.reading.record.text

    @cached_property
    def words(self) -> frozenset[str]:
        """The different words of the record, in lower case, letters only."""
        return self.reading.words

    @cached_property
    def outcome_text(self) -> str:
        """Normalised text of the outcome fields."""
        spans = self.reading.spans
        return self.low[spans["primary_outcomes"].start : spans["secondary_outcomes"].end]

    def says(self, words: frozenset[str]) -> bool:
        """Whether one of the words is a word of the record: far cheaper than a pattern."""
        return not words.isdisjoint(self.words)

    def has(self, *words: str) -> bool:
        """Whether one of the words stands in the normalised text: cheaper than a pattern."""
        low = self.low
        return bool([word for word in words if word in low])

    def places(self, words: str, span: Span) -> Iterator[int]:
        """Where a part of the normalised text holds some words, the first `MOST_MATCHES` of them."""
        at = self.low.find(words, span.start, span.end)
        left = MOST_MATCHES
        while at >= 0 and left:
            yield at
            left -= 1
            at = self.low.find(words, at + 1, span.end)

    def named(self, name: str) -> list[tuple[int, int, str]]:
        """Start, end and surroundings of the first places of a name in the running text."""
        known = self._named.get(name)
        if known is None:
            known = self._named[name] = self._places_of(name.casefold())
        return known

    @cached_property
    def _named(self) -> dict[str, list[tuple[int, int, str]]]:
        return {}

    def _places_of(self, name: str) -> list[tuple[int, int, str]]:
        low, found = self.low, []
        for field in _RUNNING:
            span, left = self.reading.spans[field], _MOST_PLACES
            at = low.find(name, span.start, span.end)
            while at >= 0 and left:
                end, left = at + len(name), left - 1
                found.append((at, end, low[max(0, at - NEAR) : end + NEAR]))
                at = low.find(name, end, span.end)
        return found

    def find(self, pattern: re.Pattern[str], span: Span | None = None) -> Span | None:
        """The first match in the record, or in a part of it."""
        where = span or Span(0, len(self.low))
        match = pattern.search(self.low, where.start, where.end)
        return Span(*match.span()) if match else None

    @cached_property
    def paired(self) -> tuple[tuple[EndpointDefinition, Outcome], ...]:
        """Endpoints with their outcomes."""
        return tuple(zip(self.protocol.endpoints, self.outcomes, strict=True))

    def kind_of(self, path: str) -> str:
        """Kind of the endpoint of a path, a rate at a landmark as its time: "PFS"."""
        name = path.split(".")[1] if path.startswith("endpoints.") else ""
        kinds = (one.kind for one in self.protocol.endpoints if one.id == name)
        return next(kinds, "").removesuffix("_RATE")

    def components(self, *reaches: str) -> tuple[Component, ...]:
        """Components that act where `reaches` says."""
        return tuple([one for one in self.view.regimen if one.reach in reaches])

    @cached_property
    def timed(self) -> tuple[tuple[EndpointDefinition, Outcome], ...]:
        """Endpoints that measure a time, with their outcomes."""
        return tuple([pair for pair in self.paired if pair[0].kind in TIMED])

    @cached_property
    def view(self) -> View:
        """The protocol as the detectors of its values see it."""
        return view_of(self.protocol, self.said)

    def source(self, path: str) -> Span | None:
        """Quote of a value."""
        sources = self.view.sources
        if path not in sources:
            return None
        found = sources[path]
        if found.start is None or found.end is None:
            return None
        return Span(found.start, found.end)

    def path_at(self, span: Span) -> str:
        """Path of the endpoint whose outcome holds a span, else that of its field."""
        for endpoint, outcome in self.paired:
            if span.start in outcome.span:
                return f"endpoints.{endpoint.id}"
        return _FIELD_PATH.get(self.reading.field_at(span.start), "treatment")

    def sentence(self, span: Span) -> Span:
        """The sentence around a span, inside its field."""
        field = self.reading.span(self.reading.field_at(span.start))
        return sentence_around(self.text, span, field)

    def raise_(
        self, code: str, path: str, message: str, span: Span | None, advice: Advice | None = None
    ) -> Row:
        """The row of a finding with its severity, its quote and its proposal."""
        said = advice or _NO_ADVICE
        start, end = (span.start, span.end) if span else (None, None)
        return {
            "code": code,
            "severity": said.severity or SEVERITY[code],
            "path": path,
            "message": message,
            "quote": self.text[start:end] if span else None,
            "start": start,
            "end": end,
            "proposal": dict(said.proposal) if said.proposal else None,
            "reason": said.reason,
            "rule": said.rule,
        }


_NO_ADVICE = Advice()
