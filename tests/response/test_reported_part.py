"""Reported responses where part of the patients have lesion records (R-142, S-5), by hand."""

from __future__ import annotations

import polars as pl

from support.reported import said
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam


def derived(*people: Patient) -> Adam:
    return derive(protocol(response__response_source="reported"), sdtm_of(people))


def told(name: str, word: str) -> Patient:
    return Patient(name).add("RS", **said(56, word))


def test_s5_a_patient_without_tu_is_judged_by_what_was_stated():
    """TU of A (target) and B (non-target) only: C is measurable by PR, of D nothing is known."""
    people = (
        told("A", "CR").target("T01", "LIVER", 40),
        told("B", "PR").non_target("NT01", "LIVER"),
        told("C", "PR"),
        told("D", "CR"),
    )
    adam = derived(*people)
    sets = adam["ADSL"].sort("USUBJID")
    assert sets["MEASFL"].to_list() == ["Y", "N", "Y", None]
    assert sets["EFFFL"].to_list() == ["Y", "N", "Y", "Y"]
    assert adam.queries.filter(pl.col("RULEID") == "S-5")["USUBJID"].to_list() == ["D"]


def test_r103_local_therapy_off_protocol_starts_new_therapy_without_lesions():
    """SBRT of T01 on d80: PR d112 does not confirm PR d56, PFS is censored on d56 (C-04)."""
    person = told("A", "PR").add("RS", **said(112, "PR"))
    person.add(
        "PR", PRTRT="SBRT", PRCAT="LOCAL THERAPY NOT PER PROTOCOL", PRLNKID="T01", PRSTDTC=on(80)
    )
    adam = derived(person)
    best = adam["ADRS"].filter(pl.col("PARAMCD") == "CBOR")["AVALC"].item()
    pfs = adam["ADTTE"].filter(pl.col("PARAMCD") == "PFS").row(0, named=True)
    assert (best, pfs["CNSR"], str(pfs["ADT"])) == ("SD", 1, on(56))
    messages = adam.queries.filter(pl.col("RULEID") == "R-141")["MESSAGE"].to_list()
    assert messages == [
        "Local therapy names a lesion that is not among those read: no lesion is marked as treated."
    ]
