"""Outcomes split into measure, description and time frame; every expectation is read by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.registry.outcomes import ends_in_time, split_outcome, split_outcomes
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
    ("Response, line one\nline two, with comma, 12 weeks", "Response", "line one\nline two, with comma", "12 weeks"),
    ("AE、SAE, 不良事件, 2年", "AE、SAE", "不良事件", "2年"),
    ("Unbalanced (bracket, Description of it, 1 year", "Unbalanced (bracket", "Description of it", "1 year"),
    ("Response (CR, PR)", "Response (CR, PR)", None, None),
    ("Dose, Level 1, level 2, and level 3 are tested, approximately 18 months", "Dose", "Level 1, level 2, and level 3 are tested", "approximately 18 months"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "measure", "description", "time_frame"), CASES)
def test_an_outcome_is_split_as_a_reader_splits_it(text, measure, description, time_frame):
    outcome = split_outcome(text)
    assert outcome.measure.of(text) == measure
    assert (outcome.description.of(text) if outcome.description else None) == description
    assert (outcome.time_frame.of(text) if outcome.time_frame else None) == time_frame


def test_a_bar_separates_outcomes_and_keeps_offsets():
    text = "xx ORR, rate of response, 1 year | OS, 2 years||"
    found = split_outcomes(text, normalised(text), Span(3, len(text)), "secondary")
    assert [one.measure.of(text) for one in found] == ["ORR", "OS"]
    assert [one.span.of(text) for one in found] == ["ORR, rate of response, 1 year", "OS, 2 years"]
    assert {one.role for one in found} == {"secondary"}


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("orr, rate, 6 months", True),
        ("os, from enrollment to death", True),
        ("adverse events, * fever", False),
        ("a sentence without comma", False),
        ("number of patients with a second, later tumour", False),
    ],
)
def test_an_outcome_line_ends_with_a_time(line, ends):
    assert ends_in_time(line) is ends


@given(st.text(alphabet="ab, .|()，\nUp to12months", max_size=200))
def test_parts_are_verbatim_ordered_and_lose_only_separators(text):
    for one in split_outcomes(text, normalised(text), Span(0, len(text)), "primary"):
        parts = [part for part in (one.measure, one.description, one.time_frame) if part]
        assert "|" not in one.span.of(text)
        for left, right in pairwise(parts):
            assert text[left.end : right.start].strip(" \n") == ","
