"""Values of a person that cannot be: days outside their cycle, and what is listed twice.

What the record says stays, however odd: it is asked about as a finding and not refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.modification import DoseModification, broken_rules
from trialwright.protocol.paths import source_of, sources_by_path
from trialwright.protocol.problems import Problem


def contradictions(protocol: Protocol) -> Iterator[Problem]:
    """Every value of a person that contradicts itself or the cycle that it stands in."""
    sources = sources_by_path(protocol)

    def by_person(path: str) -> bool:
        source = source_of(sources, path)
        return source is not None and source.kind == "user"

    for at, one in enumerate(protocol.regimen):
        path = f"regimen.{one.id}"
        if by_person(f"{path}.days_in_cycle") or by_person(f"{path}.cycle_length_days"):
            yield from _days(one, at)
        if any(by_person(f"{path}.{name}") for name in _MODIFICATION):
            yield from _modification(one, at)
    for at, end in enumerate(protocol.endpoints):
        path = f"endpoints.{end.id}.events"
        if by_person(path):
            yield from _twice(end.events or (), path, ("endpoints", at, "events"))
    if by_person("treatment.until"):
        until = protocol.treatment.until or ()
        yield from _twice(until, "treatment.until", ("treatment", "until"))


#: Paths below `modification` that a person may have written, and the doses that it counts in.
_MODIFICATION = ("dose", *(f"modification.{name}" for name in DoseModification.model_fields))


def _modification(one: Component, at: int) -> Iterator[Problem]:
    """Dose levels fall, and the grades of a rule go together."""
    if one.modification is None:
        return
    path, doses = f"regimen.{one.id}", one.dose or ()
    if one.modification.reduces and doses != one.dose_levels:
        said = ", ".join(f"{dose.value:g} {dose.unit}" for dose in doses)
        yield Problem(
            ("regimen", at, "dose"),
            f"{path}.dose is reduced by toxicity, but its levels do not fall: {said}.",
            "the first dose, then each lower level, in one unit",
        )
    levels = len(one.dose_levels) - 1
    for what, allowed in dict.fromkeys(broken_rules(one.modification, lower_levels=levels)):
        yield Problem(("regimen", at, "modification"), f"{path}.modification {what}.", allowed)


def _days(one: Component, at: int) -> Iterator[Problem]:
    """Days of a cycle count from 1; days before a transplant are negative and have no cycle."""
    path, loc = f"regimen.{one.id}.days_in_cycle", ("regimen", at, "days_in_cycle")
    days, length = one.days_in_cycle or (), one.cycle_length_days
    yield from _twice([str(day) for day in days], path, loc)
    if length is not None:
        outside = [day for day in days if not 1 <= day <= length]
        allowed = f"days 1 to {length}, the length of the cycle"
    else:
        outside = [day for day in days if day == 0 and min(days) == 0]
        allowed = "days from 1, the first day of the cycle"
    if outside:
        yield Problem(loc, f"{path} has day {outside[0]}, which no cycle has.", allowed)


def _twice(values: Sequence[str], path: str, loc: tuple[str | int, ...]) -> Iterator[Problem]:
    found = [value for value, count in Counter(values).items() if count > 1]
    if found:
        yield Problem(loc, f"{path} has {found[0]} twice.", "each value once")
