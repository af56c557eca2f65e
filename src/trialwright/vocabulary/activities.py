"""What is usually done at the visits of an early-phase trial with systemic and local treatment.

A proposal, never a value of a protocol: each row has an id (SA-01 ...) that the schedule names as
its source. Doses and procedures are not here, they come from the regimen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

#: Kinds of visit that a row speaks of.
Point: TypeAlias = Literal[
    "screening", "first", "cycle", "during", "after_procedure", "scan", "local_scan", "end",
    "safety", "safety_late", "survival",
]  # fmt: skip
#: What a trial must have for a row to apply.
Need: TypeAlias = Literal["checkpoint", "digestive", "quality_of_life", "ablation", "scans"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualActivity:
    """One row of the usual schedule of activities.

    `at` gives the mark at each kind of visit; `every_cycles` keeps it to every so many cycles, from
    the first on.
    """

    id: str
    name: str
    rule: str
    at: dict[Point, str] = field(default_factory=dict)
    needs: Need | None = None
    every_cycles: int = 1


def _at(*points: Point, said: dict[Point, str] | None = None) -> dict[Point, str]:
    """A plain mark at each point, words where there is more to say."""
    marks: dict[Point, str] = dict.fromkeys(points, "X")
    return marks | (said or {})


#: Days of screening before the first treatment: the whole, and laboratory and pregnancy tests.
SCREENING_DAYS = 28
SCREENING_LAB_DAYS = 7
#: Days after the end of a procedure at which laboratory values are taken.
AFTER_PROCEDURE_DAYS = 7
#: Days after the last ablation between which its zone is scanned.
LOCAL_SCAN_DAYS = (28, 42)
#: Days that a visit may be early or late.
WINDOW_DRUG, WINDOW_TWO_WEEKLY, WINDOW_FOLLOW_UP, WINDOW_SURVIVAL = 3, 2, 7, 14
#: A scan at the end of treatment is made when the last one is older than so many days.
END_SCAN_AFTER_DAYS = 28

USUAL: tuple[UsualActivity, ...] = (
    UsualActivity(id="consent", name="Consent, eligibility, history, molecular tests",
                  rule="SA-01", at=_at("screening")),
    UsualActivity(id="exam", name="Examination, vital signs, weight, ECOG", rule="SA-02",
                  at=_at("screening", "first", "cycle", "during", "end", "safety")),
    UsualActivity(id="blood", name="Blood count, chemistry, coagulation", rule="SA-03",
                  at=_at("first", "cycle", "during", "after_procedure", "end", "safety",
                         said={"screening": f"day -{SCREENING_LAB_DAYS} to -1"})),
    UsualActivity(id="pregnancy", name="Pregnancy test, where it applies", rule="SA-04",
                  at=_at(said={"screening": f"day -{SCREENING_LAB_DAYS} to -1"})),
    UsualActivity(id="urine", name="Urine protein, lipase, amylase", rule="SA-05",
                  at=_at("screening", "first", "cycle", "end", "safety")),
    UsualActivity(id="immune", name="TSH, free T4, cortisol, troponin, CK, ECG", rule="SA-06",
                  at=_at("screening", "first", "cycle", "end", "safety",
                         said={"safety_late": "thyroid"}),
                  needs="checkpoint", every_cycles=2),
    UsualActivity(id="markers", name="CEA, CA 19-9, AFP", rule="SA-07",
                  at=_at("screening", "first", "cycle", "end"), needs="digestive"),
    UsualActivity(id="hepatitis", name="Hepatitis B DNA and C; carriers every 3 months",
                  rule="SA-08", at=_at("screening")),
    UsualActivity(id="scan", name="CT of chest, abdomen and pelvis (MRI where needed)",
                  rule="SA-09", at=_at("screening", "scan",
                                       said={"end": f"if the last is over {END_SCAN_AFTER_DAYS} days old"}), needs="scans"),
    UsualActivity(id="local_scan", name="Scan of the ablation zone", rule="SA-10",
                  at=_at("local_scan"), needs="ablation"),
    UsualActivity(id="quality", name="Quality of life", rule="SA-11",
                  at=_at("screening", "cycle", "scan", "end"), needs="quality_of_life"),
    UsualActivity(id="events", name="Adverse events, other medication", rule="SA-12",
                  at=_at("first", "cycle", "during", "after_procedure", "scan", "end", "safety",
                         said={"screening": "from consent",
                               "safety_late": "serious, immune-related"})),
    UsualActivity(id="survival", name="Survival, next therapy", rule="SA-13",
                  at=_at("end", "safety", "safety_late", "survival")),
)  # fmt: skip
