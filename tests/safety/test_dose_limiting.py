"""Dose-limiting toxicity by criteria of the protocol (A-05), worked by hand.

The window is study day 1 to 21. "Longer than 7 days" is end minus start above 7 (D-01).
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.adverse_events import day, event, events_of, subject, trial

LONG = {"label": "Grade 4 over 7 days", "min_grade": 4, "longer_than_days": 7}


def derived(records, criteria=(LONG,), subjects=(), **safety):
    protocol = trial(dlt_window_days=21, dlt_criteria=list(criteria), **safety)
    return events_of(records, subjects, protocol)["ADAE"]["DLTDRVFL"].to_list()


def grade4(first, last, **cells):
    end = None if last is None else day(last)
    return event(grade=4, AESTDTC=day(first), AEENDTC=end, **cells)


@pytest.mark.parametrize(("last", "flag"), [(17, "N"), (18, "Y")])
def test_longer_than_is_a_plain_difference(last, flag):
    """Day 10 to 17 is a difference of 7, to 18 of 8."""
    assert derived([grade4(10, last)]) == [flag]


@pytest.mark.parametrize(("cutoff", "flag"), [(date(2024, 1, 26), None), (date(2024, 1, 27), "Y")])
def test_an_event_that_goes_on_is_open_while_it_is_too_short(cutoff, flag):
    """Onset 2024-01-19 (day 10): 7 days later it may still become longer than 7, 8 days later it is."""
    people = [subject(DCUTDT=cutoff, EOTDT=None)]
    assert derived([grade4(10, None)], subjects=people) == [flag]


def test_death_ends_an_event_that_went_on():
    people = [subject(DTHDT=date(2024, 1, 22))]
    assert derived([grade4(10, None)], subjects=people) == ["N"]


def test_the_days_of_the_grade_are_added_up_over_records_that_follow_each_other():
    """Grade 4 day 10 to 14, again 15 to 18: a difference of 8. A grade 3 in between breaks it."""
    assert derived([grade4(10, 14), grade4(15, 18)]) == ["Y", "N"]
    broken = [grade4(10, 13), event(grade=3, AESTDTC=day(13), AEENDTC=day(14)), grade4(14, 18)]
    assert derived(broken) == ["N", "N", "N"]


def test_a_lower_grade_before_it_does_not_lengthen_it():
    """Grade 2 from day 1 without an end, grade 4 from day 10 to 15."""
    assert derived([event(grade=2, AESTDTC=day(1), AEENDTC=None), grade4(10, 15)]) == ["N", "N"]


def test_the_rise_to_the_grade_must_lie_in_the_window():
    severe = {"label": "Severe", "min_grade": 3}
    records = [
        event(grade=2, AESTDTC=day(15), AEENDTC=day(25)),
        event(grade=3, AESTDTC=day(25), AEENDTC=day(30)),
    ]
    assert derived(records, [severe]) == ["N", "N"]


def test_an_event_from_before_treatment_counts_only_when_it_worsened():
    severe = {"label": "Severe", "min_grade": 3}
    records = [
        event(grade=3, AESTDTC="2024-01-02", AEENDTC=day(10)),
        event(grade=4, AESTDTC=day(10), AEENDTC=day(12)),
    ]
    assert derived(records, [severe]) == ["N", "Y"]


@pytest.mark.parametrize(("missing", "flag"), [(3, "Y"), (2, "N"), ("none", "N")])
def test_an_unknown_grade_counts_as_the_protocol_says(missing, flag):
    severe = {"label": "Severe", "min_grade": 3}
    assert derived([event(grade=None)], [severe], missing_grade=missing) == [flag]


def test_terms_and_classes_are_alternatives_and_every_label_is_named():
    criteria = [
        {"label": "Named", "terms": ["RASH"], "classes": ["Liver"], "min_grade": 2},
        {"label": "Any 2", "min_grade": 2},
    ]
    protocol = trial(dlt_window_days=21, dlt_criteria=criteria)
    records = [event(), event(term="Hepatitis", AEBODSYS="liver"), event(term="Pain")]
    adae = events_of(records, protocol=protocol)["ADAE"]
    assert adae["DLTCRIT"].to_list() == ["Named; Any 2", "Named; Any 2", "Any 2"]


@pytest.mark.parametrize("safety", [{"dlt_window_days": 21}, {"dlt_criteria": [LONG]}, {}])
def test_without_criteria_or_window_nothing_is_derived(safety):
    adae = events_of([grade4(10, 30)], protocol=trial(**safety))["ADAE"]
    assert adae["DLTDRVFL"].to_list() == [None]


_SPANS = st.lists(
    st.tuples(st.integers(1, 40), st.integers(0, 20), st.sampled_from([2, 3, 4])),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(deadline=None, max_examples=10)
@given(_SPANS, st.randoms())
def test_a_wider_window_or_a_lower_grade_never_loses_one(spans, random):
    records = [
        event(grade=g, AESEQ=str(n), AESTDTC=day(a), AEENDTC=day(a + more))
        for n, (a, more, g) in enumerate(spans, 1)
    ]
    shuffled = records[:]
    random.shuffle(shuffled)

    def flags(rows, window, grade):
        criteria = [{"label": "x", "min_grade": grade, "longer_than_days": 3}]
        protocol = trial(dlt_window_days=window, dlt_criteria=criteria)
        return events_of(rows, protocol=protocol)["ADAE"]["DLTDRVFL"].to_list()

    narrow = flags(records, 14, 4)
    assert flags(shuffled, 14, 4) == narrow
    for wider in (flags(records, 28, 4), flags(records, 14, 3)):
        assert wider.count("Y") >= narrow.count("Y")
