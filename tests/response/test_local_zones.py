"""Ablation zones: residual tumour, local tumour progression, what a zone may do (R-104 to R-108).

Worked by hand. Days from the first dose, which is the first ablation (day 0). T01 is a liver target of
30 mm that is not ablated, NT01 (liver) is ablated on day 0.
"""

from __future__ import annotations

import pytest

from support.derived import Derived
from support.trial import Patient, on, sdtm_of
from trialwright.core.errors import DataError
from trialwright.exchange.csv_files import sdtm_files
from trialwright.intake.sdtm_delivery import read_sdtm

MWA = {"PRTRT": "MICROWAVE ABLATION", "PRCAT": "STUDY TREATMENT"}


def ablated(*days: int, lesion: str = "NT01") -> Patient:
    person = Patient().target("T01", "LIVER", 30).non_target("NT01", "LIVER")
    for day in days:
        ablate(person, lesion, day)
    return person


def ablate(person: Patient, lesion: str, day: int) -> Patient:
    return person.add("PR", **MWA, PRLNKID=lesion, PRSTDTC=on(day))


def zone(person: Patient, *scans: tuple[int, str]) -> Patient:
    """Scans with T01 unchanged at 30 mm and a state of the zone."""
    for day, state in scans:
        person.scan(day, {"T01": 30}, {"NT01": state})
    return person


def grouped(person: Patient, lesion: str, parent: str, margin: str | None = None) -> Patient:
    """Say in TU that a new lesion belongs to another one, and how far from the margin it lies."""
    for row in person.rows["TU"]:
        if row["TULNKID"] == lesion:
            row.update({"TUGRPID": parent} | ({"MARGINMM": margin} if margin is not None else {}))
    return person


PD = "UNEQUIVOCAL PROGRESSION"


@pytest.mark.parametrize(
    ("case", "scans", "option", "expected"),
    [
        ("R-106: first scan d30 is residual", [(30, PD)], "not_pd", ["SD"]),
        ("R-106: residual counts when the protocol says so", [(30, PD)], "pd", ["PD"]),
        ("R-106: clean d30, tumour d86", [(30, "PRESENT"), (86, PD)], "not_pd", ["SD", "PD"]),
        ("R-106: residual d30 left untreated", [(30, PD), (86, PD)], "not_pd", ["SD", "PD"]),
        ("R-106: d30 not evaluable, d86 is the first", [(30, "NE"), (86, PD)], "not_pd", ["SD", "SD"]),
        ("R-107: swelling", [(30, "INCREASED"), (86, "INCREASED")], "not_pd", ["SD", "SD"]),
        ("R-107: doubtful", [(30, "EQUIVOCAL PROGRESSION"), (86, "PRESENT")], "not_pd", ["SD", "SD"]),
        (
            "R-046: doubt in a zone is no first sight of a recurrence",
            [(30, "PRESENT"), (86, "EQUIVOCAL PROGRESSION"), (142, PD)],
            "not_pd",
            ["SD", "SD", "PD"],
        ),
    ],
    ids=lambda v: v if isinstance(v, str) and ":" in v else "",
)  # fmt: skip
def test_non_target_zone(case, scans, option, expected):
    found = Derived(sdtm_of(zone(ablated(0), *scans)), response__residual_at_first=option)
    assert found.responses() == expected, case


def test_r106_local_progression_is_dated_at_the_scan_that_shows_it():
    """Clean d30, tumour d86: PD on d86, as read then, flagged with both dates."""
    found = Derived(sdtm_of(zone(ablated(0), (30, "PRESENT"), (86, PD))))
    assert found.days() == [30, 86]
    assert found.as_read() == ["SD", "PD"]
    assert (
        f"Zone NT01: local tumour progression on {on(86)}; the zone was scanned on {on(30)} after "
        f"the ablation of {on(0)} and was clean since: PD." in found.messages()
    )


