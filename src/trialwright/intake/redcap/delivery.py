"""A REDCap delivery: found by its content, one table for each form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin
from trialwright.intake.files import DeliveredFile
from trialwright.intake.forms import LABEL, MISSING, Captured, Form
from trialwright.intake.redcap.columns import (
    EVENT,
    KEYS,
    FormColumns,
    columns_of,
    refuse_labels,
    refuse_unexplained,
)
from trialwright.intake.redcap.delimited import first_record, read_delimited
from trialwright.intake.redcap.dictionary import (
    Field,
    is_dictionary,
    read_dictionary,
)  # fmt: skip
from trialwright.intake.redcap.project import Project, events_of, labels_of, repeating_of
from trialwright.intake.redcap.rows import check_rows, filled, key_columns
from trialwright.intake.redcap.values import check_values
from trialwright.intake.text_table import TextTable

#: Name under which a mapping speaks of the forms.
SYSTEM = "redcap"
ARM = "REDCAP_ARM"
#: Between the codes of a checkbox field in its joined column.
_JOIN = "; "
_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
_EVENTS, _REPEATING = "instrument-event mapping", "file of repeating instruments and events"
#: Headings by which the files of a project are told apart.
_PARTS = {
    _EVENTS: {"ARM_NUM", "UNIQUE_EVENT_NAME", "FORM"},
    _REPEATING: {"FORM_NAME", "CUSTOM_FORM_LABEL"},
    "events": {"EVENT_NAME", "ARM_NUM", "UNIQUE_EVENT_NAME"},
}


def read_redcap(
    files: Sequence[DeliveredFile], encoding: str, missing: Mapping[str, str]
) -> Captured | None:
    """The forms of a REDCap project; `None` if no file is a data dictionary.

    Parameters
    ----------
    files
        Of the whole delivery: the dictionary, the export, the instrument-event mapping and the
        file of repeating instruments and events, where the project has them.
    encoding
        As somebody named it.
    missing
        Meaning of the missing data codes of the project, by code.

    Raises
    ------
    DataError
        A part is missing or stands twice, or the export breaks what the others say.
    """
    headings = {file.name: first_record(file) for file in files if file.suffix in _SUFFIXES}
    texts = [file for file in files if file.name in headings]
    dictionary = _one([f for f in texts if is_dictionary(headings[f.name])], "data dictionary")
    if dictionary is None:
        return None
    fields = read_dictionary(dictionary, encoding)
    rest = [file for file in texts if file is not dictionary]
    parts = {}
    for what, needed in _PARTS.items():
        found = _one([one for one in rest if needed <= set(headings[one.name])], what)
        if found is not None:
            parts[what] = found
            rest = [file for file in rest if file is not found]
    exports = [file for file in rest if _is_export(headings[file.name], fields)]
    export = _one(exports, "export")
    if export is None:
        raise DataError(
            "There is a REDCap data dictionary and no export that belongs to it.",
            where=dictionary.name,
            allowed=f"a CSV file with the column {fields[0].name}",
            do='export the project as "CSV / Microsoft Excel (raw data)" and put it beside',
        )
    name = PurePath(export.name).name
    refuse_labels(name, headings[export.name], fields)
    refuse_unexplained(
        name, headings[export.name], has_events=_EVENTS in parts, has_repeating=_REPEATING in parts
    )
    project = _project(fields, parts, encoding, missing)
    own = {id(file) for file in (dictionary, export, *parts.values())}
    table = read_delimited(export, encoding)
    table = replace(table, origin=Origin(name))
    forms, notes = _forms(table, project)
    return Captured(forms, notes, tuple(file for file in files if id(file) not in own))


def _one(found: Sequence[DeliveredFile], what: str) -> DeliveredFile | None:
    if len(found) > 1:
        raise DataError(
            f"The delivery has more than one {what} of REDCap.",
            where=", ".join(file.name for file in found),
            allowed="the files of one project, each once; one export with all forms",
            do="take the others out of the delivery",
        )
    return found[0] if found else None


def _is_export(headings: Sequence[str], fields: Sequence[Field]) -> bool:
    """Whether most headings are fields or labels of the project, or its keys are there."""
    names = {one.column for one in fields} | {one.label.upper() for one in fields} | {*KEYS}
    forms = {one.form.upper() for one in fields}
    own = [
        one for one in headings
        if one in names or one.partition("___")[0] in names
        or one.removesuffix("_COMPLETE").removesuffix("_TIMESTAMP") in forms
    ]  # fmt: skip
    return bool(set(headings) & {*KEYS}) or 2 * len(own) > len(headings)


def _project(
    fields: tuple[Field, ...],
    parts: Mapping[str, DeliveredFile],
    encoding: str,
    missing: Mapping[str, str],
) -> Project:
    _refuse_ambiguous(fields, missing)
    tables = {what: read_delimited(file, encoding) for what, file in parts.items()}
    forms = {one.form for one in fields}
    designated: dict[str, frozenset[str]] | None = None
    arms: dict[str, str] = {}
    labels: dict[str, str] = {}
    events: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()
    if (table := tables.get(_EVENTS)) is not None:
        designated, arms = events_of(table, sorted(forms))
    if (table := tables.get(_REPEATING)) is not None:
        events, pairs = repeating_of(table, sorted(forms), designated)
    if (table := tables.get("events")) is not None:
        labels = labels_of(table)
    return Project(fields, missing, designated, arms, labels, events, pairs)


def _refuse_ambiguous(fields: Sequence[Field], missing: Mapping[str, str]) -> None:
    both = [f"{one.name}: {code}" for one in fields for code in one.choices if code in missing]
    if both:
        raise DataError(
            "A missing data code is also a choice of a field.",
            where="; ".join(both[:10]),
            allowed="codes that mean one thing",
            do="take the code out of missing_codes, or change the choice in the project",
        )


def _forms(export: TextTable, project: Project) -> tuple[tuple[Form, ...], tuple[str, ...]]:
    columns, notes = columns_of(export, project)
    notes += check_values(export, columns, project)
    notes += check_rows(export, columns, project)
    made = [Form(SYSTEM, one.form, _form(export, one, project)) for one in columns if one.names]
    return tuple(made), tuple(notes)


def _form(export: TextTable, form: FormColumns, project: Project) -> TextTable:
    """The rows with a value of the form: keys, codes, labels, why values are missing."""
    frame = export.frame.filter(filled(form))
    keys = key_columns(export, project)
    columns: dict[str, pl.Series] = {name: frame[name] for name in keys}
    headings = {name: name.lower() for name in keys}
    if EVENT in keys:
        at = list(columns).index(EVENT) + 1
        known = {ARM: project.arms, EVENT + LABEL: project.event_labels}
        added = {name: _mapped(frame[EVENT], words) for name, words in known.items() if words}
        columns = dict([*list(columns.items())[:at], *added.items(), *list(columns.items())[at:]])
        headings |= dict.fromkeys(added, EVENT.lower())
    for field in project.of_form(form.form):
        made = _values(frame, field, form, project)
        columns |= made
        headings |= {name: _heading(name, field) for name in made}
    for name in (form.status, form.time):
        if name:
            columns[name], headings[name] = frame[name], name.lower()
    table = pl.DataFrame(columns).with_columns(frame[ROW])
    return TextTable(table, Origin(f"{export.origin}, form {form.form}"), {}, headings)


def _heading(name: str, field: Field) -> str:
    """A code and its label share the column of the export; boxes have their own."""
    return field.name if name in {field.column, field.column + LABEL} else name.lower()


def _values(
    frame: pl.DataFrame, field: Field, form: FormColumns, project: Project
) -> dict[str, pl.Series]:
    """The columns of a field: its codes, what they mean, and why there is none."""
    column = field.column
    boxed = [(own, gone) for one, own, gone in form.boxes if one is field]
    if boxed:
        return _boxes(frame, field, *boxed[0])
    if field not in form.fields:
        return {}
    codes = frame[column]
    gone = pl.Series([one if one in project.missing else None for one in codes], dtype=pl.String)
    values = pl.Series([None if one in project.missing else one for one in codes], dtype=pl.String)
    made = {column: values}
    if field.choices:
        made[column + LABEL] = _mapped(values, field.choices)
    if gone.is_not_null().any():
        made[column + MISSING] = gone
    return made


def _boxes(
    frame: pl.DataFrame, field: Field, own: Mapping[str, str], gone: Mapping[str, str]
) -> dict[str, pl.Series]:
    def ticked(names: Mapping[str, str], words: Mapping[str, str]) -> pl.Series:
        found = [
            _JOIN.join(words.get(code, code) for name, code in names.items() if row[name] == "1")
            for row in frame.select(*names).iter_rows(named=True)
        ] if names else [""] * frame.height  # fmt: skip
        return pl.Series([one or None for one in found], dtype=pl.String)

    made = {field.column: ticked(own, {}), field.column + LABEL: ticked(own, field.choices)}
    if gone:
        made[field.column + MISSING] = ticked(gone, {})
    return made | {name: frame[name] for name in own}


def _mapped(values: pl.Series, words: Mapping[str, str]) -> pl.Series:
    return pl.Series([words.get(one) if one else None for one in values], dtype=pl.String)


def is_redcap(files: Sequence[DeliveredFile]) -> bool:
    """Whether a delivery holds a data dictionary of REDCap."""
    texts = [file for file in files if file.suffix in _SUFFIXES]
    return any(is_dictionary(first_record(file)) for file in texts)
