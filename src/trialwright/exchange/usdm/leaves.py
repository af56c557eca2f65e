"""A protocol as plain values by path, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trialwright.protocol.base import Part
from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import fields_of, get_value, leaf_paths
from trialwright.protocol.settle import plain


def leaves_of(protocol: Protocol) -> dict[str, Any]:
    """Every value by path as plain data, the identity of the document too."""
    values: dict[str, Any] = {"id": protocol.id}
    if protocol.record_sha256 is not None:
        values["record_sha256"] = protocol.record_sha256
    return values | {path: plain(get_value(protocol, path)) for path in leaf_paths(protocol)}


def orders_of(protocol: Protocol) -> dict[str, list[str]]:
    """Ids of the members of every list that the protocol has, an empty one too."""
    found: dict[str, list[str]] = {}
    _orders(Protocol, protocol, "", found)
    return found


def _orders(part: type[Part], value: Any, path: str, found: dict[str, list[str]]) -> None:
    for name, field in fields_of(part).items():
        held = getattr(value, name)
        if name == "sources" or held is None:
            continue
        if field.kind == "members":
            found[f"{path}{name}"] = [one.id for one in held]
        elif field.kind == "part" and field.part is not None:
            _orders(field.part, held, f"{path}{name}.", found)


def tree_of(values: Mapping[str, Any], orders: Mapping[str, list[str]]) -> dict[str, Any]:
    """The plain tree of a protocol; members stand in the order asked for, others behind them."""
    return _part(Protocol, "", values, orders)


def _part(
    part: type[Part], path: str, values: Mapping[str, Any], orders: Mapping[str, list[str]]
) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, field in fields_of(part).items():
        here = f"{path}{name}"
        if field.kind == "leaf" or name == "sources":
            if values.get(here) is not None:
                tree[name] = values[here]
        elif field.part is not None and field.kind == "members":
            members = _member_ids(here, values, orders)
            if members or here in orders:
                tree[name] = [
                    {"id": one, **_part(field.part, f"{here}.{one}.", values, orders)}
                    for one in members
                ]
        elif field.part is not None:
            inside = _part(field.part, f"{here}.", values, orders)
            if inside:
                tree[name] = inside
    return tree


def _member_ids(path: str, values: Mapping[str, Any], orders: Mapping[str, list[str]]) -> list[str]:
    below = f"{path}."
    there = dict.fromkeys(
        name[len(below) :].partition(".")[0]
        for name, value in values.items()
        if name.startswith(below) and value is not None
    )
    first = [one for one in orders.get(path, []) if one in there]
    return [*first, *(one for one in there if one not in first)]
