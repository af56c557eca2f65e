"""Questions raised by the text: code, quote and proposal, each checked by hand in the records."""

from __future__ import annotations

import pytest

from trialwright.registry.facts import read
from trialwright.registry.findings import DETECTORS, find
from trialwright.registry.findings.case import Case

LONG = "Medication must be discontinued until disease progression, intolerable toxicity, informed consent is withdrawn, or investigator judgment is made."
GARBLED = "severity and outcomes of adverse events (AEs) and categorized by severity"
CLAIM = "has a higher objective response rate and survival rate, and the incidence of adverse reactions is lower"
SEQUENTIAL = (
    "Sequential chemotherapy and camrelizumab is administered one week after each ablation therapy."
)
TWO_YEARS = "From Baseline to primary completion date, about 2 years"
FIVE_YEARS = "From Baseline to primary completion date, about 5 years"

#: Code, severity, path, quote of every finding that the text detectors raise.
TEXT_000 = [
    ("anchor_conflict", "error", "endpoints.OS.time_frame", FIVE_YEARS),
    ("logic_inverted", "error", "treatment.until", LONG),
    ("anchor_vs_primary", "warning", "endpoints.AE.time_frame", TWO_YEARS),
    ("biomarker_missing", "warning", "population.biomarker", "Colorectal Cancer"),
    ("extrahepatic_undefined", "warning", "population.metastatic_sites", "Liver Metastases"),
    ("line_ambiguous", "warning", "population.min_prior_lines", "third-line treatment"),
    ("measurable_disease_missing", "warning", "response.require_measurable", "RECIST criteria (version 1.1"),
    ("origin_vs_timeframe", "warning", "endpoints.PFS.origin", TWO_YEARS),
    ("condition_split", "note", "population.conditions", "Colorectal Cancer|Liver Metastases"),
    ("definition_wording", "note", "endpoints.ORR", "best objective response"),
    ("eligibility_missing", "note", "population", None),
    ("intervention_compound", "note", "regimen", "DRUG: Serplulimab+Regorafenib"),
    ("intervention_type", "note", "regimen.hepatic_artery_bicarbonate_infusion.kind", "DRUG: Hepatic Artery Bicarbonate Infusion"),
    ("origin_vs_treatment", "note", "endpoints.PFS.origin", "time from enrollment"),
    ("term_mismatch", "note", "safety", "adverse effects (AE)"),
    ("timeframe_calendar", "note", "endpoints.AE.time_frame", TWO_YEARS),
    ("typo", "note", "endpoints.OS.measure", "Overal"),
    ("typo", "note", "treatment", "21th"),
    ("wording", "note", "endpoints.ORR", "disease progress"),
    ("wording", "note", "treatment", "investigator judgment is made"),
    ("wording_garbled", "note", "endpoints.AE", GARBLED),
]  # fmt: skip
TEXT_002 = [
    ("agent_name_mismatch", "error", "regimen.camrelizumab.name", "carrelizumab"),
    ("objective_without_endpoint", "error", "endpoints", "evaluate the effectiveness and safety"),
    ("ablation_scope", "warning", "regimen.microwave_ablation", "ablation of liver metastases/pulmonary metastasis"),
    ("biomarker_missing", "warning", "population.biomarker", "Colorectal Cancer"),
    ("extrahepatic_undefined", "warning", "population.metastatic_sites", "Liver Metastasis"),
    ("line_missing", "warning", "population.line_of_therapy", None),
    ("measurable_disease_missing", "warning", "response.require_measurable", "RECIST 1.1"),
    ("modality_mismatch", "warning", "regimen.microwave_ablation.name", "PROCEDURE: ablation"),
    ("sequential_or_concurrent", "warning", "treatment.sequence", SEQUENTIAL),
    ("site_ambiguous", "warning", "population.metastatic_sites", "Liver Metastasis/Pulmonary Metastasis"),
    ("timeframe_vs_event", "warning", "endpoints.OS.time_frame_months", "3 years"),
    ("timeframe_vs_landmark", "warning", "endpoints.PFS_RATE_12.time_frame_months", "1 year"),
    ("treatment_scope", "warning", "regimen.chemotherapy", "standard treatment plan for advanced colorectal cancer"),
    ("acronym_unexpanded", "note", "population", "NED"),
    ("condition_split", "note", "population.conditions", "Colorectal Cancer Metastatic|Liver Metastases|Lung Metastases"),
    ("condition_term_mismatch", "note", "population.conditions", "Lung Metastases"),
    ("conjunction", "note", "endpoints.DCR.description", "complete response, partial response and stable disease"),
    ("definition_wording", "note", "endpoints.PFS_RATE_12.description", "The date of"),
    ("eligibility_missing", "note", "population", None),
    ("endpoint_duplicated", "note", "endpoints.PFS", "progression-free survival (PFS)"),
    ("tense_mismatch", "note", "treatment", "The enrolled patients received"),
    ("timeframe_origin", "note", "endpoints.ORR.time_frame", "3 years"),
    ("unsupported_claim", "note", "treatment", "hopefully can prolong patient survival"),
    ("wording", "note", "treatment", "in multiple times"),
]  # fmt: skip
TEXT_003 = [
    ("condition_ambiguous", "warning", "population.conditions", "Metastatic Liver Cancer"),
    ("extrahepatic_undefined", "warning", "population.metastatic_sites", "Metastatic Liver Cancer"),
    ("line_inconsistent", "warning", "population.min_prior_lines", "after first-line treatment failure"),
    ("measurable_disease_missing", "warning", "response.require_measurable", "RECIST 1.1"),
    ("primary_tumours_missing", "warning", "cohorts", "basket"),
    ("test_undefined", "warning", "regimen", "HAIC guided by genetic testing"),
    ("acronym_unexpanded", "note", "title", "HAIC"),
    ("conjunction", "note", "endpoints.ORR.description", "complete response (CR) and partial response"),
    ("eligibility_missing", "note", "population", None),
    ("fullwidth_punctuation", "note", "regimen", "、"),
    ("intervention_compound", "note", "regimen", "DRUG: HAIC、Bevacizumab、Camrelizumab"),
    ("intervention_type", "note", "regimen.haic.kind", "DRUG: HAIC、Bevacizumab、Camrelizumab"),
    ("open_label_partial", "note", "design.open_label", "open-label"),
    ("origin_vs_treatment", "note", "endpoints.PFS.origin", "time from enrollment"),
    ("population_in_background", "note", "population.line_of_therapy", "after first-line treatment failure"),
    ("term_mismatch", "note", "safety", "adverse reactions"),
    ("test_not_listed", "note", "regimen", "HAIC guided by genetic testing"),
    ("timeframe_origin", "note", "endpoints.AE.time_frame", "24 months"),
    ("unsupported_claim", "note", "treatment", CLAIM),
    ("wording", "note", "treatment", "posterior treatment"),
    ("wording_garbled", "note", "endpoints.ORR", "assessed complete response"),
]  # fmt: skip


