"""What ADRS says of single lesions and of what would change a response, worked by hand."""

from __future__ import annotations

import polars as pl
import pytest

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam

CLOSE = "; close call: 1.0 mm or less, about a reader's own error"


def adam_of(person: Patient, **changes: object) -> Adam:
    return derive(protocol(**changes), sdtm_of(person))


def points(person: Patient, column: str, **changes: object) -> list[str | None]:
    rows = adam_of(person, **changes)["ADRS"].filter(pl.col("PARAMCD") == "OVR").sort("AVISITN")
    return rows[column].to_list()


def best(person: Patient, code: str = "CBOR", **changes: object) -> dict[str, object]:
    rows = adam_of(person, **changes)["ADRS"].filter(pl.col("PARAMCD") == code)
    return rows.row(0, named=True)


def one(base: object, *visits: tuple[int, object]) -> Patient:
    person = Patient().target("T01", "LIVER", base)
    for day, value in visits:
        person.scan(day, {"T01": value})
    return person


def two(*visits: tuple[int, object, object], base: tuple[float, float] = (20, 10)) -> Patient:
    person = Patient().target("T01", "LIVER", base[0]).target("T02", "LUNG", base[1])
    for day, first, second in visits:
        person.scan(day, {"T01": first, "T02": second})
    return person


def test_r033_the_limit_of_70_percent_is_a_close_call():
    """100 -> 70.0 is PR (R-034, inclusive), 70.1 is SD, 0.1 mm away; PD from 120.0 (+20 %)."""
    assert points(one(100, (56, 70.0)), "WHATIF") == [
        f"SD if the sum were 70.1 mm or more (0.1 mm more{CLOSE}); PD if the sum were 120.0 mm or "
        "more (50.0 mm more)"
    ]


@pytest.mark.parametrize(("size", "said"), [(69.1, CLOSE), (69.0, "")])
def test_a_close_call_is_1_mm_or_less(size, said):
    """From 69.1 to 70.1 are 1.0 mm, from 69.0 are 1.1 mm."""
    change = points(one(100, (56, size)), "WHATIF")[0]
    assert change.startswith(
        f"SD if the sum were 70.1 mm or more ({70.1 - size:.1f} mm more{said});"
    )


def test_r032_progression_names_the_fewest_lesions_that_reach_it():
    """25 (15 + 10) -> 31 (19 + 12): PD from 30.0 needs +5.0; T01 alone gives +4.0, so both."""
    person = two((56, 15, 10), (112, 19, 12))
    assert points(person, "REASON")[1].endswith("T01 (+4.0 mm) and T02 (+2.0 mm) carry it")
    assert points(person, "WHATIF")[1] == (
        "SD if the sum were 29.9 mm or less (1.1 mm less); PR if the sum were 21.0 mm or less "
        "(10.0 mm less)"
    )


def test_r032_one_lesion_can_carry_it_alone():
    """25 (15 + 10) -> 32 (20 + 12): T01 grew by 5.0, which is enough."""
    assert points(two((56, 15, 10), (112, 20, 12)), "REASON")[1].endswith(
        "not PD at 29.9 or less; T01 (+5.0 mm) carries it"
    )


def test_r033_response_names_who_shrank_most():
    """100 (60 + 40) -> 70 (45 + 25): -30.0 needs both, -15.0 each; 65 (30 + 35) needs T01 alone."""
    assert points(two((56, 45, 25), base=(60, 40)), "REASON")[0].endswith(
        "T01 (-15.0 mm) and T02 (-15.0 mm) carry it"
    )
    assert points(two((56, 30, 35), base=(60, 40)), "REASON")[0].endswith(
        "T01 (-30.0 mm) carries it"
    )


