"""Section 3, measuring at follow-up (R-020 to R-030), through SDTM."""

from __future__ import annotations

from support.readings import (
    CT,
    one,
    only_other,
    operation,
    read,
    read_one,
    responses,
    two,
    with_other,
)
from support.trial import Patient, on

SMALL = "TOO SMALL TO MEASURE"


def part(
    person: Patient, piece: str, parent: str = "T01", visit: str = "2", day: int = 56
) -> Patient:
    """Name a fragment (R-137)."""
    return person.add(
        "TU", TULNKID=piece, TUTESTCD="TUSPLIT", TUGRPID=parent, VISITNUM=visit, TUDTC=on(day),
        TUEVAL="INVESTIGATOR", TUORRES="TARGET",
    )  # fmt: skip


def merged(person: Patient) -> Patient:
    """T02 has merged into T01 at visit 2 (R-138)."""
    return person.add(
        "TU", TULNKID="T02", TUTESTCD="TUMERGE", TUGRPID="T01", VISITNUM="2", TUDTC=on(56),
        TUEVAL="INVESTIGATOR", TUORRES="TARGET",
    )  # fmt: skip


def joint(person: Patient, day: int, value: object) -> Patient:
    """A visit at which T01 has the joint diameter."""
    person.scan(day, {"T01": value, "T02": 0})
    person.rows["TR"][-1]["MERGEDTO"] = "T01"
    return person


def test_r020_each_target_has_a_number_at_each_visit():
    """A target without a record is not evaluable, flagged (R-136); with one it is in the sum."""
    silent = two((40, 20))
    silent.scan(56, {"T01": 40})
    made = read({"silent": silent, "told": two((40, 20), (56, 40, 20))})
    assert made["silent"].responses == ["NE"]
    assert "R-136" in made["silent"].flagged
    assert made["told"].responses == ["SD"]


def test_r021_not_visible_is_zero():
    cases = {word: one(40, (56, word)) for word in (0, "ABSENT", "RESOLVED", "DISAPPEARED")}
    made = read({str(k): v for k, v in cases.items()})
    assert all(r.responses == ["CR"] and r.sums[1] == 0 for r in made.values())


def test_r022_too_small_is_five_millimetres_and_never_complete_response():
    """A true measure below 5 mm is taken as it is; only 0 is CR."""
    made = read(
        {"tstm": one(40, (56, SMALL)), "<5": one(40, (56, "<5")), "3.0": one(40, (56, 3.0)),
         "0": one(40, (56, 0)), "both": two((40, 20), (56, 0, SMALL))}
    )  # fmt: skip
    assert {k: (r.responses, r.sums[1]) for k, r in made.items()} == {
        "tstm": (["PR"], 5.0), "<5": (["PR"], 5.0), "3.0": (["PR"], 3.0), "0": (["CR"], 0.0),
        "both": (["PR"], 5.0),
    }  # fmt: skip


def test_r023_a_node_below_ten_keeps_its_short_axis_in_the_sum():
    """Liver gone, node 9.9: CR with a sum of 9.9; node 10.0: PR."""
    made = read(
        {str(v): two((40, 20), (56, 0, v), organs=("LIVER", "LYMPH NODE")) for v in (9.9, 10.0)}
    )
    assert {k: (r.responses, r.sums[1]) for k, r in made.items()} == {
        "9.9": (["CR"], 9.9), "10.0": (["PR"], 10.0),
    }  # fmt: skip


def test_r024_a_node_too_small_is_five_and_normal_not_visible_is_zero():
    made = read(
        {
            "tstm": one(20, (56, SMALL), organ="LYMPH NODE"),
            "gone": one(20, (56, 0), organ="LYMPH NODE"),
        }
    )
    assert {k: (r.responses, r.sums[1]) for k, r in made.items()} == {
        "tstm": (["CR"], 5.0), "gone": (["CR"], 0.0),
    }  # fmt: skip


def test_r025_fragments_are_summed_and_are_no_new_lesions():
    """40 mm: 18 + 10 = 28.0 PR, 18 + 10.1 SD, TSTM counts 5, NE makes the parent NE."""
    cases: dict[str, tuple[object, object]] = {
        "28.0": (18, 10), "28.1": (18, 10.1), "tstm": (20, SMALL), "ne": (18, "NE"), "gone": (0, 0),
    }  # fmt: skip
    people = {}
    for name, (first, second) in cases.items():
        person = Patient().target("T01", "LIVER", 40, **CT)
        part(part(person, "T01.1"), "T01.2")
        people[name] = person.scan(56, {"T01.1": first, "T01.2": second})
    made = read(people)
    assert {k: (r.responses[0], r.sums.get(1)) for k, r in made.items()} == {
        "28.0": ("PR", 28.0), "28.1": ("SD", 28.1), "tstm": ("PR", 25.0), "ne": ("NE", None),
        "gone": ("CR", 0.0),
    }  # fmt: skip
    assert all(r.column("NEWLFL") == ["N"] for r in made.values())


def test_r025_a_split_node_is_normal_when_every_fragment_is():
    """9.9 + 9.9 = 19.8 in the sum and CR; 10.0 + 0 is not CR."""
    people = {}
    for first, second in ((9.9, 9.9), (10.0, 0)):
        person = Patient().target("T01", "LYMPH NODE", 40, **CT)
        part(part(person, "T01.1"), "T01.2")
        people[str(first)] = person.scan(56, {"T01.1": first, "T01.2": second})
    made = read(people)
    assert {k: (r.responses, r.sums[1]) for k, r in made.items()} == {
        "9.9": (["CR"], 19.8), "10.0": (["PR"], 10.0),
    }  # fmt: skip


