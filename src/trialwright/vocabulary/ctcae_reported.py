"""Names under which a laboratory term is reported as an adverse event (rule A-13).

Upper case. Names of common use beside the CTCAE term itself; no dictionary is shipped (A-15).
"""

from __future__ import annotations

_PLATELETS = ("PLATELET COUNT DECREASED", "THROMBOCYTOPENIA", "PLATELETS DECREASED")
_AMYLASE = ("AMYLASE INCREASED", "HYPERAMYLASAEMIA", "HYPERAMYLASEMIA")
REPORTED_AS: dict[str, tuple[str, ...]] = {
    "Neutrophil count decreased": ("NEUTROPENIA", "FEBRILE NEUTROPENIA", "GRANULOCYTOPENIA"),
    "White blood cell decreased": (
        "WHITE BLOOD CELL COUNT DECREASED", "LEUKOPENIA", "LEUCOPENIA", "LEUKOCYTES DECREASED",
    ),
    "Lymphocyte count decreased": ("LYMPHOPENIA", "LYMPHOCYTOPENIA"),
    "Lymphocyte count increased": ("LYMPHOCYTOSIS",),
    "Platelet count decreased": _PLATELETS,
    "Thrombocytopenia": _PLATELETS,
    "Anemia": ("ANAEMIA", "HAEMOGLOBIN DECREASED", "HEMOGLOBIN DECREASED"),
    "Hemoglobin increased": ("HAEMOGLOBIN INCREASED", "POLYCYTHAEMIA", "POLYCYTHEMIA"),
    "Leukocytosis": ("WHITE BLOOD CELL COUNT INCREASED",),
    "Alanine aminotransferase increased": (
        "ALT INCREASED", "TRANSAMINASES INCREASED", "HEPATIC ENZYME INCREASED", "HEPATITIS",
        "HEPATOTOXICITY", "LIVER FUNCTION TEST INCREASED",
    ),
    "Aspartate aminotransferase increased": (
        "AST INCREASED", "TRANSAMINASES INCREASED", "HEPATIC ENZYME INCREASED", "HEPATITIS",
        "HEPATOTOXICITY", "LIVER FUNCTION TEST INCREASED",
    ),
    "Alkaline phosphatase increased": ("BLOOD ALKALINE PHOSPHATASE INCREASED", "ALP INCREASED"),
    "GGT increased": ("GAMMA-GLUTAMYLTRANSFERASE INCREASED", "GAMMA GLUTAMYL TRANSFERASE INCREASED"),
    "Blood bilirubin increased": (
        "HYPERBILIRUBINAEMIA", "HYPERBILIRUBINEMIA", "BILIRUBIN INCREASED", "JAUNDICE",
    ),
    "Creatinine increased": (
        "BLOOD CREATININE INCREASED", "ACUTE KIDNEY INJURY", "RENAL FAILURE",
    ),
    "CPK increased": ("BLOOD CREATINE PHOSPHOKINASE INCREASED", "CK INCREASED"),
    "Lipase increased": ("HYPERLIPASAEMIA", "HYPERLIPASEMIA", "PANCREATITIS"),
    "Serum amylase increased": _AMYLASE,
    "INR increased": ("INTERNATIONAL NORMALISED RATIO INCREASED",),
    "Activated partial thromboplastin time prolonged": ("APTT PROLONGED",),
    "Fibrinogen decreased": ("BLOOD FIBRINOGEN DECREASED", "HYPOFIBRINOGENAEMIA"),
    "Hypoalbuminemia": ("HYPOALBUMINAEMIA", "BLOOD ALBUMIN DECREASED"),
    "Hypocalcemia": ("HYPOCALCAEMIA", "BLOOD CALCIUM DECREASED"),
    "Hypercalcemia": ("HYPERCALCAEMIA", "BLOOD CALCIUM INCREASED"),
    "Hypomagnesemia": ("HYPOMAGNESAEMIA", "BLOOD MAGNESIUM DECREASED"),
    "Hypermagnesemia": ("HYPERMAGNESAEMIA",),
    "Hypokalemia": ("HYPOKALAEMIA", "BLOOD POTASSIUM DECREASED"),
    "Hyperkalemia": ("HYPERKALAEMIA", "BLOOD POTASSIUM INCREASED"),
    "Hyponatremia": ("HYPONATRAEMIA", "BLOOD SODIUM DECREASED"),
    "Hypernatremia": ("HYPERNATRAEMIA", "BLOOD SODIUM INCREASED"),
    "Hypophosphatemia": ("HYPOPHOSPHATAEMIA", "BLOOD PHOSPHORUS DECREASED"),
    "Hypoglycemia": ("HYPOGLYCAEMIA", "BLOOD GLUCOSE DECREASED"),
    "Hyperglycemia": ("HYPERGLYCAEMIA", "BLOOD GLUCOSE INCREASED"),
    "Hypertriglyceridemia": ("HYPERTRIGLYCERIDAEMIA", "BLOOD TRIGLYCERIDES INCREASED"),
    "Cholesterol high": ("HYPERCHOLESTEROLAEMIA", "BLOOD CHOLESTEROL INCREASED"),
    "Hyperuricemia": ("HYPERURICAEMIA", "BLOOD URIC ACID INCREASED"),
    "Acidosis": ("METABOLIC ACIDOSIS", "BLOOD PH DECREASED"),
    "Alkalosis": ("METABOLIC ALKALOSIS", "BLOOD PH INCREASED"),
    "Proteinuria": ("PROTEIN URINE PRESENT",),
    "CD4 lymphocytes decreased": ("CD4 LYMPHOCYTES COUNT DECREASED",),
    "Chronic kidney disease": ("GLOMERULAR FILTRATION RATE DECREASED", "RENAL IMPAIRMENT"),
    "Creatinine clearance decreased": ("CREATININE RENAL CLEARANCE DECREASED", "RENAL IMPAIRMENT"),
    "Electrocardiogram QT corrected interval prolonged": (
        "ELECTROCARDIOGRAM QT PROLONGED", "QT PROLONGED", "QTC PROLONGED",
    ),
    "Weight loss": ("WEIGHT DECREASED",),
    "Hypertension": ("BLOOD PRESSURE INCREASED",),
    "Fever": ("PYREXIA", "FEBRILE NEUTROPENIA"),
}  # fmt: skip
