"""Distributions of log time by location and scale: logarithms of density, tails and slopes.

Each is the distribution of W in log T = intercept + scale x W. All functions take and give arrays
of any shape and stay accurate far out in the tails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import special

from trialwright.stats.survival_counts import Floats

Family: TypeAlias = Literal["exponential", "weibull", "lognormal", "loglogistic"]
_Function: TypeAlias = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A standard distribution.

    Attributes
    ----------
    log_density, log_cdf, log_sf
        Logarithms of the density, of P(W <= w) and of P(W > w).
    slope, curvature
        First and second derivative of the log density.
    quantile
        Inverse of P(W <= w).
    """

    log_density: _Function
    log_cdf: _Function
    log_sf: _Function
    slope: _Function
    curvature: _Function
    quantile: _Function


def _log_one_minus_exp(x: Floats) -> Floats:
    """log(1 - exp(-x)) for x > 0."""
    small = x < np.log(2)
    near = np.log(-np.expm1(-np.where(small, x, 1.0)))
    far = np.log1p(-np.exp(-np.where(small, 1.0, x)))
    return np.where(small, near, far)


def _logistic_density(w: Floats) -> Floats:
    far = np.abs(w)
    density: Floats = -far - 2 * np.log1p(np.exp(-far))
    return density


#: Below this 1 - exp(-exp(w)) is exp(w) to the last digit.
_TINY = -37.0

#: W is the logarithm of an exponential time.
_EXTREME = Standard(
    log_density=lambda w: w - np.exp(w),
    log_cdf=lambda w: np.where(w < _TINY, w, _log_one_minus_exp(np.exp(np.maximum(w, _TINY)))),
    log_sf=lambda w: -np.exp(w),
    slope=lambda w: 1 - np.exp(w),
    curvature=lambda w: -np.exp(w),
    quantile=lambda p: np.log(-np.log1p(-p)),
)

_NORMAL = Standard(
    log_density=lambda w: -w * w / 2 - np.log(2 * np.pi) / 2,
    log_cdf=special.log_ndtr,
    log_sf=lambda w: special.log_ndtr(-w),
    slope=lambda w: -w,
    curvature=lambda w: np.full_like(w, -1.0),
    quantile=special.ndtri,
)

_LOGISTIC = Standard(
    log_density=_logistic_density,
    log_cdf=special.log_expit,
    log_sf=lambda w: special.log_expit(-w),
    slope=lambda w: -np.tanh(w / 2),
    curvature=lambda w: -2 * np.exp(_logistic_density(w)),
    quantile=special.logit,
)

STANDARDS: dict[Family, Standard] = {
    "exponential": _EXTREME,
    "weibull": _EXTREME,
    "lognormal": _NORMAL,
    "loglogistic": _LOGISTIC,
}


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Value, gradient and second derivatives of one log-likelihood in (intercept, log scale)."""

    value: float
    gradient: Floats
    hessian: Floats


def exact_terms(standard: Standard, log_time: Floats, intercept: float, scale: float) -> Terms:
    """Log-likelihood of exact times, shape (subjects,), density on the scale of time."""
    w = (log_time - intercept) / scale
    slope, curvature = standard.slope(w), standard.curvature(w)
    value = float((standard.log_density(w) - log_time).sum() - w.size * np.log(scale))
    gradient = np.array([-slope.sum() / scale, -(w * slope).sum() - w.size])
    cross = (slope + w * curvature).sum() / scale
    log_scale = (w * slope + w * w * curvature).sum()
    hessian = np.array([[curvature.sum() / scale**2, cross], [cross, log_scale]])
    return Terms(value, gradient, hessian)


def interval_terms(
    standard: Standard, log_ends: tuple[Floats, Floats], intercept: float, scale: float
) -> Terms:
    """Log-likelihood of times between two ends, each shape (subjects,); an end may be infinite."""
    lower, upper = ((end - intercept) / scale for end in log_ends)
    log_chance = _log_between(standard, lower, upper)
    first = np.zeros((lower.size, 2))
    second = np.zeros((lower.size, 2, 2))
    for end, sign in ((lower, -1.0), (upper, 1.0)):
        ratio, slope, w = _end_terms(standard, end, log_chance)
        of_w = np.stack([np.full_like(w, -1 / scale), -w], axis=1)
        bend = np.zeros((w.size, 2, 2))
        bend[:, 0, 1] = bend[:, 1, 0] = 1 / scale
        bend[:, 1, 1] = w
        first += sign * ratio[:, None] * of_w
        outer = of_w[:, :, None] * of_w[:, None, :]
        second += sign * ratio[:, None, None] * (slope[:, None, None] * outer + bend)
    hessian = second.sum(axis=0) - first.T @ first
    return Terms(float(log_chance.sum()), first.sum(axis=0), hessian)


def _end_terms(
    standard: Standard, end: Floats, log_chance: Floats
) -> tuple[Floats, Floats, Floats]:
    """Density over probability of the interval, slope of the log density, and the end itself.

    An infinite end adds nothing.
    """
    finite = np.isfinite(end)
    w = np.where(finite, end, 0.0)
    ratio = np.where(finite, np.exp(standard.log_density(w) - log_chance), 0.0)
    return ratio, standard.slope(w), w


def _log_between(standard: Standard, lower: Floats, upper: Floats) -> Floats:
    """Log P(lower < W <= upper), from the tail in which no digits are lost."""
    chance = np.zeros(lower.size)
    no_lower, no_upper = np.isneginf(lower), np.isposinf(upper)
    left, right = no_lower & ~no_upper, no_upper & ~no_lower
    chance[left] = standard.log_cdf(upper[left])
    chance[right] = standard.log_sf(lower[right])
    both = ~no_lower & ~no_upper
    low, high = lower[both], upper[both]
    above = low > 0
    larger = np.where(above, standard.log_sf(low), standard.log_cdf(high))
    smaller = np.where(above, standard.log_sf(high), standard.log_cdf(low))
    chance[both] = larger + _log_one_minus_exp(larger - smaller)
    return chance
