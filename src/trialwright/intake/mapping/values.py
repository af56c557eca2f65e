"""One cell as a value of a record: terms, dates and numbers, with what was changed."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.intake.mapping.model import Mapping, Value
from trialwright.intake.typed import typed_date, typed_number


@dataclass(frozen=True, slots=True)
class Taken:
    """A value as it was taken; `change` names the kind of change, empty for none."""

    text: str | None
    change: str = ""


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
        return Taken(term or None, "term" if term != cell else "")
    if value.terms is not None and value.kind == "text":
        if value.other == "empty":
            return Taken(None, "term")
        if value.other != "keep":
            return f"not one of the terms {', '.join(value.terms)}"
    return _typed(cell, value, mapping)


def _term(cell: str, value: Value) -> str | None:
    folded = cell.strip().upper()
    for given, meant in (value.terms or {}).items():
        if given.strip().upper() == folded:
            return meant
    return None


def _typed(cell: str, value: Value, mapping: Mapping) -> Taken | str:
    if value.kind == "text":
        text = _padded(cell, value)
        return Taken(text, "term" if text != cell else "")
    if value.kind == "date":
        read = typed_date(cell, mapping.dates)
    else:
        read = typed_number(cell, comma=mapping.decimal_comma)
    if isinstance(read, str):
        if value.other == "empty":
            return Taken(None, value.kind)
        return read if value.terms is None else f"{read}, and not one of {', '.join(value.terms)}"
    return Taken(read.text, value.kind if read.changed else "")


def _padded(cell: str, value: Value) -> str:
    text = cell.zfill(value.pad) if cell.isdecimal() else cell
    return f"{value.prefix}{text}"
