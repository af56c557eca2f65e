"""The sums of diameters of one simulated trial: a thin line for each patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialwright.core.display import Figure, Mark
from trialwright.endpoints.depth_course import SubjectDepth
from trialwright.operating.outcomes import MONTH

RULES = ("E-12", "R-031")
_TOP, _BOTTOM = 1.2, -1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class SumCourse:
    """One patient: days since the baseline scan, change of the sum from baseline (-1 is gone)."""

    days: tuple[int, ...]
    change: tuple[float, ...]
    response: str


def spaghetti_figure(courses: Sequence[SumCourse], title: str) -> Figure:
    """Draw the course of every patient with a sum after baseline, coloured by best response.

    Parameters
    ----------
    courses
        Patients of one simulated trial; those without a later sum are left out and counted.
    title
        Scenario and trial.
    """
    shown = [one for one in courses if one.days]
    last = max((one.days[-1] for one in shown), default=int(MONTH))
    responders = sum(one.response in {"CR", "PR"} for one in shown)
    end = last / MONTH
    return Figure(
        title=f"Sums of diameters of one simulated trial: {title}",
        alt=f"{len(shown)} patients, {responders} of them with a response.",
        marks=(
            Mark(kind="rule_y", y=(0.0,), role="zero"),
            Mark(kind="rule_y", y=(-0.3, 0.2), role="threshold", label="-30 % and +20 %"),
            *(_line(one) for one in shown),
        ),
        x_label="Months since the baseline scan",
        y_label="Change of the sum of diameters (%)",
        x_range=(0.0, end),
        y_range=(_BOTTOM, _TOP),
        y_ticks=tuple((t / 4, f"{25 * t:+d}" if t else "0") for t in range(-4, 5)),
        population=f"{len(shown)} of {len(courses)} patients have a sum after baseline",
        footnotes=(
            f"Sums above {100 * _TOP:+.0f} % are drawn at that height. Lines end at the first "
            "progression.",
        ),
        rules=RULES,
    )


def _line(one: SumCourse) -> Mark:
    return Mark(
        kind="line",
        x=(0.0, *(round(day / MONTH, 3) for day in one.days)),
        y=(0.0, *(min(round(change, 4), _TOP) for change in one.change)),
        role=one.response or "NE",
    )


def courses_of(depths: Sequence[SubjectDepth]) -> tuple[SumCourse, ...]:
    """The courses of the patients of a derived trial, as `sum_courses` reads them from ADTR."""
    return tuple(
        SumCourse(
            days=tuple(point.day for point in one.course),
            change=tuple(point.percent / 100 for point in one.course),
            response=one.response,
        )
        for one in depths
    )
