"""Restricted mean survival time (RMST): the area under S(t) up to tau. Arrays in, numbers out.

Conventions: the variance is that of the estimator (Greenwood's terms weighted by the squared area
to their right); beyond the last time the area is known only where S(t) has reached 0 there, so a
later tau is refused otherwise; a tau before the first event gives (tau, 0).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from trialwright.core.errors import DataError
from trialwright.stats.curve_bands import normal_quantile
from trialwright.stats.kaplan_meier import Estimate, KaplanMeier


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Mean time without event within `tau`, and its standard error, in the unit of the times."""

    tau: float
    value: float
    standard_error: float

    def estimate(self, conf_level: float) -> Estimate:
        """Give the mean with normal limits kept within 0 and `tau`; none where the error is 0."""
        if self.standard_error == 0:
            return Estimate(self.value, None, None)
        half = normal_quantile(conf_level) * self.standard_error
        return Estimate(self.value, max(self.value - half, 0.0), min(self.value + half, self.tau))


@dataclass(frozen=True, slots=True)
class RestrictedMeanDifference:
    """Difference of two independent restricted means: limits, and p against no difference.

    Limits and p are `None` where both standard errors are 0: no spread was observed.
    """

    tau: float
    value: float
    standard_error: float
    lower: float | None
    upper: float | None
    p: float | None


def restricted_mean(curve: KaplanMeier, tau: float) -> RestrictedMean:
    """Area under the curve from 0 to `tau`.

    Parameters
    ----------
    curve
        With late entry the area, like the curve, is conditional on reaching `curve.start`.
    tau
        Above 0, in the unit of the times; not beyond the last time unless S = 0 there.

    Raises
    ------
    DataError
        When `tau` is not positive, or is beyond the last time and S has not reached 0.

    References
    ----------
    Irwin, J Hyg 1949;47:188-189; Royston and Parmar, Stat Med 2011;30:2409-2421.
    """
    last = float(curve.time[-1])
    if not 0 < tau < np.inf:
        raise DataError("This is no horizon.", where=f"tau {tau}", allowed="a finite time above 0")
    if tau > last + curve.sets.tolerance and curve.survival[-1] > 0:
        raise DataError(
            "The mean up to this horizon is not known.",
            where=f"tau {tau:g}, last observation at {last:g} with S(t) above 0",
            allowed=f"a horizon of at most {last:g}",
        )
    inside = curve.time < tau
    survival = np.append(1.0, curve.survival[inside])
    corners = np.concatenate(([0.0], curve.time[inside], [tau]))
    areas = survival * np.diff(corners)
    rest = np.cumsum(areas[::-1])[::-1][1:]
    # Where S has reached 0 no area is left, and Greenwood's term there is infinite.
    counts = [each[inside][rest > 0] for each in (curve.events, curve.at_risk)]
    events, exposed = (each.astype(np.float64) for each in counts)
    error = np.sqrt(rest[rest > 0] ** 2 @ (events / (exposed * (exposed - events))))
    return RestrictedMean(tau, float(areas.sum()), float(error))


def restricted_mean_difference(
    one: RestrictedMean, other: RestrictedMean, conf_level: float
) -> RestrictedMeanDifference:
    """Estimate `one` - `other`, of independent groups, with normal limits and two-sided p.

    Raises
    ------
    DataError
        When the horizons differ.
    """
    if one.tau != other.tau:
        raise DataError(
            "Restricted means with different horizons cannot be compared.",
            where=f"tau {one.tau:g} and {other.tau:g}",
            allowed="one horizon for both",
        )
    value = one.value - other.value
    error = float(np.hypot(one.standard_error, other.standard_error))
    half = normal_quantile(conf_level) * error
    if error == 0:
        return RestrictedMeanDifference(one.tau, value, 0.0, None, None, None)
    p = float(2 * special.ndtr(-abs(value) / error))
    return RestrictedMeanDifference(one.tau, value, error, value - half, value + half, p)
