"""Large-sample tests: a standard normal statistic or a chi-square, with their p-values."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import special


@dataclass(frozen=True, slots=True)
class ZTest:
    """A statistic that is standard normal under the null hypothesis.

    Attributes
    ----------
    z
        The statistic.
    p_two_sided, p_lower, p_upper
        P(|Z| >= |z|), P(Z <= z) and P(Z >= z).
    """

    z: float
    p_two_sided: float
    p_lower: float
    p_upper: float


@dataclass(frozen=True, slots=True)
class ChiSquareTest:
    """A statistic that is chi-square with `df` degrees of freedom under the null hypothesis."""

    statistic: float
    df: int
    p_value: float


def z_test(z: float) -> ZTest:
    """Give a standard normal statistic its p-values."""
    lower, upper = float(special.ndtr(z)), float(special.ndtr(-z))
    return ZTest(z, min(1.0, 2 * min(lower, upper)), lower, upper)


def chi_square_test(statistic: float, df: int) -> ChiSquareTest:
    """Give a chi-square statistic (cut off at 0, df >= 1) its p-value."""
    least = max(statistic, 0.0)
    return ChiSquareTest(least, df, float(special.chdtrc(df, least)))
