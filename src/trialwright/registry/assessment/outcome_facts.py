"""Facts of the outcomes by field, looked through once for all rules that ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from trialwright.registry.facts import Fact

#: By field of an endpoint ("kind", "time_frame" ...): the facts of all endpoints, in their order.
OutcomeFacts: TypeAlias = Mapping[str, list[Fact]]
_ASKED = ("kind", "measure", "description", "time_frame", "criteria", "assessor")


def by_field(endpoints: Iterable[Fact]) -> OutcomeFacts:
    """Sort the facts of endpoints by the last step of their path, those that rules ask for."""
    found: dict[str, list[Fact]] = {field: [] for field in _ASKED}
    for fact in endpoints:
        rows = found.get(fact.path.rpartition(".")[2])
        if rows is not None:
            rows.append(fact)
    return found


def endpoint_of(fact: Fact) -> str:
    """The path of the endpoint that a fact belongs to."""
    return fact.path.rpartition(".")[0]
