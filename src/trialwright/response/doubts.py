"""Records that are used and flagged: repeated, contradictory, or hard to believe (section 14)."""

from __future__ import annotations

import polars as pl

from trialwright.response.lesions import Lesions
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.recist import (
    NODE_DISEASE_TENTHS,
    TOO_SMALL_TENTHS,
    LesionState,
    Role,
)

#: A lesion does not grow or shrink by this factor between two scans: a unit was mixed up (R-143).
_UNIT_FACTOR = 10
_VISIT = ("USUBJID", "LNKID", "VISITNUM")
_SIZED = (int(LesionState.MEASURED), int(LesionState.TOO_SMALL))


def earlier_scan() -> pl.Expr:
    """Records of a lesion that a later scan of the same visit replaces (R-059)."""
    unseen = (int(LesionState.NE), int(LesionState.NONE))
    seen = ~pl.col("STATE").fill_null(int(LesionState.NE)).is_in(unseen)
    # LNSTATE and TUMSTATE answer different questions; all sizes of a lesion answer one.
    question = pl.when(pl.col("SIZE")).then(pl.lit("SIZE")).otherwise(pl.col("TEST"))
    latest = pl.col("DAY").filter(seen).max().over(*_VISIT, question)
    return (seen & (pl.col("DAY") < latest)).fill_null(value=False)


def record_queries(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Flags on single records of TR, which say in EARLIER what `earlier_scan` found."""
    standard = pl.col("TRSTRESN").cast(pl.Float64, strict=False) * 10
    measured = pl.col("SIZE") & (pl.col("STATE") == int(LesionState.MEASURED))
    differs = measured & ((standard - pl.col("TENTHS")).abs() > 1e-6)
    small = pl.col("SIZE") & (pl.col("STATE") == int(LesionState.TOO_SMALL))
    other = small & ((standard - TOO_SMALL_TENTHS).abs() > 1e-6)
    empty = pl.col("SIZE") & pl.col("TEXT").is_null() & pl.col("STAT").is_null() & ~pl.col("TSTM")
    tstm = pl.col("SIZE") & pl.col("TSTM") & pl.col("TENTHS").is_not_null() & ~small
    tstm = tstm & pl.col("TEXT").is_not_null()
    undone = (pl.col("STAT") == "NOT DONE").fill_null(value=False)
    target = pl.col("SIZE") & (pl.col("ROLE") == int(Role.TARGET))
    merged = pl.col("STATE") == int(LesionState.MERGED)
    silent = undone & target & ~merged & pl.col("WHY").replace("", None).is_null()
    content = (*_VISIT, "TRDTC", "TEST", "TEXT", "UNIT", "STAT", "WHY")
    flags = (
        (differs, "R-133", "TRSTRESN differs from TRORRES, which counts."),
        (other, "R-135", "Too small to measure is 5 mm; TRSTRESN says otherwise."),
        (empty, "R-136", "An empty result without TRSTAT is not evaluable."),
        (tstm, "R-135", "Too small to measure, but a number is given: it counts."),
        (silent, "R-028", "A target lesion was not assessed, and no reason is given (TRREASND)."),
        (
            undone & pl.col("TEXT").is_not_null(),
            "R-136",
            "A result stands beside NOT DONE: the lesion is not evaluable.",
        ),
        (pl.struct(content).is_duplicated(), "R-133", "A record is repeated: used once."),
        (
            pl.col("EARLIER"),
            "R-059",
            "A lesion was assessed twice at one visit: the latest counts.",
        ),
    )
    return [query(rows.filter(which)["USUBJID"], rule, text) for which, rule, text in flags]


def part_queries(rows: pl.DataFrame, lesions: Lesions) -> list[pl.DataFrame]:
    """Flags on split and merged lesions whose records do not fit together (R-137, R-138)."""
    piece = pl.col("LNKID") != pl.col("OWNER")
    measured = pl.col("SIZE") & pl.col("STATE").is_in(_SIZED)
    visit = ("USUBJID", "OWNER", "VISITNUM")
    pieces = rows.filter(piece).select(visit).unique()
    beside = rows.join(pieces, on=list(visit), how="semi", maintain_order="left")
    twice = (measured & piece).any().over(visit) & (measured & ~piece).any().over(visit)
    targets = lesions.frame.filter(pl.col("ROLE") == int(Role.TARGET))
    known = targets.select("USUBJID", PARENT="LNKID")
    told = rows.with_columns(PARENT=pl.col("MERGEDTO").str.strip_chars().str.to_uppercase())
    joint = lesions.merged.filter(pl.col("LNKID").str.contains("/", literal=True))
    partners = lesions.merged.join(joint, on=lesions.merged.columns, how="anti", nulls_equal=True)
    gone = rows.filter(pl.col("STATE") == int(LesionState.MERGED)).select("USUBJID", "LNKID")
    flags = (
        (lesions.split.join(known, on=["USUBJID", "PARENT"], how="anti"), "R-137",
         "A fragment names no target lesion of TU as its parent (TUGRPID): not used."),
        (lesions.merged.join(known, on=["USUBJID", "PARENT"], how="anti"), "R-138",
         "A merged lesion names no target lesion of TU that it merged into (TUGRPID)."),
        (told.drop_nulls("PARENT").join(known, on=["USUBJID", "PARENT"], how="anti"), "R-138",
         "MERGEDTO names no target lesion of TU."),
        (partners.join(gone, on=["USUBJID", "LNKID"], how="anti"), "R-138",
         "TU says that a lesion merged, TR never does (0 with MERGEDTO): it is measured as before."),
    )  # fmt: skip
    return [
        query(
            beside.filter(twice)["USUBJID"],
            "R-137",
            "A lesion and its parts are measured at one visit: both are in the sum.",
            "error",
            "give the parts or the whole, not both",
        ),
        *(query(found["USUBJID"], rule, text) for found, rule, text in flags),
    ]


def cell_queries(cells: pl.DataFrame) -> list[pl.DataFrame]:
    """Flags that need all records of a lesion or of a time point."""
    measured = pl.col("LENGTH").is_in((int(LesionState.MEASURED), int(LesionState.TOO_SMALL)))
    word = pl.col("NODEWORD").is_in((int(LesionState.PRESENT), int(LesionState.ABSENT)))
    large = pl.col("TENTHS") >= NODE_DISEASE_TENTHS
    said = pl.col("NODEWORD") == int(LesionState.PRESENT)
    split = cells.filter(pl.col("NODE") & measured & word & (large != said))
    return [
        query(split["USUBJID"], "R-139", "A node's size and LNSTATE disagree: the size counts."),
        query(
            _jumps(cells)["USUBJID"],
            "R-143",
            "All target diameters change tenfold from one time point to the next: units?",
        ),
    ]


def _jumps(cells: pl.DataFrame) -> pl.DataFrame:
    """Time points at which every target is ten times as large, or as small, as before."""
    measured = pl.col("LENGTH") == int(LesionState.MEASURED)
    known = cells.filter((pl.col("ROLE") == int(Role.TARGET)) & measured)
    before = pl.col("TENTHS").shift(1).over("S", "L", order_by="TP")
    pairs = known.with_columns(BEFORE=before).drop_nulls("BEFORE")
    up = (pl.col("TENTHS") >= _UNIT_FACTOR * pl.col("BEFORE")).all()
    down = (_UNIT_FACTOR * pl.col("TENTHS") <= pl.col("BEFORE")).all()
    return pairs.group_by("USUBJID", "S", "TP").agg(JUMP=up | down).filter("JUMP")
