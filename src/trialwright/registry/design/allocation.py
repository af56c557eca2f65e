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
#: A trial that is several trials of the kind named: "is composed of five single-arm trials".
_COMPOSED = re.compile(
    r"\b(?:this|the|our|[a-z]+[\w-]*\d+) (?:(?:study|trial|program(?:me)?|platform|protocol|project) )?"
    r"(?:is (?:composed|made up) of|consists? of|comprises|is a (?:[\w-]+ ){0,3}?(?:platform|program(?:me)?) of)\b"
)
#: More than one group in the sentence that says "single arm".
_SEVERAL = re.compile(
    r"\b(?:two|three|four|five|six|[2-9]|several|multiple|parallel) (?!days|weeks|months|cycles)"
    r"(?:(?:[\w-]+ ){0,2}(?:cohorts|groups|strata)|(?:[\w-]+ ){0,8}?(?:trials|studies))\b|\bmulti(?:ple)?[\s-]cohort\b"
)
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
#: Words one of which stands in every match of `_DRAWN` and of `_UNDRAWN`.
_RANDOM = frozenset(
    ("randomly", *(f"{no}random{i}{ed}" for no in ("", "non", "un") for i in ("is", "iz") for ed in ("ed", "ation", "e", "ing")))
)  # fmt: skip
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
_WITHIN = re.compile(r"\b(?=[cdt])(?:cohorts|cohort (?:2|b)|dose[\s-]+escalation|trials of)\b")
#: Words one of which stands in every match of `_WITHIN`.
_WITHIN_WORDS = frozenset(("cohorts", "cohort", "escalation", "trials"))
#: More than one group in the words of the trial.
_GROUPS = re.compile(
    r"\b(?=[abcdfgmpst2-9])(?:(?:two|three|four|five|six|[2-9]) (?:[\w-]+ ){0,2}(?:arms|groups|cohorts)|"
    r"(?:arm|group|cohort)s? (?:a|1|i) ?(?:,|and|&|or) ?(?:arm |group |cohort )?(?:b|2|ii)|"
    r"cohorts|multi(?:ple)?[\s-]cohort|"
    r"(?:arm|group|cohort) (?:b|2|ii)|dose[\s-]+escalation|parallel|both (?:arms|groups))\b"
)
#: Words one of which stands in every match of `_GROUPS`.
_GROUP_WORDS = frozenset(
    ("arm", "arms", "group", "groups", "cohort", "cohorts", "escalation", "parallel")
)
_COMPARED = re.compile(
    r"\b(?=[acghptvw])(?:(?<!graft )(?<!graft-)versus\b|vs\.?\s|placebo\b|hazard ratio\b|control (?:arm|group)\b|"
    r"(?:arm|group) (?:b|2|ii)\b|to compare\b|(?:with|and) or without\b)"
)
_FROM_DRAW = re.compile(
    r"\b(?:from|since|between|of|following|after) (?:the )?(?:date of |time of |day of )?randomi[sz]ation\b"
)
_DRAWN_INTO = re.compile(
    r"\b(?:patients|participants|subjects|were|are|be|and|all) randomi[sz]ed\b|"
    r"\brandomi[sz]ed (?:participants|patients|subjects|population|phase|to|into)\b"
)
#: Arms into which subjects come by what they have, or by a choice.
_TRAIT = r"(?:sub)?types?|mutations?|status|histolog\w+|diagnos[ei]s|genotypes?|expression|biomarkers?|risk|stage|age"
_WHOSE = r"(?:the |their |its |his or her |an? )?(?:[\w/'-]+ ){0,4}?"
_BY_TRAIT = re.compile(
    r"(?:assigned|allocated) (?:in)?to (?:(?:1|one|either) of )?(?:the )?(?:[\w-]+ ){0,4}?(?:arms?|groups)"
    r"(?: (?:[a-d]|[1-4]|i{1,3})\b(?:,? (?:and|or) (?:[a-d]|[1-4]|i{1,3})\b)?)?,?"
    r"(?![^.;\n]{0,70}(?:computer|software|random|minimi|alternat|chance)) "
    rf"(?:(?:based (?:up)?on|according to|depending (?:up)?on|determined by) {_WHOSE}"
    rf"(?:{_TRAIT}|tumou?rs?|disease|cancer|prior|previous|choice|preference|discretion)\b|"
    rf"by {_WHOSE}(?:(?:{_TRAIT})(?= ?(?:[.,;:)|]|and\b|or\b|at\b|in\b|of\b))|(?:choice|preference|discretion)\b))"
)
_ONE_ARM = "a single-arm trial has one arm and nothing to allocate"
_ONE_GROUP = "a trial that is not randomised and names one group has nothing to allocate"
_SORTED = "subjects come into an arm by what they have or by a choice, not by chance"
_MORE = "a randomised trial has more than one arm"


