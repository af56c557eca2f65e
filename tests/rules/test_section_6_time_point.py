"""Section 6, time-point response (R-051 to R-059), through SDTM."""

from __future__ import annotations

import pytest

from support.readings import (
    CT,
    one,
    only_other,
    read,
    read_one,
    responses,
    two,
    with_new,
    with_other,
)
from support.trial import Patient, on

PD, DOUBT = "UNEQUIVOCAL PROGRESSION", "EQUIVOCAL PROGRESSION"
TARGET = {"CR": 0, "PR": 20, "SD": 40, "PD": 48, "NE": "NE"}
OTHER = {"CR": "ABSENT", "NN": "PRESENT", "NE": "NE", "PD": PD}


def cell(target: str, other: str | None, *, new: bool = False) -> Patient:
    """Target 40 mm and a non-target at one visit."""
    person = Patient().target("T01", "LIVER", 40, **CT)
    if other:
        person.non_target("N01", "PERITONEUM")
    return person.scan(
        56, {"T01": TARGET[target]}, {"N01": OTHER[other]} if other else None,
        new={"NL1": ("LUNG", "UNEQUIVOCAL")} if new else None,
    )  # fmt: skip


def test_r051_table_1_cell_by_cell():
    """Eisenhauer et al. 2009, table 1, every cell with and without a new lesion."""
    table = {
        ("CR", None): "CR", ("CR", "CR"): "CR", ("CR", "NN"): "PR", ("CR", "NE"): "PR",
        ("PR", None): "PR", ("PR", "CR"): "PR", ("PR", "NN"): "PR", ("PR", "NE"): "PR",
        ("SD", None): "SD", ("SD", "CR"): "SD", ("SD", "NN"): "SD", ("SD", "NE"): "SD",
        ("NE", None): "NE", ("NE", "CR"): "NE", ("NE", "NN"): "NE", ("NE", "NE"): "NE",
        ("PD", None): "PD", ("PD", "CR"): "PD", ("PD", "NN"): "PD", ("PD", "NE"): "PD",
        **{(t, "PD"): "PD" for t in TARGET},
    }  # fmt: skip
    people = {f"{t}/{o}": cell(t, o) for t, o in table}
    people |= {f"{t}/{o} new": cell(t, o, new=True) for t, o in table}
    wanted = {f"{t}/{o}": [r] for (t, o), r in table.items()}
    wanted |= {f"{t}/{o} new": ["PD"] for t, o in table}
    made = read(people)
    assert {k: r.responses for k, r in made.items()} == wanted
    assert {k: r.column("TRGRESP")[0] for k, r in made.items()} == {
        k: k.split("/")[0] for k in people
    }


def test_r052_table_2_cell_by_cell():
    cases = {"ABSENT": "CR", "PRESENT": "NON-CR/NON-PD", "NE": "NE", PD: "PD"}
    people = {k: only_other((56, k)) for k in cases}
    for state in cases:
        people[f"{state} new"] = only_other((56, state))
        people[f"{state} new"].visits = 0
        people[f"{state} new"].scan(56, {}, new={"NL1": ("LUNG", "UNEQUIVOCAL")})
    people["target"] = one(40, (56, 40))
    made = responses(people)
    assert {k: made[k] for k in cases} == {k: [r] for k, r in cases.items()}
    assert {made[f"{k} new"][0] for k in cases} == {"PD"}


def test_r053_a_stated_response_is_compared_and_changes_nothing():
    """28.0 of 40 is PR, 28.1 is SD; the reader says PR to both: one query, and SD stays."""
    people = {str(v): one(40, (56, v)) for v in (28.0, 28.1)}
    for person in people.values():
        person.add("RS", RSTESTCD="OVRLRESP", RSSTRESC="PR", VISITNUM="2", RSDTC=on(56),
                   RSEVAL="INVESTIGATOR")  # fmt: skip
    made = read(people)
    assert {k: r.responses for k, r in made.items()} == {"28.0": ["PR"], "28.1": ["SD"]}
    assert not made["28.0"].said("R-053")
    assert made["28.1"].said("R-053")


def spread(first: object, second: object, **new: object) -> Patient:
    """Liver on d56, lung on d60, one time point (R-059)."""
    person = two((40, 20))
    person.scan(56, {"T01": first}, visit=2)
    return person.scan(60, {"T02": second}, visit=2.1, **new)


def test_r054_date_of_progression():
    """The earliest scan that proves it: by the first lesion alone d56, by both d60."""
    people = {
        "first alone": spread(72, 12),  # 72 >= 1.2 x 60 before T02 is read
        "first not alone": spread(71.9, 12),  # 83.9: proven when T02 is read
        "second": spread(40, 40),  # 80
        "new d60": spread(40, 20, new={"NL1": ("BRAIN", "UNEQUIVOCAL")}),
        "no PD": spread(40, 20),
        "PR": spread(20, 10),
    }
    made = read(people)
    assert {k: (r.responses[0], r.days[0]) for k, r in made.items()} == {
        "first alone": ("PD", 56), "first not alone": ("PD", 60), "second": ("PD", 60),
        "new d60": ("PD", 60), "no PD": ("SD", 60), "PR": ("PR", 60),
    }  # fmt: skip


