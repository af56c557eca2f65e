"""A scenario file that says only what differs from another one (`extends: FILE`).

Mappings are joined key by key; members of a list are joined by their id or term, new ones come
last; any other value replaces that of the base, and an empty one removes it. A number that the
file states needs its source in the same file, since the source of the base speaks of the number
of the base.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trialwright.protocol.yaml_model import Loc
from trialwright.protocol.yaml_tree import Plain

KEY = "extends"
_TITLES = ("id", "title")


@dataclass(frozen=True, slots=True)
class Extended:
    """Plain data of a file joined with its base.

    Attributes
    ----------
    plain
        The joined data. Marks are those of the extending file: what comes from the base stands at
        the nearest place above that the file has.
    stated
        Paths of the values that the file itself states.
    """

    plain: Plain
    stated: frozenset[str]


def extend(base: Plain, own: Plain) -> Extended:
    """Join a file with the base that it extends; both hold mappings.

    Parameters
    ----------
    base
        Plain data of a complete scenario.
    own
        Plain data of the extending file, with its key `extends`.
    """
    out = Plain(None, {(): own.keys[KEY,]}, {}, [])
    foreign = {name: base.data[name] for name in base.data if name not in (*_TITLES, "sources")}
    values = {name: value for name, value in own.data.items() if name not in (KEY, "sources")}
    data = _mapping((foreign, values), ((), ()), (own, out))
    stated = frozenset(_leaves(values, ""))
    data["sources"] = _sources(base.data.get("sources") or {}, own.data.get("sources"), stated)
    for loc in [loc for loc in own.values if loc[:1] == ("sources",)]:
        _keep(loc, loc, (own, out))
    return Extended(Plain(data, out.values, out.keys, []), stated)


def member(value: Any) -> str | None:
    """The name by which a list member is known: its id or term."""
    if not isinstance(value, dict):
        return None
    name = value.get("id") or value.get("term")
    return name if isinstance(name, str) else None


def _join(pair: tuple[Any, Any], locs: tuple[Loc, Loc], files: tuple[Plain, Plain]) -> Any:
    """Join two values; `locs` is the place in the own file and in the result."""
    base, own = pair
    _keep(*locs, files)
    if isinstance(base, dict) and isinstance(own, dict):
        return _mapping((base, own), locs, files)
    if isinstance(base, list) and isinstance(own, list) and own and all(map(member, own)):
        return _members((base, own), locs, files)
    for loc in [loc for loc in files[0].values if loc[: len(locs[0])] == locs[0]]:
        _keep(loc, (*locs[1], *loc[len(locs[0]) :]), files)
    return own


def _mapping(
    pair: tuple[dict[str, Any], dict[str, Any]], locs: tuple[Loc, Loc], files: tuple[Plain, Plain]
) -> dict[str, Any]:
    base, own = pair
    kept = {
        name: value
        for name, value in base.items()
        if name in own or (*locs[0], name) not in files[0].keys
    }
    joined = {
        name: _join((kept.get(name), own[name]), ((*locs[0], name), (*locs[1], name)), files)
        for name in own
    }
    return {**kept, **joined}


def _members(
    pair: tuple[list[Any], list[Any]], locs: tuple[Loc, Loc], files: tuple[Plain, Plain]
) -> list[Any]:
    result = list(pair[0])
    names = [member(one) for one in result]
    for at, own in enumerate(pair[1]):
        name = member(own)
        place = names.index(name) if name in names else len(result)
        if place == len(result):
            result.append(None)
            names.append(name)
        result[place] = _join((result[place], own), ((*locs[0], at), (*locs[1], place)), files)
    return result


def _keep(loc: Loc, place: Loc, files: tuple[Plain, Plain]) -> None:
    """Carry the mark of a place of the own file over to the result."""
    own, out = files
    if loc in own.values:
        out.values[place] = own.values[loc]
    if loc in own.keys:
        out.keys[place] = own.keys[loc]


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for at, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{member(inner) or at + 1}")
    else:
        yield path


def _sources(base: Mapping[str, Any], own: Any, stated: frozenset[str]) -> Any:
    """Sources of both; a value stated anew has the source of the extending file alone."""
    if not isinstance(own, dict | None):
        return own
    given = own or {}
    nearest = {path: _nearest(given, path) for path in sorted(stated)}
    return {**base, **{path: text for path, text in nearest.items() if text}, **given}


def _nearest(sources: Mapping[str, Any], path: str) -> Any:
    while path and path not in sources:
        path = path.rpartition(".")[0]
    return sources.get(path)
