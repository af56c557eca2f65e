"""What ADTR, ADRS and ADTTE say of a patient, worked by hand: numbers, margins, rules, records."""

from __future__ import annotations

import polars as pl
import pytest

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive


def adam_of(person: Patient, **changes: object):
    return derive(protocol(**changes), sdtm_of(person))


def reasons(person: Patient) -> list[str]:
    rows = adam_of(person)["ADRS"].filter(pl.col("PARAMCD") == "OVR")
    return rows["REASON"].to_list()


def one(base: object, *visits: tuple[int, object]) -> Patient:
    person = Patient().target("T01", "LIVER", base)
    for day, value in visits:
        person.scan(day, {"T01": value})
    return person


def test_progression_names_nadir_rise_and_margin():
    """30 -> 25 -> 31: +6.0 mm, +24.0 % over the nadir; PD begins at 30.0."""
    assert reasons(one(30, (56, 25), (112, 31)))[1] == (
        f"PD: target sum 31.0 mm against nadir 25.0 on {on(56)} (+24.0 %, +6.0 mm): PD by 1.0 mm, "
        "not PD at 29.9 or less; T01 (+6.0 mm) carries it"
    )


def test_response_names_its_margin():
    """100 -> 69.4: PR at 70.0 or less, so by 0.6 mm; PD from 120.0."""
    assert reasons(one(100, (56, 69.4))) == [
        "PR: target sum 69.4 mm, -30.6 % from baseline 100.0: PR by 0.6 mm, PD from 120.0 mm; T01 "
        "(-30.6 mm) carries it"
    ]


def test_stable_disease_names_both_margins():
    """47 -> 33: PR at 32.9 (70 % is 32.90) misses by 0.1; PD from 56.4 (20 % of 47 is 9.4)."""
    assert reasons(one(47, (56, 33))) == [
        "SD: target sum 33.0 mm, -29.8 % from baseline 47.0, against nadir 47.0 at baseline (-29.8 "
        "%, -14.0 mm): 0.1 mm above PR (32.9 or less), 23.4 mm below PD (from 56.4)"
    ]


def test_missing_lesion_is_named():
    person = Patient().target("T01", "LIVER", 40).target("T02", "LUNG", 20)
    person.scan(56, {"T01": 30})
    said = reasons(person)
    assert said == [
        "NE: target T02 (no record) not evaluable; the others 30.0 mm, PD from 72.0 mm (nadir 60.0 "
        "at baseline)"
    ]


def test_new_lesion_settled_later_says_so():
    person = Patient().target("T01", "LIVER", 40)
    person.scan(56, {"T01": 40}, new={"N1": ("LUNG", "EQUIVOCAL")})
    person.scan(112, {"T01": 40}, new={"N1": ("LUNG", "UNEQUIVOCAL")})
    rows = adam_of(person)["ADRS"].filter(pl.col("PARAMCD") == "OVR")
    first = rows.row(0, named=True)
    assert first["AVALC"] == "PD"
    assert first["ASREAD"] == "SD"
    assert "R-045" in first["RULEID"]
    assert first["REASON"].endswith(
        f"new lesion N1; first read as SD, N1 was equivocal here, unequivocal on {on(112)} (R-045)"
    )


def test_best_response_names_the_confirmation():
    adam = adam_of(one(100, (56, 60), (112, 50)))
    row = adam["ADRS"].filter(pl.col("PARAMCD") == "CBOR").row(0, named=True)
    assert (row["AVALC"], row["ADT"].isoformat()) == ("PR", on(56))
    assert row["REASON"] == f"PR on {on(56)}, confirmed by PR on {on(112)} (56 days later)"


@pytest.mark.parametrize(("confirm", "expected"), [(28, "SD"), (0, "SD")])
def test_a_single_response_is_pending(confirm, expected):
    """R-070: one PR, nothing later: SD and pending."""
    adam = adam_of(one(100, (56, 60)), response__confirm_days=confirm)
    row = adam["ADRS"].filter(pl.col("PARAMCD") == "CBOR").row(0, named=True)
    assert (row["AVALC"], row["UNCONFFL"]) == (expected, "Y")
    assert "was not confirmed" in row["REASON"]


def test_sums_of_diameters():
    """40 + 20, then 30 + 12, then one missing: SUMDIAM only where complete (section 12)."""
    person = Patient().target("T01", "LIVER", 40).target("T02", "LUNG", 20)
    person.scan(56, {"T01": 30, "T02": 12}).scan(112, {"T01": 35, "T02": "NE"})
    rows = adam_of(person)["ADTR"].filter(pl.col("PARAMCD").str.starts_with("SUM"))
    assert rows.select("PARAMCD", "AVISITN", "AVAL", "CHG", "NADIR", "CHGNAD").rows() == [
        ("SUMDIAM", 0, 60.0, None, None, None),
        ("SUMDIAM", 1, 42.0, -18.0, 60.0, -18.0),
        ("SUMPART", 2, 35.0, None, 42.0, -7.0),
    ]


