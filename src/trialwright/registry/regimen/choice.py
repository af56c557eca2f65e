"""Who chooses a component, and what is done repeatedly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.facts import Fact, Reading
from trialwright.registry.regimen.members import Member
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.view import Span

_CHOSEN = re.compile(
    r"\b(?:(?:determined|chosen|selected|decided) by the (?P<a>investigator|physician)s?|(?P<b>investigator|physician)(?:'s|s')? (?:choice|discretion)|"
    r"(?:guided|selected|chosen) by (?P<c>genetic testing|drug sensitivity testing|organoid\w*))\b"
)
_REPEATED = re.compile(
    r"\b(?:in |for )?(?:multiple times|multiple sessions|several sessions|repeatedly)\b"
)
_CHOICE_WORDS = ("by the investigator", "by the physician", "investigator's", "physician's", "investigator choice", "physician choice", "investigators' ", "guided by", "selected by", "chosen by")  # fmt: skip
_WORDS = frozenset(
    (
        "investigator", "investigators", "physician", "physicians", "guided", "selected", "chosen", "multiple",
        "several", "repeatedly",
    )
)  # fmt: skip
_REPEAT_WORDS = ("multiple times", "multiple sessions", "several sessions", "repeatedly")


def choice_facts(
    reading: Reading, found: Sequence[Member], said: Sequence[Sentence]
) -> Iterator[Fact]:
    """Facts `chosen_by` and `repeated` of components, the first of each."""
    if reading.words.isdisjoint(_WORDS):
        return
    procedures = {m.id for m in found if m.agent is not None and m.agent.kind == "procedure"}
    repeated = procedures and any(map(reading.prose.__contains__, _REPEAT_WORDS))
    if not repeated and not any(map(reading.prose.__contains__, _CHOICE_WORDS)):
        return
    seen: set[str] = set()
    for sentence in said:
        if not sentence.mentions:
            continue
        for fact in (*_chosen(reading, sentence), *_repeated(reading, sentence, procedures)):
            if fact.path not in seen:
                seen.add(fact.path)
                yield fact


def _chosen(reading: Reading, sentence: Sentence) -> Iterator[Fact]:
    for match in _CHOSEN.finditer(reading.low, sentence.span.start, sentence.span.end):
        ahead = [m for m in sentence.mentions if m.span.end <= match.start()]
        if ahead and match.start() - ahead[-1].span.end < 120:
            by = match["c"] or match["a"] or match["b"]
            yield Fact(f"regimen.{ahead[-1].member}.chosen_by", by, Span(*match.span()))


def _repeated(reading: Reading, sentence: Sentence, procedures: set[str]) -> Iterator[Fact]:
    match = _REPEATED.search(reading.low, sentence.span.start, sentence.span.end)
    for mention in sentence.mentions if match else ():
        if mention.member in procedures and match:
            path = f"regimen.{mention.member}.repeated"
            yield Fact(path, value=True, span=Span(*match.span()))
