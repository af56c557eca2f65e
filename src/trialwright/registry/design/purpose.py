"""Primary purpose, where the words of title or summary say it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.facts import PROSE, Fact, Reading, group
from trialwright.registry.passages import near, of_another, sentence

_TREATING = re.compile(
    r"\b(?:for|in) (?:the )?(?:\S+ ){0,2}treatment of\b|\bin treating\b|\bas (?:\S+ ){0,2}(?:treatment|therapy) (?:in|for|of)\b|"
    r"\bto treat (?:patients|participants|people|adults|children)\b"
)
#: What stands in every match, one word and what follows it; the first word is believed first.
_SIGNS = (
    ("treat", ("ment of", "ment in", "ment for", "ing", " pati", " parti", " peop", " adult", " child")),
    ("therapy", (" in", " for", " of")),
)  # fmt: skip
_OTHER = (
    "prevent", "prophyla", "diagnos", "imaging", "pet/", "screening", "supportive", "palliat",
    "erectile", "quality of life", "nausea", "smoking", "sexual", "detect",
)  # fmt: skip
#: What a treatment already is: background.
_KNOWN = re.compile(
    r"\b(?:approv\w+|licen[sc]ed|recommended|indicated for|currently|has been|have been|widely|commonly|established|guidelines?)\b"
)
_REASON = "title or summary name the treatment of the disease as the aim"


def _is_aim(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the words are of this trial, not of what is approved or usual."""
    if reading.field_at(match.start()) == "title":
        return True
    start = sentence(reading, match.start(), match.end()).start
    return not (of_another(reading, match) or _KNOWN.search(reading.low, start, match.start()))


def purpose(reading: Reading) -> Iterator[Fact]:
    """Fact `design.primary_purpose`: TREATMENT where nothing in title and summary says otherwise."""
    opening = reading.low[reading.spans["title"].start : reading.spans["brief_summary"].end]
    for word, endings in _SIGNS:
        for match in near(reading, word, _TREATING, (40, 40), PROSE[:2], endings):
            if _is_aim(reading, match):
                if not any(map(opening.__contains__, _OTHER)):
                    quote = group(match)
                    yield Fact("design.primary_purpose", "TREATMENT", quote, "inferred", _REASON)
                return
