"""Reading a folder of SDTM CSV files: what is accepted, and each refusal of R-143."""

import polars as pl
import pytest

from trialwright.core.errors import DataError
from trialwright.intake.sdtm_delivery import read_sdtm
from trialwright.vocabulary.sdtm import SDTM

DM = "USUBJID,RFXSTDTC,AGE\nS-1,2024-01-10,61\nS-2,2024-02-01,55\n"
TU = "USUBJID,TUSEQ,TULNKID,TUTESTCD,TUORRES,VISITNUM,TUDTC\nS-1,1,T01,TUMIDENT,TARGET,1,2024-01-02\n"
TR = (
    "USUBJID,TRLNKID,TRTESTCD,TRORRES,TRORRESU,TRSTAT,VISITNUM,TRDTC\n"
    "S-1,T01,LDIAM,31.5,mm,,1,2024-01-02\n"
)


@pytest.fixture
def deliver(tmp_path):
    """Write files beside a sound delivery and read the folder."""

    def write(required=("DM", "TU", "TR"), **files):
        texts = {"DM": DM, "TU": TU, "TR": TR} | files
        for name, text in texts.items():
            if text is not None:
                content = text if isinstance(text, bytes) else text.encode()
                (tmp_path / (name if "." in name else f"{name}.csv")).write_bytes(content)
        return read_sdtm(tmp_path, required)

    return write


def _refusal(deliver, **files):
    with pytest.raises(DataError) as error:
        deliver(**files)
    return error.value


def test_text_is_not_typed_and_empty_is_null(deliver):
    sdtm = deliver()
    assert sdtm["TR"]["TRORRES"].to_list() == ["31.5"]
    assert sdtm["TR"]["TRSTAT"].to_list() == [None]
    assert sdtm["DM"]["_ROW"].to_list() == [2, 3]
    assert sdtm.files == {"DM": "DM.csv", "TU": "TU.csv", "TR": "TR.csv"}
    assert sdtm.notes == ()


def test_every_domain_is_there_with_every_column(deliver):
    sdtm = deliver()
    expected = [code for code in SDTM if not code.startswith("SUPP")]
    assert list(sdtm.domains) == expected
    for code in expected:
        assert sdtm[code].columns == [*SDTM[code].names, "_ROW"]
        assert set(sdtm[code].dtypes) == {pl.String(), pl.Int64()}
    assert len(sdtm) == 3


def test_names_of_files_and_columns_in_any_case_with_bom_and_crlf(deliver):
    tr = b"\xef\xbb\xbf" + TR.lower().replace("\n", "\r\n").encode()
    sdtm = deliver(TR=None, **{"tr.CSV": tr})
    assert sdtm["TR"].select("USUBJID", "TRLNKID", "TRORRES", "_ROW").rows() == [
        ("S-1", "T01", "31.5", 2)
    ]
    assert sdtm.files["TR"] == "tr.CSV"


def test_row_numbers_are_those_of_a_spreadsheet(deliver):
    dm = 'USUBJID,ARM\nS-1,"two\nlines"\n\nS-2,"a, ""b"""\n'
    frame = deliver(DM=dm)["DM"]
    assert frame.select("USUBJID", "ARM", "_ROW").rows() == [
        ("S-1", "two\nlines", 2),
        ("S-2", 'a, "b"', 4),
    ]


def test_further_columns_are_kept_by_name(deliver):
    frame = deliver(DM="COHORT,USUBJID,BIOM\nCRC,S-1,MSI-H\n")["DM"]
    assert frame.columns[-3:] == ["BIOM", "COHORT", "_ROW"]
    assert frame["COHORT"].to_list() == ["CRC"]


def test_a_column_without_name_and_values_is_left_out(deliver):
    assert deliver(DM="USUBJID,,\nS-1,, \n")["DM"]["USUBJID"].to_list() == ["S-1"]
    assert "no name" in _refusal(deliver, DM="USUBJID,,\nS-1,,x\n").what


