"""Output folders: complete or untouched, and the user's own files stay."""

import json
import os
import stat
from pathlib import Path

import pytest

from trialwright.core.errors import OutputError
from trialwright.exchange.folder import write_files


def _content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def test_a_new_folder_has_everything_and_nothing_else(tmp_path):
    write_files({"a.csv": "A\r\n1\n", "sub/b.bin": b"\x00\x01"}, tmp_path / "deep" / "out")
    out = tmp_path / "deep" / "out"
    assert (out / "a.csv").read_bytes() == b"A\r\n1\n"
    assert (out / "sub" / "b.bin").read_bytes() == b"\x00\x01"
    assert sorted(p.name for p in out.iterdir()) == ["a.csv", "manifest.json", "sub"]
    assert [p.name for p in out.parent.iterdir()] == ["out"]


def test_the_folder_is_open_to_others_as_the_umask_says(tmp_path):
    write_files({"a": "1"}, tmp_path / "out")
    (tmp_path / "plain").mkdir()
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("out", "plain")]
    assert modes[0] == modes[1]


def test_the_same_files_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_files({"b": "2", "a": "1"}, tmp_path / name)
    write_files({"a": "1", "b": "2"}, tmp_path / "two")
    manifests = [(tmp_path / name / "manifest.json").read_bytes() for name in ("one", "two")]
    assert manifests[0] == manifests[1]


def test_a_second_run_replaces_its_files_and_removes_those_it_no_longer_writes(tmp_path):
    write_files({"DM.csv": "1", "CM.csv": "1"}, tmp_path)
    write_files({"DM.csv": "2"}, tmp_path)
    assert _content(tmp_path) == {"DM.csv": "2"}


def test_another_run_into_the_same_folder_leaves_the_first(tmp_path):
    write_files({"DM.csv": "1"}, tmp_path)
    write_files({"ADSL.csv": "1"}, tmp_path)
    write_files({"DM.csv": "2"}, tmp_path)
    assert _content(tmp_path) == {"ADSL.csv": "1", "DM.csv": "2"}


def test_files_of_the_user_stay(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    write_files({"DM.csv": "1"}, tmp_path)
    write_files({"DM.csv": "2"}, tmp_path)
    assert _content(tmp_path) == {"DM.csv": "2", "notes.txt": "mine"}


def test_a_file_of_the_user_with_our_name_is_not_overwritten(tmp_path):
    (tmp_path / "DM.csv").write_text("real patients")
    with pytest.raises(OutputError, match="would have to overwrite") as error:
        write_files({"DM.csv": "1", "AE.csv": "1"}, tmp_path)
    assert "DM.csv (not written by trialwright)" in error.value.where
    assert _content(tmp_path) == {"DM.csv": "real patients"}
    assert not (tmp_path / "manifest.json").exists()


def test_an_edited_file_is_not_overwritten(tmp_path):
    write_files({"protocol.yaml": "a: 1", "DM.csv": "1"}, tmp_path)
    (tmp_path / "protocol.yaml").write_text("a: 2")
    with pytest.raises(OutputError) as error:
        write_files({"protocol.yaml": "a: 1", "DM.csv": "2"}, tmp_path)
    assert "protocol.yaml (changed since it was written)" in error.value.where
    assert _content(tmp_path) == {"DM.csv": "1", "protocol.yaml": "a: 2"}


def test_an_edited_file_is_not_removed_either(tmp_path):
    write_files({"DM.csv": "1", "CM.csv": "1"}, tmp_path)
    (tmp_path / "CM.csv").write_text("edited")
    with pytest.raises(OutputError):
        write_files({"DM.csv": "2"}, tmp_path)
    assert _content(tmp_path) == {"CM.csv": "edited", "DM.csv": "1"}


def test_a_run_that_was_cut_short_can_be_repeated(tmp_path):
    write_files({"a": "1", "b": "1"}, tmp_path)
    manifest = tmp_path / "manifest.json"
    content = json.loads(manifest.read_text()) | {"complete": False}
    manifest.write_text(json.dumps(content))
    (tmp_path / "a").write_text("2")
    write_files({"a": "2", "b": "2"}, tmp_path)
    assert _content(tmp_path) == {"a": "2", "b": "2"}
    assert json.loads(manifest.read_text())["complete"] is True


def test_a_failure_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    write_files({"a": "1", "b": "1"}, tmp_path / "out")
    write = Path.write_bytes

    def full_disk(path, data):
        if path.name == "b":
            raise OSError(28, "No space left on device", str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    for out in (tmp_path / "out", tmp_path / "new"):
        with pytest.raises(OutputError, match="No space left"):
            write_files({"a": "2", "b": "2"}, out)
    assert _content(tmp_path) == {"out/a": "1", "out/b": "1"}
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("make", ["file", "dangling link", "foreign manifest", "folder in the way"])
def test_what_is_no_output_folder_is_refused(tmp_path, make):
    out = tmp_path / "out"
    if make == "file":
        out.write_text("x")
    elif make == "dangling link":
        out.symlink_to(tmp_path / "nowhere")
    elif make == "foreign manifest":
        out.mkdir()
        (out / "manifest.json").write_text('{"name": "somebody else"}')
    else:
        (out / "a").mkdir(parents=True)
    with pytest.raises(OutputError):
        write_files({"a": "1"}, out)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        write_files({"a": "1"}, tmp_path / "out")


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "", "manifest.json"])
def test_names_outside_the_folder_are_a_defect(tmp_path, name):
    with pytest.raises(ValueError, match="not a relative file name"):
        write_files({name: "1"}, tmp_path)
