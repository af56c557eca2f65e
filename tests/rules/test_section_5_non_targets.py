"""Section 5, non-target response and new lesions (R-040 to R-050), through SDTM."""

from __future__ import annotations

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


def others(*states: object) -> Patient:
    """Target gone on d56 and non-targets in these states."""
    person = Patient().target("T01", "LIVER", 40, **CT)
    for i in range(len(states)):
        person.non_target(f"N{i:02d}", "LUNG")
    return person.scan(56, {"T01": 0}, {f"N{i:02d}": s for i, s in enumerate(states)})


def test_r040_order_of_the_non_target_response():
    cases = {
        "PD NE ABSENT": "PD", "NE PRESENT": "NE", "NE ABSENT": "NE", "ABSENT PRESENT": "NON-CR/NON-PD",
        "ABSENT ABSENT": "CR", "PRESENT": "NON-CR/NON-PD", "PD PRESENT": "PD",
        "INCREASED ABSENT": "NON-CR/NON-PD",
    }  # fmt: skip
    made = read({k: others(*k.split()) for k in cases} | {"none": others()})
    assert {k: r.column("NTRGRESP")[0] for k, r in made.items()} == cases | {"none": ""}
    assert {k: r.responses[0] for k, r in made.items()} == {
        "PD NE ABSENT": "PD", "NE PRESENT": "PR", "NE ABSENT": "PR", "ABSENT PRESENT": "PR",
        "ABSENT ABSENT": "CR", "PRESENT": "PR", "PD PRESENT": "PD", "INCREASED ABSENT": "PR",
        "none": "CR",
    }  # fmt: skip


def test_r040_a_named_marker_is_looked_at_when_no_non_target_is_left():
    """CEA above 5 at baseline: 5.0 at the visit is normal (CR), 5.1 is NN, none is NE."""
    people = {}
    for name, value in (("5.0", "5.0"), ("5.1", "5.1"), ("none", None)):
        for other in ("", " ABSENT"):
            person = others(*other.split())
            person.add("LB", LBTESTCD="CEA", LBSTRESN="9", LBSTNRHI="5", LBDTC=on(-7), VISITNUM="1")
            if value:
                person.add(
                    "LB", LBTESTCD="CEA", LBSTRESN=value, LBSTNRHI="5", LBDTC=on(56), VISITNUM="2"
                )
            people[name + other] = person
    made = read(people, response__marker_for_cr="CEA")
    assert {k: (r.column("NTRGRESP")[0], r.responses[0]) for k, r in made.items()} == {
        "5.0": ("", "CR"), "5.0 ABSENT": ("CR", "CR"),
        "5.1": ("NON-CR/NON-PD", "PR"), "5.1 ABSENT": ("NON-CR/NON-PD", "PR"),
        "none": ("NE", "PR"), "none ABSENT": ("NE", "PR"),
    }  # fmt: skip
    assert all(r.responses == ["CR"] for r in read(people).values())


def test_r041_progression_of_non_targets_asks_for_a_reason():
    """PD is derived all the same; without PDREAS and with T = SD or PR a flag; INCREASED is no PD."""
    told = with_other(40, (56, 40, PD))
    told.rows["TR"][-1]["PDREAS"] = "massive peritoneal growth"
    made = read(
        {"SD": with_other(40, (56, 40, PD)), "PR": with_other(40, (56, 20, PD)), "told": told,
         "T PD": with_other(40, (56, 60, PD)), "modest": with_other(40, (56, 40, "INCREASED"))}
    )  # fmt: skip
    assert {k: r.responses for k, r in made.items()} == {
        "SD": ["PD"], "PR": ["PD"], "told": ["PD"], "T PD": ["PD"], "modest": ["SD"],
    }  # fmt: skip
    flagged = {k for k, r in made.items() if "NTPD_NO_REASON" in r.said("R-041")}
    assert flagged == {"SD", "PR"}


def test_r042_non_target_only_progression():
    """The reader's UNEQUIVOCAL PROGRESSION is PD, INCREASED is not; Table 2, no targets."""
    anchor = one(40, (56, 40))  # a patient with a target keeps the sums of the trial alive
    made = read({"PD": only_other((56, PD)), "more": only_other((56, "INCREASED")), "T": anchor})
    assert made["PD"].responses == ["PD"]
    assert made["PD"].best == ("PD", "PD")
    assert made["more"].responses == ["NON-CR/NON-PD"]


