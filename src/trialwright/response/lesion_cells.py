"""Typed TR records as one cell per lesion and visit (R-059, R-143)."""

from __future__ import annotations

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.subjects.days import upper
from trialwright.vocabulary.recist import NODE_DISEASE_TENTHS, LesionState, Role

_KEY = ("USUBJID", "LNKID", "VISITNUM")


def lesion_cells(sdtm: Sdtm, rows: pl.DataFrame) -> pl.DataFrame:
    """One state and length per lesion and visit: the latest scan, never two answers of one day."""
    rows = rows.with_columns(
        TRSEQ=pl.col("TRSEQ").cast(pl.Int64, strict=False),
        SEEN=~pl.col("STATE").is_in((int(LesionState.NE), int(LesionState.NONE))),
    )
    same = ("USUBJID", "LNKID", "VISITNUM", "DAY")
    # Nearly every cell has one record: only the others need to be grouped.
    several = pl.struct(_KEY).is_duplicated()
    alone, rows = rows.filter(~several), rows.filter(several)
    answers = rows.filter(pl.col("SIZE") & pl.col("SEEN"))
    twice = answers.filter(pl.struct("STATE", "TENTHS").n_unique().over(same) > 1)
    if twice.height:
        row = twice.sort(ROW).row(twice.height - 1, named=True)
        raise DataError(
            "One lesion is measured twice on one day with different values.",
            where=f'{sdtm.where("TR", row[ROW], "TRORRES")}: "{row["TRORRES"]}" (lesion '
            f"{row['LNKID']}, subject {row['USUBJID']}, {row['TRDTC']})",
            allowed="one value per lesion, time point, date and size test (R-143)",
            do="keep the value that counts",
            records=tuple(("TR", at) for at in _repeated(twice, same)[ROW]),
        )
    order = ("SEEN", "DAY", "STATE", "TENTHS")
    latest = rows.sort(order, nulls_last=False)
    size, word = pl.col("SIZE"), ~pl.col("SIZE")
    cells = latest.group_by(*_KEY).agg(
        pl.col("OWNER", "ROLE", "NODE", "PREEXIST").first(),
        DAY=pl.col("DAY").filter(pl.col("SEEN")).max(),
        ANYDAY=pl.col("DAY").max(),
        LENGTH=pl.col("STATE").filter(size).last(),
        TENTHS=pl.col("TENTHS").filter(size).last(),
        WORD=pl.col("STATE").filter(word & (pl.col("TEST") == "TUMSTATE")).last(),
        NODEWORD=pl.col("STATE").filter(word & (pl.col("TEST") == "LNSTATE")).last(),
        REASON=pl.col("TRREASND").drop_nulls().sort().first(),
        HOW=upper("TRMETHOD").filter(pl.col("SEEN")).max(),
        MERGEDTO=pl.col("MERGEDTO").drop_nulls().sort().first(),
        PDREAS=pl.col("PDREAS").drop_nulls().sort().first(),
        SRCSEQ=pl.col("TRSEQ").drop_nulls().unique().sort().cast(pl.String).str.join(" "),
    )
    cells = pl.concat([cells, _of_one_record(alone).select(cells.columns)])
    return cells.with_columns(
        STATE=_combined_state().cast(pl.Int8), TENTHS=pl.col("TENTHS").fill_null(0)
    ).sort(_KEY)


def _of_one_record(rows: pl.DataFrame) -> pl.DataFrame:
    """The cells that have one record."""
    seen, size, test = pl.col("SEEN"), pl.col("SIZE"), pl.col("TEST")
    return rows.with_columns(
        ANYDAY=pl.col("DAY"),
        DAY=pl.when(seen).then("DAY"),
        LENGTH=pl.when(size).then("STATE"),
        TENTHS=pl.when(size).then("TENTHS"),
        WORD=pl.when(~size & (test == "TUMSTATE")).then("STATE"),
        NODEWORD=pl.when(~size & (test == "LNSTATE")).then("STATE"),
        REASON=pl.col("TRREASND"),
        HOW=pl.when(seen).then(upper("TRMETHOD")),
        SRCSEQ=pl.col("TRSEQ").cast(pl.String).fill_null(""),
    )


def _repeated(rows: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """All records of a key but the first in the file."""
    return rows.filter(pl.col(ROW) > pl.col(ROW).min().over(key))


def _combined_state() -> pl.Expr:
    """One state from the size, TUMSTATE and LNSTATE records of a cell, by role."""
    role, length, word = pl.col("ROLE"), pl.col("LENGTH"), pl.col("WORD")
    node_word = pl.col("NODEWORD")
    measured = length.is_in((int(LesionState.MEASURED), int(LesionState.TOO_SMALL)))
    small = (length == int(LesionState.ABSENT)) | (
        measured & (pl.col("TENTHS") < NODE_DISEASE_TENTHS)
    )
    by_number = (
        pl.when(pl.col("NODE") & small).then(int(LesionState.ABSENT))
        .when(pl.col("NODE") & measured).then(int(LesionState.PRESENT))
        .when(length == int(LesionState.ABSENT)).then(int(LesionState.ABSENT))
    )  # fmt: skip
    progressed = word.is_in((int(LesionState.EQUIVOCAL), int(LesionState.UNEQUIVOCAL)))
    gone = by_number == int(LesionState.ABSENT)
    target = pl.coalesce(length, pl.when(word == int(LesionState.ABSENT)).then(word))
    non_target = pl.when(progressed).then(word).otherwise(pl.coalesce(by_number, word, node_word))
    # A size that could not be read says nothing about a new lesion, least of all certainty.
    unread = pl.when((length == int(LesionState.NE)) & node_word.is_null()).then(length)
    new = (
        pl.when(gone | (by_number.is_null() & (node_word == int(LesionState.ABSENT))))
        .then(int(LesionState.ABSENT))
        .otherwise(pl.coalesce(word, unread, pl.lit(int(LesionState.NONE))))
    )
    return (
        pl.when(role == int(Role.TARGET)).then(target)
        .when(role == int(Role.NON_TARGET)).then(non_target)
        .otherwise(new)
        .fill_null(int(LesionState.NE))
    )  # fmt: skip
