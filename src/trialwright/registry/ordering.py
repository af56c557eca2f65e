"""How components are put together: order, anchors to an event, who chooses, repetition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.expressions import number
from trialwright.registry.facts import Fact, Reading
from trialwright.registry.mentions import Member, Mention, Sentence
from trialwright.registry.view import Span

_THEN = re.compile(r"\b(?:followed by|then|subsequently)\b")
_COUNT = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|ten|twelve)"
_AFTER = re.compile(
    rf"\b(?P<n>{_COUNT}) (?P<u>day|week|month)s? (?:(?P<later>later)|(?P<rel>after|before|prior to|following) (?P<each>each |every )?)"
)
_EVENT = re.compile(
    r"(?:the |completion of |end of |last |radical |definitive )*(?P<event>surgery|radiotherapy|radiation|resection|operation|"
    r"transplant(?:ation)?|cystectomy|prostatectomy|lymphodepletion|leukapheresis)\b"
)
_CHOSEN = re.compile(
    r"\b(?:(?:determined|chosen|selected|decided) by the (?P<a>investigator|physician)s?|(?P<b>investigator|physician)(?:'s|s')? (?:choice|discretion)|"
    r"(?:guided|selected|chosen) by (?P<c>genetic testing|drug sensitivity testing|organoid\w*))\b"
)
_REPEATED = re.compile(
    r"\b(?:in |for )?(?:multiple times|multiple sessions|several sessions|repeatedly)\b"
)
_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375}


def ordering_facts(
    reading: Reading, found: Sequence[Member], said: Sequence[Sentence]
) -> Iterator[Fact]:
    """Facts `treatment.sequence`, and `anchors`, `chosen_by`, `repeated` of components."""
    said = [sentence for sentence in said if sentence.mentions]
    sequence = _sequence(reading, said)
    if sequence is not None:
        yield sequence
    yield from _anchors(reading, said, sequence)
    kinds = {member.id: member.agent.kind if member.agent else None for member in found}
    chosen: set[str] = set()
    repeated: set[str] = set()
    for sentence in said:
        for fact in _chosen(reading, sentence):
            if fact.path not in chosen:
                chosen.add(fact.path)
                yield fact
        match = _REPEATED.search(reading.low, sentence.span.start, sentence.span.end)
        for mention in sentence.mentions if match else ():
            if (
                kinds.get(mention.member) == "procedure"
                and mention.member not in repeated
                and match
            ):
                repeated.add(mention.member)
                yield Fact(
                    f"regimen.{mention.member}.repeated", value=True, span=Span(*match.span())
                )


def _sequence(reading: Reading, said: Sequence[Sentence]) -> Fact | None:
    for sentence in said:
        match = _THEN.search(reading.low, sentence.span.start, sentence.span.end)
        if match is None:
            continue
        ahead = [m for m in sentence.mentions if m.span.end <= match.start()]
        behind = [m for m in sentence.mentions if m.span.start >= match.end()]
        order = list(dict.fromkeys(m.member for m in (*ahead, *behind)))
        if ahead and behind and {m.member for m in behind} - {m.member for m in ahead}:
            span = Span(ahead[0].span.start, behind[-1].span.end)
            return Fact("treatment.sequence", order, span)
    return None


def _anchors(reading: Reading, said: Sequence[Sentence], sequence: Fact | None) -> Iterator[Fact]:
    """One anchor per component; a sentence that says "each" wins over one that does not."""
    held: dict[str, tuple[dict[str, object], Span]] = {}
    for sentence in said:
        for match in _AFTER.finditer(reading.low, sentence.span.start, sentence.span.end):
            anchor = _anchor(reading, sentence, match, sequence)
            for member in _anchored(sentence, match, anchor):
                if anchor is not None and (member not in held or anchor.get("each")):
                    held[member] = (
                        anchor,
                        Span(match.start(), _anchor_end(reading, sentence, match)),
                    )
    for member, (anchor, span) in held.items():
        yield Fact(f"regimen.{member}.anchors", [anchor], span)


def _anchor(
    reading: Reading, sentence: Sentence, match: re.Match[str], sequence: Fact | None
) -> dict[str, object] | None:
    days = round(number(match["n"]) * _DAYS[match["u"]])
    if match["later"]:
        if sequence is None or not _inside(sequence.span, sentence.span):
            return None
        order = sequence.value
        first = order[0] if isinstance(order, list) else None
        return {"event": first, "relation": "after", "offset_days": days}
    relation = "before" if match["rel"] in ("before", "prior to") else "after"
    event = _event(reading, sentence, match)
    if event is None:
        return None
    anchor: dict[str, object] = {"event": event, "relation": relation, "offset_days": days}
    return anchor | {"each": True} if match["each"] else anchor


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _event(reading: Reading, sentence: Sentence, match: re.Match[str]) -> str | None:
    near = _near(sentence, match)
    if near is not None:
        return near.member
    other = _EVENT.match(reading.low, match.end(), sentence.span.end)
    return other["event"] if other else None


def _near(sentence: Sentence, match: re.Match[str]) -> Mention | None:
    """The component named right behind "after"."""
    return next((m for m in sentence.mentions if 0 <= m.span.start - match.end() <= 20), None)


def _anchor_end(reading: Reading, sentence: Sentence, match: re.Match[str]) -> int:
    if match["later"]:
        return match.end()
    near = _near(sentence, match)
    other = _EVENT.match(reading.low, match.end(), sentence.span.end)
    return near.span.end if near else other.end() if other else match.end()


def _anchored(
    sentence: Sentence, match: re.Match[str], anchor: dict[str, object] | None
) -> list[str]:
    """Components named before the anchor in its sentence, without the event itself."""
    if anchor is None:
        return []
    names = [m.member for m in sentence.mentions if m.span.end <= match.start()]
    return [name for name in dict.fromkeys(names) if name != anchor["event"]]


def _chosen(reading: Reading, sentence: Sentence) -> Iterator[Fact]:
    for match in _CHOSEN.finditer(reading.low, sentence.span.start, sentence.span.end):
        ahead = [m for m in sentence.mentions if m.span.end <= match.start()]
        if ahead and match.start() - ahead[-1].span.end < 120:
            by = match["c"] or match["a"] or match["b"]
            yield Fact(f"regimen.{ahead[-1].member}.chosen_by", by, Span(*match.span()))
