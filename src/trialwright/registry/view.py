"""A copy of registered text for matching: normalised, but with every character in its place.

Each character is replaced by exactly one, so an offset into the copy is an offset into the verbatim
text. Full-width punctuation becomes ASCII, letters become lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SINGLE = {
    "、": ",", "。": ".", "【": "[", "】": "]", "《": "<", "》": ">",
    "‘": "'", "’": "'", "“": '"', "”": '"', "′": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "－": "-",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u3000": " ", "\t": " ", "\r": " ",
    "\u2002": " ", "\u2003": " ", "\u200b": " ", "\ufeff": " ",
}  # fmt: skip
_TABLE = {**_FULL_WIDTH, **_SINGLE}
#: One character to replace; tab and carriage return are replaced before.
_REPLACED = re.compile(f"[{''.join(map(re.escape, _TABLE))}]")

#: Ideographic and full-width punctuation, as it stands in the verbatim text.
FULL_WIDTH = re.compile(r"[\u3001\u3002\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e]")


@lru_cache(maxsize=2)  # the reader and the extractors ask for the same text, one after the other
def normalised(text: str) -> str:
    """Lower-case copy with ASCII punctuation, of the same length as `text`."""
    plain = text.replace("\t", " ").replace("\r", " ")
    if not plain.isascii():
        plain = _REPLACED.sub(_replacement, plain)
    low = plain.lower()
    if len(low) == len(plain):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)


def _replacement(match: re.Match[str]) -> str:
    return _TABLE[match.group()]


@dataclass(slots=True, unsafe_hash=True)
class Span:
    """Offsets of a piece of text, end exclusive.

    A record has a hundred of them, and one that is frozen takes three times as long to make: that
    nothing writes to it is checked by the types (`Final`) alone.
    """

    start: Final[int]
    end: Final[int]

    def of(self, text: str) -> str:
        """The piece of `text`."""
        return text[self.start : self.end]

    def __len__(self) -> int:
        """Number of characters."""
        return self.end - self.start

    def __contains__(self, offset: int) -> bool:
        """Whether an offset lies inside."""
        return self.start <= offset < self.end


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def pieces(text: str, span: Span, separator: str) -> Iterator[Span]:
    """The trimmed, non-empty pieces of a span between separators."""
    start = span.start
    while start <= span.end:
        cut = text.find(separator, start, span.end)
        stop = span.end if cut < 0 else cut
        piece = trimmed(text, start, stop)
        if piece:
            yield piece
        start = stop + len(separator)


_SENTENCE_END = re.compile(r"[.;!?](?=\s|$)|\n|\.(?=[A-Z])")


def sentence_around(text: str, span: Span, within: Span) -> Span:
    """The sentence that holds `span`, inside the field `within`.

    A full stop counts as an end when white space or a capital letter follows it.
    """
    start = within.start
    for match in _SENTENCE_END.finditer(text, max(within.start, span.start - 1200), span.start):
        start = match.end()
    found = _SENTENCE_END.search(text, span.end, min(within.end, span.end + 1200))
    end = found.end() if found else min(within.end, span.end + 1200)
    return trimmed(text, start, end)
