"""Two patients whose data are corrected, and what the comparison of two deliveries tells.

Day 0 is the first dose, 2024-01-01; P1 and P2 were enrolled on day -3. Days count the first one.

    P1  baseline 60 mm; 42, 42, 47.2 mm on days 56, 112, 168: PR, PR, SD (47.2 is +12.4 % of 42)
    P2  baseline 50 mm; 30, 30, 30 mm: PR, PR, PR; nausea of grade 2 from day 9
"""

from __future__ import annotations

from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.snapshots.compare import compare_deliveries

RULES = protocol()
CUTOFF = ({"TSPARMCD": "DCUTDTC", "TSVAL": "2025-01-01"},)
DAYS = (56, 112, 168)


def trial(sizes=(42, 42, 47.2), *, days=DAYS, grade="2", people=("P1", "P2")):
    first = Patient("P1").target("T1", "LIVER", 60)
    for day, size in zip(days, sizes, strict=False):
        first.scan(day, {"T1": size}, visit=10 + day)
    second = Patient("P2").target("T1", "LIVER", 50)
    for day in DAYS:
        second.scan(day, {"T1": 30}, visit=10 + day)
    second.add("AE", AETERM="NAUSEA", AETOXGR=grade, AESTDTC="2024-01-10", AEREL="RELATED")
    return sdtm_of([one for one in (first, second) if one.name in people], TS=CUTOFF)


def diff(after, before=None):
    return compare_deliveries(RULES, trial() if before is None else before, after)


def results(found):
    return {
        (one.usubjid, one.result): (one.before, one.after)
        for patient in found.patients
        for one in patient.results
    }
