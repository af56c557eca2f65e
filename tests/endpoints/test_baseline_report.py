"""The baseline report from datasets and from files; numbers counted by hand."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import trialwright as tw
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from support.virtual_models import simulated_roughly
from trialwright.cli.app import main
from trialwright.endpoints.baseline_validity import describe_baseline
from trialwright.subjects.reconcile import QUERY_SCHEMA, query, stacked

EXAMPLES = Path(__file__).parents[2] / "examples"
CT = {"TUMETHOD": "CT SCAN", "SLICEMM": "5"}


def trial() -> list[Patient]:
    """P1 sound (30 mm, day -7), P2 too small (9.9 mm) on an old scan, P3 without a target."""
    old = Patient("P2", baseline_day=-30).target("T01", "LIVER", 9.9, **CT)
    return [
        Patient("P1").target("T01", "LIVER", 30, **CT).scan(56, {"T01": 20}),
        old.scan(56, {"T01": 9.9}),
        Patient("P3").non_target("NT01", "ASCITES").scan(56, {}, {"NT01": "PRESENT"}),
    ]


def test_numbers_from_the_datasets():
    """R-012, R-015: sums 30 and 9.9, median 19.95; scans 7, 7 and 30 days before first dose."""
    settled = protocol()
    found = describe_baseline(settled, tw.derive(settled, sdtm_of(trial())))
    rows = dict(found.table().rows)
    assert rows["With a baseline scan, n (%)"] == "3 (100)"
    assert rows["Sum of diameters (mm), median (range)"] == "20.0 (9.9 to 30.0)"
    assert rows["Without measurable disease (no target), n (%)"] == "1 (33)"
    assert rows["Scan to first dose (days), median (range)"] == "7 (7 to 30)"
    assert rows["Findings"] == "1 error, 3 warnings, 0 notes"
    shown = [(row[0], row[1], row[4]) for row in found.rules_table().rows]
    assert shown == [
        ("R-001", "error", "1: P2"),
        ("R-012", "warning", "1: P2"),
        ("R-015", "warning", "1: P3"),
        ("R-015", "warning", "1: P2"),
    ]
    people = {row[0]: row[1:] for row in found.subjects_table().rows}
    assert people["P1"] == ("1", "0", "30.0", "7", "")
    assert people["P2"] == ("1", "0", "9.9", "30", "R-001 R-012 R-015")
    assert people["P3"] == ("0", "1", "", "7", "R-015")


def test_the_patient_is_derived_with_the_lesions_as_delivered():
    """A target of 9.9 mm and one lesion too many stay in the sum: 9.9 + 5 x 20 = 109.9 mm."""
    one = Patient().target("T01", "LIVER", 9.9, **CT)
    for number in range(2, 7):
        one.target(f"T0{number}", "LUNG", 20, **CT)
    adam = tw.derive(protocol(), sdtm_of(one))
    sums = adam["ADTR"].filter(pl.col("PARAMCD") == "SUMDIAM")["AVAL"].to_list()
    assert sums == [109.9]
    assert {"R-001", "R-009"} <= set(adam.queries["RULEID"])


def test_datasets_and_files_agree():
    settled, sdtm = protocol(), sdtm_of(trial())
    one, other = (
        describe_baseline(settled, tw.derive(settled, sdtm)),
        tw.check_baseline(settled, sdtm),
    )
    assert one.table().rows == other.table().rows
    assert one.findings == other.findings


def test_what_to_do_stands_in_every_finding_and_in_the_file():
    settled = protocol()
    adam = tw.derive(settled, sdtm_of(trial()))
    assert adam.queries.columns == ["USUBJID", "RULEID", "SEVERITY", "MESSAGE", "DO"]
    assert all(one.do for one in describe_baseline(settled, adam).findings)
    assert tw.adam_files(adam)["QUERIES.csv"].startswith("USUBJID,RULEID,SEVERITY,MESSAGE,DO\n")


def test_queries_without_advice_have_an_empty_text():
    plain = query(["P1"], "R-131", "Said.").drop("DO")
    told = query(["P1"], "R-131", "Said.", "note", "do that")
    assert sorted(stacked([plain, told], QUERY_SCHEMA)["DO"]) == ["", "do that"]


@pytest.fixture
def folder(tmp_path):
    one = Patient().target("T01", "LIVER", 9.9, **CT).target("T02", "LUNG", None, **CT)
    settled = protocol()
    (tmp_path / "protocol.yaml").write_text(tw.protocol_text(settled), "utf-8")
    tw.write_files(tw.sdtm_files(sdtm_of(one)), tmp_path / "sdtm")
    return tmp_path


def run(monkeypatch, capsys, *words: object) -> str:
    monkeypatch.setattr("sys.argv", ["trialwright", *map(str, words)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 0
    return capsys.readouterr().out


def test_command_lists_what_a_run_would_refuse(monkeypatch, capsys, folder):
    """R-016: a target without a diameter; the day of first dose is 2024-01-01."""
    said = run(monkeypatch, capsys, "baseline", folder / "protocol.yaml", folder / "sdtm")
    assert "T01 (LIVER): 9.9 mm by CT, 10 mm are needed (R-001)" in said
    assert "T02 (LUNG): no baseline diameter above 0 mm; nothing can be derived (R-016)" in said
    with pytest.raises(tw.TrialwrightError):
        tw.derive(protocol(), tw.read_sdtm(folder / "sdtm"))


def test_command_as_json(monkeypatch, capsys, folder):
    said = run(monkeypatch, capsys, "baseline", folder / "protocol.yaml", folder / "sdtm", "--json")
    found = json.loads(said)
    assert found["findings_by_severity"]["error"] == 2
    assert {one["rule"] for one in found["findings"]} >= {"R-001", "R-016"}
    assert found["subjects"][0]["scan_age_days"] == 7
    assert on(0) == "2024-01-01"


@pytest.mark.parametrize("name", [path.stem for path in sorted(EXAMPLES.glob("records/*.txt"))])
def test_simulated_baselines_raise_no_false_finding(name):
    """Only R-015 is true of them: a patient whose lesions are all to be ablated has no target."""
    draft = tw.draft_protocol(tw.read_record(EXAMPLES / f"records/{name}.txt"))
    settled = tw.accept_defaults(draft.protocol, draft.findings)
    sdtm = simulated_roughly(
        settled, tw.read_scenario(EXAMPLES / f"scenarios/{name}.yaml"), seed=11
    )
    found = tw.check_baseline(settled, sdtm)
    unmeasurable = {one.usubjid for one in found.unmeasurable}
    assert {(one.usubjid, one.rule) for one in found.findings} == {
        (usubjid, "R-015") for usubjid in unmeasurable
    }
