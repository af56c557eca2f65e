"""SUPPxx: a qualifier and a column of the parent with the same name are the same thing."""

import pytest

from trialwright.core.errors import DataError
from trialwright.intake.sdtm_delivery import read_sdtm

HEAD = "RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL\n"
DM = "USUBJID\nS-1\nS-2\n"
TU = (
    "USUBJID,TUSEQ,TULNKID,TUTESTCD,TUORRES,VISITNUM,TUDTC,TULOC\n"
    "S-1,1,T01,TUMIDENT,TARGET,1,2024-01-02,LIVER\n"
    "S-1,2,T02,TUMIDENT,TARGET,1,2024-01-02,\n"
    "S-2,1,T01,TUMIDENT,TARGET,1,2024-01-05,LUNG\n"
)
TR = (
    "USUBJID,TRSEQ,TRLNKID,TRTESTCD,TRORRES,TRORRESU,TRSTAT,VISITNUM,TRDTC\n"
    "S-1,1,T01,LDIAM,31,mm,,1,2024-01-02\n"
    "S-1,2,T01,LDIAM,5,mm,,2,2024-03-02\n"
)


def _read(folder, **files):
    for name, text in ({"DM": DM, "TU": TU, "TR": TR} | files).items():
        (folder / f"{name}.csv").write_text(text)
    return read_sdtm(folder)


def _refused(folder, **files):
    with pytest.raises(DataError) as error:
        _read(folder, **files)
    return error.value


def test_by_sequence_number(tmp_path):
    sdtm = _read(tmp_path, SUPPTU=HEAD + "TU,S-1,TUSEQ,2.0,SLICEMM,8\nTU,s-2,tuseq,1,slicemm,10\n")
    assert sdtm["TU"]["SLICEMM"].to_list() == [None, "8", "10"]
    assert sdtm["TU"]["_ROW"].to_list() == [2, 3, 4]
    assert "SUPPTU" not in sdtm.domains


def test_by_link_id_all_records_of_the_lesion(tmp_path):
    sdtm = _read(tmp_path, SUPPTR=HEAD + "TR,S-1,TRLNKID,t01,PDREAS,x\n")
    assert sdtm["TR"]["PDREAS"].to_list() == ["x", "x"]


def test_of_a_subject(tmp_path):
    sdtm = _read(tmp_path, SUPPDM=HEAD + "DM,S-2,,,COHORT,CRC\nDM,S-1,USUBJID,S-1,COHORT,LUNG\n")
    assert sdtm["DM"]["COHORT"].to_list() == ["LUNG", "CRC"]


def test_completes_a_column_of_the_parent(tmp_path):
    sdtm = _read(tmp_path, SUPPTU=HEAD + "TU,S-1,TUSEQ,2,TULOC,BONE\nTU,S-1,TUSEQ,1,TULOC,liver\n")
    assert sdtm["TU"]["TULOC"].to_list() == ["LIVER", "BONE", "LUNG"]


def test_contradicts_a_column_of_the_parent(tmp_path):
    error = _refused(tmp_path, SUPPTU=HEAD + "TU,S-1,TUSEQ,1,TULOC,BONE\n")
    assert error.where == 'SUPPTU.csv, row 2, QVAL: "BONE"; TU.csv, row 2, TULOC: "LIVER"'


def test_repeated_once_and_contradicting_itself(tmp_path):
    line = "TU,S-1,TUSEQ,1,SLICEMM,8\n"
    assert _read(tmp_path, SUPPTU=HEAD + 2 * line)["TU"]["SLICEMM"].to_list() == ["8", None, None]
    error = _refused(tmp_path, SUPPTU=HEAD + line + line.replace("8", "9"))
    assert "two values" in error.what
    assert 'row 3, SLICEMM: "9"' in error.where


def test_without_parent_is_noted(tmp_path):
    sdtm = _read(tmp_path, SUPPTU=HEAD + "TU,S-1,TUSEQ,7,SLICEMM,8\nTU,S-9,TUSEQ,1,SLICEMM,8\n")
    assert sdtm.notes == (
        'SUPPTU.csv, row 2: SLICEMM "8" of S-1 belongs to no record of TU.csv and was not used.',
        'SUPPTU.csv, row 3: SLICEMM "8" of S-9 belongs to no record of TU.csv and was not used.',
    )
    assert sdtm["TU"]["SLICEMM"].to_list() == [None, None, None]


