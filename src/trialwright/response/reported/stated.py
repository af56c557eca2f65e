"""What a reader stated in RS, record by record, before anything is made of it (R-077, R-142)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.response.evaluators import of_evaluator
from trialwright.response.lesions import with_qualifiers
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.reconcile import query, unused

#: RSCAT of a response by these criteria; other criteria are other responses.
_RECIST = r"^RECIST\b|^RECIST *1\.?1"
_OLD = r"\b1\.0\b"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRecords:
    """Records of RS by RECIST 1.1 of one evaluator.

    Attributes
    ----------
    frame
        One row per record: USUBJID, TEST, SAID (upper case, "" when empty, NE when it has a
        status), WORDS (as delivered), STAT, DAY (null without a complete date), VISITNUM, VISIT,
        NEREAS, RSSEQ, `_ROW`.
    """

    frame: pl.DataFrame
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]


def read_stated(sdtm: Sdtm, people: pl.DataFrame, evaluator: str) -> StatedRecords:
    """Read the records of RS that one evaluator stated.

    Parameters
    ----------
    people
        USUBJID of every subject that is derived.
    evaluator
        As in RSEVAL.
    """
    source = with_qualifiers(sdtm["RS"], "RSSTAT", "RSREASND", "RSORRES", "NEREAS")
    read = of_evaluator("RS", source, evaluator)
    rows = read.frame.with_columns(
        TEST=upper("RSTESTCD"),
        WORDS=pl.coalesce("RSSTRESC", "RSORRES"),
        SAID=pl.coalesce(upper("RSSTRESC"), upper("RSORRES")).fill_null(""),
        STAT=upper("RSSTAT"),
        DAY=day_column("RSDTC"),
        VISITNUM=pl.col("VISITNUM").cast(pl.Float64, strict=False),
        CRITERIA=upper("RSCAT"),
    )
    rows = rows.with_columns(
        SAID=pl.when(pl.col("STAT").is_null()).then("SAID").otherwise(pl.lit("NE")),
    )
    by_recist = _by_recist()
    known = rows["USUBJID"].is_in(people["USUBJID"].implode())
    foreign = rows.filter(known & ~rows.select(by_recist).to_series())
    strangers = rows.filter(~known)
    return StatedRecords(
        frame=rows.filter(known).filter(by_recist).select(
            "USUBJID", "TEST", "SAID", "WORDS", "STAT", "DAY", "VISITNUM", "VISIT", "NEREAS",
            "RSSEQ", ROW,
        ),
        unused=(
            *read.unused,
            unused("RS", strangers, "R-143", "subject not in DM"),
            unused("RS", foreign, "R-142", "response by other criteria than RECIST 1.1"),
        ),
        queries=(
            *read.queries,
            query(strangers["USUBJID"], "R-143", "RS names a subject that is not in DM."),
            query(
                foreign["USUBJID"],
                "R-142",
                "RS holds responses by other criteria than RECIST 1.1 (RSCAT): not used.",
                "note",
            ),
        ),
    )  # fmt: skip


def _by_recist() -> pl.Expr:
    """Whether a record says RECIST 1.1, or says nothing of its criteria."""
    criteria = pl.col("CRITERIA")
    named = criteria.str.contains(_RECIST) & ~criteria.str.contains(_OLD)
    return named.fill_null(value=True)


def indexed(frame: pl.DataFrame, subjects: Sequence[str]) -> pl.DataFrame:
    """The records of known subjects with S, the place of the subject in the arrays."""
    index = pl.DataFrame({"USUBJID": list(subjects)}, schema={"USUBJID": pl.String})
    index = index.with_columns(S=pl.int_range(pl.len(), dtype=pl.Int32))
    return frame.join(index, on="USUBJID", how="inner", maintain_order="left")


def refuse_status(sdtm: Sdtm, rows: pl.DataFrame) -> None:
    """RSSTAT is NOT DONE or empty, and a response that was not done has no value (R-143).

    Raises
    ------
    DataError
        Naming the first record, what is allowed and what to do.
    """
    odd = rows.filter(pl.col("STAT") != "NOT DONE")
    valued = ~pl.col("WORDS").fill_null("").str.strip_chars().is_in(("", "NE"))
    both = rows.filter((pl.col("STAT") == "NOT DONE") & valued)
    for bad, what, allowed in (
        (odd, "A completion status is not listed.", "NOT DONE, or empty"),
        (both, "A response stands beside NOT DONE.", "either a response, or RSSTAT NOT DONE"),
    ):
        if bad.height:
            row = bad.sort(ROW).row(0, named=True)
            raise DataError(
                what,
                where=f'{sdtm.where("RS", row[ROW], "RSSTAT")}: "{row["STAT"]}"',
                allowed=allowed,
                do="correct RSSTAT",
                records=tuple(("RS", at) for at in bad[ROW]),
            )
