"""The numbers of a scenario by their paths: stated ones, those left to the program, and sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trialwright.protocol.base import Part
from trialwright.simulate.scenario import Scenario


def number_paths(scenario: Scenario) -> tuple[str, ...]:
    """Paths of every number that the scenario states, in order; defaults are not among them."""
    return tuple(path for path, stated in _numbers(scenario, "", stated=True) if stated)


def unstated(scenario: Scenario) -> tuple[str, ...]:
    """Paths of the numbers that the scenario leaves at the value of this module."""
    return tuple(path for path, stated in _numbers(scenario, "", stated=True) if not stated)


def source_of(scenario: Scenario, path: str) -> str | None:
    """The source of a number: the one at its path, else at the nearest path above."""
    while path:
        if path in scenario.sources:
            return scenario.sources[path]
        path = path.rpartition(".")[0]
    return None


def member_name(member: object, position: int) -> str:
    """How a path names a list member: its id, its term, or its position counted from 1."""
    name = getattr(member, "id", None) or getattr(member, "term", None)
    return str(name) if name else str(position + 1)


def _numbers(part: Part, prefix: str, *, stated: bool) -> Iterator[tuple[str, bool]]:
    for name in type(part).model_fields:
        if name in {"trialwright_scenario", "sources"}:
            continue
        given = stated and name in part.model_fields_set
        yield from _leaves(getattr(part, name), f"{prefix}{name}", given)


def _leaves(value: object, path: str, given: bool) -> Iterator[tuple[str, bool]]:  # noqa: FBT001
    if isinstance(value, Part):
        yield from _numbers(value, f"{path}.", stated=given)
    elif isinstance(value, tuple) and any(isinstance(member, Part) for member in value):
        for position, member in enumerate(value):
            yield from _leaves(member, f"{path}.{member_name(member, position)}", given)
    elif _is_number(value):
        yield path, given


def _is_number(value: object) -> bool:
    if isinstance(value, tuple):
        return any(_is_number(member) for member in value)
    return isinstance(value, int | float | date) and not isinstance(value, bool)
