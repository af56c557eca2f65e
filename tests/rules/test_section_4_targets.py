"""Section 4, response of target lesions (R-031 to R-038), through SDTM, both sides of every limit."""

from __future__ import annotations

from support.readings import CT, one, read_one, responses, two
from support.trial import Patient, on


def three(*visits: tuple[int, object, object, object]) -> Patient:
    """40 + 30 + 30 = 100 mm."""
    person = Patient()
    for name, organ, size in (("T01", "LIVER", 40), ("T02", "LIVER", 30), ("T03", "LUNG", 30)):
        person.target(name, organ, size, **CT)
    for day, *values in visits:
        person.scan(day, dict(zip(("T01", "T02", "T03"), values, strict=True)))
    return person


LOW = (56, 20, 15, 15)  # sum 50, the nadir


def test_r035_missing_lesions_can_only_add():
    """N = 50: the others reach 60.0 (+10, exactly +20 %) is PD, 59.9 is NE; N = 20: 25.0 and 24.9."""
    small = (56, 10, 5, 5)
    cases = {
        "60.0": (three(LOW, (112, 30, 30.0, "NE")), "PD"),
        "59.9": (three(LOW, (112, 30, 29.9, "NE")), "NE"),
        "25.0": (three(small, (112, 20, 5.0, "NE")), "PD"),
        "24.9": (three(small, (112, 20, 4.9, "NE")), "NE"),
        "small": (three(LOW, (112, 1, 1, "NE")), "NE"),
        "gone": (three(LOW, (112, 0, 0, "NE")), "NE"),
        "all NE": (three(LOW, (112, "NE", "NE", "NE")), "NE"),
    }
    assert responses({k: person for k, (person, _) in cases.items()}) == {
        k: ["PR", wanted] for k, (_, wanted) in cases.items()
    }


def test_case_l_one_of_three_targets_missing():
    """Case L, R-035: one of three T missing, the rest 80 against N = 50: PD."""
    made = read_one(three(LOW, (112, 45, 35, "NE")))
    assert made.responses == ["PR", "PD"]
    assert "R-035" in made.column("RULEID")[1]


def argued(argument: str | None, said: str = "SD") -> Patient:
    """T03 missing on d112, the others as before; the reader says SD or PR of the targets."""
    person = three(LOW, (112, 20, 15, "NE"))
    return person.add(
        "RS", RSTESTCD="TRGRESP", RSSTRESC=said, VISITNUM="3", RSDTC=on(112), RSEVAL="INVESTIGATOR",
        NEREAS=argument,
    )  # fmt: skip


def test_r035_a_written_argument_is_taken_only_where_the_protocol_says_so():
    why = "T03 was 15 mm and lies beside an unchanged vessel"
    people = {"SD": argued(why), "PR": argued(why, "PR"), "bare": argued(None)}
    assert responses(people) == {k: ["PR", "NE"] for k in people}
    assert responses(people, response__ne_convincing=True) == {
        "SD": ["PR", "SD"], "PR": ["PR", "PR"], "bare": ["PR", "NE"],
    }  # fmt: skip


def test_r035_an_argument_never_undoes_progression():
    person = argued("no reason to doubt")
    person.rows["TR"][-3]["TRORRES"] = "50"  # 50 + 15 = 65 against 50
    assert responses({"PD": person}, response__ne_convincing=True) == {"PD": ["PR", "PD"]}


def test_r031_complete_response_comes_before_progression():
    """Normal nodes grow 4 -> 9.9 (+5.9, +148 %): still CR; 10.0 is disease (R-055)."""
    nodes = ("LYMPH NODE", "LYMPH NODE")
    made = responses(
        {
            "9.9": one(20, (56, 4), (112, 9.9), organ="LYMPH NODE"),
            "10.0": one(20, (56, 4), (112, 10.0), organ="LYMPH NODE"),
            "two": two((20, 20), (56, 4, 4), (112, 9.9, 9.9), organs=nodes),
        }
    )
    assert made == {"9.9": ["CR", "CR"], "10.0": ["CR", "PD"], "two": ["CR", "CR"]}


