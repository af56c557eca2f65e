"""Where a lesion lies: its organ for the reading of zones, and inside or outside the liver (R-102)."""

from __future__ import annotations

import polars as pl

from trialwright.vocabulary.recist import Role

#: Places whose name has the word in it and that are not the liver.
_NOT_LIVER = r"(EXTRA|PERI|PARA|SUB)[-\s]?HEPATIC|HEPATIC FLEXURE"


def in_liver() -> pl.Expr:
    """Whether a lesion lies in the liver, by LOC and NODE; null without a location (R-102).

    A node is no liver lesion, whatever its name.
    """
    liver = pl.col("LOC").str.contains(r"LIVER|\b(INTRA)?HEPATIC\b") & ~pl.col("LOC").str.contains(
        _NOT_LIVER
    )
    return liver & ~pl.col("NODE")


def same_organ(lesions: pl.DataFrame) -> dict[tuple[int, int], tuple[int, ...]]:
    """The other lesions known at baseline in the organ of each lesion; all when there are none.

    Parameters
    ----------
    lesions
        S, L, ROLE, NODE, LOC.
    """
    organ = (
        pl.when(in_liver()).then(pl.lit("LIVER")).otherwise(pl.col("LOC").str.replace(r",.*$", ""))
    )
    rows = lesions.select("S", "L", "ROLE", ORGAN=organ).rows()
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    by_subject: dict[int, list[tuple[int, str | None]]] = {}
    for s, lesion, role, where in rows:
        if role != Role.NEW:
            by_subject.setdefault(s, []).append((lesion, where))
    for s, lesion, _, where in rows:
        others = [(at, place) for at, place in by_subject.get(s, []) if at != lesion]
        near = tuple(at for at, place in others if place == where and place is not None)
        found[s, lesion] = near or tuple(at for at, _ in others)
    return found
