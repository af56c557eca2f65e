"""The facts of a component: who it is, and the values of each of its entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trialwright.registry.facts import Fact, FactKind, Reading
from trialwright.registry.interventions import Part, slug
from trialwright.registry.regimen.assembly import Entry
from trialwright.registry.regimen.members import KIND_OF_TYPE, Member

_LONGEST_SUFFIX = 28


def identifiers(member: Member, entries: Sequence[Entry]) -> list[str]:
    """Identifiers of the entries: that of the component, behind it the arm or period."""
    return [
        member.id if not index else f"{member.id}_{_suffix(entry, index)}"
        for index, entry in enumerate(entries)
    ]


def _suffix(entry: Entry, index: int) -> str:
    """A short name of the arm or period."""
    return slug((entry.label or str(index + 1))[:_LONGEST_SUFFIX])


def component_facts(reading: Reading, member: Member, entries: Sequence[Entry]) -> Iterator[Fact]:
    """The facts of a component, each entry under an identifier of its own."""
    for identifier, entry in zip(identifiers(member, entries), entries, strict=True):
        base = f"regimen.{identifier}"
        yield from _identity(reading, member, base)
        if len(entries) > 1 and entry.label:
            first = entry.values.get("dose") or next(iter(entry.values.values()), None)
            told = entry.span or (first[1] if first else member.name)
            yield Fact(f"{base}.part", entry.label, told, "inferred", "said for this part only")
        for name, (value, span, reason) in entry.values.items():
            kind: FactKind = "inferred" if reason else "record"
            yield Fact(f"{base}.{name}", value, span, kind, reason)


def _identity(reading: Reading, member: Member, base: str) -> Iterator[Fact]:
    """Name, registered entry, kind and reach of a component."""
    part = member.part
    if part is None:
        reason = "given with a dose in the text, not in the list of interventions"
        yield Fact(f"{base}.name", reading.quote(member.name), member.name, "inferred", reason)
        yield Fact(f"{base}.kind", member.kind, member.name, "inferred", reason)
        return
    entry, name = part.entry, reading.quote(member.name)
    if member.name == part.name:
        yield Fact(f"{base}.name", name, member.name)
    else:
        reason = f'registered as "{reading.quote(entry.name)}", named in full in the text'
        yield Fact(f"{base}.name", name, member.name, "inferred", reason)
    yield Fact(f"{base}.registered_as", reading.quote(entry.span), entry.span)
    yield from _kind(member, part, base)
    if member.agent is not None:
        reason = f"{member.agent.name}: {member.agent.klass}"
        yield Fact(f"{base}.reach", member.agent.reach, member.name, "inferred", reason)


def _kind(member: Member, part: Part, base: str) -> Iterator[Fact]:
    """The kind as registered, or as the agent is known."""
    entry, agent = part.entry, member.agent
    registered = KIND_OF_TYPE.get(entry.type)
    if member.kind == registered:
        yield Fact(f"{base}.kind", registered, entry.span)
    elif registered is None and member.kind == "drug":
        yield Fact(f"{base}.kind", "drug", member.name, "inferred", "the name of a drug")
    elif member.kind != "other":
        klass = agent.klass if agent else member.kind
        called = agent.name if agent else member.id.replace("_", " ")
        reason = f"{called} is {klass}, registered as {entry.type}"
        yield Fact(f"{base}.kind", member.kind, entry.span, "inferred", reason)
