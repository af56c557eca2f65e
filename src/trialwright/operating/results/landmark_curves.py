"""Tests at a landmark over scenarios: probability of rejecting against the true rate, by method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from trialwright.core.display import Figure, Mark, Table
from trialwright.core.format import pct, rounded
from trialwright.core.results import Json
from trialwright.operating.exact_sums import Share
from trialwright.operating.plan import (
    LANDMARK_METHODS,
    LANDMARK_NAMES,
    LandmarkMethod,
    LandmarkRule,
)
from trialwright.operating.reading import ScenarioTotals
from trialwright.operating.words import (
    BOUNDS,
    number,
    probability,
    rate_text,
    share_json,
    simulated,
)

RULES = ("E-10", "T-03", "T-07")


@dataclass(frozen=True, slots=True)
class LandmarkPoint:
    """One scenario: expected and true rate at the landmark, and P(reject) by method."""

    scenario: str
    expected: float
    rate: float
    reject: tuple[tuple[LandmarkMethod, Share], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LandmarkCurveResult:
    """The tests of one null rate over all scenarios of a grid."""

    group: str
    months: float
    p0: float
    points: tuple[LandmarkPoint, ...]
    key: str

    @property
    def _title(self) -> str:
        return f"{self.group}, {100 * self.p0:g} % at {self.months:g} months"

    def table(self) -> Table:
        """One row for each scenario, by true rate."""
        methods = [method for method, _ in self.points[0].reject]
        return Table(
            title=f"Tests of the rate free of progression: {self._title}",
            columns=(
                "Scenario",
                "Expected rate, %",
                "True rate, %",
                *(LANDMARK_NAMES[one] for one in methods),
            ),
            rows=tuple(
                (
                    one.scenario,
                    rate_text(one.expected),
                    rate_text(one.rate),
                    *(probability(share) for _, share in one.reject),
                )
                for one in self.points
            ),
            footnotes=(
                simulated(min(one.reject[0][1].trials for one in self.points)),
                BOUNDS,
                "Probability of rejecting the null rate, each method on the same trials: at or "
                "below the null rate its alpha, above it its power.",
                "Expected rate: what the scenario says a large trial would report, whose scans show "
                "a progression after it has come. True rate: from the true days of progression and "
                "death.",
                *(f"{LANDMARK_NAMES[one]}: {LANDMARK_METHODS[one]}." for one in methods),
            ),
            rules=RULES,
        )

    def figure(self) -> Figure:
        """A line for each method, with 95 % error bars."""
        methods = [method for method, _ in self.points[0].reject]
        rates = tuple(one.rate for one in self.points)
        words = "; ".join(
            f"{one.scenario} at {pct(one.rate)} %: "
            + ", ".join(
                f"{LANDMARK_NAMES[name]} {rounded(share.value, 3)}" for name, share in one.reject
            )
            for one in self.points
        )
        return Figure(
            title=f"Tests of the rate free of progression: {self._title}",
            alt=f"Probability of rejecting. {words}.",
            marks=(
                Mark(kind="rule_x", x=(self.p0,), role="threshold", label="null rate"),
                self._bars(),
                *(
                    Mark(
                        kind="line",
                        x=rates,
                        y=tuple(dict(one.reject)[method].value for one in self.points),
                        label=LANDMARK_NAMES[method],
                    )
                    for method in methods
                ),
            ),
            x_label=f"True rate free of progression at {self.months:g} months (%)",
            y_label="Probability of rejecting the null rate (%)",
            x_range=(0.0, 1.0),
            y_range=(0.0, 1.0),
            x_ticks=tuple((t / 10, f"{10 * t}") for t in range(11)),
            y_ticks=tuple((t / 5, f"{20 * t}") for t in range(6)),
            footnotes=("Lines join the scenarios. Bars: 95 % Monte Carlo limits.",),
            rules=RULES,
        )

    def _bars(self) -> Mark:
        shown = [(one.rate, share) for one in self.points for _, share in one.reject]
        return Mark(
            kind="interval",
            x=tuple(rate for rate, _ in shown),
            y=tuple(share.limits()[0] for _, share in shown),
            x2=tuple(rate for rate, _ in shown),
            y2=tuple(share.limits()[1] for _, share in shown),
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded."""
        return {
            "key": self.key,
            "group": self.group,
            "months": self.months,
            "p0": self.p0,
            "points": [
                {
                    "scenario": one.scenario,
                    "expected_rate": number(one.expected),
                    "true_rate": number(one.rate),
                    "reject": {method: share_json(share) for method, share in one.reject},
                }
                for one in self.points
            ],
        }


def landmark_curve_results(scenarios: Sequence[ScenarioTotals]) -> tuple[LandmarkCurveResult, ...]:
    """The tests of every null rate that two scenarios or more share."""
    questions = dict.fromkeys(
        (rule.group, rule.months, rule.p0) for one in scenarios for rule in one.plan.landmark_rules
    )
    found = (_curve(scenarios, *question) for question in questions)
    return tuple(one for one in found if len(one.points) > 1)


def _curve(
    scenarios: Sequence[ScenarioTotals], group: str, months: float, p0: float
) -> LandmarkCurveResult:
    asked = [
        (
            one,
            [
                r
                for r in one.plan.landmark_rules
                if (r.group, r.months, r.p0) == (group, months, p0)
            ],
        )
        for one in scenarios
    ]
    points = [_point(totals, rules) for totals, rules in asked if rules]
    first = next(totals for totals, rules in asked if rules)
    return LandmarkCurveResult(
        group=first.plan.group(group).name,
        months=months,
        p0=p0,
        points=tuple(sorted(points, key=lambda one: (one.rate, one.scenario))),
        key=f"OC_LANDMARK_CURVE.{group}.{months:g}.{p0:g}",
    )


def _point(totals: ScenarioTotals, rules: Sequence[LandmarkRule]) -> LandmarkPoint:
    first = totals.plan.variants[0].id
    return LandmarkPoint(
        totals.plan.id,
        dict(totals.plan.group(rules[0].group).stated_pfs_rates).get(rules[0].months, nan),
        totals.true_rate_at(rules[0]),
        tuple((rule.method, totals.landmark_rule(first, rule.id).rejected) for rule in rules),
    )
