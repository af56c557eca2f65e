"""Anchors of one sentence: what is timed, by which event, how long before or after it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.facts import Fact, Reading
from trialwright.registry.regimen.anchor_events import (
    PRIOR_THERAPY,
    STEP_REACH,
    SURGICAL,
    Anchored,
    event_at,
    named_before,
)
from trialwright.registry.regimen.anchor_times import OPENERS, beside_events, on_named_days, opening
from trialwright.registry.regimen.members import Member
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.view import Span

#: An origin that is named as a day: "from day 1 of induction chemotherapy".
_FROM_DAY = re.compile(
    r"\bfrom day (?P<n>\d{1,2}) of (?:the |each )?(?P<event>(?:re-?)?(?:[a-z-]+ )?(?:chemotherapy|radiotherapy|induction|consolidation|conditioning|chemoradiotherapy)(?: chemotherapy| therapy)?)\b"
)
#: Steps in time: "A and B followed by resection".
_STEP = re.compile(r"\bfollowed by (?:an? |the )?")
_CONCURRENT = re.compile(
    r"\b(?:concurrent|concomitant) (?P<event>(?:[a-z-]+ )?(?:radiotherapy|radiation therapy|chemoradiotherapy|chemoradiation|irradiation))\b"
)
_JOINED = re.compile(
    r"[ ,]{1,2}(?:with|and|plus|combined with|in combination with|\+) (?:an? |the )?"
)
#: Without one of these no event is named beside a component.
_BESIDE_WORDS = (
    "after", "before", "prior to", "following", "post", "preceding", "later", "during",
    "between", "concurrent", "concomitant",
)  # fmt: skip
_DAYS_ROUND = re.compile(
    r"\bday ?-(?P<a>\d{1,2}) (?:to|through|until) (?:day )?\+ ?(?P<b>\d{1,3})\b(?: (?:of|after|post|relative to) )?"
)
#: Days counted back from an event: "on days -5 to -3 prior to the infusion of X".
_DAYS_BEFORE = re.compile(
    r"\bdays? ?-(?P<a>\d{1,2})(?:[ ,]{1,2}(?:(?:to|through|and|until) )?(?:days? )?-?\d{1,2}){0,6} (?:before|prior to|preceding) (?:the )?"
)
_ADJECTIVE = re.compile(
    r"\b(?:as |receive |receiving |with |given |of |on |for |\+ )?(?P<word>neo-?adjuvant|pre-?operative|peri-?operative|post-?operative|post-surgery|intra-?operative|(?<!neo)(?<!neo-)adjuvant)\b(?! (?:complication|biops|imaging|mortalit|morbid|risk|stag|evaluat|assess|setting|chemoradio|chemotherapy was|chemotherapy is))"
)
_RELATION = {
    "neoadjuvant": "before", "preoperative": "before", "perioperative": "perioperative",
    "postoperative": "after", "adjuvant": "after", "postsurgery": "after", "intraoperative": "before",
}  # fmt: skip
_BEGIN_WEEK = re.compile(r"\b(?:beginning|starting) (?:in |at |on |from )?week (?P<n>\d{1,2})\b")
_THEN_SURGERY = re.compile(
    r"\b(?:followed by|before|prior to) (?:\w+ ){0,3}(?:surgery|resection|\w+ectomy)\b"
)


def anchored_in(
    reading: Reading, found: Sequence[Member], sentence: Sentence, sequence: Fact | None
) -> Iterator[Anchored]:
    """The anchors that a sentence gives to the components it names, in no order."""
    text = sentence.span.of(reading.low)
    if any(map(text.__contains__, _BESIDE_WORDS)):
        yield from beside_events(reading, found, sentence, sequence)
        if text.lstrip(" \n*-").startswith(OPENERS):
            yield from opening(reading, found, sentence)
    if "day" in text:
        yield from on_named_days(reading, found, sentence)
    if "adjuvant" in text or "operative" in text or "post-surgery" in text:
        yield from _adjectives(reading.low, found, sentence)
    if "followed by" in text:
        yield from _steps(reading.low, found, sentence)
    if "concurrent" in text or "concomitant" in text:
        yield from _concurrent(reading.low, found, sentence)
    if "day" in text:
        yield from _from_days(reading.low, found, sentence)
    if " week " in text:
        yield from _beginning(reading.low, sentence)


def _from_days(low: str, found: Sequence[Member], sentence: Sentence) -> Iterator[Anchored]:
    """Anchors that are named as days: "from day 1 of", "day -7 to day +21 of"."""
    start, end = sentence.span.start, sentence.span.end
    for match in _FROM_DAY.finditer(low, start, end):
        names = named_before(sentence, match.start(), match["event"], found)
        if names:
            origin: dict[str, object] = {
                "event": match["event"], "relation": "from", "offset_days": int(match["n"]) - 1,
            }  # fmt: skip
            yield Anchored(names, origin, Span(*match.span()))
    for match in _DAYS_BEFORE.finditer(low, start, end):
        place = event_at(sentence, low, match.end())
        names = named_before(sentence, match.start(), place[0], found) if place else ()
        if place and names:
            ahead: dict[str, object] = {
                "event": place[0], "relation": "before", "offset_days": int(match["a"]),
            }  # fmt: skip
            yield Anchored(names[-1:], ahead, Span(match.start(), place[1]))
    for match in _DAYS_ROUND.finditer(low, start, end):
        place = event_at(sentence, low, match.end())
        event = place[0] if place else _only_procedure(found)
        names = named_before(sentence, match.start(), str(event), found)
        if event and names:
            before: dict[str, object] = {
                "event": event,
                "relation": "before",
                "offset_days": int(match["a"]),
            }
            yield Anchored(names, before, Span(*match.span()))


def _beginning(low: str, sentence: Sentence) -> Iterator[Anchored]:
    """A week of treatment in which components begin: "beginning in week 3"."""
    for match in _BEGIN_WEEK.finditer(low, sentence.span.start, sentence.span.end):
        weeks = int(match["n"]) - 1
        names = tuple(
            dict.fromkeys(m.member for m in sentence.mentions if m.span.start >= match.end())
        )
        if weeks > 0 and names:
            yield Anchored(
                names,
                {"event": "treatment start", "relation": "after", "offset_days": weeks * 7},
                Span(*match.span()),
            )


def _steps(low: str, found: Sequence[Member], sentence: Sentence) -> Iterator[Anchored]:
    """Drugs before the procedure that follows them: "A and B followed by resection"."""
    start, end = sentence.span.start, sentence.span.end
    kinds = {m.id: m.kind for m in found}
    for match in _STEP.finditer(low, start, end):
        near = [
            m.member
            for m in sentence.mentions
            if kinds[m.member] == "drug" and 0 <= match.start() - m.span.end < STEP_REACH
        ]
        names = tuple(dict.fromkeys(near))
        place = event_at(sentence, low, match.end())
        if not names or place is None or PRIOR_THERAPY.search(low, start, match.start()):
            continue
        event, stop = place
        if kinds.get(event) in ("drug", "radiation"):
            continue
        span = Span(match.start(), stop)
        yield Anchored(names, {"event": event, "relation": "before", "offset_days": None}, span)


def _concurrent(low: str, found: Sequence[Member], sentence: Sentence) -> Iterator[Anchored]:
    """Drugs beside irradiation: "concurrent radiotherapy with X", "X and concurrent radiotherapy"."""
    drugs = {m.id for m in found if m.is_drug}
    for match in _CONCURRENT.finditer(low, sentence.span.start, sentence.span.end):
        names = tuple(
            dict.fromkeys(
                m.member
                for m in sentence.mentions
                if m.member in drugs
                and (
                    (
                        m.span.start > match.end()
                        and _JOINED.fullmatch(low, match.end(), m.span.start)
                    )
                    or (
                        m.span.end < match.start()
                        and _JOINED.fullmatch(low, m.span.end, match.start())
                    )
                )
            )
        )
        if names:
            anchor: dict[str, object] = {
                "event": match["event"], "relation": "concurrent", "offset_days": 0,
            }  # fmt: skip
            yield Anchored(names, anchor, Span(*match.span()))


def _adjectives(low: str, found: Sequence[Member], sentence: Sentence) -> Iterator[Anchored]:
    """Words such as "preoperative"; "neoadjuvant" where an operation is named or listed."""
    start, end = sentence.span.start, sentence.span.end
    drugs = tuple(m.id for m in found if m.is_drug)
    operated = any(m.id.endswith(SURGICAL) for m in found)
    for match in _ADJECTIVE.finditer(low, start, end):
        if PRIOR_THERAPY.search(low, start, match.start()):
            continue
        word = match["word"].replace("-", "")
        told = word != "adjuvant" and _THEN_SURGERY.search(low, match.end(), end) is not None
        if word.endswith("adjuvant") and not operated and not told:
            continue
        names = _beside(sentence, match, drugs)
        if names:
            relation = _RELATION[word]
            anchor: dict[str, object] = {"event": "surgery", "relation": relation}
            yield Anchored(names, anchor, Span(match.start("word"), match.end()))


def _only_procedure(found: Sequence[Member]) -> str | None:
    """The procedure whose day is day 0, if there is just one."""
    names = [m.id for m in found if m.kind == "procedure"]
    return names[0] if len(names) == 1 else None


def _beside(sentence: Sentence, match: re.Match[str], drugs: tuple[str, ...]) -> tuple[str, ...]:
    """Drugs named within reach of an adjective such as "neoadjuvant"."""
    near = [
        m.member
        for m in sentence.mentions
        if m.member in drugs and -110 < m.span.start - match.end() < 60
    ]
    return tuple(dict.fromkeys(near))
