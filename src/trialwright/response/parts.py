"""Split and merged lesions (R-025, R-026, R-137, R-138)."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from trialwright.response.history import LesionHistory
from trialwright.vocabulary.recist import NODE_DISEASE_TENTHS, LesionState, Role

_KEY = ("USUBJID", "OWNER", "WHEN")


def joined_fragments(cells: pl.DataFrame) -> pl.DataFrame:
    """One cell per lesion and visit: fragments are summed under their parent (R-025).

    Fragments of one time point belong together, whatever their visit numbers. A fragment that is
    not evaluable, or has no record any more, makes the parent not evaluable; a node is normal when
    each fragment is below 10 mm. Adds GONE, whether the lesion counts as resolved (R-031).
    """
    state, tenths = pl.col("STATE"), pl.col("TENTHS")
    seen = state.is_in((int(LesionState.MEASURED), int(LesionState.TOO_SMALL)))
    gone = (state == int(LesionState.ABSENT)) | (
        seen & pl.col("NODE") & (tenths < NODE_DISEASE_TENTHS)
    )
    cells = cells.with_columns(
        GONE=gone & (pl.col("ROLE") == int(Role.TARGET)),
        WHEN=pl.coalesce(pl.format("TP {}", "TP"), pl.format("visit {}", "VISITNUM")),
        PIECE=pl.col("LNKID") != pl.col("OWNER"),
        PIECES=pl.lit(None, pl.String),
    )
    broken = pl.col("PIECE").any().over("USUBJID", "OWNER", "WHEN")
    whole, parts = cells.filter(~broken), cells.filter(broken)
    numbers = _all_numbers(parts)
    # Beside its parts a lesion says at most "merged", or that another visit did not see it.
    alone = ~pl.col("PIECE").any().over("USUBJID", "OWNER", "VISITNUM")
    merged = state == int(LesionState.MERGED)
    parts = parts.filter(pl.col("PIECE") | ~(merged | (alone & (state == int(LesionState.NE)))))
    order = ("SEEN", "ANYDAY", "VISITNUM")
    parts = (
        parts.with_columns(SEEN=state != int(LesionState.NE))
        .sort(order, nulls_last=False)
        .unique(("USUBJID", "OWNER", "WHEN", "LNKID"), keep="last", maintain_order=True)
        .drop("SEEN")
    )
    if parts.height == 0:
        return whole.drop("WHEN", "PIECE")
    joined = _summed(parts).drop("SRCSEQ").join(numbers, on=list(_KEY), how="left")
    return pl.concat([whole, joined.select(whole.columns)]).drop("WHEN", "PIECE")


def _all_numbers(parts: pl.DataFrame) -> pl.DataFrame:
    """Source numbers of every record of a lesion and time point, those of the parent too."""
    listed = parts.with_columns(pl.col("SRCSEQ").str.split(" ")).explode("SRCSEQ")
    used = pl.col("SRCSEQ").replace("", None).drop_nulls().cast(pl.Int64).unique().sort()
    return listed.group_by(_KEY).agg(SRCSEQ=used.cast(pl.String).str.join(" "))


def _summed(parts: pl.DataFrame) -> pl.DataFrame:
    """The parts of each lesion and time point as one cell."""
    parts = parts.join(_expected(parts), on=list(_KEY), how="left", maintain_order="left")
    absent = pl.col("STATE") == int(LesionState.ABSENT)
    unseen = (pl.col("STATE") == int(LesionState.NE)).any() | (
        pl.len() < pl.col("EXPECTED").first().fill_null(0)
    )
    joined = parts.sort("LNKID").group_by(*_KEY, maintain_order=True).agg(
        pl.exclude("STATE", "TENTHS", "GONE", "DAY", "ANYDAY", "SRCSEQ", "PIECES").first(),
        PIECES=pl.col("LNKID")
        .filter(pl.col("PIECE") & ~pl.col("LNKID").str.contains("/", literal=True))
        .str.join(" and ")
        .replace("", None),
        STATE=pl.when(unseen).then(int(LesionState.NE))
        .when(absent.all()).then(int(LesionState.ABSENT))
        .when(pl.len() == 1).then(pl.col("STATE").first())
        .otherwise(int(LesionState.MEASURED))
        .cast(pl.Int8),
        TENTHS=pl.when(unseen).then(0).otherwise(pl.col("TENTHS").sum()).cast(pl.Int32),
        GONE=pl.col("GONE").all() & ~unseen,
        DAY=pl.col("DAY").max(),
        ANYDAY=pl.col("ANYDAY").max(),
        SRCSEQ=pl.col("SRCSEQ").str.join(" "),
    )  # fmt: skip
    return joined.select(c for c in parts.columns if c != "EXPECTED")


def _expected(parts: pl.DataFrame) -> pl.DataFrame:
    """How many fragments of a split lesion are known by each of its time points (R-025, R-136)."""
    pieces = parts.filter(pl.col("PIECE") & ~pl.col("LNKID").str.contains("/", literal=True))
    since = pieces.group_by("USUBJID", "OWNER", "LNKID").agg(SINCE=pl.col("ANYDAY").min())
    when = pieces.group_by("USUBJID", "OWNER", "WHEN").agg(AT=pl.col("ANYDAY").max())
    known = when.join(since, on=["USUBJID", "OWNER"]).filter(pl.col("SINCE") <= pl.col("AT"))
    return known.group_by("USUBJID", "OWNER", "WHEN").agg(EXPECTED=pl.len())


def apply_merges(
    history: LesionHistory, cells: pl.DataFrame, merged: pl.DataFrame, lesions: pl.DataFrame
) -> LesionHistory:
    """Give a merged lesion the state of the one it merged into (R-026).

    It adds 0 to the sum, is not evaluable with its parent and resolved only with it.
    """
    rows = cells.filter((pl.col("STATE") == int(LesionState.MERGED)) & (pl.col("TP") > 0))
    if rows.height == 0:
        return history
    parents = _parents(merged)
    index = {
        (row["USUBJID"], row["LNKID"]): row["L"]
        for row in lesions.select("USUBJID", "LNKID", "L").to_dicts()
    }
    state, gone = history.state.copy(), history.resolved.copy()
    for row in rows.to_dicts():
        name = row["USUBJID"]
        parent = row["MERGEDTO"] or parents.get((name, row["LNKID"]))
        at = index.get((name, parent.strip().upper())) if parent else None
        s, v, lesion = row["S"], row["TP"] - 1, row["L"]
        if at is None or state[s, v, at] == LesionState.NE:
            state[s, v, lesion] = LesionState.NE
        else:
            gone[s, v, lesion] = gone[s, v, at]
    return replace(history, state=state, resolved=gone)


def _parents(merged: pl.DataFrame) -> dict[tuple[str, str], str]:
    """Parent of each merged lesion; every part of a joint identifier T01/T02 but the parent."""
    parents = {}
    for name, lesion, parent in merged.select("USUBJID", "LNKID", "PARENT").iter_rows():
        first = parent or lesion.split("/")[0]
        for part in lesion.split("/"):
            if part != first:
                parents[name, part] = first
    return parents
