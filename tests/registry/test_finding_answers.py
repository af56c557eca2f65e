"""Questions of the values that the words of the record answer are not asked; hostile text is read fast."""

from __future__ import annotations

import time

import pytest

from support.finding_pairs import BASE, record
from trialwright.protocol.check.codes import CODES
from trialwright.registry.draft import draft_protocol
from trialwright.registry.facts import read
from trialwright.registry.findings import find
from trialwright.registry.findings.answered import ANSWERS
from trialwright.registry.findings.case import Case
from trialwright.registry.findings.spoken import SPOKEN
from trialwright.registry.record import parse_record

PHASE_1 = {
    "summary": BASE["summary"].replace("phase 2", "phase 1"),
    "title": "Camrelizumab Plus Apatinib in Biliary Tract Cancer",
}
COHORTS = {"summary": BASE["summary"] + " This is a multi-cohort basket trial."}
SIZED = {"summary": BASE["summary"] + " A total of 41 patients will be enrolled."}
EVALUABLE = {
    "primary": BASE["primary"].replace("Proportion of patients", "Proportion of evaluable patients")
}
OPEN_ENDED = {
    "detail": "Camrelizumab 200 mg is given intravenously every 3 weeks and apatinib 250 mg orally."
}
UNTIL_WHEN = {"secondary": BASE["secondary"].replace(" to 30 days after the last dose", " on")}
UNTOLD = {"interventions": "DRUG: ABT-123|DRUG: ZZ-77"}
UNGRADED = {"secondary": BASE["secondary"].replace(" by CTCAE 5.0", "")}
UNGRADED_QUOTE = "Adverse events"
TWO = {
    "primary": BASE["primary"]
    + "|Progression-free survival, Time from first dose to progression or death, From first dose up to 24 months"
}
#: Code, fields that raise it, sentences that answer it, a sentence that does not.
CASES = [
    ("safety_stopping_missing", {}, ["A data and safety monitoring board may stop the study.", "Stopping rules for toxicity apply."], "Patients may stop at any time."),
    ("safety_runin_missing", PHASE_1, ["A safety run-in of 6 patients comes first.", "Doses are escalated by a 3+3 design; DLTs are recorded."], "Patients run a diary."),
    ("dlt_missing", PHASE_1, ["Dose escalation follows a BOIN design.", "The maximum tolerated dose is determined."], "The dose is fixed."),
    ("interim_missing", {}, ["An interim analysis is planned after 15 patients.", "The design is a two-stage design."], "Disease of any stage is allowed."),
    ("sample_size_rationale_missing", SIZED, ["This gives 80% power at a one-sided alpha of 0.05.", "The sample size was calculated from a historical rate."], "Quality control is determined by the sponsor."),
    ("cohorts_undefined", COHORTS, ["Cohort A has gastric, cohort B has biliary tract cancer."], "Each cohort is described later."),
    ("pooling_undefined", COHORTS, ["Response is estimated in each cohort.", "Cohorts are pooled for safety."], "Three cohorts exist."),
    ("multiple_primaries", TWO, ["Multiplicity is handled by a Bonferroni correction.", "The endpoints are co-primary."], "Both are important."),
    ("evaluable_undefined", EVALUABLE, ["Patients are evaluable if they have one scan after baseline."], "All evaluable patients are shown."),
    ("assessment_schedule_missing", {}, ["Tumor assessments by CT are repeated every 6 weeks.", "Scans are made every two cycles."], "Blood is drawn every 6 weeks."),
    ("centres_missing", {}, ["Patients enter at sites in China.", "This is a mutlicentric study."], "The sites of disease are recorded."),
    ("discontinuation_missing", OPEN_ENDED, ["Treatment is given for 6 cycles.", "Patients receive 3-4 cycles, followed by surgery.", "Cycle 4-6 follows."], "Blood is drawn for 6 weeks."),
    ("max_duration_missing", {}, ["Treatment is given for up to 12 cycles.", "Camrelizumab is given for two years."], "Patients had 2 prior regimens."),
    ("assessor_missing", {}, ["Response is determined by local assessment.", "Scans are reviewed by two radiologists."], "The local hospital keeps the scans."),
    ("ae_window", UNTIL_WHEN, ["Adverse events are recorded until 45 days after the end of treatment."], "Scans are made 45 days after the end of treatment."),
]  # fmt: skip


def _codes(drafted, fields, sentence=""):
    detail = f"{fields.get('detail', BASE['detail'])} {sentence}"
    return {one.code for one in drafted(record({**fields, "detail": detail})).questions}


