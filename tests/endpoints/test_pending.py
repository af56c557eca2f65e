"""What is pending at the data cut-off, worked by hand (day 0 is 2024-01-01, scans every 56 days)."""

from __future__ import annotations

import pytest

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.endpoints.patient_story import tell_patient
from trialwright.pipeline import analyze


def rows(*people: Patient, **changes: object) -> list[dict[str, object]]:
    adam = derive(protocol(**changes), sdtm_of(people))
    return [
        {name: None if value is None else str(value) for name, value in row.items()}
        for row in adam.pending.to_dicts()
    ]


def one(*visits: tuple[int, object], new: dict[str, tuple[str, str]] | None = None) -> Patient:
    person = Patient().target("T01", "LIVER", 100)
    for day, value in visits:
        person.scan(day, {"T01": value}, new=new)
    return person


def test_r070_confirmation_from_28_days_until_a_second_scan_is_missed():
    """PR d56; due 112 (next), 168, 224. From d197 a scan belongs to 224, and two were missed."""
    row = rows(one((56, 60)))[0]
    assert row == {
        "USUBJID": "P1", "WHAT": "confirmation of PR", "SINCE": on(56), "FROM": on(84),
        "DUE": on(112), "LATEST": on(196), "DECIDES": "confirmed best response PR, now SD",
        "RULEID": "R-070",
    }  # fmt: skip


def test_r069_without_missed_scans_nothing_ends_the_wait():
    row = rows(one((56, 60)), response__missing_as_ne=False)[0]
    assert (row["FROM"], row["LATEST"]) == (on(84), None)


def test_an_over_long_gap_is_told():
    """Data cut-off d250: after d196 no new scan can confirm the PR of d56."""
    row = rows(one((56, 60)), analysis__data_cutoff=on(250))[0]
    assert row["WHAT"] == "confirmation of PR, too late for a new scan"
    # Due 224 +/-7 is over at d250, so the next is 280.
    assert row["DUE"] == on(280)


@pytest.mark.parametrize(("cutoff", "due"), [(56, 112), (112, 112), (119, 112), (120, 168)])
def test_r081_the_next_due_scan_and_its_window(cutoff, due):
    """Scan d56; due 112 +/-7 is open up to d119."""
    row = rows(one((56, 100)), analysis__data_cutoff=on(cutoff))[-1]
    assert (row["WHAT"], row["FROM"], row["DUE"], row["LATEST"]) == (
        "next scan", on(due - 7), on(due), on(due + 7),
    )  # fmt: skip


def test_r045_equivocal_new_lesion_is_listed_until_it_is_settled():
    doubt = {"X1": ("LUNG", "EQUIVOCAL")}
    row = rows(one((56, 100), new=doubt))[0]
    assert (row["WHAT"], row["SINCE"], row["RULEID"]) == (
        "equivocal new lesion X1",
        on(56),
        "R-045",
    )
    assert row["DECIDES"] == f"PD dated {on(56)} once it is called unequivocal"
    gone = one((56, 100), new=doubt).scan(112, {"T01": 100}, new={"X1": ("LUNG", "ABSENT")})
    assert [one["WHAT"] for one in rows(gone)] == ["next scan"]
    sure = one((56, 100), new=doubt).scan(112, {"T01": 100}, new={"X1": ("LUNG", "UNEQUIVOCAL")})
    assert rows(sure) == []


def test_r045_a_sight_after_absence_starts_anew():
    person = one((56, 100), new={"X1": ("LUNG", "EQUIVOCAL")})
    person.scan(112, {"T01": 100}, new={"X1": ("LUNG", "ABSENT")})
    person.scan(168, {"T01": 100}, new={"X1": ("LUNG", "EQUIVOCAL")})
    assert rows(person)[0]["SINCE"] == on(168)


def test_r046_equivocal_progression_of_a_non_target_lesion():
    person = Patient().target("T01", "LIVER", 100).non_target("NT1", "BONE")
    person.scan(56, {"T01": 100}, {"NT1": "EQUIVOCAL PROGRESSION"})
    row = rows(person)[0]
    assert (row["WHAT"], row["RULEID"]) == ("equivocal progression of non-target NT1", "R-046")


def test_nothing_is_pending_after_progression_death_or_new_therapy():
    """R-084: imaging goes on until progression, new therapy or death."""
    assert rows(one((56, 60), (112, 150))) == []
    assert rows(one((56, 60)).dies(90)) == []
    treated = one((56, 60)).add(
        "CM", CMTRT="OTHER", CMCAT="SUBSEQUENT CANCER THERAPY", CMSTDTC=on(80)
    )
    assert rows(treated) == []
    assert rows(Patient(dose_day=None).target("T01", "LIVER", 100)) == []


def test_the_table_and_the_story_say_the_same():
    settled = protocol()
    adam = derive(settled, sdtm_of(one((56, 60))))
    found = analyze(settled, adam)["PENDING"]
    assert [row[1] for row in found.rows] == ["confirmation of PR", "next scan"]
    assert found.to_json()["counts"] == {"confirmation": 1, "next scan": 1}
    story = tell_patient(adam, "P1")
    assert story.pending == (
        f"confirmation of PR since {on(56)}: a scan from {on(84)} to {on(196)}, the next is due "
        f"{on(112)}; decides: confirmed best response PR, now SD [R-070]",
        f"next scan due {on(112)}, between {on(105)} and {on(119)} [R-081 R-084]",
    )
    assert "What would change it: SD if the sum were 70.1 mm or more" in story.text()
