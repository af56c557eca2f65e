"""Grading rows G-01 to G-60, each by its id: values on both sides of every limit, worked by hand.

Limits are those printed in NCI CTCAE 4.03, 5.0 and 6.0.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.grades import graded, grades, safety_rule

LIVER = "40 41 120 121 200 201 800 801"
SAME = ("4.03", "5.0", "6.0")


def in_every_version(analyte, direction, values, expected, **more):
    for version in SAME:
        assert grades(analyte, direction, values, version, **more) == expected, version


def test_g01_neutrophils():
    old = [0, 1, 1, 2, 2, 3, 3, 4]
    values = "2.0 1.99 1.5 1.49 1.0 0.99 0.5 0.49"
    assert grades("NEUT", "low", values, "5.0", LLN="2.0") == old
    assert grades("NEUT", "low", values, "4.03", LLN="2.0") == old
    new = "1.5 1.49 1.0 0.99 0.5 0.49 0.1 0.09"
    assert grades("NEUT", "low", new, "6.0", LLN="2.0") == [0, 1, 1, 2, 2, 3, 3, 4]


def test_g02_white_cells():
    in_every_version("WBC", "low", "4 3.99 3 2.99 2 1.99 1 0.99", [0, 1, 1, 2, 2, 3, 3, 4], LLN="4")


def test_g03_lymphocytes_decreased():
    values = "1 0.99 0.8 0.79 0.5 0.49 0.2 0.19"
    for version in ("4.03", "5.0"):
        assert grades("LYM", "low", values, version, LLN="1") == [0, 1, 1, 2, 2, 3, 3, 4]
    one = graded("LYM", "0.1", LLN="1", rule=safety_rule(ctcae_version="6.0"))
    assert one["GRADEL"] is None
    assert one["BASISL"] == "not graded: the term is not in the rule set of CTCAE 6.0"


def test_g04_lymphocytes_increased():
    in_every_version("LYM", "high", "4 4.01 20 20.01", [0, 2, 2, 3], ULN="4")


def test_g05_platelets():
    values = "100 99 75 74.9 50 49.9 25 24.9 10 9.9"
    old = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4]
    assert grades("PLAT", "low", values, "5.0", LLN="100") == old
    assert grades("PLAT", "low", values, "4.03", LLN="100") == old
    assert grades("PLAT", "low", values, "6.0", LLN="100") == [0, 1, 1, 2, 2, 3, 3, 3, 3, 4]
    six = graded("PLAT", "9", rule=safety_rule(ctcae_version="6.0"))
    assert six["TERML"] == "Thrombocytopenia"


def test_g06_anaemia_has_no_grade_4_by_laboratory():
    in_every_version("HGB", "low", "120 119 100 99.9 80 79.9 20", [0, 1, 1, 2, 2, 3, 3], LLN="120")


def test_g07_haemoglobin_increased():
    in_every_version("HGB", "high", "160 161 180 181 200 201", [0, 1, 1, 2, 2, 3], ULN="160")
    above = {"ULN": "160", "BASE": "170", "BASEULN": "160"}
    assert grades("HGB", "high", "170 171 190 191 210 211", "4.03", **above) == [
        0, 1, 1, 2, 2, 3,
    ]  # fmt: skip
    assert grades("HGB", "high", "170 171 180 181", "5.0", **above) == [1, 1, 1, 2]


def test_g08_leukocytosis():
    in_every_version("WBC", "high", "100 100.1", [0, 3], ULN="10")


@pytest.mark.parametrize("analyte", ["ALT", "AST"])
def test_g09_and_g10_transaminases(analyte):
    """G-09, G-10: multiples of ULN with a normal baseline, of baseline with a raised one."""
    normal = {"ULN": "40", "BASE": "40", "BASEULN": "40"}
    for version in SAME:
        assert grades(analyte, "high", LIVER, version, **normal) == [0, 1, 1, 2, 2, 3, 3, 4]
    raised = {"ULN": "40", "BASE": "80", "BASEULN": "40"}
    five = grades(analyte, "high", "119 120 240 241 400 401 1600 1601", "5.0", **raised)
    assert five == [0, 1, 1, 2, 2, 3, 3, 4]
    six = grades(analyte, "high", "79 80 120 121 160 161 320 321", "6.0", **raised)
    assert six == [0, 1, 1, 2, 2, 3, 3, 4]
    assert grades(analyte, "high", "119 120 121 241", "4.03", **raised) == [1, 1, 2, 3]


def test_g10_ast_has_its_own_term():
    assert graded("AST", "500", ULN="40")["TERMH"] == "Aspartate aminotransferase increased"


def test_g11_alkaline_phosphatase():
    normal = {"ULN": "100", "BASE": "90", "BASEULN": "100"}
    values = "100 101 250 251 500 501 2000 2001"
    for version in ("4.03", "5.0"):
        assert grades("ALP", "high", values, version, **normal) == [0, 1, 1, 2, 2, 3, 3, 4]
    raised = {"ULN": "100", "BASE": "200", "BASEULN": "100"}
    assert grades("ALP", "high", "399 400 500 501 1000 1001 4000 4001", "5.0", **raised) == [
        0, 1, 1, 2, 2, 3, 3, 4,
    ]  # fmt: skip
    assert grades("ALP", "high", "200 201 4001", "6.0", **raised) == [0, 1, 1]
    assert grades("ALP", "high", "100 101 2001", "6.0", **normal) == [0, 1, 1]
    assert grades("ALP", "high", "100 101", "6.0", ULN="100") == [0, 1]


def test_g12_ggt():
    normal = {"ULN": "100", "BASE": "90", "BASEULN": "100"}
    in_every_version("GGT", "high", "100 101 250 251 500 501 2000 2001", [0, 1, 1, 2, 2, 3, 3, 4],
                     **normal)  # fmt: skip
    raised = {"ULN": "100", "BASE": "200", "BASEULN": "100"}
    five = grades("GGT", "high", "399 400 500 501 1000 1001 4000 4001", "5.0", **raised)
    assert five == [0, 1, 1, 2, 2, 3, 3, 4]
    six = grades("GGT", "high", "199 200 300 301 600 601 2000 2001", "6.0", **raised)
    assert six == [0, 1, 1, 2, 2, 3, 3, 4]


def test_g13_bilirubin():
    normal = {"ULN": "20", "BASE": "20", "BASEULN": "20"}
    in_every_version("BILI", "high", "20 20.1 30 30.1 60 60.1 200 200.1", [0, 1, 1, 2, 2, 3, 3, 4],
                     **normal)  # fmt: skip
    raised = {"ULN": "20", "BASE": "30", "BASEULN": "20"}
    five = grades("BILI", "high", "30 31 45 46 90 91 300 301", "5.0", **raised)
    assert five == [0, 1, 1, 2, 2, 3, 3, 4]
    six = grades("BILI", "high", "29 30 45 46 75 76 300 301", "6.0", **raised)
    assert six == [0, 1, 1, 2, 2, 3, 3, 4]
    assert grades("BILI", "high", "30 31 61", "4.03", **raised) == [1, 2, 3]


def test_g14_ldh_is_new_in_version_5():
    assert grades("LDH", "high", "250 251 9999", "5.0", ULN="250") == [0, 1, 1]
    assert grades("LDH", "high", "251", "6.0", ULN="250") == [1]
    assert grades("LDH", "high", "9999", "4.03", ULN="250") == [None]


def test_g15_creatinine():
    low = {"ULN": "100", "BASE": "60", "BASEULN": "100", "BASELLN": "50"}
    assert grades("CREAT", "high", "90 91 180 181 600 601", "5.0", **low) == [0, 2, 2, 3, 3, 4]
    ninety = {"ULN": "100", "BASE": "90", "BASEULN": "100", "BASELLN": "50"}
    assert grades("CREAT", "high", "100 110 150 151 300 301", "5.0", **ninety) == [
        0, 1, 2, 2, 3, 3,
    ]  # fmt: skip
    assert grades("CREAT", "high", "60 61 90 91 180 181", "4.03", **low) == [0, 1, 1, 2, 2, 3]
    in_every_version("CREAT", "high", "100 101 150 151 300 301 600 601", [0, 1, 1, 2, 2, 3, 3, 4],
                     ULN="100", BASE="300", BASEULN="100", BASELLN="50")  # fmt: skip
    assert grades("CREAT", "high", "91 100 101 151 301", "6.0", **low) == [0, 0, 1, 2, 3]
    below = low | {"BASELLN": "61"}
    assert grades("CREAT", "high", "90 91 180 181", "6.0", **below) == [0, 2, 2, 3]


def test_g16_creatine_kinase():
    values = "200 201 500 501 1000 1001 2000 2001"
    for version in ("4.03", "5.0"):
        assert grades("CK", "high", values, version, ULN="200") == [0, 1, 1, 2, 2, 3, 3, 4]
    assert grades("CK", "high", "2001", "6.0", ULN="200") == [None]


@pytest.mark.parametrize("analyte", ["LIPASE", "AMYLASE"])
def test_g17_and_g18_pancreas(analyte):
    """G-17, G-18: the grade needs the symptoms from version 5 on."""
    values = "100 101 150 151 200 201 500 501"
    with_, without = {"ULN": "100", "SYMPTOM": True}, {"ULN": "100", "SYMPTOM": False}
    assert grades(analyte, "high", values, "5.0", **with_) == [0, 1, 1, 2, 2, 3, 3, 4]
    assert grades(analyte, "high", values, "5.0", **without) == [0, 1, 1, 2, 2, 2, 2, 3]
    assert grades(analyte, "high", values, "4.03", ULN="100") == [0, 1, 1, 2, 2, 3, 3, 4]


def test_g17_lipase_of_version_6():
    values = "100 101 150 151 300 301 500 501"
    with_ = grades("LIPASE", "high", values, "6.0", ULN="100", SYMPTOM=True)
    assert with_ == [0, 1, 1, 2, 2, 3, 3, 4]
    without = grades("LIPASE", "high", values, "6.0", ULN="100", SYMPTOM=False)
    assert without == [0, 1, 1, 2, 2, 2, 2, 3]


def test_g18_amylase_of_version_6_keeps_its_limits():
    assert grades("AMYLASE", "high", "200 201", "6.0", ULN="100", SYMPTOM=True) == [2, 3]


def test_g19_inr():
    no = {"ANTICOAG": False, "BASE": "1.0", "ULN": "1.1"}
    for version in ("5.0", "6.0"):
        assert grades("INR", "high", "1.2 1.21 1.5 1.51 2.5 2.51", version, **no) == [
            0, 1, 1, 2, 2, 3,
        ]  # fmt: skip
    yes = {"ANTICOAG": True, "BASE": "2.0", "ULN": "1.1"}
    in_every_version("INR", "high", "2.0 2.1 3.0 3.1 5.0 5.1", [0, 1, 1, 2, 2, 3], **yes)
    four = grades("INR", "high", "1.1 1.11 1.65 1.66 2.75 2.76", "4.03", **no)
    assert four == [0, 1, 1, 2, 2, 3]


def test_g19_inr_on_anticoagulant_without_baseline_takes_the_fixed_limits():
    """G-19 with G-52: there is nothing to multiply."""
    one = graded("INR", "2.0", ANTICOAG=True)
    assert one["GRADEH"] == 2
    assert "baseline or its limit missing" in one["BASISH"]


def test_g20_aptt():
    in_every_version("APTT", "high", "40 41 60 61 100 101", [0, 1, 1, 2, 2, 3], ULN="40")


def test_g21_fibrinogen():
    normal = {"LLN": "2.0", "BASE": "3.0", "BASELLN": "2.0"}
    values = "2.0 1.99 1.5 1.49 1.0 0.99 0.5 0.49"
    for version in ("5.0", "6.0"):
        assert grades("FIBRINO", "low", values, version, **normal) == [0, 1, 1, 2, 2, 3, 3, 4]
    abnormal = {"LLN": "4.0", "BASE": "3.0", "BASELLN": "4.0"}
    falls = "3.0 2.99 2.26 2.25 1.51 1.5 0.76 0.75"
    assert grades("FIBRINO", "low", falls, "5.0", **abnormal) == [0, 1, 1, 2, 2, 3, 3, 4]
    current = {"options": {"fibrinogen_abnormal": "current"}}
    assert grades("FIBRINO", "low", "3.9 3.0 2.99 2.25", "5.0", **abnormal, **current) == [
        1, 1, 2, 2,
    ]  # fmt: skip
    assert grades("FIBRINO", "low", "3.0 2.99 2.25 1.5 0.75", "4.03", LLN="0.6", BASE="3.0") == [
        0, 1, 2, 3, 4,
    ]  # fmt: skip


def test_g21_fibrinogen_by_the_worst_of_both_arms():
    """4.03, and 5.0 with the option `current`: limits of normal, fall from baseline, 0.5 g/L."""
    current = {"options": {"fibrinogen_abnormal": "current"}}
    for version, more in (("4.03", {}), ("5.0", current), ("6.0", current)):
        found = grades("FIBRINO", "low", "4 3.99 3 2.99 2 1.99 1 0.99", version, LLN="4",
                       BASE="0.1", **more)  # fmt: skip
        assert found == [0, 1, 1, 2, 2, 3, 3, 4]
        assert grades("FIBRINO", "low", "0.5 0.49", version, LLN="1", BASE="0.1", **more) == [2, 4]
    falls = grades("FIBRINO", "low", "6.01 6 4.01 4 2.01 2", "5.0", LLN="7", BASE="8", **current)
    assert falls == [1, 2, 2, 3, 3, 4]
    for value in ("6", "4", "2"):
        assert grades("FIBRINO", "low", value, "5.0", LLN=value, BASE="8", **current) == [0]


def test_g22_albumin():
    in_every_version("ALB", "low", "35 34.9 30 29.9 20 19.9 5", [0, 1, 1, 2, 2, 3, 3], LLN="35")


def test_g23_calcium_low():
    in_every_version("CACORR", "low", "2.1 2.09 2.0 1.99 1.75 1.74 1.5 1.49",
                     [0, 1, 1, 2, 2, 3, 3, 4], LLN="2.1")  # fmt: skip


def test_g24_calcium_high():
    in_every_version("CACORR", "high", "2.6 2.61 2.9 2.91 3.1 3.11 3.4 3.41",
                     [0, 1, 1, 2, 2, 3, 3, 4], ULN="2.6")  # fmt: skip


def test_g25_ionised_calcium():
    in_every_version("CAION", "low", "1.1 1.09 1.0 0.99 0.9 0.89 0.8 0.79",
                     [0, 1, 1, 2, 2, 3, 3, 4], LLN="1.1")  # fmt: skip
    in_every_version("CAION", "high", "1.3 1.31 1.5 1.51 1.6 1.61 1.8 1.81",
                     [0, 1, 1, 2, 2, 3, 3, 4], ULN="1.3")  # fmt: skip


def test_g26_magnesium_low():
    in_every_version("MG", "low", "0.7 0.69 0.5 0.49 0.4 0.39 0.3 0.29",
                     [0, 1, 1, 2, 2, 3, 3, 4], LLN="0.7")  # fmt: skip


def test_g27_magnesium_high_has_no_grade_2():
    in_every_version("MG", "high", "1.0 1.01 1.23 1.24 3.30 3.31", [0, 1, 1, 3, 3, 4], ULN="1.0")


def test_g28_potassium_low():
    quiet = {"LLN": "3.5", "SYMPTOM": False, "TREATED": False}
    in_every_version("K", "low", "3.5 3.49 3.0 2.99 2.5 2.49", [0, 1, 1, 3, 3, 4], **quiet)
    treated = {"LLN": "3.5", "TREATED": True}
    in_every_version("K", "low", "3.5 3.49 3.0 2.99", [0, 2, 2, 3], **treated)


def test_g29_potassium_high():
    in_every_version("K", "high", "5 5.1 5.5 5.51 6.0 6.01 7.0 7.01", [0, 1, 1, 2, 2, 3, 3, 4],
                     ULN="5")  # fmt: skip


def test_g30_sodium_low():
    """Half open bands, so that 129.5 is grade 2 (G-60)."""
    values = "135 134 130 129.9 125 124.9 120 119.9"
    for version in ("5.0", "6.0"):
        without = grades("SODIUM", "low", values, version, LLN="135", SYMPTOM=False)
        assert without == [0, 1, 1, 2, 2, 3, 3, 4]
        with_ = grades("SODIUM", "low", values, version, LLN="135", SYMPTOM=True)
        assert with_ == [0, 1, 1, 3, 3, 3, 3, 4]
    assert grades("SODIUM", "low", values, "4.03", LLN="135") == [0, 1, 1, 3, 3, 3, 3, 4]


def test_g31_sodium_high():
    in_every_version("SODIUM", "high", "145 146 150 151 155 156 160 161",
                     [0, 1, 1, 2, 2, 3, 3, 4], ULN="145")  # fmt: skip


def test_g32_phosphate_is_numeric_in_4_03_only():
    values = "0.85 0.84 0.8 0.79 0.6 0.59 0.3 0.29"
    assert grades("PHOS", "low", values, "4.03", LLN="0.85") == [0, 1, 1, 2, 2, 3, 3, 4]
    assert grades("PHOS", "low", "0.29", "5.0", LLN="0.85") == [None]
    assert "need of treatment" in graded("PHOS", "0.29", LLN="0.85")["BASISL"]


def test_g33_glucose_low():
    in_every_version("GLUC", "low", "3.9 3.8 3.0 2.9 2.2 2.1 1.7 1.6", [0, 1, 1, 2, 2, 3, 3, 4],
                     LLN="3.9")  # fmt: skip


def test_g34_glucose_high_is_numeric_in_4_03_and_6():
    values = "6 6.1 8.9 9 13.9 14 27.8 27.9"
    for version in ("4.03", "6.0"):
        assert grades("GLUC", "high", values, version, ULN="6", FASTING=True) == [
            0, 1, 1, 2, 2, 3, 3, 4,
        ]  # fmt: skip
    assert grades("GLUC", "high", "30", "5.0", ULN="6", FASTING=True) == [None]
    assert grades("GLUC", "high", "12 14", "4.03", ULN="6", FASTING=False) == [0, 3]


def test_g35_triglycerides_include_their_first_limit():
    in_every_version("TRIG", "high", "1.70 1.71 3.42 3.43 5.7 5.71 11.4 11.41",
                     [0, 1, 1, 2, 2, 3, 3, 4])  # fmt: skip


def test_g36_cholesterol():
    in_every_version("CHOL", "high", "5 5.1 7.75 7.76 10.34 10.35 12.92 12.93",
                     [0, 1, 1, 2, 2, 3, 3, 4], ULN="5")  # fmt: skip


def test_g37_uric_acid():
    in_every_version("URATE", "high", "0.42 0.43", [0, 1], ULN="0.42", SYMPTOM=False)
    in_every_version("URATE", "high", "0.42 0.43", [0, 3], ULN="0.42", SYMPTOM=True)
    assert grades("URATE", "high", "0.59 0.60", "4.03", ULN="0.42", SYMPTOM=False) == [1, 4]
    assert grades("URATE", "high", "0.59 0.60", "5.0", ULN="0.42", SYMPTOM=False) == [1, 1]


def test_g38_ph():
    in_every_version("PH", "low", "7.35 7.34 7.3 7.29", [0, 1, 1, 3], LLN="7.35")
    in_every_version("PH", "high", "7.45 7.46 7.5 7.51", [0, 1, 1, 3], ULN="7.45")


def test_g39_proteinuria():
    in_every_version("UPRODIP", "high", "0 1 2 3 4", [0, 1, 2, 2, 3])
    in_every_version("UPROT24", "high", "0.15 0.16 0.99 1.0 3.49 3.5", [0, 1, 1, 2, 2, 3],
                     ULN="0.15")  # fmt: skip


def test_g40_cd4():
    in_every_version("CD4", "low", "0.6 0.59 0.5 0.49 0.2 0.19 0.05 0.04",
                     [0, 1, 1, 2, 2, 3, 3, 4], LLN="0.6")  # fmt: skip


def test_g41_haptoglobin():
    in_every_version("HAPTOG", "low", "0.3 0.29 0.01", [0, 1, 1], LLN="0.3")


def test_g42_kidney():
    in_every_version("EGFR", "low", "90 89 60 59.9 30 29.9 15 14.9", [0, 1, 1, 2, 2, 3, 3, 4],
                     LLN="90")  # fmt: skip
    assert grades("CREATCLR", "low", "59 29 14", "5.0", LLN="90") == [2, 3, 4]
    assert grades("CREATCLR", "low", "50 49 26 25 10", "6.0", LLN="90") == [0, 2, 2, 3, 3]


def test_g43_qtc():
    in_every_version("QTCF", "high", "449 450 480 481 500 501", [0, 1, 1, 2, 2, 3], BASE="445")
    in_every_version("QTCF", "high", "460 461", [1, 3], BASE="400")


def test_g44_weight_loss():
    in_every_version("WEIGHT", "low", "76.1 76 72.1 72 64.1 64", [0, 1, 1, 2, 2, 3], BASE="80")
    assert grades("WEIGHT", "low", "60") == [None]


def test_g45_blood_pressure():
    in_every_version("SYSBP", "high", "119 120 139 140 159 160", [0, 1, 1, 2, 2, 3])
    in_every_version("DIABP", "high", "79 80 89 90 99 100", [0, 1, 1, 2, 2, 3])


def test_g46_fever():
    in_every_version("TEMP", "high", "37.9 38.0 39.0 39.1 40.0 40.1", [0, 1, 1, 2, 2, 3])
    longer = {"options": {"symptom_unknown": "higher"}}
    assert grades("TEMP", "high", "40.0 40.1", "5.0", **longer) == [2, 4]


def test_g50_tests_without_a_numeric_grade():
    one = graded("TSH", "90", ULN="4")
    assert (one["GRADEH"], one["TERMH"]) == (None, None)


def test_g51_baseline_dependent_gap():
    """BA and ratio below 1.5 is grade 0, though 11.9 x ULN."""
    one = graded("ALT", "476", ULN="40", BASE="320", BASEULN="40")
    assert one["GRADEH"] == 0
    assert one["BASISH"] == "no limit is passed, baseline above ULN"


def test_g52_missing_limits():
    assert grades("NEUT", "low", "1.8 1.49 0.4") == [None, 2, 4]
    assert grades("ALT", "high", "9999") == [None]
    flagged = graded("ALT", "121", ULN="40", BASE="80")
    assert flagged["GRADEH"] == 2
    assert "baseline or its limit missing" in flagged["BASISH"]
    assert "G-52" in flagged["RULEH"]
    least = graded("CREAT", "400", BASE="100")
    assert least["GRADEH"] == 3
    assert "at least" in least["BASISH"]
    assert grades("CREAT", "high", "140", BASE="100") == [None]


def test_g53_two_directions():
    one = graded("SODIUM", "129", LLN="135", ULN="145", SYMPTOM=False)
    assert (one["GRADEL"], one["GRADEH"]) == (2, 0)


def test_g54_exact_decimals():
    """In binary floats 3 x 0.1 is above 0.3, and 1.1 x 1.5 is above 1.65."""
    assert 3 * 0.1 > 0.3
    assert grades("BILI", "high", "0.3 0.30000000000000001", ULN="0.1") == [2, 3]
    assert grades("APTT", "high", "1.65 1.6500000000000000001", ULN="1.1") == [1, 2]


def test_g55_version_4_03_has_no_baseline_arms():
    raised = {"ULN": "40", "BASE": "80", "BASEULN": "40"}
    one = graded("ALT", "121", rule=safety_rule(ctcae_version="4.03"), **raised)
    assert one["GRADEH"] == 2
    assert one["BASISH"] == "> 3 x ULN"
    assert one["RULEH"] == "G-09 G-55"


def test_g56_version_6_has_terms_of_its_own():
    assert grades("HDL", "low", "1.0 0.99", "6.0", LLN="1.0") == [0, 1]
    assert grades("LDL", "high", "3.0 3.01", "6.0", ULN="3.0") == [0, 1]
    assert grades("HDL", "low", "0.1", "5.0", LLN="1.0") == [None]
    far = graded("ALT", "601", ULN="40", BASE="300", BASEULN="40",
                 rule=safety_rule(ctcae_version="6.0"))  # fmt: skip
    assert far["GRADEH"] == 3
    assert "up to 5 x ULN" in far["BASISH"]


def test_g57_the_version_is_a_parameter():
    """Grade 3 neutropenia of version 5 is grade 2 of version 6."""
    assert [grades("NEUT", "low", "0.8", version, LLN="2")[0] for version in SAME] == [3, 3, 2]


def test_g58_unknown_symptoms():
    lower, higher = (
        {"ULN": "100", "options": {"symptom_unknown": one}} for one in ("lower", "higher")
    )
    assert grades("LIPASE", "high", "201 501", "5.0", **lower) == [2, 3]
    assert grades("LIPASE", "high", "201 501", "5.0", **higher) == [3, 4]
    one = graded("LIPASE", "201", ULN="100")
    assert one["BASISH"] == "> 1.5 x ULN, numeric part only: symptoms unknown"
    assert one["RULEH"] == "G-17 G-58"
    assert "numeric" not in graded("LIPASE", "201", ULN="100", SYMPTOM=False)["BASISH"]
    assert "numeric" not in graded("LIPASE", "151", ULN="100")["BASISH"]


@pytest.mark.parametrize(
    ("analyte", "limit", "base", "value", "expected"),
    [
        ("ALT", "40", "80", "119", 0), ("ALT", "40", "80", "120", 1), ("ALT", "40", "80", "240", 1),
        ("ALT", "40", "80", "241", 2), ("ALT", "40", "80", "401", 3), ("ALT", "40", "40", "121", 2),
        ("BILI", "20", "30", "30", 0), ("BILI", "20", "30", "31", 1), ("BILI", "20", "30", "46", 2),
        ("CREAT", "100", "60", "90", 0), ("CREAT", "100", "60", "91", 2),
        ("CREAT", "100", "60", "181", 3), ("CREAT", "100", "90", "110", 1),
    ],
)  # fmt: skip
def test_g59_worked_examples(analyte, limit, base, value, expected):
    one = graded(analyte, value, ULN=limit, BASE=base, BASEULN=limit)
    assert one["GRADEH"] == expected
    assert "G-59" in one["RULEH"]


def test_g60_where_we_differ_from_admiral():
    """Admiral 1.5 gives another grade to each under version 5."""
    assert grades("LIPASE", "high", "201", ULN="100") == [2]
    assert grades("AMYLASE", "high", "201", ULN="100") == [2]
    assert grades("K", "low", "3.2", LLN="3.5") == [1]
    assert grades("SODIUM", "low", "129.5", LLN="135") == [2]
    assert grades("URATE", "high", "0.5", ULN="0.42") == [1]
    assert grades("TRIG", "high", "1.71") == [1]
    assert grades("GGT", "high", "200", ULN="50", BASE="100", BASEULN="50") == [1]
    assert grades("INR", "high", "1.1", BASE="1.0", ANTICOAG=False) == [0]


def test_every_row_has_a_test():
    """G-01 to G-46 and G-50 to G-60; no other row exists."""
    text = Path(__file__).read_text(encoding="utf-8")
    names = " ".join(re.findall(r"def (test_\w+)", text))
    rows = {int(number) for number in re.findall(r"g(\d\d)", names)}
    assert rows == {*range(1, 47), *range(50, 61)}
