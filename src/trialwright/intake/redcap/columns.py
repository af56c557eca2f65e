"""The columns of a REDCap export against the dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.intake.cells import listed
from trialwright.intake.redcap.dictionary import Field
from trialwright.intake.redcap.project import Project
from trialwright.intake.text_table import TextTable

EVENT = "REDCAP_EVENT_NAME"
INSTRUMENT = "REDCAP_REPEAT_INSTRUMENT"
INSTANCE = "REDCAP_REPEAT_INSTANCE"
GROUP = "REDCAP_DATA_ACCESS_GROUP"
SURVEY = "REDCAP_SURVEY_IDENTIFIER"
KEYS = (EVENT, INSTRUMENT, INSTANCE, GROUP, SURVEY)


@dataclass(frozen=True, slots=True)
class FormColumns:
    """Columns of the export that belong to a form.

    Attributes
    ----------
    form
        Its name.
    fields
        Fields with one column.
    boxes
        For a checkbox field the column of each choice, and of each missing data code.
    status, time
        Columns of completion and of the survey, or empty.
    """

    form: str
    fields: tuple[Field, ...]
    boxes: tuple[tuple[Field, dict[str, str], dict[str, str]], ...]
    status: str
    time: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every column with a value of the form; the time of a survey alone is none."""
        boxed = [name for _, own, missing in self.boxes for name in (*own, *missing)]
        status = [self.status] if self.status else []
        return (*(one.column for one in self.fields), *boxed, *status)


def columns_of(export: TextTable, project: Project) -> tuple[tuple[FormColumns, ...], list[str]]:
    """The columns of each form, and notes on fields that the export does not have.

    Raises
    ------
    DataError
        The export lacks its keys or boxes of a checkbox field, or has columns that the dictionary
        does not explain.
    """
    there = {name for name in export.frame.columns if name != ROW}
    _refuse_keys(export, there, project)
    forms = tuple(_form(form, there, project) for form in project.forms)
    known = {project.record_id.column, *KEYS}
    for form in forms:
        known |= {*form.names, form.time}
    unknown = [name for name in export.frame.columns if name in there - known]
    broken = [
        f"{export.origin}: the boxes of {field.name} lack {', '.join(lost)}"
        for form in forms
        for field, own, _ in form.boxes
        if (
            lost := [
                field.box(code).lower() for code in field.choices if field.box(code) not in own
            ]
        )
    ]
    if unknown or broken:
        raise DataError(
            "The export does not fit the data dictionary.",
            where=listed(
                [f"{export.origin}, row 1, column {name.lower()}" for name in unknown] + broken
            ),
            allowed="the fields of the dictionary, all boxes of a checkbox field",
            do="download export and data dictionary again, at the same time; "
            "declare missing data codes in the mapping (missing_codes)",
        )
    return forms, _absent(export, forms, project)


def _form(form: str, there: set[str], project: Project) -> FormColumns:
    fields = project.of_form(form)
    boxes = []
    for one in fields:
        if one.kind == "checkbox":
            own = {one.box(code): code for code in one.choices if one.box(code) in there}
            missing = {one.box(code): code for code in project.missing if one.box(code) in there}
            if own or missing:
                boxes.append((one, own, missing))
    single = tuple(one for one in fields if one.kind != "checkbox" and one.column in there)
    status, time = f"{form}_COMPLETE".upper(), f"{form}_TIMESTAMP".upper()
    return FormColumns(
        form, single, tuple(boxes), status if status in there else "", time if time in there else ""
    )


def _absent(export: TextTable, forms: Sequence[FormColumns], project: Project) -> list[str]:
    notes = []
    for form in forms:
        asked = project.of_form(form.form)
        have = {one.name for one in (*form.fields, *(one for one, _, _ in form.boxes))}
        lost = [one.name for one in asked if one.name not in have]
        if not form.names:
            notes.append(f"{export.origin}: the form {form.form} is not in the export.")
        elif lost:
            notes.append(
                f"{export.origin}, form {form.form}: not in the export: {', '.join(lost)}."
            )
    return notes


def refuse_labels(name: str, headings: Sequence[str], fields: Sequence[Field]) -> None:
    """Refuse an export whose headings are the labels of fields; several may be the same.

    Raises
    ------
    DataError
        The record ID is not there by its name, and more headings are labels than names.
    """
    labels = {one.label.upper() for one in fields if one.label}
    found = [one for one in headings if one in labels]
    by_name = set(headings) & {one.column for one in fields}
    if fields[0].column in headings or len(found) <= len(by_name):
        return
    raise DataError(
        "The export has labels as headings.",
        where=f"{name}, row 1, column {', column '.join(found[:3])}",
        allowed="raw data: variable names and codes; labels are not unique",
        do='export again as "CSV / Microsoft Excel (raw data)"',
    )


def _refuse_keys(export: TextTable, there: set[str], project: Project) -> None:
    repeats = bool(project.repeating_events or project.repeating_forms)
    longitudinal = project.designated is not None
    lost = [] if project.record_id.column in there else [project.record_id.name]
    lost += [EVENT.lower()] if longitudinal and EVENT not in there else []
    lost += [name.lower() for name in (INSTRUMENT, INSTANCE) if repeats and name not in there]
    if lost:
        raise DataError(
            f"The export lacks {', '.join(lost)}.",
            where=f"{export.origin}, row 1",
            allowed="the record ID, the event and the repeating instance of every row",
            do="export all of these columns",
        )


def refuse_unexplained(
    name: str, headings: Sequence[str], *, has_events: bool, has_repeating: bool
) -> None:
    """Refuse an export with events or repeating instances without the file that explains them.

    Raises
    ------
    DataError
        With the columns and the file that is missing.
    """
    need = ["instrument-event mapping"] if EVENT in headings and not has_events else []
    if {INSTRUMENT, INSTANCE} & set(headings) and not has_repeating:
        need.append("file of repeating instruments and events")
    if need:
        columns = ", ".join(one.lower() for one in (EVENT, INSTRUMENT, INSTANCE) if one in headings)
        raise DataError(
            f"The project needs its {' and its '.join(need)}.",
            where=f"{name}, row 1: {columns}",
            allowed="arm_num, unique_event_name, form; event_name, form_name, custom_form_label",
            do="download the file of the project and put it beside the export",
        )
