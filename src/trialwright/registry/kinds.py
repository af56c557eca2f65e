"""Which endpoint a registered outcome is: its name first, its definition where the name is vague."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from trialwright.protocol.rules import EndpointKind
from trialwright.registry.kind_rules import FULL_NAMES, NAMED, VAGUE, KindRule
from trialwright.registry.numerals import has_number

_RATE_OF: dict[EndpointKind, EndpointKind] = {
    "PFS": "PFS_RATE", "OS": "OS_RATE", "DFS": "DFS_RATE", "RFS": "RFS_RATE", "EFS": "EFS_RATE",
}  # fmt: skip
#: Survivals without event, of which a name may join several.
_SURVIVALS = frozenset({"PFS", "EFS", "DFS", "RFS"})
#: Descriptions define the endpoint at their start; what follows are terms of criteria.
_HEAD, _NAMED_BY = 400, 250
#: An adverse event further on in a definition is only a reason or an example.
_SAFETY_BY = 60
_WORD = re.compile(r"[a-zλ]+")
_WORD_HEAD = re.compile(r"([a-zλ]{1,4})[a-zλ]*")
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
#: Words around a full name that are no part of it.
_AROUND = frozenset(
    {"median", "rate", "rates", "at", "month", "months", "year", "years", "week", "weeks", "the"}
)
_VAGUE_HEAD = re.compile(
    r"\befficacy|\beffectiveness|\banti-?(?:tumou?r|cancer|leuk\w+) (?:activity|effect)|\bactivity endpoint|\bclinical activity"
)
#: One of these stands in each vague head.
_VAGUE_WORDS = ("efficacy", "effect", "activity")
_UNIT = r"(?:months?|years?|weeks?|days?|mo|yrs?|mths?)"
_COUNT = r"(?:\d{1,3}(?:\.\d)?|one|two|three|four|five|six|nine|ten|twelve|eighteen|twenty-four)"
_NAME = r"\b(?:surviv\w*|(?:ir|[a-z])?pfs|[der]fs|i?dfs|os|progression[\s-]free|disease[\s-]free|event[\s-]free|recurrence[\s-]free|relapse[\s-]free)\b"
_SHARE = r"\b(?:rates?|probabilit\w+|proportions?|percent\w*)\b"
_RATE = re.compile(rf"{_SHARE}[^|,;]{{0,60}}?{_NAME}|{_NAME}[^|,;]{{0,40}}?{_SHARE}")
#: "12-month PFS", "PFS at 6 months", "PFS6": the name holds a time point.
_POINT = re.compile(
    rf"\b{_COUNT}[\s-]*{_UNIT}\b[^|]{{0,60}}?{_NAME}|{_NAME}[^|]{{0,60}}?\b(?:at|by|after) (?:{_COUNT}\b[^|]{{0,30}}?{_UNIT}|{_UNIT} \d)|"
    rf"{_NAME}\W{{0,3}}{_COUNT}[\s-]*{_UNIT}|\b[pder]fs[\s-]?(?:[3-9]|1\d|2[04]|36)(?:m|mo)?\b|\b\d{{1,2}}[my][\s-]?(?:[pde]fs|os)\b"
)
#: A definition that counts the patients without event at a time point, not the time of each.
_COUNTED = re.compile(
    rf"\b(?:proportion|percent\w*|rates?|probabilit\w+|number)\b[^.;]{{0,140}}?\b(?:at|by|after) (?:the )?(?:{_COUNT}\b[^.;]{{0,25}}?{_UNIT}|{_UNIT} \d)|"
    rf"{_NAME}(?: \(\w+\))?(?: rates?)?,? at {_COUNT}[\s-]*{_UNIT}"
)
_ALIVE_AT = re.compile(rf"\balive\b[^.;]{{0,20}}?,? {_UNIT} \d")
_NAMED_RATE = re.compile(
    r"^\W*(?:the )?(?:[\w-]+ ){0,3}(?:surviv\w*|[pder]fs|os)(?: \(\w+\))? rate\W*$|^\W*(?:the )?rates? of (?:[\w-]+ ){0,3}(?:surviv\w*|[pder]fs|os)(?: \(\w+\))?\W*$"
)
_TIME_DEFINED = re.compile(
    r"\b(?:time (?:from|between|to|since|elapsed|interval)|duration (?:from|between|of time)|length of time|interval (?:from|between)|number of (?:days|months))\b"
)
_TO_RELAPSE = re.compile(
    r"\b(?:time|interval|duration)\b[^.;]{0,80}\b(?:remission|response)\b[^.;]{0,40}\bto (?:[\w-]+ ){0,3}(?:relapse|recurrence)\b"
)


def _index(rules: Iterable[KindRule]) -> dict[str, int]:
    """For the first letters of a word the set of rules, as bits, that may match there."""
    bits: dict[str, int] = defaultdict(int)
    for place, rule in enumerate(rules):
        for key in rule.keys:
            bits[key[:4]] |= 1 << place
    return dict(bits)


_NAMED_AT, _VAGUE_AT = _index(NAMED), _index(VAGUE)


def kind_of(measure: str, description: str) -> EndpointKind:
    """The kind of an outcome, from its normalised measure and description.

    The name decides; the definition decides where the name says no more than "efficacy", where it
    contradicts the name (a survival "from remission to relapse"), and between a time and the share
    without event at a time point.
    """
    kind, from_description = _base(measure, description)
    if kind == "PFS" and _TO_RELAPSE.search(description) and "progress" not in description:
        kind = "RFS"
    if kind in _ANSWERS and _is_of_symptoms(measure, description):
        return "OTHER"
    rate = _RATE_OF.get(kind)
    if rate is None:
        return kind
    return rate if _is_rate(measure, description, from_description=from_description) else kind


def _is_rate(measure: str, description: str, *, from_description: bool) -> bool:
    if has_number(measure) and (_POINT.search(measure) or _ALIVE_AT.search(measure)):
        return True
    head = description[:_HEAD]
    if _RATE.search(measure):
        return not _TIME_DEFINED.search(head)
    numbered = has_number(head)
    if from_description and numbered and _POINT.search(head):
        return True
    if _NAMED_RATE.search(head):
        return True
    return numbered and bool(_COUNTED.search(head)) and not _TIME_DEFINED.search(head)


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
    pointed = _vague(head, _keys(head))
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


@lru_cache(maxsize=16_384)
def _of_measure(
    measure: str,
) -> tuple[EndpointKind | None, bool, EndpointKind | None, EndpointKind | None]:
    """The kind that a measure names, whether it opens vaguely, the kind that it points to.

    The last is the kind that only the words on the population name.
    """
    measure = _BESIDES.sub(" ", measure) if "(" in measure else measure
    studied = any(map(measure.__contains__, _STUDIED))
    bare = _POPULATION.sub(" ", measure) if studied else measure
    keys = _keys(bare)
    named = _first(bare, keys) or _misspelt(bare)
    aside = None if named or len(bare) == len(measure) else _first(measure, _keys(measure))
    aside = None if aside == "BIOMARKER" else aside  # of those who enter
    opens = any(map(bare.__contains__, _VAGUE_WORDS)) and _VAGUE_HEAD.search(bare) is not None
    return named, opens, _vague(bare, keys), aside


def _keys(text: str) -> set[str]:
    """The first letters of the words of a text."""
    return set(_WORD_HEAD.findall(text))


def _candidates(
    keys: set[str], rules: tuple[KindRule, ...], at: dict[str, int]
) -> Iterator[KindRule]:
    """Rules that a word with one of these first letters may match, in order."""
    bits = 0
    for key in keys & at.keys():
        bits |= at[key]
    while bits:
        lowest = bits & -bits
        yield rules[lowest.bit_length() - 1]
        bits ^= lowest


def _first(text: str, keys: set[str]) -> EndpointKind | None:
    """The first rule in order of preference.

    Of a dose sought and a limiting toxicity, and of two survivals, the one named earlier.
    """
    sought: int | None = None
    survival: tuple[int, EndpointKind] | None = None
    for rule in _candidates(keys, NAMED, _NAMED_AT):
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


def _vague(text: str, keys: set[str]) -> EndpointKind | None:
    found = _candidates(keys, VAGUE, _VAGUE_AT)
    return next((rule.kind for rule in found if rule.pattern.search(text)), None)


def _earliest(text: str, never: frozenset[str]) -> EndpointKind | None:
    """The endpoint that a description names first."""
    best: tuple[int, EndpointKind] | None = None
    for rule in _candidates(_keys(text), NAMED, _NAMED_AT):
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
