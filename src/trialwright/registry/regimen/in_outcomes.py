"""What the outcomes say of the regimen by the way: the length of a cycle, the doses compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.facts import MOST_MATCHES, Reading
from trialwright.registry.regimen.context import Said
from trialwright.registry.regimen.members import Member, mentions
from trialwright.registry.regimen.parsing import expressions
from trialwright.registry.regimen.phrases import Expression
from trialwright.registry.view import Span

_FIELDS = ("primary_outcomes", "secondary_outcomes")
_CYCLE = re.compile(
    r"\b(?:each|every|one|a|1) (?:treatment )?cycle (?:is|=|lasts|of|duration|length)[^.;|]{0,12}\d+[ -](?:days?|weeks?)|"
    r"\bcycle 1 \((?:day 1 (?:to|through|-) (?:day )?\d\d|\d\d days)\)|\bcycles? \((?:each )?\d\d[ -]days?(?: each| per cycle| cycles?)?\)|"
    r"\b\d{1,2}[ -](?:day|week) (?:treatment )?cycles?\b|\b(?:1 )?(?:induction )?cycle of \d\d days"
)
_DAYS_OF_CYCLE = re.compile(r"\bcycle 1 \(day 1 (?:to|through|-) (?:day )?(\d\d)\)")
_DOSE = re.compile(r"\d ?(?:mg|mcg|gy)\b")
_AT_DOSES = re.compile(
    r"(?: (?:\w+[ -]){0,14}?(?:at|of)?(?: doses?| dose levels?)?(?: of)?| ?\() ?$"
)
#: A run of these is one list of dose levels.
_REACH, _NEXT = 110, 12
_AROUND = 48


def outcome_rows(reading: Reading, found: Sequence[Member]) -> Iterator[Said]:
    """Cycle lengths for all drugs, doses for the component that they follow closely."""
    low = reading.low
    for name in _FIELDS:
        field = reading.span(name)
        if "cycle" in low[field.start : field.end]:
            yield from _cycles(low, field, found)
        if _DOSE.search(low, field.start, field.end):
            yield from _doses(reading, field, found)


def _near_cycle(low: str, field: Span) -> Iterator[re.Match[str]]:
    """Matches of a cycle length, looked for around the word only."""
    at, count = low.find("cycle", field.start, field.end), 0
    while at >= 0 and count < MOST_MATCHES:
        match = _CYCLE.search(low, max(field.start, at - _AROUND), min(field.end, at + _AROUND))
        if match is not None:
            yield match
        count += 1
        at = low.find("cycle", match.end() if match else at + 1, field.end)


def _cycles(low: str, field: Span, found: Sequence[Member]) -> Iterator[Said]:
    lengths: dict[object, Expression] = {}
    for match in _near_cycle(low, field):
        last = _DAYS_OF_CYCLE.match(low, match.start())
        for one in expressions(low, match.start(), min(match.end() + 16, field.end)):
            if last and one.field == "days_in_cycle":
                lengths.setdefault(
                    int(last[1]), Expression("cycle_length_days", int(last[1]), one.span)
                )
            elif one.field == "cycle_length_days":
                lengths.setdefault(str(one.value), one)
    if len(lengths) != 1:
        return
    found_one = next(iter(lengths.values()))
    for member in found if isinstance(found_one.value, int) else ():
        if member.is_drug:
            yield Said(member.id, found_one, None, None, 10**6)


def _doses(reading: Reading, field: Span, found: Sequence[Member]) -> Iterator[Said]:
    low = reading.low
    named = mentions(reading, tuple(found), field)
    if not named:
        return
    for match in re.finditer(r"[^.;|\n]*", low[field.start : field.end]):
        start, end = field.start + match.start(), field.start + match.end()
        if end - start > 1500 or not _DOSE.search(low, start, end):
            continue
        here = [m for m in named if start <= m.span.start < end]
        if not here:
            continue
        listed = -1
        for one in expressions(low, start, end):
            before = [m for m in here if m.span.end <= one.span.start]
            if one.field != "dose" or not before:
                continue
            if one.span.start - before[-1].span.end > _REACH and one.span.start - listed > _NEXT:
                continue
            between = low[before[-1].span.end : one.span.start]
            if "dose" in between or "(" in between or len(between) < 4:
                listed = one.span.end
                yield Said(before[-1].member, one, None, None, 10**6, levels=True)
