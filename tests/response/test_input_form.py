"""The input form (recist11.md section 14), each case worked by hand and named by its rule.

Day 0 is the first dose; a target of 50 mm is PR at 35 mm and PD at 60 mm.
"""

from __future__ import annotations

from datetime import date

import pytest

from support.derived import Derived
from support.trial import Patient, on, sdtm_of
from trialwright.core.errors import DataError

READER = "INVESTIGATOR"
ASSESSOR = "INDEPENDENT ASSESSOR"


def tr(person: Patient, lesion: str, place: tuple[float, int | None], **more: str) -> None:
    """One TR record; `place` is the visit number and the day."""
    number, day = place
    when = {} if day is None else {"TRDTC": on(day)}
    values = {"TRTESTCD": "LDIAM", "TREVAL": READER} | when | more
    person.add("TR", TRLNKID=lesion, VISITNUM=f"{number:g}", **values)


def mm(person: Patient, lesion: str, place: tuple[float, int | None], value: str) -> None:
    tr(person, lesion, place, TRORRES=value, TRORRESU="mm")


def tu(person: Patient, lesion: str, place: tuple[float, int], **more: str) -> None:
    number, day = place
    values = {"TUTESTCD": "TUMIDENT", "TUEVAL": READER, "TUDTC": on(day)} | more
    person.add("TU", TULNKID=lesion, VISITNUM=f"{number:g}", **values)


def base(size: float = 50, **more: int) -> Patient:
    return Patient(**more).target("T01", "LIVER", size)


def responses(person: Patient, **changes: object) -> list[str]:
    return Derived(sdtm_of(person), **changes).responses()


def unused(found: Derived) -> list[str]:
    return sorted(f"{r} {w}" for f in found.records.unused for r, w in f["RULEID", "REASON"].rows())


# ------------------------------------------------------------------- keys, visits


def test_r130_two_evaluators_may_use_the_same_identifiers():
    person = base().scan(56, {"T01": 50})
    tu(person, "T01", (1, -7), TUSTRESC="TARGET", TULOC="LUNG", TUEVAL=ASSESSOR)
    for place, value in (((1, -7), "60"), ((2, 56), "20")):
        tr(person, "T01", place, TRORRES=value, TRORRESU="mm", TREVAL=ASSESSOR)
    assert responses(person) == ["SD"]
    assert responses(person, response__evaluator=ASSESSOR) == ["PR"]


def test_r130_no_evaluator_at_all_is_the_investigator():
    person = base().scan(56, {"T01": 30})
    for row in person.rows["TR"]:
        del row["TREVAL"]
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PR"]
    assert "R-130" in found.messages()


def test_r130_records_without_evaluator_among_others_are_unused():
    person = base().scan(56, {"T01": 30}).scan(112, {"T01": 30})
    del person.rows["TR"][-1]["TREVAL"]
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PR"]
    assert "R-130 P1 TREVAL is empty: records unused." in found.messages()


def test_r074_a_patient_without_accepted_reading_is_flagged():
    people = []
    for name, readers in (("P1", ("RADIOLOGIST 1", "ADJUDICATOR")), ("P2", ("RADIOLOGIST 2",))):
        person = Patient(name=name)
        for reader in readers:
            tu(person, "T01", (1, -7), TUSTRESC="TARGET", TULOC="LUNG", TUEVAL=ASSESSOR,
               TUEVALID=reader)  # fmt: skip
            for place in ((1, -7), (2, 56)):
                tr(person, "T01", place, TRORRES="60", TRORRESU="mm", TREVAL=ASSESSOR,
                   TREVALID=reader)  # fmt: skip
        people.append(person)
    found = Derived(sdtm_of(people), response__evaluator=ASSESSOR)
    assert (found.responses(0), found.responses(1)) == (["SD"], [])
    assert "R-074 P2 TR: readings, but none is the accepted one." in found.messages()


def test_r131_unscheduled_visits_count_and_dates_order_them():
    """TP d56 30 (PR), d80 50 (nadir 30: PD), d112 30; visit numbers do not decide the order."""
    person = base().scan(56, {"T01": 30}, visit=2).scan(112, {"T01": 30}, visit=2.5)
    person.scan(80, {"T01": 50}, visit=3.1)
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PR", "PD", "PR"]
    assert "R-131" in found.messages()


def test_r131_a_visit_without_dated_record_is_no_time_point():
    person = base().scan(56, {"T01": 30})
    tr(person, "T01", (3, None), TRSTAT="NOT DONE")
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PR"]
    assert unused(found) == ["R-131 visit without any dated record"]


