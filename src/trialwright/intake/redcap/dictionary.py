"""The data dictionary of a REDCap project: fields, forms, choices, validation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.intake.cells import listed, quoted
from trialwright.intake.files import DeliveredFile
from trialwright.intake.redcap.delimited import read_delimited
from trialwright.intake.text_table import TextTable

#: Column of the dictionary by what it holds: as the project page and as the API writes it.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("VARIABLE / FIELD NAME", "FIELD_NAME"),
    "form": ("FORM NAME", "FORM_NAME"),
    "kind": ("FIELD TYPE", "FIELD_TYPE"),
    "label": ("FIELD LABEL", "FIELD_LABEL"),
    "choices": (
        "CHOICES, CALCULATIONS, OR SLIDER LABELS",
        "SELECT_CHOICES_OR_CALCULATIONS",
        "CHOICES OR CALCULATIONS",
    ),
    "validation": (
        "TEXT VALIDATION TYPE OR SHOW SLIDER NUMBER",
        "TEXT_VALIDATION_TYPE_OR_SHOW_SLIDER_NUMBER",
    ),
    "low": ("TEXT VALIDATION MIN", "TEXT_VALIDATION_MIN"),
    "high": ("TEXT VALIDATION MAX", "TEXT_VALIDATION_MAX"),
}
#: Columns without which a dictionary says too little.
NEEDED = ("name", "form", "kind", "label", "choices", "validation")
_CODED = frozenset({"radio", "dropdown", "checkbox"})
_KINDS = _CODED | {
    "text", "notes", "calc", "yesno", "truefalse", "slider", "file", "descriptive", "sql",
}  # fmt: skip
_FIXED = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form.

    Attributes
    ----------
    name, form, label
        As the dictionary writes them.
    kind
        Field type: radio, checkbox, text ...
    validation
        Validation type of a text field, such as `date_dmy`.
    choices
        Label by code.
    low, high
        Range that REDCap warns of, as text.
    """

    name: str
    form: str
    label: str
    kind: str
    validation: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    low: str = ""
    high: str = ""

    @property
    def column(self) -> str:
        """Heading of its column in upper case."""
        return self.name.upper()

    def box(self, code: str) -> str:
        """Heading of the column of one choice of a checkbox field, in upper case."""
        return f"{self.name}___{re.sub('[^0-9a-z]', '_', code.lower())}".upper()


def is_dictionary(headings: Sequence[str]) -> bool:
    """Whether a file with these headings, in upper case, is a data dictionary."""
    return all(set(HEADINGS[key]) & set(headings) for key in ("name", "form", "kind"))


def read_dictionary(file: DeliveredFile, encoding: str) -> tuple[Field, ...]:
    """Read the fields of a project in order; the first identifies the record.

    Raises
    ------
    DataError
        A column is missing, a field stands twice, has no form, a type that REDCap does not have,
        or choices that cannot be told apart.
    """
    table = read_delimited(file, encoding)
    at = {key: _found(table, key) for key in HEADINGS}
    missing = [HEADINGS[key][0].capitalize() for key in NEEDED if at[key] is None]
    if missing or not table.frame.height:
        raise DataError(
            f"The data dictionary has no column {', '.join(missing)}."
            if missing
            else "The data dictionary has no field.",
            where=f"{file.name}, row 1",
            allowed="the data dictionary as REDCap writes it",
            do="download the data dictionary again",
        )
    problems: list[str] = []
    fields = []
    for record in table.frame.iter_rows(named=True):
        cells = {key: record[name] or "" for key, name in at.items() if name is not None}
        found = _field(cells)
        if isinstance(found, Field):
            fields.append(found)
        else:
            key, why = found
            column = (at[key] or "").capitalize()
            problems.append(f"{file.name}, row {record[ROW]}, column {column}: {why}")
    problems += _doubled(fields, file.name)
    if problems:
        raise DataError(
            "The data dictionary cannot be read.",
            where=listed(problems),
            allowed="field names once, a form and a field type for each, choices as "
            '"1, Male | 2, Female"',
            do="download the data dictionary again",
        )
    return tuple(fields)


def _found(table: TextTable, key: str) -> str | None:
    return next((name for name in HEADINGS[key] if name in table.frame.columns), None)


def _field(cells: Mapping[str, str]) -> Field | tuple[str, str]:
    """A field, or the column of the dictionary that is wrong and why."""
    name, kind = cells["name"], cells["kind"].lower()
    if not _NAME.fullmatch(name):
        return "name", f"{quoted(name)} is no field name"
    if not cells["form"]:
        return "form", f"the field {name} has no form"
    if kind not in _KINDS:
        return "kind", f"{quoted(kind)} is no field type"
    choices = _choices(cells["choices"]) if kind in _CODED else _FIXED.get(kind, {})
    if isinstance(choices, str):
        return "choices", choices
    found = Field(
        name, cells["form"].lower(), cells["label"], kind, cells["validation"].lower(), choices,
        cells.get("low", ""), cells.get("high", ""),
    )  # fmt: skip
    if kind == "checkbox":
        twice = [one for one, n in Counter(map(found.box, choices)).items() if n > 1]
        if twice:
            return "choices", f"two choices have the column {twice[0].lower()}"
    return found


def _choices(text: str) -> dict[str, str] | str:
    """Label by code, or what is wrong: "1, Male | 2, Female"."""
    found: dict[str, str] = {}
    for part in text.split("|"):
        code, comma, label = (one.strip() for one in part.partition(","))
        if not code or not comma:
            return f"{quoted(part.strip())} is no choice"
        if code in found:
            return f"the code {quoted(code)} stands twice"
        found[code] = label
    return found


def _doubled(fields: Sequence[Field], name: str) -> list[str]:
    counts = Counter(one.name for one in fields)
    return [
        f"{name}: the field {one} stands {count} times"
        for one, count in counts.items()
        if count > 1
    ]
