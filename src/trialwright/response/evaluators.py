"""Which reader's records count for an evaluator (R-072, R-074, R-130): never mixed.

Of several readers of one evaluator one counts for a patient, and then with everything that this
reader recorded: lesions of two readers never meet in one sum (R-074).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.subjects.days import upper
from trialwright.subjects.reconcile import query, unused

ADJUDICATOR = "ADJUDICATOR"
#: Why a record is in no reading.
BLANK = "{}EVAL is empty in part of the file"
OTHER = "read by another evaluator"
NOT_ACCEPTED = "not the accepted reader"


@dataclass(frozen=True, slots=True)
class Readings:
    """Records of one evaluator, and the ones left out."""

    frame: pl.DataFrame
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which reader counts for each subject.

    Attributes
    ----------
    accepted
        USUBJID, READER (--EVALID, "" when empty); `None` when there is one reader only.
    torn
        Subjects with accepted records of several readers, with their names: USUBJID, READERS.
    """

    accepted: pl.DataFrame | None
    torn: pl.DataFrame


_UNTORN = pl.DataFrame(schema={"USUBJID": pl.String, "READERS": pl.String})


def of_evaluator(code: str, frame: pl.DataFrame, evaluator: str) -> Readings:
    """The records of `evaluator` in a domain.

    Without any evaluator in the file all records count as the investigator's, flagged. Of several
    readers the accepted one (--ACPTFL Y) or the adjudicator counts for a patient; without either
    the choice is refused.

    Raises
    ------
    DataError
        When the evaluator read no lesion, or nobody says which of several readers counts.
    """
    if frame.height == 0:
        return Readings(frame, (), ())
    rows = named(code, frame)
    require_evaluator(code, rows, evaluator)
    mine = (pl.col(f"{code}EVAL") == evaluator).fill_null(value=False)
    blank = pl.col(f"{code}EVAL").is_null()
    choice = choose({code: rows.filter(mine)})
    kept, flags = counting(code, rows.filter(mine), choice)
    left = rows.filter(mine).join(kept, on=ROW, how="anti", maintain_order="left")
    return Readings(
        kept,
        (
            unused(code, rows.filter(blank), "R-130", BLANK.format(code)),
            unused(code, rows.filter(~mine & ~blank), "R-072", OTHER),
            unused(code, left, "R-074", NOT_ACCEPTED),
        ),
        (*unnamed(code, frame), *flags),
    )


