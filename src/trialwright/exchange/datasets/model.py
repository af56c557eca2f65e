"""A dataset as it leaves: its variables with label and type, and their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import polars as pl

#: "iso" is text that holds a date or time of ISO 8601, complete or not; "date" is a whole day.
Kind: TypeAlias = Literal["text", "iso", "integer", "float", "date"]
Standard: TypeAlias = Literal["ADaM", "SDTM"]

#: Bytes of a text, of a label and of a name in the transport format (XPT version 5).
MAX_TEXT = 200
MAX_LABEL = 40
MAX_NAME = 8
#: Numeric dates count days from 1960-01-01 and are shown by this format.
DATE_FORMAT = "DATE9."
#: Days from 1960-01-01 to 1970-01-01, where polars counts from.
SAS_EPOCH = 3653

_TEXTS = ("text", "iso")
_POLARS: dict[Kind, pl.DataType] = {
    "text": pl.String(), "iso": pl.String(), "integer": pl.Int64(), "float": pl.Float64(),
    "date": pl.Date(),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A variable; `key` is its place in the sort key from 1 (0: none).

    `continues` names the variable whose text goes on here, because one column holds 200 bytes.
    """

    name: str
    label: str
    kind: Kind
    key: int = 0
    continues: str = ""

    @property
    def is_text(self) -> bool:
        """Whether it is stored as characters."""
        return self.kind in _TEXTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGroup:
    """A dataset: `frame` has the columns of `items` in order, typed, and its records in order."""

    name: str
    label: str
    standard: Standard
    items: tuple[Item, ...]
    frame: pl.DataFrame

    @property
    def file(self) -> str:
        """Name of its file without the ending."""
        return self.name.lower()

    @property
    def keys(self) -> tuple[str, ...]:
        """The variables of the sort key in order."""
        keyed = sorted((item.key, item.name) for item in self.items if item.key)
        return tuple(name for _, name in keyed)

    def length(self, item: Item) -> int:
        """Bytes of the longest value, at least 1; 8 for a number."""
        if not item.is_text:
            return 8
        return max(1, byte_length(self.frame[item.name]))


def byte_length(column: pl.Series) -> int:
    """Bytes of the longest text of a column, 0 when there is none."""
    longest = column.str.len_bytes().max()
    return longest if isinstance(longest, int) else 0


def polars_type(kind: Kind) -> pl.DataType:
    """Type of a column of that kind."""
    return _POLARS[kind]
