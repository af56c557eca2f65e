"""Sums over virtual trials that can be added in any order: whole numbers only.

A block of trials returns its totals and forgets its patients. Since whole numbers add exactly, the
totals of all blocks are the same bytes for any number of workers, shards and restarts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialwright.core.errors import DataError
from trialwright.core.results import Json

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Totals:
    """Named rows of whole numbers; totals of one plan have the same names and lengths."""

    values: Mapping[str, Counts]

    def __add__(self, other: Totals) -> Totals:
        """The sums of both."""
        if {k: len(v) for k, v in self.values.items()} != {
            k: len(v) for k, v in other.values.items()
        }:
            raise DataError(
                "These totals do not belong to one plan.",
                where=f"{len(self.values)} and {len(other.values)} quantities",
                allowed="totals of the same protocol, scenarios and version",
            )
        return Totals({name: value + other.values[name] for name, value in self.values.items()})

    def to_json(self) -> dict[str, Json]:
        """As plain data, in the order of the names."""
        return {name: self.values[name].tolist() for name in sorted(self.values)}

    def to_bytes(self) -> bytes:
        """One line of JSON, the same for equal totals."""
        return json.dumps(self.to_json(), separators=(",", ":")).encode() + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes) -> Totals:
        """Totals as `to_bytes` wrote them.

        Raises
        ------
        DataError
            When the content is not such a line.
        """
        try:
            plain = json.loads(content)
            return cls({name: np.array(value, np.int64) for name, value in plain.items()})
        except (ValueError, AttributeError, TypeError, OverflowError) as broken:
            raise DataError(
                "This is no line of totals.",
                where=f"{content[:40]!r}",
                allowed="the JSON that a block of virtual trials wrote",
                do="simulate the block again",
            ) from broken
