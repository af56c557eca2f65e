"""Results of LB, VS and EG that enter ADLB, and every record that does not, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.safety.lab_sources import collected
from trialwright.safety.lab_values import UNREADABLE, with_values
from trialwright.subjects.reconcile import UNUSED_SCHEMA, query
from trialwright.vocabulary.laboratory import UNGRADED


@dataclass(frozen=True, slots=True)
class LabRecords:
    """Results in the unit of their analyte, the queries, and the records that were not used.

    `frame` has no rows, and no columns, when nothing was delivered.
    """

    frame: pl.DataFrame
    queries: tuple[pl.DataFrame, ...] = ()
    unused: tuple[pl.DataFrame, ...] = ()


def read_results(sdtm: Sdtm, adsl: pl.DataFrame) -> LabRecords:
    """Read every result of the subjects of ADSL.

    Returns
    -------
    LabRecords
        Columns of `lab_sources.collected` and `lab_values.with_values`, with `SRC` (sequence number
        as text) and `HOW` (how a derived value was made, empty).

    Raises
    ------
    DataError
        For flags that are not listed, and sequence numbers that stand twice.
    """
    rows = collected(sdtm)
    if rows.height == 0:
        return LabRecords(rows)
    rows = with_values(rows).with_columns(
        SRC=pl.col("SEQ").cast(pl.String), HOW=pl.lit("", pl.String)
    )
    why = _why_unused(adsl)
    rows = rows.with_columns(WHY=why)
    kept = rows.filter(pl.col("WHY").is_null())
    gone = rows.filter(pl.col("WHY").is_not_null())
    return LabRecords(kept, tuple(_queries(kept, gone)), (_unused(gone),))


#: Reasons why a record is not used, with their rules.
_FOREIGN, _NOT_DONE = "subject is not in DM", "not done"
_PARTIAL, _EMPTY = "the date is not complete", "no result"
_UNREADABLE = "the result cannot be read"
_RULE = {
    _FOREIGN: "R-143", _NOT_DONE: "R-143", _PARTIAL: "G-52", _EMPTY: "R-143", _UNREADABLE: "G-54",
}  # fmt: skip


def _why_unused(adsl: pl.DataFrame) -> pl.Expr:
    """The first reason that holds, null for a record that is used."""
    unreadable = pl.col("PROBLEM").is_in(UNREADABLE)
    empty = pl.col("RAW").is_null()
    not_done = (pl.col("STAT").str.to_uppercase() == "NOT DONE").fill_null(value=False)
    return (
        pl.when(~pl.col("USUBJID").is_in(adsl["USUBJID"].to_list())).then(pl.lit(_FOREIGN))
        .when(not_done & empty).then(pl.lit(_NOT_DONE))
        .when(empty).then(pl.lit(_EMPTY))
        .when(pl.col("DAY").is_null()).then(pl.lit(_PARTIAL))
        .when(unreadable).then(pl.lit(_UNREADABLE))
    )  # fmt: skip


def _unused(gone: pl.DataFrame) -> pl.DataFrame:
    return gone.select(
        DOMAIN=pl.col("DOM"),
        SRCSEQ=pl.col("SRC"),
        USUBJID=pl.col("USUBJID"),
        RULEID=pl.col("WHY").replace_strict(_RULE, return_dtype=pl.String),
        REASON=pl.when(pl.col("WHY") == _UNREADABLE)
        .then(pl.format("{}: {}", "WHY", "PROBLEM"))
        .otherwise(pl.col("WHY")),
    ).select(list(UNUSED_SCHEMA))


def _queries(kept: pl.DataFrame, gone: pl.DataFrame) -> list[pl.DataFrame]:
    """What the site should look at."""
    in_unused = [
        (_PARTIAL, "G-52", "A result has no complete date: not used.", "complete the date"),
        (
            _UNREADABLE,
            "G-54",
            "A result cannot be read as a number: not used.",
            "correct the result",
        ),
    ]
    said = [
        query(gone.filter(pl.col("WHY") == why)["USUBJID"], rule, message, do=do)
        for why, rule, message, do in in_unused
    ]
    listed = pl.DataFrame(sorted(UNGRADED), schema=["DOM", "CODE"], orient="row")
    unsure = kept.filter(pl.col("PARAMCD") == "XPH")
    strange = kept.filter(
        pl.col("ANALYTE").is_null() & ~pl.col("ELSEWHERE") & (pl.col("PARAMCD") != "XPH")
    ).join(listed, on=["DOM", "CODE"], how="anti")
    unit = kept.filter(pl.col("ANALYTE").is_not_null() & (pl.col("PROBLEM") != ""))
    apart = kept.filter("DISAGREE")
    done = kept.filter(pl.col("STAT").str.to_uppercase() == "NOT DONE")
    said += [
        *_each(unsure, "blood or urine? Not graded.", "enter the specimen (LBSPEC)", "CODE"),
        *_each(strange, "test is not listed: not graded.", "map it to a listed test", "CODE"),
        *_each(unit, "{PROBLEM}: not graded.", "enter a listed unit", "PARAMCD"),
        *_each(kept.filter(pl.col("RANGE") != ""), "{RANGE}: not used.", "correct them", "PARAMCD"),
        *_each(
            apart,
            "original and standard result are not the same: the original counts.",
            "correct one of them",
            "PARAMCD",
        ),
        query(done["USUBJID"], "G-52", "A result stands beside NOT DONE: it was used."),
    ]
    return said


def _each(rows: pl.DataFrame, message: str, do: str, name: str) -> list[pl.DataFrame]:
    """One query for each test and problem."""
    found = []
    groups = rows.select("DOM", NAME=pl.col(name), PROBLEM="PROBLEM", RANGE="RANGE").unique()
    for dom, code, problem, limits in sorted(groups.iter_rows()):
        mine = rows.filter(
            (pl.col("DOM") == dom) & (pl.col(name) == code)
            & (pl.col("PROBLEM") == problem) & (pl.col("RANGE") == limits)
        )  # fmt: skip
        text = message.format(PROBLEM=problem, RANGE=limits)
        found.append(query(mine["USUBJID"], "G-54", f"{dom} {code}: {text}", do=do))
    return found
