"""Difference of two independent proportions, first minus second, with its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from trialwright.stats.binomial import proportion_interval
from trialwright.stats.checks import require_counts, require_one_of
from trialwright.stats.curve_bands import normal_quantile

DifferenceMethod: TypeAlias = Literal["newcombe", "miettinen_nurminen", "wald"]
_Limits: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DifferenceConvention:
    """Two-sided level, and method; "wald" is for comparison with other programs only."""

    conf_level: float
    method: DifferenceMethod = "newcombe"


@dataclass(frozen=True, slots=True)
class ProportionCounts:
    """Subjects with the event, and all subjects, of two independent groups."""

    x1: int
    n1: int
    x2: int
    n2: int


@dataclass(frozen=True, slots=True)
class ProportionDifference:
    """Risk difference x1/n1 - x2/n2 with its limits, between -1 and 1."""

    difference: float
    lower: float
    upper: float


def proportion_difference(
    counts: ProportionCounts, convention: DifferenceConvention
) -> ProportionDifference:
    """Risk difference of two independent groups.

    Raises
    ------
    DataError
        When a group is empty, a count is not whole or not within 0 and its group, the level is
        not within 0 and 1, or the method is unknown.

    References
    ----------
    Newcombe, Stat Med 1998;17:873-890, method 10 (hybrid of two Wilson score intervals);
    Miettinen and Nurminen, Stat Med 1985;4:213-226 (score, variance times N / (N - 1)).
    """
    for x, n in ((counts.x1, counts.n1), (counts.x2, counts.n2)):
        require_counts(x, n)
    require_one_of("method", convention.method, DIFFERENCE_METHODS)
    difference = counts.x1 / counts.n1 - counts.x2 / counts.n2
    lower, upper = DIFFERENCE_METHODS[convention.method](counts, convention.conf_level)
    return ProportionDifference(difference, max(lower, -1.0), min(upper, 1.0))


def _newcombe(counts: ProportionCounts, conf_level: float) -> _Limits:
    p1, p2 = counts.x1 / counts.n1, counts.x2 / counts.n2
    lower1, upper1 = proportion_interval(counts.x1, counts.n1, conf_level, "wilson")
    lower2, upper2 = proportion_interval(counts.x2, counts.n2, conf_level, "wilson")
    below, above = np.hypot(p1 - lower1, upper2 - p2), np.hypot(upper1 - p1, p2 - lower2)
    return float(p1 - p2 - below), float(p1 - p2 + above)


def _wald(counts: ProportionCounts, conf_level: float) -> _Limits:
    p1, p2 = counts.x1 / counts.n1, counts.x2 / counts.n2
    variance = p1 * (1 - p1) / counts.n1 + p2 * (1 - p2) / counts.n2
    half = normal_quantile(conf_level) * float(np.sqrt(variance))
    return p1 - p2 - half, p1 - p2 + half


def _miettinen_nurminen(counts: ProportionCounts, conf_level: float) -> _Limits:
    """Differences at which the score statistic is the quantile of the level."""
    observed, z = counts.x1 / counts.n1 - counts.x2 / counts.n2, normal_quantile(conf_level)

    def inside(difference: float) -> bool:
        gap = observed - difference
        return gap * gap <= z * z * _score_variance(counts, difference)

    return _edge(inside, observed, -1.0), _edge(inside, observed, 1.0)


def _edge(inside: Callable[[float], bool], middle: float, end: float) -> float:
    """Last difference between `middle` and `end` that is inside, to the last bit."""
    if middle == end or inside(end):
        return end
    kept, lost = middle, end
    while (half := (kept + lost) / 2) not in {kept, lost}:
        if inside(half):
            kept = half
        else:
            lost = half
    return kept


def _score_variance(counts: ProportionCounts, difference: float) -> float:
    """Variance of the observed difference if the true one is `difference`.

    The two proportions are the most likely ones with that difference.
    """
    p2 = _likely_second(counts, difference)
    p1 = min(max(p2 + difference, 0.0), 1.0)
    total = counts.n1 + counts.n2
    variance = p1 * (1 - p1) / counts.n1 + p2 * (1 - p2) / counts.n2
    return variance * total / (total - 1)


def _likely_second(counts: ProportionCounts, difference: float) -> float:
    """Maximum likelihood of the second proportion given p1 = p2 + difference: root of a cubic."""
    x2, n1, n2 = counts.x2, counts.n1, counts.n2
    total, events = n1 + n2, counts.x1 + x2
    cubic = float(total)
    square = (n1 + 2 * n2) * difference - total - events
    linear = (n2 * difference - total - 2 * x2) * difference + events
    constant = x2 * difference * (1 - difference)
    centre = square / (3 * cubic)
    bend = centre**3 - square * linear / (6 * cubic**2) + constant / (2 * cubic)
    radius = np.copysign(np.sqrt(max(centre**2 - linear / (3 * cubic), 0.0)), bend)
    if radius == 0:
        root = -centre
    else:
        angle = (np.pi + np.arccos(np.clip(bend / radius**3, -1.0, 1.0))) / 3
        root = 2 * radius * np.cos(angle) - centre
    return float(np.clip(root, max(0.0, -difference), min(1.0, 1.0 - difference)))


#: Interval by method: counts and level to its two limits.
DIFFERENCE_METHODS: dict[
    DifferenceMethod, Callable[[ProportionCounts, float], tuple[float, float]]
] = {
    "newcombe": _newcombe,
    "miettinen_nurminen": _miettinen_nurminen,
    "wald": _wald,
}

#: Name of each method as reports print it.
DIFFERENCE_METHOD_NAMES: dict[DifferenceMethod, str] = {
    "newcombe": "Newcombe hybrid score",
    "miettinen_nurminen": "Miettinen-Nurminen score",
    "wald": "Wald (for comparison only)",
}
