"""Slips that would lose or change a measurement without a word: each is refused with its cell."""

from __future__ import annotations

from io import BytesIO

import pytest
import xlsxwriter

from support import hand_workbooks as hand
from support import workbook_bombs as bombs
from support.virtual_trials import protocol_of
from trialwright.core.errors import DataError
from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook.grid import read_sheets
from trialwright.intake.workbook.reading import read_workbook
from trialwright.intake.workbook.record_sheets import layouts_of

PROTOCOL = protocol_of("003")


def refusal(contents):
    with pytest.raises(DataError) as caught:
        hand.read(PROTOCOL, contents)
    return caught.value


@pytest.mark.parametrize("value", ["<v></v>", "<v/>", "<v> </v>"])
def test_a_formula_with_an_empty_result_is_refused(value):
    rows = f'<row r="1"><c r="A1"><f>B1*0.7</f>{value}</c></row>'
    with pytest.raises(DataError, match="A formula has no result") as caught:
        read_sheets(DeliveredFile("b.xlsx", bombs.workbook(rows)))
    assert caught.value.where == "b.xlsx, sheet Data, cell A1"


def test_a_formula_that_gives_an_empty_text_is_an_empty_cell():
    rows = '<row r="1"><c r="A1" t="str"><f>IF(B1,1,"")</f><v></v></c></row>'
    assert len(read_sheets(DeliveredFile("b.xlsx", bombs.workbook(rows)))[0].cells) == 0


@pytest.mark.parametrize(
    ("heading", "shown"),
    [("WEEK 6", "WEEK 6"), ("2,1", "2,1"), ("UNSCHEDULED", "UNSCHEDULED"), (None, ""),
     ("2025-03-20", "2025-03-20"), ("Visit two", "Visit two")],
)  # fmt: skip
def test_measurements_under_no_visit_number_are_refused(heading, shown):
    error = refusal(hand.with_cell("Measurements", 1, 5, heading))
    assert error.what == "Measurements stand under a heading without the number of a visit."
    assert error.where == f'trial.xlsx, sheet Measurements, cell E1: "{shown}"'


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("Remark 1", "see report"), ("% change", 12), ("WEEK 6", None), ("Comment wk 8", "bad scan")],
)
def test_a_column_of_remarks_is_set_aside(heading, cell):
    contents = hand.with_cell("Measurements", 1, 6, heading)
    contents["Measurements"][1] += [None] * (6 - len(contents["Measurements"][1]))
    contents["Measurements"][1][5] = cell
    read = hand.read(PROTOCOL, contents)
    aside = [one for table in read.receipt.tables for one in table.aside]
    assert len(aside) == (cell is not None)


@pytest.mark.parametrize(
    "organ", ["mediastinal LN", "Lymphnode", "LYMPH  NODE", "nodes", "adenopathy", "纵隔淋巴结"]
)
def test_a_node_that_is_not_called_one_is_refused(organ):
    error = refusal(hand.with_cell("Lesions", 3, 4, organ))
    assert error.what == "An organ may be a lymph node, and its name does not say so."
    assert error.where == f'trial.xlsx, sheet Lesions, cell D3: "{organ}"'


@pytest.mark.parametrize("organ", ["lymph node", "Nodal disease", "NODULE OF LUNG", "LYMPHANGITIS"])
def test_other_names_are_read(organ):
    read = hand.read(PROTOCOL, hand.with_cell("Lesions", 3, 4, organ))
    assert organ in read.sdtm["TU"]["TULOC"].to_list()


def merged(sheet_name, area):
    """The small workbook with an area merged."""
    contents = {"About": hand.about_rows(PROTOCOL), **hand.sheets()}
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in contents.items():
        sheet = book.add_worksheet(name)
        if name == sheet_name:
            sheet.merge_range(area, "")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(at, column, value, day if hasattr(value, "year") else None)
    book.close()
    return DeliveredFile("trial.xlsx", buffer.getvalue())


def test_a_value_in_merged_cells_is_refused():
    with pytest.raises(DataError, match="Cells are merged") as caught:
        read_workbook(merged("Measurements", "D3:E3"), PROTOCOL)
    assert caught.value.where == "trial.xlsx, sheet Measurements, cell D3:E3"


def test_merged_cells_without_a_value_or_beside_the_form_are_read():
    for area in ("D30:E31", "J3:K4"):
        assert read_workbook(merged("Measurements", area), PROTOCOL).sdtm["TR"].height == 9


def test_one_patient_in_two_spellings_is_numbered_once():
    contents = hand.with_cell("Measurements", 3, 1, "p-01 ")
    numbers = hand.read(PROTOCOL, contents).sdtm["TR"].filter(USUBJID="P-01")["TRSEQ"].to_list()
    assert sorted(numbers) == sorted({*numbers})


def test_where_the_study_ablates_the_note_says_which_lesions_are_no_targets():
    def notes(protocol):
        return layouts_of(protocol)[2].field("TUORRES").note

    assert "A lesion that the study will ablate is NON-TARGET" in notes(protocol_of("002"))
    assert "ablate" not in notes(PROTOCOL)
    response = protocol_of("002").response.model_copy(update={"ablated_lesions": "rebaseline"})
    other = protocol_of("002").model_copy(update={"response": response})
    assert "ablate" not in notes(other)


def test_a_kind_of_therapy_in_other_words_is_told():
    heads = ["Patient", "Therapy", "Kind"]
    rows = [heads, ["P-01", "FOLFIRI", "second line"], ["P-02", "X", "subsequent cancer therapy"]]
    notes = hand.read(PROTOCOL, hand.sheets() | {"New therapy": rows}).sdtm.notes
    told = [one for one in notes if "no kind of the list" in one]
    assert len(told) == 1
    assert told[0].startswith('trial.xlsx, sheet New therapy, cell C2: "second line" is no kind')
