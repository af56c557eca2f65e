"""Plain data of a protocol file to a protocol: sources unpacked, checked, and kept in step.

A value that was edited by hand no longer equals what its source remembers: it becomes a value of
the person who edited it, with the quote of the record kept beside it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from trialwright.protocol.base import Source
from trialwright.protocol.contradictions import contradictions
from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import (
    fields_of,
    get_value,
    leaf_paths,
    place,
    source_of,
    sources_by_path,
)
from trialwright.protocol.problems import Problem, id_wanted, problems_of, shown, unknown_key
from trialwright.protocol.settle import replacing, value_text
from trialwright.protocol.sources_moved import DIGEST, remembers, renamed, unfolded

_MEMBERS = tuple(name for name, field in fields_of(Protocol).items() if field.kind == "members")
_SOURCE_KEYS = ("kind", "is", "digest", "text", "quote", "at", "start", "end", "reason")


def protocol_of(data: Any) -> tuple[Protocol | None, list[Problem]]:
    """The protocol in plain data, or every problem that stands against it.

    Parameters
    ----------
    data
        The whole file as plain data, sources as a mapping from path to source.
    """
    if not isinstance(data, dict):
        return None, [Problem((), "the file is not a protocol.", 'a mapping of "key: value"')]
    tree = {key: value for key, value in data.items() if key != "sources"}
    problems = [] if "trialwright_protocol" in tree else [_no_version()]
    problems += _id_problems(tree)
    sources, source_problems = _sources(data.get("sources", {}))
    try:
        protocol = Protocol.model_validate_json(json.dumps(tree), strict=True)
    except ValidationError as error:
        return None, [*problems, *problems_of(error, tree), *source_problems]
    source_problems += _dangling(protocol, sources)
    if problems or source_problems:
        return None, [*problems, *source_problems]
    sourced = with_sources(protocol.model_copy(update={"sources": tuple(sources)}))
    impossible = list(contradictions(sourced))
    return (None, impossible) if impossible else (sourced, [])


def _no_version() -> Problem:
    return Problem((), '"trialwright_protocol" is missing.', "the line trialwright_protocol: 1")


def _id_problems(tree: dict[str, Any]) -> Iterator[Problem]:
    for name in _MEMBERS:
        members = tree.get(name)
        if not isinstance(members, list):
            continue
        ids = [member.get("id") if isinstance(member, dict) else None for member in members]
        counts = Counter(one for one in ids if isinstance(one, str))
        for at, one in enumerate(ids):
            if not isinstance(one, str):
                continue
            if wanted := id_wanted(name, one):
                wrong = f"{name}[{at + 1}].id cannot be {shown(one)}."
                yield Problem((name, at, "id"), wrong, wanted)
            elif counts[one] > 1 and at != ids.index(one):
                wrong = f'two of {name} have the id "{one}".'
                yield Problem((name, at, "id"), wrong, "an id of its own for each")


def _sources(data: Any) -> tuple[list[Source], list[Problem]]:
    if not isinstance(data, dict):
        return [], [Problem(("sources",), "sources is not a mapping.", '"path: {kind: ...}"')]
    sources: list[Source] = []
    problems: list[Problem] = []
    for path, entry in data.items():
        loc = ("sources", path)
        if not isinstance(entry, dict):
            problems.append(Problem(loc, f"the source of {path} is {shown(entry)}.", "a mapping"))
            continue
        unknown = [key for key in entry if key not in _SOURCE_KEYS]
        problems += [unknown_key((*loc, key), _SOURCE_KEYS, entry) for key in unknown]
        try:
            sources.append(_source(path, entry))
        except ValidationError as error:
            problems += [
                Problem((*loc, *problem.loc), problem.what, problem.allowed)
                for problem in problems_of(error, entry)
            ]
    return sources, problems


def _source(path: str, entry: dict[str, Any]) -> Source:
    fields = {key: value for key, value in entry.items() if key in Source.model_fields}
    if "is" in entry:
        fields["text"] = value_text(entry["is"])
    if isinstance(entry.get("at"), list) and len(entry["at"]) == 2:
        fields["start"], fields["end"] = entry["at"]
    if "digest" in entry:
        fields["text"] = f"{DIGEST}{entry['digest']}"
    return Source.model_validate_json(json.dumps({"path": path, **fields}), strict=True)


def _dangling(protocol: Protocol, sources: list[Source]) -> list[Problem]:
    """Sources whose path names no field at all; that of a deleted value is no problem."""
    problems = []
    for source in sources:
        step = _unknown_step(protocol, source.path)
        if step is not None:
            what = f'the source path "{source.path}" names no value: "{step}" is no field.'
            allowed = "paths of the values above"
            problems.append(Problem(("sources", source.path), what, allowed, on_key=True))
    return problems


def _unknown_step(protocol: Protocol, path: str) -> str | None:
    above = ""
    for step in path.split("."):
        here = place(protocol, above) if above else None
        kind = here.kind if here else "part"
        part = here.part if here else Protocol
        known = kind == "members" or (part is not None and step in fields_of(part))
        if not known or (above == "" and step == "sources"):
            return step
        above = f"{above}.{step}" if above else step
    return None


def with_sources(protocol: Protocol) -> Protocol:
    """The protocol with a right source for every value that is there.

    A source whose value is gone is dropped, one whose value was changed becomes "user" and says
    what was replaced, a value without source gets one of kind "user". The sources of a member go
    with it to another id; the source of a whole list that was edited stays with each value in it
    that is as it was.
    """
    known = renamed(protocol, unfolded(protocol, sources_by_path(protocol)))
    kept = {
        source.path: _in_step(source, value)
        for source in known.values()
        if (value := get_value(protocol, source.path)) is not None
    }
    new = tuple(
        Source(path=path, kind="user", text=value_text(get_value(protocol, path)))
        for path in leaf_paths(protocol)
        if source_of(kept, path) is None
    )
    return protocol.model_copy(update={"sources": (*kept.values(), *new)})


def _in_step(source: Source, value: object) -> Source:
    long = source.text is not None and source.text.startswith(DIGEST)
    if remembers(source, value):
        return source.model_copy(update={"text": value_text(value)}) if long else source
    edited = Source(path=source.path, kind="user", text=value_text(value))
    return replacing(edited, source, "a longer text" if long else source.text)
