"""Tumour markers that a complete response waits for (R-040, R-142).

A named marker that was above normal before treatment is looked at when no non-target disease is
left: normal lets the complete response stand, above normal does not, not measured leaves it open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from trialwright.core.dates import iso
from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.settled import SettledResponse
from trialwright.response.across import every_last
from trialwright.response.history import Flags, LesionHistory
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.reconcile import query, unused
from trialwright.vocabulary.recist import LesionState, MarkerState, Role

#: Words of LBNRIND for a value above the reference range, and for one that is not.
_HIGH = ("HIGH", "H", "HH", "HIGH HIGH", "ABOVE NORMAL")
_NOT_HIGH = ("NORMAL", "N", "LOW", "L", "LL", "LOW LOW", "BELOW NORMAL")
_SHOWN_SCHEMA = {"USUBJID": pl.String, "S": pl.Int32, "TP": pl.Int32, "MARKER": pl.String}
_DELIVER = "deliver the value in LB, or set response.marker_for_cr to none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Markers:
    """What the markers of all subjects say.

    Attributes
    ----------
    history
        The history with `marker` filled.
    shown
        USUBJID, S, TP, MARKER: the sentence of each time point at which a marker decides.
    """

    history: LesionHistory
    shown: pl.DataFrame
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scans:
    """Time points as `adapter.LesionRecords` has them: `points` and `visits`; `people` milestones."""

    points: pl.DataFrame
    visits: pl.DataFrame
    people: pl.DataFrame


def marker_names(option: str) -> tuple[str, ...]:
    """The markers that `marker_for_cr` names, LBTESTCD in upper case; none for "none"."""
    names = (name.strip().upper() for name in option.split(","))
    return tuple(dict.fromkeys(name for name in names if name and name != "NONE"))


def no_marker_texts() -> pl.DataFrame:
    """`Markers.shown` where no marker is looked at."""
    return pl.DataFrame(schema=_SHOWN_SCHEMA)


def read_markers(
    sdtm: Sdtm, history: LesionHistory, scans: Scans, rule: SettledResponse
) -> Markers:
    """Fill `LesionHistory.marker` from LB for the markers that the rule names.

    The value of a time point is that of the same VISITNUM, else the nearest within `window_days`
    of its scans; at the same distance the worse one. Normal is at most LBSTNRHI; without a number
    or a limit LBNRIND decides. Of several markers above > not measured > normal. A marker without a
    value before treatment is looked at as if it had been raised, flagged.

    Raises
    ------
    DataError
        For LBSTRESN or LBSTNRHI that is no number (R-142, R-143).
    """
    names = marker_names(rule.marker_for_cr)
    if not names:
        return Markers(history=history, shown=no_marker_texts(), unused=(), queries=())
    values, lost = _values(sdtm, names)
    before = _before_treatment(values, scans, names)
    grid = _measured(values, before, scans, rule.window_days)
    code = np.zeros(history.marker.shape, np.int8)
    worst = grid.group_by("S", "TP").agg(pl.col("CODE").max()).sort("S", "TP")
    code[worst["S"].to_numpy(), worst["TP"].to_numpy() - 1] = worst["CODE"].to_numpy()
    filled = replace(history, marker=_BY_RANK[code])
    decides = _decides(history)
    at = (grid["S"].to_numpy(), grid["TP"].to_numpy() - 1)
    grid = grid.filter(pl.Series(decides[at], dtype=pl.Boolean))
    return Markers(
        history=filled,
        shown=_shown(grid),
        unused=lost,
        queries=(*_absent(sdtm, names), *_unread(lost), *_unknown(before), *_missing(grid)),
    )


#: Order of the answers of several markers: the largest counts.
_NORMAL, _MISSING, _ABOVE = 1, 2, 3


#: The answers by rank as codes of the engine.
_BY_RANK = np.array(
    [MarkerState.UNUSED, MarkerState.NORMAL, MarkerState.NOT_MEASURED, MarkerState.ABOVE], np.int8
)


def _values(sdtm: Sdtm, names: tuple[str, ...]) -> tuple[pl.DataFrame, tuple[pl.DataFrame, ...]]:
    """Usable values: USUBJID, TEST, VISITNUM, DAY, ABOVE, SAID; the rest is listed as unused."""
    rows = sdtm["LB"].with_columns(TEST=upper("LBTESTCD"))
    rows = rows.filter(pl.col("TEST").is_in(names))
    _refuse_text(sdtm, rows)
    word = upper("LBNRIND").replace("", None)
    by_word = pl.when(word.is_in(_HIGH)).then(True).when(word.is_in(_NOT_HIGH)).then(False)  # noqa: FBT003
    rows = rows.with_columns(
        DAY=day_column("LBDTC"),
        VISITNUM=pl.col("VISITNUM").cast(pl.Float64, strict=False),
        VALUE=_number("LBSTRESN"),
        LIMIT=_number("LBSTNRHI"),
    ).with_columns(ABOVE=pl.coalesce(pl.col("VALUE") > pl.col("LIMIT"), by_word), SAID=_said(word))
    undated, silent = pl.col("DAY").is_null(), pl.col("ABOVE").is_null()
    lost = (
        unused("LB", rows.filter(undated), "R-142", "marker without a complete date"),
        unused("LB", rows.filter(~undated & silent), "R-142", "marker without a usable result"),
    )
    return rows.filter(~undated & ~silent), lost


def _number(column: str) -> pl.Expr:
    return pl.col(column).str.strip_chars().replace("", None).cast(pl.Float64, strict=False)


def _refuse_text(sdtm: Sdtm, rows: pl.DataFrame) -> None:
    for column in ("LBSTRESN", "LBSTNRHI"):
        there = pl.col(column).str.strip_chars().replace("", None).is_not_null()
        number = _number(column)
        usable = (number.is_finite() & (number >= 0)).fill_null(value=False)
        bad = rows.filter(there & ~usable).sort(ROW)
        if bad.height:
            row = bad.row(0, named=True)
            raise DataError(
                f"{bad.height} value{'s' * (bad.height > 1)} of a tumour marker cannot be read.",
                where=f'{sdtm.where("LB", row[ROW], column)}: "{row[column]}" ({row["TEST"]} of '
                f"subject {row['USUBJID']})",
                allowed="a number, 0 or more; empty when only LBNRIND is known (R-142)",
                do="correct LB; a result below detection has an empty LBSTRESN and LBNRIND NORMAL",
                records=tuple(("LB", at) for at in bad[ROW]),
            )


def _said(word: pl.Expr) -> pl.Expr:
    """The value and its limit as a sentence says them."""
    unit = pl.concat_str(pl.lit(" "), pl.col("LBSTRESU").str.strip_chars()).fill_null("")
    value, limit = (pl.col(name).str.strip_chars() for name in ("LBSTRESN", "LBSTNRHI"))
    above = pl.col("VALUE") > pl.col("LIMIT")
    against = pl.when(above).then(pl.lit(" is above ")).otherwise(pl.lit(" is at most "))
    by_number = pl.concat_str(value, unit, against, limit)
    by_word = pl.concat_str(value, unit, pl.lit(" is "), word)
    return pl.coalesce(by_number, by_word, pl.concat_str(pl.lit("is "), word))


def _before_treatment(values: pl.DataFrame, scans: Scans, names: tuple[str, ...]) -> pl.DataFrame:
    """Each subject and marker with BEFORE: above normal at baseline, null without a value.

    That is the last value up to the first dose, without a dose up to the baseline scan.
    """
    scan = scans.points.filter(pl.col("TP") == 0).select("USUBJID", SCAN="LAST")
    start = scans.people.select("USUBJID", "TRTSDT").join(scan, on="USUBJID", how="left")
    start = start.select("USUBJID", START=pl.coalesce("TRTSDT", "SCAN").cast(pl.Int32))
    tests = pl.DataFrame({"TEST": names}, schema={"TEST": pl.String})
    early = values.join(start, on="USUBJID").filter(pl.col("DAY") <= pl.col("START"))
    last = early.filter(pl.col("DAY") == pl.col("DAY").max().over("USUBJID", "TEST"))
    last = last.group_by("USUBJID", "TEST").agg(BEFORE=pl.col("ABOVE").any())
    return start.join(tests, how="cross").join(last, on=["USUBJID", "TEST"], how="left")


def _measured(
    values: pl.DataFrame, before: pl.DataFrame, scans: Scans, window_days: int
) -> pl.DataFrame:
    """One row for each time point and marker that is looked at: S, TP, TEST, CODE, SAID, DAY."""
    looked = before.filter(pl.col("BEFORE").fill_null(value=True))
    points = scans.points.filter(pl.col("TP") > 0).select("USUBJID", "S", "TP", "FIRST", "LAST")
    grid = points.join(looked.select("USUBJID", "TEST", "BEFORE"), on="USUBJID")
    at = scans.visits.select("USUBJID", "VISITNUM", OWN="TP")
    known = values.select("USUBJID", "TEST", "VISITNUM", "DAY", "ABOVE", "SAID").join(
        at, on=["USUBJID", "VISITNUM"], how="left"
    )
    same = (pl.col("OWN") == pl.col("TP")).fill_null(value=False)
    apart = pl.max_horizontal(
        pl.col("FIRST") - pl.col("DAY"), pl.col("DAY") - pl.col("LAST"), pl.lit(0)
    )
    found = (
        grid.join(known, on=["USUBJID", "TEST"])
        .with_columns(SAME=same, APART=apart)
        .filter(pl.col("SAME") | (pl.col("APART") <= window_days))
        .sort("SAME", "APART", "ABOVE", "DAY", "SAID", descending=[True, False, True, True, False])
        .unique(("S", "TP", "TEST"), keep="first", maintain_order=True)
    )
    key = ["S", "TP", "TEST"]
    grid = grid.join(found.select(*key, "ABOVE", "SAID", "DAY"), on=key, how="left")
    code = pl.when(pl.col("ABOVE")).then(_ABOVE).otherwise(_NORMAL)
    return grid.with_columns(
        CODE=pl.when(pl.col("ABOVE").is_null()).then(_MISSING).otherwise(code).cast(pl.Int8)
    ).sort(key)


def _decides(history: LesionHistory) -> Flags:
    """Time points at which only a marker stands between a subject and complete response [S, V]."""
    role = history.role[:, None, :]
    absent = history.state == LesionState.ABSENT
    left = ((role == Role.NON_TARGET) & ~absent) | ((role == Role.TARGET) & ~history.resolved)
    known = ((role == Role.NON_TARGET) | (role == Role.TARGET)).any(axis=2)
    result: Flags = every_last(~left) & known & history.live
    return result


def _shown(grid: pl.DataFrame) -> pl.DataFrame:
    """The sentence of each time point, its markers behind each other."""
    words = [
        f"marker {test} {said} on {iso(day)}{_doubt(before)}"
        if said is not None
        else f"marker {test} not measured{_doubt(before)}"
        for test, said, day, before in grid.select("TEST", "SAID", "DAY", "BEFORE").iter_rows()
    ]
    rows = grid.with_columns(pl.Series("WORDS", words, dtype=pl.String))
    shown = rows.group_by("USUBJID", "S", "TP").agg(
        MARKER=pl.col("WORDS").sort_by("TEST").str.join(", ")
    )
    return shown.sort("S", "TP").cast(pl.Schema(_SHOWN_SCHEMA))


def _doubt(before: bool | None) -> str:  # noqa: FBT001
    return " (no value before treatment, read as raised)" if before is None else ""


def _absent(sdtm: Sdtm, names: tuple[str, ...]) -> list[pl.DataFrame]:
    """Markers without a single record: nobody without other disease can be CR (R-040)."""
    there = set(sdtm["LB"].select(upper("LBTESTCD"))["LBTESTCD"])
    return [
        query(
            ("",),
            "R-040",
            f"LB has no record of {name}, which response.marker_for_cr names: where no disease is "
            "left the time point is not complete response, since the marker was not measured.",
            "error",
            _DELIVER,
        )
        for name in names
        if name not in there
    ]


def _unread(lost: tuple[pl.DataFrame, ...]) -> list[pl.DataFrame]:
    texts = ("has no complete date", "has neither a number with its limit nor a known LBNRIND")
    return [
        query(frame["USUBJID"], "R-142", f"A tumour marker {text}: not used.", do="correct LB")
        for frame, text in zip(lost, texts, strict=True)
    ]


def _unknown(before: pl.DataFrame) -> list[pl.DataFrame]:
    rows = before.filter(pl.col("BEFORE").is_null() & pl.col("START").is_not_null())
    return [
        query(
            (name,),
            "R-142",
            f"Marker {test} has no value before treatment: it is looked at as if it had been raised.",
            do=_DELIVER,
        )
        for name, test in rows.select("USUBJID", "TEST").iter_rows()
    ]


def _missing(grid: pl.DataFrame) -> list[pl.DataFrame]:
    rows = grid.filter(pl.col("CODE") == _MISSING)
    return [
        query(
            (name,),
            "R-040",
            f"No disease is left on {iso(day)}, but marker {test} was not measured: no complete "
            "response there.",
            do=_DELIVER,
        )
        for name, test, day in rows.select("USUBJID", "TEST", "LAST").iter_rows()
    ]
