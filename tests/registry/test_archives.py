"""Records in .zip archives: read from memory, bounded, nothing taken at its word."""

from __future__ import annotations

import json
import random
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.registry.reading import archive
from trialwright.registry.reading.items import NotRead
from trialwright.registry.reading.sources import read_items
from trialwright.registry.reading.stream import read_records
from trialwright.registry.record import Record, RefusedRecord

LAYOUTS = Path(__file__).parent / "layouts"
STUDY = (LAYOUTS / "bare.json").read_bytes()
TEXT = (LAYOUTS / "bare.txt").read_bytes()


def packed(path: Path, entries: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", how) as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return path


def read(path: Path) -> tuple[list[str], list[str]]:
    found = list(read_records([path]))
    ids = [one.id for one in found if isinstance(one, Record)]
    return ids, [one.what for one in found if isinstance(one, RefusedRecord)]


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_every_layout_is_read_from_an_archive(tmp_path, how):
    lines = b"\n".join([json.dumps(json.loads(STUDY)).encode()] * 3)
    entries = {
        "a/first.txt": TEXT,
        "a/": b"",
        "b.json": STUDY,
        "c.ndjson": lines,
        "d.csv": (LAYOUTS / "bare.csv").read_bytes(),
        "README.md": b"# about",
        "__MACOSX/b.json": b"\0\5\26\7",
        ".DS_Store": b"\0",
    }
    path = packed(tmp_path / "all.zip", entries, how)
    assert read(path) == (["first", *["NCT90000103"] * 5], [])
    assert sum(isinstance(one, NotRead) for one in read_items([path])) == 3


def test_the_name_of_an_archive_does_not_matter(tmp_path):
    assert read(packed(tmp_path / "records.txt", {"a.txt": TEXT})) == (["a"], [])


def test_the_standard_library_reads_the_same_bytes(tmp_path):
    """Entries of any size, against another reader of archives."""
    draw = random.Random(5)
    entries = {f"{n}.bin": draw.randbytes(draw.choice([0, 1, 70_000, 300_000])) for n in range(9)}
    path = packed(tmp_path / "x.zip", entries)
    opened = archive.Archive(path)
    found = {}
    for entry in opened.entries():
        with opened.open(entry) as file:
            found[entry.name] = file.read()
    opened.close()
    assert found == entries


def test_sizes_beyond_32_bits_are_read(tmp_path):
    """The 64-bit directory and extra fields of archives with more than 65,535 entries or 4 GB."""
    path = packed(tmp_path / "wide.zip", {"first.md": b"x", "a.txt": TEXT})
    data = path.read_bytes()
    start, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    entry = bytearray(data[data.rindex(b"PK\1\2") : end])
    small, size, place = (struct.unpack_from("<L", entry, at)[0] for at in (20, 24, 42))
    for at in (20, 24, 42):
        struct.pack_into("<L", entry, at, 0xFFFFFFFF)
    extra = struct.pack("<2H", 0xCAFE, 2) + b"??" + struct.pack("<2H3Q", 1, 24, size, small, place)
    struct.pack_into("<H", entry, 30, len(extra))
    directory = data[start : data.rindex(b"PK\1\2")] + bytes(entry) + extra
    where = start + len(directory)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, len(directory), start)
    found = struct.pack("<4sLQL", b"PK\6\7", 0, where, 1)
    ending = b"PK\5\6" + b"\0" * 4 + b"\xff" * 12 + b"\0\0"
    path.write_bytes(data[:start] + directory + wide + found + ending)
    assert read(path) == (["a"], [])


def _flipped(data: bytes) -> bytes:
    at = data.index(b"Metformin")
    return data[:at] + b"X" + data[at + 1 :]


