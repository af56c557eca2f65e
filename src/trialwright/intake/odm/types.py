"""Texts of ODM against the data type of their item (ODM 1.3.2, section 2.14)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

_ZONE = r"(?:Z|[+-]\d{2}:\d{2})?"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?"
_PART_TIME = r"(?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?"
_PART_DATE = r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?"
_GAP_DATE = r"(?:(\d{4})|-)-(?:(\d{2})|-)-(?:(\d{2})|-)"


def _form(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def _dated(pattern: str) -> Callable[[str], bool]:
    """A form whose first three groups are year, month and day of the calendar, as far as known."""
    compiled = re.compile(pattern, re.ASCII)

    def is_right(text: str) -> bool:
        found = compiled.fullmatch(text)
        if found is None:
            return False
        year, month, day = (int(one) if one else None for one in found.groups()[:3])
        try:
            date(2000 if year is None else year, month or 1, 1 if day is None else day)
        except ValueError:
            return False
        return month != 0

    return is_right


def _any(_: str) -> bool:
    return True


#: What a text of a data type must look like.
DATA_TYPES: Mapping[str, Callable[[str], bool]] = {
    "integer": _form(r"[+-]?\d+"),
    "float": _form(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"),
    "double": _form(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"),
    "boolean": _form("true|false|1|0"),
    "date": _dated(r"(\d{4})-(\d{2})-(\d{2})"),
    "datetime": _dated(rf"(\d{{4}})-(\d{{2}})-(\d{{2}})T{_TIME}{_ZONE}"),
    "time": _form(_TIME + _ZONE),
    "partialDate": _dated(_PART_DATE),
    "partialTime": _form(_PART_TIME + _ZONE),
    "partialDatetime": _dated(rf"{_PART_DATE}(?:T{_PART_TIME}{_ZONE})?"),
    "incompleteDate": _dated(_GAP_DATE),
    "incompleteTime": _form(r"(?:\d{2}|-):(?:\d{2}|-):(?:\d{2}(?:\.\d+)?|-)" + _ZONE),
    "incompleteDatetime": _dated(
        _GAP_DATE + r"(?:T(?:\d{2}|-):(?:\d{2}|-):(?:\d{2}(?:\.\d+)?|-)" + _ZONE + ")?"
    ),
    "text": _any,
    "string": _any,
    "URI": _any,
    "hexBinary": _form("(?:[0-9A-Fa-f]{2})*"),
    "hexFloat": _any,
    "base64Binary": _any,
    "base64Float": _any,
    "durationDatetime": _any,
    "intervalDatetime": _any,
}
#: Element of a typed value by data type.
TYPED = {f"ItemData{name[0].upper()}{name[1:]}": name for name in DATA_TYPES if name != "text"} | {
    "ItemDataAny": ""
}


def is_typed_as(element: str, data_type: str) -> bool:
    """Whether an element such as `ItemDataInteger` may hold values of a data type."""
    meant = TYPED[element]
    return not meant or meant == data_type or {meant, data_type} == {"string", "text"}


def without_gaps(text: str, data_type: str) -> str:
    """An incomplete date as a partial one where the gaps are at its end: 2024-03-- as 2024-03."""
    if data_type != "incompleteDate" or text.startswith("-"):
        return text
    parts = re.fullmatch(r"(\d{4})-(\d{2}|-)-(\d{2}|-)", text)
    if parts is None or (parts[2] == "-" and parts[3] != "-"):
        return text
    return "-".join(one for one in parts.groups() if one != "-")
