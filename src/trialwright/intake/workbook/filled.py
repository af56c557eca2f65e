"""A workbook filled with the data of a trial, and what it cannot hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.intake.files import DeliveredFile
from trialwright.intake.workbook.fill import content_of
from trialwright.intake.workbook.reading import read_workbook
from trialwright.intake.workbook.template import workbook_bytes
from trialwright.protocol.model import Protocol

#: Columns that differ and are named for a domain; the rest is counted.
_SHOWN = 6
#: Columns that every record has.
_FRAME = frozenset({"STUDYID", "DOMAIN"})


@dataclass(frozen=True, slots=True)
class FilledWorkbook:
    """The bytes of a workbook, and what is not the same when it is read back.

    Attributes
    ----------
    subjects
        Number of subjects.
    differences
        Values and records that changed or are gone, a sentence a domain.
    completed
        Columns by domain that were empty and follow from others, such as LBTEST from LBTESTCD.
    """

    content: bytes
    subjects: int
    differences: tuple[str, ...]
    completed: tuple[str, ...] = ()


def filled_workbook(protocol: Protocol, sdtm: Sdtm) -> FilledWorkbook:
    """Fill the workbook of a protocol, and read it back to see that it says the same.

    Parameters
    ----------
    protocol
        The protocol of the workbook.
    sdtm
        The data of a trial, such as `simulate_trial` gives them.

    Returns
    -------
    FilledWorkbook
        `differences` and `completed` are empty when every domain comes back with the same values
        under the same sequence numbers.

    Raises
    ------
    DataError
        A value that a workbook cannot hold at all.
    """
    content = workbook_bytes(protocol, content_of(protocol, sdtm))
    try:
        back = read_workbook(DeliveredFile("workbook", content), protocol).sdtm
    except DataError as error:
        raise DataError(
            f"These data do not fit into a workbook: {error.what}",
            where=error.where,
            allowed=error.allowed,
            do="deliver them as SDTM files, or correct them first",
        ) from error
    told = tuple(differences(sdtm, back))
    return FilledWorkbook(content, sdtm.subjects, told, tuple(_completed(sdtm, back)))


def differences(one: Sdtm, other: Sdtm) -> Iterator[str]:
    """What of a trial is changed or gone in another; the order of subjects does not count."""
    for code, before, after in _domains(one, other):
        if before.height != after.height:
            yield f"{code}: {before.height} records, {after.height} when read back"
            continue
        changed = [
            f"{name} ({count})"
            for name in before.columns
            if (count := _changed(before[name], _column(after, name)))
        ]
        if changed:
            more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
            yield f"{code}: values differ in {', '.join(changed[:_SHOWN])}{more}"


def _completed(one: Sdtm, other: Sdtm) -> Iterator[str]:
    """Columns in which values were added, by domain."""
    for code, before, after in _domains(one, other):
        if before.height != after.height:
            continue
        names = [
            name
            for name in after.columns
            if name not in _FRAME
            and (_column(before, name).is_null() & after[name].is_not_null()).any()
        ]
        if names:
            yield f"{code}: {', '.join(names)}"


def _domains(one: Sdtm, other: Sdtm) -> Iterator[tuple[str, pl.DataFrame, pl.DataFrame]]:
    for code in one.domains:
        if not code.startswith("SUPP"):
            yield code, _sorted(one, code), _sorted(other, code)


def _sorted(sdtm: Sdtm, code: str) -> pl.DataFrame:
    frame = sdtm[code]
    keys = [pl.col(name) for name in ("USUBJID", f"{code}SEQ") if name in frame.columns]
    if len(keys) == 2:
        keys[1] = keys[1].cast(pl.Float64, strict=False)
    return frame.sort([*keys, ROW]).drop(ROW)


def _column(frame: pl.DataFrame, name: str) -> pl.Series:
    if name in frame.columns:
        return frame[name]
    return pl.Series(name, [None] * frame.height, dtype=pl.String)


def _changed(one: pl.Series, other: pl.Series) -> int:
    return int((one.is_not_null() & one.ne_missing(other)).sum())
