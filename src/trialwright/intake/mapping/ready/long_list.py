"""Long list: one row a measurement."""

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
from trialwright.intake.mapping.ready.visits import baseline_name, visit_values
from trialwright.protocol.model import Protocol


def long_list(protocol: Protocol) -> str:
    """Rules of a sheet with one row for each lesion and visit."""
    first = baseline_name(protocol)
    return f"""\
  # measurements.csv, one row a lesion and visit: Patient, Visit, Scan date, Lesion, Kind (T, NT,
  # NEW), Organ (in every row of a target), Method, Result
  - file: measurements.csv
    make:
      # What each lesion is, seen on the baseline scan.
      - domain: TU
        when: {{Kind: {one_of([*TARGET, *NON_TARGET])}, Visit: {first}}}
        set:
          USUBJID: {{column: Patient}}
          TULNKID: {{column: Lesion}}
          TUTESTCD: TUMIDENT
          TUTEST: Tumor Identification
          TUORRES: {{column: Kind, terms: {written(TARGET | NON_TARGET)}}}
          TULOC: {{column: Organ, other: keep, terms: {written(ORGAN)}}}
          TUMETHOD: {{column: Method}}
          TUEVAL: INVESTIGATOR
{visit_values(protocol, "TU")}\
      # A new lesion, on the first scan that has a row of it.
      - domain: TU
        when: {{Kind: {one_of(NEW)}}}
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
{visit_values(protocol, "TU")}\
      # The size of each target; ND is a scan that did not show it.
      - domain: TR
        when: {{Kind: {one_of(TARGET)}}}
        set:
          USUBJID: {{column: Patient}}
          TRLNKID: {{column: Lesion}}
          TRTESTCD: {{column: Organ, terms: {written(AXIS)}}}
          TRORRES: {{column: Result, as: number, terms: {written(SIZE)}}}
          TRORRESU: mm  # cm, where the sheet has centimetres
          TRSTAT: {{column: Result, other: empty, terms: {written(NOT_DONE)}}}
          TRMETHOD: {{column: Method}}
          TREVAL: INVESTIGATOR
{visit_values(protocol, "TR")}\
{_states(protocol, "non-target", one_of(NON_TARGET), written(NON_TARGET_STATE))}\
{_states(protocol, "new lesion", one_of(NEW), written(NEW_STATE))}"""


def _states(protocol: Protocol, what: str, kinds: str, terms: str) -> str:
    return f"""\
      # The state of each {what}, in the words of RECIST 1.1.
      - domain: TR
        when: {{Kind: {kinds}}}
        set:
          USUBJID: {{column: Patient}}
          TRLNKID: {{column: Lesion}}
          TRTESTCD: TUMSTATE
          TRORRES: {{column: Result, terms: {terms}}}
          TRSTAT: {{column: Result, other: empty, terms: {written(NOT_DONE)}}}
          TRMETHOD: {{column: Method}}
          TREVAL: INVESTIGATOR
{visit_values(protocol, "TR")}"""
