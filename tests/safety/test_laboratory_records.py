"""From LB, VS and EG to ADLB: values, units, baseline, flags, and every record accounted for."""

from __future__ import annotations

import pytest

from support.labs import labs_of, labs_of_sdtm, treated
from support.rules import protocol
from support.trial import on, sdtm_of
from trialwright.core.errors import DataError


def test_a_trial_without_laboratory_data_has_no_adlb():
    assert labs_of(treated().dies(100)).adlb.width == 0


def test_reason_names_value_limit_and_baseline():
    """G-09: 212 U/L is 5.3 x the limit of 40."""
    found = labs_of(
        treated().lab(-5, "ALT", 40, "U/L", hi="40").lab(10, "ALT", 212, "U/L", hi="40")
    )
    base, later = found.rows("ALT")
    assert (base["ABLFL"], base["ATOXGRH"], later["ATOXGRH"], later["BTOXGRH"]) == ("Y", 0, 3, 0)
    assert later["REASON"] == (
        "ALT 212 U/L: grade 3 (high), 5.3 x ULN (40): > 5 x ULN, baseline normal"
    )
    assert (later["R2ANRHI"], later["R2BASE"], later["ANRIND"]) == (5.3, 5.3, "HIGH")
    assert (later["ONTRTFL"], later["WORSTHFL"], base["ONTRTFL"]) == ("Y", "Y", None)


@pytest.mark.parametrize(
    ("test", "value", "unit", "expected"),
    [
        ("BILI", "1", "mg/dL", "17.104"), ("CREAT", "1.2", "mg/dL", "106.08"),
        ("HGB", "9.95", "g/dL", "99.5"), ("PLAT", "75000", "/uL", "75"),
        ("NEUT", "1.49", "10^3/uL", "1.49"), ("ALT", "2", "ukat/L", "120"),
        ("GLUC", "100", "mg/dL", "5.55"), ("CA", "8", "mg/dL", "2"), ("MG", "2", "mEq/L", "1"),
        ("ALB", "3.5", "g/dL", "35"), ("SGPT", "3", "IU/L", "3"), ("K", "3.9", "mEq/L", "3.9"),
        ("URATE", "10", "mg/dL", "0.59485"), ("CHOL", "100", "mg/dL", "2.586"),
        ("TRIG", "100", "mg/dL", "1.129"), ("BILI", "20", "\u00b5mol/L", "20"),
        ("ALT", " 1.20E2 ", "U/L", "120"),
    ],
)  # fmt: skip
def test_g54_units_are_converted_exactly_and_the_factor_is_kept(test, value, unit, expected):
    row = labs_of(treated().lab(1, test, value, unit)).adlb.row(0, named=True)
    assert row["AVALC"] == expected
    assert row["AORRES"] == f"{value.strip()} {unit}"
    assert row["AFACTOR"] is not None


def test_g54_fahrenheit_and_pounds():
    found = labs_of(treated().vital(1, "TEMP", "101.3", "F").vital(1, "WEIGHT", "100", "lb"))
    assert found.rows("TEMP")[0]["AVALC"] == "38.5"
    assert found.rows("WEIGHT")[0]["AVALC"] == "45.359237"


def test_g54_limits_are_read_in_their_own_unit():
    """The standard limits stand beside a value in the original unit: 1.2 mg/dL is 20.5248."""
    found = labs_of(
        treated().lab(1, "BILI", "3", "mg/dL", LBSTRESU="umol/L", LBSTNRHI="20")
        .lab(2, "BILI", "3", "mg/dL", hi="1.2", LBSTRESU="umol/L", LBSTNRHI="99")
    )  # fmt: skip
    assert [row["ANRHI"] for row in found.rows("BILI")] == [20.0, 20.5248]


def test_the_standard_result_stands_in_for_an_unusable_original():
    found = labs_of(
        treated().lab(1, "CREAT", "1,2", "mg/dL", LBSTRESC="106", LBSTRESN="106", LBSTRESU="umol/L")
    )
    assert found.rows("CREAT")[0]["AVALC"] == "106"


