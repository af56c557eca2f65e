"""Section 2, baseline (R-001 to R-016): each limit on both sides, found as a query, never a refusal.

Day 0 is the first dose. Limits: Eisenhauer et al. 2009, sections 2 and 3.
"""

from __future__ import annotations

import pytest

from support.readings import CT, one, only_other, read, read_one, two, with_other
from support.trial import Patient, on
from trialwright.core.errors import DataError


def lesion(size: object, organ: str = "LIVER", **more: str) -> Patient:
    """A target beside a clean one, both followed once."""
    person = Patient().target("T01", organ, size, **(CT | more)).target("T02", "SPLEEN", 40, **CT)
    return person.scan(56, {"T01": size, "T02": 40})


def found(people: dict[str, Patient], *rules: str, **changes: object) -> dict[str, bool]:
    """Whether each patient has an error or warning of one of the rules; all are derived."""
    made = read(people, **changes)
    assert all(r.responses for r in made.values())
    loud = {
        name: {q["RULEID"] for q in r.queries if q["SEVERITY"] != "note"}
        for name, r in made.items()
    }
    return {name: bool(loud[name] & set(rules)) for name in people}


def test_r001_least_size_of_a_target_on_ct_and_mri():
    """10 mm; with slices above 5 mm twice the slice; a missing slice is read as 5 with a warning."""
    cases = {
        "ct 10.0": (lesion(10.0), False),
        "ct 9.9": (lesion(9.9), True),
        "mri 10.0": (lesion(10.0, TUMETHOD="MRI"), False),
        "mri 9.9": (lesion(9.9, TUMETHOD="MRI"), True),
        "slice 8, 16.0": (lesion(16.0, SLICEMM="8"), False),
        "slice 8, 15.9": (lesion(15.9, SLICEMM="8"), True),
        "slice 5, 10.0": (lesion(10.0, SLICEMM="5"), False),
        "slice 2, 9.9": (lesion(9.9, SLICEMM="2"), True),
        "slice missing": (lesion(10.0, SLICEMM=None), True),
        "slice 8, 11 mm in cm": (lesion(11.0, SLICEMM="8"), True),
    }
    got = found({name: person for name, (person, _) in cases.items()}, "R-001")
    assert got == {name: wanted for name, (_, wanted) in cases.items()}


def test_r001_least_size_of_a_node_with_thick_slices():
    """max(15, 2 x slice): slice 8 needs 16 mm, slice 7 needs 15 mm."""
    cases = {
        "slice 8, 16.0": (lesion(16.0, "LYMPH NODE", SLICEMM="8"), False),
        "slice 8, 15.9": (lesion(15.9, "LYMPH NODE", SLICEMM="8"), True),
        "slice 7, 15.0": (lesion(15.0, "LYMPH NODE", SLICEMM="7"), False),
        "slice 7, 14.9": (lesion(14.9, "LYMPH NODE", SLICEMM="7"), True),
    }
    got = found({name: person for name, (person, _) in cases.items()}, "R-001", "R-003")
    assert got == {name: wanted for name, (_, wanted) in cases.items()}


def test_r002_callipers_and_chest_x_ray():
    cases = {
        "calliper 10.0": (lesion(10.0, "SKIN", TUMETHOD="CALIPER"), False),
        "calliper 9.9": (lesion(9.9, "SKIN", TUMETHOD="CALIPER"), True),
        "x-ray 20.0": (lesion(20.0, "LUNG", TUMETHOD="X-RAY"), False),
        "x-ray 19.9": (lesion(19.9, "LUNG", TUMETHOD="X-RAY"), True),
    }
    got = found({name: person for name, (person, _) in cases.items()}, "R-002")
    assert got == {name: wanted for name, (_, wanted) in cases.items()}


def test_r003_short_axis_decides_what_a_node_may_be():
    """Target from 15 mm, non-target from 10 mm, below 10 mm normal and not to be listed."""
    cases = {
        "target 15.0": (lesion(15.0, "LYMPH NODE"), False),
        "target 14.9": (lesion(14.9, "LYMPH NODE"), True),
        "other 10.0": (with_other(40, (56, 40, 10.0), organ="LYMPH NODE", start=10.0), False),
        "other 9.9": (with_other(40, (56, 40, 9.9), organ="LYMPH NODE", start=9.9), True),
    }
    got = found({name: person for name, (person, _) in cases.items()}, "R-003")
    assert got == {name: wanted for name, (_, wanted) in cases.items()}


