"""Each detector: raised where it should be, silent on a protocol that answers its question.

The expected paths, severities and proposals are worked by hand from the published practice that
each reason names.
"""

from __future__ import annotations

import pytest

from trialwright.protocol.base import Source
from trialwright.protocol.check import DETECTORS, check_protocol
from trialwright.protocol.finding_text import finding_text
from trialwright.protocol.model import (
    Component,
    DoseLevel,
    Population,
    Protocol,
    TreatmentPlan,
    TrialDesign,
)
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.rules import EndpointDefinition
from trialwright.protocol.settle import accept_defaults, settle


def endpoint(kind: str, role: str = "secondary", **more: object) -> EndpointDefinition:
    return EndpointDefinition(**{"id": kind, "kind": kind, "role": role, "measure": kind, **more})


KM = "Kaplan-Meier curve and median"
ANSWERED = accept_defaults(
    Protocol(
        id="answered",
        title="A drug in colorectal cancer with liver metastases",
        design=TrialDesign(
            phases=("PHASE2",), single_arm=True, arms=1, allocation="NA", masking="NONE",
            centres="single", enrollment=30, null_rate=0.05, alternative_rate=0.2, alpha=0.05,
            power=0.8,
        ),
        population=Population(conditions=("Colorectal Cancer",), min_prior_lines=2),
        regimen=(
            Component(
                id="regorafenib", name="Regorafenib", kind="drug", route="oral", frequency="QD",
                dose=(DoseLevel(value=80, unit="mg"),), days_in_cycle=tuple(range(1, 22)),
                cycle_length_days=28,
            ),
        ),
        treatment=TreatmentPlan(
            cycle_length_days=28,
            until=("progression", "toxicity", "withdrawal", "investigator"), max_duration_days=730,
        ),
        endpoints=(
            endpoint("ORR", "primary", confirmed=True, denominator="FAS", assessor="investigator"),
            endpoint("DCR", confirmed=True, denominator="FAS", assessor="investigator"),
            endpoint("DOR", confirmed=True, assessor="investigator"),
            endpoint("PFS", origin="enrolment", events=("progression", "death"), estimator=KM, assessor="investigator", time_frame_months=24),
            endpoint("OS", origin="enrolment", events=("death",), estimator=KM, time_frame_months=60),
            endpoint("AE", criteria=("CTCAE 5.0",)),
        ),
    ),
    (),
)  # fmt: skip
#: Nothing in a protocol can answer these two.
UNANSWERABLE = {"interim_missing", "safety_stopping_missing"}

INFUSION = {
    "name": "HAIC",
    "kind": "procedure",
    "reach": "liver",
    "route": "intra-arterial",
    "interval_days": 28,
}
MWA = {"name": "Microwave ablation", "kind": "procedure", "reach": "lesion", "repeated": False}
PD1 = {
    "name": "Camrelizumab",
    "kind": "drug",
    "route": "intravenous",
    "interval_days": 21,
    "dose": [{"value": 200, "unit": "mg"}],
}
PD1_ANCHOR = [{"event": "microwave_ablation", "relation": "after", "offset_days": 7, "each": True}]
RATE = {
    "kind": "PFS_RATE",
    "role": "primary",
    "measure": "12-month PFS",
    "landmark_months": 12,
    "events": ["progression", "death"],
    "origin": "enrolment",
    "assessor": "investigator",
    "time_frame_months": 12,
}

UNCONFIRMED = {f"endpoints.{name}.confirmed": None for name in ("ORR", "DCR", "DOR")}

