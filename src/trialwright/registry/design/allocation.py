"""Single arm or several, and how subjects are allocated.

The registry has two words for a trial that does not randomise: NA with one group, NON_RANDOMIZED
with several. "Non-randomized" alone does not tell them apart, so it counts only beside groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.facts import PROSE, Fact, Reading, group
from trialwright.registry.passages import (
    OUTCOMES,
    near,
    of_another,
    of_this_trial,
    shared,
    words_around,
)

_SINGLE = re.compile(
    r"\bsingle[\s-]+(?:treatment[\s-]+)?(?:arm(?:ed)?\b|group\b)|"
    r"\b(?:one|1)-(?:arm(?:ed)?|group)\b|"
    r"\b(?:one|1)[\s-](?:arm(?:ed)?|group),?[\s-]+(?:[\w-]+[\s,]+){0,4}(?:study|trial)\b"
)
#: A word of the record, and how a match begins that has it.
_SINGLES = (("single", ("single",)), ("one", ("one-arm", "one arm", "one-group")))
_PLURAL = re.compile(r"[^.;\n]{0,60}?\b(?:trials|studies)\b")
_DRAWN = re.compile(
    r"\brandom(?:i[sz](?:ed|ation|e|ing)\b|ly (?:assign|allocat|divid|select|receive)\w*)"
)
#: Behind "randomized": words of an assignment, which need no other word about this trial.
_DRAWN_TO = re.compile(
    r"\s*(?:\(?\d ?: ?\d|(?:in)?to (?:either|one|1|receive|arm|group|two|2|three|3|the)|in an? \d)"
)
_UNDRAWN = re.compile(
    r"\b(?:non|un)[\s-]?randomi[sz]ed\b|\b(?:not|without|no)(?: be)? randomi[sz](?:ed|ation)\b"
)
#: Last word before "randomized" that makes it none, another trial's, or a point in time.
_NOT_DRAWN = frozenset(
    (
        "non", "un", "not", "no", "without", "since", "mendelian", "large", "larger", "future",
        "subsequent", "controlled", "time", "date", "of", "from", "after", "before", "until",
    )
)  # fmt: skip
_NOT_DRAWN_AFTER = re.compile(
    r"\s*(?:,? ?(?:controlled|clinical|phase \w+|prospective|double-blind\w*|placebo-controlled|comparative),? ?){0,3}"
    r"(?:trials\b|studies\b|data\b|evidence\b)"
)
#: Only a part of the trial: what is said of it does not hold for the whole.
_PART = re.compile(
    r"\b(?:for|in|of|only) (?:1|one|a single) (?:cohort|part|stage)\b|\bif (?:random|both|two)"
)
#: Groups that a single arm may be registered as, so that one arm is not one registered arm.
_WITHIN = re.compile(r"\bcohorts\b|\bcohort (?:2|b)\b|\bdose[\s-]+escalation\b|\btrials of\b")
#: More than one group in the words of the trial.
_GROUPS = re.compile(
    r"\b(?:two|three|four|five|six|[2-9]) (?:[\w-]+ ){0,2}(?:arms|groups|cohorts)\b|"
    r"\b(?:arm|group|cohort)s? (?:a|1|i) ?(?:,|and|&|or) ?(?:arm |group |cohort )?(?:b|2|ii)\b|"
    r"\bcohorts\b|\bmulti(?:ple)?[\s-]cohort\b|"
    r"\b(?:arm|group|cohort) (?:b|2|ii)\b|\bdose[\s-]+escalation\b|\bparallel\b|\bboth (?:arms|groups)\b"
)
_COMPARED = re.compile(
    r"\b(?:(?<!graft )(?<!graft-)versus\b|vs\.?\s|placebo\b|hazard ratio\b|control (?:arm|group)\b|"
    r"(?:arm|group) (?:b|2|ii)\b|to compare\b|(?:with|and) or without\b)"
)
_FROM_DRAW = re.compile(
    r"\b(?:from|since|between|of|following|after) (?:the )?(?:date of |time of |day of )?randomi[sz]ation\b"
)
_DRAWN_INTO = re.compile(
    r"\b(?:patients|participants|subjects|were|are|be|and|all) randomi[sz]ed\b|"
    r"\brandomi[sz]ed (?:participants|patients|subjects|population|phase|to|into)\b"
)
#: Words one of which stands in every match in outcomes.
_RANDOMISED = frozenset(("randomized", "randomised", "randomization", "randomisation"))
_ONE_ARM = "a single-arm trial has one arm and nothing to allocate"
_ONE_GROUP = "a trial that is not randomised and names one group has nothing to allocate"
_MORE = "a randomised trial has more than one arm"


def allocation(reading: Reading) -> Iterator[Fact]:
    """Facts `design.single_arm`, `design.arms` (of a single arm) and `design.allocation`."""
    single = _single(reading)
    undrawn = next(near_stated(reading, "randomi", _UNDRAWN), None)
    drawn = _drawn(reading)
    if single is not None and drawn is None:
        quote = group(single)
        yield Fact("design.single_arm", value=True, span=quote)
        if not _WITHIN.search(shared(reading)):
            yield Fact("design.arms", 1, quote, "inferred", _ONE_ARM)
        yield Fact("design.allocation", "NA", quote, "inferred", _ONE_ARM)
    elif undrawn is not None and drawn is None:
        if _GROUPS.search(shared(reading)):
            yield Fact("design.allocation", "NON_RANDOMIZED", group(undrawn))
        elif "cohort" not in shared(reading):
            yield Fact("design.allocation", "NA", group(undrawn), "inferred", _ONE_GROUP)
    elif drawn is not None and single is None and undrawn is None:
        yield from _randomised(drawn)
    elif single is undrawn is drawn is None:
        yield from _from_outcomes(reading)


def near_stated(
    reading: Reading, word: str, pattern: re.Pattern[str], back: int = 24
) -> Iterator[re.Match[str]]:
    """Matches near a word, in sentences about this trial."""
    found = near(reading, word, pattern, (back, 70), PROSE)
    return (match for match in found if of_this_trial(reading, match))


def _single(reading: Reading) -> re.Match[str] | None:
    forms = [form for word, forms in _SINGLES if word in reading.words for form in forms]
    for form in forms:
        for match in near_stated(reading, form, _SINGLE, 0):
            plural = _PLURAL.match(reading.low, match.end())
            if not plural and not _PART.search(words_around(reading, match)):
                return match
    return None


def _drawn(reading: Reading) -> re.Match[str] | None:
    for match in near(reading, "random", _DRAWN, (0, 70), PROSE):
        whole = _DRAWN_TO.match(reading.low, match.end()) and not of_another(reading, match)
        if not whole and not of_this_trial(reading, match):
            continue
        before = reading.low[max(0, match.start() - 30) : match.start()].replace("-", " ").split()
        led = (before and before[-1].rstrip(",") in _NOT_DRAWN) or before[-2:] == ["not", "be"]
        if led or _NOT_DRAWN_AFTER.match(reading.low, match.end()):
            continue
        if not _PART.search(words_around(reading, match)):
            return match
    return None


def _randomised(drawn: re.Match[str]) -> Iterator[Fact]:
    yield Fact("design.allocation", "RANDOMIZED", group(drawn))
    yield Fact("design.single_arm", value=False, span=group(drawn), kind="inferred", reason=_MORE)


def _from_outcomes(reading: Reading) -> Iterator[Fact]:
    """Randomisation that only the outcomes name.

    "Time from randomization" is copied into single-arm trials too. It counts where several outcomes
    say it and the record compares treatments, or where an outcome is about randomised subjects.
    """
    if not reading.says(_RANDOMISED):
        return
    into = next(near(reading, "randomi", _DRAWN_INTO, (14, 24), OUTCOMES), None)
    counted = list(near(reading, "randomi", _FROM_DRAW, (40, 16), OUTCOMES))
    compared = _COMPARED.search(reading.quote(reading.span("title")).lower())
    said = into or (counted[0] if len(counted) > (compared is None) else None)
    if said is not None and (into or _COMPARED.search(shared(reading))):
        reason = "outcomes are about randomised subjects, and the record compares treatments"
        yield Fact("design.allocation", "RANDOMIZED", group(said), "inferred", reason)
        yield Fact(
            "design.single_arm", value=False, span=group(said), kind="inferred", reason=_MORE
        )
