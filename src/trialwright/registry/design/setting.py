"""Masking, centres, and the plain words of a design: basket, multi-cohort, prospective."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.design.allocation import near_stated
from trialwright.registry.facts import Fact, Reading, group
from trialwright.registry.passages import prose

_OPEN = re.compile(
    r"\bopen[\s-]*label(?:l?ed)?\b|\bunblinded (?:study|trial)\b|\bnon-blinded\b|"
    r"\bopen (?:clinical )?(?:study|trial)\b|"
    r"\b(?:is|as|an),? open(?=,? (?:single|non-?random|multi|random|phase|dose|prospective|one-arm|study|trial|clinical)|, )"
)
_BLIND = re.compile(
    r"\b(double|single|triple|quadruple)[\s-]*(?:blind|mask)(?:ed)?\b(?! (?:review|read|evaluat|assess))"
)
_ONE = re.compile(
    r"\b(?:single|one)[\s-]*(?:cent(?:er|re)d?|institution(?:al)?|site)\b|\bmono-?cent(?:ric|er|re)\b"
)
_MANY = re.compile(
    r"\bmulti(?:ple)?[\s-]*(?:cent(?:er|re|ric)|institution(?:al)?|site)\w*\b(?! (?:lesion|diseas))|"
    r"\b(?:in|at|across|from) (?:about |approximately |up to )?(?:[2-9]|\d\d+) (?:[a-z]+ ){0,2}"
    r"(?:centers|centres|sites|institutions|hospitals)\b"
)
_ORGAN = re.compile(r"\s*(?:of|disease|metasta|lesion|infection)")
_COHORTS = re.compile(r"\bmulti(?:ple)?[\s-]*cohorts?\b")
_BASKET = re.compile(r"\bbasket\b")
_PROSPECTIVE = re.compile(r"\bprospective(?:ly)?\b")
#: Path, word that every match holds, pattern.
_WORDS = (
    ("design.multi_cohort", "cohort", _COHORTS),
    ("design.basket", "basket", _BASKET),
    ("design.prospective", "prospective", _PROSPECTIVE),
)


def setting(reading: Reading) -> Iterator[Fact]:
    """Facts of masking, centres and plain design words."""
    yield from _masking(reading)
    yield from _centres(reading)
    for path, word, pattern in _WORDS:
        match = next(near_stated(reading, word, pattern, 12), None)
        if match is not None:
            yield Fact(path, value=True, span=group(match))


def _masking(reading: Reading) -> Iterator[Fact]:
    opened = next(near_stated(reading, "open", _OPEN, 5), None)
    opened = opened or next(near_stated(reading, "blinded", _OPEN, 5), None)
    blind = next(
        (m for word in ("blind", "mask") for m in near_stated(reading, word, _BLIND, 12)), None
    )
    if opened is not None and blind is None:
        yield Fact("design.open_label", value=True, span=group(opened))
        reason = "open label is the registry's masking NONE"
        yield Fact("design.masking", "NONE", group(opened), "inferred", reason)
    elif blind is not None and opened is None:
        reason = "a blinded trial is not open label"
        span = group(blind)
        yield Fact("design.open_label", value=False, span=span, kind="inferred", reason=reason)
        yield Fact("design.masking", blind.group(1).upper(), span)


def _centres(reading: Reading) -> Iterator[Fact]:
    text = prose(reading)
    if not any(word in text for word in ("cent", "site", "institution", "hospital")):
        return
    one = _first(reading, (("single", 0), ("one cent", 0), ("one site", 0), ("mono", 0)), _ONE)
    many = _first(
        reading,
        (("multi", 0), ("centers", 34), ("centres", 34), ("sites", 34), ("hospitals", 34)),
        _MANY,
    )
    found = one or many
    if found is not None and (one is None or many is None):
        yield Fact("design.centres", "single" if one else "multiple", group(found))


def _first(
    reading: Reading, words: tuple[tuple[str, int], ...], pattern: re.Pattern[str]
) -> re.Match[str] | None:
    for word, back in words:
        for match in near_stated(reading, word, pattern, back):
            if not _ORGAN.match(reading.low, match.end()):
                return match
    return None
