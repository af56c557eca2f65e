"""The sheets that are read by people: About, the calendar, the lists behind the drop-downs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from trialwright.intake.workbook.about import (
    COMMA,
    FORM,
    KEY_COMMA,
    KEY_CUTOFF,
    KEY_DIGEST,
    KEY_FORM,
    KEY_ORDER,
    KEY_PROTOCOL,
    KEY_SIMULATED,
    KEY_STUDY,
    ORDERS,
    POINT,
    protocol_digest,
)
from trialwright.intake.workbook.calendar import calendar_of
from trialwright.intake.workbook.content import Content
from trialwright.intake.workbook.layout import ABOUT, CALENDAR, LISTS
from trialwright.intake.workbook.look import FURTHER, NEEDED, OPTIONAL, VISIT, Look
from trialwright.protocol.model import Protocol
from trialwright.vocabulary.laboratory import ANALYTES

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_HOW = (
    "Begin with Patients, then Scans, Lesions and Measurements; the other sheets in any order. "
    "A sheet without anything to say stays empty.",
    "Point at a heading with a red corner: the note says what belongs there, with the rule.",
    "Dates: best as YYYY-MM-DD. An unknown day is YYYY-MM, an unknown month YYYY. A date such as "
    "03/04/2025 is read only when the order of typed dates stands above.",
    "Numbers: 12.5 or 12,5. A typed 1,234 is read only when the decimal sign above is COMMA.",
    "An unscheduled scan: a row on Scans with a visit number such as 2.1, and a column on "
    "Measurements headed 2.1 UNSCHEDULED; columns may be added, moved and hidden.",
    "A second reader: rows of her or his own on Lesions and Measurements, with the reader named.",
    "Do not write comments into cells of values: add a column for them; its cells are not used and "
    "the receipt says so.",
    "Read it with: trialwright run RECORD --data THIS-FILE.xlsx --out FOLDER. What cannot be read is "
    "refused with the sheet and the cell; nothing is guessed.",
)

_WIDE = 110


def _height(text: str, width: int) -> float:
    """Height of a row whose text is broken at a width in characters; programs do not work it out."""
    return 15.5 * (len(text) // max(width - 4, 1) + 1)


def write_about(book: Workbook, look: Look, protocol: Protocol, content: Content) -> None:
    """Which trial and protocol, the settings, how to fill in, what the colours mean."""
    sheet = book.add_worksheet(ABOUT)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 30, look.key)
    sheet.set_column(1, 1, _WIDE, look.wrapped)
    sheet.write_string(0, 0, "Data of a trial", look.title)
    sheet.set_row(0, 28)
    sheet.write_string(1, 0, "Title", look.key)
    sheet.write_string(1, 1, protocol.title, look.wrapped)
    sheet.set_row(1, _height(protocol.title, _WIDE))
    about = {
        KEY_FORM: FORM, KEY_PROTOCOL: protocol.id, KEY_DIGEST: protocol_digest(protocol),
        KEY_STUDY: protocol.id, KEY_CUTOFF: "", KEY_COMMA: POINT, KEY_ORDER: "",
        KEY_SIMULATED: "", **content.about,
    }  # fmt: skip
    if not about[KEY_SIMULATED]:
        del about[KEY_SIMULATED]
    row = 2
    for row, (key, value) in enumerate(about.items(), start=2):
        sheet.write_string(row, 0, key, look.key)
        own = key in {KEY_CUTOFF, KEY_COMMA, KEY_ORDER}
        sheet.write_string(row, 1, value, look.entry if own else look.text)
        offered = {KEY_COMMA: (POINT, COMMA), KEY_ORDER: ORDERS}.get(key)
        if offered:
            sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": list(offered)})
    row += 2
    sheet.write_string(row, 0, "How to fill it in", look.key)
    for at, text in enumerate(_HOW):
        sheet.write_string(row + at, 1, f"{at + 1}. {text}", look.wrapped)
        sheet.set_row(row + at, _height(text, _WIDE))
    row += len(_HOW) + 1
    sheet.write_string(row, 0, "Colours of headings", look.key)
    for at, (colour, words) in enumerate((
        (NEEDED, "each row needs a value"), (OPTIONAL, "optional"), (VISIT, "a visit"),
        (FURTHER, "a column of SDTM"),
    )):  # fmt: skip
        sheet.write_string(row + at, 1, words, look.heading[colour])
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1)


def write_calendar(book: Workbook, look: Look, protocol: Protocol) -> None:
    """Every planned visit with day, window and content; nothing is read from it."""
    sheet = book.add_worksheet(CALENDAR)
    headings = (("Visit no.", 9), ("Visit", 30), ("Day", 20), ("Window (days)", 14),
                ("What is done", 70), ("Source", 60))  # fmt: skip
    sheet.write_string(
        0, 0, "Planned visits; day 1 is the day of first treatment. Visits with a number have a "
        "scan of all lesions, under this number on Scans and Measurements; any other scan gets a "
        "decimal, such as 1.1. Nothing is read from this sheet.",
        look.hint,
    )  # fmt: skip
    for at, (heading, width) in enumerate(headings):
        sheet.set_column(at, at, width, look.wrapped)
        sheet.write_string(1, at, heading, look.heading[NEEDED])
    for row, visit in enumerate(calendar_of(protocol), start=2):
        values = (visit.number, visit.name, visit.day, visit.window, visit.content, visit.source)
        lines = zip(values, (width for _, width in headings), strict=True)
        sheet.set_row(row, max(_height(value, width) for value, width in lines))
        for at, value in enumerate(values):
            sheet.write_string(row, at, value, look.wrapped)
    sheet.ignore_errors({"number_stored_as_text": "A1:F500"})
    sheet.freeze_panes(2, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def write_lists(book: Workbook, look: Look, lists: Mapping[str, tuple[str, ...]]) -> None:
    """The terms of the drop-downs, and the names and units of laboratory tests."""
    sheet = book.add_worksheet(LISTS)
    for at, (heading, terms) in enumerate(lists.items()):
        sheet.set_column(at, at, 24, look.text)
        sheet.write_string(0, at, heading, look.heading[FURTHER])
        for row, term in enumerate(terms, start=1):
            sheet.write_string(row, at, term, look.text)
    tests = [one for one in ANALYTES.values() if one.domain == "LB"]
    for offset, heading in enumerate(("Test", "Name", "Unit of its grades")):
        at = len(lists) + 1 + offset
        sheet.set_column(at, at, 26, look.text)
        sheet.write_string(0, at, heading, look.heading[NEEDED])
        for row, one in enumerate(tests, start=1):
            sheet.write_string(row, at, (one.code, one.name, one.unit)[offset], look.text)
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 0)
