"""The scan calendar behind missed visits and assigned dates (R-080 to R-082), worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from support.courses import course
from support.readings import read_one
from support.rules import response_rule
from support.trial import Patient, on
from trialwright.timetoevent.course import DueDates
from trialwright.vocabulary.recist import NO_DAY

#: 6-weekly until week 24 (d168), then 12-weekly: due days 42, 84, 126, 168, 252, 336, 420 ...
CHANGING = ((24, 6), (1000, 12))


def due_dates(**options: object) -> DueDates:
    """The calendar of a subject whose reference is day 100."""
    return DueDates(np.array([100], np.int32), response_rule(**options))


@pytest.mark.parametrize(
    ("day", "following"),
    [(100, 156), (127, 156), (128, 212), (156, 212), (184, 212), (185, 268)],
)
def test_r081_next_due_date(day, following):
    """R-081, reference d100: due d156, d212, d268; d128 is half an interval, d184 halfway."""
    assert due_dates().next_after(np.array([day], np.int32)).tolist() == [following]


@pytest.mark.parametrize(
    ("day", "gap"),
    [
        (0, 98), (83, 98), (105, 98), (106, 140), (126, 140), (147, 140), (148, 182), (168, 182),
        (336, 182),
    ],
)  # fmt: skip
def test_r082_the_two_intervals_that_follow(day, gap):
    """R-082: 6, 6 and 14; d106 to d147 belong to d126: 6, 12 and 14; from d148 on 12, 12 and 14."""
    since = np.array([100 + day], np.int32)
    assert due_dates(interval_weeks=CHANGING).allowed_gap(since).tolist() == [gap]


def test_a_subject_without_dates_has_no_due_date_of_his_own():
    """Absent days never lengthen the calendar of the others."""
    reference = np.array([100, NO_DAY], np.int32)
    found = DueDates(reference, response_rule()).allowed_gap(np.array([156, NO_DAY], np.int32))
    assert found.tolist() == [126, 126]


@pytest.mark.parametrize(("day", "expected"), [(266, (266, True)), (267, (126, False))])
def test_r082_changing_interval_through_sdtm(day, expected):
    """R-082: last adequate scan d126 (week 18), then weeks 24 and 36: 42 + 84 + 14 = 140 days."""
    rule = {"response__interval_weeks": CHANGING, "analysis__data_cutoff": on(500)}
    text = f"SD 42,SD 84,SD 126,NE 168,PD {day}"
    assert read_one(course(text, enrolled_day=0), **rule).time("PFS")[1:] == expected


def anchored(last: int) -> Patient:
    """Enrolled d-40, ablated d-30, first dose d0; SD d56 and death on `last`."""
    person = Patient(enrolled_day=-40, baseline_day=-45).target("T01", "LIVER", 100)
    person.add("DM", RFXSTDTC=on(-30))
    person.add("PR", PRTRT="ABLATION", PRCAT="STUDY TREATMENT", PRSTDTC=on(-30))
    person.add("EX", EXTRT="DRUG", EXSTDTC=on(0))
    return person.scan(56, {"T01": 100}).dies(last)


@pytest.mark.parametrize(
    ("reference", "last", "event"),
    [
        ("first_procedure", 182, True),
        ("first_procedure", 183, False),
        ("enrolment", 182, True),
        ("enrolment", 183, False),
    ],
)
def test_r082_calendar_from_an_event(reference, last, event):
    """R-080, R-082: scans counted from the first procedure or enrolment; the limit stays 126."""
    rule = {"response__response_ref": reference, "analysis__data_cutoff": on(500)}
    assert read_one(anchored(last), **rule).time("PFS")[1:] == (last if event else 56, event)


@pytest.mark.parametrize(("reference", "due"), [("first_procedure", 82), ("enrolment", 72)])
def test_c14_due_date_from_an_event(reference, due):
    """C-14: from d-30, d56 is day 86 and belongs to day 112 (d82); the next is day 168 (d138).

    From d-40, d56 is day 96 and belongs to day 112 (d72); the next is day 168 (d128).
    """
    rule = {"response__response_ref": reference, "analysis__data_cutoff": on(500)}
    assert read_one(anchored(300), **rule).time("PFSGAPD")[1:] == (due + 56, True)


def test_c03b_the_gap_of_a_subject_without_scans_starts_at_the_origin():
    """C-03b: enrolled d-40, death d86 is 126 days later; d87 is 127 (C-06 at the origin)."""
    for last, expected in ((86, (86, True)), (87, (-40, False))):
        person = Patient(enrolled_day=-40, baseline_day=-45).target("T01", "LIVER", 100).dies(last)
        found = read_one(person, analysis__data_cutoff=on(500))
        assert found.time("PFS")[1:] == expected
