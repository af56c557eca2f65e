"""Design facts of a record: phase, arms, allocation, masking, centres, size.

Each rule takes a value only from words that say it about this trial; words about other trials
(background, published results) and two different values both lead to silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.facts import OTHER_TRIALS, Fact, Reading, group

_PHASE = re.compile(
    r"(early )?\bphase[\s-]*(0|1|2|3|4|iv|i{1,3})([abc])?(?![\w.%])"
    r"(?:\s*(?:/|-|and|&|or|to)\s*(?:phase[\s-]*)?(1|2|3|4|iv|i{1,3})([abc])?(?![\w.%]))?"
    r"(?!\s*(?:dose|trials|studies|clinical trials|clinical studies|arms?\b|mature|\d+ ?(?:patients|%)))"
)
_ABBREVIATED_PHASE = re.compile(
    r"\bphase[\s-]*(1|2|i|ii)[abc]?\s*(?:/|-|and)\s*(?:phase[\s-]*)?(1|2|3|i{1,3})[abc]?\b"
)
_PART = re.compile(
    r"\bphase[\s-]*(1|2|i|ii)[abc]?\)?\s*(?:part|portion|stage|component|cohort|segment|expansion|escalation|of (?:this|the) (?:study|trial))\b"
)
_LEVELS = {
    "0": "EARLY_PHASE1", "1": "PHASE1", "i": "PHASE1", "2": "PHASE2", "ii": "PHASE2",
    "3": "PHASE3", "iii": "PHASE3", "4": "PHASE4", "iv": "PHASE4",
}  # fmt: skip
_THIS = re.compile(
    r"\b(?:this|our|the (?:present|current|purpose|aim|goal|study|trial|phase)|(?:is|as) an?|we|will|design\w*|current study|study design|primary)\b"
)
_SINGLE_ARM = re.compile(r"\b(?:single|one|1)[\s-]*(?:arm(?:ed)?|group)\b")
_RANDOMISED = re.compile(
    r"(?<!non)(?<!non-)(?<!non )(?<!not )\brandom(?:i[sz](?:ed|ation)|ly (?:assigned|allocated|divided))\b"
)
_NON_RANDOMISED = re.compile(r"\bnon[\s-]?randomi[sz]ed\b|\bnot randomi[sz]ed\b")
_OPEN = re.compile(r"\bopen[\s-]*label(?:l?ed)?\b|\bunblinded\b|\bnon-blinded\b")
_BLIND = re.compile(r"\b(double|single|triple|quadruple)[\s-]*(?:blind|mask)(?:ed)?\b")
_ARMS = re.compile(
    r"\b(two|three|four|five|six|2|3|4|5|6)[\s-]+(?:parallel[\s-]+)?(?:arms?|treatment arms|treatment groups)\b"
)
_SINGLE_CENTRE = re.compile(
    r"\b(?:single|one)[\s-]*(?:cent(?:er|re)d?|institution(?:al)?|site)\b|\bmono-?cent(?:ric|er|re)\b"
)
_MULTI_CENTRE = re.compile(
    r"\bmulti(?:ple)?[\s-]*(?:cent(?:er|re|ric)|institution(?:al)?|site)\w*\b"
)
_MULTI_COHORT = re.compile(r"\bmulti(?:ple)?[\s-]*cohorts?\b")
_BASKET = re.compile(r"\bbasket\b")
_PROSPECTIVE = re.compile(r"\bprospective(?:ly)?\b")
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}

_WHO = r"(?:[a-z][\w-]* ){0,3}(?:patients|participants|subjects|cases|evaluable patients)"
_SIZE = re.compile(
    rf"\b(?:(?:a )?total of (?P<a>\d{{1,4}}) {_WHO}|"
    rf"(?:enroll?|recruit|include|accrue|randomi[sz]e)(?: (?:a total of|approximately|about))? (?P<b>\d{{1,4}}) {_WHO}|"
    rf"(?P<c>\d{{1,4}}) {_WHO} (?:(?:will|are|is|were|would|to)(?: planned)?(?: to)? be|are planned to be|are expected to be|are) (?:enroll?ed|recruited|included|accrued|randomi[sz]ed)|"
    r"(?:planned |total |target )?(?:sample size|enrollment|accrual)(?: of this study)?(?: goal| target)?(?: is| of| will be|:|=)* (?:approximately |about )?(?P<d>\d{1,4}))\b(?![-/.%,]\d| ?%)"
)  # fmt: skip
_PART_OF_SIZE = re.compile(
    r"\b(?:each|per|every|cohort|arm [a-z0-9]|group [a-z0-9]|stage|first|at least|up to|minimum|dose[\s-]level|escalation|expansion|additional|phase)\b"
)


def design_facts(reading: Reading) -> Iterator[Fact]:
    """Facts below `design`."""
    yield from _phases(reading)
    yield from _arms(reading)
    yield from _masking(reading)
    yield from _words(reading)
    yield from _enrollment(reading)


def _about_this(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the sentence speaks of this trial rather than of others."""
    field = reading.field_at(match.start())
    sentence = reading.sentence(match).of(reading.low)
    if OTHER_TRIALS.search(sentence):
        return False
    return field != "detailed_description" or bool(_THIS.search(sentence))


