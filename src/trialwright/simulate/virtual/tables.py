"""Distributions and functions as tables on a fine grid.

A uniform half word looks a value up, so every variable has 65,536 equally likely values: the
quantiles at the middle of each step. Library functions differ in the last bit from one machine to
the next; the entries here are rounded far above that, and what remains is plain arithmetic, so the
same seed gives the same patients everywhere, in numpy and in machine code.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from trialwright.simulate.virtual.words import HALVES, Each

Floats = NDArray[np.float64]
#: Large tables that are looked up at random: short numbers, since memory is what takes time there.
Shorts = NDArray[np.float32]

_GRID, _COARSE = 2.0**-36, 2.0**-20
_PER_UNIT = 1024
_LOWEST, _HIGHEST = -16, 6
_PHI_PER_UNIT, _PHI_EDGE = 256, 8
LN2 = 0.6931471805599453


class Tables(NamedTuple):
    """Quantiles of the standard normal and exponential distribution; exp and Phi on a grid."""

    normal: Shorts
    exponential: Shorts
    exp: Floats
    phi: Floats


@cache
def tables() -> Tables:
    """The tables, made once."""
    grid = np.arange(_LOWEST * _PER_UNIT, _HIGHEST * _PER_UNIT + 1) / _PER_UNIT
    edge = np.arange(-_PHI_EDGE * _PHI_PER_UNIT, _PHI_EDGE * _PHI_PER_UNIT + 2) / _PHI_PER_UNIT
    return Tables(
        normal=short(ndtri(middles())),
        exponential=short(-np.log1p(-middles())),
        exp=rounded(np.exp(grid)),
        phi=rounded(ndtr(edge)),
    )


def middles() -> Floats:
    """The middle of each of the equal steps from 0 to 1."""
    return (np.arange(HALVES) + 0.5) / HALVES


def rounded(values: NDArray[np.float64]) -> Floats:
    """Values on a grid far coarser than the differences between machines."""
    return np.rint(values / _GRID) * _GRID


def short(values: Floats) -> Shorts:
    """Values on a grid of a millionth as short numbers; `looked_up` reads them."""
    return (np.rint(values / _COARSE) * _COARSE).astype(np.float32)


def looked_up(table: Shorts, at: Each) -> Each:
    """An entry of a table of short numbers."""
    return np.float64(table[at])


def share_of_halves(share: float) -> int:
    """How many of the 65,536 half words lie below a share: u < this has that probability."""
    return round(share * HALVES)


def cumulated(shares: tuple[float, ...]) -> NDArray[np.int64]:
    """Where each of several shares ends, as half words; the last end is out of reach."""
    ends: NDArray[np.int64] = np.rint(np.cumsum(shares) * HALVES).astype(np.int64)
    ends[-1] = HALVES
    return ends


def position(u: Each, ends: NDArray[np.int64]) -> Each:
    """Which of the shares that end at `ends` a half word falls into."""
    found = u * 0
    for end in ends[:-1]:
        found = found + np.int64(u >= end)
    return found


def exp_of(x: Each, t: Tables) -> Each:
    """exp(x) to six digits for x from -16 to 6; the ends hold beyond."""
    inside = np.minimum(np.maximum(x, float(_LOWEST)), float(_HIGHEST))
    step = np.floor(inside * _PER_UNIT)
    value = t.exp[np.int64(step) - _LOWEST * _PER_UNIT]
    step /= _PER_UNIT
    inside -= step
    inside += 1.0
    return value * inside


def phi_of(z: Each, t: Tables) -> Each:
    """The standard normal distribution function to six digits."""
    inside = np.minimum(np.maximum(z, -float(_PHI_EDGE)), float(_PHI_EDGE))
    place = (inside + _PHI_EDGE) * _PHI_PER_UNIT
    step = np.floor(place)
    at = np.int64(step)
    value = t.phi[at]
    return value + (place - step) * (t.phi[at + 1] - value)
