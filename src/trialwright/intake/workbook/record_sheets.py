"""Layout of the sheets whose rows are records: patients, treatment, events, values, follow-up."""

from __future__ import annotations

from trialwright.intake.workbook.layout import (
    FOLLOW_UP,
    PATIENTS,
    RESPONSES,
    Field,
    SheetLayout,
    patient,
    visit_fields,
)
from trialwright.intake.workbook.lesion_sheets import (
    MEASUREMENTS_SHEET,
    READERS,
    SCANS_SHEET,
    YES_NO,
    lesions_sheet,
)
from trialwright.protocol.model import Protocol
from trialwright.safety.relation import ACTIONS
from trialwright.vocabulary.characteristics import CHARACTERISTICS
from trialwright.vocabulary.disposition import PROGRESSION_TERMS
from trialwright.vocabulary.laboratory import ANALYTES

#: Reasons to stop treatment or to leave the trial (CDISC codelist NCOMPLT).
REASONS = (
    *PROGRESSION_TERMS[:3], "ADVERSE EVENT", "DEATH", "COMPLETED", "LOST TO FOLLOW-UP",
    "WITHDRAWAL BY SUBJECT", "PHYSICIAN DECISION", "PROTOCOL DEVIATION", "PREGNANCY", "OTHER",
)  # fmt: skip
STOPPED, LEFT, OTHER = "TREATMENT STOPPED", "LEFT THE TRIAL", "OTHER"
ALIVE, DEAD = "ALIVE", "DEAD"
ALL_TREATMENT = "STUDY TREATMENT"
EVENT, PARTICIPATION = "DISPOSITION EVENT", "STUDY PARTICIPATION"
OUTCOMES = (
    "RECOVERED/RESOLVED", "RECOVERING/RESOLVING", "RECOVERED/RESOLVED WITH SEQUELAE",
    "NOT RECOVERED/NOT RESOLVED", "FATAL", "UNKNOWN",
)  # fmt: skip
_DISEASE = ("PRIMSITE", "RAS", "BRAF", "MSI", "HER2", "SYNCHRON", "LIVERBUR", "PRLINES", "PRBEV",
            "PREGFR", "PRPD1", "PRLOCAL", "CEA", "HBV", "CHILDP")  # fmt: skip


def layouts_of(protocol: Protocol) -> tuple[SheetLayout, ...]:
    """The sheets that are filled in, in the order of the workbook.

    Parameters
    ----------
    protocol
        Its regimen names the components, its cohorts the cohorts.
    """
    return (
        _patients(protocol),
        SCANS_SHEET,
        lesions_sheet(protocol),
        MEASUREMENTS_SHEET,
        _procedures(protocol),
        _doses(protocol),
        _events(protocol),
        _LABS,
        _VISITS,
        _follow_up(protocol),
        _NEW_THERAPY,
        _RESPONSES,
    )


def _patients(protocol: Protocol) -> SheetLayout:
    cohorts = tuple(one.id for one in protocol.cohorts or ())
    return SheetLayout(
        name=PATIENTS, domain="DM", required=True,
        title="One row for each patient who gave consent, screening failures too: nobody may vanish.",
        fields=(
            patient("A name without meaning outside of the trial, never the name of the patient. "
                    "Upper and lower case are the same."),
            Field(heading="Patient no.", name="SUBJID", width=12, note="Number at the site, if other."),
            Field(heading="Site", name="SITEID", width=8),
            Field(heading="Cohort", name="ARMCD", terms=cohorts,
                  width=14,
                  note="Cohort of the protocol." if cohorts else "Empty in a trial without cohorts."),
            Field(heading="Sex", name="SEX", terms=("M", "F", "U"), closed=True, width=6),
            Field(heading="Age (years)", name="AGE", kind="number", width=11, note="At consent."),
            Field(heading="Consent", name="RFICDTC", kind="date", width=12,
                  note="Date of informed consent."),
            Field(heading="Enrolled", name="enrolled", kind="date", width=12,
                  note="Day on which all criteria were met. Empty: not enrolled, or consent stands "
                  "in where nobody has a date (D-03)."),
            Field(heading="First treatment", name="RFXSTDTC", kind="date", width=14,
                  note="First dose or first study procedure, whichever came first; day 1 of the "
                  "patient (R-131)."),
            Field(heading="Last treatment", name="RFXENDTC", kind="date", width=14,
                  note="Empty while treatment goes on."),
            Field(heading="End of follow-up", name="RFENDTC", kind="date", width=15),
            Field(heading="Death", name="DTHDTC", kind="date", width=12,
                  note="YYYY-MM where the day is not known."),
            *_baseline(protocol),
        ),
    )  # fmt: skip


def _baseline(protocol: Protocol) -> tuple[Field, ...]:
    """Baseline characteristics: performance status always, those of the disease when it is solid."""
    said = protocol.model_dump_json(include={"population", "title", "analysis"}).upper()
    liver = any(word in said for word in ("LIVER", "HEPAT", "COLOREC", "COLON"))
    names = ("ECOG", *(_DISEASE if liver else ("PRIMSITE", "PRLINES", "PRPD1")))
    return tuple(
        Field(heading=CHARACTERISTICS[name], name=name, width=16,
              note="At baseline. Optional; a column without values is left out of the table.")
        for name in names
    )  # fmt: skip


