"""mRECIST, R-120 to R-126, worked by hand.

Lencioni and Llovet, Semin Liver Dis 2010;30:52-60. The diameter of every target is 60 mm
throughout, so that RECIST 1.1 says SD and whatever mRECIST says comes from the viable part.
"""

from __future__ import annotations

import pytest

from support.trial import Patient, on
from support.viable import answers, derived, derived_whole, liver, messages, rows, viable
from trialwright.core.errors import DataError


def one(*visits: tuple[int, object], base: object = 40, **changes: object) -> list[str]:
    person = liver({"T01": base}, *((day, {"T01": value}) for day, value in visits))
    return answers(derived(person, **changes))


@pytest.mark.parametrize(
    ("case", "visits", "expected"),
    [
        ("30 % less: 28.0 of 40", ((56, 28),), ["PR"]),
        ("one tenth above: 28.1", ((56, 28.1),), ["SD"]),
        ("20 % more, +8.0", ((56, 48),), ["PD"]),
        ("one tenth below: 47.9", ((56, 47.9),), ["SD"]),
        ("nadir 10, 12.0 is +20 % with +2.0 mm", ((56, 10), (112, 12)), ["PR", "PD"]),
        ("nadir 10, 11.9", ((56, 10), (112, 11.9)), ["PR", "PR"]),
        ("no enhancement", ((56, "ABSENT"),), ["CR"]),
        ("0 mm", ((56, 0),), ["CR"]),
        ("a rim of 0.1 mm", ((56, 0.1),), ["PR"]),
        ("too small to measure is 5 mm", ((56, "TOO SMALL TO MEASURE"),), ["PR"]),
        ("not evaluable", ((56, "NE"),), ["NE"]),
        ("not done", ((56, "NOT DONE"),), ["NE"]),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_r122_by_viable_sum(case, visits, expected):
    assert one(*visits) == expected, case


def test_r122_5mm_clause_is_an_option():
    """Nadir 10: 12.0 is PD without, SD-like PR with the clause; 15.0 is PD with it (+5.0)."""
    clause = {"response__mrecist_5mm": True}
    assert one((56, 10), (112, 12), **clause) == ["PR", "PR"]
    assert one((56, 10), (112, 14.9), **clause) == ["PR", "PR"]
    assert one((56, 10), (112, 15), **clause) == ["PR", "PD"]


def test_r122_recist_is_untouched():
    person = liver({"T01": 40}, (56, {"T01": 0}), (112, {"T01": 30}))
    adam = derived_whole(person)
    assert answers(adam, "OVR") == ["SD", "SD"]
    assert answers(adam) == ["CR", "PD"]


def test_r122_enhancement_after_a_sum_of_0_without_overall_cr():
    """NT present: 0 mm is PR by Table 1; then 0.1 mm is an infinite rise, PD, flagged.

    With the 5 mm clause PD needs 5.0 mm (R-036).
    """
    for value, clause, expected in (
        (0.1, False, ["PR", "PD"]),
        (4.9, True, ["PR", "PR"]),
        (5, True, ["PR", "PD"]),
    ):
        person = liver({"T01": 40}, (56, {"T01": 0}), (112, {"T01": value}), N01="PERITONEUM")
        adam = derived(person, response__mrecist_5mm=clause)
        assert answers(adam) == expected
        assert ("after a viable sum of 0 is PD" in messages(adam)) is not clause


def test_r035_missing_target_can_only_add():
    """Nadir 40+20; T02 missing, T01 72.0 (60 x 1.2): PD; 71.9: NE. Missing at 0: NE, not PD."""
    base = {"T01": 40, "T02": 20}
    for value, expected in ((72, "PD"), (71.9, "NE")):
        person = liver(base, (56, {"T01": value, "T02": "NE"}), size=90)
        assert answers(derived(person)) == [expected]
    person = liver(base, (56, {"T01": 0, "T02": 0}), (112, {"T01": 0, "T02": "NE"}), N01="BONE")
    assert answers(derived(person)) == ["PR", "NE"]


def test_r055_disease_after_complete_response():
    assert one((56, 0), (112, 0.1)) == ["CR", "PD"]
    assert one((56, 0), (112, 3), response__cr_then_disease="keep") == ["CR", "PD"]
    assert one((56, 0), (112, 3), response__cr_then_disease="keep", response__mrecist_5mm=True) == [
        "CR",
        "PR",
    ]


def test_r121_a_target_that_does_not_enhance_keeps_its_diameter():
    """T02 is infiltrative: 60 -> 40 by LDIAM, its viable record is not used. 40+60 -> 10+40 = 50."""
    person = Patient().target("T01", "LIVER", 60).target("T02", "LIVER", 60, ENHPAT="INFILTRATIVE")
    viable(person, "T01", -7, 40, 1)
    person.scan(56, {"T01": 60, "T02": 40})
    viable(viable(person, "T01", 56, 10, 2), "T02", 56, 1, 2)
    adam = derived(person)
    assert answers(adam) == ["PR"]
    assert "viable sum 50.0 mm, -50.0 % from baseline 100.0" in rows(adam, "MOVR")["REASON"][0]
    reasons = adam.unused["REASON"].to_list()
    assert reasons == ["the lesion does not enhance: its RECIST 1.1 diameter counts"]


def test_r121_only_targets_without_enhancement_need_no_viable_record():
    """The word alone sends the subject through; another subject has the viable record."""
    plain = Patient(name="P2").target("T01", "LIVER", 50, ENHPAT="NON-ENHANCING")
    plain.scan(56, {"T01": 35})
    adam = derived(liver({"T01": 40}, (56, {"T01": 40})), plain)
    assert answers(adam, name="P2") == ["PR"]


def test_r121_a_node_counts_by_its_short_axis():
    """T 40 + node 20 = 60; viable 0 and node 9.9: CR; node 10.0: PR."""
    for axis, expected in ((9.9, "CR"), (10, "PR")):
        person = Patient().target("T01", "LIVER", 60).target("T02", "LYMPH NODE", 20)
        viable(person, "T01", -7, 40, 1)
        viable(person.scan(56, {"T01": 60, "T02": axis}), "T01", 56, 0, 2)
        assert answers(derived(person)) == [expected]


def test_r136_a_diameter_without_a_viable_one_is_not_evaluable():
    adam = derived(liver({"T01": 40}, (56, {"T01": None}), (112, {"T01": 20})))
    assert answers(adam) == ["NE", "PR"]
    assert "T01 has a diameter but no viable diameter on 2024-02-26" in messages(adam)


def test_r134_a_lesion_that_is_gone_needs_no_viable_record():
    person = Patient().target("T01", "LIVER", 60)
    viable(person, "T01", -7, 40, 1).scan(56, {"T01": 0})
    adam = derived(person)
    assert answers(adam) == ["CR"]
    assert answers(adam, "OVR") == ["CR"]


def test_r137_r138_parts_and_merges_go_the_same_way():
    """T01 splits into 8 + 4 = 12 of 40 (PR); T02 merged into it counts 0."""
    person = Patient().target("T01", "LIVER", 60).target("T02", "LIVER", 30)
    viable(viable(person, "T01", -7, 30, 1), "T02", -7, 10, 1)
    person.scan(56, {"T01.1": 30, "T01.2": 30})
    for part, value in (("T01.1", 8), ("T01.2", 4)):
        person.add("TU", TULNKID=part, TUTESTCD="TUSPLIT", TUGRPID="T01", VISITNUM="2",
                   TUDTC=on(56), TUEVAL="INVESTIGATOR")  # fmt: skip
        viable(person, part, 56, value, 2)
    person.add("TU", TULNKID="T02", TUTESTCD="TUMERGE", TUGRPID="T01", VISITNUM="2", TUDTC=on(56),
               TUEVAL="INVESTIGATOR")  # fmt: skip
    person.add("TR", TRLNKID="T02", TRTESTCD="LDIAM", TRSTAT="NOT DONE", TRREASND="MERGED",
               VISITNUM="2", TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
    adam = derived(person)
    assert answers(adam) == ["PR"]
    assert "viable sum 12.0 mm, -70.0 % from baseline 40.0" in rows(adam, "MOVR")["REASON"][0]


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        ("12", None, "no unit"),
        ("12", "in", 'unit "IN"'),
        ("12.34", "mm", "finer than 0.1 mm"),
        ("-3", "mm", "negative"),
        ("12,5", "mm", "a comma"),
        ("enhancing", "mm", "not a listed word"),
    ],
)
def test_r133_r143_viable_diameters_are_refused_like_diameters(value, unit, said):
    person = liver({"T01": 40})
    person.scan(56, {"T01": 60})
    person.add("TR", TRLNKID="T01", TRTESTCD="VLDIAM", TRORRES=value, TRORRESU=unit, VISITNUM="2",
               TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
    with pytest.raises(DataError) as refused:
        derived(person)
    assert said in str(refused.value)


def test_r133_centimetres_and_synonyms():
    """VLDIAM 4.0 cm at baseline, LDIAMV 28 mm on day 56: exactly -30 %."""
    person = Patient().target("T01", "LIVER", 60)
    person.add("TR", TRLNKID="T01", TRTESTCD="VLDIAM", TRORRES="4.0", TRORRESU="cm", VISITNUM="1",
               TRDTC=on(-7), TREVAL="INVESTIGATOR")  # fmt: skip
    person.scan(56, {"T01": 60})
    person.add("TR", TRLNKID="T01", TRTESTCD="LDIAMV", TRORRES="28", TRORRESU="mm", VISITNUM="2",
               TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
    assert answers(derived(person)) == ["PR"]


def test_r143_two_viable_values_of_one_day_are_refused():
    person = liver({"T01": 40}, (56, {"T01": 20}))
    with pytest.raises(DataError, match="measured twice on one day"):
        derived(viable(person, "T01", 56, 21, 2))


@pytest.mark.parametrize("base", [None, 0, "ABSENT", "NE"])
def test_r143_an_enhancing_target_needs_a_viable_baseline(base):
    person = Patient().target("T01", "LIVER", 60)
    if base is not None:
        viable(person, "T01", -7, base, 1)
    viable(person.scan(56, {"T01": 60}), "T01", 56, 20, 2)
    with pytest.raises(DataError, match="no viable diameter at baseline") as refused:
        derived(person)
    assert "lesion T01 of subject P1" in str(refused.value)


def test_r143_a_pattern_that_is_not_listed_is_refused():
    person = Patient().target("T01", "LIVER", 60, ENHPAT="SOME")
    with pytest.raises(DataError, match="ENHANCING; NON-ENHANCING or INFILTRATIVE"):
        derived(viable(person, "T01", -7, 40, 1))


def test_r121_nobody_has_a_viable_diameter():
    """RECIST 1.1 is derived; mRECIST is not, and an error says so."""
    person = Patient().target("T01", "LIVER", 60).scan(56, {"T01": 30})
    adam = derived(person)
    assert answers(adam, "OVR") == ["PR"]
    assert answers(adam) == []
    assert "R-121 error  mRECIST is not derived: TR has no viable diameter." in messages(adam)


def test_r121_a_subject_without_viable_diameters_stays_as_not_evaluable():
    plain = Patient(name="P2").target("T01", "LIVER", 60).scan(56, {"T01": 30})
    adam = derived(liver({"T01": 40}, (56, {"T01": 10})), plain)
    assert answers(adam, "MBOR", "P2") == answers(adam, "MCBOR", "P2") == ["NE"]
    assert rows(adam, "MBOR", "P2")["REASON"][0] == "NE: no viable diameter was recorded"
    assert answers(adam, "MOVR", "P2") == []
    assert answers(adam, "OVR", "P2") == ["PR"]


def test_r121_small_targets_and_long_viable_parts_are_flagged():
    """9.9 mm is below 10 mm, 10.0 is not; a viable part of 60.1 in a lesion of 60 is doubtful."""
    for value, found in ((9.9, True), (10, False)):
        said = messages(derived(liver({"T01": value}, (56, {"T01": 5}))))
        assert ("T01 (LIVER): viable diameter 9.9 mm, a target needs 10 mm" in said) is found
    for value, found in ((60.1, True), (60, False)):
        said = messages(derived(liver({"T01": 50}, (56, {"T01": value}))))
        assert ("viable part of T01 is longer than the lesion on 2024-02-26" in said) is found


def test_r123_thrombus_of_the_portal_vein_is_no_target():
    person = Patient().target("T01", "PORTAL VEIN", 20)
    adam = derived(viable(viable(person.scan(56, {"T01": 20}), "T01", -7, 20, 1), "T01", 56, 10, 2))
    assert "R-123 error P1 mRECIST: T01 (PORTAL VEIN): tumour thrombus" in messages(adam)
    assert answers(adam) == ["PR"], "derived as delivered"


@pytest.mark.parametrize(
    ("place", "axis", "found"),
    [
        ("LYMPH NODE, PORTA HEPATIS", 19.9, True),
        ("LYMPH NODE, PORTA HEPATIS", 20, False),
        ("LYMPH NODE, RETROPERITONEAL", 14.9, True),
        ("LYMPH NODE, RETROPERITONEAL", 15, False),
    ],
)
def test_r123_nodes_at_baseline(place, axis, found):
    person = liver({"T01": 40}).target("T02", place, axis)
    assert ("a node is malignant from" in messages(derived(person))) is found


@pytest.mark.parametrize(
    ("place", "axis", "expected"),
    [
        ("LYMPH NODE, PORTA HEPATIS", 19.9, "PR"),
        ("LYMPH NODE, PORTA HEPATIS", 20, "PD"),
        ("LYMPH NODE, MEDIASTINAL", 14.9, "PR"),
        ("LYMPH NODE, MEDIASTINAL", 15, "PD"),
    ],
)
def test_r123_new_nodes(place, axis, expected):
    """Called unequivocal in every case, so RECIST 1.1 says PD; mRECIST asks 20 or 15 mm."""
    person = Patient().target("T01", "LIVER", 60)
    viable(person, "T01", -7, 40, 1).scan(56, {"T01": 60}, new={"X01": (place, "UNEQUIVOCAL")})
    viable(person, "T01", 56, 10, 2)
    person._size("X01", place, axis, 2, 56)
    adam = derived(person)
    assert answers(adam) == [expected]
    assert answers(adam, "OVR") == ["PD"]


def new_lesion(
    *sights: tuple[int, str, float | None], place: str = "LIVER", **more: str
) -> Patient:
    """T01 PR by mRECIST throughout; a new lesion with state and diameter at each sight."""
    person = Patient().target("T01", "LIVER", 60)
    viable(person, "T01", -7, 40, 1)
    for number, (day, state, size) in enumerate(sights, start=2):
        person.scan(day, {"T01": 60}, new={"X01": (place, state)})
        viable(person, "T01", day, 10, number)
        if size is not None:
            person._size("X01", place, size, number, day)
    for record in person.rows["TU"]:
        if record["TULNKID"] == "X01":
            record.update(more)
    return person


@pytest.mark.parametrize(
    ("case", "sights", "washout", "expected"),
    [
        ("typical, 10.0 mm", ((56, "EQUIVOCAL", 10),), "Y", ["PD"]),
        ("typical, 9.9 mm", ((56, "UNEQUIVOCAL", 9.9),), "Y", ["PR"]),
        ("typical, 9.9 then 10.0: back to first sight",
         ((56, "UNEQUIVOCAL", 9.9), (112, "UNEQUIVOCAL", 10)), "Y", ["PD", "PD"]),
        ("atypical, 30 mm", ((56, "UNEQUIVOCAL", 30),), "N", ["PR"]),
        ("atypical, +9.9 mm", ((56, "UNEQUIVOCAL", 12), (112, "UNEQUIVOCAL", 21.9)), "N",
         ["PR", "PR"]),
        ("atypical, +10.0 mm: back to first sight",
         ((56, "UNEQUIVOCAL", 12), (112, "EQUIVOCAL", 22)), "N", ["PD", "PD"]),
        ("gone in between: a new start",
         ((56, "UNEQUIVOCAL", 12), (112, "ABSENT", None), (168, "UNEQUIVOCAL", 22)), "N",
         ["PR", "PR", "PD"]),
        ("pattern not recorded: the reader", ((56, "UNEQUIVOCAL", 5),), None, ["PD"]),
        ("pattern not recorded, equivocal", ((56, "EQUIVOCAL", 15),), None, ["PR"]),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_r125_new_nodule_of_the_liver(case, sights, washout, expected):
    more = {} if washout is None else {"WASHOUT": washout}
    adam = derived(new_lesion(*sights, **more))
    assert answers(adam) == expected, case
    assert ("no word on washout" in messages(adam)) is (washout is None)


def test_r125_dated_back_to_the_first_sight():
    """First seen day 56, typical from 10 mm on day 112: the PD is of 2024-02-26."""
    adam = derived(new_lesion((56, "EQUIVOCAL", 8), (112, "UNEQUIVOCAL", 11), WASHOUT="Y"))
    found = rows(adam, "MOVR")
    assert str(found["ADT"][0]) == "2024-02-26"
    assert found["ASREAD"].to_list()[0] == "PR"
    assert "R-125" in found["RULEID"][0]
    assert "nodule X01 with arterial enhancement and washout, 8.0 mm" in found["REASON"][0]


def test_r125_only_inside_the_liver():
    """A new lung lesion of 5 mm is what the reader says, whatever WASHOUT holds."""
    adam = derived(new_lesion((56, "UNEQUIVOCAL", 5), place="LUNG", WASHOUT="N"))
    assert answers(adam) == ["PD"]


def test_r143_washout_word_that_is_not_listed():
    with pytest.raises(DataError, match="WASHOUT"):
        derived(new_lesion((56, "UNEQUIVOCAL", 5), WASHOUT="MAYBE"))


@pytest.mark.parametrize(
    ("cytology", "expected"),
    [(None, "PR"), ("NEGATIVE", "PR"), ("NOT DONE", "PR"), ("POSITIVE", "PD")],
)
@pytest.mark.parametrize("place", ["PLEURAL EFFUSION", "ASCITES"])
def test_r124_new_effusion_needs_cytology(place, cytology, expected):
    more = {} if cytology is None else {"CYTOLOGY": cytology}
    adam = derived(new_lesion((56, "UNEQUIVOCAL", None), place=place, **more))
    assert answers(adam) == [expected]
    assert answers(adam, "OVR") == ["PD"]
    assert ("R-124 note P1 mRECIST, 2024-02-26: effusion X01" in messages(adam)) is (
        expected == "PR"
    )


def test_r124_known_ascites_that_grows():
    """NT ascites UNEQUIVOCAL PROGRESSION: NON-CR/NON-PD with targets PR; PD with targets PD or NE."""
    for value, expected in ((10, "PR"), (50, "PD"), ("NE", "PD")):
        person = Patient().target("T01", "LIVER", 60).non_target("N01", "ASCITES")
        viable(person, "T01", -7, 40, 1)
        person.scan(56, {"T01": 60}, {"N01": "UNEQUIVOCAL PROGRESSION"})
        adam = derived(viable(person, "T01", 56, value, 2))
        assert answers(adam) == [expected], value


def test_r124_a_later_proof_dates_back_to_the_first_sight():
    """R-045, R-050: unproved day 56, positive cytology with the scan of day 112: PD of day 56."""
    person = new_lesion((56, "UNEQUIVOCAL", None), (112, "UNEQUIVOCAL", None), place="ASCITES")
    for record in person.rows["TR"]:
        if record["TRLNKID"] == "X01" and record["VISITNUM"] == "3":
            record["CYTOLOGY"] = "POSITIVE"
    found = rows(derived(person), "MOVR")
    assert found["AVALC"].to_list() == ["PD", "PD"]
    assert str(found["ADT"][0]) == "2024-02-26"


@pytest.mark.parametrize(
    ("conditions", "severity"),
    [
        (("Hepatocellular Carcinoma",), None),
        (("HCC", "hepatoma"), None),
        (("Colorectal liver metastases",), "error"),
        (("HCC", "Cholangiocarcinoma"), "error"),
        (None, "error"),
    ],
)
def test_r120_only_hepatocellular_carcinoma(conditions, severity):
    person = liver({"T01": 40}, (56, {"T01": 10}))
    said = messages(derived(person, population__conditions=conditions))
    assert ("R-120 error" in said) is (severity == "error")


def test_r126_best_overall_response_side_by_side():
    """RECIST 1.1 SD; mRECIST PR d56 confirmed d112: MBOR CR (d112), MCBOR PR of d56."""
    adam = derived(liver({"T01": 40}, (56, {"T01": 20}), (112, {"T01": 0})))
    assert answers(adam, "BOR") == answers(adam, "CBOR") == ["SD"]
    assert answers(adam, "MBOR") == ["CR"]
    assert answers(adam, "MCBOR") == ["PR"]
    assert str(rows(adam, "MCBOR")["ADT"][0]) == "2024-02-26"


def test_r126_sentences():
    """Every number by hand: 40 -> 20 -> 23.9 -> 24 against the limits 28.0 and 24.0."""
    visits = ((56, {"T01": 20}), (112, {"T01": 23.9}), (168, {"T01": 24}))
    found = rows(derived(liver({"T01": 40}, *visits)), "MOVR")
    assert found["REASON"].to_list() == [
        "PR: viable sum 20.0 mm, -50.0 % from baseline 40.0: PR by 8.0 mm, PD from 48.0 mm",
        "PR: viable sum 23.9 mm, -40.3 % from baseline 40.0: PR by 4.1 mm, PD from 24.0 mm",
        "PD: viable sum 24.0 mm against nadir 20.0 on 2024-02-26 (+20.0 %, +4.0 mm): PD by 0.0 mm, "
        "not PD at 23.9 or less",
    ]
    assert found["RULEID"].to_list() == ["R-126 R-122 R-051"] * 3


def test_r126_adtr_holds_viable_diameters_and_sums():
    person = liver(
        {"T01": 40, "T02": 20}, (56, {"T01": 10, "T02": "NE"}), (112, {"T01": 0, "T02": 5})
    )
    adtr = derived(person)["ADTR"]
    sums = adtr.filter(adtr["PARAMCD"].is_in(["SUMVIAB", "SUMVPART"])).sort("AVISITN")
    assert sums["PARAMCD"].to_list() == ["SUMVIAB", "SUMVPART", "SUMVIAB"]
    assert sums["AVAL"].to_list() == [60.0, 10.0, 5.0]
    assert sums["NADIR"].to_list() == [None, 60.0, 60.0]
    t02 = adtr.filter((adtr["PARAMCD"] == "VLDIAM") & (adtr["TRLNKID"] == "T02")).sort("AVISITN")
    assert t02["AVAL"].to_list() == [20.0, None, 5.0]
    assert adtr.filter(adtr["PARAMCD"] == "LDIAM")["AVAL"].to_list() == [60.0] * 6


def test_r029_local_therapy_off_protocol_makes_the_viable_part_not_evaluable():
    person = liver({"T01": 40}, (56, {"T01": 20}), (112, {"T01": 0}))
    person.add("PR", PRTRT="TACE", PRCAT="LOCAL THERAPY NOT PER PROTOCOL", PRLNKID="T01",
               PRSTDTC=on(60))  # fmt: skip
    assert answers(derived(person)) == ["PR", "NE"]


def test_r131_a_viable_record_at_a_visit_of_its_own_is_listed():
    person = viable(liver({"T01": 40}, (56, {"T01": 20})), "T01", 80, 10, 9)
    adam = derived(person)
    assert answers(adam) == ["PR"]
    assert adam.unused["REASON"].to_list() == ["no other record of the lesions at this visit"]


def test_without_the_name_nothing_changes():
    """A protocol that does not name mRECIST: the viable records are another size, unused (R-133)."""
    person = liver({"T01": 40}, (56, {"T01": 20}))
    adam = derived_whole(person, response__criteria=None)
    assert set(adam["ADRS"]["PARAMCD"]) == {"OVR", "BOR", "CBOR"}
    assert not adam["ADTR"]["PARAMCD"].is_in(["VLDIAM", "SUMVIAB"]).any()
    assert adam.unused["RULEID"].to_list() == ["R-133", "R-133"]
    assert "mRECIST" not in messages(adam)


def test_r130_order_of_the_rows_changes_nothing():
    """TU and TR upside down: the same rows of ADRS and ADTR, mRECIST included."""
    person = liver({"T01": 40, "T02": 20}, (56, {"T01": 20, "T02": 5}), (112, {"T01": 0, "T02": 0}))
    first = derived(person)
    turned = liver({"T01": 40, "T02": 20}, (56, {"T01": 20, "T02": 5}), (112, {"T01": 0, "T02": 0}))
    for number, record in enumerate(turned.rows["TR"], start=1):
        record["TRSEQ"] = str(number)
    turned.rows["TR"].reverse()
    turned.rows["TU"].reverse()
    second = derived(turned)
    for name in ("ADRS", "ADTR"):
        assert first[name].equals(second[name]), name
