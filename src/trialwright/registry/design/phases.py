"""Phase of the trial: from the words that name it, or from parts and outcomes named by phase."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from trialwright.registry.facts import PROSE, Fact, Reading
from trialwright.registry.passages import OUTCOMES, near, of_another, says_here, sentence
from trialwright.registry.view import Span

_LEVELS = {
    "0": "EARLY_PHASE1", "1": "PHASE1", "i": "PHASE1", "one": "PHASE1", "ⅰ": "PHASE1",
    "2": "PHASE2", "ii": "PHASE2", "two": "PHASE2", "ⅱ": "PHASE2",
    "3": "PHASE3", "iii": "PHASE3", "three": "PHASE3", "ⅲ": "PHASE3",
    "l": "PHASE1", "ll": "PHASE2", "4": "PHASE4", "iv": "PHASE4", "ⅳ": "PHASE4",
}  # fmt: skip
_ONE = r"(?:[0-4]|iii|ii|iv|i|ⅰ|ⅱ|ⅲ|ⅳ|one|two|three|ll?)"
_SAID = frozenset(("phase", "phases"))
_NUMBERED = (
    rf"\bphases?[\s(-]*(?P<first>{_ONE})(?:[\s-]?[abc])?(?![\w.%])"
    rf"(?:\s*(?:/|-|and|&|or|to)\s*(?:phase[\s-]*)?(?P<second>{_ONE})(?:[\s-]?[abc])?(?![\w.%]))?"
)
_PHASE = re.compile(_NUMBERED)
_EARLY = re.compile(rf"(?P<early>\bearly[\s-]+){_NUMBERED}")
#: What a phase number may not stand before: a dose that is found, trials in general, a period.
_NOT_BEFORE = re.compile(
    r"\s*(?:\w+ recommended|recommended|dose(?!\w|[\s-]+(?:escalat|find|expan|confirm|optimi|level|rang|de-?esc|stud|trial))"
    r"|doses\b|trials\b|studies\b|clinical (?:trials|studies)\b|of the underlying|of (?:induction|treatment)|arms?\b|data\b)"
)
#: Last word before a phase that is another trial's, a period of treatment, or a next step.
_LEADS = frozenset(
    (
        "recommended", "optimal", "induction", "consolidation", "intensification", "maintenance",
        "treatment", "subsequent", "future", "following", "later", "pivotal", "large", "larger",
        "completed", "ongoing", "previous", "prior", "earlier", "confirmatory", "support",
        "advance", "proceed", "progress", "move", "continue", "for", "before", "enter", "to", "into",
    )
)  # fmt: skip
_SKIPPED = frozenset(("a", "an", "the", "randomized", "randomised", "clinical", "controlled"))
_TRIAL = re.compile(
    r"[^.;\n|]{0,110}?\b(?:study|trial|design|investigation|research|protocol|umbrella|basket)\b"
)
#: Characters before a phase at the opening of a sentence: "- A Phase 2, open-label trial of ...".
_OPENS = 8
_STUDY = re.compile(r"[\w\s-]{0,40}?\b(?:study|trial)\b")
_DESIGN = re.compile(r" (?:study |trial )?design to\b")
_LABEL = re.compile(
    r"\(?\bphase[\s-]*(?P<first>[0-3]|iii|ii|i)[abc]?"
    r"(?:\s*(?:/|and|&)\s*(?:phase[\s-]*)?(?P<second>[0-3]|iii|ii|i)?[abc]?)?\b\s*"
    r"(?:(?:part|portion|stage|only|cohorts?|study|dose[\s-]escalation|dose[\s-]expansion|escalation|expansion|"
    r"primary|secondary|endpoints?|objective)\s*){0,3}(?:\((?!rp2d)[^()|]{1,40}\)\s*)?[:)-]"
)
_PART = re.compile(
    r"\bphase[\s-]*(?P<first>[12]|ii|i)[abc]?\)?(?:\s*(?:part|portion|stage|component|cohorts?|segment|"
    r"expansion|escalation|dose[\s-]+(?:expansion|escalation)|will\b|consists?|of (?:this|the) (?:study|trial))\b|\s*[:)])"
)


class _Mention(NamedTuple):
    levels: tuple[str, ...]
    span: Span
    sure: bool


def phases(reading: Reading) -> Iterator[Fact]:
    """Facts below `design.phases`."""
    if not reading.says(_SAID) and "phase" not in reading.low:
        return
    said = []
    for one in _mentions(reading):
        said.append(one)
        if one.sure and len(one.levels) > 1:
            break
    for one in said:
        if one.sure:
            yield _completed(reading, one, said)
            return
    parts = list(_by_parts(reading))
    named = {one.levels: one for one in said}
    if not parts and len(named) == 1:
        yield Fact("design.phases", list(said[0].levels), said[0].span)
    yield from parts


def _mentions(reading: Reading) -> Iterator[_Mention]:
    """Phases of this trial; behind a sure one only those of two phases, which may complete it."""
    found = False
    for match in _phases(reading, PROSE):
        if found and match["second"] is None:
            continue
        if _NOT_BEFORE.match(reading.low, match.end()) or _led_elsewhere(reading, match):
            continue
        field, span = reading.field_at(match.start()), Span(*match.span())
        if field == "title":
            found = True
            yield _Mention(_levels(match), span, sure=True)
            continue
        sure = match.group("second") is not None or bool(_TRIAL.match(reading.low, match.end()))
        if not sure and field != "brief_summary":
            continue
        if _of_part(reading, match) or of_another(reading, match):
            continue
        around = sentence(reading, match.start(), match.end())
        told = field != "detailed_description" or says_here(around.of(reading.low))
        weak = field == "brief_summary" and says_here(around.of(reading.low))
        if (sure and (told or span.start - around.start < _OPENS)) or (not sure and weak):
            found = found or (sure and told)
            yield _Mention(_levels(match), span, sure=sure and told)


def _phases(reading: Reading, fields: Iterable[str]) -> Iterator[re.Match[str]]:
    """Places that number a phase, "early" before it included."""
    low = reading.low
    for match in near(reading, "phase", _PHASE, (0, 40), fields):
        at = match.start()
        early = (
            _EARLY.search(low, at - 8, match.end()) if low.find("early", at - 8, at) > 0 else None
        )
        yield early or match


def _of_part(reading: Reading, match: re.Match[str]) -> bool:
    """Whether a phase names a part: "the phase 1 part", not "a phase 1 dose-escalation study"."""
    part = _PART.match(reading.low, match.start())
    return part is not None and _STUDY.match(reading.low, match.end()) is None


def _led_elsewhere(reading: Reading, match: re.Match[str]) -> bool:
    """Whether the word before a phase makes it another trial's, a period, or a next step."""
    before = reading.low[max(0, match.start() - 40) : match.start()]
    words = before.replace("(", " ").replace(",", " ").split()
    while words and words[-1] in _SKIPPED:
        words.pop()
    if not words or words[-1].rstrip("-") not in _LEADS:
        return False
    return words[-2:-1] not in (["this"], ["our"])


