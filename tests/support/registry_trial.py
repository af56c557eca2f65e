"""A trial of six invented patients in two cohorts, small enough to count every number by hand.

Day 0 is the first dose, 2024-01-01; the data cut-off is 2025-06-30. Cohort COLON: P1 responds,
progresses and dies; P2 progresses; P3 is never treated and withdraws. Cohort STOMACH: P4 responds and
is still treated; P5 progresses, stops for an adverse event and dies; P6 is lost.
"""

from __future__ import annotations

from support.rules import protocol as settled_options
from support.trial import Patient, on, sdtm_of
from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Cohort, Component, Protocol
from trialwright.protocol.rules import EndpointDefinition

COHORTS = (Cohort(id="COLON", name="Colon cancer"), Cohort(id="STOMACH", name="Stomach cancer"))
ENDPOINTS = (
    EndpointDefinition(
        id="AE", kind="AE", role="primary", time_frame="24 months",
        measure="Incidence and degree of adverse events and serious adverse events",
    ),
    EndpointDefinition(
        id="ORR", kind="ORR", role="primary", measure="Objective response",
        description="Complete or partial response by RECIST 1.1", time_frame="18 months",
    ),
    EndpointDefinition(
        id="PFS_RATE_12", kind="PFS_RATE", role="secondary", measure="PFS at one year",
        time_frame="12 months", landmark_months=12, origin="first_dose",
    ),
    EndpointDefinition(
        id="PFS", kind="PFS", role="secondary", measure="Progression-free survival",
        time_frame="24 months", origin="first_dose",
    ),
    EndpointDefinition(
        id="QOL", kind="QOL", role="secondary", measure="Quality of life", time_frame="24 months"
    ),
    EndpointDefinition(id="OS", kind="OS", role="secondary", measure="Overall survival"),
)  # fmt: skip


def registry_protocol(**changes: object) -> Protocol:
    """The protocol of the trial: every option at its default, times from the first dose."""
    settled = settled_options(
        analysis__pfs_origin="first_dose", analysis__os_origin="enrolment",
        analysis__data_cutoff="2025-06-30",
    )  # fmt: skip
    return settled.model_copy(
        update={
            "cohorts": COHORTS,
            "endpoints": ENDPOINTS,
            "regimen": (Component(id="drug", name="Drug", kind="drug"),),
        }
        | changes
    )


def _patient(name: str, arm: str, who: tuple[str, str, str | None], *, treated: bool = True):
    age, sex, race = who
    made = Patient(name=name, arm=arm, dose_day=0 if treated else None)
    made.add("DM", AGE=age, AGEU="YEARS", SEX=sex, COUNTRY="DEU" if name == "P5" else "CHN",
             RACE=race, RFICDTC=on(-10))  # fmt: skip
    if treated:
        made.add("EX", EXTRT="Drug", EXDOSE="100", EXDOSU="mg", EXSTDTC=on(0), EXENDTC=on(50))
    return made


def _event(made: Patient, term: str, system: str, grade: str, days: tuple[int, int], **more: str):
    made.add(
        "AE", AETERM=term.lower(), AEDECOD=term, AEBODSYS=system, AETOXGR=grade,
        AESTDTC=on(days[0]), AEENDTC=on(days[1]),
        **({"AESER": "N", "AEREL": "NOT RELATED"} | more),
    )  # fmt: skip


def _stops(made: Patient, reason: str, day: int):
    made.add(
        "DS", DSTERM=reason, DSDECOD=reason, DSCAT="DISPOSITION EVENT", DSSCAT="STUDY TREATMENT",
        DSSTDTC=on(day),
    )  # fmt: skip


def registry_sdtm() -> Sdtm:
    """The data of the six patients."""
    p1 = _patient("P1", "COLON", ("50", "F", "ASIAN"))
    p1.target("T1", "LIVER", 50).scan(42, {"T1": 30}).scan(84, {"T1": 30}).scan(126, {"T1": 55})
    _event(p1, "Rash", "Skin and subcutaneous tissue disorders", "2", (10, 20), AEREL="RELATED")
    _event(p1, "Rash", "Skin and subcutaneous tissue disorders", "3", (40, 45), AESER="Y",
           AEREL="RELATED")  # fmt: skip
    _stops(p1, "PROGRESSIVE DISEASE", 130)
    p1.dies(300)
    p2 = _patient("P2", "COLON", ("70", "M", "WHITE"))
    p2.target("T1", "LIVER", 40).scan(42, {"T1": 40}).scan(84, {"T1": 60})
    for day in (5, 15):
        _event(p2, "Nausea", "Gastrointestinal disorders", "1", (day, day + 2))
    _stops(p2, "PROGRESSIVE DISEASE", 90)
    p3 = _patient("P3", "COLON", ("44", "M", "ASIAN"), treated=False)
    p3.target("T1", "LIVER", 25)
    p3.add("DS", DSDECOD="WITHDRAWAL BY SUBJECT", DSCAT="DISPOSITION EVENT",
           DSSCAT="STUDY PARTICIPATION", DSSTDTC=on(10))  # fmt: skip
    p4 = _patient("P4", "STOMACH", ("18", "M", "ASIAN"))
    p4.target("T1", "LIVER", 30).scan(42, {"T1": 15}).scan(84, {"T1": 15})
    _event(p4, "NAUSEA", "GASTROINTESTINAL DISORDERS", "2", (8, 9))
    p5 = _patient("P5", "STOMACH", ("60", "F", None))
    p5.target("T1", "LIVER", 60).scan(42, {"T1": 90})
    _event(p5, "Hepatitis", "Hepatobiliary disorders", "4", (30, 49), AESER="Y", AEREL="RELATED")
    _event(p5, "Fatigue", "General disorders and administration site conditions", "1", (3, 9))
    _stops(p5, "ADVERSE EVENT", 50)
    p5.dies(100)
    p6 = _patient("P6", "STOMACH", ("65", "F", "ASIAN"))
    p6.target("T1", "LIVER", 20).scan(42, {"T1": 20})
    _stops(p6, "LOST TO FOLLOW-UP", 60)
    p6.add("DS", DSDECOD="LOST TO FOLLOW-UP", DSCAT="DISPOSITION EVENT",
           DSSCAT="STUDY PARTICIPATION", DSSTDTC=on(60))  # fmt: skip
    return sdtm_of([p1, p2, p3, p4, p5, p6])
