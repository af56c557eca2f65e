"""Layout of the sheets about scans and lesions, with the RECIST choice at each column."""

from __future__ import annotations

from dataclasses import replace

from trialwright.intake.workbook.layout import (
    LESIONS,
    MEASUREMENTS,
    SCANS,
    Field,
    SheetLayout,
    patient,
)
from trialwright.protocol.model import Protocol
from trialwright.vocabulary.recist import LONG_AXIS_TESTS, SHORT_AXIS_TESTS, VIABLE_TESTS

YES = ("Y",)
YES_NO = ("Y", "N")
ROLES = ("TARGET", "NON-TARGET", "NEW")
#: What became of a lesion, with the TUTESTCD that says so; nothing said is TUMIDENT.
CHANGES = {"SPLIT FROM": "TUSPLIT", "MERGED INTO": "TUMERGE"}
READERS = (
    "INVESTIGATOR", "INDEPENDENT ASSESSOR: RADIOLOGIST 1", "INDEPENDENT ASSESSOR: RADIOLOGIST 2",
    "INDEPENDENT ASSESSOR: ADJUDICATOR",
)  # fmt: skip
ORGANS = (
    "LIVER", "LUNG", "LYMPH NODE, MEDIASTINAL", "LYMPH NODE, RETROPERITONEAL",
    "LYMPH NODE, HEPATIC HILUM", "LYMPH NODE, OTHER", "BONE", "PERITONEUM", "PLEURA", "ADRENAL GLAND",
    "BRAIN", "KIDNEY", "SPLEEN", "OVARY", "SOFT TISSUE", "SKIN",
)  # fmt: skip
METHODS = ("CT SCAN", "MRI", "PET/CT SCAN", "CALIPER", "X-RAY", "ULTRASOUND")
TESTS = (LONG_AXIS_TESTS[0], SHORT_AXIS_TESTS[0], VIABLE_TESTS[0], "TUMSTATE", "LNSTATE")
#: Words that the cells of the measurements offer; others of the input form are read as well.
STATES = (
    "ABSENT", "TOO SMALL TO MEASURE", "NE", "NOT DONE: NOT IMAGED", "NOT DONE: IMAGE ARTEFACT",
    "PRESENT", "INCREASED", "EQUIVOCAL PROGRESSION", "UNEQUIVOCAL PROGRESSION", "EQUIVOCAL",
    "UNEQUIVOCAL", "MERGED: T01",
)  # fmt: skip

_READER = Field(
    heading="Reader", name="reader", terms=READERS, width=20,
    note="Who read the scan; empty is INVESTIGATOR. A second reader has rows of his or her own, "
    "the same lesion names may mean other lesions there (R-130).",
)  # fmt: skip

_ABLATED = (
    "A lesion that the study will ablate is NON-TARGET: its scar is not a response, and is PRESENT "
    "while it is seen (R-104)."
)

SCANS_SHEET = SheetLayout(
    name=SCANS, domain="", required=True,
    title="One row for each scan day of a patient. A visit of two days has two rows: name the "
    "lesions of the second one.",
    fields=(
        patient(),
        Field(heading="Visit no.", name="VISITNUM", kind="number", required=True, width=9,
              note="1 is the baseline, the next ones stand on the sheet Calendar. An unscheduled "
              "scan has a decimal: 2.1 comes after visit 2 (R-131)."),
        Field(heading="Visit", name="VISIT", width=22,
              note="Name of the visit; empty takes the name of the Calendar."),
        Field(heading="Scan date", name="scan_date", kind="date", required=True, width=12,
              note="The day on which the patient was scanned, not that of the report. The date of "
              "progression comes from here (R-131)."),
        Field(heading="Lesions", name="lesions", width=18,
              note="Only where a visit took more than one day: lesions seen on this day, with "
              "commas (T03, NT02). Empty: all others of the visit (R-059)."),
        Field(heading="Method", name="method", terms=METHODS, width=14,
              note="The same method at each visit; a change is flagged (R-014). Ultrasound does "
              "not measure (R-007)."),
        Field(heading="Slice (mm)", name="SLICEMM", kind="number", width=10,
              note="Slice thickness. Above 5 mm the smallest measurable lesion is twice the slice "
              "(R-001)."),
        Field(heading="Reader", name="reader", terms=READERS, width=20,
              note="Only where readers used other scan days: whose day this is. Empty: of all."),
    ),
)  # fmt: skip

