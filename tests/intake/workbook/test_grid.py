"""Cells of workbooks as text: what is read, what is refused, and with which address."""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from support.workbook_bombs import (
    HEAD,
    MAIN,
    STYLES,
    deep,
    laughs,
    many_parts,
    outside,
    parts,
    workbook,
    zipped,
)
from trialwright.core.errors import DataError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook import limits, package, xml_stream
from trialwright.intake.workbook import parts as part_reader
from trialwright.intake.workbook.grid import read_sheets, sheet_names
from trialwright.intake.workbook.sheet import letters


def delivered(content, name="trial.xlsx"):
    return DeliveredFile(name, content)


def only(content):
    (sheet,) = read_sheets(delivered(content))
    return sheet


def cells(rows, **further):
    return dict(only(workbook(rows, **further)).cells)


def refusal(content):
    with pytest.raises(DataError) as caught:
        read_sheets(delivered(content))
    return caught.value


def one_cell(inside, attributes=""):
    return f'<row r="7"><c r="F7" {attributes}>{inside}</c></row>'


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("12.5", "12.5"),
        ("12.499999999999998", "12.5"),  # what arithmetic leaves of 12.5
        ("0.1", "0.1"),
        ("30", "30"),
        ("3.0E1", "30"),
        ("1.2345E-5", "0.000012345"),
        ("-0", "0"),
        ("123456789012345", "123456789012345"),
    ],
)
def test_numbers_are_the_shortest_decimals_that_a_screen_shows(stored, text):
    assert cells(one_cell(f"<v>{stored}</v>")) == {(7, 6): text}


@pytest.mark.parametrize(
    ("serial", "text"),
    [
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("61", "1900-03-01"),  # 60 is 29 February 1900, which never was
        ("45657", "2024-12-31"),
        ("45657.5", "2024-12-31T12:00:00"),
        ("45657.999999", "2025-01-01"),  # to the second
        ("0.25", "06:00:00"),
    ],
)
def test_dates_of_the_system_of_1900(serial, text):
    sheet = only(workbook(one_cell(f"<v>{serial}</v>", 's="1"')))
    assert dict(sheet.cells) == {(7, 6): text}
    assert (7, 6) in sheet.dates


def test_dates_of_the_system_of_1904_are_four_years_and_a_day_later():
    rows = one_cell("<v>44195</v>", 's="1"')  # 45657 - 1462
    assert cells(rows, book_attributes='date1904="1"') == {(7, 6): "2024-12-31"}
    assert cells(one_cell("<v>0</v>", 's="1"'), book_attributes='date1904="1"') == {
        (7, 6): "1904-01-01"
    }


@pytest.mark.parametrize("serial", ["60", "-1", "2958466", "1e300"])
def test_a_date_that_never_was_is_refused_with_its_cell(serial):
    error = refusal(workbook(one_cell(f"<v>{serial}</v>", 's="1"')))
    assert error.where == f'trial.xlsx, sheet Data, cell F7: "{serial}"'


@settings(max_examples=25)
@given(st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)), st.booleans())
def test_dates_come_back_as_another_program_wrote_them(when, from_1904):
    when = when.replace(microsecond=0)
    if from_1904 and when < datetime(1904, 1, 2):
        when += timedelta(days=2000)
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "date_1904": from_1904})
    sheet = book.add_worksheet("Data")
    sheet.write_datetime(0, 0, when, book.add_format({"num_format": "d mmm yyyy hh:mm"}))
    book.close()
    text = only(buffer.getvalue()).cells[1, 1]
    assert text == (f"{when:%Y-%m-%d}" if f"{when:%H%M%S}" == "000000" else when.isoformat())


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", "2024-12-31"),
        ("[$-409]d\\-mmm\\-yy;@", "2024-12-31"),
        ("mm/dd/yyyy", "2024-12-31"),
        ("0.00&quot; days&quot;", "45657"),
        ("[Red]0.0", "45657"),
        ("[h]:mm", "45657"),  # hours that went by, no date
        ("General", "45657"),
        ("#,##0\\ &quot;USD&quot;", "45657"),
    ],
)
def test_the_format_says_whether_a_number_is_a_date(code, text):
    styles = STYLES.replace(
        '<fonts count="1">',
        f'<numFmts count="1"><numFmt numFmtId="164" formatCode="{code}"/></numFmts>'
        '<fonts count="1">',
    ).replace('numFmtId="14"', 'numFmtId="164"')
    assert cells(one_cell("<v>45657</v>", 's="1"'), styles=styles) == {(7, 6): text}