#: code, what is changed, path, severity, proposal
RAISED = [
    ("origin_impossible", {"endpoints.OS.origin": "randomization"}, "endpoints.OS.origin", "error", {"endpoints.OS.origin": "enrolment"}),
    ("origin_ambiguous", {"endpoints.OS.origin": "first_treatment"}, "endpoints.OS.origin", "note", {"endpoints.OS.origin": "first_dose"}),
    ("origin_ambiguous", {"endpoints.OS.origin": "first_treatment", "regimen.camrelizumab": PD1}, "endpoints.OS.origin", "note", {"endpoints.OS.origin": "first_dose"}),
    ("origin_ambiguous", {"endpoints.OS.origin": "first_treatment", "regimen.haic": INFUSION}, "endpoints.OS.origin", "warning", {"endpoints.OS.origin": "first_dose"}),
    ("origin_ambiguous", {"endpoints.OS.origin": "diagnosis"}, "endpoints.OS.origin", "warning", None),
    ("pfs_without_death", {"endpoints.PFS.events": ["progression"]}, "endpoints.PFS.events", "error", {"endpoints.PFS.events": ["progression", "death"]}),
    ("rate_vs_time", {"endpoints.PFS12": {**RATE, "description": "The date of first treatment until progression"}}, "endpoints.PFS12.estimator", "error", {"endpoints.PFS12.estimator": "Kaplan-Meier estimate at 12 months"}),
    ("rate_vs_time", {"endpoints.PFS.description": "Proportion of patients without progression", "endpoints.PFS.estimator": None}, "endpoints.PFS.estimator", "error", {"endpoints.PFS.estimator": KM}),
    ("dose_missing", {"regimen.regorafenib.dose": None}, "regimen.regorafenib.dose", "error", None),
    ("dose_missing", {"regimen.regorafenib.dose": None, "regimen.camrelizumab": PD1}, "regimen.regorafenib.dose", "warning", {"regimen.regorafenib.dose": [{"value": 80, "unit": "mg"}]}),
    ("dose_missing", {"regimen.haic": INFUSION}, "regimen.haic.dose", "warning", None),
    ("dose_missing", {"regimen.new": {"name": "AB-123", "kind": "drug", "route": "oral", "frequency": "QD"}}, "regimen.new.dose", "warning", None),
    ("route_missing", {"regimen.regorafenib.route": None}, "regimen.regorafenib.route", "note", {"regimen.regorafenib.route": "oral"}),
    ("frequency_missing", {"regimen.camrelizumab": {**PD1, "interval_days": None}}, "regimen.camrelizumab.frequency", "warning", {"regimen.camrelizumab.frequency": "Q3W", "regimen.camrelizumab.interval_days": 21}),
    ("frequency_missing", {"regimen.new": {"name": "AB-123", "kind": "drug", "route": "oral"}}, "regimen.new.frequency", "warning", None),
    ("cycle_length_missing", {"treatment.cycle_length_days": None}, "treatment.cycle_length_days", "note", {"treatment.cycle_length_days": 28}),
    ("cycle_length_missing", {"regimen.regorafenib.cycle_length_days": None}, "regimen.regorafenib.cycle_length_days", "warning", {"regimen.regorafenib.cycle_length_days": 28}),
    ("sequence_missing", {"regimen.haic": INFUSION}, "treatment.sequence", "warning", None),
    ("schedule_conflict", {"regimen.microwave_ablation": MWA, "regimen.camrelizumab": {**PD1, "anchors": PD1_ANCHOR}}, "regimen.camrelizumab.anchors", "error", None),
    ("puncture_gap", {"regimen.haic": INFUSION, "regimen.bevacizumab": {"name": "Bevacizumab", "kind": "drug", "anchors": [{"event": "haic", "relation": "before", "offset_days": 1}]}}, "regimen.bevacizumab.anchors", "warning", None),
    ("puncture_gap", {"regimen.haic": INFUSION, "regimen.bevacizumab": {"name": "Bevacizumab", "kind": "drug", "anchors": [{"event": "haic", "relation": "concurrent", "offset_days": 0}]}}, "regimen.bevacizumab.anchors", "warning", None),
    ("repeat_undefined", {"regimen.microwave_ablation": {**MWA, "repeated": True}}, "regimen.microwave_ablation.repeated", "warning", None),
    ("agents_undefined", {"regimen.chemo": {"name": "chemotherapy", "kind": "drug", "chosen_by": "investigator"}}, "regimen.chemo.chosen_by", "error", None),
    ("regimen_undefined", {"regimen": []}, "regimen", "warning", None),
    ("regimen_undefined", {"regimen.haic": {**INFUSION, "chosen_by": "genetic testing"}}, "regimen.haic.chosen_by", "warning", None),
    ("discontinuation_missing", {"treatment.until": None, "treatment.max_duration_days": None}, "treatment.until", "error", {"treatment.until": ["progression", "toxicity", "withdrawal", "investigator"]}),
    ("discontinuation_incomplete", {"treatment.until": ["progression", "toxicity"]}, "treatment.until", "note", None),
    ("max_duration_missing", {"treatment.max_duration_days": None}, "treatment.max_duration_days", "note", None),
    ("enrollment_missing", {"design.enrollment": None}, "design.enrollment", "error", None),
    ("enrollment_missing", {"design.enrollment": None, "cohorts": [{"id": "A", "name": "a", "enrollment": 10}, {"id": "B", "name": "b"}]}, "design.enrollment", "error", None),
    ("cohorts_undefined", {"design.multi_cohort": True}, "cohorts", "error", None),
    ("sample_size_rationale_missing", {"design.null_rate": None}, "design.enrollment", "warning", None),
    ("hypothesis_missing", {"design.null_rate": None, "design.alternative_rate": None}, "design.null_rate", "warning", {"design.null_rate": 0.05, "design.alternative_rate": 0.20}),
    ("hypothesis_missing", {"design.power": None, "population.min_prior_lines": None}, "design.power", "warning", {"design.power": 0.80}),
    ("interim_missing", {}, "design.enrollment", "warning", None),
    ("pooling_undefined", {"cohorts": [{"id": "A", "name": "a"}, {"id": "B", "name": "b"}]}, "cohorts", "warning", None),
    ("multiple_primaries", {"endpoints.AE.role": "primary"}, "endpoints.AE.role", "warning", None),
    ("phase_vs_endpoint", {"design.phases": ["PHASE1"]}, "endpoints.ORR.role", "warning", None),
    ("phase_vs_endpoint", {"endpoints.DLT": {"kind": "DLT", "role": "primary", "measure": "DLT"}}, "endpoints.DLT.role", "warning", None),
    ("masking_missing", {"design.masking": None}, "design.masking", "note", {"design.masking": "NONE"}),
    ("masking_missing", {"design.masking": None, "design.single_arm": False}, "design.masking", "note", None),
    ("centres_missing", {"design.centres": None}, "design.centres", "note", None),
    ("objective_without_endpoint", {"design.phases": ["PHASE1"], "endpoints.AE": None}, "endpoints.AE", "error", {"endpoints.AE": {"id": "AE", "kind": "AE", "role": "secondary", "measure": "Adverse events"}}),
    ("endpoint_absent", {"endpoints.AE": None}, "endpoints.AE", "note", {"endpoints.AE": {"id": "AE", "kind": "AE", "role": "secondary", "measure": "Adverse events"}}),
    ("endpoint_absent", {"endpoints.DOR": None}, "endpoints.DOR", "note", None),
    ("response_evaluability", {"regimen.microwave_ablation": MWA, "response.ablated_lesions": None}, "response.ablated_lesions", "error", {"response.ablated_lesions": "exclude"}),
    ("local_therapy_response", {"regimen.microwave_ablation": MWA, "response.ltp_margin_mm": None}, "response.ltp_margin_mm", "warning", {"response.ltp_margin_mm": 10.0}),
    ("local_therapy_response", {"regimen.haic": INFUSION, "response.ablated_lesions": None}, "regimen.haic.reach", "warning", None),
    ("confirmation_mismatch", {"endpoints.ORR.confirmed": None}, "endpoints.ORR.confirmed", "warning", {"endpoints.ORR.confirmed": True}),
    ("confirmation_scope", {"response.confirmation": None}, "endpoints.DCR.confirmed", "note", {"response.confirmation": "required"}),
    ("confirmation_missing", {**UNCONFIRMED, "response.confirmation": None}, "endpoints.ORR.confirmed", "warning", {"response.confirmation": "required"}),
    ("confirmation_missing", {**UNCONFIRMED, "endpoints.ORR.role": "secondary", "response.confirmation": None, "response.confirm_days": None}, "endpoints.ORR.confirmed", "note", {"response.confirmation": "required", "response.confirm_days": 28}),
    ("assessment_schedule_missing", {"response.interval_weeks": None}, "response.interval_weeks", "warning", {"response.interval_weeks": 8}),
    ("assessor_missing", {"response.evaluator": None, **{f"endpoints.{name}.assessor": None for name in ("ORR", "DCR", "DOR", "PFS")}}, "response.evaluator", "warning", {"response.evaluator": "INVESTIGATOR"}),
    ("baseline_undefined", {"response.baseline_window_days": None}, "response.baseline_window_days", "warning", {"response.baseline_window_days": 28}),
    ("denominator_missing", {"endpoints.ORR.denominator": None, "analysis.orr_set": None}, "endpoints.ORR.denominator", "warning", {"analysis.orr_set": "FAS"}),
    ("denominator_mismatch", {"endpoints.ORR.denominator": None, "analysis.orr_set": "ENRL"}, "endpoints.DCR.denominator", "warning", None),
    ("evaluable_undefined", {"analysis.orr_set": "EFF", "analysis.eval_counts_early_pd": None}, "analysis.orr_set", "warning", {"analysis.eval_counts_early_pd": True}),
    ("sd_duration_missing", {"response.sd_min_days": None}, "response.sd_min_days", "note", {"response.sd_min_days": 42}),
    ("censoring_missing", {"analysis.pfs_rule": None}, "endpoints.PFS", "warning", {"analysis.pfs_rule": "FDA"}),
    ("intercurrent_event_missing", {"response.conversion_surgery": None}, "response.conversion_surgery", "warning", {"response.conversion_surgery": "continue"}),
    ("estimator_missing", {"endpoints.OS.estimator": None}, "endpoints.OS.estimator", "warning", {"endpoints.OS.estimator": KM}),
    ("single_arm_tte", {"endpoints.PFS.role": "primary"}, "endpoints.PFS", "warning", None),
    ("timeframe_uniform", {"endpoints.OS.time_frame_months": 24.0, "endpoints.ORR.time_frame_months": 24.0}, "endpoints.ORR.time_frame", "note", None),
    ("dlt_missing", {"design.phases": ["PHASE1"]}, "safety.dlt_window_days", "error", {"safety.dlt_window_days": 28}),
    ("dlt_criteria_missing", {"safety.dlt_window_days": 21}, "safety.dlt_criteria", "warning", None),
    ("safety_runin_missing", {"design.phases": ["PHASE1", "PHASE2"]}, "design.runin_subjects", "warning", {"design.runin_subjects": 6, "design.runin_max_dlt": 1}),
    ("safety_stopping_missing", {}, "design", "warning", None),
    ("ae_criteria_missing", {"safety.ctcae_version": None, "endpoints.AE.criteria": None}, "safety.ctcae_version", "warning", {"safety.ctcae_version": "5.0"}),
    ("ae_window", {"safety.te_window_serious_days": None}, "safety.te_window_serious_days", "note", {"safety.te_window_serious_days": 90}),
    ("ae_attribution_missing", {"regimen.camrelizumab": PD1, "safety.missing_relation": None}, "safety.missing_relation", "note", {"safety.missing_relation": "related"}),
]  # fmt: skip

