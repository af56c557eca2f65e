"""Sentences about several lesions, and about targets that were not read, worked by hand."""

from __future__ import annotations

import polars as pl

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.endpoints.subject_rows import short_names


def said(person: Patient, visit: int, column: str, **changes: object) -> str | None:
    """A column of ADRS at one time point."""
    rows = derive(protocol(**changes), sdtm_of(person))["ADRS"]
    found = rows.filter((pl.col("PARAMCD") == "OVR") & (pl.col("AVISITN") == visit))
    value: str | None = found[column].item()
    return value


def test_r045_several_new_lesions_are_told_once():
    new = ("LUNG", "EQUIVOCAL"), ("LUNG", "UNEQUIVOCAL")
    person = Patient().target("T01", "LIVER", 40)
    for day, state in zip((56, 112), new, strict=True):
        person.scan(day, {"T01": 40}, new={"N1": state, "N2": state})
    assert (said(person, 1, "REASON") or "").endswith(
        "; new lesions N1, N2; first read as SD, N1, N2 were equivocal here, unequivocal on "
        f"{on(112)} (R-045)"
    )
    assert said(person, 1, "WHATIF") == "SD without new lesions N1, N2"


def test_r045_several_equivocal_new_lesions_do_not_count_yet():
    new = dict.fromkeys(("N1", "N2"), ("LUNG", "EQUIVOCAL"))
    person = Patient().target("T01", "LIVER", 40).scan(56, {"T01": 40}, new=new)
    assert (said(person, 1, "REASON") or "").endswith(
        "; equivocal new lesions N1, N2, do not count yet (R-045)"
    )


def test_r035_nothing_is_said_of_others_where_no_target_was_read():
    """Baseline and nadir 50: PD from 60.0, PR at 35.0 or less; there are no others."""
    person = Patient().target("T01", "LIVER", 50).scan(56, {"T01": "NE"})
    assert said(person, 1, "REASON") == "NE: target T01 (not imaged) not evaluable"
    assert (
        said(person, 1, "WHATIF")
        == "PD if T01 were read as 60.0 mm or more; SD if less; PR if 35.0 mm or less"
    )


def after_complete_response() -> Patient:
    """CR on d56 (0 and a node of 7), then T01 not read and the node still 7."""
    person = Patient().target("T01", "LIVER", 30).target("N01", "LYMPH NODE", 16)
    return person.scan(56, {"T01": 0, "N01": 7}).scan(112, {"T01": "NE", "N01": 7})


def test_r055_after_complete_response_no_size_is_a_limit():
    """T01 of 0.1 mm or a node of 10.0 mm would be PD, so the 12.0 mm of R-032 decide nothing."""
    assert said(after_complete_response(), 2, "AVALC") == "NE"
    assert said(after_complete_response(), 2, "WHATIF") in (None, "")


def test_r055_with_keep_the_size_is_the_limit():
    """Nadir 7.0: PD from 12.0, so T01 of 5.0 mm."""
    claim = said(after_complete_response(), 2, "WHATIF", response__cr_then_disease="keep")
    assert (claim or "").startswith("PD if T01 were read as 5.0 mm or more")


def test_a_patient_is_called_by_subjid_unless_two_share_it():
    adam = derive(protocol(), sdtm_of([Patient("P1").target("T01", "LIVER", 40),
                                       Patient("P2").target("T01", "LIVER", 40)]))  # fmt: skip
    adam.datasets["ADSL"] = adam["ADSL"].with_columns(SUBJID=pl.Series(["01", "02"]))
    assert short_names(adam) == {"P1": "01", "P2": "02"}
    adam.datasets["ADSL"] = adam["ADSL"].with_columns(SUBJID=pl.lit("01"))
    assert short_names(adam) == {"P1": "P1", "P2": "P2"}
