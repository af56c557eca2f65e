"""The hidden clocks of a cohort, progression and death, and formulas that bring one near.

A scenario states what is seen: response rate, median PFS as scans show it, median survival. Progression
becomes visible at the next scan, on average half an interval later; a responder cannot progress before
the scan that confirms the response. `calibration` starts from these formulas and finds the clocks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from trialwright.protocol.settled import SettledResponse
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.stated import Point

Floats = NDArray[np.float64]

_YEAR = 365.25
_GRID = (np.arange(400) + 0.5) / 400
_LN2 = float(np.log(2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Hidden times of one cohort, in days from first treatment.

    Attributes
    ----------
    responder_share
        Probability that a treated subject with target lesions responds.
    shape
        Shape of both Weibull distributions of the time to progression.
    responder_floor, responder_median
        A responder progresses at the floor plus a Weibull time of this median.
    other_median
        Median of the Weibull time of the others.
    death_hazard
        Daily hazard of death before progression.
    death_mean
        Mean of the exponential time from progression to death, for typical burden.
    killed_shift
        Added to the normal score of the killed share of the lesions of responders: the depth.
    liver_shift
        Added to `Growth.liver_log_odds`: the effect of a component that acts on the liver.
    sensitive_share, sensitive_responder_share
        Share of a subgroup and the probability that one of its subjects responds;
        `responder_share` is then that of the others.
    """

    responder_share: float
    shape: float
    responder_floor: float
    responder_median: float
    other_median: float
    death_hazard: float
    death_mean: float
    killed_shift: float = 0.0
    liver_shift: float = 0.0
    sensitive_share: float = 0.0
    sensitive_responder_share: float = 0.0


def weibull_quantile(quantile: float | Floats, shape: float, median: float) -> Floats:
    """Quantile of a Weibull distribution given its shape and median."""
    exponent = -np.log1p(-np.asarray(quantile, np.float64)) / _LN2
    result: Floats = median * exponent ** (1 / shape)
    return result


def weibull_survival(time: float, shape: float, median: float) -> float:
    """Probability to exceed `time`."""
    return float(np.exp(-_LN2 * (max(time, 0.0) / median) ** shape))


def curve_median(points: Sequence[Point], shape: float) -> float:
    """The median that a cohort states, else that of the Weibull curve through a landmark.

    The landmark whose share is nearest to one half is taken.
    """
    best = min(points, key=lambda one: abs(one.share - 0.5))
    return best.day * math.pow(_LN2 / -math.log(best.share), 1 / shape)


def daily_hazard(share: float, days: float) -> float:
    """The constant daily hazard under which `share` have the event within `days`."""
    return float(-np.log1p(-min(share, 1 - 1e-9)) / days)


def confirmed_by(rule: SettledResponse) -> float:
    """Day before which a responder does not progress.

    The scan that confirms a response at the first scan, late by a window, and half an interval in
    which growth that leads to progression is not yet seen.
    """
    first = rule.intervals.after(0)
    second = first + rule.intervals.after(first)
    confirmed = max(second, first + rule.confirm_days) + rule.window_days
    return confirmed + rule.intervals.after(second) / 2


def seen_share(scenario: Scenario, floor: float, death: float) -> float:
    """Share of responders whose response is seen and confirmed.

    Neither of two scans is missed, and the subject is alive and in the study until then.
    """
    conduct = scenario.conduct
    leaving = (conduct.withdrawal_12_months, conduct.lost_12_months)
    hazard = death + sum(daily_hazard(share, _YEAR) for share in leaving)
    return float((1 - scenario.scans.missed_share) ** 2 * np.exp(-hazard * floor))


def with_death(clock: Clock, median_os: float) -> Clock:
    """Choose the mean time from progression to death that gives the median survival."""
    share = clock.responder_share
    late = weibull_quantile(_GRID, clock.shape, clock.responder_median) + clock.responder_floor
    early = weibull_quantile(_GRID, clock.shape, clock.other_median)
    low, high = 1.0, 1e5
    for _ in range(60):
        mean = (low * high) ** 0.5
        alive = share * _alive(late, clock.death_hazard, mean, median_os)
        alive += (1 - share) * _alive(early, clock.death_hazard, mean, median_os)
        low, high = (mean, high) if alive < 0.5 else (low, mean)
    return replace(clock, death_mean=mean)


def _alive(progressed: Floats, hazard: float, mean: float, day: float) -> float:
    """Share alive on `day` over a grid of progression times."""
    before = np.exp(-hazard * np.minimum(progressed, day))
    after = np.exp(-np.maximum(day - progressed, 0.0) / mean)
    return float(np.mean(before * after))


def normal_quantile(quantile: float | Floats) -> Floats:
    """Quantile of the standard normal distribution."""
    result: Floats = ndtri(np.asarray(quantile, np.float64))
    return result
