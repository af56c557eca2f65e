"""Arms and cohorts that the running text lists: "Arm A: ...", "Cohort 2 (n=20): ...".

A list counts when it has at least two labels that follow each other from the first (A, B; 1, 2, 3;
I, II) and each is followed by its own words. "Arm A" inside a sentence is no list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.registry.design.allocation import near_stated
from trialwright.registry.design.enrollment import number_of
from trialwright.registry.facts import PROSE, Fact, Reading, group
from trialwright.registry.interventions import entries, is_assessment, parts, slug
from trialwright.registry.passages import near
from trialwright.registry.regimen.members import component_id
from trialwright.registry.view import Span, trimmed

_ORDINAL = {
    **{letter: n for n, letter in enumerate("abcdefgh", start=1)},
    **{str(n): n for n in range(1, 21)},
}
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_LABEL = re.compile(
    r"(?:(?<=\n)|(?<=[.;:*)\]-] )|(?<=\* )|(?<=\n\* )|(?<=[.;:]))[ *-]*"
    r"(?P<label>(?P<kind>arm|group|cohort) (?P<which>[a-h]|\d{1,2}|iii|ii|iv|vi|i|v))\b"
    r"(?P<note>\s*\([^()\n]{1,80}\))?\s*[:-]\s*(?=[^\s:-])"
)
_ROLE_LABEL = re.compile(
    r"(?:(?<=\n)|(?<=[.;:*)\]-] )|(?<=[.;:]))[ *-]*"
    r"(?P<label>(?P<role>experimental|investigational|intervention|control|comparator|placebo|observation)"
    r"(?: (?P<kind>arm|group)))\s*(?:\([^()\n]{1,80}\)\s*)?[:-]\s*(?=[^\s:-])"
)
_ROLES = {
    "experimental": "EXPERIMENTAL", "investigational": "EXPERIMENTAL", "control": "COMPARATOR",
    "comparator": "COMPARATOR", "placebo": "COMPARATOR", "observation": "NO_INTERVENTION",
}  # fmt: skip
_ROLES_SAID = frozenset((*_ROLES, "intervention"))
_ROLE_WORD = re.compile(r"\b(experimental|investigational|control|comparator)\b(?: (?:arm|group))?")
_SIZE = re.compile(r"\(?\bn ?= ?(\d{1,4})\b\)?")
_COUNT = re.compile(
    r"\b(?:(?:1|one) of )?(?P<n>two|three|four|five|six|[2-9])[\s-](?:(?:parallel|study|treatment|randomi[sz]ed|different)[\s-]){0,2}"
    r"(?P<what>arms?|treatment groups)\b(?! cohort)"
)
_DIVIDED = re.compile(
    r"\b(?:randomi[sz]ed|divided|assigned|allocated)(?: \S+){0,3}? (?:in)?to (?:(?:1|one|either) of )?(?:the )?"
    r"(?P<n>two|three|four|five|six|[2-9]) (?!dos)(?:\S+ )?(?P<what>groups|arms)\b"
)
#: Words of the record of which every match has one, what stands in every match, and how far before
#: it a match may start.
_ARMS = frozenset(("arm", "arms"))
_COUNTS = (
    (_ARMS, " arm", 40, _COUNT), (_ARMS, "-arm", 12, _COUNT),
    (frozenset(("groups",)), "treatment groups", 30, _COUNT),
    (frozenset(("groups",)), "groups", 70, _DIVIDED),
    (frozenset(("arms",)), " arms", 70, _DIVIDED),
)  # fmt: skip
#: Words one of which every list and every count of arms has.
_KINDS = frozenset(("arm", "arms", "group", "groups", "cohort"))
#: The second label of a list, without which there is none.
_SECOND = {kind: (f"{kind} b", f"{kind} 2", f"{kind} ii") for kind in ("arm", "group", "cohort")}
_LONGEST = 600
_NAME = 140
_STOP = re.compile(r"\.(?=\s|$)|;|\n|,? (?:will|patients receive|receive)\b")
_OUTCOME_LIKE = re.compile(
    r"(?:clinical progression|number of|percentage of|proportion of|rate of|time from)"
)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A label with its order, its note in brackets and the words behind it."""

    kind: str
    order: int
    label: Span
    note: Span | None
    words: Span
    role: str | None


def arms(reading: Reading) -> Iterator[Fact]:
    """Facts below `arms` and `cohorts`, and `design.arms` where the text has several."""
    if not reading.says(_KINDS):
        return
    listed = list(_listed(reading))
    found = [one for one in listed if one.kind in {"arm", "group"}]
    for one in found:
        yield from _arm(reading, one)
    for one in listed:
        if one.kind == "cohort":
            yield from _cohort(reading, one)
    counted = _counted(reading)
    if counted is not None:
        number, span = counted
        if not found or len(found) == number:
            yield from _several(number, span, "record")
    elif found:
        yield from _several(len(found), found[0].label, "inferred")


