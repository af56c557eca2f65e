"""The main job on the three example records: record to report, and the same from files."""

from __future__ import annotations

import json
import random
from pathlib import Path

import polars as pl
import pytest

import trialwright as tw
from trialwright import main_job
from trialwright.cli.app import main
from trialwright.protocol.settled import unused_origins
from trialwright.vocabulary.sdtm import SDTM

ROOT = Path(__file__).parents[1]
RECORDS = sorted((ROOT / "examples/records").glob("*.txt"))
NAMES = [path.stem for path in RECORDS]


def scenario_of(record: Path) -> Path:
    return ROOT / "examples/scenarios" / f"{record.stem}.yaml"


def command(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["trialwright", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_gives_its_files(runs, name):
    files = runs[name].files
    assert {"report.html", "protocol.yaml", "results.json", "draft.json"} <= set(files)
    assert {f"adam/{d}.csv" for d in ("ADSL", "ADTR", "ADRS", "ADTTE", "ADAE")} <= set(files)
    assert {f"sdtm/{d}.csv" for d in ("DM", "EX", "PR", "TU", "TR", "AE", "DS", "SS", "SV")} <= set(
        files
    )


@pytest.mark.parametrize("name", NAMES)
def test_endpoints_exist(runs, name):
    keys = set(runs[name].results)
    assert {"ORR", "DCR", "PFS", "OS", "DOR"} <= keys
    assert any(key.startswith("AE") for key in keys)


def test_landmark_rate_of_the_ablation_record(runs):
    assert "PFS_RATE_12" in runs["002_3e2315d90c4cf5ab"].results


def test_results_by_cohort_of_the_basket_record(runs):
    keys = set(runs["003_8b7de996790eed9e"].results)
    assert {
        f"ORR.{c}" for c in ("COLORECTAL", "GASTROESOPHAGEAL", "PANCREATOBILIARY", "OTHER")
    } <= (keys)


@pytest.mark.parametrize("name", NAMES)
def test_report_lists_every_default(runs, name):
    run = runs[name]
    overruled = {f"analysis.{name}" for name in unused_origins(run.protocol)}
    defaults = [s for s in run.protocol.sources if s.kind == "default" and s.path not in overruled]
    assert len(defaults) > 40
    for source in defaults:
        assert source.path in run.files["report.html"], source.path


@pytest.mark.parametrize("name", NAMES)
def test_simulated_data_say_so(runs, name):
    report = runs[name].files["report.html"]
    tables, figures = report.count("<table"), report.count("<svg")
    assert report.count("Simulated data") >= figures + 5
    assert tables > 20
    assert figures >= 5


@pytest.mark.parametrize("name", NAMES)
def test_nobody_leaves(runs, name):
    adam = runs[name].adam
    enrolled = set(adam["ADSL"].filter(pl.col("ENRLFL") == "Y")["USUBJID"])
    for paramcd in ("BOR", "CBOR"):
        rows = adam["ADRS"].filter(pl.col("PARAMCD") == paramcd)
        assert sorted(rows["USUBJID"]) == sorted(enrolled)
    for paramcd in ("PFS", "OS"):
        rows = adam["ADTTE"].filter(pl.col("PARAMCD") == paramcd)
        assert sorted(rows["USUBJID"]) == sorted(enrolled)


@pytest.mark.parametrize("name", NAMES)
def test_progression_is_never_after_death(runs, name):
    times = runs[name].adam["ADTTE"]
    wide = times.filter(pl.col("PARAMCD").is_in(["PFS", "OS"])).pivot(
        "PARAMCD", index="USUBJID", values="AVAL"
    )
    assert (wide["PFS"] <= wide["OS"]).all()


@pytest.mark.parametrize("name", NAMES)
def test_every_decision_has_a_rule_and_a_reason(runs, name):
    adam = runs[name].adam
    for dataset in ("ADRS", "ADTTE"):
        assert adam[dataset]["RULEID"].null_count() == 0
        assert adam[dataset]["REASON"].null_count() == 0
    overall = adam["ADRS"].filter(pl.col("PARAMCD") == "OVR")
    assert overall["SRCSEQ"].null_count() == 0


@pytest.mark.parametrize("record", RECORDS, ids=NAMES)
def test_the_same_seed_gives_the_same_bytes(runs, record):
    again = tw.run_trial(tw.RunRequest(record=record, scenario=scenario_of(record), seed=7))
    assert dict(again.files) == dict(runs[record.stem].files)


@pytest.mark.parametrize("record", RECORDS, ids=NAMES)
def test_files_give_the_same_results_in_any_row_order(runs, record, tmp_path, monkeypatch):
    """The simulated SDTM files, read back in another row order, give the same bytes.

    The report names the files and is not compared; drawing it would be half of the time.
    """
    monkeypatch.setattr(main_job, "render_report", lambda _: "")
    files = runs[record.stem].files
    shuffle = random.Random(11)
    for name, text in files.items():
        if name.startswith("sdtm/"):
            lines = text.splitlines(keepends=True)
            body = lines[1:]
            shuffle.shuffle(body)
            (tmp_path / name.removeprefix("sdtm/")).write_text("".join([lines[0], *body]))
    again = tw.run_trial(tw.RunRequest(record=record, data=tmp_path)).files
    for name, text in again.items():
        if name.startswith("adam/") or name == "results.json":
            assert text == files[name], name


def test_first_record_has_its_errors(runs):
    """Decisions 000-1, 000-5, 000-6 and 000-9b: the findings with the words of the record."""
    found = runs["000_d23731f1bbf2546a"].draft.findings
    errors = {one.code: one.quote or "" for one in found if one.severity == "error"}
    assert "randomization" in errors["origin_impossible"]
    assert "discontinued until" in errors["logic_inverted"]
    assert "primary completion date" in errors["anchor_conflict"]
    assert "dose_missing" in errors


def test_draft_invents_nothing(capsys, monkeypatch):
    """A value that the text does not say is null before somebody settles it."""
    assert command(monkeypatch, "draft", RECORDS[0], "--ndjson") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["enrollment"] == 30
    assert said["single_arm"] is True
    doses = {agent["name"]: agent["dose"] for agent in said["regimen"]}
    assert all(dose is None for dose in doses.values())
    assert said["id"] == RECORDS[0].stem


def test_explain(runs, tmp_path, monkeypatch, capsys):
    run = runs["000_d23731f1bbf2546a"]
    tw.write_files(run.files, tmp_path / "out")
    name = run.adam["ADSL"]["USUBJID"][0]
    out = tmp_path / "out"
    assert command(monkeypatch, "explain", out / "protocol.yaml", out / "sdtm", name) == 0
    text = capsys.readouterr().out
    assert "Best overall response, confirmed" in text
    assert "R-0" in text


BROKEN = {
    "missing column": ("TR.csv", lambda t: t.replace("TRORRESU", "UNIT", 1), "TRORRESU"),
    "unknown unit": ("TR.csv", lambda t: t.replace(",mm,", ",inch,", 1), "inch"),
    "lesion without baseline": (
        "TR.csv",
        lambda t: "".join(
            line
            for line in t.splitlines(keepends=True)
            if ",T01," not in line or "SCREEN" not in line.upper()
        ),
        "baseline",
    ),
    "impossible date": (
        "TR.csv",
        lambda t: t.replace(t.split("20", 1)[1][:0] + "2024-0", "2024-13", 1),
        "2024-13",
    ),
    "no such file": ("TU.csv", lambda t: None, "TU"),
}


@pytest.mark.parametrize("defect", BROKEN)
def test_broken_data_is_refused(runs, tmp_path, monkeypatch, capsys, defect):
    """One screen that names file, row, and what is allowed; status 1; nothing written."""
    name, spoil, word = BROKEN[defect]
    data = tmp_path / "data"
    data.mkdir()
    for path, text in runs["000_d23731f1bbf2546a"].files.items():
        if path.startswith("sdtm/"):
            content = spoil(text) if path == f"sdtm/{name}" else text
            if content is not None:
                (data / path.removeprefix("sdtm/")).write_text(content)
    out = tmp_path / "out"
    assert command(monkeypatch, "run", RECORDS[0], "--out", out, "--data", data) == 1
    said = capsys.readouterr().err
    assert said.startswith("DataError: ")
    assert word in said
    assert "allowed:" in said
    assert len(said.splitlines()) <= 24
    assert not out.exists()


def test_misspelt_key_is_refused(runs, tmp_path, monkeypatch, capsys):
    text = runs["000_d23731f1bbf2546a"].files["protocol.yaml"]
    path = tmp_path / "protocol.yaml"
    path.write_text(text.replace("confirm_days:", "confirm_dais:"))
    assert command(monkeypatch, "check", path) == 1
    said = capsys.readouterr().err
    assert "confirm_dais" in said
    assert "line" in said
    assert "confirm_days" in said


def test_design_refuses_without_a_number(runs, tmp_path, monkeypatch, capsys):
    path = tmp_path / "protocol.yaml"
    path.write_text(runs["002_3e2315d90c4cf5ab"].files["protocol.yaml"])
    assert command(monkeypatch, "design", path) == 1
    assert "--n" in capsys.readouterr().err
    assert command(monkeypatch, "design", path, "--n", "42") == 0


def test_wrong_usage_has_status_two(monkeypatch):
    assert command(monkeypatch, "run") == 2
    assert command(monkeypatch, "draft", "--nonsense") == 2


def test_a_run_never_replaces_its_own_data(runs, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    tw.write_files(runs["000_d23731f1bbf2546a"].files, out)
    before = sorted((out / "sdtm").iterdir())
    assert command(monkeypatch, "run", RECORDS[0], "--out", out, "--data", out / "sdtm") == 1
    assert "another output folder" in capsys.readouterr().err
    assert sorted((out / "sdtm").iterdir()) == before


def test_a_protocol_of_another_record_is_refused(runs, tmp_path, monkeypatch, capsys):
    path = tmp_path / "protocol.yaml"
    path.write_text(runs["003_8b7de996790eed9e"].files["protocol.yaml"])
    words = ("run", RECORDS[0], "--out", tmp_path / "out", "--protocol", path)
    assert command(monkeypatch, *words) == 1
    assert "another record" in capsys.readouterr().err


def test_two_records_of_one_name_are_refused(tmp_path, monkeypatch, capsys):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "trial.txt").write_text(RECORDS[0].read_text(encoding="utf-8"))
    both = (tmp_path / "a/trial.txt", tmp_path / "b/trial.txt")
    assert command(monkeypatch, "draft", *both, "--out", tmp_path / "out") == 1
    assert "Two records" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [("--json", "--out", "x"), ("--ndjson", "--accept-defaults")])
def test_options_that_would_be_ignored_are_wrong_usage(monkeypatch, words):
    assert command(monkeypatch, "draft", RECORDS[0], *words) == 2


def test_counted_files_that_are_missing_are_not_zero(runs, tmp_path):
    """Without AE there is no count of adverse events, and the flow says what it cannot know."""
    for path, text in runs["000_d23731f1bbf2546a"].files.items():
        if path in ("sdtm/DM.csv", "sdtm/TU.csv", "sdtm/TR.csv"):
            (tmp_path / path.removeprefix("sdtm/")).write_text(text)
    run = tw.run_trial(tw.RunRequest(record=RECORDS[0], data=tmp_path))
    assert run.results["AE"].to_json()["status"] == "not derived"
    assert "DS" in " ".join(run.results["DISPOSITION"].table().footnotes)


def test_a_delivery_without_subjects_is_refused(tmp_path, monkeypatch, capsys):
    for name in ("DM", "TU", "TR"):
        (tmp_path / f"{name}.csv").write_text(",".join(SDTM[name].names) + "\n")
    words = ("run", RECORDS[0], "--out", tmp_path / "out", "--data", tmp_path)
    assert command(monkeypatch, *words) == 1
    assert capsys.readouterr().err.startswith("DataError: ")


def test_a_number_of_subjects_from_the_scenario_is_said_to_be_one(runs):
    report = runs["002_3e2315d90c4cf5ab"].files["report.html"]
    assert "The record gives no number of subjects: 40 is the assumption of the scenario." in report
    assert (
        "is the assumption of the scenario" not in runs["000_d23731f1bbf2546a"].files["report.html"]
    )
