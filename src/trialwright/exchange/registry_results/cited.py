"""JSON whose every number names the cell of the table that it repeats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from trialwright.core.results import Json

#: Keys of the registry whose values are numbers: each of them has to be cited.
NUMBER_KEYS = frozenset(
    {
        "numSubjects", "value", "spread", "lowerLimit", "upperLimit", "paramValue", "ciLowerLimit",
        "ciUpperLimit", "pValue", "deathsNumAffected", "deathsNumAtRisk", "seriousNumAffected",
        "seriousNumAtRisk", "otherNumAffected", "otherNumAtRisk", "numEvents", "numAffected",
        "numAtRisk",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a table of the report.

    Attributes
    ----------
    key, number
        Key of the result and number of its table ("ORR.COLORECTAL", "T-7").
    row
        First cell of the row; `POPULATION` or `HEADER` for the N that stands there.
    column
        Column of the cell, from 1.
    at
        Which number of the cell: 0 is the first one.
    under
        First cell of the row under which the row stands, "" where the row has one name.
    """

    key: str
    number: str
    row: str
    column: int = 1
    at: int = 0
    under: str = ""


POPULATION, HEADER = "population", "header"


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """Subjects of an analysis dataset that meet a condition, where no table shows them alone.

    `distinct` is what is counted once: subjects, or events as subject, term and episode.
    """

    dataset: str
    words: str
    where: pl.Expr
    distinct: tuple[str, ...] = ("USUBJID",)


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage with the decimals of the registry, by the count and the N of a table."""

    count: Cell
    subjects: Cell


Source: TypeAlias = "Cell | Count | Share"


@dataclass(frozen=True, slots=True, eq=False)
class Cited:
    """A number, or a text with numbers, and where the tables show it.

    The numbers of the sources add up to the value; in a text they stand one after the other.
    """

    value: str | int
    sources: tuple[Source, ...]


Node: TypeAlias = "Cited | str | int | bool | list[Node] | dict[str, Node]"


def plain(node: Node) -> Json:
    """The tree as JSON values."""
    if isinstance(node, Cited):
        return node.value
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return node


def leaves(node: Node, path: str = "") -> Iterator[tuple[str, Cited | str | int | bool]]:
    """Every value of the tree with its place, such as `periods[0].milestones[1].type`."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from leaves(value, f"{path}[{at}]")
    else:
        yield path, node
