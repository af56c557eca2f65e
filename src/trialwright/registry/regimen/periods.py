"""Periods of treatment that a component is named in: "maintenance with X", "X as neoadjuvant"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.facts import Reading
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.regimen.silence import is_condition, is_silent
from trialwright.registry.view import Span

_WORDS = frozenset(
    ("adjuvant", "neoadjuvant", "induction", "maintenance", "consolidation", "run", "lead")
)
_STEMS = ("adjuvant", "induction", "maintenance", "consolidation", "run-in", "lead-in")
_PERIOD = re.compile(
    r"\b(?P<period>neo-?adjuvant|adjuvant|induction|maintenance|consolidation|run-in|lead-in)\b(?! (?:and|or|failure|followed)\b)"
    r"(?: (?:therapy|treatment|phase|period|chemotherapy|immunotherapy))?"
)
#: Words between a period and the component that is given in it.
_AHEAD = re.compile(
    r"(?: (?:with|of|using|by|consisting of|including)| ?[:(]|,)? ?(?:oral |intravenous |single-agent )?"
)
_BEHIND = re.compile(
    r"(?:[ +&]+(?:[\w-]+ ){0,4}?(?:chemotherapy|therapy|treatment))?,? (?:(?:will be )?(?:given|used|administered|continued) )?(?:as|for|in the|during) (?:the |an? )?$"
)


def periods_named(reading: Reading, said: Sequence[Sentence]) -> Iterator[tuple[str, str, Span]]:
    """Component, period and the words that join them."""
    low = reading.low
    if reading.words.isdisjoint(_WORDS):
        return
    for sentence in said:
        start, end = sentence.span.start, sentence.span.end
        if not sentence.mentions or sentence.criteria:
            continue
        if not any(map(low[start:end].__contains__, _STEMS)) or is_silent(low, start, end):
            continue
        for match in _PERIOD.finditer(low, start, end):
            for mention in sentence.mentions:
                ahead = mention.span.start >= match.end() and _AHEAD.fullmatch(
                    low, match.end(), mention.span.start
                )
                behind = mention.span.end <= match.start() and _BEHIND.fullmatch(
                    low, mention.span.end, match.start()
                )
                if (ahead or behind) and not is_condition(low, start, end):
                    yield mention.member, match["period"], Span(*match.span())
