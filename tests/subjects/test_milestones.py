"""Dates of a subject: rules D-03, D-05, D-06, D-07, D-08, R-131, R-142."""

from __future__ import annotations

import pytest

from support.derived import DAY_ZERO, Derived
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.errors import DataError
from trialwright.protocol.settle import settle


def person() -> Patient:
    return Patient().target("T01", "LIVER", 40).scan(56, {"T01": 40})


def dates(patient: Patient, **changes: object) -> dict[str, object]:
    row = Derived(sdtm_of(patient), **changes).milestones.frame.to_dicts()[0]
    return {k: v - DAY_ZERO if isinstance(v, int) else v for k, v in row.items()}


def test_enrolment_by_disposition():
    assert dates(person())["ENRLDT"] == -3


def test_enrolment_by_consent_is_flagged():
    """D-03: without a DS record the consent date stands in, with a flag."""
    patient = person()
    patient.enrolled_day = None
    patient.add("DM", RFICDTC=on(-10))
    found = Derived(sdtm_of(patient))
    assert found.milestones.frame["ENRLDT"][0] - DAY_ZERO == -10
    assert "D-03" in found.messages()


@pytest.mark.parametrize(
    ("text", "day", "flag"),
    [
        ("2024-04-20", 110, None),
        ("2024-04", 91, "D"),
        ("2024-02", 57, "D"),
        ("2024", 57, "M"),
        ("2025", 366, "M"),
    ],
)
def test_d05_partial_date_of_death(text, day, flag):
    """D-05, last known alive d56 (2024-02-26): never before the day after it."""
    found = dates(person().add("DM", DTHDTC=text), analysis__data_cutoff="2025-12-31")
    assert (found["DTHDT"], found["DTHDTF"]) == (day, flag)


def test_d05_alive_after_the_month_of_death_is_an_error_without_event():
    found = Derived(sdtm_of(person().add("DM", DTHDTC="2024-01")))
    assert found.milestones.frame["DTHDT"][0] is None
    assert "known alive on 2024-02-26" in found.messages()


@pytest.mark.parametrize(
    ("text", "day", "flag"),
    [
        ("2024-04-10", 100, None),
        ("2024-04", 91, "D"),
        ("2024-03", 70, "D"),
        ("2024", 70, "M"),
        ("2024-02", 59, "D"),
    ],
)
def test_d06_partial_start_of_new_therapy(text, day, flag):
    """D-06: last dose d69; not before the day after it, never after the end of the month."""
    patient = person().add("EX", EXTRT="DRUG", EXSTDTC=on(0), EXENDTC=on(69))
    patient.add("CM", CMTRT="OTHER", CMCAT="SUBSEQUENT CANCER THERAPY", CMSTDTC=text)
    found = dates(patient, analysis__data_cutoff="2025-12-31")
    assert (found["NACTDT"], found["NACTDTF"]) == (day, flag)


def test_d07_last_known_alive_is_the_latest_evidence():
    patient = person().add("SS", SSTESTCD="SURVSTAT", SSSTRESC="ALIVE", SSDTC=on(200))
    assert dates(patient)["LSTALVDT"] == 200


def test_d07_a_laboratory_sample_is_evidence_of_life():
    assert dates(person().add("LB", LBTESTCD="ALT", LBDTC=on(210)))["LSTALVDT"] == 210


def test_d08_later_evidence_counts_on_the_cutoff_date():
    """A contact after the cut-off shows the patient alive on the cut-off date, no more."""
    patient = person().add("SS", SSTESTCD="SURVSTAT", SSSTRESC="ALIVE", SSDTC=on(200))
    patient.scan(168, {"T01": 80})
    found = Derived(sdtm_of(patient), analysis__data_cutoff=on(100))
    assert found.milestones.frame["LSTALVDT"][0] - DAY_ZERO == 100
    assert found.responses() == ["SD"]
    assert sorted(r for frame in found.removed for r in frame["RULEID"]) == ["D-08", "D-08"]


def test_death_after_the_cutoff_has_not_happened():
    """C-20, D-08."""
    found = dates(person().add("DM", DTHDTC=on(150)), analysis__data_cutoff=on(100))
    assert found["DTHDT"] is None
    assert found["LSTALVDT"] == 100


def test_withdrawal_of_treatment_is_not_withdrawal_of_consent():
    """R-142."""
    patient = person().add(
        "DS", DSDECOD="WITHDRAWAL BY SUBJECT", DSSCAT="STUDY TREATMENT", DSSTDTC=on(60)
    )
    found = dates(patient)
    assert found["WDRAWDT"] is None
    assert (found["EOTDT"], found["EOTREAS"]) == (60, "WITHDRAWAL BY SUBJECT")


def test_screen_failure_is_not_enrolled():
    patient = Patient(dose_day=None, enrolled_day=None, arm="SCRNFAIL").add("DM", RFICDTC=on(-10))
    assert dates(patient.add("SV", VISITNUM="1", SVSTDTC=on(-10)))["ENRLDT"] is None


def test_a_subject_twice_in_dm_is_refused():
    patient = person()
    with pytest.raises(DataError, match="more than once"):
        Derived(sdtm_of([patient, patient]))


def test_palliative_radiotherapy_of_a_non_target_is_no_new_therapy():
    """R-103 with its option."""
    patient = person().non_target("NT01", "BONE")
    patient.add(
        "PR", PRTRT="RADIOTHERAPY", PRCAT="LOCAL THERAPY NOT PER PROTOCOL", PRINDC="PALLIATIVE",
        PRLNKID="NT01", PRSTDTC=on(60),
    )  # fmt: skip
    assert dates(patient)["NACTDT"] is None
    assert dates(patient, response__palliative_rt_ntl="nact")["NACTDT"] == 60