def named(code: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with --EVAL and --EVALID in upper case, null when empty.

    A file without any evaluator is the investigator's (R-130).
    """
    who, reader = (upper(f"{code}{name}").replace("", None) for name in ("EVAL", "EVALID"))
    rows = frame.with_columns(who, reader)
    if rows[f"{code}EVAL"].null_count() == rows.height:
        return rows.with_columns(pl.lit("INVESTIGATOR").alias(f"{code}EVAL"))
    return rows


def unnamed(code: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
    """Flags for records that do not say who read them (R-130)."""
    column = f"{code}EVAL"
    blank = frame.filter(upper(column).replace("", None).is_null())
    if blank.height == 0:
        return ()
    if blank.height == frame.height:
        return (
            query(blank["USUBJID"], "R-130", f"{column} is empty: read as INVESTIGATOR.", "note"),
        )
    return (query(blank["USUBJID"], "R-130", f"{column} is empty: records unused."),)


def require_evaluator(code: str, frame: pl.DataFrame, evaluator: str) -> None:
    """Refuse lesions that nobody read in the name of `evaluator`.

    Raises
    ------
    DataError
        Naming the evaluators of the file.
    """
    found = frame[f"{code}EVAL"].drop_nulls().unique().sort().to_list()
    if code == "RS" or evaluator in found or not found:
        return
    raise DataError(
        f"No record was read by {evaluator}.",
        where=f"{code}, {code}EVAL: {', '.join(found)}",
        allowed="INVESTIGATOR, INDEPENDENT ASSESSOR; the protocol asks for response.evaluator: "
        f"{evaluator}",
        do=f"correct {code}EVAL, or set response.evaluator in the protocol",
    )


def choose(frames: Mapping[str, pl.DataFrame], stated: pl.DataFrame | None = None) -> Choice:
    """Which reader of one evaluator counts for each subject (R-074).

    Parameters
    ----------
    frames
        Records of the evaluator by domain, as `named` gives them. The readers are those found here,
        and --ACPTFL of all of them together says which one a subject has.
    stated
        RS of the evaluator: RSACPTFL decides where the domains of `frames` have no such flag.

    Raises
    ------
    DataError
        When there are several readers, no flag and no adjudicator.
    """
    people = pl.concat([readers(code, frame) for code, frame in frames.items()])
    names = sorted(name for name in people["READER"].unique() if name)
    if len(names) < 2:
        return Choice(None, _UNTORN)
    flags = pl.concat([_flagged(code, frame) for code, frame in frames.items()])
    if flags.height == 0 and stated is not None:
        flags = _flagged("RS", stated)
    if flags.height == 0 and ADJUDICATOR not in names:
        _refuse_choice(next(iter(frames)), names)
    if flags.height == 0:
        return Choice(people.filter(pl.col("READER") == ADJUDICATOR).unique(), _UNTORN)
    accepted = flags.filter("YES").select("USUBJID", "READER").unique()
    several = accepted.filter(pl.len().over("USUBJID") > 1)
    torn = several.group_by("USUBJID").agg(READERS=pl.col("READER").sort().str.join(" and "))
    return Choice(accepted.join(torn, on="USUBJID", how="anti"), torn)


def counting(
    code: str, frame: pl.DataFrame, choice: Choice
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The records of the reader that counts for each subject, and flags about the choice."""
    if choice.accepted is None:
        return frame, []
    place = ["USUBJID", "READER"]
    marked = frame.with_columns(readers(code, frame)["READER"])
    kept = marked.join(choice.accepted, on=place, how="semi", maintain_order="left")
    torn = choice.torn.join(frame, on="USUBJID", how="semi").sort("USUBJID")
    said = _flagged(code, kept).filter("YES")["USUBJID"].unique()
    part = kept.filter(
        pl.col("USUBJID").is_in(said.implode()) & ~_flagged(code, kept, every=True)["YES"]
    )
    none = set(frame["USUBJID"]) - set(kept["USUBJID"]) - set(torn["USUBJID"])
    flags = [
        query(none, "R-074", f"{code}: readings, but none is the accepted one."),
        query(
            part["USUBJID"],
            "R-074",
            f"{code}: part of the accepted reading has no {code}ACPTFL; the whole reading counts.",
            "error",
            f"set {code}ACPTFL to Y on every record of the accepted reader",
        ),
        *(
            query(
                [subject],
                "R-074",
                f"{code}: records of {names} are accepted; a patient has one accepted reader, so "
                "none of the readings is used.",
                "error",
                f"set {code}ACPTFL on the records of one reader",
            )
            for subject, names in torn.rows()
        ),
    ]
    return kept.drop("READER"), flags


def readers(code: str, frame: pl.DataFrame) -> pl.DataFrame:
    """USUBJID and READER (--EVALID, "" when empty) of each record."""
    return frame.select("USUBJID", READER=pl.col(f"{code}EVALID").fill_null(""))


def _flagged(code: str, frame: pl.DataFrame, *, every: bool = False) -> pl.DataFrame:
    """USUBJID, READER, YES of the records with an --ACPTFL, or of all of them."""
    flag = f"{code}ACPTFL"
    said = upper(flag).replace("", None) if flag in frame.columns else pl.lit(None, pl.String)
    rows = frame.select(
        "USUBJID",
        READER=pl.col(f"{code}EVALID").fill_null(""),
        SAID=said,
    ).with_columns(YES=(pl.col("SAID") == "Y").fill_null(value=False))
    return (rows if every else rows.filter(pl.col("SAID").is_not_null())).drop("SAID")


def _refuse_choice(code: str, names: list[str]) -> None:
    raise DataError(
        f"{len(names)} readers, and no word on which one counts.",
        where=f"{code}, {code}EVALID: {', '.join(names)}",
        allowed=f"records of an {ADJUDICATOR}, or {code}ACPTFL = Y on all records of the accepted "
        "reader of each patient",
        do=f"add {code}ACPTFL, or choose the other evaluator in the protocol",
    )
