"""The planning scenario: what is simulated when nobody gives an assumed truth.

It is a plain late-line solid tumour under a modestly active treatment; every number is marked as
an assumption, and the report prints each of them. A real plan replaces it by a scenario file.
"""

from __future__ import annotations

from trialwright.protocol.model import Protocol
from trialwright.simulate.scenario import (
    AdverseEvent,
    CohortTruth,
    CoreSite,
    Disease,
    Organ,
    Scenario,
)

_SUBJECTS = 30
_COHORT_SUBJECTS = 12
#: Term, system organ class, share with any grade, share with grade 3 or more.
_EVENTS = (
    ("Fatigue", "General disorders and administration site conditions", 0.4, 0.04),
    ("Nausea", "Gastrointestinal disorders", 0.3, 0.02),
    ("Diarrhoea", "Gastrointestinal disorders", 0.25, 0.03),
    ("Abdominal pain", "Gastrointestinal disorders", 0.3, 0.03),
    ("Alanine aminotransferase increased", "Investigations", 0.4, 0.08),
    ("Anaemia", "Blood and lymphatic system disorders", 0.3, 0.04),
    ("Platelet count decreased", "Investigations", 0.25, 0.04),
    ("Rash", "Skin and subcutaneous tissue disorders", 0.2, 0.02),
)
_WHY = "assumption: planning value, no scenario was given"


def planning_scenario(protocol: Protocol) -> Scenario:
    """A scenario for any protocol: planned numbers where the record has them, else assumed."""
    cohorts = tuple(
        _truth(cohort.id, cohort.enrollment or _COHORT_SUBJECTS)
        for cohort in protocol.cohorts or ()
    )
    alone = _truth("ALL", protocol.design.enrollment or _SUBJECTS)
    planned = "record: planned number of subjects" if protocol.design.enrollment else _WHY
    sources = dict.fromkeys(
        ("cohorts", "disease", "adverse_events", "follow_up_months", "start_date"), _WHY
    )
    sources |= {f"cohorts.{c.id}.subjects": planned for c in cohorts or (alone,)}
    return Scenario(
        id="planning",
        title="Planning values: modest activity in a late-line solid tumour",
        follow_up_months=12,
        cohorts=cohorts or (alone,),
        disease=Disease(
            core=(CoreSite(organs=("LIVER",), share=1.0),),
            organs=(
                Organ(id="LIVER", median_mm=35),
                Organ(id="LUNG", share=0.35, median_mm=16),
                Organ(id="LYMPH NODE", share=0.2, median_mm=19, node=True),
            ),
            lesion_counts=(0.3, 0.3, 0.2, 0.12, 0.08),
            nontarget_counts=(0.45, 0.35, 0.2),
        ),
        adverse_events=tuple(_event(protocol, row) for row in _EVENTS),
        sources=sources,
    )


def _truth(cohort: str, subjects: int) -> CohortTruth:
    return CohortTruth(
        id=cohort,
        subjects=subjects,
        accrual_per_month=1.5,
        response_rate=0.2,
        median_pfs_days=150,
        median_os_days=365,
    )


def _event(protocol: Protocol, row: tuple[str, str, float, float]) -> AdverseEvent:
    """One term, related to every component of the regimen alike."""
    term, soc, share, severe = row
    return AdverseEvent(
        term=term,
        soc=soc,
        any=share,
        grade3plus=severe,
        related=tuple(component.id for component in protocol.regimen),
        related_share=0.5,
    )
