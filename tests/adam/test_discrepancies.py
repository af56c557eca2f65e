"""R-053: what a reader stated beside ours, with the rule behind each difference, by hand.

Each case is a patient whose lesions give one response and whose reader stated another one by a
mistake that is named in the case; the machine has to find that mistake by itself.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from support.reported import said
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam
from trialwright.endpoints.discrepancies import compare_stated


def liver(*sums: object, baseline: float = 50) -> Patient:
    """One target in the liver, scanned every 56 days."""
    person = Patient().target("T01", "LIVER", baseline)
    for number, size in enumerate(sums, start=1):
        person.scan(56 * number, {"T01": size})
    return person


def states(person: Patient, *words: str, test: str = "OVRLRESP") -> Patient:
    """The reader states a response at each scan, dated as the scan."""
    for number, word in enumerate(words, start=1):
        if word:
            person.add(
                "RS", **said(56 * number, word) | {"RSTESTCD": test, "VISITNUM": str(number + 1)}
            )
    return person


def compared(person: Patient, **options: object) -> pl.DataFrame:
    return derive(protocol(**options), sdtm_of(person))["REPORTED"]


def differences(person: Patient, test: str = "OVRLRESP", **options: object) -> pl.DataFrame:
    frame = compared(person, **options)
    return frame.filter((pl.col("AGREEFL") == "N") & (pl.col("TESTCD") == test))


def two_targets() -> Patient:
    return Patient().target("T01", "LIVER", 30).target("T02", "LUNG", 20)


def node_and_liver() -> Patient:
    return Patient().target("T01", "LIVER", 30).target("N01", "LYMPH NODE", 20)


def with_non_target(state: str = "PRESENT", size: object = 30) -> Patient:
    """T01 40 mm and a non-target lesion of the lung."""
    person = Patient().target("T01", "LIVER", 40).non_target("NT1", "LUNG")
    return person.scan(56, {"T01": size}, {"NT1": state})


def new_lesion(state: str) -> Patient:
    """T01 40, 40 with a new lesion of the bone."""
    person = Patient().target("T01", "LIVER", 40)
    return person.scan(56, {"T01": 40}, new={"X1": ("BONE", state)})


def settled_later() -> Patient:
    return new_lesion("EQUIVOCAL").scan(112, {"T01": 40}, new={"X1": ("BONE", "UNEQUIVOCAL")})


Case = tuple[str, Callable[[], Patient], str, str, str]

#: What the reader did, the lesions with the stated responses, derived, rule, words.
CASES: list[Case] = [
    # 50, nadir 30, 40: +33 % and +10 mm on 30 is PD; against 50 it is PR by no measure: 0.8.
    ("baseline for nadir", lambda: states(liver(30, 40), "PR", "SD"), "PD", "R-032", "baseline"),
    # 20, 24: +20 % and 4 mm.
    ("5 mm left out", lambda: states(liver(24, baseline=20), "PD"), "SD", "R-032", "5 mm"),
    # 50, 56: +6 mm and 12 %.
    ("20 % left out", lambda: states(liver(56), "PD"), "SD", "R-032", "20 %"),
    # 50, 35.2: -29.6 %.
    ("-29.6 % rounded", lambda: states(liver(35.2), "PR"), "SD", "R-034", "fall"),
    # 50, 59.8: +19.6 % and 9.8 mm; 20 % left out gives PD too and explains as much.
    ("new lesion not counted", lambda: states(new_lesion("UNEQUIVOCAL"), "SD"), "PD", "R-043",
     "new lesion"),
    ("equivocal at once", lambda: states(new_lesion("EQUIVOCAL"), "PD"), "SD", "R-045",
     "equivocal new lesion"),
    # The reader does not go back to the first sight, and does call the second sight PD.
    ("not back-dated", lambda: states(settled_later(), "SD", "PD"), "PD", "R-045", "first read"),
    # Non-target disease only.
    ("NN called SD", lambda: states(
        Patient().non_target("NT1", "LUNG").scan(56, {}, {"NT1": "PRESENT"}), "SD"),
     "NON-CR/NON-PD", "R-052", "stable disease"),
    # 50 -> 0 -> 4: CR, then disease.
    ("disease after CR not PD", lambda: states(liver(0, 4), "CR", "PR"), "PD", "R-055",
     "not called disease"),
    # 100, 70 twice (PR), 80: above 70 and not PD.
    ("PR carried", lambda: states(liver(70, 70, 80, baseline=100), "PR", "PR", "PR"), "SD", "R-056",
     "carried a partial response"),
    # 30 + 20, T01 30 and T02 missing: 30 of 50 is -40 %.
    ("partial sum as whole", lambda: states(
        two_targets().scan(56, {"T01": 30, "T02": "NE"}), "PR"), "NE", "R-035", "whole sum"),
    # T02 carried forward: 30 + 20 is SD; the sum of those seen would be PR.
    ("size carried forward", lambda: states(
        two_targets().scan(56, {"T01": 30, "T02": "NE"}), "SD"), "NE", "R-028", "last size"),
    # 30 + 20, T01 alone 70: PD by R-035.
    ("PD of those seen denied", lambda: states(
        two_targets().scan(56, {"T01": 70, "T02": "NE"}), "NE"), "PD", "R-035", "not called"),
    # 80 + 25 unread: 160 % above the nadir 50 by T01 alone; the baseline is that nadir too.
    ("PD of those seen denied, fitting another rule too", lambda: states(
        two_targets().scan(56, {"T01": 80, "T02": "NE"}), "NE"), "PD", "R-035", "not called"),
    ("CR with NT present", lambda: states(with_non_target("PRESENT", 0), "CR"), "PR", "R-051",
     "although non-target"),
    ("NT NE makes all NE", lambda: states(with_non_target("NE", 40), "NE"), "SD", "R-051",
     "because a non-target"),
    # Node 12 mm, the liver lesion gone: PR 12 of 50.
    ("node of 12 overlooked", lambda: states(
        node_and_liver().scan(56, {"T01": 0, "N01": 12}), "CR"), "PR", "R-031", "nodes of 10 mm"),
    # Node 8 mm: CR with a sum of 8.
    ("node must be 0", lambda: states(
        node_and_liver().scan(56, {"T01": 0, "N01": 8}), "PR"), "CR", "R-023", "vanish"),
    ("TSTM counted as gone", lambda: states(liver("TSTM"), "CR"), "PR", "R-022", "too small"),
    ("modest NT growth", lambda: states(with_non_target("INCREASED"), "PD"), "SD", "R-041",
     "modest growth"),
    ("equivocal NT growth", lambda: states(
        with_non_target("EQUIVOCAL PROGRESSION"), "PD"), "SD", "R-046", "equivocal progression"),
    ("NT PD not counted", lambda: states(
        with_non_target("UNEQUIVOCAL PROGRESSION"), "SD"), "PD", "R-040", "not counted"),
    # 50, 60 (PD), 50: after PD the reader repeats PD; -17 % from 60 is SD by ours.
    ("PD repeated", lambda: states(liver(60, 50), "PD", "PD"), "SD", "R-057", "repeated"),
    # PD at 56 by the sum, called at 112 only.
    ("PD called later", lambda: states(liver(60, 66), "SD", "PD"), "PD", "R-054",
     "later, at time point 2"),
    ("nothing explains it", lambda: states(liver(30), "SD"), "PR", "", "no rule"),
]  # fmt: skip


@pytest.mark.parametrize(("derived", "rule", "words", "build"), [
    (derived, rule, words, build) for _, build, derived, rule, words in CASES
], ids=[name for name, *_ in CASES])  # fmt: skip
def test_r053_the_rule_behind_a_difference_is_found(derived, rule, words, build):
    found = differences(build())
    assert found.height == 1
    row = found.row(0, named=True)
    assert row["DERIVED"] == derived
    assert (row["LIKERULE"] or "", words in row["LIKELY"]) == (rule, True), row["LIKELY"]


def test_r034_rise_rounded():
    """50, nadir 30, 35.9 (+19.67 %, 5.9 mm) is SD at TP 2; 30, 35.2 (+17.3 %, 5.2 mm) at TP 3.

    The reader says PD and SD: leaving out 20 % would have made TP 3 PD as well.
    """
    found = differences(states(liver(30, 35.9, 35.2), "PR", "PD", "SD"))
    assert found["AVISITN"].to_list() == [2]
    row = found.row(0, named=True)
    assert (row["LIKERULE"], "rise" in row["LIKELY"]) == ("R-034", True)


def test_agreement_is_counted_and_silent():
    adam = derive(protocol(), sdtm_of(states(liver(30, 30), "PR", "PR")))
    assert adam["REPORTED"]["AGREEFL"].to_list() == ["Y"] * 4
    assert adam.queries.filter(pl.col("RULEID") == "R-053").height == 0
    (result,) = compare_stated(adam)
    assert result.compared == (("INVESTIGATOR", "OVRLRESP", 2), ("INVESTIGATOR", "RSDTC", 2))
    assert result.rows == ()


def test_nothing_stated_gives_no_result_and_no_dataset():
    adam = derive(protocol(), sdtm_of(liver(30)))
    assert "REPORTED" not in adam.datasets
    assert compare_stated(adam) == ()


def test_a_difference_that_changes_the_patient_is_an_error():
    """50 -> 35.2 (-29.6 %) twice: SD. One PR would be unconfirmed; both make a confirmed PR."""
    found = differences(states(liver(35.2, 35.2), "PR", "PR"))
    assert found["SEVERITY"].to_list() == ["error", "error"]
    assert found["CHANGES"].to_list() == ["BOR SD -> PR", "BOR SD -> PR"]


def test_differences_that_matter_only_together_say_so():
    """Confirmed PR by scans 1, 2 and 3. Any one alone as SD leaves PR; all three together do not."""
    found = differences(states(liver(30, 30, 30), "SD", "SD", "SD"))
    assert set(found["SEVERITY"]) == {"error"}
    assert set(found["CHANGES"]) == {
        "together with the other differences: BOR PR -> SD; CBOR PR -> SD"
    }


def test_a_difference_after_progression_is_a_warning():
    """PD d56; what is said of d112 enters no best response (R-057)."""
    found = differences(states(liver(60, 50), "PD", "PR"))
    assert found["SEVERITY"].to_list() == ["warning"]
    assert found["CHANGES"].to_list() == [None]


def test_r054_dates_are_compared_where_the_response_agrees():
    """Two targets scanned on d56 and d58; the new sum is PD on d58. Stated: PD on d56 and d60."""
    for day, words in ((56, "the first scan"), (60, "2 days after the last scan")):
        person = two_targets()
        person.scan(56, {"T01": 30}, visit=2).scan(58, {"T02": 40}, visit=2)
        person.add("RS", **said(day, "PD", VISITNUM="2"))
        row = differences(person, "RSDTC").row(0, named=True)
        assert (row["REPORTED"], row["DERIVED"]) == (on(day), on(58))
        assert row["SEVERITY"] == "error"
        assert row["CHANGES"] == f"progression {on(58)} -> {on(day)}"
        assert words in row["LIKELY"]


def test_r054_another_date_of_a_stable_response_is_a_warning():
    person = liver(50, 50)
    person.add("RS", **said(58, "SD", VISITNUM="2"))
    row = differences(person, "RSDTC").row(0, named=True)
    assert (row["SEVERITY"], row["LIKERULE"]) == ("warning", "R-054")


def test_target_non_target_and_new_lesion_are_compared():
    person = with_non_target("PRESENT", 20)
    for test, word in (("TRGRESP", "SD"), ("NTRGRESP", "CR"), ("NEWLIND", "Y")):
        states(person, word, test=test)
    frame = compared(person)
    rows = {r["TESTCD"]: (r["REPORTED"], r["DERIVED"], r["SEVERITY"]) for r in frame.to_dicts()}
    assert rows == {
        "TRGRESP": ("SD", "PR", "warning"),
        "NTRGRESP": ("CR", "NON-CR/NON-PD", "warning"),
        "NEWLIND": ("Y", "N", "warning"),
    }


def test_no_non_target_disease_agrees_with_not_applicable():
    person = states(states(liver(30), "NA", test="NTRGRESP"), "PR", test="TRGRESP")
    assert compared(person)["AGREEFL"].to_list() == ["Y", "Y"]


@pytest.mark.parametrize(
    ("build", "word", "ours", "rule", "words"),
    [
        (lambda: liver(30), "PR", "SD", "R-062", "confirmation"),
        (lambda: liver(30, "NE", "NE", 30), "PR", "SD", "R-068", "any number"),
        (lambda: states(liver(35.2, 35.2), "PR", "PR"), "PR", "SD", "R-053", "follows"),
        (lambda: liver(50), "CR", "SD", "", "no rule"),
    ],
)
def test_best_overall_response_is_compared(build, word, ours, rule, words):
    """BESTRESP against the confirmed BOR: unconfirmed PR, two NE between, own time points, none."""
    person = build()
    person.add("RS", **said(300, word) | {"RSTESTCD": "BESTRESP"})
    options = {"response__missing_as_ne": False}
    row = differences(person, "BESTRESP", **options).row(0, named=True)
    assert (row["REPORTED"], row["DERIVED"], row["SEVERITY"]) == (word, ours, "error")
    if rule == "R-068":
        assert row["LIKERULE"] in {"R-062", "R-068"}
    else:
        assert ((row["LIKERULE"] or ""), words in row["LIKELY"]) == (rule, True)


def test_the_last_stated_best_response_counts():
    """A best response is often restated at each visit: SD on d56, then PR on d112, which we derive."""
    person = liver(30, 30)
    for day, word in ((112, "PR"), (56, "SD")):
        person.add("RS", **said(day, word) | {"RSTESTCD": "BESTRESP"})
    rows = compared(person).filter(pl.col("TESTCD") == "BESTRESP")
    assert rows.select("REPORTED", "AGREEFL").rows() == [("PR", "Y")]


def test_r133_stated_sums_are_compared():
    """Node 8 and liver 10: our sum is 18.0; 10 leaves the node out, 17 nothing explains."""
    person = node_and_liver().scan(56, {"T01": 10, "N01": 8}).scan(112, {"T01": 10, "N01": 8})
    for visit, value in (("1", "5.0"), ("2", "10"), ("3", "17")):
        unit = "cm" if visit == "1" else "mm"
        person.add(
            "TR", TRLNKID="SUM", TRTESTCD="SUMDIAM", TRORRES=value, TRORRESU=unit, VISITNUM=visit,
            TRDTC=on(56 * (int(visit) - 1) or -7), TREVAL="INVESTIGATOR",
        )  # fmt: skip
    frame = compared(person).filter(pl.col("TESTCD") == "SUMDIAM").sort("AVISITN")
    assert frame["AGREEFL"].to_list() == ["Y", "N", "N"]
    assert frame["DERIVED"].to_list() == ["50.0 mm", "18.0 mm", "18.0 mm"]
    assert frame["LIKERULE"].to_list() == [None, "R-023", None]
    assert frame["SRCDOM"].unique().to_list() == ["TR"]


def test_readers_are_compared_each_with_its_own_lesions():
    """R-072: the assessor's PD is not held against the investigator's lesions."""
    person = states(liver(30), "PR")
    person.add("RS", **said(56, "PD", VISITNUM="2") | {"RSEVAL": "INDEPENDENT ASSESSOR"})
    frame = compared(person)
    assert set(frame["EVAL"]) == {"INVESTIGATOR"}
    assert frame["AGREEFL"].to_list() == ["Y", "Y"]


def test_counts_by_rule_and_rows():
    first = states(liver(35.2, 35.2), "PR", "PR")
    adam = derive(protocol(), sdtm_of(first))
    (result,) = compare_stated(adam)
    words = "the reader seems to have rounded the fall of the sum to whole percent"
    assert result.by_rule == (("R-034", words, 2),)
    shown = [table.title for table in result.tables()]
    assert len(shown) == 3
    assert result.table().rows[0] == ("Investigator", "Overall response", "2", "2 (100)", "2")
    plain = result.to_json()
    assert plain["compared"][0]["matter"] == 2
    assert plain["differences"][0]["would_change"] == "BOR SD -> PR"
    assert "PR (35.0 or less)" in plain["differences"][0]["why"]


def test_every_record_of_rs_is_accounted_for():
    """R-053: compared, of no time point, not a response: each has one line."""
    person = states(liver(30), "PR")
    person.add("RS", **said(300, "PD", VISITNUM="9"))
    person.add("RS", **said(56, "ODD", VISITNUM="2"))
    person.add("RS", **said(56, "3") | {"RSTESTCD": "ECOG101", "VISITNUM": "2"})
    adam: Adam = derive(protocol(), sdtm_of(person))
    listed = adam.unused.filter(pl.col("DOMAIN") == "RS").sort("SRCSEQ")
    assert listed.select("SRCSEQ", "REASON").rows() == [
        ("1", "stated response: compared, not used"),
        ("2", "stated response of no time point"),
        ("3", "no response that can be compared"),
        ("4", "not a response that is compared"),
    ]
    assert "not permitted" in " ".join(adam.queries["MESSAGE"])
