"""Cox proportional hazards model: hazard ratios with limits and tests (never without a control, T-10).

Conventions, where programs differ:

- ties: Efron, Breslow, or exact (discrete time);
- limits and p-values of a coefficient are Wald's, on the scale of the log hazard ratio;
- an infinite estimate (monotone likelihood) and collinear covariates are refused, never reported;
- with clusters, limits and the Wald tests use the robust variance; the likelihood ratio and score
  tests do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.cox_likelihood import (
    Evaluated,
    Stratum,
    TieMethod,
    log_likelihood,
    never_turns,
    score_residuals,
    strata_of,
)
from trialwright.stats.follow_up import FollowUp, coded
from trialwright.stats.score_test import ChiSquareTest, chi_square_test
from trialwright.stats.survival_counts import Counts, Floats


@dataclass(frozen=True, slots=True)
class CoxConvention:
    """Method for tied events, and the two-sided level of intervals."""

    ties: TieMethod = "efron"
    conf_level: float = 0.95

    def __post_init__(self) -> None:
        require_one_of("ties", self.ties, get_args(TieMethod))


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """Covariates with their names: shape (rows, covariates), or (rows,) for one."""

    values: ArrayLike
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """Case weights > 0, and labels of clusters for the robust variance; `None`: all one, none."""

    weight: ArrayLike | None = None
    cluster: ArrayLike | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoxFit:
    """A fitted Cox model; arrays in the order of `names`.

    Attributes
    ----------
    rows, events
        Rows, and rows that end with the event.
    coefficient, standard_error
        Log hazard ratio of one unit more, and its standard error (robust with clusters).
    covariance, model_covariance
        Covariance of the coefficients, and the one from the information alone; the same without
        clusters.
    hazard_ratio, lower, upper
        Hazard ratio with its limits.
    p_value
        Two-sided Wald p-value of each coefficient.
    log_likelihood_null, log_likelihood
        Log partial likelihood at zero and at the estimate.
    likelihood_ratio, score, wald
        Tests of all coefficients together.
    """

    names: tuple[str, ...]
    rows: int
    events: int
    coefficient: Floats
    standard_error: Floats
    covariance: Floats
    model_covariance: Floats
    hazard_ratio: Floats
    lower: Floats
    upper: Floats
    p_value: Floats
    log_likelihood_null: float
    log_likelihood: float
    likelihood_ratio: ChiSquareTest
    score: ChiSquareTest
    wald: ChiSquareTest
    convention: CoxConvention


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """What is fitted: strata with covariates centred and scaled by `scale`."""

    strata: tuple[Stratum, ...]
    names: tuple[str, ...]
    scale: Floats
    ties: TieMethod

    def at(self, beta: Floats) -> Evaluated:
        return log_likelihood(self.strata, beta, self.ties)


@dataclass(frozen=True, slots=True, eq=False)
class _Maximum:
    beta: Floats
    null: Evaluated
    top: Evaluated
    covariance: Floats


_NO_SAMPLING = Sampling()
_Clusters: TypeAlias = "Counts | None"


def cox(
    data: FollowUp,
    covariates: Covariates,
    convention: CoxConvention,
    sampling: Sampling = _NO_SAMPLING,
) -> CoxFit:
    """Fit a Cox model by maximum partial likelihood.

    Parameters
    ----------
    data
        Follow-up, with late entry and strata where there are any. Several rows of one subject
        make covariates that change with time.
    covariates
        Numbers without gaps; name them as a reader would.
    convention
        Ties and level.
    sampling
        Case weights and clusters.

    Raises
    ------
    DataError
        When nobody has the event, no covariate is given, a covariate has gaps, does not vary among those at risk, or
        follows from the others, when an estimate is infinite, or the level is not within 0 and 1.

    References
    ----------
    Cox, JRSS B 1972;34:187-220; ties: Breslow 1974, Efron 1977; robust variance: Lin and Wei,
    JASA 1989;84:1074-1078; monotone likelihood: Bryson and Johnson, Technometrics 1981;23:381-383.
    """
    values, weight, clusters = _checked(data, covariates, convention, sampling)
    model = _model(data, values, weight, (covariates.names, convention.ties))
    found = _maximise(model, _informative(model))
    covariance = found.covariance
    if clusters is not None:
        residuals = score_residuals(model.strata, found.beta, data.rows, convention.ties)
        summed = np.zeros((int(clusters.max()) + 1, values.shape[1]))
        np.add.at(summed, clusters, residuals)
        covariance = covariance @ (summed.T @ summed) @ covariance
    return _fit(data, (model, found), covariance, convention)


def _fit(
    data: FollowUp, fitted: tuple[_Model, _Maximum], covariance: Floats, convention: CoxConvention
) -> CoxFit:
    model, found = fitted
    coefficient, products = found.beta / model.scale, np.outer(model.scale, model.scale)
    error = np.sqrt(np.diag(covariance)) / model.scale
    half = float(special.ndtri(0.5 + convention.conf_level / 2)) * error
    gradient, null, top, df = found.null.gradient, found.null, found.top, found.beta.size
    with np.errstate(over="ignore"):
        ratio, lower, upper = (np.exp(coefficient + side * half) for side in (0, -1, 1))
    return CoxFit(
        names=model.names,
        rows=data.rows,
        events=int(data.event.sum()),
        coefficient=coefficient,
        standard_error=error,
        covariance=covariance / products,
        model_covariance=found.covariance / products,
        hazard_ratio=ratio,
        lower=lower,
        upper=upper,
        p_value=2 * special.ndtr(-np.abs(coefficient / error)),
        log_likelihood_null=null.value,
        log_likelihood=top.value,
        likelihood_ratio=chi_square_test(2 * (top.value - null.value), df),
        score=chi_square_test(float(gradient @ np.linalg.solve(null.information, gradient)), df),
        wald=chi_square_test(float(found.beta @ np.linalg.solve(covariance, found.beta)), df),
        convention=convention,
    )


def _model(
    data: FollowUp, values: Floats, weight: Floats, named: tuple[tuple[str, ...], TieMethod]
) -> _Model:
    names, ties = named
    centred = values - values.mean(axis=0)
    scale = centred.std(axis=0)
    flat = np.ptp(values, axis=0) == 0
    if flat.any():
        _refuse_flat([name for name, is_flat in zip(names, flat, strict=True) if is_flat])
    return _Model(strata_of(data, centred / scale, weight), names, scale, ties)


#: A covariate with less than this share of information is a combination of the others.
_NO_INFORMATION = 1e-10


def _informative(model: _Model) -> Evaluated:
    """Likelihood at zero, once every covariate is known to say something that the others do not."""
    null = model.at(np.zeros(len(model.names)))
    information = null.information
    kept: list[int] = []
    for column, name in enumerate(model.names):
        own = information[column, column]
        if own <= _NO_INFORMATION:
            _refuse_flat([name])
        shared = information[np.ix_(kept, [column])]
        explained = shared.T @ np.linalg.solve(information[np.ix_(kept, kept)], shared)
        if own - float(explained.sum()) <= _NO_INFORMATION * own:
            raise DataError(
                f'The covariate "{name}" follows from the others, so it has no coefficient.',
                where=f"covariates {', '.join(model.names)}",
                allowed="covariates of which none is a combination of the others",
                do=f'leave out "{name}" or one it depends on',
            )
        kept.append(column)
    return null


_MAX_STEPS = 30
_MAX_HALVINGS = 30
#: Steps after which a likelihood that still rises is looked at: with a maximum few are needed.
_USUAL_STEPS = 8
#: Once a Newton step is this small in standard errors, the next one is below rounding.
_CLOSE = 1e-8


def _maximise(model: _Model, null: Evaluated) -> _Maximum:
    """Newton's method with step halving; the error left after the last step is of second order."""
    beta: Floats = np.zeros(len(model.names))
    current = null
    for steps in range(_MAX_STEPS):
        if not _positive(current.information):
            break
        step = _solved(current.information, current.gradient)
        length = max(float(current.gradient @ step), 0.0) ** 0.5
        beta, current = _climb(model, (beta, current), step)
        if length < _CLOSE and _positive(current.information):
            covariance = _solved(current.information, np.eye(beta.size))
            return _Maximum(beta, null, current, covariance)
        if steps >= _USUAL_STEPS:
            _require_turning(model, step)
    raise DataError(
        "The Cox model did not reach a maximum.",
        where=f"covariates {', '.join(model.names)}, {_MAX_STEPS} steps",
        do="use fewer covariates, or look for values far from all others",
    )


