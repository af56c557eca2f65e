"""A USDM file as a list of its objects, each with class and place; what breaks the form is noted.

The walk follows the definition of the classes, not the data: an object stands where its class may
stand, whatever it says it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from trialwright.exchange.usdm.structure import REFERENCES, Attribute, classes

_DEEPEST = 60
_LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: which rule, where, what, and what would be right."""

    rule: str
    place: str
    message: str
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """An object of the file; `data` holds only what fits its place."""

    cls: str
    place: str
    data: Mapping[str, Any]
    parent: int | None

    @property
    def id(self) -> str:
        """Its identifier, "" without one."""
        held = self.data.get("id")
        return held if isinstance(held, str) else ""


@dataclass(slots=True)
class Nodes:
    """Every object in the order of the file, what is wrong with the form, and what is unknown."""

    nodes: list[Node] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def of(self, *names: str) -> Iterator[Node]:
        """The objects of some classes."""
        return (node for node in self.nodes if node.cls in names)

    def by_id(self) -> dict[str, Node]:
        """Objects by identifier; of two with one identifier the first."""
        found: dict[str, Node] = {}
        for node in self.nodes:
            if node.id:
                found.setdefault(node.id, node)
        return found

    def references(self) -> Iterator[tuple[Node, str, str]]:
        """Every reference: the object that holds it, its attribute, the identifier."""
        for node in self.nodes:
            for name in classes()[node.cls]:
                if name in REFERENCES and node.data.get(name) is not None:
                    held = node.data[name]
                    for one in held if isinstance(held, list) else [held]:
                        if isinstance(one, str):
                            yield node, name, one


def nodes_of(document: Any) -> Nodes:
    """Walk a file given as plain data.

    Returns
    -------
    Nodes
        Objects that stand at a known place; an object of a wrong kind is a problem and is not
        entered.
    """
    found = Nodes()
    if isinstance(document, dict):
        _enter(found, "Wrapper", "", document, None)
    else:
        found.problems.append(
            Problem("U-01", "", "the file holds no object", "an object with study")
        )
    return found


def _enter(
    found: Nodes, cls: str, place: str, data: Mapping[str, Any], parent: int | None
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if place.count(".") > _DEEPEST:
        found.problems.append(Problem("U-01", place, f"nested more than {_DEEPEST} deep"))
        return kept
    here = len(found.nodes)
    found.nodes.append(Node(cls, place, kept, parent))
    attributes = classes()[cls]
    for name in data:
        if name not in attributes:
            found.unknown.append(f"{place}.{name}".lstrip("."))
    for name, attribute in attributes.items():
        where = f"{place}.{name}".lstrip(".")
        held = data.get(name)
        if held is None:
            if attribute.required:
                found.problems.append(
                    Problem("U-02", where, f"{cls} needs {name}", _wanted(attribute))
                )
            elif name in data and attribute.many:
                found.problems.append(Problem("U-03", where, "null is no list", _wanted(attribute)))
            continue
        one = (_many if attribute.many else _one)(found, attribute, where, held, here)
        if one is not None:
            kept[name] = one
    return kept


def _many(
    found: Nodes, attribute: Attribute, where: str, held: Any, parent: int
) -> list[Any] | None:
    if not isinstance(held, list):
        found.problems.append(
            Problem("U-03", where, f"{_shown(held)} is no list", _wanted(attribute))
        )
        return None
    entered = (_one(found, attribute, f"{where}[{at}]", one, parent) for at, one in enumerate(held))
    return [one for one in entered if one is not None]


def _one(found: Nodes, attribute: Attribute, where: str, held: Any, parent: int) -> Any:
    """What was held where it fits, `None` where it does not."""
    if attribute.plain:
        if not _fits(attribute.kinds[0], held):
            found.problems.append(
                Problem("U-03", where, f"{_shown(held)} does not fit", _wanted(attribute))
            )
            return None
        return held
    if not isinstance(held, dict):
        found.problems.append(
            Problem("U-03", where, f"{_shown(held)} is no object", _wanted(attribute))
        )
        return None
    said = held.get("instanceType")
    if said in attribute.kinds:
        return _enter(found, str(said), where, held, parent)
    message = f"instanceType is {_shown(said)}" if said is not None else "instanceType is missing"
    found.problems.append(Problem("U-04", where, message, " or ".join(attribute.kinds)))
    return None


def _fits(kind: str, held: Any) -> bool:
    if kind in {"string", "name"}:
        return isinstance(held, str) and (kind == "string" or bool(held))
    if kind == "boolean":
        return isinstance(held, bool)
    if kind == "integer":
        return isinstance(held, int) and not isinstance(held, bool)
    if kind == "number":
        return (
            isinstance(held, int | float) and not isinstance(held, bool) and abs(held) <= _LARGEST
        )
    try:
        date.fromisoformat(held) if kind == "date" else UUID(held)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def _wanted(attribute: Attribute) -> str:
    words = {"name": "text that is not empty", "string": "text", "uuid": "a UUID"}
    said = " or ".join(words.get(kind, kind) for kind in attribute.kinds)
    return f"a list of {said}" if attribute.many else said


def _shown(held: Any) -> str:
    if isinstance(held, dict | list):
        return "an object" if isinstance(held, dict) else "a list"
    text = str(held)
    return f'"{text[:40]}"'