def test_other_files_are_noted_not_read(deliver):
    sdtm = deliver(**{"QS.csv": "x", "readme.txt": "x", "manifest.json": "{}", ".hidden": "x"})
    assert [note.split()[0] for note in sdtm.notes] == ["QS.csv", "readme.txt"]


def test_subjects_are_spelt_as_in_dm_and_links_in_upper_case(deliver):
    dm = "USUBJID\nPat-1\n"
    tr = TR.replace("S-1,T01", " PAT-1 ,t01")
    sdtm = deliver(DM=dm, TU=TU.replace("S-1", "pat-1"), TR=tr)
    assert sdtm["TR"].select("USUBJID", "TRLNKID").row(0) == ("Pat-1", "T01")
    assert sdtm["TU"]["USUBJID"].to_list() == ["Pat-1"]
    assert list(sdtm.notes) == [
        "TR.csv: blanks around USUBJID left out in row 2.",
        "TU.csv, USUBJID: upper and lower case unified in 1 cell.",
        "TR.csv, USUBJID: upper and lower case unified in 1 cell.",
        "TR.csv, TRLNKID: upper and lower case unified in 1 cell.",
    ]


def test_a_subject_unknown_to_dm_is_kept(deliver):
    assert deliver(TR=TR.replace("S-1", "s-9"))["TR"]["USUBJID"].to_list() == ["s-9"]


def test_reported_responses_can_be_required(deliver):
    with pytest.raises(DataError, match=r"RS\."):
        deliver(required=("DM", "TU", "TR", "RS"))


@pytest.mark.parametrize("name", ["DM", "TU", "TR"])
def test_a_missing_required_file(deliver, name):
    error = _refusal(deliver, **{name: None})
    assert error.what == f"Required domains are missing: {name}."


def test_a_workbook_in_place_of_a_file_is_pointed_at(deliver):
    error = _refusal(deliver, DM=None, **{"DM.xlsx": "x"})
    assert "DM.xlsx" in error.where


def test_no_folder(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_sdtm(tmp_path / "absent")


def test_two_files_for_one_domain(deliver):
    error = _refusal(deliver, **{"dm.CSV": DM})
    assert error.where == "DM.csv and dm.CSV"


def test_a_missing_column_names_the_near_one(deliver):
    error = _refusal(deliver, TR=TR.replace("TRORRESU", "TRORESU"))
    assert error.what == "Required columns are missing: TRORRESU."
    assert error.where == 'TR.csv, row 1 (perhaps "TRORESU" for TRORRESU)'
    assert error.allowed.startswith(
        "USUBJID, TRLNKID, TRTESTCD, TRORRES, TRORRESU, TRSTAT, VISITNUM, TRDTC;"
    )


def test_semicolons_are_pointed_at(deliver):
    assert _refusal(deliver, DM="USUBJID;AGE\nS-1;61\n").do == "separate the columns by commas"


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("", "empty", "DM.csv"),
        ("\n\n", "empty", "DM.csv"),
        ("USUBJID,AGE,usubjid\nS,1,S\n", 'Columns stand twice: "USUBJID"', "DM.csv, row 1"),
        ("USUBJID,_ROW\nS,1\n", "reserved", "DM.csv, row 1"),
        ("USUBJID,AGE\nS-1\n", "another number of cells", "DM.csv, row 2: 1 cells"),
        ("USUBJID,AGE\nS-1,4,5\nS-2,4\n", "another number of cells", "DM.csv, row 2: 3 cells"),
        ('USUBJID,AGE\nS-1,"4', "cut", "DM.csv, line 2"),
        ('USUBJID,AGE\n"S"1,4\n', "cut", "DM.csv, line 2"),
        (b"USUBJID\nS\x00-1\n", "zero byte", "DM.csv, byte 10"),
        (b"USUBJID\nS-1\nM\xfcller\n", "not UTF-8", "DM.csv, line 3, byte 14: 0xFC"),
        ("USUBJID\nS-1\n".encode("utf-16"), "zero byte", "DM.csv, byte 4"),
        ("USUBJID,AGE\n,4\nS,4\n,5\n", "must be filled are empty: 2 cells",
         "DM.csv, row 2, USUBJID\n           DM.csv, row 4, USUBJID"),
        ("USUBJID,DOMAIN\nS-1,AE\n", "another domain", 'DM.csv, row 2, DOMAIN: "AE"'),
        ("USUBJID\nS-1\ns-1\n", "stands twice",
         'DM.csv, row 2, USUBJID: "S-1"\n           DM.csv, row 3, USUBJID: "s-1"'),
    ],
)  # fmt: skip
def test_structural_faults_are_refused_with_their_place(deliver, text, what, where):
    error = _refusal(deliver, DM=text)
    assert what in error.what
    assert error.where == where


