"""Drafts of many records: the same bytes for any number of processes, told and counted."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from trialwright.cli.app import main
from trialwright.registry import many
from trialwright.registry.draft import draft_protocol
from trialwright.registry.many import Drafted, DraftOrder, draft_many
from trialwright.registry.record import RefusedRecord

LAYOUTS = Path(__file__).parent / "layouts"
TEXTS = sorted(LAYOUTS.glob("*.txt"))


def command(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["trialwright", "draft", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A folder of seven records, with a broken one among them and a file that is none."""
    folder = tmp_path / "records"
    folder.mkdir()
    for path in TEXTS:
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "broken.json").write_text('{"protocolSection": {', encoding="utf-8")
    (folder / "notes.md").write_text("none", encoding="utf-8")
    return folder


def made(path: Path, workers: int) -> list[str]:
    order = DraftOrder(form="line", entry=True)
    found = [one for _, batch in draft_many([path], order, workers) for one in batch]
    return [
        f"{one.text}{one.entry}{one.counts}" if isinstance(one, Drafted) else str(one)
        for one in found
    ]


def test_any_number_of_processes_gives_the_same(records, monkeypatch):
    monkeypatch.setattr(many, "FIRST", 2)
    monkeypatch.setattr(many, "_CHUNK", 2)
    one = made(records, 1)
    assert len(one) == len(TEXTS) + 2
    assert made(records, 2) == one


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux for its processes")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_stays_when_the_command_is_ended_from_outside(tmp_path, end):
    study = json.loads((LAYOUTS / "bare.json").read_text(encoding="utf-8"))
    (tmp_path / "many.ndjson").write_text(f"{json.dumps(study)}\n" * 4_000, encoding="utf-8")
    words = ["-m", "trialwright.cli", "draft", "many.ndjson", "--ndjson", "--workers", "2"]
    with subprocess.Popen(
        [sys.executable, *words], cwd=tmp_path, stdout=subprocess.PIPE, start_new_session=True
    ) as run:
        for _ in range(many.FIRST + 40):
            run.stdout.readline()
        assert len(members(run.pid)) > 2
        run.send_signal(end)
    deadline = time.monotonic() + 20
    while members(run.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert members(run.pid) == []


def members(group: int) -> list[int]:
    """Processes of a group that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                found.append(int(stat.parent.name))
    return found


def test_lines_come_in_order_and_what_is_broken_is_told(records, monkeypatch, capsys):
    assert command(monkeypatch, records, "--ndjson") == 1
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [one["id"] for one in lines] == [path.stem for path in TEXTS]
    assert {"facts", "findings", "primary", "regimen", "endpoints"} <= set(lines[0])
    assert "broken.json" in said.err
    summary = said.err.splitlines()[-1]
    assert summary.startswith(f"{len(TEXTS)} records, 1 refused, 1 other file;")
    findings = [one["severity"] for line in lines for one in line["findings"]]
    assert f"{findings.count('error')} errors, {findings.count('warning')} warnings" in summary
    assert "records/s" in summary


def test_a_single_record_has_no_summary(monkeypatch, capsys):
    assert command(monkeypatch, TEXTS[0], "--ndjson") == 0
    assert capsys.readouterr().err == ""


def test_json_prints_one_record_and_only_one(records, tmp_path, monkeypatch, capsys):
    assert command(monkeypatch, LAYOUTS / "bare.json", "--json") == 0
    assert json.loads(capsys.readouterr().out)["id"] == "NCT90000103"
    (records / "broken.json").unlink()
    assert command(monkeypatch, records, "--json") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "--ndjson" in said.err


def test_protocols_go_to_a_folder(records, tmp_path, monkeypatch, capsys):
    assert command(monkeypatch, records, "--out", tmp_path / "out", "--accept-defaults") == 1
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {f"{path.stem}.yaml" for path in TEXTS} <= names
    assert {f"{path.stem}.findings.txt" for path in TEXTS} <= names
    assert f"{len(TEXTS)} protocols with findings in" in capsys.readouterr().out


def test_records_of_one_id_are_told(tmp_path, monkeypatch, capsys):
    study = json.dumps(json.loads((LAYOUTS / "bare.json").read_text("utf-8")))
    (tmp_path / "two.ndjson").write_text(f"{study}\n{study}\n", encoding="utf-8")
    assert command(monkeypatch, tmp_path / "two.ndjson", "--ndjson") == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 2
    assert "came again: 1 (NCT90000103)" in said.err
    assert command(monkeypatch, tmp_path / "two.ndjson", "--out", tmp_path / "out") == 1
    said = capsys.readouterr()
    assert "Two records" in said.err
    assert "line 2" in said.err
    assert not (tmp_path / "out").exists()


def test_the_portfolio_has_a_row_a_record(records, tmp_path, monkeypatch, capsys):
    table = tmp_path / "trials.csv"
    assert command(monkeypatch, records, "--portfolio", table) == 1
    assert capsys.readouterr().out == ""
    assert pl.read_csv(table)["id"].to_list() == [path.stem for path in TEXTS]


def test_no_record_at_all_is_refused(tmp_path, monkeypatch, capsys):
    (tmp_path / "notes.md").write_text("none", encoding="utf-8")
    assert command(monkeypatch, tmp_path, "--ndjson") == 1
    assert "There is no record" in capsys.readouterr().err


def test_a_value_that_cannot_be_settled_is_told_with_its_record(tmp_path, monkeypatch, capsys):
    words = ("--set", "design.enrollment=many", "--out", tmp_path / "out")
    assert command(monkeypatch, LAYOUTS / "bare.json", *words) == 1
    said = capsys.readouterr().err
    assert "bare.json: NCT90000103; the values to settle" in said
    assert "failed" not in said


def test_a_defect_of_ours_does_not_end_the_run(records, monkeypatch, capsys):
    def fails_on_one(record):
        if record.id == "bare":
            message = "no such thing"
            raise KeyError(message)
        return draft_protocol(record)

    monkeypatch.setattr(many, "draft_protocol", fails_on_one)
    found = [one for _, batch in draft_many([records], DraftOrder(form="line"), 1) for one in batch]
    refused = [one for one in found if isinstance(one, RefusedRecord)]
    assert len(refused) == 2
    assert "KeyError" in refused[0].what
    assert "bare" in refused[0].where
