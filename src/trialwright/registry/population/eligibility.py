"""Conditions of entry: age, performance status, sex, measurable disease, earlier lines.

They are read from sentences of the running text that say who may enter, and, where the layout gives
eligibility criteria, from the inclusion criteria only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from trialwright.registry.facts import PROSE, Fact, Reading, group
from trialwright.registry.passages import near, of_this_trial, words_around

CRITERIA = "eligibilityCriteria"

_YEARS = r"(?:years?|yrs?|y)\b(?:[\s-]*(?:of age|old))?"
_AGE_RANGE = re.compile(
    rf"\b(?:age[ds]?(?: (?:between|from|of|range))?:?|between)? ?(?:≥ ?)?(?P<low>\d{{1,2}})(?: {_YEARS})?[ ,]*(?:-|to|and|~|up to|through|,? ?(?:≤|<=|\\?<))[ ]*(?:≤ ?|<= ?|(?P<below>\\?<) ?)?(?P<high>\d{{1,3}})[\s-]*{_YEARS}"
)
_AGE_MIN = re.compile(
    rf"(?:\bage[ds]?:? ?(?:must be |is )?(?:≥|>=|\\?>=|over|at least|older than or equal to|of)? ?|(?:≥|>=|at least) ?)(?P<low>\d{{1,2}})[\s-]*{_YEARS}(?: (?:and|or) (?:older|above|over))?|"
    rf"\b(?P<low2>\d{{1,2}})[\s-]*{_YEARS}(?: of age)? (?:and|or) (?:older|above|over)|"
    r"\bage[ds]? ?(?:≥|>=|\\?>=) ?(?P<low3>\d{1,2})\b(?! ?(?:-|to|months))"
)
#: Children from an age in months: only the highest age is one in years.
_AGE_MONTHS = re.compile(
    rf"\bage[ds]? (?:from |between )?\d{{1,2}} (?:days|weeks|months)(?: of age)? (?:up )?(?:to|and|through) (?P<below>(?:<|less than|under) ?)?(?P<high>\d{{1,2}})[\s-]*{_YEARS}"
)
#: Pattern, what stands in every match, and how far before it a match may start.
_AGES = (
    (_AGE_RANGE, "year", 40), (_AGE_MIN, "year", 24), (_AGE_MIN, "aged", 0), (_AGE_MIN, "age ", 0),
)  # fmt: skip
_WHO = re.compile(
    r"\b(?:patients|participants|subjects|children|adults?|adolescents|men|women|males?|females?|eligib\w+|people|individuals|inclusion|volunteers)\b"
)
_BACKGROUND = re.compile(
    r"\b(?:prevalence|incidence|median age|risk|survival rate|per year|mortality|follow\w*|every|stratif\w+|dose levels?|cohort [a-z0-9])\b"
)
_ECOG = re.compile(
    r"\b(?:ecog|eastern cooperative oncology group|performance status)(?:[\s()=:-]|ecog|ps\b|performance|status|score|scale|of|is|zubrod|who|/|grade|physical){0,14}?"
    r"(?:(?:≤|<=|\\?<=|less than or equal to) ?(?P<max>[0-4])|0, ?1,? ?(?:or|and|-) ?(?P<last>[2-4])|0, ?1, ?2,? ?(?:or|and) ?(?P<fourth>[34])|"
    r"0 ?(?:-|to|~|or|/|,|and) ?(?:1 or )?(?P<to>[0-4])(?!,? or)|(?P<only>0)(?= ?(?:[.,;)]|$)))(?!\d|\.\d)"
)
#: Words one of which stands in every match of `_ECOG`, and of the patterns of age.
_STATUS = frozenset(("ecog", "ecogps", "eastern", "performance"))
_AGED = frozenset(("year", "years", "age", "aged"))
_MEASURABLE = re.compile(
    r"\b(?:(?:at least|≥|>=) ?(?:one|1)(?: \(1\))? (?:[\w-]+ ){0,3}measurable (?:[\w-]+ ){0,2}(?:lesion|disease|site|tumou?r)|"
    r"(?:must have|have|having|with|presence of|has)(?: [\w-]+){0,3} measurable (?:[\w-]+ ){0,2}(?:lesions?|disease)|^measurable (?:disease|lesion)|(?<=[*\n] )measurable (?:disease|lesion))"
)
_MUST = re.compile(
    r"\b(?:must|eligib\w+|required|inclusion|will be (?:enrolled|included|eligible)|are to have)\b"
)
_NOT = re.compile(r"\b(?:no|without|not|non|or non)[\s-]+(?:[\w-]+ ){0,2}$|evaluable or $")
_SEX = re.compile(
    r"(?:\b(?:in|for|of|enroll?) |(?<=[.!?] )|(?<=\n))(?:adult |older |premenopausal |postmenopausal |pre- and postmenopausal )?(?P<sex>wom[ae]n|men|females|males) (?:with|who|aged|over|undergoing|diagnosed)\b"
)
_SEXES = frozenset(("women", "woman", "men", "females", "males"))
_PRIOR = re.compile(
    r"(?:at least|≥|>=|minimum of) ?(?P<n>one|two|three|1|2|3)(?: \(\d\))? (?:prior |previous )?lines? of (?:prior |previous |systemic |standard )?|"
    r"(?:at least|≥|>=|minimum of) ?(?P<n2>one|two|three|1|2|3)(?: \(\d\))? (?:prior|previous) (?:[\w-]+ ){0,3}(?:lines?|regimens?|therap(?:y|ies))\b"
)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "1": 1, "2": 2, "3": 3}


def eligibility(reading: Reading) -> Iterator[Fact]:
    """Facts of age, performance status, sex and measurable disease from the running text."""
    if reading.says(_AGED):
        yield from _ages(reading)
    if reading.says(_STATUS):
        yield from _ecog(reading, PROSE[1:])
    if "measurable" in reading.words:
        for match in near(reading, "measurable", _MEASURABLE, (60, 30), PROSE[1:]):
            stated = match.group().startswith(("at least", "≥", ">=", "must"))
            if stated or _MUST.search(words_around(reading, match)):
                yield from _measurable(reading, match)
    if reading.says(_SEXES):
        yield from _sex(reading)


def criteria_facts(reading: Reading) -> Iterator[Fact]:
    """The same facts from the inclusion criteria of a layout that has them."""
    if CRITERIA not in reading.spans:
        return
    span = reading.span(CRITERIA)
    cut = reading.low.find("exclusion criteria", span.start, span.end)
    end = span.end if cut < 0 else cut
    for fact in _criteria(reading):
        if fact.span.end <= end:
            yield fact


def _criteria(reading: Reading) -> Iterator[Fact]:
    yield from _ecog(reading, (CRITERIA,))
    for match in near(reading, "measurable", _MEASURABLE, (60, 30), (CRITERIA,)):
        yield from _measurable(reading, match)
    found: dict[int, Fact] = {}
    for word, back in (("line", 40), ("prior", 24), ("previous", 24)):
        for match in near(reading, word, _PRIOR, (back, 60), (CRITERIA,)):
            number = _NUMBERS[match.group("n") or match.group("n2")]
            found.setdefault(number, Fact("population.min_prior_lines", number, group(match)))
    if len(found) == 1:
        yield from found.values()


def _measurable(reading: Reading, match: re.Match[str]) -> Iterator[Fact]:
    if not _NOT.search(reading.low, max(0, match.start() - 30), match.start()):
        yield Fact("population.measurable_disease", value=True, span=group(match))


def _in_years(text: str) -> bool:
    """Whether a number stands before a year, or a sign of comparison anywhere."""
    at = text.find("year")
    while at >= 0:
        if text[max(0, at - 4) : at].rstrip(" -\n")[-1:].isdigit():
            return True
        at = text.find("year", at + 4)
    return "≥" in text or ">=" in text


def _ages(reading: Reading) -> Iterator[Fact]:
    found: dict[tuple[int, int | None], re.Match[str]] = {}
    for pattern, word, back in _AGES if _in_years(reading.prose) else _AGES[2:]:
        for match in near(reading, word, pattern, (back, 50), PROSE):
            if _of_entrants(reading, match):
                found.setdefault(_limits(match), match)
        if found:
            break
    if not found and "month" in reading.prose:
        yield from _children(reading)
    if len(found) == 1:
        (lowest, highest), match = next(iter(found.items()))
        yield Fact("population.min_age_years", lowest, group(match))
        if highest is not None:
            yield Fact("population.max_age_years", highest, group(match))


def _children(reading: Reading) -> Iterator[Fact]:
    """The highest age of children who enter from an age in months."""
    for match in near(reading, "months", _AGE_MONTHS, (24, 50), PROSE):
        around = words_around(reading, match)
        if _WHO.search(around) and not _BACKGROUND.search(around) and of_this_trial(reading, match):
            highest = int(match["high"]) - (match["below"] is not None)
            yield Fact("population.max_age_years", highest, group(match))
            return


def _limits(match: re.Match[str]) -> tuple[int, int | None]:
    said = match.groupdict()
    lowest = int(next(text for text in (said.get(k) for k in ("low", "low2", "low3")) if text))
    if said.get("high") is None:
        return lowest, None
    return lowest, int(said["high"]) - (said.get("below") is not None)


def _of_entrants(reading: Reading, match: re.Match[str]) -> bool:
    around = words_around(reading, match)
    lowest, highest = _limits(match)
    plausible = highest is None or lowest < highest <= 120
    if not plausible or not _WHO.search(around) or _BACKGROUND.search(around):
        return False
    if "age" not in around and "old" not in around and "years and" not in around:
        return False
    return of_this_trial(reading, match)


def _ecog(reading: Reading, fields: Iterable[str]) -> Iterator[Fact]:
    for word in ("eastern cooperative", "ecog", "performance status"):
        if word != "ecog" and word.partition(" ")[0] not in reading.words:
            continue
        for match in near(reading, word, _ECOG, (0, 110), fields):
            said = match.groupdict()
            highest = next(text for text in said.values() if text)
            yield Fact("population.max_ecog", int(highest), group(match))
            return


def _sex(reading: Reading) -> Iterator[Fact]:
    for word in ("men ", "man ", "males"):
        for match in near(reading, word, _SEX, (44, 24), ("title", "brief_summary")):
            if of_this_trial(reading, match):
                value = "FEMALE" if match["sex"][0] in "wf" else "MALE"
                reason = "title or summary name the patients so"
                yield Fact("population.sex", value, group(match), "inferred", reason)
                return
