"""The preview shows what a mapping does and lists what is refused; it never ends at it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import trialwright as tw
from support.lesion_sheets import BY_VISIT, PATIENTS
from support.registry_trial import registry_protocol
from trialwright.cli.app import app
from trialwright.core.errors import DataError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.mapping.delivery import mapped_delivery
from trialwright.intake.mapping.file import mapping_from_yaml

RUN = CliRunner()


@pytest.fixture(scope="module")
def text():
    return tw.ready_mapping(("lesions-by-visit",), registry_protocol(cohorts=None))


def files(**contents):
    return [DeliveredFile(f"{name}.csv", body.encode()) for name, body in contents.items()]


@pytest.fixture(scope="module")
def preview(text):
    sheets = files(lesions=BY_VISIT, patients=PATIENTS)
    return tw.preview_mapping(mapping_from_yaml(text), sheets, 3)


def test_it_shows_headings_rows_and_what_is_made_of_all(preview):
    lesions, patients = preview.tables
    assert (lesions.name, lesions.rows, lesions.made) == ("lesions.csv", 7, (("TR", 18), ("TU", 7)))
    assert [row for row, _ in lesions.first] == [2, 3, 4]
    assert lesions.first[1][1][0] == "P-01"  # filled from above
    assert patients.headings[0] == ("PATIENT", "PATIENT", True)
    assert {one.row for one in lesions.records} == {2, 3, 4}


def test_every_value_has_its_cell(preview):
    record = next(one for one in preview.tables[0].records if one.rule == 3 and one.row == 2)
    values = {one.variable: (one.value, one.where, one.given) for one in record.values}
    assert values["TRORRES"] == ("40", "lesions.csv, row 2, column SCREENING", "40")
    assert values["TRTESTCD"] == ("LDIAM", "lesions.csv, row 2, column ORGAN", "LIVER")
    assert values["TRORRESU"] == ("mm", "", None)


def test_what_is_refused_is_a_list_and_marked_at_the_value(preview):
    assert len(preview.refused) == 4
    assert preview.refused[0].startswith('lesions.csv, row 2, column WEEK 8 DATE: "4.3.2024": day')
    said = preview.text()
    assert 'TRDTC (refused)  <- column WEEK 8 DATE: "4.3.2024"' in " ".join(said.split()).replace(
        "(refused) <-", "(refused)  <-"
    )
    assert said.endswith("4 refused, 2 notes\n")


def test_headings_that_are_not_there_are_listed_with_all_else(text):
    mapping = mapping_from_yaml(f"{text}  - file: x.xlsx\n")
    sheets = files(patients=PATIENTS.replace("Sex", "Gender"))
    found = tw.preview_mapping(mapping, [*sheets, DeliveredFile("x.xlsx", b"no zip")])
    assert any("x.xlsx" in one for one in found.refused)
    assert any("no tables that the mapping could mean" in one for one in found.refused)
    assert 'patients.csv, rule 1 (DM): "SEX" is no heading of patients.csv' in found.refused
    assert found.tables[0].records == ()


def test_what_the_records_lack_is_refused_too(text):
    mapping = mapping_from_yaml(text.replace("# dates: DMY", "dates: DMY"))
    lesions = BY_VISIT.replace("２5,5", "25.5").replace("P-03;T1;T;LIVER", "P-03;T1;T;")
    found = tw.preview_mapping(mapping, files(lesions=lesions, patients=PATIENTS))
    assert len(found.refused) == 1
    assert "Cells that must be filled are empty" in found.refused[0]
    assert "lesions.csv, row 8, column ORGAN" in found.refused[0]


TINY = mapping_from_yaml("""\
intake: 1
tables:
  - file: a.csv
    fill_down: [P]
    skip: [{column: P, is: ["x*"], why: other}]
    make:
      - domain: DM
        once: [USUBJID]
        set: {USUBJID: {column: P}, RFSTDTC: {column: D, as: date}, AGE: {column: N, as: number}}
