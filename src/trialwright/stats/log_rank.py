"""Log-rank tests of k groups: weighted, stratified, with late entry; test for trend.

Conventions, where programs differ:

- weights are those of the pooled sample of the stratum just before the time; Fleming-Harrington
  takes the left-continuous Kaplan-Meier estimate S(t-);
- observed and expected are weighted as the variance is;
- strata: observed, expected and variance are summed; a stratum that compares nobody adds nothing
  to the variance;
- degrees of freedom are the rank of the variance: groups that are never at risk together with
  another one add none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.follow_up import FollowUp, coded, event_times
from trialwright.stats.score_test import ChiSquareTest, ZTest, chi_square_test, z_test
from trialwright.stats.survival_counts import Counts, Flags, Floats

TimeWeight: TypeAlias = Literal["log_rank", "gehan_wilcoxon", "tarone_ware", "fleming_harrington"]

NOTHING_TO_COMPARE = "no event happened while two groups were at risk: there is nothing to compare"


@dataclass(frozen=True, slots=True)
class LogRankConvention:
    """How event times are weighted.

    Attributes
    ----------
    weight
        "log_rank", 1; "gehan_wilcoxon", the number at risk; "tarone_ware", its square root;
        "fleming_harrington", S(t-)^rho (1 - S(t-))^gamma.
    rho, gamma
        Powers for "fleming_harrington", 0 or more; rho = 1, gamma = 0 is Peto and Peto's.
    """

    weight: TimeWeight
    rho: float = 0.0
    gamma: float = 0.0

    def __post_init__(self) -> None:
        require_one_of("weight", self.weight, get_args(TimeWeight))


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """A log-rank test; arrays in the order of `groups`.

    Attributes
    ----------
    groups
        Labels of the groups, sorted.
    rows, events
        Rows and events by group, unweighted.
    observed, expected
        Weighted sums of events, and of events expected if all groups had one hazard.
    variance
        Covariance of observed - expected; shape (groups, groups).
    test
        The chi-square test; `None` when there is nothing to compare, see `note`.
    """

    groups: tuple[str | float, ...]
    rows: Counts
    events: Counts
    observed: Floats
    expected: Floats
    variance: Floats
    convention: LogRankConvention
    test: ChiSquareTest | None
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    observed: Floats
    expected: Floats
    variance: Floats


def log_rank(data: FollowUp, group: ArrayLike, convention: LogRankConvention) -> LogRank:
    """Test whether groups have one hazard.

    Parameters
    ----------
    data
        Follow-up, with late entry and strata where there are any.
    group
        Label of each row; shape (rows,).
    convention
        Weights of the event times.

    Raises
    ------
    DataError
        When a label is missing, there is one group only, or the weights are no weights.

    References
    ----------
    Mantel, Cancer Chemother Rep 1966;50:163-170; Peto and Peto, JRSS A 1972;135:185-207; Gehan,
    Biometrika 1965;52:203-223; Tarone and Ware, Biometrika 1977;64:156-160; Harrington and
    Fleming, Biometrika 1982;69:553-566.
    """
    _require_weights(convention)
    labels, codes = coded(group, data.rows, "group")
    if len(labels) < 2:
        raise DataError(
            "A log-rank test compares groups, and here is one.",
            where=f'group "{labels[0]}" in all {data.rows} rows',
            allowed="two groups or more",
            do="compare one group with a hazard given beforehand by the one-sample log-rank test",
        )
    parts = [
        _stratum(data, data.stratum == stratum, (codes, len(labels)), convention)
        for stratum in range(int(data.stratum.max()) + 1)
    ]
    observed = np.sum([part.observed for part in parts], axis=0)
    expected = np.sum([part.expected for part in parts], axis=0)
    variance = np.sum([part.variance for part in parts], axis=0)
    test = _chi_square(observed - expected, variance)
    size = len(labels)
    return LogRank(
        groups=labels,
        rows=np.bincount(codes, minlength=size),
        events=np.bincount(codes[data.event], minlength=size),
        observed=observed,
        expected=expected,
        variance=variance,
        convention=convention,
        test=test,
        note="" if test else NOTHING_TO_COMPARE,
    )


def log_rank_trend(comparison: LogRank, scores: Sequence[float]) -> ZTest | None:
    """Test for trend over ordered groups; with two groups and scores (0, 1), the signed log-rank.

    Parameters
    ----------
    comparison
        A log-rank test.
    scores
        One number a group, in the order of `comparison.groups`.

    Returns
    -------
    ZTest or None
        Positive where higher scores have more events than expected; `None` when there is nothing
        to compare.

    Raises
    ------
    DataError
        When there is not one finite score a group.

    References
    ----------
    Tarone, Biometrika 1975;62:679-682.
    """
    weights = np.asarray(scores, dtype=np.float64)
    if weights.shape != comparison.observed.shape or not np.isfinite(weights).all():
        raise DataError(
            "A test for trend wants one score a group.",
            where=f"scores {list(scores)} for {len(comparison.groups)} groups",
            allowed="finite numbers in the order of the groups",
        )
    centred = weights - weights.mean()
    spread = float(centred @ comparison.variance @ centred)
    whole = float(centred @ centred) * float(np.trace(comparison.variance))
    if comparison.test is None or spread <= _ROUNDING * whole:
        return None
    return z_test(float(centred @ (comparison.observed - comparison.expected)) / spread**0.5)


#: A variance below this share of the whole is rounding.
_ROUNDING = 1e-14


def _stratum(
    data: FollowUp, inside: Flags, group: tuple[Counts, int], convention: LogRankConvention
) -> _Sums:
    codes, groups = group
    member = np.eye(groups)[codes[inside]]
    times = event_times(data, inside)
    at_risk = times.at_risk(member)
    ended = data.event[inside]
    events = np.zeros(at_risk.shape)
    np.add.at(events, times.last[ended], member[ended])
    pooled, deaths = at_risk.sum(axis=1), events.sum(axis=1)
    weight = _time_weight(pooled, deaths, convention)
    share = at_risk / pooled[:, None]
    spread = weight**2 * deaths * (pooled - deaths) / np.maximum(pooled - 1, 1)
    across = (share * spread[:, None]).T @ share
    return _Sums(
        observed=weight @ events,
        expected=(weight * deaths) @ share,
        variance=np.diag(spread @ share) - across,
    )


def _time_weight(at_risk: Floats, events: Floats, convention: LogRankConvention) -> Floats:
    if convention.weight == "fleming_harrington":
        survival = np.cumprod(1 - events / at_risk)
        before = np.append(1.0, survival)[: survival.size]
        return np.asarray(before**convention.rho * (1 - before) ** convention.gamma)
    return _WEIGHTS[convention.weight](at_risk)


#: Weight of each event time from the number at risk.
_WEIGHTS: dict[TimeWeight, Callable[[Floats], Floats]] = {
    "log_rank": np.ones_like,
    "gehan_wilcoxon": np.copy,
    "tarone_ware": np.sqrt,
}


def _chi_square(difference: Floats, variance: Floats) -> ChiSquareTest | None:
    """Quadratic form in the inverse of the variance, one group of each linked set left out.

    Groups are linked when they were at risk together. The differences of a linked set add to zero
    and nothing else does, so leaving one out of each gives the rank without any tolerance.
    """
    kept = _all_but_one_of_each(variance != 0)
    if not kept.size:
        return None
    part = difference[kept]
    solved = np.linalg.solve(variance[np.ix_(kept, kept)], part)
    return chi_square_test(float(part @ solved), kept.size)


def _all_but_one_of_each(linked: Flags) -> Counts:
    """Index of every group but the first of each set of groups linked directly or by others."""
    reach = linked | np.eye(len(linked), dtype=np.bool_)
    for _ in range(len(linked)):
        reach = reach @ reach
    first = reach.argmax(axis=1)
    return np.flatnonzero(first < np.arange(len(linked)))


def _require_weights(convention: LogRankConvention) -> None:
    powers = (convention.rho, convention.gamma)
    fits = convention.weight == "fleming_harrington" or powers == (0.0, 0.0)
    if fits and all(np.isfinite(power) and power >= 0 for power in powers):
        return
    raise DataError(
        "These are no weights of a log-rank test.",
        where=f'weight "{convention.weight}", rho {convention.rho}, gamma {convention.gamma}',
        allowed='rho and gamma of 0 or more, other than 0 with "fleming_harrington" only',
    )
