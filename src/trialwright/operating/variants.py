"""Protocol and scenario of a variant: some values changed, checked as in a file."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from trialwright.core.errors import ScenarioError
from trialwright.operating.plan import Variant
from trialwright.protocol.base import Part
from trialwright.protocol.model import Protocol
from trialwright.simulate.scenario import Scenario

_PartKind = TypeVar("_PartKind", bound=Part)


def changed(protocol: Protocol, scenario: Scenario, variant: Variant) -> tuple[Protocol, Scenario]:
    """Protocol and scenario of a variant.

    Raises
    ------
    ScenarioError
        When a path leads nowhere or a value is not allowed there.
    """
    for path, value in variant.changes:
        root, _, rest = path.partition(".")
        if root == "scenario":
            scenario = _with_value(scenario, path, rest.split("."), value)
        elif root == "protocol":
            protocol = _with_value(protocol, path, rest.split("."), value)
        else:
            raise _nowhere(path, "a path that starts with scenario or protocol")
    return protocol, scenario


def _with_value(part: _PartKind, path: str, steps: list[str], value: object) -> _PartKind:
    """The part with one value changed, checked as in a file."""
    name, below = steps[0], steps[1:]
    if name not in type(part).model_fields:
        raise _nowhere(path, ", ".join(sorted(type(part).model_fields)))
    if below:
        inner = getattr(part, name)
        if not isinstance(inner, Part):
            raise _nowhere(path, f"nothing below {name}")
        return part.model_copy(update={name: _with_value(inner, path, below, value)})
    try:
        return type(part).model_validate({**dict(part), name: value})
    except ValidationError as refused:
        raise ScenarioError(
            "A variant has a value that is not allowed.",
            where=f'{path} "{value}"',
            allowed=refused.errors()[0]["msg"],
        ) from None


def _nowhere(path: str, allowed: str) -> ScenarioError:
    return ScenarioError(
        "A variant changes something that is not there.", where=path, allowed=allowed
    )
