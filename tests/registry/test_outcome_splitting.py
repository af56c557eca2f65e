"""Outcomes split into measure, description and time frame; every expectation is read by hand."""

from __future__ import annotations

import math
from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.registry.outcomes import Outcome, split_fields, split_outcome, split_outcomes
from trialwright.registry.outcomes.weights import DOUBT
from trialwright.registry.view import Span, normalised

CASES = [
    ("ORR, 6 months", "ORR", None, "6 months"),
    ("ORR", "ORR", None, None),
    ("Objective response rate, RECIST 1.1 is used., 6 months", "Objective response rate", "RECIST 1.1 is used.", "6 months"),
    ("PFS, Time to progression or death, up to 2 years", "PFS", "Time to progression or death", "up to 2 years"),
    ("PFS, Time from randomization to progression or death, 24 months", "PFS", "Time from randomization to progression or death", "24 months"),
    ("ORR, CR plus PR, From Baseline to disease progress, up to 18 months", "ORR", "CR plus PR", "From Baseline to disease progress, up to 18 months"),
    ("OS, Death from any cause, From Baseline to primary completion date, about 5 years", "OS", "Death from any cause", "From Baseline to primary completion date, about 5 years"),
    ("Safety, Incidence, severity, and causality of adverse events, 30 days after the last dose", "Safety", "Incidence, severity, and causality of adverse events", "30 days after the last dose"),
    ("Number of participants with fever, rash, or itching, Graded by CTCAE 5.0, Day 1 to Day 28", "Number of participants with fever, rash, or itching", "Graded by CTCAE 5.0", "Day 1 to Day 28"),
    ("Cmax, Maximum concentration in plasma, Cycle 1 Day 1, Cycle 1 Day 8, Cycle 2 Day 1", "Cmax", "Maximum concentration in plasma", "Cycle 1 Day 1, Cycle 1 Day 8, Cycle 2 Day 1"),
    ("IIEF-5 score, Sum of five questions, Baseline, Week 4, Week 13", "IIEF-5 score", "Sum of five questions", "Baseline, Week 4, Week 13"),
    ("IIEF-5 score, Sum of five questions, 1, 3, 6, 12 months", "IIEF-5 score", "Sum of five questions", "1, 3, 6, 12 months"),
    ("Adverse events, Any grade, Through study completion, an average of 1 year", "Adverse events", "Any grade", "Through study completion, an average of 1 year"),
    ("DOR, From first response to progression or death, whichever comes first, assessed up to 3 years", "DOR", None, "From first response to progression or death, whichever comes first, assessed up to 3 years"),
    ("DCR, disease control rate(DCR), defined as CR, PR or SD, 24 months", "DCR", "disease control rate(DCR), defined as CR, PR or SD", "24 months"),
    ("ORR, objective response rate(ORR)，defined as CR or PR, 24 months", "ORR", "objective response rate(ORR)，defined as CR or PR", "24 months"),
    ("Rate of response (CR, PR), As read by the investigator, 1 year", "Rate of response (CR, PR)", "As read by the investigator", "1 year"),
    ("12-month PFS, The date of first treatment until progression, or death due to any cause,whichever comes first., 1 year", "12-month PFS", "The date of first treatment until progression, or death due to any cause,whichever comes first.", "1 year"),
    ("OS, Overall survival, at 1, 2 and 5 years", "OS", "Overall survival", "at 1, 2 and 5 years"),
    ("Toxicity, Events of grade 3, 4, or 5, Up to 90 days post-surgery", "Toxicity", "Events of grade 3, 4, or 5", "Up to 90 days post-surgery"),
    ("Quality of life, EORTC QLQ-C30, from baseline, every 12 weeks, until progression, up to 2 years", "Quality of life", "EORTC QLQ-C30", "from baseline, every 12 weeks, until progression, up to 2 years"),
    ("pCR rate, No viable tumour cells, At surgery", "pCR rate", "No viable tumour cells", "At surgery"),
    ("Local control, Absence of progression in the field, 2 years after radiotherapy", "Local control", "Absence of progression in the field", "2 years after radiotherapy"),
    ("MTD, Highest dose with fewer than 2 of 6 patients with DLT, 28 days", "MTD", "Highest dose with fewer than 2 of 6 patients with DLT", "28 days"),
    ("Feasibility, defined as 8 of 10 patients treated, 2 years", "Feasibility", "defined as 8 of 10 patients treated", "2 years"),
    ("Overall survival (OS), From enrollment to death, up to 60 months", "Overall survival (OS)", None, "From enrollment to death, up to 60 months"),
    ("Response, Line one\nline two, with comma, 12 weeks", "Response", "Line one\nline two, with comma", "12 weeks"),
    ("AE、SAE, 不良事件, 2年", "AE、SAE", "不良事件", "2年"),
    ("Unbalanced (bracket, Description of it, 1 year", "Unbalanced (bracket", "Description of it", "1 year"),
    ("Response (CR, PR)", "Response (CR, PR)", None, None),
    ("Dose, Level 1, level 2, and level 3 are tested, approximately 18 months", "Dose", "Level 1, level 2, and level 3 are tested", "approximately 18 months"),
    # A list in the measure, in the description, in the time frame.
    ("Adverse events, including fever, rash, and itching, 30 days", "Adverse events, including fever, rash, and itching", None, "30 days"),
    ("Plasma levels of tarvenib, its amide, and its glucuronide, Sampled before each dose, Day 1 and Day 15", "Plasma levels of tarvenib, its amide, and its glucuronide", "Sampled before each dose", "Day 1 and Day 15"),
    ("Local recurrence, regional recurrence, and distant metastasis, Competing risks are considered., 3 years", "Local recurrence, regional recurrence, and distant metastasis", "Competing risks are considered.", "3 years"),
    ("Safety, tolerability and feasibility of the infusion, Graded by CTCAE 5.0, From first dose until 30 days after the last dose, whichever is later", "Safety, tolerability and feasibility of the infusion", "Graded by CTCAE 5.0", "From first dose until 30 days after the last dose, whichever is later"),
    ("Percentage of patients with grade 3, 4, or 5 events, CTCAE version 5.0, Up to 90 days after surgery", "Percentage of patients with grade 3, 4, or 5 events", "CTCAE version 5.0", "Up to 90 days after surgery"),
    ("Objective response rate per RECIST, version 1.1, Assessed by the investigator, Every 8 weeks, up to 2 years", "Objective response rate per RECIST, version 1.1", "Assessed by the investigator", "Every 8 weeks, up to 2 years"),
    ("Immune cells in blood, CD4+, CD8+ and NK cells by flow cytometry, Day 0, 14, 28, and month 3", "Immune cells in blood", "CD4+, CD8+ and NK cells by flow cytometry", "Day 0, 14, 28, and month 3"),
    ("Quality of life, EORTC QLQ-C30 sum score, Baseline, weeks 4, 8, and 12", "Quality of life", "EORTC QLQ-C30 sum score", "Baseline, weeks 4, 8, and 12"),
    ("Overall response, Complete plus partial response, 1, 3 and 6 months", "Overall response", "Complete plus partial response", "1, 3 and 6 months"),
    ("Pain, Numeric rating scale, 0 (none) to 10 (worst)., At 2, 4, and 12 weeks", "Pain", "Numeric rating scale, 0 (none) to 10 (worst).", "At 2, 4, and 12 weeks"),
    ("PK of tarvenib: Cmax, Maximum concentration, Cycle 1 Day 1: predose, 1, 2, 4, 8 hours post-dose; Cycle 2 Day 1: predose", "PK of tarvenib: Cmax", "Maximum concentration", "Cycle 1 Day 1: predose, 1, 2, 4, 8 hours post-dose; Cycle 2 Day 1: predose"),
    ("Trough level, Mean before the dose, C1D1, C2D1, C3D1 and C5D1", "Trough level", "Mean before the dose", "C1D1, C2D1, C3D1 and C5D1"),
    ("Biopsy change, Grade at each biopsy, at week1, week8 and week24", "Biopsy change", "Grade at each biopsy", "at week1, week8 and week24"),
    ("Number of Adverse Events (AEs), Serious Adverse Events (SAEs), and Deaths, Graded by CTCAE 5.0., 30 days", "Number of Adverse Events (AEs), Serious Adverse Events (SAEs), and Deaths", "Graded by CTCAE 5.0.", "30 days"),
    # A full stop that ends no sentence, and one that does.
    ("DLT, i.e., any grade 4 event, Cycle 1 (28 days)", "DLT, i.e., any grade 4 event", None, "Cycle 1 (28 days)"),
    ("Dose intensity, Total dose divided by duration, Through the end of treatment, i.e., up to 6 months", "Dose intensity", "Total dose divided by duration", "Through the end of treatment, i.e., up to 6 months"),
    ("MTD, Highest dose with fewer than 2 of 6 patients with DLT., Cycle 1, Day 1 to Day 28", "MTD", "Highest dose with fewer than 2 of 6 patients with DLT.", "Cycle 1, Day 1 to Day 28"),
    # A definition that opens like a time, and a time that opens like a definition.
    ("Time to next treatment, Time from first dose to the next anticancer therapy, from baseline, up to 36 months", "Time to next treatment", "Time from first dose to the next anticancer therapy", "from baseline, up to 36 months"),
    ("R0 resection, No tumour cells at the margin, At the time of surgery, approximately 12 weeks after enrolment", "R0 resection", "No tumour cells at the margin", "At the time of surgery, approximately 12 weeks after enrolment"),
    ("OS, Death from any cause, January 2024 to December 2026", "OS", "Death from any cause", "January 2024 to December 2026"),
    ("Biomarkers, Archival tissue is stained for PD-L1, At enrolment and at progression, if feasible", "Biomarkers", "Archival tissue is stained for PD-L1", "At enrolment and at progression, if feasible"),
    # A description that opens with a small letter.
    ("Number of responders, as judged by two readers, 6 weeks", "Number of responders", "as judged by two readers", "6 weeks"),
    ("Rate of conversion, defined as resection of all lesions, R0 or R1, within 6 months", "Rate of conversion", "defined as resection of all lesions, R0 or R1", "within 6 months"),
    # Brackets: nested, full-width, escaped, never closed.
    ("Dose (mg/m2 (day 1), per cycle), Total dose by cycle, 6 months", "Dose (mg/m2 (day 1), per cycle)", "Total dose by cycle", "6 months"),
    ("Toxicity (grade 3 (any), The highest of each patient), Graded by CTCAE., 5 years", "Toxicity (grade 3 (any), The highest of each patient)", "Graded by CTCAE.", "5 years"),
    ("Response（CR, PR）, As read by the investigator, 1 year", "Response（CR, PR）", "As read by the investigator", "1 year"),
    ("Cytokines \\[IL-6, IFN\\], Peak level in serum, 28 days", "Cytokines \\[IL-6, IFN\\]", "Peak level in serum", "28 days"),
    ("Response (RECIST 1.1, Read by investigator, 8 weeks", "Response (RECIST 1.1", "Read by investigator", "8 weeks"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "measure", "description", "time_frame"), CASES)
