"""Laboratory tables from small trials, counted by hand: T-16, T-17, figure F-8, versions (G-57)."""

import polars as pl
import pytest

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.endpoints.laboratory.edish import Peak, highest_peaks
from trialwright.endpoints.laboratory.grade_shift import estimate_laboratory_grades
from trialwright.endpoints.laboratory.liver import estimate_liver_safety
from trialwright.endpoints.laboratory.results import analyze_laboratory
from trialwright.endpoints.laboratory.severe_results import list_severe_results
from trialwright.endpoints.laboratory.versions import compare_versions

LIMITS = {
    "ALT": ("5", "40", "U/L"), "BILI": ("3", "20", "umol/L"), "ALP": ("40", "120", "U/L"),
    "NEUT": ("1.8", "6.3", "10^9/L"), "K": ("3.5", "5.3", "mmol/L"),
}  # fmt: skip


def _lab(patient, day, code, value):
    low, high, unit = LIMITS[code]
    return patient.add(
        "LB", LBTESTCD=code, LBTEST=code, LBORRES=value, LBORRESU=unit, LBORNRLO=low, LBORNRHI=high,
        LBSTRESC=value, LBSTRESN=value, LBSTRESU=unit, LBSTNRLO=low, LBSTNRHI=high, LBDTC=on(day),
    )  # fmt: skip


def _patient(name, *results, procedure=None):
    patient = Patient(name).target("T01", "LIVER", 40).scan(56, {"T01": 40})
    if procedure is not None:
        patient.add(
            "PR", PRTRT="INFUSION", PRCAT="STUDY TREATMENT", PRLOC="LIVER", PRSTDTC=on(procedure)
        )
    for day, code, value in results:
        _lab(patient, day, code, value)
    return patient


#: ULN of ALT is 40, of bilirubin 20. A: 130 is 3.25 x the day after a procedure, bilirubin 41 (2.05 x)
#: on day 20. B: exactly 3 x ULN and 2 x ULN. C: no laboratory value. D: 210 is 5.25 x, far from any.
PEOPLE = (
    _patient("A", (-2, "ALT", "40"), (1, "ALT", "130"), (20, "BILI", "41"), (20, "ALP", "100"), procedure=0),
    _patient("B", (-2, "ALT", "30"), (15, "ALT", "120"), (15, "BILI", "40")),
    _patient("C"),
    _patient("D", (-2, "ALT", "41"), (15, "ALT", "210"), (15, "BILI", "10"), (15, "NEUT", "1.2")),
)  # fmt: skip


@pytest.fixture(scope="module")
def adam():
    return derive(protocol(), sdtm_of(PEOPLE))


def _rows(table):
    return {row[0]: row[1:] for row in table.rows}


def test_worst_grade_by_baseline_grade(adam):
    """ALT, v5: A 3.25 x ULN, baseline normal: 2. B 3.0 x: 1. D baseline 41 above ULN: 210/41 = 5.1
    x baseline: 3; its baseline itself is 1 x baseline, below 1.5: grade 0. C was not tested."""
    found = estimate_laboratory_grades(protocol(), adam)
    alt = next(one for one in found.shifts if one.paramcd == "ALT")
    assert dict(alt.counts) == {(0, 1): 1, (0, 2): 1, (0, 3): 1}
    assert (found.subjects, alt.tested, alt.severe()) == (4, 3, 1)
    line = next(row for row in found.table().rows if "ALT" in row[0] or "Alanine" in row[0])
    assert line[1:] == ("0", "1", "1", "1", "0", "0", "1 (25)", "1")


def test_g51_an_abnormal_baseline_of_grade_0_is_told(adam):
    """D: baseline ALT 41 of ULN 40 is grade 0 by version 5.0, and no normal value."""
    found = estimate_laboratory_grades(protocol(), adam)
    assert found.raised == (("ALT", 1),)
    assert any("above ULN: ALT 1 " in line for line in found.table().footnotes)


def test_a_grade_without_baseline_stands_in_a_row_of_its_own(adam):
    """Neutrophils 1.2 (grade 2) were never measured before treatment."""
    found = estimate_laboratory_grades(protocol(), adam)
    neutrophils = next(one for one in found.shifts if one.paramcd == "NEUT")
    assert dict(neutrophils.counts) == {(-1, 2): 1}
    assert "Baseline unknown" in _rows(found.table())


