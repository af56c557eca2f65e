"""From a record to a protocol: every value with the words that say it, every gap a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trialwright.core.results import Json
from trialwright.protocol.base import Finding, Part, Source
from trialwright.protocol.check import check_protocol
from trialwright.protocol.model import Protocol
from trialwright.protocol.settle import value_text
from trialwright.registry.design_facts import design_facts
from trialwright.registry.draft_json import draft_json
from trialwright.registry.endpoints import endpoint_facts
from trialwright.registry.facts import Fact, Reading, read
from trialwright.registry.findings import find
from trialwright.registry.findings.case import Case
from trialwright.registry.outcomes import Outcome
from trialwright.registry.population_facts import population_facts
from trialwright.registry.record import Record
from trialwright.registry.regimen import regimen_facts
from trialwright.registry.rule_facts import rule_facts

_MEMBERS = ("regimen", "endpoints")


@dataclass(frozen=True, slots=True)
class Draft:
    """A record read as a protocol.

    Attributes
    ----------
    protocol
        What the text says and nothing else; `protocol.sources` has an entry for each value.
    findings
        What the text leaves open or contradicts, errors first.
    """

    record: Record
    protocol: Protocol
    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]

    def to_json(self) -> dict[str, Json]:
        """One plain object: fields, facts and findings; `null` is what the text does not say."""
        return draft_json(self.record, self.protocol, self.outcomes, self.findings)


def draft_protocol(record: Record) -> Draft:
    """Read a record as a protocol with sources and findings.

    Parameters
    ----------
    record
        The registered text.

    Returns
    -------
    Draft
        Values that the text does not support are absent (`None`); each gap that matters is a
        finding with the default that could be settled.
    """
    reading = read(record)
    pairs = list(endpoint_facts(reading))
    title = Fact("title", record.field("title").text, record.field("title").span)
    outcome_facts = [fact for _, facts in pairs for fact in facts]
    facts = _first_of_each(
        [
            title,
            *design_facts(reading),
            *population_facts(reading),
            *regimen_facts(reading),
            *outcome_facts,
            *rule_facts(outcome_facts),
        ]
    )
    protocol = _protocol(record, reading, facts)
    outcomes = tuple(outcome for outcome, _ in pairs)
    case = Case(reading, protocol, outcomes)
    findings = (*find(case), *check_protocol(protocol))
    return Draft(record, protocol, ordered(findings), outcomes)


def _first_of_each(facts: Iterable[Fact]) -> dict[str, Fact]:
    """The first fact for each path: extractors say the surest first."""
    found: dict[str, Fact] = {}
    for fact in facts:
        found.setdefault(fact.path, fact)
    return found


def _protocol(record: Record, reading: Reading, facts: Mapping[str, Fact]) -> Protocol:
    tree: dict[str, Any] = {"id": record.id, "record_sha256": record.sha256}
    members: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in _MEMBERS}
    for path, fact in facts.items():
        head, _, rest = path.partition(".")
        if head in _MEMBERS:
            name, _, field = rest.partition(".")
            members[head].setdefault(name, {"id": name})[field] = fact.value
        elif rest:
            tree.setdefault(head, {})[rest] = fact.value
        else:
            tree[head] = fact.value
    tree.update({name: tuple(held.values()) for name, held in members.items()})
    protocol = Protocol.model_validate(tree)
    sources = tuple(_source(v, reading, facts[p]) for p, v in _values(protocol, facts))
    return protocol.model_copy(update={"sources": sources})


def _source(value: object, reading: Reading, fact: Fact) -> Source:
    return Source(
        path=fact.path,
        kind=fact.kind,
        quote=reading.quote(fact.span),
        start=fact.span.start,
        end=fact.span.end,
        reason=fact.reason,
        text=value_text(value),
    )


def _values(protocol: Protocol, paths: Iterable[str]) -> Iterator[tuple[str, object]]:
    """The value at each path, as the protocol holds it."""
    members: dict[str, dict[str, Part]] = {
        "regimen": {one.id: one for one in protocol.regimen},
        "endpoints": {one.id: one for one in protocol.endpoints},
    }
    for path in paths:
        head, _, rest = path.partition(".")
        if head in members:
            name, _, field = rest.partition(".")
            yield path, getattr(members[head][name], field)
        else:
            part = getattr(protocol, head)
            yield path, getattr(part, rest) if rest else part


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors, warnings, notes; inside these by place in the record, then by code and path.

    A question that text and protocol both raise at one place is asked once.
    """
    rank = {"error": 0, "warning": 1, "note": 2}
    once: dict[tuple[str, str, int | None], Finding] = {}
    for finding in findings:
        once.setdefault((finding.code, finding.path, finding.start), finding)
    return tuple(
        sorted(
            once.values(),
            key=lambda f: (rank[f.severity], f.start is None, f.start or 0, f.code, f.path),
        )
    )
