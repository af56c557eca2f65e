"""The workbook of a protocol as bytes, empty or filled; the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from trialwright.core.errors import DataError
from trialwright.intake.workbook.calendar import scans_of
from trialwright.intake.workbook.content import QUALIFIER, Content, Row
from trialwright.intake.workbook.front import write_about, write_calendar, write_lists
from trialwright.intake.workbook.layout import (
    LISTS,
    MEASUREMENTS,
    PATIENTS,
    RESPONSES,
    Field,
    SheetLayout,
)
from trialwright.intake.workbook.lesion_sheets import STATES, VISIT_NOTE
from trialwright.intake.workbook.limits import MAX_CELL_TEXT, MAX_ROW
from trialwright.intake.workbook.look import (
    FURTHER,
    NEEDED,
    OPTIONAL,
    VISIT,
    Look,
    comment,
    look_of,
)
from trialwright.intake.workbook.names import is_known_name
from trialwright.intake.workbook.record_sheets import layouts_of
from trialwright.intake.workbook.sheet import letters
from trialwright.intake.workbook.values import number_text
from trialwright.protocol.model import Protocol
from trialwright.vocabulary.sdtm import SDTM

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

#: Rows of the title and of the headings, from 0.
TITLE_ROW, HEADING_ROW = 0, 1
#: Rows that have drop-downs; more can be filled in.
_OFFERED = 2_000
#: No clock: the same protocol gives the same file.
_CREATED = datetime(2000, 1, 1)
_CELL_WIDTH = 13


def workbook_bytes(protocol: Protocol, content: Content | None = None) -> bytes:
    """Write the workbook of a protocol.

    Parameters
    ----------
    protocol
        A protocol; its regimen, cohorts, scan calendar and reader stand in the sheets.
    content
        Rows to fill in; without them the workbook is empty.

    Raises
    ------
    DataError
        A value or a list is longer than a workbook can hold.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 -- slow to import, needed here only

    content = content or Content()
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": protocol.title[:255], "created": _CREATED, "author": ""})
    look = look_of(book)
    layouts = [one for one in layouts_of(protocol) if _is_shown(protocol, content, one)]
    write_about(book, look, protocol, content)
    write_calendar(book, look, protocol)
    lists = _lists(layouts)
    for layout in (*layouts, *_further(layouts, content)):
        _write_sheet(book, _Writing(look, protocol, content, lists), layout)
    write_lists(book, look, lists)
    book.close()
    return buffer.getvalue()


def _is_shown(protocol: Protocol, content: Content, layout: SheetLayout) -> bool:
    """Responses have a sheet where the protocol takes them, or where there are any."""
    reported = protocol.response.response_source == "reported"
    return layout.name != RESPONSES or reported or RESPONSES in content.rows


@dataclass(frozen=True, slots=True)
class _Writing:
    """What every sheet is written with; `lists` are the terms of the drop-downs."""

    look: Look
    protocol: Protocol
    content: Content
    lists: Mapping[str, tuple[str, ...]]

    def source(self, offer: str) -> str:
        """Where the terms of a drop-down stand."""
        place = letters(list(self.lists).index(offer) + 1)
        return f"={LISTS}!${place}$2:${place}${len(self.lists[offer]) + 1}"


def _lists(layouts: Sequence[SheetLayout]) -> dict[str, tuple[str, ...]]:
    """The terms of every drop-down by where it stands."""
    found = {
        f"{layout.name}: {one.heading}": one.terms
        for layout in layouts
        for one in layout.fields
        if one.terms
    }
    return found | {f"{MEASUREMENTS}: visits": STATES}


def _further(layouts: Sequence[SheetLayout], content: Content) -> Iterator[SheetLayout]:
    """Sheets for what the form has no place for, with the columns of SDTM."""
    own = {layout.name for layout in layouts}
    for name in content.rows:
        if name not in own:
            yield SheetLayout(
                name=name, domain=name, fields=(),
                title=f"{SDTM[name].label}: records that the other sheets have no place for.",
            )  # fmt: skip