def test_r106_a_further_ablation_starts_anew():
    """Residual d30, ablated again d35: d65 is a first scan again (residual), d121 is PD."""
    person = zone(ablated(0, 35), (30, PD), (65, PD), (121, PD))
    assert Derived(sdtm_of(person)).responses() == ["SD", "SD", "PD"]


def test_r108_a_second_session_does_not_undo_local_progression():
    """Clean d30, tumour d86, ablated again d90: PD stays on d86."""
    person = zone(ablated(0, 90), (30, "PRESENT"), (86, PD), (120, "PRESENT"))
    assert Derived(sdtm_of(person)).responses() == ["SD", "PD", "SD"]


def test_r106_a_scan_on_the_day_of_the_ablation_is_judged_by_what_lies_before():
    """Clean d30, tumour d86, ablated again on d86: the scan showed tumour before the needle: PD."""
    person = zone(ablated(0, 86), (30, "PRESENT"), (86, PD))
    assert Derived(sdtm_of(person)).responses() == ["SD", "PD"]


def test_r040_progression_before_the_ablation_stays_progression():
    """NT01 unequivocal d56, ablated d60: PD on d56."""
    person = zone(ablated(60), (56, PD), (100, "PRESENT"))
    assert Derived(sdtm_of(person)).responses() == ["PD", "SD"]


def test_r046_recurrence_does_not_settle_a_doubt_from_before_the_ablation():
    """Doubtful d28, ablated d35, clean d63, tumour d119: PD on d119, d28 stays SD."""
    person = zone(
        ablated(35), (28, "EQUIVOCAL PROGRESSION"), (63, "NE"), (91, "NE"), (119, PD), (175, PD)
    )
    found = Derived(sdtm_of(person))
    assert found.responses() == ["SD", "SD", "SD", "SD", "PD"]


def test_r104_no_complete_response_while_a_zone_is_followed():
    """Target gone, zone visible: PR; zone absent by the reader: CR; the scar back: not PD (R-055)."""
    person = ablated(0)
    for day, state in ((30, "PRESENT"), (86, "ABSENT"), (142, "PRESENT")):
        person.scan(day, {"T01": 0}, {"NT01": state})
    assert Derived(sdtm_of(person)).responses() == ["PR", "CR", "PR"]


