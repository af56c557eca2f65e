"""The receipt of a delivery: every file with its hash, every row used or set aside."""

from __future__ import annotations

import zipfile
from hashlib import sha256

import pytest

import trialwright as tw
from support import four_hospitals
from support.registry_trial import registry_protocol

FILES = {
    "DM.csv": "USUBJID\nS-1\nS-2\n",
    "TU.csv": (
        "USUBJID,TUSEQ,TULNKID,TUTESTCD,TUORRES,VISITNUM,TUDTC,TULOC\n"
        "S-1,1,T01,TUMIDENT,TARGET,1,2024-01-02,LIVER\n"
    ),
    "TR.csv": (
        "USUBJID,TRSEQ,TRLNKID,TRTESTCD,TRORRES,TRORRESU,TRSTAT,VISITNUM,TRDTC\n"
        "S-1,1,T01,LDIAM,31,mm,,1,2024-01-02\n"
    ),
    "SUPPTU.csv": (
        "RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL\n"
        "TU,S-1,TUSEQ,1,SLICEMM,5\n"
        "TU,S-1,TUSEQ,9,SLICEMM,5\n"
        "TU,S-2,TULNKID,T01,PRIORLOC,Y\n"
    ),
    "RELREC.csv": "RDOMAIN,USUBJID,IDVAR,IDVARVAL,RELID\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("data")
    for name, text in FILES.items():
        (path / name).write_text(text)
    (path / "scans").mkdir()
    (path / "scans" / "AE.csv").write_text("USUBJID,AETERM\nS-1,Rash\n")
    (path / ".cache").mkdir()
    return path


@pytest.fixture(scope="module")
def receipt(folder):
    return tw.read_delivery(folder, registry_protocol(cohorts=None)).receipt


def test_the_files_are_those_that_were_delivered(folder, receipt):
    told = {one.name: (one.sha256, one.size) for one in receipt.files}
    assert told == {
        name: (sha256((folder / name).read_bytes()).hexdigest(), len(text))
        for name, text in FILES.items()
    }


def test_every_row_of_every_dataset_is_used_or_set_aside(receipt):
    counts = {one.name: (one.rows, one.used) for one in receipt.tables}
    assert counts == {
        "DM.csv": (2, 2), "TU.csv": (1, 1), "TR.csv": (1, 1), "SUPPTU.csv": (3, 1),
        "RELREC.csv": (0, 0),
    }  # fmt: skip
    (supp,) = (one for one in receipt.tables if one.name == "SUPPTU.csv")
    assert [one.where for one in supp.aside] == ["SUPPTU.csv, row 4", "SUPPTU.csv, row 3"]
    assert sum(one.count for one in supp.aside) == supp.rows - supp.used


def test_a_folder_in_the_folder_is_told(receipt):
    assert receipt.notes[-1] == "scans is a folder: the files in it are not read."
    assert sum("folder" in note for note in receipt.notes) == 1


def test_an_archive_with_the_mapping_beside_it(tmp_path):
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name, content in four_hospitals.german().items():
            if name == "intake.yaml":
                (tmp_path / name).write_bytes(content)
            else:
                archive.writestr(name, content)
    delivery = tw.read_delivery(tmp_path, registry_protocol(cohorts=None))
    assert delivery.sdtm.subjects == 8
    assert [one.name for one in delivery.receipt.files] == ["export.zip", "intake.yaml"]
