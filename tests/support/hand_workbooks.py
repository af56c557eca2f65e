"""Small workbooks as people fill them in: headings and rows of invented patients."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, datetime
from io import BytesIO

import xlsxwriter

from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook.about import FORM, protocol_digest
from trialwright.intake.workbook.reading import read_workbook


class Formula(str):
    """A formula with the result that the workbook keeps."""

    result: object = ""


def formula(text, result):
    made = Formula(text)
    made.result = result
    return made


#: Two patients: T01 shrinks, the node is not scanned once, a new lesion appears.
SHEETS = {
    "Patients": [
        ["Patient", "Sex", "Age (years)", "Consent", "Enrolled", "First treatment", "Death"],
        ["P-01", "F", 61, date(2025, 1, 3), date(2025, 1, 8), date(2025, 1, 10), None],
        ["P-02", "m", 58, date(2025, 2, 1), date(2025, 2, 4), date(2025, 2, 6), "2025-06"],
    ],
    "Scans": [
        ["Patient", "Visit no.", "Visit", "Scan date", "Lesions", "Method", "Slice (mm)"],
        ["P-01", 1, None, date(2025, 1, 2), None, "CT SCAN", 5],
        ["P-01", 2, None, date(2025, 3, 6), None, "CT SCAN", None],
        ["P-01", 2, None, date(2025, 3, 8), "T02", "MRI", None],
        ["P-02", 1, None, date(2025, 1, 30), None, "CT SCAN", None],
        ["P-02", 2.1, "EXTRA", "2025-03-20", None, "CT SCAN", None],
    ],
    "Lesions": [
        ["Patient", "Lesion", "Role", "Organ", "Visit no."],
        ["P-01", "T01", "TARGET", "LIVER", None],
        ["P-01", "T02", "TARGET", "LYMPH NODE, MEDIASTINAL", None],
        ["P-01", "NT01", "NON-TARGET", "BONE", None],
        ["P-02", "T01", "TARGET", "LUNG", None],
        ["P-02", "NEW01", "NEW", "LIVER", 2.1],
    ],
    "Measurements": [
        ["Patient", "Lesion", "1 SCREENING", "2 WEEK 8", "2.1"],
        ["P-01", "T01", 40, 22.5, None],
        ["P-01", "T02", 18, "NOT DONE: NOT IMAGED", None],
        ["P-01", "NT01", "PRESENT", "UNEQUIVOCAL PROGRESSION: SPINE", None],
        ["P-02", "T01", 30, None, "TOO SMALL TO MEASURE"],
        ["P-02", "NEW01", None, None, "UNEQUIVOCAL"],
    ],
    "Follow-up": [
        ["Patient", "Date", "What", "Why", "Of which treatment"],
        ["P-01", date(2025, 4, 1), "TREATMENT STOPPED", "ADVERSE EVENT", "Bevacizumab"],
        ["P-01", date(2025, 7, 1), "alive", None, None],
        ["P-02", date(2025, 6, 15), "LEFT THE TRIAL", "DEATH", None],
    ],
}


def sheets(**changes):
    """The sheets, with others in their place; names with _ for blanks and -."""
    found = deepcopy(SHEETS)
    names = {name.replace(" ", "_").replace("-", "_"): name for name in [*SHEETS, "Labs", "Doses"]}
    for name, rows in changes.items():
        if rows is None:
            del found[names[name]]
        else:
            found[names.get(name, name)] = rows
    return found


def with_cell(sheet, row, column, value):
    """The sheets with one cell changed; row and column from 1, as the reader counts them."""
    found = deepcopy(SHEETS)
    line = found[sheet][row - 1]
    line.extend([None] * (column - len(line)))
    line[column - 1] = value
    return found


def about_rows(protocol, **changes):
    keys = {
        "Form": FORM, "Protocol": protocol.id, "Protocol SHA-256": protocol_digest(protocol),
        "Study identifier": "ST-1", "Data cut-off": "2025-12-31",
    }  # fmt: skip
    named = {key.replace("_", " "): value for key, value in changes.items()}
    return [[key, value] for key, value in (keys | named).items()]


def written(contents):
    """The bytes of a workbook with these sheets; dates as dates, text as text."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in contents.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, Formula):
                    sheet.write_formula(at, column, str(value), None, value.result)
                elif isinstance(value, date):
                    when = datetime(value.year, value.month, value.day)
                    sheet.write_datetime(at, column, when, day)
                elif isinstance(value, bool):
                    sheet.write_boolean(at, column, value)
                elif isinstance(value, (int, float)):
                    sheet.write_number(at, column, value)
                elif value is not None:
                    sheet.write_string(at, column, value)
    book.close()
    return buffer.getvalue()


def delivered(protocol, contents=None, **about):
    """The workbook as a delivered file."""
    contents = sheets() if contents is None else contents
    whole = {"About": about_rows(protocol, **about), **contents}
    return DeliveredFile("trial.xlsx", written(whole))


def read(protocol, contents=None, **about):
    return read_workbook(delivered(protocol, contents, **about), protocol)
