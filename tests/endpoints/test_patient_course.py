"""The swimmer: every enrolled patient on a lane, every day worked by hand."""

from datetime import date, timedelta

import polars as pl
import pytest

from support.made_up_trial import adam_frame, made_up_trial, settled_protocol
from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.patient_course import describe_patient_course

PROTOCOL = settled_protocol()
FIRST = date(2024, 1, 1)


def _day(number):
    return FIRST + timedelta(days=number)


def _person(name, **days):
    dates = {column: _day(number) for column, number in days.items()}
    return {"USUBJID": name, "SUBJID": name, "ENRLFL": "Y", "DCUTDT": _day(400)} | dates


def _adam(people, reads=(), times=()):
    frames = {"ADSL": people, "ADRS": list(reads), "ADTTE": list(times)}
    return Adam({n: adam_frame(n, r) for n, r in frames.items()}, pl.DataFrame(), pl.DataFrame())


RESPONDER = _person("A", TRTSDT=0, EOTDT=230, NACTDT=250, LSTALVDT=300, DTHDT=320, ENRLDT=-3)
ONGOING = _person("B", TRTSDT=0, LSTALVDT=395, ENRLDT=-2)
UNTREATED = _person("C", ENRLDT=10, LSTALVDT=60)
UNDATED = _person("D")
READ = {"EVAL": "INVESTIGATOR"}
READS = (
    READ | {"USUBJID": "A", "PARAMCD": "OVR", "AVISITN": 4, "AVALC": "PD", "ADT": _day(224)},
    READ | {"USUBJID": "A", "PARAMCD": "OVR", "AVISITN": 5, "AVALC": "PD", "ADT": _day(290)},
    READ | {"USUBJID": "A", "PARAMCD": "CBOR", "AVALC": "PR"},
)
DURATION = {"USUBJID": "A", "PARAMCD": "DOR", "STARTDT": _day(56), "ADT": _day(224), "CNSR": 0}


def test_every_dated_event_stands_at_its_day():
    """Response day 56 to 224 (first PD, not the second), therapy stopped 230, new 250, death 320."""
    course = describe_patient_course(PROTOCOL, _adam([RESPONDER], READS, [DURATION]))
    (lane,) = course.lanes
    assert (lane.response, lane.response_start, lane.response_end) == ("PR", 56, 224)
    assert (lane.progression, lane.treatment_end, lane.new_therapy) == (224, 230, 250)
    assert (lane.death, lane.end, lane.last) == (320, 320, 320)
    assert lane.response_ended
    assert lane.treatment_stop


def test_treatment_without_a_stop_goes_on_until_the_cut_off():
    (lane,) = describe_patient_course(PROTOCOL, _adam([ONGOING])).lanes
    figure = describe_patient_course(PROTOCOL, _adam([ONGOING])).figure()
    assert (lane.treatment_end, lane.treatment_stop, lane.end) == (400, False, 395)
    assert next(m for m in figure.marks if m.role == "ongoing").x == pytest.approx((400 / 30.4375,))


def test_an_untreated_patient_has_a_lane_from_enrolment_without_a_bar():
    course = describe_patient_course(PROTOCOL, _adam([UNTREATED]))
    assert course.lanes[0].end == 50
    assert all(mark.role != "treatment" for mark in course.figure().marks)
    assert course.table().rows[0][2] == "not treated"


def test_longest_lanes_stand_on_top_and_undated_patients_are_named():
    course = describe_patient_course(PROTOCOL, _adam([UNDATED, UNTREATED, ONGOING, RESPONDER]))
    figure = course.figure()
    assert [text for _, text in figure.y_ticks] == ["B", "A", "C"]
    assert [at for at, _ in figure.y_ticks] == [3.0, 2.0, 1.0]
    assert "Without any date to start from, not drawn: D." in figure.footnotes
    assert "(N = 4)" in figure.population


def test_lanes_and_undated_together_are_all_enrolled_patients():
    course = describe_patient_course(PROTOCOL, made_up_trial(20))
    assert len(course.lanes) == 20
    assert isinstance(course, Result)
    assert course.figures()[0].number == "F-4"
