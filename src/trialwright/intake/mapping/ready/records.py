"""Patients, adverse events and laboratory values: one row a record."""

from __future__ import annotations

import json

from trialwright.intake.mapping.ready.terms import written
from trialwright.intake.workbook.record_sheets import OUTCOMES
from trialwright.protocol.model import Protocol
from trialwright.safety.relation import ACTIONS
from trialwright.vocabulary.laboratory import ANALYTES

_SEX = {
    "M": "M", "MALE": "M", "男": "M", "F": "F", "FEMALE": "F", "女": "F", "U": "U", "UNKNOWN": "U",
}  # fmt: skip
_YES_NO = {"Y": "Y", "YES": "Y", "是": "Y", "N": "N", "NO": "N", "否": "N"}
_RELATED = {
    **dict.fromkeys(("RELATED", "YES", "Y", "是"), "RELATED"),
    **dict.fromkeys(("NOT RELATED", "NO", "N", "否"), "NOT RELATED"),
}


def patients(protocol: Protocol) -> str:
    """Rules of a list of the patients."""
    cohorts = {one.id: one.id for one in protocol.cohorts or ()}
    heading = ", Cohort" if cohorts else ""
    cohort = f"          ARMCD: {{column: Cohort, terms: {written(cohorts)}}}\n" if cohorts else ""
    return f"""\
  # patients.csv, one row a patient who gave consent: Patient, Sex, Age, Consent, Enrolled,
  # First treatment, Last treatment, Death, Last alive{heading}
  - file: patients.csv
    make:
      - domain: DM
        set:
          USUBJID: {{column: Patient}}
          SEX: {{column: Sex, terms: {written(_SEX)}}}
          AGE: {{column: Age, as: number}}
          RFICDTC: {{column: Consent, as: date}}
          RFXSTDTC: {{column: First treatment, as: date}}
          RFXENDTC: {{column: Last treatment, as: date}}
          DTHDTC: {{column: Death, as: date}}
{cohort}\
      # The day on which all criteria were met.
      - domain: DS
        filled: [Enrolled]
        set:
          USUBJID: {{column: Patient}}
          DSDECOD: ELIGIBILITY CRITERIA MET
          DSCAT: PROTOCOL MILESTONE
          DSSTDTC: {{column: Enrolled, as: date}}
      # The last day on which the patient was known to be alive censors overall survival.
      - domain: SS
        filled: [Last alive]
        set:
          USUBJID: {{column: Patient}}
          SSTESTCD: SURVSTAT
          SSTEST: Survival Status
          SSSTRESC: ALIVE
          SSDTC: {{column: Last alive, as: date}}
"""


def adverse_events(protocol: Protocol) -> str:
    """Rules of a list of adverse events."""
    del protocol  # the columns are those of every trial
    grades = {str(grade): str(grade) for grade in range(1, 6)}
    actions, outcomes = ({word: word for word in words} for words in (ACTIONS, OUTCOMES))
    return f"""\
  # adverse_events.csv, one row an event at its worst grade: Patient, Event, Term, Organ class,
  # Grade, Start, End, Serious, Related, Action, Outcome
  - file: adverse_events.csv
    make:
      - domain: AE
        set:
          USUBJID: {{column: Patient}}
          AETERM: {{column: Event}}
          AEDECOD: {{column: Term}}
          AEBODSYS: {{column: Organ class}}
          AETOXGR: {{column: Grade, terms: {written(grades)}}}
          AESTDTC: {{column: Start, as: date}}
          AEENDTC: {{column: End, as: date}}
          AESER: {{column: Serious, terms: {written(_YES_NO)}}}
          AEREL: {{column: Related, terms: {written(_RELATED)}}}
          AEACN: {{column: Action, terms: {written(actions)}}}
          AEOUT: {{column: Outcome, terms: {written(outcomes)}}}
"""


def labs(protocol: Protocol) -> str:
    """Rules of a list of laboratory values."""
    del protocol  # the columns are those of every trial
    codes = [code for code, one in ANALYTES.items() if one.domain == "LB"]
    tests = "".join(
        f"              {json.dumps(code)}: {json.dumps(code)}\n"
        for code in (*codes, "CEA", "CA199", "AFP")
    )
    return f"""\
  # labs.csv, one row a value with unit and limits as printed: Patient, Date, Test, Result, Unit,
  # Lower limit, Upper limit
  - file: labs.csv
    make:
      - domain: LB
        filled: [Result]
        set:
          USUBJID: {{column: Patient}}
          LBDTC: {{column: Date, as: date}}
          LBTESTCD:
            column: Test
            terms:  # what the laboratory calls it, and its code
{tests}\
          LBORRES: {{column: Result, as: result}}
          LBORRESU: {{column: Unit}}
          LBORNRLO: {{column: Lower limit, as: number}}
          LBORNRHI: {{column: Upper limit, as: number}}
"""
