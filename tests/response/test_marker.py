"""Tumour markers and complete response (R-040, R-142), worked by hand.

Day 0 is the first dose, 2024-01-01; target T01 is gone on day 56 (visit 2) unless a test says
otherwise, so that only the marker stands between the patient and CR. CEA is normal up to 5.
"""

from __future__ import annotations

import pytest

from support.derived import Derived
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.errors import DataError
from trialwright.response.marker import marker_names


def patient(*visits: tuple[int, object], non_target: object = None) -> Patient:
    person = Patient().target("T01", "LIVER", 30)
    if non_target is not None:
        person.non_target("N01", "PERITONEUM")
    for day, value in visits or ((56, 0),):
        person.scan(day, {"T01": value}, None if non_target is None else {"N01": non_target})
    return person


def lab(
    person: Patient, day: int, value: object, visit: object = None, test: str = "CEA", **more: str
) -> Patient:
    text = None if value is None else str(value)
    values = {"LBSTNRHI": "5", "LBSTRESU": "ug/L", "LBSTRESN": text, **more}
    number = None if visit is None else str(visit)
    return person.add("LB", LBTESTCD=test, LBDTC=on(day), VISITNUM=number, **values)


def outcome(person: Patient, marker: str = "CEA", **changes: object) -> list[str]:
    return Derived(sdtm_of(person), response__marker_for_cr=marker, **changes).responses()


def sentence(person: Patient, marker: str = "CEA") -> str:
    adam = derive(protocol(response__marker_for_cr=marker), sdtm_of(person))
    rows = adam["ADRS"]
    return str(rows.filter(rows["PARAMCD"] == "OVR")["REASON"][0])


def queries(person: Patient, marker: str = "CEA") -> str:
    return Derived(sdtm_of(person), response__marker_for_cr=marker).messages()


@pytest.mark.parametrize(
    ("case", "value", "expected"),
    [
        ("at the limit is normal", "5", ["CR"]),
        ("just above the limit", "5.1", ["PR"]),
        ("not measured", None, ["PR"]),
    ],
)
@pytest.mark.parametrize("non_target", [None, "ABSENT"])
def test_r040_marker_raised_at_baseline_decides(case, value, expected, non_target):
    """R-040: raised at baseline (12 > 5); T gone and no NT left. NN or NE of the rest gives PR."""
    person = lab(patient(non_target=non_target), -7, 12, 1)
    if value is not None:
        lab(person, 56, value, 2)
    assert outcome(person) == expected, case


def test_r040_non_target_response_is_nn_ne_or_cr():
    """R-040: the three answers as non-target response, with and without a non-target lesion."""
    for value, absent, none in (
        ("5", "CR", None),
        ("9", "NON-CR/NON-PD", "NON-CR/NON-PD"),
        (None, "NE", "NE"),
    ):
        for non_target, expected in (("ABSENT", absent), (None, none)):
            person = lab(patient(non_target=non_target), -7, 12, 1)
            if value is not None:
                lab(person, 56, value, 2)
            adam = derive(protocol(response__marker_for_cr="CEA"), sdtm_of(person))
            rows = adam["ADRS"].filter(adam["ADRS"]["PARAMCD"] == "OVR")
            assert rows["NTRGRESP"].to_list() == [expected], (value, non_target)


def test_r040_non_target_disease_comes_before_the_marker():
    """R-040 order: an NT that is present, or not evaluable, decides whatever the marker says."""
    for state, expected in (("PRESENT", "NON-CR/NON-PD"), ("NE", "NE")):
        person = lab(lab(patient(non_target=state), -7, 12, 1), 56, 3, 2)
        adam = derive(protocol(response__marker_for_cr="CEA"), sdtm_of(person))
        rows = adam["ADRS"].filter(adam["ADRS"]["PARAMCD"] == "OVR")
        assert rows["NTRGRESP"].to_list() == [expected]
        assert "marker" not in rows["REASON"][0]


