"""Spelling: agent names that almost agree, common words, ordinals, unexplained acronyms.

The only module that uses rapidfuzz.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from trialwright.registry.findings.acronyms import COMMON
from trialwright.registry.findings.case import Case, Detector, Row, listed
from trialwright.registry.interventions import agent_key
from trialwright.registry.view import Span

_WORD = re.compile(r"[a-z]{6,24}")
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)(?!\w)")
#: What is left of an ordinal where digits are blanks.
_ORDINAL_ENDS = frozenset({"st", "nd", "rd", "th"})
#: Everything but capitals to blanks.
_CAPITALS = bytes(code if 65 <= code <= 90 else 32 for code in range(256))
_LONGEST_ACRONYM = 6
_SHORTEST, _LONGEST = 8, 24
#: Words that registered oncology records are made of; a near miss is a typing error.
_WORDS = (
    "overall", "survival", "progression", "response", "objective", "disease", "patients", "treatment",
    "adverse", "serious", "severity", "incidence", "toxicity", "enrollment", "randomization",
    "intravenous", "chemotherapy", "ablation", "metastases", "colorectal", "evaluation", "complete",
    "partial", "duration", "clinical", "efficacy", "tolerability", "investigator", "injection",
    "carcinoma", "metastatic", "immunotherapy", "radiotherapy", "participants", "administered",
    "administration", "combination", "pharmacokinetics", "intolerable", "hepatocellular", "lymphoma",
    "laboratory", "assessment", "advanced", "according", "previously", "unacceptable", "withdrawal",
    "feasibility", "multicentric", "censored", "eligible", "refractory", "recurrence", "remission",
    "independent", "transplantation", "unresectable", "neoadjuvant", "concurrent", "probability",
    "histologically", "performance",
)  # fmt: skip
#: Real words, and other spellings, that differ by one letter from one of these.
_REAL = frozenset(
    {
        "advance", "averse", "compete", "enrolment", "patents", "serous", "infection", "tonicity",
        "metastasis", "randomisation", "censured", "evacuation",
        "ablution",
    }
)  # fmt: skip
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@cache
def _misspellings() -> dict[str, str]:
    """Words with one letter missing, doubled, wrong or exchanged with its neighbour, and their sense.

    The first letter of a word is right, and so is the last one where another letter is wrong; only
    words of eight letters or more have a wrong one.
    """
    near: dict[str, str] = {}
    for word in _WORDS:
        for at in range(1, len(word)):
            rest = word[at:]
            without = word[:at] + rest[1:]
            doubled = word[:at] + word[at] + rest
            swapped = word[:at] + rest[1:2] + rest[:1] + rest[2:]
            near.update(dict.fromkeys((without, doubled, swapped), word))
            if len(word) >= _SHORTEST and at < len(word) - 1:
                near.update({word[:at] + letter + rest[1:]: word for letter in _ALPHABET})
    return {near_miss: word for near_miss, word in near.items() if near_miss not in _kept()}


@cache
def _misspelt() -> frozenset[str]:
    return frozenset(_misspellings())


@cache
def _kept() -> frozenset[str]:
    """Words that are no misspelling: real ones, and singular or plural of the list."""
    return (
        _REAL | {*_WORDS} | {f"{word}s" for word in _WORDS} | {w.removesuffix("s") for w in _WORDS}
    )


def distance(one: str, other: str, limit: int) -> int:
    """Levenshtein distance, `limit` + 1 when it is larger."""
    return Levenshtein.distance(one, other, score_cutoff=limit)


def agent_name_mismatch(case: Case) -> Iterator[Row]:
    """A word one or two letters away from the name of a registered agent."""
    names: dict[str, str] = {}
    for one in case.view.regimen:
        if one.kind == "drug":
            names.update(dict.fromkeys(_long_names(one.name), one.id))
    if not names:
        return
    initials = {name[0] for name in names}
    alike = [word for word in case.words if word[0] in initials and len(word) >= _SHORTEST - 1]
    near = {
        word
        for name in names
        for word in alike
        if -3 < len(word) - len(name) < 3 and word[0] == name[0] and _nearly(word, name)
    }
    for word in sorted(near):
        for name, component in names.items():
            if _nearly(word, name):
                span = _place_of(case, word)
                yield case.raise_(
                    "agent_name_mismatch",
                    f"regimen.{component}.name",
                    f'"{span.of(case.text)}" differs from "{name}" by a letter or two: is it the same '
                    "agent? Read as two, exposure would be counted for each apart.",
                    span,
                )


@lru_cache(maxsize=16_384)
def _long_names(name: str) -> tuple[str, ...]:
    """Words of a name that are known agents, and long enough for a near miss to mean something."""
    words = _WORD.findall(name.lower())
    return tuple(w for w in words if len(w) >= _SHORTEST and agent_key(w) is not None)


def _place_of(case: Case, word: str) -> Span:
    """The first place of a whole word."""
    low, start = case.low, -1
    while True:
        start = low.index(word, start + 1)
        end = start + len(word)
        before, behind = low[start - 1 : start], low[end : end + 1]
        if not before.isalpha() and not behind.isalpha():
            return Span(start, end)


@lru_cache(maxsize=65_536)
def _nearly(word: str, name: str) -> bool:
    """Whether a word that is no known agent is one or two letters away from a name."""
    if word[0] != name[0] or abs(len(word) - len(name)) > 2 or len(word) > _LONGEST:
        return False
    if word.startswith(name) or agent_key(word) is not None:
        return False
    return distance(word, name, 2) <= 2


def typo(case: Case) -> Iterator[Row]:
    """A common word with one letter missing, doubled or exchanged, and wrong ordinals."""
    meant = _misspellings()
    for word in sorted(case.words & _misspelt()):
        span = _place_of(case, word)
        said = f'"{span.of(case.text)}" is meant to be "{meant[word]}".'
        yield case.raise_("typo", _place(case, span), said, span)
    if case.says(_ORDINAL_ENDS):
        yield from _wrong_ordinals(case)


def _wrong_ordinals(case: Case) -> Iterator[Row]:
    wrong: dict[str, Span] = {}
    for match in _ORDINAL.finditer(case.low):
        start = match.start()
        while start > 0 and case.low[start - 1].isdigit():
            start -= 1
        number = case.low[start : match.start() + 1]
        if len(number) < 4 and not match.group().endswith(_suffix(int(number))):
            wrong.setdefault(number, Span(start, match.end()))
    for number, span in wrong.items():
        right = f"{number}{_suffix(int(number))}"
        said = f'"{span.of(case.text)}" is no ordinal number: "{right}", or another one?'
        yield case.raise_("typo", _place(case, span), said, span)


def _suffix(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _place(case: Case, span: Span) -> str:
    path = case.path_at(span)
    if path.startswith("endpoints."):
        return f"{path}.measure"
    return path if path == "title" else "treatment"


def acronym_unexpanded(case: Case) -> Iterator[Row]:
    """Acronyms of title, summary and conditions that are never explained: one question for all."""
    text = case.text
    head = case.reading.span("conditions")
    found: dict[str, Span] = {}
    for name in _capitals(text[: head.end]):
        span = _standing_alone(text, name, head.end)
        if span is not None and not _explained(text, name):
            found[name] = span
    if found:
        names = sorted(found, key=lambda name: found[name].start)
        span = found[names[0]]
        verb, stands = ("are", "they stand") if len(names) > 1 else ("is", "it stands")
        yield case.raise_(
            "acronym_unexpanded",
            "title" if span.start in case.reading.span("title") else "population",
            f"{listed(names)} {verb} never written out: say once what {stands} for.",
            span,
        )


def _capitals(text: str) -> set[str]:
    """Runs of capitals that may be acronyms to explain."""
    runs = {*text.encode("ascii", "replace").translate(_CAPITALS).split()}
    return {run.decode("ascii") for run in runs if 3 <= len(run) <= _LONGEST_ACRONYM} - COMMON


def _standing_alone(text: str, name: str, end: int) -> Span | None:
    """The first place of an acronym that is no part of a longer name."""
    start = text.find(name, 0, end)
    while start >= 0:
        behind = start + len(name)
        if not (_joined(text[start - 1 : start]) or _joined(text[behind : behind + 1])):
            return Span(start, behind)
        start = text.find(name, behind, end)
    return None


def _explained(text: str, name: str) -> bool:
    """Whether an acronym stands in brackets behind its words, or before them."""
    if f"({name}" in text:  # of most
        return True
    behind = [f"{name}{mark}" for mark in (" (", "(", " - ", " = ", ": ")]
    return any(mark in text for mark in (f"\uff08{name}", f"[{name}", *behind))


def _joined(mark: str) -> bool:
    """Whether a mark makes capitals a part of a longer name: a code, a gene, a word."""
    return bool(mark) and (mark.isalnum() or mark in "-_/+")


SPELLING_DETECTORS = (
    Detector(("agent_name_mismatch",), agent_name_mismatch),
    Detector(("typo",), typo),
    Detector(("acronym_unexpanded",), acronym_unexpanded),
)
