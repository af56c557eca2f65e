"""The regimen of a record: components with dose, route, clock, anchors and end.

`members` finds the components, `sentences` where the text speaks of them, `scanner` and `phrases`
read dosing phrases by a grammar, `ownership` gives each to its component, `silence` and
`of_treatment` know what looks like dosing and is none, `collect` and `assembly` make entries by arm and period.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialwright.registry.agent_names import synonyms
from trialwright.registry.facts import Fact, Reading
from trialwright.registry.interventions import known_agent
from trialwright.registry.regimen.anchors import anchor_facts, sequence_fact
from trialwright.registry.regimen.arms_described import described_in_arms
from trialwright.registry.regimen.assembly import entries_of
from trialwright.registry.regimen.choice import choice_facts
from trialwright.registry.regimen.collect import collected
from trialwright.registry.regimen.component import component_facts, identifiers
from trialwright.registry.regimen.context import Said
from trialwright.registry.regimen.described import complete, described
from trialwright.registry.regimen.in_outcomes import cycle_of_trial, outcome_rows
from trialwright.registry.regimen.members import Member, kind_of, members, named
from trialwright.registry.regimen.parsing import Parsed
from trialwright.registry.regimen.periods import periods_named
from trialwright.registry.regimen.sentences import sentences
from trialwright.registry.regimen.strangers import joining
from trialwright.registry.regimen.until import until_facts
from trialwright.registry.view import Span

__all__ = ["regimen_facts"]


def regimen_facts(reading: Reading) -> Iterator[Fact]:
    """Facts below `regimen` and `treatment`."""
    found, places = named(reading, members(reading))
    said = tuple(sentences(reading, places))
    parsed = Parsed(reading.low)
    joined = tuple(_joined(key, span) for key, span in joining(reading, found, said, parsed))
    if joined:
        found = (*found, *joined)
        found, places = named(reading, found)
        said = tuple(sentences(reading, places))
    by_member: dict[str, list[Said]] = {}
    told = list(outcome_rows(reading, found))
    for row in (*collected(reading, found, said, parsed), *told):
        by_member.setdefault(row.member, []).append(row)
    further = (
        (described(reading, found), described_in_arms(reading, found))
        if reading.record.further
        else ()
    )
    periods: dict[str, dict[str, Span]] = {}
    for who, period, span in periods_named(reading, said):
        periods.setdefault(who, {}).setdefault(period, span)
    names: dict[str, list[tuple[str | None, str]]] = {}
    for member in found:
        entries = entries_of(
            reading.low, member, by_member.get(member.id, ()), periods.get(member.id, {})
        )
        for values in further:
            complete(entries, values.get(member.id, {}))
        labels = [entry.label for entry in entries]
        names[member.id] = list(zip(labels, identifiers(member, entries), strict=True))
        yield from component_facts(reading, member, entries)
    cycle = cycle_of_trial(told) if told else None
    if cycle is not None:
        yield cycle
    sequence = sequence_fact(reading, said)
    if sequence is not None:
        yield sequence
    yield from anchor_facts(reading, found, said, sequence, names)
    yield from choice_facts(reading, found, said)
    yield from _implied_routes(reading, found)
    yield from until_facts(reading, said)


def _joined(key: str, span: Span) -> Member:
    """A component that the intervention line does not list."""
    return Member(key, None, span, synonyms(key), known_agent(key), key, kind_of(key, "DRUG"))


def _implied_routes(reading: Reading, found: Sequence[Member]) -> Iterator[Fact]:
    """The route that the name of an arterial infusion holds, where it is written out."""
    for member in found if "arter" in reading.low else ():
        agent = member.agent
        if agent is not None and agent.reach == "liver" and agent.default_route:
            reason = f"{agent.name}: {agent.klass}"
            path = f"regimen.{member.id}.route"
            yield Fact(path, agent.default_route, member.name, "inferred", reason)
