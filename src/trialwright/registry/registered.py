"""Facts of the registry's structured fields, which fill what the text leaves silent.

The text of the seven shared fields is believed first, so that a record says the same in every
layout. Where a structured field says something else, `contradictions` lists both.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from trialwright.registry.facts import Fact, Reading
from trialwright.registry.interventions import entries, is_assessment, parts, slug
from trialwright.registry.regimen.members import component_id
from trialwright.registry.view import Span, pieces

_PHASES = ("EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4")
#: Field of the registry, path of the protocol, and the values that the protocol has too.
_TERMS = (
    ("allocation", "design.allocation", ("RANDOMIZED", "NON_RANDOMIZED", "NA")),
    ("masking", "design.masking", ("NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")),
    ("enrollmentType", "design.enrollment_type", ("ACTUAL", "ESTIMATED")),
    ("sex", "population.sex", ("ALL", "FEMALE", "MALE")),
)
_AGES = (
    ("minimumAge", "population.min_age_years"),
    ("maximumAge", "population.max_age_years"),
)
_YEARS = re.compile(r"(\d{1,3}) years?")
_ROLES = {
    "EXPERIMENTAL": "EXPERIMENTAL", "ACTIVE_COMPARATOR": "COMPARATOR",
    "PLACEBO_COMPARATOR": "COMPARATOR", "SHAM_COMPARATOR": "COMPARATOR",
    "NO_INTERVENTION": "NO_INTERVENTION", "OTHER": "OTHER",
}  # fmt: skip
_SEVERAL = ("PARALLEL", "CROSSOVER", "FACTORIAL", "SEQUENTIAL")
_MOST_ARMS = 60
_WORD = re.compile(r"\w")
#: Paths that a structured field and the text can both say.
_COMPARED = (
    "design.phases", "design.single_arm", "design.allocation", "design.masking",
    "design.enrollment", "population.sex", "population.min_age_years", "population.max_age_years",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A path with the value of the text, in `text`, and the value of a structured field."""

    path: str
    value: object
    text: Span
    field: str
    registered: Fact


def registered_facts(
    reading: Reading, said: Collection[str], heads: Collection[str]
) -> Iterator[Fact]:
    """Facts of the structured fields for paths that the text leaves silent.

    Parameters
    ----------
    heads
        First steps of the paths that are wanted, such as "design".
    said
        Paths of the facts of the text. If it lists arms, or states the number of subjects, the
        registered arms, or the type of the registered number, describe something else and are left.
    """
    for fact in _all(reading):
        head = fact.path.partition(".")[0]
        if head not in heads or fact.path in said:
            continue
        of_other = head == "arms" and any(path.startswith("arms.") for path in said)
        of_other |= fact.path == "design.enrollment_type" and "design.enrollment" in said
        if not of_other:
            yield fact


def contradictions(
    reading: Reading, told: Mapping[str, tuple[object, Span]]
) -> Iterator[Contradiction]:
    """Structured fields that say something else than the text.

    Parameters
    ----------
    told
        Value and quote by path, as the protocol holds them; values that were not read from the
        shared fields of the text are left out.
    """
    if not reading.record.further:
        return
    behind = min(field.start for field in reading.record.further)
    done = _field(reading, "enrollmentType")
    counted = done is not None and reading.quote(done) == "ACTUAL"
    for fact in _all(reading):
        if fact.path not in _COMPARED or fact.path not in told:
            continue
        if fact.path == "design.enrollment" and counted:  # planned and reached are two numbers
            continue
        value, span = told[fact.path]
        held = list(value) if isinstance(value, tuple) else value
        if span.start < behind and held != fact.value:
            name = next(f.name for f in reading.record.further if fact.span.start in f.span)
            yield Contradiction(fact.path, held, span, name, fact)


