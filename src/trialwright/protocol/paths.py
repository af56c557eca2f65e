"""Paths name the values of a protocol: `design.enrollment`, `endpoints.OS.origin`.

Members of a list (cohorts, components, endpoints) are named by their `id`; everything that is not
a part of the protocol with fields of its own (numbers, texts, tuples of doses or anchors) is one
value, a leaf.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Literal, TypeAlias, Union, get_args, get_origin

from trialwright.core.errors import ProtocolError
from trialwright.protocol.base import Part, Source
from trialwright.protocol.model import Protocol

#: Fields that identify the document or a member; nobody decides them, so they need no source.
IDENTITY = ("trialwright_protocol", "id", "record_sha256", "sources")

FieldKind: TypeAlias = Literal["leaf", "part", "members"]


@dataclass(frozen=True, slots=True)
class Field:
    """What stands under a key: a leaf, a part with fields of its own, or members with an id."""

    kind: FieldKind
    part: type[Part] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A resolved path: the value there (`None` when absent) and what kind of thing it is.

    `part` is the class of a part, of the members of a list, or of one member; `missing_member` is
    the id of a member that the protocol does not have.
    """

    kind: Literal["leaf", "part", "members", "member"]
    value: object
    part: type[Part] | None = None
    missing_member: str | None = None


@cache
def fields_of(part: type[Part]) -> Mapping[str, Field]:
    """The fields of a part in the order of the model."""
    return {name: _field(info.annotation) for name, info in part.model_fields.items()}


def plain_types(annotation: object) -> tuple[object, ...]:
    """The alternatives of an annotation, without `None` and without `Annotated` wrappers."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return plain_types(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return tuple(one for arg in get_args(annotation) for one in plain_types(arg))
    return () if annotation is type(None) else (annotation,)


def _field(annotation: object) -> Field:
    for one in plain_types(annotation):
        if isinstance(one, type) and issubclass(one, Part):
            return Field("part", one)
        member = get_args(one)[0] if get_origin(one) is tuple else None
        if isinstance(member, type) and issubclass(member, Part) and "id" in member.model_fields:
            return Field("members", member)
    return Field("leaf")


def get_value(protocol: Protocol, path: str) -> object:
    """The value at `path`, `None` when it is absent.

    Raises
    ------
    ProtocolError
        When the protocol has no such field; a member that does not exist is absent, not an error.
    """
    return place(protocol, path).value


def place(protocol: Protocol, path: str) -> Place:
    """Resolve a path step by step.

    Raises
    ------
    ProtocolError
        When a step names no field of the part it stands in.
    """
    here = Place("part", protocol, Protocol)
    for step in path.split("."):
        here = _member(here, step) if here.kind == "members" else _step(here, step, path)
    return here


def _step(here: Place, step: str, path: str) -> Place:
    fields = fields_of(here.part) if here.part is not None else {}
    if step not in fields or (here.part is Protocol and step == "sources"):
        raise unknown_path(path, step, [name for name in fields if name != "sources"])
    field = fields[step]
    return Place(field.kind, getattr(here.value, step, None), field.part, here.missing_member)


def _member(here: Place, step: str) -> Place:
    members = here.value if isinstance(here.value, tuple) else ()
    for member in members:
        if member.id == step:
            return Place("member", member, here.part)
    return Place("member", None, here.part, step)


def unknown_path(path: str, step: str, names: Sequence[str]) -> ProtocolError:
    """The error for a path that names no field."""
    near = did_you_mean(step, names)
    return ProtocolError(
        f'The protocol has no field "{path}".',
        where=f'path {path}, at "{step}"',
        allowed=", ".join(names) or "nothing: the value above it has no fields",
        do=f'did you mean "{near}"?' if near else "take one of the allowed names",
    )


def did_you_mean(word: str, names: Iterable[str]) -> str | None:
    """The nearest of `names`, `None` when none is near."""
    near = difflib.get_close_matches(word.casefold(), list(names), n=1, cutoff=0.6)
    return near[0] if near else None


def leaf_paths(protocol: Protocol) -> tuple[str, ...]:
    """Paths of every value that is there, in the order of the model.

    Left out are `sources` and what only identifies the document or a member (`IDENTITY`).
    """
    return tuple(_leaves(protocol, ""))


def leaves_below(protocol: Protocol, path: str) -> tuple[str, ...]:
    """Paths of the values at and below `path`, none when it is absent."""
    here = place(protocol, path)
    if here.value is None:
        return ()
    if here.kind == "members" and isinstance(here.value, tuple):
        return tuple(leaf for one in here.value for leaf in _leaves(one, f"{path}.{one.id}."))
    if isinstance(here.value, Part) and here.kind != "leaf":
        return tuple(_leaves(here.value, f"{path}."))
    return (path,)


def _leaves(part: Part, prefix: str) -> Iterator[str]:
    for name, field in fields_of(type(part)).items():
        value = getattr(part, name)
        if value is None or name in IDENTITY:
            continue
        if field.kind == "part":
            yield from _leaves(value, f"{prefix}{name}.")
        elif field.kind == "members":
            for member in value:
                yield from _leaves(member, f"{prefix}{name}.{member.id}.")
        else:
            yield prefix + name


def covering(path: str) -> Iterator[str]:
    """The path itself, then every path above it, nearest first."""
    while path:
        yield path
        path = path.rpartition(".")[0]


def sources_by_path(protocol: Protocol) -> dict[str, Source]:
    """The source recorded at each path; of two for one path the later one counts."""
    return {source.path: source for source in protocol.sources}


def source_of(sources: Mapping[str, Source], path: str) -> Source | None:
    """The source that covers a value: its own, else that of the nearest part around it."""
    return next((sources[above] for above in covering(path) if above in sources), None)
