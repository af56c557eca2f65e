"""Components of a regimen and where the running text speaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.registry.facts import PROSE, Reading
from trialwright.registry.interventions import (
    Part,
    entries,
    known_agent,
    parts,
    slug,
    synonyms,
)
from trialwright.registry.view import Span
from trialwright.vocabulary.agents import AGENTS, Agent

_BRACKETED = re.compile(r"\(([^()]{2,40})\)")
_FORM = re.compile(
    r"\s+(?:injection|tablets?|capsules?|for injection|infusion|therapy|treatment|hydrochloride|mesylate|cells)$"
)
_SENTENCE = re.compile(
    r"(?<!\bi\.v)(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!approx)[.;](?=\s|$)|\n|\.(?=[a-z]{4,}\s)"
)
#: Components that a sentence can name; beyond that it is a list, not a regimen.
_MOST_MENTIONS = 40


@dataclass(frozen=True, slots=True)
class Member:
    """A component: identifier, its part of the intervention line, names to look for."""

    id: str
    part: Part
    name: Span
    names: tuple[str, ...]
    agent: Agent | None


@dataclass(frozen=True, slots=True)
class Mention:
    """A component named in the text."""

    member: str
    span: Span


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the running text with the components that it names, in order."""

    span: Span
    mentions: tuple[Mention, ...]


def members(reading: Reading) -> tuple[Member, ...]:
    """The components of the intervention line, each once, in order."""
    found: dict[str, Member] = {}
    for entry in entries(reading):
        for part in parts(reading, entry):
            member = _member(reading, part)
            found.setdefault(member.id, member)
    return tuple(found.values())


def _member(reading: Reading, part: Part) -> Member:
    low = part.name.of(reading.low)
    key, name = part.key, part.name
    if key == "ablation":
        key, name = _method_of_ablation(reading, part)
    agent = known_agent(key)
    names = {low, _BRACKETED.sub("", low).strip(), *synonyms(key), name.of(reading.low)}
    names |= {m for m in _BRACKETED.findall(low) if not m.isdigit()}
    names |= {_FORM.sub("", one) for one in names}
    if part.key == "ablation":
        names |= {"ablation", "local ablation", "ablation therapy"}
    usable = tuple(sorted((n for n in names if len(n) > 2), key=lambda n: (-len(n), n)))
    return Member(key or slug(_BRACKETED.sub("", low) or low), part, name, usable, agent)


def _method_of_ablation(reading: Reading, part: Part) -> tuple[str, Span]:
    """The one method of ablation that the running text names, else ablation as registered."""
    found: dict[str, Span] = {}
    for key in ("microwave_ablation", "radiofrequency_ablation", "cryoablation"):
        for name in PROSE:
            field = reading.span(name)
            at = reading.low.find(AGENTS[key].name, field.start, field.end)
            if at >= 0:
                found.setdefault(key, Span(at, at + len(AGENTS[key].name)))
    if len(found) == 1:
        return next(iter(found.items()))
    return "ablation", part.name


def _occurrences(low: str, field: Span, found: tuple[Member, ...]) -> list[Mention]:
    """Every place of a field that names a component; of overlapping names the longest counts."""
    owner: dict[str, str] = {}
    for member in found:
        for name in member.names:
            owner.setdefault(name, member.id)
    hits = [Mention(owner[name], span) for name in owner for span in _places(low, field, name)]
    hits.sort(key=lambda hit: (hit.span.start, -hit.span.end))
    kept: list[Mention] = []
    for hit in hits:
        if not kept or hit.span.start >= kept[-1].span.end:
            kept.append(hit)
    return kept


def _places(low: str, field: Span, name: str) -> Iterator[Span]:
    """Places of a whole word or phrase."""
    start = low.find(name, field.start, field.end)
    while start >= 0:
        end = start + len(name)
        before, after = low[start - 1 : start], low[end : end + 1]
        if not (before.isalnum() or (before in "_-" and before)) and not after.isalnum():
            yield Span(start, end)
        start = low.find(name, end, field.end)


def sentences(reading: Reading, found: tuple[Member, ...]) -> Iterator[Sentence]:
    """Sentences of the running text, in order, with the components they name."""
    for name in PROSE:
        field = reading.span(name)
        said = _occurrences(reading.low, field, found)
        ends = [m.end() for m in _SENTENCE.finditer(reading.low, field.start, field.end)]
        start, first = field.start, 0
        for end in [*ends, field.end]:
            last = first
            while last < len(said) and said[last].span.start < end:
                last += 1
            if end > start:
                yield Sentence(Span(start, end), tuple(said[first:last][:_MOST_MENTIONS]))
            start, first = end, last
