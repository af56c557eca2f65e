"""Planned number of subjects of the whole trial.

A number counts only where the sentence is about the whole trial: not a cohort, an arm, a stage, a
dose level, a minimum, or those who are screened. Two different numbers lead to silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.facts import PROSE, Fact, Reading, group
from trialwright.registry.passages import near, of_another, of_this_trial, sentence
from trialwright.registry.view import Span

_UNITS = {
    "twelve": 12, "fifteen": 15, "eighteen": 18, "sixteen": 16, "fourteen": 14, "ten": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_UNITS)}))?|ten|twelve|fifteen|sixteen|eighteen)"
_N = rf"(?P<n>\d{{1,4}}|{_WORD})(?: \(\d{{1,4}}\))?"
_ABOUT = r"(?:approximately |about |around |an? (?:estimated|planned|expected) (?:total of )?|~ ?)?"
_MOST_OF = r"(?P<most>up to |a maximum of |at most )?"
_AT_MOST = r"(?P<most>\b(?:up to|maximum of|at most) )?"
_WHO = r"(?:patients|participants|subjects|cases|people|individuals|volunteers|men|women|adults|children)\b"
_KIND = r"(?:[a-z][\w/-]* ){0,4}?"
_TAKEN = r"(?:enroll?ed|recruited|included|accrued|randomi[sz]ed|entered)"
_COUNT = rf"(?:a total of )?{_MOST_OF}{_ABOUT}{_N} {_KIND}{_WHO}"
_PEOPLE = rf"{_AT_MOST}\b{_N} {_KIND}{_WHO}"
_IN_IT = r"(?:in|on) (?:this|the) (?:research |[a-z]+cent(?:er|re|ric) )?(?:study|trial|protocol)"
_BE_TAKEN = re.compile(rf"{_PEOPLE}[^.;|]{{0,90}}?(?:will|to|planned|expected) be {_TAKEN}")
_NUMBER = rf"(?:is|of|will be|was|:|=)[\s:]*(?:set at |estimated (?:to be |at )?|planned (?:to be )?)?{_ABOUT}{_N}(?P<most>(?!))?\b(?![-/.%,]\d| ?%)"
_ENROLL = "enrol enroll enrols enrolls enroling enrolling enrolment enrollment"
#: Each with what stands in every match, words of the record of which it has one, and how far before
#: it a match may start.
_FORMS = (
    ("total of", "total", 2, re.compile(rf"(?:\ba )?total of {_MOST_OF}{_ABOUT}{_N} {_KIND}{_WHO}")),
    ("bringing the total", "bringing", 0, re.compile(rf"bringing the total (?:number (?:of {_WHO} )?)?to (?P<most>(?!))?{_N}\b(?! ?%)")),
    ("enrol", _ENROLL, 0, re.compile(rf"enroll?(?:s|ing|ment of)? {_COUNT}")),
    ("enrollment", "enrollment", 0, re.compile(rf"enrollment ?{_NUMBER}")),
    ("recruit", "recruit recruits recruiting recruitment", 0, re.compile(rf"recruit(?:s|ing|ment of)? {_COUNT}")),
    ("includ", "include", 6, re.compile(rf"(?:will|to) include {_COUNT}")),
    ("sample size", "size", 0, re.compile(rf"sample size(?: of (?:this|the) (?:study|trial))? ?{_NUMBER}")),
    ("total number of", "total", 0, re.compile(rf"total number of {_WHO}(?: (?:to be )?{_TAKEN})? {_NUMBER}")),
    ("accrual", "accrual", 12, re.compile(rf"(?:target|planned|total|projected|expected) accrual(?: is| of|:) *{_COUNT}")),
    ("be enrol", "enrolled enroled", 150, _BE_TAKEN),
    ("be recruited", "recruited", 150, _BE_TAKEN),
    ("be included", "included", 150, _BE_TAKEN),
    ("be accrued", "accrued", 150, _BE_TAKEN),
    ("re planned", "planned", 60, re.compile(rf"{_PEOPLE} (?:are|were) planned\b")),
    ("is planned", "planned", 60, re.compile(rf"{_PEOPLE} is planned\b")),
    ("part in th", "part", 90, re.compile(rf"{_PEOPLE} (?:will|are expected to) (?:take )?part {_IN_IT}")),
    ("participate in th", "participate", 90, re.compile(rf"{_PEOPLE} (?:will|are expected to) participate {_IN_IT}")),
    ("be treated in th", "treated", 90, re.compile(rf"{_PEOPLE} (?:will|are expected to) be treated {_IN_IT}")),
    ("be treated on th", "treated", 90, re.compile(rf"{_PEOPLE} (?:will|are expected to) be treated {_IN_IT}")),
    ("on this protocol", "protocol", 110, re.compile(rf"{_PEOPLE} will be (?:treated|enroll?ed) on this protocol")),
    ("criteria will sign", "sign", 60, re.compile(rf"{_PEOPLE} (?:who )?meet(?:ing)? (?:the |all )?inclusion criteria will sign")),
)  # fmt: skip
#: The numbers of the forms that a word of the record calls for.
_CALLED = {
    word: [number for number, form in enumerate(_FORMS) if word in form[1].split()]
    for _, words, _, _ in _FORMS for word in words.split()
}  # fmt: skip
_CALLING = frozenset(_CALLED)
_PART = re.compile(
    r"\b(?:each|per|every|cohorts?(?: [a-z0-9])?\b(?! study)|arms? [a-z0-9]{1,3}\b|groups? [a-z0-9]{1,3}\b|parts? [a-z0-9]\b|"
    r"stage|first|at least|no less than|not less than|minimum|dose[\s-]level|escalation|expansion|additional|another|"
    r"further|phase [i1-3]{1,3}[abc]? (?:will|part|portion|stage|of)|in phase|into phase|healthy|screened|dlt|run-in|lead-in|"
    r"were|was|had been|have been|respond\w+|than)\b|\bper[\s-]arm\b"
)
#: Words in front of a number that is the sum of what stands before.
_SUMMED = re.compile(r"^for a total of $|bringing the total")
_BRACKETED = re.compile(r"\([^()]*\)")
_RANGE = re.compile(r"(?:\d ?-|\d to|\d ?\+|[<>≥≤/]|n ?=|\d[.,]) ?$")
_MOST = "the largest number of subjects that the record plans"


def enrollment(reading: Reading) -> Iterator[Fact]:
    """Fact `design.enrollment`, where one number is said of the whole trial."""
    found: dict[int, re.Match[str]] = {}
    called = {number for word in _CALLING & reading.words for number in _CALLED[word]}
    for form in sorted(called):
        word, _, back, pattern = _FORMS[form]
        for match in near(reading, word, pattern, (back, 160), PROSE):
            number = number_of(match.group("n"))
            if number >= 2 and _whole(reading, match) and _here(reading, match):
                known = found.get(number)
                if known is None or (known.group("most") and not match.group("most")):
                    found[number] = match
    if len(found) == 1:
        number, match = next(iter(found.items()))
        if match.group("most"):
            yield Fact("design.enrollment", number, group(match), "inferred", _MOST)
        else:
            yield Fact("design.enrollment", number, group(match))


def sum_of_cohorts(said: Sequence[Fact]) -> list[Fact]:
    """`design.enrollment` as the sum of its cohorts, where each has a number and no total is said."""
    of_cohorts = [fact for fact in said if fact.path.startswith("cohorts.")]
    sizes = [fact for fact in of_cohorts if fact.path.endswith(".enrollment")]
    cohorts = [fact for fact in of_cohorts if fact.path.endswith(".name")]
    if len(cohorts) < 2 or len(sizes) != len(cohorts):
        return []
    if any(fact.path == "design.enrollment" for fact in said):
        return []
    total = sum(fact.value for fact in sizes if isinstance(fact.value, int))
    span = Span(sizes[0].span.start, sizes[-1].span.end)
    return [Fact("design.enrollment", total, span, "inferred", "the sum of the stated cohorts")]


def _here(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the sentence is about this trial; a planned sample size always is."""
    if of_this_trial(reading, match):
        return True
    before = reading.low[max(0, match.start() - 12) : match.start()]
    planned = "planned" in before and match.group().startswith("sample size")
    return planned and not of_another(reading, match)


def _whole(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the words around the number leave it the size of the whole trial."""
    around = sentence(reading, match.start(), match.end())
    start, end = max(around.start, match.start() - 90), min(around.end, match.end() + 70)
    text = _BRACKETED.sub("", reading.low[start:end])
    number = match.start("n")
    if _SUMMED.search(reading.low[max(0, match.start() - 4) : number]):
        text = reading.low[number:end]  # the parts in front are those that are summed
    before = reading.low[max(0, number - 8) : number]
    return not _PART.search(text) and not _RANGE.search(before)


def number_of(text: str) -> int:
    """The number of digits or of number words below two hundred."""
    if text.isdigit():
        return int(text)
    return sum({**_TENS, **_UNITS}.get(word, 0) for word in re.split(r"[\s-]", text))