def _found(draft):
    case = Case(read(draft.record), draft.protocol, draft.outcomes)
    return find(case)


def _codes(draft):
    return {finding.code for finding in _found(draft)}


@pytest.mark.parametrize(
    ("stem", "expected"), [("000", TEXT_000), ("002", TEXT_002), ("003", TEXT_003)]
)
def test_every_text_finding_of_an_example(example, stem, expected):
    draft = example(stem)
    found = _found(draft)
    assert sorted((f.code, f.severity, f.path, f.quote or "") for f in found) == sorted(
        (code, severity, path, quote or "") for code, severity, path, quote in expected
    )
    for finding in found:
        if finding.quote is not None:
            assert draft.record.text[finding.start : finding.end] == finding.quote
        assert finding.message


def test_the_draft_adds_what_the_protocol_values_lack(example):
    errors = [f for f in example("000").findings if f.severity == "error"]
    assert {f.code for f in errors} >= {
        "origin_impossible", "logic_inverted", "anchor_conflict", "dose_missing",
    }  # fmt: skip
    origin = next(f for f in errors if f.code == "origin_impossible")
    assert origin.quote is not None
    assert origin.quote.startswith("Time from randomization")


@pytest.mark.parametrize("stem", ["000", "002", "003"])
def test_findings_come_errors_first_and_are_asked_once(example, stem):
    findings = example(stem).findings
    rank = [("error", "warning", "note").index(f.severity) for f in findings]
    assert rank == sorted(rank)
    keys = [(f.code, f.path, f.start) for f in findings]
    assert len(keys) == len(set(keys))


