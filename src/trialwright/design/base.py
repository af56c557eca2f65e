"""What every design shares: the question it answers, checked once, and how it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from trialwright.core.errors import DesignError

#: Largest number of subjects that a search looks at.
MOST_SUBJECTS = 1000


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """A one-sided test of a rate: H0 rate <= p0 against H1 rate >= p1.

    Parameters
    ----------
    p0, p1
        Null rate and rate worth finding, 0 < p0 < p1 < 1.
    alpha
        Largest probability of rejecting when the rate is p0.
    power
        Least probability of rejecting when the rate is p1.

    Raises
    ------
    DesignError
        When the numbers pose no question.
    """

    p0: float
    p1: float
    alpha: float
    power: float

    def __post_init__(self) -> None:
        """Refuse rates and probabilities that are none, or in the wrong order."""
        for name in ("p0", "p1", "alpha", "power"):
            require_probability(name, getattr(self, name))
        if self.p1 <= self.p0:
            raise DesignError(
                "The rate worth finding is not above the null rate.",
                where=f'p0 "{self.p0}", p1 "{self.p1}"',
                allowed="p1 above p0",
                do="exchange or correct the two rates",
            )
        if self.alpha >= self.power:
            raise DesignError(
                "The power is not above alpha, so no trial is needed.",
                where=f'alpha "{self.alpha}", power "{self.power}"',
                allowed="power above alpha, such as 0.80 and 0.05",
            )


@runtime_checkable
class Design(Protocol):
    """A decision rule on the number of subjects with the event."""

    @property
    def subjects(self) -> int:
        """Largest number of subjects."""
        ...

    def reject_probability(self, rate: float) -> float:
        """Probability of rejecting the null rate when the true rate is `rate`."""
        ...

    def expected_n(self, rate: float) -> float:
        """Mean number of subjects when the true rate is `rate`."""
        ...

    def rule_words(self) -> str:
        """The rule as a sentence for the protocol."""
        ...


def require_probability(name: str, value: float) -> None:
    """Refuse a number that is no probability between 0 and 1, both excluded.

    Raises
    ------
    DesignError
        For 0, 1, anything outside, and for what is not a number.
    """
    if not 0 < value < 1:
        raise DesignError(
            f"{name} is not a probability.",
            where=f'{name} "{value}"',
            allowed="a number between 0 and 1, both excluded, such as 0.05",
        )


def require_subjects(subjects: int) -> None:
    """Refuse a number of subjects below 1 or beyond early-phase trials.

    Raises
    ------
    DesignError
        When nobody is to be enrolled, or more than `MOST_SUBJECTS`.
    """
    if not 1 <= subjects <= MOST_SUBJECTS:
        raise DesignError(
            "A trial without subjects shows nothing."
            if subjects < 1
            else "So many subjects are beyond the exact designs of an early-phase trial.",
            where=f'number of subjects "{subjects}"',
            allowed=f"a whole number from 1 to {MOST_SUBJECTS}",
        )
