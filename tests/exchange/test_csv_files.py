"""CSV text, SDTM and ADaM file sets."""

import csv
import io
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.core.tables import Adam, Sdtm
from trialwright.exchange.csv_files import adam_files, csv_text, sdtm_files


def test_quoting_follows_rfc_4180():
    """RFC 4180 section 2, rules 5 to 7: quotes around commas, quotes and line ends; "" inside."""
    frame = pl.DataFrame(
        {"A": ['say "no"', "a,b", "two\nlines", "cr\r"], "B": ["1", None, "", "é"]}
    )
    assert csv_text(frame) == 'A,B\n"say ""no""",1\n"a,b",\n"two\nlines",\n"cr\r",é\n'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (-0.0, "0"),
        (-30.000000000000004, "-30.000000000000004"),
        (100.0, "100"),
        (None, ""),
    ],
)
def test_floats_are_plain_decimals(value, text):
    assert (
        csv_text(pl.DataFrame({"X": [value, 1.5]}, schema={"X": pl.Float64})) == f"X\n{text}\n1.5\n"
    )


def test_dates_and_row_column():
    frame = pl.DataFrame({"D": [date(2024, 2, 29), None], "N": [1, None], "_ROW": [2, 3]})
    assert csv_text(frame) == "D,N\n2024-02-29,1\n,\n"


def test_a_frame_without_rows_is_its_header():
    assert csv_text(pl.DataFrame({"A": [], "B": []})) == "A,B\n"


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.text(min_size=1)), min_size=1))
def test_any_text_reads_back(rows):
    rows = [tuple(cell.replace("\r", "\n") for cell in row) for row in rows]
    frame = pl.DataFrame(rows, schema=["A", "B"], orient="row")
    back = list(csv.reader(io.StringIO(csv_text(frame), newline=""), strict=True))
    assert back == [["A", "B"], *map(list, rows)]


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_any_float_reads_back(values):
    lines = csv_text(pl.DataFrame({"X": values})).splitlines()[1:]
    assert [float(line) for line in lines] == values
    assert "e" not in "".join(lines)


def _sdtm(**frames):
    return Sdtm({code: pl.DataFrame(rows) for code, rows in frames.items()})


def test_columns_beyond_the_standard_become_supplemental_qualifiers():
    sdtm = _sdtm(
        DM={"STUDYID": ["S"], "USUBJID": ["S-1"], "COHORT": ["CRC"]},
        TU={
            "USUBJID": ["S-1", "S-1"],
            "TUSEQ": ["1", "2"],
            "TULNKID": ["T01", "T02"],
            "SLICEMM": ["8", None],
        },
    )
    files = sdtm_files(sdtm)
    assert list(files) == ["DM.csv", "TU.csv", "SUPPDM.csv", "SUPPTU.csv"]
    assert files["DM.csv"] == "STUDYID,USUBJID\nS,S-1\n"
    assert files["SUPPDM.csv"].splitlines()[1] == "S,DM,S-1,,,COHORT,Cohort Identifier,CRC"
    assert files["SUPPTU.csv"].splitlines() == [
        "STUDYID,RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QLABEL,QVAL",
        ",TU,S-1,TUSEQ,1,SLICEMM,Slice Thickness (mm),8",
    ]


@pytest.mark.parametrize("sequence", [["1", "1"], ["1", None]])
def test_a_qualifier_stays_inline_where_its_record_could_not_be_found(sequence):
    sdtm = _sdtm(
        TU={"USUBJID": ["S-1", "S-1"], "TUSEQ": sequence, "SLICEMM": ["8", "5"]},
    )
    assert list(sdtm_files(sdtm)) == ["TU.csv"]
    assert sdtm_files(sdtm)["TU.csv"].splitlines()[0] == "USUBJID,TUSEQ,SLICEMM"


def test_only_required_domains_are_written_without_records():
    empty = {"USUBJID": pl.Series([], dtype=pl.String)}
    files = sdtm_files(_sdtm(DM=empty, TU=empty, TR=empty, AE=empty))
    assert list(files) == ["DM.csv", "TU.csv", "TR.csv", "AE.csv"]


def test_adam_files_bring_the_reconciliation():
    frame = pl.DataFrame({"USUBJID": ["S-1"]})
    files = adam_files(Adam({"ADAE": frame, "ADSL": frame}, frame.clear(), frame))
    assert list(files) == ["ADSL.csv", "ADAE.csv", "UNUSED.csv", "QUERIES.csv"]
    assert files["UNUSED.csv"] == "USUBJID\n"
