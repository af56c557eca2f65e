"""The tables of one patient."""

from datetime import date

import polars as pl

from support.made_up_trial import adam_frame
from trialwright.core.tables import Adam
from trialwright.report.patient_tables import PatientData, labs_table, patients_of, times_table

START = date(2024, 1, 1)


def _time(code, day, censored, left=None):
    return {
        "PARAMCD": code, "PARAM": f"name of {code}", "STARTDT": START, "ADT": date(2024, 3, day),
        "AVAL": 60 + day, "CNSR": censored, "EVNTDESC": "Death", "REASON": "because", "RULEID": "C-02",
        "SRCDOM": "DM", "SRCSEQ": None, "LEFTVAL": left,
    }  # fmt: skip


def test_sensitivity_analyses_are_shown_where_they_differ():
    """PFSEMA repeats PFS; PFSNACT has another day, PFSLOST another status, OS is no variant of PFS."""
    times = (
        _time("PFSEMA", 5, 1), _time("PFS", 5, 1), _time("PFSNACT", 2, 1), _time("PFSLOST", 5, 0),
        _time("OS", 5, 1),
    )  # fmt: skip
    table = times_table(PatientData({"USUBJID": "A"}, (), (), times, (), ()))
    assert [row[0] for row in table.rows] == [
        "name of PFS", "name of OS", "name of PFSLOST", "name of PFSNACT",
    ]  # fmt: skip
    assert table.footnotes[0].startswith("1 of the sensitivity analyses")


def test_nothing_is_said_of_repeats_when_there_are_none():
    table = times_table(PatientData({"USUBJID": "A"}, (), (), (_time("PFS", 5, 1),), (), ()))
    assert table.footnotes == ()
    assert times_table(PatientData({"USUBJID": "A"}, (), (), (), (), ())) is None


def test_worst_laboratory_grades_are_told_with_their_basis():
    row = {
        "PARAM": "ALT (U/L)", "ADT": date(2024, 2, 1), "AVALQ": None, "AVALC": "180",
        "WORSTLFL": None, "WORSTHFL": "Y", "ATOXGRL": None, "ATOXGRH": 2, "REASON": "because",
        "PROCDT": date(2024, 1, 30), "RULEID": "G-09",
    }  # fmt: skip
    patient = PatientData({"USUBJID": "A"}, (), (), (), (), (), (row,))
    assert labs_table(patient).rows == (
        ("ALT (U/L)", "2024-02-01", "180", "2", "because", "2024-01-30", "G-09"),
    )
    assert labs_table(PatientData({"USUBJID": "A"}, (), (), (), (), ())) is None


def test_only_worst_results_of_grade_2_or_more_reach_a_patient():
    """Grade 2 flagged as worst is told; grade 1, and a grade 3 that is no worst result, are not."""
    labs = [
        {"USUBJID": "A", "PARAM": name, "ATOXGRH": grade, "WORSTHFL": flag}
        for name, grade, flag in (("ALT", 2, "Y"), ("AST", 1, "Y"), ("ALP", 3, None))
    ]
    frames = {
        "ADSL": [{"USUBJID": "A"}],
        "ADLB": labs,
        "ADTR": [],
        "ADRS": [],
        "ADTTE": [],
        "ADAE": [],
    }
    made = {name: adam_frame(name, rows) for name, rows in frames.items()}
    queries = pl.DataFrame(schema={"USUBJID": pl.String, "RULEID": pl.String, "MESSAGE": pl.String})
    (patient,) = patients_of(Adam(made, pl.DataFrame(), queries), "")
    assert [row["PARAM"] for row in patient.labs] == ["ALT"]
