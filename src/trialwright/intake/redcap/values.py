"""Cells of a REDCap export against what the dictionary allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.intake.cells import listed, quoted
from trialwright.intake.redcap.columns import FormColumns
from trialwright.intake.redcap.dictionary import Field
from trialwright.intake.redcap.project import Project
from trialwright.intake.text_table import TextTable

_INTEGER = re.compile(r"[+-]?[0-9]+")
_POINT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_COMMA = re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DATETIME = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(?::\d{2})?)", re.ASCII)
_STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
_BOX = {"0": "Unchecked", "1": "Checked"}
_DATES = "REDCap exports every date as YYYY-MM-DD"


def check_values(export: TextTable, forms: Sequence[FormColumns], project: Project) -> list[str]:
    """Refuse cells that a field cannot hold; notes on numbers beyond the range of their field.

    Raises
    ------
    DataError
        With the cells: labels in the place of codes, codes that are no choice, numbers and dates
        that are none.
    """
    labels: list[str] = []
    wrong: list[str] = []
    notes: list[str] = []
    for form in forms:
        for field in form.fields:
            _check_field(export, field, project, (labels, wrong))
            notes += _beyond(export, field, project)
        for _, own, missing in form.boxes:
            for name in (*own, *missing):
                _check_codes(export, name, _BOX, (labels, wrong))
            wrong += _ticked_and_missing(export, own, missing)
        if form.status:
            _check_codes(export, form.status, _STATUS, (labels, wrong))
    if labels:
        raise DataError(
            "The export holds labels where the dictionary has codes.",
            where=listed(labels),
            allowed="raw data: the codes of the choices; labels are not unique",
            do='export again as "CSV / Microsoft Excel (raw data)"',
        )
    if wrong:
        count = f"{len(wrong)} cell{'s do' if len(wrong) > 1 else ' does'}"
        raise DataError(
            f"{count} not hold what the data dictionary says.",
            where=listed(wrong),
            allowed="codes of the choices, numbers, dates as YYYY-MM-DD; missing data codes that "
            "the mapping declares (missing_codes)",
            do="export again without opening the file in a spreadsheet, with the dictionary of "
            "the same day; declare the missing data codes of the project",
        )
    return notes


def _check_field(
    export: TextTable, field: Field, project: Project, found: tuple[list[str], list[str]]
) -> None:
    if field.kind in {"radio", "dropdown", "yesno", "truefalse"}:
        _check_codes(export, field.column, field.choices, found, project.missing)
        return
    reason = _reason(field)
    if reason is not None:
        codes = {_limit(code): code for code in project.missing if is_number(field)}

        def why(one: str) -> str:
            code = codes.get(_limit(one)) if _limit(one) is not None else None
            return f"the missing data code {code} in another form" if code else reason(one)

        _, wrong = found
        wrong += _cells(export, field.column, why, project.missing)


def _ticked_and_missing(
    export: TextTable, own: Mapping[str, str], missing: Mapping[str, str]
) -> list[str]:
    """Rows in which a choice is ticked and a missing data code as well."""
    if not missing:
        return []
    both = [pl.any_horizontal(pl.col(name) == "1" for name in names) for names in (own, missing)]
    rows = export.frame.filter(pl.all_horizontal(both))
    name = export.heading(next(iter(missing)))
    return [
        f"{export.origin}, row {row}, column {name}: a choice is ticked and the field is missing"
        for row in rows[ROW]
    ]


def _check_codes(
    export: TextTable,
    column: str,
    choices: Mapping[str, str],
    found: tuple[list[str], list[str]],
    missing: Mapping[str, str] | None = None,
) -> None:
    labels, wrong = found
    meant = {label.upper() for label in choices.values()}
    is_label = [
        value
        for value in export.frame[column].drop_nulls().unique()
        if value not in choices and value not in (missing or {}) and value.upper() in meant
    ]
    labels += _cells(export, column, lambda one: "a label" if one in is_label else "", {})
    known = {*choices, *is_label}
    allowed = f"not one of the codes {', '.join(list(choices)[:20])}"
    wrong += _cells(export, column, lambda one: "" if one in known else allowed, missing or {})


def _cells(
    export: TextTable, column: str, reason: Callable[[str], str], missing: Mapping[str, str]
) -> list[str]:
    """The cells of a column for which there is a reason to refuse them, in order."""
    values = export.frame[column].drop_nulls().unique(maintain_order=True)
    bad = {one: why for one in values if one not in missing and (why := reason(one))}
    if not bad:
        return []
    rows = export.frame.filter(pl.col(column).is_in(list(bad))).select(ROW, column).rows()
    return [
        f"{export.origin}, row {row}, column {export.heading(column)}: {quoted(one)}: {bad[one]}"
        for row, one in rows
    ]


def _reason(field: Field) -> Callable[[str], str] | None:
    """What finds a text wrong for a field; `None` where any text is right."""
    kind = field.validation
    if field.kind == "slider" or (field.kind == "text" and kind in {"integer", "int"}):
        return lambda one: "" if _INTEGER.fullmatch(one) else "not a whole number"
    if field.kind != "text":
        return None
    if kind == "float" or kind.startswith("number"):
        form = _COMMA if kind.endswith("comma_decimal") else _POINT
        return lambda one: "" if form.fullmatch(one) else "not a number"
    if kind.startswith("datetime"):
        return lambda one: "" if _is_datetime(one) else f"not a date and time ({_DATES} HH:MM)"
    if kind.startswith("date"):
        return lambda one: "" if _is_date(one) else f"not a date ({_DATES})"
    return None


def is_number(field: Field) -> bool:
    """Whether the values of a field are numbers."""
    return field.kind == "text" and field.validation.startswith(("number", "int", "float"))


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    try:
        return bool(found and date(*map(int, found.groups())))
    except ValueError:
        return False


def _is_datetime(text: str) -> bool:
    found = _DATETIME.fullmatch(text)
    if not found or not _is_date(found[1]):
        return False
    try:
        time.fromisoformat(found[2])
    except ValueError:
        return False
    return True


def _beyond(export: TextTable, field: Field, project: Project) -> list[str]:
    """A note on numbers beyond the range of which REDCap warns; they are values all the same."""
    low, high = _limit(field.low), _limit(field.high)
    if not is_number(field) or low is high is None:
        return []
    frame = export.frame.select(ROW, field.column).drop_nulls()
    cells = [
        f"{quoted(text)} in row {row}"
        for row, text in frame.rows()
        if text not in project.missing
        and (value := _limit(text)) is not None
        and ((low is not None and value < low) or (high is not None and value > high))
    ]
    if not cells:
        return []
    more = f" and {len(cells) - 10} more" if len(cells) > 10 else ""
    return [
        f"{export.origin}, column {field.name}: beyond the range {field.low or '...'} to "
        f"{field.high or '...'} of the dictionary, taken as values: {', '.join(cells[:10])}{more}."
    ]


def _limit(text: str) -> float | None:
    plain = text.replace(",", ".")
    return float(plain) if _POINT.fullmatch(plain) else None
