"""Columns of a sheet, found by their headings: moved columns are found, renamed ones are told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from trialwright.core.errors import DataError
from trialwright.intake.cells import listed, quoted
from trialwright.intake.receipt import SetAside
from trialwright.intake.typed import plain
from trialwright.intake.workbook.content import QUALIFIER
from trialwright.intake.workbook.layout import SheetLayout, folded
from trialwright.intake.workbook.lesion_cells import Subject, decode
from trialwright.intake.workbook.names import is_known_name
from trialwright.intake.workbook.sheet import Sheet, letters

Grid = Mapping[int, Mapping[int, str]]
#: Rows in which the headings are looked for.
_HEADING_ROWS = 15
#: How alike a heading must be to one that is missing, to be taken for a slip.
_ALIKE = 0.8
_VISIT = re.compile(r"(?:visit\s*)?(\d{1,3}(?:\.\d{1,3})?)(?=$|[\s:])", re.IGNORECASE)

#: What the heading of a visit has that of a remark has not; `?` stands for no heading at all.
_LIKE_VISIT = re.compile(
    r"\d|\?|visit|week|cycle|month|base ?line|screening|unsched|follow|[次周月期]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Headings:
    """The row of the headings, the column of each field by name, and the columns not used."""

    row: int
    columns: Mapping[str, int]
    aside: tuple[SetAside, ...]


def find_headings(sheet: Sheet, layout: SheetLayout, cells: Grid, *, visits: bool) -> Headings:
    """Find the columns of a sheet.

    Parameters
    ----------
    sheet, layout
        The sheet and what its columns are.
    cells
        Text by column, by row.
    visits
        Whether columns headed by a number are visits.

    Raises
    ------
    DataError
        A heading that rows need is missing, nearly the same as one that is, or stands twice.
    """
    row = _heading_row(sheet, layout, cells)
    columns, aside = _columns(sheet, layout, cells, row, visits=visits)
    return Headings(row, columns, tuple(aside))


def _heading_row(sheet: Sheet, layout: SheetLayout, cells: Grid) -> int:
    """The first row with the headings that every row needs."""
    needed = [one.heading for one in layout.fields if one.required] or ["USUBJID"]
    wanted = {folded(one.heading) for one in layout.fields} | {"usubjid"}
    best = (0, 0)
    for row in sorted(cells)[:_HEADING_ROWS]:
        count = sum(folded(text) in wanted for text in cells[row].values())
        best = max(best, (count, -row))
    if best[0] == 0:
        raise DataError(
            "A sheet has no headings that are known.",
            where=f"{sheet}, the first {_HEADING_ROWS} rows",
            allowed=", ".join(needed),
            do="put the headings above the values, as in the empty workbook",
        )
    return -best[1]


def _columns(
    sheet: Sheet, layout: SheetLayout, cells: Grid, heading: int, *,
    visits: bool,
) -> tuple[dict[str, int], list[SetAside]]:  # fmt: skip
    """Column by name, and the columns that are not used."""
    own = {folded(one.heading): one.name for one in layout.fields}
    found: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for at, text in sorted(cells[heading].items()):
        name = own.get(folded(text)) or _other_name(
            sheet, layout, (heading, at), text, visits=visits
        )
        if name is None:
            unknown[at] = text
        elif name in found:
            raise DataError(
                "A heading stands twice.",
                where=f"{sheet.cell(heading, found[name])} and {sheet.cell(heading, at)}: "
                f"{quoted(text)}",
                allowed="each column once",
                do="keep the right column",
            )
        else:
            found[name] = at
    _refuse_missing(sheet, layout, found, (heading, unknown))
    if visits:
        _refuse_unnumbered(sheet, cells, heading, (set(found.values()), unknown))
    return found, list(_unused(sheet, cells, heading, (set(found.values()), unknown)))


def _other_name(
    sheet: Sheet, layout: SheetLayout, place: tuple[int, int], text: str, *, visits: bool
) -> str | None:
    """A visit by its number, a column of SDTM by its name, a qualifier by the word before it."""
    plain_text = plain(text)
    if visits and place not in sheet.dates and (number := _VISIT.match(plain_text)):
        return _number_of(number[1])
    if layout.domain and is_known_name(layout.domain, plain_text):
        return plain_text
    if layout.domain and folded(plain_text).startswith(QUALIFIER.casefold()):
        name = plain_text[len(QUALIFIER) :].strip()
        if re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            return name
    return None


def _number_of(text: str) -> str:
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0")
    return f"{int(whole)}.{rest}" if rest else f"{int(whole)}"


def _refuse_missing(
    sheet: Sheet,
    layout: SheetLayout,
    found: Mapping[str, int],
    unknown: tuple[int, Mapping[int, str]],
) -> None:
    """Refuse a missing column that rows need, and a heading that is nearly one that is missing."""
    heading, others = unknown
    absent = [one for one in layout.fields if one.name not in found]
    near = {
        folded(one.heading): close[0]
        for one in absent
        if (
            close := get_close_matches(folded(one.heading), map(folded, others.values()), 1, _ALIKE)
        )
    }
    needed = [one.heading for one in absent if one.required or folded(one.heading) in near]
    if needed:
        shown = [
            f'{sheet.cell(heading, at)}: {quoted(text)}'
            for at, text in others.items() if folded(text) in near.values()
        ]  # fmt: skip
        raise DataError(
            f"Headings are missing: {', '.join(needed)}.",
            where=listed(shown) if shown else f"{sheet}, row {heading}",
            allowed=", ".join(one.heading for one in layout.fields),
            do="write the heading as in the empty workbook; the order of the columns is free",
        )


def _refuse_unnumbered(
    sheet: Sheet, cells: Grid, heading: int, taken: tuple[set[int], Mapping[int, str]]
) -> None:
    """Refuse measurements under a heading that seems to be a visit and has no number."""
    known, unknown = taken
    others = {
        at: text for row, line in cells.items() if row > heading
        for at, text in line.items()
        if at not in known and _LIKE_VISIT.search(unknown.get(at, "?"))
        and decode(text, Subject(None, None)) is not None
    }  # fmt: skip
    if others:
        raise DataError(
            "Measurements stand under a heading without the number of a visit.",
            where=listed([f"{sheet.cell(heading, at)}: {quoted(unknown.get(at, ''))}"
                          for at in sorted(others)]),
            allowed="a heading that begins with the number of the visit, as on the sheet Calendar: "
            "2 WEEK 8, 2.1 UNSCHEDULED",
            do="write the number of the visit into the heading, before its name",
        )  # fmt: skip


def _unused(
    sheet: Sheet, cells: Grid, heading: int,
    taken: tuple[set[int], Mapping[int, str]],
) -> Iterator[SetAside]:  # fmt: skip
    """Columns with values and without a known heading."""
    known, unknown = taken
    counts = Counter(
        at for row, line in cells.items() if row > heading for at in line if at not in known
    )
    for at, count in sorted(counts.items()):
        name = f"headed {quoted(unknown[at])}" if at in unknown else "without a heading"
        yield SetAside(
            where=f"{sheet}, column {letters(at)}",
            why=f"a column {name} is no column of the form: {count} cell{'s' * (count > 1)}",
            count=count,
        )
