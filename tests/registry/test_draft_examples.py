"""The three example records, every value and quote checked by hand against the text.

Expectations follow what an expert finds in each record: what it says, what it leaves open.
"""

from __future__ import annotations

import json

import pytest

from trialwright.protocol.settle import leaf_paths, value_text

DAYS_1_21 = list(range(1, 22))
AFTER_EACH = [{"event": "microwave_ablation", "relation": "after", "offset_days": 7, "each": True}]

#: Path, value, quote, kind of source ("record" unless given).
FACTS_000 = [
    ("design.phases", ["PHASE2"], "phase 2"),
    ("design.single_arm", True, "single-arm"),
    ("design.arms", 1, "single-arm", "inferred"),
    ("design.allocation", "NA", "single-arm", "inferred"),
    ("design.centres", "single", "single-center"),
    ("design.enrollment", 30, "A total of 30 patients"),
    ("population.conditions", ["Colorectal Cancer", "Liver Metastases"], "Colorectal Cancer|Liver Metastases"),
    ("population.metastatic_sites", ["liver"], "Liver Metastases"),
    ("population.line_of_therapy", "third", "third-line treatment"),
    ("population.prior_therapy", "failure of standard therapy", "failure of standard therapy"),
    ("regimen.serplulimab.name", "Serplulimab", "Serplulimab"),
    ("regimen.serplulimab.registered_as", "DRUG: Serplulimab+Regorafenib", "DRUG: Serplulimab+Regorafenib"),
    ("regimen.serplulimab.kind", "drug", "DRUG: Serplulimab+Regorafenib"),
    ("regimen.serplulimab.reach", "systemic", "Serplulimab", "inferred"),
    ("regimen.serplulimab.route", "intravenous", "intravenously"),
    ("regimen.serplulimab.frequency", "Q2W", "once every two weeks"),
    ("regimen.serplulimab.interval_days", 14, "once every two weeks"),
    ("regimen.regorafenib.name", "Regorafenib", "Regorafenib"),
    ("regimen.regorafenib.registered_as", "DRUG: Serplulimab+Regorafenib", "DRUG: Serplulimab+Regorafenib"),
    ("regimen.regorafenib.kind", "drug", "DRUG: Serplulimab+Regorafenib"),
    ("regimen.regorafenib.reach", "systemic", "Regorafenib", "inferred"),
    ("regimen.regorafenib.days_in_cycle", DAYS_1_21, "from the first day to the 21th day"),
    ("regimen.hepatic_artery_bicarbonate_infusion.name", "Hepatic Artery Bicarbonate Infusion", "Hepatic Artery Bicarbonate Infusion"),
    ("regimen.hepatic_artery_bicarbonate_infusion.registered_as", "DRUG: Hepatic Artery Bicarbonate Infusion", "DRUG: Hepatic Artery Bicarbonate Infusion"),
    ("regimen.hepatic_artery_bicarbonate_infusion.kind", "procedure", "DRUG: Hepatic Artery Bicarbonate Infusion", "inferred"),
    ("regimen.hepatic_artery_bicarbonate_infusion.reach", "liver", "Hepatic Artery Bicarbonate Infusion", "inferred"),
    ("regimen.hepatic_artery_bicarbonate_infusion.route", "intra-arterial", "Hepatic Artery Bicarbonate Infusion"),
    ("regimen.hepatic_artery_bicarbonate_infusion.frequency", "Q4W", "once every four weeks"),
    ("regimen.hepatic_artery_bicarbonate_infusion.interval_days", 28, "once every four weeks"),
    ("treatment.until", ["progression", "toxicity", "withdrawal", "investigator"],
     "until disease progression, intolerable toxicity, informed consent is withdrawn, or investigator judgment", "inferred"),
    ("endpoints.ORR.time_frame", "From Baseline to disease progress, up to 18 months", "From Baseline to disease progress, up to 18 months"),
    ("endpoints.ORR.time_frame_months", 18.0, "18 months"),
    ("endpoints.ORR.criteria", ["RECIST 1.1"], "RECIST criteria (version 1.1"),
    ("endpoints.ORR.origin", "baseline", "From Baseline"),
    ("endpoints.AE.measure", "Adverse Events and Serious Adverse Events", "Adverse Events and Serious Adverse Events"),
    ("endpoints.AE.time_frame", "From Baseline to primary completion date, about 2 years", "From Baseline to primary completion date, about 2 years"),
    ("endpoints.AE.time_frame_months", 24.0, "2 years"),
    ("endpoints.AE.criteria", ["CTCAE 5.0"], "NCI CTC AE Version 5.0"),
    ("endpoints.AE.origin", "baseline", "From Baseline"),
    ("endpoints.PFS.origin", "enrolment", "time from enrollment"),
    ("endpoints.PFS.events", ["progression", "death"], "progression according to RECIST version 1.1, or to death"),
    ("endpoints.PFS.criteria", ["RECIST 1.1"], "RECIST version 1.1"),
    ("endpoints.PFS.time_frame_months", 24.0, "2 years"),
    ("endpoints.OS.measure", "Overal survival", "Overal survival"),
    ("endpoints.OS.description", "Time from randomization to death (from any cause)", "Time from randomization to death (from any cause)"),
    ("endpoints.OS.origin", "randomization", "Time from randomization"),
    ("endpoints.OS.events", ["death"], "death"),
    ("endpoints.OS.time_frame_months", 60.0, "5 years"),
    ("safety.ctcae_version", "5.0", "NCI CTC AE Version 5.0"),
]  # fmt: skip
FACTS_002 = [
    ("design.phases", ["PHASE2"], "phase II"),
    ("design.single_arm", True, "single-arm"),
    ("design.prospective", True, "prospective"),
    ("design.arms", 1, "single-arm", "inferred"),
    ("design.allocation", "NA", "single-arm", "inferred"),
    ("design.primary_purpose", "TREATMENT", "in the Treatment of", "inferred"),
    ("population.conditions", ["Colorectal Cancer Metastatic", "Liver Metastases", "Lung Metastases"], "Colorectal Cancer Metastatic|Liver Metastases|Lung Metastases"),
    ("population.metastatic_sites", ["liver", "lung"], "Liver Metastasis/Pulmonary Metastasis"),
    ("regimen.camrelizumab.dose", [{"value": 200.0, "unit": "mg"}], "200mg"),
    ("regimen.camrelizumab.route", "intravenous", "iv"),
    ("regimen.camrelizumab.frequency", "Q3W", "q3w"),
    ("regimen.camrelizumab.interval_days", 21, "q3w"),
    ("regimen.camrelizumab.anchors", AFTER_EACH, "one week after each ablation therapy"),
    ("regimen.microwave_ablation.name", "Microwave Ablation", "Microwave Ablation", "inferred"),
    ("regimen.microwave_ablation.registered_as", "PROCEDURE: ablation", "PROCEDURE: ablation"),
    ("regimen.microwave_ablation.kind", "procedure", "PROCEDURE: ablation"),
    ("regimen.microwave_ablation.reach", "lesion", "Microwave Ablation", "inferred"),
    ("regimen.microwave_ablation.repeated", True, "in multiple times"),
    ("regimen.chemotherapy.anchors", AFTER_EACH, "one week after each ablation therapy"),
    ("regimen.chemotherapy.chosen_by", "investigator", "determined by the investigator"),
    ("treatment.until", ["progression", "toxicity", "withdrawal"],
     "until disease progression, unacceptable toxicity, or voluntary patient withdrawal"),
    ("endpoints.PFS_RATE_12.measure", "12-month progression-free survival (PFS)", "12-month progression-free survival (PFS)"),
    ("endpoints.PFS_RATE_12.landmark_months", 12.0, "12-month"),
    ("endpoints.PFS_RATE_12.time_frame", "1 year", "1 year"),
    ("endpoints.PFS_RATE_12.origin", "first_treatment", "date of first treatment"),
    ("endpoints.PFS_RATE_12.events", ["progression", "death"], "progression using the RECIST 1.1 criteria, or death"),
    ("endpoints.ORR.criteria", ["RECIST 1.1"], "RECIST 1.1"),
    ("endpoints.DCR.denominator", "EFF", "evaluable subjects"),
    ("endpoints.PFS.events", ["progression"], "progression"),
    ("endpoints.PFS.origin", "first_treatment", "date of first treatment"),
    ("endpoints.OS.origin", "first_treatment", "from the date of first treatment"),
    ("endpoints.OS.time_frame_months", 36.0, "3 years"),
]  # fmt: skip
FACTS_003 = [
    ("design.phases", ["PHASE1"], "phase I"),
    ("design.open_label", True, "open-label"),
    ("design.masking", "NONE", "open-label", "inferred"),
    ("design.centres", "single", "single center"),
    ("design.multi_cohort", True, "multi-cohort"),
    ("design.basket", True, "basket"),
    ("population.conditions", ["Metastatic Liver Cancer"], "Metastatic Liver Cancer"),
    ("population.prior_therapy", "Failed Standard Therapy", "Failed Standard Therapy"),
    ("regimen.haic.name", "HAIC", "HAIC"),
    ("regimen.haic.kind", "procedure", "DRUG: HAIC、Bevacizumab、Camrelizumab", "inferred"),
    ("regimen.haic.reach", "liver", "HAIC", "inferred"),
    ("regimen.haic.chosen_by", "genetic testing", "guided by genetic testing"),
    ("regimen.bevacizumab.registered_as", "DRUG: HAIC、Bevacizumab、Camrelizumab", "DRUG: HAIC、Bevacizumab、Camrelizumab"),
    ("endpoints.AE.role", "primary", "Incidence and degree of Adverse Events and Serious Adverse Events", "inferred"),
    ("endpoints.ORR.measure", "ORR", "ORR"),
    ("endpoints.ORR.assessor", "investigator", "by the investigator"),
    ("endpoints.ORR.criteria", ["RECIST 1.1"], "RECIST 1.1"),
    ("endpoints.DCR.confirmed", True, "confirmed complete response"),
    ("endpoints.DCR.assessor", "investigator", "as assessed by investigator"),
    ("endpoints.PFS.measure", "PFS", "PFS"),
    ("endpoints.PFS.origin", "enrolment", "time from enrollment"),
    ("endpoints.PFS.events", ["progression", "death"], "progression or death"),
    ("endpoints.OS.origin", "enrolment", "time from enrollment"),
    ("response.evaluator", "INVESTIGATOR", "by the investigator", "inferred"),
]  # fmt: skip

