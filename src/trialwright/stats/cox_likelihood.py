"""Partial likelihoods of the Cox model: Breslow, Efron and exact ties; score residuals.

Covariates come in centred and scaled; `cox` does that and undoes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy import special

from trialwright.stats.follow_up import EventTimes, FollowUp, event_times
from trialwright.stats.survival_counts import Counts, Flags, Floats

TieMethod: TypeAlias = Literal["efron", "breslow", "exact"]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """Log partial likelihood with its gradient and minus its second derivatives."""

    value: float
    gradient: Floats
    information: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Stratum:
    """One stratum: its rows, and its events one after the other.

    Attributes
    ----------
    rows
        Place of its rows in the whole data; the arrays below are about these rows only.
    x, weight, event
        Covariates (rows, covariates), case weights and event marks.
    times
        Event times and who is at risk.
    at
        Event time of each event; shape (events,).
    tied
        Number of events at the event time of each event.
    order
        Place of each event among the tied ones: 0, 1, ...
    mean_weight
        Mean case weight of the tied events, one entry an event.
    """

    rows: Counts
    x: Floats
    weight: Floats
    event: Flags
    times: EventTimes
    at: Counts
    tied: Counts
    order: Counts
    mean_weight: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Means:
    """Sums over the risk set of each event, the tied ones thinned as the tie method says."""

    total: Floats
    mean: Floats
    square: Floats
    thinned: Floats


def strata_of(data: FollowUp, x: Floats, weight: Floats) -> tuple[Stratum, ...]:
    """Strata that have an event; the others say nothing about hazard ratios."""
    codes = np.unique(data.stratum[data.event])
    return tuple(_stratum(data, data.stratum == code, (x, weight)) for code in codes)


def log_likelihood(strata: tuple[Stratum, ...], beta: Floats, ties: TieMethod) -> Evaluated:
    """Log partial likelihood at `beta`, summed over strata.

    References
    ----------
    Breslow, Biometrics 1974;30:89-99; Efron, JASA 1977;72:557-565; exact (discrete time): Cox,
    JRSS B 1972;34:187-220, by the recursion of Gail, Lubin and Rubinstein, Biometrika
    1981;68:703-707.
    """
    one = _exact if ties == "exact" else _thinned
    parts = [one(stratum, beta, ties) for stratum in strata]
    return Evaluated(
        sum(part.value for part in parts),
        np.sum([part.gradient for part in parts], axis=0),
        np.sum([part.information for part in parts], axis=0),
    )


def score_residuals(
    strata: tuple[Stratum, ...], beta: Floats, rows: int, ties: TieMethod
) -> Floats:
    """Contribution of each row to the gradient, weighted; shape (rows, covariates).

    References
    ----------
    Lin and Wei, JASA 1989;84:1074-1078; with thinning of tied events for Efron's method.
    """
    residuals = np.zeros((rows, beta.size))
    for stratum in strata:
        residuals[stratum.rows] = _residuals(stratum, beta, ties)
    return residuals


def never_turns(strata: tuple[Stratum, ...], direction: Floats, ties: TieMethod) -> bool:
    """Whether the likelihood rises for ever in this direction.

    It does when every event has the highest predictor of those at risk: then no finite
    coefficient is the estimate.
    """
    return all(_always_highest(stratum, stratum.x @ direction, ties) for stratum in strata)


def _stratum(data: FollowUp, inside: Flags, columns: tuple[Floats, Floats]) -> Stratum:
    x, weight = (column[inside] for column in columns)
    times, event = event_times(data, inside), data.event[inside]
    at = np.sort(times.last[event])
    tied = np.bincount(at)[at]
    mean_weight = np.bincount(times.last[event], weights=weight[event])[at] / tied
    order = np.arange(at.size) - np.searchsorted(at, at)
    rows = np.flatnonzero(inside)
    return Stratum(rows, x, weight, event, times, at, tied, order, mean_weight)


def _thinned(stratum: Stratum, beta: Floats, ties: TieMethod) -> Evaluated:
    eta = stratum.x @ beta
    shift = float(eta.max())
    means = _risk_means(stratum, stratum.weight * np.exp(eta - shift), ties)
    weight, ended = stratum.mean_weight, stratum.event
    died = stratum.weight[ended]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = died @ (eta[ended] - shift) - weight @ np.log(means.total)
    across = means.mean * weight[:, None]
    return Evaluated(
        float(value),
        died @ stratum.x[ended] - weight @ means.mean,
        np.tensordot(weight, means.square, axes=1) - across.T @ means.mean,
    )


def _risk_means(stratum: Stratum, risk: Floats, ties: TieMethod) -> _Means:
    """Weighted means of x and xx' over the risk set of each event."""
    x, times, ended = stratum.x, stratum.times, stratum.event
    moments = np.concatenate(
        [np.ones((risk.size, 1)), x, (x[:, :, None] * x[:, None, :]).reshape(risk.size, -1)], axis=1
    )
    moments *= risk[:, None]
    at_risk = times.at_risk(moments)
    tied = np.zeros(at_risk.shape)
    np.add.at(tied, times.last[ended], moments[ended])
    share = stratum.order / stratum.tied if ties == "efron" else np.zeros(stratum.at.size)
    left = at_risk[stratum.at] - share[:, None] * tied[stratum.at]
    size = x.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = left[:, 1:] / left[:, :1]
    return _Means(left[:, 0], ratio[:, :size], ratio[:, size:].reshape(-1, size, size), share)


