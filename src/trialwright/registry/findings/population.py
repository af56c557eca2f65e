"""Who may enter: lines of therapy, measurable disease, markers, primary tumours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.registry.findings.answered import COHORTS
from trialwright.registry.findings.case import TIMED, Advice, Case, Detector, Row
from trialwright.vocabulary.agents import AGENTS

_LINES_BEFORE = {"first": 0, "second": 1, "third": 2, "fourth": 3}
_AFTER_FIRST = re.compile(
    r"\bafter (?:failure of )?(?:the )?first[\s-]line (?:treatment|therapy|chemotherapy)(?: failure)?|"
    r"\bfailure of (?:the )?first[\s-]line (?:treatment|therapy|chemotherapy)"
)
#: Words that say, or nearly say, after which treatment patients enter.
_LINE_WORDS = frozenset(("line", "untreated", "naive", "refractory", "relapsed", "relapse", "recurrent", "failed", "failure", "failing", "neoadjuvant", "adjuvant", "resistant", "intolerant", "salvage", "pretreated", "maintenance", "consolidation", "induction", "definitive", "perioperative", "preoperative", "postoperative", "resected", "castration", "unresectable", "healthy", "volunteers", "smoldering", "prophylaxis", "conditioning", "transplant", "transplantation", "persistent", "newly", "previously", "frontline",))  # fmt: skip
#: Endpoints that differ between lines of therapy.
_BY_LINE = frozenset({*TIMED, "ORR", "DCR", "CBR", "CR_RATE", "DOR"})
_RATED = frozenset({"ORR", "DCR"})
_MARKER = re.compile(
    r"\bmsi(?:-h)?\b|\bmicrosatellite\b|\bmismatch repair\b|\b[dp]mmr\b|\bmss\b|\bpd-?l1\b|\btmb\b"
)
#: Registered conditions from which on they are the list of tumours.
_MANY_CONDITIONS = 3
_COLORECTAL = re.compile(r"\bcolorectal (?:cancer|carcinoma)\b")
_ENTRY_WORDS = frozenset(("eligible", "eligibility", "inclusion", "exclusion", "ecog", "karnofsky", "lansky", "aged", "age", "volunteers", "adult", "adults", "pediatric", "children",))  # fmt: skip
_NOTHING_SAID = (None, None, None, None)
_AGE = re.compile(r"\d\d years\b(?= (?:and|or) (?:older|above|over))")
_BACKGROUND_LINE = re.compile(
    r"after (?:the )?(?:first|second)[\s-]line (?:treatment|therapy|chemotherapy) failure\b|in view of the failure of (?:first|second)[\s-]line \w+"
)
#: One of these stands in each match of it.
_LINES = frozenset({"first", "second"})


def line_ambiguous(case: Case) -> Iterator[Row]:
    """A line of therapy beside another condition on earlier treatment."""
    population = case.protocol.population
    line, prior = population.line_of_therapy, population.prior_therapy
    if line is None or prior is None or line not in _LINES_BEFORE or "first" in prior.lower():
        return
    lines = _LINES_BEFORE[line]
    yield case.raise_(
        "line_ambiguous",
        "population.min_prior_lines",
        f'"{prior}" and "{line}-line" are two conditions: a patient can have the one without the '
        f"other. State the number and kind of earlier lines; at least {lines} fits both.",
        case.source("population.line_of_therapy"),
        Advice(
            {"population.min_prior_lines": lines}, f"{line}-line treatment follows {lines} lines"
        ),
    )


def line_inconsistent(case: Case) -> Iterator[Row]:
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
            "standard therapy may be more than one line, and response falls with each. State the "
            "number of earlier lines.",
            other,
            Advice(
                {"population.min_prior_lines": 1},
                "at least one line with progression is in both readings",
            ),
        )


def line_missing(case: Case) -> Iterator[Row]:
    """No word on the line of therapy in a trial whose endpoints differ between lines."""
    population = case.protocol.population
    if population.line_of_therapy is not None or population.prior_therapy is not None:
        return
    if case.says(_LINE_WORDS) or "prior " in case.low:
        return
    measured = [one.id for one in case.view.endpoints(_BY_LINE)]
    if measured and any(one.kind == "drug" for one in case.view.regimen):
        yield case.raise_(
            "line_missing",
            "population.line_of_therapy",
            f"The record does not say after which treatment patients enter: {measured[0]} differs "
            "several-fold between first and later lines, so no result can be compared. State "
            "the number of earlier lines.",
            None,
        )


def measurable_disease_missing(case: Case) -> Iterator[Row]:
    """Response by RECIST without measurable disease as a condition."""
    if "measurable" in case.words or case.protocol.population.measurable_disease is not None:
        return
    rated = case.view.endpoints(_RATED)
    recist = [one for one in rated if one.criteria and any("RECIST" in c for c in one.criteria)]
    if recist:
        endpoint = recist[0]
        yield case.raise_(
            "measurable_disease_missing",
            "response.require_measurable",
            f"{endpoint.id} is judged by RECIST, but measurable disease at baseline is not required: "
            "patients without it cannot have a partial response, and lower the rate.",
            case.source(f"endpoints.{endpoint.id}.criteria"),
            Advice(
                {"response.require_measurable": True},
                "response is assessed on measurable disease",
                "R-015",
            ),
        )


def biomarker_missing(case: Case) -> Iterator[Row]:
    """A checkpoint inhibitor in colorectal cancer without mismatch repair status."""
    if case.protocol.population.biomarker is not None:
        return
    agents = [(one.name, AGENTS.get(one.id)) for one in case.view.regimen]
    inhibitor = next((name for name, a in agents if a is not None and "anti-PD" in a.klass), None)
    colorectal = case.find(_COLORECTAL) if inhibitor else None
    if colorectal and case.find(_MARKER) is None:
        yield case.raise_(
            "biomarker_missing",
            "population.biomarker",
            "Microsatellite or mismatch-repair status is not named: the few patients with MSI-high "
            f"tumours respond to {inhibitor} alone, and one or two of them can carry the response "
            "rate of a small trial. Record it, and show the rate without them.",
            colorectal,
        )


def primary_tumours_missing(case: Case) -> Iterator[Row]:
    """A basket without its primary tumours."""
    if not case.protocol.design.basket or case.protocol.cohorts:
        return
    listed_tumours = len(case.protocol.population.conditions or ()) >= _MANY_CONDITIONS
    if not listed_tumours and not COHORTS.is_in(case):
        yield case.raise_(
            "primary_tumours_missing",
            "cohorts",
            "A basket trial without the list of primary tumours: response rates between primaries "
            "differ more than any effect of treatment, so name those that may enter and the cohort "
            "of each.",
            case.source("design.basket"),
        )


def population_in_background(case: Case) -> Iterator[Row]:
    """The line of therapy stands in the rationale only."""
    field = case.reading.span("detailed_description")
    known = case.protocol.population.line_of_therapy is not None
    if known or case.low.find("failure", field.start, field.end) < 0:
        return
    if not case.says(_LINES):
        return
    span = case.find(_BACKGROUND_LINE, field)
    if span is not None:
        yield case.raise_(
            "population_in_background",
            "population.line_of_therapy",
            f'"{span.of(case.text)}" stands in the rationale only. If it is a condition of entry, say so '
            "where patients are described; the line decides which response is to be expected.",
            span,
        )


def eligibility_missing(case: Case) -> Iterator[Row]:
    """No condition of entry besides the disease."""
    if case.says(_ENTRY_WORDS):
        return
    population = case.protocol.population
    said = (population.min_age_years, population.max_ecog, population.sex, population.max_age_years)
    if said != _NOTHING_SAID:
        return
    if "years" in case.words and case.has("years old", "years of age"):
        return
    if "older" in case.words and case.find(_AGE):
        return
    yield case.raise_(
        "eligibility_missing",
        "population",
        "The record gives no age, performance status, organ function or other condition of entry: who "
        "was left out cannot be seen from it.",
        None,
    )


POPULATION_DETECTORS = (
    Detector(("line_ambiguous",), line_ambiguous, trait="prior therapy"),
    Detector(("line_inconsistent",), line_inconsistent, trait="prior therapy"),
    Detector(("line_missing",), line_missing, kinds=_BY_LINE),
    Detector(("measurable_disease_missing",), measurable_disease_missing, kinds=_RATED),
    Detector(("biomarker_missing",), biomarker_missing, words=frozenset({"colorectal"})),
    Detector(("primary_tumours_missing",), primary_tumours_missing, trait="basket"),
    Detector(("population_in_background",), population_in_background, words=frozenset({"failure"})),
    Detector(("eligibility_missing",), eligibility_missing),
)
