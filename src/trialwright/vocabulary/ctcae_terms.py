"""The limits of CTCAE 5.0 row by row, and what 4.03 and 6.0 print instead.

A row is: rule id, direction, analytes of `laboratory`, term, limits in the unit of the analyte.
`[BN]` and `[BA]` are baseline normal and above normal; `&` joins limits that must both hold.
"""

from __future__ import annotations

_LIVER = "1: >ULN [BN] or >=1.5 base [BA]; 2: >3 ULN [BN] or >3 base [BA]; 3: >5 ULN [BN] or >5 base [BA]; 4: >20 ULN [BN] or >20 base [BA]"
_CHOLESTASIS = "1: >ULN [BN] or >=2 base [BA]; 2: >2.5 ULN [BN] or >2.5 base [BA]; 3: >5 ULN [BN] or >5 base [BA]; 4: >20 ULN [BN] or >20 base [BA]"
_PANCREAS = "1: >ULN; 2: >1.5 ULN; 3: >2 ULN [symptoms] or >5 ULN; 4: >5 ULN [symptoms]"
_PLAIN_LIVER = "1: >ULN; 2: >3 ULN; 3: >5 ULN; 4: >20 ULN"
_PLAIN_CHOLESTASIS = "1: >ULN; 2: >2.5 ULN; 3: >5 ULN; 4: >20 ULN"
_PLAIN_PANCREAS = "1: >ULN; 2: >1.5 ULN; 3: >2 ULN; 4: >5 ULN"
_LIVER_6 = "1: >ULN [BN] or >=1 base [BA]; 2: >3 ULN [BN] or >1.5 base [BA]; 3: >5 ULN [BN] or >2 base [BA]; 4: >20 ULN [BN] or >4 base [BA]"
_GLUCOSE = "1: >ULN [fasting]; 2: >8.9 [fasting]; 3: >13.9; 4: >27.8"

