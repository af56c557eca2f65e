"""The course of a patient's liver values with the days of procedures (figure F-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Figure, Mark

#: Tests that are drawn: code, words, role of the line.
_LINES = (("ALT", "ALT"), ("AST", "AST"), ("BILI", "bilirubin"), ("ALP", "ALP"))
_MOST = 3


@dataclass(frozen=True, slots=True)
class Course:
    """Liver values of one patient: (study day, multiple of ULN) by test, and procedure days."""

    usubjid: str
    subject: str
    values: tuple[tuple[str, tuple[tuple[int, float], ...]], ...]
    procedures: tuple[int, ...]


def courses(
    adlb: pl.DataFrame, names: Mapping[str, str], chosen: Sequence[str]
) -> tuple[Course, ...]:
    """The courses of at most three of the chosen patients, in order.

    Parameters
    ----------
    adlb
        Rows of ADLB; procedure days are those near a sample.
    """
    picked = list(dict.fromkeys(chosen))[:_MOST]
    return tuple(_course(adlb.filter(pl.col("USUBJID") == one), one, names[one]) for one in picked)


def _course(rows: pl.DataFrame, usubjid: str, subject: str) -> Course:
    values = []
    for code, _ in _LINES:
        mine = rows.filter(pl.col("PARAMCD") == code, pl.col("R2ANRHI").is_not_null())
        mine = mine.filter(pl.col("ADY").is_not_null()).sort("ADY", "SRCSEQ")
        if mine.height:
            values.append((code, tuple(mine.select("ADY", "R2ANRHI").iter_rows())))
    after = (pl.col("ADT") - pl.col("PROCDT")).dt.total_days()
    near = rows.filter(pl.col("PROCDT").is_not_null(), pl.col("ADY").is_not_null())
    # Study days have no 0: a procedure before day 1 is one day further away.
    days = near.select(DAY=pl.col("ADY") - after).filter(pl.col("DAY") > 0)["DAY"].unique().sort()
    return Course(usubjid, subject, tuple(values), tuple(days.to_list()))


def course_figure(course: Course, suffix: str) -> Figure:
    """Multiples of ULN by study day, an upright line at each procedure."""
    words = dict(_LINES)
    lines = tuple(
        Mark(
            kind="line",
            x=tuple(float(day) for day, _ in found),
            y=tuple(value for _, value in found),
            role=code.lower(),
            label=words[code],
        )
        for code, found in course.values
    )
    procedures = Mark(
        kind="rule_x", x=tuple(float(d) for d in course.procedures), role="procedure",
        label="procedure",
    )  # fmt: skip
    limit = Mark(kind="rule_y", y=(1.0,), role="threshold")
    count = len(course.procedures)
    return Figure(
        title=f"Liver values of patient {course.subject}{suffix}",
        alt=f"Liver values of patient {course.subject} by study day; procedures: {count}.",
        marks=(limit, *((procedures,) if course.procedures else ()), *lines),
        x_label="Study day",
        y_label="Multiple of ULN",
        number="F-8",
        population=f"Patient {course.subject}",
        footnotes=(
            "The level line is the upper limit of normal; upright lines are procedures shortly "
            "before a sample (A-14).",
        ),
        rules=("A-14",),
    )