def test_every_kind_of_cell_is_text():
    shared = (
        f'{HEAD}<sst xmlns="{MAIN}"><si><t>plain</t></si>'
        "<si><r><t>ri</t></r><r><rPr><b/></rPr><t>ch</t></r><rPh><t>not me</t></rPh></si>"
        "<si><t>line_x000A_break</t></si></sst>"
    )
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="C1" t="s"><v>2</v></c><c r="D1" t="inlineStr"><is><t>in</t></is></c>'
        '<c r="E1" t="b"><v>1</v></c><c r="F1" t="str"><f>A1</f><v>made</v></c>'
        '<c r="G1" t="d" s="1"><v>2024-12-31T00:00:00</v></c><c r="H1" s="1"/></row>'
        '<row><c t="inlineStr"><is><t>   </t></is></c><c><v>4</v></c></row>'
    )
    sheet = only(workbook(rows, shared=shared))
    assert dict(sheet.cells) == {
        (1, 1): "plain", (1, 2): "rich", (1, 3): "line\nbreak", (1, 4): "in", (1, 5): "TRUE",
        (1, 6): "made", (1, 7): "2024-12-31", (2, 2): "4",
    }  # fmt: skip
    assert list(sheet.formulas) == [(1, 6)]
    assert list(sheet.dates) == [(1, 7)]


def test_names_with_a_prefix_and_strict_workbooks_are_the_same():
    members = parts("<row><c><v>1</v></c></row>")
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        members[name] = (
            members[name]
            .replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
            .replace(f'xmlns="{MAIN}"', 'xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"')
        )  # fmt: skip
    assert dict(only(zipped(members)).cells) == {(1, 1): "1"}


@pytest.mark.parametrize(
    ("inside", "attributes", "what"),
    [
        ("<v>#REF!</v>", 't="e"', "A cell holds an error value."),
        ("<f>1+1</f>", "", "A formula has no result."),
        ("<v>abc</v>", "", "A cell holds no value that can be read."),
        ("<v>NaN</v>", "", "A cell holds no value that can be read."),
        ("<v>1_0</v>", "", "A cell holds no value that can be read."),
        ("<v>maybe</v>", 't="b"', "A cell holds no value that can be read."),
    ],
)
def test_what_is_no_value_is_refused_with_its_cell(inside, attributes, what):
    error = refusal(workbook(one_cell(inside, attributes)))
    assert (error.what, error.where.partition(": ")[0]) == (
        what, "trial.xlsx, sheet Data, cell F7",
    )  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        one_cell("<v>7</v>", 't="s"'),  # no such shared text
        '<row r="7"><c r="F8"><v>1</v></c></row>',
        '<row r="7"><c r="XFE7"><v>1</v></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
        '<row r="2"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c><c r="B2"><v>2</v></c></row>',
        '<row r="7"><c',
    ],
)
def test_a_damaged_sheet_is_refused(rows):
    assert refusal(workbook(rows)).what.startswith("The workbook is damaged: ")


def test_only_the_sheets_that_are_asked_for_are_read():
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet("Good").write(0, 0, 1)
    book.add_worksheet("Bad").write_formula(0, 0, "=1/0", None, "#DIV/0!")
    book.close()
    file = delivered(buffer.getvalue())
    assert sheet_names(file) == ("Good", "Bad")
    assert [dict(one.cells) for one in read_sheets(file, ["Good"])] == [{(1, 1): "1"}]
    assert refusal(buffer.getvalue()).where == 'trial.xlsx, sheet Bad, cell A1: "#DIV/0!"'