def times(person: Patient, code: str, **changes: object) -> dict[str, object]:
    rows = adam_of(person, **changes)["ADTTE"].filter(pl.col("PARAMCD") == code)
    return rows.row(0, named=True)


def test_progression_time_counts_both_days_and_names_the_scan():
    """Enrolled d-3, PD d112: 116 days with both ends (D-01); records TR 3 of that scan."""
    row = times(one(30, (56, 25), (112, 31)), "PFS")
    assert (row["AVAL"], row["CNSR"], row["RULEID"]) == (116, 0, "C-01")
    assert (row["SRCDOM"], row["SRCSEQ"]) == ("TR", "3")
    assert row["REASON"] == f"event on {on(112)}, day 116 from {on(-3)}: progressive disease"
    assert times(one(30, (56, 25), (112, 31)), "PFS", analysis__plus_one_day=False)["AVAL"] == 115


def test_new_therapy_names_its_record():
    person = one(30, (56, 25), (112, 31))
    person.add("CM", CMTRT="OTHER", CMCAT="SUBSEQUENT CANCER THERAPY", CMSTDTC=on(80))
    row = times(person, "PFS")
    assert (row["CNSR"], row["RULEID"], row["ADT"].isoformat()) == (1, "C-04", on(56))
    assert f"new anticancer therapy started on {on(80)} (CM 1)" in row["REASON"]


def test_death_and_last_contact_are_the_source_of_survival():
    dead = times(one(30, (56, 25)).dies(200), "OS")
    assert (dead["AVAL"], dead["SRCDOM"], dead["SRCSEQ"]) == (204, "DS", "1")
    person = one(30, (56, 25)).add("SS", SSTESTCD="SURVSTAT", SSSTRESC="ALIVE", SSDTC=on(90))
    alive = times(person, "OS")
    assert (alive["CNSR"], alive["SRCDOM"], alive["SRCSEQ"]) == (1, "SS", "1")


@pytest.mark.parametrize(
    ("leave", "words"),
    [
        ({"DSDECOD": "WITHDRAWAL BY SUBJECT", "DSSCAT": "STUDY PARTICIPATION"}, "withdrew before"),
        ({"DSDECOD": "LOST TO FOLLOW-UP", "DSSCAT": "STUDY PARTICIPATION"}, "lost to follow-up"),
        ({"DSDECOD": "DEATH", "DSSCAT": "STUDY PARTICIPATION"}, "early death"),
        ({"DSDECOD": "COMPLETED", "DSSCAT": "STUDY TREATMENT"}, "no assessment after baseline"),
    ],
)
def test_why_there_is_no_response(leave, words):
    """R-065: the reason of NE without a scan; the subject stays in the denominator."""
    person = one(30).add("DS", DSSTDTC=on(20), **leave)
    row = adam_of(person, analysis__data_cutoff=on(200))["ADRS"].row(0, named=True)
    assert row["AVALC"] == "NE"
    assert words in row["REASON"]


def test_before_the_first_scan_is_due_nobody_is_late():
    row = adam_of(one(30), analysis__data_cutoff=on(40))["ADRS"].row(0, named=True)
    assert row["REASON"] == "NE: not yet assessed"


def flags(person: Patient, **changes: object) -> tuple[str, ...]:
    row = adam_of(person, analysis__data_cutoff=on(200), **changes)["ADSL"].row(0, named=True)
    return tuple(row[name] for name in ("ENRLFL", "FASFL", "SAFFL", "MEASFL", "EFFFL"))


def test_s5_needs_treatment_measurable_disease_and_an_assessment():
    """S-2 to S-5: enrolled, full analysis, safety, measurable, evaluable."""
    assert flags(one(30, (56, 30))) == ("Y", "Y", "Y", "Y", "Y")
    assert flags(one(30)) == ("Y", "Y", "Y", "Y", "N")
    assert flags(one(30, (56, "NE"))) == ("Y", "Y", "Y", "Y", "N")
    untreated = Patient(dose_day=None).target("T01", "LIVER", 30)
    assert flags(untreated) == ("Y", "N", "N", "Y", "N")


def test_s5_counts_early_death_as_the_protocol_says():
    assert flags(one(30).dies(40))[-1] == "Y"
    assert flags(one(30).dies(40), analysis__eval_counts_early_pd=False)[-1] == "N"


def test_r015_decides_whether_s5_needs_measurable_disease():
    person = Patient().non_target("NT01", "BONE").scan(56, {}, {"NT01": "PRESENT"})
    assert flags(person)[-2:] == ("N", "N")
    assert flags(person, response__require_measurable=False)[-2:] == ("N", "Y")


def test_a_treated_screen_failure_is_told():
    person = one(30)
    person.arm, person.enrolled_day = "SCRNFAIL", None
    adam = adam_of(person)
    assert "Treated but not enrolled: in no analysis set." in adam.queries["MESSAGE"].to_list()
