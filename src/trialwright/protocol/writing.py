"""A protocol as YAML text for a person: model order, plain comments, absent values left out.

Every text is written so that it reads back exactly: plain where YAML cannot mistake it, in double
quotes with escapes otherwise. Each member of the regimen and of the endpoints has a line that says
it in words, and what is open stands as a comment where its value would stand.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from trialwright.protocol.base import Part
from trialwright.protocol.comments import member_comment, open_comments, value_comment
from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.paths import fields_of
from trialwright.protocol.settled import named_criteria
from trialwright.protocol.writing_sources import source_lines
from trialwright.protocol.yaml_text import WIDTH, flow, folded, quoted

_HEADER = """\
# Protocol of a trial. Edit the values: a value that you add or change counts as yours ("user").
# Keys that the product does not know are refused, with line and column.
# Comments are written anew with the file: yours are not kept when the product writes it again.
"""
_SECTIONS = {
    "design": "Phase, arms, size, and the hypothesis that the size was chosen for.",
    "population": "Who may enter.",
    "arms": "Arms, where the record describes them.",
    "cohorts": "Cohorts that are analysed one by one.",
    "regimen": "Agents and procedures, each with its own clock.",
    "treatment": "How the components go together, and when treatment ends.",
    "endpoints": "Outcomes: measure, description and time frame are the words of the record.",
    "response": "RECIST 1.1: the choices that the criteria leave to the protocol.",
    "analysis": "Analysis sets, time origins, censoring and estimators.",
    "safety": "Adverse events: version, collection window, missing grade and relation.",
    "sources": "Where each value is from. A changed value becomes yours by itself: nothing to edit.",
}
_Notes = Mapping[str, list[str]]


def protocol_text(protocol: Protocol) -> str:
    """The protocol as YAML text, the same bytes for the same protocol.

    `document.parse_protocol` gives the protocol back, provided that its sources are complete
    (`reading.with_sources`).
    """
    notes = open_comments(protocol)
    lines = [_HEADER.rstrip()]
    for name, field in fields_of(Protocol).items():
        value = getattr(protocol, name)
        if name == "sources":
            continue
        if field.kind == "part":
            lines += _part_section(name, value, _unneeded(protocol, name), notes)
        elif field.kind == "members":
            lines += _member_section(name, value, notes)
        elif value is not None:
            lines += _entry("", name, value)
    sources = source_lines(protocol)
    lines += ["", f"# {_SECTIONS['sources']}", "sources:", *sources] if sources else []
    return "\n".join(lines) + "\n"


def _unneeded(protocol: Protocol, section: str) -> frozenset[str]:
    """Fields that may stay empty: they belong to criteria that the protocol does not name."""
    named = (None, *named_criteria(protocol))
    paths = [option.path for option in OPTIONS if option.criterion not in named]
    if len(named) == 1:
        paths.append("response.criteria")
    return frozenset(p.partition(".")[2] for p in paths if p.startswith(f"{section}."))


def _part_section(name: str, value: Part, unneeded: frozenset[str], notes: _Notes) -> list[str]:
    title = ["", f"# {_SECTIONS[name]}"]
    still_open = [
        key
        for key in type(value).model_fields
        if key not in unneeded and getattr(value, key) is None
    ]
    if still_open:
        said = "Not decided: " + ", ".join(still_open) + "."
        title += textwrap.wrap(said, WIDTH, initial_indent="# ", subsequent_indent="#   ")
    title += notes.get(name, [])
    body = list(_fields(value, "  ", name, name, notes))
    has_values = any(getattr(value, key) is not None for key in type(value).model_fields)
    return [*title, f"{name}:", *body] if has_values else [*title, *map(str.lstrip, body)]


def _member_section(name: str, value: tuple[Any, ...] | None, notes: _Notes) -> list[str]:
    title = ["", f"# {_SECTIONS[name]}", *notes.get(name, [])]
    if value is None or (not value and name in {"regimen", "endpoints"}):
        return title if name in notes else []
    if not value:
        return [*title, f"{name}: []"]
    members = [_member(member, name, notes, first=at == 0) for at, member in enumerate(value)]
    spaced = [line for member in members for line in (*member, "")][:-1]
    return [*title, f"{name}:", *spaced]


def _member(member: Any, section: str, notes: _Notes, *, first: bool) -> list[str]:
    """The lines of a member; what a field may be stands at the first member only."""
    path = f"{section}.{member.id}"
    lines = list(_fields(member, "    ", path, section if first else "", notes))
    above = [*member_comment(member), *notes.get(path, [])]
    return [*above, "  - " + lines[0].lstrip(), *lines[1:]]


def _fields(part: Part, indent: str, path: str, words: str, notes: _Notes) -> Iterator[str]:
    """Values with their comments; what is open stands above the value, or in its place."""
    data = part.model_dump(mode="json", exclude_none=True)
    for name, info in type(part).model_fields.items():
        yield from notes.get(f"{path}.{name}", [])
        if name in data:
            lines = _entry(indent, name, data[name])
            said = value_comment(words, name, info.annotation) if words else ""
            at = 0 if isinstance(data[name], dict) else -1
            if said and len(lines[at]) + len(said) + 4 <= WIDTH:
                lines[at] += f"  # {said}"
            yield from lines


def _entry(indent: str, name: str, value: Any) -> list[str]:
    """`name: value`, over several lines where one would be too long."""
    whole = f"{indent}{name}: {flow(value)}"
    if len(whole) <= WIDTH:
        return [whole]
    if isinstance(value, dict):
        below = [line for key, one in value.items() for line in _entry(f"{indent}  ", key, one)]
        return [f"{indent}{name}:", *below]
    if isinstance(value, str):
        return folded(f"{indent}{name}: ", quoted(value), f"{indent}  ")
    if isinstance(value, list):
        return [f"{indent}{name}:", *(f"{indent}  - {flow(item)}" for item in value)]
    return [whole]
