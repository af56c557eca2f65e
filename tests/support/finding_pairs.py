"""For every code of the text: a record with the defect, and the same record with the defect mended.

`BASE` is a record that no text detector asks about. A pair names the fields that hold the defect and,
where mending is more than the base's own field, the fields as a careful author would write them. The
wordings are the classes that registered records hold, in other trials, drugs and numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FIELDS = ("title", "summary", "conditions", "interventions", "primary", "secondary", "detail")
BASE = {
    "title": "Camrelizumab Plus Apatinib in Second-line Treatment of Advanced Biliary Tract Cancer",
    "summary": "This open-label, single-arm, phase 2 study evaluates camrelizumab plus apatinib as "
    "second-line treatment. Patients aged 18 to 75 years with ECOG 0 or 1 and measurable disease are "
    "eligible.",
    "conditions": "Biliary Tract Cancer",
    "interventions": "DRUG: Camrelizumab|DRUG: Apatinib",
    "primary": "Objective response rate (ORR), Proportion of patients with a confirmed complete or "
    "partial response by RECIST 1.1, From first dose up to 24 months",
    "secondary": "Progression-free survival (PFS), Time from first dose to progression or death from any "
    "cause, From first dose up to 24 months|Overall survival (OS), Time from first dose to death from any "
    "cause, From first dose up to 48 months|Adverse events, Number of patients with adverse events by "
    "CTCAE 5.0, From first dose to 30 days after the last dose",
    "detail": "Camrelizumab 200 mg is given intravenously every 3 weeks and apatinib 250 mg orally once "
    "daily. Treatment continues until disease progression, unacceptable toxicity or withdrawal of "
    "consent.",
}


@dataclass(frozen=True)
class Pair:
    """A code, the words that are quoted, and the fields of the defect and of its mending."""

    code: str
    quote: str | None
    defect: dict[str, str]
    mended: dict[str, str] = field(default_factory=dict)


def record(fields: dict[str, str]) -> str:
    """The base with some fields exchanged, in the plain-text layout."""
    return "\n".join({**BASE, **fields}[name] for name in FIELDS)


def _secondary(pfs: str = "", survival: str = "", more: str = "") -> dict[str, str]:
    """The secondary outcomes with another PFS, another OS, or one more."""
    parts = BASE["secondary"].split("|")
    parts[0], parts[1] = pfs or parts[0], survival or parts[1]
    return {"secondary": "|".join([*parts, *([more] if more else [])])}


_RFA = "Treatment with Radiofrequency Ablation and Camrelizumab for Gastric Cancer"
_RFA_FIRST = (
    "{which} Camrelizumab 200 mg is given intravenously every 3 weeks from one week after ablation "
    "until disease progression, unacceptable toxicity or withdrawal of consent."
)

PAIRS: tuple[Pair, ...] = (
    # Times
    Pair("anchor_conflict", "From first dose to study completion, about 3 years", _secondary(
        "Progression-free survival (PFS), Time from first dose to progression or death from any cause, From first dose to study completion, about 2 years",
        "Overall survival (OS), Time from first dose to death from any cause, From first dose to study completion, about 3 years")),
    Pair("anchor_vs_primary", "From first dose to primary completion, about 30 months", _secondary(
        survival="Overall survival (OS), Time from first dose to death from any cause, From first dose to primary completion, about 30 months")),
    Pair("timeframe_calendar", "Through study completion, an average of 3 years", _secondary(
        survival="Overall survival (OS), Time from first dose to death from any cause, Through study completion, an average of 3 years")),
    Pair("timeframe_vs_event", "From first dose up to 24 months", _secondary(
        survival="Overall survival (OS), Time from first dose to death from any cause, From first dose up to 24 months") | {"primary": BASE["primary"].replace("24", "6")}),
    Pair("timeframe_vs_event", "From first dose up to 24 months", _secondary(
        survival="Overall survival (OS), Time from first dose to death from any cause, From first dose up to 24 months") | {"primary": BASE["primary"].replace("24", "6")},
        {"secondary": BASE["secondary"].replace("24 months", "60 months").replace("48 months", "60 months"), "primary": BASE["primary"]}),
    Pair("timeframe_vs_landmark", "9 months", {"primary": "9-month progression-free survival rate, Proportion of patients alive without progression at 9 months, 9 months"},
        {"primary": "9-month progression-free survival rate, Proportion of patients alive without progression at 9 months, 15 months"}),
    Pair("timeframe_origin", "2 years", {"primary": BASE["primary"].replace("From first dose up to 24 months", "2 years")}),
    Pair("origin_vs_timeframe", "From randomization up to 24 months", _secondary(
        "Progression-free survival (PFS), Time from first dose to progression or death from any cause, From randomization up to 24 months"),
        _secondary("Progression-free survival (PFS), Time from start of treatment to progression or death from any cause, From first dose up to 24 months")),
    Pair("origin_vs_treatment", "Time from enrollment", _secondary(
        survival="Overall survival (OS), Time from enrollment to death from any cause, up to 48 months")),
    Pair("endpoint_duplicated", "Progression-free survival (PFS)", {"primary": "6-month progression-free survival (PFS) rate, Proportion of patients alive without progression at 6 months from first dose by RECIST 1.1, From first dose up to 24 months"} | _secondary(
        "Progression-free survival (PFS), Time from first dose to progression by RECIST 1.1 or death from any cause, From first dose up to 24 months"),
        {"primary": BASE["primary"]}),
    # Treatment
    Pair("logic_inverted", "Treatment should be terminated until disease progression or intolerable toxicity.", {"detail": "Treatment should be terminated until disease progression or intolerable toxicity."},
        {"detail": "Apatinib is interrupted until toxicity has resolved to grade 1. Treatment is not discontinued until disease progression."}),
    Pair("treatment_scope", "standard chemotherapy", {"interventions": "DRUG: Camrelizumab|DRUG: chemotherapy", "detail": "Camrelizumab 200 mg is given every 3 weeks with standard chemotherapy as decided by the investigator."},
        {"interventions": "DRUG: Camrelizumab|DRUG: chemotherapy", "detail": "Camrelizumab 200 mg is given every 3 weeks with FOLFIRI or FOLFOX; bevacizumab may be added."}),
    Pair("ablation_scope", None, {"title": _RFA, "interventions": "PROCEDURE: Radiofrequency ablation|DRUG: Camrelizumab", "detail": _RFA_FIRST.format(which="Radiofrequency ablation of liver tumors comes first.")},
        {"title": _RFA, "interventions": "PROCEDURE: Radiofrequency ablation|DRUG: Camrelizumab", "detail": _RFA_FIRST.format(which="Up to three lesions below 3 cm are ablated first.")}),
    Pair("sequential_or_concurrent", "Sequential therapy with camrelizumab and apatinib is planned.", {"detail": "Sequential therapy with camrelizumab and apatinib is planned."},
        {"detail": "Cohorts are enrolled in sequential order. Patients with prior sequential chemotherapy may enter. Camrelizumab and apatinib start on the same day."}),
    Pair("test_undefined", "drugs selected by drug sensitivity testing", {"detail": "Patients receive drugs selected by drug sensitivity testing."},
        {"detail": "Patients receive drugs selected by drug sensitivity testing of organoids from a liver biopsy."}),
    Pair("test_not_listed", "drugs selected by genetic testing", {"detail": "Patients receive drugs selected by genetic testing."},
        {"detail": "Patients receive drugs selected by genetic testing.", "interventions": "DRUG: Camrelizumab|DIAGNOSTIC_TEST: genetic testing"}),
    Pair("intervention_compound", "DRUG: Camrelizumab+Apatinib", {"interventions": "DRUG: Camrelizumab+Apatinib"}),
    Pair("intervention_type", "DRUG: Transarterial chemoembolization", {"interventions": "DRUG: Camrelizumab|DRUG: Transarterial chemoembolization"},
        {"interventions": "DRUG: Camrelizumab|PROCEDURE: Transarterial chemoembolization"}),
    Pair("modality_mismatch", "PROCEDURE: ablation", {"title": _RFA, "interventions": "PROCEDURE: ablation|DRUG: Camrelizumab"},
        {"title": _RFA, "interventions": "PROCEDURE: Radiofrequency ablation|DRUG: Camrelizumab"}),
    Pair("agent_name_mismatch", "camrelizumb", {"detail": BASE["detail"].replace("Camrelizumab", "camrelizumb")}),
    # Aims and population
    Pair("objective_without_endpoint", "assess the efficacy and tolerability", {"summary": BASE["summary"] + " The aim is to assess the efficacy and tolerability.", "secondary": "|".join(BASE["secondary"].split("|")[:2])},
        {"summary": BASE["summary"] + " The aim is to assess the efficacy and tolerability."}),
    Pair("line_ambiguous", "Second-line", {"detail": "Patients with failure of standard therapy are enrolled for second-line treatment."}),
    Pair("line_inconsistent", "after failure of first-line chemotherapy", {"title": "Camrelizumab Plus Apatinib in Biliary Tract Cancer After Failure of Standard Therapy", "summary": "A phase 2 study in patients who failed standard therapy.", "detail": "There is no option after failure of first-line chemotherapy."},
        {"title": "Camrelizumab Plus Apatinib in Biliary Tract Cancer After Failure of Standard Therapy", "summary": "A phase 2 study in patients who failed standard therapy.", "detail": "Standard therapy is gemcitabine and cisplatin."}),
    Pair("line_missing", None, {"title": "Camrelizumab Plus Apatinib in Biliary Tract Cancer", "summary": "A phase 2 study. Adults with measurable disease are eligible."}),
    Pair("measurable_disease_missing", "RECIST 1.1", {"summary": BASE["summary"].replace(" and measurable disease", "")}),
    Pair("biomarker_missing", "colorectal cancer", {"summary": BASE["summary"] + " Disease is colorectal cancer."},
        {"summary": BASE["summary"] + " Disease is microsatellite-stable colorectal cancer."}),
    Pair("primary_tumours_missing", "basket", {"summary": BASE["summary"] + " This is a basket trial."},
        {"summary": BASE["summary"] + " This is a basket trial. Cohort A is gastric, cohort B is pancreatic cancer."}),
    Pair("population_in_background", "after second-line therapy failure", {"title": "Camrelizumab Plus Apatinib in Refractory Biliary Tract Cancer", "summary": "A phase 2 study. Adults with measurable disease are eligible.", "detail": "Few options exist after second-line therapy failure."}),
    Pair("eligibility_missing", None, {"summary": "This open-label, single-arm, phase 2 study evaluates second-line treatment of measurable disease."}),
    # Conditions and terms
    Pair("site_ambiguous", "lung/bone metastases", {"summary": BASE["summary"] + " Patients with lung/bone metastases enter."},
        {"summary": BASE["summary"] + " Patients with lung or bone metastases, or both, enter. Response is CR/PR."}),
    Pair("extrahepatic_undefined", "liver metastases", {"interventions": "DRUG: Camrelizumab|PROCEDURE: Hepatic arterial infusion chemotherapy", "summary": BASE["summary"] + " Patients have liver metastases."},
        {"interventions": "DRUG: Camrelizumab|PROCEDURE: Hepatic arterial infusion chemotherapy", "summary": BASE["summary"] + " Patients have liver metastases; extrahepatic disease is allowed."}),
    Pair("condition_ambiguous", "Metastatic Bone Tumor", {"conditions": "Metastatic Bone Tumor"}, {"conditions": "Bone Metastases of Breast Cancer"}),
    Pair("condition_split", "Gastric Cancer|Liver Metastases", {"conditions": "Gastric Cancer|Liver Metastases"}, {"conditions": "Gastric Cancer Metastatic to the Liver|Stomach Cancer"}),
    Pair("condition_split", None, {"conditions": "Stomach Cancer|Brain Metastases"}, {"conditions": "Liver Metastases|Bone Metastases"}),
    Pair("condition_term_mismatch", "Hepatic Metastases", {"title": "Camrelizumab in Second-line Treatment of Liver Metastases", "conditions": "Hepatic Metastases"},
        {"title": "Camrelizumab in Second-line Treatment of Liver Metastases", "conditions": "Liver Metastases"}),
    Pair("term_mismatch", "adverse reactions", {"summary": BASE["summary"] + " The study records adverse reactions."}),
    Pair("open_label_partial", "open-label", {"summary": BASE["summary"].replace("open-label, ", ""), "detail": BASE["detail"] + " The study is open-label."},
        {"detail": BASE["detail"] + " The study is open-label."}),
    # Language
    Pair("unsupported_claim", "has a higher response rate than chemotherapy", {"detail": BASE["detail"] + " Camrelizumab has a higher response rate than chemotherapy."},
        {"detail": BASE["detail"] + " In a published trial of 120 patients, camrelizumab has a higher response rate than chemotherapy."}),
    Pair("conjunction", "complete response and partial response", {"primary": BASE["primary"].replace("complete or partial response", "complete response and partial response")},
        {"primary": BASE["primary"].replace("complete or partial response", "response, the sum of complete response and partial response")}),
    Pair("definition_wording", "The date of", _secondary(survival="Overall survival (OS), The date of first dose until the date of death, From first dose up to 48 months")),
    Pair("definition_wording", "partial response", {"primary": BASE["primary"].replace("complete or partial response", "partial response")},
        _secondary(more="Partial response rate, Proportion of patients with a partial response, From first dose up to 24 months") | {"primary": BASE["primary"]}),
    Pair("definition_wording", "death from any cause or loss to follow", _secondary(survival="Overall survival (OS), Time from first dose to death from any cause or loss to follow-up, From first dose up to 48 months"),
        _secondary(survival="Overall survival (OS), Time from first dose to death from any cause; patients lost to follow-up are censored, From first dose up to 48 months")),
    Pair("definition_wording", "any event", _secondary(more="Event-free survival (EFS), Time from first dose to any event, From first dose up to 24 months"),
        _secondary(more="Event-free survival (EFS), Time from first dose to any event of progression or death, From first dose up to 24 months")),
    Pair("tense_mismatch", "patients received", {"detail": "The study will start soon. Eligible patients received camrelizumab."},
        {"detail": "The study will start soon. Patients who received chemotherapy before may enter."}),
    Pair("wording", "until disease progress", {"detail": "Treatment goes on until disease progress."}, {"detail": "Treatment goes on until disease progresses."}),
    Pair("wording_garbled", "of of", {"detail": BASE["detail"] + " The analysis of of response follows."}),
    Pair("typo", "progresion", {"detail": BASE["detail"].replace("progression", "progresion")}),
    Pair("typo", "pregression", {"detail": BASE["detail"].replace("disease progression", "disease pregression")},
        {"detail": BASE["detail"] + " Patients with infection, evacuation of ascites or a metastasis are followed; randomisation is not planned."}),
    Pair("typo", "Feasbility", {"detail": BASE["detail"] + " Feasbility is recorded."}),
    Pair("typo", "22th", {"detail": BASE["detail"] + " Scans are due on the 22th day."}, {"detail": BASE["detail"] + " Scans are due on the 22nd day, the 11th and the 13th visit."}),
    Pair("acronym_unexpanded", "XRQ", {"title": "Camrelizumab Plus XRQ in Second-line Treatment of Biliary Tract Cancer"},
        {"title": "Camrelizumab Plus Xenon Rays (XRQ) in Second-line Treatment of Biliary Tract Cancer: XRQ"}),
    Pair("acronym_unexpanded", "BCY", {"conditions": "Biliary Tract Cancer|BCY"}, {"conditions": "BCY - Biliary Cystadenocarcinoma"}),
    Pair("agent_name_mismatch", "apatinab", {"detail": BASE["detail"].replace("apatinib", "apatinab")},
        {"interventions": "DRUG: Camrelizumab|DRUG: Apatinib|PROCEDURE: transplant", "detail": BASE["detail"] + " Transplanted patients may enter."}),
    Pair("wording_garbled", "assessed objective response", {"primary": BASE["primary"].replace("Objective response rate (ORR), ", "Objective response rate (ORR), Investigators achieving assessed objective response, ")},
        {"primary": BASE["primary"].replace("Objective response rate (ORR)", "IRC-assessed objective response rate (ORR)")}),
    Pair("fullwidth_punctuation", "，", {"detail": BASE["detail"].replace(", ", "，") + " Camrelizumab，apatinib."}),
)  # fmt: skip
