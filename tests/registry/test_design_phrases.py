"""Single sentences: what counts for this trial, what does not, and time on hostile text."""

from __future__ import annotations

import time

import pytest

from trialwright.registry.design_facts import design_facts
from trialwright.registry.draft import Draft
from trialwright.registry.facts import read
from trialwright.registry.population_facts import population_facts
from trialwright.registry.record import parse_record
from trialwright.registry.rule_facts import rule_facts


def _draft(drafted, title="A Study of Drug", summary="Text.", description="Text.") -> Draft:
    return drafted(
        f"{title}\n{summary}\nLymphoma\nDRUG: Acalabrutinib\nORR, 1 year\nOS, 2 years\n{description}"
    )


@pytest.mark.parametrize(
    ("summary", "phases"),
    [
        ("This is a phase 1b/2a study.", ("PHASE1", "PHASE2")),
        ("This is a Phase Ⅱ clinical trial.", ("PHASE2",)),
        ("This is an early phase 1 trial.", ("EARLY_PHASE1",)),
        ("This phase l study is open.", ("PHASE1",)),
        ("This traditional Phase I, 3+3 study is open.", ("PHASE1",)),
        ("The study has two parts, Phase I and Phase II, in three stages.", ("PHASE1", "PHASE2")),
        ("The study defines the recommended phase 2 dose.", None),
        ("It explores the optimal phase II recommended dose.", None),
        ("The data will support a subsequent phase 3 trial.", None),
        ("A previous phase 2 trial showed responses.", None),
        ("Doses are given in induction phase I.", None),
        ("The safety run-in (Phase 1) comes first.", None),
        ("Patients with chronic phase disease enter.", None),
    ],
)
def test_phases(drafted, summary, phases):
    assert _draft(drafted, summary=summary).protocol.design.phases == phases


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("Patients will be randomized 1:1.", ("RANDOMIZED", False)),
        ("A randomised phase 2 study.", ("RANDOMIZED", False)),
        ("A single-arm trial.", ("NA", True)),
        ("An uncontrolled one-arm phase 2 study.", ("NA", True)),
        (
            "This is a single-center, non-randomized dose escalation study.",
            ("NON_RANDOMIZED", None),
        ),
        ("This is a non-randomised study.", ("NA", None)),
        ("This is a non-randomised, multi-cohort study.", ("NON_RANDOMIZED", None)),
        ("This non-randomised study has an expansion cohort.", (None, None)),
        ("Randomized trials of this question are missing.", (None, None)),
        ("This pilot may support a large, randomized trial.", (None, None)),
        ("Doses change from one group to the next.", (None, None)),
        ("It is composed of five single-arm phase II trials.", (None, None)),
        ("Allocation for 1 cohort will be randomized.", (None, None)),
    ],
)
def test_allocation(drafted, summary, expected):
    design = _draft(drafted, summary=summary).protocol.design
    assert (design.allocation, design.single_arm) == expected


@pytest.mark.parametrize(
    ("summary", "number"),
    [
        ("A total of 48 patients will be enrolled.", 48),
        ("We plan to enroll approximately 48 adult participants.", 48),
        ("Sample size: 48 patients.", 48),
        ("48 subjects with B cell lymphoma are expected to be enrolled.", 48),
        ("18 more patients enter, for a total of 48 patients in all.", 48),
        (
            "After DLT assessment, an additional 40 participants will be enrolled, bringing the total to 48.",
            48,
        ),
        ("Up to 48 patients will take part in this multicenter study.", 48),
        ("There will be two cohorts, for a total of 48 patients in each arm.", None),
        ("Biopsies are taken in up to 48 patients.", None),
        ("A total of 48 to 60 patients will be enrolled.", None),
        ("48 patients will be screened.", None),
        ("A total of 48 patients per cohort will be enrolled.", None),
        ("A total of 48 patients were enrolled in another trial.", None),
        ("At least 48 patients will be enrolled.", None),
        ("48 patients will be enrolled in stage 1.", None),
        ("48 patients will be enrolled. In all, 60 patients will be enrolled.", None),
        ("A total of 8.5 mg is given.", None),
    ],
)
def test_enrollment(drafted, summary, number):
    assert _draft(drafted, summary=summary).protocol.design.enrollment == number


