"""Many curves at once give the numbers of one curve at a time, under both engines."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from itertools import product

import numpy as np
import pytest

from trialwright.core.errors import DataError, MissingExtraError
from trialwright.stats import compiled, km_batches
from trialwright.stats.kaplan_meier import Convention, Edges, kaplan_meier, landmark, quantile
from trialwright.stats.km_batches import (
    batched_landmarks,
    batched_quantile_limits,
    batched_quantiles,
)

ENGINES = ("numpy", "numba")
LOGLOG = Convention(0.95, "loglog", "midpoint")
LEFT = Convention(0.95, "loglog", "left")
OPEN = Convention(0.9, "plain", "midpoint", flat_end="open")
CLOSED = Convention(0.8, "log", "midpoint", edges=Edges(at_one="exact", at_zero="exact"))
NONE_AT_ONE = Convention(0.8, "logit", "left", edges=Edges(at_one="undefined"))


def numbers(*values):
    return [float("nan") if value is None else float(value) for value in values]


def one_by_one(time, event, probability, at, convention):
    """What the batches must give, [numbers, curves], from one curve after the other."""
    out = []
    for times, events in zip(time, event, strict=True):
        curve = kaplan_meier(times, events)
        q = quantile(curve, probability, convention)
        s = landmark(curve, at, convention)
        rate = (s.survival, s.standard_error, s.lower, s.upper, s.at_risk)
        out.append(numbers(q.value, q.value, q.lower, q.upper, *rate))
    return np.array(out).T


def together(time, event, probability, at, convention, engine):
    limits = batched_quantile_limits(time, event, probability, convention, engine)
    rates = batched_landmarks(time, event, at, convention, engine)
    return np.array(
        [
            batched_quantiles(time, event, probability, convention, engine),
            *(getattr(limits, part.name) for part in fields(limits)),
            *(getattr(rates, part.name) for part in fields(rates) if part.name != "time"),
        ]
    )


def random_batches(seed):
    """40 curves; whole days, tenths with ties, or times that are all different."""
    rng = np.random.default_rng(seed)
    shape = (40, int(rng.integers(1, 36)))
    top = int(rng.choice([3, 12, 60, 800]))
    time = rng.integers(0, top, shape)
    if seed % 3 == 1:
        time = time * 0.1
    if seed % 3 == 2:
        time = rng.exponential(top / 3, shape)
    return time, rng.random(shape) < rng.choice([0, 0.3, 0.7, 1]), float(rng.integers(0, top + 3))


@pytest.mark.parametrize("engine", ENGINES)
def test_medians_by_hand(engine):
    """S = 1/2 from 3 to 5: 4, or 3; first below 1/2 at 2; never at or below; flat to the end."""
    time = [[1, 3, 5, 9], [2, 2, 2, 7], [4, 5, 6, 7], [3, 3, 8, 10]]
    event = [[1, 1, 1, 1], [1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 0, 0]]
    wanted = [[4, 2, np.nan, 6.5], [3, 2, np.nan, 3], [4, 2, np.nan, np.nan]]
    for rule, medians in zip((LOGLOG, LEFT, OPEN), wanted, strict=True):
        found = batched_quantiles(time, event, 0.5, rule, engine)
        np.testing.assert_array_equal(found, medians)
        found = batched_quantile_limits(time, event, 0.5, rule, engine).value
        np.testing.assert_array_equal(found, medians)


@pytest.mark.parametrize("seed", range(9))
def test_equal_to_one_curve_at_a_time(seed):
    """Quantile, limits, landmark, error, number at risk: the same bits, numpy and numba."""
    time, event, at = random_batches(seed)
    rules = (LOGLOG, LEFT, OPEN, CLOSED, NONE_AT_ONE)
    rule, probability = rules[seed % 5], (0.5, 0.25, 0.9)[seed % 3]
    wanted = one_by_one(time, event, probability, at, rule)
    for engine in ENGINES:
        np.testing.assert_array_equal(
            together(time, event, probability, at, rule, engine), wanted, strict=True
        )


def test_enough_flat_pieces_and_gaps_were_tried():
    """The random curves above hold medians on flat pieces, missing medians and missing limits."""
    seen = set()
    for seed in range(9):
        time, event, _ = random_batches(seed)
        found = batched_quantile_limits(time, event, 0.5, LOGLOG)
        left = batched_quantiles(time, event, 0.5, LEFT)
        seen |= {"flat"} if (found.value > left).any() else set()
        seen |= {"missing"} if np.isnan(found.value).any() else set()
        seen |= {"open"} if (np.isnan(found.upper) & ~np.isnan(found.value)).any() else set()
    assert seen == {"flat", "missing", "open"}


@pytest.mark.parametrize("engine", ENGINES)
def test_near_equal_times_are_one_time(engine):
    """0.1 + 0.2 and 0.3 are one time with two events of three: S falls to 1/3 at once."""
    time, event = [[0.1 + 0.2, 1.0, 0.3]], [[1, 0, 1]]
    assert batched_quantiles(time, event, 0.6, LOGLOG, engine).tolist() == [0.3]
    assert batched_landmarks(time, event, 0.3, LOGLOG, engine).survival[0] == 1 / 3


@pytest.mark.parametrize("engine", ENGINES)
def test_blocks_and_order_of_rows_change_nothing(engine, monkeypatch):
    time, event, at = random_batches(3)
    whole = together(time, event, 0.5, at, LOGLOG, engine)
    monkeypatch.setattr(km_batches, "_BLOCK", 7 * time.shape[1])
    np.testing.assert_array_equal(together(time, event, 0.5, at, LOGLOG, engine), whole)
    swapped = together(time[::-1, ::-1], event[::-1, ::-1], 0.5, at, LOGLOG, engine)
    np.testing.assert_array_equal(swapped[:, ::-1], whole)


@pytest.mark.parametrize("engine", ENGINES)
def test_large_and_fractional_days_as_whole_days(engine):
    """Days as floats, and days too large to be sorted as short numbers, give the same curves."""
    time, event, _ = random_batches(3)
    wanted = batched_quantiles(time, event, 0.5, LOGLOG, engine)
    np.testing.assert_array_equal(
        batched_quantiles(time.astype(float), event, 0.5, LOGLOG, engine), wanted
    )
    large = batched_quantiles(time * 2**26, event, 0.5, LOGLOG, engine)
    np.testing.assert_array_equal(large, wanted * 2**26)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_curve_is_no_error(engine):
    none = np.zeros((0, 5))
    assert together(none, none, 0.5, 1, LOGLOG, engine).shape == (9, 0)


@pytest.mark.parametrize(
    ("time", "event"),
    [
        ([1, 2], [1, 1]),
        ([[]], [[]]),
        ([[1, 2]], [[1]]),
        ([[1, -2]], [[1, 1]]),
        ([[1, float("nan")]], [[1, 1]]),
        ([[1, float("inf")]], [[1, 1]]),
    ],
)
def test_impossible_batches_are_refused(time, event):
    with pytest.raises(DataError, match="not batches"):
        batched_quantiles(time, event, 0.5, LOGLOG)


def test_impossible_questions_are_refused():
    time, event = [[1, 2]], [[1, 1]]
    for work, number in product((batched_quantiles, batched_quantile_limits), (0, 1)):
        with pytest.raises(DataError, match="not the probability"):
            work(time, event, number, LOGLOG)
    with pytest.raises(DataError, match="no time"):
        batched_landmarks(time, event, -1, LOGLOG)


# --------------------------------------------------------------------- numba is only an option


def test_the_loops_are_plain_python_too(monkeypatch):
    """The functions that are translated give the same answers as they stand."""
    time, event, at = random_batches(1)
    wanted = together(time, event, 0.5, at, LOGLOG, "numpy")
    monkeypatch.setattr(km_batches, "machine_code", lambda: vars(compiled.km_loops))
    np.testing.assert_array_equal(together(time, event, 0.5, at, LOGLOG, "numba"), wanted)


def test_without_numba_the_refusal_says_what_to_do(monkeypatch):
    monkeypatch.setattr(compiled, "find_spec", lambda name: None)
    monkeypatch.setattr(km_batches, "machine_code", compiled.machine_code.__wrapped__)
    with pytest.raises(MissingExtraError, match="need numba") as refusal:
        batched_quantiles([[1, 2]], [[1, 1]], 0.5, LOGLOG, "numba")
    assert 'pip install "trialwright[fast]"' in str(refusal.value)


def test_numba_is_imported_only_when_asked_for():
    program = (
        "import sys, trialwright.stats.km_batches as b;"
        "from trialwright.stats.kaplan_meier import Convention as C;"
        "b.batched_quantiles([[1, 2]], [[1, 1]], 0.5, C(0.95, 'log', 'left'));"
        "sys.exit('numba' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
