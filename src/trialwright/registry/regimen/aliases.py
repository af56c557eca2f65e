"""Other names that a text gives a drug in brackets: code numbers, abbreviations, brands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.agent_names import agent_key, looks_like_agent
from trialwright.registry.facts import Reading
from trialwright.registry.view import Span

_ALIAS = re.compile(r" ?\(([^()]{2,48})\)")
_ALIAS_WORD = re.compile(r"[a-z0-9][\w.+/-]{1,24}(?: (?:t )?(?:cells?|[\w-]{2,20}))?$")
_ALSO = re.compile(
    r"^(?:also )?(?:known|called|referred to) as |^formerly |^a\.?k\.?a\.? |^or |^hereafter |^the "
)
NO_ALIAS = re.compile(
    r"\d ?(?:mg|g|gy|ml|mcg|iu|days?|weeks?|patients)\b|^(?:iv|po|sc|im|qd|bid|tid|q\d\w|arm|group|cohort|part|phase|n ?=|study|drug|"
    r"see|anti|alone|both|e\.g|i\.e|oral|if|when|and|with|a|an|pd-?l?1|tigit|ctla-?4|mtd|rp2d|dlt|os|pfs|orr|ctcae|recist)\b"
)
_BEFORE_BRACKET = re.compile(r"([\w.+/-]{3,30}(?: [\w.+/-]{3,30})?) \($")


def is_beside_bracket(low: str, span: Span) -> bool:
    """Whether a bracket opens right behind a name or right before it."""
    return low.startswith(("(", " ("), span.end) or low.endswith("(", 0, span.start)


def aliases(reading: Reading, span: Span) -> Iterator[str]:
    """The name in the bracket behind a name, or before the bracket that holds it."""
    low = reading.low
    if low.startswith(("(", " ("), span.end):
        bracket = _ALIAS.match(low, span.end, span.end + 60)
        if bracket is not None:
            yield from _alias(reading, bracket.start(1), bracket.end(1))
    else:
        ahead = _BEFORE_BRACKET.search(low, max(0, span.start - 64), span.start)
        if ahead is not None:
            yield from _name_ahead(reading, *ahead.span(1))


def _alias(reading: Reading, start: int, end: int) -> Iterator[str]:
    for piece in re.split(r"[,;]| or ", reading.low[start:end]):
        word = _ALSO.sub("", piece.strip())
        if (
            len(word) < 2
            or not any(map(str.isalpha, word))
            or NO_ALIAS.search(word)
            or not _ALIAS_WORD.match(word)
        ):
            continue
        at = reading.low.find(word, start, end)
        verbatim = reading.record.text[at : at + len(word)]
        if sum(c.isupper() or c.isdigit() for c in verbatim) >= 2 or looks_like_agent(word):
            yield word


def _name_ahead(reading: Reading, start: int, end: int) -> Iterator[str]:
    words = reading.low[start:end]
    last = words.rsplit(" ", 1)[-1]
    for one in (words, last):
        verbatim = reading.record.text[end - len(one) : end]
        coded = any(c.isdigit() for c in one) and any(c.isalpha() for c in one)
        if (
            agent_key(one)
            or looks_like_agent(one)
            or (" " not in one and coded)
            or (" " not in one and len(one) <= 8 and verbatim.isupper())
        ):
            if not NO_ALIAS.search(one):
                yield one
            return