def test_r031_every_target_has_to_be_gone():
    made = responses(
        {
            "0 0": two((30, 20), (56, 0, 0)),
            "0 0.1": two((30, 20), (56, 0, 0.1)),
            "0 9.9 node": two((30, 20), (56, 0, 9.9), organs=("LIVER", "LYMPH NODE")),
            "0 9.9 lung": two((30, 20), (56, 0, 9.9)),
        }
    )
    assert made == {"0 0": ["CR"], "0 0.1": ["PR"], "0 9.9 node": ["CR"], "0 9.9 lung": ["PR"]}


def test_r032_progression_wins_over_partial_response():
    """B = 100, nadir 20: 25.0 is PD though -75 % of baseline; 24.9 is PR."""
    made = responses(
        {"25.0": one(100, (56, 20), (112, 25.0)), "24.9": one(100, (56, 20), (112, 24.9))}
    )
    assert made == {"25.0": ["PR", "PD"], "24.9": ["PR", "PR"]}


def test_r032_both_limits_are_needed():
    """N = 100: +5 mm alone, +19.9 mm are SD, +20.0 is PD. N = 20: +4.9 mm (24.5 %) is not PD."""
    made = responses(
        {
            "105": one(100, (56, 105)), "119.9": one(100, (56, 119.9)), "120": one(100, (56, 120)),
            "24.9": one(20, (56, 24.9)), "25": one(20, (56, 25)),
        }
    )  # fmt: skip
    assert made == {"105": ["SD"], "119.9": ["SD"], "120": ["PD"], "24.9": ["SD"], "25": ["PD"]}


def test_r033_partial_response_at_70_percent():
    made = responses({str(v): one(100, (56, v)) for v in (0.1, 69.9, 70.0, 70.1, 100, 119.9)})
    assert made == {
        "0.1": ["PR"], "69.9": ["PR"], "70.0": ["PR"], "70.1": ["SD"], "100": ["SD"], "119.9": ["SD"],
    }  # fmt: skip


def test_r034_limits_are_exact_in_tenths():
    """PR 10 S <= 7 B, PD 5 S >= 6 N, in integers; -29.97 % prints as -30.0 % and is no PR."""
    cases = {
        "B 33.3, 23.3": (one(33.3, (56, 23.3)), "PR"),  # 2330 <= 2331
        "B 33.3, 23.4": (one(33.3, (56, 23.4)), "SD"),  # 2340 > 2331
        "B 99.9, 69.9": (one(99.9, (56, 69.9)), "PR"),  # 6990 <= 6993
        "B 99.9, 70.0": (one(99.9, (56, 70.0)), "SD"),  # -29.93 %, 7000 > 6993
        "B 333.3, 233.4": (one(333.3, (56, 233.4)), "SD"),  # -29.97 %, 23340 > 23331
        "N 33.3, 39.9": (one(33.3, (56, 39.9)), "SD"),  # 1995 < 1998
        "N 33.3, 40.0": (one(33.3, (56, 40.0)), "PD"),  # 2000 >= 1998
        "N 333.3, 399.9": (one(333.3, (56, 399.9)), "SD"),  # +19.98 %
        "N 333.3, 400.0": (one(333.3, (56, 400.0)), "PD"),  # +20.01 %
        "N 25.0, 30.0": (one(25.0, (56, 30.0)), "PD"),  # +5.0 mm and +20 % exactly
        "N 25.0, 29.9": (one(25.0, (56, 29.9)), "SD"),
        "N 24.9, 29.8": (one(24.9, (56, 29.8)), "SD"),  # +4.9 mm
        "N 24.9, 29.9": (one(24.9, (56, 29.9)), "PD"),  # +5.0 mm, 1495 >= 1494
        "N 25.1, 30.1": (one(25.1, (56, 30.1)), "SD"),  # +5.0 mm, 1505 < 1506
        "N 25.1, 30.2": (one(25.1, (56, 30.2)), "PD"),
    }
    assert responses({k: person for k, (person, _) in cases.items()}) == {
        k: [wanted] for k, (_, wanted) in cases.items()
    }