def test_r040_normal_at_baseline_is_not_looked_at():
    """R-040: normal before treatment (4 <= 5); 50 on day 56 changes nothing."""
    assert outcome(lab(lab(patient(), -7, 4, 1), 56, 50, 2)) == ["CR"]


def test_r040_baseline_is_the_last_value_up_to_the_first_dose():
    """Day -7 raised, day 0 normal: normal at baseline. A value of day 1 is no baseline."""
    person = lab(lab(lab(patient(), -7, 12, 1), 0, 4), 56, 50, 2)
    assert outcome(person) == ["CR"]
    person = lab(lab(lab(patient(), -7, 12, 1), 1, 4), 56, 50, 2)
    assert outcome(person) == ["PR"]


def test_r040_option_none_reads_no_marker():
    assert outcome(lab(lab(patient(), -7, 12, 1), 56, 50, 2), "none") == ["CR"]


def test_r040_marker_matters_only_without_target_disease():
    """Target 10 of 30 mm is PR with any marker; the sentence does not mention it."""
    person = lab(lab(patient((56, 10)), -7, 12, 1), 56, 50, 2)
    assert outcome(person) == ["PR"]
    assert "CEA" not in sentence(person)


@pytest.mark.parametrize(
    ("day", "visit", "expected"),
    [
        (49, None, ["CR"]),
        (48, None, ["PR"]),
        (63, None, ["CR"]),
        (64, None, ["PR"]),
        (80, 2, ["CR"]),
        (80, 9, ["PR"]),
    ],
)
def test_r142_same_visit_else_nearest_within_the_window(day, visit, expected):
    """Scan day 56, window 7: days 49 to 63 without a visit; any day with its visit number."""
    assert outcome(lab(lab(patient(), -7, 12, 1), day, 3, visit)) == expected


def test_r142_the_same_visit_counts_before_a_nearer_value():
    person = lab(lab(lab(patient(), -7, 12, 1), 56, 50), 60, 3, 2)
    assert outcome(person) == ["CR"]


def test_r142_the_nearest_value_counts_and_the_worse_of_two_equally_near():
    person = lab(lab(lab(patient(), -7, 12, 1), 54, 50), 57, 3)
    assert outcome(person) == ["CR"]
    person = lab(lab(lab(patient(), -7, 12, 1), 55, 50), 57, 3)
    assert outcome(person) == ["PR"]


def test_r142_indicator_where_there_is_no_limit_or_no_number():
    """LBNRIND decides without LBSTNRHI, or without a number (below detection)."""
    base = {"LBSTNRHI": None, "LBNRIND": "HIGH"}
    for more, expected in (
        ({"LBSTNRHI": None, "LBNRIND": "NORMAL"}, ["CR"]),
        ({"LBSTNRHI": None, "LBNRIND": "HIGH"}, ["PR"]),
        ({"LBSTRESN": None, "LBNRIND": "LOW"}, ["CR"]),
        ({"LBNRIND": "HIGH"}, ["CR"]),
    ):
        person = lab(lab(patient(), -7, 12, 1, **base), 56, 3, 2, **more)
        assert outcome(person) == expected, more


def test_r142_an_indicator_that_says_nothing_is_not_a_value():
    """ABNORMAL says neither high nor low: not measured, flagged, listed as unused."""
    person = lab(lab(patient(), -7, 12, 1), 56, 3, 2, LBSTNRHI=None, LBNRIND="ABNORMAL")
    read = Derived(sdtm_of(person), response__marker_for_cr="CEA")
    assert read.responses() == ["PR"]
    assert "neither a number with its limit nor a known LBNRIND" in read.messages()
    assert "marker without a usable result" in [
        reason for frame in read.records.unused for reason in frame["REASON"]
    ]