LEUKAEMIA = {"title": "A drug in acute myeloid leukemia", "population.conditions": ["AML"]}
CELLS = {"regimen": [{"id": "cells", "name": "Autologous T cells", "kind": "drug"}]}

#: code, what is changed so that the question is answered in another way
SILENT = [
    ("origin_impossible", {"endpoints.OS.origin": "randomization", "design.single_arm": False, "design.allocation": "RANDOMIZED"}),
    ("origin_ambiguous", {"endpoints.OS.origin": "first_procedure"}),
    ("rate_vs_time", {"endpoints.PFS12": {**RATE, "description": "Proportion of patients alive without progression"}}),
    ("rate_vs_time", {"endpoints.PFS.description": "Time from enrolment to progression", "endpoints.PFS.estimator": None}),
    ("dose_missing", {"regimen.microwave_ablation": MWA}),
    ("frequency_missing", {"regimen.camrelizumab": {**PD1, "interval_days": None, "anchors": PD1_ANCHOR}}),
    ("sequence_missing", {"regimen.haic": INFUSION, "treatment.sequence": ["haic", "regorafenib"]}),
    ("schedule_conflict", {"regimen.camrelizumab": {**PD1, "anchors": [{"event": "x", "relation": "after"}]}}),
    ("puncture_gap", {"regimen.haic": INFUSION, "regimen.bevacizumab": {"name": "Bevacizumab", "kind": "drug", "anchors": [{"event": "haic", "relation": "before", "offset_days": 7}]}}),
    ("puncture_gap", {"regimen.haic": INFUSION, "regimen.bevacizumab": {"name": "Bevacizumab", "kind": "drug", "anchors": [{"event": "haic", "relation": "after", "offset_days": 2}]}}),
    ("puncture_gap", {"regimen.haic": INFUSION, "regimen.camrelizumab": {**PD1, "anchors": [{"event": "haic", "relation": "before", "offset_days": 1}]}}),
    ("agents_undefined", {"regimen.chemo": {"name": "FOLFOX", "kind": "drug", "chosen_by": "investigator", "dose": [{"value": 85, "unit": "mg/m2"}]}}),
    ("discontinuation_missing", {"treatment.until": None}),
    ("max_duration_missing", {"treatment.max_duration_days": None, "regimen.regorafenib.n_cycles": 6}),
    ("enrollment_missing", {"design.enrollment": None, "cohorts": [{"id": "A", "name": "a", "enrollment": 10}]}),
    ("cohorts_undefined", {"design.basket": True, "cohorts": [{"id": "A", "name": "a"}]}),
    ("interim_missing", {"endpoints.ORR.role": "secondary", "endpoints.AE.role": "primary"}),
    ("safety_stopping_missing", {"regimen": []}),
    ("phase_vs_endpoint", {"design.phases": ["PHASE1", "PHASE2"]}),
    ("masking_missing", {"design.masking": None, "design.open_label": True}),
    ("objective_without_endpoint", {"design.phases": ["PHASE1"]}),
    ("confirmation_missing", {"endpoints.ORR.confirmed": False, "response.confirmation": None}),
    ("confirmation_missing", UNCONFIRMED),
    ("confirmation_missing", {"endpoints.ORR.confirmed": None, "response.confirmation": None}),
    ("confirmation_missing", {**UNCONFIRMED, **LEUKAEMIA, "response.confirmation": None}),
    ("baseline_undefined", {**LEUKAEMIA, "response.baseline_window_days": None}),
    ("frequency_missing", {"regimen.cells": {"name": "CD19 CAR-T cells", "kind": "drug"}}),
    ("discontinuation_missing", {**CELLS, "treatment.until": None, "treatment.max_duration_days": None}),
    ("max_duration_missing", {"treatment.until": None, "treatment.max_duration_days": None}),
    ("multiple_primaries", {"endpoints.DLT": {"kind": "DLT", "role": "primary", "measure": "DLT"}}),
    ("multiple_primaries", {"endpoints.PFS.role": "primary", "endpoints.PFS.measure": "PFS, cohort B"}),
    ("multiple_primaries", {"endpoints.PK": {"kind": "PK", "role": "primary", "measure": "AUC"}}),
    ("sequence_missing", {"regimen.graft": {"name": "Allogeneic transplant", "kind": "procedure"}}),
    ("sequence_missing", {"regimen.scan": {"name": "Computed Tomography", "kind": "procedure"}}),
    ("ae_attribution_missing", {"regimen.scan": {"name": "Biopsy", "kind": "procedure"}, "safety.missing_relation": None}),
    ("safety_runin_missing", {"design.phases": ["PHASE1"], "endpoints.DLT": {"kind": "DLT", "role": "primary", "measure": "DLT"}}),
    ("dlt_missing", {"design.phases": ["PHASE1"], "title": "Dose escalation of a drug"}),
    ("origin_mismatch", {"endpoints.DFS": {"kind": "DFS", "role": "secondary", "measure": "DFS", "origin": "surgery"}}),
    ("origin_mismatch", {"endpoints.OS.origin": "first_dose", "endpoints.OS.measure": "Overall survival, cohort B"}),
    ("rate_vs_time", {"endpoints.PFS12": {**RATE, "description": "Time from enrolment to progression, by the Kaplan-Meier method"}}),
    ("objective_without_endpoint", {"endpoints.AE": None}),
    ("pfs_without_death", {"endpoints.PFS.events": ["progression"], "endpoints.PFS.description": "Patients alive without progression"}),
    ("dose_missing", {"regimen.placebo": {"name": "Placebo", "kind": "drug"}}),
    ("confirmation_mismatch", {f"endpoints.{name}.confirmed": None for name in ("ORR", "DCR", "DOR")}),
    ("assessor_missing", {"response.evaluator": None}),
    ("denominator_mismatch", {"endpoints.ORR.denominator": None}),
    ("single_arm_tte", {"endpoints.PFS.role": "primary", "design.single_arm": False, "design.arms": 2}),
    ("timeframe_uniform", {"endpoints.ORR.time_frame_months": 18.0}),
    ("dlt_missing", {"design.phases": ["PHASE1"], "safety.dlt_window_days": 21}),
    ("dlt_criteria_missing", {"safety.dlt_window_days": 21, "safety.dlt_criteria": [{"label": "Grade 4", "min_grade": 4}]}),
    ("safety_runin_missing", {"design.phases": ["PHASE1"], "design.runin_subjects": 6, "design.runin_max_dlt": 1}),
    ("ae_criteria_missing", {"safety.ctcae_version": None}),
    ("discontinuation_missing", {"title": "Neoadjuvant chemotherapy", "treatment.until": None, "treatment.max_duration_days": None}),
    ("max_duration_missing", {"title": "Conditioning before transplantation", "treatment.max_duration_days": None}),
    ("dlt_missing", {"title": "Bioequivalence of two tablets", "design.phases": ["PHASE1"]}),
    ("safety_runin_missing", {"title": "Mass balance of a drug", "design.phases": ["PHASE1"]}),
    ("agents_undefined", {"regimen.new": {"name": "Amcenestrant", "kind": "drug", "chosen_by": "physician"}}),
    ("origin_mismatch", {"endpoints.OS.origin": "first_dose", "endpoints.OS.measure": "Overall survival in Ph1a"}),
    ("timeframe_uniform", {f"endpoints.{name}.time_frame_months": months for name, months in (("ORR", None), ("DCR", None), ("DOR", None), ("PFS", 60.0), ("OS", 60.0))}),
    ("cycle_length_missing", {"treatment.cycle_length_days": None, "regimen.new": {"name": "N", "kind": "drug", "days_in_cycle": [1], "cycle_length_days": 21}}),
]  # fmt: skip


