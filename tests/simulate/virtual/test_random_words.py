"""Random words by counter against published answers, and tables against library functions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trialwright.simulate.virtual.course import MAP_STEPS, MOST_KILLED
from trialwright.simulate.virtual.growth_map import growth_map
from trialwright.simulate.virtual.tables import (
    cumulated,
    exp_of,
    looked_up,
    middles,
    phi_of,
    position,
    share_of_halves,
    tables,
)
from trialwright.simulate.virtual.words import HALVES, Place, half, key_of, words_at

ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("number", "rounds", "expected"),
    [
        (0, 7, (0x5F6FB709, 0x0D893F64, 0x4F121F81, 0x4F730A48)),
        (0, 10, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ],
)
def test_words_are_those_of_random123(number: int, rounds: int, expected: tuple[int, ...]) -> None:
    """Known answers of Random123 1.14, philox4x32: counter and key of zeros."""
    place = Place(*(np.full(1, number, np.uint64) for _ in range(4)))
    found = words_at(place, np.uint64(number), rounds)
    assert [int(word[0]) for word in found] == list(expected)


def test_words_of_a_counter_of_ones_are_those_of_random123() -> None:
    """The fourth counter word is always 0 here, so the rounds are run with the constants swapped in."""
    m0, m1 = 0xD2511F53, 0xCD9E8D57
    c, k = [ONES] * 4, [ONES] * 2
    for _ in range(10):
        p0, p1 = m0 * c[0], m1 * c[2]
        c = [p1 >> 32 ^ c[1] ^ k[0], p1 & ONES, p0 >> 32 ^ c[3] ^ k[1], p0 & ONES]
        k = [(k[0] + 0x9E3779B9) & ONES, (k[1] + 0xBB67AE85) & ONES]
    assert c == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    # The same plain text with a fourth word of 0 is what the arrays give.
    c, k = [ONES, ONES, ONES, 0], [ONES] * 2
    for _ in range(7):
        p0, p1 = m0 * c[0], m1 * c[2]
        c = [p1 >> 32 ^ c[1] ^ k[0], p1 & ONES, p0 >> 32 ^ c[3] ^ k[1], p0 & ONES]
        k = [(k[0] + 0x9E3779B9) & ONES, (k[1] + 0xBB67AE85) & ONES]
    one = np.full(1, ONES, np.uint64)
    found = words_at(Place(one, one, one, one), np.uint64(ONES))
    assert [int(word[0]) for word in found] == c


def test_halves_are_equally_likely_and_do_not_go_together() -> None:
    subjects = np.arange(200_000, dtype=np.uint64)
    key, salt = key_of(1, "scenario", "cohort")
    words = words_at(Place(key, salt, subjects // np.uint64(30), subjects), np.uint64(4))
    halves = np.array([half(words, at) for at in range(8)])
    for one in halves:
        counts = np.bincount(one >> 8, minlength=256)
        assert stats.chisquare(counts).pvalue > 1e-4
    together = np.corrcoef(halves) - np.eye(8)
    assert np.abs(together).max() < 5 / np.sqrt(len(subjects))


def test_streams_of_other_cohorts_scenarios_and_seeds_differ() -> None:
    keys = {key_of(1, "a", "b"), key_of(2, "a", "b"), key_of(1, "a", "c"), key_of(1, "ab", ""),
            key_of(1, "a\x1fb")}  # fmt: skip
    assert len(keys) == 4  # the last one is the path of the first written as one name


def test_tables_are_the_quantiles_of_their_distributions() -> None:
    t, every = tables(), np.arange(HALVES)
    normal, exponential = looked_up(t.normal, every), looked_up(t.exponential, every)
    assert normal.dtype == np.float64
    np.testing.assert_allclose(normal, stats.norm.ppf(middles()), atol=6e-7)
    np.testing.assert_allclose(exponential, stats.expon.ppf(middles()), atol=6e-7)
    assert normal.mean() == pytest.approx(0, abs=1e-9)
    assert normal.std() == pytest.approx(1, abs=1e-4)
    assert exponential.mean() == pytest.approx(1, abs=1e-4)


def test_exp_and_phi_have_six_digits() -> None:
    t = tables()
    x = np.linspace(-15.9, 5.99, 20_001)
    np.testing.assert_allclose(exp_of(x, t), np.exp(x), rtol=6e-7, atol=1e-11)
    z = np.linspace(-7.9, 7.9, 20_001)
    np.testing.assert_allclose(phi_of(z, t), stats.norm.cdf(z), atol=1e-6)
    assert exp_of(np.array([-50.0, 50.0]), t) == pytest.approx([np.exp(-16), np.exp(6)], abs=1e-11)


def test_shares_are_cut_to_the_nearest_half_word() -> None:
    assert share_of_halves(0.25) == HALVES // 4
    ends = cumulated((0.5, 0.25, 0.25))
    counts = np.bincount(position(np.arange(HALVES), ends))
    assert counts.tolist() == [HALVES // 2, HALVES // 4, HALVES // 4]


def test_growth_from_the_map_ends_in_progression_at_the_intended_time() -> None:
    """S(T) = 1.2 min S for growth x / T: solved here on a fine grid of times (R-032)."""
    grid = growth_map().reshape(MAP_STEPS + 1, MAP_STEPS + 1)
    time = np.linspace(0, 1, 40_001)
    for i, j in ((0, 10), (20, 30), (40, 32), (64, 48)):
        share = min(j / MAP_STEPS, 1 - 1e-3)
        q, x, y = i * MOST_KILLED / MAP_STEPS, grid[i, j], 4 * share / (1 - share)
        size = (1 - q) * np.exp(x * time) + q * np.exp(-y * time)
        assert size[-1] / size.min() == pytest.approx(1.2, abs=1e-4)