@pytest.mark.parametrize(
    "place",
    ["LEPTOMENINGES", "ASCITES", "PLEURAL EFFUSION", "PERICARDIAL EFFUSION", "LYMPHANGITIC SPREAD",
     "INFLAMMATORY BREAST DISEASE"],
)  # fmt: skip
def test_r004_never_measurable(place):
    assert found({"T": lesion(40, place)}, "R-004") == {"T": True}
    assert found({"NT": with_other(40, (56, 40, "PRESENT"), organ=place)}, "R-004") == {"NT": False}


def test_r004_blastic_bone():
    people = {
        "blastic": lesion(40, "BONE", BONETYPE="BLASTIC"),
        "lytic": lesion(40, "BONE", BONETYPE="LYTIC"),
    }
    assert found(people, "R-004", "R-005") == {"blastic": True, "lytic": False}


def test_r005_bone_needs_soft_tissue_on_ct_or_mri():
    cases = {
        "lytic ct": (lesion(10.0, "BONE", BONETYPE="LYTIC"), False),
        "mixed mri": (lesion(10.0, "BONE", BONETYPE="MIXED", TUMETHOD="MRI"), False),
        "lytic 9.9": (lesion(9.9, "BONE", BONETYPE="LYTIC"), True),
        "bone scan": (lesion(40, "BONE", BONETYPE="LYTIC", TUMETHOD="BONE SCAN"), True),
        "pet": (lesion(40, "BONE", BONETYPE="LYTIC", TUMETHOD="PET SCAN"), True),
        "plain film": (lesion(40, "BONE", BONETYPE="LYTIC", TUMETHOD="X-RAY"), True),
    }
    got = found({name: person for name, (person, _) in cases.items()}, "R-005", "R-001")
    assert got == {name: wanted for name, (_, wanted) in cases.items()}


def test_r006_a_simple_cyst_is_not_disease_a_cystic_metastasis_may_be_target():
    simple = with_other(40, (56, 40, "PRESENT"), organ="SIMPLE CYST OF LIVER")
    cystic = lesion(40, "LIVER, CYSTIC METASTASIS")
    made = read({"simple": simple, "cystic": cystic, "solid": lesion(40)})
    assert {name for name, r in made.items() if "R-006" in r.flagged} == {"simple", "cystic"}
    assert {q["SEVERITY"] for q in made["cystic"].queries if q["RULEID"] == "R-006"} <= {
        "note",
        "warning",
    }
    assert made["cystic"].responses == ["SD"]


def test_r007_ultrasound_and_endoscopy_do_not_measure():
    people = {
        way: lesion(40, TUMETHOD=way)
        for way in ("ULTRASOUND", "ENDOSCOPY", "LAPAROSCOPY", "CT SCAN")
    }
    wanted = {"ULTRASOUND": True, "ENDOSCOPY": True, "LAPAROSCOPY": True, "CT SCAN": False}
    assert found(people, "R-007") == wanted


def test_r007_a_marker_alone_defines_no_response():
    """CEA from 100 to 1 with a stable target is SD, from 1 to 100 too, whatever the option says."""
    people = {}
    for name, first, later in (("falls", "100", "1"), ("rises", "1", "100")):
        people[name] = one(40, (56, 40))
        for day, value in ((-7, first), (56, later)):
            people[name].add(
                "LB", LBTESTCD="CEA", LBSTRESN=value, LBSTNRHI="5", LBDTC=on(day),
                VISITNUM="1" if day < 0 else "2",
            )  # fmt: skip
    for option in ("none", "CEA"):
        made = read(people, response__marker_for_cr=option)
        assert [r.responses for r in made.values()] == [["SD"], ["SD"]]


def test_r008_a_treated_area_needs_growth_since():
    cases = {
        "RT": (lesion(40, PRIORLOC="RT"), True),
        "RT, N": (lesion(40, PRIORLOC="RT", PROGLOC="N"), True),
        "RT, Y": (lesion(40, PRIORLOC="RT", PROGLOC="Y"), False),
        "NONE": (lesion(40, PRIORLOC="NONE"), False),
    }
    got = found({name: person for name, (person, _) in cases.items()}, "R-008")
    assert got == {name: wanted for name, (_, wanted) in cases.items()}


