"""From a record to a protocol: every value with the words that say it, every gap a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json

from trialwright.core.results import Json
from trialwright.protocol.base import Finding, Part, Source
from trialwright.protocol.check import notes_on_options
from trialwright.protocol.model import Protocol
from trialwright.protocol.settle import value_text
from trialwright.registry.design_facts import design_facts
from trialwright.registry.draft_json import draft_json
from trialwright.registry.endpoints import endpoint_facts
from trialwright.registry.facts import Fact, Reading, read
from trialwright.registry.findings import findings_of
from trialwright.registry.findings.case import Case
from trialwright.registry.outcomes import Outcome
from trialwright.registry.population_facts import population_facts
from trialwright.registry.record import Record
from trialwright.registry.regimen import regimen_facts
from trialwright.registry.rule_facts import rule_facts

_RANK = {"error": 0, "warning": 1, "note": 2}
#: All sources of a protocol in one call, which is several times faster than one by one.
_SOURCES = TypeAdapter(tuple[Source, ...])


@dataclass(frozen=True)
class Draft:
    """A record read as a protocol.

    Attributes
    ----------
    protocol
        What the text says and nothing else; `protocol.sources` has an entry for each value.
    questions
        What the text leaves open or contradicts, errors first.
    """

    record: Record
    protocol: Protocol
    questions: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The questions, then a note for each option that is open and that none of them settles."""
        return ordered((*self.questions, *notes_on_options(self.protocol, self.questions)))

    def to_json(self) -> dict[str, Json]:
        """One plain object: fields, facts and questions; `null` is what the text does not say."""
        return draft_json(self.record, self.protocol, self.outcomes, self.questions)

    def to_ndjson(self) -> str:
        """The same object as one line, without the line end."""
        return to_json(self.to_json()).decode()


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
            *rule_facts(reading, outcome_facts),
        ]
    )
    protocol = _protocol(record, reading, facts)
    outcomes = tuple(outcome for outcome, _ in pairs)
    case = Case(reading, protocol, outcomes)
    return Draft(record, protocol, ordered(findings_of(case)), outcomes)


def _first_of_each(facts: Iterable[Fact]) -> dict[str, Fact]:
    """The first fact for each path: extractors say the surest first."""
    found: dict[str, Fact] = {}
    for fact in facts:
        found.setdefault(fact.path, fact)
    return found


def _protocol(record: Record, reading: Reading, facts: Mapping[str, Fact]) -> Protocol:
    """The protocol of the facts; each part is filled by the facts that have its path in front."""
    parts: dict[str, dict[str, Any]] = {"": {"id": record.id, "record_sha256": record.sha256}}
    places = [(*path.rpartition(".")[::2], fact) for path, fact in facts.items()]
    for above, field, fact in places:
        here = parts.get(above)
        if here is None:
            here = parts[above] = {}
        here[field] = fact.value
    tree = parts.pop("")
    for above, values in parts.items():
        head, _, name = above.partition(".")
        if name:
            tree.setdefault(head, []).append({"id": name, **values})
        else:
            tree[head] = values
    protocol = Protocol.model_validate(tree)
    holders = _parts_by_path(protocol, tree)
    rows = [
        _source_row(getattr(holders[above], field), reading, fact) for above, field, fact in places
    ]
    return protocol.model_copy(update={"sources": _SOURCES.validate_python(rows)})


def _parts_by_path(protocol: Protocol, tree: Mapping[str, Any]) -> dict[str, Part]:
    """The parts of a protocol that the tree fills: itself, its sections, members by their id."""
    parts: dict[str, Part] = {"": protocol}
    for head, values in tree.items():
        if isinstance(values, dict):
            parts[head] = getattr(protocol, head)
        elif isinstance(values, list):
            parts.update({f"{head}.{one.id}": one for one in getattr(protocol, head)})
    return parts


def _source_row(value: object, reading: Reading, fact: Fact) -> dict[str, object]:
    start, end = fact.span.start, fact.span.end
    return {
        "path": fact.path,
        "kind": fact.kind,
        "quote": reading.record.text[start:end],
        "start": start,
        "end": end,
        "reason": fact.reason,
        "text": value_text(value),
    }


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors, warnings, notes; inside these by place in the record, then by code and path.

    A question that text and protocol both raise at one place is asked once.
    """
    asked: set[tuple[str, str, int | None]] = set()
    rows = []
    for one in findings:
        code, path, start = question = one.code, one.path, one.start
        if question not in asked:
            asked.add(question)
            rows.append((_RANK[one.severity], start is None, start or 0, code, path, one))
    rows.sort()  # no two rows are alike up to their path, so that findings are never compared
    return tuple([row[-1] for row in rows])
