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
_CERTAIN = (int(LesionState.EQUIVOCAL), int(LesionState.UNEQUIVOCAL))
#: Words that repeat the last certainty (R-140).
_REPEATS = (int(LesionState.PRESENT), int(LesionState.INCREASED))


def at_known_site() -> pl.Expr:
    """Findings at a site known on the baseline CT that nobody calls growth: no new lesion (R-048)."""
    unjudged = pl.col("STATE").is_in((*_REPEATS, int(LesionState.NONE)))
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
    first sight that only TU records becomes a cell of its own. INCREASED is PRESENT with GREW beside
    it, which iRECIST reads (R-088).
    """
    cells = _with_sights(cells, identified, table, lesions)
    new, tenths = pl.col("ROLE") == int(Role.NEW), pl.col("TENTHS")
    bare = new & (pl.col("STATE") == int(LesionState.NONE))
    small = new & pl.col("NODE") & (tenths > 0) & (tenths < rule.new_node_tenths)
    guessed = cells.filter(bare)
    # A node below the limit is ignored whatever the reader says of it.
    cells = cells.with_columns(
        STATE=pl.when(small)
        .then(int(LesionState.ABSENT))
        .when(bare)
        .then(_judged())
        .otherwise(pl.col("STATE"))
    )
    # A present lesion repeats the last word on it; without one it is judged by R-047.
    word = pl.when(pl.col("STATE").is_in(_CERTAIN)).then(pl.col("STATE"))
    last = word.forward_fill().over("S", "L", order_by="TP")
    present = new & pl.col("STATE").is_in(_REPEATS)
    grew = new & (pl.col("STATE") == int(LesionState.INCREASED))
    repeated = pl.when(present).then(pl.coalesce(last, _judged())).otherwise(pl.col("STATE"))
    return cells.with_columns(STATE=repeated.cast(pl.Int8), GREW=grew), [
        query(guessed["USUBJID"], "R-047", "A new lesion has no certainty: judged by its size."),
    ]


def _judged() -> pl.Expr:
    """The certainty of a new lesion on which the reader says nothing (R-047)."""
    node = pl.col("NODE") & (pl.col("TENTHS") > 0) & (pl.col("TENTHS") < _SURE_NODE_TENTHS)
    method = pl.col("METHOD").fill_null("")
    pet_only = method.str.contains("PET", literal=True) & ~method.str.contains("CT", literal=True)
    return (
        pl.when(node | pet_only)
        .then(int(LesionState.EQUIVOCAL))
        .otherwise(int(LesionState.UNEQUIVOCAL))
    )


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
