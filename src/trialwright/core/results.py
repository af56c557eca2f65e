"""What every result can do: show itself as a table and as plain data."""

from __future__ import annotations

from typing import Protocol, TypeAlias, runtime_checkable

from trialwright.core.display import Table

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@runtime_checkable
class Result(Protocol):
    """A frozen result: numbers with denominator, method and caution; draws nothing itself."""

    @property
    def key(self) -> str:
        """Name under which the result stands in `results.json`, such as "ORR"."""
        ...

    def table(self) -> Table:
        """Describe the result as a table."""
        ...

    def to_json(self) -> dict[str, Json]:
        """Give the numbers, unrounded, with denominator and method."""
        ...


@runtime_checkable
class HasTables(Protocol):
    """A result that describes more than one table."""

    def tables(self) -> tuple[Table, ...]:
        """Describe the tables."""
        ...


def tables_of(result: Result) -> tuple[Table, ...]:
    """Every table of a result."""
    return result.tables() if isinstance(result, HasTables) else (result.table(),)