@pytest.mark.parametrize(("unit", "said"), [("mg/L/h", "is not listed"), ("", "no unit")])
def test_an_unknown_unit_is_never_guessed(unit, said):
    found = labs_of(treated().lab(1, "CREAT", "500", unit, hi="100"))
    (row,) = found.rows("CREAT")
    assert (row["AVAL"], row["ATOXGRH"], row["AVALC"]) == (None, None, "500")
    assert said in row["REASON"]
    assert row["RULEID"] == "G-54"
    assert any(said in message for message in found.messages("G-54"))


def test_an_unknown_test_is_kept_without_grade_and_asked_about():
    found = labs_of(treated().lab(1, "XYZ", "5", "mg/L", hi="1"))
    (row,) = found.rows("XYZ")
    assert (row["AVAL"], row["ANRIND"], row["ATOXGRH"]) == (5.0, "HIGH", None)
    assert found.messages("G-54") == ["LB XYZ: test is not listed: not graded."]


def test_urine_is_not_blood():
    found = labs_of(
        treated().lab(1, "GLUC", "30", "mmol/L", LBSPEC="URINE")
        .lab(1, "PROT", "2+", LBSPEC="URINE").lab(1, "PH", "6.0").lab(1, "PH", "7.2", LBSPEC="BLOOD")
    )  # fmt: skip
    assert found.rows("UGLUC")[0]["ATOXGRH"] is None
    assert found.rows("UPRODIP")[0]["ATOXGRH"] == 2
    assert found.rows("PH")[0]["ATOXGRL"] == 3
    assert found.rows("XPH")[0]["ATOXGRL"] is None
    assert found.messages("G-54") == ["LB PH: blood or urine? Not graded."]


def test_g54_a_value_below_the_limit_of_detection_counts_as_that_limit():
    (row,) = labs_of(treated().lab(1, "NEUT", "<0.1", "10^9/L")).rows("NEUT")
    assert (row["AVALC"], row["AVALQ"], row["ATOXGRL"]) == ("0.1", "<", 4)
    assert "limit of the collected value" in row["REASON"]
    assert row["RULEID"].endswith("G-54")


def test_records_that_are_not_used_are_listed_with_the_reason():
    patient = (
        treated().lab(1, "ALT", 30, "U/L").lab(2, "ALT", None, LBSTAT="NOT DONE")
        .lab(3, "ALT", "high", "U/L").lab("2024-01", "ALT", 30, "U/L").lab(5, "ALT", None)
        .lab(6, "ALT", "-3", "U/L")
    )  # fmt: skip
    stranger = {"USUBJID": "P9", "LBSEQ": "1", "LBTESTCD": "ALT", "LBORRES": "3", "LBDTC": on(1)}
    found = labs_of_sdtm(sdtm_of(patient, LB=[stranger]), protocol())
    assert {(who, at): why for _, at, who, _, why in found.unused.iter_rows()} == {
        ("P1", "2"): "not done",
        ("P1", "3"): "the result cannot be read: not a plain number",
        ("P1", "4"): "the date is not complete",
        ("P1", "5"): "no result",
        ("P1", "6"): "the result cannot be read: negative",
        ("P9", "1"): "subject is not in DM",
    }
    assert found.adlb["SRCSEQ"].to_list() == ["1"]


def test_limits_that_contradict_each_other_are_not_used():
    found = labs_of(treated().lab(1, "K", "3.2", "mmol/L", lo="5.1", hi="3.5"))
    assert found.rows("K")[0]["ATOXGRL"] is None
    assert found.messages("G-54") == [
        "LB K: the lower limit of normal is above the upper one: not used."
    ]


def test_flags_that_are_not_listed_are_refused():
    with pytest.raises(DataError, match="SYMPTOM holds values"):
        labs_of(treated().lab(1, "K", "3.2", "mmol/L", SYMPTOM="maybe"))


def test_a_sequence_number_twice_is_refused():
    with pytest.raises(DataError, match="LBSEQ stands twice"):
        labs_of(
            treated().lab(1, "K", "3", "mmol/L", LBSEQ="4").lab(2, "K", "3", "mmol/L", LBSEQ="4")
        )


