"""Which reader's records are used (R-072, R-074, R-130): evaluators are never mixed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.errors import DataError
from trialwright.subjects.days import upper
from trialwright.subjects.reconcile import query, unused


@dataclass(frozen=True, slots=True)
class Readings:
    """Records of one evaluator, and the ones left out."""

    frame: pl.DataFrame
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]


def of_evaluator(code: str, frame: pl.DataFrame, evaluator: str) -> Readings:
    """The records of `evaluator` in a domain.

    Without any evaluator in the file all records count as the investigator's, flagged. Of several
    independent readers the adjudicator's or the accepted records (--ACPTFL Y) count; without
    either the choice is refused, since readers are never mixed.
    """
    column, reader = f"{code}EVAL", f"{code}EVALID"
    name = upper(column)
    given = frame[column].is_not_null().sum()
    if frame.height == 0:
        return Readings(frame, (), ())
    if given == 0:
        note = query(frame["USUBJID"], "R-130", f"{column} is empty: read as INVESTIGATOR.", "note")
        named = frame.with_columns(pl.lit("INVESTIGATOR").alias(column))
        return _pick(code, named, evaluator, (), (note,))
    blank = frame.filter(pl.col(column).is_null())
    dropped = (unused(code, blank, "R-130", f"{column} is empty in part of the file"),)
    flags = (query(blank["USUBJID"], "R-130", f"{column} is empty: records unused."),)
    rest = frame.filter(pl.col(column).is_not_null()).with_columns(name, upper(reader))
    return _pick(code, rest, evaluator, dropped, flags)


def _pick(
    code: str,
    frame: pl.DataFrame,
    evaluator: str,
    dropped: tuple[pl.DataFrame, ...],
    flags: tuple[pl.DataFrame, ...],
) -> Readings:
    mine = pl.col(f"{code}EVAL") == evaluator
    _require_evaluator(code, frame, evaluator)
    other = unused(code, frame.filter(~mine), "R-072", "read by another evaluator")
    kept = frame.filter(mine)
    readers = kept[f"{code}EVALID"].drop_nulls().unique().sort().to_list()
    if len(readers) > 1:
        accepted = _accepted(code, kept, readers)
        other = pl.concat(
            [other, unused(code, kept.filter(~accepted), "R-074", "not the accepted reader")]
        )
        left = set(kept["USUBJID"]) - set(kept.filter(accepted)["USUBJID"])
        kept = kept.filter(accepted)
        flags = (*flags, query(left, "R-074", f"{code}: readings, but none is the accepted one."))
    return Readings(kept, (*dropped, other), flags)


def _require_evaluator(code: str, frame: pl.DataFrame, evaluator: str) -> None:
    """Refuse lesions that nobody read in the name of the evaluator of the protocol."""
    found = frame[f"{code}EVAL"].unique().sort().to_list()
    if code == "RS" or evaluator in found or not found:
        return
    raise DataError(
        f"No record was read by {evaluator}.",
        where=f"{code}, {code}EVAL: {', '.join(found)}",
        allowed="INVESTIGATOR, INDEPENDENT ASSESSOR; the protocol asks for response.evaluator: "
        f"{evaluator}",
        do=f"correct {code}EVAL, or set response.evaluator in the protocol",
    )


def _accepted(code: str, frame: pl.DataFrame, readers: list[str]) -> pl.Expr:
    flag = f"{code}ACPTFL"
    if flag in frame.columns and frame[flag].is_not_null().any():
        return (upper(flag) == "Y").fill_null(value=False)
    if "ADJUDICATOR" in readers:
        return (pl.col(f"{code}EVALID") == "ADJUDICATOR").fill_null(value=False)
    raise DataError(
        f"{len(readers)} independent readers, and no word on which one counts.",
        where=f"{code}, {code}EVALID: {', '.join(readers)}",
        allowed=f"records of an ADJUDICATOR, or {code}ACPTFL = Y on the accepted ones",
        do=f"add {code}ACPTFL, or choose evaluator: INVESTIGATOR in the protocol",
    )
