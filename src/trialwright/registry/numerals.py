"""Whether a text holds a number, asked before the slower patterns of times and counts."""

from __future__ import annotations

import re

_DIGIT = re.compile(r"\d")
#: One of these stands in every number word.
_WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve",
    "fifteen", "twenty", "thirty",
)  # fmt: skip


def has_number(text: str) -> bool:
    """Whether a normalised text may hold digits or a number word: a quick no for many."""
    return _DIGIT.search(text) is not None or any(map(text.__contains__, _WORDS))