def changed(changes: dict[str, object]) -> Protocol:
    return settle(ANSWERED, changes, kind="record")


def test_an_answered_protocol_leaves_only_what_no_field_can_answer():
    assert {finding.code for finding in check_protocol(ANSWERED)} == UNANSWERABLE


@pytest.mark.parametrize(("code", "changes", "path", "severity", "proposal"), RAISED)
def test_a_detector_raises(code, changes, path, severity, proposal):
    found = [one for one in check_protocol(changed(changes)) if one.code == code]
    assert [(one.path, one.severity, one.proposal) for one in found] == [(path, severity, proposal)]
    assert found[0].message[0].isupper() or found[0].message[0] == '"'
    assert found[0].message.endswith(".")
    assert found[0].reason or found[0].proposal is None


@pytest.mark.parametrize(("code", "changes"), SILENT)
def test_a_detector_is_silent(code, changes):
    assert code not in {one.code for one in check_protocol(changed(changes))}


def test_every_detector_has_both_cases():
    codes = {detector.code for detector in DETECTORS}
    raised = {case[0] for case in RAISED} | {"origin_mismatch"}
    assert codes == raised
    silent = {case[0] for case in SILENT}
    always_silent_when_answered = codes - UNANSWERABLE
    assert codes <= silent | always_silent_when_answered


