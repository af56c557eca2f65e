"""Spelling: agent names that almost agree, common words, ordinals, unexplained acronyms.

The only module that uses rapidfuzz.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from trialwright.protocol.base import Finding
from trialwright.registry.findings.case import Case
from trialwright.registry.interventions import agent_key
from trialwright.registry.view import Span

_WORD = re.compile(r"[a-z]{6,24}")
_ORDINAL = re.compile(r"\b(?:\d*(?<!1)[123]th|\d*[04-9](?:st|nd|rd)|\d*1[123](?:st|nd|rd))\b")
_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{3,6}(?![\w-])")
_EXPLAINED = re.compile(r"[(（\[]\s*([A-Z][A-Za-z]{1,7}?)s?\s*[)）\],，:：]")
#: Acronyms that need no expansion in a registered oncology record, and words set in capitals.
_COMMON = frozenset(
    (
        "RECIST", "CTCAE", "NCI", "DNA", "RNA", "PCR", "MRI", "PET", "FDA", "WHO", "ECOG", "AJCC", "TNM",
        "HER", "EGFR", "VEGF", "VEGFR", "PFS", "ORR", "DCR", "SAE", "TEAE", "DLT", "MTD", "CAR", "NGS",
        "AIDS", "HIV", "ICF", "USA", "CTC", "ALT", "AST", "ULN", "BICR", "CTLA", "PSA", "III", "VII", "VIII",
        "PRIMARY", "OUTLINE", "ARM", "GROUP", "COHORT", "PART", "PHASE", "AND", "THE", "FOR", "DRUG",
    )
)  # fmt: skip
#: Words that registered oncology outcomes are made of; a near miss is a typing error.
_WORDS = (
    "overall", "survival", "progression", "response", "objective", "disease", "patients", "treatment",
    "adverse", "serious", "severity", "incidence", "toxicity", "enrollment", "randomization",
    "intravenous", "chemotherapy", "ablation", "metastases", "colorectal", "evaluation", "complete",
    "partial", "duration", "clinical", "efficacy", "tolerability", "investigator", "injection",
)  # fmt: skip
_BY_LETTER: dict[str, tuple[str, ...]] = {
    letter: tuple(word for word in _WORDS if word[0] == letter) for letter in {w[0] for w in _WORDS}
}
_INFLECTED = ("s", "d", "ed", "ly", "al", "ive", "or", "er", "y", "ing", "n")
_MOST_ACRONYMS = 5


def distance(one: str, other: str, limit: int) -> int:
    """Levenshtein distance, `limit` + 1 when it is larger."""
    return Levenshtein.distance(one, other, score_cutoff=limit)


def agent_name_mismatch(case: Case) -> Iterator[Finding]:
    """A word one or two letters away from the name of a registered agent."""
    names = {
        word: component.id
        for component in case.protocol.regimen
        for word in _WORD.findall(component.name.lower())
        if len(word) >= 8 and agent_key(word) is not None
    }
    for word in set(_WORD.findall(case.low)) if names else ():
        for name, component in names.items():
            if _nearly(word, name):
                span = _place_of(case, word)
                yield case.raise_(
                    "agent_name_mismatch",
                    f"regimen.{component}.name",
                    f'"{span.of(case.text)}" differs from "{name}" by a letter or two: is it the same '
                    "agent?",
                    span,
                )


def _place_of(case: Case, word: str) -> Span:
    """The first place of a whole word."""
    places = (Span(*m.span()) for m in _WORD.finditer(case.low) if m.group() == word)
    return next(places)


@lru_cache(maxsize=65_536)
def _nearly(word: str, name: str) -> bool:
    """Whether a word that is no known agent is one or two letters away from a name."""
    if word[0] != name[0] or len(word) < 7 or abs(len(word) - len(name)) > 2:
        return False
    if word in (name, f"{name}s") or agent_key(word) is not None:
        return False
    return distance(word, name, 2) <= 2


def typo(case: Case) -> Iterator[Finding]:
    """A common word with one letter missing, doubled or exchanged, and wrong ordinals."""
    for word in set(_WORD.findall(case.low)):
        meant = _meant(word)
        if meant is not None:
            span = _place_of(case, word)
            said = f'"{span.of(case.text)}" is meant to be "{meant}".'
            yield case.raise_("typo", _place(case, span), said, span)
    for match in _ORDINAL.finditer(case.low):
        span = Span(*match.span())
        said = f'"{span.of(case.text)}" is no ordinal number.'
        yield case.raise_("typo", _place(case, span), said, span)


@lru_cache(maxsize=65_536)
def _meant(word: str) -> str | None:
    for known in _BY_LETTER.get(word[0], ()):
        if word == known or abs(len(word) - len(known)) > 1:
            continue
        inflected = any(word == known + e or known == word + e for e in _INFLECTED)
        if (
            not inflected
            and word[-3:] != "ses"
            and distance(word, known, 1) == 1
            and not _is_word(word)
        ):
            return known
    return None


_REAL_WORDS = frozenset(
    [
        "metastasis",
        "metastatic",
        "severely",
        "incidences",
        "evaluating",
        "injecting",
        "treatments",
        "progressive",
        "tolerable",
        "advised",
        "response",
        "responses",
        "patient",
        "clinic",
        "efficacious",
        "durations",
    ]
)


def _is_word(word: str) -> bool:
    return word in _REAL_WORDS


def _place(case: Case, span: Span) -> str:
    for endpoint, outcome in case.paired():
        if span.start in outcome.span:
            return f"endpoints.{endpoint.id}.measure"
    return "title" if span.start in case.reading.span("title") else "treatment"


def acronym_unexpanded(case: Case) -> Iterator[Finding]:
    """Acronyms that are never explained, a few at most."""
    text = case.text
    explained = {m.group(1) for m in _EXPLAINED.finditer(text)}
    field = case.reading.span("interventions")
    found: dict[str, Span] = {}
    for match in _ACRONYM.finditer(text):
        name = match.group()
        skipped = name in _COMMON or name in explained or text.startswith((" (", "("), match.end())
        if not skipped and not (match.start() in field and text.startswith(": ", match.end())):
            found.setdefault(name, Span(*match.span()))
    for name, span in list(found.items())[:_MOST_ACRONYMS]:
        yield case.raise_(
            "acronym_unexpanded",
            "title" if span.start in case.reading.span("title") else "population",
            f'"{name}" is never written out.',
            span,
        )


SPELLING_DETECTORS = (agent_name_mismatch, typo, acronym_unexpanded)
