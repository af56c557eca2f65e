"""SDTM domains that the product reads and writes: columns, labels, keys, which must be there.

Source: CDISC SDTM Implementation Guide 3.3 names and labels; required columns by recist11.md R-143.
All values are text when read; `kind` says what a value must look like when it is typed later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "number", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `required` columns must stand in the file, `filled` ones may not be empty."""

    name: str
    label: str
    kind: Kind = "text"
    required: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain with its columns in order; `optional` domains may be absent from a delivery."""

    code: str
    label: str
    columns: tuple[Column, ...]
    optional: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)


def _must(name: str, label: str, kind: Kind = "text") -> Column:
    return Column(name, label, kind, required=True, filled=True)


def _there(name: str, label: str, kind: Kind = "text") -> Column:
    return Column(name, label, kind, required=True)


def _domain(code: str, label: str, *columns: Column, optional: bool = True) -> Domain:
    head = (
        Column("STUDYID", "Study Identifier"),
        Column("DOMAIN", "Domain Abbreviation"),
        _must("USUBJID", "Unique Subject Identifier"),
    )
    sequence = () if code == "DM" else (Column(f"{code}SEQ", "Sequence Number", "number"),)
    return Domain(code, label, (*head, *sequence, *columns), optional)


_VISIT = (Column("VISIT", "Visit Name"),)
_READER = (Column("{}EVAL", "Evaluator"), Column("{}EVALID", "Evaluator Identifier"))


def _reader(code: str) -> tuple[Column, ...]:
    return tuple(Column(c.name.format(code), c.label) for c in _READER)


DM = _domain(
    "DM", "Demographics",
    Column("SUBJID", "Subject Identifier for the Study"),
    Column("RFSTDTC", "Subject Reference Start Date", "date"),
    Column("RFENDTC", "Subject Reference End Date", "date"),
    Column("RFXSTDTC", "Date of First Study Treatment", "date"),
    Column("RFXENDTC", "Date of Last Study Treatment", "date"),
    Column("RFICDTC", "Date of Informed Consent", "date"),
    Column("DTHDTC", "Date of Death", "date"),
    Column("DTHFL", "Subject Death Flag"),
    Column("SITEID", "Study Site Identifier"),
    Column("AGE", "Age", "number"),
    Column("AGEU", "Age Units"),
    Column("SEX", "Sex"),
    Column("ARMCD", "Planned Arm Code"),
    Column("ARM", "Description of Planned Arm"),
    optional=False,
)  # fmt: skip
TU = _domain(
    "TU", "Tumor/Lesion Identification",
    _must("TULNKID", "Link ID"),
    _must("TUTESTCD", "Tumor Identification Short Name"),
    Column("TUTEST", "Tumor Identification Test Name"),
    _there("TUORRES", "Tumor Identification Result"),
    Column("TUSTRESC", "Tumor Identification Result Std. Format"),
    Column("TUGRPID", "Group ID"),
    Column("TULOC", "Location of the Tumor"),
    Column("TULAT", "Laterality"),
    Column("TUMETHOD", "Method of Identification"),
    *_reader("TU"),
    _there("VISITNUM", "Visit Number", "number"), *_VISIT,
    _there("TUDTC", "Date of Tumor Identification", "date"),
    optional=False,
)  # fmt: skip
TR = _domain(
    "TR", "Tumor/Lesion Results",
    _must("TRLNKID", "Link ID"),
    _must("TRTESTCD", "Tumor Assessment Short Name"),
    Column("TRTEST", "Tumor Assessment Test Name"),
    _there("TRORRES", "Result or Finding in Original Units"),
    _there("TRORRESU", "Original Units"),
    Column("TRSTRESC", "Character Result in Std Format"),
    Column("TRSTRESN", "Numeric Result in Std Units", "number"),
    Column("TRSTRESU", "Standard Units"),
    _there("TRSTAT", "Completion Status"),
    Column("TRREASND", "Reason Not Done"),
    Column("TRMETHOD", "Method of Assessment"),
    *_reader("TR"),
    _there("VISITNUM", "Visit Number", "number"), *_VISIT,
    _there("TRDTC", "Date of Assessment", "date"),
    optional=False,
)  # fmt: skip
RS = _domain(
    "RS", "Disease Response",
    _must("RSTESTCD", "Response Assessment Short Name"),
    Column("RSTEST", "Response Assessment Name"),
    Column("RSCAT", "Category"),
    Column("RSORRES", "Response Assessment Original Result"),
    _there("RSSTRESC", "Response Assessment Result in Std Format"),
    Column("RSSTAT", "Completion Status"),
    Column("RSREASND", "Reason Not Done"),
    *_reader("RS"),
    Column("VISITNUM", "Visit Number", "number"), *_VISIT,
    _there("RSDTC", "Date of Response Assessment", "date"),
)  # fmt: skip
EX = _domain(
    "EX", "Exposure",
    _must("EXTRT", "Name of Treatment"),
    Column("EXDOSE", "Dose", "number"),
    Column("EXDOSU", "Dose Units"),
    Column("EXDOSFRQ", "Dosing Frequency per Interval"),
    Column("EXROUTE", "Route of Administration"),
    Column("EXADJ", "Reason for Dose Adjustment"),
    Column("VISITNUM", "Visit Number", "number"), *_VISIT,
    _must("EXSTDTC", "Start Date of Treatment", "date"),
    Column("EXENDTC", "End Date of Treatment", "date"),
)  # fmt: skip
PR = _domain(
    "PR", "Procedures",
    _must("PRTRT", "Reported Name of Procedure"),
    _there("PRCAT", "Category"),
    Column("PRSCAT", "Subcategory"),
    Column("PRINDC", "Indication"),
    Column("PRLNKID", "Link ID"),
    Column("PRLOC", "Location of Procedure"),
    Column("VISITNUM", "Visit Number", "number"), *_VISIT,
    _must("PRSTDTC", "Start Date of Procedure", "date"),
)  # fmt: skip
CM = _domain(
    "CM", "Concomitant/Prior Medications",
    _must("CMTRT", "Reported Name of Drug"),
    _there("CMCAT", "Category"),
    Column("CMSCAT", "Subcategory"),
    _there("CMSTDTC", "Start Date of Medication", "date"),
    Column("CMENDTC", "End Date of Medication", "date"),
)  # fmt: skip
AE = _domain(
    "AE", "Adverse Events",
    _must("AETERM", "Reported Term for the Adverse Event"),
    Column("AEDECOD", "Dictionary-Derived Term"),
    Column("AEBODSYS", "Body System or Organ Class"),
    _there("AETOXGR", "Standard Toxicity Grade"),
    Column("AESER", "Serious Event"),
    Column("AESDTH", "Results in Death"),
    Column("AESLIFE", "Is Life Threatening"),
    Column("AESHOSP", "Requires or Prolongs Hospitalization"),
    Column("AESDISAB", "Persist or Signif Disability/Incapacity"),
    Column("AESCONG", "Congenital Anomaly or Birth Defect"),
    Column("AESMIE", "Other Medically Important Serious Event"),
    Column("AEREL", "Causality"),
    Column("AEACN", "Action Taken with Study Treatment"),
    Column("AEOUT", "Outcome of Adverse Event"),
    Column("AECAT", "Category"),
    _there("AESTDTC", "Start Date of Adverse Event", "date"),
    Column("AEENDTC", "End Date of Adverse Event", "date"),
)  # fmt: skip
DS = _domain(
    "DS", "Disposition",
    Column("DSTERM", "Reported Term for the Disposition Event"),
    _must("DSDECOD", "Standardized Disposition Term"),
    Column("DSCAT", "Category"),
    Column("DSSCAT", "Subcategory"),
    _must("DSSTDTC", "Start Date of Disposition Event", "date"),
)  # fmt: skip
SS = _domain(
    "SS", "Subject Status",
    _must("SSTESTCD", "Status Short Name"),
    Column("SSTEST", "Status Name"),
    Column("SSORRES", "Result"),
    _there("SSSTRESC", "Result in Std Format"),
    Column("VISITNUM", "Visit Number", "number"), *_VISIT,
    _must("SSDTC", "Date of Assessment", "date"),
)  # fmt: skip
SV = _domain(
    "SV", "Subject Visits",
    Column("VISITNUM", "Visit Number", "number"), *_VISIT,
    _must("SVSTDTC", "Start Date of Visit", "date"),
    Column("SVENDTC", "End Date of Visit", "date"),
)  # fmt: skip
LB = _domain(
    "LB", "Laboratory Test Results",
    _must("LBTESTCD", "Lab Test Short Name"),
    Column("LBTEST", "Lab Test Name"),
    Column("LBORRES", "Result in Original Units"),
    Column("LBORRESU", "Original Units"),
    Column("LBORNRLO", "Reference Range Lower Limit in Orig Unit", "number"),
    Column("LBORNRHI", "Reference Range Upper Limit in Orig Unit", "number"),
    Column("LBSTRESC", "Character Result in Std Format"),
    Column("LBSTRESN", "Numeric Result in Standard Units", "number"),
    Column("LBSTRESU", "Standard Units"),
    Column("LBSTNRLO", "Reference Range Lower Limit", "number"),
    Column("LBSTNRHI", "Reference Range Upper Limit", "number"),
    Column("LBNRIND", "Reference Range Indicator"),
    Column("LBSTAT", "Completion Status"),
    Column("LBREASND", "Reason Not Done"),
    Column("LBSPEC", "Specimen Type"),
    Column("LBFAST", "Fasting Status"),
    Column("VISITNUM", "Visit Number", "number"), *_VISIT,
    _must("LBDTC", "Date of Specimen Collection", "date"),
)  # fmt: skip
VS = _domain(
    "VS", "Vital Signs",
    _must("VSTESTCD", "Vital Signs Test Short Name"),
    Column("VSTEST", "Vital Signs Test Name"),
    Column("VSORRES", "Result in Original Units"),
    Column("VSORRESU", "Original Units"),
    Column("VSSTRESN", "Numeric Result in Standard Units", "number"),
    Column("VSSTRESU", "Standard Units"),
    Column("VSSTAT", "Completion Status"),
    Column("VISITNUM", "Visit Number", "number"), *_VISIT,
    _must("VSDTC", "Date of Measurements", "date"),
)  # fmt: skip
EG = _domain(
    "EG", "ECG Test Results",
    _must("EGTESTCD", "ECG Test Short Name"),
    Column("EGTEST", "ECG Test Name"),
    Column("EGORRES", "Result in Original Units"),
    Column("EGORRESU", "Original Units"),
    Column("EGSTRESN", "Numeric Result in Standard Units", "number"),
    Column("EGSTRESU", "Standard Units"),
    Column("EGSTAT", "Completion Status"),
    Column("VISITNUM", "Visit Number", "number"), *_VISIT,
    _must("EGDTC", "Date of ECG", "date"),
)  # fmt: skip
TS = Domain(
    "TS", "Trial Summary",
    (
        Column("STUDYID", "Study Identifier"),
        Column("DOMAIN", "Domain Abbreviation"),
        Column("TSSEQ", "Sequence Number", "number"),
        _must("TSPARMCD", "Trial Summary Parameter Short Name"),
        Column("TSPARM", "Trial Summary Parameter"),
        _there("TSVAL", "Parameter Value"),
    ),
)  # fmt: skip

RELREC = Domain(
    "RELREC", "Related Records",
    (
        Column("STUDYID", "Study Identifier"),
        _must("RDOMAIN", "Related Domain Abbreviation"),
        Column("USUBJID", "Unique Subject Identifier"),
        _must("IDVAR", "Identifying Variable"),
        _there("IDVARVAL", "Identifying Variable Value"),
        Column("RELTYPE", "Relationship Type"),
        _must("RELID", "Relationship Identifier"),
    ),
)  # fmt: skip


def _supp(parent: str) -> Domain:
    """Supplemental qualifiers; IDVAR is empty for DM, which has no sequence number."""
    return Domain(
        f"SUPP{parent}",
        f"Supplemental Qualifiers for {parent}",
        (
            Column("STUDYID", "Study Identifier"),
            Column("RDOMAIN", "Related Domain Abbreviation"),
            _must("USUBJID", "Unique Subject Identifier"),
            _there("IDVAR", "Identifying Variable"),
            _there("IDVARVAL", "Identifying Variable Value"),
            _must("QNAM", "Qualifier Variable Name"),
            Column("QLABEL", "Qualifier Variable Label"),
            _there("QVAL", "Data Value"),
        ),
    )


#: Parents whose supplemental qualifiers are read; each qualifier becomes a column of the parent.
SUPPLEMENTED = (
    "DM", "TU", "TR", "RS", "EX", "PR", "CM", "AE", "DS", "SS", "SV", "LB", "VS", "EG",
)  # fmt: skip
#: Labels of the supplemental qualifiers that the rules name (recist11.md section 14).
QUALIFIER_LABELS: dict[str, str] = {
    "SLICEMM": "Slice Thickness (mm)",
    "BONETYPE": "Type of Bone Lesion",
    "PRIORLOC": "Prior Local Therapy of the Lesion",
    "PROGLOC": "Progression After Prior Local Therapy",
    "NOBLSCAN": "Region Not Scanned at Baseline",
    "PREEXIST": "Site Known at Baseline",
    "TSTM": "Too Small to Measure",
    "MERGEDTO": "Lesion Merged Into",
    "PDREAS": "Reason of Unequivocal Progression",
    "NEREAS": "Argument for Response, Lesion Missing",
    "TULNKID": "Lesion That Was Treated",
    "MARGINMM": "Distance From the Ablation Margin (mm)",
    "COHORT": "Cohort Identifier",
    "ENHPAT": "Arterial Enhancement of the Lesion",
    "WASHOUT": "Arterial Enhancement With Washout",
    "CYTOLOGY": "Cytology of the Effusion",
    "SYMPTOM": "Symptoms With the Laboratory Result",
    "TREATED": "Treated for the Laboratory Result",
    "ANTICOAG": "On Anticoagulant",
    "AESI": "Adverse Event of Special Interest",
    "DLT": "Dose-Limiting Toxicity",
    "AESTER": "Systemic Steroids Given for the Event",
    "PROTDEV": "Major Protocol Deviation With Effect",
}

#: Start and end of the records of a domain.
SPANS: dict[str, tuple[str, str]] = {
    "EX": ("EXSTDTC", "EXENDTC"),
    "CM": ("CMSTDTC", "CMENDTC"),
    "AE": ("AESTDTC", "AEENDTC"),
    "SV": ("SVSTDTC", "SVENDTC"),
}

SDTM: dict[str, Domain] = {
    domain.code: domain
    for domain in (
        DM, TU, TR, RS, EX, PR, CM, AE, DS, SS, SV, LB, VS, EG, TS, RELREC, *(_supp(p) for p in SUPPLEMENTED),
    )
}  # fmt: skip
