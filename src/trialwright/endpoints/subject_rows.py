"""Records of one subject out of ADaM frames, for results that describe patients one by one."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import polars as pl

from trialwright.core.tables import Adam
from trialwright.endpoints.headline import headline_rows
from trialwright.protocol.settled import SettledResponse

Row: TypeAlias = dict[str, object]


def rows_of(subjects: pl.DataFrame) -> list[Row]:
    """Rows of a frame of subjects, by `USUBJID`."""
    return list(subjects.sort("USUBJID").iter_rows(named=True))


def parameter(adam: Adam, dataset: str, code: str, rule: SettledResponse) -> dict[str, list[Row]]:
    """Records of one parameter by the evaluator of the protocol (R-072), in the order of time.

    Returns
    -------
    dict
        Rows by `USUBJID`; a subject without records has no entry.
    """
    frame = headline_rows(adam, dataset, rule.evaluator).filter(pl.col("PARAMCD") == code)
    found: dict[str, list[Row]] = {}
    for row in frame.sort("USUBJID", "AVISITN").iter_rows(named=True):
        found.setdefault(row["USUBJID"], []).append(row)
    return found


def text(row: Row, name: str) -> str:
    """A text value, "" when it is missing."""
    value = row[name]
    return value if isinstance(value, str) else ""


def number(row: Row, name: str) -> float | None:
    """A number, `None` when it is missing."""
    value = row[name]
    return float(value) if isinstance(value, (int, float)) else None


def day(row: Row, name: str) -> date | None:
    """A date, `None` when it is missing."""
    value = row[name]
    return value if isinstance(value, date) else None


def time_point(row: Row) -> int:
    """Number of the time point; 0 is baseline."""
    value = row["AVISITN"]
    return value if isinstance(value, int) else 0


def short_names(adam: Adam) -> dict[str, str]:
    """How each patient of ADSL is called in tables, by USUBJID; USUBJID where SUBJID is shared."""
    rows = adam["ADSL"].select("USUBJID", "SUBJID").to_dicts()
    names = {str(row["USUBJID"]): short_name(row) for row in rows}
    return names if len(set(names.values())) == len(names) else {name: name for name in names}


def short_name(row: Row) -> str:
    """How a patient is called in tables: SUBJID, else USUBJID."""
    return text(row, "SUBJID") or text(row, "USUBJID")
