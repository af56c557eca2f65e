"""Codes of USDM files: CDISC controlled terminology of 2025-09-26, and our own where it has none.

A code stands here only when it was read in the published terminology. What has no published term
gets a code of our own system, so that nobody takes it for one of CDISC.
"""

from __future__ import annotations

from collections.abc import Mapping

CDISC = "http://www.cdisc.org"
CDISC_VERSION = "2025-09-26"
#: System and version of codes that CDISC does not have.
OWN = "urn:trialwright:terms"
OWN_VERSION = "1"
NOT_STATED = ("NOT_STATED", "Not stated")

Term = tuple[str, str]

PHASE: Mapping[tuple[str, ...], Term] = {
    ("EARLY_PHASE1",): ("C54721", "Early Phase 1 Trial"),
    ("PHASE1",): ("C15600", "Phase I Trial"),
    ("PHASE1", "PHASE2"): ("C15693", "Phase I/II Trial"),
    ("PHASE1", "PHASE2", "PHASE3"): ("C198366", "Phase I/II/III Trial"),
    ("PHASE1", "PHASE3"): ("C198367", "Phase I/III Trial"),
    ("PHASE2",): ("C15601", "Phase II Trial"),
    ("PHASE2", "PHASE3"): ("C15694", "Phase II/III Trial"),
    ("PHASE3",): ("C15602", "Phase III Trial"),
    ("PHASE4",): ("C15603", "Phase IV Trial"),
}
STUDY_TYPE: Term = ("C98388", "Interventional Study")
SINGLE_GROUP: Term = ("C82640", "Single Group Study")
PARALLEL: Term = ("C82639", "Parallel Study")
RANDOMIZED: Term = ("C46079", "Randomized")
CENTRES: Mapping[str, Term] = {
    "single": ("C217004", "Single-Centre"),
    "multiple": ("C217005", "Multicentre"),
}
MASKING: Mapping[str, Term] = {
    "NONE": ("C49659", "Open Label Study"),
    "SINGLE": ("C28233", "Single Blind Study"),
    "DOUBLE": ("C15228", "Double Blind Study"),
}
PURPOSE: Mapping[str, Term] = {
    "TREATMENT": ("C49656", "Treatment Study"),
    "PREVENTION": ("C49657", "Prevention Study"),
    "DIAGNOSTIC": ("C49653", "Diagnosis Study"),
    "SUPPORTIVE_CARE": ("C71486", "Supportive Care Study"),
    "SCREENING": ("C71485", "Screening Study"),
    "HEALTH_SERVICES_RESEARCH": ("C15245", "Health Services Research"),
    "BASIC_SCIENCE": ("C15714", "Basic Research"),
    "DEVICE_FEASIBILITY": ("C139174", "Device Feasibility Study"),
}
SEX: Mapping[str, Term] = {
    "ALL": ("C49636", "Both"),
    "FEMALE": ("C16576", "Female"),
    "MALE": ("C20197", "Male"),
}
ARM_ROLE: Mapping[str | None, Term] = {
    "EXPERIMENTAL": ("C174266", "Investigational Arm"),
    "COMPARATOR": ("C174226", "Control Arm"),
    "NO_INTERVENTION": ("C174270", "No Intervention Arm"),
    None: ("C15538", "Protocol Treatment Arm"),
}
#: Further published arm types of a comparator, taken when they are read.
COMPARATOR_TYPES = frozenset({"C174267", "C174268", "C174269"})
DATA_ORIGIN: Term = ("C188866", "Data Generated Within Study")
COMPONENT: Mapping[str, Term] = {
    "drug": ("C1909", "Pharmacologic Substance"),
    "procedure": ("C98769", "Physical Medical Procedure"),
    "radiation": ("C15313", "Radiation Therapy"),
    "device": ("C16830", "Medical Device"),
}
#: Further published types that are drugs or procedures, taken when they are read.
COMPONENT_TYPES: Mapping[str, str] = {
    "C307": "drug", "C923": "drug", "C54696": "drug", "C218507": "procedure",
    "C15329": "procedure",
}  # fmt: skip
ROLE: Term = ("C41161", "Experimental Intervention")
CONTROL: Term = ("C68609", "Active Comparator")
ROUTE: Mapping[str, Term] = {
    "intravenous": ("C38276", "Intravenous Route of Administration"),
    "oral": ("C38288", "Oral Route of Administration"),
    "subcutaneous": ("C38299", "Subcutaneous Route of Administration"),
    "intramuscular": ("C28161", "Intramuscular Route of Administration"),
    "intra-arterial": ("C38222", "Intraarterial Route of Administration"),
    "intraperitoneal": ("C38258", "Intraperitoneal Route of Administration"),
    "intratumoral": ("C38269", "Intratumoral Route of Administration"),
    "intrathecal": ("C38267", "Intrathecal Route of Administration"),
    "intravesical": ("C38278", "Intravesical Route of Administration"),
    "intrapleural": ("C38259", "Intrapleural Route of Administration"),
    "intradermal": ("C38238", "Intradermal Route of Administration"),
    "intranasal": ("C38284", "Nasal Route of Administration"),
    "topical": ("C38304", "Topical Route of Administration"),
    "inhalation": ("C38216", "Inhalation Route of Administration"),
}
FREQUENCY: Mapping[str, Term] = {
    "QD": ("C25473", "Daily"),
    "BID": ("C64496", "Twice Daily"),
    "TID": ("C64527", "Three Times Daily"),
    "QID": ("C64530", "Four Times Daily"),
    "QOD": ("C64525", "Every Other Day"),
    "QW": ("C67069", "Weekly"),
    "Q2W": ("C71127", "Every Two Weeks"),
    "Q3W": ("C64535", "Every Three Weeks"),
    "Q4W": ("C64529", "Every Four Weeks"),
    "Q5W": ("C103390", "Every Five Weeks"),
    "Q6W": ("C89788", "Every Six Weeks"),
    "Q8W": ("C103389", "Every Eight Weeks"),
    "Q12W": ("C161332", "Every Twelve Weeks"),
    "QM": ("C64498", "Monthly"),
    "ONCE": ("C64576", "Once"),
}
UNIT: Mapping[str, Term] = {
    "mg": ("C28253", "Milligram"),
    "mg/kg": ("C67401", "Milligram per Kilogram"),
    "mg/m2": ("C67402", "Milligram per Square Meter"),
    "mL": ("C28254", "Milliliter"),
}
DAYS: Term = ("C25301", "Day")
YEARS: Term = ("C29848", "Year")
EPOCH: Mapping[str, Term] = {
    "screening": ("C202487", "Screening Epoch"),
    "treatment": ("C101526", "Treatment Epoch"),
    "follow_up": ("C202578", "Follow-Up Epoch"),
}
VISIT: Term = ("C25716", "Visit")
OBJECTIVE: Mapping[str, Term] = {
    "primary": ("C85826", "Trial Primary Objective"),
    "secondary": ("C85827", "Trial Secondary Objective"),
}
ENDPOINT: Mapping[str, Term] = {
    "primary": ("C94496", "Primary Endpoint"),
    "secondary": ("C139173", "Secondary Endpoint"),
}
OFFICIAL_TITLE: Term = ("C207616", "Official Study Title")
INCLUSION: Term = ("C25532", "Inclusion Criteria")
REGISTRY: Term = ("C93453", "Study Registry")
AFTER: Term = ("C201356", "After")
BEFORE: Term = ("C201357", "Before")
FIXED: Term = ("C201358", "Fixed Reference")
START_TO_START: Term = ("C201355", "Start to Start")
