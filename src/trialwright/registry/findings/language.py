"""Language: phrases of the table, doubled words, "and" for "or", full-width punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.facts import OTHER_TRIALS
from trialwright.registry.findings.case import TIMED, Case, Detector, Row, listed
from trialwright.registry.findings.phrases import PHRASES, Phrase
from trialwright.registry.view import FULL_WIDTH, Span


def _held_with(word: str, phrase: Phrase) -> tuple[str, ...]:
    """The strings that a phrase can hold where a word of it stands in the record."""
    return tuple(
        held
        for held in phrase.holds
        if word in held or not any(other in held for other in phrase.words)
    )


#: By word, the places of its phrases in the table, and what each of them holds with the word.
_BY_WORD = {
    word: [
        (at, _held_with(word, phrase)) for at, phrase in enumerate(PHRASES) if word in phrase.words
    ]
    for word in frozenset().union(*[phrase.words for phrase in PHRASES])
}
_PHRASE_WORDS = frozenset(_BY_WORD)
#: Words of the phrases that tell the plan in the past tense, and of no other.
_PAST_WORDS = frozenset({"received", "underwent", "were"})
_PROSE = ("brief_summary", "detailed_description")
#: Small words that never stand twice in a row.
_TWICE = (" of of", " to to", " and and", " the the")
_DOUBLED = re.compile(r"\b(the|of|and|to) \1\b")
_AND_RESPONSE = re.compile(
    r"complete response ?(?:\(cr\))? ?(?:and|, partial response and) (?:partial response|stable disease)"
)
_RATES = frozenset({"ORR", "DCR"})
#: Words in front of it that make "and" right.
_TOGETHER = ("sum of ", "rate of ", "rates of ", "including ", "either ", "both ", "as ")
_DATE_AS_TIME = re.compile(r"\s*the date of\b")
_FROM_WITHOUT_TIME = re.compile(r"defined(?<=\bdefined) (?:as )?from the date\b")


def phrases(case: Case) -> Iterator[Row]:
    """Phrases of the table, each code and message once."""
    said = _PHRASE_WORDS & case.words
    if "will" not in case.words:
        said -= _PAST_WORDS  # with no word on the future, there is nothing beside the past
    held = {at for word in said for at, holds in _BY_WORD[word] if case.has(*holds)}
    for at in sorted(held):
        phrase = PHRASES[at]
        span = _phrase(case, phrase)
        if span is not None:
            yield case.raise_(phrase.code, case.path_at(span), phrase.message, span)


def _phrase(case: Case, phrase: Phrase) -> Span | None:
    """The first place where a phrase is worth a question."""
    if phrase.unless is None:
        return case.find(phrase.pattern)
    for match in case.reading.search(phrase.pattern, _PROSE):
        span = Span(*match.span())
        around = case.sentence(span)
        said = case.low[around.start : around.end]
        if phrase.unless.search(said) is None and OTHER_TRIALS.search(said) is None:
            return span
    return None


def doubled_words(case: Case) -> Iterator[Row]:
    """A small word that stands twice."""
    if not case.has(*_TWICE):
        return
    span = case.find(_DOUBLED)
    if span is not None:
        yield case.raise_(
            "wording_garbled",
            case.path_at(span),
            f'"{span.of(case.text)}": a word stands twice, or one between them is missing.',
            span,
        )


def conjunction(case: Case) -> Iterator[Row]:
    """Responses joined by "and" where either counts."""
    if "complete response" not in case.low:
        return
    for endpoint, outcome in case.paired:
        if endpoint.kind not in _RATES:
            continue
        span = case.find(_AND_RESPONSE, outcome.definition)
        if span is not None and not case.low[span.start - 10 : span.start].endswith(_TOGETHER):
            yield case.raise_(
                "conjunction",
                f"endpoints.{endpoint.id}.description",
                f'"{span.of(case.text)}": a patient has one of these as best response, never both, '
                'so "or".',
                span,
            )


def definition_wording(case: Case) -> Iterator[Row]:
    """Times that are defined as dates: one question for all of them."""
    if "the date" not in case.low:
        return
    dated: list[tuple[str, Span]] = []
    for endpoint, outcome in case.timed:
        if outcome.description is None:
            continue
        span = outcome.description
        match = _DATE_AS_TIME.match(case.low, span.start, span.end)
        where = Span(*match.span()) if match else case.find(_FROM_WITHOUT_TIME, span)
        if where is not None:
            dated.append((endpoint.id, where))
    if dated:
        ids = [name for name, _ in dated]
        span = dated[0][1]
        one = len(ids) == 1
        yield case.raise_(
            "definition_wording",
            f"endpoints.{ids[0]}.description",
            f"{listed(ids)} {'is a time' if one else 'are times'}, but the definition"
            f'{" names" if one else "s name"} dates ("{span.of(case.text)}"): say that it is the time '
            "between them, and in which unit.",
            span,
        )


def fullwidth_punctuation(case: Case) -> Iterator[Row]:
    """Full-width or ideographic punctuation, once for the record."""
    if not _has_full_width(case.text):
        return
    found = [match.span() for match in FULL_WIDTH.finditer(case.text)]
    if found:
        first = Span(*found[0])
        marks = (
            f"{len(found)} full-width punctuation marks" if len(found) > 1 else "A full-width mark"
        )
        yield case.raise_(
            "fullwidth_punctuation",
            case.path_at(first),
            f'{marks} (the first is "{first.of(case.text)}") '
            f"{'hide' if len(found) > 1 else 'hides'} separators from programs that read the "
            "registry: agents and definitions run together.",
            first,
        )


def _has_full_width(text: str) -> bool:
    """Whether a text may hold such a mark: a search of bytes, far cheaper than one of a pattern."""
    if text.isascii():
        return False
    coded = text.encode("utf-8", "replace")
    return b"\xe3" in coded or b"\xef" in coded  # first bytes of U+3000 to 3FFF and F000 to FFFF


LANGUAGE_DETECTORS = (
    Detector(
        ("wording", "wording_garbled", "unsupported_claim", "definition_wording", "tense_mismatch"),
        phrases,
        words=_PHRASE_WORDS,
    ),
    Detector(("wording_garbled",), doubled_words),
    Detector(("conjunction",), conjunction, kinds=_RATES),
    Detector(("definition_wording",), definition_wording, words=frozenset({"date"}), kinds=TIMED),
    Detector(("fullwidth_punctuation",), fullwidth_punctuation),
)