def _all(reading: Reading) -> Iterator[Fact]:
    phases = _field(reading, "phases")
    if phases is not None:
        given = [span.of(reading.record.text) for span in _words(reading, phases)]
        named = sorted(one for one in given if one in _PHASES)
        if named:
            yield Fact("design.phases", named, phases)
    yield from _model(reading)
    for name, path, allowed in _TERMS:
        span = _field(reading, name)
        if span is not None and reading.quote(span) in allowed:
            yield Fact(path, reading.quote(span), span)
            if path == "design.masking":
                opened = reading.quote(span) == "NONE"
                reason = "masking NONE is open label, any other is not"
                yield Fact("design.open_label", opened, span, "inferred", reason)
    purpose = _field(reading, "primaryPurpose")
    if purpose is not None:
        yield Fact("design.primary_purpose", reading.quote(purpose), purpose)
    count = _field(reading, "enrollment")
    if count is not None and reading.quote(count).isdecimal() and int(reading.quote(count)) > 0:
        yield Fact("design.enrollment", int(reading.quote(count)), count)
    for name, path in _AGES:
        span = _field(reading, name)
        years = _YEARS.fullmatch(reading.low, span.start, span.end) if span else None
        if span is not None and years is not None:
            yield Fact(path, int(years.group(1)), span)
    yield from _centres(reading)
    yield from _arms(reading)


def _field(reading: Reading, name: str) -> Span | None:
    span = reading.spans.get(name)
    return span if span else None


def _words(reading: Reading, span: Span) -> Iterator[Span]:
    text = reading.record.text
    return pieces(text, span, "|" if "|" in span.of(text) else ",")


def _model(reading: Reading) -> Iterator[Fact]:
    span = _field(reading, "interventionModel")
    if span is None:
        return
    model = reading.quote(span)
    if model == "SINGLE_GROUP":
        reason = "the registered intervention model has one group"
        yield Fact("design.single_arm", value=True, span=span, kind="inferred", reason=reason)
    elif model in _SEVERAL:
        reason = "the registered intervention model has several groups"
        yield Fact("design.single_arm", value=False, span=span, kind="inferred", reason=reason)


def _centres(reading: Reading) -> Iterator[Fact]:
    span = _field(reading, "locations.count")
    if span is not None and reading.quote(span).isdecimal() and int(reading.quote(span)) > 1:
        reason = "the record lists several sites"
        yield Fact("design.centres", "multiple", span, "inferred", reason)


def _arms(reading: Reading) -> Iterator[Fact]:
    labels: list[Span] = []
    named: set[str] = set()
    for number in range(1, _MOST_ARMS + 1):
        label = _field(reading, f"armGroups.{number}.label")
        if label is None:
            break
        labels.append(label)
        key = slug(label.of(reading.low))
        key = key if key not in named else f"{key[:44]}_{number}"
        named.add(key)
        yield from _arm(reading, number, f"arms.{key}", label)
    if labels:
        reason = (
            f"the record lists {len(labels)} arm group{'s' * (len(labels) > 1)}, this one first"
        )
        yield Fact("design.arms", len(labels), labels[0], "inferred", reason)


def _arm(reading: Reading, number: int, path: str, label: Span) -> Iterator[Fact]:
    place = f"armGroups.{number}"
    yield Fact(f"{path}.name", reading.quote(label), label)
    role = _field(reading, f"{place}.type")
    if role is not None and reading.quote(role) in _ROLES:
        yield Fact(f"{path}.role", _ROLES[reading.quote(role)], role)
    description = _field(reading, f"{place}.description")
    if description is not None and _WORD.search(reading.low, description.start, description.end):
        yield Fact(f"{path}.description", reading.quote(description), description)
    given = _field(reading, f"{place}.interventionNames")
    if given is not None:
        components = _components(reading, given)
        if components:
            yield Fact(f"{path}.components", components, given)


def _components(reading: Reading, given: Span) -> list[str]:
    """Ids of the components that an arm group names as "Type: name"."""
    names = {
        piece.of(reading.low).partition(": ")[2]
        for piece in pieces(reading.record.text, given, "|")
    }
    found = [
        component_id(reading, part)
        for entry in entries(reading)
        if entry.name.of(reading.low) in names and not is_assessment(reading, entry)
        for part in parts(reading, entry)
    ]
    return list(dict.fromkeys(found))