def _write_sheet(book: Workbook, writing: _Writing, layout: SheetLayout) -> None:
    sheet = book.add_worksheet(layout.name)
    rows = writing.content.rows.get(layout.name, ())
    columns = list(_columns(writing, layout, rows))
    sheet.write_string(TITLE_ROW, 0, layout.title, writing.look.hint)
    sheet.set_row(TITLE_ROW, 24)
    sheet.set_row(HEADING_ROW, max([34, *(_heading_height(one.field) for one in columns)]))
    for at, column in enumerate(columns):
        _head(sheet, writing, layout, at, column)
    for number, row in enumerate(rows, start=HEADING_ROW + 1):
        _write_row(sheet, writing, (number, row), columns)
    last = max(_OFFERED, len(rows) + 200) + HEADING_ROW
    sheet.freeze_panes(HEADING_ROW + 1, 2 if layout.field_at("Lesion") == 1 else 1)
    if columns:
        bottom = HEADING_ROW + max(len(rows), 1)
        sheet.autofilter(HEADING_ROW, 0, bottom, len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{letters(len(columns))}{last + 1}"})
    _mark(sheet, writing, layout, columns, last)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that is written: its field, colour, and name in the rows."""

    field: Field
    colour: str
    offer: str = ""


def _heading_height(field: Field) -> float:
    """Height of a heading that is broken at the width of its column; bold letters are wide."""
    lines = sum(len(part) // max(field.width - 3, 1) + 1 for part in field.heading.split("\n"))
    return 15.0 * lines + 4


def _columns(writing: _Writing, layout: SheetLayout, rows: Sequence[Row]) -> Iterator[_Column]:
    for one in layout.fields:
        offer = f"{layout.name}: {one.heading}" if one.terms else ""
        yield _Column(one, NEEDED if one.required or one.wanted else OPTIONAL, offer)
    names = {name for row in rows for name in row} - set(layout.names)
    if layout.name == MEASUREMENTS:
        yield from _visit_columns(writing, names)
        return
    order = {name: at for at, name in enumerate(SDTM[layout.domain].names)} if layout.domain else {}
    for name in sorted(names, key=lambda one: (order.get(one, len(order)), one)):
        heading = name if is_known_name(layout.domain, name) else QUALIFIER + name
        yield _Column(Field(heading=heading, name=name, width=max(12, len(heading) + 2)), FURTHER)


def _visit_columns(writing: _Writing, names: set[str]) -> Iterator[_Column]:
    planned = scans_of(writing.protocol)
    for number in sorted({*planned, *names}, key=float):
        visit = planned.get(number)
        name = writing.content.visits.get(number) or (visit.name if visit else "UNSCHEDULED")
        if visit is None:
            name = "UNSCHEDULED"
        days = f"\nday {visit.day}{f' {visit.window}' if visit.window else ''}" if visit else ""
        field = Field(
            heading=f"{number} {name}{days}", name=number, kind="result", note=VISIT_NOTE,
            width=_CELL_WIDTH,
        )  # fmt: skip
        yield _Column(field, VISIT, f"{MEASUREMENTS}: visits")


def _head(
    sheet: Worksheet, writing: _Writing, layout: SheetLayout, at: int, column: _Column
) -> None:
    field, look = column.field, writing.look
    sheet.write_string(HEADING_ROW, at, field.heading, look.heading[column.colour])
    formats = {"date": look.date, "text": look.text, "result": look.measured}
    sheet.set_column(at, at, field.width, formats.get(field.kind, look.plain))
    if field.note:
        comment(sheet, HEADING_ROW, at, field.note)
    rows = (HEADING_ROW + 1, at, _OFFERED + HEADING_ROW, at)
    if column.offer:
        sheet.data_validation(*rows, {
            "validate": "list", "source": writing.source(column.offer),
            "show_error": field.closed, "error_title": "Not in the list",
            "error_message": f"{layout.name}, {field.heading}: choose a term of the list.",
        })  # fmt: skip
    elif field.name == "USUBJID" and layout.name != PATIENTS:
        sheet.data_validation(*rows, {
            "validate": "list", "show_error": False,
            "source": f"={PATIENTS}!$A${HEADING_ROW + 2}:$A${_OFFERED}",
        })  # fmt: skip


def _write_row(
    sheet: Worksheet, writing: _Writing, numbered: tuple[int, Row], columns: Sequence[_Column]
) -> None:
    number, row = numbered
    if number >= MAX_ROW:
        raise _too_long(f"more than {MAX_ROW} rows")
    for at, column in enumerate(columns):
        text = row.get(column.field.name)
        if text is not None:
            _write_value(sheet, writing.look, (number, at), text, column.field.kind)


def _write_value(
    sheet: Worksheet, look: Look, place: tuple[int, int], text: str, kind: str
) -> None:
    """A number or a date where the cell will be read as the same text, else text."""
    if len(text) > MAX_CELL_TEXT:
        raise _too_long(f"a text of {len(text)} characters")
    if kind == "date" and (day := _whole_day(text)) is not None:
        sheet.write_datetime(*place, datetime(day.year, day.month, day.day), look.date)
    elif kind in {"number", "result"} and len(text) < 16 and number_text(text) == text:
        sheet.write_number(*place, float(text), look.measured)
    else:
        is_number = kind != "text" and number_text(text) is not None
        usual = look.text if kind == "text" else look.plain
        sheet.write_string(*place, text, look.measured if is_number else usual)


def _whole_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if len(text) == 10 and day >= date(1900, 3, 1) else None


def _too_long(what: str) -> DataError:
    return DataError(f"A workbook cannot hold {what}.", where="the data to write",
                     do="write SDTM files in the place of a workbook")  # fmt: skip


def _mark(
    sheet: Worksheet, writing: _Writing, layout: SheetLayout, columns: Sequence[_Column], last: int
) -> None:
    """Patients that are not on the sheet Patients in red; in measurements what is missing or worse."""
    first = HEADING_ROW + 2
    if layout.name != PATIENTS and columns:
        sheet.conditional_format(f"A{first}:A{last}", {
            "type": "formula", "format": writing.look.stranger,
            "criteria": f'=AND($A{first}<>"",COUNTIF({PATIENTS}!$A$1:$A${last},$A{first})=0)',
        })  # fmt: skip
        sheet.conditional_format(f"A{first + 1}:{letters(len(columns))}{last}", {
            "type": "formula", "format": writing.look.next_patient,
            "criteria": f'=AND($A{first + 1}<>"",$A{first + 1}<>$A{first})',
        })  # fmt: skip
    visits = [at for at, one in enumerate(columns, start=1) if one.colour == VISIT]
    if not visits:
        return
    area = f"{letters(visits[0])}{first}:{letters(visits[-1])}{last}"
    for word, shown in (("NE", "missing"), ("NOT DONE", "missing"), ("UNEQUIVOCAL", "worse")):
        sheet.conditional_format(area, {
            "type": "text", "criteria": "begins with", "value": word,
            "format": getattr(writing.look, shown),
        })  # fmt: skip
