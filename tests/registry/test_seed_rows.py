"""What an expert finds in the three example records, row by row: present, with quote and path.

Each row names what a statistician would decide before the trial; the expectations are worked by
hand from the records, not from the output.
"""

from __future__ import annotations

import pytest

from trialwright.protocol.settle import get_value

FIRST_PROCEDURE = {
    f"endpoints.{name}.origin": "first_procedure" for name in ("PFS_RATE_12", "PFS", "OS")
}
EVERY_ABLATION = "one week after each ablation therapy"
INVERTED = "Medication must be discontinued until disease progression, intolerable toxicity, informed consent is withdrawn, or investigator judgment is made."

#: Row, code, path, quote (None where the text is silent), part of the proposal.
ROWS: list[tuple[str, str, str, str | None, dict[str, object]]] = [
    ("000-1", "origin_impossible", "endpoints.OS.origin", "Time from randomization", {"endpoints.OS.origin": "enrolment"}),
    ("000-2", "confirmation_missing", "endpoints.ORR.confirmed", "Objective Response Rate", {"response.confirmation": "required", "response.confirm_days": 28}),
    ("000-3", "denominator_missing", "endpoints.ORR.denominator", "Objective Response Rate", {"analysis.orr_set": "FAS"}),
    ("000-4", "cycle_length_missing", "treatment.cycle_length_days", "from the first day to the 21th day", {"treatment.cycle_length_days": 28}),
    ("000-9", "assessment_schedule_missing", "response.interval_weeks", None, {"response.interval_weeks": 8}),
    ("002-7", "assessment_schedule_missing", "response.interval_weeks", None, {"response.interval_weeks": 9}),
    ("003-6", "assessment_schedule_missing", "response.interval_weeks", None, {"response.interval_weeks": [[24, 6], [33, 9]]}),
    ("002-17", "hypothesis_missing", "design.null_rate", "12-month progression-free survival (PFS)", {"design.null_rate": 0.4, "design.alternative_rate": 0.6}),
    ("000-5", "dose_missing", "regimen.serplulimab.dose", "Serplulimab", {"regimen.serplulimab.dose": [{"value": 3, "unit": "mg/kg"}]}),
    ("000-5", "dose_missing", "regimen.regorafenib.dose", "Regorafenib", {"regimen.regorafenib.dose": [{"value": 80, "unit": "mg"}]}),
    ("000-5", "dose_missing", "regimen.hepatic_artery_bicarbonate_infusion.dose", "Hepatic Artery Bicarbonate Infusion", {}),
    ("000-6", "logic_inverted", "treatment.until", INVERTED, {"treatment.until": ["progression", "toxicity", "withdrawal", "investigator"]}),
    ("000-6", "max_duration_missing", "treatment.max_duration_days", "until disease progression, intolerable toxicity, informed consent is withdrawn, or investigator judgment", {}),
    ("000-7", "line_ambiguous", "population.min_prior_lines", "third-line treatment", {"population.min_prior_lines": 2}),
    ("000-8", "sample_size_rationale_missing", "design.enrollment", "A total of 30 patients", {}),
    ("000-8", "hypothesis_missing", "design.null_rate", "Objective Response Rate", {"design.null_rate": 0.05, "design.alternative_rate": 0.2}),
    ("000-9", "anchor_vs_primary", "endpoints.AE.time_frame", "From Baseline to primary completion date, about 2 years", {}),
    ("000-9", "timeframe_calendar", "endpoints.AE.time_frame", "From Baseline to primary completion date, about 2 years", {}),
    ("000-9", "wording", "endpoints.ORR", "disease progress", {}),
    ("000-9b", "anchor_conflict", "endpoints.OS.time_frame", "From Baseline to primary completion date, about 5 years", {}),
    ("000-10", "intervention_type", "regimen.hepatic_artery_bicarbonate_infusion.kind", "DRUG: Hepatic Artery Bicarbonate Infusion", {}),
    ("000-11", "biomarker_missing", "population.biomarker", "Colorectal Cancer", {}),
    ("000-12", "local_therapy_response", "regimen.hepatic_artery_bicarbonate_infusion.reach", "Hepatic Artery Bicarbonate Infusion", {}),
    ("000-13", "extrahepatic_undefined", "population.metastatic_sites", "Liver Metastases", {}),
    ("000-14", "intercurrent_event_missing", "response.bor_stop_nact", None, {"response.conversion_surgery": "continue"}),
    ("000-15", "ae_window", "safety.te_window_days", "From Baseline to primary completion date, about 2 years", {"safety.te_window_days": 30, "safety.te_window_serious_days": 90}),
    ("000-16", "safety_stopping_missing", "design", None, {}),
    ("000-16", "interim_missing", "design.enrollment", "Objective Response Rate", {}),
    ("002-1", "modality_mismatch", "regimen.microwave_ablation.name", "PROCEDURE: ablation", {}),
    ("002-2", "rate_vs_time", "endpoints.PFS_RATE_12.estimator", "The date of first treatment until the date of progression using the RECIST 1.1 criteria, or death due to any cause,whichever comes first.", {"endpoints.PFS_RATE_12.estimator": "Kaplan-Meier estimate at 12 months"}),
    ("002-3", "origin_ambiguous", "endpoints.PFS_RATE_12.origin", "date of first treatment", FIRST_PROCEDURE),
    ("002-4", "pfs_without_death", "endpoints.PFS.events", "progression", {"endpoints.PFS.events": ["progression", "death"]}),
    ("002-5", "endpoint_duplicated", "endpoints.PFS", "progression-free survival (PFS)", {}),
    ("002-6", "response_evaluability", "response.ablated_lesions", "Objective response rate(ORR)", {"response.ablated_lesions": "exclude"}),
    ("002-7", "baseline_undefined", "response.baseline_window_days", None, {"response.baseline_window_days": 28}),
    ("002-8", "schedule_conflict", "regimen.camrelizumab.anchors", EVERY_ABLATION, {}),
    ("002-8", "repeat_undefined", "regimen.microwave_ablation.repeated", "Microwave Ablation", {}),
    ("002-9", "ablation_scope", "regimen.microwave_ablation", "ablation of liver metastases/pulmonary metastasis", {}),
    ("002-10", "local_therapy_response", "response.ltp_margin_mm", "Microwave Ablation", {"response.ltp_margin_mm": 10.0}),
    ("002-11", "site_ambiguous", "population.metastatic_sites", "Liver Metastasis/Pulmonary Metastasis", {}),
    ("002-12", "denominator_mismatch", "endpoints.DCR.denominator", "evaluable subjects", {}),
    ("002-12", "evaluable_undefined", "endpoints.DCR.denominator", "evaluable subjects", {"analysis.eval_counts_early_pd": True}),
    ("002-13", "agents_undefined", "regimen.chemotherapy.chosen_by", "determined by the investigator", {}),
    ("002-13", "treatment_scope", "regimen.chemotherapy", "standard treatment plan for advanced colorectal cancer", {}),
    ("002-13", "line_missing", "population.line_of_therapy", None, {}),
    ("002-14", "timeframe_vs_landmark", "endpoints.PFS_RATE_12.time_frame_months", "1 year", {}),
    ("002-15", "objective_without_endpoint", "endpoints", "evaluate the effectiveness and safety", {}),
    ("002-15", "ae_criteria_missing", "safety.ctcae_version", None, {"safety.ctcae_version": "5.0"}),
    ("002-16", "biomarker_missing", "population.biomarker", "Colorectal Cancer", {}),
    ("002-17", "enrollment_missing", "design.enrollment", None, {}),
    ("002-18", "max_duration_missing", "treatment.max_duration_days", "until disease progression, unacceptable toxicity, or voluntary patient withdrawal", {}),
    ("003-1", "condition_ambiguous", "population.conditions", "Metastatic Liver Cancer", {}),
    ("003-2", "cohorts_undefined", "cohorts", "multi-cohort", {}),
    ("003-2", "primary_tumours_missing", "cohorts", "basket", {}),
    ("003-3", "dlt_missing", "safety.dlt_window_days", "phase I", {"safety.dlt_window_days": 21}),
    ("003-3", "safety_runin_missing", "design.runin_subjects", "phase I", {"design.runin_subjects": 6, "design.runin_max_dlt": 1}),
    ("003-4", "multiple_primaries", "endpoints.ORR.role", "ORR", {}),
    ("003-5", "confirmation_mismatch", "endpoints.ORR.confirmed", "confirmed complete", {"endpoints.ORR.confirmed": True}),
    ("003-5", "wording_garbled", "endpoints.ORR", "assessed complete response", {}),
    ("003-6", "dose_missing", "regimen.bevacizumab.dose", "Bevacizumab", {"regimen.bevacizumab.dose": [{"value": 7.5, "unit": "mg/kg"}]}),
    ("003-6", "dose_missing", "regimen.camrelizumab.dose", "Camrelizumab", {"regimen.camrelizumab.dose": [{"value": 200, "unit": "mg"}]}),
    ("003-6", "cycle_length_missing", "treatment.cycle_length_days", None, {"treatment.cycle_length_days": 21}),
    ("003-7", "sequence_missing", "treatment.sequence", "HAIC", {}),
    ("003-8", "regimen_undefined", "regimen.haic.chosen_by", "guided by genetic testing", {}),
    ("003-9", "line_inconsistent", "population.min_prior_lines", "after first-line treatment failure", {"population.min_prior_lines": 1}),
    ("003-10", "local_therapy_response", "regimen.haic.reach", "HAIC", {}),
    ("003-11", "origin_vs_treatment", "endpoints.PFS.origin", "time from enrollment", {}),
    ("003-12", "timeframe_uniform", "endpoints.ORR.time_frame", "24 months", {}),
    ("003-13", "ae_criteria_missing", "safety.ctcae_version", "Incidence and degree of Adverse Events and Serious Adverse Events", {"safety.ctcae_version": "5.0"}),
    ("003-14", "interim_missing", "design.enrollment", "ORR", {}),
    ("003-14", "safety_stopping_missing", "design", None, {}),
    ("003-15", "intervention_compound", "regimen", "DRUG: HAIC、Bevacizumab、Camrelizumab", {}),
    ("003-15", "fullwidth_punctuation", "regimen", "、", {}),
    ("003-15", "acronym_unexpanded", "title", "HAIC", {}),
    ("003-16", "ae_attribution_missing", "safety.missing_relation", None, {"safety.missing_relation": "related"}),
    ("003-17", "test_undefined", "regimen", "HAIC guided by genetic testing", {}),
]  # fmt: skip
#: Row, path and value of what a row says and the record states.
FACTS = [
    ("000-4", "regimen.serplulimab.interval_days", 14),
    ("000-4", "regimen.hepatic_artery_bicarbonate_infusion.interval_days", 28),
    ("000-8", "design.enrollment", 30),
    ("000-9", "endpoints.ORR.time_frame_months", 18.0),
    ("002-3", "endpoints.OS.origin", "first_treatment"),
    ("002-8", "treatment.sequence", ("microwave_ablation", "chemotherapy", "camrelizumab")),
    ("003-5", "endpoints.DCR.confirmed", True),
    ("003-11", "endpoints.OS.origin", "enrolment"),
]
#: Row, code, words that the message has to hold: the number that moves, or the choice.
SAYS = [
    ("000-5", "dose_missing", "dose intensity"),
    (
        "000-8",
        "sample_size_rationale_missing",
        "neither a rate of no interest nor a wanted precision",
    ),
    ("000-9", "anchor_vs_primary", "30 patients would have to enter within 6 months"),
    ("000-9b", "anchor_conflict", "about 2 years"),
    ("000-16", "interim_missing", "10 patients without a response"),
    ("002-7", "baseline_undefined", "before or after the procedure"),
    ("002-9", "ablation_scope", "leaves the denominator"),
    ("002-10", "local_therapy_response", "new lesion may be ablated"),
    ("003-7", "sequence_missing", "Bevacizumab days before or after"),
    ("003-10", "local_therapy_response", "treated locally before"),
    ("003-14", "interim_missing", "9 patients without a response"),
    ("003-17", "test_undefined", "older than 28 days"),
]