def test_g58_flags_of_the_delivery_decide():
    found = labs_of(
        treated().lab(1, "K", "3.2", "mmol/L", lo="3.5", TREATED="Y")
        .lab(2, "K", "3.2", "mmol/L", lo="3.5", TREATED="N", SYMPTOM="N")
        .lab(3, "K", "3.2", "mmol/L", lo="3.5")
    )  # fmt: skip
    assert [row["ATOXGRL"] for row in found.rows("K")] == [2, 1, 1]
    assert ["numeric part only" in row["REASON"] for row in found.rows("K")] == [False, False, True]


def test_g52_baseline_is_the_last_value_before_first_dose():
    """On the day of first dose a value without time is before it; a timed one by its time."""
    patient = treated()
    patient.rows["EX"][0]["EXSTDTC"] = on(0) + "T10:00"
    patient.rows["DM"] = [{"RFXSTDTC": on(0) + "T10:00"}]
    for day, value in ((-8, "10"), (0, "20")):
        patient.lab(day, "ALT", value, "U/L")
    patient.lab(on(0) + "T09:59", "ALT", "30", "U/L").lab(on(0) + "T10:00", "ALT", "40", "U/L")
    rows = labs_of(patient).rows("ALT")
    assert [(row["AVALC"], row["ABLFL"], row["ONTRTFL"]) for row in rows] == [
        ("10", None, None), ("20", None, None), ("30", "Y", None), ("40", None, "Y"),
    ]  # fmt: skip
    assert {row["BASE"] for row in rows} == {30.0}


def test_g52_two_values_at_baseline_are_asked_about():
    found = labs_of(treated().lab(-1, "ALT", "10", "U/L").lab(-1, "ALT", "50", "U/L"))
    assert [row["ABLFL"] for row in found.rows("ALT")] == [None, "Y"]
    assert len(found.messages("G-52")) == 1 + 1  # and the missing limits


def test_g52_missing_limits_are_asked_about_once_a_test():
    found = labs_of(treated().lab(1, "ALT", "10", "U/L").lab(2, "ALT", "10", "U/L"))
    assert found.messages("G-52") == [
        "ALT: limits of normal are missing, and with them grades (missing, not 0)."
    ]


def test_a01_on_treatment_ends_with_the_window():
    """Last dose day 0, stopped: day 30 is in, day 31 out; new therapy on day 20 ends it before."""
    patient = treated().add("DS", DSDECOD="COMPLETED", DSSCAT="STUDY TREATMENT", DSSTDTC=on(5))
    for day in (0, 1, 19, 20, 30, 31):
        patient.lab(day, "ALT", "10", "U/L")
    found = labs_of(patient)
    assert [row["ONTRTFL"] for row in found.rows("ALT")] == [None, "Y", "Y", "Y", "Y", None]
    patient.add("CM", CMTRT="x", CMCAT="SUBSEQUENT ANTI-CANCER THERAPY", CMSTDTC=on(20))
    found = labs_of(patient)
    assert [row["ONTRTFL"] for row in found.rows("ALT")] == [None, "Y", "Y", None, None, None]


def test_worst_grade_is_the_first_of_the_highest_on_treatment():
    """Grade 4 before treatment does not count."""
    patient = treated()
    for day, value in ((-3, "0.4"), (1, "1.9"), (2, "0.9"), (3, "0.6"), (4, "1.4")):
        patient.lab(day, "NEUT", value, "10^9/L", lo="2.0")
    rows = labs_of(patient).rows("NEUT")
    assert [row["ATOXGRL"] for row in rows] == [4, 1, 3, 3, 2]
    assert [row["WORSTLFL"] for row in rows] == [None, None, "Y", None, None]


