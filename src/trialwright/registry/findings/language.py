"""Language: phrases that do not say what they mean, as a table, and full-width punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.protocol.base import Finding
from trialwright.registry.findings.case import TIMED, Case
from trialwright.registry.view import FULL_WIDTH, Span


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that is asked about; `word` has to stand in the text before the pattern is tried."""

    code: str
    word: str
    pattern: re.Pattern[str]
    message: str


_PHRASES: tuple[Phrase, ...] = (
    Phrase("wording", "disease progress", re.compile(r"\bto disease progress\b(?!ion)"), '"disease progress" is meant to be disease progression.'),
    Phrase("wording", "multiple times", re.compile(r"\bperformed in multiple times\b"), '"in multiple times": say how many sessions, and at which interval.'),
    Phrase("wording", "posterior", re.compile(r"\bposterior (?:line )?treatment\b"), '"posterior treatment" is meant to be later-line treatment.'),
    Phrase("wording", "judgment is made", re.compile(r"\binvestigator judge?ment is made\b"), "A judgement of the investigator is made at every visit: say which decision ends treatment."),
    Phrase("wording_garbled", "achieving assessed", re.compile(r"\bachieving assessed\b"), 'A word is missing in "achieving assessed": confirmed, or best?'),
    Phrase("wording_garbled", "and categorized by", re.compile(r"\bevaluated by incidence[^.]{0,80}\band categorized by severity\b"), "The sentence names severity twice and does not say what is counted."),
    Phrase("unsupported_claim", "higher objective response", re.compile(r"\b[a-z-]{2,12} has a higher objective response rate[^.]{0,120}"), "A comparison is claimed without a source; a trial without a control cannot show it."),
    Phrase("unsupported_claim", "hopefully", re.compile(r"\bhopefully can prolong [^.]{3,40}"), "Longer survival is hoped for, but a trial without a control cannot show it."),
    Phrase("unsupported_claim", "can significantly", re.compile(r"\bcan significantly (?:improve|prolong|increase)[^.]{0,80}"), "An effect is claimed without a source."),
    Phrase("definition_wording", "best objective response", re.compile(r"\bbest objective response\b"), '"best objective response" is meant to be best overall response (RECIST 1.1).'),
    Phrase("tense_mismatch", "enrolled patients received", re.compile(r"\bthe enrolled patients received\b"), "The plan is told in the past tense: say whether treatment has begun."),
)  # fmt: skip
_AND_RESPONSE = re.compile(
    r"\bcomplete response ?(?:\(cr\))? ?(?:and|, partial response and) (?:partial response|stable disease)"
)
_DATE_AS_TIME = re.compile(r"^\s*the date of\b")
_FROM_WITHOUT_TIME = re.compile(r"\bdefined (?:as )?from the date\b")
_FIELD_PATH = {"title": "title", "conditions": "population.conditions", "interventions": "regimen"}


def phrases(case: Case) -> Iterator[Finding]:
    """Phrases of the table."""
    for phrase in _PHRASES:
        span = case.find(phrase.pattern) if phrase.word in case.low else None
        if span is not None:
            yield case.raise_(phrase.code, _path(case, span), phrase.message, span)


def _path(case: Case, span: Span) -> str:
    """Path of the endpoint whose outcome holds a span, else that of its field."""
    for endpoint, outcome in case.paired():
        if span.start in outcome.span:
            return f"endpoints.{endpoint.id}"
    return _FIELD_PATH.get(case.reading.field_at(span.start), "treatment")


def conjunction(case: Case) -> Iterator[Finding]:
    """Responses joined by "and" where either counts."""
    for endpoint, outcome in case.paired():
        if endpoint.kind not in ("ORR", "DCR"):
            continue
        span = case.find(_AND_RESPONSE, outcome.definition)
        if span is not None:
            yield case.raise_(
                "conjunction",
                f"endpoints.{endpoint.id}.description",
                f'"{span.of(case.text)}": a patient has one of these as best response, so "or".',
                span,
            )


def definition_wording(case: Case) -> Iterator[Finding]:
    """A time that is defined as a date."""
    for endpoint, outcome in case.paired():
        if endpoint.kind not in TIMED or outcome.description is None:
            continue
        span = outcome.description
        match = _DATE_AS_TIME.match(span.of(case.low))
        where = (
            Span(span.start, span.start + match.end())
            if match
            else case.find(_FROM_WITHOUT_TIME, span)
        )
        if where is not None:
            yield case.raise_(
                "definition_wording",
                f"endpoints.{endpoint.id}.description",
                f'{endpoint.id} is a time; the definition gives dates ("{where.of(case.text)}") '
                "without calling it the time between them.",
                where,
            )


def fullwidth_punctuation(case: Case) -> Iterator[Finding]:
    """Full-width or ideographic punctuation, once for the record."""
    found = list(FULL_WIDTH.finditer(case.text))
    if found:
        first = found[0]
        yield case.raise_(
            "fullwidth_punctuation",
            _path(case, Span(*first.span())),
            f'{len(found)} full-width punctuation marks (the first is "{first.group()}") hide '
            "separators from programs that read the registry.",
            Span(*first.span()),
        )


LANGUAGE_DETECTORS = (phrases, conjunction, definition_wording, fullwidth_punctuation)