LESIONS_SHEET = SheetLayout(
    name=LESIONS, domain="TU", required=True,
    title="One row for each lesion: targets and non-targets at baseline, new lesions when they are "
    "first seen. A lesion that splits or merges later gets one more row.",
    fields=(
        patient(),
        Field(heading="Lesion", name="TULNKID", required=True, width=9,
              note="A name that the lesion keeps: T01, NT01, NEW01. A fragment of T01 is T01.1 "
              "(R-137)."),
        Field(heading="Role", name="TUORRES", wanted=True, terms=ROLES,
              width=13,
              note="TARGET: at most 5, at most 2 an organ, at least 10 mm, nodes at least 15 mm "
              "short axis (R-001, R-003, R-009). NON-TARGET: all other disease at baseline (R-011)."),
        Field(heading="Organ", name="TULOC", terms=ORGANS, wanted=True, width=26,
              note="A lymph node must be called LYMPH NODE: then the short axis counts (R-003, "
              "R-132). All nodes together are one organ (R-009)."),
        Field(heading="Side", name="TULAT", terms=("LEFT", "RIGHT", "BILATERAL"), width=10,
              note="Paired organs are one organ (R-009)."),
        Field(heading="Visit no.", name="VISITNUM", kind="number", width=9,
              note="Visit at which the lesion was identified. Empty: baseline, visit 1. A new "
              "lesion: the visit of its first sight (R-140)."),
        Field(heading="What happened", name="change", terms=tuple(CHANGES),
              closed=True, width=14,
              note="Empty: identified. SPLIT FROM: one row a fragment, their lengths are summed "
              "(R-025). MERGED INTO: write MERGED: T01 into the measurements of this lesion "
              "(R-026)."),
        Field(heading="Other lesion", name="TUGRPID", width=12,
              note="The lesion that this one was split from or merged into (R-137, R-138)."),
        _READER,
        Field(heading="Treated before", name="PRIORLOC", width=14,
              note="Local therapy of this lesion before the trial (SBRT, RFA, TACE ...). It may be "
              "a target only if it has grown since (R-008, R-100)."),
        Field(heading="Grown since", name="PROGLOC", terms=YES_NO, closed=True, width=12,
              note="Y: progression after that local therapy was shown (R-008)."),
        Field(heading="Bone lesion", name="BONETYPE", terms=("BLASTIC", "LYTIC", "MIXED"), width=12,
              note="A blastic lesion is never measurable; a lytic one only by its soft tissue "
              "(R-004, R-005)."),
        Field(heading="Region not scanned", name="NOBLSCAN", terms=YES, closed=True,
              width=13, note="Y: the region was not scanned at baseline; the lesion is new all the "
              "same (R-044)."),
        Field(heading="Known on CT", name="PREEXIST", terms=YES_NO, closed=True,
              width=12, note="Y for a PET finding where CT showed disease at baseline: no new "
              "lesion (R-048)."),
        Field(heading="Date", name="TUDTC", kind="date", width=12,
              note="Only if it is not the scan date of the visit."),
        Field(heading="Method", name="TUMETHOD", terms=METHODS, width=14,
              note="Only if it is not the method of the scan."),
    ),
)  # fmt: skip


def lesions_sheet(protocol: Protocol) -> SheetLayout:
    """The sheet of lesions; where the study ablates lesions, the note says what their role is."""
    ablates = any(one.reach == "lesion" for one in protocol.regimen)
    if not ablates or protocol.response.ablated_lesions not in (None, "exclude"):
        return LESIONS_SHEET
    fields = tuple(
        replace(one, note=f"{one.note} {_ABLATED}") if one.name == "TUORRES" else one
        for one in LESIONS_SHEET.fields
    )
    return replace(LESIONS_SHEET, fields=fields)


MEASUREMENTS_SHEET = SheetLayout(
    name=MEASUREMENTS, domain="TR", required=True,
    title="One row for each lesion, one column for each visit. Millimetres, or a word. Leave the "
    "cell empty when the visit did not take place.",
    fields=(
        patient(),
        Field(heading="Lesion", name="TRLNKID", required=True, width=9,
              note="As on the sheet Lesions."),
        Field(heading="Measured", name="TRTESTCD", terms=TESTS, width=10,
              note="Empty: a number is the longest diameter, of a lymph node the SHORT axis (R-133);"
              " a word is the state of the lesion. LPERP short axis, LDIAM longest diameter, VLDIAM "
              "viable part (mRECIST)."),
        Field(heading="Unit", name="TRORRESU", terms=("mm", "cm"), closed=True, width=6,
              note="Empty: mm."),
        _READER,
    ),
)  # fmt: skip

#: Comment at the heading of each visit column.
VISIT_NOTE = (
    "Number in mm: longest diameter, node short axis (R-020). Gone: 0. Too small to measure: TOO "
    "SMALL TO MEASURE, counted as 5 mm (R-022). Not assessable: NE, or NOT DONE: and why (R-136); "
    "never carry a value forward (R-028).\n"
    "Non-target: ABSENT, PRESENT, INCREASED, UNEQUIVOCAL PROGRESSION: and why (R-041). New lesion: "
    "EQUIVOCAL, UNEQUIVOCAL, ABSENT (R-140).\n"
    "Ablated or irradiated: go on measuring; the row on the sheet Procedures says what counts "
    "(R-102 to R-104)."
)