def test_r043_an_unequivocal_new_lesion_of_any_size_is_progression():
    """At CR, PR and SD of the target; a lesion below 10 mm outside nodes too."""
    people = {str(size): with_new((56, "UNEQUIVOCAL"), size=size) for size in (0, 20, 40)}
    tiny = with_new((56, "UNEQUIVOCAL"))
    tiny.add("TR", TRLNKID="NL1", TRTESTCD="LDIAM", TRORRES="3", TRORRESU="mm", VISITNUM="2",
             TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
    made = read(people | {"3 mm": tiny})
    assert all(r.responses == ["PD"] and r.column("NEWLFL") == ["Y"] for r in made.values())


def test_r044_a_lesion_in_a_region_not_scanned_before_is_new():
    person = with_new((56, "UNEQUIVOCAL"), organ="BRAIN")
    person.rows["TU"][-1]["NOBLSCAN"] = "Y"
    made = read_one(person)
    assert made.responses == ["PD"]
    assert made.said("R-044")


def test_case_m_equivocal_then_definite():
    """Case M: equivocal NL d56, definite d112: PD dated d56; BOR, PFS end there."""
    made = read_one(with_new((56, "EQUIVOCAL"), (112, "UNEQUIVOCAL")))
    assert made.responses == ["PD", "PD"]
    assert made.column("ASREAD") == ["SD", "PD"]
    assert made.days[0] == 56
    assert made.time("PFS") == (-3, 56, True)
    assert made.confirmed == ("PD", 56)


def test_r045_what_settles_and_what_voids_an_equivocal_lesion():
    e, u = "EQUIVOCAL", "UNEQUIVOCAL"
    cases = {
        "never": ((e, e), ["SD", "SD"]),
        "absent between": ((e, "ABSENT", u), ["SD", "SD", "PD"]),
        "no record between": ((e, None, u), ["PD", "SD", "PD"]),
        "NE between": ((e, "NE", u), ["PD", "SD", "PD"]),
        "starts anew": ((e, "ABSENT", e, u), ["SD", "SD", "PD", "PD"]),
        "absent after": ((u, "ABSENT"), ["PD", "SD"]),
        "absent at the end": ((e, "ABSENT"), ["SD", "SD"]),
        "first sight of two": ((e, e, u), ["PD", None, "PD"]),
    }  # fmt: skip
    people = {
        k: with_new(*((56 * (i + 1), s) for i, s in enumerate(states)))
        for k, (states, _) in cases.items()
    }
    made = read(people)
    for name, (_, wanted) in cases.items():
        got = made[name].responses
        assert [a for a, w in zip(got, wanted, strict=True) if w] == [w for w in wanted if w], name


def test_r045_what_was_never_settled_is_listed():
    """The sentence of the response says that it does not count yet; absence closes the matter."""
    made = read(
        {"open": with_new((56, "EQUIVOCAL"), (112, "EQUIVOCAL")),
         "closed": with_new((56, "EQUIVOCAL"), (112, "ABSENT"))}
    )  # fmt: skip
    assert "R-045" in made["open"].column("REASON")[1]
    assert "R-045" not in made["closed"].column("REASON")[1]
    listed = made["open"].adam.pending.filter(RULEID="R-045")["USUBJID"].to_list()
    assert listed == ["open"]


def test_r045_duration_of_response_ends_at_first_sight():
    """PR d56, PR d112, doubt d168 (PR), certain d224: DOR from d56 to d168."""
    made = read_one(
        with_new((56, None), (112, None), (168, "EQUIVOCAL"), (224, "UNEQUIVOCAL"), size=20)
    )
    assert made.responses == ["PR", "PR", "PD", "PD"]
    assert made.best == ("PR", "PR")
    assert made.time("DOR") == (56, 168, True)


def test_r046_equivocal_progression_of_known_disease():
    cases = {
        "settled": ((DOUBT, PD), ["PD", "PD"]),
        "NE between": ((DOUBT, "NE", PD), ["PD", "SD", "PD"]),
        "present between": ((DOUBT, "PRESENT", PD), ["SD", "SD", "PD"]),
        "increased between": ((DOUBT, "INCREASED", PD), ["SD", "SD", "PD"]),
        "absent between": ((DOUBT, "ABSENT", PD), ["SD", "SD", "PD"]),
        "never": ((DOUBT,), ["SD"]),
    }
    made = responses(
        {
            k: with_other(40, *((56 * (i + 1), 40, s) for i, s in enumerate(states)))
            for k, (states, _) in cases.items()
        }
    )
    assert made == {k: wanted for k, (_, wanted) in cases.items()}


def new_node(size: float, word: str | None) -> Patient:
    person = one(40, (56, 40))
    person.add("TU", TULNKID="NL1", TUTESTCD="TUMIDENT", TUORRES="NEW", TUSTRESC="NEW",
               TULOC="LYMPH NODE", VISITNUM="2", TUDTC=on(56), TUEVAL="INVESTIGATOR")  # fmt: skip
    person.add("TR", TRLNKID="NL1", TRTESTCD="LPERP", TRORRES=str(size), TRORRESU="mm",
               VISITNUM="2", TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
    if word:
        person.add("TR", TRLNKID="NL1", TRTESTCD="TUMSTATE", TRORRES=word, VISITNUM="2",
                   TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
    return person


def test_r047_a_new_node_by_its_short_axis():
    """Below 10 mm ignored; with a word the reader decides; without, 15 mm is certain, 14.9 is not."""
    cases = {
        "9.9 UNEQUIVOCAL": "SD", "10.0 UNEQUIVOCAL": "PD", "30.0 EQUIVOCAL": "SD", "9.9": "SD",
        "10.0": "SD", "14.9": "SD", "15.0": "PD",
    }  # fmt: skip
    people = {k: new_node(float(k.split()[0]), [*k.split(), None][1]) for k in cases}
    made = read(people)
    assert {k: r.responses[0] for k, r in made.items()} == cases
    assert "R-047" in made["14.9"].flagged
    assert "R-047" in made["15.0"].flagged
    moved = responses(people, response__new_node_mm=12)
    assert moved["10.0 UNEQUIVOCAL"] == ["SD"]
    assert responses({"12": new_node(12.0, "UNEQUIVOCAL")}, response__new_node_mm=12) == {
        "12": ["PD"]
    }


def test_r047_a_doubtful_node_is_settled_by_growth():
    """14.9 mm without a word d56 (equivocal), 15.0 mm d112 (unequivocal): PD on d56 (R-045)."""
    person = new_node(14.9, None).scan(112, {"T01": 40})
    person.add("TR", TRLNKID="NL1", TRTESTCD="LPERP", TRORRES="15.0", TRORRESU="mm", VISITNUM="3",
               TRDTC=on(112), TREVAL="INVESTIGATOR")  # fmt: skip
    assert responses({"P": person}) == {"P": ["PD", "PD"]}


def unsaid(**more: str) -> Patient:
    """A new lesion outside nodes without any state."""
    person = one(40, (56, 40))
    return person.add("TU", TULNKID="NL1", TUTESTCD="TUMIDENT", TUORRES="NEW", TUSTRESC="NEW",
                      TULOC="LUNG", VISITNUM="2", TUDTC=on(56), TUEVAL="INVESTIGATOR", **more)  # fmt: skip


def test_r047_a_new_lesion_without_a_word():
    """Unequivocal; seen on FDG-PET only: equivocal; always flagged."""
    made = read({"ct": unsaid(TUMETHOD="CT SCAN"), "pet": unsaid(TUMETHOD="FDG-PET")})
    assert {k: r.responses for k, r in made.items()} == {"ct": ["PD"], "pet": ["SD"]}
    assert all("R-047" in r.flagged for r in made.values())


def pet(*states: str, preexist: str | None = None) -> Patient:
    person = with_new(*((56 * (i + 1), s) for i, s in enumerate(states)))
    person.rows["TU"][-1] |= {"TUMETHOD": "FDG-PET"} | ({"PREEXIST": preexist} if preexist else {})
    return person


def test_r048_findings_of_fdg_pet():
    """Confirmed later: PD at the first abnormal PET; at a known site without growth: never PD."""
    made = read(
        {
            "positive": pet("UNEQUIVOCAL"),
            "later on CT": pet("EQUIVOCAL", "UNEQUIVOCAL"),
            "known site": pet("PRESENT", "PRESENT", preexist="Y"),
            "never on CT": pet("EQUIVOCAL", "EQUIVOCAL"),
        }
    )
    assert {k: r.responses for k, r in made.items()} == {
        "positive": ["PD"], "later on CT": ["PD", "PD"], "known site": ["SD", "SD"],
        "never on CT": ["SD", "SD"],
    }  # fmt: skip
    assert made["later on CT"].days[0] == 56


def test_r049_a_lesion_that_returns_is_measured_not_new():
    """T01 30 -> 0 -> 7 beside T02 60: 67 of nadir 60 is +11.7 %, SD, in the sum; 12 (+20 %) is PD."""
    made = read({str(v): two((30, 60), (56, 0, 60), (112, v, 60)) for v in (7, 11.9, 12)})
    assert {k: (r.responses[1], r.sums[2]) for k, r in made.items()} == {
        "7": ("SD", 67.0), "11.9": ("SD", 71.9), "12": ("PD", 72.0),
    }  # fmt: skip
    assert made["7"].column("NEWLFL") == ["N", "N"]


def test_r050_pathology_is_delivered_as_the_readers_certainty():
    """No tumour proven: the corrected record ABSENT, no PD. Tumour proven d112: PD from d56."""
    made = read(
        {
            "no tumour": with_new((56, "ABSENT"), (112, None)),
            "tumour": with_new((56, "EQUIVOCAL"), (112, "UNEQUIVOCAL")),
        }
    )
    assert made["no tumour"].responses == ["SD", "SD"]
    assert made["tumour"].responses == ["PD", "PD"]
    assert made["tumour"].days[0] == 56
