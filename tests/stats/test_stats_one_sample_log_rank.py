"""One-sample log-rank: by hand, reference values, late entry, laws, refusals (T-07)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from support.survival import columns, reference, same
from trialwright.core.errors import DataError
from trialwright.stats.follow_up import follow_up
from trialwright.stats.one_sample_log_rank import (
    OneSampleConvention,
    exponential_hazard,
    exponential_hazard_of_median,
    one_sample_log_rank,
    weibull_hazard,
)

CLASSIC = OneSampleConvention("expected", 0.95)
WU = OneSampleConvention("mean", 0.95)
CASES = reference("one_sample_log_rank")["cases"]
NULLS = {
    "basic30_exp_median4": exponential_hazard_of_median(4),
    "basic30_exp_rate0.2": exponential_hazard(0.2),
    "all_censored_exp_rate0.1": exponential_hazard(0.1),
}


def compare(time, event, null, convention=CLASSIC, entry=None):
    return one_sample_log_rank(follow_up(time, event, entry=entry), null, convention)


def test_three_subjects_by_hand():
    """Times 2, 3, 5+, rate 0.4: O = 2, E = 0.4 x 10 = 4, z = -2/2 = -1 and -2/sqrt(3)."""
    found = compare([2, 3, 5], [1, 1, 0], exponential_hazard(0.4))
    assert (found.rows, found.observed, found.expected) == (3, 2, 4)
    assert found.classic.z == -1
    assert found.wu.z == pytest.approx(-2 / 3**0.5, rel=1e-15)
    assert found.chi_square == 1
    assert found.classic.p_lower == pytest.approx(math.erfc(2**-0.5) / 2, rel=1e-13)
    assert found.classic.p_upper == pytest.approx(1 - found.classic.p_lower, rel=1e-13)
    assert found.ratio == 0.5
    assert found.poisson_p_fewer == pytest.approx(13 * math.exp(-4), rel=1e-13)


def test_the_declared_variance_decides_the_test():
    args = ([2, 3, 5], [1, 1, 0], exponential_hazard(0.4))
    assert compare(*args).test.z == -1
    assert compare(*args, WU).test.z == pytest.approx(-2 / 3**0.5)


def test_late_entry_takes_the_hazard_before_it_out():
    """Weibull (t/2)^2: 4 - 1 for entry 2 to 4, and 9/4 from the beginning: E = 5.25."""
    found = compare([4, 3], [1, 0], weibull_hazard(2, 2), entry=[2, -np.inf])
    assert found.expected == pytest.approx(5.25, rel=1e-15)


@pytest.mark.parametrize("name", CASES)
def test_reference_values(name):
    case, data = CASES[name], columns(name.split("_exp")[0])
    found = compare(data["time"], data["status"], NULLS[name])
    same(
        [found.observed, found.expected, found.chi_square],
        [case[key] for key in ("observed", "expected", "chisq")],
    )
    same([found.classic.z, found.wu.z], [case["z_E"], case["z_mean_OE"]])
    same(
        [found.classic.p_two_sided, found.classic.p_lower],
        [case["p_two_sided"], case["p_one_sided_better"]],
    )
    same(
        [found.ratio, found.lower, found.upper],
        [case[key] for key in ("smr", "smr_lower", "smr_upper")],
    )


@pytest.mark.parametrize("level", [0.8, 0.9, 0.99])
@pytest.mark.parametrize("events", [0, 1, 7])
def test_limits_are_those_of_a_poisson_mean(level, events):
    """Each limit leaves (1 - level)/2 in its Poisson tail."""
    found = compare(
        np.arange(1, 11),
        np.arange(10) < events,
        exponential_hazard(0.1),
        OneSampleConvention("mean", level),
    )
    tail = (1 - level) / 2
    lower, upper = found.lower * found.expected, found.upper * found.expected
    assert stats.poisson.cdf(events, upper) == pytest.approx(tail, rel=1e-9)
    assert lower == 0 if events == 0 else True
    if events:
        assert stats.poisson.sf(events - 1, lower) == pytest.approx(tail, rel=1e-9)


def test_a_callable_null_unit_of_time_and_order():
    data = columns("basic30")
    mixed = np.random.default_rng(2).permutation(data["time"].size)
    first = compare(data["time"], data["status"], weibull_hazard(1.3, 6))
    again = compare(
        data["time"][mixed] * 30, data["status"][mixed], lambda time: (time / 180) ** 1.3
    )
    assert again.expected == pytest.approx(first.expected, rel=1e-13)
    assert again.classic.z == pytest.approx(first.classic.z, rel=1e-12)


def test_weibull_of_shape_one_is_exponential():
    data = columns("basic30")
    of_median = compare(data["time"], data["status"], exponential_hazard_of_median(4))
    weibull = compare(data["time"], data["status"], weibull_hazard(1, 4 / math.log(2)))
    assert weibull.expected == pytest.approx(of_median.expected, rel=1e-14)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: exponential_hazard(0), "rate"),
        (lambda: exponential_hazard_of_median(-1), "median"),
        (lambda: weibull_hazard(math.inf, 2), "shape"),
        (lambda: weibull_hazard(1, math.nan), "scale"),
        (lambda: compare([0, 0], [1, 0], exponential_hazard(1)), "no event"),
        (lambda: compare([1, 2], [1, 0], lambda time: -time), "never falls"),
        (lambda: compare([1, 2], [1, 0], lambda time: time[:1]), "cumulative hazard"),
        (lambda: compare([1, 2], [1, 0], lambda time: time * math.nan), "cumulative hazard"),
        (lambda: compare([2], [1], lambda time: 1 / time, entry=[1]), "never falls"),
        (lambda: compare([1], [1], exponential_hazard(1), OneSampleConvention("mean", 95)), "0.95"),
    ],
)
def test_what_cannot_be_tested_is_refused(call, word):
    with pytest.raises(DataError) as refused:
        call()
    assert word in str(refused.value)
