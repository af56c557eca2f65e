"""How the workbook looks: colours, formats, drop-downs, comments; one place for all sheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FONT = "Calibri"
INK, PAPER, LINE = "#1F3A5F", "#FFFFFF", "#C9D3DF"
#: Fills of headings: needed in each row, optional, a visit, further columns.
NEEDED, OPTIONAL, VISIT, FURTHER = "#1F3A5F", "#5B7A9D", "#2E7D6B", "#8A8F98"
WARNING, MUTED = "#B3261E", "#6B7280"


@dataclass(frozen=True, slots=True)
class Look:
    """The formats of a workbook."""

    title: Format
    hint: Format
    heading: dict[str, Format]
    date: Format
    text: Format
    plain: Format
    wrapped: Format
    key: Format
    stranger: Format
    missing: Format
    worse: Format
    entry: Format
    measured: Format
    next_patient: Format


def look_of(book: Workbook) -> Look:
    """Make the formats."""

    def made(values: dict[str, Any]) -> Format:
        return book.add_format({"font_name": FONT, "font_size": 11, "valign": "top"} | values)

    on_colour = {
        "bold": True, "font_color": PAPER, "text_wrap": True, "border": 1, "border_color": PAPER,
        "valign": "vcenter",
    }  # fmt: skip
    text = {"num_format": "@"}
    return Look(
        title=made({"bold": True, "font_size": 16, "font_color": INK}),
        hint=made({"italic": True, "font_color": MUTED, "valign": "vcenter"}),
        heading={
            colour: made(on_colour | {"bg_color": colour})
            for colour in (NEEDED, OPTIONAL, VISIT, FURTHER)
        },
        date=made({"num_format": "yyyy-mm-dd", "align": "left"}),
        text=made(text),
        plain=made({}),
        wrapped=made({"text_wrap": True}),
        key=made({"bold": True, "font_color": INK, "text_wrap": True}),
        stranger=book.add_format({"font_color": WARNING, "bold": True}),
        missing=book.add_format({"font_color": MUTED, "italic": True}),
        worse=book.add_format({"bg_color": "#FBE3D6"}),
        entry=made(text | {"bg_color": "#FFF8DC", "border": 1, "border_color": LINE}),
        measured=made({"align": "center"}),
        next_patient=book.add_format({"top": 1, "border_color": LINE}),
    )


def comment(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """A note at a cell, large enough to be read without scrolling."""
    lines = sum(len(part) // 48 + 1 for part in text.split("\n"))
    sheet.write_comment(row, column, text, {
        "author": "", "width": 300, "height": 22 + 17 * lines, "font_name": FONT, "font_size": 10,
        "color": "#FFF8DC",
    })  # fmt: skip
