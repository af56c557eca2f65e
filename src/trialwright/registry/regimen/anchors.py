"""Components that are timed by an event: "one week after each ablation", "neoadjuvant"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from trialwright.registry.facts import Fact, Reading
from trialwright.registry.regimen.anchor_events import Anchored
from trialwright.registry.regimen.anchor_phrases import anchored_in
from trialwright.registry.regimen.assembly import half_of
from trialwright.registry.regimen.members import Member
from trialwright.registry.regimen.sentences import Sentence
from trialwright.registry.regimen.silence import is_silent
from trialwright.registry.view import Span

_SHORT_EVENTS = dict.fromkeys(
    ("hct", "hsct", "allo-hsct", "allohsct"), "hematopoietic cell transplant"
)
_THEN = re.compile(r"\b(?:followed by|then|subsequently)\b")
_THEN_WORDS = frozenset(("followed", "then", "subsequently"))
#: Without one of these a sentence times nothing by an event.
_HINTS = (
    "after", "before", "prior", "following", "followed", "later", "operative", "adjuvant", "concurrent",
    "between", "post", "beginning", "starting", "concomitant", "during", "preceding", "day -", "day-", "from day ",
    "day of ", "same day ",
)  # fmt: skip


def sequence_fact(reading: Reading, said: Sequence[Sentence]) -> Fact | None:
    """The order of the components, from "A followed by B"."""
    for sentence in () if reading.words.isdisjoint(_THEN_WORDS) else said:
        if len(sentence.mentions) < 2:
            continue
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


def anchor_facts(
    reading: Reading,
    found: Sequence[Member],
    said: Sequence[Sentence],
    sequence: Fact | None,
    names: Mapping[str, Sequence[tuple[str | None, str]]],
) -> Iterator[Fact]:
    """One list of anchors a component; a timed one wins, "each" wins over one without."""
    held: dict[str, Anchored] = {}
    for sentence in said:
        low, span = reading.low, sentence.span
        if (
            sentence.criteria
            or not sentence.mentions
            or not any(map(low[span.start : span.end].__contains__, _HINTS))
        ):
            continue
        if is_silent(low, span.start, span.end):
            continue
        for one in anchored_in(reading, found, sentence, sequence):
            for member in one.members:
                entry = _entry(names[member], one)
                if entry not in held or _better(one, held[entry]):
                    held[entry] = one
    for entry, one in held.items():
        anchor = one.anchor | {"event": _event_name(str(one.anchor["event"]))}
        yield Fact(f"regimen.{entry}.anchors", [anchor], one.span)


def _event_name(event: str) -> str:
    """An event in one form: every transplant is called so."""
    if event in _SHORT_EVENTS:
        return _SHORT_EVENTS[event]
    return event.replace("transplantation", "transplant") if event.endswith("ation") else event


def _entry(entries: Sequence[tuple[str | None, str]], one: Anchored) -> str:
    """The identifier of the entry that an anchor belongs to: the later one if treatment has begun."""
    if one.anchor["event"] == "treatment start":
        later = [name for label, name in entries if label and label.startswith(("begin", "start"))]
        return later[0] if later else entries[0][1]
    if one.begins:
        return next(
            (n for label, n in entries if label and label.startswith(("begin", "start"))),
            entries[0][1],
        )
    half = {"after": "after", "before": "before"}.get(str(one.anchor["relation"]))
    return next((name for label, name in entries if half and half_of(label) == half), entries[0][1])


def _better(one: Anchored, other: Anchored) -> bool:
    beside = one.anchor["relation"] == "concurrent", other.anchor["relation"] == "concurrent"
    if any(beside):
        return not beside[0]
    if one.anchor.get("each") and not other.anchor.get("each"):
        return True
    return one.anchor.get("offset_days") is not None and other.anchor.get("offset_days") is None
