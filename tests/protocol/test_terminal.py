"""What a terminal would obey does not reach it from a record, a protocol or the name of a file."""

from __future__ import annotations

import re

import pytest

import trialwright as tw
from trialwright.cli.app import main
from trialwright.core.terminal import shown, visible

_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
RECORD = (
    "A Trial of Cabozantinib\x1b]0;gone\x07 in Lung Cancer\nA single-arm \x1b[31mphase 2\u202e trial.\n"
    "Lung Cancer\nDRUG: Cabozantinib\nObjective response rate\x1b[2J\u2066, RECIST 1.1\x9b, 6 months\n"
    "Overall survival, time from randomi\u202esation to death\x1b[8m, 24 months\n"
)


def run(monkeypatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["trialwright", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_characters_that_a_terminal_obeys_are_replaced_and_the_rest_stays():
    assert visible("a\x1b[31mb\x07\u202ec\td\ne\r\nf\rg") == "a\ufffd[31mb\ufffd\ufffdc\td\ne f g"
    assert visible("5 μm², 例, é") == "5 μm², 例, é"
    assert shown("a\x1b\nb") == "a\\u001b\\u000ab"


def test_findings_and_news_of_a_record_obey_nothing(tmp_path, monkeypatch, capsys):
    record = tmp_path / "bad.txt"
    record.write_text(RECORD, "utf-8")
    out = tmp_path / "out"
    assert run(monkeypatch, "draft", str(record), "--out", str(out)) == 0
    said = capsys.readouterr()
    written = "".join(path.read_text("utf-8") for path in out.iterdir())
    assert "\ufffd" in (out / "bad.findings.txt").read_text("utf-8")
    assert _OBEYED.search(said.out + said.err + written) is None
    assert run(monkeypatch, "check", str(out / "bad.yaml")) == 0
    assert _OBEYED.search(capsys.readouterr().out) is None


@pytest.mark.parametrize("command", [("draft",), ("check",), ("amendment",), ("usdm", "import")])
def test_the_name_of_a_file_stays_on_its_line(command, tmp_path, monkeypatch, capsys):
    name = str(tmp_path / "a\x1b[31m\nOutputError: b")
    extra = ("--out", str(tmp_path / "x.yaml")) if command[0] == "usdm" else ()
    run(monkeypatch, *command, name, *extra)
    said = capsys.readouterr()
    assert "a\\u001b[31m\\u000aOutputError: b" in said.out + said.err
    assert _OBEYED.search(said.out + said.err) is None


def test_a_refusal_shows_nothing_that_is_obeyed():
    error = tw.RecordError("No.", where="x\x1b[2J\u202e", do="stop\x07")
    assert _OBEYED.search(str(error)) is None
