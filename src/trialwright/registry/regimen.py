"""The regimen of a record: components with dose, route, frequency, days, anchors and end.

An expression belongs to the component that is named directly before it in the same sentence, or
directly behind it ("200 mg of camrelizumab"). Sentences about imaging, about other trials or about
toxicity windows are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialwright.registry.expressions import Expression, expressions
from trialwright.registry.facts import Fact, FactKind, Reading
from trialwright.registry.mentions import Member, Mention, Sentence, members, sentences
from trialwright.registry.ordering import ordering_facts
from trialwright.registry.view import Span

_KIND = {
    "DRUG": "drug", "BIOLOGICAL": "drug", "PROCEDURE": "procedure", "RADIATION": "radiation",
    "DEVICE": "device", "COMBINATION_PRODUCT": "drug", "GENETIC": "drug", "DIETARY_SUPPLEMENT": "drug",
}  # fmt: skip
_NOT_DOSING = re.compile(
    r"\b(?:previous(?:ly)?|prior to this|published|reported|historical|approved|mice|murine|preclinical|"
    r"dose[\s-]limiting toxicit\w+ (?:is|are|was|were)|dlts? (?:is|are|was)|"
    r"inclusion criteria|exclusion criteria)\b"
)
_ASSESSMENT = re.compile(
    r"\b(?:tumou?r (?:assess\w*|evaluat\w*)|imaging|ct scans?|mri|scans?|follow(?:ed)?[\s-]?up|biops\w+|samples?|"
    r"questionnaires?|assessed every|evaluated every|monitored)\b"
)
_BEHIND = re.compile(
    r"\s{0,2}(?:\([^()]{0,30}\)\s)?(?:of |dose of |doses of |infusion of |administration of )?"
)
_UNTIL = re.compile(r"\b(?:until|in the absence of|unless|continu\w+ to|up to the occurrence of)\b")
_UNTIL_WORDS = ("until", "absence", "unless", "continu", "occurrence")
_ENDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("progression", re.compile(r"\b(?:disease progress\w*|progressive disease|progress(?:ion|es|ed)?|pd)\b")),
    ("toxicity", re.compile(r"\b(?:(?:intolerable|unacceptable|limiting|intolerant|excessive)\s+(?:\w+\s+){0,2}(?:toxicit\w+|adverse)|toxicit\w+|intoleran\w+)\b")),
    ("withdrawal", re.compile(r"\bwithdraw\w*|\bpatient refus\w+\b|\bpatient(?:'s)? (?:decision|request)\b")),
    ("investigator", re.compile(r"\b(?:investigator|physician)(?:'s|s')?\s+(?:judg\w+|decision|decides|discretion|considers|determines|deems|opinion)\b")),
    ("death", re.compile(r"\bdeath\b")),
    ("new_therapy", re.compile(r"\b(?:new|another|other|subsequent|alternative) (?:anti-?(?:cancer|tumou?r) )?(?:therapy|treatment)\b")),
    ("lost_to_follow_up", re.compile(r"\blost to follow[\s-]?up\b|\bloss to follow[\s-]?up\b")),
)  # fmt: skip
_STOPPED = re.compile(r"\b(?:discontinued|stopped|interrupted|terminated|suspended)\s*$")
_TREATMENT = re.compile(
    r"\b(?:treat\w*|medicat\w*|administ\w*|therapy|receiv\w*|given|dos(?:e|es|ed|ing)|cycles?|courses?|drugs?)\b"
)
_OF_A = re.compile(r"\b(?:of|in|per) (?:a|an|each|every|the)? ?$")
_OF_THE_CYCLE = ("cycle_length_days", "n_cycles")
_SINGLE_FIELDS = ("route", "days_in_cycle", "cycle_length_days", "duration_days", "n_cycles")


def regimen_facts(reading: Reading) -> Iterator[Fact]:
    """Facts below `regimen` and `treatment`."""
    found = members(reading)
    said = tuple(sentences(reading, found))
    for member in found:
        yield from _identity(reading, member)
    yield from _expressed(reading, found, said)
    yield from ordering_facts(reading, found, said)
    yield from _implied_routes(found)
    yield from _until(reading, said)


def _identity(reading: Reading, member: Member) -> Iterator[Fact]:
    base, entry = f"regimen.{member.id}", member.part.entry
    if member.name == member.part.name:
        yield Fact(f"{base}.name", reading.quote(member.name), member.name)
    else:
        reason = f'registered as "{reading.quote(entry.name)}", named in full in the text'
        yield Fact(f"{base}.name", reading.quote(member.name), member.name, "inferred", reason)
    yield Fact(f"{base}.registered_as", reading.quote(entry.span), entry.span)
    agent = member.agent
    if agent is not None and agent.kind != _KIND.get(entry.type):
        reason = f"{agent.name} is {agent.klass}, registered as {entry.type}"
        yield Fact(f"{base}.kind", agent.kind, entry.span, "inferred", reason)
    elif entry.type in _KIND:
        yield Fact(f"{base}.kind", _KIND[entry.type], entry.span)
    if agent is not None:
        reason = f"{agent.name}: {agent.klass}"
        yield Fact(f"{base}.reach", agent.reach, member.name, "inferred", reason)


def _implied_routes(found: Sequence[Member]) -> Iterator[Fact]:
    """The route that the name of an arterial infusion holds, where the text gives no other."""
    for member in found:
        agent = member.agent
        if agent is not None and agent.reach == "liver" and agent.default_route:
            reason = f"{agent.name}: {agent.klass}"
            path = f"regimen.{member.id}.route"
            yield Fact(path, agent.default_route, member.name, "inferred", reason)


def _expressed(
    reading: Reading, found: Sequence[Member], said: Sequence[Sentence]
) -> Iterator[Fact]:
    held: dict[tuple[str, str], list[Expression]] = {}
    for member in found:
        for expression in expressions(
            reading.low, member.part.entry.name.start, member.part.entry.name.end
        ):
            if (
                expression.span.start >= member.part.name.start
                and expression.span.end <= member.part.name.end
            ):
                held.setdefault((member.id, expression.field), []).append(expression)
    carried: tuple[str, ...] = ()
    for sentence in said:
        low = sentence.span.of(reading.low)
        if not sentence.mentions and not (carried and ("cycle" in low or "course" in low)):
            continue
        if _NOT_DOSING.search(low):
            carried = ()
            continue
        fresh: dict[tuple[str, str], list[Expression]] = {}
        for expression in expressions(reading.low, sentence.span.start, sentence.span.end):
            for owner in _owners(reading, sentence, expression, carried):
                fresh.setdefault((owner, expression.field), []).append(expression)
        for key, values in fresh.items():
            if key not in held and not (key[1] == "frequency" and _ASSESSMENT.search(low)):
                held[key] = values
        carried = tuple(dict.fromkeys(m.member for m in sentence.mentions)) or carried
    for (owner, field), values in held.items():
        yield from _component_facts(f"regimen.{owner}", field, values)


def _owners(
    reading: Reading, sentence: Sentence, expression: Expression, carried: tuple[str, ...]
) -> tuple[str, ...]:
    """The components that an expression speaks of."""
    if expression.field in _OF_THE_CYCLE and not _attached(reading, expression):
        ahead = [m for m in sentence.mentions if m.span.end <= expression.span.start]
        return tuple(dict.fromkeys(m.member for m in ahead or sentence.mentions)) or carried
    before: Mention | None = None
    for mention in sentence.mentions:
        if mention.span.start <= expression.span.start < mention.span.end:
            return (mention.member,)
        if mention.span.end <= expression.span.start:
            before = mention
        elif expression.span.end <= mention.span.start:
            gap = reading.low[expression.span.end : mention.span.start]
            if (
                len(gap) < 40
                and _BEHIND.fullmatch(gap)
                and not _opens_bracket(reading, sentence, expression)
            ):
                return (mention.member,)
            break
    return () if before is None else (before.member,)


def _attached(reading: Reading, expression: Expression) -> bool:
    """Whether a cycle belongs to the days right before it ("days 1 and 8 of a 21-day cycle")."""
    ahead = reading.low[max(0, expression.span.start - 14) : expression.span.start]
    return _OF_A.search(ahead) is not None


def _opens_bracket(reading: Reading, sentence: Sentence, expression: Expression) -> bool:
    """Whether the expression stands in a bracket, which belongs to the name before it."""
    ahead = reading.low[
        max(sentence.span.start, expression.span.start - 80) : expression.span.start
    ]
    return ahead.rfind("(") > ahead.rfind(")")


def _component_facts(base: str, field: str, values: Sequence[Expression]) -> Iterator[Fact]:
    first = values[0]
    if field == "dose":
        levels = list({str(v.value): v.value for v in values}.values())
        span = Span(first.span.start, max(v.span.end for v in values))
        span = span if len(levels) > 1 and len(span) < 300 else first.span
        yield Fact(f"{base}.dose", levels[:12], span)
    elif field == "frequency" and isinstance(first.value, tuple):
        code, interval = first.value
        yield Fact(f"{base}.frequency", code, first.span)
        if interval is not None:
            yield Fact(f"{base}.interval_days", interval, first.span)
    elif field in _SINGLE_FIELDS:
        yield Fact(f"{base}.{field}", first.value, first.span)


def _until(reading: Reading, said: Sequence[Sentence]) -> Iterator[Fact]:
    """When treatment ends: the reasons behind "until" in a sentence about treatment."""
    for sentence in said:
        if not any(
            word in reading.low[sentence.span.start : sentence.span.end] for word in _UNTIL_WORDS
        ):
            continue
        for match in _UNTIL.finditer(reading.low, sentence.span.start, sentence.span.end):
            if not _TREATMENT.search(reading.low, sentence.span.start, match.start()):
                continue
            limit = min(sentence.span.end, match.end() + 320)
            hits = [
                (name, m)
                for name, p in _ENDS
                for m in [p.search(reading.low, match.end(), limit)]
                if m
            ]
            if hits and any(name in {"progression", "toxicity"} for name, _ in hits):
                span = Span(match.start(), max(m.end() for _, m in hits))
                inverted = _STOPPED.search(reading.low, sentence.span.start, match.start())
                kind: FactKind = "inferred" if inverted else "record"
                reason = "read as continued until: the sentence says stopped" if inverted else None
                yield Fact("treatment.until", [name for name, _ in hits], span, kind, reason)
                return
