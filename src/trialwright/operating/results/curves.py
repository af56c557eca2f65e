"""Operating characteristics over scenarios: probability of rejecting against the true rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialwright.core.display import Figure, Mark, Table
from trialwright.core.format import pct, rounded
from trialwright.core.results import Json
from trialwright.operating.exact_sums import Share
from trialwright.operating.plan import READINGS, Arm, Reading, ResponseRule
from trialwright.operating.reading import ScenarioTotals
from trialwright.operating.words import (
    BOUNDS,
    READING_WORDS,
    number,
    probability,
    rate_text,
    rule_words,
    share_json,
    simulated,
)

RULES = ("T-13", "T-14")
_STEPS = 300
_TRUE = (
    "True rate: share of patients who respond when every scan is on its day and read without error, "
    "before confirmation."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One scenario: its true rate, and the probability of rejecting by reading."""

    scenario: str
    expected: float
    rate: float
    reject: tuple[tuple[Reading, Share], ...]
    exact: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveResult:
    """One rule over all scenarios of a grid."""

    rule: ResponseRule
    group: str
    points: tuple[Point, ...]
    key: str

    def table(self) -> Table:
        """One row for each scenario, by true rate."""
        return Table(
            title=f"Operating characteristics: {self.group}, {self.rule.id}",
            columns=(
                "Scenario", "Expected rate, %", "True rate, %", *(f"P(reject) {READING_WORDS[one]}" for one in READINGS),
                "Exact at true rate",
            ),
            rows=tuple(
                (
                    one.scenario,
                    rate_text(one.expected, 2),
                    pct(one.rate, 2),
                    *(probability(dict(one.reject)[reading], 4) for reading in READINGS),
                    rounded(one.exact, 4),
                )
                for one in self.points
            ),
            footnotes=(
                self.rule.design.rule_words(),
                simulated(min(one.reject[0][1].trials for one in self.points)),
                BOUNDS,
                "Expected rate: what a large trial of this protocol would report if the scenario "
                "holds. " + _TRUE,
            ),
            rules=RULES,
        )  # fmt: skip

    def figure(self) -> Figure:
        """Points with 95 % error bars on the exact binomial curve."""
        top = min(1.0, max(one.rate for one in self.points) + 0.05)
        rates = [top * step / _STEPS for step in range(_STEPS + 1)]
        exact = Mark(
            kind="line",
            x=tuple(rates),
            y=tuple(self.rule.design.reject_probability(rate) for rate in rates),
            label="exact binomial",
        )
        words = "; ".join(
            f"{one.scenario} at {pct(one.rate)} %: "
            + ", ".join(f"{rounded(share.value, 3)} {READING_WORDS[name]}"
                        for name, share in one.reject)
            for one in self.points
        )  # fmt: skip
        return Figure(
            title=f"Operating characteristics: {self.group}, {self.rule.id}",
            alt=f"Probability of rejecting. {words}.",
            marks=(
                Mark(
                    kind="rule_x", x=(self.rule.p0,), role="threshold",
                    label=f"null rate {100 * self.rule.p0:g} %",
                ),
                exact,
                self._bars(),
                *(self._dots(reading) for reading in READINGS),
            ),
            x_label="True rate (%)",
            y_label="Probability of rejecting the null rate (%)",
            x_range=(0.0, top),
            y_range=(0.0, 1.0),
            x_ticks=tuple((t / 20, f"{5 * t}") for t in range(round(20 * top) + 1)),
            y_ticks=tuple((t / 5, f"{20 * t}") for t in range(6)),
            footnotes=(
                self.rule.design.rule_words(),
                f"{_TRUE} Bars: 95 % Monte Carlo limits.",
            ),
            rules=RULES,
        )  # fmt: skip

    def _bars(self) -> Mark:
        shown = [(one.rate, share) for one in self.points for _, share in one.reject]
        return Mark(
            kind="interval",
            x=tuple(rate for rate, _ in shown),
            y=tuple(share.limits()[0] for _, share in shown),
            x2=tuple(rate for rate, _ in shown),
            y2=tuple(share.limits()[1] for _, share in shown),
        )

    def _dots(self, reading: Reading) -> Mark:
        return Mark(
            kind="points",
            x=tuple(one.rate for one in self.points),
            y=tuple(dict(one.reject)[reading].value for one in self.points),
            role=reading,
            label=READING_WORDS[reading],
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded."""
        return {
            "key": self.key,
            "rule": self.rule.id,
            "words": rule_words(self.rule),
            "p0": self.rule.p0,
            "points": [
                {
                    "scenario": one.scenario,
                    "expected_rate": number(one.expected),
                    "true_rate": number(one.rate),
                    "binomial": one.exact,
                    "reject": {reading: share_json(share) for reading, share in one.reject},
                }
                for one in self.points
            ],
        }


def curve_results(scenarios: Sequence[ScenarioTotals]) -> tuple[CurveResult, ...]:
    """A curve for each rule on responses that two scenarios or more share."""
    if len(scenarios) < 2:
        return ()
    rules = {(rule.id, rule.group): rule for one in scenarios for rule in one.plan.response_rules}
    found = [_curve(scenarios, rule) for rule in rules.values()]
    return tuple(one for one in found if len(one.points) > 1)


def _curve(scenarios: Sequence[ScenarioTotals], rule: ResponseRule) -> CurveResult:
    have = [one for one in scenarios if rule in one.plan.response_rules]
    points = [_point(one, rule) for one in have]
    return CurveResult(
        rule=rule,
        group=have[0].plan.group(rule.group).name,
        points=tuple(sorted(points, key=lambda one: (one.rate, one.scenario))),
        key=f"OC_CURVE.{rule.id}",
    )


def _point(totals: ScenarioTotals, rule: ResponseRule) -> Point:
    plan = totals.plan
    group = plan.group(rule.group)
    true = totals.rule_rate(group)
    rate = group.stated_response if true is None else true.value
    first = plan.variants[0].id
    return Point(
        scenario=plan.id,
        expected=totals.expected_response(group),
        rate=rate,
        reject=tuple(
            (reading, totals.rule(Arm(first, reading), rule.id).rejected) for reading in READINGS
        ),
        exact=rule.design.reject_probability(rate),
    )