def _levels(match: re.Match[str]) -> tuple[str, ...]:
    said = match.groupdict()
    first, second = _LEVELS[said["first"]], said.get("second")
    if first == "PHASE1" and "early" in said:
        first = "EARLY_PHASE1"
    return (first,) if second is None else tuple(sorted({first, _LEVELS[second]}))


def _completed(reading: Reading, sure: _Mention, said: list[_Mention]) -> Fact:
    """The phases of the surest mention, with those that the record names as further parts."""
    if len(sure.levels) > 1:
        return Fact("design.phases", list(sure.levels), sure.span)
    joined = next(
        (one for one in said if one.sure and len(one.levels) > 1 and sure.levels[0] in one.levels),
        None,
    )
    if joined is not None:
        return Fact("design.phases", list(joined.levels), joined.span)
    if reading.prose.count("phase") == 1:
        return Fact("design.phases", list(sure.levels), sure.span)
    found = _parts(reading, _PART, PROSE)
    if len(found) == 2 and sure.levels[0] in found:
        other = next(span for level, span in found.items() if level != sure.levels[0])
        return _both(found, sure.span, other)
    return Fact("design.phases", list(sure.levels), sure.span)


def _by_parts(reading: Reading) -> Iterator[Fact]:
    """Phases of a record that never says "a phase 1 study" but names its parts so."""
    for match in _phases(reading, OUTCOMES) if "design" in reading.words else ():
        if _DESIGN.match(reading.low, match.end()):
            yield Fact("design.phases", list(_levels(match)), Span(*match.span()))
            return
    in_parts = reading.prose.count("phase") > 1
    for pattern, fields in (
        ((_PART, PROSE), (_LABEL, OUTCOMES)) if in_parts else ((_LABEL, OUTCOMES),)
    ):
        found = _parts(reading, pattern, fields)
        if len(found) == 2:
            first, second = found.values()
            yield _both(found, first, second)
            return
    if len(found) == 1:
        level, span = next(iter(found.items()))
        reason = "the outcomes are named by this phase and by no other"
        yield Fact("design.phases", [level], span, "inferred", reason)


def _parts(reading: Reading, pattern: re.Pattern[str], fields: Iterable[str]) -> dict[str, Span]:
    found: dict[str, Span] = {}
    for match in near(reading, "phase", pattern, (pattern is _LABEL, 70), fields):
        levels = [level for level in _levels(match) if level not in found]
        if not levels or _led_elsewhere(reading, match) or of_another(reading, match):
            continue
        found.update((level, Span(*match.span())) for level in levels)
    return found


def _both(found: Iterable[str], first: Span, second: Span) -> Fact:
    """Both phases; the quote runs from one part to the other where they stand together."""
    start, end = min(first.start, second.start), max(first.end, second.end)
    near_by = end - start <= 300
    reason = "the record names a part of the trial by each of these phases"
    span = Span(start, end) if near_by else first
    return Fact("design.phases", sorted(found), span, "inferred", reason)