def _several(number: int, span: Span, kind: str) -> Iterator[Fact]:
    if kind == "record":
        yield Fact("design.arms", number, span)
    else:
        reason = f"the record lists {number} arms, this one first"
        yield Fact("design.arms", number, span, "inferred", reason)
    reason = "the trial has more than one arm"
    yield Fact("design.single_arm", value=False, span=span, kind="inferred", reason=reason)


def _counted(reading: Reading) -> tuple[int, Span] | None:
    """The number of arms that the text states, `None` where it states none or several."""
    found: dict[int, Span] = {}
    for words, word, back, pattern in _COUNTS:
        if not reading.says(words):
            continue
        for match in near_stated(reading, word, pattern, back):
            found.setdefault(number_of(match.group("n")), group(match))
    return next(iter(found.items())) if len(found) == 1 else None


def _listed(reading: Reading) -> Iterator[_Listed]:
    """Labels of complete lists, each with its words."""
    for kind, seconds in _SECOND.items():
        if kind in reading.words and any(map(reading.prose.__contains__, seconds)):
            yield from _complete(reading, f"{kind} ", _LABEL)
    if len(reading.words & _ROLES_SAID) < 2:
        return
    roles = {m["role"]: m for w in (" arm", " group") for m in _labels(reading, w, _ROLE_LABEL, 20)}
    if len(roles) > 1:
        ends = sorted(m.start() for m in roles.values())
        for order, (role, match) in enumerate(roles.items(), start=1):
            words = _words(reading, match, ends)
            yield _Listed(
                match["kind"], order, group(match, "label"), None, words, _ROLES.get(role)
            )


def _complete(reading: Reading, word: str, pattern: re.Pattern[str]) -> Iterator[_Listed]:
    first: dict[str, re.Match[str]] = {}
    for match in _labels(reading, word, pattern, 8):
        first.setdefault(match["which"], match)
    ordinal = _ROMAN if "ii" in first else _ORDINAL
    orders = [ordinal.get(which, 0) for which in first]
    if len(orders) < 2 or orders != list(range(1, len(orders) + 1)):
        return
    ends = sorted(match.start() for match in first.values())
    for order, match in zip(orders, first.values(), strict=True):
        words = _words(reading, match, ends)
        note = trimmed(reading.low, *match.span("note")) if match["note"] else None
        yield _Listed(match["kind"], order, group(match, "label"), note, words, None)


def _labels(
    reading: Reading, word: str, pattern: re.Pattern[str], back: int
) -> Iterator[re.Match[str]]:
    for match in near(reading, word, pattern, (back, 120), PROSE):
        if not _OUTCOME_LIKE.match(reading.low, match.end()):
            yield match


def _words(reading: Reading, match: re.Match[str], starts: list[int]) -> Span:
    """The words of a label: to the next label, the end of its line or `_LONGEST`."""
    field = reading.span(reading.field_at(match.start()))
    ends = [s for s in starts if s > match.start()] + [field.end, match.end() + _LONGEST]
    line = reading.low.find("\n", match.end(), min(ends))
    return trimmed(reading.low, match.end(), line if line >= 0 else min(ends))


def _arm(reading: Reading, one: _Listed) -> Iterator[Fact]:
    path = f"arms.{slug(one.label.of(reading.low))}"
    end = one.note.end if one.note else one.label.end
    name = Span(one.label.start, end)
    yield Fact(f"{path}.name", reading.quote(name), name)
    head = Span(one.label.start, min(one.words.end, one.words.start + 60))
    role = _ROLE_WORD.search(reading.low, head.start, head.end)
    if one.role:
        yield Fact(f"{path}.role", one.role, one.label)
    elif role is not None:
        yield Fact(f"{path}.role", _ROLES[role.group(1)], group(role))
    yield Fact(f"{path}.description", reading.quote(one.words), one.words)
    given = _given(reading, one)
    if given:
        yield Fact(f"{path}.components", given, one.words)


def _given(reading: Reading, one: _Listed) -> list[str]:
    """Ids of the registered components that the words of an arm name."""
    words = one.words.of(reading.low)
    if "as in " in words:  # the other arm holds the rest
        return []
    found = []
    for entry in entries(reading):
        if is_assessment(reading, entry):
            continue
        for part in parts(reading, entry):
            name = part.name.of(reading.low)
            if len(name) > 2 and name in words:
                found.append(component_id(reading, part))
    return list(dict.fromkeys(found))


def _cohort(reading: Reading, one: _Listed) -> Iterator[Fact]:
    path = f"cohorts.{slug(one.label.of(reading.low))}"
    stop = _STOP.search(reading.low, one.words.start, one.words.end)
    end = stop.start() if stop else one.words.end
    if end > one.words.start + _NAME:
        end = reading.low.rfind(" ", one.words.start, one.words.start + _NAME)
    size = _SIZE.search(reading.low, one.label.start, one.words.end)
    if size is not None and size.start() < end and size.start() > one.words.start:
        end = size.start()
    name = trimmed(reading.low, one.label.start, max(end, one.label.end))
    yield Fact(f"{path}.name", reading.quote(name), name)
    if size is not None:
        yield Fact(f"{path}.enrollment", int(size.group(1)), group(size))
