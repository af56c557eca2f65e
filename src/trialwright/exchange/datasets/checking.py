"""What the transport format cannot hold is refused here, with the place; nothing is cut or lost."""

from __future__ import annotations

import re

import polars as pl

from trialwright.core.errors import DataError
from trialwright.exchange.datasets.model import (
    MAX_LABEL,
    MAX_NAME,
    MAX_TEXT,
    Item,
    ItemGroup,
    byte_length,
)

_NAME = re.compile(rf"[A-Z_][A-Z0-9_]{{0,{MAX_NAME - 1}}}")
#: Characters that end a text early in a file, or that no XML document may hold.
_CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
#: Range of the numbers of the transport format (base 16, exponent of 7 bits).
_LARGEST, _SMALLEST = 7.2e75, 5.4e-79
#: Above it not every whole number has a place among floats.
_LARGEST_WHOLE = 2**53


def checked(group: ItemGroup) -> ItemGroup:
    """The dataset itself, when every value of it can be written and read back unchanged.

    Raises
    ------
    DataError
        A name or label that is too long, a text with control characters or over 200 bytes, a
        number that the format has no place for, or a last record that is blank throughout.
    """
    _check_name(group.name, group.label, group.name)
    for item in group.items:
        _check_name(item.name, item.label, f"{group.name}.{item.name}")
        column = group.frame[item.name]
        if item.is_text:
            _check_texts(group, item, column)
        elif item.kind != "date":
            _check_numbers(group, item, column)
    _check_last_record(group)
    return group


def _check_name(name: str, label: str, where: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise DataError(
            f'The name "{name}" cannot stand in a transport file.',
            where=where,
            allowed=f"{MAX_NAME} capital letters, digits or _, a letter first",
            do="rename the column in the delivery, or export as csv or parquet",
        )
    if not label or len(label.encode()) > MAX_LABEL:
        raise DataError(
            f'The label "{label}" cannot stand in a transport file.',
            where=where,
            allowed=f"1 to {MAX_LABEL} bytes",
            do="shorten the label, or export as csv or parquet",
        )


def _check_texts(group: ItemGroup, item: Item, column: pl.Series) -> None:
    bad = column.str.contains(_CONTROL).fill_null(value=False)
    if bad.any():
        raise DataError(
            "A text holds a control character, which ends it early in a file.",
            where=_where(group, item, bad),
            allowed="printed characters, tab and line end",
            do="correct the text in the delivery",
        )
    trailing = column.str.ends_with(" ").fill_null(value=False)
    if trailing.any():
        raise DataError(
            "A text ends in a blank, which a transport file does not keep.",
            where=_where(group, item, trailing),
            do="correct the text in the delivery",
        )
    if byte_length(column) > MAX_TEXT:
        raise DataError(
            f"A text of more than {MAX_TEXT} bytes stands where none may be split.",
            where=_where(group, item, column.str.len_bytes() > MAX_TEXT),
            allowed=f"at most {MAX_TEXT} bytes in a key or a qualifier name",
            do="shorten it in the delivery, or export as csv or parquet",
        )


def _check_numbers(group: ItemGroup, item: Item, column: pl.Series) -> None:
    size = column.cast(pl.Float64).abs()
    largest = _LARGEST if item.kind == "float" else _LARGEST_WHOLE
    bad = ~size.is_finite() | (size > largest) | ((size < _SMALLEST) & (size > 0))
    if bad.fill_null(value=False).any():
        raise DataError(
            "A number cannot be written to a transport file.",
            where=_where(group, item, bad.fill_null(value=False)),
            allowed=f"0, or {_SMALLEST:g} to {largest:g} in size",
            do="correct the value in the delivery",
        )


def _check_last_record(group: ItemGroup) -> None:
    """The format counts no records: a blank one at the end looks like filling."""
    if not group.frame.height or not all(item.is_text for item in group.items):
        return
    if not any(group.frame.row(-1)):
        raise DataError(
            "The last record is blank throughout and would be lost in a transport file.",
            where=f"{group.name}, record {group.frame.height}",
            do="leave the record out of the delivery, or export as csv or parquet",
        )


def _where(group: ItemGroup, item: Item, bad: pl.Series) -> str:
    first = bad.arg_true()[:3].to_list()
    total = int(bad.sum())
    rows = ", ".join(f"{row + 1}" for row in first) + (" ..." if total > len(first) else "")
    return f"{group.name}.{item.name}, record {rows} of {group.frame.height}"