def test_differing_origins_are_brought_to_one():
    found = check_protocol(changed({"endpoints.OS.origin": "first_dose"}))
    mismatch = [one for one in found if one.code == "origin_mismatch"]
    assert [(one.severity, one.proposal) for one in mismatch] == [
        ("error", {"endpoints.OS.origin": "enrolment"})
    ]
    assert "PFS at enrolment; OS at the first dose" in mismatch[0].message


def test_randomization_is_kept_where_patients_are_randomised():
    design = {"design.single_arm": False, "design.allocation": "RANDOMIZED", "design.arms": 2}
    changes = {"endpoints.OS.origin": "randomization", "endpoints.PFS.origin": "first_dose"}
    found = check_protocol(changed({**design, **changes}))
    proposals = {one.code: one.proposal for one in found}
    assert proposals["origin_mismatch"] == {"endpoints.PFS.origin": "randomization"}
    assert proposals["origin_ambiguous"] is None


@pytest.mark.parametrize("origin", ["response", "complete_remission", "surgery", "diagnosis"])
def test_no_other_start_is_proposed_for_a_stated_one(origin):
    found = check_protocol(changed({"endpoints.PFS.origin": origin}))
    (asked,) = [one for one in found if one.code == "origin_ambiguous"]
    assert asked.proposal is None
    assert "read as" not in asked.message