def many(*organs: str | tuple[str, str]) -> Patient:
    """One target of 40 mm in each organ, or (organ, laterality)."""
    person = Patient()
    places = [(o, None) if isinstance(o, str) else o for o in organs]
    for i, (organ, side) in enumerate(places, start=1):
        person.target(f"T{i:02d}", organ, 40, TULAT=side, **CT)
    return person.scan(56, {f"T{i:02d}": 40 for i in range(1, len(places) + 1)})


def test_r009_five_targets_two_an_organ():
    """Nodes of all regions, paired organs and both lobes of the liver are one organ each."""
    five = ("LIVER", "LIVER", "LUNG", "SPLEEN", "SKIN")
    cases = {
        "5": (many(*five), False),
        "6": (many(*five, "PANCREAS"), True),
        "3 of the liver": (many("LIVER", "LIVER", "LIVER"), True),
        "2 nodes": (many("LYMPH NODE, AXILLARY", "LYMPH NODE, INGUINAL"), False),
        "3 nodes": (many("LYMPH NODE, AXILLARY", "LYMPH NODE, INGUINAL", "LYMPH NODE, NECK"), True),
        "lungs": (many(("LUNG", "LEFT"), ("LUNG", "RIGHT"), ("LUNG", "RIGHT")), True),
        "lungs by name": (many("LUNG, LEFT", "LUNG, RIGHT", "LUNG, RIGHT"), True),
        "kidneys": (many("KIDNEY, LEFT", "KIDNEY, RIGHT", "KIDNEY, RIGHT"), True),
        "adrenals": (many("ADRENAL GLAND, LEFT", "ADRENAL GLAND, RIGHT", "ADRENAL GLAND"), True),
        "ovaries": (many("OVARY, LEFT", "OVARY, RIGHT", "OVARY, RIGHT"), True),
        "lobes": (many("LIVER, LEFT LOBE", "LIVER, RIGHT LOBE", "LIVER, RIGHT LOBE"), True),
        "2 and 2": (many("LUNG", "LUNG", "LIVER", "LIVER"), False),
    }  # fmt: skip
    got = found({name: person for name, (person, _) in cases.items()}, "R-009")
    assert got == {name: wanted for name, (_, wanted) in cases.items()}


def test_r009_all_targets_are_kept():
    """The machine drops none: six targets of 40 mm sum to 240 mm."""
    six = many("LIVER", "LIVER", "LUNG", "SPLEEN", "SKIN", "PANCREAS")
    assert read_one(six).sums == {0: 240.0, 1: 240.0}


def test_r010_an_involved_organ_should_have_a_target():
    """A measurable non-target in an organ without target asks; one below 10 mm does not."""
    large = with_other(40, (56, 40, 30), organ="LUNG", start=30)
    small = with_other(40, (56, 40, 9.9), organ="LUNG", start=9.9)
    made = read({"large": large, "small": small})
    assert "R-010" in made["large"].flagged
    assert "R-010" not in made["small"].flagged


def test_r011_all_other_disease_is_non_target():
    """A node of 12 mm and a measurable third liver lesion are non-target and no error of baseline."""
    person = two((40, 30), organs=("LIVER", "LIVER"))
    person.non_target("N01", "LYMPH NODE", 12.0).non_target("N02", "LIVER", "PRESENT")
    person.scan(56, {"T01": 40, "T02": 30}, {"N01": 12.0, "N02": "PRESENT"})
    made = read_one(person)
    assert {q["RULEID"] for q in made.queries if q["SEVERITY"] == "error"} == set()
    assert made.column("NTRGRESP") == ["NON-CR/NON-PD"]


def at(day: int, size: object = 40) -> Patient:
    person = Patient(baseline_day=day, enrolled_day=-40).target("T01", "LIVER", size, **CT)
    return person.scan(56, {"T01": size})


def test_r012_baseline_window():
    """28 days before the first dose are in, 29 are BL_OLD; the day of first dose is baseline."""
    made = read({"-29": at(-29), "-28": at(-28), "0": at(0), "1": at(1)})
    said = {name: r.said("R-012") for name, r in made.items()}
    assert "BL_OLD" in said["-29"]
    assert said["-28"] == said["0"] == ""
    assert "BL_LATE" in said["1"]
    assert all(r.responses == ["SD"] for r in made.values())
    other = read({"-29": at(-29), "-30": at(-30)}, response__baseline_window_days=29)
    assert [bool(r.said("R-012")) for r in other.values()] == [False, True]


