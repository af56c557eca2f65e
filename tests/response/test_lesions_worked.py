"""Lesion-level worked cases of the rules, each named by its letter or rule id.

Worked by hand from Eisenhauer et al., Eur J Cancer 2009;45:228-247; days from the first dose.
"""

from __future__ import annotations

import pytest

from support.derived import Derived
from support.trial import Patient, on, sdtm_of
from trialwright.core.errors import DataError


def one(*visits: tuple[int, object], baseline: object = 100, organ: str = "LIVER") -> Patient:
    """One target lesion followed over some visits."""
    person = Patient().target("T01", organ, baseline)
    for day, value in visits:
        person.scan(day, {"T01": value})
    return person


def two(base: tuple[object, object], *visits: tuple[int, object, object]) -> Patient:
    person = Patient().target("T01", "LIVER", base[0]).target("T02", "LUNG", base[1])
    for day, first, second in visits:
        person.scan(day, {"T01": first, "T02": second})
    return person


def responses(person: Patient, **changes: object) -> list[str]:
    return Derived(sdtm_of(person), **changes).responses()


@pytest.mark.parametrize(
    ("case", "person", "expected"),
    [
        ("I: +10 % from nadir is not PD", one((56, 60), (112, 66)), ["PR", "PR"]),
        ("J: +20 % but 4 mm", one((56, 20), (112, 24), baseline=30), ["PR", "SD"]),
        ("K: -30.0 %", one((56, 70.0)), ["PR"]),
        ("K: -29.9 %", one((56, 70.1)), ["SD"]),
        ("R-034: +5.0 mm and +20 % exactly", one((56, 25), (112, 30), baseline=30), ["SD", "PD"]),
        (
            "R-034: +5.0 mm, one tenth below 20 %",
            one((56, 30), (112, 35.9), baseline=40),
            ["SD", "SD"],
        ),
        ("P: PD d30", one((30, 130)), ["PD"]),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_by_size(case, person, expected):
    assert responses(person) == expected, case


def test_y_merged_lesions():
    """Case Y, R-026: T 30 + 25 merge into one of 50 (SD); then 60, exactly +20 % (PD)."""
    person = two((30, 25))
    person.add(
        "TU", TULNKID="T02", TUTESTCD="TUMERGE", TUGRPID="T01", VISITNUM="2", TUDTC=on(56),
        TUEVAL="INVESTIGATOR",
    )  # fmt: skip
    for day, value in ((56, 50), (112, 60)):
        person.scan(day, {"T01": value, "T02": 0})
        person.rows["TR"][-1]["MERGEDTO"] = "T01"
    assert responses(person) == ["SD", "PD"]


def test_l_missing_target_can_only_add():
    """Case L: B = 100, nadir 50, one of three missing, the others 80: PD; 55 would be NE."""
    person = Patient()
    for name, organ, size in (("T01", "LIVER", 40), ("T02", "LIVER", 30), ("T03", "LUNG", 30)):
        person.target(name, organ, size)
    person.scan(56, {"T01": 20, "T02": 15, "T03": 15})
    person.scan(112, {"T01": 45, "T02": 35, "T03": "NE"})
    assert responses(person) == ["PR", "PD"]
    person.rows["TR"][-3]["TRORRES"] = "20"
    assert responses(person) == ["PR", "NE"]


def test_m_equivocal_new_lesion_is_dated_at_first_sight():
    """Case M, R-045: equivocal d56, unequivocal d112: PD at d56, read as SD then."""
    person = Patient().target("T01", "LIVER", 40)
    person.scan(56, {"T01": 40}, new={"N1": ("LUNG", "EQUIVOCAL")})
    person.scan(112, {"T01": 40}, new={"N1": ("LUNG", "UNEQUIVOCAL")})
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PD", "PD"]
    assert found.as_read() == ["SD", "PD"]
    assert found.days()[0] == 56


def test_equivocal_voided_by_absence():
    """R-045: absent in between voids the earlier sight; the later one starts anew."""
    person = Patient().target("T01", "LIVER", 40)
    person.scan(56, {"T01": 40}, new={"N1": ("LUNG", "EQUIVOCAL")})
    person.scan(112, {"T01": 40}, new={"N1": ("LUNG", "ABSENT")})
    person.scan(168, {"T01": 40}, new={"N1": ("LUNG", "UNEQUIVOCAL")})
    assert responses(person) == ["SD", "SD", "PD"]


def test_n_node_below_ten_is_complete_response():
    """Case N: nodal target 9 mm, the other gone: CR with a sum of 9."""
    person = Patient().target("T01", "LIVER", 30).target("T02", "LYMPH NODE", 20)
    person.scan(56, {"T01": 0, "T02": 9})
    assert responses(person) == ["CR"]


@pytest.mark.parametrize(("size", "expected"), [(9.5, "CR"), (10.0, "PD")])
def test_q_node_after_complete_response(size, expected):
    """Case Q, R-055: a node of 10 mm after overall CR is PD though it grew by 2 mm."""
    person = Patient().target("T01", "LYMPH NODE", 20)
    person.scan(56, {"T01": 8}).scan(112, {"T01": size})
    assert responses(person) == ["CR", expected]


@pytest.mark.parametrize(
    ("option", "expected", "best"),
    [
        ("PD", ["CR", "PD"], ("CR", "SD")),
        ("keep", ["CR", "PR"], ("CR", "SD")),
        ("reclassify", ["PR", "PR"], ("PR", "PR")),
    ],
)
def test_r_lesion_returns_after_complete_response(option, expected, best):
    """Case R, R-055: 30 mm, 0 at d56, 4 mm at d112."""
    found = Derived(sdtm_of(one((56, 0), (112, 4), baseline=30)), response__cr_then_disease=option)
    assert found.responses() == expected
    assert found.best() == best


@pytest.mark.parametrize(("size", "expected"), [(4.9, "PR"), (5.0, "PD")])
def test_s_lesion_returns_with_non_target_disease(size, expected):
    """Case S, R-036: target gone but non-target present, then 4.9 or 5.0 mm."""
    person = Patient().target("T01", "LIVER", 30).non_target("NT01", "LUNG")
    person.scan(56, {"T01": 0}, {"NT01": "PRESENT"})
    person.scan(112, {"T01": size}, {"NT01": "PRESENT"})
    assert responses(person) == ["PR", expected]


@pytest.mark.parametrize(("second", "expected"), [(20, "NE"), (72, "PD")])
def test_x_local_therapy_off_protocol(second, expected):
    """Case X, R-029: T 40 + 20, SD 58, T1 ablated d60; then T2 alone."""
    person = two((40, 20), (56, 38, 20), (112, 0, second))
    person.add(
        "PR", PRTRT="ABLATION", PRCAT="LOCAL THERAPY NOT PER PROTOCOL", PRLNKID="T01",
        PRSTDTC=on(60),
    )  # fmt: skip
    found = Derived(sdtm_of(person))
    assert found.responses() == ["SD", expected]
    assert found.milestones.frame["NACTDT"][0] == found.milestones.frame["TRTSDT"][0] + 60


def test_ablation_zone_never_progresses_by_size():
    """R-104: the ablated lesion is a non-target zone; its growth is not PD."""
    person = Patient().target("T01", "LIVER", 30).non_target("NT01", "LIVER")
    person.add(
        "PR", PRTRT="MICROWAVE ABLATION", PRCAT="STUDY TREATMENT", PRLNKID="NT01", PRSTDTC=on(0)
    )
    person.scan(56, {"T01": 30}, {"NT01": "UNEQUIVOCAL PROGRESSION"})
    assert responses(person) == ["SD"]


def test_too_small_is_five_millimetres_and_present():
    """R-022: TSTM counts 5 mm and is never CR for a non-nodal target."""
    found = Derived(sdtm_of(one((56, "TOO SMALL TO MEASURE"), baseline=30)))
    assert found.responses() == ["PR"]
    assert found.points.targets.total[0, 0] == 50


def test_scans_close_together_form_one_time_point():
    """R-059: liver d56, lung d60, no lesion in both: one time point dated at the last scan."""
    person = two((40, 20))
    person.scan(56, {"T01": 30}, visit=2).scan(60, {"T02": 12}, visit=2.1)
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PR"]
    assert found.days() == [60]


def test_pd_is_dated_when_the_diameters_read_so_far_prove_it():
    """R-054: T1 alone proves PD on the first day of a two-day time point."""
    person = two((40, 20))
    person.scan(56, {"T01": 75}, visit=2).scan(60, {"T02": 12}, visit=2.1)
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PD"]
    assert found.days() == [56]


def test_split_lesion_sums_its_fragments():
    """R-025: two fragments of 12 and 10 mm; one not evaluable makes the parent NE."""
    person = Patient().target("T01", "LIVER", 40)
    for part in ("T01.1", "T01.2"):
        person.add(
            "TU", TULNKID=part, TUTESTCD="TUSPLIT", TUGRPID="T01", VISITNUM="2", TUDTC=on(56),
            TUEVAL="INVESTIGATOR",
        )  # fmt: skip
    person.scan(56, {"T01.1": 12, "T01.2": 10}).scan(112, {"T01.1": 12, "T01.2": "NE"})
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PR", "NE"]
    assert found.points.targets.total[0, 0] == 220


def test_centimetres_and_millimetres_agree():
    """Units: 4.4 cm is 44 mm."""
    person = one((56, 4.4), baseline=45)
    person.rows["TR"][-1]["TRORRESU"] = "cm"
    found = Derived(sdtm_of(person))
    assert found.points.targets.total[0, 0] == 440


REFUSED = {
    "no unit": ({"TRORRESU": ""}, "no unit"),
    "inch": ({"TRORRESU": "inch"}, "INCH"),
    "negative": ({"TRORRES": "-3"}, "negative"),
    "comma": ({"TRORRES": "12,5"}, "comma"),
    "full width": ({"TRORRES": "１２"}, "not"),
    "too fine": ({"TRORRES": "12.34"}, "0.1 mm"),
    "too long": ({"TRORRES": "1001"}, "1000 mm"),
    "word": ({"TRORRES": "SMALLER"}, "listed"),
    "status": ({"TRSTAT": "MAYBE"}, "NOT DONE"),
    "exponent": ({"TRORRES": "1E2"}, "number"),
}


@pytest.mark.parametrize("defect", REFUSED)
def test_r143_refuses(defect):
    """R-143: refused with row, column, value and what is allowed."""
    changes, words = REFUSED[defect]
    person = one((56, 30), baseline=30)
    person.rows["TR"][-1] |= changes
    with pytest.raises(DataError) as refusal:
        Derived(sdtm_of(person))
    assert words in str(refusal.value)
    assert "row 3" in str(refusal.value)


def test_target_without_baseline_is_refused():
    """R-016, R-143."""
    person = one((56, 30), baseline=30)
    del person.rows["TR"][0]
    with pytest.raises(DataError, match="no baseline diameter"):
        Derived(sdtm_of(person))


def test_node_with_long_axis_only_is_refused():
    """R-133, R-143."""
    person = one((56, 15), baseline=20, organ="LYMPH NODE")
    person.rows["TR"][0]["TRTESTCD"] = "LDIAM"
    with pytest.raises(DataError, match="no baseline diameter"):
        Derived(sdtm_of(person))


def test_two_values_of_one_day_are_refused():
    """R-143: same lesion, time point, date and size twice with different values."""
    person = one((56, 30), baseline=30)
    person.rows["TR"].append(person.rows["TR"][-1] | {"TRORRES": "31"})
    with pytest.raises(DataError, match="twice on one day"):
        Derived(sdtm_of(person))


def test_one_identifier_for_two_lesions_is_refused():
    """R-143."""
    person = one((56, 30), baseline=30)
    person.rows["TU"].append(person.rows["TU"][0] | {"TUSTRESC": "NON-TARGET"})
    with pytest.raises(DataError, match="two roles"):
        Derived(sdtm_of(person))


def test_unused_records_are_listed():
    """A TR record without its lesion, a long axis of a node, a partial date: listed, not lost."""
    person = Patient().target("T01", "LYMPH NODE", 20).scan(56, {"T01": 12})
    person.add("TR", TRLNKID="T01", TRTESTCD="LDIAM", TRORRES="30", TRORRESU="mm", VISITNUM="2",
               TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
    person.add("TR", TRLNKID="T09", TRTESTCD="LDIAM", TRORRES="30", TRORRESU="mm", VISITNUM="2",
               TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
    person.add("TR", TRLNKID="T01", TRTESTCD="LPERP", TRORRES="12", TRORRESU="mm", VISITNUM="3",
               TRDTC="2024-04", TREVAL="INVESTIGATOR")  # fmt: skip
    found = Derived(sdtm_of(person))
    reasons = [reason for frame in found.records.unused for reason in frame["REASON"]]
    assert sorted(reasons) == [
        "TR record without its lesion in TU", "long axis of a node", "partial scan date",
    ]  # fmt: skip
    assert found.responses() == ["PR"]


def test_no_disease_at_baseline():
    """R-015: nothing at baseline is NED until a new lesion appears."""
    person = Patient().scan(56, {}, new={"N1": ("LUNG", "EQUIVOCAL")})
    person.scan(112, {}, new={"N1": ("LUNG", "ABSENT")})
    assert responses(person) == ["NED", "NED"]


def test_non_target_only():
    """R-052, case H: non-target disease persists, then unequivocal progression."""
    person = Patient().non_target("NT01", "BONE")
    person.scan(56, {}, {"NT01": "PRESENT"}).scan(112, {}, {"NT01": "NE"})
    person.scan(168, {}, {"NT01": "UNEQUIVOCAL PROGRESSION"})
    assert responses(person) == ["NON-CR/NON-PD", "NE", "PD"]
