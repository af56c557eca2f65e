"""Tests that are graded: their names, the unit they are graded in, and the factor of other units.

A factor turns a value into the unit of the analyte. Factors of concentration are those of the AMA
Manual of Style (SI conversion), of cholesterol and triglycerides those of the US National
Cholesterol Education Program; all others are definitions. The unit of a graded value is the one in
which CTCAE prints its limits (rule G-54).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Analyte:
    """A test: code, name, unit, test codes that mean it, factor by unit.

    A unit is written in upper case, micro as U, without blanks, degree signs or a leading X.

    `offset` is subtracted before the factor is applied (degrees Fahrenheit only).
    """

    code: str
    name: str
    unit: str
    codes: tuple[str, ...]
    factors: Mapping[str, str]
    domain: str = "LB"
    offset: Mapping[str, str] | None = None


_CELLS = {
    "10^9/L": "1", "10E9/L": "1", "10*9/L": "1", "10**9/L": "1", "GI/L": "1", "G/L": "1",
    "10^3/UL": "1", "10E3/UL": "1", "10*3/UL": "1", "K/UL": "1", "THOU/UL": "1", "10^3/MM3": "1",
    "/NL": "1", "/UL": "0.001", "CELLS/UL": "0.001", "/MM3": "0.001", "/MM^3": "0.001",
    "CELLS/MM3": "0.001", "10^6/L": "0.001", "10E6/L": "0.001", "MI/L": "0.001",
}  # fmt: skip
_ENZYME = {
    "U/L": "1", "IU/L": "1", "MU/ML": "1", "UKAT/L": "60", "UCAT/L": "60", "NKAT/L": "0.06",
    "UKATAL/L": "60",
}  # fmt: skip
_MOLAR = {"MMOL/L": "1", "MM": "1"}
_SALT = _MOLAR | {"MEQ/L": "1"}
_DIVALENT = _MOLAR | {"MEQ/L": "0.5"}
_MICRO = {"UMOL/L": "1", "UM": "1", "MMOL/L": "1000"}
_GRAMS = {"G/L": "1", "G/DL": "10", "MG/DL": "0.01", "MG/ML": "1", "MG/L": "0.001"}
_RATIO = {"": "1", "RATIO": "1", "1": "1", "NA": "1", "INR": "1"}


def _lab(code: str, name: str, unit: str, codes: str, factors: Mapping[str, str]) -> Analyte:
    return Analyte(code, name, unit, (code, *codes.split()), factors)


def _vital(code: str, name: str, unit: str, factors: Mapping[str, str]) -> Analyte:
    return Analyte(code, name, unit, (code,), factors, "VS")


def _ecg(code: str, name: str, codes: str) -> Analyte:
    factors = {"MSEC": "1", "MS": "1", "S": "1000", "SEC": "1000"}
    return Analyte(code, name, "ms", (code, *codes.split()), factors, "EG")


ANALYTES: dict[str, Analyte] = {
    one.code: one
    for one in (
        _lab("NEUT", "Neutrophils", "10^9/L", "ANC NEUTS", _CELLS),
        _lab("WBC", "Leukocytes", "10^9/L", "LEUK LEUKO", _CELLS),
        _lab("LYM", "Lymphocytes", "10^9/L", "LYMPH ALC", _CELLS),
        _lab("PLAT", "Platelets", "10^9/L", "PLT", _CELLS),
        _lab("CD4", "CD4 Lymphocytes", "10^9/L", "CD4LYM", _CELLS),
        _lab("HGB", "Hemoglobin", "g/L", "HB HEMOGLOB",
             {"G/L": "1", "G/DL": "10", "MMOL/L": "16.114"}),
        _lab("ALT", "Alanine Aminotransferase", "U/L", "SGPT ALAT GPT", _ENZYME),
        _lab("AST", "Aspartate Aminotransferase", "U/L", "SGOT ASAT GOT", _ENZYME),
        _lab("ALP", "Alkaline Phosphatase", "U/L", "ALKPH AP", _ENZYME),
        _lab("GGT", "Gamma Glutamyl Transferase", "U/L", "GAMMAGT", _ENZYME),
        _lab("LDH", "Lactate Dehydrogenase", "U/L", "LD", _ENZYME),
        _lab("CK", "Creatine Kinase", "U/L", "CPK", _ENZYME),
        _lab("LIPASE", "Lipase", "U/L", "LIPASET LIPA", _ENZYME),
        _lab("AMYLASE", "Amylase", "U/L", "AMYL", _ENZYME),
        _lab("BILI", "Bilirubin", "umol/L", "TBIL TBILI BILIT",
             _MICRO | {"MG/DL": "17.104", "MG/L": "1.7104"}),
        _lab("CREAT", "Creatinine", "umol/L", "CREA CRE",
             _MICRO | {"MG/DL": "88.4", "MG/L": "8.84"}),
        _lab("INR", "Prothrombin Intl. Normalized Ratio", "ratio", "PTINR", _RATIO),
        _lab("APTT", "Activated Partial Thromboplastin Time", "s", "PTT",
             {"S": "1", "SEC": "1", "SECONDS": "1"}),
        _lab("FIBRINO", "Fibrinogen", "g/L", "FIB FIBRIN", _GRAMS),
        _lab("ALB", "Albumin", "g/L", "ALBUMIN", _GRAMS),
        _lab("CA", "Calcium", "mmol/L", "CALCIUM", _DIVALENT | {"MG/DL": "0.25"}),
        _lab("CACORR", "Calcium Corrected for Albumin", "mmol/L", "CALCORR CACOR CCA",
             _DIVALENT | {"MG/DL": "0.25"}),
        _lab("CAION", "Calcium, Ionized", "mmol/L", "ICA IONCA", _DIVALENT | {"MG/DL": "0.25"}),
        _lab("MG", "Magnesium", "mmol/L", "MAG", _DIVALENT | {"MG/DL": "0.4114"}),
        _lab("K", "Potassium", "mmol/L", "POTASS", _SALT),
        _lab("SODIUM", "Sodium", "mmol/L", "NA", _SALT),
        _lab("PHOS", "Phosphate", "mmol/L", "PHOSPH PO4", _MOLAR | {"MG/DL": "0.3229"}),
        _lab("GLUC", "Glucose", "mmol/L", "GLU GLUCOSE", _MOLAR | {"MG/DL": "0.0555"}),
        _lab("TRIG", "Triglycerides", "mmol/L", "TG", _MOLAR | {"MG/DL": "0.01129"}),
        _lab("CHOL", "Cholesterol", "mmol/L", "TCHOL", _MOLAR | {"MG/DL": "0.02586"}),
        _lab("HDL", "HDL Cholesterol", "mmol/L", "HDLC", _MOLAR | {"MG/DL": "0.02586"}),
        _lab("LDL", "LDL Cholesterol", "mmol/L", "LDLC", _MOLAR | {"MG/DL": "0.02586"}),
        _lab("URATE", "Urate", "mmol/L", "URIC URICAC",
             _MOLAR | {"UMOL/L": "0.001", "MG/DL": "0.059485"}),
        _lab("PH", "pH of Blood", "pH", "PHBLD", {"": "1", "PH": "1", "1": "1"}),
        _lab("UPRODIP", "Protein in Urine, Dipstick", "plus", "", {"": "1", "PLUS": "1"}),
        _lab("UPROT24", "Protein in Urine, 24 Hours", "g/24h", "PROT24H PROTU24",
             {"G/24H": "1", "G/DAY": "1", "G/D": "1", "G/24HRS": "1", "MG/24H": "0.001",
              "MG/DAY": "0.001", "MG/D": "0.001"}),
        _lab("UPCR", "Protein to Creatinine in Urine", "g/g", "PROTCRT UPROTCR",
             {"G/G": "1", "MG/MG": "1", "MG/G": "0.001", "MG/MMOL": "0.00884"}),
        _lab("HAPTOG", "Haptoglobin", "g/L", "HAPTO", _GRAMS),
        _lab("EGFR", "Estimated Glomerular Filtration Rate", "mL/min/1.73m2",
             "GFR GFRE GFRBSCRT EGFRCR",
             {"ML/MIN/1.73M2": "1", "ML/MIN/1.73M^2": "1",
              "ML/MIN/{1.73_M2}": "1", "ML/S/1.73M2": "60"}),
        _lab("CREATCLR", "Creatinine Clearance", "mL/min", "CRCL CCR",
             {"ML/MIN": "1", "ML/MIN/1.73M2": "1", "ML/S": "60"}),
        _vital("WEIGHT", "Weight", "kg", {"KG": "1", "G": "0.001", "LB": "0.45359237"}),
        _vital("SYSBP", "Systolic Blood Pressure", "mmHg", {"MMHG": "1"}),
        _vital("DIABP", "Diastolic Blood Pressure", "mmHg", {"MMHG": "1"}),
        Analyte("TEMP", "Temperature", "C", ("TEMP",),
                {"C": "1", "CEL": "1", "DEGC": "1", "F": "5/9", "DEGF": "5/9"}, "VS",
                {"F": "32", "DEGF": "32"}),
        _ecg("QTCF", "QTc by Fridericia", "QTCFAG"),
        _ecg("QTCB", "QTc by Bazett", "QTCBAG"),
        _ecg("QTC", "QTc", "QTCAG"),
    )
}  # fmt: skip
#: (domain, test code) to analyte.
ANALYTE_OF: dict[tuple[str, str], str] = {
    (one.domain, code): one.code for one in ANALYTES.values() for code in one.codes
}
#: Results of a dipstick by word; the number of plus signs (G-39).
DIPSTICK: dict[str, str] = {
    "NEGATIVE": "0", "NEG": "0", "-": "0", "0": "0", "TRACE": "0", "TR": "0", "+/-": "0",
    "+": "1", "1+": "1", "++": "2", "2+": "2", "+++": "3", "3+": "3", "++++": "4", "4+": "4",
}  # fmt: skip
#: Tests of TSH and low thyroid hormone that call for the investigator (G-50).
TSH, FREE_T4 = ("TSH",), ("T4FR", "FT4", "THYROXFR", "T4F")
#: Known tests without a numeric CTCAE grade: shown against their range only (G-50).
UNGRADED: frozenset[tuple[str, str]] = frozenset(
    [("LB", code) for code in (
        *TSH, *FREE_T4,
        "T3", "T4", "T3FR", "FT3", "CORTISOL", "CORT", "TROPONI", "TROPONT", "TROPONIN", "CKMB",
        "CRP", "BNP", "BNPPRO", "NTPROBNP", "BUN", "UREA", "UREAN", "CL", "BICARB", "CO2", "HCT",
        "RBC", "MCV", "MCH", "MCHC", "RDW", "MONO", "EOS", "BASO", "NEUTLE", "LYMLE", "MONOLE",
        "EOSLE", "BASOLE", "PROT", "GLOB", "BILDIR", "BILIND", "PT", "TT", "DDIMER", "CEA", "AFP",
        "CA199", "CA125", "CA153", "FERRITIN", "PCT", "IL6", "ESR", "HBA1C", "CHE", "PREALB",
        "SPGRAV", "OCCBLD", "KETONES", "LACTICAC",
    )]
    + [("VS", code) for code in ("HEIGHT", "PULSE", "HR", "RESP", "BMI", "BSA", "OXYSAT", "MAP")]
    + [("EG", code) for code in (
        "EGHRMN", "HR", "QTAG", "QT", "PRAG", "PR", "QRSAG", "QRS", "RRAG", "RR", "INTP", "EGINTP",
    )]
)  # fmt: skip
#: Words of a specimen in which blood tests are graded.
BLOOD_WORDS = ("BLOOD", "SERUM", "PLASMA")
#: Analytes that are measured in urine.
URINE_ANALYTES = ("UPRODIP", "UPROT24", "UPCR", "CREATCLR")