@pytest.mark.parametrize(
    ("cea", "ca199", "expected"),
    [(3, 3, ["CR"]), (3, 9, ["PR"]), (3, None, ["PR"]), (9, None, ["PR"]), (None, None, ["PR"])],
)
def test_r040_of_several_markers_the_worst_counts(cea, ca199, expected):
    person = lab(lab(patient(), -7, 12, 1), -7, 40, 1, "CA19-9")
    for test, value in (("CEA", cea), ("CA19-9", ca199)):
        if value is not None:
            lab(person, 56, value, 2, test)
    assert outcome(person, "CEA, ca19-9") == expected


def test_r040_of_several_markers_only_the_raised_ones_are_looked_at():
    """CEA raised, AFP normal at baseline: AFP 50 later does not matter."""
    person = lab(lab(patient(), -7, 12, 1), -7, 3, 1, "AFP")
    lab(lab(person, 56, 3, 2), 56, 50, 2, "AFP")
    assert outcome(person, "CEA,AFP") == ["CR"]


def test_r040_without_lb_nothing_is_complete_and_it_says_so():
    """R-040: not measured is NE of the rest, so PR; an error names the missing marker."""
    assert outcome(patient()) == ["PR"]
    said = queries(patient())
    assert "LB has no record of CEA" in said
    assert "No disease is left on 2024-02-26, but marker CEA was not measured" in said


def test_r142_without_a_value_before_treatment_it_is_read_as_raised():
    assert outcome(lab(patient(), 56, 9, 2)) == ["PR"]
    assert outcome(lab(patient(), 56, 3, 2)) == ["CR"]
    assert "Marker CEA has no value before treatment" in queries(lab(patient(), 56, 3, 2))


@pytest.mark.parametrize("value", ["<0.6", "high", "-1", "nan", "inf", "1,5", "１２"])
@pytest.mark.parametrize("column", ["LBSTRESN", "LBSTNRHI"])
def test_r143_a_value_that_is_no_number_is_refused(value, column):
    """The message names row, column and value; row 3 is the second record of LB."""
    person = lab(lab(patient(), -7, 12, 1), 56, 3, 2, **{column: value})
    with pytest.raises(DataError) as refused:
        outcome(person)
    assert f'LB, row 3, {column}: "{value}"' in str(refused.value)
    assert "CEA of subject P1" in str(refused.value)


def test_r143_other_tests_of_lb_are_not_touched():
    person = lab(lab(lab(patient(), -7, 12, 1), 56, 3, 2), 56, "<5", 2, "ALT")
    assert outcome(person) == ["CR"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            3,
            "CR: all target lesions gone (sum 0.0 mm); marker CEA 3 ug/L is at most 5 on 2024-02-26",
        ),
        (9, "PR: targets alone are CR: sum 0.0 mm; marker CEA 9 ug/L is above 5 on 2024-02-26"),
        (None, "PR: targets alone are CR: sum 0.0 mm; marker CEA not measured"),
    ],
)
def test_r040_the_sentence_says_the_marker(value, expected):
    """The end of the sentence names value, limit and date; never an empty list of lesions."""
    person = lab(patient(), -7, 12, 1)
    if value is not None:
        lab(person, 56, value, 2)
    said = sentence(person)
    assert expected.partition("; ")[2] in said
    assert "non-target" not in said


def test_r040_a_partial_date_is_not_used():
    person = lab(patient(), -7, 12, 1)
    person.add("LB", LBTESTCD="CEA", LBDTC="2024-02", VISITNUM="2", LBSTRESN="3", LBSTNRHI="5")
    assert outcome(person) == ["PR"]
    assert "has no complete date" in queries(person)


def test_r040_a_marker_that_rises_after_cr_is_no_disease_after_cr():
    """R-055 does not list the marker: CR d56, marker up d112 is PR by Table 1, not PD."""
    person = lab(lab(lab(patient((56, 0), (112, 0)), -7, 12, 1), 56, 3, 2), 112, 9, 3)
    assert outcome(person) == ["CR", "PR"]


def test_marker_names():
    assert marker_names("none") == ()
    assert marker_names(" cea ,CA19-9,CEA") == ("CEA", "CA19-9")
