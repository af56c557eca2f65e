"""Parametric survival: exponential, Weibull, log-normal and log-logistic by maximum likelihood.

Rows are intervals left < T <= right as in `interval_censored`; exact, interval, left-censored and
right-censored times enter together. The model is log T = intercept + scale x W; the Weibull has
shape 1 / scale, the exponential has scale 1. Exact times enter by their density on the scale of
time, so log-likelihoods of different distributions compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.curve_bands import normal_quantile
from trialwright.stats.interval_censored import checked_intervals, checked_times
from trialwright.stats.kaplan_meier import Estimate, require_probability
from trialwright.stats.log_location_scale import (
    STANDARDS,
    Family,
    Standard,
    Terms,
    exact_terms,
    interval_terms,
)
from trialwright.stats.survival_counts import Floats

LimitScale: TypeAlias = Literal["log", "plain"]

_MAX_STEPS = 200
_MAX_HALVINGS = 60
#: Largest change of intercept / scale and of log scale after which the next is below rounding.
_STEP_TOLERANCE = 1e-9
#: Longest step in the same terms.
_LONGEST = 2.0
#: Log scale beyond which the likelihood is taken to have no maximum.
_FARTHEST = 12.0


@dataclass(frozen=True, slots=True)
class ParametricConvention:
    """Limits by the delta method: two-sided level, and the scale on which they are symmetric."""

    conf_level: float
    scale: LimitScale = "log"

    def __post_init__(self) -> None:
        require_one_of("scale", self.scale, get_args(LimitScale))


@dataclass(frozen=True, slots=True, eq=False)
class ParametricSurvival:
    """A fitted distribution.

    Attributes
    ----------
    family
        Name of the distribution.
    subjects
        Number of subjects.
    intercept, scale
        Location and scale of log time; the scale of the exponential is 1.
    log_likelihood
        Log-likelihood at the estimate.
    covariance
        Inverse of the observed information of (intercept, log scale), shape (2, 2); of the
        intercept alone for the exponential, shape (1, 1).
    steps
        Newton steps.
    """

    family: Family
    subjects: int
    intercept: float
    scale: float
    log_likelihood: float
    covariance: Floats
    steps: int


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Logarithms of exact times and of the ends of intervals."""

    exact: Floats
    lower: Floats
    upper: Floats


def fit_parametric(left: ArrayLike, right: ArrayLike, family: Family) -> ParametricSurvival:
    """Fit one distribution to interval-censored times.

    Parameters
    ----------
    left, right
        Ends of each interval in any unit, shape (subjects,); equal for an exact time, right
        infinite for a censored one, left 0 for an event before the first visit.
    family
        One of "exponential", "weibull", "lognormal", "loglogistic".

    Raises
    ------
    DataError
        When the family is unknown, an interval is not valid, an exact time is 0, or the likelihood has no maximum: no
        events, or all times allow one and the same moment.

    References
    ----------
    Lawless, Statistical Models and Methods for Lifetime Data, 2nd ed. 2003, ch. 5; Lindsey and
    Ryan, Stat Med 1998;17:219-238 (interval censoring).
    """
    require_one_of("family", family, STANDARDS)
    lower, upper = checked_intervals(left, right)
    free = 1 if family == "exponential" else 2
    _require_maximum(lower, upper, free)
    exact = lower == upper
    with np.errstate(divide="ignore"):
        rows = _Rows(np.log(lower[exact]), np.log(lower[~exact]), np.log(upper[~exact]))
    start = _start(rows, free)
    at, terms, steps = _maximum(rows, STANDARDS[family], start, free)
    covariance = np.linalg.inv(-terms.hessian[:free, :free]).astype(np.float64)
    scale = float(np.exp(at[1]))
    return ParametricSurvival(
        family, lower.size, float(at[0]), scale, terms.value, covariance, steps
    )


def parametric_survival(fit: ParametricSurvival, time: ArrayLike) -> Floats:
    """S(t) of the fitted distribution at times >= 0, any shape.

    Raises
    ------
    DataError
        When a time is negative or not a number.
    """
    at = checked_times(time)
    with np.errstate(divide="ignore"):
        w = (np.log(at) - fit.intercept) / fit.scale
    return np.exp(STANDARDS[fit.family].log_sf(w))


def parametric_quantile(
    fit: ParametricSurvival, probability: float, convention: ParametricConvention
) -> Estimate:
    """Time by which a share `probability` has had the event; the median at 0.5.

    Raises
    ------
    DataError
        When the probability or the level is not within 0 and 1.
    """
    require_probability(probability)
    w = float(STANDARDS[fit.family].quantile(np.array(probability)))
    value = float(np.exp(fit.intercept + fit.scale * w))
    by = np.array([1.0, fit.scale * w])[: fit.covariance.shape[0]]
    half = normal_quantile(convention.conf_level) * float(np.sqrt(by @ fit.covariance @ by))
    if convention.scale == "plain":
        return Estimate(value, max(value * (1 - half), 0.0), value * (1 + half))
    return Estimate(value, value * float(np.exp(-half)), value * float(np.exp(half)))