def test_g23_calcium_is_corrected_by_albumin_of_the_same_sample():
    """2.0 + 0.02 x (40 - 20) = 2.4; on day 2 albumin is of another hour."""
    patient = (
        treated().lab(1, "CA", "2.0", "mmol/L", lo="2.1").lab(1, "ALB", "20", "g/L")
        .lab(on(2) + "T08:00", "CA", "1.9", "mmol/L", lo="2.1")
        .lab(on(2) + "T12:00", "ALB", "20", "g/L")
    )  # fmt: skip
    found = labs_of(patient)
    (row,) = found.rows("CACORR")
    assert (row["AVALC"], row["ATOXGRL"], row["SRCSEQ"]) == ("2.4", 0, "1;2")
    assert "calcium 2 mmol/L, albumin 20 g/L" in row["REASON"]
    assert [one["ATOXGRL"] for one in found.rows("CA")] == [None, None]
    assert [one["REASON"] for one in found.rows("CA")] == [
        "graded as calcium corrected for albumin",
        "not graded: no single albumin of the same sample to correct it with",
    ]
    assert len(found.messages("G-23")) == 1


def test_g51_the_multiple_of_uln_stands_beside_a_grade_from_baseline():
    """476 is 11.9 x ULN and 1.49 x baseline: grade 0."""
    patient = treated().lab(-1, "ALT", "320", "U/L", hi="40").lab(3, "ALT", "476", "U/L", hi="40")
    row = labs_of(patient.lab(4, "ALT", "480", "U/L", hi="40")).rows("ALT")
    assert (row[1]["ATOXGRH"], row[1]["R2ANRHI"]) == (0, 11.9)
    assert row[1]["REASON"] == (
        "ALT 476 U/L: grade 0 (high), 11.9 x ULN (40): no limit is passed, baseline above ULN"
    )
    assert "grade 1 (high), 1.5 x baseline (320), 12.0 x ULN (40)" in row[2]["REASON"]


def test_original_and_standard_results_that_differ_are_asked_about():
    found = labs_of(
        treated().lab(1, "CREAT", "1.2", "mg/dL", hi="1.3", LBSTRESN="106", LBSTRESU="umol/L")
        .lab(2, "CREAT", "1.2", "mg/dL", hi="1.3", LBSTRESN="12", LBSTRESU="umol/L")
    )  # fmt: skip
    assert [row["AVALC"] for row in found.rows("CREAT")] == ["106.08", "106.08"]
    assert found.messages("G-54") == [
        "LB CREAT: original and standard result are not the same: the original counts."
    ]


def test_g43_replicates_are_averaged_and_rounded_to_whole_ms():
    """480.33 is 480, grade 1; 480.5 is 481, grade 2."""
    patient = treated()
    for at, value in enumerate(("481", "480", "480")):
        patient.ecg(on(5) + f"T08:0{at}", value)
    patient.ecg(6, "480").ecg(6, "481").ecg(7, "0.501", "s")
    rows = labs_of(patient).rows("QTCF")
    assert [(row["AVALC"], row["ATOXGRH"]) for row in rows] == [("480", 1), ("481", 2), ("501", 3)]
    assert rows[0]["SRCSEQ"] == "1;2;3"
    assert "mean of 481, 480, 480 ms" in rows[0]["REASON"]


def test_g43_replicates_before_and_after_the_dose_stay_apart():
    """Before: 400 and 402 make 401. After: 470, 69 ms more, is grade 3."""
    patient = treated()
    patient.rows["EX"][0]["EXSTDTC"] = on(0) + "T10:00"
    for time, value in (("09:00", "400"), ("09:10", "402"), ("11:00", "470")):
        patient.ecg(on(0) + "T" + time, value)
    before, after = labs_of(patient).rows("QTCF")
    assert (before["AVALC"], before["ABLFL"], before["SRCSEQ"]) == ("401", "Y", "1;2")
    assert (after["AVALC"], after["ATOXGRH"]) == ("470", 3)


def test_g44_weight_against_baseline():
    found = labs_of(treated().vital(0, "WEIGHT", "80", "kg").vital(30, "WEIGHT", "76", "kg"))
    assert [row["ATOXGRL"] for row in found.rows("WEIGHT")] == [0, 1]


def test_g50_tsh_with_low_free_t4_is_put_to_the_investigator():
    found = labs_of(
        treated().lab(1, "TSH", "9", "mIU/L", lo="0.4", hi="4")
        .lab(1, "T4FR", "3", "pmol/L", lo="9", hi="20")
    )  # fmt: skip
    assert len(found.messages("G-50")) == 1
    assert found.rows("TSH")[0]["REASON"] == "no numeric CTCAE grade"