def test_an_outcome_is_split_as_a_reader_splits_it(text, measure, description, time_frame):
    assert parts(text, split_outcome(text)) == (measure, description, time_frame)


def parts(text: str, outcome: Outcome) -> tuple[str | None, ...]:
    spans = (outcome.measure, outcome.description, outcome.time_frame)
    return tuple(span.of(text) if span else None for span in spans)


def split_field(text: str) -> list[tuple[str | None, ...]]:
    found = split_outcomes(text, normalised(text), Span(0, len(text)), "secondary")
    return [parts(text, one) for one in found]


def test_a_bar_separates_outcomes_and_keeps_offsets():
    text = "xx ORR, rate of response, 1 year | OS, 2 years||"
    found = split_outcomes(text, normalised(text), Span(3, len(text)), "secondary")
    assert [one.measure.of(text) for one in found] == ["ORR", "OS"]
    assert [one.span.of(text) for one in found] == ["ORR, rate of response, 1 year", "OS, 2 years"]
    assert {one.role for one in found} == {"secondary"}


def test_an_open_bracket_ends_with_its_outcome():
    text = "Response (RECIST, 1 year|Rate (a, b), Share of patients, 2 years"
    assert [one[2] for one in split_field(text)] == ["1 year", "2 years"]


class TestOtherOutcomesOfTheRecord:
    """What is not sure by itself is read as the other outcomes of the record are."""

    MARKERS = "Markers in blood, kinases such as AKR-1, LMT-4 and PRX, 3 years"

    def test_a_measure_that_others_open_with(self):
        alone = parts(self.MARKERS, split_outcome(self.MARKERS))
        beside = split_field(
            f"{self.MARKERS}|Markers in blood, share of cells with AKR-1, 3 years"
            "|Markers in blood, level of LMT-4, 3 years|Markers in blood, ratio of both, 3 years"
        )
        assert alone[0] != "Markers in blood"
        assert {one[0] for one in beside} == {"Markers in blood"}

    def test_a_time_frame_that_others_end_with(self):
        text = "Continence, pads in a day, washed or not, counted at home"
        other = "Strength, Grip of both hands., counted at home"
        assert parts(text, split_outcome(text))[2] is None
        assert split_field(f"{text}|{other}|{other}")[0][2] == "counted at home"

    def test_the_longest_time_frame_that_others_end_with(self):
        long = "Scans on day 28, month 3, and month 6, if infused twice"
        text = f"Depth of response, Best change of the sum, {long}"
        other = f"Objective response, CR plus PR., {long}"
        assert parts(text, split_outcome(text))[2] == "month 3, and month 6, if infused twice"
        assert [one[2] for one in split_field(f"{text}|{other}|{other}")] == [long] * 3

    def test_the_shape_of_the_others(self):
        text = "Number of responders, as judged by two readers, 6 weeks"
        bare = "Grip strength, 6 weeks|Walking distance, 6 weeks|Sessions attended, 6 weeks"
        assert split_field(text)[0][1] == "as judged by two readers"
        assert [one[1] for one in split_field(f"{text}|{bare}|Fatigue, 6 weeks")] == [None] * 5

    def test_outcomes_of_the_other_role_count(self):
        primary = "Decay, kinases such as AKR-1, LMT-4 and PRX, 3 years"
        secondary = "Decay, share of cells with AKR-1, 3 years|Decay, level of LMT-4, 3 years"
        text = f"{primary}\n{secondary}|Decay, ratio of both, 3 years"
        fields = (
            (Span(0, len(primary)), "primary"),
            (Span(len(primary) + 1, len(text)), "secondary"),
        )
        found = split_fields(text, normalised(text), fields)
        assert [one.role for one in found] == ["primary", *["secondary"] * 3]
        assert {one.measure.of(text) for one in found} == {"Decay"}