def test_r037_the_nadir_has_its_date():
    """40, 30, 34, 31: the nadir of the last scan is 30.0 of day 56; before any fall it is baseline."""
    said = points(one(40, (56, 30), (112, 34), (168, 31)), "REASON")
    assert "against nadir 40.0 at baseline" in said[0]
    assert f"against nadir 30.0 on {on(56)}" in said[2]


def test_r036_without_room_for_stable_disease_pr_turns_into_pd():
    """100 -> 20 -> 24: PD from 25.0 (+5 mm), far below the 70.0 of PR: no SD lies between."""
    change = points(one(100, (56, 20), (112, 24)), "WHATIF")[1]
    assert change == f"PD if the sum were 25.0 mm or more (1.0 mm more{CLOSE})"


def test_r035_missing_lesion_says_what_it_would_have_to_measure():
    """60 (40 + 20), now 30 + NE: PD from 72.0, so T02 >= 42.0; PR at 42.0, so T02 <= 12.0."""
    person = two((56, 30, "NE"), base=(40, 20))
    assert points(person, "REASON")[0].startswith("NE: target T02 (not imaged) not evaluable;")
    assert points(person, "WHATIF") == [
        "PD if T02 were read as 42.0 mm or more; SD if less; PR if 12.0 mm or less; not read, NE "
        "unless the others were 72.0 mm or more (PD)"
    ]


def test_r035_progression_without_a_lesion():
    """50 (25 + 15 + 10) -> 80 without T03: PD from 60.0; at 59.9 it would be NE."""
    person = Patient().target("T01", "LIVER", 50).target("T02", "LIVER", 30)
    person.target("T03", "LUNG", 20).scan(56, {"T01": 25, "T02": 15, "T03": 10})
    person.scan(112, {"T01": 45, "T02": 35, "T03": "NE"})
    assert points(person, "REASON")[1].endswith(
        "PD from 60.0 mm, already met; what is missing can only add; T01 (+20.0 mm) carries it"
    )
    assert points(person, "WHATIF")[1] == (
        "NE if the sum of the others were 59.9 mm or less (20.1 mm less)"
    )


def test_r043_r040_other_routes_say_what_it_is_without_them():
    new = one(40, (56, 20)).scan(112, {"T01": 20}, new={"X1": ("LUNG", "UNEQUIVOCAL")})
    assert points(new, "WHATIF")[1] == "PR without new lesion X1"
    worse = Patient().target("T01", "LIVER", 40).non_target("NT1", "BONE")
    worse.scan(56, {"T01": 20}, {"NT1": "UNEQUIVOCAL PROGRESSION"})
    assert points(worse, "WHATIF") == ["PR without the progression of non-target NT1"]
    both = one(40, (56, 60)).scan(112, {"T01": 60}, new={"X1": ("LUNG", "UNEQUIVOCAL")})
    assert points(both, "WHATIF")[1] == "still PD without new lesion X1"


def test_r041_progression_without_a_reason_is_flagged_and_with_one_quoted():
    person = Patient().target("T01", "LIVER", 40).non_target("NT1", "BONE")
    person.scan(56, {"T01": 20}, {"NT1": "UNEQUIVOCAL PROGRESSION"})
    flags = adam_of(person).queries.filter(pl.col("RULEID") == "R-041")
    assert flags["MESSAGE"][0].startswith("NTPD_NO_REASON")
    person.rows["TR"][-1]["PDREAS"] = "three new vertebrae"
    adam = adam_of(person)
    assert adam.queries.filter(pl.col("RULEID") == "R-041").height == 0
    assert (
        "progression of non-target NT1 (reason: three new vertebrae)" in points(person, "REASON")[0]
    )


def test_r045_an_equivocal_lesion_does_not_count_yet():
    person = one(40).scan(56, {"T01": 40}, new={"X1": ("LUNG", "EQUIVOCAL")})
    assert "equivocal new lesion X1, does not count yet (R-045)" in points(person, "REASON")[0]
    assert points(person, "WHATIF")[0].endswith("; PD if a later scan calls X1 unequivocal")