def test_a14_results_after_a_procedure_are_marked():
    """Day 0 of the procedure is not behind it; 7 days are, 8 are not."""
    patient = treated().add("PR", PRTRT="Ablation", PRCAT="STUDY TREATMENT", PRSTDTC=on(10))
    patient.add("EX", EXTRT="FOLFOX", EXROUTE="INTRA-ARTERIAL", EXDOSE="1", EXSTDTC=on(40))
    for day in (9, 10, 11, 17, 18, 41):
        patient.lab(day, "AST", "400", "U/L", hi="40")
    rows = labs_of(patient).rows("AST")
    assert [row["POSTPRFL"] for row in rows] == [None, None, "Y", "Y", None, "Y"]
    assert str(rows[3]["PROCDT"]) == on(10)


def test_a14_a_component_of_the_liver_counts_as_a_procedure():
    settled = protocol()
    component = {"id": "haic", "name": "HAIC oxaliplatin", "reach": "liver"}
    data = settled.model_dump() | {"regimen": (component,)}
    patient = treated().add("EX", EXTRT="haic oxaliplatin", EXDOSE="1", EXSTDTC=on(3))
    patient.lab(5, "AST", "400", "U/L", hi="40")
    found = labs_of(patient, settled=type(settled).model_validate(data))
    assert found.rows("AST")[0]["POSTPRFL"] == "Y"


def test_the_order_of_rows_and_of_subjects_changes_nothing():
    people = []
    for name in ("P1", "P2"):
        patient = treated(name)
        for day, value in ((-3, "30"), (-3, "35"), (4, "130"), (9, "210"), (9, "210")):
            patient.lab(day, "ALT", value, "U/L", hi="40")
        for at, record in enumerate(patient.rows["LB"]):
            record["LBSEQ"] = str(at + 1)
        people.append(patient)
    first = labs_of(*people)
    for patient in people:
        patient.rows["LB"].reverse()
    again = labs_of(*reversed(people))
    assert first.adlb.equals(again.adlb)
    assert first.queries.equals(again.queries)


def test_another_unit_leaves_the_grades():
    """The same blood counts by the litre and by the microlitre."""
    litre, micro = treated(), treated()
    for day, value in enumerate(("2.1", "1.9", "1.4", "0.7", "0.3"), start=1):
        litre.lab(day, "NEUT", value, "10^9/L", lo="2.0")
        thousands = str(int(float(value) * 10) * 100)
        micro.lab(day, "NEUT", thousands, "/uL", lo="2000")
    one, other = labs_of(litre), labs_of(micro)
    columns = ["ADT", "AVALC", "ATOXGRL", "ATOXBASL", "ANRLO", "WORSTLFL"]
    assert one.adlb.select(columns).equals(other.adlb.select(columns))
    assert one.adlb["ATOXGRL"].to_list() == [0, 1, 2, 3, 4]


def test_no_record_vanishes():
    patient = treated()
    cells = [("ALT", "30", "U/L"), ("ALT", None, None), ("FOO", "x", None), ("CA", "2.2", "mmol/L"),
             ("ALB", "40", "g/L"), ("K", "3,5", "mmol/L"), ("K", "3.5", "stone"), ("HGB", "?", "g/L")]  # fmt: skip
    for test, value, unit in cells:
        patient.lab(3, test, value, unit)
    patient.ecg(3, "440").ecg(3, "450").vital(3, "PULSE", "70", "beats/min")
    found = labs_of(patient)
    used = {
        (domain, one)
        for domain, text in found.adlb.select("SRCDOM", "SRCSEQ").iter_rows()
        for one in text.split(";")
    }
    gone = set(found.unused.select("DOMAIN", "SRCSEQ").iter_rows())
    delivered = {("LB", str(at)) for at in range(1, 9)} | {("EG", "1"), ("EG", "2"), ("VS", "1")}
    assert used | gone == delivered
    assert not used & gone