def _require_maximum(lower: Floats, upper: Floats, free: int) -> None:
    """Refuse data whose likelihood grows without end."""
    if ((lower == upper) & (lower == 0)).any():
        raise DataError(
            "An exact time of 0 has no likelihood under these distributions.",
            where=f"{int(((lower == upper) & (lower == 0)).sum())} subjects",
            allowed="times above 0",
            do="count time from 1 at the start, or give the interval in which the event came",
        )
    if np.isinf(upper).all() or (free == 1 and not lower.any()):
        never = bool(np.isinf(upper).all())
        raise DataError(
            "The likelihood has no maximum.",
            where="nobody has an event" if never else "every event came before the first visit",
            do="describe these data without a distribution",
        )
    if free == 2 and _share_a_moment(lower, upper):
        raise DataError(
            "The likelihood has no maximum: every interval allows one and the same moment.",
            where=f"{lower.size} subjects, between {lower.max():g} and {upper.min():g}",
            do="describe these data without a distribution, or fit the exponential",
        )


def _share_a_moment(lower: Floats, upper: Floats) -> bool:
    """Tell whether one time lies within all intervals, so that a scale of 0 fits best."""
    latest, earliest = lower.max(), upper.min()
    return bool(latest <= earliest)


def _start(rows: _Rows, free: int) -> Floats:
    """Mean and spread of log times, each event at the middle of its interval."""
    known = np.isfinite(rows.lower) | np.isfinite(rows.upper)
    lower, upper = rows.lower[known], rows.upper[known]
    lower = np.where(np.isfinite(lower), lower, upper - 1.0)
    upper = np.where(np.isfinite(upper), upper, lower)
    middle = np.concatenate([rows.exact, (lower + upper) / 2])
    spread = max(float(middle.std()), 0.1)
    return np.array([float(middle.mean()), np.log(spread) if free == 2 else 0.0])


def _terms(rows: _Rows, standard: Standard, at: Floats) -> Terms:
    intercept, scale = float(at[0]), float(np.exp(at[1]))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        exact = exact_terms(standard, rows.exact, intercept, scale)
        between = interval_terms(standard, (rows.lower, rows.upper), intercept, scale)
    return Terms(
        exact.value + between.value,
        exact.gradient + between.gradient,
        exact.hessian + between.hessian,
    )


def _maximum(
    rows: _Rows, standard: Standard, start: Floats, free: int
) -> tuple[Floats, Terms, int]:
    """Newton steps, damped where the likelihood is not concave, halved while it falls."""
    at, terms = start, _terms(rows, standard, start)
    for iteration in range(1, _MAX_STEPS + 1):
        step = np.zeros(2)
        step[:free] = _direction(terms, free)
        size = max(abs(step[0]) * np.exp(-at[1]), abs(step[1]))
        step = step * min(1.0, _LONGEST / max(size, _LONGEST))
        moved = at + step
        for _ in range(_MAX_HALVINGS):
            found = _terms(rows, standard, moved)
            if _acceptable(found, terms):
                break
            step = step / 2
            moved = at + step
        at, terms = moved, found
        size = max(abs(step[0]) * np.exp(-at[1]), abs(step[1]))
        if size <= _STEP_TOLERANCE and _concave(terms, free):
            return at, terms, iteration
        if abs(at[1]) > _FARTHEST:
            break
    raise DataError(
        "The likelihood has no maximum that could be found.",
        where=f"log scale {at[1]:.1f}",
        do="describe these data without a distribution, or fit the exponential",
    )


def _direction(terms: Terms, free: int) -> Floats:
    """Newton direction; where the likelihood is not concave, its curvature is bent until it is."""
    information, gradient = -terms.hessian[:free, :free], terms.gradient[:free]
    values, vectors = np.linalg.eigh(information)
    floor = 1e-3 * float(np.abs(values).max())
    bent = np.maximum(np.abs(values), floor) if values.min() <= 0 else values
    step: Floats = vectors @ ((vectors.T @ gradient) / bent)
    return step


def _concave(terms: Terms, free: int) -> bool:
    values = np.linalg.eigvalsh(-terms.hessian[:free, :free])
    return bool(values.min() > 1e-12 * values.max())


def _acceptable(found: Terms, before: Terms) -> bool:
    rises = found.value >= before.value - 1e-12 * max(1.0, abs(before.value))
    return rises and bool(np.isfinite(found.hessian).all())
