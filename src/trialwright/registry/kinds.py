"""Which endpoint a registered outcome is: its name first, its definition where the name is vague."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from trialwright.protocol.rules import EndpointKind
from trialwright.registry.kind_rates import is_rate
from trialwright.registry.kind_rules import FULL_NAMES, NAMED, VAGUE, KindRule

_RATE_OF: dict[EndpointKind, EndpointKind] = {
    "PFS": "PFS_RATE", "OS": "OS_RATE", "DFS": "DFS_RATE", "RFS": "RFS_RATE", "EFS": "EFS_RATE",
}  # fmt: skip
#: Survivals without event, of which a name may join several.
_SURVIVALS = frozenset({"PFS", "EFS", "DFS", "RFS"})
#: Descriptions define the endpoint at their start; what follows are terms of criteria.
_HEAD, _NAMED_BY = 400, 250
#: Longer measures are sentences, which hardly repeat.
_NAME_LENGTH = 64
#: An adverse event further on in a definition is only a reason or an example.
_SAFETY_BY = 60
_WORD = re.compile(r"[a-zλ]+")
#: Everything but lower-case letters to blanks, for cutting ASCII text into words.
_LETTERS = bytes(code if 97 <= code <= 122 else 32 for code in range(256))
_BRACKETED = re.compile(r"\([^)]*\)")
#: Who is studied, inside a measure: "in patients with relapsed leukemia" names no endpoint.
_POPULATION = re.compile(
    r"\b(?:in|among|for) (?:(?!in |for )[^\s:;,|()]+ ){0,6}?(?:patients|participants|subjects|adults|children|people|individuals|men|women)\b[^:;|]*|\bfollowing treatment with [^:;|]*"
)
#: Kinds that a description only mentions: sizes belong to the definition of response, and an
#: efficacy that is not named is no safety or laboratory value.
_NO_NAME = frozenset({"TUMOR_SIZE", "FEASIBILITY"})
_NO_EFFICACY = _NO_NAME | {"MTD_RP2D", "DLT", "AE", "SAE", "PK", "FEASIBILITY"}
_ANSWERS = frozenset({"ORR", "CR_RATE"})
_SICKNESS = ("emesis", "emetic", "vomit", "nausea", "rescue med")
_OF_DISEASE = re.compile(r"recist|tumou?r|leuk|lesion|blast|lymphom|disease|marrow")
#: What a name mentions in brackets: "proceeding to transplant (including related mortality)".
_BESIDES = re.compile(r"\((?:including|excluding|except|e\.g\.?|such as)\b[^()]*\)")
#: Kinds that a description without a name only mentions among other events.
_NO_POINT = frozenset({"MORTALITY", "RELAPSE"})
_COUNT_HEAD = re.compile(
    r"\W*(?:the )?(?:mean |median |total )?(?:duration|incidence|number|rates?|proportion|percent\w*|time)\b"
)
_ANSWER = re.compile(
    r"respon|remission|regress|shrink|surviv|progress|lesion|disease|tumou?r|efficac|activity|cancer|benefit|relapse|recur"
)
#: Kinds in a vague name that give way to the definition ("efficacy in terms of MRD control").
_YIELDS = frozenset({"BIOMARKER", "AE", "PK", "QOL", "CR_RATE"})
_STUDIED = (
    "patients",
    "participants",
    "subjects",
    "adults",
    "children",
    "people",
    "men",
    "treatment w",
)
#: One of these stands before who is studied.
_OPENS_POPULATION = ("in ", "for ", "among ", "following t")
#: Words around a full name that are no part of it.
_AROUND = frozenset(
    {"median", "rate", "rates", "at", "month", "months", "year", "years", "week", "weeks", "the"}
)
_VAGUE_HEAD = re.compile(
    r"\befficacy|\beffectiveness|\banti-?(?:tumou?r|cancer|leuk\w+) (?:activity|effect)|\bactivity endpoint|\bclinical activity"
)
#: One of these stands in each vague head.
_VAGUE_WORDS = ("efficacy", "effect", "activity")
_TO_RELAPSE = re.compile(
    r"\b(?:time|interval|duration)\b[^.;]{0,80}\b(?:remission|response)\b[^.;]{0,40}\bto (?:[\w-]+ ){0,3}(?:relapse|recurrence)\b"
)


def _index(rules: Iterable[KindRule]) -> dict[str, list[tuple[str, int]]]:
    """For the first four letters of a word the keys that open with them, each with its rule."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for place, rule in enumerate(rules):
        for key in rule.keys:
            found[key[:4]].append((key, 1 << place))
    return dict(found)


#: One bit for each rule: those that name an endpoint, above them those that point to one.
_RULES_AT = _index((*NAMED, *VAGUE))
_ALL_NAMED = (1 << len(NAMED)) - 1


@lru_cache(maxsize=16_384)
def _rules_with(word: str) -> int:
    """The set of rules, as bits, that a word calls for."""
    bits = 0
    for key, bit in _RULES_AT.get(word[:4], ()):
        if word.startswith(key):
            bits |= bit
    return bits


def _called_for(text: str) -> int:
    """The set of rules, as bits, that the words of a text call for."""
    if text.isascii():
        words = text.encode().translate(_LETTERS).decode().split()
    else:
        words = _WORD.findall(text)
    bits = 0
    for word in words:
        bits |= _rules_with(word)
    return bits


def kind_of(measure: str, description: str) -> EndpointKind:
    """The kind of an outcome, from its normalised measure and description.

    The name decides; the definition decides where the name says no more than "efficacy", where it
    contradicts the name (a survival "from remission to relapse"), and between a time and the share
    without event at a time point.
    """
    kind, from_description = _base(measure, description)
    if kind == "PFS" and "progress" not in description and _TO_RELAPSE.search(description):
        kind = "RFS"
    if kind in _ANSWERS and _is_of_symptoms(measure, description):
        return "OTHER"
    rate = _RATE_OF.get(kind)
    if rate is None:
        return kind
    return rate if is_rate(measure, description, from_description=from_description) else kind


