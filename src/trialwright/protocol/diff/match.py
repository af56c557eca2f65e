"""Which member of the old protocol is which of the new one: by id first, then by content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trialwright.protocol.base import Part
from trialwright.protocol.rules import EndpointDefinition
from trialwright.protocol.settle import plain

#: Share of equal values from which two members under different ids are one member.
ALIKE = 0.5
#: What a member is called; the rest is its content.
_NAMES = frozenset({"id", "name", "registered_as", "measure", "description", "time_frame"})

Pair = tuple[Any, Any]


def matched(old: Sequence[Any], new: Sequence[Any]) -> list[Pair]:
    """Pairs of members in the order of the new protocol; `None` stands for a missing side.

    A member keeps its partner of the same id unless an endpoint of that id is of another kind.
    What is left is paired by equal names, then by content, the most alike first.
    """
    partner: dict[str, Any] = {}
    left = list(old)
    for same in (_same_id, _same_name):
        for one in new:
            found = next((o for o in left if same(o, one)), None)
            if one.id not in partner and found is not None:
                partner[one.id] = found
                left.remove(found)
    _by_content(left, [one for one in new if one.id not in partner], partner)
    pairs: list[Pair] = [(partner.get(one.id), one) for one in new]
    return pairs + [(one, None) for one in left]


def _by_content(left: list[Any], new: Sequence[Any], partner: dict[str, Any]) -> None:
    """Pair what is alike by content, the most alike first; members paired leave `left`."""
    ranked = sorted(
        (
            (-likeness(o, n), at, position)
            for at, o in enumerate(left)
            for position, n in enumerate(new)
        ),
    )
    before = list(left)
    for negative, at, position in ranked:
        free = any(one is before[at] for one in left) and new[position].id not in partner
        if -negative >= ALIKE and free:
            partner[new[position].id] = before[at]
            left[:] = [one for one in left if one is not before[at]]


def _same_id(old: Any, new: Any) -> bool:
    same_kind = not isinstance(old, EndpointDefinition) or old.kind == new.kind
    return bool(old.id == new.id) and same_kind


def _same_name(old: Any, new: Any) -> bool:
    if isinstance(old, EndpointDefinition):
        return (old.kind, _key(old.measure)) == (new.kind, _key(new.measure))
    return _key(old.name) == _key(new.name) and getattr(old, "part", None) == getattr(
        new, "part", None
    )


def _key(text: str) -> str:
    return " ".join(text.casefold().split())


def likeness(old: Part, new: Part) -> float:
    """Share of equal values among the content of two members; 0 where nothing can be compared.

    Endpoints of another kind, and components of another kind, are never alike.
    """
    if getattr(old, "kind", None) != getattr(new, "kind", None):
        return 0.0
    a, b = _content(old), _content(new)
    names = {name for name in a | b if name != "kind"}
    if not names:
        return 0.0
    equal = sum(1 for name in names if a.get(name) == b.get(name))
    return equal / len(names)


def _content(member: Part) -> dict[str, Any]:
    data: dict[str, Any] = plain(member)
    return {name: value for name, value in data.items() if name not in _NAMES}