DAMAGE = {
    "no directory": (lambda data: data[:-30], "broken or cut"),
    "start of the archive is missing": (lambda data: b"PK\3\4" + data[200:], "broken or cut"),
    "another check sum": (_flipped, "damaged"),
    "encrypted": (
        lambda data: (
            data[: data.rindex(b"PK\1\2") + 8] + b"\1" + data[data.rindex(b"PK\1\2") + 9 :]
        ),
        "cannot be unpacked",
    ),
    "packed in another way": (
        lambda data: (
            data[: data.rindex(b"PK\1\2") + 10] + b"\x0c" + data[data.rindex(b"PK\1\2") + 11 :]
        ),
        "cannot be unpacked",
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_archive_is_refused(tmp_path, name):
    damage, what = DAMAGE[name]
    path = packed(tmp_path / "x.zip", {"a.txt": TEXT}, zipfile.ZIP_STORED)
    path.write_bytes(damage(path.read_bytes()))
    ids, refused = read(path)
    assert ids == []
    assert len(refused) == 1
    assert what in refused[0]


def test_a_damaged_entry_does_not_take_the_others_with_it(tmp_path):
    path = packed(tmp_path / "x.zip", {f"{n}.json": STUDY for n in range(3)}, zipfile.ZIP_STORED)
    data = path.read_bytes()
    at = data.index(b"Metformin", data.index(b"1.json"))
    path.write_bytes(data[:at] + b"X" + data[at + 1 :])
    ids, refused = read(path)
    assert len(ids) == 2
    assert ["damaged" in one for one in refused] == [True]


def test_an_archive_inside_an_archive_is_not_opened(tmp_path):
    inner = packed(tmp_path / "inner.zip", {"a.txt": TEXT}).read_bytes()
    ids, refused = read(packed(tmp_path / "outer.zip", {"inner.zip": inner, "b.txt": TEXT}))
    assert ids == ["b"]
    assert ["inside an archive" in one for one in refused] == [True]


@pytest.mark.parametrize("name", ["../../escaped.txt", "/escaped.txt", "..\\escaped.txt"])
def test_nothing_leaves_the_archive(tmp_path, name):
    path = packed(tmp_path / "x.zip", {name: TEXT})
    before = sorted(tmp_path.rglob("*"))
    assert read(path) == (["escaped"], [])
    assert sorted(tmp_path.rglob("*")) == before
    assert not (tmp_path.parent / "escaped.txt").exists()


def test_names_are_shown_without_control_characters(tmp_path):
    path = packed(tmp_path / "x.zip", {"\x1b[2J\u202etxt.json": b"{"})
    (refused,) = read_records([path])
    assert isinstance(refused, RefusedRecord)
    assert "\x1b" not in refused.where
    assert "\u202e" not in refused.where
    assert "\\u001b" in refused.where


def test_a_bomb_is_stopped_in_bounded_memory(tmp_path, monkeypatch):
    """40 MB of one letter in 40 kB, as one line, as one text, and as rows."""
    monkeypatch.setattr(archive, "FREE_BYTES", 3_000_000)
    flood = b"a" * 40_000_000
    entries = {"a.txt": flood, "b.ndjson": b'{"' + flood, "c.csv": b"NCT Number\n" + flood}
    path = packed(tmp_path / "bomb.zip", entries)
    tracemalloc.start()
    ids, refused = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ids == []
    assert refused
    assert any("far more" in one for one in refused)
    assert peak < 60_000_000


def test_entries_that_share_their_bytes_are_stopped(tmp_path, monkeypatch):
    """Thousands of directory entries that point to one piece of data."""
    monkeypatch.setattr(archive, "FREE_BYTES", 1_000_000)
    path = packed(tmp_path / "x.zip", {"a.txt": b"a" * 700_000})
    data = path.read_bytes()
    at = data.index(b"PK\1\2")
    entry, end = data[at : data.index(b"PK\5\6")], data[data.index(b"PK\5\6") :]
    many = 500
    ending = bytearray(end)
    struct.pack_into("<2H2L", ending, 8, many, many, many * len(entry), at)
    path.write_bytes(data[:at] + entry * many + bytes(ending))
    ids, refused = read(path)
    assert ids == []
    assert refused.count("The archive holds far more than its size allows.") > many - 20
    assert len(refused) == many


def test_a_bomb_does_not_take_the_other_entries_with_it(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "FREE_BYTES", 100_000)
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("large.md", random.Random(1).randbytes(1_000_000))
        file.writestr("bomb.ndjson", b"{" + b" " * 9_000_000, zipfile.ZIP_DEFLATED)
        file.writestr("a.txt", TEXT)
    ids, refused = read(path)
    assert ids == ["a"]
    assert refused == ["The archive holds far more than its size allows."]


def test_an_archive_of_too_many_entries_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_ENTRIES", 3)
    path = packed(tmp_path / "x.zip", {f"{n}.txt": TEXT for n in range(4)})
    assert read(path) == ([], ["The archive has too many entries."])


def test_memory_does_not_grow_with_the_number_of_entries(tmp_path):
    """The list of entries that the standard library holds would take 600 bytes an entry."""
    peaks = []
    for count in (300, 2_500):
        path = packed(tmp_path / f"{count}.zip", {f"{n}.txt": TEXT for n in range(count)})
        tracemalloc.start()
        assert sum(1 for _ in read_records([path])) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 300_000


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_any_damage_is_read_or_refused(tmp_path_factory, noise, at):
    path = packed(tmp_path_factory.mktemp("any") / "x.zip", {"a.txt": TEXT, "b.json": STUDY})
    data = path.read_bytes()
    place = len(data) - min(at, len(data))
    path.write_bytes(data[:place] + noise + data[place + len(noise) :])
    assert all(isinstance(one, Record | RefusedRecord) for one in read_records([path]))
