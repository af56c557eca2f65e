"""One cell as a value of a record: terms, dates, numbers and units, with what was changed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trialwright.intake.mapping.model import Mapping, Value
from trialwright.intake.mapping.words import fits, folded
from trialwright.intake.typed import plain, typed_date, typed_number

#: What a spreadsheet shows where a formula has no result.
_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)")
_LIMIT = re.compile(r"([<>≤≥]=?)\s*(.+)", re.DOTALL)
_LIKE_NUMBER = re.compile(r"[+-]?[0-9.,' ]*[0-9][0-9.,' ]*")
_MEASURED = re.compile(r"(.*[0-9])\s*([^0-9.,]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Taken:
    """A value as it was taken.

    Attributes
    ----------
    text
        The value, `None` for none.
    change
        Kind of change: "term", "date", "number" or "unit"; empty for none.
    is_left
        The cell holds something that this value is not: another value has to take it.
    """

    text: str | None
    change: str = ""
    is_left: bool = False


def taken(cell: str | None, value: Value, mapping: Mapping) -> Taken | str:
    """The value of a record from a cell.

    Parameters
    ----------
    cell
        Text of the cell, `None` where it is empty.
    value, mapping
        What the mapping says of it.

    Returns
    -------
    Taken or str
        The value, or the reason why the cell is refused.
    """
    if cell is None:
        return Taken(value.empty)
    term = _term(cell, value)
    if term is not None:
        return Taken(term or None, "term" if term != cell else "", is_left=not term)
    if _ERROR.fullmatch(cell):
        return "an error value of the spreadsheet: correct the formula, or name it as a term"
    read = _read(cell, value, mapping)
    return _unread(cell, value, read) if isinstance(read, str) else read


def _unread(cell: str, value: Value, reason: str) -> Taken | str:
    """What becomes of a cell that is no term and nothing that is read."""
    if value.other == "empty":
        return Taken(None, is_left=True)
    if value.other == "keep":
        return _text(cell, value)
    known = ", ".join(name for name, meant in (value.terms or {}).items() if meant)
    if value.kind == "text":
        return f"not one of the terms {known}"
    return f"{reason}, and not one of {known}" if known else reason


def _term(cell: str, value: Value) -> str | None:
    terms = value.terms or {}
    shown = folded(cell)
    exact = next((meant for given, meant in terms.items() if folded(given) == shown), None)
    if exact is not None:
        return exact
    return next((meant for given, meant in terms.items() if fits(given, cell)), None)


def _read(cell: str, value: Value, mapping: Mapping) -> Taken | str:
    if value.kind == "text":
        if value.terms is not None:
            return "not a term"
        return _text(cell, value)
    if value.kind == "date":
        read = typed_date(cell, mapping.dates)
        return read if isinstance(read, str) else Taken(read.text, "date" if read.changed else "")
    if value.kind == "result":
        return _result(cell, mapping)
    return _measured(cell, value, mapping)


def _result(cell: str, mapping: Mapping) -> Taken | str:
    """A number, a limit, or words that are no number in any reading."""
    shown = plain(cell)
    limit = _LIMIT.fullmatch(shown)
    sign, rest = (limit[1], limit[2]) if limit else ("", shown)
    read = typed_number(rest, comma=mapping.decimal_comma)
    if isinstance(read, str):
        return read if _LIKE_NUMBER.fullmatch(rest) else Taken(cell)
    text = f"{sign}{read.text}"
    return Taken(text, "number" if text != cell else "")


def _measured(cell: str, value: Value, mapping: Mapping) -> Taken | str:
    """The number in a cell, or the unit that stands behind it."""
    number, unit = _parted(cell, value)
    read = typed_number(number, comma=mapping.decimal_comma)
    if isinstance(read, str):
        return read
    if value.kind == "unit":
        if unit is None:
            return Taken(value.bare) if value.bare else "no unit behind the number"
        return Taken(unit, "unit")
    return Taken(read.text, "number" if read.text != cell else "")


def _parted(cell: str, value: Value) -> tuple[str, str | None]:
    """The text before the unit, and the unit as the mapping writes it, if one is there."""
    found = _MEASURED.fullmatch(plain(cell))
    if found is None:
        return cell, None
    said = folded(found[2])
    unit = next((one for one in value.units if folded(one) == said), None)
    return (cell, None) if unit is None else (found[1], unit)


def _text(cell: str, value: Value) -> Taken:
    number = plain(cell)
    is_padded = value.pad and number.isascii() and number.isdecimal()
    text = f"{value.prefix}{number.zfill(value.pad) if is_padded else cell}"
    return Taken(text, "term" if text != cell else "")
