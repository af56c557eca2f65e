"""The columns of the files of truth, explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TruthFile:
    """One file: what a row is, and what its columns hold."""

    row: str
    columns: Mapping[str, str]


_WHO = {"USUBJID": "The subject, as in the datasets."}
_SCAN = {
    "VISITNUM": "Visit of the scan, as in TR.",
    "VISIT": "Its name.",
}
FILES: dict[str, TruthFile] = {
    "subjects.csv": TruthFile(
        "One subject.",
        _WHO
        | {
            "COHORT": "Cohort of the scenario.",
            "TREATED": "Y if treatment began.",
            "RESPONDER": "Y if the tumours respond, seen or not.",
            "TRUEPDDT": "Day on which progression begins, seen or not, beyond the cut-off too.",
            "TRUEPDSIGN": "Its first sign: NEW LESION, TARGET GROWTH, NON-TARGET GROWTH, or LOCAL "
            "PROGRESSION at an ablated lesion.",
            "TRUEDTHDT": "Day of death, beyond the cut-off too; empty for nobody's lifetime.",
            "DROPOUTDT": "Day of leaving the study before cut-off and death.",
            "DROPOUT": "Why.",
            "PDKNOWNDT": "Scan on which progression was known and treatment ended.",
            "READBOR": "Best overall response of the scans as read, unconfirmed.",
            "READCBOR": "The same, confirmed as the protocol says.",
            "TRUEBOR": "Best overall response of the same scans without error, unconfirmed.",
            "TRUECBOR": "The same, confirmed.",
        },
    ),
    "responses.csv": TruthFile(
        "One scan of a subject after baseline.",
        _WHO
        | {"SCAN": "Number of the scan, from 1."}
        | _SCAN
        | {
            "READ": "Response of the scan as read: what a derivation of the datasets should give.",
            "READDT": "Its date by the rules of the protocol.",
            "TRUE": "Response of the same scan if every lesion were seen and measured without "
            "error, and nothing were doubtful.",
            "TRUEDT": "Its date.",
        },
    ),
    "lesions.csv": TruthFile(
        "One lesion on one scan.",
        _WHO
        | {
            "LNKID": "The lesion, as in TU and TR.",
            "ROLE": "TARGET, NON-TARGET or NEW.",
            "LOC": "Organ.",
        }
        | _SCAN
        | {
            "DATE": "Day of the scan of the lesion.",
            "TRUEMM": "True diameter of a target in mm; 0.0 below 2 mm, at least what is measurable "
            "at baseline.",
            "READMM": "Diameter as read; 5.0 for one too small to measure (R-022).",
            "TRUESTATE": "Of other lesions: PRESENT, ABSENT or PROGRESSION.",
            "READSTATE": "State as read.",
            "SHOWN": "N if the scan did not show the lesion.",
        },
    ),
}


def explanation() -> str:
    """What each file and column holds, as Markdown."""
    lines = [
        "# The truth of a simulated trial",
        "",
        "What nobody in the trial could know. These files are no data of the trial: nothing that",
        "reads the datasets reads them.",
    ]
    for name, file in FILES.items():
        lines += ["", f"## {name}", "", file.row, "", "| Column | Holds |", "|---|---|"]
        lines += [f"| {column} | {text} |" for column, text in file.columns.items()]
    return "\n".join(lines) + "\n"
