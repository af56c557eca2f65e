"""The root finding by itself."""

from __future__ import annotations

import numpy as np
import pytest

from trialwright.simulate.calibration.solve import approach, slopes_at

WIDE = (np.full(2, -10.0), np.full(2, 10.0))


def test_a_linear_problem_takes_one_step():
    matrix = np.array([[2.0, 1.0], [0.5, -1.0]])
    calls = []

    def gaps(x):
        calls.append(x)
        return matrix @ x - np.array([1.0, 1.0])

    start = slopes_at(gaps, np.zeros(2), np.full(2, 0.1), WIDE[1])
    assert start.slopes == pytest.approx(matrix)
    end = approach(gaps, start, WIDE, 1e-9, 10)
    assert end.values == pytest.approx(np.linalg.solve(matrix, np.ones(2)))
    assert len(calls) == end.calls == 4


def test_curved_problems_are_met_from_afar():
    def gaps(x):
        return np.array([np.tanh(x[0]) - 0.9, np.tanh(x[0] * x[1]) - 0.5])

    start = slopes_at(gaps, np.array([0.2, 3.0]), np.full(2, 0.1), WIDE[1])
    end = approach(gaps, start, WIDE, 1e-6, 40)
    assert np.tanh(end.values[0]) == pytest.approx(0.9, abs=1e-5)
    assert np.tanh(end.values.prod()) == pytest.approx(0.5, abs=1e-5)


def test_a_value_at_its_end_lets_the_others_go_on():
    """x cannot reach 5 when it must stay below 1; y still meets its own target."""
    limits = (np.array([-1.0, -10.0]), np.array([1.0, 10.0]))

    def gaps(x):
        return np.array([x[0] - 5.0, x[1] - 2.0])

    start = slopes_at(gaps, np.zeros(2), np.full(2, 0.1), limits[1])
    end = approach(gaps, start, limits, 1e-6, 40)
    assert end.values == pytest.approx([1.0, 2.0])
    assert end.gaps == pytest.approx([-4.0, 0.0], abs=1e-9)


def test_nothing_to_move_ends_at_once():
    def gaps(_):
        return np.array([0.3])

    search = slopes_at(gaps, np.zeros(0), np.zeros(0), np.zeros(0))
    assert approach(gaps, search, (np.zeros(0), np.zeros(0)), 0.01, 5).gaps == [0.3]
