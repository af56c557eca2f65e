"""Gray's test of groups that may differ in the cumulative incidence of one cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from trialwright.core.errors import DataError
from trialwright.stats.follow_up import coded
from trialwright.stats.survival_counts import Counts, Flags, Floats
from trialwright.stats.tied_times import TiedTimes, causes_with, tied_times

#: Relative size below which a direction of the covariance holds no information.
_RANK_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class GrayConvention:
    """Weight of the test: (1 - pooled incidence just before t) to the power `rho`."""

    rho: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class GrayTest:
    """Result of Gray's test.

    Attributes
    ----------
    statistic, df, p_value
        Chi-squared statistic, its degrees of freedom and two-sided p-value.
    score, covariance
        Weighted observed minus expected events of all groups but the last, in sorted order of
        the groups, and their covariance.
    """

    statistic: float
    df: int
    p_value: float
    score: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True, eq=False)
class RiskData:
    """Subjects for a comparison of one cause; arrays of shape (subjects,).

    Attributes
    ----------
    time
        Follow-up times >= 0 in any unit.
    cause
        0 for censored, else a whole number from 1.
    group
        Labels of the groups compared.
    stratum
        Labels of the strata; `None` for one stratum.
    """

    time: ArrayLike
    cause: ArrayLike
    group: ArrayLike
    stratum: ArrayLike | None = None


def gray_test(data: RiskData, cause: int, convention: GrayConvention) -> GrayTest:
    """Compare the cumulative incidence of `cause` among groups, within strata if given.

    Raises
    ------
    DataError
        When the data are not valid, there are not two groups, or the events do not tell the
        groups apart.

    References
    ----------
    Gray, Ann Stat 1988;16:1141-1154; variance with a correction for tied events.
    """
    times = tied_times(data.time)
    subjects = times.index.size
    codes = causes_with(cause, data.cause, subjects)
    groups, group = _labels(data.group, subjects)
    strata, stratum = _labels(
        np.zeros(subjects) if data.stratum is None else data.stratum, subjects
    )
    if groups < 2:
        raise DataError(
            "A comparison needs two groups.", where=f"{groups} group", allowed="2 or more"
        )
    kind = np.where(codes == cause, 1, np.where(codes > 0, 2, 0))
    score, covariance = np.zeros(groups), np.zeros((groups, groups))
    for s in range(strata):
        inside = stratum == s
        part = _tally(times, kind, [inside & (group == g) for g in range(groups)])
        if not part.own.any():
            continue
        of_score, of_covariance = _stratum_score(part, convention.rho)
        score, covariance = score + of_score, covariance + of_covariance
    return _result(score[:-1], covariance[:-1, :-1])


@dataclass(frozen=True, slots=True, eq=False)
class _Tally:
    """Counts at the times of events in one stratum, shape (times, groups)."""

    at_risk: Floats
    own: Floats
    other: Floats


def _labels(labels: ArrayLike, subjects: int) -> tuple[int, Counts]:
    names, index = coded(labels, subjects, "group or stratum")
    return len(names), index


def _tally(times: TiedTimes, kind: Counts, members: list[Flags]) -> _Tally:
    own, other, at_risk = (
        np.stack(columns, axis=1).astype(np.float64)
        for columns in (
            [times.count(m & (kind == 1)) for m in members],
            [times.count(m & (kind == 2)) for m in members],
            [times.at_risk(m) for m in members],
        )
    )
    happens = (own + other).sum(axis=1) > 0
    return _Tally(at_risk[happens], own[happens], other[happens])


def _stratum_score(part: _Tally, rho: float) -> tuple[Floats, Floats]:
    """Score of each group and its covariance in one stratum."""
    there = part.at_risk > 0
    exposed = np.where(there, part.at_risk, 1.0)
    staying: Floats = 1 - (part.own + part.other) / exposed
    survival: Floats = np.cumprod(staying, axis=0, dtype=np.float64)
    before = _shifted(survival, 1.0)
    incidence = np.cumsum(np.where(there, before * part.own / exposed, 0.0), axis=0)
    share = _ratio(part.at_risk, before)
    subdistribution = share * (1 - _shifted(incidence, 0.0))
    events, total = part.own.sum(axis=1), share.sum(axis=1)
    pooled = np.cumsum(events / total)
    free = np.maximum(1 - _shifted(pooled[:, None], 0.0)[:, 0], 0.0)
    weight = np.where(free > 0, np.where(free > 0, free, 1.0) ** rho, 0.0)
    expected = events[:, None] * subdistribution / subdistribution.sum(axis=1, keepdims=True)
    score = (weight[:, None] * (part.own - np.where(there, expected, 0.0))).sum(axis=0)
    size = part.at_risk.shape[1]
    kernel = (
        np.eye(size) * share[:, :, None]
        - share[:, :, None] * share[:, None, :] / (total[:, None, None])
    )
    kernel *= weight[:, None, None]
    past = np.cumsum(kernel * _ratio(events, total * free)[:, None, None], axis=0)
    remaining = past[-1] - past
    level = _ratio((1 - pooled)[:, None], survival)
    own_influence = kernel + (1 - level)[:, None, :] * remaining
    other_influence = level[:, None, :] * remaining
    own_noise = _own_noise(events, total, before, exposed) * there
    other_noise = _other_noise(part, before, exposed) * (survival > 0)
    return score, _products(own_influence, own_noise) + _products(other_influence, other_noise)


def _own_noise(events: Floats, total: Floats, before: Floats, exposed: Floats) -> Floats:
    """Variance of the events of the cause at each time, under equal incidence in all groups."""
    spread = total[:, None] * before
    many = events[:, None] > 1
    ties = 1 - np.where(many, events[:, None] - 1, 0.0) / np.where(many, spread - 1, 1.0)
    return ties * before * events[:, None] / (total[:, None] * exposed)


def _other_noise(part: _Tally, before: Floats, exposed: Floats) -> Floats:
    many = part.other > 1
    ties = 1 - np.where(many, part.other - 1, 0.0) / np.where(many, exposed - 1, 1.0)
    return ties * before**2 * part.other / exposed**2


def _products(influence: Floats, noise: Floats) -> Floats:
    """Covariance of the groups' scores: influences [times, groups, sources] weighed by noise."""
    found: Floats = np.einsum("tik,tjk,tk->ij", influence, influence, noise)
    return found


def _shifted(values: Floats, start: float) -> Floats:
    """Values just before each time."""
    return np.vstack([np.full((1, values.shape[1]), start), values[:-1]])


def _ratio(above: Floats, below: Floats) -> Floats:
    """Quotient, 0 where the divisor is."""
    positive = below > 0
    return np.where(positive, above / np.where(positive, below, 1.0), 0.0)


def _result(score: Floats, covariance: Floats) -> GrayTest:
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all() or (
        np.linalg.matrix_rank(covariance / np.outer(spread, spread), tol=_RANK_TOLERANCE)
        < score.size
    ):
        raise DataError(
            "The events of this cause do not tell the groups apart.",
            where=f"{score.size + 1} groups",
            allowed="groups that have subjects at risk when events happen",
            do="leave out groups without follow-up, or describe them without a test",
        )
    statistic = float(score @ np.linalg.solve(covariance, score))
    p_value = float(special.chdtrc(score.size, statistic))
    return GrayTest(statistic, score.size, p_value, score, covariance)
