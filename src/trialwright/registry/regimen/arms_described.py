"""What the registered descriptions of the arms say of the components given in them.

A JSON layout has a description beside each arm group. It speaks last: only where the text of the
seven fields and the descriptions of the interventions are silent, and only where all arms that say
a value say the same one. What is said of one period of treatment is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from trialwright.registry.facts import Reading
from trialwright.registry.regimen.context import Said
from trialwright.registry.regimen.doses import Value
from trialwright.registry.regimen.members import Member, mentions
from trialwright.registry.regimen.of_treatment import is_of_treatment
from trialwright.registry.regimen.ownership import Owned, owned
from trialwright.registry.regimen.parsing import expressions
from trialwright.registry.regimen.sentences import Sentence, period_before, sentences_of
from trialwright.registry.regimen.silence import is_beside, is_condition, is_silent, of_assessment
from trialwright.registry.regimen.strangers import own_phrases
from trialwright.registry.regimen.values import values_of

_FIELD = re.compile(r"armGroups\.(\d{1,2})\.description")
_FIELDS = frozenset(
    (
        "dose", "auc", "route", "frequency", "interval_range", "days_in_cycle", "cycle_length_days",
        "n_cycles", "n_doses", "each_cycle", "once",
    )
)  # fmt: skip
#: What one arm tells of a component holds for an arm that tells nothing of it.
_WITHOUT_OTHER = frozenset(("route", "frequency", "interval_days", "cycle_length_days"))
_OF_CYCLE = re.compile(r" (?:of|in|on) (?:each of )?cycles? \d")


def described_in_arms(
    reading: Reading, found: Sequence[Member]
) -> Mapping[str, Mapping[str, Value]]:
    """Values of each component on which the descriptions of the arms agree."""
    low = reading.low
    told: dict[str, list[dict[str, Value]]] = {}
    members = {member.id: member for member in found}
    for name in reading.spans:
        match = _FIELD.fullmatch(name) if name.startswith("armGroups.") else None
        if match is None:
            continue
        rows: dict[str, list[Said]] = {}
        for row in _of_arm(reading, found, int(match[1])):
            rows.setdefault(row.member, []).append(row)
        for who, said in rows.items():
            told.setdefault(who, []).append(values_of(low, members[who], said))
    return {who: _agreed(values) for who, values in told.items()}


def _agreed(told: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    """Values that no other arm contradicts; a dose or a count has to be told of every arm."""
    found: dict[str, Value] = {}
    for values in told:
        for name, value in values.items():
            silent = name in _WITHOUT_OTHER
            if all(other[name][0] == value[0] if name in other else silent for other in told):
                found.setdefault(name, value)
    return found


def _of_arm(reading: Reading, found: Sequence[Member], number: int) -> Iterator[Said]:
    low, field = reading.low, reading.span(f"armGroups.{number}.description")
    named = mentions(reading, tuple(found), field)
    only = _only_agent(reading, found, number)
    for order, sentence in enumerate(sentences_of(reading, named, field), start=1):
        start, end = sentence.span.start, sentence.span.end
        if not sentence.hinted or sentence.criteria:
            continue
        if (
            is_silent(low, start, end)
            or is_condition(low, start, end)
            or is_beside(low, start, end)
        ):
            continue
        for row in _owned(low, sentence, only):
            at = row.said.span
            if row.said.field not in _FIELDS or period_before(low, start, at.start, at.end):
                continue
            if not _OF_CYCLE.match(low, at.end):
                yield from (Said(who, row.said, None, None, order) for who in row.members)


def _owned(low: str, sentence: Sentence, only: Member | None) -> Iterator[Owned]:
    start, end = sentence.span.start, sentence.span.end
    phrases = [
        one
        for one in own_phrases(low, sentence, list(expressions(low, start, end)))
        if is_of_treatment(low, sentence, one)
    ]
    if sentence.mentions:
        yield from owned(low, sentence, phrases)
    elif only is not None:
        for one in phrases:
            if not of_assessment(low, start, one.span.start):
                yield Owned((only.id,), one)


def _only_agent(reading: Reading, found: Sequence[Member], number: int) -> Member | None:
    """The component of an arm whose list of interventions names just one."""
    name = f"armGroups.{number}.interventionNames"
    if name not in reading.spans:
        return None
    listed = reading.span(name).of(reading.low)
    here = [
        member
        for member in found
        if member.part is not None and member.part.entry.name.of(reading.low) in listed
    ]
    return here[0] if len(here) == 1 and "|" not in listed else None
