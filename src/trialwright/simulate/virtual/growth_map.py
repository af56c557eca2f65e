"""The map from killed share and decay to the growth that ends in progression at a given time.

A lesion of relative size s(t) = (1 - q) exp(g t) + q exp(-d t) is PD at T when s(T) is 1.2 times its
smallest size until then (R-032). With x = g T and y = d T this is one equation in q, y and x; the map
holds x.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from trialwright.simulate.virtual.course import DECAY_SCALE, MAP_STEPS, MOST_KILLED
from trialwright.simulate.virtual.tables import Floats, rounded

_RATIO = 1.2
_MOST = 12.0


@cache
def growth_map() -> Floats:
    """Growth times day of progression on the grid of killed share and y / (y + 4), flat.

    Found by bisection; the condition is monotone in the growth.
    """
    killed = np.arange(MAP_STEPS + 1) * (MOST_KILLED / MAP_STEPS)
    share = np.minimum(np.arange(MAP_STEPS + 1) / MAP_STEPS, 1 - 1e-3)
    q, y = np.meshgrid(killed, DECAY_SCALE * share / (1 - share), indexing="ij")
    low, high = np.full(q.shape, 1e-6), np.full(q.shape, _MOST)
    for _ in range(60):
        x = (low + high) / 2
        reached = _end(x, q, y) >= _RATIO * _smallest(x, q, y)
        low, high = np.where(reached, low, x), np.where(reached, x, high)
    return rounded(high.ravel())


def _end(x: Floats, q: Floats, y: Floats) -> Floats:
    return (1 - q) * np.exp(x) + q * np.exp(-y)


def _smallest(x: Floats, q: Floats, y: Floats) -> Floats:
    """Smallest size until T: at the turning point, if it lies between 0 and T."""
    ratio = q * y / ((1 - q) * x)
    turn = np.clip(np.log(np.maximum(ratio, 1e-300)) / (x + y), 0.0, 1.0)
    return (1 - q) * np.exp(x * turn) + q * np.exp(-y * turn)
