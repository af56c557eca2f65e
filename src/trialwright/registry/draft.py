"""From a record to a protocol: every value with the words that say it, every gap a question."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic_core import to_json

from trialwright.core.results import Json
from trialwright.protocol.base import Finding, Part
from trialwright.protocol.check import notes_on_options
from trialwright.protocol.check.rows import Row, findings_of_rows, row_of
from trialwright.protocol.model import Protocol
from trialwright.registry.design_facts import design_facts
from trialwright.registry.draft_json import draft_json
from trialwright.registry.endpoints import endpoint_facts
from trialwright.registry.facts import Fact, read
from trialwright.registry.findings import rows_of
from trialwright.registry.findings.case import Case
from trialwright.registry.outcomes import Outcome
from trialwright.registry.population_facts import population_facts
from trialwright.registry.record import Record
from trialwright.registry.regimen import regimen_facts
from trialwright.registry.rule_facts import rule_facts
from trialwright.registry.told import Told

_RANK = {"error": 0, "warning": 1, "note": 2}
#: Behind every place of a record.
_NOWHERE = sys.maxsize


@dataclass(frozen=True)
class Draft:
    """A record read as a protocol.

    Attributes
    ----------
    values
        The protocol without its sources: what the text says and nothing else.
    told
        The words behind each of its values.
    rows
        What the text leaves open or contradicts, errors first, as plain data.
    """

    record: Record
    values: Protocol
    told: Told
    rows: tuple[Row, ...]
    outcomes: tuple[Outcome, ...]

    @cached_property
    def protocol(self) -> Protocol:
        """The protocol; `protocol.sources` has an entry for each value."""
        return self.values.model_copy(update={"sources": self.told.sources()})

    @cached_property
    def questions(self) -> tuple[Finding, ...]:
        """What the text leaves open or contradicts, errors first."""
        return findings_of_rows(self.rows)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The questions, then a note for each option that is open and that none of them settles."""
        notes = notes_on_options(self.values, self.questions)
        return findings_of_rows(ordered([*self.rows, *map(row_of, notes)]))

    def to_json(self) -> dict[str, Json]:
        """One plain object: fields, facts and questions; `null` is what the text does not say."""
        return draft_json(self)

    def to_ndjson(self) -> str:
        """The same object as one line, without the line end."""
        return to_json(draft_json(self)).decode()


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
    protocol, held = _protocol(record, facts)
    told = Told(held, record.text)
    outcomes = tuple([outcome for outcome, _ in pairs])
    case = Case(reading, protocol, outcomes, told)
    return Draft(record, protocol, told, ordered(rows_of(case)), outcomes)


def _first_of_each(facts: Iterable[Fact]) -> dict[str, Fact]:
    """The first fact for each path: extractors say the surest first."""
    found: dict[str, Fact] = {}
    for fact in facts:
        found.setdefault(fact.path, fact)
    return found


def _protocol(record: Record, facts: Mapping[str, Fact]) -> tuple[Protocol, dict[str, Fact]]:
    """The protocol of the facts, without sources, and the facts with the values that it holds.

    Each part is filled by the facts that have its path in front.
    """
    parts: dict[str, dict[str, object]] = {}
    for path, fact in facts.items():
        above, _, field = path.rpartition(".")
        if above not in parts:
            parts[above] = {}
        parts[above][field] = fact.value
    tree: dict[str, Any] = {"id": record.id, "record_sha256": record.sha256}
    for above, values in parts.items():
        head, _, name = above.partition(".")
        if name:
            tree.setdefault(head, []).append({"id": name, **values})
        elif head:
            tree[head] = values
        else:
            tree.update(values)
    protocol = Protocol.model_validate(tree)
    return protocol, _as_held(facts, parts, _parts_by_path(protocol, tree))


def _as_held(
    facts: Mapping[str, Fact], given: Mapping[str, Mapping[str, object]], held: Mapping[str, Part]
) -> dict[str, Fact]:
    """The facts with the values that the parts hold, where these are not those that were given."""
    found = dict(facts)
    for above, values in given.items():
        in_part = vars(held[above])
        for field, value in values.items():
            if in_part[field] is not value:
                path = f"{above}.{field}" if above else field
                _, _, span, kind, reason = facts[path]
                found[path] = Fact(path, in_part[field], span, kind, reason)
    return found


def _parts_by_path(protocol: Protocol, tree: Mapping[str, Any]) -> dict[str, Part]:
    """The parts of a protocol that the tree fills: itself, its sections, members by their id."""
    parts: dict[str, Part] = {"": protocol}
    for head, values in tree.items():
        if isinstance(values, dict):
            parts[head] = getattr(protocol, head)
        elif isinstance(values, list):
            parts.update({f"{head}.{one.id}": one for one in getattr(protocol, head)})
    return parts


def ordered(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Errors, warnings, notes; inside these by place in the record, then by code and path.

    A question that text and protocol both raise at one place is asked once.
    """
    asked: dict[tuple[str, str, int | None], Row] = {}
    for row in rows:
        asked.setdefault((row["code"], row["path"], row["start"]), row)
    keyed = [
        (_RANK[row["severity"]], _NOWHERE if start is None else start, code, path, row)
        for (code, path, start), row in asked.items()
    ]
    keyed.sort()  # no two are alike up to their path, so that rows are never compared
    return tuple([one[-1] for one in keyed])
