"""What the workbook of a protocol looks like: sheets, columns, terms, notes; written and read.

One description serves both ways: the writer makes headings, drop-downs and notes of it, the reader
finds the columns by the same headings, checks the same terms and makes records of the same domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

#: What a cell must look like: `result` is a number, or words where it is none.
CellKind: TypeAlias = Literal["text", "number", "date", "result"]

ABOUT, CALENDAR, LISTS = "About", "Calendar", "Lists"
PATIENTS, SCANS, LESIONS, MEASUREMENTS = "Patients", "Scans", "Lesions", "Measurements"
FOLLOW_UP, RESPONSES = "Follow-up", "Responses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column of a sheet.

    Attributes
    ----------
    heading
        As it stands in the sheet; upper and lower case are the same.
    name
        SDTM column that it fills, or a lower-case name of our own.
    required
        Whether each row must have a value.
    wanted
        Whether it looks as if each row needed a value; rare rows may do without.
    terms
        What the drop-down offers.
    closed
        Whether other terms are refused; an open list only offers.
    note
        Comment at the heading, one or two sentences with the rule.
    width
        Width of the column in characters.
    """

    heading: str
    name: str
    kind: CellKind = "text"
    required: bool = False
    wanted: bool = False
    terms: tuple[str, ...] = ()
    closed: bool = False
    note: str = ""
    width: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLayout:
    """A sheet: its name, the domain of its rows, one sentence on how to fill it in, its columns.

    `domain` is empty where a row makes no record of its own, or records of several domains.
    """

    name: str
    domain: str
    title: str
    fields: tuple[Field, ...]
    required: bool = False

    def field(self, name: str) -> Field:
        """The column that fills an SDTM column."""
        return next(one for one in self.fields if one.name == name)

    def field_at(self, heading: str) -> int:
        """Position of a heading, -1 without it."""
        return next((at for at, one in enumerate(self.fields) if one.heading == heading), -1)

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns fill."""
        return tuple(one.name for one in self.fields)


def folded(text: str) -> str:
    """Headings and names are compared without case, outer blanks and line breaks."""
    return " ".join(text.split()).casefold()


def patient(note: str = "") -> Field:
    """The column that every list of records begins with."""
    return Field(
        heading="Patient", name="USUBJID", required=True, width=24,
        note=note or "As on the sheet Patients, letter by letter.",
    )  # fmt: skip


def visit_fields() -> tuple[Field, ...]:
    """Name and number of a visit, both optional where no scan was read."""
    return (
        Field(heading="Visit", name="VISIT", width=20,
              note="Name of the visit, if there is one. May stay empty: the date decides."),
        Field(heading="Visit no.", name="VISITNUM", kind="number", width=9,
              note="Number of the visit on the sheet Calendar; may stay empty."),
    )  # fmt: skip


def by_name(layouts: Sequence[SheetLayout]) -> dict[str, SheetLayout]:
    """The layouts by folded name of the sheet."""
    return {folded(one.name): one for one in layouts}