def test_r046_settled_progression_of_a_non_target_lesion():
    person = Patient().target("T01", "LIVER", 40).non_target("NT1", "BONE")
    person.scan(56, {"T01": 40}, {"NT1": "EQUIVOCAL PROGRESSION"})
    person.scan(112, {"T01": 40}, {"NT1": "UNEQUIVOCAL PROGRESSION"})
    assert points(person, "REASON")[0].endswith(
        f"first read as SD, NT1 was equivocal here, unequivocal on {on(112)} (R-046)"
    )
    assert "R-046" in points(person, "RULEID")[0]


def test_r047_a_small_new_node_is_told():
    person = one(40).scan(56, {"T01": 40}, new={"N1": ("LYMPH NODE", "UNEQUIVOCAL")})
    person.add(
        "TR", TRLNKID="N1", TRTESTCD="LPERP", TRORRES="8", TRORRESU="mm", VISITNUM="2",
        TRDTC=on(56), TREVAL="INVESTIGATOR",
    )  # fmt: skip
    assert points(person, "REASON")[0].endswith(
        "new node N1 of 8.0 mm is too small to count (R-047)"
    )


def test_r055_disease_after_complete_response_is_named():
    """30 -> 0 -> 4.0: PD whatever the size; PR under keep; CR if the lesion were gone."""
    person = one(30, (56, 0), (112, 4))
    assert points(person, "REASON")[1] == (
        "PD: targets alone are PR: sum 4.0 mm, -86.7 % from baseline 30.0; disease after complete "
        "response: T01 4.0 mm"
    )
    assert points(person, "WHATIF")[1] == (
        "CR if T01 were gone; PR under cr_then_disease: keep (R-055)"
    )


def test_what_stands_in_the_way_of_cr():
    """T01 gone; T02 too small to measure is 5.0 mm (R-022), the node 12.0 mm, NT1 is present."""
    person = Patient().target("T01", "LIVER", 40).target("T02", "LIVER", 20)
    person.target("N1", "LYMPH NODE", 16).non_target("NT1", "LUNG")
    person.scan(56, {"T01": 0, "T02": "TSTM", "N1": 12}, {"NT1": "PRESENT"})
    assert points(person, "REASON")[0].endswith(
        "not CR because of N1 12.0 mm, T02 5.0 mm, NT1 present; T02 too small to measure, counted "
        "as 5.0 mm (R-022)"
    )


def test_r040_non_target_disease_alone_keeps_from_cr():
    person = Patient().target("T01", "LIVER", 40).non_target("NT1", "BONE")
    person.scan(56, {"T01": 0}, {"NT1": "PRESENT"})
    assert points(person, "WHATIF") == ["CR if NT1 were absent"]


def test_r025_r026_split_and_merged_lesions_are_told():
    merged = two((56, 50, "MERGED"), base=(30, 25))
    merged.rows["TR"][-1] |= {"TRORRES": "0", "TRORRESU": "mm", "MERGEDTO": "T01"}
    assert points(merged, "REASON")[0].endswith("T02 merged into T01 (R-026)")
    split = one(40)
    for piece in ("T01.1", "T01.2"):
        split.add(
            "TU", TULNKID=piece, TUTESTCD="TUSPLIT", TUGRPID="T01", TUORRES="TARGET",
            TUSTRESC="TARGET", TULOC="LIVER", VISITNUM="2", TUDTC=on(56), TUEVAL="INVESTIGATOR",
        )  # fmt: skip
    split.scan(56, {"T01.1": 20, "T01.2": 15})
    assert points(split, "REASON")[0].endswith("T01 is the sum of T01.1 and T01.2 (R-025)")


