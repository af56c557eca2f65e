"""Tests of S(t) at one time against a rate fixed beforehand, and the exponential rate beside it.

A positive z means that more subjects are free of the event than the null says; the one-sided
p-value is the chance of a z at least as large.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.curve_bands import normal_quantile
from trialwright.stats.kaplan_meier import KaplanMeier
from trialwright.stats.survival_counts import event_marks

LandmarkScale: TypeAlias = Literal["loglog", "plain"]


@dataclass(frozen=True, slots=True)
class LandmarkConvention:
    """Scale on which the estimate is taken as normal: log(-log S), or S itself.

    The variance is Greenwood's, of the data and not of the null.
    """

    scale: LandmarkScale = "loglog"

    def __post_init__(self) -> None:
        require_one_of("scale", self.scale, get_args(LandmarkScale))


@dataclass(frozen=True, slots=True, kw_only=True)
class LandmarkTest:
    """One-sample test of S(t) against `null_rate`.

    Attributes
    ----------
    time, null_rate
        The landmark, in the unit of the curve, and the share free of the event under the null.
    survival
        Kaplan-Meier estimate at the landmark; beyond the last time its value there is carried.
    at_risk
        Subjects at risk just before the landmark.
    z, p_one_sided, p_two_sided
        Statistic and p-values; `None` where S(t) is 0 or 1, which has no variance.
    """

    time: float
    null_rate: float
    survival: float
    at_risk: int
    z: float | None
    p_one_sided: float | None
    p_two_sided: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialRate:
    """Events per unit of time with its limits, and S(t) under the exponential distribution.

    The limits are symmetric on the log of the rate; `None` without events.
    """

    events: int
    total_time: float
    rate: float
    lower: float | None
    upper: float | None

    def survival(self, time: float) -> float:
        """S(t) at this rate."""
        return exp(-self.rate * time)


def landmark_test(
    curve: KaplanMeier, time: float, null_rate: float, convention: LandmarkConvention
) -> LandmarkTest:
    """Test the share free of the event at a landmark (rule T-07).

    Raises
    ------
    DataError
        When the null rate is not within 0 and 1, or the time is negative or not a number.

    References
    ----------
    Brookmeyer and Crowley, Biometrics 1982;38:29-41; Lin, Shen, Jin and Tang 1996; Klein, Logan,
    Harhoff and Andersen, Stat Med 2007;26:4505-4519 (log(-log) scale).
    """
    if not 0 < null_rate < 1:
        raise DataError(
            "A rate to beat lies between 0 and 1.",
            where=f'null_rate "{null_rate}"',
            allowed="a share free of the event, such as 0.35",
        )
    if not 0 <= time < np.inf:
        raise DataError("This is no time.", where=f"{time}", allowed="a finite time of 0 or more")
    known = int(np.searchsorted(curve.time, time + curve.sets.tolerance, side="right"))
    survival = float(curve.survival[known - 1]) if known else 1.0
    z: float | None = None
    if 0 < survival < 1:
        z = _z(survival, float(curve.log_variance[known - 1]), null_rate, convention.scale)
    return LandmarkTest(
        time=time,
        null_rate=null_rate,
        survival=survival,
        at_risk=curve.sets.just_before(time),
        z=z,
        p_one_sided=None if z is None else float(special.ndtr(-z)),
        p_two_sided=None if z is None else 2 * float(special.ndtr(-abs(z))),
    )


def exponential_rate(time: ArrayLike, event: ArrayLike, conf_level: float) -> ExponentialRate:
    """Events over total follow-up, the maximum likelihood estimate of a constant hazard.

    Parameters
    ----------
    time
        Follow-up times >= 0 in any unit, shape (subjects,).
    event
        True for an event, false for a censored time, shape (subjects,).
    conf_level
        Two-sided level of the limits.

    Raises
    ------
    DataError
        When shapes differ, a time or mark is not valid, there is no follow-up, or the level not
        within 0 and 1.

    References
    ----------
    Lawless, Statistical Models and Methods for Lifetime Data, 2nd ed. 2003, section 4.1.
    """
    events, total = _events_and_time(time, event)
    z = normal_quantile(conf_level)
    rate = events / total
    half = exp(z / sqrt(events)) if events else None
    return ExponentialRate(
        events=events,
        total_time=total,
        rate=rate,
        lower=None if half is None else rate / half,
        upper=None if half is None else rate * half,
    )


def _events_and_time(time: ArrayLike, event: ArrayLike) -> tuple[int, float]:
    times, status = np.asarray(time, dtype=np.float64), event_marks(event)
    valid = times.ndim == 1 and times.shape == status.shape and bool(np.isfinite(times).all())
    if not valid or not times.size or times.min() < 0 or times.sum() <= 0:
        raise DataError(
            "These are not follow-up times.",
            where=f"times of shape {times.shape}, events of shape {status.shape}",
            allowed="one event mark per time, finite times of 0 or more, not all of them 0",
        )
    return int(status.sum()), float(times.sum())


def _z(survival: float, log_variance: float, null_rate: float, scale: LandmarkScale) -> float:
    error = sqrt(log_variance)
    if scale == "plain":
        return (survival - null_rate) / (survival * error)
    hazard = -log(survival)
    return (log(-log(null_rate)) - log(hazard)) * hazard / error
