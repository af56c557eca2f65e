"""Settling: writing values into a protocol, each with the source that says who decided it.

Nothing else writes into a protocol. A value given by a person has source "user", a default that a
person accepted has source "default"; what the record said before stays as the quote.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from trialwright.core.errors import ProtocolError
from trialwright.protocol.base import Finding, Severity, Source, SourceKind
from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.paths import (
    get_value,
    leaf_paths,
    place,
    source_of,
    sources_by_path,
    unknown_path,
)
from trialwright.protocol.problems import id_wanted, problems_of, shown
from trialwright.protocol.settled import named_criteria

__all__ = [
    "accept_defaults",
    "defaults_in_force",
    "get_value",
    "leaf_paths",
    "settle",
    "sources_by_path",
    "value_text",
]

_ENCODER = json.JSONEncoder(separators=(",", ":"), sort_keys=True, ensure_ascii=False)
_SCALARS = (str, int, float, type(None))
_ORDER: Mapping[Severity, int] = {"error": 0, "warning": 1, "note": 2}


def plain(value: object) -> Any:
    """The value as plain JSON data; absent fields of parts are left out."""
    return to_jsonable_python(value, exclude_none=True)


def value_text(value: object) -> str:
    """The value as compact JSON, the form in which a source remembers it."""
    return _ENCODER.encode(value if isinstance(value, _SCALARS) else plain(value))


def settle(
    protocol: Protocol,
    values: Mapping[str, object],
    *,
    kind: SourceKind = "user",
    reason: str | None = None,
) -> Protocol:
    """Write values into a protocol, one source for each.

    Parameters
    ----------
    values
        Value by path. `None` takes a value away. A list value such as `cohorts`, or one new member
        (`endpoints.AE`), is given as plain data and has one source.
    kind, reason
        Kind and reason of the sources. What a value replaces is added to the reason, and the quote
        of its old source is kept.

    Raises
    ------
    ProtocolError
        For a path that names no field, and for a value that the field does not allow.
    """
    return settle_each(protocol, {path: (value, reason) for path, value in values.items()}, kind)


def settle_each(
    protocol: Protocol, values: Mapping[str, tuple[object, str | None]], kind: SourceKind
) -> Protocol:
    """As `settle`, with a reason for each value."""
    if not values:
        return protocol
    tree = protocol.model_dump(mode="json", exclude_none=True, exclude={"sources"})
    for path, (value, _) in values.items():
        _write(protocol, tree, path, plain(value))
    settled = _validated(tree)
    return settled.model_copy(update={"sources": _sources(protocol, settled, values, kind)})


def _write(protocol: Protocol, tree: dict[str, Any], path: str, value: Any) -> None:
    """Put the plain value at `path` into the plain tree."""
    kind = place(protocol, path).kind
    *above, last = path.split(".")
    here: Any = tree
    for step in above:
        here = _inside(here, step, path)
    if kind == "member":
        wanted = id_wanted(above[0], last) if value is not None else ""
        if wanted:
            raise ProtocolError(
                f'The id of a member cannot be "{last}".', where=f"path {path}", allowed=wanted
            )
        rest = [member for member in here if member["id"] != last]
        new = [_named(value, last, path)] if value is not None else []
        at = next((i for i, member in enumerate(here) if member["id"] == last), len(here))
        here[:] = rest[:at] + new + rest[at:]
    elif value is None:
        here.pop(last, None)
    else:
        here[last] = value


def _inside(here: Any, step: str, path: str) -> Any:
    if isinstance(here, list):
        found = next((member for member in here if member["id"] == step), None)
        if found is None:
            raise unknown_path(path, step, [member["id"] for member in here])
        return found
    return here.setdefault(step, [] if step in {"arms", "cohorts", "regimen", "endpoints"} else {})


def _named(value: Any, name: str, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProtocolError(
            f"{path} cannot be {shown(value)}.",
            where=f"path {path}",
            allowed="a mapping of the fields of the member",
        )
    return value | {"id": name}


def _validated(tree: dict[str, Any]) -> Protocol:
    try:
        return Protocol.model_validate_json(json.dumps(tree), strict=True)
    except ValidationError as error:
        problems = problems_of(error, tree)
    raise ProtocolError(
        " ".join(problem.what for problem in problems[:5]),
        where="the values to settle",
        allowed="; ".join(dict.fromkeys(problem.allowed for problem in problems[:5])),
        do="give an allowed value",
    )


def _sources(
    old: Protocol,
    new: Protocol,
    values: Mapping[str, tuple[object, str | None]],
    kind: SourceKind,
) -> tuple[Source, ...]:
    """The sources of the settled protocol: old ones in their order, then the new ones."""
    known = sources_by_path(old)
    merged = {
        path: _still_right(new, source, values)
        for path, source in known.items()
        if not path.startswith(tuple(f"{above}." for above in values))
    }
    for path, (_, reason) in values.items():
        value = get_value(new, path)
        before = source_of(known, path)
        source = Source(path=path, kind=kind, reason=reason, text=value_text(value))
        replaced = get_value(old, path)
        said = value_text(replaced) if replaced not in (None, ()) else None
        merged[path] = None if value is None else replacing(source, before, said)
    return tuple(source for source in merged.values() if source is not None)


def _still_right(
    new: Protocol, source: Source, values: Mapping[str, tuple[object, str | None]]
) -> Source | None:
    """The source of a whole list or part remembers it as it is after a value inside was settled."""
    if not any(path.startswith(f"{source.path}.") for path in values):
        return source
    value = get_value(new, source.path)
    return None if value is None else source.model_copy(update={"text": value_text(value)})


def replacing(source: Source, before: Source | None, replaced: str | None) -> Source:
    """The source of a new value with the quote of the old one and what it replaced.

    Parameters
    ----------
    source
        The source of the new value.
    before
        The source of the value that is replaced, with the words of the record.
    replaced
        The value that is replaced, as compact JSON; `None` when there was none.
    """
    notes = [source.reason] if source.reason else []
    if replaced is not None and replaced != source.text:
        notes.append(f"replaces {replaced} ({before.kind if before else 'no source'})")
    quote = {} if before is None else before.model_dump(include={"quote", "start", "end"})
    return source.model_copy(update={"reason": "; ".join(notes) or None, **quote})


def accept_defaults(protocol: Protocol, findings: Iterable[Finding]) -> Protocol:
    """Write every proposed default that is still needed, with source "default".

    The proposals of `findings` come first, errors before warnings before notes; of two proposals
    for one path the first counts. Then each option of `options.OPTIONS` that is still absent gets
    its default. A value that the record states is replaced only where an error says that the trial
    cannot be run with it; "first treatment" of a record also by what it is. What a person gave is
    never replaced: the findings may be older than the answer.
    """
    values: dict[str, tuple[object, str | None]] = {}
    sources = sources_by_path(protocol)
    for finding in sorted(findings, key=lambda one: _ORDER[one.severity]):
        proposal = finding.proposal or {}
        if finding.code == "option_open" and len(proposal) > 1:
            continue  # each option of the group is written below, with its own reason
        for path, value in proposal.items():
            if path not in values and _is_needed(protocol, sources, finding, path, value):
                values[path] = (value, _reason(finding))
    criteria = (None, *named_criteria(protocol))
    for option in OPTIONS:
        wanted = option.criterion in criteria and option.path not in values
        if wanted and get_value(protocol, option.path) is None:
            values[option.path] = (option.default, f"{option.reason} ({option.rule})")
    return settle_each(protocol, values, "default")


def _is_needed(
    protocol: Protocol,
    sources: Mapping[str, Source],
    finding: Finding,
    path: str,
    value: object,
) -> bool:
    """Whether a proposal changes something that it may change."""
    old = get_value(protocol, path)
    source = source_of(sources, path)
    if plain(old) == plain(value):
        return False
    if old is None or source is None or source.kind == "default":
        return True
    if source.kind == "user":
        return False
    return finding.severity == "error" or _refines(old, value)


def _refines(old: object, value: object) -> bool:
    """Whether a value says more closely what a stated one says: which treatment the first one is."""
    return old == "first_treatment" and value in {"first_dose", "first_procedure"}


def _reason(finding: Finding) -> str:
    said = finding.reason or finding.message
    return f"{said} ({finding.rule})" if finding.rule else said


def defaults_in_force(protocol: Protocol) -> tuple[Source, ...]:
    """The sources of kind "default" in the order of the protocol: what nobody decided but us."""
    order = {path: place for place, path in enumerate(leaf_paths(protocol))}
    chosen = [source for source in sources_by_path(protocol).values() if source.kind == "default"]
    return tuple(sorted(chosen, key=lambda one: (_first(order, one.path), one.path)))


def _first(order: Mapping[str, int], path: str) -> int:
    """Position of the first leaf at or below a path."""
    below = [at for leaf, at in order.items() if leaf == path or leaf.startswith(f"{path}.")]
    return min(below, default=len(order))