#: CTCAE 5.0. Rows without limits: fibrinogen (by option, below), or not for a machine (`ABSENT`).
TABLE: tuple[tuple[str, str, str, str, str], ...] = (
    ("G-01", "low", "NEUT", "Neutrophil count decreased", "1: <LLN; 2: <1.5; 3: <1.0; 4: <0.5"),
    ("G-02", "low", "WBC", "White blood cell decreased", "1: <LLN; 2: <3.0; 3: <2.0; 4: <1.0"),
    ("G-03", "low", "LYM", "Lymphocyte count decreased", "1: <LLN; 2: <0.8; 3: <0.5; 4: <0.2"),
    ("G-04", "high", "LYM", "Lymphocyte count increased", "2: >4; 3: >20"),
    ("G-05", "low", "PLAT", "Platelet count decreased", "1: <LLN; 2: <75; 3: <50; 4: <25"),
    ("G-06", "low", "HGB", "Anemia", "1: <LLN; 2: <100; 3: <80"),
    ("G-07", "high", "HGB", "Hemoglobin increased", "1: >0 above ULN; 2: >20 above ULN; 3: >40 above ULN"),
    ("G-08", "high", "WBC", "Leukocytosis", "3: >100"),
    ("G-09", "high", "ALT", "Alanine aminotransferase increased", _LIVER),
    ("G-10", "high", "AST", "Aspartate aminotransferase increased", _LIVER),
    ("G-11", "high", "ALP", "Alkaline phosphatase increased", _CHOLESTASIS),
    ("G-12", "high", "GGT", "GGT increased", _CHOLESTASIS),
    ("G-13", "high", "BILI", "Blood bilirubin increased", "1: >ULN [BN] or >1 base [BA]; 2: >1.5 ULN [BN] or >1.5 base [BA]; 3: >3 ULN [BN] or >3 base [BA]; 4: >10 ULN [BN] or >10 base [BA]"),
    ("G-14", "high", "LDH", "Blood lactate dehydrogenase increased", "1: >ULN"),
    ("G-15", "high", "CREAT", "Creatinine increased", "1: >ULN; 2: >1.5 ULN or >1.5 base; 3: >3 ULN or >3 base; 4: >6 ULN"),
    ("G-16", "high", "CK", "CPK increased", "1: >ULN; 2: >2.5 ULN; 3: >5 ULN; 4: >10 ULN"),
    ("G-17", "high", "LIPASE", "Lipase increased", _PANCREAS),
    ("G-18", "high", "AMYLASE", "Serum amylase increased", _PANCREAS),
    ("G-19", "high", "INR", "INR increased", "1: >1.2 [no anticoagulant] or >1 base [anticoagulant]; 2: >1.5 [no anticoagulant] or >1.5 base [anticoagulant]; 3: >2.5 [no anticoagulant] or >2.5 base [anticoagulant]"),
    ("G-20", "high", "APTT", "Activated partial thromboplastin time prolonged", "1: >ULN; 2: >1.5 ULN; 3: >2.5 ULN"),
    ("G-21", "low", "FIBRINO", "Fibrinogen decreased", ""),
    ("G-22", "low", "ALB", "Hypoalbuminemia", "1: <LLN; 2: <30; 3: <20"),
    ("G-23", "low", "CACORR", "Hypocalcemia", "1: <LLN; 2: <2.0; 3: <1.75; 4: <1.5"),
    ("G-24", "high", "CACORR", "Hypercalcemia", "1: >ULN; 2: >2.9; 3: >3.1; 4: >3.4"),
    ("G-25", "low", "CAION", "Hypocalcemia", "1: <LLN; 2: <1.0; 3: <0.9; 4: <0.8"),
    ("G-25", "high", "CAION", "Hypercalcemia", "1: >ULN; 2: >1.5; 3: >1.6; 4: >1.8"),
    ("G-26", "low", "MG", "Hypomagnesemia", "1: <LLN; 2: <0.5; 3: <0.4; 4: <0.3"),
    ("G-27", "high", "MG", "Hypermagnesemia", "1: >ULN; 3: >1.23; 4: >3.30"),
    ("G-28", "low", "K", "Hypokalemia", "1: <LLN; 2: <LLN [treated]; 3: <3.0; 4: <2.5"),
    ("G-29", "high", "K", "Hyperkalemia", "1: >ULN; 2: >5.5; 3: >6.0; 4: >7.0"),
    ("G-30", "low", "SODIUM", "Hyponatremia", "1: <LLN; 2: <130; 3: <130 [symptoms] or <125; 4: <120"),
    ("G-31", "high", "SODIUM", "Hypernatremia", "1: >ULN; 2: >150; 3: >155; 4: >160"),
    ("G-32", "low", "PHOS", "Hypophosphatemia", ""),
    ("G-33", "low", "GLUC", "Hypoglycemia", "1: <LLN; 2: <3.0; 3: <2.2; 4: <1.7"),
    ("G-34", "high", "GLUC", "Hyperglycemia", ""),
    ("G-35", "high", "TRIG", "Hypertriglyceridemia", "1: >=1.71; 2: >3.42; 3: >5.7; 4: >11.4"),
    ("G-36", "high", "CHOL", "Cholesterol high", "1: >ULN; 2: >7.75; 3: >10.34; 4: >12.92"),
    ("G-37", "high", "URATE", "Hyperuricemia", "1: >ULN; 3: >ULN [symptoms]"),
    ("G-38", "low", "PH", "Acidosis", "1: <LLN; 3: <7.3"),
    ("G-38", "high", "PH", "Alkalosis", "1: >ULN; 3: >7.5"),
    ("G-39", "high", "UPRODIP", "Proteinuria", "1: >=1; 2: >=2; 3: >=4"),
    ("G-39", "high", "UPROT24 UPCR", "Proteinuria", "1: >ULN; 2: >=1.0; 3: >=3.5"),
    ("G-40", "low", "CD4", "CD4 lymphocytes decreased", "1: <LLN; 2: <0.5; 3: <0.2; 4: <0.05"),
    ("G-41", "low", "HAPTOG", "Haptoglobin decreased", "1: <LLN"),
    ("G-42", "low", "EGFR CREATCLR", "Chronic kidney disease", "1: <LLN; 2: <60; 3: <30; 4: <15"),
    ("G-43", "high", "QTCF QTCB QTC", "Electrocardiogram QT corrected interval prolonged", "1: >=450; 2: >480; 3: >=501 or >60 above base"),
    ("G-44", "low", "WEIGHT", "Weight loss", "1: >=5 % below base; 2: >=10 % below base; 3: >=20 % below base"),
    ("G-45", "high", "SYSBP", "Hypertension", "1: >=120; 2: >=140; 3: >=160"),
    ("G-45", "high", "DIABP", "Hypertension", "1: >=80; 2: >=90; 3: >=100"),
    ("G-46", "high", "TEMP", "Fever", "1: >=38.0; 2: >39.0; 3: >40.0; 4: >40.0 [over 24 h]"),
)  # fmt: skip

#: Fibrinogen of 5.0 and 6.0 by the option of G-21.
FIBRINOGEN: dict[str, str] = {
    "baseline": "1: <LLN [base not low] or >0 % below base [base low]; 2: <0.75 LLN [base not low] or >=25 % below base [base low]; 3: <0.5 LLN [base not low] or >=50 % below base [base low]; 4: <0.25 LLN [base not low] or >=75 % below base [base low] or <0.5",
    "current": "1: <LLN; 2: <0.75 LLN or >=25 % below base & <LLN; 3: <0.5 LLN or >=50 % below base & <LLN; 4: <0.25 LLN or >=75 % below base & <LLN or <0.5",
}  # fmt: skip

