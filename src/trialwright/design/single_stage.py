"""Exact single-stage designs: reject the null rate at r or more events among n subjects.

References
----------
A'Hern, Stat Med 2001;20:859-866; Fleming, Biometrics 1982;38:143-151; rule T-13.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trialwright.core.errors import DesignError
from trialwright.design.base import (
    MOST_SUBJECTS,
    Hypotheses,
    require_probability,
    require_subjects,
)
from trialwright.stats.binomial import binomial_at_least

Counts: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SingleStage:
    """Reject the null rate when at least `reject_at` of `n` subjects have the event.

    `reject_at` is n + 1 when no result can reject.
    """

    n: int
    reject_at: int
    p0: float

    @property
    def subjects(self) -> int:
        """Number of subjects."""
        return self.n

    @property
    def alpha(self) -> float:
        """Exact probability of rejecting at the null rate."""
        return self.reject_probability(self.p0)

    def reject_probability(self, rate: float) -> float:
        """Probability of rejecting when the true rate is `rate`."""
        return float(binomial_at_least(self.reject_at, self.n, rate))

    def expected_n(self, rate: float) -> float:
        """Mean number of subjects: all of them, whatever the rate."""
        del rate
        return float(self.n)

    def rule_words(self) -> str:
        """The rule as a sentence for the protocol."""
        if self.reject_at > self.n:
            return f"No result of {self.n} subjects rejects a rate of {100 * self.p0:g} %."
        return (
            f"Reject a rate of {100 * self.p0:g} % or less when at least {self.reject_at} of "
            f"{self.n} subjects have the event."
        )


def single_stage_rule(n: int, p0: float, alpha: float) -> SingleStage:
    """The smallest number of events that rejects `p0` with exact size at most `alpha`.

    Parameters
    ----------
    n
        Subjects, at least 1.
    p0, alpha
        Null rate and one-sided level.

    Raises
    ------
    DesignError
        When n is below 1 or p0 or alpha is no probability.
    """
    require_subjects(n)
    require_probability("p0", p0)
    require_probability("alpha", alpha)
    return SingleStage(n, int(_reject_at(np.array([n]), p0, alpha)[0]), p0)


def smallest_single_stage(question: Hypotheses) -> SingleStage:
    """The design with the fewest subjects that keeps alpha and power.

    Raises
    ------
    DesignError
        When more than `MOST_SUBJECTS` would be needed.
    """
    reject_at, enough = _all_sizes(question)
    if not enough.any():
        raise _too_many(question)
    first = int(np.argmax(enough))
    return SingleStage(first + 1, int(reject_at[first]), question.p0)


def stable_single_stage(question: Hypotheses) -> SingleStage:
    """The design with the fewest subjects from which on every larger number keeps the power too.

    Exact power rises in a saw-tooth, so one subject more than the smallest design can have less.

    Raises
    ------
    DesignError
        When that is not reached within `MOST_SUBJECTS`.
    """
    reject_at, enough = _all_sizes(question)
    short = np.flatnonzero(~enough)
    stable = int(short[-1]) + 1 if short.size else 0
    if stable == enough.size:
        raise _too_many(question)
    return SingleStage(stable + 1, int(reject_at[stable]), question.p0)


def _all_sizes(question: Hypotheses) -> tuple[Counts, NDArray[np.bool_]]:
    """Events that reject, and whether the power is enough, for 1 to `MOST_SUBJECTS` subjects."""
    sizes = np.arange(1, MOST_SUBJECTS + 1)
    reject_at = _reject_at(sizes, question.p0, question.alpha)
    return reject_at, binomial_at_least(reject_at, sizes, question.p1) >= question.power


def _reject_at(sizes: Counts, p0: float, alpha: float) -> Counts:
    """Fewest events with P(X >= events) <= alpha at `p0`, for each size; by halving."""
    low, high = np.zeros_like(sizes), sizes + 1
    while (low < high).any():
        middle = (low + high) // 2
        small = binomial_at_least(middle, sizes, p0) <= alpha
        open_ = low < high
        high = np.where(open_ & small, middle, high)
        low = np.where(open_ & ~small, middle + 1, low)
    return low


def _too_many(question: Hypotheses) -> DesignError:
    return DesignError(
        f"More than {MOST_SUBJECTS} subjects would be needed.",
        where=f'p0 "{question.p0}", p1 "{question.p1}"',
        allowed="rates further apart, a larger alpha or a smaller power",
    )
