"""Lesions by visit: one row a lesion, two columns a visit."""

from __future__ import annotations

from trialwright.intake.mapping.ready.terms import (
    AXIS,
    NEW,
    NEW_STATE,
    NON_TARGET,
    NON_TARGET_STATE,
    NOT_DONE,
    ORGAN,
    SIZE,
    TARGET,
    one_of,
    written,
)
from trialwright.intake.mapping.ready.visits import baseline_name
from trialwright.intake.workbook.calendar import BASELINE
from trialwright.protocol.model import Protocol


def by_visit(protocol: Protocol) -> str:
    """Rules of a sheet with one row a lesion and, for each visit, a result and its date."""
    first = baseline_name(protocol)
    return f"""\
  # lesions.csv: Patient, Lesion, Kind (T, NT, NEW), Organ, Method, then for each visit its result
  # and its date: {first}, {first} date, ... For a sheet of a workbook: file: lesions.xlsx, and a
  # line sheet: Lesions
  - file: lesions.csv
    fill_down: [Patient]  # an empty cell means the patient above
    make:
      # What each lesion is, seen on the baseline scan.
      - domain: TU
        when: {{Kind: {one_of([*TARGET, *NON_TARGET])}}}
        set:
          USUBJID: {{column: Patient}}
          TULNKID: {{column: Lesion}}
          TUTESTCD: TUMIDENT
          TUTEST: Tumor Identification
          TUORRES: {{column: Kind, terms: {written(TARGET | NON_TARGET)}}}
          TULOC: {{column: Organ, other: keep, terms: {written(ORGAN)}}}
          TUMETHOD: {{column: Method}}
          TUEVAL: INVESTIGATOR
          VISITNUM: "{BASELINE}"
          VISIT: {first}
          TUDTC: {{column: {first} date, as: date}}
      # A new lesion, at the first scan with something in its row.
      - domain: TU
        when: {{Kind: {one_of(NEW)}}}
        filled: [result]
        each_of: scans
        once: [USUBJID, TULNKID]
        earliest: TUDTC
        set:
          USUBJID: {{column: Patient}}
          TULNKID: {{column: Lesion}}
          TUTESTCD: TUMIDENT
          TUTEST: Tumor Identification
          TUORRES: NEW
          TULOC: {{column: Organ, other: keep, terms: {written(ORGAN)}}}
          TUMETHOD: {{column: Method}}
          TUEVAL: INVESTIGATOR
          VISITNUM: {{column: number}}
          VISIT: {{column: name}}
          TUDTC: {{column: date, as: date}}
      # The size of each target at each visit; ND is a scan that did not show it.
      - domain: TR
        when: {{Kind: {one_of(TARGET)}}}
        filled: [result]
        each_of: scans
        set:
          USUBJID: {{column: Patient}}
          TRLNKID: {{column: Lesion}}
          TRTESTCD: {{column: Organ, terms: {written(AXIS)}}}
          TRORRES: {{column: result, as: number, terms: {written(SIZE)}}}
          TRORRESU: mm  # cm, where the sheet has centimetres
          TRSTAT: {{column: result, other: empty, terms: {written(NOT_DONE)}}}
          TRMETHOD: {{column: Method}}
          TREVAL: INVESTIGATOR
          VISITNUM: {{column: number}}
          VISIT: {{column: name}}
          TRDTC: {{column: date, as: date}}
{_states("non-target", one_of(NON_TARGET), written(NON_TARGET_STATE))}\
{_states("new lesion", one_of(NEW), written(NEW_STATE))}"""


def _states(what: str, kinds: str, terms: str) -> str:
    return f"""\
      # The state of each {what} at each visit, in the words of RECIST 1.1.
      - domain: TR
        when: {{Kind: {kinds}}}
        filled: [result]
        each_of: scans
        set:
          USUBJID: {{column: Patient}}
          TRLNKID: {{column: Lesion}}
          TRTESTCD: TUMSTATE
          TRORRES: {{column: result, terms: {terms}}}
          TRSTAT: {{column: result, other: empty, terms: {written(NOT_DONE)}}}
          TRMETHOD: {{column: Method}}
          TREVAL: INVESTIGATOR
          VISITNUM: {{column: number}}
          VISIT: {{column: name}}
          TRDTC: {{column: date, as: date}}
"""
