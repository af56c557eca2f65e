"""Who may enter: lines of therapy, measurable disease, markers, primary tumours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.base import Finding
from trialwright.registry.findings.case import Advice, Case
from trialwright.registry.interventions import known_agent

_LINES_BEFORE = {"first": 0, "second": 1, "third": 2, "fourth": 3}
_AFTER_FIRST = re.compile(
    r"\bafter (?:failure of )?(?:the )?first[\s-]line (?:treatment|therapy|chemotherapy)(?: failure)?|"
    r"\bfailure of (?:the )?first[\s-]line (?:treatment|therapy|chemotherapy)"
)
_LINE_WORDS = re.compile(
    r"\b(?:first|second|third|fourth|later|1st|2nd|3rd)[\s-]line\b|\btreatment[\s-]na[iï]ve\b|\buntreated\b|\bpreviously treated\b|"
    r"\brefractory\b|\brelapsed\b|\bprior (?:lines?|therap|treatment|chemo)\w*|\bprogress\w* (?:on|after|during)\b|\bfail\w*\b|"
    r"\bneoadjuvant\b|\badjuvant\b|\bnewly diagnosed\b|\brecurrent\b"
)
_MEASURABLE = re.compile(r"\bmeasurable\b")
_MARKER = re.compile(
    r"\bmsi(?:-h)?\b|\bmicrosatellite\b|\bmismatch repair\b|\b[dp]mmr\b|\bmss\b|\bpd-?l1\b|\btmb\b"
)
_COLORECTAL = re.compile(r"\bcolorectal (?:cancer|carcinoma)\b")
_ELIGIBILITY = re.compile(
    r"\beligib\w+|\binclusion criteria\b|\bexclusion criteria\b|\becog\b|\bkarnofsky\b|\baged? (?:\d|between|of|over|at least|\W)|\b\d\d years\b|\byears (?:old|of age)\b"
)
_BACKGROUND_LINE = re.compile(
    r"\b(?:especially |particularly )?after (?:the )?(?:first|second)[\s-]line treatment failure\b|\bin view of the failure of (?:first|second)[\s-]line \w+"
)


def line_ambiguous(case: Case) -> Iterator[Finding]:
    """A line of therapy beside another condition on earlier treatment."""
    population = case.protocol.population
    line, prior = population.line_of_therapy, population.prior_therapy
    if line is None or prior is None or line not in _LINES_BEFORE or "first" in prior.lower():
        return
    lines = _LINES_BEFORE[line]
    yield case.raise_(
        "line_ambiguous",
        "population.min_prior_lines",
        f'"{prior}" and "{line}-line" are two conditions: the number and kind of earlier lines '
        f"have to be stated. Proposed: at least {lines} earlier lines.",
        case.source("population.line_of_therapy"),
        Advice(
            {"population.min_prior_lines": lines}, f"{line}-line treatment follows {lines} lines"
        ),
    )


def line_inconsistent(case: Case) -> Iterator[Finding]:
    """Failure of standard therapy in one place, of the first line in another."""
    population = case.protocol.population
    prior = population.prior_therapy
    if population.line_of_therapy is not None or prior is None or "first" in prior.lower():
        return
    other = case.find(_AFTER_FIRST) if case.has("first-line", "first line") else None
    if other is not None:
        yield case.raise_(
            "line_inconsistent",
            "population.min_prior_lines",
            f'The population is "{prior}" in one place and "{other.of(case.text)}" in another: '
            "standard therapy may be more than one line.",
            other,
            Advice(
                {"population.min_prior_lines": 1},
                "at least one line with progression is in both readings",
            ),
        )


def line_missing(case: Case) -> Iterator[Finding]:
    """No word on the line of therapy."""
    population = case.protocol.population
    silent = population.line_of_therapy is None and population.prior_therapy is None
    if silent and case.find(_LINE_WORDS) is None:
        yield case.raise_(
            "line_missing",
            "population.line_of_therapy",
            "The record does not say in which line of therapy patients enter; outcomes differ "
            "several-fold between lines.",
            None,
        )


def measurable_disease_missing(case: Case) -> Iterator[Finding]:
    """Response by RECIST without measurable disease as a condition."""
    recist = [
        e
        for e in case.protocol.endpoints
        if e.kind in ("ORR", "DCR") and e.criteria and any("RECIST" in c for c in e.criteria)
    ]
    if recist and case.find(_MEASURABLE) is None:
        endpoint = recist[0]
        yield case.raise_(
            "measurable_disease_missing",
            "response.require_measurable",
            f"{endpoint.id} is judged by RECIST, but measurable disease at baseline is not required.",
            case.source(f"endpoints.{endpoint.id}.criteria"),
            Advice(
                {"response.require_measurable": True},
                "response is assessed on measurable disease",
                "R-015",
            ),
        )


def biomarker_missing(case: Case) -> Iterator[Finding]:
    """A checkpoint inhibitor in colorectal cancer without mismatch repair status."""
    agents = [(one.id, known_agent(one.id)) for one in case.protocol.regimen]
    inhibitor = next((name for name, a in agents if a is not None and "anti-PD" in a.klass), None)
    colorectal = case.find(_COLORECTAL) if inhibitor else None
    if inhibitor and colorectal and case.find(_MARKER) is None:
        yield case.raise_(
            "biomarker_missing",
            "population.biomarker",
            "Microsatellite or mismatch-repair status is not named: a few MSI-high patients respond "
            f"to {inhibitor} alone and can carry the response rate of a small trial.",
            colorectal,
        )


def primary_tumours_missing(case: Case) -> Iterator[Finding]:
    """A basket without its primary tumours."""
    if case.protocol.design.basket and not case.protocol.cohorts:
        yield case.raise_(
            "primary_tumours_missing",
            "cohorts",
            "A basket trial needs the list of primary tumours that may enter, and the cohort of each.",
            case.source("design.basket"),
        )


def population_in_background(case: Case) -> Iterator[Finding]:
    """The line of therapy stands in the rationale only."""
    where = case.reading.span("detailed_description")
    span = case.find(_BACKGROUND_LINE, where) if case.has("failure") else None
    if span is not None and case.protocol.population.line_of_therapy is None:
        yield case.raise_(
            "population_in_background",
            "population.line_of_therapy",
            f'"{span.of(case.text)}" stands in the rationale, not among the conditions of entry.',
            span,
        )


def eligibility_missing(case: Case) -> Iterator[Finding]:
    """No condition of entry besides the disease."""
    if case.find(_ELIGIBILITY) is None:
        yield case.raise_(
            "eligibility_missing",
            "population",
            "The record gives no age, performance status, organ function or other condition of entry.",
            None,
        )


POPULATION_DETECTORS = (
    line_ambiguous,
    line_inconsistent,
    line_missing,
    measurable_disease_missing,
    biomarker_missing,
    primary_tumours_missing,
    population_in_background,
    eligibility_missing,
)
