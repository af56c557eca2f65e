"""The intervention line: entries `TYPE: name`, compound names split into agents and procedures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from trialwright.registry.agent_names import agent_key, class_of, named_in, slug, synonyms
from trialwright.registry.facts import Reading
from trialwright.registry.record import INTERVENTION
from trialwright.registry.view import Span, trimmed
from trialwright.vocabulary.agents import AGENTS, Agent
from trialwright.vocabulary.agents_local import ASSESSMENTS

__all__ = [
    "Entry", "Part", "agent_key", "class_of", "entries", "entries_of", "is_assessment", "known_agent", "parts",
    "slug", "synonyms",
]  # fmt: skip


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


def entries(reading: Reading) -> tuple[Entry, ...]:
    """Entries of the intervention line in order."""
    field = reading.span("interventions")
    return entries_of(field.of(reading.record.text), field.start)


@lru_cache(maxsize=4)  # several readers ask for the entries of one record, one after the other
def entries_of(line: str, start: int) -> tuple[Entry, ...]:
    """Entries of an intervention line that begins at an offset."""
    found = list(INTERVENTION.finditer(line))
    ends = [*(match.start() - 1 for match in found[1:]), len(line)]
    rows = []
    for match, end in zip(found, ends, strict=False):
        name = trimmed(line, match.end(), end)
        whole = Span(start + match.start(), start + name.end)
        rows.append(Entry(match.group(1), Span(start + name.start, start + name.end), whole))
    return tuple(rows)


def parts(reading: Reading, entry: Entry) -> list[Part]:
    """The agents of an entry, their names without dose and form."""
    start = entry.name.start
    return [
        Part(entry, Span(start + one.start, start + one.end), one.key)
        for one in named_in(entry.name.of(reading.low))
    ]


def is_assessment(reading: Reading, entry: Entry) -> bool:
    """Whether an entry is a test or questionnaire beside the treatment."""
    if entry.type in {"DRUG", "BIOLOGICAL", "RADIATION", "GENETIC", "COMBINATION_PRODUCT"}:
        return False
    low = entry.name.of(reading.low)
    return any(map(low.__contains__, ASSESSMENTS))


def known_agent(key: str | None) -> Agent | None:
    """Data of an agent with proposed doses, `None` for others."""
    return AGENTS.get(key) if key else None
