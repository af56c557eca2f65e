"""Agents beside a dose that are no component of the regimen, or that the line forgets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from trialwright.registry.facts import Reading
from trialwright.registry.interventions import agent_key, class_of
from trialwright.registry.regimen.members import Member
from trialwright.registry.regimen.parsing import Parsed
from trialwright.registry.regimen.phrases import Expression
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.regimen.silence import TREATMENT, is_beside, is_condition, is_silent
from trialwright.registry.view import Span

_WORD = re.compile(r"(?:\b5-)?[a-z][\w.+/-]*")
_ENDS_LIST = re.compile(r"[.;]|\d ?(?:mg|mcg|gy|g|ml|auc)\b")
#: Words between a name and its dose.
_FILLERS = frozenset(
    (
        "at", "will", "be", "is", "was", "given", "dose", "doses", "a", "of", "the", "total", "bolus", "infusion",
        "injection", "tablet", "tablets", "capsule", "capsules", "continuous", "iv", "intravenous", "intravenously",
        "oral", "orally", "administered",
    )
)  # fmt: skip
_REACH, _NEAR_BEHIND = 70, 12
_LONG_WORD = re.compile(r"[a-z][a-z-]{5,}")

_STRANGERS = frozenset(
    (
        "cytotoxic", "antibody", "anti-PD-1 or anti-PD-L1", "anti-CTLA-4", "targeted", "radiotherapy", "hormone", "supportive",
        "radioactive",
    )
)  # fmt: skip

_JOINING = frozenset(
    ("cytotoxic", "antibody", "anti-PD-1 or anti-PD-L1", "targeted", "radiotherapy")
)

#: What joins two agents of a title, and the words of the second.
_WITH = re.compile(
    r"[\s,]{0,2}(?:injection |tablets? |capsules? |treatment )?(?:in combination with|in combination|combined with|combination with|together with|plus|with|and|\+|/)"
    r" ?(?P<name>[a-z][\w.+/-]*(?: [a-z][\w.+/-]*){0,3})"
)
_UNITS = ("mg", "gy", "g/m", "auc")
_DOSED = re.compile(r"\d ?(?:mg|gy|g/m|auc)|\bauc ?\d")


def names_stranger(text: str) -> bool:
    """Whether text names a known agent."""
    return any(
        len(word) > 5 and class_of(agent_key(word)) in _STRANGERS
        for word in _LONG_WORD.findall(text)
    )


def own_phrases(low: str, sentence: Sentence, phrases: list[Expression]) -> list[Expression]:
    """Phrases without those of agents that are no component of the regimen."""
    places = [(m.span.start, m.span.end) for m in sentence.mentions]
    kept: list[Expression] = []
    foreign_until = -1
    for one in phrases:
        if one.field in ("dose", "auc") and stranger(low, sentence, one, places):
            foreign_until = next((a for a, _ in places if a >= one.span.end), sentence.span.end)
            continue
        if one.span.start < foreign_until:
            continue
        kept.append(one)
    return kept


def stranger(
    low: str, sentence: Sentence, one: Expression, places: Sequence[tuple[int, int]]
) -> tuple[str, Span] | None:
    """The known agent right beside a dose that is no component of the regimen."""
    start = max([sentence.span.start, *(b for _, b in places if b <= one.span.start)])
    start = max(start, one.span.start - _REACH)
    for cut in _ENDS_LIST.finditer(low, start, one.span.start):
        start = cut.end()
    words = list(_WORD.finditer(low, start, one.span.start))
    while words and words[-1].group() in _FILLERS:
        words.pop()
    for count in (3, 2, 1):
        if len(words) >= count:
            key = _foreign(low[words[-count].start() : words[-1].end()])
            if key:
                return key, Span(words[-count].start(), words[-1].end())
    stop = min([sentence.span.end, *(a for a, _ in places if a >= one.span.end)])
    if not low.startswith(" ", one.span.end):
        return None
    words = list(islice(_WORD.finditer(low, one.span.end, min(stop, one.span.end + _REACH)), 5))
    while words and words[0].group() in _FILLERS:
        words.pop(0)
    near = words and words[0].start() - one.span.end <= _NEAR_BEHIND
    for count in (3, 2, 1) if near else ():
        if len(words) >= count:
            key = _foreign(low[words[0].start() : words[count - 1].end()])
            if key:
                return key, Span(words[0].start(), words[count - 1].end())
    return None


def _foreign(name: str) -> str | None:
    """Identifier of a known agent with a name long enough to be meant."""
    long = len(name) > 3 or any(map(str.isdigit, name))
    key = agent_key(name) if long else None
    return key if class_of(key) in _STRANGERS else None


def joining(
    reading: Reading, found: Sequence[Member], said: Sequence[Sentence], parsed: Parsed
) -> Iterator[tuple[str, Span]]:
    """Known agents with a dose of their own in the text that the intervention line does not list."""
    ids = {m.id for m in found}
    keys = {m.key for m in found}
    low = reading.low
    for told in _of_title(reading, found, said):
        if told[0] not in ids and told[0] not in keys:
            ids.add(told[0])
            yield told
    for sentence in said:
        start, end = sentence.span.start, sentence.span.end
        if (
            sentence.criteria
            or not sentence.hinted
            or not any(map(low[start:end].__contains__, _UNITS))
            or not _DOSED.search(low, start, end)
        ):
            continue
        if (
            is_silent(low, start, end)
            or is_beside(low, start, end)
            or is_condition(low, start, end)
            or not (sentence.mentions or TREATMENT.search(low, start, end))
        ):
            continue
        places = [(m.span.start, m.span.end) for m in sentence.mentions]
        for one in parsed.of(sentence.span):
            if one.field not in ("dose", "auc"):
                continue
            other = stranger(low, sentence, one, places)
            if (
                other
                and other[0] not in ids
                and other[0] not in keys
                and class_of(other[0]) in _JOINING
            ):
                ids.add(other[0])
                yield other


def _of_title(
    reading: Reading, found: Sequence[Member], said: Sequence[Sentence]
) -> Iterator[tuple[str, Span]]:
    """Known agents that the title joins to a drug of the line: "X combined with radiotherapy".

    A class that the line names already is not asked for again: the title may call it by another
    name.
    """
    drugs = {m.id for m in found if m.is_drug}
    end = reading.span("title").end
    for sentence in said:
        if sentence.span.start >= end:
            return
        for mention in sentence.mentions:
            match = _WITH.match(reading.low, mention.span.end, sentence.span.end)
            if mention.member not in drugs or match is None:
                continue
            classes = {class_of(m.key) for m in found}
            listed = reading.span("interventions").of(reading.low)
            words = match["name"].split(" ")
            for count in range(len(words), 0, -1):
                name = " ".join(words[:count])
                key = _foreign(name)
                if key is not None:
                    klass = class_of(key)
                    if klass not in _JOINING or klass in classes or name in listed:
                        break
                    yield key, Span(match.start("name"), match.start("name") + len(name))
                    break
