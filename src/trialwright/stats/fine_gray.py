"""Fine-Gray regression of the subdistribution hazard of one cause.

Conventions: tied events share one risk set (Breslow); the censoring distribution is one
Kaplan-Meier curve of all subjects, taken just before each time, with events before censorings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from trialwright.core.errors import DataError
from trialwright.stats.curve_bands import normal_quantile
from trialwright.stats.survival_counts import Counts, Flags, Floats
from trialwright.stats.tied_times import TiedTimes, causes_of, tied_times

_MAX_STEPS = 50
_MAX_HALVINGS = 30
#: Relative size of a Newton step after which the next one is below rounding.
_STEP_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class FineGrayConvention:
    """Two-sided level of the limits of a subdistribution hazard ratio."""

    conf_level: float


@dataclass(frozen=True, slots=True, eq=False)
class FineGray:
    """A fitted model.

    Attributes
    ----------
    coefficients
        Log subdistribution hazard ratio of each covariate, shape (covariates,).
    covariance
        Robust covariance that allows for the estimated censoring, shape (covariates, covariates).
    log_likelihood, log_likelihood_null
        Log partial pseudo-likelihood at the coefficients and at 0.
    time, baseline_hazard
        Times of events of the cause, and the step of the baseline cumulative subdistribution
        hazard at each, shape (times,).
    iterations
        Newton steps.
    """

    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    log_likelihood_null: float
    time: Floats
    baseline_hazard: Floats
    iterations: int

    @property
    def standard_error(self) -> Floats:
        """Standard error of each coefficient."""
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True, slots=True, eq=False)
class HazardRatios:
    """Subdistribution hazard ratio of each covariate, limits and p-value; shape (covariates,)."""

    ratio: Floats
    lower: Floats
    upper: Floats
    p_value: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """What the likelihood needs: one row per time with an event of the cause.

    `weight` [times, subjects] is the weight of each subject in each risk set, `events` [times]
    and `event_sum` [covariates] count the events and add up their covariates.
    """

    covariates: Floats
    weight: Floats
    events: Floats
    event_sum: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """Times of all subjects, who is censored, has the event or another cause; `rows` of events."""

    times: TiedTimes
    censored: Flags
    own: Flags
    other: Flags
    rows: Counts


def fine_gray(time: ArrayLike, cause: ArrayLike, of: int, covariates: ArrayLike) -> FineGray:
    """Fit the proportional subdistribution hazards model of cause `of`.

    Parameters
    ----------
    time
        Follow-up times >= 0 in any unit, shape (subjects,).
    cause
        0 for censored, else a whole number from 1, shape (subjects,).
    of
        The cause that is modelled.
    covariates
        Shape (subjects, covariates), or (subjects,) for one.

    Raises
    ------
    DataError
        When the data are not valid, nobody has the event, or no finite estimate exists.

    References
    ----------
    Fine and Gray, JASA 1999;94:496-509.
    """
    times = tied_times(time)
    codes = causes_of(cause, times.index.size, max(_highest(cause), of))
    sample, events = _sample(times, codes, of)
    z = _covariates(covariates, codes.size)
    model = _Model(z, _weights(sample), events, z[sample.own].sum(axis=0))
    coefficients, iterations = _maximum(model)
    bread = np.linalg.inv(_derivatives(model, coefficients)[2])
    influence = _influence(sample, model, coefficients)
    return FineGray(
        coefficients,
        bread @ influence.T @ influence @ bread,
        _derivatives(model, coefficients)[0],
        _derivatives(model, np.zeros_like(coefficients))[0],
        times.distinct[sample.rows],
        model.events / _means(model, coefficients)[0],
        iterations,
    )


def subdistribution_hazard_ratios(fit: FineGray, convention: FineGrayConvention) -> HazardRatios:
    """Hazard ratios with Wald limits and two-sided p-values.

    Raises
    ------
    DataError
        When the level is not within 0 and 1.
    """
    half = normal_quantile(convention.conf_level) * fit.standard_error
    p_value = 2 * special.ndtr(-np.abs(fit.coefficients / fit.standard_error))
    log_ratio = fit.coefficients
    return HazardRatios(
        np.exp(log_ratio), np.exp(log_ratio - half), np.exp(log_ratio + half), p_value
    )


def predicted_incidence(fit: FineGray, covariates: ArrayLike) -> Floats:
    """Incidence at each `fit.time` for one subject with these covariates, shape (times,)."""
    given = np.atleast_1d(np.asarray(covariates, dtype=np.float64))
    if given.shape != fit.coefficients.shape:
        raise DataError(
            "A prediction needs one value per covariate.",
            where=f"{given.size} values for {fit.coefficients.size} covariates",
        )
    risk = np.exp(given @ fit.coefficients)
    return -np.expm1(-np.cumsum(fit.baseline_hazard * risk))


def _highest(cause: ArrayLike) -> int:
    """Highest cause; those that are not numbers are refused afterwards."""
    given = np.asarray(cause, dtype=np.float64)
    return int(given[np.isfinite(given)].max(initial=1))


def _sample(times: TiedTimes, codes: Counts, of: int) -> tuple[_Sample, Floats]:
    """Sort subjects by what happened; events of the cause at each time that has one."""
    own = codes == of
    events = times.count(own)
    if not events.any():
        raise DataError("Nobody has the event that is modelled.", where=f'cause "{of}"')
    rows = np.flatnonzero(events)
    sample = _Sample(times, codes == 0, own, (codes > 0) & ~own, rows)
    return sample, events[rows].astype(np.float64)


def _covariates(covariates: ArrayLike, subjects: int) -> Floats:
    given = np.asarray(covariates, dtype=np.float64)
    given = given[:, None] if given.ndim == 1 else given
    if given.ndim != 2 or given.shape[0] != subjects or not np.isfinite(given).all():
        raise DataError(
            "These are not covariates of the subjects.",
            where=f"covariates of shape {given.shape} for {subjects} subjects",
            allowed="finite numbers, one row per subject",
        )
    return given


def _weights(sample: _Sample) -> Floats:
    """Weight of each subject in the risk set of each time of events, shape (times, subjects).

    Those with another cause stay in the risk set, with the chance not to have been censored since.
    """
    times = sample.times
    at_risk = times.at_risk(np.ones(sample.own.size, dtype=np.bool_))
    uncensored = np.cumprod(1 - times.count(sample.censored) / at_risk)
    before = np.append(1.0, uncensored[:-1])
    ratio = before[sample.rows][:, None] / before[times.index][None, :]
    there = sample.rows[:, None] <= times.index[None, :]
    return np.where(there, 1.0, np.where(sample.other[None, :], ratio, 0.0))


def _means(model: _Model, beta: Floats) -> tuple[Floats, Floats]:
    """Total risk, and mean of the covariates over the risk set, at each time of events."""
    risk = model.weight * np.exp(model.covariates @ beta)
    total = risk.sum(axis=1)
    return total, risk @ model.covariates / total[:, None]


def _derivatives(model: _Model, beta: Floats) -> tuple[float, Floats, Floats]:
    """Log-likelihood, score and information."""
    risk = model.weight * np.exp(model.covariates @ beta)
    total, mean = _means(model, beta)
    share = model.events[:, None] * risk / total[:, None]
    second = np.einsum("ts,sj,sk->jk", share, model.covariates, model.covariates)
    information = second - np.einsum("t,tj,tk->jk", model.events, mean, mean)
    value = float(model.event_sum @ beta - model.events @ np.log(total))
    return value, model.event_sum - model.events @ mean, information


def _maximum(model: _Model) -> tuple[Floats, int]:
    """Newton steps, halved while the likelihood falls."""
    beta = np.zeros(model.covariates.shape[1])
    for iteration in range(1, _MAX_STEPS + 1):
        value, score, information = _derivatives(model, beta)
        if np.linalg.cond(information) > 1 / np.finfo(np.float64).eps:
            break
        step = np.linalg.solve(information, score)
        for _ in range(_MAX_HALVINGS):
            if _derivatives(model, beta + step)[0] >= value - 1e-12 * max(1.0, abs(value)):
                break
            step = step / 2
        beta = beta + step
        if np.abs(step).max() <= _STEP_TOLERANCE * max(1.0, float(np.abs(beta).max())):
            return beta, iteration
    raise DataError(
        "The model has no finite estimate.",
        where=f"{beta.size} covariates, {int(model.events.sum())} events",
        allowed="covariates that differ within the risk sets and do not separate the events",
        do="leave out covariates that are constant, repeat others or tell all events apart",
    )


def _influence(sample: _Sample, model: _Model, beta: Floats) -> Floats:
    """Influence of each subject on the score, shape (subjects, covariates).

    Its own event, less what was expected of it, plus its part in the censoring distribution.
    """
    total, mean = _means(model, beta)
    expected = model.weight * np.exp(model.covariates @ beta) * (model.events / total)[:, None]
    found: Floats = expected.T @ mean - expected.sum(axis=0)[:, None] * model.covariates
    at_event = np.searchsorted(sample.rows, sample.times.index[sample.own])
    found[sample.own] += model.covariates[sample.own] - mean[at_event]
    return found + _through_censoring(sample, model, expected, mean)


def _through_censoring(sample: _Sample, model: _Model, expected: Floats, mean: Floats) -> Floats:
    """Influence by way of the weights of those with another cause, shape (subjects, covariates)."""
    index, censored = sample.times.index, sample.censored
    counted = sample.times.count(censored)
    lost = np.flatnonzero(counted)
    there = sample.times.at_risk(np.ones(censored.size, dtype=np.bool_))[lost]
    effect = np.zeros((lost.size, mean.shape[1]))
    for row, u in enumerate(lost):
        earlier, later = sample.other & (index < u), sample.rows >= u
        part = expected[np.ix_(later, earlier)]
        effect[row] = part.sum(axis=0) @ model.covariates[earlier] - part.sum(axis=1) @ mean[later]
    steps = np.cumsum(effect * (counted[lost] / there.astype(np.float64) ** 2)[:, None], axis=0)
    before_all = np.zeros((1, mean.shape[1]))
    found: Floats = -np.vstack([before_all, steps])[np.searchsorted(lost, index, side="right")]
    found[censored] += (effect / there[:, None])[np.searchsorted(lost, index[censored])]
    return found
