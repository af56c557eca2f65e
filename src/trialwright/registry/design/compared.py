"""The two arms of a randomised trial that compares one treatment with another.

"X versus Y", "X or placebo", "X with or without Y", "compared to X alone": the text names both sides
and counts none. Parts, cohorts, dose levels and further comparators mean silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.design.allocation import near_stated
from trialwright.registry.facts import Fact, Reading, group
from trialwright.registry.passages import shared

_AGAINST = re.compile(
    r"(?<!graft )(?<!graft-)(?<!concentration )\b(?:versus|vs\b\.?)(?= (?!non-?respon|time\b|host\b)[a-z0-9])"
    r"|\bwith or without(?= (?!progress|metasta|prior|previous|recurr|disease|measur|known|brain)[a-z0-9])"
    r"|\bcompar\w+ (?:with|to) (?:(?:the|a|an|matching) )?(?:placebo|sham|observation|standard[\s-]of[\s-]care|usual care|no treatment)\b"
    r"|\bcompar\w+ (?:with|to) (?:[\w-]+ ){1,4}?(?:alone|monotherapy)\b"
    r"|\bor (?:a |an |the |matching )?placebo (?:group|arm|tablet|capsule|\()|\b(?:receive|given) placebo with\b"
)
#: What marks each form, with the letters before it that may belong to the match.
_SIGNS = (("versus", 16), ("vs", 16), ("with or without", 4), ("compar", 2), ("placebo", 16))
#: A trial in parts, or of several doses or comparators, has arms that one comparison does not count.
_MORE = re.compile(
    r"\b(?:part|stage|cohort|sub-?study|arm|group) ?(?:[1-9]|[a-d]|i{1,3})\b|\bcohorts\b|\bsub-?stud(?:y|ies)\b|\bphase (?:1|i)[ab]?\b(?!i)"
    r"|\b(?:dose|dosage)s?[\s-](?:level|escalat|optimi|expan|finding|rang|group)|\breasonable dosage|\brun-?in\b|\blead-?in\b"
    r"|\b(?:three|four|five|six|[3-9])[\s-](?:[\w-]+ )?(?:arms?|groups|doses|regimens|combinations)\b"
    r"|\b(?:versus|vs\.?)\b[^.;|\n]{1,120}\b(?:versus|vs\.?)\b|\bversus physician"
)
_REASON = "a randomised trial that compares two treatments, without parts or further groups"


def compared(reading: Reading, said: list[Fact]) -> Iterator[Fact]:
    """Fact `design.arms` of two, for a randomised trial whose text counts no arms.

    Parameters
    ----------
    reading
        The record.
    said
        Facts of the design so far: allocation and arms.
    """
    allocated = any(f.path == "design.allocation" and f.value == "RANDOMIZED" for f in said)
    if not allocated or any(f.path.startswith(("design.arms", "arms.", "cohorts.")) for f in said):
        return
    if _MORE.search(shared(reading)):
        return
    text = reading.prose
    for word, back in _SIGNS:
        if word not in text:
            continue
        match = next(near_stated(reading, word, _AGAINST, back), None)
        if match is not None:
            yield Fact("design.arms", 2, group(match), "inferred", _REASON)
            return