def test_case_i_ten_percent_over_the_nadir():
    """Case I: B = 100, nadir 60, now 66: +6 mm, +10 %: not PD, PR."""
    assert responses({"I": one(100, (56, 60), (112, 66))}) == {"I": ["PR", "PR"]}


def test_case_j_twenty_percent_but_four_millimetres():
    """Case J: nadir 20, now 24: +20 % but +4 mm: not PD (SD, since 24 > 0.7 x 30)."""
    assert responses({"J": one(30, (56, 20), (112, 24))}) == {"J": ["PR", "SD"]}


def test_case_k_partial_response_limit():
    """Case K: B = 100, 70.0 is PR and 70.1 is SD."""
    people = {"K 70.0": one(100, (56, 70.0)), "K 70.1": one(100, (56, 70.1))}
    assert responses(people) == {"K 70.0": ["PR"], "K 70.1": ["SD"]}


def test_case_n_node_of_nine_millimetres():
    """Case N: nodal target 9 mm, the others 0: CR with a sum of 9."""
    made = read_one(two((30, 20), (56, 0, 9), organs=("LIVER", "LYMPH NODE")))
    assert (made.responses, made.sums[1]) == (["CR"], 9.0)


def test_case_s_nadir_of_zero():
    """Case S, R-036: T 0 with non-target disease (PR); next 4.9 is PR, 5.0 is PD."""
    people = {}
    for size in (4.9, 5.0):
        person = Patient().target("T01", "LIVER", 30, **CT).non_target("N01", "LUNG")
        person.scan(56, {"T01": 0}, {"N01": "PRESENT"})
        people[f"S {size}"] = person.scan(112, {"T01": size}, {"N01": "PRESENT"})
    assert responses(people) == {"S 4.9": ["PR", "PR"], "S 5.0": ["PR", "PD"]}


def test_r036_too_small_after_zero_is_five_millimetres():
    """N = 0 and a TSTM lesion: 5 mm, PD."""
    person = Patient().target("T01", "LIVER", 30, **CT).non_target("N01", "LUNG")
    person.scan(56, {"T01": 0}, {"N01": "PRESENT"})
    person.scan(112, {"T01": "TOO SMALL TO MEASURE"}, {"N01": "PRESENT"})
    assert responses({"P": person}) == {"P": ["PR", "PD"]}


def test_r037_nadir_is_the_smallest_earlier_complete_sum():
    """Baseline counts; the visit itself and incomplete ones do not; unscheduled ones do."""
    baseline = read_one(one(40, (56, 48)))
    assert (baseline.nadirs, baseline.responses) == ({1: 40.0}, ["PD"])
    missing = read_one(three(LOW, (112, 5, 5, "NE"), (168, 20, 15, 15)))
    assert missing.nadirs == {1: 100.0, 3: 50.0}
    assert missing.responses == ["PR", "NE", "PR"]
    person = one(40, (56, 30)).scan(80, {"T01": 20}, visit=2.1).scan(112, {"T01": 25}, visit=3)
    unscheduled = read_one(person)
    assert unscheduled.nadirs == {1: 40.0, 2: 30.0, 3: 20.0}
    assert unscheduled.responses == ["SD", "PR", "PD"]


def test_r037_the_first_progression_does_not_change_the_nadir():
    """N = 50 at d56; PD 60 at d112; at d168 the nadir is still 50, and 60 is still PD."""
    made = read_one(one(100, (56, 50), (112, 60), (168, 60)))
    assert made.nadirs == {1: 100.0, 2: 50.0, 3: 50.0}
    assert made.responses == ["PR", "PD", "PD"]


def test_r038_complete_response_of_nodes_is_not_minus_100_percent():
    """Node 20 -> 9: CR, -55 % in the datasets."""
    made = read_one(one(20, (56, 9), organ="LYMPH NODE"))
    row = made.rows("ADTR", "SUMDIAM")[1]
    assert made.responses == ["CR"]
    assert (row["PCHG"], row["CHG"], row["AVAL"]) == (-55.0, -11.0, 9.0)
