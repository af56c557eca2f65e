"""What the registered description of an intervention says of its component.

A JSON or CSV layout has a description beside each entry of the intervention line; the entry owns
what it says. It speaks only where the text of the seven fields is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from trialwright.registry.facts import Reading
from trialwright.registry.interventions import entries
from trialwright.registry.regimen.assembly import Entry
from trialwright.registry.regimen.context import Said
from trialwright.registry.regimen.doses import Value
from trialwright.registry.regimen.members import Member, Mention, mentions
from trialwright.registry.regimen.of_treatment import is_of_treatment
from trialwright.registry.regimen.parsing import expressions
from trialwright.registry.regimen.sentences import Sentence, sentences_of
from trialwright.registry.regimen.silence import is_beside, is_condition, is_silent, of_assessment
from trialwright.registry.regimen.strangers import own_phrases
from trialwright.registry.regimen.values import values_of

_FIELD = re.compile(r"interventions\.(\d{1,2})\.description")
#: A clock is one thing: where the text gives a part of it, the description adds none.
_CLOCK = ("frequency", "interval_days", "interval_days_min", "days_in_cycle")


def described(reading: Reading, found: Sequence[Member]) -> dict[str, Mapping[str, Value]]:
    """The values of each component in the description of its entry."""
    said: dict[str, list[Said]] = {}
    for name in reading.spans:
        number = _FIELD.fullmatch(name) if name.startswith("interventions.") else None
        member = _owner(reading, found, int(number[1])) if number is not None else None
        if member is not None:
            said.setdefault(member.id, []).extend(_of_description(reading, found, member, name))
    members = {member.id: member for member in found}
    return {who: values_of(reading.low, members[who], rows) for who, rows in said.items()}


def complete(held: Sequence[Entry], told: Mapping[str, Value]) -> None:
    """Add to the only entry of a component the values that the text does not give."""
    if len(held) != 1:
        return
    values = held[0].values
    timed = any(name in values for name in _CLOCK)
    for name, value in told.items():
        if not (timed and name in _CLOCK):
            values.setdefault(name, value)


def _owner(reading: Reading, found: Sequence[Member], number: int) -> Member | None:
    """The component of an entry of the intervention line, where the entry has just one."""
    listed = entries(reading)
    if not 0 < number <= len(listed):
        return None
    span = listed[number - 1].span
    here = [m for m in found if m.part is not None and m.part.entry.span == span]
    return here[0] if len(here) == 1 else None


def _of_description(
    reading: Reading, found: Sequence[Member], member: Member, name: str
) -> Iterator[Said]:
    low, field = reading.low, reading.span(name)
    named = mentions(reading, tuple(found), field)
    for number, sentence in enumerate(sentences_of(reading, named, field), start=1):
        start, end = sentence.span.start, sentence.span.end
        if not sentence.hinted or any(m.member != member.id for m in sentence.mentions):
            continue
        if is_silent(low, start, end) or is_condition(low, start, end):
            continue
        if is_beside(low, start, end):
            continue
        owned = _with_owner(sentence, member)
        for one in own_phrases(low, sentence, list(expressions(low, start, end))):
            if is_of_treatment(low, owned, one) and not of_assessment(low, start, one.span.start):
                yield Said(member.id, one, None, None, number)


def _with_owner(sentence: Sentence, member: Member) -> Sentence:
    """The sentence with the component as its subject."""
    if sentence.mentions:
        return sentence
    return sentence._replace(mentions=(Mention(member.id, sentence.span),))
