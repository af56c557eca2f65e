"""ADaM datasets that the product writes: columns in order, labels, types, keys.

A label has at most 40 characters: the transport format holds no more.
Source: CDISC ADaM Implementation Guide 1.3 names; `RULEID` and the `SRC` columns carry the reason
of each record (rule ids of the domain rules, source domain and sequence numbers).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

AdamKind: TypeAlias = Literal["text", "integer", "float", "date"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable: name, label, type."""

    name: str
    label: str
    kind: AdamKind = "text"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset: variables in order and the key by which its records are unique and sorted."""

    name: str
    label: str
    keys: tuple[str, ...]
    variables: tuple[Variable, ...]


def _v(name: str, label: str, kind: AdamKind = "text") -> Variable:
    return Variable(name, label, kind)


_SUBJECT = (_v("STUDYID", "Study Identifier"), _v("USUBJID", "Unique Subject Identifier"))
_REASON = (
    _v("RULEID", "Rules That Decided"),
    _v("REASON", "Reason in Words"),
    _v("SRCDOM", "Source Domain"),
    _v("SRCSEQ", "Source Sequence Numbers"),
)

ADSL = Dataset(
    "ADSL", "Subject-Level Analysis Dataset", ("USUBJID",),
    (
        *_SUBJECT,
        _v("SUBJID", "Subject Identifier for the Study"),
        _v("AGE", "Age", "integer"),
        _v("SEX", "Sex"),
        _v("ARMCD", "Planned Arm Code"),
        _v("ARM", "Description of Planned Arm"),
        _v("COHORT", "Cohort Identifier"),
        _v("RFICDT", "Date of Informed Consent", "date"),
        _v("ENRLDT", "Date of Enrolment", "date"),
        _v("TRTSDT", "Date of First Treatment or Procedure", "date"),
        _v("FDOSEDT", "Date of First Dose of a Drug", "date"),
        _v("FPROCDT", "Date of First Study Procedure", "date"),
        _v("TRTEDT", "Date of Last Treatment", "date"),
        _v("EOTDT", "Date Treatment Was Stopped", "date"),
        _v("EOTREAS", "Reason Treatment Was Stopped"),
        _v("NACTDT", "Start of New Anticancer Therapy", "date"),
        _v("NACTDTF", "Imputation Flag of NACTDT"),
        _v("WDRAWDT", "Date of Withdrawal of Consent", "date"),
        _v("LOSTDT", "Date Lost to Follow-up", "date"),
        _v("CLPDDT", "Date Stopped for Progression", "date"),
        _v("DTHDT", "Date of Death", "date"),
        _v("DTHDTF", "Imputation Flag of DTHDT"),
        _v("DTHCAUS", "Cause of Death"),
        _v("LSTALVDT", "Date Last Known Alive", "date"),
        _v("DCUTDT", "Data Cut-off", "date"),
        _v("SCRNFL", "Screened (Consent Signed)"),
        _v("ENRLFL", "Enrolled"),
        _v("FASFL", "Full Analysis Set"),
        _v("SAFFL", "Safety Set"),
        _v("MEASFL", "Measurable Disease at Baseline"),
        _v("EFFFL", "Efficacy Evaluable Set"),
        _v("PPROTFL", "Per-Protocol Set"),
        _v("DLTEVLFL", "Evaluable for Dose-Limiting Toxicity"),
        _v("SETREAS", "Why Not in a Set"),
        _v("DLTREAS", "Why Not Evaluable for DLT"),
        _v("TTEREAS", "Times to Event That Do Not Apply, Why"),
        _v("TARGETN", "Target Lesions at Baseline", "integer"),
        _v("SODBL", "Baseline Sum of Diameters (mm)", "float"),
        _v("ORGANS", "Organs With Disease at Baseline"),
    ),
)  # fmt: skip
ADTR = Dataset(
    "ADTR", "Tumour Measurements", ("USUBJID", "PARAMCD", "TRLNKID", "AVISITN", "EVAL", "EVALID"),
    (
        *_SUBJECT,
        _v("EVAL", "Evaluator"),
        _v("EVALID", "Single Reader (Empty: One That Counts)"),
        _v("PARAMCD", "Parameter Code"),
        _v("PARAM", "Parameter"),
        _v("TRLNKID", "Lesion Identifier"),
        _v("ROLE", "Role of the Lesion"),
        _v("TRLOC", "Location of the Lesion"),
        _v("AVISITN", "Time Point (0 Is Baseline)", "integer"),
        _v("AVISIT", "Visit Name"),
        _v("ADT", "Date of Scan", "date"),
        _v("ADY", "Study Day", "integer"),
        _v("AVAL", "Value (mm)", "float"),
        _v("AVALC", "State"),
        _v("BASE", "Baseline Value (mm)", "float"),
        _v("CHG", "Change from Baseline (mm)", "float"),
        _v("PCHG", "Percent Change from Baseline", "float"),
        _v("NADIR", "Smallest Earlier Sum (mm)", "float"),
        _v("CHGNAD", "Change from Nadir (mm)", "float"),
        _v("PCHGNAD", "Percent Change from Nadir", "float"),
        *_REASON,
    ),
)  # fmt: skip
ADRS = Dataset(
    "ADRS", "Tumour Response", ("USUBJID", "PARAMCD", "AVISITN", "EVAL", "EVALID"),
    (
        *_SUBJECT,
        _v("EVAL", "Evaluator"),
        _v("EVALID", "Single Reader (Empty: One That Counts)"),
        _v("PARAMCD", "Parameter Code"),
        _v("PARAM", "Parameter"),
        _v("AVISITN", "Time Point", "integer"),
        _v("AVISIT", "Visit Name"),
        _v("ADT", "Date", "date"),
        _v("ADY", "Study Day", "integer"),
        _v("AVALC", "Response"),
        _v("TRGRESP", "Target Response"),
        _v("NTRGRESP", "Non-target Response"),
        _v("NEWLFL", "Unequivocal New Lesion"),
        _v("ASREAD", "Response as First Read"),
        _v("POSTPDFL", "After Progression"),
        _v("ANL01FL", "Counts for Best Overall Response"),
        _v("UNCONFFL", "Unconfirmed Response Pending"),
        _v("WHATIF", "What Would Change It"),
        *_REASON,
    ),
)  # fmt: skip
ADTTE = Dataset(
    "ADTTE", "Time to Event", ("USUBJID", "PARAMCD"),
    (
        *_SUBJECT,
        _v("PARAMCD", "Parameter Code"),
        _v("PARAM", "Parameter"),
        _v("STARTDT", "Origin", "date"),
        _v("ADT", "Date of Event or Censoring", "date"),
        _v("AVAL", "Time (days)", "integer"),
        _v("CNSR", "Censored (0 Event, 1 Censored)", "integer"),
        _v("EVNTDESC", "Event or Censoring Description"),
        _v("CNSDTDSC", "Censoring Date Description"),
        _v("LEFTDT", "Left End of the Interval", "date"),
        _v("LEFTVAL", "Time to the Left End (days)", "integer"),
        *_REASON,
    ),
)  # fmt: skip
ADAE = Dataset(
    "ADAE", "Adverse Events", ("USUBJID", "AESEQ"),
    (
        *_SUBJECT,
        _v("AESEQ", "Sequence Number", "integer"),
        _v("AETERM", "Reported Term"),
        _v("AEDECOD", "Preferred Term"),
        _v("AEBODSYS", "System Organ Class"),
        _v("ASTDT", "Start", "date"),
        _v("ASTDTF", "Imputation Flag of Start"),
        _v("AENDT", "End", "date"),
        _v("AENDTF", "Imputation Flag of End"),
        _v("ASTDY", "Study Day of Start", "integer"),
        _v("ATOXGRN", "Grade (Null Is Unknown)", "integer"),
        _v("AGR3FL", "Counts as Grade 3 or Higher"),
        _v("AESER", "Serious"),
        _v("AESDTH", "Serious: Death"),
        _v("AESLIFE", "Serious: Life Threatening"),
        _v("AESHOSP", "Serious: Hospital Stay"),
        _v("AESDISAB", "Serious: Disability"),
        _v("AESCONG", "Serious: Congenital Anomaly"),
        _v("AESMIE", "Serious: Medically Important"),
        _v("TRTEMFL", "Treatment Emergent"),
        _v("AEPISN", "Episode of the Term", "integer"),
        _v("AREL", "Related to Any Component"),
        _v("ARELCOMP", "Related Components"),
        _v("AACNCOMP", "Action per Component"),
        _v("AEOUT", "Outcome"),
        _v("AECAT", "Category"),
        _v("AESICAT", "Kind of Special Interest"),
        _v("AESTERFL", "Systemic Steroids Given"),
        _v("POSTPRFL", "Shortly After a Study Procedure"),
        _v("PROCDT", "Date of That Procedure", "date"),
        _v("PROGFL", "Tumour Progression, No Adverse Event"),
        _v("DLTINVFL", "Dose-Limiting by the Investigator"),
        _v("DLTDRVFL", "Dose-Limiting by the Protocol"),
        _v("DLTCRIT", "Criteria Met (; between)"),
        *_REASON,
    ),
)  # fmt: skip
ADLB = Dataset(
    "ADLB", "Laboratory, Vital Signs, ECG With Grades",
    ("USUBJID", "PARAMCD", "ADT", "SRCDOM", "SRCSEQ"),
    (
        *_SUBJECT,
        _v("PARAMCD", "Parameter Code"),
        _v("PARAM", "Parameter"),
        _v("AVISIT", "Visit Name"),
        _v("ADT", "Date", "date"),
        _v("ADY", "Study Day", "integer"),
        _v("AVALC", "Value, Exact Decimal in AVALU"),
        _v("AVAL", "Value", "float"),
        _v("AVALU", "Unit"),
        _v("AVALQ", "Sign Before the Collected Value"),
        _v("AORRES", "Value and Unit as Collected"),
        _v("AFACTOR", "Factor From the Collected Unit"),
        _v("ANRLO", "Lower Limit of Normal", "float"),
        _v("ANRHI", "Upper Limit of Normal", "float"),
        _v("ANRIND", "Against the Reference Range"),
        _v("ABLFL", "Baseline Record"),
        _v("ONTRTFL", "On Treatment"),
        _v("BASE", "Baseline Value", "float"),
        _v("BNRLO", "Lower Limit of Normal at Baseline", "float"),
        _v("BNRHI", "Upper Limit of Normal at Baseline", "float"),
        _v("SYMPFL", "Symptoms With the Result"),
        _v("TREATFL", "Treated for the Result"),
        _v("ANTICFL", "On Anticoagulant"),
        _v("FASTFL", "Fasting"),
        _v("R2ANRHI", "Times the Upper Limit of Normal", "float"),
        _v("R2BASE", "Times the Baseline Value", "float"),
        _v("ATOXDSCL", "CTCAE Term, Low"),
        _v("ATOXGRL", "Grade, Low", "integer"),
        _v("BTOXGRL", "Baseline Grade, Low", "integer"),
        _v("ATOXBASL", "Basis of the Grade, Low"),
        _v("ATOXDSCH", "CTCAE Term, High"),
        _v("ATOXGRH", "Grade, High", "integer"),
        _v("BTOXGRH", "Baseline Grade, High", "integer"),
        _v("ATOXBASH", "Basis of the Grade, High"),
        _v("WORSTLFL", "Worst Grade on Treatment, Low"),
        _v("WORSTHFL", "Worst Grade on Treatment, High"),
        _v("POSTPRFL", "Shortly After a Procedure"),
        _v("PROCDT", "Date of That Procedure", "date"),
        *_REASON,
    ),
)  # fmt: skip
ADBC = Dataset(
    "ADBC", "Baseline Characteristics", ("USUBJID", "PARAMCD"),
    (
        *_SUBJECT,
        _v("PARAMCD", "Parameter Code"),
        _v("PARAM", "Parameter"),
        _v("AVAL", "Value as a Number", "float"),
        _v("AVALC", "Value"),
        *_REASON,
    ),
)  # fmt: skip
ADEX = Dataset(
    "ADEX", "Exposure", ("USUBJID", "EXCOMPN", "EXAGENT", "PARAMCD"),
    (
        *_SUBJECT,
        _v("EXCOMP", "Component Identifier"),
        _v("EXCOMPN", "Component, Order in the Protocol", "integer"),
        _v("EXAGENT", "Drug Where It Is Chosen for the Patient"),
        _v("PARAMCD", "Parameter Code"),
        _v("PARAM", "Parameter"),
        _v("AVAL", "Value", "float"),
        _v("AVALC", "Value, Exact Fraction"),
        _v("AVALU", "Unit"),
        _v("ADT", "Date", "date"),
        *_REASON,
    ),
)  # fmt: skip
ADLOC = Dataset(
    "ADLOC", "Local Therapy of Lesions", ("USUBJID", "TRLNKID", "LTDT", "LTCAT", "SRCSEQ"),
    (
        *_SUBJECT,
        _v("TRLNKID", "Lesion Identifier"),
        _v("ROLE", "Role of the Lesion"),
        _v("TRLOC", "Location of the Lesion"),
        _v("LTCAT", "Category of Local Therapy"),
        _v("LTTRT", "Therapy, or Tumour Found at the Zone"),
        _v("LTDT", "Date of Therapy or Finding", "date"),
        _v("PROGFL", "Growth Shown or Progression"),
        *_REASON,
    ),
)  # fmt: skip
#: ADRS parameters of best response, unconfirmed and confirmed, by site (R-102).
SITE_PARAMS: dict[str, tuple[str, str]] = {
    "liver": ("BORHEP", "CBORHEP"),
    "other": ("BOREXH", "CBOREXH"),
}
#: ADRS parameters by policy for ablated lesions (R-104).
ABLATION_POLICY_PARAMS: dict[str, tuple[str, str]] = {
    "exclude": ("BORABX", "CBORABX"),
    "rebaseline": ("BORABR", "CBORABR"),
    "zero": ("BORABZ", "CBORABZ"),
}
#: ADTR parameters of mRECIST: viable diameters and their sums (R-121). They stand beside LDIAM and
#: SUMDIAM of the same lesions and time points and are never counted as further lesions.
VIABLE_PARAMS: tuple[str, str, str] = ("VLDIAM", "SUMVIAB", "SUMVPART")

ADAM: dict[str, Dataset] = {
    d.name: d for d in (ADSL, ADTR, ADRS, ADTTE, ADAE, ADLB, ADBC, ADEX, ADLOC)
}
