"""Cox models of covariates without names, and drawn data with ties, late entry and strata."""

from __future__ import annotations

import numpy as np

from trialwright.stats.cox import Covariates, CoxConvention, Sampling, cox

PLAIN = Sampling()


def fit(data, values, *, ties="efron", sampling=PLAIN, level=0.95):
    shape = np.shape(values)
    names = tuple(f"x{i + 1}" for i in range(1 if len(shape) == 1 else shape[1]))
    return cox(data, Covariates(values, names), CoxConvention(ties, level), sampling)


def random_data(seed, *, entry=False, strata=False, rows=40):
    """Tied times, two covariates, as arguments of follow_up, and the covariates."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.integers(0, 2, rows), rng.normal(size=rows)])
    time = 3.0 + np.ceil(rng.exponential(6 * np.exp(-x @ [0.5, -0.3])))
    given = {"time": time, "event": rng.random(rows) < 0.7}
    if entry:
        given["entry"] = np.minimum(rng.integers(0, 6, rows), time - 1)
    if strata:
        given["stratum"] = rng.integers(0, 3, rows)
    return given, x
