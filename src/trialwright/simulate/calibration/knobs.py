"""The hidden parameters as unbounded numbers: from a vector to a clock and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trialwright.simulate.calibration.observed import Floats
from trialwright.simulate.calibration.targets import Knob
from trialwright.simulate.clocks import Clock
from trialwright.simulate.scenario import CohortTruth
from trialwright.simulate.stated import pfs_points

#: Lowest and highest value of each parameter, and the step by which its effect is tried. Shares
#: as log odds, the mean time to death and the shape as logarithms, shifts as they are. The median
#: m of progression is shape * log(m / t), t the stated time: then -log S(t) of the Weibull time
#: depends on it alone, and the shape turns the curve about t.
_LIMITS: Mapping[Knob, tuple[float, float, float]] = {
    "share": (-9.0, 7.0, 0.2),
    "pfs": (-5.0, 6.0, 0.1),
    "shape": (math.log(0.3), math.log(5.0), 0.15),
    "death": (math.log(1.0), math.log(100_000.0), 0.15),
    "depth": (-4.0, 4.0, 0.2),
    "liver": (-4.0, 4.0, 0.2),
}
_MOST_SENSITIVE = 0.999


@dataclass(frozen=True, slots=True)
class Knobs:
    """The parameters that are free for one cohort, in order, and the clock that holds the rest."""

    names: tuple[Knob, ...]
    clock: Clock
    truth: CohortTruth

    @property
    def about(self) -> float:
        """The stated time about which the curve of progression turns, in days."""
        return min(pfs_points(self.truth), key=lambda one: abs(one.share - 0.5)).day

    @property
    def lower(self) -> Floats:
        """Lowest values."""
        return np.array([_LIMITS[name][0] for name in self.names])

    @property
    def upper(self) -> Floats:
        """Highest values."""
        return np.array([_LIMITS[name][1] for name in self.names])

    @property
    def steps(self) -> Floats:
        """Steps that show the effect of each parameter."""
        return np.array([_LIMITS[name][2] for name in self.names])

    def start(self) -> Floats:
        """The values of the clock that the search starts from."""
        clock = self.clock
        shares = {"share": _log_odds(clock.responder_share)}
        times = {
            "pfs": clock.shape * math.log(clock.other_median / self.about),
            "shape": math.log(clock.shape),
            "death": math.log(clock.death_mean),
        }
        shifts = {"depth": clock.killed_shift, "liver": clock.liver_shift}
        values = {**shares, **times, **shifts}
        at = np.array([values[name] for name in self.names], np.float64)
        return np.minimum(np.maximum(at, self.lower), self.upper)

    def clock_at(self, values: Floats | Sequence[float]) -> Clock:
        """The clock of a vector of values."""
        at = dict(zip(self.names, (float(value) for value in values), strict=True))
        shape = math.exp(at["shape"]) if "shape" in at else self.clock.shape
        median = self.about * math.exp(at.get("pfs", 0.0) / shape)
        clock = replace(
            self.clock,
            other_median=median if "pfs" in at else self.clock.other_median,
            shape=shape,
            death_mean=math.exp(at["death"]) if "death" in at else self.clock.death_mean,
            killed_shift=at.get("depth", self.clock.killed_shift),
            liver_shift=at.get("liver", self.clock.liver_shift),
        )
        share = 1 / (1 + math.exp(-at["share"])) if "share" in at else self.clock.responder_share
        return with_subgroup(clock, self.truth, share)


def with_subgroup(clock: Clock, truth: CohortTruth, share: float) -> Clock:
    """A clock under which `share` of all subjects respond, the sensitive ones at their own rate.

    The same part of the responses is seen and confirmed in both groups, so that their rates keep
    the stated ratio.
    """
    part, rate = truth.sensitive_share, truth.sensitive_response_rate
    if part is None or rate is None or truth.response_rate == 0:
        return replace(clock, responder_share=share)
    sensitive = min(rate * share / truth.response_rate, _MOST_SENSITIVE)
    others = min(max((share - part * sensitive) / (1 - part), 0.0), _MOST_SENSITIVE)
    return replace(
        clock,
        responder_share=others,
        sensitive_share=part,
        sensitive_responder_share=sensitive,
    )


def _log_odds(share: float) -> float:
    inside = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))
