"""What the outcomes say of the regimen by the way: the length of a cycle, the doses compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.agent_names import class_of
from trialwright.registry.facts import MOST_MATCHES, Fact, Reading
from trialwright.registry.regimen.context import OF_OUTCOMES, OF_WHOLE, Said
from trialwright.registry.regimen.members import Member, mentions
from trialwright.registry.regimen.parsing import expressions
from trialwright.registry.regimen.phrases import Expression
from trialwright.registry.view import Span

_FIELDS = ("primary_outcomes", "secondary_outcomes")
_CYCLE = re.compile(
    r"\b(?:each|every|one|a|1) (?:treatment )?(?:cycle|course) (?:is|=|lasts|of|duration|length)[^.;|]{0,12}\d+[ -](?:days?|weeks?)|"
    r"\bcycle 1 \((?:day 1 (?:to|through|-) (?:day )?\d\d|\d\d days)\)|\bcycles? \((?:each )?\d\d[ -]days?(?: each| per cycle| cycles?)?\)|"
    r"\b\d\d ?-?days? ?(?:/|per ) ?cycle\b|"
    r"\bcycle length (?:is |of |= ?|: ?)\d\d days\b|"
    r"\b\d{1,2}[ -](?:day|week) (?:treatment )?cycles?\b|\b(?:1 )?(?:induction )?cycle of \d\d days"
)
_DAYS_OF_CYCLE = re.compile(r"\bcycle 1 \(day 1 (?:to|through|-) (?:day )?(\d\d)\)")
#: A cycle of one component.
_CYCLE_OF = re.compile(r"\bcycles? of (?:the )?")
#: Cycles of one period of treatment are not those of the others.
_OF_PERIOD = re.compile(r"\b(?:consolidation|maintenance|intensification|extension)\b")
_BESIDE_CLASSES = frozenset(("supportive", "therapy, not named", "chemotherapy, regimen not named"))
_OWN_CLOCK = (
    "folf", "mfolf", "cap_ox", "capox", "xelox", "capiri", "gemox", "chop", "r_chop", "abvd",
    "predniso", "methylpredniso", "dexamethasone", "hydrocortisone", "intrathecal",
)  # fmt: skip
#: Behind the word "cycle", or before it, stands one of these where its length is told.
_BEHIND_CYCLE = (
    " is", " =", " lasts", " of", " duration", " length", " 1 (", " (", "s (",
)  # fmt: skip
#: More drugs than this are several regimens with clocks of their own: the first one is studied.
_MOST_OF_A_REGIMEN = 6
_HEADS = ("cycle", "course")
_BEFORE_CYCLE = ("/", "/ ", "per ", "per  ", "day ", "week ", "treatment ")
#: Without one of these words no dose is told.
_UNITS = frozenset(("mg", "mcg", "gy"))
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
    dosed = reading.says(_UNITS)
    for name in _FIELDS:
        field = reading.span(name)
        if any(low.find(word, field.start, field.end) >= 0 for word in _HEADS):
            yield from _cycles(reading, field, found)
        if dosed:
            yield from _doses(reading, field, found)


def _near_cycle(low: str, field: Span) -> Iterator[re.Match[str]]:
    """Matches of a cycle length, looked for around its words only."""
    for word in _HEADS:
        at, count = low.find(word, field.start, field.end), 0
        while at >= 0 and count < MOST_MATCHES:
            match = None
            if low.startswith(_BEHIND_CYCLE, at + len(word)) or low.endswith(_BEFORE_CYCLE, 0, at):
                start, end = max(field.start, at - _AROUND), min(field.end, at + _AROUND)
                match = _CYCLE.search(low, start, end)
            if match is not None:
                yield match
            count += 1
            at = low.find(word, match.end() if match else at + 1, field.end)


def cycle_of_trial(rows: Sequence[Said]) -> Fact | None:
    """The fact `treatment.cycle_length_days`, where the outcomes tell one length of a cycle."""
    told = [row.said for row in rows if row.said.field == "cycle_length_days"]
    if len({one.value for one in told}) != 1:
        return None
    return Fact("treatment.cycle_length_days", told[0].value, told[0].span, "inferred", OF_WHOLE)


def _is_treated_in_cycles(reading: Reading, member: Member) -> bool:
    """Whether the cycles of the treatment are those of a component, as far as its name tells.

    What is given beside the treatment, steroids, intrathecal drugs and regimens known by a name of
    their own keep their own clock.
    """
    if (
        not member.is_drug
        or "choice" in member.id
        or class_of(member.key) in _BESIDE_CLASSES
        or (member.key or member.id).startswith(_OWN_CLOCK)
    ):
        return False
    return member.part is None or "intrathecal" not in member.part.entry.span.of(reading.low)


def _cycles(reading: Reading, field: Span, found: Sequence[Member]) -> Iterator[Said]:
    treated = [member for member in found if _is_treated_in_cycles(reading, member)]
    if not treated:
        return
    low = reading.low
    lengths: dict[object, Expression] = {}
    asked: set[str] = set()
    for match in _near_cycle(low, field):
        start, end = match.start(), min(match.end() + 16, field.end)
        if low[start:end] in asked:  # one outcome after the other says it in the same words
            continue
        asked.add(low[start:end])
        last = _DAYS_OF_CYCLE.match(low, start)
        for one in expressions(low, start, end):
            if last and one.field == "days_in_cycle":
                lengths.setdefault(
                    int(last[1]), Expression("cycle_length_days", int(last[1]), one.span)
                )
            elif one.field == "cycle_length_days":
                lengths.setdefault(str(one.value), one)
    if len(lengths) != 1:
        return
    found_one = next(iter(lengths.values()))
    if _OF_PERIOD.search(
        low, max(field.start, found_one.span.start - _AROUND), found_one.span.start
    ):
        return
    owner = _named_cycle(reading, found, found_one.span)
    every = treated if owner or len(treated) <= _MOST_OF_A_REGIMEN else treated[:1]
    for member in every if isinstance(found_one.value, int) else ():
        if owner and member.id not in owner:
            continue
        yield Said(member.id, found_one, None, None, OF_OUTCOMES)


def _named_cycle(reading: Reading, found: Sequence[Member], span: Span) -> frozenset[str]:
    """The components whose cycle it is by name: "each cycle of docetaxel (21 days per cycle)"."""
    low, start = reading.low, max(0, span.start - _AROUND)
    match = _CYCLE_OF.search(low, start, span.start)
    if match is None:
        return frozenset()
    behind = Span(match.end(), min(len(low), span.end))
    at = match.end()
    return frozenset(
        m.member for m in mentions(reading, tuple(found), behind) if m.span.start == at
    )


def _doses(reading: Reading, field: Span, found: Sequence[Member]) -> Iterator[Said]:
    low = reading.low
    if _DOSE.search(low, field.start, field.end) is None:
        return
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
                yield Said(before[-1].member, one, None, None, OF_OUTCOMES, levels=True)
