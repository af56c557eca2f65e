"""Own conformance checks: each finds its fault, says how many records it saw, and 0 is not valid."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from support import base_delivery as sound
from support.rules import protocol
from trialwright.adam.derive import derive
from trialwright.cli.app import app
from trialwright.conformance.delivery import read_datasets
from trialwright.conformance.run import check_conformance
from trialwright.conformance.table import CHECKS, table_markdown
from trialwright.exchange.csv_files import adam_files
from trialwright.exchange.dataset_files import export_datasets
from trialwright.intake.sdtm_delivery import read_sdtm

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """The base delivery, its ADaM datasets as CSV texts, and the folder of the SDTM files."""
    folder = sound.write(sound.files_of(sound.base()), tmp_path_factory.mktemp("sdtm"))
    return read_sdtm(folder), adam_files(derive(protocol(), read_sdtm(folder))), folder


def check_sdtm(folder, change=None):
    delivery = sound.base()
    if change is not None:
        change(delivery)
    return check_conformance(read_datasets(sound.write(sound.files_of(delivery), folder), "sdtm"))


def check_adam(trial, folder, name="", row=0, **values):
    """Our own ADaM with some values of one record changed."""
    files = dict(trial[1])
    if name:
        rows = list(csv.DictReader(io.StringIO(files[f"{name}.csv"])))
        rows[row].update(values)
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
        files[f"{name}.csv"] = out.getvalue()
    sound.write({key: text.encode() for key, text in files.items()}, folder)
    return check_conformance(read_datasets(folder, "adam", sources=trial[2]))


def found(result):
    return {(one.check, one.where) for one in result.findings}


def records(result):
    return {one.check.id: one.total for one in result.ran}


def test_the_sound_delivery_is_valid(tmp_path):
    result = check_sdtm(tmp_path)
    assert [one.message for one in result.findings] == []
    assert result.verdict == "valid"
    assert records(result)["S-12"] == len(sound.base()["TR"])
    assert records(result)["S-13"] == sum(len(v) for k, v in sound.base().items() if "SUPP" in k)
    assert all(checks > 0 for _, _, _, checks in result.datasets)


def _row(code, **values):
    return lambda trial: trial[code][0].update(values)


def _more(code, **values):
    return lambda trial: trial[code].append(trial[code][0] | values)


@pytest.mark.parametrize(
    ("change", "check", "where"),
    [
        (_row("DM", LONGNAME1="x"), "F-01", "dm.csv, LONGNAME1"),
        (_row("AE", AETERM="x" * 201), "F-03", "ae.csv, row 2, AETERM"),
        (_row("AE", AETERM=""), "F-05", "ae.csv, row 2, AETERM"),
        (_row("DM", AGE="61,5"), "F-06", "dm.csv, row 2, AGE"),
        (_row("TR", TRDTC="2024-02-30"), "F-07", "tr.csv, row 2, TRDTC"),
        (_row("TR", TRSEQ="2"), "F-08", "tr.csv, row 2, TRSEQ"),
        (_row("AE", STUDYID="OTHER"), "F-09", "ae.csv, row 2, STUDYID"),
        (_row("AE", USUBJID="BASE-P-9"), "F-10", "ae.csv, row 2, USUBJID"),
        (_row("LB", LBSEQ="0"), "S-01", "lb.csv, row 2, LBSEQ"),
        (_row("LB", LBSEQ="1.5"), "S-01", "lb.csv, row 2, LBSEQ"),
        (_row("TU", DOMAIN="TR"), "S-02", "tu.csv, row 2, DOMAIN"),
        (_row("DM", SEX="FEMALE"), "S-03", "dm.csv, row 2, SEX"),
        (_row("TR", TREVAL="SPONSOR"), "S-03", "tr.csv, row 2, TREVAL"),
        (_row("TR", TRORRESU="inch"), "S-03", "tr.csv, row 2, TRORRESU"),
        (_row("RS", RSSTRESC="PARTIAL"), "S-04", "rs.csv, row 2, RSSTRESC"),
        (_row("EX", EXENDTC="2023-12-31"), "S-05", "ex.csv, row 2, EXENDTC"),
        (_row("AE", AEENDTC="2023"), "S-05", "ae.csv, row 2, AEENDTC"),
        (_row("DM", DTHFL="Y"), "S-06", "dm.csv, row 2, DTHFL"),
        (lambda t: t["DM"][2].update(DTHFL="", DTHDTC=""), "S-07", "dm.csv, row 4, DTHDTC"),
        (_row("LB", VISIT="WEEK 99"), "S-08", "lb.csv, row 2, VISIT"),
        (_row("TR", TRSTAT="NOT DONE"), "S-09", "tr.csv, row 2, TRORRES"),
        (_row("TR", TRSTRESN="5"), "S-10", "tr.csv, row 2, TRSTRESN"),
        (_row("LB", LBTEST="Aspartate"), "S-11", "lb.csv, row 2, LBTEST"),
        (_row("TR", TRLNKID="T09"), "S-12", "tr.csv, row 2, TRLNKID"),
        (_row("SUPPTU", IDVARVAL="99"), "S-13", "supptu.csv, row 2, IDVARVAL"),
        (_row("SUPPTU", USUBJID="BASE-P-9"), "S-13", "supptu.csv, row 2, IDVARVAL"),
        (lambda t: t["RELREC"][1].update(IDVARVAL="T77"), "S-14", "relrec.csv, row 3, IDVARVAL"),
        (lambda t: t["RELREC"][1].update(RELID="RT2"), "S-15", "relrec.csv, row 2, RELID"),
        (lambda t: t.pop("DM"), "F-00", "the delivery"),
    ],
)  # fmt: skip
def test_each_fault_of_sdtm_is_found(change, check, where, tmp_path):
    assert (check, where) in found(check_sdtm(tmp_path, change))


def test_a_partial_end_that_may_be_later_is_no_fault(tmp_path):
    """2024-01 may end after 2024-01-21."""
    result = check_sdtm(tmp_path, _row("AE", AESTDTC="2024-01-21", AEENDTC="2024-01"))
    assert "S-05" not in {one.check for one in result.findings}


def test_required_columns_and_lost_sequence(tmp_path):
    sound.write(sound.files_of(sound.base()), tmp_path)
    for name, column in (("tr", "TRSTAT"), ("lb", "LBSEQ")):
        frame = pl.read_csv(tmp_path / f"{name}.csv", infer_schema=False).drop(column)
        frame.write_csv(tmp_path / f"{name}.csv")
    result = check_conformance(read_datasets(tmp_path, "sdtm"))
    assert found(result) == {("F-04", "tr.csv, TRSTAT"), ("S-01", "lb.csv, LBSEQ")}
    assert result.verdict == "not valid"


def test_our_own_adam_is_valid(trial, tmp_path):
    result = check_adam(trial, tmp_path)
    assert {one.check for one in result.findings} <= {
        "F-03"
    }  # reasons over 200 bytes: CSV holds them
    # DRUG is no component of the protocol: no exposure, so nothing of ADEX was looked at.
    assert (result.verdict, result.unchecked) == ("not checked", ("ADEX",))
    assert records(result)["A-14"] == trial[1]["ADTTE.csv"].count("\n") - 1
    assert records(result)["A-18"] > 0


@pytest.mark.parametrize(
    ("name", "values", "check", "column"),
    [
        ("ADSL", {"FASFL": "X"}, "A-01", "FASFL"),
        ("ADSL", {"NACTDTF": "D"}, "A-02", "NACTDTF"),
        ("ADTR", {"PARAM": "Other"}, "A-03", "PARAM"),
        ("ADTR", {"PARAMCD": "LONGDIAM9"}, "A-04", "PARAMCD"),
        ("ADLB", {"AVALC": "99"}, "A-06", "AVALC"),
        ("ADRS", {"AVALC": "PARTIAL"}, "A-07", "AVALC"),
        ("ADAE", {"ATOXGRN": "6"}, "A-08", "ATOXGRN"),
        ("ADTR", {"CHG": "3"}, "A-09", "CHG"),
        ("ADTR", {"PCHG": "3"}, "A-10", "PCHG"),
        ("ADTR", {"BASE": "3", "CHG": "47", "PCHG": ""}, "A-11", "BASE"),
        ("ADTTE", {"CNSR": "2"}, "A-12", "CNSR"),
        ("ADTTE", {"EVNTDESC": ""}, "A-13", "EVNTDESC"),
        ("ADTTE", {"AVAL": "9999"}, "A-14", "AVAL"),
        ("ADTTE", {"ADT": "2020-01-01"}, "A-15", "ADT"),
        ("ADTR", {"ADY": "0"}, "A-16", "ADY"),
        ("ADSL", {"LSTALVDT": "2030-01-01", "DTHDT": "2029-01-01"}, "A-17", "LSTALVDT"),
        ("ADTR", {"SRCSEQ": "999"}, "A-18", "SRCSEQ"),
        ("ADTR", {"SRCDOM": "QS"}, "A-18", "SRCDOM"),
        ("ADTTE", {"USUBJID": "BASE-P-9"}, "F-10", "USUBJID"),
        ("ADTTE", {"ADT": "2024-02"}, "F-07", "ADT"),
        ("ADTTE", {"AVAL": "1.5"}, "F-06", "AVAL"),
    ],
)
def test_each_fault_of_adam_is_found(name, values, check, column, trial, tmp_path):
    result = check_adam(trial, tmp_path, name, **values)
    assert (check, f"{name}.csv, row 2, {column}") in found(result), found(result)


def test_two_rows_of_a_subject_in_adsl(trial, tmp_path):
    first = trial[1]["ADSL.csv"].splitlines()
    sound.write({"ADSL.csv": "\n".join([*first, first[1]]).encode()}, tmp_path)
    result = check_conformance(read_datasets(tmp_path, "adam"))
    assert [one.where for one in result.findings] == ["ADSL.csv, row 2, USUBJID", "ADSL.csv, row 5, USUBJID"]  # fmt: skip


@pytest.mark.parametrize("form", ["xpt", "json", "parquet"])
def test_what_we_export_is_valid_in_every_format(form, trial, tmp_path):
    made = export_datasets(protocol(), trial[0], [form], "both")
    for name, content in made.files.items():
        raw = content if isinstance(content, bytes) else content.encode()
        sound.write({name: raw}, tmp_path)
    for standard in ("adam", "sdtm"):
        result = check_conformance(
            read_datasets(tmp_path / standard / form, standard, sources=tmp_path / "sdtm" / form)
        )
        assert [f.message for f in result.findings if f.severity == "error"] == []
        assert result.verdict in {"valid", "not checked"}
        empty = {name for name, _, count, _ in result.datasets if not count}
        assert set(result.unchecked) == empty


def test_somebody_elses_dataset_and_labels(trial, tmp_path):
    """A dataset that the vocabulary does not have is checked for its form; labels have 40 bytes."""
    adsl = trial[1]["ADSL.csv"].encode()
    text = {
        "datasetJSONVersion": "1.1.0", "name": "ADQS", "records": 1, "rows": [["BASE-P-01", "QSTOT", 5]],
        "columns": [{"name": n, "label": n * 12} for n in ("USUBJID", "PARAMCD", "AVAL")],
    }  # fmt: skip
    sound.write({"ADSL.csv": adsl, "adqs.json": json.dumps(text).encode()}, tmp_path)
    result = check_conformance(read_datasets(tmp_path, "adam"))
    assert found(result) == {("F-02", f"adqs.json, {n}") for n in ("USUBJID", "PARAMCD", "AVAL")}


def test_nothing_that_ran_is_never_valid(tmp_path):
    """No dataset, or one without records: not checked, and the reason is told."""
    sound.write({"readme.txt": b"x"}, tmp_path)
    empty = check_conformance(read_datasets(tmp_path, "sdtm"))
    assert (empty.verdict, empty.checks_run) == ("not valid", 0)  # DM is missing, an error
    sound.write(
        {"dm.csv": b"USUBJID\nP-1\n", "lb.csv": b"USUBJID,LBSEQ,LBTESTCD,LBDTC\n"}, tmp_path
    )
    result = check_conformance(read_datasets(tmp_path, "sdtm"))
    assert result.count("error") == 0
    assert (result.verdict, result.unchecked) == ("not checked", ("LB",))


def test_every_check_ran_on_the_two_trials(trial, tmp_path):
    ran = {i for i, count in records(check_sdtm(tmp_path / "s")).items() if count}
    ran |= {i for i, count in records(check_adam(trial, tmp_path / "a")).items() if count}
    assert {one.id for one in CHECKS} - ran == {"F-02"}  # labels: Dataset-JSON only


def test_the_command(trial, tmp_path):
    run = CliRunner().invoke
    words = ["conformance", str(trial[2]), "--out", str(tmp_path / "out")]
    result = run(app, words)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1].startswith(
        "valid: 24 of 25 checks ran on 19 datasets with 188 records; 0 errors"
    )
    assert json.loads((tmp_path / "out/conformance.json").read_text())["verdict"] == "valid"
    sound.write({"dm.csv": b"USUBJID,SEX\nP-1,X\n"}, tmp_path / "bad")
    result = run(app, ["conformance", str(tmp_path / "bad"), "--json"])
    assert result.exit_code == 1
    assert '"where": "dm.csv, row 2, SEX"' in result.output
    text = (tmp_path / "out/findings.csv").read_text()
    assert text == "check,severity,dataset,where,column,value,message,source\n"


def test_the_documented_table_is_the_table():
    text = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    assert table_markdown() in text
