"""Sums of diameters that TR states (SUMDIAM) beside ours: compared, never used (R-133)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from trialwright.adam.reading import Reading
from trialwright.core.format import mm
from trialwright.core.tables import ROW, Sdtm
from trialwright.response.evaluators import of_evaluator
from trialwright.response.history import Ints, LesionHistory
from trialwright.response.lengths import lengths
from trialwright.response.reported.stated import indexed
from trialwright.subjects.days import day_column, upper
from trialwright.vocabulary.recist import LesionState, Role

_TEST = "SUMDIAM"


def states_anything(sdtm: Sdtm) -> bool:
    """Whether a delivery states responses or sums that could be compared."""
    return sdtm["RS"].height > 0 or bool(
        (sdtm["TR"].select(upper("TRTESTCD")).to_series() == _TEST).any()
    )


def compare_sums(sdtm: Sdtm, reading: Reading) -> pl.DataFrame:
    """Put ours beside each sum of diameters that TR states at baseline or a time point.

    Parameters
    ----------
    sdtm
        Domains with the records of the reader.
    reading
        The reading of the same evaluator.

    Returns
    -------
    pl.DataFrame
        As `reported_points.compare_points`; a sum that cannot be read as a length, or that stands
        where no target was seen, is left to the checks of TR.
    """
    rows = _stated(sdtm, reading)
    s, tp = rows["S"].to_numpy(), rows["TP"].to_numpy()
    targets, history = reading.decisions.points.targets, reading.records.history
    later, v = tp > 0, np.maximum(tp - 1, 0)
    ours = np.where(later, targets.total[s, v], targets.baseline[s])
    complete = ~later | targets.complete[s, v]
    said = rows["TENTHS"].to_numpy()
    agrees = complete & (said == ours)
    sums = [(rule, words, total(history)) for rule, words, total in _OTHERS]
    found = [
        ("", "") if same
        else ("R-035", "the sum of the lesions that were seen, one is missing")
        if not whole and value == mine
        else _likely(sums, at, value)
        for same, whole, value, mine, at in zip(
            agrees, complete, said, ours, zip(s, tp - 1, strict=True), strict=True
        )
    ]  # fmt: skip
    derived = [
        f"{mm(int(value))} mm" + ("" if whole else " without the missing lesions")
        for value, whole in zip(ours, complete, strict=True)
    ]
    return rows.with_columns(
        TEST=pl.lit(_TEST),
        REPORTED=pl.Series([f"{mm(int(value))} mm" for value in said], dtype=pl.String),
        DERIVED=pl.Series(derived, dtype=pl.String),
        AGREE=pl.Series(agrees, dtype=pl.Boolean),
        LIKERULE=pl.Series([rule for rule, _ in found], dtype=pl.String),
        LIKELY=pl.Series([words for _, words in found], dtype=pl.String),
        CHANGES=pl.lit(""),
        SRCDOM=pl.lit("TR"),
    )


def _stated(sdtm: Sdtm, reading: Reading) -> pl.DataFrame:
    """Readable sums of subjects with targets: S, TP, TENTHS, DAY."""
    tr = of_evaluator("TR", sdtm["TR"], reading.evaluator).frame.filter(upper("TRTESTCD") == _TEST)
    rows = tr.with_columns(
        TEXT=upper("TRORRES").replace("", None),
        UNIT=upper("TRORRESU").replace("", None),
        VISITNUM=pl.col("VISITNUM").cast(pl.Float64, strict=False),
        DAY=day_column("TRDTC"),
        RSSEQ=pl.col("TRSEQ"),
    )
    measured = (reading.records.history.role == Role.TARGET).any(axis=1)
    visits = reading.records.visits.select(
        "USUBJID", pl.col("VISITNUM").cast(pl.Float64), pl.col("TP").cast(pl.Int32)
    ).unique()
    return (
        indexed(rows, reading.records.subjects)
        .join(lengths(rows), on=["TEXT", "UNIT"], how="inner", nulls_equal=True)
        .filter(pl.col("TENTHS").is_not_null())
        .join(visits, on=["USUBJID", "VISITNUM"], how="inner")
        .filter(pl.col("TP").is_not_null())
        .sort("S", "TP", ROW)
        .filter(pl.col("S").is_in(np.flatnonzero(measured)))
    )


def _likely(sums: list[tuple[str, str, Ints]], at: tuple[int, int], value: int) -> tuple[str, str]:
    subject, visit = at
    if visit >= 0:
        for rule, words, total in sums:
            if total[subject, visit] == value:
                return rule, words
    return "", "no rule explains it"


def _summed(which: Callable[[LesionHistory], np.ndarray]) -> Callable[[LesionHistory], Ints]:
    """The sum of the sizes of some lesions at each time point."""

    def total(history: LesionHistory) -> Ints:
        seen = which(history) & (history.state != LesionState.NE)
        found: Ints = np.where(seen, history.size, 0).sum(axis=2).astype(np.int32)
        return found

    return total


def _role(history: LesionHistory, *roles: Role) -> np.ndarray:
    return np.isin(history.role, roles)[:, None, :]


#: Sums that a person may have made, with the rule that forbids them.
_OTHERS: tuple[tuple[str, str, Callable[[LesionHistory], Ints]], ...] = (
    (
        "R-023",
        "target nodes below 10 mm left out of the sum",
        _summed(lambda h: _role(h, Role.TARGET) & ~(h.node[:, None, :] & (h.size < 100))),
    ),
    (
        "R-023",
        "target nodes left out of the sum",
        _summed(lambda h: _role(h, Role.TARGET) & ~h.node[:, None, :]),
    ),
    (
        "R-022",
        "lesions too small to measure counted as 0",
        _summed(lambda h: _role(h, Role.TARGET) & (h.state != LesionState.TOO_SMALL)),
    ),
    (
        "R-087",
        "new lesions added to the sum",
        _summed(lambda h: _role(h, Role.TARGET, Role.NEW)),
    ),
    (
        "R-011",
        "non-target lesions added to the sum",
        _summed(lambda h: _role(h, Role.TARGET, Role.NON_TARGET)),
    ),
)