def test_r131_lesions_identified_at_every_visit_keep_their_baseline():
    person = base().scan(56, {"T01": 30}).scan(112, {"T01": 30})
    for place in ((2, 56), (3, 112)):
        tu(person, "T01", place, TUSTRESC="TARGET", TULOC="LIVER")
    assert responses(person) == ["PR", "PR"]


# ----------------------------------------------------------------------------- baseline


@pytest.mark.parametrize("named", [True, False], ids=["named in TU again", "named once"])
def test_r013_the_last_complete_scan_before_first_dose_is_baseline(named):
    """50 + 50 on d-25, 60 + 60 on d-3: against 120, 84 is PR; the growth is no progression."""
    person = Patient(baseline_day=-25).target("T01", "LIVER", 50).target("T02", "LUNG", 50)
    for lesion, organ in (("T01", "LIVER"), ("T02", "LUNG")):
        mm(person, lesion, (1.5, -3), "60")
        if named:
            tu(person, lesion, (1.5, -3), TUSTRESC="TARGET", TULOC=organ)
    person.scan(56, {"T01": 42, "T02": 42}, visit=2)
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PR"]
    assert "R-013 before the baseline time point" in unused(found)


def test_r013_an_incomplete_scan_before_first_dose_does_not_replace_the_baseline():
    """d-3 saw T01 only: the baseline stays 100 (d-25), so 70 is PR."""
    person = Patient(baseline_day=-25).target("T01", "LIVER", 50).target("T02", "LUNG", 50)
    tu(person, "T01", (1.5, -3), TUSTRESC="TARGET", TULOC="LIVER")
    mm(person, "T01", (1.5, -3), "52")
    person.scan(56, {"T01": 35, "T02": 35}, visit=2)
    found = Derived(sdtm_of(person))
    assert dict(zip(found.days(), found.responses(), strict=True)) == {-3: "NE", 56: "PR"}
    assert found.best()[0] == "PR"


def test_r013_a_scan_before_the_lesions_were_identified_is_no_baseline():
    """20 mm on d-60 is neither baseline nor nadir."""
    person = base()
    mm(person, "T01", (0.5, -60), "20")
    assert responses(person.scan(56, {"T01": 30})) == ["PR"]


@pytest.mark.parametrize(("second", "refused"), [(-13, False), (-12, True)])
def test_r013_r059_a_baseline_over_two_visits_is_one_time_point(second, refused):
    """Less than 14 days apart the two visits are one; from 14 days on T01 has no baseline."""
    person = Patient()
    for lesion, organ, place in (("T01", "LIVER", (1, -26)), ("T02", "LUNG", (1.1, second))):
        tu(person, lesion, place, TUSTRESC="TARGET", TULOC=organ)
        mm(person, lesion, place, "50")
    person.scan(56, {"T01": 30, "T02": 40}, visit=2)
    if refused:
        with pytest.raises(DataError, match="no baseline diameter"):
            responses(person)
    else:
        assert responses(person) == ["PR"]


@pytest.mark.parametrize(("gap", "expected"), [(13, ["PR"]), (14, ["NE", "NE"])])
def test_r059_neighbouring_visits(gap, expected):
    person = Patient().target("T01", "LIVER", 50).target("T02", "LUNG", 50)
    mm(person, "T01", (2, 56), "10")
    mm(person, "T02", (2.1, 56 + gap), "10")
    assert responses(person) == expected


def test_r059_a_lesion_measured_twice_counts_with_its_latest_scan():
    person = base().scan(56, {"T01": 30})
    mm(person, "T01", (2, 58), "40")
    found = Derived(sdtm_of(person))
    assert (found.responses(), found.days()) == (["SD"], [58])
    assert "R-059" in found.messages()
    assert unused(found) == ["R-059 an earlier scan of the same visit"]


# ------------------------------------------------------------- numbers and words


def test_r133_centimetres_and_repeated_records():
    person = base().scan(56, {"T01": 35})
    person.rows["TR"].append(dict(person.rows["TR"][-1]))
    tr(person, "T01", (2, 56), TRORRES="3.50", TRORRESU="CM")
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PR"]
    assert "R-133 P1 A record is repeated: used once." in found.messages()


def test_r133_a_target_node_with_a_long_axis_only_is_refused():
    person = Patient().target("N01", "LYMPH NODE", 20)
    mm(person, "N01", (2, 56), "20")
    with pytest.raises(DataError, match="long axis only"):
        responses(person)


