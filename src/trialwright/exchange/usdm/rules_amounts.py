"""Rules about amounts: none below zero, ranges rise, cohorts fit into the study."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.exchange.usdm.nodes import Nodes

Found = Iterator[tuple[str, str]]
#: Quantities that are never negative, by class.
_NOT_NEGATIVE: dict[str, tuple[str, ...]] = {
    "Administration": ("dose",),
    "Duration": ("quantity",),
    "StudyCohort": ("plannedEnrollmentNumber", "plannedCompletionNumber", "plannedAge"),
    "StudyDesignPopulation": ("plannedEnrollmentNumber", "plannedCompletionNumber", "plannedAge"),
}


def below_zero(nodes: Nodes) -> Found:
    """Doses, numbers of subjects, ages and durations below 0, in their quantity or range."""
    for node in nodes.of(*_NOT_NEGATIVE):
        for name in _NOT_NEGATIVE[node.cls]:
            held = node.data.get(name)
            if not isinstance(held, dict):
                continue
            for part in ("", ".minValue", ".maxValue"):
                inside = held.get(part[1:]) if part else held
                value = inside.get("value") if isinstance(inside, dict) else None
                if isinstance(value, int | float) and value < 0:
                    yield f"{node.place}.{name}{part}.value", f"{value:g} is below 0"


def rising(nodes: Nodes) -> Found:
    """Ranges whose start lies above their end."""
    for node in nodes.of("Range"):
        low, high = node.data.get("minValue"), node.data.get("maxValue")
        if isinstance(low, dict) and isinstance(high, dict):
            values = (low.get("value"), high.get("value"))
            numbers = [one for one in values if isinstance(one, int | float)]
            if len(numbers) == 2 and numbers[0] > numbers[1]:
                yield node.place, f"from {numbers[0]} to {numbers[1]}"


def enrolment(nodes: Nodes) -> Found:
    """Studies whose cohorts together are larger than they are."""
    for node in nodes.of("StudyDesignPopulation"):
        cohorts = [one for one in node.data.get("cohorts") or [] if isinstance(one, dict)]
        total = node.data.get("plannedEnrollmentNumber")
        parts = [one.get("plannedEnrollmentNumber") for one in cohorts]
        numbers = [one.get("value") for one in parts if isinstance(one, dict)]
        whole = total.get("value") if isinstance(total, dict) else None
        counted = [one for one in numbers if isinstance(one, int | float)]
        if isinstance(whole, int | float) and sum(counted) > whole:
            yield node.place, f"cohorts of {sum(counted):g} in a study of {whole:g}"
