"""Sentences of the running text, with the components they name and the part they speak of."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

from trialwright.registry.facts import PROSE, Reading
from trialwright.registry.regimen.hints import hints, stands
from trialwright.registry.regimen.members import Mention
from trialwright.registry.view import Span

_END = re.compile(
    r"[.;\n](?:(?<=\n)|(?=\s|$)(?<!\bi\.v\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!approx\.)(?<!\bp\.o\.)(?<!\bs\.c\.)(?<!\bi\.m\.)(?<!\bno\.)|(?<=\.)(?=[a-z]{4,}\s))"
)
#: Components that a sentence can name; beyond that it is a list, not a regimen.
_MOST_MENTIONS = 40
_LONGEST = 3000
_LABEL = re.compile(
    r"\b(?:arm|group|cohort|part)s? (?:[1-4][ab]?|i{1,3}v?[ab]?|iv|[a-e])\b(?!/)(?! ?(?:-|to|and|or|trial|study|clinical|open|dose)\b)|"
    r"\b(?:in|during) phase (?:[12][ab]?|i{1,2}[ab]?)\b(?= ?[:,(])"
)
#: Headings of a part of treatment: "CONDITIONING:", "Course 2:", "Phase 1b (expansion):".
_HEADING = re.compile(
    r"\W{0,6}(?P<head>(?:[a-z/-]+ ){0,3}(?:conditioning|prophylaxis|induction|consolidation|maintenance|transplant(?:ation)?|intensification|"
    r"priming|salvage|lead-in|run-in|expansion|escalation)(?: (?:regimen|therapy|phase|course|treatment|chemotherapy|cycles?))?(?: \w{1,3})?|"
    r"(?:phase|course|cycle|step|stage|block|schedule|regimen) (?:\d[ab]?|i{1,3}[ab]?|[a-d])) ?(?:\([^()]{0,60}\) ?)?:"
)
_LATER = re.compile(
    r"\b(?:beginning|starting) (?:(?:in |at |on |from )?(?:week|month|cycle) \d{1,2}\b|(?:[\w-]+ ){1,4}(?:after|following) (?:completion of |the end of )?\w+)"
)
_PERIOD = re.compile(
    r"\b(?P<period>re-?induction|induction|consolidation|maintenance|neo-?adjuvant|adjuvant|conditioning|run-in|lead-in|intensification|long[- ]term treatment|extension (?:phase|period))\b"
    r"(?: (?:therapy|phase|treatment|period|regimen|chemotherapy|immunotherapy|part|stage)\b)?(?! (?:and|or|failure)\b)"
)
_EVERYONE = re.compile(
    r"\b(?:in (?:all|both) (?:arms|groups|cohorts|parts)|(?:all|both) (?:arms|groups|cohorts)|all (?:patients|participants|subjects))\b"
)
_CRITERIA = re.compile(
    r"\W{0,6}(?:\d\. ?)?(?:key |main |major |principal |patient )?(?:inclusion|exclusion|eligibility)(?: criteria)?\W{0,3}(?:for|of|include|are|$|\n|\w+:)|\W{0,6}eligibility:"
)
_LABELS = frozenset(
    (
        "arm", "arms", "group", "groups", "cohort", "cohorts", "part", "parts", "phase", "course", "cycle",
        "step", "stage", "block", "schedule", "regimen", "conditioning", "prophylaxis", "induction",
        "consolidation", "maintenance", "transplant", "transplantation", "intensification", "priming",
        "salvage", "lead", "run", "expansion", "escalation",
    )
)  # fmt: skip
_LABEL_WORDS = (
    "arm ", "arms ", "group ", "groups ", "cohort ", "cohorts ", "part ", "parts ", "phase ",
)  # fmt: skip
#: Without one of these a sentence holds no label.
_LABEL_HEADS = (*_LABEL_WORDS[:-1], "in phase ", "during phase ")
#: Without one of these a sentence names no period.
_PERIOD_STEMS = (
    "adjuvant", "induction", "consolidation", "maintenance", "conditioning", "run-in", "lead-in",
    "intensification", "term treatment", "extension",
)  # fmt: skip
#: Words of the end of treatment.
_ENDING = frozenset(
    ("until", "till", "absence", "unless", "continue", "continued", "continues", "continuing")
)
_JUDGED = frozenset(("criteria", "eligibility"))
_PERIOD_BEHIND = re.compile(
    r" (?:of|during|in|as) (?:the )?(?P<period>induction|consolidation|maintenance|conditioning|run-in|lead-in)\b|"
    r" ?(?P<side>before|prior to|after|following) (?:the |radical |definitive )?(?:surgery|resection|operation|[a-z]+ectomy)\b"
)
#: "14 days later, undergo resection": what is said before it is given before it.
_LATER_OPERATED = re.compile(
    r"[^.;\n]{0,100} later,? (?:(?:they|patients|participants|will|then) ){0,2}undergo(?:es)? (?:the |an? )?(?:surgery|operation|(?:surgical )?resection|[a-z]+ectomy)\b"
)
_STEP = 160
BEFORE_SURGERY = "before surgery"
#: An operation that opens a sentence, what is given stands behind it.
_OPENING = re.compile(
    r"\W{0,4}(?P<side>before|prior to|after|following) (?:(?:the|their|completion|of|definitive|radical|curative) ){0,3}(?:surgery|operation|(?:surgical )?resection|[a-z]+ectomy),? (?:patients|participants|subjects|they|all|eligible|adjuvant)\b"
)


class Sentence(NamedTuple):
    """A sentence with the components that it names, in order.

    `label` is the arm, part or period that holds at its start, in words; `paragraph` counts the
    paragraphs of all fields; `criteria` says that it stands below a heading of eligibility.
    """

    span: Span
    mentions: tuple[Mention, ...]
    label: str | None = None
    paragraph: int = 0
    criteria: bool = False
    hinted: bool = False


def sentences(reading: Reading, named: Mapping[str, list[Mention]]) -> list[Sentence]:
    """Sentences of the running text in order, `named` where each field names components."""
    return [
        sentence
        for number, name in enumerate(PROSE)
        for sentence in sentences_of(reading, named[name], reading.span(name), number * 1000)
    ]


def sentences_of(
    reading: Reading, said: list[Mention], field: Span, paragraph: int = 0
) -> list[Sentence]:
    """Sentences of one field that hold a hint of dosing or a name, if none ends a treatment."""
    low = reading.low
    found: list[Sentence] = []
    if len(field) == 0:
        return found
    places = hints(low, field.start, field.end, reading.words)
    ending = reading.says(_ENDING) and stands(low, _ENDING, field)
    if not places and not said and not ending:
        return found
    judged = reading.says(_JUDGED) and stands(low, _JUDGED, field)
    labelled = reading.says(_LABELS)
    marks = _marks(reading, field) if labelled else []
    starts = [mention.span.start for mention in said]
    start, first = field.start, 0
    label: str | None = None
    criteria = False
    for end in _cut([m.end() for m in _END.finditer(low, field.start, field.end)], field):
        if low[start:end].isspace():
            paragraph += 1
        elif end > start:
            if judged and not criteria:
                criteria = _is_heading_of_criteria(low, start, min(end, start + 80))
            if labelled:
                marked = _between(marks, start, start + 24)
                label = _label_at(low, start, end, label, marked=marked)
            hinted = _between(places, start, end)
            last = bisect_left(starts, end, first)
            # a sentence without a name, a hint or an end of treatment says nothing here
            if hinted or last > first or ending:
                here = tuple(said[first : min(last, first + _MOST_MENTIONS)])
                span = Span(start, end)
                found.append(Sentence(span, here, label, paragraph, criteria, hinted))
            if marks and _between(marks, start, end):
                label = label_before(low, start, end, label)
            first = last
        start = end
    return found


def _between(places: list[int], start: int, end: int) -> bool:
    """Whether one of some places, which are in order, lies between two offsets."""
    index = bisect_left(places, start)
    return index < len(places) and places[index] < end


def _marks(reading: Reading, field: Span) -> list[int]:
    """Places of words that can begin a label, in order."""
    found = []
    low = reading.low
    for word in _LABEL_WORDS:
        at = low.find(word, field.start, field.end) if word[:-1] in reading.words else -1
        while at >= 0:
            found.append(at)
            at = low.find(word, at + 1, field.end)
    return sorted(found)


def _is_heading_of_criteria(low: str, start: int, end: int) -> bool:
    head = low[start:end]
    return ("clusion" in head or "eligib" in head) and _CRITERIA.match(low, start, end) is not None


def _cut(ends: list[int], field: Span) -> list[int]:
    """Ends of sentences, very long ones cut: text without full stops is no prose."""
    found: list[int] = []
    start = field.start
    for end in [*ends, field.end]:
        while end - start > _LONGEST:
            start += _LONGEST
            found.append(start)
        found.append(end)
        start = end
    return found


def _label_at(low: str, start: int, end: int, label: str | None, *, marked: bool) -> str | None:
    """The label at the start of a sentence: its own heading, or the one that goes on."""
    head = low[start : min(end, start + 60)]
    if ("all " in head or "both " in head) and _EVERYONE.search(head):
        return None
    reach = min(end, start + 100)
    heading = _HEADING.match(low, start, reach) if low.find(":", start, reach) >= 0 else None
    if heading is not None:
        return heading["head"]
    found = _LABEL.search(low, start, min(end, start + 24)) if marked else None
    return found.group().strip() if found else label


def label_before(low: str, start: int, at: int, label: str | None) -> str | None:
    """The label that holds at a place: the last one named before it in the sentence."""
    if not any(map(low[start:at].__contains__, _LABEL_HEADS)):
        return label
    found = label
    for match in _LABEL.finditer(low, start, at):
        bracket = low[match.start() - 1 : match.start()] == "("
        # "10 mg (cohort 1), 15 mg (cohort 2)": the bracket is about the dose before it
        if not (bracket and match.group().startswith("cohort")):
            found = match.group().strip()
    return found


def period_before(low: str, start: int, at: int, stop: int) -> str | None:
    """The treatment period named last before a phrase, or right behind it ("of the induction")."""
    behind = _PERIOD_BEHIND.match(low, stop)
    if behind is not None:
        if behind["period"]:
            return behind["period"]
        return "after surgery" if behind["side"] in ("after", "following") else BEFORE_SURGERY
    if " later" in low[stop : stop + _STEP] and _LATER_OPERATED.match(low, stop, stop + _STEP):
        return BEFORE_SURGERY
    opening = _OPENING.match(low, start, at)
    found = None
    if opening is not None:
        late = opening["side"] in ("after", "following")
        found = "after surgery" if late else BEFORE_SURGERY
    ahead = low[start:at]
    if any(map(ahead.__contains__, _PERIOD_STEMS)):
        for match in _PERIOD.finditer(low, start, at):
            found = match["period"]
    begins = "beginning " in ahead or "starting " in ahead
    later = _LATER.search(low, start, at) if begins else None
    return later.group() if later else found
