"""Baseline characteristics: words for those that trials of these diseases collect (table T-4).

A characteristic is a column of DM, or a supplemental qualifier of it. One without words here is
shown under its own name; one that nobody delivered is absent.
"""

from __future__ import annotations

#: Words by column of DM, in the order of the table (reports.md, T-4 and T-5).
CHARACTERISTICS: dict[str, str] = {
    "AGE": "Age (years)",
    "SEX": "Sex",
    "RACE": "Race",
    "ETHNIC": "Ethnicity",
    "COUNTRY": "Country",
    "ECOG": "ECOG performance status",
    "BMI": "Body mass index (kg/m2)",
    "PRIMSITE": "Primary site",
    "RAS": "RAS",
    "BRAF": "BRAF",
    "MSI": "Microsatellite status",
    "HER2": "HER2",
    "SYNCHRON": "Synchronous metastases",
    "LIVERBUR": "Liver burden",
    "PRLINES": "Prior systemic lines",
    "PRBEV": "Previous bevacizumab",
    "PREGFR": "Previous EGFR antibody",
    "PRPD1": "Previous PD-1 or PD-L1 antibody",
    "PRLOCAL": "Previous local therapy of the liver",
    "CEA": "CEA",
    "HBV": "Hepatitis B",
    "CHILDP": "Child-Pugh class",
}
#: Columns of DM that say who, where and when, and describe nobody's disease.
NOT_CHARACTERISTICS = frozenset(
    {
        "STUDYID", "DOMAIN", "USUBJID", "SUBJID", "SITEID", "INVID", "INVNAM", "AGEU", "DTHFL",
        "ARM", "ARMCD", "ACTARM", "ACTARMCD", "ARMNRS", "ACTARMUD", "COHORT", "PROTDEV", "DMDY",
        "BRTHDTC",
    }
)  # fmt: skip
#: Where lesions lie at baseline, by liver, lung and elsewhere.
SITE_PATTERNS: dict[tuple[bool, bool, bool], str] = {
    (True, False, False): "Liver only",
    (False, True, False): "Lung only",
    (True, True, False): "Liver and lung only",
    (True, False, True): "Liver and other sites",
    (True, True, True): "Liver, lung and other sites",
    (False, True, True): "Lung and other sites, not liver",
    (False, False, True): "Other sites only",
}
#: Age at which patients are shown in two groups (reports.md, T-4).
OLDER_FROM = 65
