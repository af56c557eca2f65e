"""Anchors of a time or a side: "2 weeks after X", "the day before X", "Following X, ...", "after X"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.expressions import number
from trialwright.registry.facts import Fact, Reading
from trialwright.registry.regimen.anchor_days import named_days
from trialwright.registry.regimen.anchor_events import (
    EVENT,
    PRIOR_THERAPY,
    STEP_REACH,
    Anchored,
    drugs_behind,
    event_at,
    named_before,
)
from trialwright.registry.regimen.members import Member
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.regimen.silence import GIVEN, TREATMENT, of_assessment
from trialwright.registry.view import Span

#: "you will receive chemotherapy within 24 hours after the first dose of X": X comes before it.
_OTHER_FIRST = re.compile(
    r"\b(?P<event>chemotherapy|radiotherapy|surgery|transplant(?:ation)?)(?: (?:will|is|begins?|starts?|given|start|be)){0,3} (?:within |about |approximately |at least )?$"
)
_COUNT = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
#: A sentence that an event opens begins with one of these.
OPENERS = ("after ", "following ", "before ", "prior to ")
#: An event that opens a sentence about what is given next to it.
_OPENING = re.compile(
    r"\W{0,4}(?P<rel>after|following|before|prior to) (?:(?:the|their|completion|completing|of|definitive|radical|curative) ){0,3}"
    r"(?P<event>surgery|operation|(?:surgical )?resection|[a-z]+ectomy|(?:stem cell )?transplant(?:ation)?)\b,? "
)
_GIVEN_BEHIND = re.compile(
    r"(?:patients|participants|subjects|they|adjuvant|maintenance|all|the|each|eligible|these|may|will|should|also|then|[ ,]){0,12}(?:receive|be given|be treated|get|start|continue|take|undergo)"
)
_TIMED = re.compile(
    rf"\b(?P<n>{_COUNT})(?: ?(?:-|to) ?(?P<m>\d{{1,3}}))?[ -]?(?:full |whole )?(?P<u>day|week|month|hour|hr|h)s? "
    r"(?:(?P<later>later)|(?P<rel>after|before|prior to|following|post|preceding) (?P<each>each |every )?)"
)
_BARE = re.compile(
    r"\b(?P<rel>after|before|prior to|following|post|during|concurrent(?:ly)? with|concomitant(?:ly)? with|(?:in )?between) (?P<each>each |every )?"
)
_RADIATION = re.compile(
    r"(?:the |thoracic |concurrent )*(?P<event>radiotherapy|radiation therapy|irradiation|chemoradiotherapy|rt)\b"
)
_NOT_GIVEN = re.compile(
    r"\bnot (?:be )?(?:given|administered|allowed|permitted|received?|started?|resumed?)\b[^.;,]{0,40}$"
)
#: "before and after X", "before X and after X" is no one side of it.
_BOTH_SIDES = (
    "before and ",
    "before or ",
    "before, during, and ",
    "before, during and ",
    "prior to and ",
)
_SIDE_BEFORE = re.compile(r"\b(?:before|prior to|after|during) [^.,;]{1,40} (?:and|or|and/or) $")
_AND_THEN = (" and after", " and before", " or after", " or before", " and/or after")
#: What comes of treatment, not treatment: "outcome after transplant".
_RESULT = re.compile(r"\boutcomes? $")
#: A drug that is stopped before a procedure is not given then.
_HELD = re.compile(
    r"\b(?:stop(?:ped|s)?|discontinu\w+|withh(?:eld|old)|held|interrupt\w*|suspend\w*|pause[ds]?|ceased?|omitted)\b[^.;]{0,40}$"
)
#: Words before a time that is the longest or shortest one, not the time itself.
_BOUND = re.compile(
    r"\b(?:up to|within|at least|no (?:more|less|later) than|at most|maximum of|a minimum of|minimum) $"
)
_BEGINS = re.compile(r"\b(?:beginning|starting) (?:within |about |approximately |at least )?$")
_UNDERGO = re.compile(
    r"[ ,]{0,2}(?:(?:the|patients|participants|subjects|they|who|will|then) ){0,3}(?:undergo(?:es)?|have|receive) "
)
#: Hours that are whole days up to this part of a day.
_PART_OF_DAY = 0.01
#: Without one of these a sentence tells no time beside an event.
_TIME_WORDS = (
    "day",
    "week",
    "month",
    "hour",
    "hr",
    "h after",
    "h before",
    "h prior",
    "h post",
    "h foll",
)
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "hour": 1 / 24, "hr": 1 / 24, "h": 1 / 24}


def beside_events(
    reading: Reading, found: Sequence[Member], sentence: Sentence, sequence: Fact | None
) -> Iterator[Anchored]:
    """Anchors of words such as "after", with a time before them or without."""
    low, start, end = reading.low, sentence.span.start, sentence.span.end
    taken: list[int] = []
    timed = any(map(sentence.span.of(low).__contains__, _TIME_WORDS))
    denied = low.find("not ", start, end) >= 0
    for match in _TIMED.finditer(low, start, end) if timed else ():
        taken.append(match.end())
        yield from _timed(reading, found, sentence, match, sequence)
    for match in _BARE.finditer(low, start, end):
        if match.end() in taken or PRIOR_THERAPY.search(low, start, match.start()):
            continue
        if low.endswith(_BOTH_SIDES, start, match.start()) or (
            denied and _NOT_GIVEN.search(low, start, match.start())
        ):
            continue
        yield from _bare(reading, found, sentence, match)


def on_named_days(
    reading: Reading, found: Sequence[Member], sentence: Sentence
) -> Iterator[Anchored]:
    """Anchors of "on the day of HAIC", "the day before surgery", "the third day after TACE"."""
    low, start = reading.low, sentence.span.start
    for day in named_days(low, start, sentence.span.end):
        place = event_at(sentence, low, day.event_at)
        if place is None or PRIOR_THERAPY.search(low, start, day.start):
            continue
        event, stop = place
        names = named_before(sentence, day.start, event, found)
        if not names or of_assessment(low, start, day.start) or _HELD.search(low, start, day.start):
            continue
        anchor: dict[str, object] = {
            "event": event, "relation": day.relation, "offset_days": day.offset_days,
        }  # fmt: skip
        if day.each:
            anchor["each"] = True
        yield Anchored(names, anchor, Span(day.start, stop))


def opening(reading: Reading, found: Sequence[Member], sentence: Sentence) -> Iterator[Anchored]:
    """Drugs behind an event that opens their sentence: "Following surgery, patients receive X"."""
    low = reading.low
    match = _OPENING.match(low, sentence.span.start, sentence.span.end)
    if match is None:
        return
    names = drugs_behind(sentence, match.end(), match["event"], found)
    if names and _GIVEN_BEHIND.match(low, match.end(), sentence.span.end):
        relation = "after" if match["rel"] in ("after", "following") else "before"
        anchor: dict[str, object] = {
            "event": match["event"], "relation": relation, "offset_days": None,
        }  # fmt: skip
        yield Anchored(names, anchor, Span(match.start("rel"), match.end("event")))


def _timed(
    reading: Reading,
    found: Sequence[Member],
    sentence: Sentence,
    match: re.Match[str],
    sequence: Fact | None,
) -> Iterator[Anchored]:
    low, start = reading.low, sentence.span.start
    time = number(match["n"]) * _DAYS[match["u"]]
    days = round(time)
    if match["later"]:
        if sequence is not None and _inside(sequence.span, sentence.span):
            yield from _later(sentence, match, days)
        else:
            yield from _then_done(low, found, sentence, match, days)
        return
    place = event_at(sentence, low, match.end())
    if place is None or PRIOR_THERAPY.search(low, start, match.start()):
        return
    event, stop = place
    relation = "before" if match["rel"] in ("before", "prior to", "preceding") else "after"
    ranged = bool(match["m"]) or _BOUND.search(low, max(start, match.start() - 24), match.start())
    offset = None if ranged or abs(time - days) > _PART_OF_DAY else days
    anchor: dict[str, object] = {"event": event, "relation": relation, "offset_days": offset}
    if match["each"]:
        anchor["each"] = True
    if of_assessment(low, start, match.start()):
        return
    names = named_before(sentence, match.start(), str(event), found)
    other = _OTHER_FIRST.search(low, max(start, match.start() - 60), match.start())
    if other is not None and not names and relation == "after" and event in {m.id for m in found}:
        anchor = {"event": other["event"], "relation": "before", "offset_days": offset}
        yield Anchored((event,), anchor, Span(other.start(), stop))
        return
    begins = _BEGINS.search(low, start, match.start()) is not None
    if relation == "before" and _HELD.search(low, start, match.start()):
        return
    if not names and (match.start() - start < 30 or TREATMENT.search(low, start, match.start())):
        names = drugs_behind(sentence, match.end(), str(event), found)
    if names:
        yield Anchored(names, anchor, Span(match.start(), stop), begins)


def _then_done(
    low: str, found: Sequence[Member], sentence: Sentence, match: re.Match[str], days: int
) -> Iterator[Anchored]:
    """Drugs before the operation that follows them: "X, and 14 days later undergo resection"."""
    verb = _UNDERGO.match(low, match.end(), sentence.span.end)
    other = EVENT.match(low, verb.end(), sentence.span.end) if verb is not None else None
    drugs = {m.id for m in found if m.is_drug}
    names = tuple(
        dict.fromkeys(
            m.member for m in sentence.mentions if m.member in drugs and m.span.end <= match.start()
        )
    )
    if other is not None and names:
        offset = None if match["m"] else days
        anchor: dict[str, object] = {
            "event": other["event"], "relation": "before", "offset_days": offset,
        }  # fmt: skip
        yield Anchored(names, anchor, Span(match.start(), other.end()))


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
        ahead = named_before(sentence, match.start(), near.member, found)
    else:
        last = max(
            (m.span.end for m in sentence.mentions if m.span.end <= match.start()), default=None
        )
        if last is None or match.start() - last > 150:
            return
        pattern = _RADIATION if relation == "concurrent" else EVENT
        other = pattern.match(low, match.end(), sentence.span.end)
        done = _done(found, sentence, low, match) if other is None else None
        if other is not None:
            event, stop = other["event"], other.end()
        elif done is not None and relation != "concurrent":
            event, stop = done
            if low.startswith(_AND_THEN, stop) or _SIDE_BEFORE.search(
                low, max(sentence.span.start, match.start() - STEP_REACH), match.start()
            ):
                return
        else:
            return
        ahead = named_before(sentence, match.start(), event, found)
        if of_assessment(low, last, match.start()) or _RESULT.search(low, last, match.start()):
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


def _done(
    found: Sequence[Member], sentence: Sentence, low: str, match: re.Match[str]
) -> tuple[str, int] | None:
    """The procedure or irradiation of the regimen that is named right behind "after"."""
    local = {m.id for m in found if m.kind in ("procedure", "radiation")}
    if not local or not GIVEN.search(low, sentence.span.start, match.start()):
        return None
    place = event_at(sentence, low, match.end())
    return place if place is not None and place[0] in local else None


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