@pytest.mark.parametrize(("stated", "why"), [("4.0", "errors mended"), ("3.0", "oldest one")])
def test_an_older_version_of_ctcae_is_named_and_the_nearest_table_proposed(stated, why):
    changes = {"safety.ctcae_version": None, "endpoints.AE.criteria": [f"CTCAE {stated}"]}
    found = check_protocol(changed(changes))
    (asked,) = [one for one in found if one.code == "ae_criteria_missing"]
    assert asked.proposal == {"safety.ctcae_version": "4.03"}
    assert f"CTCAE {stated} is named" in asked.message
    assert why in (asked.reason or "")


def test_a_registered_window_leaves_only_serious_events_open():
    found = check_protocol(changed({"safety.te_window_serious_days": None}))
    (asked,) = [one for one in found if one.code == "ae_window"]
    assert "a serious adverse event" in asked.message


def test_an_unconfirmed_response_of_the_record_is_kept():
    found = check_protocol(changed({"endpoints.ORR.confirmed": False}))
    (asked,) = [one for one in found if one.code == "confirmation_mismatch"]
    assert "endpoints.ORR.confirmed" not in (asked.proposal or {})


def test_the_primary_endpoint_gives_the_common_origin():
    changes = {"endpoints.OS.origin": "first_dose", "endpoints.OS.role": "primary"}
    found = [one for one in check_protocol(changed(changes)) if one.code == "origin_mismatch"]
    assert found[0].proposal == {"endpoints.PFS.origin": "first_dose"}


def test_differing_origins_that_a_person_chose_are_no_question():
    decided = settle(ANSWERED, {"endpoints.OS.origin": "first_dose"}, kind="user")
    assert "origin_mismatch" not in {one.code for one in check_protocol(decided)}


def test_a_finding_quotes_the_record():
    source = Source(
        path="endpoints.OS.origin",
        kind="record",
        quote="from randomization",
        start=7,
        end=25,
        text='"randomization"',
    )
    registered = changed({"endpoints.OS.origin": "randomization"}).model_copy(
        update={"sources": (source,)}
    )
    found = next(one for one in check_protocol(registered) if one.code == "origin_impossible")
    assert (found.quote, found.start, found.end) == ("from randomization", 7, 25)


def test_errors_come_first_then_warnings_then_notes():
    ranks = [one.severity for one in check_protocol(Protocol(id="p", title="t"))]
    assert ranks == sorted(ranks, key=["error", "warning", "note"].index)


def test_every_open_option_is_named_exactly_once():
    found = check_protocol(Protocol(id="p", title="t"))
    proposed = [path for one in found for path in one.proposal or {}]
    for option in OPTIONS:
        assert proposed.count(option.path) == (option.criterion is None), option.path
    opened = [one for one in found if one.code == "option_open"]
    assert {one.severity for one in opened} == {"note"}
    assert len(opened) == 3
    assert all((one.reason or "").count("(") >= len(one.proposal or {}) for one in opened)


