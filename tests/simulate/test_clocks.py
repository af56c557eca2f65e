"""The hidden clocks behind stated medians."""

from __future__ import annotations

import numpy as np
import pytest

from support.virtual_trials import protocol_of, scenario_of
from trialwright.protocol.settled import settled_response
from trialwright.simulate.calibration.start import start_clock
from trialwright.simulate.clocks import (
    curve_median,
    daily_hazard,
    weibull_quantile,
    weibull_survival,
)
from trialwright.simulate.stated import pfs_points


def test_weibull_quantiles_by_hand():
    """At the median half are left; shape 2 at twice the median leaves 2 ** -4."""
    assert float(weibull_quantile(0.5, 1.2, 100)) == pytest.approx(100)
    assert weibull_survival(200, 2.0, 100) == pytest.approx(2**-4)
    assert weibull_survival(-5, 2.0, 100) == 1


def test_a_yearly_share_as_daily_hazard():
    """Half in 100 days is ln 2 / 100 a day."""
    assert daily_hazard(0.5, 100) == pytest.approx(np.log(2) / 100)
    assert daily_hazard(0.0, 100) == 0


def test_the_twelve_month_rate_of_the_ablation_trial():
    """Median 13.2 months with shape 1.2 leaves 54 % at 12 months, and the other way round."""
    assert weibull_survival(12, 1.2, 13.2) == pytest.approx(0.54, abs=0.005)
    points = pfs_points(scenario_of("002").cohorts[0])
    assert curve_median(points, 1.2) / 30.4375 == pytest.approx(13.2, abs=0.25)


@pytest.mark.parametrize("trial", ["000", "002", "003"])
def test_half_have_progressed_or_died_at_the_hidden_median(trial):
    """Random draws from the clock: the median of the earlier of progression and death."""
    scenario, rule = scenario_of(trial), settled_response(protocol_of(trial))
    truth = scenario.cohorts[0]
    clock = start_clock(scenario, truth, rule, 0.0)
    rng = np.random.default_rng(4)
    size = 40_000
    responder = rng.random(size) < clock.responder_share
    medians = np.where(responder, clock.responder_median, clock.other_median)
    progression = medians * (rng.exponential(size=size) / np.log(2)) ** (1 / clock.shape)
    progression += np.where(responder, clock.responder_floor, 0)
    death = rng.exponential(1 / clock.death_hazard, size)
    start = sum(scenario.conduct.days_to_treatment) / 2
    expected = curve_median(pfs_points(truth), scenario.progression.weibull_shape) - start - 28
    assert np.median(np.minimum(progression, death)) == pytest.approx(expected, rel=0.02)
    after = np.where(
        death < progression, death, progression + rng.exponential(clock.death_mean, size)
    )
    assert np.median(after) == pytest.approx(truth.median_os_days - start, rel=0.02)