class TestConfidence:
    def test_a_plain_outcome_is_sure_and_has_no_second_reading(self):
        outcome = split_outcome("Objective response rate, Share with CR or PR., Up to 2 years")
        assert outcome.confidence > DOUBT
        assert outcome.second is None

    def test_what_cannot_be_cut_is_certain(self):
        assert split_outcome("Overall survival").confidence == 1.0

    def test_a_doubtful_outcome_keeps_its_second_reading(self):
        text = "Number, severity and duration of rashes, 6 weeks"
        outcome = split_outcome(text)
        assert outcome.second is not None
        assert outcome.second.second is None
        assert 0 < outcome.second.confidence <= outcome.confidence < DOUBT
        assert outcome.second.confidence + outcome.confidence <= 1
        both = {parts(text, outcome), parts(text, outcome.second)}
        assert both == {
            ("Number", "severity and duration of rashes", "6 weeks"),
            ("Number, severity and duration of rashes", None, "6 weeks"),
        }


@settings(max_examples=30)
@given(st.text(alphabet="ab, .|()，\nUp to12months", max_size=200))
def test_parts_are_verbatim_ordered_and_lose_only_separators(text):
    for one in split_outcomes(text, normalised(text), Span(0, len(text)), "primary"):
        parts = [part for part in (one.measure, one.description, one.time_frame) if part]
        assert "|" not in one.span.of(text)
        assert 0 < one.confidence <= 1
        assert (one.second is not None) <= (one.confidence < DOUBT)
        for left, right in pairwise(parts):
            assert text[left.end : right.start].strip(" \n") == ","


@pytest.mark.parametrize(
    "unit",
    [
        "a, ",
        "(a, ",
        "a), ",
        "([{",
        "1, ",
        "day 1, ",
        "a., ",
        "(a)",
        "| a, b",
        "and, or, ",
        "i.e., ",
        "\\[, ",
    ],
)
def test_hostile_text_takes_linear_time(unit):
    """Ten times the text takes about ten times as long: the slope of the logarithms is near one."""
    seconds = []
    for size in (20_000, 200_000):
        text = (unit * (size // len(unit) + 1))[:size]
        low = normalised(text)
        best = math.inf
        for _ in range(2):
            begun = perf_counter()
            split_outcomes(text, low, Span(0, size), "primary")
            best = min(best, perf_counter() - begun)
        seconds.append(best)
    assert math.log10(max(seconds[1], 1e-3) / max(seconds[0], 1e-4)) < 1.6
