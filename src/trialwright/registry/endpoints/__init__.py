"""Registered outcomes read as endpoint definitions; what the text does not say stays open."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.registry.endpoints.fields import (
    Called,
    Words,
    called_by,
    fields_of,
    landmarks_of,
)
from trialwright.registry.endpoints.origin import origin_in
from trialwright.registry.facts import Fact, FactKind, Reading
from trialwright.registry.kinds import kind_of
from trialwright.registry.outcomes import Outcome, split_fields
from trialwright.registry.view import Span

__all__ = ["endpoint_facts", "endpoint_id", "kind_of", "origin_in", "outcomes_of"]

_RATE_KINDS = frozenset({"PFS_RATE", "OS_RATE", "DFS_RATE", "RFS_RATE", "EFS_RATE"})
_NAMED = "read from the name of the outcome"
_STANDS = {role: f"stands in the {role} outcomes" for role in ("primary", "secondary")}


def endpoint_facts(reading: Reading) -> Iterator[tuple[Outcome, list[Fact]]]:
    """Each outcome with the facts below `endpoints.<id>`, primary ones first."""
    used: dict[str, int] = {}
    called = called_by(reading.words)
    for outcome in outcomes_of(reading):
        yield outcome, _facts(reading, outcome, called, used)


def outcomes_of(reading: Reading) -> tuple[Outcome, ...]:
    """Primary, then secondary outcomes."""
    if reading.record.outcomes is not None:
        return reading.record.outcomes
    text, low = reading.record.text, reading.low
    return split_fields(
        text,
        low,
        (
            (reading.span("primary_outcomes"), "primary"),
            (reading.span("secondary_outcomes"), "secondary"),
        ),
    )


def endpoint_id(kind: str, landmark: float | None, used: dict[str, int]) -> str:
    """Identifier of an endpoint: its kind, the landmark of a rate, a number when repeated."""
    name = kind
    if kind in _RATE_KINDS and landmark is not None:
        name = f"{kind}_{landmark:g}".replace(".", "p")
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else f"{name}_{used[name]}"


def _facts(reading: Reading, outcome: Outcome, called: Called, used: dict[str, int]) -> list[Fact]:
    text, measure = reading.record.text, outcome.measure
    described, framed = outcome.description, outcome.time_frame
    words = _words(reading.low, outcome)
    kind = kind_of(words.measure, words.description)
    landmark, marks = landmarks_of(words, kind)
    path = f"endpoints.{endpoint_id(kind, landmark, used)}"
    facts = [
        Fact(f"{path}.kind", kind, measure, "inferred", _NAMED),
        Fact(f"{path}.role", outcome.role, measure, "inferred", _STANDS[outcome.role]),
        Fact(f"{path}.measure", text[measure.start : measure.end], measure),
    ]
    if described is not None:
        whole = text[described.start : described.end]
        facts.append(Fact(f"{path}.description", whole, described))
    if framed is not None:
        facts.append(Fact(f"{path}.time_frame", text[framed.start : framed.end], framed))
    begins = measure.start, framed.start if framed is not None else 0
    for name, (value, first, last, reason), in_frame in fields_of(words, kind, called) + marks:
        begin = begins[in_frame]
        source: FactKind = "record" if reason is None else "inferred"
        quote = Span(begin + first, begin + last)
        facts.append(Fact(f"{path}.{name}", value, quote, source, reason))
    return facts


def _words(low: str, outcome: Outcome) -> Words:
    measure, described, framed = outcome.measure, outcome.description, outcome.time_frame
    start = measure.start
    end = measure.end if described is None else described.end
    begin = end if described is None else described.start
    frame = "" if framed is None else low[framed.start : framed.end]
    return Words(low[start:end], measure.end - start, begin - start, frame)
