"""Which form, event and instance each row of a REDCap export belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.intake.cells import listed, quoted
from trialwright.intake.redcap.columns import EVENT, INSTANCE, INSTRUMENT, KEYS, FormColumns
from trialwright.intake.redcap.project import Project
from trialwright.intake.text_table import TextTable

#: What an untouched form exports: open, and no box ticked.
_UNTOUCHED = "0"
#: Misplaced values that are looked up; there is no end of them where a mapping file is wrong.
_MOST = 100


@dataclass(frozen=True, slots=True)
class _Key:
    """Keys of a row; the names of the event and of the repeating form are empty for none."""

    row: int
    record: str
    event: str
    form: str
    instance: str


def check_rows(export: TextTable, forms: Sequence[FormColumns], project: Project) -> list[str]:
    """Refuse rows whose keys are incomplete, unknown or doubled, and values in a wrong row.

    Returns
    -------
    list of str
        Notes on rows without any value and on records in several arms.

    Raises
    ------
    DataError
        With row and column.
    """
    keys = _keys(export, project)
    problems = [
        f"{export.origin}, row {key.row}, column {column}: {why}"
        for key in keys
        for column, why in _unexplained(key, project)
    ]
    _refuse(problems, "Rows do not say what they belong to.")
    _refuse_doubled(export, keys)
    _refuse_misplaced(export, forms, (keys, project))
    return [*_empty(export, forms), *_several_arms(export, keys, project)]


def filled(form: FormColumns) -> pl.Expr:
    """Whether a row has a value of a form: an untouched form has status 0 and no box ticked.

    The form must have columns in the export.
    """
    boxes = [name for _, own, missing in form.boxes for name in (*own, *missing)]
    weak = {*boxes, *([form.status] if form.status else [])}
    found = [
        (pl.col(name).is_not_null() & (pl.col(name) != _UNTOUCHED))
        if name in weak
        else pl.col(name).is_not_null()
        for name in form.names
    ]
    return pl.any_horizontal(found)


def _keys(export: TextTable, project: Project) -> list[_Key]:
    frame = export.frame
    names = (project.record_id.column, EVENT, INSTRUMENT, INSTANCE)
    there = [name for name in names if name in frame.columns]
    found = []
    for record in frame.select(*there, ROW).iter_rows(named=True):
        texts = [record.get(name) or "" for name in names]
        found.append(_Key(record[ROW], texts[0], texts[1], texts[2], texts[3]))
    return found


def _unexplained(key: _Key, project: Project) -> list[tuple[str, str]]:
    """Columns of the keys that are wrong, and why."""
    found = []
    if not key.record:
        found.append((project.record_id.name, "empty"))
    longitudinal = project.designated is not None
    if longitudinal and key.event not in (project.designated or {}):
        found.append((EVENT.lower(), f"{quoted(key.event)} is not in the instrument-event mapping"))
        return found
    name, at = INSTRUMENT.lower(), INSTANCE.lower()
    repeats = key.event in project.repeating_events
    if key.form and (key.event, key.form) not in project.repeating_forms:
        found.append(
            (name, f"{quoted(key.form)} does not repeat{f' at {key.event}' * bool(key.event)}")
        )
    elif key.instance and not key.form and not repeats:
        found.append((at, f"{quoted(key.instance)}, but neither event nor form repeats"))
    elif (key.form or repeats) and not re.fullmatch("0*[1-9][0-9]{0,8}", key.instance):
        found.append((at, f"{quoted(key.instance)} is no number of an instance"))
    return found


def _refuse_doubled(export: TextTable, keys: Sequence[_Key]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    problems = []
    for key in keys:
        instance = str(int(key.instance)) if key.instance else ""
        own = (key.record.upper(), key.event, key.form, instance)
        first = seen.setdefault(own, key.row)
        if first != key.row:
            shown = ", ".join(part for part in own if part)
            problems.append(f"{export.origin}, rows {first} and {key.row}: {shown}")
    _refuse(problems, "Rows have the same record, event, form and instance.")


def _refuse_misplaced(
    export: TextTable, forms: Sequence[FormColumns], of: tuple[Sequence[_Key], Project]
) -> None:
    """Refuse values of a form in a row that cannot hold it."""
    keys, project = of
    problems: list[tuple[int, str]] = []
    for form in (one for one in forms if one.names):
        mask = export.frame.select(filled(form).alias("is")).to_series()
        for key, is_filled in zip(keys, mask, strict=True):
            why = _misplaced(key, form.form, project) if is_filled else ""
            if why and len(problems) < _MOST:
                column = _first_filled(export, form, key.row)
                problems.append(
                    (key.row, f"{export.origin}, row {key.row}, column {column}: {why}")
                )
    _refuse([text for _, text in sorted(problems)], "Rows hold values of forms they cannot hold.")


def _misplaced(key: _Key, form: str, project: Project) -> str:
    designated = project.designated
    if designated is not None and form not in designated[key.event]:
        return f"the form {form} is not filled in at {key.event}"
    if key.form and key.form != form:
        return f"a value of the form {form} in a row of {key.form}"
    if not key.form and (key.event, form) in project.repeating_forms:
        return f"the form {form} repeats, and the row has no instance of it"
    return ""


def _first_filled(export: TextTable, form: FormColumns, row: int) -> str:
    record = export.frame.filter(pl.col(ROW) == row).row(0, named=True)
    names = [name for name in form.names if record[name] not in {None, _UNTOUCHED}]
    return export.heading((names or [name for name in form.names if record[name] is not None])[0])


def _empty(export: TextTable, forms: Sequence[FormColumns]) -> list[str]:
    frame = export.frame
    own = [filled(form) for form in forms if form.names]
    rows = frame.filter(~pl.any_horizontal(own))[ROW].to_list() if own else []
    if not rows:
        return []
    shown = ", ".join(map(str, rows[:20]))
    more = f" and {len(rows) - 20} more" if len(rows) > 20 else ""
    return [f"{export.origin}: no value of any form in row{'s' * (len(rows) > 1)} {shown}{more}."]


def _several_arms(export: TextTable, keys: Sequence[_Key], project: Project) -> list[str]:
    arms: dict[str, set[str]] = {}
    for key in keys:
        if key.event:
            arms.setdefault(key.record, set()).add(project.arms[key.event])
    return [
        f"{export.origin}: the record {record} is in the arms {', '.join(sorted(found))}."
        for record, found in sorted(arms.items())
        if len(found) > 1
    ]


def _refuse(problems: Sequence[str], what: str) -> None:
    if problems:
        raise DataError(
            what,
            where=listed(problems),
            allowed="one row for each record, event, repeating form and instance, as the mapping "
            "files of the project say",
            do="download export, dictionary and mapping files again, at the same time",
        )


def key_columns(export: TextTable, project: Project) -> tuple[str, ...]:
    """Keys that the export has, in the order in which a form shows them."""
    keys = (EVENT, INSTANCE, *(one for one in KEYS if one not in {EVENT, INSTANCE, INSTRUMENT}))
    return (project.record_id.column, *(name for name in keys if name in export.frame.columns))