#: (version, rule, analyte or "" for all) to the name and limits of that version (G-55, G-56).
CHANGES: dict[tuple[str, str, str], tuple[str, str]] = {
    ("4.03", "G-07", ""): ("Hemoglobin increased", "1: >0 above ULN [BN] or >0 above base [BA]; 2: >20 above ULN [BN] or >20 above base [BA]; 3: >40 above ULN [BN] or >40 above base [BA]"),
    ("4.03", "G-09", ""): ("Alanine aminotransferase increased", _PLAIN_LIVER),
    ("4.03", "G-10", ""): ("Aspartate aminotransferase increased", _PLAIN_LIVER),
    ("4.03", "G-11", ""): ("Alkaline phosphatase increased", _PLAIN_CHOLESTASIS),
    ("4.03", "G-12", ""): ("GGT increased", _PLAIN_CHOLESTASIS),
    ("4.03", "G-13", ""): ("Blood bilirubin increased", "1: >ULN; 2: >1.5 ULN; 3: >3 ULN; 4: >10 ULN"),
    ("4.03", "G-14", ""): ("Blood lactate dehydrogenase increased", ""),
    ("4.03", "G-15", ""): ("Creatinine increased", "1: >ULN or >1 base; 2: >1.5 ULN or >1.5 base; 3: >3 ULN or >3 base; 4: >6 ULN"),
    ("4.03", "G-17", ""): ("Lipase increased", _PLAIN_PANCREAS),
    ("4.03", "G-18", ""): ("Serum amylase increased", _PLAIN_PANCREAS),
    ("4.03", "G-19", ""): ("INR increased", "1: >ULN [no anticoagulant] or >1 base [anticoagulant]; 2: >1.5 ULN [no anticoagulant] or >1.5 base [anticoagulant]; 3: >2.5 ULN [no anticoagulant] or >2.5 base [anticoagulant]"),
    ("4.03", "G-21", ""): ("Fibrinogen decreased", "1: <LLN or >0 % below base; 2: <0.75 LLN or >=25 % below base; 3: <0.5 LLN or >=50 % below base; 4: <0.25 LLN or >=75 % below base or <0.5"),
    ("4.03", "G-30", ""): ("Hyponatremia", "1: <LLN; 3: <130; 4: <120"),
    ("4.03", "G-32", ""): ("Hypophosphatemia", "1: <LLN; 2: <0.8; 3: <0.6; 4: <0.3"),
    ("4.03", "G-34", ""): ("Hyperglycemia", _GLUCOSE),
    ("4.03", "G-37", ""): ("Hyperuricemia", "1: >ULN; 3: >ULN [symptoms]; 4: >0.59"),
    ("6.0", "G-01", ""): ("Neutrophil count decreased", "1: <1.5; 2: <1.0; 3: <0.5; 4: <0.1"),
    ("6.0", "G-03", ""): ("Lymphocyte count decreased", ""),
    ("6.0", "G-05", ""): ("Thrombocytopenia", "1: <LLN; 2: <75; 3: <50; 4: <10"),
    ("6.0", "G-09", ""): ("Alanine aminotransferase increased", _LIVER_6),
    ("6.0", "G-10", ""): ("Aspartate aminotransferase increased", _LIVER_6),
    ("6.0", "G-11", ""): ("Alkaline phosphatase increased", "1: >ULN & >1 base or >ULN [base missing]"),
    ("6.0", "G-12", ""): ("GGT increased", "1: >ULN [BN] or >=1 base [BA]; 2: >2.5 ULN [BN] or >1.5 base [BA]; 3: >5 ULN [BN] or >3 base [BA]; 4: >20 ULN [BN] or >10 base [BA]"),
    ("6.0", "G-13", ""): ("Blood bilirubin increased", "1: >ULN [BN] or >=1 base [BA]; 2: >1.5 ULN [BN] or >1.5 base [BA]; 3: >3 ULN [BN] or >2.5 base [BA]; 4: >10 ULN [BN] or >10 base [BA]"),
    ("6.0", "G-15", ""): ("Creatinine increased", "1: >ULN; 2: >1.5 ULN or >1.5 base [base low]; 3: >3 ULN or >3 base [base low]; 4: >6 ULN"),
    ("6.0", "G-16", ""): ("CPK increased", ""),
    ("6.0", "G-17", ""): ("Lipase increased", "1: >ULN; 2: >1.5 ULN; 3: >3 ULN [symptoms] or >5 ULN; 4: >5 ULN [symptoms]"),
    ("6.0", "G-34", ""): ("Hyperglycemia", _GLUCOSE),
    ("6.0", "G-42", "CREATCLR"): ("Creatinine clearance decreased", "2: <=49; 3: <=25"),
}  # fmt: skip
#: Terms that only some versions have: rule, direction, analyte, name, limits by version.
NEW_TERMS: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
    ("G-56", "low", "HDL", "HDL decreased", {"6.0": "1: <LLN"}),
    ("G-56", "high", "LDL", "LDL increased", {"6.0": "1: >ULN"}),
)
#: Why a version has no limits for a machine.
ABSENT: dict[tuple[str, str], str] = {
    ("5.0", "G-32"): "CTCAE 5.0 grades hypophosphatemia by the need of treatment",
    ("6.0", "G-32"): "CTCAE 6.0 has no limits for hypophosphatemia in the rules held here",
    ("5.0", "G-34"): "CTCAE 5.0 grades hyperglycemia by change of management and admission",
    ("6.0", "G-03"): "the term is not in the rule set of CTCAE 6.0",
    ("6.0", "G-16"): "the term is not in the rule set of CTCAE 6.0",
}
