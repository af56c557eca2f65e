"""Texts over 200 bytes go on in further columns: REASON, REASON1, REASON2 ..., none is cut.

The pieces of a value put together give the value again, character by character. A piece ends before
a blank where there is one in its second half, so that words stay whole and no piece ends in a blank
(blanks at the end of a value are lost in the transport format).
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from trialwright.exchange.datasets.model import MAX_LABEL, MAX_NAME, MAX_TEXT, byte_length


def pieces(text: str, limit: int = MAX_TEXT) -> list[str]:
    """The pieces of a text, each of at most `limit` bytes in UTF-8."""
    found = []
    while len(text.encode()) > limit:
        cut = len(text.encode()[:limit].decode(errors="ignore"))
        blank = text.rfind(" ", cut // 2, cut + 1)
        if blank > 0 and text[:blank].rstrip(" "):
            cut = len(text[:blank].rstrip(" "))
        found.append(text[:cut])
        text = text[cut:]
    return [*found, text]


def split_column(column: pl.Series, taken: Collection[str]) -> list[pl.Series]:
    """The column and those that it goes on in; null where a text is shorter.

    Parameters
    ----------
    column
        Texts, null for none.
    taken
        Names that the new columns may not have.
    """
    if byte_length(column) <= MAX_TEXT:
        return [column]
    values = [pieces(text) if text is not None else [None] for text in column.to_list()]
    width = max(map(len, values))
    names = [column.name]
    for number in range(1, width):
        names.append(_free_name(column.name, number, {*taken, *names}))
    padded = [[*parts, *[None] * (width - len(parts))] for parts in values]
    return [
        pl.Series(name, [parts[place] for parts in padded], dtype=pl.String)
        for place, name in enumerate(names)
    ]


def piece_label(label: str, number: int) -> str:
    """Label of the column where a text goes on for the `number`th time."""
    tail = f" ({number + 1})"
    return label[: MAX_LABEL - len(tail)].rstrip() + tail


def _free_name(name: str, number: int, taken: Collection[str]) -> str:
    """`REASON1`; a long name loses letters at its end, and more where that name is taken."""
    tail = str(number)
    for kept in range(MAX_NAME - len(tail), 0, -1):
        found = name[:kept] + tail
        if found not in taken:
            return found
    message = f"no free name for piece {number} of {name}"
    raise ValueError(message)