@pytest.mark.parametrize(
    ("title", "biomarker"),
    [
        ("Drug in EGFR-Mutated Lung Cancer", "EGFR-Mutated"),
        ("Drug in ER-Positive, HER2-Negative Breast Cancer", "ER-Positive, HER2-Negative"),
        ("Drug in KRAS G12C Mutant Tumours", "KRAS G12C Mutant"),
        ("Drug in HPV+ and HPV- Cancer", None),
        ("Depletion of CD19+ B Cells in Transplantation", None),
        ("Drug in Lung Cancer Without EGFR Mutation", None),
        ("Anti-CD19 Drug in Lymphoma", None),
    ],
)
def test_biomarkers(drafted, title, biomarker):
    assert _draft(drafted, title=title).protocol.population.biomarker == biomarker


@pytest.mark.parametrize(
    ("summary", "limits"),
    [
        ("Adults aged 18-75 years will be included.", (18, 75)),
        ("Patients 12 years of age and older will be included.", (12, None)),
        ("Children aged 1 to < 18 years will be included.", (1, 17)),
        ("Patients aged over 65 years have a higher incidence.", (None, None)),
        ("Patients are followed every year for 20 years.", (None, None)),
    ],
)
def test_ages(drafted, summary, limits):
    population = _draft(drafted, summary=summary).protocol.population
    assert (population.min_age_years, population.max_age_years) == limits


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        ("Drug is given as first-line treatment in patients with lymphoma.", "first"),
        ("This study is of second-line therapy for lymphoma.", "second"),
        ("Patients with treatment-naive lymphoma will be included.", "first"),
        ("This study is for patients who failed first-line treatment of lymphoma.", None),
        ("This study follows progression on second-line therapy in lymphoma.", None),
        ("Resistance to third-line therapy is a problem of lymphoma.", None),
        ("Patients with treatment-naive or relapsed lymphoma will be included.", None),
    ],
)
def test_lines_of_therapy(drafted, summary, line):
    assert _draft(drafted, summary=summary).protocol.population.line_of_therapy == line


@pytest.mark.parametrize(
    ("words", "highest"),
    [
        ("ECOG performance status 0-1", 1),
        ("Eastern Cooperative Oncology Group (ECOG) performance status of 0, 1, or 2", 2),
        ("an ECOG PS of 0 or 1", 1),
        ("ECOG <= 2", 2),
        ("ECOG =0 or 1", 1),
        ("a recognized variant of grade 0-1", None),
        ("ECOG performance status 3-4 at relapse", None),
    ],
)
def test_performance_status(drafted, words, highest):
    summary = f"Patients with {words} will be included."
    assert _draft(drafted, summary=summary).protocol.population.max_ecog == highest


HOSTILE = [
    "phase 1 and phase 2 part of the ", "randomized to arm a: cohort 1: (n=", "total of 12 patients and ",
    "EGFR or HER2 or ALK or ", "every 8 weeks for the first ", "after prior or prior and ", "confirmed CR, ",
    "* Arm A: x\n", "aged 18 to 19 years old ", "null hypothesis of of of ", "(((((", "ecog 0 ", "at least 1 ",
    "single-arm two trials this study consists of ", "assigned to arms by the type ", "er c-met her2 ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE, ids=lambda piece: piece[:12].strip())
def test_hostile_text_takes_bounded_time(piece):
    """Quadratic work on 200,000 characters takes minutes; linear work a fraction of a second."""
    body = (piece * (200_000 // len(piece) + 1))[:200_000]
    text = f"T\n{body}\nC\nDRUG: A\n{body}, 1 year\n{body}, 1 year\n{body}"
    reading = read(parse_record("r", text.encode(), where="r"))
    start = time.process_time()
    list(design_facts(reading))
    list(population_facts(reading))
    list(rule_facts(reading, ()))
    assert time.process_time() - start < 2