def allocation(reading: Reading) -> Iterator[Fact]:
    """Facts `design.single_arm`, `design.arms` (of a single arm) and `design.allocation`."""
    single = _single(reading)
    random = reading.says(_RANDOM)
    undrawn = first_stated(reading, "randomi", _UNDRAWN, 24) if random else None
    drawn = _drawn(reading) if random else None
    if single is not None and drawn is None:
        yield from _one_arm(reading, single)
    elif undrawn is not None and drawn is None:
        if reading.says(_GROUP_WORDS) and _GROUPS.search(shared(reading)):
            yield Fact("design.allocation", "NON_RANDOMIZED", group(undrawn))
        elif "cohort" not in shared(reading):
            yield Fact("design.allocation", "NA", group(undrawn), "inferred", _ONE_GROUP)
    elif drawn is not None and single is None and undrawn is None:
        yield from _randomised(drawn)
    elif single is undrawn is drawn is None:
        sorted_in = _assigned(reading)
        if sorted_in is not None:
            yield Fact("design.allocation", "NON_RANDOMIZED", group(sorted_in), "inferred", _SORTED)
        elif random:
            yield from _from_outcomes(reading)


def _one_arm(reading: Reading, single: re.Match[str]) -> Iterator[Fact]:
    """A single arm; if its own sentence names several groups, they may be registered as arms."""
    quote = group(single)
    yield Fact("design.single_arm", value=True, span=quote)
    if _SEVERAL.search(words_around(reading, single)):
        return
    if not (reading.says(_WITHIN_WORDS) and _WITHIN.search(shared(reading))):
        yield Fact("design.arms", 1, quote, "inferred", _ONE_ARM)
    yield Fact("design.allocation", "NA", quote, "inferred", _ONE_ARM)


def near_stated(
    reading: Reading, word: str, pattern: re.Pattern[str], back: int
) -> Iterator[re.Match[str]]:
    """Matches near a word, in sentences about this trial."""
    for match in near(reading, word, pattern, (back, 70), PROSE):
        if of_this_trial(reading, match):
            yield match


def first_stated(
    reading: Reading, word: str, pattern: re.Pattern[str], back: int
) -> re.Match[str] | None:
    """The first match near a word in a sentence about this trial."""
    for match in near(reading, word, pattern, (back, 70), PROSE):
        if of_this_trial(reading, match):
            return match
    return None


def _single(reading: Reading) -> re.Match[str] | None:
    forms = [form for word, forms in _SINGLES if word in reading.words for form in forms]
    for form in forms:
        for match in near(reading, form, _SINGLE, (0, 70), PROSE):
            around = words_around(reading, match)
            if _PLURAL.match(reading.low, match.end()):
                own = _COMPOSED.search(around) and not of_another(reading, match)
            else:
                own = of_this_trial(reading, match)
            if own and not _PART.search(around):
                return match
    return None


def _assigned(reading: Reading) -> re.Match[str] | None:
    """Words that say by what else than chance subjects come into an arm of this trial."""
    for word in ("assigned", "allocated"):
        if word not in reading.words or "randomi" in reading.prose:
            continue
        for match in near(reading, word, _BY_TRAIT, (0, 180), PROSE):
            if of_this_trial(reading, match) and not _PART.search(words_around(reading, match)):
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
    into = next(near(reading, "randomi", _DRAWN_INTO, (14, 24), OUTCOMES), None)
    said = into or _counted_from(reading)
    if said is not None and (into or _COMPARED.search(shared(reading))):
        reason = "outcomes are about randomised subjects, and the record compares treatments"
        yield Fact("design.allocation", "RANDOMIZED", group(said), "inferred", reason)
        yield Fact(
            "design.single_arm", value=False, span=group(said), kind="inferred", reason=_MORE
        )


def _counted_from(reading: Reading) -> re.Match[str] | None:
    """The first time from randomisation: one is enough where the title compares, else it takes two."""
    counted = list(near(reading, "randomi", _FROM_DRAW, (40, 16), OUTCOMES))
    title = reading.span("title")
    if len(counted) == 1 and not _COMPARED.search(reading.low, title.start, title.end):
        return None
    return counted[0] if counted else None
