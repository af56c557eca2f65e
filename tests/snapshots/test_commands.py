"""`trialwright snapshot`: take, list, check and diff from files to files."""

from __future__ import annotations

import json
import sys

import pytest

import trialwright as tw
from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.cli.app import main


def run(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["trialwright", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


@pytest.fixture
def store(tmp_path, monkeypatch, capsys):
    (tmp_path / "p.yaml").write_text(tw.protocol_text(protocol()))
    for name, size in (("one", 40), ("two", 20)):
        person = Patient("<P1>").target("T1", "LIVER", 40).scan(56, {"T1": size})
        tw.write_files(tw.sdtm_files(sdtm_of(person)), tmp_path / name)
        words = ("take", tmp_path / "p.yaml", tmp_path / name, "--store", tmp_path / "s")
        assert run(monkeypatch, "snapshot", *words, "--note", name) == 0
    assert "snapshot 0002" in capsys.readouterr().out
    return tmp_path / "s"


def test_list_and_check(store, monkeypatch, capsys):
    assert run(monkeypatch, "snapshot", "list", store) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("0001: test, 1 subjects, cut-off 2024-02-26 (inferred)")
    assert second.endswith('"two"')
    assert run(monkeypatch, "snapshot", "check", store) == 0
    last = json.loads((store / "0002/snapshot.json").read_text())["digest"]
    assert capsys.readouterr().out.rstrip().endswith(f"last: 0002, {last}")


@pytest.mark.parametrize("command", ["snapshot", "intake"])
def test_diff_tells_and_writes(command, store, monkeypatch, capsys, tmp_path):
    out = tmp_path / "out"
    assert run(monkeypatch, command, "diff", store, 1, 2, "--out", out, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["compared"] == "snapshot 0001 -> 0002 under the protocol test of snapshot 0002"
    assert json.loads((out / "diff.json").read_text()) == told
    (record,) = told["records"]
    assert (record["before"], record["after"]) == ("40", "20")
    assert record["cell_after"] == "TR.csv, row 3, column TRORRES"
    assert "PR" in (out / "results.csv").read_text()
    page = (out / "diff.html").read_text()
    assert "&lt;P1&gt;" in page
    assert "<P1>" not in page


def test_diff_prints_tables(store, monkeypatch, capsys):
    assert run(monkeypatch, "snapshot", "diff", store, 1, 2) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("snapshot 0001 -> 0002 under the protocol test")
    assert lines[1].startswith("1 -> 1 patients: 1 with changed data; 1 changes of data")
    assert "Results of patients" in lines
