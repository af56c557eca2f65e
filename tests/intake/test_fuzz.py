"""Readers given damaged bytes: a table, or a typed refusal; never anything else, and soon."""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from support import base_delivery as sound
from trialwright.core.errors import DataError
from trialwright.intake.archive import members
from trialwright.intake.files import DeliveredFile
from trialwright.intake.formats import parquet_size, read_tables
from trialwright.intake.sdtm_delivery import read_sdtm

#: No shrinking: one bad input is enough to see, and the search for a smaller one takes minutes.
fuzz = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
SECONDS = 5


def _sources() -> dict[str, bytes]:
    rows = sound.base()["TU"]
    return {
        "TU.csv": sound.csv_bytes("TU", rows),
        "TU.xpt": sound.xpt_bytes("TU", rows),
        "TU.parquet": sound.parquet_bytes("TU", rows, dates=True),
        "TU.json": sound.json_bytes("TU", rows),
        "TU.ndjson": sound.json_bytes("TU", rows, lines=True),
        "TU.zip": sound.zip_bytes({"TU.csv": sound.csv_bytes("TU", rows)}),
    }


SOURCES = _sources()


@st.composite
def damaged(draw, content):
    """Bytes changed, cut out, repeated or put in, mostly where headers are."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        last = max(len(data) - 1, 0)
        at = draw(
            st.one_of(
                st.integers(0, last),
                st.integers(0, min(400, last)),
                st.integers(max(0, last - 300), last),
            )
        )
        kind = draw(st.integers(0, 4))
        if kind == 0:
            data[at : at + 1] = bytes(
                [draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, 0x22, 0x0A, 0x2C]))]
            )
        elif kind == 1:
            data[at : at + 1] = draw(st.binary(min_size=1, max_size=4))
        elif kind == 2:
            del data[at : at + draw(st.integers(1, 200))]
        elif kind == 3:
            data[at:at] = data[at : at + draw(st.integers(1, 100))]
        else:
            data[at : at + 4] = draw(
                st.sampled_from([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"9999"])
            )
    return bytes(data)  # fmt: skip


def read(name: str, content: bytes) -> None:
    """A table, or `DataError`, within seconds."""
    file, start = DeliveredFile(name, content), time.process_time()
    try:
        for one in members(file) if name.endswith(".zip") else [file]:
            tables = (
                read_tables(one)
                if one.suffix in {".csv", ".xpt", ".parquet", ".json", ".ndjson"}
                else {}
            )
            for table in tables.values():
                assert all(kind in {pl.String(), pl.Int64()} for kind in table.frame.dtypes)
    except DataError:
        pass
    assert time.process_time() - start < SECONDS  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_damaged_files(name):
    @fuzz
    @given(damaged(SOURCES[name]))
    def attempt(content):
        read(name, content)

    attempt()


@pytest.mark.parametrize("name", SOURCES)
def test_any_bytes(name):
    @fuzz
    @given(st.binary(max_size=3000))
    def attempt(content):
        read(name, content)
        read(name, SOURCES[name][:80] + content)

    attempt()


@settings(fuzz, max_examples=10)
@given(st.data())
def test_a_folder_with_a_damaged_file(data):
    """Reading the whole delivery: joined, tied, checked."""
    ending = data.draw(st.sampled_from(["csv", "xpt", "parquet", "json"]))
    files = sound.files_of(sound.of_one_reader(), ending)
    name = data.draw(st.sampled_from(sorted(files)))
    files[name] = data.draw(damaged(files[name]))
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(DataError):
        assert read_sdtm(sound.write(files, Path(folder)))["DM"].height


def _written(frame: pl.DataFrame, **options: object) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, **options)
    return out.getvalue()


def test_a_small_parquet_file_of_many_empty_cells():
    """24 million values in a few hundred bytes are 384 MB."""
    empty = pl.repeat(None, 4_000_000, dtype=pl.String, eager=True)
    content = _written(pl.DataFrame({f"C{at}": empty for at in range(6)}))
    assert len(content) < 100_000
    with pytest.raises(DataError, match=r"too many values[^$]*become 384"):
        read_tables(DeliveredFile("TU.parquet", content))


@pytest.mark.parametrize(
    "texts",
    [pl.repeat("x" * 2_000, 20_000, eager=True), pl.Series(["y" * 40_000_000])],
    ids=["one text repeated", "one long text"],
)
def test_a_small_parquet_file_that_stands_for_a_large_one(texts, monkeypatch):
    """The limit is lowered, so that the test needs no gigabytes: 40 MB from some kilobytes."""
    monkeypatch.setattr(parquet_size, "_SMALL", 1 << 20)
    content = _written(pl.DataFrame({"A": texts}), row_group_size=len(texts))
    assert len(content) < 50_000
    with pytest.raises(DataError, match="too many values"):
        read_tables(DeliveredFile("TU.parquet", content))


def test_parquet_texts_that_share_their_beginning():
    """Their size cannot be known before they are unpacked; the number stands in the metadata."""
    content = _written(pl.DataFrame({"A": ["x"]}), compression="uncompressed", statistics=False)
    meta = content[-8 - int.from_bytes(content[-8:-4], "little") : -8]
    # The list of encodings of the column: two or three of PLAIN 0, RLE 3, RLE_DICTIONARY 8 as i32.
    at = next(i for i in range(len(meta)) if meta[i] in {0x25, 0x35} and meta[i - 1] == 0x19)
    changed = content.replace(meta, meta[: at + 1] + b"\x0e" + meta[at + 2 :])
    with pytest.raises(DataError, match="DELTA_BYTE_ARRAY"):
        parquet_size.refuse_large(changed, "TU.parquet")


def test_an_archive_with_a_file_that_has_no_name():
    """Found by coverage-guided fuzzing: the library looks at the last letter of the name."""
    content = SOURCES["TU.zip"].replace(b"TU.csv", b"").replace(b"\x06\0", b"\0\0")
    with pytest.raises(DataError, match="The archive is damaged"):
        members(DeliveredFile("TU.zip", content))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(""), b"x")
    with pytest.raises(DataError, match="a file has no name"):
        members(DeliveredFile("TU.zip", out.getvalue()))
