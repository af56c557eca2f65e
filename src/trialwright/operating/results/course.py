"""What assessment at intervals does to times: true curves against those that trials see."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from trialwright.core.display import Figure, Mark, Table
from trialwright.core.format import months, rounded
from trialwright.core.results import Json
from trialwright.operating.exact_sums import Floats
from trialwright.operating.outcomes import MONTH
from trialwright.operating.plan import Group
from trialwright.operating.pooled import Curve
from trialwright.operating.reading import ScenarioTotals
from trialwright.operating.words import (
    months_with_error,
    number,
    percent_with_error,
    points,
    sign,
    simulated,
)

RULES = ("E-07", "E-10", "C-18", "T-04")
TIMES = {"pfs": "Progression-free survival", "os": "Overall survival"}
#: Points of a drawn curve.
_DRAWN = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A true and an assessed curve of all patients of all trials together."""

    time: str
    group: str
    variant: str
    true: Curve
    seen: Curve
    landmarks: tuple[float, ...]

    def rows(self) -> list[tuple[str, ...]]:
        """Rates at the landmarks and the median."""
        head = f"{TIMES[self.time]}, {self.variant}"
        return [*(self._rate(head, at) for at in self.landmarks), self._median(head)]

    def _rate(self, head: str, at: float) -> tuple[str, ...]:
        (true, error), (seen, other) = self.true.at(at * MONTH), self.seen.at(at * MONTH)
        return (
            self.group,
            f"{head}: rate at {at:g} months, %",
            percent_with_error(true, error),
            percent_with_error(seen, other),
            points(seen - true, _together(error, other)),
        )

    def _median(self, head: str) -> tuple[str, ...]:
        (true, error), (seen, other) = self.true.median(), self.seen.median()
        gap = (seen - true) / MONTH
        text = "-" if isnan(gap) else f"{sign(gap, 2)} ({months(_together(error, other), 3)})"
        return (
            self.group,
            f"{head}: median, months",
            months_with_error(true, error),
            months_with_error(seen, other),
            text,
        )

    def to_json(self) -> dict[str, Json]:
        """Rates and medians with errors; times in days."""
        (true, error), (seen, other) = self.true.median(), self.seen.median()
        rates: list[Json] = []
        for at in self.landmarks:
            (rate, spread), (found, width) = self.true.at(at * MONTH), self.seen.at(at * MONTH)
            rates.append(
                {
                    "months": at,
                    "true": number(rate),
                    "true_error": number(spread),
                    "assessed": number(found),
                    "assessed_error": number(width),
                }
            )
        return {
            "time": self.time,
            "group": self.group,
            "variant": self.variant,
            "subjects": self.true.subjects,
            "median_days": {
                "true": number(true),
                "true_error": number(error),
                "assessed": number(seen),
                "assessed_error": number(other),
            },
            "rates": rates,
        }


def _together(one: float, other: float) -> float:
    """Error of a difference; both curves are of the same patients, so it is on the safe side."""
    return float((one * one + other * other) ** 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseResult:
    """True and assessed times in one scenario."""

    scenario: str
    title: str
    trials: int
    compared: tuple[Compared, ...]
    intervals: str
    key: str

    def table(self) -> Table:
        """Landmark rates and medians, true and as assessed."""
        return Table(
            title=f"What assessment at intervals does: {self.title}",
            columns=("Group", "Quantity", "True", "Assessed", "Difference"),
            rows=tuple(row for one in self.compared for row in one.rows()),
            footnotes=(
                simulated(self.trials),
                "Curves of all patients of all trials together, so that the size of a trial plays "
                "no part. True: day of progression or death, seen or not. Assessed: as the trials "
                "see it, progression dated at the scan that shows it, censored at the last adequate "
                "scan. Both are of the same patients, so that the error of a difference is on the "
                "safe side.",
                self.intervals,
            ),
            rules=RULES,
        )

    def figures(self) -> tuple[Figure, ...]:
        """True and assessed curves of progression-free survival, for each group."""
        groups = dict.fromkeys(one.group for one in self.compared)
        return tuple(self._figure(group) for group in groups)

    def _figure(self, group: str) -> Figure:
        shown = [one for one in self.compared if one.group == group and one.time == "pfs"]
        first = shown[0]
        end = _shown_days(first.true)
        true, _ = first.true.median()
        seen, _ = first.seen.median()
        return Figure(
            title=f"True and assessed progression-free survival: {self.title}",
            alt=(
                f"{group}: true median {months(_none(true))} months, assessed "
                f"{months(_none(seen))} months."
            ),
            marks=(
                _step(first.true, end, "true"),
                *(_step(one.seen, end, f"assessed, {one.variant}") for one in shown),
            ),
            x_label="Months",
            y_label="Free of progression (%)",
            population=f"{group}, {first.true.subjects} simulated patients",
            x_range=(0.0, end / MONTH),
            y_range=(0.0, 1.0),
            y_ticks=tuple((t / 5, f"{20 * t}") for t in range(6)),
            footnotes=(self.intervals,),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded."""
        return {
            "key": self.key,
            "scenario": self.scenario,
            "trials": self.trials,
            "compared": [one.to_json() for one in self.compared],
        }


def _none(value: float) -> float | None:
    return None if isnan(value) else value


def _shown_days(curve: Curve) -> int:
    """Until fewer than one in twenty is left, or to the horizon."""
    few = curve.survival < 0.05
    return int(few.argmax()) if few.any() else len(few) - 1


def _step(curve: Curve, end: int, label: str) -> Mark:
    survival: Floats = curve.survival
    every = max(1, end // _DRAWN)
    days = range(0, end + 1, every)
    return Mark(
        kind="step",
        x=tuple(round(day / MONTH, 3) for day in days),
        y=tuple(round(float(survival[day]), 4) for day in days),
        label=label,
    )


def course_result(totals: ScenarioTotals) -> CourseResult:
    """True and assessed times of every group, as stated and with every scan on its day."""
    plan = totals.plan
    variants = [plan.variants[0]]
    variants += [one for one in plan.variants if one.id == plan.ideal]
    compared = [
        Compared(
            time=time,
            group=group.name,
            variant=variant.label,
            true=totals.true_curve(time, group),
            seen=totals.seen_curve(variant.id, time, group),
            landmarks=plan.landmarks,
        )
        for group in plan.groups
        for time in TIMES
        for variant in (variants if time == "pfs" else variants[:1])
    ]
    return CourseResult(
        scenario=plan.id,
        title=plan.title,
        trials=totals.trials,
        compared=tuple(compared),
        intervals=_gap_words(totals, plan.groups[0]),
        key=f"OC_INTERVALS.{plan.id}",
    )


def _gap_words(totals: ScenarioTotals, group: Group) -> str:
    first = totals.plan.variants[0].id
    true, _ = totals.true_curve("pfs", group).median()
    seen, _ = totals.seen_curve(first, "pfs", group).median()
    gap = seen - true
    if isnan(gap):
        return "The median is not reached within the horizon of the simulation."
    return (
        f"{group.name}: progression is seen at a scan and never before, so the assessed median is "
        f"{rounded(abs(gap), 0)} days {'later' if gap >= 0 else 'earlier'} than the true one."
    )
