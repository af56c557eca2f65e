"""Five targets: one row a patient and visit, a numbered field for each target."""

from __future__ import annotations

from trialwright.intake.mapping.ready.terms import (
    AXIS,
    NON_TARGET_STATE,
    NOT_DONE,
    ORGAN,
    SIZE,
    one_of,
    written,
)
from trialwright.intake.mapping.ready.visits import baseline_name, visit_values
from trialwright.protocol.model import Protocol

_NONE = one_of(["NONE", "NA", "无"])
_NO = one_of(["NO", "N", "0", "否", "无"])
_NEW = {
    "YES": "UNEQUIVOCAL", "Y": "UNEQUIVOCAL", "1": "UNEQUIVOCAL", "是": "UNEQUIVOCAL",
    "EQUIVOCAL": "EQUIVOCAL",
}  # fmt: skip


def five_targets(protocol: Protocol) -> str:
    """Rules of a form with five numbered targets, the state of all non-targets, and new lesions."""
    first = baseline_name(protocol)
    visit = {code: visit_values(protocol, code) for code in ("TU", "TR")}
    return f"""\
  # assessments.csv, one row a patient and visit: Patient, Visit, Scan date, Method, Target 1,
  # Target 1 organ (at {first}), ... Target 5, Target 5 organ, Non-target, Non-target organ,
  # New lesion, New lesion organ
  - file: assessments.csv
    id: assessments
    make:
      # The targets are those that are measured at {first}.
      - domain: TU
        when: {{Visit: {first}}}
        filled: [size]
        each_of: targets
        set:
          USUBJID: {{column: Patient}}
          TULNKID: {{column: lesion}}
          TUTESTCD: TUMIDENT
          TUTEST: Tumor Identification
          TUORRES: TARGET
          TULOC: {{column: organ, other: keep, terms: {written(ORGAN)}}}
          TUMETHOD: {{column: Method}}
          TUEVAL: INVESTIGATOR
{visit["TU"]}\
      # All non-targets are followed as one.
      - domain: TU
        when: {{Visit: {first}}}
        unless: {{Non-target: {_NONE}}}
        filled: [Non-target]
        set:
          USUBJID: {{column: Patient}}
          TULNKID: NT1
          TUTESTCD: TUMIDENT
          TUTEST: Tumor Identification
          TUORRES: NON-TARGET
          TULOC: {{column: Non-target organ, other: keep, terms: {written(ORGAN)}}}
          TUMETHOD: {{column: Method}}
          TUEVAL: INVESTIGATOR
{visit["TU"]}\
      # New lesions are followed as one, from the first visit with yes.
      - domain: TU
        unless: {{New lesion: {_NO}}}
        filled: [New lesion]
        once: [USUBJID, TULNKID]
        earliest: TUDTC
        set:
          USUBJID: {{column: Patient}}
          TULNKID: NEW1
          TUTESTCD: TUMIDENT
          TUTEST: Tumor Identification
          TUORRES: NEW
          TULOC: {{column: New lesion organ, other: keep, terms: {written(ORGAN)}}}
          TUMETHOD: {{column: Method}}
          TUEVAL: INVESTIGATOR
{visit["TU"]}\
      # The size of each target; its organ stands at {first}. ND is a scan that did not show it.
      - domain: TR
        filled: [size]
        each_of: targets
        set:
          USUBJID: {{column: Patient}}
          TRLNKID: {{column: lesion}}
          TRTESTCD:
            lookup: {{table: assessments, by: {{Patient: Patient, Visit: first}}, column: organ}}
            terms: {written(AXIS)}
          TRORRES: {{column: size, as: number, terms: {written(SIZE)}}}
          TRORRESU: mm  # cm, where the form has centimetres
          TRSTAT: {{column: size, other: empty, terms: {written(NOT_DONE)}}}
          TRMETHOD: {{column: Method}}
          TREVAL: INVESTIGATOR
{visit["TR"]}\
      - domain: TR
        unless: {{Non-target: {_NONE}}}
        filled: [Non-target]
        set:
          USUBJID: {{column: Patient}}
          TRLNKID: NT1
          TRTESTCD: TUMSTATE
          TRORRES: {{column: Non-target, terms: {written(NON_TARGET_STATE)}}}
          TRSTAT: {{column: Non-target, other: empty, terms: {written(NOT_DONE)}}}
          TRMETHOD: {{column: Method}}
          TREVAL: INVESTIGATOR
{visit["TR"]}\
      # Yes means a lesion that is new beyond doubt (R-047); EQUIVOCAL is the word for the others.
      - domain: TR
        unless: {{New lesion: {_NO}}}
        filled: [New lesion]
        set:
          USUBJID: {{column: Patient}}
          TRLNKID: NEW1
          TRTESTCD: TUMSTATE
          TRORRES: {{column: New lesion, terms: {written(_NEW)}}}
          TRMETHOD: {{column: Method}}
          TREVAL: INVESTIGATOR
{visit["TR"]}"""


def target_list(protocol: Protocol) -> str:
    """The list of the five fields."""
    first = baseline_name(protocol)
    lines = [
        f"    - {{columns: {{size: Target {at}, organ: Target {at} organ}}, "
        f"values: {{lesion: T{at}, first: {first}}}}}"
        for at in range(1, 6)
    ]
    return "\n".join(["lists:", "  targets:", *lines]) + "\n"