def _components(protocol: Protocol, reach: frozenset[str] | None = None) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            one.name for one in protocol.regimen if reach is None or (one.reach or "") in reach
        )
    )


def _procedures(protocol: Protocol) -> SheetLayout:
    local = _components(protocol, frozenset({"liver", "lesion"}))
    return SheetLayout(
        name="Procedures", domain="PR",
        title="One row for each lesion and session of local treatment; surgery and radiotherapy "
        "outside of the protocol too.",
        fields=(
            patient(),
            Field(heading="Procedure", name="PRTRT", required=True, width=30,
                  terms=(*local, "STEREOTACTIC RADIOTHERAPY", "RESECTION")),
            Field(heading="Kind", name="PRCAT", required=True, width=32,
                  terms=("STUDY TREATMENT", "LOCAL THERAPY NOT PER PROTOCOL", "PRIOR LOCAL THERAPY"),
                  note="Not per protocol: a target is not evaluable from then on, and it counts as "
                  "a new therapy (R-029, R-103). Study treatment: the policy of the protocol (R-102, "
                  "R-104)."),
            Field(heading="Date", name="PRSTDTC", kind="date", required=True, width=12),
            Field(heading="Lesion", name="PRLNKID", width=9,
                  note="The lesion that was treated; needed for ablation and radiotherapy. No lesion "
                  "is guessed from the organ (R-141)."),
            Field(heading="Organ", name="PRLOC", width=16),
            Field(heading="Reason", name="PRINDC", width=18,
                  note="PALLIATIVE or PAIN for palliative radiotherapy (R-141)."),
            *visit_fields(),
        ),
    )  # fmt: skip


def _doses(protocol: Protocol) -> SheetLayout:
    units = tuple(dict.fromkeys(
        level.unit for one in protocol.regimen for level in one.dose or ()
    ))  # fmt: skip
    return SheetLayout(
        name="Doses", domain="EX",
        title="One row for each administration, or for each stretch of days with the same dose. A "
        "dose that was not given has no row.",
        fields=(
            patient(),
            Field(heading="Component", name="EXTRT", required=True, width=32,
                  terms=_components(protocol),
                  note="As in the protocol; the name of the drug where it was chosen for the patient."),
            Field(heading="Start", name="EXSTDTC", kind="date", required=True, width=12),
            Field(heading="End", name="EXENDTC", kind="date", width=12,
                  note="Last day of the stretch; for an infusion the same day."),
            Field(heading="Dose", name="EXDOSE", kind="number", width=9),
            Field(heading="Unit", name="EXDOSU", terms=units, width=10,
                  note="Of the dose given: mg, mg/kg, mg/m2."),
            Field(heading="Frequency", name="EXDOSFRQ", width=11, note="Q2W, Q3W, QD, BID ..."),
            Field(heading="Route", name="EXROUTE", width=16,
                  terms=("INTRAVENOUS", "ORAL", "SUBCUTANEOUS", "INTRA-ARTERIAL")),
            Field(heading="Why changed", name="EXADJ", width=18,
                  note="Only if the dose is not the planned one: ADVERSE EVENT ..."),
            *visit_fields(),
        ),
    )  # fmt: skip


def _events(protocol: Protocol) -> SheetLayout:
    relations = ("RELATED", "NOT RELATED")
    actions = tuple(ACTIONS)
    per_component = tuple(
        field
        for at, one in enumerate(protocol.regimen, start=1)
        for field in (
            Field(heading=f"Related to {one.name}", name=f"AEREL{at}", terms=YES_NO,
                  width=16),
            Field(heading=f"Action with {one.name}", name=f"AEACN{at}", terms=actions, width=18),
        )
    )  # fmt: skip
    return SheetLayout(
        name="Adverse events", domain="AE",
        title="One row for each event at its worst grade (CTCAE).",
        fields=(
            patient(),
            Field(heading="Event", name="AETERM", required=True, width=28,
                  note="In your words; one event a row."),
            Field(heading="Coded term", name="AEDECOD", width=28, note="MedDRA preferred term."),
            Field(heading="Organ class", name="AEBODSYS", width=26, note="MedDRA system organ class."),
            Field(heading="Grade", name="AETOXGR", kind="number", terms=("1", "2", "3", "4", "5"),
                  width=7, note="Worst grade, CTCAE. 5 is death."),
            Field(heading="Start", name="AESTDTC", kind="date", width=12,
                  note="YYYY-MM where the day is not known."),
            Field(heading="End", name="AEENDTC", kind="date", width=12, note="Empty: goes on."),
            Field(heading="Serious", name="AESER", terms=YES_NO, width=8),
            Field(heading="Related", name="AEREL", terms=relations, width=14,
                  note="To any part of the treatment (A-02)."),
            Field(heading="Action", name="AEACN", terms=actions, width=18,
                  note="With study treatment; MULTIPLE where the components differ."),
            *per_component,
            Field(heading="Outcome", name="AEOUT", terms=OUTCOMES, width=24),
            Field(heading="Category", name="AECAT", terms=("IMMUNE-RELATED",), width=16),
            Field(heading="Special interest", name="AESI", terms=YES_NO,
                  width=9, note="Y: of special interest (A-04)."),
            Field(heading="Dose limiting", name="DLT", terms=YES_NO,
                  width=9, note="Y: the investigator calls it dose limiting."),
        ),
    )  # fmt: skip