def test_r054_new_lesion_and_non_target_progression_have_the_date_of_their_scan():
    """New lesion or non-target PD on d56, last scan of the time point d60: PD d56."""
    new = two((40, 20))
    new.scan(56, {"T01": 40}, visit=2, new={"NL1": ("LUNG", "UNEQUIVOCAL")})
    new.scan(60, {"T02": 20}, visit=2.1)
    other = two((40, 20)).non_target("N01", "PERITONEUM")
    other.scan(56, {"T01": 40}, {"N01": PD}, visit=2).scan(60, {"T02": 20}, visit=2.1)
    made = read({"new": new, "other": other})
    assert {k: (r.responses[0], r.days[0]) for k, r in made.items()} == {
        "new": ("PD", 56), "other": ("PD", 56),
    }  # fmt: skip


def test_r054_disease_after_complete_response_has_the_date_of_its_scan():
    """CR d56; d112 T01 0, d116 T02 3 mm: PD d116; T01 3 mm d112: PD d112."""
    people = {}
    for name, first, second in (("late", 0, 3), ("early", 3, 0)):
        person = two((40, 20), (56, 0, 0))
        person.scan(112, {"T01": first}, visit=3).scan(116, {"T02": second}, visit=3.1)
        people[name] = person
    made = read(people)
    assert {k: (r.responses, r.days[1]) for k, r in made.items()} == {
        "late": (["CR", "PD"], 116), "early": (["CR", "PD"], 112),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pd_date", "tp_date", "progressed", "stable"),
    [("first_of_tp", "last_of_tp", 56, 60), ("last_of_tp", "first_of_tp", 60, 56)],
)
def test_r054_dates_are_options(pd_date, tp_date, progressed, stable):
    made = read(
        {"PD": spread(40, 40), "SD": spread(40, 20)},
        response__pd_date=pd_date, response__tp_date=tp_date,
    )  # fmt: skip
    assert (made["PD"].days[0], made["SD"].days[0]) == (progressed, stable)