def test_liver_levels_are_exact_and_told_apart_by_procedure(adam):
    """Above 3 x: A and D, not B at exactly 3 x. A's came a day after a procedure. Above 5 x: D."""
    rows = _rows(estimate_liver_safety(protocol(), adam).table())
    assert rows["ALT > 3 x ULN"] == ("2 (50)", "1 (25)")
    assert rows["ALT > 5 x ULN"] == ("1 (25)", "1 (25)")
    assert rows["Bilirubin > 2 x ULN"] == ("1 (25)", "1 (25)")
    assert rows["ALT > 10 x ULN"] == ("0 (0)", "0 (0)")


def test_the_candidate_of_hys_law_is_named_with_the_procedure(adam):
    """A: 3.25 x and 2.05 x within 30 days, ALP 0.83 x; the rise came shortly after a procedure."""
    found = estimate_liver_safety(protocol(), adam)
    by_uln = [one for one in found.candidates if one.reference == "ULN"]
    assert [(one.usubjid, one.is_after_procedure) for one in by_uln] == [("A", True)]
    assert _rows(found.table())["Candidates for Hy's law (multiples of ULN)"] == ("1 (25)", "0 (0)")


def test_the_protocol_says_how_far_apart_the_two_peaks_may_lie(adam):
    """A-14: A's ALT rose on day 1, bilirubin on day 20: 19 days."""
    for days, expected in ((19, ["A"]), (18, [])):
        found = estimate_liver_safety(protocol(safety__hys_law_days=days), adam)
        assert [one.usubjid for one in found.candidates if one.reference == "ULN"] == expected


def test_figures_show_every_patient_with_both_values(adam):
    """A, B and D have both; the course drawn is that of the candidate, procedure on study day 1."""
    edish, by_baseline, course = estimate_liver_safety(protocol(), adam).figures()
    points = next(mark for mark in edish.marks if mark.kind == "points")
    assert points.notes == ("A", "B", "D")
    assert "1 with ALT or AST above 3" in edish.alt
    procedure = next(mark for mark in course.marks if mark.role == "procedure")
    assert procedure.x == (1.0,)
    assert course.population == "Patient A"
    # D came with ALT 41, above the limit of 40: 210 / 41 = 5.12 x baseline, 5.25 x ULN.
    by_uln, by_own = (next(m for m in f.marks if m.kind == "points") for f in (edish, by_baseline))
    assert 10 ** by_uln.x[2] == pytest.approx(5.25)
    assert 10 ** by_own.x[2] == pytest.approx(210 / 41)
    assert by_own.x[:2] == by_uln.x[:2]


@pytest.mark.parametrize("order", [("ALT", "AST"), ("AST", "ALT")])
def test_the_higher_transaminase_stands_for_a_patient_with_its_procedure(order):
    """4 x shortly after a procedure beside 2 x: 4 x, after a procedure, whichever enzyme it is."""
    peaks = pl.DataFrame(
        {
            "USUBJID": ["A", "A", "A"], "PARAMCD": [*order, "BILI"], "PEAKULN": [4.0, 2.0, 1.5],
            "POST": [True, False, False],
        }
    )  # fmt: skip
    assert highest_peaks(peaks, {"A": "1"}, "PEAKULN") == (Peak("A", "1", 4.0, 1.5, True),)


def test_versions_differ_where_the_text_says(adam):
    """Neutrophils 1.2: grade 2 in 4.03 and 5.0, grade 1 in 6.0 (below 1.5 to 1.0). ALT of D: 4.03
    has no baseline arm, 5.25 x ULN is 3; 5.0: 3; 6.0: above 4 x baseline is 4."""
    found = compare_versions(protocol(), adam)
    by_code = {row.paramcd: row for row in found.rows}
    assert (by_code["NEUT"].results, by_code["NEUT"].changed) == (1, 1)
    assert by_code["NEUT"].severe == (0, 0, 0)
    assert by_code["ALT"].severe == (1, 1, 1)
    assert found.version == "5.0"


def test_results_of_grade_3_or_more_are_listed_with_their_basis(adam):
    """L-10: only D, 5.1 x baseline: grade 3. A's procedure on day 0 stands beside A's results only."""
    found = list_severe_results(protocol(), adam)
    assert [(one.usubjid, one.value, one.grade, one.day) for one in found.rows] == [
        ("D", "210", 3, 16)
    ]
    assert found.table().rows[0][5:] == ("3", found.rows[0].basis, "")
    assert "baseline" in found.rows[0].basis


def test_without_laboratory_values_there_is_no_result():
    adam = derive(protocol(), sdtm_of(_patient("C")))
    assert analyze_laboratory(protocol(), adam) == ()
