"""Where the search for a clock starts: the closed-form clock, without its refusals."""

from __future__ import annotations

import math
from dataclasses import replace

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.protocol.settled import SettledResponse
from trialwright.simulate.clocks import (
    Clock,
    confirmed_by,
    curve_median,
    daily_hazard,
    seen_share,
    weibull_survival,
    with_death,
)
from trialwright.simulate.scenario import CohortTruth, Scenario
from trialwright.simulate.stated import os_points, pfs_points

_SHORTEST, _MOST, _LEAST = 5.0, 0.97, 0.03
_LN2 = math.log(2)


def start_clock(
    scenario: Scenario, truth: CohortTruth, rule: SettledResponse, other_hazard: float
) -> Clock:
    """A clock near the one that shows the stated numbers, as near as a formula comes.

    Parameters
    ----------
    scenario, truth
        The scenario and its cohort.
    rule
        Scan calendar and confirmation of the protocol (R-080, R-062).
    other_hazard
        Daily hazard of progression by something else, such as an ablated lesion.

    Notes
    -----
    Progression shows half an interval of scans after it begins. A responder does not progress
    before the response is confirmed, so the others have to progress the sooner.
    """
    progression = scenario.progression
    delay = sum(scenario.conduct.days_to_treatment) / 2
    interval = rule.intervals.after(0)
    stated = curve_median(pfs_points(truth), progression.weibull_shape)
    median = max(stated - delay - interval / 2, _SHORTEST)
    death = daily_hazard(progression.death_before_progression_per_month, float(DAYS_PER_MONTH))
    floor = confirmed_by(rule)
    clock = Clock(
        responder_share=min(truth.response_rate / seen_share(scenario, floor, death), _MOST),
        shape=progression.weibull_shape,
        responder_floor=floor,
        responder_median=max(progression.responder_pfs_ratio * median - floor, 0.5 * interval),
        other_median=median,
        death_hazard=death,
        death_mean=1.0,
    )
    late = weibull_survival(median - floor, clock.shape, clock.responder_median)
    without = 0.5 * math.exp((death + other_hazard) * median)
    share = clock.responder_share
    others = min(max((without - share * late) / (1 - share), _LEAST), _MOST)
    others_median = median / (-math.log(others) / _LN2) ** (1 / clock.shape)
    clock = replace(clock, other_median=max(others_median, _SHORTEST))
    survival = curve_median(os_points(truth), 1.0)
    return with_death(clock, max(survival - delay, _SHORTEST))
