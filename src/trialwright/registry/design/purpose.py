"""Primary purpose, where the words of title or summary say it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.facts import Fact, Reading, group
from trialwright.registry.passages import near

_TREATING = re.compile(
    r"\b(?:for|in) (?:the )?(?:\S+ ){0,2}treatment of\b|\bin treating\b|\bas (?:\S+ ){0,2}(?:treatment|therapy) (?:in|for|of)\b|"
    r"\bto treat (?:patients|participants|people|adults|children)\b"
)
_OTHER = (
    "prevent", "prophyla", "diagnos", "imaging", "pet/", "screening", "supportive", "palliat",
    "erectile", "quality of life", "nausea", "smoking", "sexual", "detect",
)  # fmt: skip
_REASON = "title or summary name the treatment of the disease as the aim"


def purpose(reading: Reading) -> Iterator[Fact]:
    """Fact `design.primary_purpose`: TREATMENT where nothing in title and summary says otherwise."""
    opening = reading.low[reading.span("title").start : reading.span("brief_summary").end]
    if any(word in opening for word in _OTHER):
        return
    for word in ("treat", "therapy"):
        match = next(near(reading, word, _TREATING, (40, 40), ("title", "brief_summary")), None)
        if match is not None:
            yield Fact("design.primary_purpose", "TREATMENT", group(match), "inferred", _REASON)
            return
