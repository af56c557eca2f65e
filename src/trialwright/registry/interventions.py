"""The intervention line: entries `TYPE: name`, compound names split into agents and procedures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from trialwright.registry.facts import Reading
from trialwright.registry.record import INTERVENTION
from trialwright.registry.view import Span, trimmed
from trialwright.vocabulary.agents import AGENTS, KNOWN, Agent

_JOINT = re.compile(
    r"[+＋、;；]|\s/\s|(?<=[A-Za-z]{3})/(?=[A-Za-z]{3})|\b(?:combined with|in combination with|plus)\b",
    re.I,
)
_LOW = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the intervention line: its type, its name, and the whole of it."""

    type: str
    name: Span
    span: Span


@dataclass(frozen=True, slots=True)
class Part:
    """One agent or procedure inside an entry."""

    entry: Entry
    name: Span
    key: str | None


def entries(reading: Reading) -> Iterator[Entry]:
    """Entries of the intervention line in order."""
    text, field = reading.record.text, reading.span("interventions")
    starts = list(INTERVENTION.finditer(text, field.start, field.end))
    for index, match in enumerate(starts):
        end = starts[index + 1].start() - 1 if index + 1 < len(starts) else field.end
        name = trimmed(text, match.end(), end)
        yield Entry(match.group(1), name, Span(match.start(), name.end))


def parts(reading: Reading, entry: Entry) -> list[Part]:
    """The agents of an entry: its name split at joints outside brackets."""
    text = reading.record.text
    low = reading.low
    cuts = [entry.name.start]
    for match in _JOINT.finditer(text, entry.name.start, entry.name.end):
        before = low[entry.name.start : match.start()]
        if before.count("(") <= before.count(")"):
            cuts += [match.start(), match.end()]
    cuts.append(entry.name.end)
    spans = [trimmed(text, a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    if len(spans) < 2 or not all(_is_name(span.of(text)) for span in spans):
        spans = [entry.name]
    return [Part(entry, span, agent_key(span.of(low))) for span in spans]


def _is_name(text: str) -> bool:
    return len(text) > 2 and sum(c.isalpha() for c in text) >= 2


def slug(text: str) -> str:
    """Lower-case identifier of letters, digits and underscores, at most 48 characters long."""
    return _LOW.sub("_", text.lower()).strip("_")[:48].rstrip("_") or "component"


@cache
def _names() -> dict[str, str]:
    """Component identifier by known lower-case name."""
    names = {}
    for _, group in KNOWN:
        for known in group:
            names.update(dict.fromkeys(known, slug(known[0])))
    for key, agent in AGENTS.items():
        names.update(dict.fromkeys((agent.name.lower(), *agent.synonyms), key))
    return names


def agent_key(name: str) -> str | None:
    """Identifier of a known agent whose name, or name without a bracket, this is."""
    plain = " ".join(name.lower().split())
    bare = re.sub(r"\([^()]*\)", "", plain).strip()
    known = _names()
    for candidate in (plain, bare, bare.removesuffix(" injection"), bare.removesuffix("s")):
        if candidate in known:
            return known[candidate]
    return None


def known_agent(key: str | None) -> Agent | None:
    """Data of an agent with proposed doses, `None` for others."""
    return AGENTS.get(key) if key else None


def synonyms(key: str | None) -> tuple[str, ...]:
    """All lower-case names of a known agent."""
    return tuple(name for name, known in _names().items() if known == key) if key else ()
