"""Many small Kaplan-Meier curves as plain loops that a compiler can read.

The same arithmetic in the same order as `km_batches`, so the same numbers to the last bit; see
`compiled` for how these functions are run. Rows are curves, each sorted by time.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from trialwright.stats.survival_counts import Flags, Floats

_NAN, _INF = math.nan, math.inf


class Rows(NamedTuple):
    """Sorted times and events [curves, subjects]; per curve the step that parts two times."""

    time: Floats
    event: Flags
    tolerance: Floats


class Crossing(NamedTuple):
    """S(t) at or below `high` is reached, below `low` ends the flat piece; the two tie rules."""

    high: float
    low: float
    left: bool
    open_end: bool


class Curves(NamedTuple):
    """Curves [subjects, curves] to be filled: S(t) NaN but at the last subject of a time."""

    time: Floats
    survival: Floats
    log_variance: Floats


def fill_curves(rows: Rows, out: Curves) -> None:
    """Fill distinct time, S(t) and the variance of log S(t)."""
    curves, subjects = rows.time.shape
    for c in range(curves):
        survival, variance = 1.0, 0.0
        first, events = 0, 0
        for i in range(subjects):
            events += rows.event[c, i]
            out.time[i, c] = rows.time[c, first]
            out.survival[i, c] = _NAN
            out.log_variance[i, c] = _NAN
            if not ends(rows, c, i):
                continue
            if events > 0:
                survival *= share_staying(subjects - first, events)
                variance += greenwood_term(subjects - first, events)
            out.survival[i, c] = survival
            out.log_variance[i, c] = variance
            first, events = i + 1, 0


def fill_quantiles(rows: Rows, rule: Crossing, out: Floats) -> None:
    """Fill one quantile of each curve, NaN where it is not reached."""
    for c in range(len(out)):
        out[c] = one_quantile(rows, c, rule)


def one_quantile(rows: Rows, c: int, rule: Crossing) -> float:
    """Time at which the curve is at or below `high`; midpoint of a flat piece."""
    subjects = rows.time.shape[1]
    survival, reached = 1.0, _NAN
    first, events = 0, 0
    for i in range(subjects):
        events += rows.event[c, i]
        if not ends(rows, c, i):
            continue
        if events > 0:
            survival *= share_staying(subjects - first, events)
        now = rows.time[c, first]
        if np.isnan(reached) and survival <= rule.high:
            reached = now
        if survival < rule.low or (rule.left and survival <= rule.high):
            return float((reached + now) / 2)
        if i < subjects - 1:
            first, events = i + 1, 0
    return _NAN if rule.open_end else float((reached + rows.time[c, first]) / 2)


def ends(rows: Rows, c: int, i: int) -> bool:
    """Whether this subject is the last one of its time."""
    if i + 1 == rows.time.shape[1]:
        return True
    return bool(rows.time[c, i + 1] - rows.time[c, i] > rows.tolerance[c])


def share_staying(at_risk: int, events: int) -> float:
    """Share of those at risk who do not have the event."""
    return (at_risk - events) / at_risk


def greenwood_term(at_risk: int, events: int) -> float:
    """Greenwood's term, infinite where nobody stays."""
    if at_risk == events:
        return _INF
    return events / (float(at_risk) * float(at_risk - events))
