"""Snapshots are numbered, whole and never changed; whoever changes one is told which file."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

import trialwright as tw
from support.rules import protocol
from support.trial import Patient, sdtm_of
from trialwright.core.errors import DataError, OutputError
from trialwright.core.tables import Place, Sdtm
from trialwright.exchange import folder
from trialwright.snapshots import take
from trialwright.snapshots.between import diff_snapshots
from trialwright.snapshots.model import snapshot_of
from trialwright.snapshots.places import sources_text, with_sources
from trialwright.snapshots.store import check_store, read_snapshot


@pytest.fixture
def place(tmp_path):
    """A folder with a protocol, two deliveries and no store yet."""
    (tmp_path / "p.yaml").write_text(tw.protocol_text(protocol()))
    for name, size in (("one", 20), ("two", 25)):
        person = Patient().target("T1", "LIVER", 40).scan(56, {"T1": size})
        tw.write_files(tw.sdtm_files(sdtm_of(person)), tmp_path / name)
    return tmp_path


def keep(place, name="one", note=""):
    return tw.take_snapshot(place / "p.yaml", place / name, place / "store", note=note)


def test_a_snapshot_holds_what_was_read_and_nothing_of_the_clock(place):
    taken = keep(place, note="first lock")
    assert taken.is_new
    root = place / "store" / "0001"
    assert (root / "protocol.yaml").read_bytes() == (place / "p.yaml").read_bytes()
    assert (root / "sdtm/TR.csv").read_bytes() == (place / "one/TR.csv").read_bytes()
    said = json.loads((root / "snapshot.json").read_text())
    assert (said["number"], said["previous"], said["note"]) == (1, "", "first lock")
    assert (said["cutoff"], said["cutoff_source"]) == ("2024-02-26", "inferred")
    files = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file()}
    digests = {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    assert said["files"] == {k: v for k, v in digests.items() if k != "snapshot.json"}
    receipt = json.loads((root / "receipt.json").read_text())
    assert {one["name"] for one in receipt["files"]} >= {"DM.csv", "TR.csv"}
    tw.take_snapshot(place / "p.yaml", place / "one", place / "again", note="first lock")
    again = place / "again/0001"
    assert all((again / name).read_bytes() == path.read_bytes() for name, path in files.items())


def test_the_same_content_gets_no_new_number(place):
    first = keep(place)
    second = keep(place)
    assert (second.snapshot.number, second.is_new) == (1, False)
    assert second.news(Path("store")).startswith("nothing new")
    assert [one.name for one in (place / "store").iterdir()] == ["0001"]
    assert keep(place, "two").snapshot.number == 2
    assert keep(place, "one").snapshot.number == 3  # a correction taken back is a new state
    assert first.is_new


def test_the_chain_ties_each_snapshot_to_the_one_before(place):
    keep(place)
    second = keep(place, "two").snapshot
    before = (place / "store/0001/snapshot.json").read_bytes()
    assert second.previous == sha256(before).hexdigest()
    assert [one.number for one in check_store(place / "store")] == [1, 2]


def edit(path, old, new):
    path.chmod(0o644)
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))


def rewritten(root):
    """0001 described anew, with a digest that fits: only the chain can tell."""
    path = root / "0001/snapshot.json"
    found = snapshot_of(path.read_bytes(), path)
    path.chmod(0o644)
    changed = type(found)(**{**{n: getattr(found, n) for n in found.__slots__}, "note": "x"})
    path.write_text(changed.sealed.text())


CHANGES = {
    "0001/sdtm/TR.csv": lambda root: edit(root / "0001/sdtm/TR.csv", b"20", b"21"),
    "0002/protocol.yaml": lambda root: edit(root / "0002/protocol.yaml", b"test", b"text"),
    "0001/receipt.json": lambda root: (root / "0001/receipt.json").unlink(),
    "0001/sdtm/ZZ.csv": lambda root: (root / "0001/sdtm/ZZ.csv").write_text("A\n"),
    "0002/snapshot.json": lambda root: edit(root / "0002/snapshot.json", b'"note": ""', b'"note": "x"'),
    "0002/snapshot.json, chain": rewritten,
    "0001": lambda root: (root / "0001").rename(root / "old"),
}  # fmt: skip


@pytest.mark.parametrize("where", CHANGES)
def test_a_changed_store_is_refused_with_the_file(place, where):
    keep(place)
    keep(place, "two")
    CHANGES[where](place / "store")
    with pytest.raises(DataError) as refused:
        keep(place)
    assert refused.value.where == str(place / "store" / where.split(",", maxsplit=1)[0])
    with pytest.raises(DataError):
        diff_snapshots(place / "store", (1, 2))


def test_a_form_of_a_later_program_is_not_called_a_change(place):
    keep(place)
    edit(place / "store/0001/snapshot.json", b'"format": 1', b'"format": 2')
    with pytest.raises(DataError, match="form that this version does not know"):
        check_store(place / "store")


def test_a_full_disk_leaves_nothing(place, monkeypatch):
    keep(place)

    def full(_handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="No space left"):
            keep(place, "two")
    assert [one.name for one in (place / "store").iterdir()] == ["0001"]
    assert keep(place, "two").snapshot.number == 2


def test_what_a_crash_left_is_no_snapshot(place):
    half = place / "store/.0001.trialwright-99999"
    half.mkdir(parents=True)
    (half / "snapshot.json").write_text("{")
    assert check_store(place / "store", empty=True) == ()
    assert keep(place).snapshot.number == 1
    assert len(check_store(place / "store")) == 1


def test_of_two_writers_one_wins_and_the_other_is_told(place, monkeypatch):
    write = take._write

    def meanwhile(*given):
        monkeypatch.setattr(take, "_write", write)
        keep(place, "two")
        write(*given)

    monkeypatch.setattr(take, "_write", meanwhile)
    with pytest.raises(OutputError, match="meanwhile"):
        keep(place, "one")
    (kept,) = check_store(place / "store")
    assert b",25," in (place / "store" / kept.name / "sdtm/TR.csv").read_bytes()


def test_a_folder_that_appears_at_the_last_moment_is_not_replaced(tmp_path, monkeypatch):
    rename = Path.rename

    def late(self, target):
        target.mkdir()
        (target / "theirs").write_text("1")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", late)
    with pytest.raises(FileExistsError):
        folder.create_folder({"mine": "1"}, tmp_path / "0001")
    assert [one.name for one in (tmp_path / "0001").iterdir()] == ["theirs"]
    assert [one.name for one in tmp_path.iterdir()] == ["0001"]


def test_a_cell_of_a_workbook_is_still_named():
    data = sdtm_of(Patient().target("T1", "LIVER", 40))
    cells = {2: Place(table="t.xlsx, sheet Measurements", row=7, columns={"TRORRES": "F"},
                      is_sheet=True)}  # fmt: skip
    lines = {2: Place(table="odm.xml", row=31, columns={"ARMCD": "I.ARM"}, unit="line")}
    placed = Sdtm(data.domains, {"TR": "t.xlsx"}, (), {"TR": cells, "DM": lines})
    again = with_sources(data, sources_text(placed))
    assert again.where("TR", 2, "TRORRES") == "t.xlsx, sheet Measurements, cell F7"
    assert again.where("DM", 2, "ARMCD") == "odm.xml, line 31, column I.ARM"
    assert again.where("TU", 2, "TULOC") == "TU, row 2, column TULOC"


def test_two_protocols_are_told_and_one_is_used(place):
    keep(place)
    (place / "p.yaml").write_text(tw.protocol_text(protocol(response__confirmation="not_required")))
    assert keep(place).is_new
    said, found = diff_snapshots(place / "store", (1, 2))
    assert "of snapshot 0002; the protocols of the two differ" in said
    assert found.is_empty


def test_a_number_that_is_not_there_is_refused(place):
    keep(place)
    with pytest.raises(DataError, match="no snapshot 7"):
        read_snapshot(place / "store", 7)
    with pytest.raises(DataError, match="no snapshot"):
        check_store(place / "nowhere")


def test_the_store_is_not_the_folder_of_the_data(place):
    with pytest.raises(OutputError, match="delivered data"):
        tw.take_snapshot(place / "p.yaml", place / "one", place / "one")