""")


@settings(max_examples=30, deadline=None)
@given(
    st.text("PDN,;\t\n\"'x12０.５-/年月\u3000 ", max_size=60).map(
        lambda body: f"P,D,N\n{body}".encode()
    )
    | st.binary(max_size=60)
)
def test_whatever_the_file_is_the_preview_lists_what_the_reader_refuses(content):
    delivered = [DeliveredFile("a.csv", content)]
    found = tw.preview_mapping(TINY, delivered)
    try:
        mapped_delivery(TINY, delivered, delivered, ("S", ()))
    except DataError:
        assert found.refused
    else:
        assert found.refused == ()


@pytest.fixture
def folder(tmp_path, text):
    protocol = tmp_path / "p.yaml"
    protocol.write_text(tw.protocol_text(registry_protocol(cohorts=None)), "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/lesions.csv").write_text(BY_VISIT, "utf-8")
    (tmp_path / "data/patients.csv").write_text(PATIENTS, "utf-8")
    return tmp_path


def test_the_commands_write_a_mapping_preview_it_and_read_by_it(folder):
    mapping = folder / "data/intake.yaml"
    said = RUN.invoke(app, ["intake", "mapping", "lesions-by-visit", "--protocol",
                            str(folder / "p.yaml"), "--out", str(mapping)])  # fmt: skip
    assert said.output == f"mapping lesions-by-visit for test in {mapping}\n"
    text = mapping.read_text("utf-8").replace("# dates: DMY", "dates: DMY")
    mapping.write_text(text.replace("# decimal_comma", "decimal_comma"), "utf-8")
    shown = RUN.invoke(app, ["intake", "preview", str(mapping), str(folder / "data"), "--json"])
    assert json.loads(shown.output)["refused"] == []
    out = folder / "out"
    done = RUN.invoke(app, ["intake", "read", str(folder / "p.yaml"), str(folder / "data"),
                            "--out", str(out)])  # fmt: skip
    assert done.output.startswith(f"3 subjects, 5 datasets in {out}; 10 of 10 rows used, 21 cells")
    receipt = json.loads((out / "receipt.json").read_text("utf-8"))
    assert [one["name"] for one in receipt["files"]] == [
        "intake.yaml",
        "lesions.csv",
        "patients.csv",
    ]
    again = tw.read_trial_data(out, registry_protocol(cohorts=None))
    assert again["TR"].height == 18


def test_an_edited_mapping_is_never_replaced(folder):
    mapping = folder / "intake.yaml"
    mapping.write_text("mine", "utf-8")
    said = RUN.invoke(app, ["intake", "mapping", "long-list", "--protocol",
                            str(folder / "p.yaml"), "--out", str(mapping)])  # fmt: skip
    assert isinstance(said.exception, tw.OutputError)
    assert mapping.read_text("utf-8") == "mine"


def test_a_named_mapping_is_a_file_of_the_receipt_and_an_encoding_can_be_said(folder, text):
    mapping = folder / "m.yaml"
    mapping.write_text(
        text.replace("# dates", "dates").replace("# decimal_comma", "decimal_comma"), "utf-8"
    )
    for name, body in (("lesions", BY_VISIT), ("patients", PATIENTS)):
        (folder / f"data/{name}.csv").write_text(body, "gb18030")
    protocol = registry_protocol(cohorts=None)
    with pytest.raises(DataError, match="UTF-8"):
        tw.read_delivery(folder / "data", protocol, tw.HowToRead(mapping=mapping))
    how = tw.HowToRead(mapping=mapping, encoding="gb18030")
    found = tw.read_delivery(folder / "data", protocol, how)
    assert [one.name for one in found.receipt.files] == ["lesions.csv", "patients.csv", "m.yaml"]
    assert found.sdtm["DM"]["SEX"].to_list() == ["F", "M", "M"]