def test_case_q_node_after_complete_response():
    """Case Q, R-055: overall CR with a node of 8 mm; 9.5 is CR, 9.9 too, 10.0 is PD."""
    people = {f"Q {v}": one(20, (56, 8), (112, v), organ="LYMPH NODE") for v in (9.5, 9.9, 10.0)}
    assert responses(people) == {
        "Q 9.5": ["CR", "CR"], "Q 9.9": ["CR", "CR"], "Q 10.0": ["CR", "PD"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("option", "wanted", "best"),
    [("PD", ["CR", "PD"], ("CR", "SD")), ("keep", ["CR", "PR"], ("CR", "SD")),
     ("reclassify", ["PR", "PR"], ("PR", "PR"))],
)  # fmt: skip
def test_case_r_lesion_after_complete_response(option, wanted, best):
    """Case R: T 30 -> 0 d56 -> 4 mm d112. PD on d112 by the PD rule, no PD by the others."""
    made = read_one(one(30, (56, 0), (112, 4)), response__cr_then_disease=option)
    assert (made.responses, made.best) == (wanted, best)
    assert made.time("PFS")[1:] == (112, option == "PD")


def test_r055_what_is_disease_after_complete_response():
    """Each kind alone on d112 after CR on d56; T = CR with NT = NE is PR and no disease."""

    def after(
        value: object, state: object, start: object = "PRESENT", organ: str = "LUNG"
    ) -> Patient:
        gone = 0 if isinstance(start, float) else "ABSENT"
        return with_other(40, (56, 0, gone), (112, value, state), organ=organ, start=start)

    node = {"start": 12.0, "organ": "LYMPH NODE"}
    cases = {
        "target 0.1": (after(0.1, "ABSENT"), "PD"),
        "target tstm": (after("TOO SMALL TO MEASURE", "ABSENT"), "PD"),
        "present": (after(0, "PRESENT"), "PD"),
        "increased": (after(0, "INCREASED"), "PD"),
        "node 9.9": (after(0, 9.9, **node), "CR"),
        "node 10.0": (after(0, 10.0, **node), "PD"),
        "doubt": (after(0, DOUBT), "PR"),
        "NE": (after(0, "NE"), "PR"),
        "target NE": (after("NE", "ABSENT"), "NE"),
        "target NE, other there": (after("NE", "PRESENT"), "PD"),
        "still gone": (after(0, "ABSENT"), "CR"),
    }
    assert responses({k: p for k, (p, _) in cases.items()}) == {
        k: ["CR", wanted] for k, (_, wanted) in cases.items()
    }


def test_r055_reclassify_looks_at_the_first_evaluable_visit_after_the_run():
    """NE is skipped; would-be PR turns the run into PR; would-be SD or PD leaves it CR, then PD."""
    cases = {
        "CR CR PR": ((0, 0, 4), ["PR", "PR", "PR"]),
        "CR NE PR": ((0, "NE", 4), ["PR", "NE", "PR"]),
        "CR 28.1": ((0, 28.1), ["CR", "PD"]),  # 28.1 of 30 would be PD: nadir 0
        "second run": ((0, 4, 0, 4), ["PR", "PR", "PR", "PR"]),
        "no disease": ((0, 0), ["CR", "CR"]),
    }
    people = {
        k: one(30, *((56 * (i + 1), v) for i, v in enumerate(values)))
        for k, (values, _) in cases.items()
    }
    assert responses(people, response__cr_then_disease="reclassify") == {
        k: wanted for k, (_, wanted) in cases.items()
    }


def test_r056_partial_response_that_grows_without_progression():
    """100: 70, 70, 80, 80, 80: strict reads SD from 80 on, carry keeps PR; BOR and DOR the same."""
    person = {"P": one(100, (56, 70), (112, 70), (168, 80), (224, 80), (280, 80))}
    strict = read(person)["P"]
    carry = read(person, response__pr_persistence="carry")["P"]
    assert strict.responses == ["PR", "PR", "SD", "SD", "SD"]
    assert carry.responses == ["PR"] * 5
    assert strict.confirmed == carry.confirmed == ("PR", 56)
    assert strict.time("DOR") == carry.time("DOR")


def test_r056_carry_begins_with_confirmation():
    """100: 70, 80: not confirmed, so SD under carry too; without confirmation once given."""
    person = {"P": one(100, (56, 70), (112, 80))}
    assert responses(person, response__pr_persistence="carry") == {"P": ["PR", "SD"]}
    once = responses(
        person, response__pr_persistence="carry", response__confirmation="not_required"
    )
    assert once == {"P": ["PR", "PR"]}


def test_r057_time_points_after_progression_are_kept_and_unused():
    made = read_one(one(40, (56, 60), (112, 0), (168, 0)))
    assert made.responses == ["PD", "CR", "CR"]
    assert made.column("POSTPDFL") == ["N", "Y", "Y"]
    assert made.column("ANL01FL") == ["Y", "N", "N"]
    assert made.best == ("PD", "PD")
    assert made.time("PFS")[1:] == (56, True)


def test_r058_clinical_deterioration_is_no_progression():
    """Treatment stopped for progression by symptoms d80, no scan: no response, PFS censored d56."""
    person = one(40, (56, 40))
    person.add("DS", DSDECOD="SYMPTOMATIC DETERIORATION", DSSTDTC=on(80), DSSCAT="STUDY TREATMENT")
    person.add("RS", RSTESTCD="SYMPTDTR", RSSTRESC="SYMPTOMATIC DETERIORATION", RSDTC=on(80),
               VISITNUM="2.5", RSEVAL="INVESTIGATOR")  # fmt: skip
    made = read_one(person)
    assert made.responses == ["SD"]
    assert made.best == ("SD", "SD")
    assert made.time("PFS") == (-3, 56, False)


@pytest.mark.parametrize(
    ("gap", "merge", "visits"), [(13, 14, 1), (14, 14, 2), (13, 0, 2), (1, 0, 2)]
)
def test_r059_neighbouring_visits_without_a_lesion_in_common(gap, merge, visits):
    """Less than merge_days apart: one time point; 0 never."""
    person = two((40, 20))
    person.scan(56, {"T01": 20}, visit=2).scan(56 + gap, {"T02": 10}, visit=2.1)
    made = read_one(person, response__merge_days=merge)
    assert made.responses == (["PR"] if visits == 1 else ["NE", "NE"])
    assert made.days == ([56 + gap] if visits == 1 else [56, 56 + gap])


def test_r059_a_lesion_assessed_in_both_keeps_them_apart():
    """T01 read on both days: two time points; NE on one of them does not separate."""
    apart = two((40, 20)).scan(56, {"T01": 20, "T02": 10}).scan(60, {"T01": 20, "T02": 10})
    joined = two((40, 20)).scan(56, {"T01": 20, "T02": "NE"}).scan(60, {"T01": "NE", "T02": 10})
    assert responses({"apart": apart, "joined": joined}) == {
        "apart": ["PR", "PR"],
        "joined": ["PR"],
    }


def test_r059_measured_twice_in_one_time_point():
    """One visit number, d56 30 mm and d58 20 mm: the latest scan, flagged, the other listed."""
    person = one(40, (56, 30))
    person.scan(58, {"T01": 20}, visit=2)
    made = read_one(person)
    assert (made.responses, made.days, made.sums[1]) == (["PR"], [58], 20.0)
    assert "R-059" in made.flagged
    assert [(d, s) for d, s, rule in made.unused if rule == "R-059"] == [("TR", "2")]


def test_r059_unscheduled_visits_count():
    person = with_new((56, None)).scan(70, {"T01": 60}, visit=2.1)
    assert read_one(person).responses == ["SD", "PD"]
