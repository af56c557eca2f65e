"""The two arms of a randomised trial that compares one treatment with another.

"X versus Y", "X or placebo", "X with or without Y", "compared to X alone": the text names both sides
and counts none. Parts, cohorts, dose levels and further comparators mean silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.design.allocation import first_stated
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
    r"\b(?=[acdfglprstv3-9])(?:(?:part|stage|cohort|sub-?study|arm|group) ?(?:[1-9]|[a-d]|i{1,3})\b|cohorts\b|sub-?stud(?:y|ies)\b|phase (?:1|i)[ab]?\b(?!i)"
    r"|(?:dose|dosage)s?[\s-](?:level|escalat|optimi|expan|finding|rang|group)|reasonable dosage|run-?in\b|lead-?in\b"
    r"|(?:three|four|five|six|[3-9])[\s-](?:[\w-]+ )?(?:arms?|groups|doses|regimens|combinations)\b"
    r"|(?:versus|vs\.?)\b[^.;|\n]{1,120}\b(?:versus|vs\.?)\b|versus physician)"
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
    allocated = any(f.value == "RANDOMIZED" for f in said if f.path == "design.allocation")
    if not allocated or any(f.path.startswith(("design.arms", "arms.", "cohorts.")) for f in said):
        return
    for word, back in _SIGNS:
        match = first_stated(reading, word, _AGAINST, back)
        if match is not None:
            if not _MORE.search(shared(reading)):
                yield Fact("design.arms", 2, group(match), "inferred", _REASON)
            return
