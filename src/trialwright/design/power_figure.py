"""The power curve of a single-stage rule: probability of rejecting against the true rate."""

from __future__ import annotations

from trialwright.core.display import Figure, Mark
from trialwright.core.format import rounded
from trialwright.design.candidates import GroupEvaluation
from trialwright.design.questions import Question
from trialwright.design.single_stage import SingleStage
from trialwright.stats.binomial import binomial_at_least

#: Distance of the true rates at which the curve is drawn.
_STEP = 0.025


def power_figure(one: GroupEvaluation, question: Question) -> Figure:
    """Curves for every null rate (roles "power_1", "power_2" ...), alpha and the wanted power."""
    n = one.group.subjects
    top = min(1.0, max(question.grid.true_rates, default=0.5) + 0.10)
    rates = [step * _STEP for step in range(round(top / _STEP) + 1)]
    alpha, power = f"{100 * question.alpha:g} %", f"{100 * question.power:g} %"
    curves = tuple(_curve(rule, rates, i) for i, rule in enumerate(one.rules, start=1))
    return Figure(
        title=f"Power of {n} subjects",
        alt=f"Power curves of {n} subjects. " + " ".join(_words(r, question) for r in one.rules),
        marks=(
            Mark(kind="rule_y", y=(question.alpha,), role="threshold", label=f"alpha {alpha}"),
            Mark(kind="rule_y", y=(question.power,), role="threshold", label=f"power {power}"),
            *curves,
        ),
        x_label="True rate (%)",
        y_label="Probability of rejecting the null rate (%)",
        population=f"n = {n}",
        x_range=(0.0, top),
        y_range=(0.0, 1.0),
        x_ticks=tuple((t / 10, f"{10 * t}") for t in range(round(10 * top) + 1)),
        y_ticks=tuple((t / 5, f"{20 * t}") for t in range(6)),
        footnotes=("Exact binomial probabilities.",),
        rules=("T-13",),
    )


def _curve(rule: SingleStage, rates: list[float], i: int) -> Mark:
    return Mark(
        kind="line",
        x=tuple(rates),
        y=tuple(float(binomial_at_least(rule.reject_at, rule.n, p)) for p in rates),
        role=f"power_{i}",
        label=f"null {100 * rule.p0:g} %, reject at {rule.reject_at}",
    )


def _words(rule: SingleStage, question: Question) -> str:
    wanted = [rate for rate in question.grid.true_rates if rate > rule.p0]
    powers = ", ".join(
        f"{rounded(rule.reject_probability(rate), 2)} at {100 * rate:g} %" for rate in wanted
    )
    return f"Null rate {100 * rule.p0:g} %: reject at {rule.reject_at}, power {powers}."
