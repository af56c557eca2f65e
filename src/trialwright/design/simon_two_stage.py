"""Simon's two-stage designs by exact search.

Stop for futility after n1 subjects with r1 events or fewer; otherwise go on to n subjects and
reject the null rate with more than r events.

References
----------
Simon, Control Clin Trials 1989;10:1-10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from trialwright.core.errors import DesignError
from trialwright.design.base import Hypotheses
from trialwright.design.single_stage import single_stage_rule
from trialwright.stats.binomial import binomial_at_least, binomial_pmf

Criterion: TypeAlias = Literal["optimal", "minimax"]
Floats: TypeAlias = NDArray[np.float64]
#: Largest trial that the search looks at.
MOST_TWO_STAGE = 300


@dataclass(frozen=True, slots=True)
class SimonTwoStage:
    """Stop at r1 or fewer of n1; reject the null rate with more than r of n."""

    r1: int
    n1: int
    r: int
    n: int
    p0: float

    @property
    def subjects(self) -> int:
        """Largest number of subjects."""
        return self.n

    @property
    def alpha(self) -> float:
        """Exact probability of rejecting at the null rate."""
        return self.reject_probability(self.p0)

    def stop_probability(self, rate: float) -> float:
        """Probability of stopping after the first stage."""
        return 1 - float(binomial_at_least(self.r1 + 1, self.n1, rate))

    def expected_n(self, rate: float) -> float:
        """Mean number of subjects when the true rate is `rate`."""
        return self.n1 + (1 - self.stop_probability(rate)) * (self.n - self.n1)

    def reject_probability(self, rate: float) -> float:
        """Probability of rejecting when the true rate is `rate`."""
        first = np.arange(self.r1 + 1, self.n1 + 1)
        second = binomial_at_least(self.r + 1 - first, self.n - self.n1, rate)
        return min(1.0, float((binomial_pmf(first, self.n1, rate) * second).sum()))

    def rule_words(self) -> str:
        """The rule as a sentence for the protocol."""
        few = f"{self.r1} or fewer events" if self.r1 else "no event"
        return (
            f"Stop after {self.n1} subjects with {few}; otherwise enrol {self.n} "
            f"and reject a rate of {100 * self.p0:g} % or less with more than {self.r} events."
        )


def simon_two_stage(
    *, p0: float, p1: float, alpha: float, power: float, criterion: Criterion
) -> SimonTwoStage:
    """The two-stage design with the least mean ("optimal") or largest ("minimax") sample size.

    Parameters
    ----------
    p0, p1
        Null rate and rate worth finding.
    alpha, power
        One-sided level and power, both kept exactly.
    criterion
        "optimal": smallest mean number of subjects at `p0`. "minimax": smallest largest number,
        then smallest mean number.

    Raises
    ------
    DesignError
        When the numbers pose no question, or more than `MOST_TWO_STAGE` subjects are needed.
    """
    return _best_design(Hypotheses(p0, p1, alpha, power), criterion)


def simon_optimal(question: Hypotheses) -> SimonTwoStage:
    """The optimal two-stage design for a question."""
    return _best_design(question, "optimal")


def simon_minimax(question: Hypotheses) -> SimonTwoStage:
    """The minimax two-stage design for a question."""
    return _best_design(question, "minimax")


def _best_design(question: Hypotheses, criterion: Criterion) -> SimonTwoStage:
    search = _Search(question)
    best: SimonTwoStage | None = None
    for n in range(_least_subjects(question), MOST_TWO_STAGE + 1):
        found = search.best_of_size(n, best)
        best = found or best
        if best is not None and (criterion == "minimax" or not search.can_improve(n + 1, best)):
            return best
    raise DesignError(
        f"A two-stage design would need more than {MOST_TWO_STAGE} subjects.",
        where=f'p0 "{question.p0}", p1 "{question.p1}"',
        allowed="rates further apart, a larger alpha or a smaller power",
    )


def _least_subjects(question: Hypotheses) -> int:
    """Fewest subjects with which the most powerful randomised test of one stage has the power."""
    n = 2
    while n <= MOST_TWO_STAGE and _randomised_power(n, question) < question.power:
        n += 1
    return n


def _randomised_power(n: int, question: Hypotheses) -> float:
    rule = single_stage_rule(n, question.p0, question.alpha)
    edge = rule.reject_at - 1
    chance = (question.alpha - rule.alpha) / float(binomial_pmf(edge, n, question.p0))
    return rule.reject_probability(question.p1) + chance * float(binomial_pmf(edge, n, question.p1))


class _Search:
    """Exact search over all designs; first-stage bounds are worked out once for each n1."""

    def __init__(self, question: Hypotheses) -> None:
        self.question = question
        self.most_r1: dict[int, int] = {}

    def best_of_size(self, n: int, best: SimonTwoStage | None) -> SimonTwoStage | None:
        """The design of n subjects with the least mean size at p0, if below that of `best`."""
        p0 = self.question.p0
        found = None
        for n1 in range(1, n):
            limit = best.expected_n(p0) if best is not None else np.inf
            if self._least_mean(n1, n) >= limit:
                continue
            design = self._largest_r1(n1, n)
            if design is not None and design.expected_n(p0) < limit:
                best = found = design
        return found

    def can_improve(self, n: int, best: SimonTwoStage) -> bool:
        """Whether a design of n subjects or more could have a smaller mean size than `best`."""
        limit = best.expected_n(self.question.p0)
        return any(self._least_mean(n1, n) < limit for n1 in range(1, n))

    def _least_mean(self, n1: int, n: int) -> float:
        """Mean size with the largest r1 that leaves the power possible; rises with n."""
        r1 = self._most_r1(n1)
        going_on = float(binomial_at_least(r1 + 1, n1, self.question.p0))
        return n1 + going_on * (n - n1)

    def _most_r1(self, n1: int) -> int:
        """Largest r1 (-1: none) that stops with probability at most 1 - power at p1."""
        if n1 not in self.most_r1:
            going_on = binomial_at_least(np.arange(1, n1 + 1), n1, self.question.p1)
            self.most_r1[n1] = int((going_on >= self.question.power).sum()) - 1
        return self.most_r1[n1]

    def _largest_r1(self, n1: int, n: int) -> SimonTwoStage | None:
        """The feasible design with the largest r1: it has the least mean size of its n1 and n."""
        most = self._most_r1(n1)
        if most < 0:
            return None
        question = self.question
        size = _reject_table(n1, n, question.p0)[: most + 1]
        power = _reject_table(n1, n, question.p1)[: most + 1]
        r = np.argmax(size <= question.alpha, axis=1)
        enough = power[np.arange(most + 1), r] >= question.power
        if not enough.any():
            return None
        r1 = int(np.flatnonzero(enough)[-1])
        return SimonTwoStage(r1, n1, int(r[r1]), n, question.p0)


def _reject_table(n1: int, n: int, rate: float) -> Floats:
    """Probability of rejecting for each r1 from 0 to n1 - 1 (rows) and r from 0 to n (columns)."""
    first = np.arange(1, n1 + 1)
    second = binomial_at_least(np.arange(n + 1) + 1 - first[:, None], n - n1, rate)
    joint = binomial_pmf(first, n1, rate)[:, None] * second
    return np.cumsum(joint[::-1], axis=0)[::-1]