def _residuals(stratum: Stratum, beta: Floats, ties: TieMethod) -> Floats:
    eta = stratum.x @ beta
    risk = np.exp(eta - float(eta.max()))
    means = _risk_means(stratum, stratum.weight * risk, ties)
    hazard = stratum.mean_weight / means.total
    moved = hazard[:, None] * means.mean
    met = _met(stratum, hazard)[:, None] * stratum.x - _met(stratum, moved)
    ended = stratum.event
    own = stratum.times.last[ended]
    spared, centre = (
        _at_times(stratum, means.thinned * hazard),
        _at_times(stratum, means.mean / stratum.tied[:, None]),
    )
    spared_mean = _at_times(stratum, means.thinned[:, None] * moved)
    found = -risk[:, None] * met
    found[ended] += stratum.x[ended] - centre[own]
    found[ended] += risk[ended, None] * (spared[own, None] * stratum.x[ended] - spared_mean[own])
    return np.asarray(found * stratum.weight[:, None])


def _at_times(stratum: Stratum, amount: Floats) -> Floats:
    """Sum of an amount per event over the events of each event time."""
    total = np.zeros((stratum.times.rank.size, *amount.shape[1:]))
    np.add.at(total, stratum.at, amount)
    return total


def _met(stratum: Stratum, amount: Floats) -> Floats:
    """Sum of an amount per event over the events during which each row is at risk."""
    by_time = _at_times(stratum, amount)
    before = np.concatenate([np.zeros((1, *by_time.shape[1:])), np.cumsum(by_time, axis=0)])
    return np.asarray(before[stratum.times.last + 1] - before[stratum.times.first])


def _exact(stratum: Stratum, beta: Floats, _: TieMethod) -> Evaluated:
    eta = stratum.x @ beta
    shift = float(eta.mean())
    risk, size = np.exp(eta - shift), beta.size
    value = float((eta[stratum.event] - shift).sum())
    gradient, information = stratum.x[stratum.event].sum(axis=0), np.zeros((size, size))
    for members, stops in _passes(stratum):
        for at_risk, events, sums in _subset_means(stratum.x[members], risk[members], stops):
            zero, first, second = sums
            with np.errstate(invalid="ignore", divide="ignore"):
                mean, square = first / zero, second / zero
                value -= float(np.log(zero)) + _log_ways(at_risk, events)
            gradient = gradient - mean
            information += square - np.outer(mean, mean)
    return Evaluated(value, gradient, information)


_Stops: TypeAlias = dict[int, list[int]]
_Sums: TypeAlias = tuple[Floats, Floats, Floats]


def _passes(stratum: Stratum) -> Iterator[tuple[Counts, _Stops]]:
    """Rows to be added one by one, and after how many of them which numbers of events are read.

    Without late entry one pass serves all: the risk sets grow as time runs back.
    """
    times = stratum.times
    tied = np.bincount(stratum.at, minlength=times.rank.size)
    if not (times.first > 0).any():
        members = np.argsort(-times.last, kind="stable")
        stops: _Stops = {}
        for at in range(times.rank.size):
            stops.setdefault(int((times.last >= at).sum()), []).append(int(tied[at]))
        yield members, stops
        return
    for at in range(times.rank.size):
        members = np.flatnonzero((times.first <= at) & (at <= times.last))
        yield members, {members.size: [int(tied[at])]}


def _subset_means(x: Floats, risk: Floats, stops: _Stops) -> Iterator[tuple[int, int, _Sums]]:
    """Mean over all subsets of d rows of their product of risks, with two derivatives.

    Means in place of sums keep the numbers within range; the number of subsets comes back in
    `_log_ways`.
    """
    most, size = max(map(max, stops.values())), x.shape[1]
    zero, first, second = (
        np.zeros(most + 1),
        np.zeros((most + 1, size)),
        np.zeros((most + 1, size, size)),
    )
    zero[0] = 1.0
    chosen = np.arange(1, most + 1)
    for added in range(1, risk.size + 1):
        row, own = x[added - 1], risk[added - 1]
        out, into = (added - chosen) / added, own * chosen / added
        cross = first[:-1, :, None] * row + row[:, None] * first[:-1, None, :]
        grown = second[:-1] + cross + zero[:-1, None, None] * np.outer(row, row)
        second[1:] = out[:, None, None] * second[1:] + into[:, None, None] * grown
        first[1:] = out[:, None] * first[1:] + into[:, None] * (first[:-1] + zero[:-1, None] * row)
        zero[1:] = out * zero[1:] + into * zero[:-1]
        for events in stops.get(added, []):
            yield added, events, (zero[events], first[events], second[events])


def _log_ways(n: int, k: int) -> float:
    return float(-special.betaln(n - k + 1, k + 1) - np.log(n + 1))


#: Predictors of scaled covariates that differ by less are equal.
_EQUAL = 1e-6


def _always_highest(stratum: Stratum, predictor: Floats, ties: TieMethod) -> bool:
    times, ended = stratum.times, stratum.event
    for at in range(times.rank.size):
        own = ended & (times.last == at)
        rivals = (times.first <= at) & (at <= times.last)
        rivals &= ~own if ties == "exact" else True
        if rivals.any() and predictor[own].min() < predictor[rivals].max() - _EQUAL:
            return False
    return True
