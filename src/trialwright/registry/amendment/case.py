"""A record with its findings and the values that are decided: what the proposed words need."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trialwright.protocol.base import Finding, Source
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.paths import leaves_below, place, source_of, sources_by_path
from trialwright.protocol.phrases import origin_words
from trialwright.protocol.rules import EndpointDefinition
from trialwright.registry.outcomes import Outcome
from trialwright.registry.record import Record
from trialwright.registry.view import Span

#: End of a value in brackets that only an accepted default decided.
CONFIRM = ", an accepted default: confirm]"
#: End of a value in brackets that a finding proposes.
PROPOSED = ", a proposal: confirm]"
_DECIDED = frozenset({"user", "default"})


@dataclass(frozen=True, slots=True)
class AmendmentCase:
    """What an amendment is written from.

    `drafted` is what the record says, `settled` the protocol as it was decided, and `sources` where
    its values are from; `outcome_of` finds the registered outcome of an endpoint; `impossible` are
    the paths of starts that cannot occur.
    """

    record: Record
    drafted: Protocol
    settled: Protocol
    sources: Mapping[str, Source]
    outcome_of: Mapping[str, Outcome]
    impossible: frozenset[str]

    def decided(self, path: str) -> object:
        """The value at a path that a person or an accepted default decided, else `None`."""
        here = place(self.settled, path)
        source = source_of(self.sources, path)
        return here.value if source is not None and source.kind in _DECIDED else None

    def by_user(self, path: str) -> object:
        """The value at a path that a person decided, else `None`."""
        source = source_of(self.sources, path)
        return place(self.settled, path).value if source and source.kind == "user" else None

    def filled(self, path: str, blank: str, say: Callable[[Any], str] = str) -> str:
        """The value at a path in words, or a blank in square brackets.

        A value that only an accepted default decided stands in brackets too: a person has to
        confirm it before it is registered.
        """
        here = place(self.settled, path)
        if here.value in (None, ()):
            return f"[{blank}]"
        words = say(here.value)
        if not self._by_default(path):
            return words
        return f"[{words.replace('[', '').replace(']', '')}{CONFIRM}"

    def _by_default(self, path: str) -> bool:
        """Whether an accepted default decided the value at a path, or one inside of it."""
        found = (source_of(self.sources, one) for one in leaves_below(self.settled, path))
        return any(source is not None and source.kind == "default" for source in found)

    def start(self, path: str, origin: str) -> str:
        """A start of time for registration: in brackets where only a default or we propose it.

        It stands without brackets where a person decided it for `path`, or where the record itself
        names it as the start of an endpoint.
        """
        said = self.origin(origin)
        if self.by_user(path) == origin or self._registers(origin):
            return said
        accepted = self._by_default(path) and place(self.settled, path).value == origin
        return f"[{said}{CONFIRM if accepted else PROPOSED}"

    def _registers(self, origin: str) -> bool:
        """Whether the words of the record give an endpoint this start."""
        sources = sources_by_path(self.drafted)
        starts = (
            f"endpoints.{one.id}.origin" for one in self.drafted.endpoints if one.origin == origin
        )
        found = (source_of(sources, path) for path in starts if path not in self.impossible)
        return any(source is not None and source.kind == "record" for source in found)

    def wanted(self, finding: Finding, path: str) -> object:
        """The decided value at a path, else the one that the finding proposes, else `None`."""
        return self.decided(path) or (finding.proposal or {}).get(path)

    def component(self, finding: Finding) -> Component | None:
        """The settled component that a finding is about, else the drafted one."""
        name = finding.path.split(".")[1] if "." in finding.path else ""
        for one in (*self.settled.regimen, *self.drafted.regimen):
            if one.id == name:
                return one
        return None

    def endpoint(self, finding: Finding) -> EndpointDefinition | None:
        """The settled endpoint that a finding is about, else the drafted one."""
        name = finding.path.split(".")[1] if "." in finding.path else ""
        for one in (*self.settled.endpoints, *self.drafted.endpoints):
            if one.id == name:
                return one
        return None

    def outcome(self, finding: Finding) -> Outcome | None:
        """The registered outcome that a finding is about."""
        return self.outcome_of.get(finding.path.split(".")[1]) if "." in finding.path else None

    def origin(self, value: object) -> str:
        """A start of time in words, "enrolment" spelled as the record does."""
        said = origin_words(str(value))
        american = re.search(r"enroll", self.record.text, re.IGNORECASE) is not None
        return said.replace("enrolment", "enrollment") if american else said


def quoted_span(finding: Finding) -> Span | None:
    """Where the words of a finding stand in the record."""
    if finding.start is None or finding.end is None:
        return None
    return Span(finding.start, finding.end)


def like(model: str, text: str) -> str:
    """`text` with the capitals of `model`: `Overal` and `overall` give `Overall`."""
    if model.isupper() and len(model) > 1:
        return text.upper()
    return text[:1].upper() + text[1:] if model[:1].isupper() else text