@pytest.mark.parametrize(
    ("row", "code", "path", "quote", "proposal"), ROWS, ids=[f"{r[0]}-{r[1]}" for r in ROWS]
)
def test_a_row_is_asked(example, row, code, path, quote, proposal):
    draft = example(row[:3])
    found = [one for one in draft.questions if (one.code, one.path) == (code, path)]
    assert len(found) == 1
    said = found[0].quote
    assert (said is None) == (quote is None)
    if quote is not None and said is not None:
        assert quote in said
        assert len(said) <= len(quote) + 10
        assert draft.record.text[found[0].start : found[0].end] == said
    assert proposal.items() <= (found[0].proposal or {}).items()
    assert found[0].message.endswith(".")


@pytest.mark.parametrize(("row", "path", "value"), FACTS)
def test_a_row_is_a_fact(example, row, path, value):
    assert get_value(example(row[:3]).protocol, path) == value


@pytest.mark.parametrize(("row", "code", "words"), SAYS)
def test_a_row_says_which_number_moves(example, row, code, words):
    messages = [one.message for one in example(row[:3]).questions if one.code == code]
    assert any(words in message for message in messages)


def test_every_row_is_there():
    """17, 18 and 17 rows: 000-1 to 000-16 with 9b, 002-1 to 002-18, 003-1 to 003-17."""
    rows = {row for row, *_ in ROWS}
    wanted = {f"000-{n}" for n in range(1, 17)} | {"000-9b"}
    wanted |= {f"002-{n}" for n in range(1, 19)} | {f"003-{n}" for n in range(1, 18)}
    assert rows == wanted