def _ole(stream):
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le") + b"\0" * 99
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (_ole("Workbook"), "It is a workbook of the old form (.xls)."),
        (_ole("EncryptedPackage"), "The workbook is protected by a password."),
        (zipped({"xl/workbook.bin": "x"}), "It is a binary workbook (.xlsb)."),
        (zipped({"content.xml": "x"}), "It is an OpenDocument file (.ods)."),
        (zipped({"a.csv": "x"}), "It is an archive without a workbook."),
        (b"a,b\n1,2\n", "The file is no workbook, or is cut off."),
        (workbook(one_cell("<v>1</v>"))[:-40], "The file is no workbook, or is cut off."),
        (b"", "The file is no workbook, or is cut off."),
    ],
)
def test_other_files_are_refused_with_what_to_do(content, what):
    error = refusal(content)
    assert error.what == what
    assert error.do


def test_a_part_that_stands_twice_is_refused():
    buffer = BytesIO(workbook(one_cell("<v>1</v>")))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    assert "stands in it twice" in refusal(buffer.getvalue()).what


@pytest.mark.parametrize("make", [laughs, outside])
def test_a_document_type_is_refused_and_nothing_outside_is_read(make):
    error = refusal(make())
    assert "document type" in error.what
    assert "DOCTYPE" in error.allowed


_LIMITED = [
    ("MAX_FILE_BYTES", 100, package, one_cell("<v>1</v>")),
    ("MAX_CELLS", 2, limits, "<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>"),
    ("MAX_TEXT", 4, limits, '<row><c t="inlineStr"><is><t>12345</t></is></c></row>'),
    ("MAX_XML_BYTES", 500, limits, "<row/>" * 200),
    ("MAX_ELEMENTS", 100, xml_stream, "<row/>" * 200),
    ("MAX_DEPTH", 5, xml_stream, "<row><c><is><r><t>x</t></r></is></c></row>"),
    ("MAX_TOKEN", 50_000, xml_stream, f'<row x="{"y" * 200_000}"/>'),
    ("MAX_CELL_TEXT", 3, part_reader, '<row><c t="inlineStr"><is><t>1234</t></is></c></row>'),
    ("MAX_STYLES", 1, part_reader, one_cell("<v>1</v>")),
    ("MAX_SHEETS", 0, part_reader, one_cell("<v>1</v>")),
]


@pytest.mark.parametrize(("name", "value", "where", "rows"), _LIMITED, ids=[x[0] for x in _LIMITED])
def test_each_limit_holds(monkeypatch, name, value, where, rows):
    content = workbook(rows)
    read_sheets(delivered(content))
    monkeypatch.setattr(where, name, value)
    error = refusal(content)
    assert error.what.startswith("The workbook is too large to be read: ")
    assert str(value) in error.allowed


@pytest.mark.parametrize("make", [deep, many_parts])
def test_nested_elements_and_many_parts_are_refused(make):
    assert refusal(make()).what.startswith("The workbook is too large to be read: ")


def test_letters_of_columns():
    assert [letters(at) for at in (1, 26, 27, 702, 703, 16_384)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip


def reads_or_refuses(content):
    """Whether a file is read, or refused by a message of ours that names it."""
    try:
        read_sheets(delivered(content))
    except DataError as error:
        return error.where.startswith("trial.xlsx")
    return True


_WHOLE = workbook(
    '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" s="1"><v>45657</v></c></row>'
)


@settings(max_examples=30)
@given(st.data())
def test_a_changed_file_is_read_or_refused_and_nothing_else(data):
    content = bytearray(_WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert reads_or_refuses(bytes(content))


_SHEET = parts('<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>')


@settings(max_examples=30)
@given(st.sampled_from(sorted(_SHEET)), st.data())
def test_changed_xml_is_read_or_refused_and_nothing_else(part, data):
    text = _SHEET[part]
    at = data.draw(st.integers(0, len(text) - 1))
    piece = data.draw(
        st.sampled_from(['"', "<", ">", "/", "&amp;", "\0", "99999999999", "<c/>", "é"])
    )
    end = at + data.draw(st.integers(0, 9))
    assert reads_or_refuses(zipped(_SHEET | {part: text[:at] + piece + text[end:]}))