def _climb(
    model: _Model, start: tuple[Floats, Evaluated], step: Floats
) -> tuple[Floats, Evaluated]:
    beta, current = start
    least = current.value - 1e-12 * (1 + abs(current.value))
    for halving in range(_MAX_HALVINGS):
        moved = beta + step / 2**halving
        found = model.at(moved)
        if found.value >= least:
            return moved, found
    return start


def _solved(matrix: Floats, right: Floats) -> Floats:
    return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)


def _positive(information: Floats) -> bool:
    return bool(np.isfinite(information).all() and np.linalg.eigvalsh(information).min() > 0)


def _require_turning(model: _Model, step: Floats) -> None:
    """Refuse a likelihood that rises for ever in the direction of the step."""
    largest = float(np.abs(step).max())
    if not largest > 0 or not never_turns(model.strata, step / largest, model.ties):
        return
    moving = np.abs(step) > 1e-3 * largest
    names = [name for name, moves in zip(model.names, moving, strict=True) if moves]
    raise DataError(
        f"The hazard ratio of {_listed(names)} has no finite estimate: whoever has the event "
        "always has the most extreme value of those at risk.",
        where=f"covariates {', '.join(model.names)}",
        do="report the events by group and the log-rank test, which exists; or join groups "
        "beforehand so that each has events",
    )


