"""Hy's law, peaks for eDISH, re-grading between versions, and unreported grades."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from support.grades import safety_rule
from support.labs import labs_of, treated
from support.trial import START, on
from trialwright.safety.liver import HysLaw, hys_law, liver_peaks
from trialwright.safety.regrading import grades_by_version, version_differences


def day(number: int) -> date:
    return START + timedelta(days=number)


def liver(*results: tuple[int, str, str], base: dict[str, str] | None = None) -> pl.DataFrame:
    """ADLB; ULN of ALT and AST 40, of bilirubin 20, of ALP 100."""
    limits = {"ALT": "40", "AST": "40", "BILI": "20", "ALP": "100"}
    units = {"BILI": "umol/L"}
    patient = treated()
    for test, value in (base or {}).items():
        patient.lab(-2, test, value, units.get(test, "U/L"), hi=limits[test])
    for at, test, value in results:
        patient.lab(at, test, value, units.get(test, "U/L"), hi=limits[test])
    return labs_of(patient).adlb


def candidates(adlb: pl.DataFrame, **options: object) -> list[str]:
    return hys_law(adlb, HysLaw(**{"window_days": 30} | options))["REFERENCE"].to_list()


@pytest.mark.parametrize(
    ("alt", "bilirubin", "alkaline", "expected"),
    [
        ("121", "41", "199", True), ("120", "41", "199", False), ("121", "40", "199", False),
        ("121", "41", "200", False), ("121", "41", None, True),
    ],
)  # fmt: skip
def test_a14_candidate_on_both_sides_of_every_limit(alt, bilirubin, alkaline, expected):
    """A-14: ALT > 3 x 40, bilirubin > 2 x 20, ALP < 2 x 100."""
    rows = [(5, "ALT", alt), (7, "BILI", bilirubin)]
    rows += [(5, "ALP", alkaline)] if alkaline else []
    assert candidates(liver(*rows)) == (["ULN", "baseline"] if expected else [])


def test_a14_the_two_peaks_lie_within_the_window():
    rows = liver((5, "AST", "400"), (35, "BILI", "90"), (36, "BILI", "100"))
    assert hys_law(rows, HysLaw(window_days=30))["BILIDT"].to_list() == [day(35), day(35)]
    assert candidates(rows, window_days=29) == []


def test_a14_bilirubin_may_come_first():
    assert candidates(liver((5, "BILI", "90"), (9, "ALT", "400"))) == ["ULN", "baseline"]


def test_a14_abnormal_baseline_is_multiplied_instead():
    """ALT 100 at baseline: 299 is above 3 x ULN but not above 3 x baseline."""
    rows = liver((5, "ALT", "299"), (5, "BILI", "60"), base={"ALT": "100", "BILI": "10"})
    assert candidates(rows) == ["ULN"]
    more = liver((5, "ALT", "301"), (5, "BILI", "60"), base={"ALT": "100", "BILI": "10"})
    assert candidates(more) == ["ULN", "baseline"]


def test_a14_results_before_treatment_do_not_count():
    assert candidates(liver(base={"ALT": "900", "BILI": "90"})) == []


def test_a14_a_procedure_before_either_peak_is_shown():
    patient = treated().add("PR", PRTRT="Ablation", PRCAT="STUDY TREATMENT", PRSTDTC=on(4))
    patient.lab(5, "AST", "400", "U/L", hi="40").lab(20, "BILI", "60", "umol/L", hi="20")
    found = hys_law(labs_of(patient).adlb, HysLaw(window_days=30))
    assert found["POST"].to_list() == [True, True]
    assert found["WHY"][0] == (
        "AST 10.0 x ULN on 2024-01-06, bilirubin 3.0 x on 2024-01-21, ALP not measured; "
        "shortly after a procedure"
    )


def test_a14_a_later_pair_away_from_every_procedure_is_not_hidden_by_one_after_it():
    """A-14: the peak after the ablation is expected, the second rise of both on day 60 is not."""
    patient = treated().add("PR", PRTRT="Ablation", PRCAT="STUDY TREATMENT", PRSTDTC=on(4))
    for at in (5, 60):
        patient.lab(at, "AST", "400", "U/L", hi="40").lab(at, "BILI", "60", "umol/L", hi="20")
    found = hys_law(labs_of(patient).adlb, HysLaw(window_days=30))
    assert found["POST"].to_list() == [False, False]
    assert found["TESTDT"].to_list() == [day(60), day(60)]


def test_peaks_are_the_highest_multiples_on_treatment():
    rows = liver((5, "ALT", "200"), (9, "ALT", "320"), (12, "ALT", "80"), (5, "BILI", "30"),
                 base={"ALT": "80"})  # fmt: skip
    alt, bili = liver_peaks(rows).to_dicts()
    assert (alt["PEAKULN"], alt["PEAKREF"], alt["ABNBASE"], alt["ADT"]) == (8.0, 4.0, True, day(9))
    assert (bili["PEAKULN"], bili["PEAKREF"], bili["ABNBASE"]) == (1.5, 1.5, False)


def test_the_definition_names_the_window_and_the_option_behind_it():
    words = HysLaw(window_days=14).words
    assert "within 14 days" in words
    assert "safety.hys_law_days" in words


def test_g57_regrading_shows_where_versions_differ():
    """Neutrophils 0.8: grade 3, 3, 2. LDH has no term in 4.03. Haemoglobin 90 is 2 everywhere."""
    patient = (
        treated().lab(1, "NEUT", "0.8", "10^9/L", lo="2").lab(1, "LDH", "300", "U/L", hi="250")
        .lab(1, "HGB", "90", "g/L", lo="120", hi="160")
    )  # fmt: skip
    adlb = labs_of(patient).adlb
    found = version_differences(adlb, safety_rule())
    columns = ["PARAMCD", "GRADE 4.03", "GRADE 5.0", "GRADE 6.0"]
    assert found.select(columns).rows() == [("LDH", None, 1, 1), ("NEUT", 3, 3, 2)]
    assert found["WHY 4.03"][0] == "not graded: no such term in CTCAE 4.03"
    everything = grades_by_version(adlb, safety_rule())
    assert everything.filter(pl.col("PARAMCD") == "HGB")["DIRECTION"].to_list() == ["high", "low"]


def test_g57_regrading_under_the_own_version_gives_the_grades_of_adlb():
    patient = (
        treated().lab(-1, "ALT", "80", "U/L", hi="40").lab(-1, "CREAT", "0.9", "mg/dL", hi="1.2")
    )
    for at, value in enumerate(("0.95", "1.36", "2.75"), start=1):
        patient.lab(at, "CREAT", value, "mg/dL", hi="1.2").lab(
            at, "ALT", str(119 + at), "U/L", hi="40"
        )
    patient.lab(4, "K", "3.1", "mmol/L", lo="3.5", TREATED="Y").vital(4, "TEMP", "101.3", "F")
    adlb = labs_of(patient).adlb
    frame = grades_by_version(adlb, safety_rule(), ("5.0",))
    high = frame.filter(pl.col("DIRECTION") == "high")
    both = adlb.join(high, on=["PARAMCD", "ADT", "SRCDOM", "SRCSEQ"])
    assert both.height == high.height >= 9
    assert both["ATOXGRH"].equals(both["GRADE 5.0"].alias("ATOXGRH"), null_equal=True)
    assert frame.filter(DIRECTION="low", PARAMCD="K")["GRADE 5.0"].to_list() == [2]


def reported(name: str, grade: str, start: int, end: int | None = None) -> list[str]:
    patient = treated().lab(5, "NEUT", "0.4", "10^9/L", lo="2")
    patient.lab(6, "NEUT", "0.6", "10^9/L", lo="2").lab(-1, "NEUT", "0.4", "10^9/L", lo="2")
    if name:
        patient.add(
            "AE", AETERM=name, AEDECOD=name, AETOXGR=grade, AESTDTC=on(start),
            AEENDTC=on(end) if end else None,
        )  # fmt: skip
    return labs_of(patient).messages("A-13")


def test_a13_unreported_grade_3_is_asked_about_once_a_term():
    """A-13: the worst of two results, and nothing of before treatment."""
    assert reported("", "", 0) == [
        "NEUT 0.4 10^9/L on 2024-01-06 is grade 4 of Neutrophil count decreased (2 such results): "
        "no adverse event of that name is reported."
    ]


def test_a13_a_reported_event_of_grade_3_covers_its_days():
    assert reported("Neutropenia", "3", 4) == []
    assert reported("NEUTROPHIL COUNT DECREASED", "4", 5, 6) == []
    assert "2024-01-07 is grade 3" in reported("Neutropenia", "4", 5, 5)[0]
    assert "other days only" in reported("Neutropenia", "4", 7, 9)[0]
    assert "of lower grade" in reported("Neutropenia", "2", 4)[0]
    assert "no adverse event of that name" in reported("Anaemia", "4", 4)[0]