@pytest.mark.parametrize(
    ("margin", "limit", "expected"),
    [
        (None, 10, "SD"), ("0", 10, "SD"), ("10", 10, "SD"), ("10.0", 10, "SD"), ("10.1", 10, "PD"),
        ("5.1", 5, "PD"), ("5", 5, "SD"),
    ],
)  # fmt: skip
def test_r106_new_tissue_on_the_first_scan_by_its_distance(margin, limit, expected):
    """New lesion grouped with NT01 on d30, the first scan: residual at or within the margin."""
    person = ablated(0)
    person.scan(30, {"T01": 30}, {"NT01": "PRESENT"}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    grouped(person, "N1", "NT01", margin)
    found = Derived(sdtm_of(person), response__ltp_margin_mm=limit)
    assert found.responses() == [expected]


@pytest.mark.parametrize(("option", "expected"), [("not_pd", "SD"), ("pd", "PD")])
def test_r106_residual_tissue_by_option(option, expected):
    person = ablated(0)
    person.scan(30, {"T01": 30}, {"NT01": "PRESENT"}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    found = Derived(sdtm_of(grouped(person, "N1", "NT01")), response__residual_at_first=option)
    assert found.responses() == [expected]


def test_r106_new_tissue_after_a_clean_scan_is_local_progression():
    """Clean d30; N1 5.0 mm from the margin d86: PD on d86, named LTP."""
    person = zone(ablated(0), (30, "PRESENT"))
    person.scan(86, {"T01": 30}, {"NT01": "PRESENT"}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    found = Derived(sdtm_of(grouped(person, "N1", "NT01", "5.0")))
    assert found.responses() == ["SD", "PD"]
    assert "Zone NT01, new lesion N1: local tumour progression" in found.messages()
    assert found.records.readings.select("TP", "FOUND", "PD").rows() == [
        (2, "local tumour progression", True)
    ]


def test_r045_doubtful_tissue_after_a_clean_scan_is_dated_back_to_first_sight():
    """Clean d30, N1 doubtful d86, certain d142: PD on d86."""
    person = zone(ablated(0), (30, "PRESENT"))
    for day, state in ((86, "EQUIVOCAL"), (142, "UNEQUIVOCAL")):
        person.scan(day, {"T01": 30}, {"NT01": "PRESENT"}, new={"N1": ("LIVER", state)})
    found = Derived(sdtm_of(grouped(person, "N1", "NT01")))
    assert found.responses() == ["SD", "PD", "PD"]


def test_r106_residual_tissue_ablated_again_under_its_own_name():
    """N1 residual d30, N1 itself ablated d37; d65 first scan again: residual; d121: PD."""
    person = ablated(0)
    for day in (30, 65, 121):
        person.scan(day, {"T01": 30}, {"NT01": "PRESENT"}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    ablate(grouped(person, "N1", "NT01"), "N1", 37)
    assert Derived(sdtm_of(person)).responses() == ["SD", "SD", "PD"]


@pytest.mark.parametrize("recorded", ["NE", None, 25])
def test_r106_late_tumour_at_an_ablated_target_is_not_the_first_scan(recorded):
    """T02 (target, liver) ablated d0 and not followed well; other liver lesions read d30, so N1 d300
    is local progression, not residual tumour. With T02 not evaluable, d30 is NE; d300 PD."""
    person = Patient().target("T01", "LIVER", 30).target("T02", "LIVER", 20)
    ablate(person, "T02", 0)
    person.scan(30, {"T01": 30, "T02": recorded})
    person.scan(300, {"T01": 30, "T02": recorded}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    found = Derived(sdtm_of(grouped(person, "N1", "T02")))
    assert found.responses() == ["NE", "PD"]


def test_r108_ablation_of_a_new_lesion_changes_nothing():
    """N1 certain d56, ablated d60, gone d112: PD on d56, flagged."""
    person = Patient().target("T01", "LIVER", 30)
    person.scan(56, {"T01": 30}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    ablate(person, "N1", 60)
    person.scan(112, {"T01": 30}, new={"N1": ("LIVER", "ABSENT")})
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PD", "SD"]
    assert found.best() == ("PD", "PD")
    assert f"R-108 P1 New lesion N1 was ablated on {on(60)}" in found.messages()
    assert found.milestones.frame["NACTDT"][0] is None


def test_r103_off_protocol_non_target_keeps_what_the_reader_says():
    """NT01 ablated off protocol d20: no zone, unequivocal progression d56 is PD; flagged; NACT d20."""
    person = Patient().target("T01", "LIVER", 30).non_target("NT01", "LIVER")
    person.add(
        "PR", PRTRT="ABLATION", PRCAT="LOCAL THERAPY NOT PER PROTOCOL", PRLNKID="NT01",
        PRSTDTC=on(20),
    )  # fmt: skip
    zone(person, (56, PD))
    found = Derived(sdtm_of(person))
    assert found.responses() == ["PD"]
    assert "R-103 P1 LOCAL_TX: non-target NT01" in found.messages()


def test_r106_a_distance_that_is_no_length_is_refused():
    person = ablated(0)
    person.scan(30, {"T01": 30}, {"NT01": "PRESENT"}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    with pytest.raises(DataError, match="MARGINMM"):
        Derived(sdtm_of(grouped(person, "N1", "NT01", "4.25")))


LINKS = {
    "PRLNKID": ({"PRLNKID": "NT01"}, []),
    "RELREC by sequence": ({}, [("PR", "PRSEQ", "1.0"), ("TU", "TUSEQ", "2")]),
    "RELREC by link id": ({}, [("PR", "PRSEQ", "1"), ("TU", "TULNKID", "nt01")]),
    "qualifier": ({"TULNKID": "NT01"}, []),
    "PRLNKID before RELREC": (
        {"PRLNKID": "NT01"}, [("PR", "PRSEQ", "1"), ("TU", "TULNKID", "T01")],
    ),
    "RELREC before qualifier": (
        {"TULNKID": "T01"}, [("PR", "PRSEQ", "1"), ("TU", "TULNKID", "NT01")],
    ),
}  # fmt: skip


def relations(rows: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    return [
        {"USUBJID": "P1", "RDOMAIN": domain, "IDVAR": key, "IDVARVAL": value, "RELID": "R1"}
        for domain, key, value in rows
    ]


@pytest.mark.parametrize("way", LINKS)
def test_r141_every_way_to_link_a_procedure_to_a_lesion(way):
    """Off-protocol ablation of NT01 d20: only NT01 is flagged, T01 stays evaluable (SD)."""
    more, related = LINKS[way]
    person = Patient().target("T01", "LIVER", 30).non_target("NT01", "LIVER")
    person.add("PR", PRTRT="MWA", PRCAT="NON-PROTOCOL THERAPY", PRSTDTC=on(20), **more)
    zone(person, (56, "PRESENT"))
    found = Derived(sdtm_of(person, RELREC=relations(related)))
    assert found.responses() == ["SD"]
    assert "LOCAL_TX: non-target NT01" in found.messages()


def test_r141_relations_are_read_from_their_file(tmp_path):
    """RELREC.csv beside the domains: its rows belong to several domains, which is no fault."""
    person = Patient().target("T01", "LIVER", 30).non_target("NT01", "LIVER")
    person.add("PR", PRTRT="MWA", PRCAT="NON-PROTOCOL THERAPY", PRSTDTC=on(20))
    zone(person, (56, "PRESENT"))
    rows = relations([("PR", "PRSEQ", "1"), ("TU", "TULNKID", "NT01")])
    for name, text in sdtm_files(sdtm_of(person, RELREC=rows)).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert (tmp_path / "RELREC.csv").exists()
    found = Derived(read_sdtm(tmp_path))
    assert "LOCAL_TX: non-target NT01" in found.messages()


def test_r141_a_relation_to_nothing_is_flagged():
    person = Patient().target("T01", "LIVER", 30)
    person.add("PR", PRTRT="MWA", PRCAT="STUDY TREATMENT", PRSTDTC=on(0))
    person.scan(56, {"T01": 30})
    rows = relations([("PR", "PRSEQ", "1"), ("TU", "TULNKID", "T09")])
    found = Derived(sdtm_of(person, RELREC=rows))
    assert found.responses() == ["SD"]
    assert "RELREC relates a procedure to a lesion" in found.messages()
    assert "A study ablation names no lesion" in found.messages()


def test_r100_history_is_kept_per_lesion():
    """RFA before study by PR with growth since (PROGLOC), SBRT by TU alone, one by PR without growth."""
    person = Patient().target("T01", "LIVER", 30, PROGLOC="Y")
    person.target("T02", "LIVER", 20, PRIORLOC="SBRT", PROGLOC="Y").target("T03", "LUNG", 15)
    person.add("PR", PRTRT="RFA", PRCAT="PRIOR LOCAL THERAPY", PRLNKID="T01", PRSTDTC="2022-05")
    person.add("PR", PRTRT="SBRT", PRCAT="PRIOR LOCAL THERAPY", PRLNKID="T03", PRSTDTC=on(-400))
    person.scan(56, {"T01": 30, "T02": 20, "T03": 15})
    found = Derived(sdtm_of(person))
    assert found.responses() == ["SD"]
    listed = found.records.local.listing.select("LNKID", "KIND", "TRT", "PROG", "SRCDOM").rows()
    assert listed == [
        ("T01", "PRIOR", "RFA", "Y", "PR"), ("T02", "PRIOR", "SBRT", "Y", "TU"),
        ("T03", "PRIOR", "SBRT", None, "PR"),
    ]  # fmt: skip
    assert found.messages().count("R-008 P1 PR says") == 1
