"""A very large virtual cohort under a clock, seen through the response engine of the protocol."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.protocol.model import Protocol
from trialwright.response.assess import Engine
from trialwright.response.history import Codes, Flags, Ints
from trialwright.simulate.calibration.observed import (
    Curve,
    Observed,
    Rate,
    kaplan_meier_curve,
)
from trialwright.simulate.calibration.sites import site_counts
from trialwright.simulate.clocks import Clock
from trialwright.simulate.scenario import CohortTruth, Scenario
from trialwright.simulate.stated import os_points, pfs_points
from trialwright.simulate.virtual.block import virtual_trials
from trialwright.simulate.virtual.model import trial_model
from trialwright.simulate.virtual.outcomes import VirtualTrials
from trialwright.vocabulary.recist import NO_DAY, Response

#: The random numbers of every calibration; those of simulations have the seed of the user.
SEED = 202_611
_TRIAL, _BLOCK_TRIALS = 500, 40
_QUICK_ACCRUAL = 1000.0
#: Follow-up beyond the last stated point of PFS; long enough for every response to show.
_LONGER, _MORE_DAYS, _LEAST_DAYS = 1.3, 90, 550
_NO_SUM = 32_767


@dataclass(frozen=True, slots=True)
class VirtualCohort:
    """Simulates one cohort; `scenario` holds it alone (`large_cohort`).

    `to_death` follows every subject to the stated times of survival, as a trial does, instead of
    taking survival from the true deaths: slower, for checks.
    """

    protocol: Protocol
    scenario: Scenario
    engine: Engine
    seed: int = SEED
    to_death: bool = False

    def __call__(self, clock: Clock, subjects: int) -> Observed:
        """What that many subjects show, in whole trials of 500."""
        last = _LONGER * max(one.day for one in os_points(self.scenario.cohorts[0]))
        scenario = self.scenario
        if self.to_death:
            months = max(scenario.follow_up_months, last / float(DAYS_PER_MONTH))
            scenario = scenario.model_copy(update={"follow_up_months": months})
        model = trial_model(self.protocol, scenario, (clock,), self.seed)
        counts = Counts.empty(round(max(model.follow_up_days, last)) + _MORE_DAYS)
        trials = -(-subjects // _TRIAL)
        sites = dict.fromkeys(("hepatic", "extrahepatic"), (0, 0)) if self._by_site else {}
        for first in range(0, trials, _BLOCK_TRIALS):
            block = range(first, min(first + _BLOCK_TRIALS, trials))
            seen = virtual_trials(model, block, self.engine)
            counts = counts.with_block(seen, to_death=self.to_death)
            found = site_counts(model, block, seen) if sites else {}
            sites = {k: (sites[k][0] + n, sites[k][1] + of) for k, (n, of) in found.items()}
        observed = counts.observed()
        shares = {name: Rate.of(*counted) for name, counted in sites.items()}
        return Observed({**observed.rates, **shares}, observed.curves)

    @property
    def _by_site(self) -> bool:
        truth = self.scenario.cohorts[0]
        rates = (truth.hepatic_response_rate, truth.extrahepatic_response_rate)
        return any(rate is not None for rate in rates)


def large_cohort(
    protocol: Protocol, scenario: Scenario, truth: CohortTruth
) -> tuple[Protocol, Scenario]:
    """One cohort that enters at once and is scanned beyond every stated point of PFS.

    What cannot matter is taken out (names, sources, adverse events, dates), so that equal cohorts
    are equal.
    """
    longest = max(one.day for one in pfs_points(truth))
    months = max(longest * _LONGER + _MORE_DAYS, _LEAST_DAYS) / float(DAYS_PER_MONTH)
    alone = truth.model_copy(
        update={
            "id": "ALL",
            "subjects": _TRIAL,
            "accrual_per_month": _QUICK_ACCRUAL,
            "accrual_ramp_months": 0.0,
        }
    )
    plain = scenario.model_copy(
        update={
            "id": "calibration",
            "title": "",
            "cohorts": (alone,),
            "follow_up_months": months,
            "adverse_events": (),
            "sources": {},
        }
    )
    analysis = protocol.analysis.model_copy(update={"data_cutoff": None})
    return protocol.model_copy(update={"analysis": analysis}), plain


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of a growing cohort: by day, and by depth in tenths of a percent.

    `ended` and `failed` [2, D] hold PFS and OS: subjects whose time ends on a day, and those with
    the event.
    """

    ended: NDArray[np.int64]
    failed: NDArray[np.int64]
    depth: NDArray[np.int64]
    measurable: int
    responders: int

    @classmethod
    def empty(cls, days: int) -> Counts:
        """Nobody yet; times beyond `days` are counted on the last day."""
        return cls(
            np.zeros((2, days), np.int64),
            np.zeros((2, days), np.int64),
            np.zeros(1001, np.int64),
            0,
            0,
        )

    def with_block(self, block: VirtualTrials, *, to_death: bool) -> Counts:
        """The counts with the subjects of a block of trials.

        Survival is taken to the true death, which no scan changes: the Kaplan-Meier curve of a
        trial estimates the same, since leaving does not depend on it (C-20).
        """
        days = self.ended.shape[1]
        pfs = _ends(block.pfs_start, block.pfs_day, block.pfs_event, days)
        died = block.death - block.os_start + 1 < days
        alive = (
            _ends(block.os_start, block.os_day, block.os_event, days)
            if to_death
            else _ends(block.os_start, block.death, died, days)
        )
        base = block.measurable & (block.first_dose != NO_DAY)
        responds = base & _is_response(block.confirmed)
        deep = responds & (block.depth != _NO_SUM)
        shrunk = np.clip(-block.depth[deep].astype(np.int64), 0, 1000)
        return Counts(
            self.ended + np.stack([pfs[0], alive[0]]),
            self.failed + np.stack([pfs[1], alive[1]]),
            self.depth + np.bincount(shrunk, minlength=1001),
            self.measurable + int(base.sum()),
            self.responders + int(responds.sum()),
        )

    def observed(self) -> Observed:
        """The rates and curves of all."""
        pfs, alive = (self._curve(at) for at in range(2))
        rates = {"response": Rate.of(self.responders, self.measurable)}
        if self.depth.sum():
            rates["depth"] = _median_of_counts(self.depth)
        return Observed(rates, {"pfs": pfs, "os": alive})

    def _curve(self, at: int) -> Curve:
        return kaplan_meier_curve(self.failed[at], self.ended[at])


def _ends(
    start: Ints, day: Ints, event: Flags, days: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Times by day, the first day counted as day 1 (D-01); subjects without origin are left out."""
    applies = start != NO_DAY
    time = np.clip(day[applies].astype(np.int64) - start[applies] + 1, 0, days - 1)
    failed = np.bincount(time[event[applies]], minlength=days)
    return np.bincount(time, minlength=days), failed


def _is_response(best: Codes) -> Flags:
    result: Flags = (best == Response.CR) | (best == Response.PR)
    return result


def _median_of_counts(counts: NDArray[np.int64]) -> Rate:
    """Median shrinkage with its standard error from the density about it, in shares of 1."""
    total = int(counts.sum())
    below = np.cumsum(counts) / total
    median = float(np.interp(0.5, below, np.arange(len(counts)) + 0.5)) / 1000
    low, high = (float(np.interp(q, below, np.arange(len(counts)) + 0.5)) for q in (0.45, 0.55))
    return Rate(median, (high - low) / 1000 / 0.1 * 0.5 / total**0.5)
