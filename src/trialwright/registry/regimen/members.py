"""Components of a regimen and the names by which the running text speaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from trialwright.registry.facts import PROSE, Reading
from trialwright.registry.interventions import (
    Part,
    agent_key,
    class_of,
    entries,
    is_assessment,
    known_agent,
    parts,
    slug,
    synonyms,
)
from trialwright.registry.regimen.aliases import NO_ALIAS, aliases, is_beside_bracket
from trialwright.registry.view import Span
from trialwright.vocabulary.agents import AGENTS, KIND_OF_CLASS, Agent

_BRACKETED = re.compile(r"\(([^()]{2,40})\)")
_FORM = re.compile(
    r"\s+(?:injection|tablets?|capsules?|for injection|infusion|therapy|treatment|hydrochloride|mesylate|cells?)$"
)
_CODE = re.compile(r"([a-z]{1,6})[ -]?(\d{2,}[a-z0-9-]*)")
#: A code inside a longer name ("oncolytic virus ov-1"), and targets that look like one.
_CODE_WORD = re.compile(r"[a-z]{1,6}-?[a-z]?\d{1,}[a-z0-9-]{0,8}")
_TARGET = re.compile(
    r"cd\d|pd-|her\d|il-|bcl|vegf|egfr|b7|gpc|cldn|claudin|psma|muc|igf|fgfr|k?ras|phase|type|st-"
)
_CELLS = re.compile(r"\bcar[ .-]?t\b|cart\b|\bcar\b")
_CELL_NAMES = (
    "car-t cells", "car-t cell", "car t cells", "car t cell", "car-t", "car t-cells", "cart cells", "car-t cell therapy",
)  # fmt: skip
_KILLER_NAMES = ("nk cells", "nk cell", "natural killer cells")
_RADIATION_NAMES = ("radiotherapy", "radiation therapy", "irradiation", "rt", "radiation")
_TRANSPLANT_NAMES = ("transplant", "transplantation", "hsct", "stem cell transplant")
_VACCINE_NAMES = ("vaccine", "dendritic cell vaccine")
_RADIATION = re.compile(
    r"(?:[a-z-]+ ){0,3}(?:radiotherapy|radiation therapy|radiosurgery|irradiation|brachytherapy|proton therapy)\b"
)
#: An entry that tells the dose of an irradiation and not its kind.
_DOSE_ONLY = re.compile(r"\d[\d.]* ?c?gy\b[^+]*")
#: A short name that the text may write out: "venetoclax (VEN)".
_SHORT_NAME = re.compile(r"[a-z]{2,6}")
#: The agents of a regimen in the bracket behind its name, and one of them.
_OPENS_LIST = (" (", " regimen (", " therapy (", " chemotherapy (", " combination (", " protocol (")
_LISTED = re.compile(r"(?: [a-z]{7,12})? \(([a-z][a-z0-9 ,+/&-]{5,90})\)")
_OF_LIST = re.compile(
    r"\b(?!and\b|plus\b|with\b)[a-z0-9][a-z0-9-]*(?: (?!and\b|plus\b|with\b)[a-z0-9][a-z0-9-]*)*"
)
_SURGICAL = ("surgery", "ectomy", "resection")
#: Places of a name at which a bracket beside it is looked at.
_MOST_BRACKETS = 40
#: Most places of one name, and characters in a name that only counts in capitals.
_MOST_PLACES, _SHORT = 60, 4


@dataclass(frozen=True, slots=True)
class Member:
    """A component: identifier, its part of the intervention line, names to look for."""

    id: str
    part: Part | None
    name: Span
    names: tuple[str, ...]
    agent: Agent | None
    key: str | None
    kind: str

    @property
    def is_drug(self) -> bool:
        """Whether it is given, not done: it can go on until progression."""
        return self.kind == "drug"


class Mention(NamedTuple):
    """A component named in the text."""

    member: str
    span: Span


#: Kind of a component by the type of its entry.
KIND_OF_TYPE = {
    "DRUG": "drug", "BIOLOGICAL": "drug", "PROCEDURE": "procedure", "RADIATION": "radiation",
    "DEVICE": "device", "COMBINATION_PRODUCT": "drug", "GENETIC": "drug", "DIETARY_SUPPLEMENT": "drug",
}  # fmt: skip


def kind_of(key: str | None, entry_type: str) -> str:
    """What a component is: by the agent where it is known, else as registered."""
    agent = known_agent(key)
    if agent is not None:
        return agent.kind
    klass = class_of(key)
    if klass in KIND_OF_CLASS:
        return KIND_OF_CLASS[klass]
    return KIND_OF_TYPE.get(entry_type, "other" if klass is None else "drug")


def members(reading: Reading) -> tuple[Member, ...]:
    """The components of the intervention line, each once, in order."""
    found: dict[str, Member] = {}
    listed = entries(reading)
    treatments = [entry for entry in listed if not is_assessment(reading, entry)]
    for entry in treatments or listed:
        for part in parts(reading, entry):
            for member in _written_out(reading, part) or (_member(reading, part),):
                found.setdefault(member.id, member)
    return _with_general_names(tuple(found.values()))


def _written_out(reading: Reading, part: Part) -> list[Member]:
    """The agents of a regimen with a name of its own, where the text lists them behind it.

    "ABX regimen" is two components where the text has "ABX (venetoclax and azacitidine)"; a
    bracket with another word in it, or with a choice, names none.
    """
    name = part.name.of(reading.low)
    if part.key is not None or len(name) < _SHORT - 1:
        return []
    low, bracket = reading.low, None
    at = low.find(name)
    for _ in range(_MOST_BRACKETS):
        end = at + len(name)
        if at < 0 or bracket is not None:
            break
        if low.startswith(_OPENS_LIST, end) and not low[at - 1 : at].isalnum():
            bracket = _LISTED.match(low, end)
        at = low.find(name, end)
    if bracket is None:
        return []
    found: list[Member] = []
    for word in _OF_LIST.finditer(low, *bracket.span(1)):
        key = agent_key(word.group())
        if key is None or class_of(key) is None:
            return []
        names = _names_of(word.group(), key, ablated=False)
        kind = kind_of(key, part.entry.type)
        found.append(Member(key, part, Span(*word.span()), names, known_agent(key), key, kind))
    return found if len(found) > 1 else []


def _member(reading: Reading, part: Part) -> Member:
    low = part.name.of(reading.low)
    key, name = part.key, part.name
    if key == "ablation":
        key, name = _method_of_ablation(reading, part)
    elif key is None:
        key, name = _from_the_text(reading, part)
    identifier = key or component_id(reading, part)
    names = _names_of(low, key, ablated=part.key == "ablation")
    kind = kind_of(key, part.entry.type)
    return Member(identifier, part, name, names, known_agent(key), key, kind)


def _from_the_text(reading: Reading, part: Part) -> tuple[str | None, Span]:
    """The agent of an entry that holds a dose or a short name only, where the text names it."""
    low = part.name.of(reading.low)
    if part.entry.type == "RADIATION" and _DOSE_ONLY.fullmatch(low):
        return _method_of_radiation(reading, part)
    if _SHORT_NAME.fullmatch(low):
        at = reading.low.find(f" ({low})")
        ahead = reading.low[max(0, at - 60) : at].split() if at > 0 else []
        for count in (3, 2, 1):
            words = " ".join(ahead[-count:])
            key = agent_key(words) if len(ahead) >= count else None
            if key is not None and reading.low.endswith(words, 0, at):
                return key, Span(at - len(words), at)
    return None, part.name


def _method_of_radiation(reading: Reading, part: Part) -> tuple[str | None, Span]:
    """The one kind of radiotherapy that title and summary name in full."""
    for name in ("title", "brief_summary"):
        field = reading.span(name)
        for match in _RADIATION.finditer(reading.low, field.start, field.end):
            words = match.group().split()
            for count in range(len(words), 0, -1):
                key = agent_key(" ".join(words[-count:]))
                if key is not None and class_of(key) == "radiotherapy":
                    start = match.end() - len(" ".join(words[-count:]))
                    return key, Span(start, match.end())
    return None, part.name


@lru_cache(maxsize=16_384)
def _names_of(low: str, key: str | None, *, ablated: bool) -> tuple[str, ...]:
    """The names of a component that its entry and the vocabulary give."""
    bare = _BRACKETED.sub("", low).strip()
    names = {low, bare, *synonyms(key)}
    names |= {m for m in _BRACKETED.findall(low) if not NO_ALIAS.search(m)}
    names |= {_FORM.sub("", one) for one in names}
    names |= (
        {one for one in re.split(r"[/]", low) if len(one) > 5 and agent_key(one)} if key else set()
    )
    names |= set(_spelled(bare))
    words = bare.split() if key is None else ()
    names |= {
        one
        for one in words
        if len(one) > 3 and _CODE_WORD.fullmatch(one) and not _TARGET.match(one)
    }
    if ablated:
        names |= {"ablation", "local ablation", "ablation therapy"}
    return _usable(names)


def _spelled(code: str) -> Iterator[str]:
    """A code with and without its hyphen or space: "bay2416964", "bay 2416964"."""
    match = _CODE.fullmatch(code)
    if match is not None:
        for joint in ("", "-", " "):
            yield f"{match[1]}{joint}{match[2]}"


def component_id(reading: Reading, part: Part) -> str:
    """Identifier of a part: the known agent, else its name without brackets."""
    low = part.name.of(reading.low)
    return part.key or slug(_BRACKETED.sub("", low).strip() or low)


def _usable(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted((n for n in names if len(n) > 1), key=lambda n: (-len(n), n)))


def _method_of_ablation(reading: Reading, part: Part) -> tuple[str, Span]:
    """The one method of ablation that the running text names, else ablation as registered."""
    found: dict[str, Span] = {}
    for key in ("microwave_ablation", "radiofrequency_ablation", "cryoablation"):
        for name in PROSE:
            field = reading.span(name)
            at = reading.low.find(AGENTS[key].name, field.start, field.end)
            if at >= 0:
                found.setdefault(key, Span(at, at + len(AGENTS[key].name)))
    if len(found) == 1:
        return next(iter(found.items()))
    return "ablation", part.name


def _with_general_names(found: tuple[Member, ...]) -> tuple[Member, ...]:
    """Members with the general names that only one of them can be meant by."""
    taken = {name for member in found for name in member.names}
    more: dict[str, set[str]] = {}
    for names, fits in (
        (
            _CELL_NAMES,
            [m for m in found if "car" in m.id and _CELLS.search(m.id.replace("_", " "))],
        ),
        (_KILLER_NAMES, [m for m in found if "natural_killer" in m.id or "nk" in m.id.split("_")]),
        (_RADIATION_NAMES, [m for m in found if m.kind == "radiation"]),
        (_TRANSPLANT_NAMES, [m for m in found if "transplant" in m.id]),
        (_VACCINE_NAMES, [m for m in found if "vaccine" in m.id.split("_")]),
        (("surgery",), [m for m in found if m.id.endswith(_SURGICAL)]),
    ):
        if len(fits) == 1:
            more.setdefault(fits[0].id, set()).update(set(names) - taken)
    return tuple(
        replace(m, names=_usable({*m.names, *more[m.id]})) if m.id in more else m for m in found
    )


def named(
    reading: Reading, found: tuple[Member, ...]
) -> tuple[tuple[Member, ...], dict[str, list[Mention]]]:
    """Members with the names that the text gives them in brackets, and where each is named."""
    owner = _owners(found)
    told = {name: who for name, who in owner.items() if name in reading.prose}
    hits = {name: _hits(reading, told, reading.span(name)) for name in PROSE}
    more: dict[str, str] = {}
    for mention in (one for rows in hits.values() for one in rows[:_MOST_BRACKETS]):
        if is_beside_bracket(reading.low, mention.span):
            for alias in aliases(reading, mention.span):
                if alias not in owner:
                    more.setdefault(alias, mention.member)
    if more:
        for name in PROSE:
            hits[name] += _hits(reading, more, reading.span(name))
        found = tuple(
            replace(m, names=_usable({*m.names, *(a for a, who in more.items() if who == m.id)}))
            for m in found
        )
    return found, {name: _longest(rows) for name, rows in hits.items()}


def _owners(found: tuple[Member, ...]) -> dict[str, str]:
    """The first component of each name."""
    owner: dict[str, str] = {}
    for member in found:
        for name in member.names:
            owner.setdefault(name, member.id)
    return owner


def _hits(reading: Reading, owner: dict[str, str], field: Span) -> list[Mention]:
    start, end = field.start, field.end
    if start == end:
        return []
    return [
        Mention(who, span)
        for name, who in owner.items()
        if (at := reading.low.find(name, start, end)) >= 0
        for span in _places(reading, name, at, end)
    ]


def _longest(hits: list[Mention]) -> list[Mention]:
    """Of overlapping names the longest counts."""
    if len(hits) < 2:
        return hits
    kept: list[Mention] = []
    for hit in sorted(hits, key=lambda hit: (hit.span.start, -hit.span.end)):
        if not kept or hit.span.start >= kept[-1].span.end:
            kept.append(hit)
    return kept


def mentions(reading: Reading, found: tuple[Member, ...], field: Span) -> list[Mention]:
    """Every place of a field that names a component."""
    return _longest(_hits(reading, _owners(found), field))


def _places(reading: Reading, name: str, start: int, stop: int) -> Iterator[Span]:
    """Places of a whole word or phrase from its first one on; a short abbreviation in capitals."""
    low = reading.low
    for _ in range(_MOST_PLACES):
        if start < 0:
            return
        end = start + len(name)
        before, after = low[start - 1 : start], low[end : end + 1]
        whole = not (before.isalnum() or (before in "_-" and before)) and not after.isalnum()
        if whole and (
            len(name) > _SHORT or not name.isalpha() or _in_capitals(reading, start, end)
        ):
            yield Span(start, end)
        start = low.find(name, end, stop)


def _in_capitals(reading: Reading, start: int, end: int) -> bool:
    text = reading.record.text[start:end]
    return sum(c.isupper() for c in text) >= 2
