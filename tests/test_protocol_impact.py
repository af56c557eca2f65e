"""One trial under two protocols, worked by hand: exactly the right patients change, and counts add up.

Day 0 is the first dose, 2024-01-01; scans are on days 56, 112 and 168, the baseline sum is 50 mm.

    P1  enrolled day -3    30, 30, 60 mm   PR, PR, PD (60 >= 1.2 * 30)   confirmed PR, PD day 168
    P2  enrolled day 0     30, 30, 30 mm   PR, PR, PR                    confirmed PR, censored day 168
    P3  enrolled day -20   30, 30, 60 mm   PR, PR, PD                    confirmed PR, PD day 168
    P4  enrolled day 0     30, 45 mm       PR, PD (45 >= 1.2 * 30)       PR not confirmed, PD day 112
    P5  enrolled day 0     30, 45 mm       PR, PD                        PR not confirmed, PD day 112
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

import trialwright as tw
from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.cli.app import main
from trialwright.core.errors import DataError, ProtocolError
from trialwright.exchange.csv_files import sdtm_files
from trialwright.protocol_impact.compare import compare_results

SIZES = {
    "P1": (-3, (30, 30, 60)),
    "P2": (0, (30, 30, 30)),
    "P3": (-20, (30, 30, 60)),
    "P4": (0, (30, 45)),
    "P5": (0, (30, 45)),
}


def patient(name: str) -> Patient:
    enrolled, sizes = SIZES[name]
    person = Patient(name, baseline_day=-21, enrolled_day=enrolled).target("T1", "LIVER", 50)
    for day, size in zip((56, 112, 168), sizes, strict=False):
        person.scan(day, {"T1": size})
    return person


def trial(names=tuple(SIZES)):
    return sdtm_of([patient(name) for name in names])


def impact(**changes: object):
    data = trial()
    return compare_results(protocol(), protocol(**changes), (data, data))


def rows(found, result):
    return {one.usubjid: (one.old, one.new) for one in found.results if one.result == result}


def test_another_origin_moves_the_two_patients_who_waited():
    found = impact(analysis__pfs_origin="first_dose")
    assert found.affected == ("P1", "P3")
    # Days count the first one: 168 + 3 + 1, 168 + 20 + 1, and 168 + 1 from the first dose.
    assert rows(found, "PFS") == {
        "P1": ("event, day 172 (2024-06-17)", "event, day 169 (2024-06-17)"),
        "P3": ("event, day 189 (2024-06-17)", "event, day 169 (2024-06-17)"),
    }
    # First response on day 56, counted from the same origin.
    assert rows(found, "TTR") == {
        "P1": ("event, day 60 (2024-02-26)", "event, day 57 (2024-02-26)"),
        "P3": ("event, day 77 (2024-02-26)", "event, day 57 (2024-02-26)"),
    }
    assert {one.result for one in found.results} == {"PFS", "TTP", "TTR"}
    (pfs,) = [one for one in found.counts if one.result == "PFS"]
    assert (pfs.subjects, pfs.changed) == (5, 2)
    assert pfs.old == pfs.new == {"censored": 1, "event": 4}
    assert pfs.moves == {}


def test_without_confirmation_the_two_single_responses_count():
    found = impact(response__confirmation="not_required")
    assert found.affected == ("P4", "P5")
    single = {"P4": ("SD", "PR"), "P5": ("SD", "PR")}
    assert rows(found, "best response of the headline") == single
    assert rows(found, "DOR") == dict.fromkeys(("P4", "P5"), ("none", "event, day 57 (2024-04-22)"))
    assert not rows(found, "PFS")
    (best,) = [one for one in found.counts if one.result == "best response of the headline"]
    assert (best.old, best.new) == ({"PR": 3, "SD": 2}, {"PR": 5})
    assert best.moves == {"SD -> PR": 2}
    (orr,) = [one for one in found.estimates if one.key == "ORR"]
    assert (orr.old or "").startswith("3/5 (60 %), FAS")
    assert (orr.new or "").startswith("5/5 (100 %), FAS")
    assert all(one.new_reason for one in found.results if one.result.startswith("best"))


def test_a_longer_distance_takes_the_confirmation_away():
    """PR on days 56 and 112 are 56 days apart: from 57 days on nobody but P2 is confirmed.

    P2 has PR on days 56 and 168, 112 days apart.
    """
    found = impact(response__confirm_days=57)
    assert found.affected == ("P1", "P3")
    assert rows(found, "best response, confirmed") == {"P1": ("PR", "SD"), "P3": ("PR", "SD")}
    assert rows(found, "DOR").keys() == {"P1", "P3"}


def test_every_count_is_explained_by_the_moves():
    changes = {"response__confirmation": "not_required", "analysis__pfs_origin": "first_dose"}
    found = impact(**changes)
    assert found.affected == ("P1", "P3", "P4", "P5")
    for one in found.counts:
        moved = Counter(one.old)
        for move, number in one.moves.items():
            old, new = move.split(" -> ")
            moved[old] -= number
            moved[new] += number
        assert +moved == Counter(one.new), one.result
        assert sum(one.old.values()) == sum(one.new.values()) == one.subjects
        assert one.changed == sum(row.result == one.result for row in found.results)


def test_the_same_protocol_changes_nobody():
    found = impact()
    assert (found.affected, found.results) == ((), ())
    assert all(one.old == one.new for one in found.estimates)


def test_the_order_of_patients_changes_nothing():
    data, turned = trial(), trial(tuple(reversed(SIZES)))
    new = protocol(response__confirmation="not_required")
    assert compare_results(protocol(), new, (data, data)) == compare_results(
        protocol(), new, (turned, turned)
    )


def test_other_subjects_and_open_choices_are_refused():
    with pytest.raises(DataError, match="different subjects"):
        compare_results(protocol(), protocol(), (trial(), trial(("P1", "P2"))))
    still_open = tw.settle(protocol(), {"response.confirmation": None})
    with pytest.raises(ProtocolError):
        compare_results(protocol(), still_open, (trial(), trial()))


def test_the_command_tells_both(tmp_path, monkeypatch, capsys):
    for name, found in (("old", protocol()), ("new", protocol(analysis__pfs_origin="first_dose"))):
        (tmp_path / f"{name}.yaml").write_text(tw.protocol_text(found), "utf-8")
    tw.write_files(sdtm_files(trial()), tmp_path / "data")
    files = [str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml")]
    words = ["protocol", "diff", *files, "--data", str(tmp_path / "data")]
    assert run(monkeypatch, *words) == 0
    said = capsys.readouterr().out
    assert "start of PFS, where the endpoint names none: enrolment -> the first dose" in said
    assert "2 of 5 patients affected" in said
    assert run(monkeypatch, *words, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["impact"]["affected"] == ["P1", "P3"]
    assert found["counts"]["results"] == 1
    assert run(monkeypatch, "protocol", "diff", files[0], "none.yaml") == 1


def run(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["trialwright", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)
