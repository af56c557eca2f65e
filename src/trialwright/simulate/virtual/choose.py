"""The one function that differs between arrays and single numbers: machine code replaces it."""

from __future__ import annotations

import numpy as np

from trialwright.simulate.virtual.words import Each


def choose(when: Each, this: Each, that: Each) -> Each:
    """`this` where `when` holds, else `that`."""
    return np.where(when, this, that)
