"""Split and merged lesions (R-025, R-026, R-137, R-138)."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from trialwright.response.history import LesionHistory
from trialwright.vocabulary.recist import NODE_DISEASE_TENTHS, LesionState, Role


def joined_fragments(cells: pl.DataFrame) -> pl.DataFrame:
    """One cell per lesion and visit: fragments are summed under their parent (R-025).

    A fragment that is not evaluable makes the parent not evaluable; a node is normal when each
    fragment is below 10 mm. Adds GONE, whether the lesion counts as resolved by itself (R-031).
    """
    state, tenths = pl.col("STATE"), pl.col("TENTHS")
    seen = state.is_in((int(LesionState.MEASURED), int(LesionState.TOO_SMALL)))
    gone = (state == int(LesionState.ABSENT)) | (
        seen & pl.col("NODE") & (tenths < NODE_DISEASE_TENTHS)
    )
    cells = cells.with_columns(GONE=gone & (pl.col("ROLE") == int(Role.TARGET)))
    # A lesion that carries on under a joint identifier says "merged" under its own: the joint wins.
    own = (pl.col("LNKID") == pl.col("OWNER")) & (state == int(LesionState.MERGED))
    crowded = pl.len().over("USUBJID", "OWNER", "VISITNUM") > 1
    cells = cells.filter(~(own & crowded))
    single = cells.filter(~(pl.len().over("USUBJID", "OWNER", "VISITNUM") > 1))
    parts = cells.filter(pl.len().over("USUBJID", "OWNER", "VISITNUM") > 1)
    if parts.height == 0:
        return single
    unseen = (pl.col("STATE") == int(LesionState.NE)).any()
    joined = parts.sort("LNKID").group_by("USUBJID", "OWNER", "VISITNUM", maintain_order=True).agg(
        pl.exclude("STATE", "TENTHS", "GONE", "DAY", "SRCSEQ").first(),
        STATE=pl.when(unseen)
        .then(int(LesionState.NE))
        .when((pl.col("STATE") == int(LesionState.ABSENT)).all())
        .then(int(LesionState.ABSENT))
        .otherwise(int(LesionState.MEASURED))
        .cast(pl.Int8),
        TENTHS=pl.when(unseen).then(0).otherwise(pl.col("TENTHS").sum()).cast(pl.Int32),
        GONE=pl.col("GONE").all(),
        DAY=pl.col("DAY").max(),
        SRCSEQ=pl.col("SRCSEQ").str.join(" "),
    )  # fmt: skip
    return pl.concat([single, joined.select(single.columns)])


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
