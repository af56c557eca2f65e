"""Two protocols to their differences: pure, nothing is read and nothing is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trialwright.protocol.base import Part, Source, SourceKind
from trialwright.protocol.diff.change import GROUPS, Change, ProtocolDiff, Weight
from trialwright.protocol.diff.match import matched
from trialwright.protocol.diff.weigh import (
    group_of,
    idle_reason,
    meaning_of,
    own_meaning,
    reordered,
    weight_of,
)
from trialwright.protocol.model import Cohort, Component, Protocol
from trialwright.protocol.modification import modification_words
from trialwright.protocol.paths import fields_of, source_of, sources_by_path
from trialwright.protocol.phrases import (
    anchor_words,
    dose_words,
    dosing_words,
    endpoint_words,
    origin_words,
)
from trialwright.protocol.rules import EndpointDefinition
from trialwright.protocol.settle import plain
from trialwright.protocol.words import field_words
from trialwright.protocol.yaml_text import flow

_WEIGHTS: tuple[Weight, ...] = ("results", "conduct", "wording", "none")
_ONE = {"arms": "arm", "cohorts": "cohort", "regimen": "component", "endpoints": "endpoint"}
#: How the values of some fields are said.
_SAID: Mapping[str, Callable[[Any], str]] = {
    "dose": dose_words,
    "loading_dose": lambda one: f"{dose_words(one.dose)}, {one.doses} times",
    "modification": modification_words,
    "anchors": lambda anchors: "; ".join(map(anchor_words, anchors)),
    "origin": origin_words,
    "pfs_origin": origin_words,
    "os_origin": origin_words,
}
#: Identity of a document: no clinical content.
_NO_CONTENT = frozenset({"trialwright_protocol", "id", "record_sha256", "sources"})


@dataclass(frozen=True, slots=True)
class _Side:
    """A protocol with its sources by path."""

    protocol: Protocol
    sources: Mapping[str, Source]

    def kind(self, path: str) -> SourceKind | None:
        source = source_of(self.sources, path)
        return source.kind if source else None


def diff_protocols(old: Protocol, new: Protocol) -> ProtocolDiff:
    """What changes from one protocol to another, in clinical terms.

    Parameters
    ----------
    old, new
        Protocols, settled or not; they need not be of one record.

    Returns
    -------
    ProtocolDiff
        Changes by group, what changes results first. The same value from another source is a change
        of kind "source". Members (components, endpoints, cohorts, arms) under another id or name
        are matched by their content. No change when the protocols are equal.
    """
    sides = _Side(old, sources_by_path(old)), _Side(new, sources_by_path(new))
    found = sorted(_changes(*sides), key=_rank)
    return ProtocolDiff(old.id, new.id, tuple(found))


def _rank(change: Change) -> tuple[int, bool, int]:
    return GROUPS.index(change.group), change.kind == "source", _WEIGHTS.index(change.weight)


def _changes(old: _Side, new: _Side) -> Iterator[Change]:
    for name, field in fields_of(Protocol).items():
        before, after = getattr(old.protocol, name), getattr(new.protocol, name)
        if name in _NO_CONTENT:
            continue
        if field.kind == "members":
            yield from _members(name, before or (), after or (), (old, new))
        elif field.kind == "part":
            yield from _fields(before, after, (name, name), (old, new))
        else:
            yield from _value((name, name), before, after, (old, new))


def _fields(
    before: Part, after: Part, paths: tuple[str, str], sides: tuple[_Side, _Side]
) -> Iterator[Change]:
    """The changes of two parts at their paths, old and new."""
    for name in type(after).model_fields:
        if name not in _NO_CONTENT:
            here = f"{paths[0]}.{name}", f"{paths[1]}.{name}"
            yield from _value(here, getattr(before, name), getattr(after, name), sides)


def _value(
    paths: tuple[str, str], before: Any, after: Any, sides: tuple[_Side, _Side]
) -> Iterator[Change]:
    if before is None and after is None:
        return
    old, new = sides
    path = paths[1]
    kinds = old.kind(paths[0]), new.kind(path)
    same = plain(before) == plain(after)
    if same and kinds[0] == kinds[1]:
        return
    idle = reordered(path, before, after) or idle_reason(path, old.protocol, new.protocol)
    yield Change(
        group=group_of(path),
        path=path,
        kind="source" if same else "value",
        weight=weight_of(path, idle),
        what=_what(path),
        old=value_words(path, before),
        new=value_words(path, after),
        meaning=_source_meaning(*kinds)
        if same
        else idle or own_meaning(path, old.protocol, new.protocol) or _meaning(path, before, after),
        old_source=kinds[0] if before is not None else None,
        new_source=kinds[1] if after is not None else None,
    )


def _meaning(path: str, before: Any, after: Any) -> str:
    return meaning_of(path, plain(before), plain(after))


def _what(path: str) -> str:
    """`OS, start of the time`; a value outside members is its own words."""
    steps = path.split(".")
    said = field_words(path)
    return f"{steps[1]}, {said}" if len(steps) == 3 else said


def value_words(path: str, value: Any) -> str | None:
    """A value as a person says it; `None` when it is absent."""
    if value is None:
        return None
    name = path.rpartition(".")[2]
    if name in _SAID:
        return _SAID[name](value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else flow(plain(value))


def _source_meaning(old: SourceKind | None, new: SourceKind | None) -> str:
    said: Mapping[SourceKind | None, str] = {
        "record": "the record says it",
        "inferred": "it follows from the record",
        "default": "a proposed default was accepted",
        "user": "a person decided it",
        None: "nobody is named",
    }
    return f"the same value: {said[new]}, before {said[old]}"


def _members(
    section: str, before: Sequence[Any], after: Sequence[Any], sides: tuple[_Side, _Side]
) -> Iterator[Change]:
    for old, new in matched(before, after):
        if old is None or new is None:
            yield _came_or_went(section, old, new, sides)
            continue
        if old.id != new.id or getattr(old, "name", "") != getattr(new, "name", ""):
            yield _renamed(section, old, new)
        for change in _fields(old, new, (f"{section}.{old.id}", f"{section}.{new.id}"), sides):
            if not (change.kind == "value" and change.path.endswith(".name")):
                yield change


def _renamed(section: str, old: Any, new: Any) -> Change:
    return Change(
        group=group_of(section),
        path=f"{section}.{new.id}",
        kind="renamed",
        weight="wording",
        what=f"{_ONE[section]} {new.id}",
        old=_called(old),
        new=_called(new),
        meaning="the same content under another name",
    )


def _called(member: Any) -> str:
    name = getattr(member, "name", None) or getattr(member, "measure", "")
    return f"{name} ({member.id})"


def _came_or_went(section: str, old: Any, new: Any, sides: tuple[_Side, _Side]) -> Change:
    member, side = (new, sides[1]) if old is None else (old, sides[0])
    path = f"{section}.{member.id}"
    kind = side.kind(path) or side.kind(f"{path}.{'kind' if section != 'cohorts' else 'name'}")
    return Change(
        group=group_of(section),
        path=path,
        kind="added" if old is None else "removed",
        weight="results" if section in {"endpoints", "cohorts"} else "conduct",
        what=f"{_ONE[section]} {member.id}",
        old=_said(old),
        new=_said(new),
        meaning=_arrival(member) if old is None else _departure(member),
        old_source=None if old is None else kind,
        new_source=None if new is None else kind,
    )


def _said(member: Any) -> str | None:
    if isinstance(member, Component):
        return f"{member.name}: {dosing_words(member) or 'dose and schedule not said'}"
    if isinstance(member, EndpointDefinition):
        return endpoint_words(member)
    return None if member is None else str(member.name)


def _arrival(member: Any) -> str:
    if isinstance(member, EndpointDefinition):
        return f"{member.kind} is reported as {member.role} endpoint"
    if isinstance(member, Cohort):
        return "patients of this cohort are analysed on their own"
    return "patients receive it" if isinstance(member, Component) else "an arm more"


def _departure(member: Any) -> str:
    if isinstance(member, EndpointDefinition):
        return f"{member.kind} is no registered endpoint any more"
    if isinstance(member, Cohort):
        return "its patients have no results of their own any more"
    return "patients do not receive it any more" if isinstance(member, Component) else "an arm less"
