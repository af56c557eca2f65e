"""Structured fields of a record: they fill what the text leaves silent, and never override it."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from trialwright.registry.draft import draft_protocol
from trialwright.registry.record import read_record

STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT09990001", "briefTitle": "Icotinib in Thymoma"},
        "descriptionModule": {
            "briefSummary": "A single-arm phase 1/2 study of icotinib. Forty patients will be enrolled.",
            "detailedDescription": "Icotinib 125 mg is taken three times daily.",
        },
        "conditionsModule": {"conditions": ["Thymoma"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE2"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {"masking": "NONE"},
            },
            "enrollmentInfo": {"count": 52, "type": "ESTIMATED"},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {
                    "label": "Icotinib",
                    "type": "EXPERIMENTAL",
                    "description": "125 mg three times daily",
                    "interventionNames": ["Drug: Icotinib"],
                },
                {"label": "Observation", "type": "NO_INTERVENTION"},
            ],
            "interventions": [{"type": "DRUG", "name": "Icotinib"}],
        },
        "outcomesModule": {
            "primaryOutcomes": [{"measure": "ORR", "timeFrame": "12 months"}],
            "secondaryOutcomes": [{"measure": "Overall survival", "timeFrame": "24 months"}],
        },
        "eligibilityModule": {
            "eligibilityCriteria": (
                "Inclusion Criteria:\n\n* At least one measurable lesion\n* ECOG performance status of"
                " 0-1\n* At least 2 prior lines of chemotherapy\n\nExclusion Criteria:\n\n* ECOG 3-4\n"
                "* Measurable disease of the brain"
            ),
            "sex": "FEMALE",
            "minimumAge": "18 Years",
            "maximumAge": "6 Months",
        },
    }
}


@pytest.fixture
def study():
    return deepcopy(STUDY)


@pytest.fixture
def drafted_study(tmp_path):
    def draft(study):
        path = tmp_path / "study.json"
        path.write_text(json.dumps(study), "utf-8")
        return draft_protocol(read_record(path))

    return draft


def test_fields_fill_what_the_text_leaves_silent(study, drafted_study):
    draft = drafted_study(study)
    sources = {source.path: source for source in draft.protocol.sources}
    wanted = {
        "design.masking": ("NONE", "NONE"),
        "design.primary_purpose": ("TREATMENT", "TREATMENT"),
        "arms.icotinib.name": ("Icotinib", "Icotinib"),
        "arms.icotinib.role": ("EXPERIMENTAL", "EXPERIMENTAL"),
        "arms.icotinib.components": (["icotinib"], "Drug: Icotinib"),
        "arms.observation.role": ("NO_INTERVENTION", "NO_INTERVENTION"),
        "population.sex": ("FEMALE", "FEMALE"),
        "population.min_age_years": (18, "18 Years"),
        "population.max_ecog": (1, "ECOG performance status of 0-1"),
        "population.measurable_disease": (True, "At least one measurable lesion"),
        "population.min_prior_lines": (2, "At least 2 prior lines of "),
    }
    for path, (value, quote) in wanted.items():
        source = sources[path]
        assert (json.loads(source.text), source.quote.strip()) == (value, quote.strip()), path
        assert draft.record.text[source.start : source.end] == source.quote


def test_the_text_stands_against_a_field(study, drafted_study):
    design = drafted_study(study).protocol.design
    assert design.phases == ("PHASE1", "PHASE2")
    assert (design.single_arm, design.allocation, design.enrollment) == (True, "NA", 40)
    assert design.enrollment_type is None  # it would describe the 52 of the field


def test_exclusion_criteria_say_nothing_of_those_who_enter(study, drafted_study):
    study["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] = (
        "Inclusion Criteria:\n\n* Thymoma\n\nExclusion Criteria:\n\n* ECOG 0-1\n"
        "* At least one measurable lesion in the brain\n* At least 2 prior lines of chemotherapy"
    )
    population = drafted_study(study).protocol.population
    assert population.max_ecog is None
    assert population.measurable_disease is None
    assert population.min_prior_lines is None


def test_months_are_no_years(study, drafted_study):
    assert drafted_study(study).protocol.population.max_age_years is None


def test_each_contradiction_is_a_finding_that_shows_both(study, drafted_study):
    found = [f for f in drafted_study(study).findings if f.code == "term_mismatch"]
    assert {f.path for f in found} == {
        "design.phases", "design.single_arm", "design.allocation", "design.enrollment",
    }  # fmt: skip
    size = next(f for f in found if f.path == "design.enrollment")
    assert size.severity == "warning"
    assert '"Forty patients will be enrolled"' in size.message
    assert "52" in size.message
    assert size.quote == "Forty patients will be enrolled"


def test_a_number_that_was_reached_does_not_contradict_a_plan(study, drafted_study):
    study["protocolSection"]["designModule"]["enrollmentInfo"]["type"] = "ACTUAL"
    found = [f.path for f in drafted_study(study).findings if f.code == "term_mismatch"]
    assert "design.enrollment" not in found


def test_a_record_that_agrees_raises_nothing(study, drafted_study):
    module = study["protocolSection"]["designModule"]
    module["phases"] = ["PHASE1", "PHASE2"]
    module["designInfo"] |= {"allocation": "NA", "interventionModel": "SINGLE_GROUP"}
    module["enrollmentInfo"]["count"] = 40
    assert "term_mismatch" not in {f.code for f in drafted_study(study).findings}


def test_the_shared_text_says_the_same_without_the_fields(study, drafted_study, tmp_path):
    """The joined layout has the first seven fields only: their facts have the same offsets."""
    full = drafted_study(study)
    end = min(field.start for field in full.record.further) - len("nctId: ")
    plain = tmp_path / "study.txt"
    plain.write_text(full.record.text[:end], "utf-8")
    short = draft_protocol(read_record(plain))
    known = {(s.path, s.text, s.start, s.end) for s in full.protocol.sources}
    design = {
        (s.path, s.text, s.start, s.end)
        for s in short.protocol.sources
        if s.path.split(".")[0] in {"design", "population", "safety", "response", "arms"}
    }
    assert design <= known
    assert ("design.enrollment", "40") in {(path, text) for path, text, *_ in design}


@pytest.mark.parametrize("value", ["NA", "N/A", "", "phase 2"])
def test_a_phase_that_is_none_is_left_out(study, drafted_study, value):
    study["protocolSection"]["designModule"]["phases"] = [value]
    study["protocolSection"]["descriptionModule"]["briefSummary"] = "A study of icotinib."
    assert drafted_study(study).protocol.design.phases is None
