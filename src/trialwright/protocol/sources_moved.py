"""Sources after members came, went or were renamed: each stays with the value that it is about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from trialwright.protocol.base import Source
from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import get_value, leaf_paths, place
from trialwright.protocol.settle import plain, value_text
from trialwright.protocol.writing_sources import digest

#: Before a digest that stands in for a remembered text until the value is at hand.
DIGEST = "digest "
#: The field that tells what a member is: one with other words is another member.
_NAMING = {"arms": "name", "cohorts": "name", "regimen": "name", "endpoints": "measure"}
_EMPTY = Protocol(id="remembered", title="remembered")


def remembers(source: Source, value: object) -> bool:
    """Whether a value is still the one that its source was written for; 3 and 3.0 are one number."""
    if source.text is None or source.text == f"{DIGEST}{digest(value_text(value))}":
        return True
    try:
        return bool(json.loads(source.text) == plain(value))
    except ValueError:
        return False


def unfolded(protocol: Protocol, known: Mapping[str, Source]) -> dict[str, Source]:
    """The sources, that of an edited list or member as one for each value that it remembers."""
    found: dict[str, Source] = {}
    for path, source in known.items():
        inside = () if remembers(source, get_value(protocol, path)) else _each(source)
        for one in inside or (source,):
            if one.path == path or one.path not in known:
                found[one.path] = one
    return found


def _each(source: Source) -> tuple[Source, ...]:
    """A source for each value in a remembered list or member; none where it remembers neither."""
    section, _, name = source.path.partition(".")
    if place(_EMPTY, source.path).kind not in {"members", "member"}:
        return ()
    try:
        data = json.loads(source.text or "")
        members = [data] if name else data
        tree = {"id": _EMPTY.id, "title": _EMPTY.title, section: members}
        before = Protocol.model_validate_json(json.dumps(tree))
    except (ValueError, ValidationError):
        return ()
    return tuple(
        source.model_copy(update={"path": path, "text": value_text(get_value(before, path))})
        for path in leaf_paths(before)
        if path.startswith(f"{section}.")
    )


def renamed(protocol: Protocol, known: Mapping[str, Source]) -> dict[str, Source]:
    """The sources, those of a member that is gone under the id that has its name and values now."""
    moved = dict(known)
    for section, naming in _NAMING.items():
        for old, new in _pairs(protocol, known, section, naming).items():
            above, here = f"{section}.{old}.", f"{section}.{new}."
            moved = {
                path.replace(above, here, 1) if path.startswith(above) else path: source
                for path, source in moved.items()
            }
    return {path: one.model_copy(update={"path": path}) for path, one in moved.items()}


def _pairs(
    protocol: Protocol, known: Mapping[str, Source], section: str, naming: str
) -> dict[str, str]:
    """Id before to id now, of members of the same name; those with most values in common first."""
    now = [member.id for member in getattr(protocol, section) or ()]
    steps = [path.split(".") for path in known]
    before = dict.fromkeys(step[1] for step in steps if step[0] == section and len(step) > 2)
    gone = [one for one in before if one not in now]
    new = [one for one in now if one not in before and f"{section}.{one}" not in known]
    ranked = sorted(
        (-len(same), old, one)
        for old in gone
        for one in new
        if naming in (same := set(_same(protocol, known, f"{section}.{old}.", f"{section}.{one}.")))
    )
    pairs: dict[str, str] = {}
    for _, old, one in ranked:
        if old not in pairs and one not in pairs.values():
            pairs[old] = one
    return pairs


def _same(protocol: Protocol, known: Mapping[str, Source], above: str, here: str) -> Iterator[str]:
    """Fields below two paths, before and now, with the same value."""
    for path, source in known.items():
        if path.startswith(above):
            field = path.removeprefix(above)
            value = get_value(protocol, here + field)
            if value is not None and source.text is not None and remembers(source, value):
                yield field