@pytest.mark.parametrize(
    ("changes", "path", "value"),
    [
        ({f"endpoints.{name}.assessor": "independent" for name in ("ORR", "DCR", "DOR", "PFS")}, "response.evaluator", "INDEPENDENT ASSESSOR"),
        ({f"endpoints.{name}.confirmed": False for name in ("ORR", "DCR", "DOR")}, "response.confirmation", "not_required"),
        ({"endpoints.AE.criteria": ["CTCAE 4.03"]}, "safety.ctcae_version", "4.03"),
        ({"endpoints.PFS.origin": "first_dose", "endpoints.OS.origin": "first_dose"}, "analysis.os_origin", "first_dose"),
    ],
)  # fmt: skip
def test_what_the_endpoints_say_comes_before_the_general_default(changes, path, value):
    found = check_protocol(changed({**changes, path: None}))
    (named,) = [one for one in found if path in (one.proposal or {})]
    assert (named.code, named.proposal) == ("option_open", {path: value})


@pytest.mark.parametrize(
    ("clocks", "cycle"),
    [
        (({"interval_days": 14}, {"interval_days": 28}, {"days_in_cycle": list(range(1, 22))}), 28),
        (({"interval_days": 21}, {"interval_days": 21}), 21),
        (({"interval_days": 14}, {"interval_days": 21}), 42),
        (({"interval_days": 14},), 14),
        (({"days_in_cycle": [1, 8, 15]},), 21),
    ],
)
def test_the_proposed_cycle_is_the_shortest_usual_one_that_fits_every_clock(clocks, cycle):
    regimen = [
        {"id": f"d{at}", "name": f"Drug {at}", "kind": "drug", **clock}
        for at, clock in enumerate(clocks)
    ]
    found = check_protocol(changed({"regimen": regimen, "treatment.cycle_length_days": None}))
    (missing,) = [one for one in found if one.code == "cycle_length_missing"]
    assert set((missing.proposal or {}).values()) == {cycle}


@pytest.mark.parametrize(("beside", "dose"), [("Serplulimab", 80), ("Chidamide", None)])
def test_a_dose_that_rests_on_another_agent_is_proposed_only_beside_it(beside, dose):
    regimen = [
        {"id": "regorafenib", "name": "Regorafenib", "kind": "drug"},
        {"id": beside.lower(), "name": beside, "kind": "drug"},
    ]
    found = check_protocol(changed({"regimen": regimen}))
    proposed = [one.proposal or {} for one in found if one.code == "dose_missing"]
    doses = [
        one["regimen.regorafenib.dose"] for one in proposed if "regimen.regorafenib.dose" in one
    ]
    assert [said[0]["value"] for said in doses] == ([dose] if dose else [])


def test_no_end_of_advanced_disease_is_proposed_in_diseases_of_the_blood():
    changes = {**LEUKAEMIA, "treatment.until": None, "treatment.max_duration_days": None}
    found = check_protocol(
        changed(
            {**changes, **{f"endpoints.{n}.criteria": None for n in ("ORR", "DCR", "DOR", "PFS")}}
        )
    )
    (asked,) = [one for one in found if one.code == "discontinuation_missing"]
    assert asked.proposal is None


def test_relapse_free_survival_counts_death():
    rfs = {"kind": "RFS", "role": "secondary", "measure": "RFS", "events": ["relapse"]}
    found = check_protocol(changed({"endpoints.RFS": rfs}))
    (asked,) = [one for one in found if one.code == "pfs_without_death"]
    assert asked.proposal == {"endpoints.RFS.events": ["relapse", "death"]}
    assert "time to relapse" in asked.message


def test_a_count_of_patients_alive_is_no_time():
    said = "Number of participants still alive"
    found = check_protocol(
        changed({"endpoints.OS.description": said, "endpoints.OS.estimator": None})
    )
    assert "rate_vs_time" in {one.code for one in found}


@pytest.mark.parametrize("quote", ["progression", "tumour progression"])
def test_a_schedule_of_scans_is_no_definition(quote):
    frame = "Every 6 weeks until progression"
    path = "endpoints.PFS.events"
    registered = changed({path: ["progression"], "endpoints.PFS.time_frame": frame})
    source = Source(
        path=path, kind="record", quote=quote, start=0, end=len(quote), text='["progression"]'
    )
    others = tuple(one for one in registered.sources if one.path != path)
    found = check_protocol(registered.model_copy(update={"sources": (*others, source)}))
    asked = "pfs_without_death" in {one.code for one in found}
    assert asked is (quote not in frame)


@pytest.mark.parametrize(
    ("changes", "weeks"),
    [
        ({"treatment.cycle_length_days": 28}, 8),
        ({"treatment.cycle_length_days": 14}, 8),
        ({"treatment.cycle_length_days": 21}, 9),
        ({"treatment.cycle_length_days": 21, "design.phases": ["PHASE1"]}, [[24, 6], [33, 9]]),
    ],
)
def test_the_proposed_scans_fall_on_whole_cycles(changes, weeks):
    found = check_protocol(changed({**changes, "response.interval_weeks": None}))
    (asked,) = [one for one in found if one.code == "assessment_schedule_missing"]
    assert (asked.proposal or {})["response.interval_weeks"] == weeks
    assert asked.rule == "R-080"


