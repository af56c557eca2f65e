"""The course of each patient's sum of diameters until it stops counting for depth of response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from trialwright.core.tables import Adam
from trialwright.endpoints.subject_rows import (
    Row,
    day,
    number,
    parameter,
    rows_of,
    short_name,
    text,
    time_point,
)
from trialwright.protocol.settled import SettledResponse


@dataclass(frozen=True, slots=True)
class SumPoint:
    """A complete sum: days since the baseline scan, percent change from baseline."""

    day: int
    percent: float
    time_point: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectDepth:
    """One patient's course of the sum up to the first progression.

    `course` is empty with the reason in `missing`. `progression_day` counts from the baseline
    scan; `new_lesion` says that the progression came with a new lesion, `stopped` that treatment
    has ended.
    """

    usubjid: str
    subject: str
    response: str
    baseline_mm: float | None
    course: tuple[SumPoint, ...]
    missing: str = ""
    progression_day: int | None = None
    new_lesion: bool = False
    stopped: bool = False

    @property
    def best(self) -> SumPoint | None:
        """The first point with the lowest percent change."""
        return min(self.course, key=lambda point: point.percent, default=None)


def sum_courses(
    adam: Adam, subjects: pl.DataFrame, rule: SettledResponse
) -> tuple[SubjectDepth, ...]:
    """Course of the complete sums of every subject, by `USUBJID`.

    Parameters
    ----------
    adam
        ADTR with SUMDIAM (complete sums only); ADRS with OVR and CBOR.
    subjects
        Rows of ADSL.
    rule
        `evaluator` picks the reader, `nact_same_day` says whether a scan on the day new therapy
        starts counts.

    References
    ----------
    Rules E-12, C-04b.
    """
    sums = parameter(adam, "ADTR", "SUMDIAM", rule)
    reads = parameter(adam, "ADRS", "OVR", rule)
    best = parameter(adam, "ADRS", "CBOR", rule)
    found = []
    for person in rows_of(subjects):
        name = text(person, "USUBJID")
        response = text(best[name][0], "AVALC") if name in best else ""
        history = _History(sums.get(name, []), reads.get(name, []), response or "NE")
        found.append(_subject(person, history, rule))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _History:
    """One subject's sums (baseline included), time-point responses and confirmed response."""

    sums: list[Row]
    reads: list[Row]
    response: str

    @property
    def baseline(self) -> Row | None:
        return next((row for row in self.sums if time_point(row) == 0), None)

    @property
    def later(self) -> list[Row]:
        return [row for row in self.sums if time_point(row) > 0 and row["PCHG"] is not None]

    @property
    def progression(self) -> Row | None:
        return next((row for row in self.reads if row["AVALC"] == "PD"), None)


def _subject(person: Row, history: _History, rule: SettledResponse) -> SubjectDepth:
    baseline, progression = history.baseline, history.progression
    start = day(baseline, "ADT") if baseline else None
    counted = [row for row in history.later if _counts(row, history, day(person, "NACTDT"), rule)]
    return SubjectDepth(
        usubjid=text(person, "USUBJID"),
        subject=short_name(person),
        response=history.response,
        baseline_mm=number(person, "SODBL"),
        course=tuple(
            SumPoint(_days(start, day(row, "ADT")), number(row, "PCHG") or 0.0, time_point(row))
            for row in counted
        ),
        missing="" if counted else _why_missing(history),
        progression_day=_days(start, day(progression, "ADT")) if progression else None,
        new_lesion=progression is not None and progression["NEWLFL"] == "Y",
        stopped=person["EOTDT"] is not None,
    )


def _counts(row: Row, history: _History, nact: date | None, rule: SettledResponse) -> bool:
    """Whether a sum stands before or at progression and not after new therapy (E-12, C-04b)."""
    progression, scan = history.progression, day(row, "ADT")
    if progression is not None and time_point(row) > time_point(progression):
        return False
    if nact is None or scan is None:
        return True
    return scan < nact or (scan == nact and rule.nact_same_day == "include")


def _why_missing(history: _History) -> str:
    if history.baseline is None:
        return "no target lesion at baseline"
    if history.later:
        return "complete sums only after progression or new therapy"
    if any(time_point(row) > 0 for row in history.reads):
        return "no complete sum after baseline"
    return "no scan after baseline"


def _days(start: date | None, end: date | None) -> int:
    """Plain difference; 0 when the baseline scan is unknown."""
    return (end - start).days if start and end else 0
