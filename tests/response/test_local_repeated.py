"""Ablated again, ablated on the day of a scan, ablated on a day not known (R-104, R-106, R-141), by hand.

Days from the first dose, which is the first ablation (day 0).
"""

from __future__ import annotations

import pytest

from support.derived import Derived
from support.trial import Patient, on, sdtm_of

MWA = {"PRTRT": "MICROWAVE ABLATION", "PRCAT": "STUDY TREATMENT"}


def two(*days: int) -> Patient:
    """T01 30 mm in the liver, ablated on these days; T02 20 mm in the lung, untreated."""
    person = Patient().target("T01", "LIVER", 30).target("T02", "LUNG", 20)
    for day in days:
        person.add("PR", **MWA, PRLNKID="T01", PRSTDTC=on(day))
    return person


def under(policy: str, person: Patient) -> Derived:
    return Derived(sdtm_of(person), response__ablated_lesions=policy)


def residual(margin: str) -> Patient:
    """N1 at T01 on d30, the first scan; N1 is ablated on d32 and gone on d84 and d140."""
    person = two(0).scan(30, {"T01": 40, "T02": 20}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    person.rows["TU"][-1].update({"TUGRPID": "T01", "MARGINMM": margin})
    person.add("PR", **MWA, PRLNKID="N1", PRSTDTC=on(32))
    for day, size in ((84, 18), (140, 12)):
        person.scan(day, {"T01": 35, "T02": size}, new={"N1": ("LIVER", "ABSENT")})
    return person


def test_r104_the_new_baseline_waits_for_the_ablation_of_residual_tumour():
    """Last ablation d32, so d30 is no new baseline; d84 is (52 days, late). 12 of 18 mm is PR."""
    found = under("rebaseline", residual("2.5"))
    assert found.points.targets.baseline[0] == 180
    assert (found.responses(), found.days()) == (["PR"], [140])
    assert f"New baseline on {on(84)}, 52 days after the last ablation of {on(32)}" in (
        found.messages()
    )


def test_r108_the_ablation_of_an_ordinary_new_lesion_moves_no_baseline():
    """10.1 mm from the margin: N1 is PD on d30, from the ordinary baseline."""
    found = under("rebaseline", residual("10.1"))
    assert (found.responses()[0], found.days()[0]) == ("PD", 30)


@pytest.mark.parametrize(("day", "expected"), [(55, "PR"), (56, "NE"), (57, "SD")])
def test_r104_zero_needs_a_scan_after_the_day_of_the_ablation(day, expected):
    """Scan d56 with T01 30 and T02 20 of 50 mm: 20 of 50 after d55, not known on d56, 50 before d57."""
    person = two(day).scan(56, {"T01": 30, "T02": 20}).scan(112, {"T01": 30, "T02": 20})
    assert under("zero", person).responses() == [expected, "PR"]


@pytest.mark.parametrize(("date", "said"), [("2024-01", True), ("2024-01-01", False)])
@pytest.mark.parametrize("category", ["STUDY TREATMENT", "LOCAL THERAPY NOT PER PROTOCOL"])
def test_r141_a_partial_date_of_local_therapy_is_flagged(date, said, category):
    person = two().scan(56, {"T01": 30, "T02": 20})
    person.add("PR", PRTRT="MWA", PRCAT=category, PRLNKID="T01", PRSTDTC=date)
    found = Derived(sdtm_of(person))
    assert found.responses() == ["NE"]
    assert ("The date of local therapy of a lesion is partial" in found.messages()) == said