def test_r133_a_long_axis_beside_the_short_one_is_left_out():
    person = Patient().target("N01", "LYMPH NODE", 20).scan(56, {"N01": 14})
    mm(person, "N01", (2, 56), "30")
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PR"]
    assert unused(found) == ["R-133 long axis of a node"]


def test_r143_two_sizes_of_one_day_are_refused_whatever_the_test_is_called():
    person = base().scan(56, {"T01": 30})
    tr(person, "T01", (2, 56), TRTESTCD="DIAMETER", TRORRES="40", TRORRESU="mm")
    with pytest.raises(DataError, match="measured twice on one day"):
        responses(person)


@pytest.mark.parametrize(
    ("test", "word"),
    [
        *(("LDIAM", word) for word in ("0", "0.0", "ABSENT", "resolved", " Disappeared ")),
        *(("TUMSTATE", word) for word in ("ABSENT", "resolved", " Disappeared ")),
    ],
)
def test_r134_absent(test, word):
    person = base()
    tr(person, "T01", (2, 56), TRTESTCD=test, TRORRES=word)
    assert responses(person) == ["CR"]


@pytest.mark.parametrize(
    ("record", "total", "flag"),
    [
        ({"TRORRES": "too small to measure"}, 50, ""),
        ({"TRORRES": "<5"}, 50, ""),
        ({"TRORRES": "TSTM", "TRSTRESN": "3"}, 50, "R-135"),
        ({"TSTM": "Y"}, 50, ""),
        ({"TSTM": "Y", "TRORRES": "0.5", "TRORRESU": "cm"}, 50, ""),
        ({"TSTM": "Y", "TRORRES": "8", "TRORRESU": "mm"}, 80, "R-135"),
    ],
)
def test_r135_too_small_to_measure(record, total, flag):
    """5 mm whatever the standard result holds; present, so never CR; another number counts."""
    person = base(30)
    tr(person, "T01", (2, 56), **record)
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PR"]
    assert found.points.targets.total[0, 0] == total
    assert ("R-135" in found.messages()) == bool(flag)


@pytest.mark.parametrize(
    "record",
    [{"TRORRES": word} for word in ("NE", "Not Evaluable", "UNEVALUABLE", "NOT ASSESSED")]
    + [{}, {"TRSTAT": "NOT DONE", "TRREASND": "NOT IMAGED"}],
)
def test_r136_not_evaluable(record):
    person = base()
    tr(person, "T01", (2, 56), **record)
    found = Derived(sdtm_of(person))
    assert found.responses() == ["NE"]
    assert ("R-136" in found.messages()) == (record == {})


# ----------------------------------------------------------------- split and merged


def split(person: Patient, *parts: str) -> Patient:
    for part in parts:
        tu(person, part, (2, 56), TUTESTCD="TUSPLIT", TUGRPID="T01")
    return person


def test_r137_fragments_of_one_time_point_add_up_across_visit_numbers():
    """30 + 30 on two days of one time point is 60: PD against 50, not PR by one of them."""
    person = split(base(), "T01.1", "T01.2")
    mm(person, "T01.1", (2, 56), "30")
    mm(person, "T01.2", (2.1, 58), "30")
    assert responses(person) == ["PD"]


@pytest.mark.parametrize("record", [{"TRSTAT": "NOT DONE"}, None], ids=["not done", "no record"])
def test_r025_a_fragment_that_was_not_seen_makes_the_parent_not_evaluable(record):
    person = split(base(), "T01.1", "T01.2")
    for place, parts in (((2, 56), ("T01.1", "T01.2")), ((3, 112), ("T01.1",))):
        for part in parts:
            mm(person, part, place, "20")
    if record is not None:
        tr(person, "T01.2", (3, 112), **record)
    assert responses(person) == ["SD", "NE"]


@pytest.mark.parametrize(("small", "expected"), [("9.9", "CR"), ("10", "PR")])
def test_r025_a_split_node_is_normal_when_each_fragment_is(small, expected):
    person = Patient().target("T01", "LYMPH NODE", 30)
    split(person, "T01.1", "T01.2")
    for part, size in (("T01.1", "9.9"), ("T01.2", small)):
        tr(person, part, (2, 56), TRTESTCD="LPERP", TRORRES=size, TRORRESU="mm")
    assert responses(person) == [expected]