def test_r026_the_partner_takes_the_state_of_its_parent():
    """30 + 25 = 55. Joint 38.5 is PR (0.7 x 55), 38.6 SD; NE with the parent; gone with it."""
    cases: dict[str, tuple[object, str, float | None]] = {
        "38.5": (38.5, "PR", 38.5), "38.6": (38.6, "SD", 38.6), "NE": ("NE", "NE", None), "0": (0, "CR", 0.0),
        "5": (SMALL, "PR", 5.0),
    }  # fmt: skip
    made = read({name: joint(merged(two((30, 25))), 56, v) for name, (v, _, _) in cases.items()})
    assert {k: (r.responses[0], r.sums.get(1)) for k, r in made.items()} == {
        k: wanted[1:] for k, wanted in cases.items()
    }


def test_r026_merged_nodes_are_normal_below_ten():
    nodes = ("LYMPH NODE", "LYMPH NODE")
    made = responses(
        {str(v): joint(merged(two((30, 25), organs=nodes)), 56, v) for v in (9.9, 10.0)}
    )
    assert made == {"9.9": ["CR"], "10.0": ["PR"]}


def test_r026_measured_separately_while_a_plane_remains():
    """Touching lesions 30 + 25, both measured: the sum of both, no TUMERGE."""
    assert read_one(two((30, 25), (56, 20, 18.5))).sums[1] == 38.5


def test_r027_the_outer_diameter_counts_not_the_viable_one():
    """Outer 40 mm with a cavity, viable part 10 mm: the sum is 40 and SD."""
    person = one(40, (56, 40))
    person.add("TR", TRLNKID="T01", TRTESTCD="VLDIAM", TRORRES="10", TRORRESU="mm", VISITNUM="2",
               TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
    made = read_one(person)
    assert (made.responses, made.sums[1]) == (["SD"], 40.0)


def test_r028_not_assessable_is_never_filled():
    """NE between 40 and 20: no sum, no nadir from it; before and after nothing is carried."""
    made = read_one(one(40, (56, 30), (112, "NE"), (168, 30)))
    assert made.responses == ["SD", "NE", "SD"]
    assert made.sums == {0: 40.0, 1: 30.0, 3: 30.0}
    assert made.nadirs == {1: 40.0, 3: 30.0}


def test_r028_a_reason_is_required():
    person = one(40, (56, "NE"))
    told = one(40, (56, "NE"))
    del person.rows["TR"][-1]["TRREASND"]
    made = read({"without": person, "with": told})
    assert made["without"].responses == made["with"].responses == ["NE"]
    assert made["without"].flagged & {"R-028", "R-136"}
    assert not made["with"].flagged & {"R-028", "R-136"}


def test_r029_local_therapy_off_protocol_makes_a_target_not_evaluable():
    """Scans d56 and d112. Ablated d57: d56 counts. Ablated d56: the scan of that day is NE too."""
    people = {
        str(day): operation(two((40, 20), (56, 40, 20), (112, 5, 20)), "T01", day,
                            "LOCAL THERAPY NOT PER PROTOCOL")
        for day in (113, 112, 57, 56)
    }  # fmt: skip
    assert responses(people) == {
        "113": ["SD", "PR"], "112": ["SD", "NE"], "57": ["SD", "NE"], "56": ["NE", "NE"],
    }  # fmt: skip


def test_r030_states_of_a_non_target():
    cases = {
        "ABSENT": "CR", "PRESENT": "NON-CR/NON-PD", "STABLE": "NON-CR/NON-PD",
        "DECREASED": "NON-CR/NON-PD", "INCREASED": "NON-CR/NON-PD",
        "EQUIVOCAL PROGRESSION": "NON-CR/NON-PD", "UNEQUIVOCAL PROGRESSION": "PD", "NE": "NE",
    }  # fmt: skip
    assert responses({word: only_other((56, word)) for word in cases}) == {
        word: [wanted] for word, wanted in cases.items()
    }


def test_r030_increased_is_never_dated_back():
    """INCREASED d56, unequivocal d112: PD on d112 only. EQUIVOCAL d56 would be PD on d56 (R-046)."""
    made = responses(
        {
            "increased": only_other((56, "INCREASED"), (112, "PD")),
            "equivocal": only_other((56, "EQUIVOCAL PROGRESSION"), (112, "PD")),
        }
    )
    assert made == {"increased": ["NON-CR/NON-PD", "PD"], "equivocal": ["PD", "PD"]}


def test_r030_a_non_target_node_with_a_number():
    """Below 10 mm absent, else present, unless a PD state stands beside it."""

    def node(size: float, word: str | None = None) -> Patient:
        person = with_other(40, (56, 0, size), organ="LYMPH NODE", start=12.0)
        if word:
            person.add("TR", TRLNKID="N01", TRTESTCD="TUMSTATE", TRORRES=word, VISITNUM="2",
                       TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
        return person

    made = read(
        {"9.9": node(9.9), "10.0": node(10.0), "PD": node(18, "UNEQUIVOCAL PROGRESSION"),
         "9.9 PD": node(9.9, "UNEQUIVOCAL PROGRESSION"), "doubt": node(18, "EQUIVOCAL PROGRESSION")}
    )  # fmt: skip
    assert {k: r.responses for k, r in made.items()} == {
        "9.9": ["CR"], "10.0": ["PR"], "PD": ["PD"], "9.9 PD": ["PD"], "doubt": ["PR"],
    }  # fmt: skip