def _refuse_flat(names: list[str]) -> None:
    raise DataError(
        f"{_listed(names)} does not differ between those at risk when events happen, so it has "
        "no hazard ratio.",
        where="all events and strata",
        do="leave it out; a hazard ratio needs a concurrent control group",
    )


def _listed(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _checked(
    data: FollowUp, covariates: Covariates, convention: CoxConvention, sampling: Sampling
) -> tuple[Floats, Floats, _Clusters]:
    values = np.asarray(covariates.values, dtype=np.float64)
    values = values[:, None] if values.ndim == 1 else values
    shaped = values.shape == (data.rows, len(covariates.names)) and len(covariates.names) > 0
    if not shaped or not np.isfinite(values).all():
        raise DataError(
            "These are not covariates of the follow-up.",
            where=f"values of shape {values.shape}, {len(covariates.names)} names",
            allowed=f"a finite number in each of {data.rows} rows, one name a column, one or more",
            do="leave out rows with a gap, and count them beside the result",
        )
    if not 0 < convention.conf_level < 1:
        raise DataError(
            "This is not a confidence level.",
            where=f'conf_level "{convention.conf_level}"',
            allowed="a number between 0 and 1, such as 0.95",
        )
    if not data.event.any():
        raise DataError(
            "Nobody has the event, so no hazard ratio exists.", where=f"{data.rows} rows"
        )
    return values, *_sampled(data, convention.ties, sampling)


def _sampled(data: FollowUp, ties: TieMethod, sampling: Sampling) -> tuple[Floats, _Clusters]:
    plain = sampling.weight is None and sampling.cluster is None
    weight = np.ones(data.rows)
    if sampling.weight is not None:
        weight = np.asarray(sampling.weight, dtype=np.float64)
    usable = weight.shape == (data.rows,) and np.isfinite(weight).all() and weight.min() > 0
    if not usable or (ties == "exact" and not plain):
        raise DataError(
            "These weights or clusters cannot be used.",
            where=f'weights of shape {weight.shape} for {data.rows} rows, ties "{ties}"',
            allowed='weights above 0, one a row; ties "efron" or "breslow"',
        )
    if sampling.cluster is None:
        return weight, None
    return weight, coded(sampling.cluster, data.rows, "cluster")[1]
