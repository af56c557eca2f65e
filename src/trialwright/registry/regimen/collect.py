"""What the text says of each component, by the arm or period it says it for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from trialwright.registry.facts import Reading
from trialwright.registry.interventions import entries, parts
from trialwright.registry.regimen.context import Context, Said
from trialwright.registry.regimen.hints import hints
from trialwright.registry.regimen.members import Member, Mention, component_id
from trialwright.registry.regimen.of_treatment import is_of_treatment
from trialwright.registry.regimen.ownership import Owned, owned
from trialwright.registry.regimen.parsing import Parsed, expressions
from trialwright.registry.regimen.phrases import Expression
from trialwright.registry.regimen.sentences import Sentence, label_before, period_before
from trialwright.registry.regimen.silence import (
    TREATMENT,
    is_beside,
    is_condition,
    is_silent,
    of_assessment,
)
from trialwright.registry.regimen.strangers import names_stranger, own_phrases
from trialwright.registry.view import Span

_LETTERS = re.compile("[a-z]+")
_GENERIC = re.compile(
    r"\b(?:treatment|therapy|it|they|cycles?|courses?|drugs?|medications?|study (?:drug|treatment|medication|agent)|patients|subjects|participants|men|women|dos(?:e|es|ing)|"
    r"regimen|combination|infusions?|injections?|capsules?|tablets?|maximum|cells)\b"
)
_REPEATS = re.compile(r"\b(?:repeat\w*|recycl\w*)\s*(?:\w+\s){0,2}$")
_ESCALATED = re.compile(
    r"\b(?:escalat\w*|dose levels?|cohorts?|levels?|dose[- ]finding|doses of|either|or|tested|randomi[sz]ed|de-escalat\w*)\b"
)
_TOLD = re.compile(r"\d|weekly|daily|every|monthly")
_SECOND = re.compile(r"\b(?:followed by|then|plus|and then|thereafter)\b")
_CHEMOTHERAPY = re.compile(r"\b(?:platinum-based )?(?:doublet )?(?:chemotherapy|lymphodeplet\w+)\b")
_LEVEL_LINE = re.compile(
    r"\W{0,6}(?:(?:dose )?(?:level|cohort|group|arm|part) ?-?\w{1,2} ?(?:\([^()]{0,30}\))? ?[:=,-]|"
    r"(?:dos(?:e|age|ing|es)|route|frequency|schedule|duration|administration|regimen)\b[^:.]{0,24}:)"
)
_ALL_DRUGS = re.compile(
    r"\b(?:both|all|these|the two|the three) (?:study |investigational |trial )?(?:drugs|agents|treatments|medications|products|antibodies)\b|^\W*they\b"
)
_ALL_ORAL = re.compile(
    r"\ball[- ](?P<oral>oral) (?:combination|regimen|therapy|treatment) (?:of|with) "
)
_OF_CYTOTOXICS = "*chemotherapy"
#: Characters from a phrase to the name that it leads.
_LEADS = 24


def collected(
    reading: Reading, found: Sequence[Member], said: Sequence[Sentence], parsed: Parsed
) -> Iterator[Said]:
    """Every expression with its component, in the order of the text."""
    yield from _of_names(reading, found)
    low = reading.low
    context = Context(found)
    for number, sentence in enumerate(said, start=1):
        span = sentence.span
        names = tuple(dict.fromkeys([m.member for m in sentence.mentions]))
        context.enter(low, sentence)
        if not sentence.hinted:
            context.leave(names, None)
            continue
        rows = _of_sentence(low, sentence, names, context, parsed)
        levels = bool(rows) and _ESCALATED.search(low, span.start, span.end) is not None
        for row in map(context.irradiated, rows):
            at = row.said.span.start
            label = label_before(low, span.start, at, sentence.label)
            period = period_before(low, span.start, at, row.said.span.end)
            period = period or (None if names else context.period)
            for member in row.members:
                again = _again(low, sentence, member, at)
                yield Said(member, row.said, label, period or again, number, levels)
        last = period_before(low, span.start, span.end, span.end) if names else None
        context.leave(names, last)


def _again(low: str, sentence: Sentence, member: str, at: int) -> str | None:
    """The word "later" where the sentence names the component again with a second regimen."""
    places = [
        m.span
        for m in sentence.mentions
        if m.member == member
        # a name right behind ("6 cycles of X") counts, that of the next step does not
        and m.span.start <= at + _LEADS
        and not (m.span.start > at and _SECOND.search(low, at, m.span.start))
    ]
    if len(places) < 2 or not _TOLD.search(low, places[0].end, places[-1].start):
        return None
    between = low[places[0].end : max(at, places[-1].start)]
    return "later" if _SECOND.search(between) else None


def _of_sentence(
    low: str, sentence: Sentence, names: tuple[str, ...], context: Context, parsed: Parsed
) -> Sequence[Owned]:
    """The owned expressions of a sentence; none where it does not speak of this treatment."""
    start, end = sentence.span.start, sentence.span.end
    if sentence.criteria:
        return ()
    if not names and not _is_about_treatment(low, start, end):
        return ()
    if is_silent(low, start, end) or (not names and is_condition(low, start, end)):
        return ()
    phrases = parsed.of(sentence.span)
    if not phrases:
        return ()
    phrases = [
        one for one in own_phrases(low, sentence, phrases) if is_of_treatment(low, sentence, one)
    ]
    if names:
        rows = owned(low, _with_chemotherapy(low, sentence, context), phrases)
        return [*_all_oral(low, sentence, context), *(_expanded(row, context) for row in rows)]
    return list(_generic(low, sentence, phrases, context))


def _all_oral(low: str, sentence: Sentence, context: Context) -> Iterator[Owned]:
    """The route of every drug of an "all-oral combination of X, Y and Z"."""
    start, end = sentence.span.start, sentence.span.end
    at = max(low.find("all oral ", start, end), low.find("all-oral ", start, end))
    match = _ALL_ORAL.search(low, at, end) if at >= 0 else None
    if match is not None:
        behind = [m.member for m in sentence.mentions if m.span.start >= match.end()]
        names = tuple(name for name in dict.fromkeys(behind) if context.is_drug(name))
        span = Span(match.end("oral") - len("oral"), match.end("oral"))
        yield Owned(names, Expression("route", "oral", span))


def _with_chemotherapy(low: str, sentence: Sentence, context: Context) -> Sentence:
    """The sentence with "chemotherapy" as a name of the cytotoxic components, for their cycles."""
    start, end = sentence.span.start, sentence.span.end
    if not context.cytotoxics or "cycle" not in low[start:end]:
        return sentence
    taken = [m.span for m in sentence.mentions]
    more = [
        Mention(_OF_CYTOTOXICS, Span(*match.span()))
        for match in _CHEMOTHERAPY.finditer(low, start, end)
        if not any(span.start < match.end() and match.start() < span.end for span in taken)
    ]
    every = sorted((*sentence.mentions, *more), key=lambda m: m.span.start)
    return sentence._replace(mentions=tuple(every)) if more else sentence


def _expanded(row: Owned, context: Context) -> Owned:
    if _OF_CYTOTOXICS not in row.members:
        return row
    kept = [name for name in row.members if name != _OF_CYTOTOXICS]
    return Owned(tuple(dict.fromkeys((*kept, *context.cytotoxics))), row.said)


@lru_cache(maxsize=16_384)
def _holds_dosing(name: str) -> bool:
    """Whether the name of an entry can hold a dose, a route or a clock."""
    return bool(hints(f" {name}", 0, len(name) + 1, frozenset(_LETTERS.findall(name))))


def _of_names(reading: Reading, found: Sequence[Member]) -> Iterator[Said]:
    """Expressions inside the entries of the intervention line."""
    ids = {member.id: member for member in found}
    for entry in entries(reading):
        if not _holds_dosing(entry.name.of(reading.low)):
            continue
        here = [(part.name, ids.get(component_id(reading, part))) for part in parts(reading, entry)]
        named = [(name, member) for name, member in here if member is not None]
        if not named:
            continue
        for one in expressions(reading.low, entry.name.start, entry.name.end):
            behind = [member for name, member in named if name.end <= one.span.start + 1]
            ahead = [member for name, member in named if name.start >= one.span.end]
            inside = [member for name, member in named if one.span.start in name]
            if inside and one.field not in ("route", "dose"):
                continue
            adjective = one.field == "route" and any(
                name.start == one.span.end + 1 for name, _ in named
            )
            owner = (ahead or behind) if adjective else (behind or ahead)
            owner = inside or owner
            if owner:
                which = owner[0] if owner is ahead or owner is inside else owner[-1]
                yield Said(which.id, one, None, None, 0, levels=True)


def _is_about_treatment(low: str, start: int, end: int) -> bool:
    """Whether a sentence that names no component can speak of one."""
    told = TREATMENT.search(low, start, end) or _LEVEL_LINE.match(low, start, end)
    return told is not None and not is_beside(low, start, end)


def _generic(
    low: str, sentence: Sentence, phrases: Sequence[Expression], context: Context
) -> Iterator[Owned]:
    """Expressions of a sentence that names no component: those before it, or the only one."""
    start, end = sentence.span.start, sentence.span.end
    level = _LEVEL_LINE.match(low, start, end) is not None
    of_all = context.several() if _ALL_DRUGS.search(low, start, end) else ()
    of_one = context.one() if level or _GENERIC.search(low, start, end) else ()
    text = low[start:end]
    if of_one and (
        names_stranger(text) or (_CHEMOTHERAPY.search(text) and not context.is_cytotoxic(of_one[0]))
    ):
        of_one = ()
    for one in phrases:
        if one.field != "cycle_length_days" and of_assessment(low, start, one.span.start):
            continue
        if one.field == "fractions" or (one.field == "dose" and "Gy" in one.value[0]["unit"]):
            yield Owned((), one)
        if one.field in ("cycle_length_days", "n_cycles", "duration_days"):
            yield Owned(context.of_cycles(), one)
        elif one.field == "frequency" and _REPEATS.search(low, start, one.span.start):
            days = one.value[1]
            if days is not None and days >= 7:
                yield Owned(context.of_cycles(), Expression("cycle_length_days", days, one.span))
        elif of_one and (
            level or one.span.start < start + 8 or TREATMENT.search(low, start, one.span.start)
        ):
            yield Owned(of_one[:1] if one.field in ("dose", "auc") else of_one, one)
        elif of_all and one.field not in ("dose", "auc"):
            yield Owned(of_all, one)