def _phases(reading: Reading) -> Iterator[Fact]:
    for match in reading.search(_PHASE):
        if reading.field_at(match.start()) != "title" and not _about_this(reading, match):
            continue
        early = match.group(1) is not None
        levels = [_LEVELS[level] for level in (match.group(2), match.group(4)) if level]
        if early and levels[0] == "PHASE1":
            levels[0] = "EARLY_PHASE1"
        if len(levels) == 1:
            levels = _further_parts(reading, levels)
        yield Fact("design.phases", sorted(set(levels)), group(match))
        return


def _further_parts(reading: Reading, levels: list[str]) -> list[str]:
    """Add the phases that the record names as parts of the same trial."""
    parts = {_LEVELS[m.group(1)] for m in reading.search(_PART)}
    joined = reading.first(_ABBREVIATED_PHASE)
    both = {_LEVELS[joined.group(1)], _LEVELS[joined.group(2)]} if joined else set()
    if levels[0] in both and _about_this_phase(reading, joined):
        return sorted(both)
    return sorted(parts) if levels[0] in parts and len(parts) == 2 else levels


def _about_this_phase(reading: Reading, match: re.Match[str] | None) -> bool:
    return match is not None and _about_this(reading, match)


def _arms(reading: Reading) -> Iterator[Fact]:
    single = _stated(reading, _SINGLE_ARM)
    other = _stated(reading, _NON_RANDOMISED)
    drawn = _stated(reading, _RANDOMISED)
    if single and not drawn:
        quote = group(single)
        yield Fact("design.single_arm", value=True, span=quote)
        reason = "a single-arm trial has one arm and nothing to allocate"
        yield Fact("design.arms", 1, quote, "inferred", reason)
        if other is None:
            yield Fact("design.allocation", "NA", quote, "inferred", reason)
    if other is not None and drawn is None:
        yield Fact("design.allocation", "NON_RANDOMIZED", group(other))
    elif drawn is not None and single is None and other is None:
        yield Fact("design.allocation", "RANDOMIZED", group(drawn))
        reason = "a randomised trial has more than one arm"
        yield Fact(
            "design.single_arm", value=False, span=group(drawn), kind="inferred", reason=reason
        )
    if single is None:
        counts = {m.group(1): m for m in reading.search(_ARMS) if _about_this(reading, m)}
        if len(counts) == 1:
            word, match = next(iter(counts.items()))
            yield Fact("design.arms", _WORDS.get(word) or int(word), group(match))


def _stated(reading: Reading, pattern: re.Pattern[str]) -> re.Match[str] | None:
    return next((m for m in reading.search(pattern) if _about_this(reading, m)), None)


def _masking(reading: Reading) -> Iterator[Fact]:
    opened, blind = _stated(reading, _OPEN), _stated(reading, _BLIND)
    if opened is not None and blind is None:
        yield Fact("design.open_label", value=True, span=group(opened))
        reason = "open label is the registry's masking NONE"
        yield Fact("design.masking", "NONE", group(opened), "inferred", reason)
    elif blind is not None and opened is None:
        yield Fact(
            "design.open_label",
            value=False,
            span=group(blind),
            kind="inferred",
            reason="a blinded trial is not open label",
        )
        yield Fact("design.masking", blind.group(1).upper(), group(blind))


def _words(reading: Reading) -> Iterator[Fact]:
    one, many = _stated(reading, _SINGLE_CENTRE), _stated(reading, _MULTI_CENTRE)
    if (one is None) != (many is None):
        found = one or many
        if found is not None:
            yield Fact("design.centres", "single" if one else "multiple", group(found))
    for path, pattern in (
        ("design.multi_cohort", _MULTI_COHORT),
        ("design.basket", _BASKET),
        ("design.prospective", _PROSPECTIVE),
    ):
        match = _stated(reading, pattern)
        if match is not None:
            yield Fact(path, value=True, span=group(match))


def _enrollment(reading: Reading) -> Iterator[Fact]:
    found: dict[int, re.Match[str]] = {}
    for match in reading.search(_SIZE):
        sentence = reading.sentence(match)
        around = reading.low[sentence.start : min(sentence.end, match.end() + 40)]
        number = next(int(one) for one in match.groups() if one)
        if number < 2 or _PART_OF_SIZE.search(around) or OTHER_TRIALS.search(around):
            continue
        found.setdefault(number, match)
    if len(found) == 1:
        number, match = next(iter(found.items()))
        yield Fact("design.enrollment", number, group(match))
