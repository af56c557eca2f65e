"""What a very large virtual cohort shows: rates and survival curves with their Monte Carlo error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trialwright.simulate.clocks import Clock

Floats = NDArray[np.float64]

#: Days on either side over which the slope of a curve is taken: scans make it a staircase.
_SLOPE_DAYS = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of `of` subjects, or another number with its standard error."""

    value: float
    error: float

    @classmethod
    def of(cls, part: int, whole: int) -> Rate:
        """A share with its binomial standard error."""
        share = part / whole if whole else 0.0
        return cls(share, (share * (1 - share) / whole) ** 0.5 if whole else 1.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """A Kaplan-Meier curve on whole days (T-03).

    Attributes
    ----------
    survival
        Share without event after day 0, 1, 2 ... [D].
    error
        Standard error by Greenwood's formula [D].
    """

    survival: Floats
    error: Floats

    def at(self, day: float) -> Rate:
        """The share without event on a day, as the protocol's landmark estimate reads it."""
        at = min(int(day + 1e-9), len(self.survival) - 1)
        return Rate(float(self.survival[at]), float(self.error[at]))

    def between(self, day: float) -> Rate:
        """The share half way down the step of a day, by straight lines from step to step.

        A curve on whole days jumps over one half; its median is the day of the jump, and half way
        down the jump is the place that moves evenly with the parameters.
        """
        knots = np.arange(len(self.survival)) + 0.5
        value = float(np.interp(day, knots, self.survival))
        return Rate(value, float(np.interp(day, knots, self.error)))

    def quantile(self, share: float) -> Rate | None:
        """The day on which the share without event falls to `share`, `None` if it does not.

        The standard error is that of the share over the slope of the curve there (delta method).
        """
        below = np.nonzero(self.survival <= share)[0]
        if not below.size:
            return None
        at = int(below[0])
        before = float(self.survival[at - 1]) if at else 1.0
        part = (before - share) / (before - float(self.survival[at]))
        day = at - 0.5 + part
        width = min(_SLOPE_DAYS, day)
        fall = self.between(day - width).value - self.between(day + _SLOPE_DAYS).value
        slope = fall / (width + _SLOPE_DAYS)
        return Rate(day, self.between(day).error / max(slope, 1e-9))


def kaplan_meier_curve(failed: NDArray[np.int64], gone: NDArray[np.int64]) -> Curve:
    """The Kaplan-Meier curve of whole days from counts by day.

    Parameters
    ----------
    failed, gone
        Subjects with the event on day 0, 1, 2 ..., and all whose time ends on that day [D].

    References
    ----------
    Kaplan and Meier, JASA 1958;53:457-481; who is censored on a day is at risk on it. Standard
    error by Greenwood's formula (T-04).
    """
    before = np.concatenate(([0], np.cumsum(gone)[:-1]))
    at_risk = np.maximum(gone.sum() - before, 1).astype(np.float64)
    survival = np.cumprod(1 - failed / at_risk)
    greenwood = np.cumsum(failed / (at_risk * np.maximum(at_risk - failed, 0.5)))
    return Curve(survival, survival * np.sqrt(greenwood))


@dataclass(frozen=True, slots=True)
class Observed:
    """What one virtual cohort shows.

    Attributes
    ----------
    rates
        "response" (confirmed), "depth" (median shrinkage of responders), "hepatic" and
        "extrahepatic" where the observer can tell them.
    curves
        "pfs" and "os", days counted as the endpoint counts them (the first day is day 1, D-01).
    """

    rates: Mapping[str, Rate]
    curves: Mapping[str, Curve]


class Observer(Protocol):
    """Simulates one cohort under a clock; the same clock and subjects give the same answer."""

    def __call__(self, clock: Clock, subjects: int) -> Observed:
        """Observe that many subjects."""
        ...