@pytest.mark.parametrize(
    "value",
    [
        "2024-13-01", "2024-02-30", "2023-02-29", "03/04/2024", "04.03.2024", "2024/03/04",
        "20240304", "March 2024", "2024-3-4", "24-03-04", "UNK", "2024-00", "２０２４-03-04",
        "0202-01-01", "2024-01-01 10:00", "2024---04", "1899-12-31", "2100-01-01",
    ],
)  # fmt: skip
def test_dates_that_are_impossible_or_ambiguous(deliver, value):
    error = _refusal(deliver, DM=f"USUBJID,RFXSTDTC\nS-1,2024-01-10\nS-2,{value}\n")
    assert error.what == "Dates cannot be read: 1 cell."
    assert error.where == f'DM.csv, row 3, RFXSTDTC: "{value}"'
    assert "YYYY-MM-DD" in error.allowed


@pytest.mark.parametrize("value", ["2024-02-29", "2024-02", "2024", "2024-02-29T10:30", ""])
def test_dates_that_are_accepted(deliver, value):
    frame = deliver(DM=f"USUBJID,RFXSTDTC\nS-1,{value}\n")["DM"]
    assert frame["RFXSTDTC"].to_list() == [value or None]


@pytest.mark.parametrize(
    "value", ["1e3", "nan", "inf", "６１", "61 years", "+5", "5.", ".", "1_000", "0x10", "--1"]
)
def test_numbers_that_are_no_plain_decimals(deliver, value):
    error = _refusal(deliver, DM=f"USUBJID,AGE\nS-1,{value}\n")
    assert error.where == f'DM.csv, row 2, AGE: "{value}"'


def test_a_decimal_comma(deliver):
    error = _refusal(deliver, DM='USUBJID,AGE\nS-1,"61,5"\n')
    assert error.where == 'DM.csv, row 2, AGE: "61,5"'


@pytest.mark.parametrize("value", ["61", "61.5", "-1", ".5", "007", ""])
def test_numbers_that_are_accepted(deliver, value):
    assert deliver(DM=f"USUBJID,AGE\nS-1,{value}\n")["DM"]["AGE"].to_list() == [value or None]


def test_ten_problems_are_listed_and_the_rest_counted(deliver):
    rows = "".join(f"S-{n},2024-99-{n:02}\n" for n in range(1, 14))
    error = _refusal(deliver, DM=f"USUBJID,RFXSTDTC\n{rows}")
    lines = error.where.splitlines()
    assert len(lines) == 11
    assert lines[-1].strip() == "and 3 more"
    assert len(str(error).splitlines()) < 24


def test_long_values_and_control_characters_stay_on_one_line(deliver):
    error = _refusal(deliver, DM=f'USUBJID,AGE\nS-1,"{"9" * 200}\n\x1b[31mx"\n')
    assert len(error.where.splitlines()) == 1
    assert "\x1b" not in error.where


def test_a_file_that_is_too_large(deliver, monkeypatch):
    monkeypatch.setattr("trialwright.intake.files.MAX_BYTES", 20)
    assert "too large" in _refusal(deliver).what


def test_a_cell_that_is_too_large(deliver):
    assert "field" in _refusal(deliver, DM=f"USUBJID,ARM\nS-1,{'x' * 200_000}\n").what
