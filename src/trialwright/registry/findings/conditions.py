"""Conditions, sites of disease and the terms for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.base import Finding
from trialwright.registry.findings.case import Advice, Case
from trialwright.registry.view import Span, pieces

_SITES = re.compile(
    r"\b(?:liver|hepatic) metasta\w+ ?/ ?(?:lung|pulmonary) metasta\w+|\b(?:lung|pulmonary) metasta\w+ ?/ ?(?:liver|hepatic) metasta\w+"
)
_EXTRAHEPATIC = re.compile(
    r"\bextra-?hepatic\b|\bliver[\s-](?:only|limited|confined|dominant)\b|\bconfined to the liver\b|\blimited to the liver\b"
)
_LIVER_DISEASE = re.compile(
    r"\b(?:liver|hepatic) metasta\w+|\bmetastatic liver (?:cancer|tumou?r)\w*"
)
_AMBIGUOUS = re.compile(r"\bmetastatic liver (?:cancer|tumou?r|carcinoma)s?\b")
_METASTASES = re.compile(r"\bmetasta\w+")
_LUNG, _PULMONARY = re.compile(r"\blung metasta\w+"), re.compile(r"\bpulmonary metasta\w+")
_EFFECTS, _EVENTS = (
    re.compile(r"\badverse (?:effects|reactions)\b(?: \(aes?\))?"),
    re.compile(r"\badverse events?\b"),
)
_OPEN = re.compile(r"\bopen[\s-]label\b")


def site_ambiguous(case: Case) -> Iterator[Finding]:
    """Sites joined by a slash ("liver/lung metastases"): one, the other, or both."""
    span = case.find(_SITES) if case.has("metasta") else None
    if span is not None:
        yield case.raise_(
            "site_ambiguous",
            "population.metastatic_sites",
            f'"{span.of(case.text)}" leaves open whether one site is enough or both are needed, and '
            "whether other sites are allowed. Proposed reading: and/or, with the sites as strata.",
            span,
        )


def extrahepatic_undefined(case: Case) -> Iterator[Finding]:
    """Liver disease treated locally without a word on disease elsewhere."""
    local = case.components("liver", "lesion")
    span = case.find(_LIVER_DISEASE) if local else None
    if span is None or case.find(_EXTRAHEPATIC):
        return
    yield case.raise_(
        "extrahepatic_undefined",
        "population.metastatic_sites",
        "The record does not say whether disease outside the liver is allowed; it is not reached by "
        "the local treatment, so response has to be shown inside and outside the liver.",
        span,
        Advice(rule="R-102"),
    )


def condition_ambiguous(case: Case) -> Iterator[Finding]:
    """A condition that can be read as two diseases."""
    span = case.find(_AMBIGUOUS, case.reading.span("conditions"))
    if span is not None:
        yield case.raise_(
            "condition_ambiguous",
            "population.conditions",
            f'"{span.of(case.text)}" can mean primary liver cancer that has spread, or other cancers '
            "in the liver; the title and the rationale point to the second.",
            span,
        )


def condition_split(case: Case) -> Iterator[Finding]:
    """One population that is registered as several conditions."""
    field = case.reading.span("conditions")
    names = list(pieces(case.text, field, "|"))
    spread = [
        name
        for name in names
        if _METASTASES.match(case.low, name.start, name.end) or " metasta" in name.of(case.low)
    ]
    if len(names) > 1 and spread:
        yield case.raise_(
            "condition_split",
            "population.conditions",
            f"{len(names)} conditions are registered for one population: read one by one they would "
            f'admit any patient with "{spread[-1].of(case.text)}".',
            field,
        )


def condition_term_mismatch(case: Case) -> Iterator[Finding]:
    """The registered condition and the title use different words for one site."""
    conditions, title = case.reading.span("conditions"), case.reading.span("title")
    for ours, theirs in ((_LUNG, _PULMONARY), (_PULMONARY, _LUNG)):
        span, other = case.find(ours, conditions), case.find(theirs, title)
        if span is not None and other is not None:
            yield case.raise_(
                "condition_term_mismatch",
                "population.conditions",
                f'The condition is "{span.of(case.text)}", the title says "{other.of(case.text)}".',
                span,
            )


def term_mismatch(case: Case) -> Iterator[Finding]:
    """Adverse effects beside adverse events."""
    span = case.find(_EFFECTS) if case.has("adverse effect", "adverse reaction") else None
    if span is None or case.find(_EVENTS) is None:
        return
    yield case.raise_(
        "term_mismatch",
        "safety",
        f'"{span.of(case.text)}" beside "adverse events": an effect is judged to be caused by the '
        "treatment, an event is not.",
        span,
    )


def open_label_partial(case: Case) -> Iterator[Finding]:
    """Open label stands in one part of the record only."""
    detail = case.find(_OPEN, case.reading.span("detailed_description"))
    head = Span(case.reading.span("title").start, case.reading.span("brief_summary").end)
    if detail is not None and case.find(_OPEN, head) is None:
        yield case.raise_(
            "open_label_partial",
            "design.open_label",
            "Open label is said in the detailed description only, not in title or summary.",
            detail,
        )


CONDITION_DETECTORS = (
    site_ambiguous,
    extrahepatic_undefined,
    condition_ambiguous,
    condition_split,
    condition_term_mismatch,
    term_mismatch,
    open_label_partial,
)