def _base(measure: str, description: str) -> tuple[EndpointKind, bool]:
    """The kind before rates are told from times, and whether the description gave it."""
    named, vague_head, vague, aside = _of_measure(measure)
    if named is not None and not vague_head:
        return named, False
    answer = vague_head or vague == "ORR"
    defined = _earliest(description[:_NAMED_BY], _NO_EFFICACY if answer else _NO_NAME)
    if defined == "AE" and _earliest(description[:_SAFETY_BY], _NO_NAME) != "AE":
        defined = None
    if named is not None and (defined is None or named not in _YIELDS):
        return named, False
    if defined is not None:
        return defined, True
    if vague is not None:
        apart = vague == "ORR" and "respon" not in measure and _measures_else(description)
        return ("OTHER" if apart else vague), False
    head = description[:_HEAD]
    pointed = _vague(head, _called_for(head))
    return (pointed if pointed not in _NO_POINT else None) or aside or "OTHER", True


def _is_of_symptoms(measure: str, description: str) -> bool:
    """Whether a "complete response" is one without vomiting or rescue medication."""
    said = f"{measure} {description[:_NAMED_BY]}"
    if not any(map(said.__contains__, _SICKNESS)):
        return False
    return _OF_DISEASE.search(said) is None


def _measures_else(description: str) -> bool:
    """Whether a definition below "efficacy" counts something that no response is."""
    counted = _COUNT_HEAD.match(description) is not None
    return counted and _ANSWER.search(description, 0, _HEAD) is None


class _Named(NamedTuple):
    """What a measure says about the kind.

    Attributes
    ----------
    kind
        The kind that it names.
    vague_head
        Whether it opens with no more than "efficacy".
    pointed
        The kind that its words point to without naming it.
    aside
        The kind that only the words on the population name.
    """

    kind: EndpointKind | None
    vague_head: bool
    pointed: EndpointKind | None = None
    aside: EndpointKind | None = None


def _of_measure(measure: str) -> _Named:
    return _of_name(measure) if len(measure) <= _NAME_LENGTH else _of_words(measure)


def _of_words(measure: str) -> _Named:
    measure = _BESIDES.sub(" ", measure) if "(" in measure else measure
    bare = _POPULATION.sub(" ", measure) if _tells_who(measure) else measure
    called = _called_for(bare)
    opens = any(map(bare.__contains__, _VAGUE_WORDS)) and _VAGUE_HEAD.search(bare) is not None
    named = _first(bare, called) or _misspelt(bare)
    if named is not None:
        return _Named(named, opens)
    aside = None if len(bare) == len(measure) else _first(measure, _called_for(measure))
    return _Named(
        None,
        opens,
        _vague(bare, called),
        None if aside == "BIOMARKER" else aside,  # of those who enter
    )


#: The short names are the usual ones: "overall survival".
_of_name = lru_cache(maxsize=4096)(_of_words)


def _tells_who(measure: str) -> bool:
    """Whether a measure may say who is studied."""
    opened = any(map(measure.__contains__, _OPENS_POPULATION))
    return opened and any(map(measure.__contains__, _STUDIED))


def _candidates(bits: int, rules: tuple[KindRule, ...]) -> Iterator[KindRule]:
    """The rules of a set, in order."""
    while bits:
        lowest = bits & -bits
        yield rules[lowest.bit_length() - 1]
        bits ^= lowest


def _first(text: str, called: int) -> EndpointKind | None:
    """The first rule in order of preference.

    Of a dose sought and a limiting toxicity, and of two survivals, the one named earlier.
    """
    sought: int | None = None
    survival: tuple[int, EndpointKind] | None = None
    for rule in _candidates(called & _ALL_NAMED, NAMED):
        match = rule.pattern.search(text)
        if match is None or (survival is not None and rule.kind in _SURVIVALS):
            survival = min(survival, (match.start(), rule.kind)) if survival and match else survival
            continue
        if survival is not None:
            break
        if rule.kind in _SURVIVALS and sought is None:
            survival = match.start(), rule.kind
        elif rule.kind == "MTD_RP2D":
            sought = match.start()
        elif sought is None or (rule.kind == "DLT" and match.start() < sought):
            return rule.kind
        else:
            return "MTD_RP2D"
    if survival is not None:
        return survival[1]
    return None if sought is None else "MTD_RP2D"


def _vague(text: str, called: int) -> EndpointKind | None:
    found = _candidates(called >> len(NAMED), VAGUE)
    return next((rule.kind for rule in found if rule.pattern.search(text)), None)


def _earliest(text: str, never: frozenset[str]) -> EndpointKind | None:
    """The endpoint that a description names first."""
    best: tuple[int, EndpointKind] | None = None
    for rule in _candidates(_called_for(text) & _ALL_NAMED, NAMED):
        match = None if rule.kind in never else rule.pattern.search(text)
        if match is not None and (best is None or match.start() < best[0]):
            best = match.start(), rule.kind
    return None if best is None else best[1]


def _misspelt(measure: str) -> EndpointKind | None:
    """The kind of a full name with at most two wrong letters."""
    words = _WORD.findall(_BRACKETED.sub(" ", measure[:80]))
    plain = " ".join(word for word in words if word not in _AROUND)
    if not 8 <= len(plain) <= 40:
        return None
    found = process.extractOne(
        plain, FULL_NAMES.keys(), scorer=Levenshtein.distance, score_cutoff=2
    )
    return None if found is None else FULL_NAMES[found[0]]
