"""The value of a cell by the kind of its column: read where it can mean one thing only."""

from __future__ import annotations

import re

from trialwright.intake.typed import Typed, plain, typed_date, typed_number
from trialwright.intake.workbook.about import Settings
from trialwright.intake.workbook.layout import Field, folded
from trialwright.intake.workbook.lesion_cells import ONE_READING

_LIMITED = re.compile(r"([<>]=?)\s*(\S+)")


def read_cell(text: str, one: Field | None, settings: Settings) -> Typed | str:
    """The value of a cell, or why it cannot be read."""
    shown = text.strip()
    if one is None or one.kind == "text":
        if one is not None and one.closed:
            return _term(shown, one)
        return Typed(shown, changed=False)
    if one.kind == "date":
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", shown):
            return Typed(shown, changed=False)  # a time behind a date stays
        return typed_date(shown, settings.order)
    number = typed_number(shown, comma=settings.comma or bool(ONE_READING.fullmatch(plain(shown))))
    if isinstance(number, Typed) or one.kind == "number":
        return number
    return _words(shown, settings)


def _words(shown: str, settings: Settings) -> Typed | str:
    """A result in words; a limit such as <0,5 has the decimal sign of a number."""
    limited = _LIMITED.fullmatch(plain(shown))
    if limited is None:
        wrong = re.fullmatch(r"[\d.,]+", plain(shown)) is not None
        return "a number that can be read in two ways" if wrong else Typed(shown, changed=False)
    number = typed_number(
        limited[2], comma=settings.comma or bool(ONE_READING.fullmatch(limited[2]))
    )
    if isinstance(number, str):
        return Typed(shown, changed=False)
    result = f"{limited[1]}{number.text}"
    return Typed(shown, changed=False) if "," not in shown else Typed(result, changed=True)


def _term(shown: str, one: Field) -> Typed | str:
    terms = {folded(term): term for term in one.terms}
    found = terms.get(folded(plain(shown)))
    if found is None:
        return f"no term of the list: {', '.join(one.terms)}"
    return Typed(found, found != shown)
