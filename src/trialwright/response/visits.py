"""Time points from visits: which scans belong together, which one is baseline (R-013, R-059, R-131)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.protocol.settled import SettledResponse
from trialwright.response.lesions import Lesions
from trialwright.response.measurements import Measurements
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.recist import LesionState, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePointTable:
    """One row per visit: USUBJID, VISITNUM, TP (0 baseline, 1, 2 ...; null before baseline), VISIT.

    `points` has one row per time point: USUBJID, TP, VISIT, FIRST, LAST.
    """

    frame: pl.DataFrame
    points: pl.DataFrame
    queries: tuple[pl.DataFrame, ...]


def number_time_points(
    lesions: Lesions, measured: Measurements, milestones: pl.DataFrame, rule: SettledResponse
) -> TimePointTable:
    """Number the time points of each subject in the order of their dates."""
    visits = _with_first_sights(measured.visits, lesions)
    groups = _merged(visits, measured.cells, rule.merge_days)
    points = groups.group_by("USUBJID", "GROUP").agg(
        VISIT=pl.col("VISIT").sort_by("FIRST", "VISITNUM").drop_nulls().first(),
        VISITNUM=pl.col("VISITNUM").min(),
        FIRST=pl.col("FIRST").min(),
        LAST=pl.col("LAST").max(),
    )
    baseline = _baseline(lesions, groups, points, milestones, measured.cells)
    points = points.join(baseline, on="USUBJID", how="left").sort("USUBJID", "FIRST", "VISITNUM")
    after = (pl.col("FIRST") > pl.col("BASEFIRST")) & (pl.col("GROUP") != pl.col("BASEGROUP"))
    after = after.fill_null(pl.col("FIRST") > pl.col("TRTSDT")).fill_null(value=True)
    points = points.with_columns(AFTER=after).with_columns(
        TP=pl.when(pl.col("GROUP") == pl.col("BASEGROUP"))
        .then(0)
        .when(pl.col("AFTER"))
        .then(pl.col("AFTER").cast(pl.Int32).cum_sum().over("USUBJID"))
        .cast(pl.Int32)
    )
    jumbled = points.filter(
        pl.col("TP").is_not_null() & (pl.col("VISITNUM").diff().over("USUBJID").fill_null(1) < 0)
    )
    frame = groups.join(points.select("USUBJID", "GROUP", "TP"), on=["USUBJID", "GROUP"])
    return TimePointTable(
        frame=frame.select("USUBJID", "VISITNUM", "TP"),
        points=points.filter(pl.col("TP").is_not_null()).select(
            "USUBJID", "TP", "VISIT", "FIRST", "LAST"
        ),
        queries=(
            query(jumbled["USUBJID"], "R-131", "Visit numbers disagree with the order of dates."),
            _long_visits(visits, rule.merge_days),
            _untreated(milestones),
        ),
    )


def _long_visits(visits: pl.DataFrame, merge_days: int) -> pl.DataFrame:
    """Visits whose scans lie as far apart as those of two time points (R-059), or overlap."""
    order = visits.sort("USUBJID", "FIRST", "LAST", "VISITNUM")
    far = (pl.col("LAST") - pl.col("FIRST") >= merge_days) & (merge_days > 0)
    over = (pl.col("FIRST") < pl.col("LAST").shift(1)).over("USUBJID").fill_null(value=False)
    return query(
        order.filter(far | over)["USUBJID"],
        "R-059",
        f"Scans of one visit lie {merge_days} or more days apart, or after those of the next visit.",
    )


def _with_first_sights(visits: pl.DataFrame, lesions: Lesions) -> pl.DataFrame:
    """A dated first sight of a new lesion makes a visit even without a TR record."""
    sights = lesions.sights.filter(
        (pl.col("ROLE") == int(Role.NEW)) & pl.col("DAY").is_not_null()
    ).select(
        "USUBJID",
        "VISITNUM",
        VISIT=pl.lit(None, pl.String),
        FIRST=pl.col("DAY"),
        LAST=pl.col("DAY"),
    )
    return (
        pl.concat([visits, sights], how="vertical_relaxed")
        .group_by("USUBJID", "VISITNUM")
        .agg(
            VISIT=pl.col("VISIT").drop_nulls().sort().first(),
            FIRST=pl.col("FIRST").min(),
            LAST=pl.col("LAST").max(),
        )
        .sort("USUBJID", "FIRST", "LAST", "VISITNUM")
    )


def _merged(visits: pl.DataFrame, cells: pl.DataFrame, merge_days: int) -> pl.DataFrame:
    """Give visits that form one time point one GROUP (R-059).

    Neighbours closer than `merge_days` become one when no lesion was assessed in both.
    """
    visits = visits.with_row_index("GROUP").with_columns(pl.col("GROUP").cast(pl.Int64))
    close = visits.with_columns(
        GAP=(pl.col("FIRST") - pl.col("LAST").shift(1)).over("USUBJID")
    ).filter(pl.col("GAP") < merge_days)
    if close.height == 0:
        return visits
    near = pl.concat([close["GROUP"], close["GROUP"] - 1]).unique()
    wanted = visits.filter(pl.col("GROUP").is_in(near.implode()))
    seen = _assessed(cells, wanted)
    owner = dict(zip(visits["GROUP"], visits["GROUP"], strict=True))
    last = dict(zip(visits["GROUP"], visits["LAST"], strict=True))
    first = dict(zip(visits["GROUP"], visits["FIRST"], strict=True))
    for group in sorted(close["GROUP"]):
        before = owner[group - 1]
        if first[group] - last[before] < merge_days and not seen[before] & seen[group]:
            owner[group] = before
            seen[before] |= seen[group]
            last[before] = max(last[before], last[group])
    table = pl.DataFrame({"GROUP": list(owner), "NEW": list(owner.values())})
    return visits.join(table, on="GROUP", maintain_order="left").with_columns(GROUP=pl.col("NEW"))


def _assessed(cells: pl.DataFrame, visits: pl.DataFrame) -> dict[int, set[str]]:
    """Lesions that were assessed, other than not evaluable, at each visit."""
    seen: dict[int, set[str]] = {group: set() for group in visits["GROUP"]}
    found = cells.filter(pl.col("STATE") != int(LesionState.NE)).join(
        visits.select("USUBJID", "VISITNUM", "GROUP"), on=["USUBJID", "VISITNUM"]
    )
    for group, lesion in found.select("GROUP", "LNKID").iter_rows():
        seen[group].add(lesion)
    return seen


def _baseline(
    lesions: Lesions,
    groups: pl.DataFrame,
    points: pl.DataFrame,
    milestones: pl.DataFrame,
    cells: pl.DataFrame,
) -> pl.DataFrame:
    """The baseline time point: where TU identifies the lesions (R-131).

    With several scans up to the first dose the last one that is complete (R-013), which may be a
    later one than TU names; never one before the lesions were first identified.
    """
    named = lesions.sights.filter(pl.col("ROLE") != int(Role.NEW)).select("USUBJID", "VISITNUM")
    sighted = groups.join(named.unique(), on=["USUBJID", "VISITNUM"], how="semi")
    sighted = sighted.select("USUBJID", "GROUP", NAMED=pl.lit(value=True)).unique()
    found = points.join(sighted, on=["USUBJID", "GROUP"], how="left").join(
        milestones.select("USUBJID", "TRTSDT"), on="USUBJID", how="left"
    )
    found = found.join(_complete(lesions, groups, cells), on=["USUBJID", "GROUP"], how="left")
    is_named = pl.col("NAMED").fill_null(value=False)
    rank = pl.col("RANK").fill_null(0)
    since = pl.col("FIRST").filter(is_named).min().over("USUBJID")
    early = (pl.col("FIRST") <= pl.col("TRTSDT")).fill_null(value=False)
    early = early & (is_named | ((rank > 0) & (pl.col("FIRST") > since).fill_null(value=False)))
    found = found.with_columns(EARLY=early, RANK=rank, NAMED=is_named).sort("FIRST", "VISITNUM")
    ordered = found.sort("RANK", "FIRST", "VISITNUM")
    best = (
        ordered.filter("EARLY").group_by("USUBJID", maintain_order=True).agg(pl.col("GROUP").last())
    )
    first = (
        found.filter("NAMED").group_by("USUBJID", maintain_order=True).agg(pl.col("GROUP").first())
    )
    chosen = pl.concat([best, first.join(best, on="USUBJID", how="anti")])
    chosen = chosen.rename({"GROUP": "BASEGROUP"})
    start = points.select("USUBJID", BASEGROUP="GROUP", BASEFIRST="FIRST")
    everyone = milestones.select("USUBJID", "TRTSDT")
    return everyone.join(chosen.join(start, on=["USUBJID", "BASEGROUP"]), on="USUBJID", how="left")


def _complete(lesions: Lesions, groups: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """How complete each time point is: 2 every lesion seen, 1 every target, 0 neither."""
    known = lesions.frame.filter(pl.col("ROLE") != int(Role.NEW)).select(
        "USUBJID", OWNER="LNKID", TARGET=pl.col("ROLE") == int(Role.TARGET)
    )
    need = known.group_by("USUBJID").agg(ALL=pl.len(), TARGETS=pl.col("TARGET").sum())
    seen = (
        cells.filter(pl.col("STATE") != int(LesionState.NE))
        .join(groups.select("USUBJID", "VISITNUM", "GROUP"), on=["USUBJID", "VISITNUM"])
        .select("USUBJID", "GROUP", "OWNER")
        .unique()
        .join(known, on=["USUBJID", "OWNER"])
        .group_by("USUBJID", "GROUP")
        .agg(SEEN=pl.len(), SIZES=pl.col("TARGET").sum())
        .join(need, on="USUBJID")
    )
    every = pl.col("SEEN") == pl.col("ALL")
    sizes = (pl.col("SIZES") == pl.col("TARGETS")) & (pl.col("TARGETS") > 0)
    return seen.select(
        "USUBJID", "GROUP", RANK=pl.when(every).then(2).when(sizes).then(1).otherwise(0)
    )


def _untreated(milestones: pl.DataFrame) -> pl.DataFrame:
    without = milestones.filter(pl.col("TRTSDT").is_null() & pl.col("ENRLDT").is_not_null())
    return query(without["USUBJID"], "R-131", "No first dose: not treated.", "note")
