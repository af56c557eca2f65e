"""Conditions, sites of disease and the terms for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.findings.case import Advice, Case, Detector, Row
from trialwright.registry.view import Span, pieces

#: One of these is a word of each site of disease.
_SITE_WORDS = frozenset(
    {
        "liver", "hepatic", "lung", "pulmonary", "bone", "brain", "peritoneal", "nodal", "lymph",
        "adrenal", "skin",
    }
)  # fmt: skip
_SITE = r"(?:liver|hepatic|lung|pulmonary|bone|brain|peritoneal|nodal|lymph node|adrenal|skin)"
_SITES = re.compile(rf"\b{_SITE}(?: metasta\w+)? ?/ ?{_SITE} metasta\w+")
#: The end of each match of it: a slash is found faster than a site.
_SLASHED = re.compile(rf"/ ?{_SITE} metasta")
_EXTRAHEPATIC = re.compile(
    r"\bextra-?hepatic\b|\bliver[\s-](?:only|limited|confined|dominant)\b|\b(?:confined|limited) to the liver\b|"
    r"\bwith(?:out)? (?:other|distant|lung|lymph\w*) metasta\w+"
)
_LIVER_DISEASE = re.compile(
    r"\b(?:liver|hepatic) metasta\w+|\bmetastatic liver (?:cancer|tumou?r)\w*|\bhepatocellular carcinoma\b|\bhcc\b"
)
_AMBIGUOUS = re.compile(
    r"\bmetastatic (?:liver|bone|brain|peritoneal) (?:cancer|tumou?r|carcinoma)s?\b"
)
#: A condition that names where disease has spread to, and not the disease.
_SPREAD = re.compile(
    rf"{_SITE} metasta\w+|metasta\w+ (?:to|in|of) (?:the )?{_SITE}|leptomeningeal (?:metasta\w+|disease)|"
    r"(?:oligo)?metasta\w+(?: disease)?$"
)
#: Two words for one organ: with a metastasis, in conditions and title.
_SYNONYMS = (
    ("lung", "pulmonary"),
    ("liver", "hepatic"),
    ("brain", "cerebral"),
    ("bone", "osseous"),
)
_EFFECT_WORDS = frozenset({"effects", "reactions"})
_EFFECTS = re.compile(r"adverse (?:effects|reactions)\b(?: \(aes?\))?")
_OPEN_WORDS = frozenset({"open", "unblinded"})
_OPEN = re.compile(r"open(?<=\bopen)[\s-]label\b|unblinded(?<=\bunblinded)\b")
_DESIGN = re.compile(
    r"\b(?:single|multi)[\s-]?(?:cent(?:er|re)|arm|cohort)|\bphase[\s-](?:\d|i)|\brandomi[sz]ed\b|\bmulti[\s-]?cent"
)


def site_ambiguous(case: Case) -> Iterator[Row]:
    """Sites joined by a slash ("liver/lung metastases"): one, the other, or both."""
    slashed = case.has("metasta") and case.find(_SLASHED)
    span = case.find(_SITES) if slashed else None
    if span is not None:
        yield case.raise_(
            "site_ambiguous",
            "population.metastatic_sites",
            f'"{span.of(case.text)}" leaves open whether one site is enough or both are needed, and '
            "whether other sites are allowed: outcome differs by site. Proposed reading: one or "
            "both, with the sites as strata.",
            span,
        )


def extrahepatic_undefined(case: Case) -> Iterator[Row]:
    """Liver disease treated locally without a word on disease elsewhere."""
    local = case.components("liver", "lesion")
    span = case.find(_LIVER_DISEASE) if local else None
    if span is None or case.find(_EXTRAHEPATIC):
        return
    yield case.raise_(
        "extrahepatic_undefined",
        "population.metastatic_sites",
        f"Whether disease {_elsewhere(case)} is allowed is not said: {local[0].name} does not reach it, so "
        "response and progression have to be shown inside and outside the treated organ.",
        span,
        Advice(rule="R-102"),
    )


def _elsewhere(case: Case) -> str:
    lung = case.has("lung metasta", "pulmonary metasta")
    return "other than in liver and lung" if lung else "outside the liver"


def condition_ambiguous(case: Case) -> Iterator[Row]:
    """A condition that can be read as two diseases."""
    span = case.find(_AMBIGUOUS, case.reading.span("conditions"))
    if span is not None:
        organ = span.of(case.low).split()[1]
        hint = (
            f" The record sets it against primary {organ} cancer, which points to the second."
            if f"primary {organ}" in case.low
            else ""
        )
        yield case.raise_(
            "condition_ambiguous",
            "population.conditions",
            f'"{span.of(case.text)}" can mean primary {organ} cancer that has spread, or other cancers '
            f"that have spread to the {organ}: two populations with different drugs and survival."
            f"{hint}",
            span,
        )


def metastatic_conditions(case: Case) -> Iterator[Row]:
    """All questions about conditions that speak of metastases."""
    field = case.reading.span("conditions")
    if case.low.find("metasta", field.start, field.end) >= 0:
        yield from condition_split(case)
        yield from condition_term_mismatch(case)


def condition_split(case: Case) -> Iterator[Row]:
    """A disease and where it has spread to, registered as conditions side by side."""
    field = case.reading.span("conditions")
    names = list(pieces(case.text, field, "|"))
    spread = [name for name in names if _SPREAD.match(case.low, name.start, name.end)]
    if spread and len(spread) < len(names):
        yield case.raise_(
            "condition_split",
            "population.conditions",
            f'"{spread[0].of(case.text)}" is registered as a condition of its own: searched by it, the '
            "trial seems open to metastases of any tumour. One population is one condition.",
            field,
        )


def condition_term_mismatch(case: Case) -> Iterator[Row]:
    """The registered condition and the title use different words for one site."""
    conditions, title = case.reading.span("conditions"), case.reading.span("title")
    for pair in _SYNONYMS:
        for ours, theirs in (pair, pair[::-1]):
            at = _metastasis(case, ours, conditions)
            other = _metastasis(case, theirs, title)
            if at and other and not _metastasis(case, ours, title):
                yield case.raise_(
                    "condition_term_mismatch",
                    "population.conditions",
                    f'The condition is "{at.of(case.text)}", the title says "{other.of(case.text)}": a '
                    "search for one does not find the other.",
                    at,
                )


def _metastasis(case: Case, organ: str, field: Span) -> Span | None:
    """Place of "lung metastases" in a field."""
    start = case.low.find(f"{organ} metasta", field.start, field.end)
    if start < 0:
        return None
    end = start + len(organ) + 1
    while end < field.end and case.low[end].isalpha():
        end += 1
    return Span(start, end)


def term_mismatch(case: Case) -> Iterator[Row]:
    """Adverse effects beside adverse events."""
    if "adverse event" not in case.low:
        return
    span = case.find(_EFFECTS)
    if span is not None:
        yield case.raise_(
            "term_mismatch",
            "safety",
            f'"{span.of(case.text)}" beside "adverse events": an effect is judged to be caused by the '
            "treatment, an event is not, so the two have different rates. Use one term.",
            span,
        )


def open_label_partial(case: Case) -> Iterator[Row]:
    """The summary describes the design, and only the detailed description says that it is open."""
    where = case.reading.span("detailed_description")
    if case.low.find("open", where.start, where.end) < 0 and "unblinded" not in case.words:
        return
    detail = case.find(_OPEN, where)
    head = Span(case.reading.span("title").start, case.reading.span("brief_summary").end)
    summary = case.reading.span("brief_summary")
    if detail and case.find(_OPEN, head) is None and case.find(_DESIGN, summary):
        yield case.raise_(
            "open_label_partial",
            "design.open_label",
            "The summary describes the design but leaves out that it is open label, which only the "
            "detailed description says: readers knew the treatment when they judged response.",
            detail,
        )


CONDITION_DETECTORS = (
    Detector(("site_ambiguous",), site_ambiguous, words=_SITE_WORDS),
    Detector(("extrahepatic_undefined",), extrahepatic_undefined, trait="local treatment"),
    Detector(("condition_ambiguous",), condition_ambiguous, words=frozenset({"metastatic"})),
    Detector(("condition_split", "condition_term_mismatch"), metastatic_conditions),
    Detector(("term_mismatch",), term_mismatch, words=_EFFECT_WORDS),
    Detector(("open_label_partial",), open_label_partial, words=_OPEN_WORDS),
)
