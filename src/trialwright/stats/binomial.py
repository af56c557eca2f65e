"""Binomial proportions: two-sided intervals, tail probabilities, the exact one-sided test.

Intervals of one proportion x/n. All are exact functions of x, n and the level, to about 1e-14.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_counts, require_one_of

ProportionMethod: TypeAlias = Literal[
    "clopper_pearson", "wilson", "jeffreys", "midp", "wilson_cc", "agresti_coull", "jeffreys_raw"
]
_Limits: TypeAlias = tuple[float, float]


def proportion_interval(
    x: int, n: int, conf_level: float, method: ProportionMethod
) -> tuple[float, float]:
    """Two-sided confidence interval of a proportion.

    Parameters
    ----------
    x, n
        Subjects with the event, and all subjects.
    conf_level
        Two-sided level, such as 0.95.
    method
        One of `METHODS`.

    Returns
    -------
    tuple of float
        Lower and upper limit, between 0 and 1.

    Raises
    ------
    DataError
        When there is nobody to count, a count is not whole, x is not within 0 and n, the level is
        not within 0 and 1, or the method is unknown.

    References
    ----------
    Rule T-01. Clopper and Pearson, Biometrika 1934;26:404-413; Wilson, JASA 1927;22:209-212;
    Brown, Cai and DasGupta, Stat Sci 2001;16:101-133 (Jeffreys, with 0 at x = 0 and 1 at x = n);
    Lancaster, JASA 1961;56:223-234 (mid-p). For comparison with other programs: Newcombe, Stat Med
    1998;17:857-872, method 4 (Wilson with continuity correction); Agresti and Coull, Am Stat
    1998;52:119-126, cut off at 0 and 1; Jeffreys without the exact ends.
    """
    require_counts(x, n)
    _require_level(conf_level)
    require_one_of("method", method, METHODS)
    lower, upper = METHODS[method](x, n, (1 - conf_level) / 2)
    if method in _OPEN_ENDED:
        return max(lower, 0.0), min(upper, 1.0)
    return (0.0 if x == 0 else lower, 1.0 if x == n else upper)


def _require_level(conf_level: float) -> None:
    if not 0 < conf_level < 1:
        raise DataError(
            "This is not a confidence level.",
            where=f'conf_level "{conf_level}"',
            allowed="a number between 0 and 1, such as 0.95",
        )


def binomial_pmf(k: ArrayLike, n: int, p: float) -> NDArray[np.float64]:
    """P(X = k) for X binomial(n, p), elementwise over whole numbers k; 0 outside 0 to n."""
    whole = np.asarray(k, dtype=np.float64)
    inside = (whole >= 0) & (whole <= n)
    at = np.where(inside, whole, 0.0)
    log_ways = -special.betaln(n - at + 1, at + 1) - np.log(n + 1)
    log_pmf = log_ways + special.xlogy(at, p) + special.xlog1py(n - at, -p)
    return np.where(inside, np.exp(log_pmf), 0.0)


def binomial_at_least(k: ArrayLike, n: ArrayLike, p: float) -> NDArray[np.float64]:
    """P(X >= k) for X binomial(n, p), elementwise over whole numbers k and n, broadcast."""
    least, size = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    at = np.clip(least, 1, np.maximum(size, 1))
    tail = special.betainc(at, np.maximum(size - at + 1, 1), p)
    return np.where(least <= 0, 1.0, np.where(least > size, 0.0, tail))


def _at_most(k: int, n: int, p: float) -> float:
    """P(X <= k), accurate where it is small."""
    if not 0 <= k < n:
        return float(k >= n)
    return float(special.betaincc(k + 1, n - k, p))


def exact_p_value(x: int, n: int, null_rate: float) -> float:
    """Exact one-sided p-value: P(X >= x) when the true rate is `null_rate` (rule T-03).

    Raises
    ------
    DataError
        When there is nobody to count, a count is not whole, x is not within 0 and n, or the rate
        not within 0 and 1 (both included).
    """
    require_counts(x, n)
    if not 0 <= null_rate <= 1:
        raise DataError(
            "This is not a rate under the null hypothesis.",
            where=f'null_rate "{null_rate}"',
            allowed="a number from 0 to 1, such as 0.2",
        )
    return float(binomial_at_least(x, n, null_rate))


def _clopper_pearson(x: int, n: int, tail: float) -> _Limits:
    return (
        float(special.betaincinv(max(x, 1), n - max(x, 1) + 1, tail)),
        float(special.betainccinv(min(x, n - 1) + 1, n - min(x, n - 1), tail)),
    )


def _wilson(x: int, n: int, tail: float) -> _Limits:
    z = -float(special.ndtri(tail))
    centre = (x + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * float(np.sqrt(x * (n - x) / n + z * z / 4))
    return centre - half, centre + half


def _wilson_cc(x: int, n: int, tail: float) -> _Limits:
    """Score interval of a count half a subject further out."""
    z = -float(special.ndtri(tail))

    def end(count: float, sign: int) -> float:
        root = np.sqrt(count * (n - count) / n + z * z / 4)
        return float((count + z * z / 2 + sign * z * root) / (n + z * z))

    return end(max(x - 0.5, 0.0), -1), end(min(x + 0.5, n), 1)


def _agresti_coull(x: int, n: int, tail: float) -> _Limits:
    z = -float(special.ndtri(tail))
    size = n + z * z
    centre = (x + z * z / 2) / size
    half = z * float(np.sqrt(centre * (1 - centre) / size))
    return centre - half, centre + half


def _jeffreys(x: int, n: int, tail: float) -> _Limits:
    a, b = x + 0.5, n - x + 0.5
    return float(special.betaincinv(a, b, tail)), float(special.betainccinv(a, b, tail))


def _midp(x: int, n: int, tail: float) -> _Limits:
    """Limits at which the tail counts the observed x by half."""

    def above(p: float) -> float:
        return float(binomial_at_least(x, n, p) + binomial_at_least(x + 1, n, p)) / 2 - tail

    def below(p: float) -> float:
        return tail - (_at_most(x, n, p) + _at_most(x - 1, n, p)) / 2

    lower, upper = _clopper_pearson(x, n, tail)
    inner_lower = float(special.betaincinv(x + 1, n - x, tail)) if x < n else 1.0
    inner_upper = float(special.betainccinv(x, n - x + 1, tail)) if x else 0.0
    return _bisect(above, lower, inner_lower), _bisect(below, inner_upper, upper)


def _bisect(f: Callable[[float], float], lower: float, upper: float) -> float:
    """Root of an increasing function to the last bit that halving can reach."""
    while lower < (middle := (lower + upper) / 2) < upper:
        if f(middle) < 0:
            lower = middle
        else:
            upper = middle
    return upper


#: Interval by method: (x, n, probability of one tail) to its two limits.
METHODS: dict[ProportionMethod, Callable[[int, int, float], _Limits]] = {
    "clopper_pearson": _clopper_pearson,
    "wilson": _wilson,
    "jeffreys": _jeffreys,
    "midp": _midp,
    "wilson_cc": _wilson_cc,
    "agresti_coull": _agresti_coull,
    "jeffreys_raw": _jeffreys,
}

#: Methods whose limits are not 0 at no events or 1 at all events.
_OPEN_ENDED = frozenset({"agresti_coull", "jeffreys_raw"})

#: Name of each method as reports print it.
METHOD_NAMES: dict[ProportionMethod, str] = {
    "clopper_pearson": "Clopper-Pearson (exact)",
    "wilson": "Wilson score",
    "jeffreys": "Jeffreys",
    "midp": "mid-p exact",
    "wilson_cc": "Wilson score with continuity correction",
    "agresti_coull": "Agresti-Coull",
    "jeffreys_raw": "Jeffreys without exact ends",
}
