"""One-sample log-rank test: observed events against those a null hazard would have given (T-07).

The null hazard is fixed beforehand; its uncertainty, when it comes from earlier patients, is not
in the p-value (T-10).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, log, sqrt
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import special

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.follow_up import FollowUp
from trialwright.stats.score_test import ZTest, z_test
from trialwright.stats.survival_counts import Floats

#: Cumulative hazard of the null at times of any shape, in the unit of the follow-up.
CumulativeHazard: TypeAlias = Callable[[Floats], NDArray[np.float64]]
NullVariance: TypeAlias = Literal["expected", "mean"]


@dataclass(frozen=True, slots=True)
class OneSampleConvention:
    """Which variance the headline test takes, and the level of the interval.

    Attributes
    ----------
    variance
        "expected", E (classic); "mean", (O + E)/2 (Wu), closer to its level in small samples.
    conf_level
        Two-sided level of the interval of O/E, such as 0.95.
    """

    variance: NullVariance
    conf_level: float

    def __post_init__(self) -> None:
        require_one_of("variance", self.variance, get_args(NullVariance))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSampleLogRank:
    """Observed and expected events with their tests; a negative z means fewer events than expected.

    Attributes
    ----------
    observed, expected
        Events, and the sum of the null cumulative hazard over the follow-up.
    classic, wu
        (O - E)/sqrt(E), and (O - E)/sqrt((O + E)/2).
    chi_square
        (O - E)^2/E.
    poisson_p_fewer
        P(X <= O) for X Poisson with mean E, exact if follow-up were fixed in advance.
    ratio, lower, upper
        O/E (standardised mortality ratio) with the exact Poisson interval.
    """

    rows: int
    observed: int
    expected: float
    classic: ZTest
    wu: ZTest
    chi_square: float
    poisson_p_fewer: float
    ratio: float
    lower: float
    upper: float
    convention: OneSampleConvention

    @property
    def test(self) -> ZTest:
        """The test with the declared variance."""
        return self.classic if self.convention.variance == "expected" else self.wu


def exponential_hazard(rate: float) -> CumulativeHazard:
    """Cumulative hazard of an exponential distribution: `rate` events a unit of time."""
    _require_positive("rate", rate)
    return lambda time: rate * time


def exponential_hazard_of_median(median: float) -> CumulativeHazard:
    """Cumulative hazard of the exponential distribution with this median time."""
    _require_positive("median", median)
    return lambda time: log(2) / median * time


def weibull_hazard(shape: float, scale: float) -> CumulativeHazard:
    """Cumulative hazard (t/scale)^shape of a Weibull distribution."""
    _require_positive("shape", shape)
    _require_positive("scale", scale)
    return lambda time: (time / scale) ** shape


def one_sample_log_rank(
    data: FollowUp, null: CumulativeHazard, convention: OneSampleConvention
) -> OneSampleLogRank:
    """Compare one group with a hazard given beforehand.

    Parameters
    ----------
    data
        Follow-up; a late entry takes the null hazard before it out of E. Strata play no part.
    null
        Cumulative hazard of the null, times in and hazards out, in the unit of `data`.
    convention
        Variance of the headline test and level of the interval.

    Raises
    ------
    DataError
        When the null is no cumulative hazard on the follow-up, or expects no event at all, so
        that nothing can be compared; when the level is not within 0 and 1.

    References
    ----------
    Breslow, Ann Stat 1975;3:1235-1241 and Int Stat Rev 1975;43:45-57; Finkelstein, Muzikansky and
    Schoenfeld, JNCI 2003;95:1434-1439; Wu, Pharm Stat 2014;13:285-292 (variance (O + E)/2); limits
    of a Poisson mean: Garwood, Biometrika 1936;28:437-442.
    """
    if not 0 < convention.conf_level < 1:
        raise DataError(
            "This is not a confidence level.",
            where=f'conf_level "{convention.conf_level}"',
            allowed="a number between 0 and 1, such as 0.95",
        )
    observed = int(data.event.sum())
    expected = float(_hazard_met(data, null).sum())
    if expected <= 0:
        raise DataError(
            "The null hazard expects no event in this follow-up, so there is nothing to compare.",
            where=f"{data.rows} rows, {observed} events, 0 expected",
        )
    classic = (observed - expected) / sqrt(expected)
    lower, upper = _poisson_limits(observed, (1 - convention.conf_level) / 2)
    return OneSampleLogRank(
        rows=data.rows,
        observed=observed,
        expected=expected,
        classic=z_test(classic),
        wu=z_test((observed - expected) / sqrt((observed + expected) / 2)),
        chi_square=classic**2,
        poisson_p_fewer=float(special.gammaincc(observed + 1, expected)),
        ratio=observed / expected,
        lower=lower / expected,
        upper=upper / expected,
        convention=convention,
    )


def _hazard_met(data: FollowUp, null: CumulativeHazard) -> Floats:
    """Null cumulative hazard that each row met between entry and exit."""
    late = np.isfinite(data.entry)
    at_exit = np.asarray(null(data.time), dtype=np.float64)
    before = np.zeros(data.rows)
    if late.any():
        before[late] = np.asarray(null(np.maximum(data.entry[late], 0.0)), dtype=np.float64)
    met = at_exit - before if at_exit.shape == data.time.shape else np.full(1, np.nan)
    if np.isfinite(met).all() and met.min() >= 0 and before.min() >= 0:
        return met
    raise DataError(
        "The null is no cumulative hazard on this follow-up.",
        where=f"{data.rows} rows, times {data.time.min():g} to {data.time.max():g}",
        allowed="a function from times to hazards that starts at 0 and never falls",
    )


def _poisson_limits(events: int, tail: float) -> tuple[float, float]:
    """Exact limits of a Poisson mean."""
    lower = float(special.gammaincinv(events, tail)) if events else 0.0
    return lower, float(special.gammainccinv(events + 1, tail))


def _require_positive(name: str, value: float) -> None:
    if isfinite(value) and value > 0:
        return
    raise DataError(
        f"This {name} gives no hazard.",
        where=f'{name} "{value}"',
        allowed="a finite number above 0",
    )
