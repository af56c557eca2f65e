"""What a person has to know of the registry results: what is missing, and what was mapped how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trialwright.core.display import Table


@dataclass(frozen=True, slots=True)
class Told:
    """Something that is not in the JSON, or that a person should confirm, with the reason."""

    kind: Literal["NOT_POSTED", "missing", "default", "left out"]
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A collected term and the term of the registry that stands for it; `number` have it."""

    kind: str
    collected: str
    registry: str
    number: int
    why: str


def told_table(told: tuple[Told, ...]) -> Table:
    """The list of what is missing."""
    return Table(
        title="Not in the registry results",
        columns=("KIND", "PLACE", "WHY"),
        rows=tuple((one.kind, one.place, one.why) for one in told),
    )


def mapped_table(mapped: tuple[Mapped, ...]) -> Table:
    """The list of terms."""
    return Table(
        title="Terms of the registry",
        columns=("KIND", "COLLECTED", "REGISTRY", "NUMBER", "WHY"),
        rows=tuple(
            (one.kind, one.collected, one.registry, str(one.number), one.why) for one in mapped
        ),
    )


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A number of the registry beside that of the table: equal, or the export is refused."""

    module: str
    item: str
    registry: str
    table: str
    table_number: str
    equal: bool
