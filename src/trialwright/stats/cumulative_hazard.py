"""Cumulative hazard from the counts of a Kaplan-Meier curve. Arrays in, numbers out.

Two rules for tied events: "nelson_aalen" adds d/n, "fleming_harrington" lets the d subjects leave
one after the other, 1/n + 1/(n-1) + ... The survival exp(-H) is Breslow's under the first rule and
Fleming and Harrington's under the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.kaplan_meier import KaplanMeier
from trialwright.stats.survival_counts import Counts, Floats, Tally

HazardTie: TypeAlias = Literal["nelson_aalen", "fleming_harrington"]


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeHazard:
    """H(t) with its standard error at each time of the curve; defined where S = 0 too."""

    time: Floats
    value: Floats
    standard_error: Floats

    @property
    def survival(self) -> Floats:
        """Survival exp(-H(t))."""
        return np.exp(-self.value)


def cumulative_hazard(curve: KaplanMeier, ties: HazardTie) -> CumulativeHazard:
    """Estimate the cumulative hazard and its standard error (sum of d/n^2, term by term).

    Raises
    ------
    DataError
        When `ties` is unknown; with "fleming_harrington" and weights that are not whole, since
        subjects cannot leave one after the other.

    References
    ----------
    Nelson, J Qual Technol 1969;1:27-52; Aalen, Ann Stat 1978;6:701-726; Fleming and Harrington,
    Commun Stat 1984;13:2469-2486.
    """
    require_one_of("ties", ties, _STEPS)
    steps, squares = _STEPS[ties](curve.events, curve.at_risk)
    return CumulativeHazard(curve.time, np.cumsum(steps), np.sqrt(np.cumsum(squares)))


def _together(events: Tally, at_risk: Tally) -> tuple[Floats, Floats]:
    exposed = np.where(at_risk > 0, at_risk, 1)
    steps: Floats = events / exposed
    return steps, steps / exposed


def _one_by_one(events: Tally, at_risk: Tally) -> tuple[Floats, Floats]:
    whole = events.astype(np.int64)
    if events.dtype != whole.dtype:
        raise DataError(
            "Fleming and Harrington's hazard needs whole numbers of subjects.",
            where="weights that are not whole",
            allowed="whole weights",
            do='take the rule "nelson_aalen"',
        )
    before = np.cumsum(whole) - whole
    place = np.repeat(np.arange(whole.size), whole)
    share: Floats = 1 / (at_risk[place] - (np.arange(place.size) - before[place]))
    return _sums(place, share, whole.size), _sums(place, share**2, whole.size)


def _sums(place: Counts, values: Floats, size: int) -> Floats:
    return np.bincount(place, weights=values, minlength=size).astype(np.float64)


_STEPS = {"nelson_aalen": _together, "fleming_harrington": _one_by_one}