def test_of_a_domain_that_was_not_delivered(tmp_path):
    sdtm = _read(tmp_path, SUPPAE=HEAD + "AE,S-1,AESEQ,1,AEREL1,Y\n")
    assert sdtm["AE"].height == 0
    assert len(sdtm.notes) == 1


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("TU,S-1,,,SLICEMM,8", "does not say which record"),
        ("TU,S-1,TUSEQ,,SLICEMM,8", "does not say which record"),
        ("TU,S-1,TUSEKW,1,SLICEMM,8", "tied by a column that its parent does not have"),
        ("TR,S-1,TUSEQ,1,SLICEMM,8", "another domain"),
        ("TU,S-1,TUSEQ,1,_ROW,8", "no column can have"),
        ("TU,S-1,TUSEQ,1,USUBJID,8", "no column can have"),
        ("TU,S-1,TUSEQ,1,TUDTC,2024-13-01", "Dates cannot be read|contradicts"),
        ("TU,S-1,TUSEQ,1,,8", "must be filled"),
    ],
)
def test_what_cannot_be_tied_is_refused(tmp_path, line, what):
    with pytest.raises(DataError, match=what) as error:
        _read(tmp_path, SUPPTU=HEAD + line + "\n")
    assert "SUPPTU.csv, row 2" in error.value.where


def test_a_typed_column_keeps_its_form(tmp_path):
    tu = TU.replace("S-1,2,T02,TUMIDENT,TARGET,1,2024-01-02", "S-1,2,T02,TUMIDENT,TARGET,1,")
    error = _refused(tmp_path, TU=tu, SUPPTU=HEAD + "TU,S-1,TUSEQ,2,TUDTC,02/01/2024\n")
    assert error.where == 'SUPPTU.csv, row 2, TUDTC: "02/01/2024"'


def test_a_doubled_sequence_number(tmp_path):
    error = _refused(
        tmp_path,
        TU=TU.replace("S-1,2,T02", "S-1,1,T02"),
        SUPPTU=HEAD + "TU,S-1,TUSEQ,1,SLICEMM,8\n",
    )
    assert "stands twice" in error.what
    assert error.where.count("TU.csv, row") == 2


TWO = (
    "USUBJID,TUSEQ,TULNKID,TUTESTCD,TUORRES,VISITNUM,TUDTC,TULOC,TUEVAL,TUEVALID\n"
    "S-1,1,T01,TUMIDENT,TARGET,1,2024-01-02,LIVER,INVESTIGATOR,\n"
    "S-1,2,T01,TUMIDENT,TARGET,1,2024-01-02,LUNG,INDEPENDENT ASSESSOR,RADIOLOGIST 1\n"
    "S-1,3,T01,TUMIDENT,TARGET,1,2024-01-02,BONE,INDEPENDENT ASSESSOR,RADIOLOGIST 2\n"
)


def test_a_link_id_of_two_evaluators_is_that_of_the_one_who_says_so(tmp_path):
    said = HEAD.replace("QVAL", "QVAL,QEVAL") + (
        "TU,S-1,TULNKID,T01,PRIORLOC,N,Investigator\n"
        "TU,S-1,TULNKID,T01,PRIORLOC,Y,INDEPENDENT ASSESSOR\n"
        "TU,S-1,TULNKID,T01,PROGLOC,Y,RADIOLOGIST 2\n"
        "TU,S-1,TULNKID,T01,SLICEMM,5,SPONSOR\n"
    )
    sdtm = _read(tmp_path, TU=TWO, SUPPTU=said)
    assert sdtm["TU"]["PRIORLOC"].to_list() == ["N", "Y", "Y"]
    assert sdtm["TU"]["PROGLOC"].to_list() == [None, None, "Y"]
    assert sdtm["TU"]["SLICEMM"].to_list() == ["5", "5", "5"]
    assert [note for note in sdtm.notes if "SUPPTU" in note] == [
        "SUPPTU.csv, row 5, QEVAL: SLICEMM by TULNKID taken for the records of every evaluator."
    ]
