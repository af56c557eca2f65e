"""What every detector looks at, and how it words a finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from trialwright.protocol.base import Finding, Severity, Source
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.paths import sources_by_path
from trialwright.protocol.rules import EndpointDefinition
from trialwright.registry.facts import Reading
from trialwright.registry.outcomes import Outcome
from trialwright.registry.view import Span

_ERRORS = ("logic_inverted", "anchor_conflict", "agent_name_mismatch")
_WARNINGS = (
    "line_ambiguous", "line_inconsistent", "line_missing", "anchor_vs_primary",
    "timeframe_vs_event", "timeframe_vs_landmark", "origin_vs_timeframe", "origin_ambiguous",
    "modality_mismatch", "treatment_scope", "site_ambiguous", "ablation_scope",
    "extrahepatic_undefined", "sequential_or_concurrent", "measurable_disease_missing",
    "biomarker_missing", "primary_tumours_missing", "condition_ambiguous", "test_undefined",
)  # fmt: skip

#: Severity by code; what is not listed is a note.
SEVERITY: dict[str, Severity] = {
    **dict.fromkeys(_ERRORS, "error"),
    **dict.fromkeys(_WARNINGS, "warning"),
}

#: Endpoint kinds that measure a time from an origin to an event, or its probability.
TIMED = ("PFS", "PFS_RATE", "OS", "OS_RATE", "TTP", "TTF", "DFS", "RFS", "EFS")


@dataclass(frozen=True, slots=True)
class Advice:
    """The proposed default of a finding with its reason and rule."""

    proposal: Mapping[str, object] | None = None
    reason: str | None = None
    rule: str | None = None


@dataclass(frozen=True)
class Case:
    """A record with its protocol; each outcome belongs to the endpoint at the same place."""

    reading: Reading
    protocol: Protocol
    outcomes: tuple[Outcome, ...]

    @property
    def low(self) -> str:
        """Normalised text of the record."""
        return self.reading.low

    @property
    def text(self) -> str:
        """Verbatim text of the record."""
        return self.reading.record.text

    def has(self, *words: str) -> bool:
        """Whether one of the words stands in the normalised text: cheaper than a pattern."""
        return any(word in self.low for word in words)

    def find(self, pattern: re.Pattern[str], span: Span | None = None) -> Span | None:
        """The first match in the record, or in a part of it."""
        where = span or Span(0, len(self.low))
        match = pattern.search(self.low, where.start, where.end)
        return Span(*match.span()) if match else None

    def paired(self) -> tuple[tuple[EndpointDefinition, Outcome], ...]:
        """Endpoints with their outcomes."""
        return tuple(zip(self.protocol.endpoints, self.outcomes, strict=True))

    def components(self, *reaches: str) -> tuple[Component, ...]:
        """Components that act where `reaches` says."""
        return tuple(one for one in self.protocol.regimen if one.reach in reaches)

    @cached_property
    def _sources(self) -> Mapping[str, Source]:
        return sources_by_path(self.protocol)

    def source(self, path: str) -> Span | None:
        """Quote of a value."""
        found = self._sources.get(path)
        if found is None or found.start is None or found.end is None:
            return None
        return Span(found.start, found.end)

    def raise_(
        self, code: str, path: str, message: str, span: Span | None, advice: Advice | None = None
    ) -> Finding:
        """A finding with its severity, its quote and its proposal."""
        said = advice or Advice()
        return Finding(
            code=code,
            severity=SEVERITY.get(code, "note"),
            path=path,
            message=message,
            quote=span.of(self.text) if span else None,
            start=span.start if span else None,
            end=span.end if span else None,
            proposal=dict(said.proposal) if said.proposal else None,
            reason=said.reason,
            rule=said.rule,
        )
