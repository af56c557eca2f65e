"""Masking, centres, and the plain words of a design: basket, multi-cohort, prospective."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from trialwright.registry.design.allocation import first_stated, near_stated
from trialwright.registry.facts import Fact, Reading, group

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
#: Words of the record one of which stands in every match of `_OPEN` and of `_BLIND`.
_OPENED = frozenset(
    ("open", "openlabel", "openlabeled", "openlabelled", "unblinded", "blinded"),
)
_BLINDED = frozenset(
    f"{count}{way}"
    for count in ("", "double", "single", "triple", "quadruple")
    for way in ("blind", "blinded", "mask", "masked")
)
_Place = tuple[str, frozenset[str], int]
_CENTRE = ("", "center", "centre", "centered", "centred", "institution", "institutional", "site")
_MULTI = frozenset(
    f"{many}{place}{ending}"
    for many in ("multi", "multiple") for place in ("", "center", "centre", "centric", "institution", "site")
    for ending in ("", "s", "d", "ed", "al", "ally")
)  # fmt: skip
#: What stands in every match, words of the record of which it has one, and how far before it a match
#: may start.
_ONE_AT: tuple[_Place, ...] = (
    ("single", frozenset(f"single{centre}" for centre in _CENTRE), 0),
    ("one cent", frozenset(("one",)), 0),
    ("one site", frozenset(("one",)), 0),
    ("mono", frozenset(("mono", "monocentric", "monocenter", "monocentre")), 0),
)
_MANY_AT: tuple[_Place, ...] = (
    ("multi", _MULTI, 0),
    *((many, frozenset((many,)), 34) for many in ("centers", "centres", "sites", "hospitals")),
)
#: Path, its words in the record, what stands in every match, pattern.
_WORDS = (
    ("design.multi_cohort", frozenset(f"{many}cohort{s}" for many in ("", "multi", "multiple") for s in ("", "s")), "cohort", _COHORTS),
    ("design.basket", frozenset(("basket",)), "basket", _BASKET),
    ("design.prospective", frozenset(("prospective", "prospectively")), "prospective", _PROSPECTIVE),
)  # fmt: skip


def setting(reading: Reading) -> Iterator[Fact]:
    """Facts of masking, centres and plain design words."""
    yield from _masking(reading)
    yield from _centres(reading)
    for path, said, word, pattern in _WORDS:
        if not reading.says(said):
            continue
        match = first_stated(reading, word, pattern, 12)
        if match is not None:
            yield Fact(path, value=True, span=group(match))


def _masking(reading: Reading) -> Iterator[Fact]:
    opened = blind = None
    if reading.says(_OPENED):
        opened = first_stated(reading, "open", _OPEN, 5)
        opened = opened or first_stated(reading, "blinded", _OPEN, 5)
    if reading.says(_BLINDED):
        blind = first_stated(reading, "blind", _BLIND, 12)
        blind = blind or first_stated(reading, "mask", _BLIND, 12)
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
    one = _first(reading, _ONE_AT, _ONE)
    many = _first(reading, _MANY_AT, _MANY)
    found = one or many
    if found is not None and (one is None or many is None):
        yield Fact("design.centres", "single" if one else "multiple", group(found))


def _first(
    reading: Reading, places: Iterable[_Place], pattern: re.Pattern[str]
) -> re.Match[str] | None:
    for word, said, back in places:
        if not reading.says(said):
            continue
        for match in near_stated(reading, word, pattern, back):
            if not _ORGAN.match(reading.low, match.end()):
                return match
    return None