_TESTS = tuple(code for code, one in ANALYTES.items() if one.domain == "LB")
_LABS = SheetLayout(
    name="Labs", domain="LB",
    title="One row for each value, with the unit and the limits that the laboratory printed.",
    fields=(
        patient(),
        Field(heading="Date", name="LBDTC", kind="date", required=True, width=12),
        Field(heading="Test", name="LBTESTCD", required=True, terms=(*_TESTS, "CEA", "CA199", "AFP"),
              width=10, note="Code of the test; the sheet Lists has the names."),
        Field(heading="Result", name="LBORRES", kind="result", width=12,
              note="A number, or words such as <0.5, NEGATIVE, 2+."),
        Field(heading="Unit", name="LBORRESU", width=12, note="As printed: 10^9/L, g/L, U/L, umol/L."),
        Field(heading="Lower limit", name="LBORNRLO", kind="number", width=11),
        Field(heading="Upper limit", name="LBORNRHI", kind="number", width=11,
              note="Without it no grade of liver values can be given."),
        Field(heading="Specimen", name="LBSPEC", terms=("BLOOD", "URINE"), width=11),
        Field(heading="Not done", name="LBSTAT", terms=("NOT DONE",), closed=True,
              width=10),
        *visit_fields(),
    ),
)  # fmt: skip
_VISITS = SheetLayout(
    name="Visits", domain="SV",
    title="One row for each visit that took place: each one proves that the patient was alive.",
    fields=(
        patient(),
        Field(heading="Visit", name="VISIT", width=26),
        Field(heading="Visit no.", name="VISITNUM", kind="number", width=9),
        Field(heading="Date", name="SVSTDTC", kind="date", required=True, width=12),
        Field(heading="End", name="SVENDTC", kind="date", width=12),
    ),
)  # fmt: skip


def _follow_up(protocol: Protocol) -> SheetLayout:
    return SheetLayout(
        name=FOLLOW_UP, domain="",
        title="One row for each contact and for each end: alive, dead, treatment stopped (each "
        "component on its own row where they differ), left the trial.",
        fields=(
            patient(),
            Field(heading="Date", name="date", kind="date", required=True, width=12,
                  note="Of the contact or the event, not of the entry."),
            Field(heading="What", name="what", required=True, closed=True, width=20,
                  terms=(ALIVE, DEAD, STOPPED, LEFT, OTHER),
                  note="ALIVE moves the date on which overall survival is censored."),
            Field(heading="Why", name="DSDECOD", terms=REASONS, width=24,
                  note="Reason of a stop or of leaving. LOST TO FOLLOW-UP and WITHDRAWAL BY SUBJECT "
                  "belong to LEFT THE TRIAL (R-142)."),
            Field(heading="Of which treatment", name="DSSCAT", width=30,
                  terms=(ALL_TREATMENT, *_components(protocol)),
                  note="Empty: the whole study treatment."),
            Field(heading="In words", name="DSTERM", width=26),
            Field(heading="Kind", name="DSCAT", width=20, note="Only with OTHER."),
        ),
    )  # fmt: skip


_NEW_THERAPY = SheetLayout(
    name="New therapy", domain="CM",
    title="One row for each other medication that matters: each new therapy of the cancer above all.",
    fields=(
        patient(),
        Field(heading="Therapy", name="CMTRT", required=True, width=28),
        Field(heading="Kind", name="CMCAT", required=True, width=30,
              terms=("SUBSEQUENT CANCER THERAPY", "PRIOR CANCER THERAPY", "CONCOMITANT MEDICATION"),
              note="A subsequent cancer therapy ends the response and may censor progression-free "
              "survival (R-142, C-04). Local therapy of a lesion belongs to Procedures."),
        Field(heading="Start", name="CMSTDTC", kind="date", width=12,
              note="YYYY-MM where the day is not known."),
        Field(heading="End", name="CMENDTC", kind="date", width=12),
    ),
)  # fmt: skip
_RESPONSES = SheetLayout(
    name=RESPONSES, domain="RS",
    title="One row for each response that the reader gave, where lesions were not collected.",
    fields=(
        patient(),
        Field(heading="Visit no.", name="VISITNUM", kind="number", width=9),
        Field(heading="Visit", name="VISIT", width=20),
        Field(heading="Date", name="RSDTC", kind="date", required=True, width=12),
        Field(heading="Response of", name="RSTESTCD", required=True,
              terms=("OVRLRESP", "TRGRESP", "NTRGRESP", "NEWLIND"), width=12),
        Field(heading="Response", name="RSSTRESC", width=16,
              terms=("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "NED", "Y", "N")),
        Field(heading="Reader", name="reader", terms=READERS, width=20),
    ),
)  # fmt: skip
