"""Texts that several results of operating characteristics share."""

from __future__ import annotations

from math import isnan

from trialwright.core.format import months, pct, rounded
from trialwright.core.results import Json
from trialwright.operating.exact_sums import Mean, Share
from trialwright.operating.plan import (
    LANDMARK_METHODS,
    LANDMARK_NAMES,
    Arm,
    LandmarkRule,
    Plan,
    Reading,
    ResponseRule,
)

READING_WORDS: dict[Reading, str] = {
    "confirmed": "with confirmation",
    "unconfirmed": "without confirmation",
}
#: A true rate up to so much above the null rate counts as being at the null: the half point
#: within which scenarios are calibrated.
NULL_TOLERANCE = 0.005


def probability(share: Share, digits: int = 3) -> str:
    """`0.062 (0.002)`: a probability with its Monte Carlo error; `0.000 (≤ 0.0015)` its bound."""
    if isnan(share.value):
        return "-"
    text = rounded(share.value, digits)
    if share.bound is None:
        return f"{text} ({rounded(share.error, digits + 1)})"
    sign_of = "\N{GREATER-THAN OR EQUAL TO}" if share.count else "\N{LESS-THAN OR EQUAL TO}"
    return f"{text} ({sign_of} {rounded(share.bound, digits + 1)})"


def coverage_text(share: Share | None, trials: int) -> str:
    """`0.951 (0.005)`; the number of intervals where not every trial has one."""
    if share is None or not share.trials:
        return "-"
    some = f" of {share.trials}" if share.trials < trials else ""
    return f"{probability(share)}{some}"


def _bracket(error: float, text: str) -> str:
    return "" if isnan(error) else f" ({text})"


def percent_with_error(value: float, error: float) -> str:
    """`12.3 (0.1)` in percent."""
    if isnan(value):
        return "-"
    return f"{rounded(100 * value, 1)}{_bracket(error, rounded(100 * error, 2))}"


def points(value: float, error: float) -> str:
    """`+1.2 (0.1)`: a difference in percentage points."""
    if isnan(value):
        return "-"
    return f"{sign(100 * value, 2)}{_bracket(error, rounded(100 * error, 3))}"


def sign(value: float, digits: int) -> str:
    """A number with its sign, a true minus for print."""
    text = rounded(value, digits)
    if text.startswith("-"):
        return text.replace("-", "\N{MINUS SIGN}")
    return f"+{text}" if float(text) else text


def months_with_error(value: float, error: float) -> str:
    """`4.1 (0.02)`: days shown as months."""
    return "-" if isnan(value) else f"{months(value, 2)}{_bracket(error, months(error, 3))}"


def mean_text(mean: Mean, digits: int = 1) -> str:
    """`23.4 (0.1)`: a mean with its Monte Carlo error."""
    if isnan(mean.value):
        return "-"
    return f"{rounded(mean.value, digits)}{_bracket(mean.error, rounded(mean.error, digits + 1))}"


def rule_words(rule: ResponseRule | LandmarkRule) -> str:
    """A rule as a sentence."""
    if isinstance(rule, ResponseRule):
        return rule.design.rule_words()
    against = f"against {100 * rule.p0:g} % at {rule.months:g} months"
    least = f" (at least {rule.reject_at})" if rule.reject_at else ""
    return f"{LANDMARK_METHODS[rule.method]}, {against}{least}"


def rule_name(rule: ResponseRule | LandmarkRule) -> str:
    """A rule where there is little room."""
    if isinstance(rule, ResponseRule):
        return rule.id
    return rule.id.replace(rule.method, LANDMARK_NAMES[rule.method], 1)


def basis(rules: tuple[ResponseRule | LandmarkRule, ...]) -> tuple[str, ...]:
    """Whose the null rates are."""
    levels = sorted({one.alpha for one in rules})
    level = f"Rules at a one-sided level of {', '.join(f'{100 * one:g} %' for one in levels)}."
    assumed = sorted({one.source for one in rules if not one.registered})
    if not rules:
        return ("No rule of this protocol counts responses or looks at a landmark.",)
    if not assumed:
        return ("Null rates as registered.", level)
    return (f"Null rates are assumptions, not registered: {'; '.join(assumed)}.", level)


def arm_words(plan: Plan, arm: Arm) -> str:
    """A variant with its reading in words."""
    label = next(one.label for one in plan.variants if one.id == arm.variant)
    return f"{label}, {READING_WORDS[arm.reading]}"


def simulated(trials: int) -> str:
    """The footnote under every simulated number."""
    if trials == 1:
        return "1 simulated trial, which says nothing of probabilities."
    return f"{trials} simulated trials; Monte Carlo standard errors in brackets."


BOUNDS = "Where no trial or every trial does it, the bracket holds the exact one-sided 95 % limit."


def rate_text(rate: float, digits: int = 1) -> str:
    """A rate in percent, "-" where it is not known."""
    return "-" if isnan(rate) else pct(rate, digits)


def number(value: float | None) -> Json:
    """A float for JSON, `None` where it cannot be estimated."""
    return None if value is None or isnan(value) else value


def share_json(share: Share | None) -> Json:
    """Count, trials, share and error as plain data."""
    if share is None:
        return None
    return {
        "count": share.count,
        "of": share.trials,
        "value": number(share.value),
        "error": number(share.error),
    }


def mean_json(mean: Mean) -> Json:
    """Mean, error and spread as plain data."""
    return {
        "of": mean.trials,
        "mean": number(mean.value),
        "error": number(mean.error),
        "sd": number(mean.sd),
    }