def test_no_cycle_is_proposed_where_none_fits():
    regimen = [{"id": "d", "name": "D", "kind": "drug", "interval_days": 10}]
    found = check_protocol(changed({"regimen": regimen, "treatment.cycle_length_days": None}))
    (missing,) = [one for one in found if one.code == "cycle_length_missing"]
    assert missing.proposal is None


def test_the_first_treatment_is_the_procedure_that_drugs_follow():
    anchored = [
        {"id": "microwave_ablation", **MWA},
        {"id": "camrelizumab", **PD1, "anchors": PD1_ANCHOR},
    ]
    changes = {
        "regimen": anchored,
        "endpoints.PFS.origin": "first_treatment",
        "endpoints.OS.origin": "first_treatment",
    }
    proposals = [
        one.proposal for one in check_protocol(changed(changes)) if one.code == "origin_ambiguous"
    ]
    origins = ("endpoints.PFS.origin", "endpoints.OS.origin")
    assert proposals == [dict.fromkeys(origins, "first_procedure")]


@pytest.mark.parametrize(
    ("changes", "rates"),
    [
        ({"population.min_prior_lines": None, "population.line_of_therapy": "third"}, (0.05, 0.20)),
        ({"design.basket": True}, (0.10, 0.35)),
        ({"endpoints.ORR.role": "secondary", "endpoints.PFS12": {**RATE, "estimator": KM}}, (0.40, 0.60)),
        ({"population.min_prior_lines": None}, None),
        ({"title": "A drug in lung cancer", "population.conditions": ["Lung Cancer"]}, None),
    ],
)  # fmt: skip
def test_rates_are_proposed_as_assumptions_where_results_are_published(changes, rates):
    open_design = {
        f"design.{name}": None for name in ("null_rate", "alternative_rate", "alpha", "power")
    }
    found = check_protocol(changed({**changes, **open_design}))
    (missing,) = [one for one in found if one.code == "hypothesis_missing"]
    proposal = missing.proposal or {}
    expected = (
        {} if rates is None else {"design.null_rate": rates[0], "design.alternative_rate": rates[1]}
    )
    assert proposal == expected | {"design.alpha": 0.05, "design.power": 0.80}
    assert (missing.reason or "").startswith("assumption, not registered")


def test_a_basket_of_liver_metastases_has_four_proposed_cohorts():
    found = check_protocol(changed({"design.basket": True}))
    (missing,) = [one for one in found if one.code == "cohorts_undefined"]
    cohorts = (missing.proposal or {})["cohorts"]
    assert isinstance(cohorts, list)
    assert [one["id"] for one in cohorts] == [
        "COLORECTAL",
        "GASTROESOPHAGEAL",
        "PANCREATOBILIARY",
        "OTHER",
    ]


def test_after_defaults_only_questions_without_a_proposal_are_left():
    registered = changed(
        {
            "endpoints.OS.origin": "randomization",
            "regimen.regorafenib.dose": None,
            "regimen.camrelizumab": PD1,
            "endpoints.PFS.events": ["progression"],
            "design.phases": ["PHASE1"],
        }
    )
    settled = accept_defaults(registered, check_protocol(registered))
    left = check_protocol(settled)
    assert {one.code for one in left} == UNANSWERABLE | {
        "phase_vs_endpoint",
        "dlt_criteria_missing",
    }
    assert all(one.proposal is None for one in left)


def test_order_of_endpoints_and_components_does_not_change_what_is_found():
    turned = ANSWERED.model_copy(update={"endpoints": ANSWERED.endpoints[::-1]})
    for change in ({"response.sd_min_days": None}, {"endpoints.OS.origin": "randomization"}):
        forward, backward = (
            {(one.code, one.path) for one in check_protocol(settle(protocol, change))}
            for protocol in (ANSWERED, turned)
        )
        assert forward == backward


def test_a_proposed_endpoint_never_takes_the_id_of_another():
    """An outcome called AE may measure something else: the proposal is AE_2."""
    own = EndpointDefinition(id="AE", kind="PK", role="secondary", measure="Area under the curve")
    drug = Component(id="drug", name="Drug", kind="drug")
    protocol = Protocol(id="p", title="A trial", endpoints=(own,), regimen=(drug,))
    proposals = [f.proposal for f in check_protocol(protocol) if f.code == "endpoint_absent"]
    paths = [path for proposal in proposals for path in proposal or {}]
    assert paths == ["endpoints.AE_2"]
    assert accept_defaults(protocol, check_protocol(protocol)).endpoints[0] == own


def test_options_of_a_group_are_shown_each_with_its_reason():
    found = check_protocol(Protocol(id="p", title="t"))
    group = next(one for one in found if one.code == "option_open" and one.path == "response")
    lines = finding_text(group).splitlines()
    assert "  proposal: response.merge_days=14  # scans less than 14 days apart form one time point (R-059)" in lines  # fmt: skip
    assert len(lines) == 2 + len(group.proposal or {})
