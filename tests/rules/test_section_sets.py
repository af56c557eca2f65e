"""Analysis sets, rules S-1 to S-7: who is in, who is not and why; worked by hand."""

from __future__ import annotations

import pytest

from support.courses import course
from support.readings import Reading, only_other, read
from support.trial import Patient, on
from trialwright.vocabulary.adam import ADSL

FLAGS = ("SCRNFL", "ENRLFL", "FASFL", "SAFFL", "EFFFL", "PPROTFL")
CUTOFF = {"analysis__data_cutoff": on(400)}


def consented(person: Patient, **more: str) -> Patient:
    """Consent on d-20 and a word about deviations."""
    return person.add("DM", RFICDTC=on(-20), **more)


def people() -> dict[str, Patient]:
    """One patient for each way into and out of a set."""
    ablated = Patient(dose_day=None).target("T01", "LIVER", 40).scan(56, {"T01": 40})
    ablated.add("PR", PRTRT="ABLATION", PRCAT="STUDY TREATMENT", PRSTDTC=on(0))
    held = Patient(dose_day=None).target("T01", "LIVER", 40).scan(56, {"T01": 40})
    held.add("EX", EXTRT="DRUG", EXDOSE="0", EXSTDTC=on(0))
    return {
        "in all": consented(course("SD 56")),
        "deviates": consented(course("SD 56"), PROTDEV="Y"),
        "keeps to it": consented(course("SD 56"), PROTDEV="N"),
        "screen failure": consented(
            Patient(dose_day=None, enrolled_day=None, arm="SCRNFAIL").target("T01", "LIVER", 40)
        ),
        "never treated": consented(Patient(dose_day=None).target("T01", "LIVER", 40)),
        "held dose only": consented(held),
        "ablation only": consented(ablated),
        "no scan": consented(course("")),
        "no scan, dead": consented(course("").dies(30)),
        "all NE": consented(course("NE 56")),
        "early PD": consented(course("PD 30")),
        "not measurable": consented(only_other((56, "PRESENT"))),
        "no consent date": course("SD 56"),
    }  # fmt: skip


@pytest.fixture(scope="module")
def made() -> dict[str, Reading]:
    return read(people(), **CUTOFF)


def row(made: dict[str, Reading], name: str) -> dict[str, object]:
    """The record of ADSL."""
    return made[name].adam["ADSL"].filter(USUBJID=name).row(0, named=True)


#: Flags in order, and the reason.
SETS = {
    "in all": ("YYYYYY", None),
    "deviates": ("YYYYYN", "major protocol deviation with effect on the endpoint (S-6)"),
    "keeps to it": ("YYYYYY", None),
    "screen failure": ("YNNNNN", "not enrolled (S-2)"),
    "never treated": ("YYNNNN", "not treated (S-3, S-4)"),
    "held dose only": ("YYNNNN", "not treated (S-3, S-4)"),
    "ablation only": ("YYYYYY", None),
    "no scan": ("YYYYNN", "no adequate assessment after baseline (S-5)"),
    "no scan, dead": ("YYYYYY", None),
    "all NE": ("YYYYNN", "no adequate assessment after baseline (S-5)"),
    "early PD": ("YYYYYY", None),
    "not measurable": ("YYYYNN", "no measurable disease at baseline (S-5)"),
    "no consent date": ("YYYYYY", None),
}


@pytest.mark.parametrize("name", SETS)
def test_s1_to_s6_who_is_in_and_why_not(name, made):
    """S-1, S-2, S-3, S-4, S-5, S-6: every flag and the reason of each patient."""
    found = row(made, name)
    flags, reason = SETS[name]
    assert "".join(str(found[flag]) for flag in FLAGS) == flags
    assert found["SETREAS"] == reason


def test_s1_consent_is_asked_for(made):
    """S-1: enrolled without a date of consent is screened, with a query."""
    assert "warning: Enrolled without a date of consent" in made["no consent date"].said("S-1")
    assert made["in all"].said("S-1") == ""
    nobody = read({"P1": course("SD 56")}, **CUTOFF)["P1"]
    assert nobody.said("S-1") == ""


def test_s2_a_patient_who_got_no_dose_has_times_but_is_not_in_fas(made):
    """S-2, S-3: enrolled is what PFS and OS are analysed on."""
    assert made["never treated"].rows("ADTTE", "PFS")[0]["AVAL"] == 1
    assert made["screen failure"].rows("ADTTE", "PFS") == []
    assert row(made, "screen failure")["TTEREAS"] == "all: not enrolled"


def test_s5_early_progression_or_death_is_an_option():
    """S-5: with eval_counts_early_pd = false death before any scan is not evaluable."""
    made = read({"P1": course("").dies(30)}, analysis__eval_counts_early_pd=False, **CUTOFF)
    assert row(made, "P1")["EFFFL"] == "N"


def test_s6_is_absent_when_nobody_says_anything():
    """S-6: no word about deviations is no per-protocol set, and the report says so."""
    made = read({"P1": course("SD 56"), "P2": course("SD 56")}, **CUTOFF)
    assert made["P1"].adam["ADSL"]["PPROTFL"].to_list() == [None, None]
    (note,) = made["P1"].adam.queries.filter(RULEID="S-6").to_dicts()
    assert (note["SEVERITY"], note["USUBJID"]) == ("note", "")
    assert "there is no per-protocol set" in note["MESSAGE"]


def test_s6_an_unclear_word_counts_as_a_deviation():
    """S-6: neither yes nor no: not in the set, with a query."""
    made = read({"P1": course("SD 56").add("DM", PROTDEV="MAYBE"), "P2": course("SD 56")}, **CUTOFF)
    assert [row(made, name)["PPROTFL"] for name in ("P1", "P2")] == ["N", "Y"]
    assert "neither Y nor N" in made["P1"].said("S-6")


def test_s7_has_its_columns():
    """S-7: decided with the exposure; flag and reason have their places in ADSL."""
    assert {"DLTEVLFL", "DLTREAS"} <= {variable.name for variable in ADSL.variables}
