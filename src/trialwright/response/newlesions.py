"""How certain a new lesion is at each time point (R-045, R-047, R-140)."""

from __future__ import annotations

import polars as pl

from trialwright.protocol.settled import SettledResponse
from trialwright.response.lesions import Lesions
from trialwright.response.visits import TimePointTable
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.recist import LesionState, Role

#: Short axis from which a new node without a reader's word is unequivocal (R-047).
_SURE_NODE_TENTHS = 150


def at_known_site() -> pl.Expr:
    """Findings at a site known on the baseline CT that nobody calls growth: no new lesion (R-048)."""
    unjudged = pl.col("STATE").is_in((int(LesionState.PRESENT), int(LesionState.NONE)))
    preexisting = pl.col("PREEXIST").fill_null(value=False)
    return (pl.col("ROLE") == int(Role.NEW)) & preexisting & unjudged


def certain_states(
    cells: pl.DataFrame,
    identified: Lesions,
    table: TimePointTable,
    lesions: pl.DataFrame,
    rule: SettledResponse,
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Give every sight of a new lesion a certainty; other cells stay as they are.

    A sight without a word is judged by R-047 (flagged); PRESENT repeats the last certainty; a
    first sight that only TU records becomes a cell of its own.
    """
    cells = _with_sights(cells, identified, table, lesions)
    new = pl.col("ROLE") == int(Role.NEW)
    bare = new & (pl.col("STATE") == int(LesionState.NONE))
    small = pl.col("NODE") & (pl.col("TENTHS") > 0) & (pl.col("TENTHS") < rule.new_node_tenths)
    known = pl.col("NODE") & (pl.col("TENTHS") > 0)
    pet = pl.col("METHOD").str.contains("PET", literal=True).fill_null(value=False) & ~pl.col(
        "METHOD"
    ).str.contains("CT", literal=True).fill_null(value=False)
    judged = (
        pl.when(known & (pl.col("TENTHS") < _SURE_NODE_TENTHS)).then(int(LesionState.EQUIVOCAL))
        .when(pet).then(int(LesionState.EQUIVOCAL))
        .otherwise(int(LesionState.UNEQUIVOCAL))
    )  # fmt: skip
    guessed = cells.filter(bare)
    # A node below the limit is ignored whatever the reader says of it.
    cells = cells.with_columns(
        STATE=pl.when(new & small)
        .then(int(LesionState.ABSENT))
        .when(bare)
        .then(judged)
        .otherwise(pl.col("STATE"))
    )
    certain = (int(LesionState.EQUIVOCAL), int(LesionState.UNEQUIVOCAL))
    # A present lesion repeats the last word on it; without one it is judged by R-047.
    word = pl.when(pl.col("STATE").is_in(certain)).then(pl.col("STATE"))
    last = word.forward_fill().over("S", "L", order_by="TP")
    present = new & (pl.col("STATE") == int(LesionState.PRESENT))
    cells = cells.with_columns(
        STATE=pl.when(present)
        .then(pl.coalesce(last, judged))
        .otherwise(pl.col("STATE"))
        .cast(pl.Int8)
    )
    return cells, [
        query(guessed["USUBJID"], "R-047", "A new lesion has no certainty: judged by its size."),
    ]


def _with_sights(
    cells: pl.DataFrame, identified: Lesions, table: TimePointTable, lesions: pl.DataFrame
) -> pl.DataFrame:
    """Add the first sights of new lesions that have no TR record at that time point."""
    preexisting = pl.col("PREEXIST").fill_null(value=False)
    new = lesions.filter((pl.col("ROLE") == int(Role.NEW)) & ~preexisting)
    cells = cells.join(
        lesions.select("S", "L", "METHOD"), on=["S", "L"], how="left", maintain_order="left"
    )
    sights = (
        identified.sights.filter(pl.col("ROLE") == int(Role.NEW))
        .join(table.frame, on=["USUBJID", "VISITNUM"])
        .filter(pl.col("TP") > 0)
        .join(new.select("USUBJID", "LNKID", "S", "L", "NODE", "METHOD"), on=["USUBJID", "LNKID"])
        .join(cells.select("S", "L", "TP"), on=["S", "L", "TP"], how="anti")
        .unique(("S", "L", "TP"), keep="first", maintain_order=True)
        .sort("S", "L", "TP")
    )
    if sights.height == 0:
        return cells
    extra = sights.select(
        "USUBJID", "LNKID", "VISITNUM", "S", "L", "TP", "ROLE", "NODE", "DAY", "METHOD",
        OWNER=pl.col("LNKID"), ANYDAY=pl.col("DAY"), SRCSEQ=pl.lit(""),
        STATE=pl.lit(int(LesionState.NONE), pl.Int8), TENTHS=pl.lit(0, pl.Int32),
        GONE=pl.lit(value=False),
    )  # fmt: skip
    return pl.concat([cells, extra], how="diagonal").sort("S", "TP", "L")
