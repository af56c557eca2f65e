"""Fields of endpoints read from the words of an outcome; every value worked out by hand."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.registry.draft import draft_protocol
from trialwright.registry.endpoints.assessment import (
    read_assessor,
    read_confirmation,
    read_denominator,
    read_estimator,
)
from trialwright.registry.endpoints.criteria import read_criteria
from trialwright.registry.endpoints.events import events_in_definition, events_in_frame
from trialwright.registry.endpoints.landmark import landmark_in_frame, landmarks
from trialwright.registry.endpoints.origin import (
    origin_at_head,
    origin_in,
    origin_in_definition,
    origin_in_frame,
)
from trialwright.registry.endpoints.time_frame import read_time_frame
from trialwright.registry.kinds import kind_of
from trialwright.registry.record import parse_record
from trialwright.registry.view import Span


def _said(text, found):
    """The value and the words of a find; nothing for none."""
    return None if found is None else (found.value, text[found.start : found.end])


@pytest.mark.parametrize(
    ("text", "months", "words"),
    [
        ("up to 24 months", 24.0, "24 months"),
        ("12 weeks", 2.7598, "12 weeks"),
        ("through day 21-28 for dlt / up to 120 days after the last dose", 0.9199, "day 21-28"),
        ("weeks 9, 18, 27, 39, and 51", 11.729, "weeks 9, 18, 27, 39, and 51"),
        ("1-14 days", 0.46, "1-14 days"),
        ("maximum 6 years and 11 month", 83.0, "6 years and 11 month"),
        ("at the end of cycle 8 (each cycle is 21 days)", 5.5195, "cycle 8 (each cycle is 21 days"),
        ("day 1 of cycles 1, 2, 5 (each cycle is 21 days)", 2.7926, "day 1 of cycles 1, 2, 5 (each cycle is 21 days"),
        ("at the end of each 28 day cycle for 7 cycles", 6.4394, "28 day cycle for 7 cycles"),
        ("cycle 1 (21 days)", 0.6899, "21 days"),
        ("every 8 weeks for the first 6 months, then every 12 weeks for up to 2 years", 24.0, "2 years"),
        ("2 years, up to 15 years if necessary", 24.0, "2 years"),
        ("median (range) 10.0 (0.5 - 29.9) months", 29.9, "29.9) months"),
        ("336 h post-dose", 0.46, "336 h"),
        ("week -1 (baseline) until week 11", 2.5298, "week 11"),
        ("until 5 years after treatment", 60.0, "5 years"),
        ("three months post infusion", 3.0, "three months"),
        ("6m", 6.0, "6m"),
    ],
)  # fmt: skip
def test_the_longest_time_of_a_time_frame(text, months, words):
    """Days / 30.4375, weeks x 7 / 30.4375, years x 12, cycles x their length (endpoints.md D-01)."""
    assert _said(text, read_time_frame(text).months) == (months, words)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("every 3 weeks", None), ("", None), ("visit 3", None),
        ("until 30 days after the last dose", "event_driven"),
        ("90 days post end of treatment", "event_driven"),
        ("cycle 1 day 1 up to 90 days after the last dose", "event_driven"),
        ("until disease progression or death", "event_driven"),
        ("12 months after the last patient started treatment", "calendar"),
        ("20 months after the inclusion of the 1st patient", "calendar"),
        ("through study completion", "calendar"),
        ("cycle 1 day 1 to cycle 7 (each cycle is 14 days in q2w and 21 days in q3w)", None),
        ("day 0", None),
    ],
)  # fmt: skip
def test_time_frames_without_a_number_of_months(text, kind):
    found = read_time_frame(text)
    assert found.months is None
    assert (found.kind.value if found.kind else None) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("up to 2 years", "number"), ("approximately 2 years", "approximate"),
        ("until progression, an average of 1 year", "approximate"),
        ("status is assessed about every 12 weeks after the last dose of study drug, up to 2 years", "number"),
    ],
)  # fmt: skip
def test_a_number_is_approximate_where_the_words_beside_it_say_so(text, kind):
    assert read_time_frame(text).kind.value == kind


@pytest.mark.parametrize(
    ("text", "origin", "words"),
    [
        ("time from randomization to death", "randomization", "time from randomization"),
        ("time between inclusion and progression", "enrolment", "time between inclusion"),
        ("from the start of randomization until death", "randomization", "from the start of randomization"),
        ("number of days from the treatment start date to progression", "first_treatment", "from the treatment start"),
        ("time from first dosing date to death", "first_dose", "time from first dosing"),
        ("time from c1d1 until death", "first_dose", "time from c1d1"),
        ("time from initiation of dt-7012 until relapse", "first_treatment", "time from initiation of dt-7012"),
        ("survival for more than 12 months since the diagnosis of glioblastoma", "diagnosis", "since the diagnosis"),
        ("time from time of rc to relapse", "surgery", "time from time of rc"),
        ("from the beginning of the study to death", "start_of_study", "from the beginning of the study"),
    ],
)  # fmt: skip
def test_origins_of_a_time(text, origin, words):
    assert _said(text, origin_in_definition(text, "OS", timed=True)) == (origin, words)


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("time from first documented cr or pr to progression", "response", "time from first documented cr or pr"),
        ("from the date that measurement criteria are first met for cr or pr until death", "response",
         "from the date that measurement criteria are first met for cr or pr"),
        ("time from documentation of complete remission to relapse", "complete_remission",
         "time from documentation of complete remission"),
    ],
)  # fmt: skip
def test_a_response_starts_its_duration(text, value, words):
    assert _said(text, origin_in_definition(text, "DOR", timed=True)) == (value, words)


@pytest.mark.parametrize(
    ("text", "kind", "timed"),
    [
        ("change from baseline to month 6", "QOL", False),
        ("walking time from baseline to week 12", "QOL", False),
        ("stable disease at least 8 weeks after the first dose", "DCR", False),
        ("time from random assignment or first dose to death", "OS", True),
        ("time from leukapheresis to death", "OS", True),
        ("events after the first dose", "AE", False),
        ("premature withdrawal from the study", "OS", True),
        ("death from any cause", "OS", True),
        ("response from the first dose", "ORR", False),
        ("assessed following treatment with i-dxd", "ORR", False),
    ],
)  # fmt: skip
def test_words_that_are_no_origin(text, kind, timed):
    assert origin_in_definition(text, kind, timed=timed) is None


@pytest.mark.parametrize(
    ("text", "kind", "origin"),
    [
        ("baseline up to 1 year", "ORR", "baseline"), ("first dose to end of treatment", "AE", "first_dose"),
        ("from day 1 to 90 days after last dose", "AE", "first_dose"),
        ("2 years after surgery", "RFS", "surgery"), ("within 4 weeks after surgery", "PCR", None),
        ("28 days post-infusion", "DLT", "first_dose"), ("28 days post-final infusion", "DLT", None),
        ("30 minutes post dose", "DLT", None), ("until 5 years after treatment", "PFS", None),
        ("from screening until end of study", "QOL", None), ("screening up to 2 years", "PFS", "screening"),
        ("until 30 days after the last dose", "AE", None), ("1 year post transplant", "OS", None),
        ("20 months after the inclusion of the last patient", "ORR", None), ("2 years", "OS", None),
    ],
)  # fmt: skip
def test_origins_of_a_time_frame(text, kind, origin):
    found = origin_in_frame(text, kind)
    assert (found.value if found else None) == origin


def test_an_origin_in_a_longer_text_has_its_place_there():
    low = "os, up to 2 years after enrollment"
    assert origin_in(low, Span(4, len(low))) == ("enrolment", Span(18, 34))
    assert origin_in(low, Span(0, 2)) is None
    head = origin_at_head("the date of first treatment until progression")
    assert (head.value, head.start, head.end) == ("first_treatment", 4, 27)


@pytest.mark.parametrize(
    ("text", "kind", "events", "words"),
    [
        ("time from enrollment to progression or death", "PFS", ["progression", "death"], "progression or death"),
        ("progression is defined by rano. the rest is silent.", "PFS", None, None),
        ("time to progression (death is censored)", "TTP", ["progression"], "progression"),
        ("time to death; patients alive at progression are censored", "OS", ["death"], "death"),
        ("time from remission to relapse", "RFS", ["recurrence"], "relapse"),
        ("time from first response until pd, as read by the site, or death", "DOR", ["progression", "death"],
         "pd, as read by the site, or death"),
        ("time from first dose to first response", "TTR", ["response"], "response"),
        ("time from relapse to death", "OS", ["death"], "death"),
        ("to estimate the survival of patients in first relapse", "EFS", None, None),
        ("pd is defined as a rise to 20 % or progression of other lesions", "PFS", None, None),
        ("time to relapse is defined as the time from first dose until the first relapse", "TTP", ["recurrence"], "relapse"),
        ("time from surgery to metastasis", "TTP", ["progression"], "metastasis"),
        ("relapse-free survival is defined as time to relapse or death", "RFS", ["recurrence", "death"], "relapse or death"),
        ("time to the first of the following: * relapse * graft failure * death", "EFS", ["recurrence", "death"],
         "relapse * graft failure * death"),
        ("overall survival will be estimated", "OS", None, None),
    ],
)  # fmt: skip
def test_events_of_a_definition(text, kind, events, words):
    found = _said(text, events_in_definition(text, kind))
    assert found == (None if events is None else (events, words))


def test_a_time_frame_ends_a_time_at_its_own_events_only():
    text = "until disease progression or death"
    assert events_in_frame(text, "PFS").value == ["progression", "death"]
    assert events_in_frame(text, "OS").value == ["death"]
    assert events_in_frame(text, "TTP") is None
    assert events_in_frame(text, "DCR") is None


@pytest.mark.parametrize(
    ("text", "kind", "reader"),
    [
        ("pfs, assessed by bicr and investigator", "PFS", "both"),
        ("orr, determined by the investigators", "ORR", "investigator"),
        ("orr, per blinded independent central review", "ORR", "independent"),
        ("orr, assessed by an independent review facility (irf)", "ORR", "independent"),
        ("orr, treatment chosen by the investigator", "ORR", None),
        ("orr, investigator's choice of drug", "ORR", None),
        ("ae, assessed by the investigator", "AE", None),
        ("orr, incomplete response (icr)", "ORR", None),
        ("orr, reviewed by the independent data monitoring committee", "ORR", None),
    ],
)  # fmt: skip
def test_who_assesses(text, kind, reader):
    found = read_assessor(text, kind, text.index(","))
    assert (found.value if found else None) == reader


def test_the_measure_names_the_reader_before_the_description_does():
    text = "orr by investigator, bicr reads the scans again"
    assert read_assessor(text, "ORR", text.index(",")).value == "investigator"


@pytest.mark.parametrize(
    ("text", "kind", "confirmed"),
    [
        ("confirmed complete response or partial response", "ORR", True),
        ("a response that is subsequently confirmed", "DOR", True),
        ("cr or pr must be confirmed by a second scan", "ORR", True),
        ("unconfirmed or confirmed response", "ORR", None),
        ("response confirmed by mri", "ORR", None), ("progression confirmed by ct", "TTP", None),
        ("confirmed response", "PFS", None), ("patients confirmed as cr", "ORR", None),
    ],
)  # fmt: skip
def test_confirmation_of_a_response(text, kind, confirmed):
    found = read_confirmation(text, kind)
    assert (found.value if found else None) is confirmed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("recist v1.1", ["RECIST 1.1"]), ("recist1.1", ["RECIST 1.1"]), ("ctcaev5", ["CTCAE 5.0"]),
        ("response evaluation criteria in solid tumors (recist) version 1.1", ["RECIST 1.1"]),
        ("recist 1.1/mrecist", ["RECIST 1.1", "mRECIST"]), ("(i)recist 1.1", ["iRECIST", "RECIST 1.1"]),
        ("mrecist,recist v1.1", ["mRECIST", "RECIST 1.1"]), ("percist", ["PERCIST"]),
        ("nci common terminology criteria for adverse events (nci ctcae) version (v) 5.0", ["CTCAE 5.0"]),
        ("nci-ctc ae 4.03", ["CTCAE 4.03"]), ("ncictcae version 4", ["CTCAE 4.0"]),
        ("recist; later recist 1.1", ["RECIST 1.1"]), ("recist 1.12", ["RECIST"]), ("ctcae", ["CTCAE"]),
        ("immunotherapy response assessment in neuro-oncology (irano)", ["iRANO"]),
        ("modified response evaluation criteria in solid tumors (recist) 1.1", ["mRECIST"]),
        ("criteria of eligibility", None), ("overexpression", None),
    ],
)  # fmt: skip
def test_criteria_with_their_version(text, names):
    found = read_criteria(text)
    assert (found.value if found else None) == names


@pytest.mark.parametrize(
    ("text", "kind", "months"),
    [
        ("12-month pfs", "PFS_RATE", [12.0]), ("os rate at 12 and 24 months", "OS_RATE", [12.0, 24.0]),
        ("1-, 2- and 5-year os", "OS_RATE", [12.0, 24.0, 60.0]), ("pfs6", "PFS_RATE", [6.0]),
        ("survival at 6 months and 1 year", "OS_RATE", [6.0, 12.0]), ("dcr at week 12", "DCR", [2.7598]),
        ("relapse rate at months 3, 6 and 12", "RELAPSE", [3.0, 6.0, 12.0]),
        ("dlt rate at 28 days", "DLT", None), ("pfs2", "PFS", None), ("overall survival", "OS", None),
        ("response in patients with two prior lines", "ORR", None),
    ],
)  # fmt: skip
def test_time_points_of_a_rate(text, kind, months):
    found = landmarks(text, kind, len(text))
    assert (found.value if found else None) == months


def test_a_time_frame_is_the_time_point_only_of_a_named_rate():
    assert landmark_in_frame("at one year", "local control rate", "LOCAL_CONTROL").value == [12.0]
    assert landmark_in_frame("at one year", "local control", "LOCAL_CONTROL") is None
    assert landmark_in_frame("up to one year", "os rate", "OS_RATE") is None


@pytest.mark.parametrize(
    ("text", "kind", "members"),
    [
        ("in evaluable patients", "ORR", "EFF"), ("in the full analysis set", "DCR", "FAS"),
        ("in the itt population", "ORR", "ENRL"), ("in evaluable patients and in the itt", "ORR", None),
        ("evaluable patients", "AE", None),
    ],
)  # fmt: skip
def test_the_denominator_is_the_one_set_that_is_named(text, kind, members):
    found = read_denominator(text, kind)
    assert (found.value if found else None) == members


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kaplan meier plot", "Kaplan-Meier"), ("clopper-pearson interval", "Clopper-Pearson"),
        ("exact binomial interval", "exact binomial"), ("exactly one", None), ("log-rank test", None),
    ],
)  # fmt: skip
def test_the_estimator_that_is_named(text, name):
    found = read_estimator(text)
    assert (found.value if found else None) == name


@pytest.mark.parametrize(
    ("measure", "description", "kind"),
    [
        ("progresion free survival", "", "PFS"), ("overal survivel", "", "OS"),
        ("desease control rate", "", "DCR"), ("survival of the graft", "", "OS"),
        ("overall survival", "proportion of patients alive at 2 years", "OS_RATE"),
        ("overall survival", "time from enrollment to death", "OS"),
        ("pfs rate", "time from first dose to progression", "PFS"),
        ("pfs", "time from complete remission to relapse", "RFS"),
        ("efficacy of x in resectable disease", "complete pathological response (pcr) rate", "PCR"),
        ("efficacy in patients with mrd", "disease free survival (dfs) at 12 months", "DFS_RATE"),
        ("occurrence of dlts in the mtd evaluation period", "", "DLT"),
        ("mtd based on dose-limiting toxicity", "", "MTD_RP2D"),
        ("biomarkers for response", "", "BIOMARKER"), ("treatment tolerability rate (ttr)", "", "AE"),
        ("safety in patients with mrd", "", "AE"), ("response, by quantitative pcr", "", "ORR"),
        ("time to recurrence (ttr)", "", "TTP"), ("duration of stable disease", "", "OTHER"),
        ("objective response rate", "", "ORR"), ("disease control rate (dcr)", "", "DCR"),
        ("12-month progression-free survival (pfs)", "", "PFS_RATE"), ("duration of response", "", "DOR"),
        ("2-year os rate", "", "OS_RATE"), ("dose-limiting toxicities", "", "DLT"),
        ("adverse events and serious adverse events", "", "AE"), ("cmax", "", "PK"),
        ("number of serious adverse events", "", "SAE"), ("disease-free survival", "", "DFS"),
        ("pathological complete response rate", "", "PCR"), ("complete response rate", "", "CR_RATE"),
        ("efficacy", "proportion with objective response", "ORR"), ("something else", "", "OTHER"),
        ("time to progression", "", "TTP"), ("clinical benefit rate", "", "CBR"),
        ("bladder intact survival", "", "OTHER"), ("hepatotoxicity", "", "AE"),
    ],
)  # fmt: skip
def test_kinds_by_name_and_definition(measure, description, kind):
    assert kind_of(measure, description) == kind


READERS = {
    "kind": lambda text: kind_of(text, text),
    "frame": read_time_frame.__wrapped__,
    "origin": lambda text: origin_in_definition(text, "DOR", timed=True),
    "origin of a frame": lambda text: origin_in_frame.__wrapped__(text, "PFS"),
    "events": lambda text: events_in_definition(text, "EFS"),
    "criteria": read_criteria,
    "assessor": lambda text: read_assessor(text, "ORR", len(text)),
    "confirmation": lambda text: read_confirmation(text, "ORR"),
    "landmark": lambda text: landmarks(text, "OS_RATE", len(text)),
}
HOSTILE = ("from the ", "1, ", "1 and 2 ", "recist (", "confirmed a b ", "time to ", "by the ", "cycle 1 ",
           "to relapse ", "in a ", "(((", "at 1 ", "independent ", "rate of ")  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_time_grows_no_faster_than_hostile_text(name):
    """Four times the text may take four times the time; a square would take sixteen times."""
    reader = READERS[name]
    for piece in HOSTILE:
        short, long = piece * 700, piece * 2800
        before = min(_seconds(reader, short) for _ in range(2))
        assert min(_seconds(reader, long) for _ in range(2)) < 9 * before + 0.02, piece


def _seconds(reader, text):
    start = time.process_time()
    reader(text)
    return time.process_time() - start


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["from", "first dose", "to", "progression", "or", "death", "12", "months", "at", ",",
                                 "recist", "1.1", "every", "cycle", "(", ")", "21 days", "investigator", "cr"]), max_size=25))  # fmt: skip
def test_every_find_lies_in_its_text(words):
    text = " ".join(words)
    for name, reader in READERS.items():
        found = reader(text)
        if name in {"kind", "frame"} or found is None:
            continue
        assert 0 <= found.start < found.end <= len(text)


def test_criteria_that_stand_in_the_time_frame_have_their_place_there():
    text = (
        "A Trial of Drug X\nA single-arm phase II trial.\nCancer\nDRUG: Drug X\n"
        "Objective response rate, up to 24 months, by RECIST 1.1, through study completion\n"
        "Overall survival, 2 years\nText.\n"
    )
    draft = draft_protocol(parse_record("X", text.encode(), where="X"))
    quotes = [one.quote for one in draft.protocol.sources if one.path.endswith(".criteria")]
    assert quotes == ["RECIST 1.1"]
