"""Checks of form, for both standards: names, lengths, kinds of values, keys."""

from __future__ import annotations

import re

import polars as pl

from trialwright.conformance.looking import MOST, by_value, filled, sorted_faults, together
from trialwright.conformance.model import NOT_RUN, DataTable, Fault, Looked, Trial
from trialwright.core.tables import ROW
from trialwright.intake.cells import is_date, is_number

_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,7}")
_WHOLE = re.compile(r"-?[0-9]+")
#: Bytes of a text and of a label in a transport file of version 5.
MAX_TEXT = 200
MAX_LABEL = 40


def _names(table: DataTable) -> list[str]:
    return [name for name in table.frame.columns if name != ROW]


def names(table: DataTable, trial: Trial) -> Looked:
    """Names of variables: at most 8 letters, digits and _."""
    del trial
    bad = [name for name in _names(table) if not _NAME.fullmatch(name)]
    return Looked(table.frame.height, [Fault(0, name) for name in bad])


def labels(table: DataTable, trial: Trial) -> Looked:
    """Labels of at most 40 bytes."""
    del trial
    if not table.labels:
        return NOT_RUN
    long = [name for name, text in table.labels.items() if len(text.encode()) > MAX_LABEL]
    faults = [Fault(0, name, table.labels[name]) for name in sorted(long)]
    return Looked(table.frame.height, faults)


def lengths(table: DataTable, trial: Trial) -> Looked:
    """Texts of at most 200 bytes."""
    del trial
    faults = []
    for name in _names(table):
        long = table.frame.filter(pl.col(name).str.len_bytes() > MAX_TEXT)
        faults += [
            Fault(row, name, value, f"{len(value.encode())} bytes")
            for row, value in long.select(ROW, name).head(MOST).iter_rows()
        ]
    return Looked(table.frame.height, sorted_faults(faults))


def required(table: DataTable, trial: Trial) -> Looked:
    """Required variables are there."""
    del trial
    missing = [one.name for one in table.expected if one.required and not table.has(one.name)]
    looked = table.frame.height if table.expected else 0
    return Looked(looked, [Fault(0, name) for name in missing])


def not_empty(table: DataTable, trial: Trial) -> Looked:
    """Variables that may not be empty are filled."""
    del trial
    wanted = [one.name for one in table.expected if one.filled and table.has(one.name)]
    faults = [
        Fault(row, name)
        for name in wanted
        for row in table.frame.filter(pl.col(name).is_null())[ROW].head(MOST)
    ]
    return Looked(table.frame.height if wanted else 0, sorted_faults(faults))


def numbers(table: DataTable, trial: Trial) -> Looked:
    """Numbers are plain decimal numbers, counts are whole."""
    del trial
    parts = []
    for name, kind in table.kinds.items():
        if kind in {"number", "integer"}:
            values = table.frame[name].drop_nulls().unique()
            good = is_number if kind == "number" else lambda text: bool(_WHOLE.fullmatch(text))
            bad = [value for value in values if not good(value)]
            parts.append(by_value(table, name, bad))
    return together(parts)


def dates(table: DataTable, trial: Trial) -> Looked:
    """Dates are ISO 8601 and of the calendar; those of ADaM are complete."""
    names = [name for name, kind in table.kinds.items() if kind == "date"]
    parts = []
    for name in names:
        values = table.frame[name].drop_nulls().unique()
        short = [v for v in values if trial.standard == "adam" and len(v) < len("2024-01-01")]
        bad = [value for value in values if not is_date(value)]
        parts.append(by_value(table, name, sorted({*bad, *short})))
    return together(parts)


def keys(table: DataTable, trial: Trial) -> Looked:
    """No two records have the same key."""
    del trial
    present = [name for name in table.keys if table.has(name)]
    if not present or ("USUBJID" in table.keys and "USUBJID" not in present):
        return NOT_RUN
    # Without a variable of the key the rest of it cannot tell the records apart.
    if len(present) < len(table.keys):
        return NOT_RUN
    rows = table.frame
    twice = rows.filter(pl.struct(present).is_duplicated()).sort(ROW).head(MOST)
    last = present[-1]
    faults = [
        Fault(row[ROW], last, row[last], f"key {', '.join(f'{k}={row[k] or chr(34) * 2}' for k in present)}")
        for row in twice.select(ROW, *present).to_dicts()
    ]  # fmt: skip
    return Looked(rows.height, faults)


def one_study(table: DataTable, trial: Trial) -> Looked:
    """STUDYID is the same in all records of all datasets."""
    if not table.has("STUDYID"):
        return NOT_RUN
    first = next(
        (
            other.frame["STUDYID"].drop_nulls()[0]
            for other in trial.tables.values()
            if other.has("STUDYID") and other.frame["STUDYID"].drop_nulls().len()
        ),
        None,
    )
    rows = filled(table, "STUDYID")
    wrong = rows.filter(pl.col("STUDYID") != first).select(ROW, "STUDYID").head(MOST)
    said = f"other records say {first}"
    return Looked(rows.height, [Fault(row, "STUDYID", v, said) for row, v in wrong.iter_rows()])