@pytest.mark.parametrize("group", [{"TUGRPID": "T01"}, {}], ids=["parent named", "parent first"])
def test_r138b_joint_identifier(group):
    """Case Y: 30 + 25 merge into 50 (SD), then 60 (PD); neither part is not evaluable."""
    person = Patient().target("T01", "LIVER", 30).target("T02", "LIVER", 25)
    tu(person, "T01/T02", (2, 56), TUTESTCD="TUMERGE", **group)
    for number, day, size in ((2, 56, "50"), (3, 112, "60")):
        mm(person, "T01/T02", (number, day), size)
        for part in ("T01", "T02"):
            tr(person, part, (number, None), TRSTAT="NOT DONE", TRREASND="TUMOR MERGED")
    assert responses(person) == ["SD", "PD"]


@pytest.mark.parametrize(
    ("parent", "expected"),
    [({"TRORRES": "0"}, "CR"), ({"TRSTAT": "NOT DONE"}, "NE"), ({"TRORRES": "<5"}, "PR")],
)
def test_r138a_the_partner_takes_the_state_of_its_parent(parent, expected):
    person = Patient().target("T01", "LIVER", 30).target("T02", "LIVER", 25)
    tu(person, "T02", (2, 56), TUTESTCD="TUMERGE", TUGRPID="T01")
    tr(person, "T01", (2, 56), **parent)
    tr(person, "T02", (2, 56), TRORRES="0", MERGEDTO="T01")
    assert responses(person) == [expected]


# ---------------------------------------------------------- non-target, new lesions


@pytest.mark.parametrize(
    ("records", "expected", "flag"),
    [
        ({"LPERP": "9.9"}, "CR", ""),
        ({"LPERP": "10"}, "PR", ""),
        ({"LPERP": "9", "TUMSTATE": "UNEQUIVOCAL PROGRESSION"}, "PD", ""),
        ({"LPERP": "12", "LNSTATE": "NON-PATHOLOGICAL"}, "PR", "R-139"),
        ({"LNSTATE": "PATHOLOGICAL"}, "PR", ""),
        ({"LNSTATE": "NON-PATHOLOGICAL"}, "CR", ""),
        ({"TUMSTATE": "NON-CR/NON-PD"}, "PR", ""),
    ],
)
def test_r139_non_target_node(records, expected, flag):
    """The target is gone, so the node alone decides between CR, PR and PD."""
    person = base().non_target("NT1", "LYMPH NODE").scan(56, {"T01": 0})
    for test, value in records.items():
        unit = {"TRORRESU": "mm"} if test == "LPERP" else {}
        tr(person, "NT1", (2, 56), TRTESTCD=test, TRORRES=value, **unit)
    found = Derived(sdtm_of(person))
    assert found.responses() == [expected]
    assert ("R-139" in found.messages()) == bool(flag)


@pytest.mark.parametrize(
    ("size", "word", "limit", "expected"),
    [
        ("9.9", None, 10, "SD"),
        ("10", None, 10, "SD"),  # equivocal
        ("14.9", None, 10, "SD"),
        ("15", None, 10, "PD"),
        ("12", "UNEQUIVOCAL", 10, "PD"),
        ("12", "UNEQUIVOCAL", 15, "SD"),  # below the limit the reader's word decides nothing
        ("17", None, 20, "SD"),
        ("9", "UNEQUIVOCAL", 10, "SD"),
    ],
)
def test_r047_new_node_by_size(size, word, limit, expected):
    person = base().scan(56, {"T01": 50})
    tu(person, "X1", (2, 56), TUSTRESC="NEW", TULOC="LYMPH NODE")
    tr(person, "X1", (2, 56), TRTESTCD="LPERP", TRORRES=size, TRORRESU="mm")
    if word:
        tr(person, "X1", (2, 56), TRTESTCD="TUMSTATE", TRORRES=word)
    assert responses(person, response__new_node_mm=limit) == [expected]


@pytest.mark.parametrize(("method", "expected"), [("CT SCAN", "PD"), ("FDG-PET", "SD")])
def test_r047_new_lesion_without_a_word(method, expected):
    person = base().scan(56, {"T01": 50})
    tu(person, "X1", (2, 56), TUSTRESC="NEW", TULOC="LUNG", TUMETHOD=method)
    found = Derived(sdtm_of(person))
    assert found.responses() == [expected]
    assert "R-047" in found.messages()