#: What each record does not say: these must stay absent.
SILENT = {
    "000": [
        "design.masking", "design.open_label", "design.multi_cohort", "design.primary_purpose",
        "design.null_rate", "design.alpha", "population.min_prior_lines", "population.biomarker",
        "regimen.serplulimab.dose", "regimen.regorafenib.dose", "regimen.regorafenib.route",
        "regimen.regorafenib.frequency", "regimen.regorafenib.cycle_length_days",
        "regimen.hepatic_artery_bicarbonate_infusion.dose", "treatment.cycle_length_days",
        "endpoints.ORR.confirmed", "endpoints.ORR.assessor", "endpoints.ORR.denominator",
        "endpoints.PFS.landmark_months", "response.interval_weeks", "response.evaluator",
        "response.confirmation", "analysis.pfs_origin",
    ],
    "002": [
        "design.enrollment", "design.centres", "design.masking", "population.line_of_therapy",
        "population.prior_therapy", "regimen.chemotherapy.dose", "regimen.chemotherapy.frequency",
        "regimen.microwave_ablation.dose", "regimen.microwave_ablation.route",
        "treatment.cycle_length_days", "endpoints.ORR.origin", "endpoints.ORR.denominator",
        "endpoints.ORR.confirmed", "endpoints.PFS_RATE_12.assessor", "safety.ctcae_version",
    ],
    "003": [
        "design.enrollment", "design.single_arm", "design.arms", "design.allocation", "cohorts",
        "population.line_of_therapy", "population.metastatic_sites", "treatment.until",
        "treatment.sequence", "regimen.haic.dose", "regimen.bevacizumab.dose",
        "regimen.bevacizumab.route", "regimen.camrelizumab.frequency", "endpoints.ORR.confirmed",
        "endpoints.AE.criteria", "safety.ctcae_version", "safety.dlt_window_days",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("stem", "expected"), [("000", FACTS_000), ("002", FACTS_002), ("003", FACTS_003)]
)
def test_values_stand_with_their_words(example, stem, expected):
    draft = example(stem)
    sources = {source.path: source for source in draft.protocol.sources}
    for path, value, quote, *kind in expected:
        source = sources[path]
        assert json.loads(source.text) == value, path
        assert source.quote == quote, path
        assert source.kind == (kind[0] if kind else "record"), path
        assert draft.record.text[source.start : source.end] == quote


def test_every_value_of_the_first_record_is_listed(example):
    """Nothing beyond the checked facts, the verbatim outcome parts and their kind and role."""
    listed = {fact[0] for fact in FACTS_000}
    verbatim = ("measure", "description", "time_frame", "kind", "role")
    for path in leaf_paths(example("000").protocol):
        plain = path.startswith("endpoints.") and path.endswith(verbatim)
        assert path in listed or plain or path in {"title", "endpoints.OS.time_frame"}, path


@pytest.mark.parametrize("stem", ["000", "002", "003"])
def test_what_the_record_does_not_say_stays_absent(example, stem):
    assert not set(SILENT[stem]) & set(leaf_paths(example(stem).protocol))


@pytest.mark.parametrize("stem", ["000", "002", "003"])
def test_each_value_has_one_source_that_remembers_it(example, stem):
    protocol = example(stem).protocol
    assert {s.path for s in protocol.sources} == set(leaf_paths(protocol))
    assert len(protocol.sources) == len(leaf_paths(protocol))
    by_path = {source.path: source for source in protocol.sources}
    assert by_path["endpoints.OS.kind"].text == value_text("OS")


def test_members_keep_the_order_of_the_record(example):
    assert [c.id for c in example("000").protocol.regimen] == [
        "serplulimab", "regorafenib", "hepatic_artery_bicarbonate_infusion",
    ]  # fmt: skip
    assert [c.id for c in example("002").protocol.regimen] == [
        "camrelizumab", "microwave_ablation", "chemotherapy",
    ]  # fmt: skip
    assert [e.id for e in example("002").protocol.endpoints] == [
        "PFS_RATE_12", "ORR", "DCR", "PFS", "OS",
    ]  # fmt: skip
    assert [e.id for e in example("003").protocol.endpoints] == ["AE", "ORR", "DCR", "PFS", "OS"]


def test_ablation_comes_first_in_the_second_record(example):
    assert example("002").protocol.treatment.sequence == (
        "microwave_ablation", "chemotherapy", "camrelizumab",
    )  # fmt: skip


def test_the_json_form_has_the_documented_keys(example):
    row = example("000").to_json()
    assert list(row) == [
        "id", "title", "conditions", "interventions", "primary", "secondary", "phases",
        "enrollment", "allocation", "single_arm", "masking", "arms", "primary_purpose",
        "regimen", "endpoints", "facts", "findings",
    ]  # fmt: skip
    assert row["id"] == "000_d23731f1bbf2546a"
    assert row["enrollment"] == 30
    assert row["masking"] is None
    assert row["interventions"] == [
        {"type": "DRUG", "name": "Serplulimab+Regorafenib"},
        {"type": "DRUG", "name": "Hepatic Artery Bicarbonate Infusion"},
    ]
    assert [o["timeFrame"] for o in row["secondary"]] == [
        "From Baseline to primary completion date, about 2 years",
        "From Baseline to primary completion date, about 2 years",
        "From Baseline to primary completion date, about 5 years",
    ]
    assert row["regimen"][0]["dose"] is None
    assert [e["origin"] for e in row["endpoints"]] == [
        "baseline", "baseline", "enrollment", "randomization",
    ]  # fmt: skip
    assert json.loads(json.dumps(row)) == row


def test_the_same_record_gives_the_same_bytes(example, drafted):
    draft = example("003")
    again = drafted(draft.record.text).to_json()
    first = draft.to_json() | {"id": "own"}
    assert json.dumps(again) == json.dumps(first)