def test_untreated_subject_has_no_last_dose():
    """D-06 imputes from the first of the month when there was no dose."""
    patient = Patient(dose_day=None).target("T01", "LIVER", 40)
    patient.add("CM", CMTRT="OTHER", CMCAT="SUBSEQUENT CANCER THERAPY", CMSTDTC="2024-04")
    found = dates(patient, analysis__data_cutoff="2024-12-31")
    assert found["TRTEDT"] is None
    assert found["NACTDT"] == 91


@pytest.mark.parametrize(
    ("domain", "record"),
    [("DM", {"DTHFL": "Y"}), ("AE", {"AETERM": "Sepsis", "AETOXGR": "5", "AESTDTC": on(60)}),
     ("AE", {"AETERM": "Sepsis", "AEOUT": "FATAL", "AESTDTC": on(60)})],
)  # fmt: skip
def test_death_without_a_date_is_a_query(domain, record):
    found = Derived(sdtm_of(person().add(domain, **record)))
    assert found.milestones.frame["DTHDT"][0] is None
    assert "Death is told without a date" in found.messages()


def test_two_dates_of_death_are_a_query_and_dm_counts():
    found = Derived(sdtm_of(person().add("DM", DTHDTC=on(100)).dies(130)))
    row = found.milestones.frame.to_dicts()[0]
    assert (row["DTHDT"] - DAY_ZERO, row["DTHDOM"]) == (100, "DM")
    assert "Dates of death in DM and DS differ" in found.messages()


def test_death_by_disposition_names_its_record():
    row = Derived(sdtm_of(person().dies(130))).milestones.frame.to_dicts()[0]
    assert (row["DTHDOM"], row["DTHSEQ"]) == ("DS", "1")


def test_a_dose_of_nothing_is_no_treatment():
    """S-3: EXDOSE 0 does not make a subject treated."""
    patient = Patient(dose_day=None).target("T01", "LIVER", 40)
    patient.add("EX", EXTRT="DRUG", EXDOSE="0", EXSTDTC=on(0), EXENDTC=on(0))
    assert dates(patient)["TRTSDT"] is None


def test_screen_failure_by_reason_and_subject_still_in_screening():
    failed = Patient("P2", dose_day=None, enrolled_day=None).add(
        "DM", RFICDTC=on(-10), ARMNRS="SCREEN FAILURE"
    )
    waiting = Patient("P3", dose_day=None, enrolled_day=None).add("DM", RFICDTC=on(-5))
    found = Derived(sdtm_of([person(), failed, waiting]))
    assert found.milestones.frame["ENRLDT"].is_not_null().to_list() == [True, False, False]
    assert "S-2 P3" in found.messages()


def test_a_subject_first_known_after_the_cutoff_is_listed_not_counted():
    """D-08, S-1."""
    later = Patient("P2", dose_day=None, enrolled_day=200).add("DM", RFICDTC=on(190))
    found = Derived(sdtm_of([person(), later]), analysis__data_cutoff=on(100))
    assert found.milestones.frame["USUBJID"].to_list() == ["P1"]
    assert found.milestones.unused[0]["USUBJID"].to_list() == ["P2"]


def test_a_subject_scanned_before_the_cutoff_and_enrolled_after_it_stays_in_screening():
    """D-08, S-2: without a consent date the scan of day -7 shows that the subject was known."""
    waiting = Patient("P2", dose_day=125, enrolled_day=120).target("T01", "LIVER", 40)
    settled = protocol(analysis__data_cutoff=on(100))
    adsl = derive(settled, sdtm_of([person(), waiting]))["ADSL"]
    assert adsl.select("USUBJID", "ENRLFL").rows() == [("P1", "Y"), ("P2", "N")]


def test_a_cutoff_before_everything_is_refused():
    with pytest.raises(DataError, match="Nobody was in the trial by the data cut-off"):
        derive(protocol(analysis__data_cutoff="2020-01-01"), sdtm_of(person()))


def test_d07_death_after_the_cutoff_is_the_record_that_shows_life():
    """D-07, C-20: censored on the cut-off, and the source is the record of death, not a scan."""
    found = Derived(sdtm_of(person().dies(150)), analysis__data_cutoff=on(100))
    row = found.milestones.frame.row(0, named=True)
    assert (row["LSTALVDT"] - DAY_ZERO, row["ALVDOM"], row["ALVSEQ"]) == (100, "DS", "1")


def test_d05_a_death_that_is_not_imputed_has_no_records_after_it():
    """Alive on the cut-off, dead in its month: one error, and no word of records after death."""
    patient = person().add("SS", SSTESTCD="SURVSTAT", SSSTRESC="ALIVE", SSDTC="2024-04-15")
    found = Derived(
        sdtm_of(patient.add("DM", DTHDTC="2024-04")), analysis__data_cutoff="2024-04-15"
    )
    assert "could only lie after the data cut-off" in found.messages()
    assert "after the date of death" not in found.messages()


def test_a_subject_in_no_cohort_is_refused():
    """T-09: nobody falls between the cohorts."""
    cohorts = [{"id": "A", "name": "First"}]
    settled = settle(protocol(), {"cohorts": cohorts})
    other = person()
    other.arm = "B"
    assert derive(settled, sdtm_of(person()))["ADSL"]["COHORT"].to_list() == ["A"]
    with pytest.raises(DataError, match="in no cohort"):
        derive(settled, sdtm_of(other))