@pytest.mark.parametrize("test", ["LDIAM", "TUMSTATE"])
def test_r045_a_new_lesion_that_was_not_read_settles_nothing(test):
    """Equivocal, then not evaluable: still pending, so no progression."""
    person = base().scan(56, {"T01": 50}, new={"X1": ("LUNG", "EQUIVOCAL")}).scan(112, {"T01": 50})
    tr(person, "X1", (3, 112), TRTESTCD=test, TRSTAT="NOT DONE")
    assert responses(person) == ["SD", "SD"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [("PRESENT", "SD"), ("STABLE", "SD"), ("EQUIVOCAL", "SD"), ("UNEQUIVOCAL", "PD")],
)
def test_r140_a_finding_at_a_known_site_is_progression_only_by_the_readers_word(state, expected):
    """R-048: known disease that lights up on PET is not new; called unequivocal, it is."""
    person = base().scan(56, {"T01": 50}, new={"X1": ("LUNG", state)})
    person.rows["TU"][-1]["PREEXIST"] = "Y"
    assert responses(person) == [expected]


def test_r132_a_qualifier_of_pet_findings_does_not_remove_a_target():
    person = Patient().target("T01", "LIVER", 50, PREEXIST="Y").scan(56, {"T01": 35})
    assert responses(person) == ["PR"]


# ---------------------------------------------- D-08: the rest of the trial


def test_r015_progression_of_a_patient_without_disease_at_baseline_is_an_event():
    """BOR and PFS agree: NED d56, new lesion d112; 115 days after enrolment on d-3."""
    person = Patient().scan(56, {}, new={"X1": ("LUNG", "EQUIVOCAL")})
    person.scan(112, {}, new={"X1": ("LUNG", "ABSENT"), "X2": ("BONE", "UNEQUIVOCAL")})
    found = Derived(sdtm_of(person))
    assert found.responses() == ["NED", "PD"]
    decision = found.decisions.times["PFS"]
    assert bool(decision.event[0])
    assert decision.day[0] - decision.origin[0] == 115


@pytest.mark.parametrize(
    "link", [{"PRLNKID": "T01"}, {"PRLNKID": " t01 "}, {"TULNKID": "T01"}], ids=str
)
def test_r141_links_of_procedures(link):
    """Case X: 40 + 20; T01 ablated off protocol d60, so 20 alone is NE and 72 alone is PD."""
    person = base(40).target("T02", "LUNG", 20).scan(56, {"T01": 38, "T02": 20})
    person.add("PR", PRTRT="ABLATION", PRSTDTC=on(60), PRSCAT="Off protocol", **link)
    person.scan(112, {"T01": 5, "T02": 20}).scan(168, {"T01": 5, "T02": 72})
    assert responses(person) == ["SD", "NE", "PD"]


def test_r141_no_lesion_is_guessed():
    person = base(40).scan(56, {"T01": 38}).scan(112, {"T01": 5})
    person.add("PR", PRTRT="ABLATION", PRSTDTC=on(60), PRCAT="LOCAL THERAPY NOT PER PROTOCOL",
               PRLOC="LIVER")  # fmt: skip
    found = Derived(sdtm_of(person))
    assert found.responses() == ["SD", "PR"]
    assert "R-141" in found.messages()


def test_d08_lesions_scanned_after_the_cutoff_are_not_evaluable():
    """T01 on 26 February (d56), T02 on d58; cut-off 27 February."""
    person = Patient().target("T01", "LIVER", 50).target("T02", "LUNG", 50)
    mm(person, "T01", (2, 56), "10")
    mm(person, "T02", (2, 58), "10")
    assert responses(person, analysis__data_cutoff=date(2024, 2, 27)) == ["NE"]
    assert responses(person, analysis__data_cutoff=date(2024, 2, 28)) == ["PR"]


def test_r143_a_partial_scan_date_is_unused_and_flagged():
    person = base().scan(56, {"T01": 30}).scan(112, {"T01": 30})
    person.rows["TR"][-2]["TRDTC"] = "2024-02"
    found = Derived(sdtm_of(person))
    assert (found.responses(), found.days()) == (["PR"], [112])
    assert "R-143" in found.messages()


@pytest.mark.parametrize(("factor", "flagged"), [(10, True), (9, False)])
def test_r143_a_tenfold_jump_of_all_diameters_is_flagged(factor, flagged):
    person = base(20).target("T02", "LUNG", 30)
    person.scan(56, {"T01": 20 * factor, "T02": 30 * factor})
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PD"]
    assert ("tenfold" in found.messages()) == flagged
