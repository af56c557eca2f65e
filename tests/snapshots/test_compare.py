"""Corrections of the data, worked by hand: what they change, why, and that they change nothing else.

The two patients are those of `support.corrected`.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from support.corrected import CUTOFF, diff, results, trial
from support.trial import Patient, sdtm_of
from trialwright.core.errors import InconsistencyError
from trialwright.snapshots import compare
from trialwright.snapshots.records import changed_records


def because(found, result):
    (one,) = [x for patient in found.patients for x in patient.results if x.result == result]
    return one.because


def moved(found):
    return {one.key: (one.before, one.after) for one in found.estimates}


def test_a_lower_nadir_makes_a_later_scan_progression():
    """42 -> 39 mm on day 112: the nadir is 39, and 47.2 mm is +8.2 mm, +21.0 %: PD (R-043)."""
    found = diff(trial((42, 39, 47.2)))
    (record,) = found.records
    assert (record.usubjid, record.domain, record.column) == ("P1", "TR", "TRORRES")
    assert (record.before, record.after) == ("42", "39")
    assert record.record == "T1 LDIAM visit 122 INVESTIGATOR"
    # Row 4 of TR: the header, the baseline, day 56, then this one is the third record.
    assert record.cell_before == record.cell_after == "TR, row 4, TRORRES"
    event = ("censored, day 172 (2024-06-17)", "event, day 172 (2024-06-17)")
    assert results(found) == {
        ("P1", "sum at time point 2"): ("42.0 mm", "39.0 mm"),
        ("P1", "change from baseline at time point 2"): ("−30.0 %", "−35.0 %"),
        ("P1", "change from nadir at time point 2"): ("0.0 mm, 0.0 %", "−3.0 mm, −7.1 %"),
        ("P1", "nadir before time point 3"): ("42.0 mm", "39.0 mm"),
        ("P1", "change from nadir at time point 3"): ("+5.2 mm, +12.4 %", "+8.2 mm, +21.0 %"),
        ("P1", "target response at time point 3"): ("SD", "PD"),
        ("P1", "response at time point 3"): ("SD", "PD (+8.2 mm, +21.0 % from nadir)"),
        ("P1", "DOR"): ("censored, day 113 (2024-06-17)", "event, day 113 (2024-06-17)"),
        ("P1", "PFS"): event,
        ("P1", "TTP"): event,
    }
    cause = "TR T1 LDIAM visit 122 INVESTIGATOR: TRORRES 42 -> 39"
    assert because(found, "response at time point 3") == (
        cause,
        "sum at time point 2 42.0 mm -> 39.0 mm",
        "nadir before time point 3 42.0 mm -> 39.0 mm",
        "change from nadir at time point 3 +5.2 mm, +12.4 % -> +8.2 mm, +21.0 %",
        "target response at time point 3 SD -> PD",
    )
    assert because(found, "PFS")[-1] == (
        "response at time point 3 SD -> PD (+8.2 mm, +21.0 % from nadir)"
    )
    (patient,) = found.patients
    assert patient.state == "changed"
    assert patient.records == {"TR": (0, 0, 1)}
    assert "best response, confirmed unchanged (PR)" in patient.story
    assert moved(found).keys() == {"PFS", "DOR"}
    assert moved(found)["PFS"][1].endswith("1 events in 2")


def test_a_deleted_measurement_is_a_record_gone_and_a_scan_less():
    found = diff(trial((42, 42)))
    (record,) = found.records
    assert (record.kind, record.cell_before, record.cell_after) == ("gone", "TR, row 5", "")
    told = results(found)
    assert told["P1", "scan of time point 3"] == ("2024-06-17", "none")
    assert told["P1", "response at time point 3"] == ("SD", "none")
    # The last scan that counts is that of day 112: 112 + 3 + 1 days from enrolment.
    assert told["P1", "PFS"][1] == "censored, day 116 (2024-04-22)"
    assert because(found, "OS") == (
        "TR T1 LDIAM visit 178 INVESTIGATOR: gone (TRORRES 47.2, TRORRESU mm, TRDTC 2024-06-17)",
        "last known alive 2024-06-17 -> 2024-04-22",
    )


def test_one_of_two_lesions_not_measured_leaves_the_sum_incomplete():
    def two(size):
        person = Patient("P1").target("T1", "LIVER", 30).target("T2", "LUNG", 30)
        person.scan(56, {"T1": 20, "T2": 20}).scan(112, {"T1": 20, "T2": size})
        return sdtm_of(person, TS=CUTOFF)

    told = results(diff(two(None), two(20)))
    assert told["P1", "sum at time point 2"] == ("40.0 mm", "incomplete (20.0 mm)")
    assert told["P1", "response at time point 2"][0] == "PR"
    assert told["P1", "response at time point 2"][1].startswith("NE")


def test_a_withdrawn_patient_leaves_every_denominator():
    found = diff(trial(people=("P2",)))
    assert (found.state("gone"), found.subjects) == (("P1",), (2, 1))
    told = results(found)
    assert told["P1", "best response, confirmed"] == ("PR", "none")
    assert not [name for _, name in told if "time point" in name]
    before, after = moved(found)["ORR"]
    assert (before.split(",")[0], after.split(",")[0]) == ("2/2 (100 %)", "1/1 (100 %)")
    assert diff(trial(), trial(people=("P2",))).state("new") == ("P1",)


def test_a_corrected_date_moves_the_censoring():
    """The last scan was on day 175, not 168: seven days more."""
    found = diff(trial(days=(56, 112, 175)), trial(days=(56, 112, 168)))
    told = results(found)
    assert told["P1", "scan of time point 3"] == ("2024-06-17", "2024-06-24")
    assert told["P1", "PFS"] == (
        "censored, day 172 (2024-06-17)", "censored, day 179 (2024-06-24)",
    )  # fmt: skip
    assert told["P1", "last known alive"] == ("2024-06-17", "2024-06-24")
    assert found.trial == ()


def same_visit(day):
    data = trial(days=(56, 112, day))
    last = pl.when(pl.col("VISITNUM") == str(10 + day)).then(pl.lit("178")).otherwise("VISITNUM")
    return replace(
        data, domains={**data.domains, "TR": data["TR"].with_columns(last.alias("VISITNUM"))}
    )


def test_a_date_of_a_visit_is_a_changed_value_and_no_other_record():
    (record,) = diff(same_visit(175), same_visit(168)).records
    assert (record.kind, record.column) == ("changed", "TRDTC")
    assert (record.before, record.after) == ("2024-06-17", "2024-06-24")


def test_a_grade_changes_the_event_and_the_counts():
    found = diff(trial(grade="3"))
    told = results(found)
    assert told["P2", "NAUSEA 2024-01-10: grade"] == ("2", "3")
    assert told["P2", "NAUSEA 2024-01-10: grade 3 or above"] == ("N", "Y")
    assert because(found, "NAUSEA 2024-01-10: grade") == (
        "AE NAUSEA 2024-01-10: AETOXGR 2 -> 3",
    )  # fmt: skip
    before, after = moved(found)["AE: Any treatment-emergent event"]
    assert before == "any grade 1/2, grade 3 or above 0/2, serious 0/2"
    assert after == "any grade 1/2, grade 3 or above 1/2, serious 0/2"
    assert {one.usubjid for one in found.records} == {"P2"}


def test_a_scan_that_was_missing_moves_no_other_time_point():
    """Day 84 comes in between: the scans of days 112 and 168 are the same ones as before."""
    found = diff(trial((42, 42, 42, 47.2), days=(56, 84, 112, 168)))
    told = results(found)
    assert told["P1", "scan of time point 2"] == ("none", "2024-03-25")
    assert not [name for _, name in told if name.endswith(("point 3", "point 4"))]


def test_a_cut_off_that_moves_with_the_data_is_said_for_everybody():
    """Without a given cut-off the latest date is it; P3, still waiting, is unchanged."""

    def data(day):
        other = Patient("P2").target("T1", "LIVER", 50).scan(56, {"T1": 50})
        return sdtm_of([Patient("P1").target("T1", "LIVER", 60).scan(day, {"T1": 60}), other])

    found = diff(data(63), data(56))
    assert found.trial == (
        "data cut-off 2024-02-26 -> 2024-03-04 (the latest date in the data, since neither "
        "protocol nor TS gives one)",
    )
    assert "P1" in {one.usubjid for one in found.patients}


def test_a_result_without_a_changed_record_is_a_defect(monkeypatch):
    monkeypatch.setattr(compare, "changed_records", lambda *_: ())
    with pytest.raises(InconsistencyError, match="data did not change") as refused:
        diff(trial((42, 39, 47.2)))
    assert refused.value.where.startswith("P1: ADRS")


def test_records_alike_are_told_apart_by_how_many_there_are():
    def data(*grades):
        person = Patient("P1").target("T1", "LIVER", 60)
        for grade in grades:
            person.add("AE", AETERM="RASH", AETOXGR=grade, AESTDTC="2024-01-10")
        return sdtm_of(person, TS=CUTOFF)

    (gone,) = changed_records(data("1", "1", "2"), data("1", "2"))
    assert (gone.kind, gone.before) == ("gone", "AETOXGR 1")
    (changed,) = changed_records(data("1", "1"), data("3", "1"))
    assert (changed.column, changed.before, changed.after) == ("AETOXGR", "1", "3")
