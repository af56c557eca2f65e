"""The one function that differs between arrays and single numbers: machine code replaces it."""

from __future__ import annotations

import numpy as np

from trialwright.simulate.virtual.words import Each


def choose(when: Each, this: Each, that: Each) -> Each:
    """One where `when` holds, else the other."""
    return np.where(when, this, that)
