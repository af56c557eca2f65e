"""The empty workbook: the same bytes each time, no formulas, every offered term is accepted."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import pytest
from typer.testing import CliRunner

from support.virtual_trials import TRIALS, protocol_of
from trialwright.cli.app import app
from trialwright.cli.template import write_workbook
from trialwright.core.errors import DataError, OutputError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook.content import Content
from trialwright.intake.workbook.grid import read_sheets, sheet_names
from trialwright.intake.workbook.layout import PATIENTS, RESPONSES
from trialwright.intake.workbook.lesion_sheets import VISIT_NOTE
from trialwright.intake.workbook.reading import is_workbook_of_ours, read_workbook
from trialwright.intake.workbook.record_sheets import layouts_of
from trialwright.intake.workbook.template import workbook_bytes
from trialwright.protocol.document import protocol_text
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointDefinition
from trialwright.vocabulary.sdtm import QUALIFIER_LABELS, SDTM

OWN_NAMES = {"reader", "scan_date", "lesions", "method", "change", "date", "what", "enrolled"}


@pytest.fixture(scope="module", params=TRIALS)
def protocol(request):
    scanned = EndpointDefinition(id="ORR", kind="ORR", role="primary", measure="response rate")
    return protocol_of(request.param, {"endpoints": (scanned,)})


@pytest.fixture(scope="module")
def content(protocol):
    return workbook_bytes(protocol)


def xml(content, part):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(part).decode()


def names(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.namelist()


def test_the_same_protocol_gives_the_same_bytes(protocol, content):
    assert workbook_bytes(protocol) == content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_sheets_are_those_of_the_form(protocol, content):
    file = DeliveredFile("t.xlsx", content)
    assert sheet_names(file) == (
        "About", "Calendar", "Patients", "Scans", "Lesions", "Measurements", "Procedures", "Doses",
        "Adverse events", "Labs", "Visits", "Follow-up", "New therapy", "Lists",
    )  # fmt: skip
    assert is_workbook_of_ours(read_sheets(file))


def test_nothing_is_protected_and_no_cell_is_a_formula_or_macro(content):
    assert not [name for name in names(content) if "vba" in name or "macro" in name.lower()]
    for name in names(content):
        if name.startswith("xl/worksheets/sheet"):
            text = xml(content, name)
            assert "<f>" not in text
            assert "sheetProtection" not in text


def test_an_empty_workbook_is_refused(protocol, content):
    with pytest.raises(DataError, match="The sheet Patients has no rows"):
        read_workbook(DeliveredFile("t.xlsx", content), protocol)


def test_every_column_fills_a_column_of_sdtm(protocol):
    for layout in layouts_of(protocol):
        if layout.domain:
            known = {*SDTM[layout.domain].names, *QUALIFIER_LABELS, *OWN_NAMES}
            for one in layout.fields:
                assert (
                    one.name in known
                    or layout.name == PATIENTS
                    or re.match("AE(REL|ACN)", one.name)
                )
        assert len(layout.names) == len(set(layout.names))
        headings = [one.heading.casefold() for one in layout.fields]
        assert len(headings) == len(set(headings))


def test_components_and_cohorts_of_the_protocol_are_offered(protocol):
    by_name = {one.name: one for one in layouts_of(protocol)}
    offered = by_name["Doses"].field("EXTRT").terms
    assert set(offered) == {one.name for one in protocol.regimen}
    cohorts = tuple(one.id for one in protocol.cohorts or ())
    assert by_name["Patients"].field("ARMCD").terms == cohorts


def test_drop_downs_offer_what_the_lists_hold(protocol, content):
    """Each list validation points at a column of Lists whose cells are the terms of its field."""
    file = DeliveredFile("t.xlsx", content)
    lists = next(one for one in read_sheets(file) if one.name == "Lists")
    shown = {}
    for (row, column), text in lists.cells.items():
        shown.setdefault(column, {})[row] = text
    by_heading = {
        column[1]: [column[at] for at in sorted(column) if at > 1] for column in shown.values()
    }
    for layout in layouts_of(protocol):
        for one in layout.fields if layout.name != RESPONSES else ():
            if one.terms:
                assert by_heading[f"{layout.name}: {one.heading}"] == list(one.terms)
    for number, name in enumerate(sheet_names(file), start=1):
        for column, last in re.findall(
            r"Lists!\$([A-Z]+)\$2:\$[A-Z]+\$(\d+)", xml(content, f"xl/worksheets/sheet{number}.xml")
        ):
            at = sum(26**power * (ord(letter) - 64) for power, letter in enumerate(column[::-1]))
            heading = shown[at][1]
            assert heading.startswith(name)
            assert len(shown[at]) == int(last)


def test_closed_lists_refuse_other_terms_and_measurements_refuse_nothing(content):
    names = dict(enumerate(sheet_names(DeliveredFile("t.xlsx", content)), start=1))
    strict = {
        name: len(re.findall('showErrorMessage="1"', xml(content, f"xl/worksheets/sheet{at}.xml")))
        for at, name in names.items()
    }
    assert strict["Patients"] == 1  # sex
    assert strict["Lesions"] == 4  # what happened, grown since, region not scanned, known on CT
    assert strict["Measurements"] == 1  # the unit; a number in a cell is no term of a list
    assert strict["Doses"] == 0


def test_the_scans_of_the_calendar_have_columns_with_their_windows(content):
    (sheet,) = read_sheets(DeliveredFile("t.xlsx", content), ["Measurements"])
    headings = [text for (row, _), text in sheet.cells.items() if row == 2]
    assert headings[5] == "1 SCREENING\nday -28 to -1"
    assert headings[6:8] == ["2 WEEK 8\nday 57 ±7", "3 WEEK 16\nday 113 ±7"]


def test_notes_name_rules_that_exist(protocol):
    known = re.compile(r"[RCDAS]-\d{2,3}")
    notes = [one.note for layout in layouts_of(protocol) for one in layout.fields] + [VISIT_NOTE]
    named = {rule for note in notes for rule in known.findall(note)}
    assert {
        "R-022",
        "R-028",
        "R-136",
        "R-137",
        "R-138",
        "R-140",
        "R-103",
        "R-104",
        "R-133",
    } <= named
    assert all(len(note) < 700 for note in notes)


def test_a_protocol_that_is_not_settled_has_a_workbook():
    bare = Protocol(id="X", title="A trial")
    found = workbook_bytes(bare)
    assert is_workbook_of_ours(read_sheets(DeliveredFile("t.xlsx", found), ["About"]))


def test_text_that_looks_like_a_formula_stays_text():
    protocol = protocol_of("000")
    rows = ({"USUBJID": "=1+1", "SUBJID": "007", "AGE": "60.50"},)
    found = workbook_bytes(protocol, Content({"Patients": rows}))
    (sheet,) = read_sheets(DeliveredFile("t.xlsx", found), ["Patients"])
    assert {"=1+1", "007", "60.50"} <= set(sheet.cells.values())
    assert not sheet.formulas


def test_a_text_that_no_cell_can_hold_is_refused():
    rows = ({"USUBJID": "x" * 40_000},)
    with pytest.raises(DataError, match="40000 characters"):
        workbook_bytes(protocol_of("000"), Content({"Patients": rows}))


def test_the_command_writes_and_never_replaces_a_workbook(tmp_path):
    protocol = protocol_of("000")
    (tmp_path / "p.yaml").write_text(protocol_text(protocol), "utf-8")
    out = tmp_path / "new/trial.xlsx"
    told = CliRunner().invoke(app, ["template", str(tmp_path / "p.yaml"), "--out", str(out)])
    assert (told.exit_code, told.stdout) == (0, f"workbook for {protocol.id} in {out}\n")
    before = out.read_bytes()
    write_workbook(before, out)  # the same again is no harm
    with pytest.raises(OutputError, match="somebody may have changed it"):
        write_workbook(b"other", out)
    with pytest.raises(OutputError, match="needs its ending"):
        write_workbook(b"other", tmp_path / "trial.csv")
    assert out.read_bytes() == before
    assert [one.name for one in out.parent.iterdir()] == ["trial.xlsx"]
