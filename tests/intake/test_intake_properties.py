"""The reader gives back what was written, and refuses broken files with nothing but DataError."""

import tempfile
from datetime import date
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.errors import DataError
from trialwright.core.tables import Sdtm
from trialwright.exchange.csv_files import sdtm_files, write_files
from trialwright.intake.sdtm_delivery import read_sdtm
from trialwright.vocabulary.sdtm import SDTM

#: Text as a person types it, with everything that CSV has to quote.
_TEXT = st.one_of(
    st.sampled_from(["a,b", 'say "no"', "two\nlines", "x\r\ny", "肝", "é", "'", "=1+1", "-", "NA"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1),
)
_NULLABLE = st.one_of(st.none(), _TEXT)
_DATE = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(str)


@st.composite
def _sdtm(draw):
    subjects = [f"S-{n}" for n in range(draw(st.integers(1, 4)))]
    domains = {}
    for code, domain in SDTM.items():
        if code.startswith("SUPP"):
            continue
        names = [column for column in domain.columns if column.required or draw(st.booleans())]
        height = len(subjects) if code == "DM" else draw(st.integers(0, 5))
        frame = {column.name: _column(draw, code, column, subjects, height) for column in names}
        for name in draw(st.sampled_from([(), ("COHORT",), ("ABC", "X1")])):
            frame[name] = draw(st.lists(_NULLABLE, min_size=height, max_size=height))
        domains[code] = pl.DataFrame(frame, schema=dict.fromkeys(frame, pl.String))
    return Sdtm(domains)


def _column(draw, code, column, subjects, height):
    if column.name == "USUBJID":
        return (
            subjects
            if code == "DM"
            else draw(st.lists(st.sampled_from(subjects), min_size=height, max_size=height))
        )
    if column.name in {"DOMAIN", "STUDYID"}:
        return [code if column.name == "DOMAIN" else "ST"] * height
    if column.name == f"{code}SEQ":
        return [str(n + 1) for n in range(height)]
    kind = {"date": _DATE, "number": st.integers(0, 99).map(str), "text": _TEXT}[column.kind]
    if column.name.endswith("LNKID") or column.name == "TUGRPID":
        kind = st.sampled_from(["T01", "N01", "T01/T02"])
    kind = (
        kind.filter(bool) if column.filled else st.one_of(st.none(), kind).map(lambda v: v or None)
    )
    return draw(st.lists(kind, min_size=height, max_size=height))


def _plain(frame):
    """Rows by column, without columns that hold nothing and `_ROW`."""
    held = sorted(
        name for name in frame.columns if name != "_ROW" and frame[name].null_count() < frame.height
    )
    return frame.select(held).to_dict(as_series=False)


@settings(max_examples=12, deadline=None)
@given(_sdtm())
def test_what_was_written_reads_back(sdtm):
    with tempfile.TemporaryDirectory() as folder:
        write_files(sdtm_files(sdtm), Path(folder) / "data")
        back = read_sdtm(Path(folder) / "data")
    assert not [note for note in back.notes if " is before " not in note]
    for code, frame in sdtm.domains.items():
        assert _plain(back[code]) == _plain(frame), code
    assert sdtm_files(back) == sdtm_files(
        Sdtm({code: _sorted(code, back[code], sdtm[code]) for code in sdtm.domains})
    )


def _sorted(code, back, frame):
    """The frame that was written, with the columns in the order of the reader."""
    missing = [
        pl.lit(None, pl.String).alias(name) for name in back.columns if name not in frame.columns
    ]
    assert code in SDTM
    return frame.with_columns(missing).select(back.columns)


_SOUND = {
    "DM.csv": "USUBJID,RFXSTDTC,AGE\nS-1,2024-01-10,61\nS-2,2024-02-01,55\n",
    "TU.csv": 'USUBJID,TUSEQ,TULNKID,TUTESTCD,TUORRES,VISITNUM,TUDTC\n"S-1",1,T01,TUMIDENT,"TARGET",1,2024-01-02\n',
    "TR.csv": "USUBJID,TRLNKID,TRTESTCD,TRORRES,TRORRESU,TRSTAT,VISITNUM,TRDTC\nS-1,T01,LDIAM,31.5,mm,,1,2024-01-02\n",
    "SUPPTU.csv": "RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL\nTU,S-1,TUSEQ,1,SLICEMM,8\n",
}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(_SOUND)),
    st.integers(0, 200),
    st.integers(0, 12),
    st.one_of(
        st.binary(max_size=6),
        st.sampled_from(
            [
                b",",
                b'"',
                b"\n",
                b"\r",
                b"\xef\xbb\xbf",
                b"\x00",
                b"\xff",
                b'"\n',
                b",,",
                b"2024-13-01",
                b"\xe3\x80\x80",
            ]
        ),
    ),
)
def test_a_broken_file_is_read_or_refused_and_nothing_else(name, start, cut, insert):
    with tempfile.TemporaryDirectory() as folder:
        for file, text in _SOUND.items():
            content = text.encode()
            if file == name:
                content = content[:start] + insert + content[start + cut :]
            (Path(folder) / file).write_bytes(content)
        try:
            sdtm = read_sdtm(Path(folder))
        except DataError as error:
            shown = str(error)
            assert ".csv" in shown
            assert len(shown.splitlines()) < 24
            assert all(char.isprintable() or char == "\n" for char in shown)
        else:
            assert all(frame["_ROW"].is_sorted() for frame in sdtm.domains.values())