@pytest.mark.parametrize(("code", "fields", "answers", "other"), CASES, ids=[c[0] for c in CASES])
def test_words_answer_a_question(drafted, code, fields, answers, other):
    assert code in _codes(drafted, fields)
    assert code in _codes(drafted, fields, other)
    for sentence in answers:
        assert code not in _codes(drafted, fields, sentence), sentence


#: Code, fields, sentence, the code that is asked instead, its quote, severity and proposal.
REWORDED = [
    ("enrollment_missing", {}, "It is planned to enroll 44-61 patients.", "enrollment_missing", "44-61 patients", "warning", None),
    ("enrollment_missing", {}, "21 patients are to be included in each arm.", "enrollment_missing", "21 patients", "warning", None),
    ("enrollment_missing", {}, "In 2015, 812 patients were diagnosed. Cohort 2 will enroll patients with melanoma.", "enrollment_missing", None, "error", None),
    ("ae_criteria_missing", UNGRADED, "Toxicity is graded by CTCAE v4.0.", "ae_criteria_missing", "CTCAE v4.0", "warning", {"safety.ctcae_version": "4.03"}),
    ("ae_criteria_missing", UNGRADED, "Toxicity is graded by NCI Common Toxicity Criteria version 3.0.", "ae_criteria_missing", "Common Toxicity Criteria version 3.0", "warning", {"safety.ctcae_version": "4.03"}),
    ("ae_criteria_missing", UNGRADED, "Toxicity is graded.", "ae_criteria_missing", UNGRADED_QUOTE, "warning", {"safety.ctcae_version": "5.0"}),
    ("denominator_missing", {"primary": BASE["primary"].replace("response by RECIST 1.1", "response, of patients who participated in the efficacy analysis")}, "", "evaluable_undefined", "participated in the efficacy", "warning", {"analysis.eval_counts_early_pd": True}),
    ("cycle_length_missing", {}, "Blood is drawn on day 8 (28 days/cycle).", "cycle_length_missing", "28 days/cycle", "note", {"treatment.cycle_length_days": 28}),
    ("route_missing", UNTOLD, "ABT-123 is given with ZZ-77.", "route_missing", "ABT-123", "note", None),
    ("route_missing", UNTOLD, "ABT-123 is an orally available inhibitor. ZZ-77 is tried in stage IV disease.", "route_missing", "ZZ-77", "note", None),
    ("frequency_missing", UNTOLD, "In a single-arm study, ABT-123 is given with ZZ-77.", "frequency_missing", "ABT-123", "warning", None),
    ("frequency_missing", UNTOLD, "ABT-123 is given as five doses on consecutive days.", "frequency_missing", "ZZ-77", "warning", None),
    ("censoring_missing", {}, "Patients alive are censored at the last visit.", None, None, None, None),
]  # fmt: skip


@pytest.mark.parametrize("case", REWORDED, ids=lambda case: f"{case[0]}-{case[4]}")
def test_a_question_is_asked_in_the_words_of_the_record(drafted, case):
    code, fields, sentence, asked, quote, severity, proposal = case
    detail = f"{BASE['detail']} {sentence}"
    found = drafted(record({**fields, "detail": detail})).questions
    same = [one for one in found if one.code in {code, asked}]
    said = [(one.code, one.quote, one.severity, one.proposal) for one in same]
    assert said == ([(asked, quote, severity, proposal)] if asked else [])


def test_every_answer_is_tested_and_belongs_to_a_code():
    assert set(ANSWERS) == {case[0] for case in CASES}
    assert set(ANSWERS) | set(SPOKEN) <= {one.code for one in CODES}
    assert set(SPOKEN) == {case[0] for case in REWORDED}


HOSTILE = [
    "evaluate safety ", "severity and incidence of ", "discontinued until ", "patients received ",
    "liver/lung ", "every 8 ", "has a higher ", "guided by genetic ", "the the ", "21th ", "complete response and ",
    "ABCDEF (", "hopefully ", "data safety ", "evaluable ", "metastatic liver ",
    "12 patients ", "common toxicity criteria ", "for 6 aaa bbb ", "30 days after aaa bbb ", "abt-123 daily, ", "，",
]  # fmt: skip


@pytest.mark.parametrize("phrase", HOSTILE)
def test_hostile_text_is_read_in_linear_time(phrase):
    def seconds(copies: int) -> float:
        text = record({"detail": phrase * copies, "summary": phrase * (copies // 4)})
        draft = draft_protocol(parse_record("own", text.encode(), where="own"))
        case = Case(read(draft.record), draft.protocol, draft.outcomes)
        started = time.process_time()
        find(case)
        return time.process_time() - started

    short = min(seconds(400) for _ in range(2))
    assert min(seconds(1_600) for _ in range(2)) < 10 * short + 0.05