def test_r012_a_study_procedure_is_a_first_dose():
    """Ablation on day -5 before the drug: the scan of day -4 comes after treatment began."""
    person = Patient(baseline_day=-4, dose_day=None).target("T01", "LIVER", 40, **CT)
    person.add("PR", PRTRT="ABLATION", PRCAT="STUDY TREATMENT", PRSTDTC=on(-5))
    person.add("EX", EXTRT="DRUG", EXSTDTC=on(0))
    assert "BL_LATE" in read_one(person.scan(56, {"T01": 40})).said("R-012")


def test_r013_the_last_complete_scan_before_treatment_is_baseline():
    """Scans d-60 (40 mm) and d-7 (30 mm): B = 30, so 21.0 is PR and 21.1 is SD."""
    people = {}
    for size in (21.0, 21.1):
        person = Patient(baseline_day=-60, enrolled_day=-70).target("T01", "LIVER", 40, **CT)
        person.scan(-7, {"T01": 30}).scan(56, {"T01": size})
        people[str(size)] = person
    made = read(people)
    assert [r.sums[0] for r in made.values()] == [30.0, 30.0]
    assert [r.responses for r in made.values()] == [["PR"], ["SD"]]
    assert ("TR", "1", "R-013") in made["21.0"].unused


def test_r013_a_set_comes_from_one_time_point():
    """The later scan lacks T02: the earlier one stays baseline (40 + 20), 60 d before."""
    person = Patient(baseline_day=-60, enrolled_day=-70).target("T01", "LIVER", 40, **CT)
    person.target("T02", "LUNG", 20, **CT)
    person.scan(-7, {"T01": 30}).scan(56, {"T01": 40, "T02": 20})
    made = read_one(person)
    assert made.sums[0] == 60.0
    assert made.responses[-1] == "SD"


def test_r014_a_change_of_method_is_flagged_and_changes_nothing():
    people = {}
    for name, later in (("same", "CT SCAN"), ("changed", "MRI")):
        people[name] = one(40, (56, 28))
        for row, way in zip(people[name].rows["TR"], ("CT SCAN", later), strict=True):
            row["TRMETHOD"] = way
    made = read(people)
    assert [r.responses for r in made.values()] == [["PR"], ["PR"]]
    assert ["METHOD_CHANGE" in r.said("R-014") for r in made.values()] == [False, True]


def test_r015_without_measurable_disease_table_2_is_used():
    """Finding only: responses are the same with either option."""
    for option in (True, False):
        made = read(
            {"nt": only_other((56, "PRESENT"), (112, "ABSENT"))},
            response__require_measurable=option,
        )
        assert made["nt"].responses == ["NON-CR/NON-PD", "CR"]
        assert "R-015" in made["nt"].flagged


def test_r015_no_disease_at_all_is_ned_until_a_new_lesion():
    def clean(*states: str | None) -> Patient:
        person = Patient()
        for i, state in enumerate(states):
            day = 56 * (i + 1)
            person.add("RS", RSTESTCD="OVRLRESP", RSSTRESC="NE", VISITNUM=str(i + 2), RSDTC=on(day),
                       RSEVAL="INVESTIGATOR")  # fmt: skip
            if state:
                person.visits = i
                person.scan(day, {}, new={"NL1": ("LUNG", state)})
        return person

    made = read(
        {"certain": clean("UNEQUIVOCAL"), "doubt": clean("EQUIVOCAL"),
         "settled": clean("EQUIVOCAL", "UNEQUIVOCAL")}
    )  # fmt: skip
    assert {name: r.best[1] for name, r in made.items()} == {
        "certain": "PD", "doubt": "NED", "settled": "PD",
    }  # fmt: skip
    assert made["certain"].responses == ["PD"]
    assert made["doubt"].responses == ["NED"]
    assert made["settled"].days[0] == 56


def test_r016_baseline_sum_of_all_targets_above_zero():
    assert read_one(two((40.5, 20.3), (56, 40, 20))).sums[0] == 60.8
    for value in (None, "NE", 0, "ABSENT"):
        with pytest.raises(DataError, match="no baseline diameter") as refusal:
            read_one(two((40, value), (56, 40, 20)))
        assert "T02" in str(refusal.value)
        assert "TU" in refusal.value.where