def test_r029_a_lesion_treated_off_protocol_names_its_treatment():
    person = two((56, 30, 20), base=(40, 20))
    person.add(
        "PR", PRTRT="SBRT", PRCAT="LOCAL THERAPY NOT PER PROTOCOL", PRLNKID="T02", PRSTDTC=on(30)
    )
    assert (
        f"T02 (treated locally off protocol on {on(30)}, LOCAL_TX) not evaluable"
        in (points(person, "REASON")[0])
    )


def test_r056_a_carried_response_names_its_rule():
    person = one(100, (56, 70), (112, 70), (168, 80))
    rows = adam_of(person, response__pr_persistence="carry")["ADRS"]
    last = rows.filter((pl.col("PARAMCD") == "OVR") & (pl.col("AVISITN") == 3)).row(0, named=True)
    assert (last["AVALC"], last["RULEID"].split()[-1]) == ("PR", "R-056")
    assert "SD by its sum, shown as PR while the response lasts" in last["REASON"]


def test_r062_27_days_are_too_few():
    """PR d56, PR d83 (27 days), then PD: SD; one day later it would have been confirmed."""
    row = best(one(100, (56, 60), (83, 60), (139, 90)))
    assert row["AVALC"] == "SD"
    assert (
        f"not confirmed: PR on {on(83)} came 27 days later, 28 are needed (R-062)" in row["REASON"]
    )
    assert row["WHATIF"] == f"PR if the scan of {on(83)} had been on {on(84)} or later"


def test_r068_r069_a_missed_scan_counts_beside_an_ne():
    """Worked case U: PR d56, NE d112, nothing at d168, PR d224: one NE and one missed, one allowed."""
    row = best(one(100, (56, 60), (112, "NE"), (224, 60), (280, 90)))
    assert (row["AVALC"], row["WHATIF"]) == ("SD", f"PR if {on(112)} had been PR, not NE")
    assert (
        f"not confirmed: NE on {on(112)} and the missed scan due {on(168)} (R-069) in between, 2 "
        "not evaluable, 1 allowed (R-068)"
    ) in row["REASON"]


def test_r068_two_stable_scans_are_too_many():
    """60 is PR; 72 is +20.0 % over 60, so stable scans stay at 71: two of them, one is allowed."""
    row = best(one(100, (56, 60), (112, 71), (168, 71), (224, 60), (280, 90)))
    assert (
        f"not confirmed: SD on {on(112)} and SD on {on(168)} in between, 2 stable, 1 allowed (R-068)"
    ) in row["REASON"]


def test_r073_an_earlier_pr_starts_the_response():
    """Worked case T: PR d56, CR d70, CR d112."""
    row = best(one(100, (56, 60), (70, 0), (112, 0)))
    assert row["REASON"] == (
        f"CR on {on(70)}, confirmed by CR on {on(112)} (42 days later); the response starts with "
        f"the PR of {on(56)} (R-073)"
    )


def test_r063_a_short_disease_control_says_from_when_it_counts():
    row = best(one(100, (41, 100)))
    assert row["REASON"] == "NE: stable disease too early (day 41, at least 42 are needed)"
    assert row["WHATIF"] == f"SD if a scan from {on(42)} on shows SD or better"


def test_r070_a_pending_response_says_from_when_until_when():
    """PR d56: confirmed from d84 (28 days). Due 112, 168, 224: a scan up to d196 (halfway between
    168 and 224) has missed one, from d197 on it has missed two (R-069)."""
    row = best(one(100, (56, 60)))
    assert row["WHATIF"] == f"PR if a scan from {on(84)} to {on(196)} shows PR again"
    assert row["REASON"].endswith(
        f"; an unconfirmed response (PR on {on(56)}) is pending, a scan from {on(84)} to {on(196)} "
        "can confirm it"
    )


def test_r066_early_death_that_counts_as_progression():
    person = one(30).dies(20)
    row = best(person, response__early_death_as_pd=True)
    assert (row["AVALC"], row["REASON"]) == (
        "PD",
        f"PD on {on(20)}: death before any scan counts as progression (R-066)",
    )
