"""Fine-Gray regression of the subdistribution hazard of one cause.

Conventions: tied events share one risk set (Breslow); the censoring distribution is one
Kaplan-Meier curve of all subjects, taken just before each time, with events before censorings.

The weight at t of a subject whose other cause came at T is G(t-) / G(T-), G the chance not to be
censored, so that sums over a risk set are running sums over time. Covariates are centred and
scaled while the model is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from trialwright.core.errors import DataError
from trialwright.stats.curve_bands import normal_quantile
from trialwright.stats.survival_counts import Counts, Flags, Floats
from trialwright.stats.tied_times import TiedTimes, causes_with, tied_times

_MAX_STEPS = 50
_MAX_HALVINGS = 30
#: Relative size of a Newton step after which the next one is below rounding.
_STEP_TOLERANCE = 1e-9
#: Information of a scaled covariate, per event, below which only rounding is left.
_NO_INFORMATION = 1e-10
#: Condition of the information, its diagonal made 1, from which covariates follow from others.
_DEPENDENT = 1e12


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
    centre
        Mean of each covariate, shape (covariates,).
    time, centre_hazard
        Times of events of the cause, and the step of the cumulative subdistribution hazard at
        each for a subject with covariates at the centre, shape (times,).
    iterations
        Newton steps.
    """

    coefficients: Floats
    covariance: Floats
    log_likelihood: float
    log_likelihood_null: float
    centre: Floats
    time: Floats
    centre_hazard: Floats
    iterations: int

    @property
    def baseline_hazard(self) -> Floats:
        """Step of the hazard at each time with all covariates 0; 0 or infinite where that is far off."""
        with np.errstate(over="ignore"):
            return self.centre_hazard * np.exp(-self.centre @ self.coefficients)

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
    """What the likelihood needs.

    `covariates` [subjects, covariates] are centred and scaled; `censored`, `own` and `other`
    [subjects] tell who is censored, has the event or another cause; `uncensored` is the chance not
    to be censored before each distinct time. `rows` are the distinct times with an event of the
    cause, `events` their numbers, `event_sum` [covariates] adds up the covariates of the events.
    """

    covariates: Floats
    times: TiedTimes
    censored: Flags
    own: Flags
    other: Flags
    uncensored: Floats
    rows: Counts
    events: Floats
    event_sum: Floats

    @property
    def later_weight(self) -> Floats:
        """1 / G(T-) of who has another cause, 0 of all others; shape (subjects,)."""
        return np.where(self.other, 1 / self.uncensored[self.times.index], 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _AtEvents:
    """Risk sets at the times of events: each subject's risk, total risk, mean of covariates."""

    risk: Floats
    total: Floats
    mean: Floats


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
    codes = causes_with(of, cause, times.index.size)
    given = _covariates(covariates, codes.size)
    centre, scale = given.mean(axis=0), _scale(given)
    model = _model(times, (codes == of, codes == 0), (given - centre) / scale)
    scaled, iterations = _maximum(model)
    value, _, information = _derivatives(model, scaled)
    bread = np.linalg.inv(information)
    influence = _influence(model, scaled)
    return FineGray(
        scaled / scale,
        bread @ influence.T @ influence @ bread / np.outer(scale, scale),
        value,
        _derivatives(model, np.zeros_like(scaled))[0],
        centre,
        times.distinct[model.rows],
        model.events / _at_events(model, scaled).total,
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
    with np.errstate(over="ignore"):
        ratio, lower, upper = (np.exp(fit.coefficients + side * half) for side in (0, -1, 1))
    return HazardRatios(ratio, lower, upper, p_value)


def predicted_incidence(fit: FineGray, covariates: ArrayLike) -> Floats:
    """Incidence at each `fit.time` for one subject with these covariates, shape (times,)."""
    given = np.atleast_1d(np.asarray(covariates, dtype=np.float64))
    if given.shape != fit.coefficients.shape:
        raise DataError(
            "A prediction needs one value per covariate.",
            where=f"{given.size} values for {fit.coefficients.size} covariates",
        )
    with np.errstate(over="ignore"):
        risk = np.exp((given - fit.centre) @ fit.coefficients)
    return -np.expm1(-np.cumsum(fit.centre_hazard * risk))


def _model(times: TiedTimes, happened: tuple[Flags, Flags], covariates: Floats) -> _Model:
    """Gather risk sets; `happened`: who has the event of the cause, and who is censored."""
    own, censored = happened
    events = times.count(own)
    if not events.any():
        raise DataError("Nobody has the event that is modelled.", where=f"{own.size} subjects")
    at_risk = times.at_risk(np.ones(own.size, dtype=np.bool_))
    uncensored = np.cumprod(1 - times.count(censored) / at_risk)
    rows = np.flatnonzero(events)
    return _Model(
        covariates, times, censored, own, ~own & ~censored, np.append(1.0, uncensored[:-1]),
        rows, events[rows].astype(np.float64), covariates[own].sum(axis=0),
    )  # fmt: skip


def _covariates(covariates: ArrayLike, subjects: int) -> Floats:
    given = np.asarray(covariates, dtype=np.float64)
    given = given[:, None] if given.ndim == 1 else given
    shaped = given.ndim == 2 and given.shape[0] == subjects and given.shape[1] > 0
    if not shaped or not np.isfinite(given).all():
        raise DataError(
            "These are not covariates of the subjects.",
            where=f"covariates of shape {given.shape} for {subjects} subjects",
            allowed="finite numbers, one row per subject, at least one column",
        )
    return given


def _scale(covariates: Floats) -> Floats:
    """Standard deviation of each covariate; 1 where it is constant, which is refused later."""
    flat = np.ptp(covariates, axis=0) == 0
    return np.where(flat, 1.0, covariates.std(axis=0))


def _by_time(times: TiedTimes, values: Floats) -> Floats:
    """Sum of `values` [subjects, columns] at each distinct time, shape (times, columns)."""
    size = times.distinct.size
    columns = [np.bincount(times.index, column, minlength=size) for column in values.T]
    return np.stack(columns, axis=1)


def _earlier(model: _Model, values: Floats) -> Floats:
    """Sum before each distinct time over those with another cause, each divided by G(T-)."""
    summed = np.cumsum(_by_time(model.times, values * model.later_weight[:, None]), axis=0)
    return np.vstack([np.zeros((1, values.shape[1])), summed[:-1]])


def _from_now_on(values: Floats) -> Floats:
    """Sum of each row and all after it."""
    return np.cumsum(values[::-1], axis=0)[::-1]


def _with_risk(model: _Model, risk: Floats) -> Floats:
    """Risk, and risk times each covariate, shape (subjects, 1 + covariates)."""
    return risk[:, None] * np.column_stack([np.ones_like(risk), model.covariates])


def _at_events(model: _Model, beta: Floats) -> _AtEvents:
    risk = np.exp(model.covariates @ beta)
    values = _with_risk(model, risk)
    there = _from_now_on(_by_time(model.times, values))
    gone = model.uncensored[:, None] * _earlier(model, values)
    sums = (there + gone)[model.rows]
    return _AtEvents(risk, sums[:, 0], sums[:, 1:] / sums[:, :1])


def _expected(model: _Model, hazard: Floats) -> Floats:
    """Sum of `hazard` [times of events, columns] over the risk sets of each subject, as weighed.

    Shape (subjects, columns): up to its own time with weight 1, after another cause with less.
    """
    index = model.times.index
    steps = np.zeros((model.times.distinct.size, hazard.shape[1]))
    steps[model.rows] = hazard
    later = np.vstack([_from_now_on(steps * model.uncensored[:, None])[1:], 0 * steps[:1]])
    found: Floats = np.cumsum(steps, axis=0)[index] + model.later_weight[:, None] * later[index]
    return found


def _derivatives(model: _Model, beta: Floats) -> tuple[float, Floats, Floats]:
    """Log-likelihood, score and information; not finite where the risks are too large."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        at = _at_events(model, beta)
        share = at.risk * _expected(model, (model.events / at.total)[:, None])[:, 0]
        second = model.covariates.T @ (share[:, None] * model.covariates)
        information = second - at.mean.T @ (model.events[:, None] * at.mean)
        value = float(model.event_sum @ beta - model.events @ np.log(at.total))
        return value, model.event_sum - model.events @ at.mean, information


def _maximum(model: _Model) -> tuple[Floats, int]:
    """Newton steps, halved while the likelihood falls."""
    beta = np.zeros(model.covariates.shape[1])
    for iteration in range(1, _MAX_STEPS + 1):
        value, score, information = _derivatives(model, beta)
        if not _informative(information, float(model.events.sum())):
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


def _informative(information: Floats, events: float) -> bool:
    """Whether every covariate says something that the others do not."""
    own = np.diag(information)
    if not np.isfinite(information).all() or own.min() <= _NO_INFORMATION * events:
        return False
    return bool(np.linalg.cond(information / np.sqrt(np.outer(own, own))) < _DEPENDENT)


def _influence(model: _Model, beta: Floats) -> Floats:
    """Influence of each subject on the score, shape (subjects, covariates).

    Its own event, less what was expected of it, plus its part in the censoring distribution.
    """
    at = _at_events(model, beta)
    hazard = (model.events / at.total)[:, None] * np.column_stack([np.ones_like(at.total), at.mean])
    expected = at.risk[:, None] * _expected(model, hazard)
    found: Floats = expected[:, 1:] - expected[:, :1] * model.covariates
    at_event = np.searchsorted(model.rows, model.times.index[model.own])
    found[model.own] += model.covariates[model.own] - at.mean[at_event]
    return found + _through_censoring(model, _with_risk(model, at.risk), hazard)


def _through_censoring(model: _Model, values: Floats, hazard: Floats) -> Floats:
    """Influence by way of the weights of those with another cause, shape (subjects, covariates)."""
    times, censored = model.times, model.censored
    counted = times.count(censored)
    lost = np.flatnonzero(counted)
    there = times.at_risk(np.ones(censored.size, dtype=np.bool_))[lost].astype(np.float64)
    steps = np.zeros((times.distinct.size, hazard.shape[1]))
    steps[model.rows] = model.uncensored[model.rows, None] * hazard
    gone, later = _earlier(model, values)[lost], _from_now_on(steps)[lost]
    effect: Floats = gone[:, 1:] * later[:, :1] - gone[:, :1] * later[:, 1:]
    sums = np.cumsum(effect * (counted[lost] / there**2)[:, None], axis=0)
    before_all = np.zeros((1, effect.shape[1]))
    found: Floats = -np.vstack([before_all, sums])[np.searchsorted(lost, times.index, side="right")]
    found[censored] += (effect / there[:, None])[np.searchsorted(lost, times.index[censored])]
    return found
