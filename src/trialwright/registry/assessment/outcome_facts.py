"""Facts of the outcomes by field, looked through once for all rules that ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from trialwright.registry.facts import Fact

#: By field of an endpoint ("kind", "time_frame" ...): the path of each endpoint and its fact.
OutcomeFacts: TypeAlias = Mapping[str, list[tuple[str, Fact]]]
_ASKED = (".kind", ".measure", ".description", ".time_frame", ".criteria", ".assessor")


def by_field(endpoints: Iterable[Fact]) -> OutcomeFacts:
    """Sort the facts of endpoints by the last step of their path, those that rules ask for."""
    found: dict[str, list[tuple[str, Fact]]] = {}
    for fact in endpoints:
        if fact.path.endswith(_ASKED):
            name, _, field = fact.path.rpartition(".")
            found.setdefault(field, []).append((name, fact))
    return found