def test_proposals_of_the_text(example):
    proposals = {
        (stem, f.code, f.path): f.proposal
        for stem in ("000", "002", "003")
        for f in _found(example(stem))
        if f.proposal
    }
    assert proposals["000", "line_ambiguous", "population.min_prior_lines"] == {
        "population.min_prior_lines": 2
    }
    assert proposals["003", "line_inconsistent", "population.min_prior_lines"] == {
        "population.min_prior_lines": 1
    }
    assert proposals["000", "logic_inverted", "treatment.until"] == {
        "treatment.until": ["progression", "toxicity", "withdrawal", "investigator"]
    }
    measurable = proposals["000", "measurable_disease_missing", "response.require_measurable"]
    assert measurable == {"response.require_measurable": True}


def test_the_conflict_names_both_durations(example):
    conflict = next(f for f in _found(example("000")) if f.code == "anchor_conflict")
    assert "about 5 years" in conflict.message
    assert "about 2 years" in conflict.message


def test_stopped_until_and_a_misspelt_agent(own):
    found = {f.code: f for f in _found(own("inverted"))}
    stopped = found["logic_inverted"]
    assert stopped.quote == "Treatment should be stopped until progressive disease or death."
    assert found["agent_name_mismatch"].quote == "Tiselizumab"
    assert found["anchor_conflict"].quote == "From enrollment to study completion, about 3 years"
    assert "biomarker_missing" not in found


def test_a_complete_record_is_asked_less(own):
    codes = _codes(own("gastric_randomised"))
    assert not codes & {
        "line_missing", "eligibility_missing", "measurable_disease_missing", "logic_inverted",
        "anchor_conflict", "agent_name_mismatch", "typo", "origin_vs_timeframe", "conjunction",
        "intervention_compound", "fullwidth_punctuation", "biomarker_missing", "origin_ambiguous",
    }  # fmt: skip


def test_a_landmark_needs_follow_up_behind_it(own, drafted):
    assert "timeframe_vs_landmark" in _codes(own("rfa_recurrence"))
    longer = "T\nS\nC\nDRUG: A\n1-year overall survival rate, 2 years\n\n"
    assert "timeframe_vs_landmark" not in _codes(drafted(longer))


@pytest.mark.parametrize(
    ("sentence", "raised"),
    [
        ("Drug A is discontinued until progression.", True),
        ("Drug A is interrupted until recovery to grade 1.", False),
        ("Drug A is continued until progression.", False),
        ("Patients were withdrawn until death.", True),
    ],
)
def test_only_an_end_of_treatment_can_be_inverted(drafted, sentence, raised):
    draft = drafted(f"T\nS\nC\nDRUG: A\nORR, 1 year\n\n{sentence}")
    assert ("logic_inverted" in _codes(draft)) is raised


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("overal", "overall"), ("survial", "survival"), ("progresion", "progression"),
        ("overall", None), ("patient", None), ("responses", None), ("treated", None),
        ("metastasis", None), ("severely", None), ("investigators", None), ("infection", None),
        ("serous", None), ("enrolment", None), ("randomisation", None), ("compete", None),
    ],
)  # fmt: skip
def test_typing_errors_of_common_words(drafted, word, meant):
    found = _found(drafted(f"The {word} of it\nS\nC\nDRUG: A\nORR, 1 year\n\n"))
    typos = [f for f in found if f.code == "typo"]
    assert [f.quote for f in typos] == ([word] if meant else [])
    assert all(meant in f.message for f in typos)


@pytest.mark.parametrize(
    ("ordinal", "wrong"),
    [
        ("21th", True),
        ("1th", True),
        ("11th", False),
        ("12th", False),
        ("21st", False),
        ("4st", True),
        ("101st", False),
    ],
)
def test_ordinals(drafted, ordinal, wrong):
    found = _found(drafted(f"On the {ordinal} day\nS\nC\nDRUG: A\nORR, 1 year\n\n"))
    assert any(f.quote == ordinal for f in found if f.code == "typo") is wrong


def test_every_detector_is_there_once_and_says_what_it_raises():
    functions = [detector.find for detector in DETECTORS]
    assert len(functions) == len(set(functions))
    assert all(function.__doc__ for function in functions)
