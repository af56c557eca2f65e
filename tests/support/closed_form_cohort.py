"""A cohort whose curves follow from its clock by a formula: a stand-in for the simulator."""

from __future__ import annotations

import numpy as np

from trialwright.simulate.calibration.observed import Curve, Observed, Rate

DAYS = 3000
#: Responses seen of those that happen, and readings that look like one without it.
SEEN, FALSE = 0.9, 0.004
LATE = 25


def observe(clock, subjects):
    """Rates and curves of a cohort whose progression is read `LATE` days after it begins."""
    share = clock.responder_share * (1 - clock.sensitive_share)
    share += clock.sensitive_share * clock.sensitive_responder_share
    response = FALSE + (SEEN - FALSE) * share
    days = np.arange(DAYS, dtype=float)
    read, true = (progression_free(clock, share, days - late) for late in (LATE, 0))
    alive = np.exp(-clock.death_hazard * days)
    pfs = alive * read
    onset = -np.diff(true, prepend=1.0) * alive
    sick = np.empty(DAYS)
    left = 0.0
    for day in range(DAYS):
        left = left * np.exp(-1 / clock.death_mean) + onset[day]
        sick[day] = left
    os = alive * true + sick
    depth = 0.45 + 0.2 * np.tanh(clock.killed_shift)
    shift = 0.08 * np.tanh(0.4 + clock.liver_shift)
    rates = {
        "response": Rate.of(round(response * subjects), subjects),
        "depth": Rate(depth, 0.2 / subjects**0.5),
        "hepatic": Rate(response + shift, 1 / subjects**0.5),
        "extrahepatic": Rate(response - shift, 1 / subjects**0.5),
    }
    return Observed(rates, {"pfs": curve(pfs, subjects), "os": curve(os, subjects)})


def progression_free(clock, share, days):
    """Share that has not progressed, responders not before their floor."""
    early = weibull(days, clock.shape, clock.other_median)
    late = weibull(days - clock.responder_floor, clock.shape, clock.responder_median)
    return share * late + (1 - share) * early


def weibull(days, shape, median):
    return np.exp(-np.log(2) * (np.maximum(days, 0.0) / median) ** shape)


def curve(survival, subjects):
    return Curve(survival, np.sqrt(survival * (1 - survival) / subjects))
