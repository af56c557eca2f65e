"""Anchors of one sentence: what is timed, by which event, how long before or after it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trialwright.registry.expressions import number
from trialwright.registry.facts import Fact, Reading
from trialwright.registry.regimen.members import Member, Mention
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.regimen.silence import TREATMENT, of_assessment
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
#: "you will receive chemotherapy within 24 hours after the first dose of X": X comes before it.
_OTHER_FIRST = re.compile(
    r"\b(?P<event>chemotherapy|radiotherapy|surgery|transplant(?:ation)?)(?: (?:will|is|begins?|starts?|given|start|be)){0,3} (?:within |about |approximately |at least )?$"
)
#: Most characters between the names of two steps.
_STEP_REACH = 70
_COUNT = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_TIMED = re.compile(
    rf"\b(?P<n>{_COUNT})(?: ?(?:-|to) ?(?P<m>\d{{1,3}}))?[ -](?P<u>day|week|month|hour|hr)s? "
    r"(?:(?P<later>later)|(?P<rel>after|before|prior to|following|post|preceding) (?P<each>each |every )?)"
)
_BARE = re.compile(
    r"\b(?P<rel>after|before|prior to|following|post|during|concurrent(?:ly)? with|concomitant(?:ly)? with|(?:in )?between) (?P<each>each |every )?"
)
#: Without one of these no event is named beside a component.
_BESIDE_WORDS = (
    "after", "before", "prior to", "following", "post", "preceding", "later", "during",
    "between", "concurrent", "concomitant",
)  # fmt: skip
_EVENT = re.compile(
    r"(?:the |their |undergoing |receiving |completion of |completing |start of |end of |initiation of |last |radical |definitive |curative |a |an )*"
    r"(?P<event>(?:(?:allogeneic|autologous|ha?ematopoietic|stem|cell|bone|marrow|progenitor) ){0,4}(?:[a-z]+ )?(?:surgery|resection|prostatectomy|cystectomy|nephrectomy|hepatectomy|gastrectomy|esophagectomy|transplant(?:ation)?|allo-?hsct|hsct|hct)|"
    r"operation|lymphodepletion|pre-?treatment|pre-?conditioning|conditioning(?: chemotherapy| regimen)?|definitive (?:local )?(?:treatment|therapy)|lymphodepleting chemotherapy|leukapheresis|curative local therapy|local therapy|ablation)\b"
)
_RADIATION = re.compile(
    r"(?:the |thoracic |concurrent )*(?P<event>radiotherapy|radiation therapy|irradiation|chemoradiotherapy|rt)\b"
)
_DAYS_ROUND = re.compile(
    r"\bday ?-(?P<a>\d{1,2}) (?:to|through|until) (?:day )?\+ ?(?P<b>\d{1,3})\b(?: (?:of|after|post|relative to) )?"
)
#: Events that count only with a time: many a patient had them before.
_TIMED_EVENT = re.compile(
    r"(?:the |their |completion of |completing |start of |end of |initiation of |concurrent |definitive |last (?:dose|fraction|cycle) of )*"
    r"(?P<event>(?:[a-z]+ )?(?:radiotherapy|radiation therapy|chemoradiotherapy|chemoradiation|brachytherapy|chemotherapy|irradiation))\b"
)
_ADJECTIVE = re.compile(
    r"\b(?:as |receive |receiving |with |given |of |on |for |\+ )?(?P<word>neo-?adjuvant|pre-?operative|peri-?operative|post-?operative|post-surgery|intra-?operative|(?<!neo)(?<!neo-)adjuvant)\b(?! (?:complication|biops|imaging|mortalit|morbid|risk|stag|evaluat|assess|setting|chemoradio|chemotherapy was|chemotherapy is))"
)
_RELATION = {
    "neoadjuvant": "before", "preoperative": "before", "perioperative": "perioperative",
    "postoperative": "after", "adjuvant": "after", "postsurgery": "after", "intraoperative": "before",
}  # fmt: skip
_NOT_THE_EVENT = re.compile(
    r" (?:planning|simulation|response|scan|imaging|biops|resistance|failure|progress)"
)
_SURGICAL = ("surgery", "ectomy", "resection")
#: Words before a time that is the longest or shortest one, not the time itself.
_BOUND = re.compile(
    r"\b(?:up to|within|at least|no (?:more|less|later) than|at most|maximum of|a minimum of|minimum) $"
)
_BEGINS = re.compile(r"\b(?:beginning|starting) (?:within |about |approximately |at least )?$")
_BEGIN_WEEK = re.compile(r"\b(?:beginning|starting) (?:in |at |on |from )?week (?P<n>\d{1,2})\b")
_THEN_SURGERY = re.compile(
    r"\b(?:followed by|before|prior to) (?:\w+ ){0,3}(?:surgery|resection|\w+ectomy)\b"
)
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "hour": 0.0, "hr": 0.0}
_PRIOR_THERAPY = re.compile(
    r"\b(?:progress\w*|recurren\w*|relaps\w*|fail\w*|refractory|resistan\w*|respond\w*|eligib(?:ility|le (?:for|if))|residual|previous\w*|prior (?:to this|therap|treat)|remission|dysfunction|incontinence|symptoms|induced|caused|who|continues?|developed|persist\w*)\b[^.,;]{0,60}$"
)


@dataclass(frozen=True, slots=True)
class Anchored:
    """An anchor with the components that it times."""

    members: tuple[str, ...]
    anchor: dict[str, object]
    span: Span
    begins: bool = False


def anchored_in(
    reading: Reading, found: Sequence[Member], sentence: Sentence, sequence: Fact | None
) -> Iterator[Anchored]:
    """The anchors that a sentence gives to the components it names, in no order."""
    text = sentence.span.of(reading.low)
    if any(map(text.__contains__, _BESIDE_WORDS)):
        yield from _beside_events(reading, found, sentence, sequence)
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


def _beside_events(
    reading: Reading, found: Sequence[Member], sentence: Sentence, sequence: Fact | None
) -> Iterator[Anchored]:
    """Anchors of words such as "after", with a time before them or without."""
    low, start, end = reading.low, sentence.span.start, sentence.span.end
    taken: list[int] = []
    timed = any(map(sentence.span.of(low).__contains__, _DAYS))
    for match in _TIMED.finditer(low, start, end) if timed else ():
        taken.append(match.end())
        yield from _timed(reading, found, sentence, match, sequence)
    for match in _BARE.finditer(low, start, end):
        if match.end() in taken or _PRIOR_THERAPY.search(low, start, match.start()):
            continue
        yield from _bare(reading, found, sentence, match)


def _from_days(low: str, found: Sequence[Member], sentence: Sentence) -> Iterator[Anchored]:
    """Anchors that are named as days: "from day 1 of", "day -7 to day +21 of"."""
    start, end = sentence.span.start, sentence.span.end
    for match in _FROM_DAY.finditer(low, start, end):
        names = _anchored(sentence, match.start(), match["event"], found)
        if names:
            origin: dict[str, object] = {
                "event": match["event"], "relation": "from", "offset_days": int(match["n"]) - 1,
            }  # fmt: skip
            yield Anchored(names, origin, Span(*match.span()))
    for match in _DAYS_ROUND.finditer(low, start, end):
        place = _event(sentence, low, match.end())
        event = place[0] if place else _only_procedure(found)
        names = _anchored(sentence, match.start(), str(event), found)
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
            if kinds[m.member] == "drug" and 0 <= match.start() - m.span.end < _STEP_REACH
        ]
        names = tuple(dict.fromkeys(near))
        place = _event(sentence, low, match.end())
        if not names or place is None or _PRIOR_THERAPY.search(low, start, match.start()):
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
    operated = any(m.id.endswith(_SURGICAL) for m in found)
    for match in _ADJECTIVE.finditer(low, start, end):
        if _PRIOR_THERAPY.search(low, start, match.start()):
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


def _timed(
    reading: Reading,
    found: Sequence[Member],
    sentence: Sentence,
    match: re.Match[str],
    sequence: Fact | None,
) -> Iterator[Anchored]:
    low, start = reading.low, sentence.span.start
    hours = match["u"] in ("hour", "hr")
    days = round(number(match["n"]) * _DAYS[match["u"]])
    if match["later"]:
        if sequence is not None and _inside(sequence.span, sentence.span):
            yield from _later(sentence, match, days)
        return
    place = _event(sentence, low, match.end())
    if place is None or _PRIOR_THERAPY.search(low, start, match.start()):
        return
    event, stop = place
    relation = "before" if match["rel"] in ("before", "prior to", "preceding") else "after"
    ranged = bool(match["m"]) or _BOUND.search(low, max(start, match.start() - 24), match.start())
    offset = None if hours or ranged else days
    anchor: dict[str, object] = {"event": event, "relation": relation, "offset_days": offset}
    if match["each"]:
        anchor["each"] = True
    if of_assessment(low, start, match.start()):
        return
    names = _anchored(sentence, match.start(), str(event), found)
    other = _OTHER_FIRST.search(low, max(start, match.start() - 60), match.start())
    if other is not None and not names and relation == "after" and event in {m.id for m in found}:
        anchor = {"event": other["event"], "relation": "before", "offset_days": offset}
        yield Anchored((event,), anchor, Span(other.start(), stop))
        return
    begins = _BEGINS.search(low, start, match.start()) is not None
    if not names and (match.start() - start < 30 or TREATMENT.search(low, start, match.start())):
        names = _those_behind(sentence, match.end(), str(event), found)
    if names:
        yield Anchored(names, anchor, Span(match.start(), stop), begins)


def _later(sentence: Sentence, match: re.Match[str], days: int) -> Iterator[Anchored]:
    """The last name before "6 weeks later", timed by the name before it."""
    pair = [m.member for m in sentence.mentions if m.span.end <= match.start()][-2:]
    if len(set(pair)) == 2:
        anchor: dict[str, object] = {"event": pair[0], "relation": "after", "offset_days": days}
        yield Anchored((pair[1],), anchor, Span(*match.span()))


def _bare(
    reading: Reading, found: Sequence[Member], sentence: Sentence, match: re.Match[str]
) -> Iterator[Anchored]:
    """An event without a time: "after lymphodepletion", "between temozolomide cycles"."""
    low = reading.low
    word = match["rel"]
    relation = {"after": "after", "following": "after", "post": "after"}.get(word, "before")
    if "conc" in word or word == "during":
        relation = "concurrent"
    event: str
    if "between" in word:
        near = next((m for m in sentence.mentions if 0 <= m.span.start - match.end() <= 12), None)
        cycles = near and re.match(
            r"(?: \([^()]{1,20}\))? cycles?\b", low[near.span.end : near.span.end + 32]
        )
        if near is None or not cycles:
            return
        relation, event, stop = "between", f"{near.member.replace('_', ' ')} cycles", near.span.end
        ahead = _anchored(sentence, match.start(), near.member, found)
    else:
        pattern = _RADIATION if relation == "concurrent" else _EVENT
        other = pattern.match(low, match.end(), sentence.span.end)
        if other is None:
            return
        event, stop = other["event"], other.end()
        ahead = _anchored(sentence, match.start(), event, found)
        last = max(
            (m.span.end for m in sentence.mentions if m.span.end <= match.start()), default=None
        )
        if last is None or match.start() - last > 150:
            return
        if of_assessment(low, last, match.start()):
            return
    if ahead:
        yield Anchored(
            ahead,
            {
                "event": event,
                "relation": relation,
                "offset_days": 0 if relation == "concurrent" else None,
            },
            Span(match.start(), stop),
        )


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _event(sentence: Sentence, low: str, at: int) -> tuple[str, int] | None:
    """The event behind "after": a component, or an event of the vocabulary; and where it ends."""
    near: Mention | None = next(
        (
            m
            for m in sentence.mentions
            if 0 <= m.span.start - at <= 24 and "last dose" not in low[at : m.span.start]
        ),
        None,
    )
    if near is not None:
        if _NOT_THE_EVENT.match(low, near.span.end):
            return None
        return near.member, near.span.end
    other = _EVENT.match(low, at, sentence.span.end) or _TIMED_EVENT.match(
        low, at, sentence.span.end
    )
    return (other["event"], other.end()) if other else None


def _anchored(sentence: Sentence, at: int, event: str, found: Sequence[Member]) -> tuple[str, ...]:
    """Components named before the anchor in its sentence, without the event itself."""
    kinds = {m.id: m for m in found}
    names = [m.member for m in sentence.mentions if m.span.end <= at]
    same = set(event.split("_")) | set(event.split(" "))
    return tuple(
        name
        for name in dict.fromkeys(names)
        if name != event
        and not (name.endswith(_SURGICAL) and event.endswith(_SURGICAL))
        and not (kinds[name].kind != "drug" and same & set(name.split("_")))
    )


def _those_behind(
    sentence: Sentence, at: int, event: str, found: Sequence[Member]
) -> tuple[str, ...]:
    """Components named behind an anchor that opens its sentence."""
    drugs = {m.id for m in found if m.is_drug}
    names = [m.member for m in sentence.mentions if m.span.start >= at]
    return tuple(n for n in dict.fromkeys(names) if n != event and n in drugs)
