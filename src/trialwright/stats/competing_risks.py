"""Competing risks: cumulative incidence of each cause (Aalen-Johansen), its variance and bands.

Conventions, where programs differ:

- times closer than the tolerance of `survival_counts` are one time; events come before censorings;
- two variances: "aalen" treats the causes as separate counting processes, with a correction for
  ties; "infinitesimal_jackknife" is the sum of squared influences of the subjects;
- where an incidence or its variance is 0 the plain band has no width and the log-log band is
  undefined; where an incidence is 1 the log-log band is undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.curve_bands import Band, normal_quantile
from trialwright.stats.kaplan_meier import kaplan_meier, require_landmark
from trialwright.stats.survival_counts import TIME_TOLERANCE, Counts, Floats
from trialwright.stats.tied_times import causes_of, causes_with, tied_times

VarianceKind: TypeAlias = Literal["aalen", "infinitesimal_jackknife"]
IncidenceBandKind: TypeAlias = Literal["loglog", "plain"]


@dataclass(frozen=True, slots=True)
class IncidenceConvention:
    """How limits of an incidence are formed: level, variance, scale of the band.

    "loglog" puts the limits on log(-log F), as F to the power exp(+-z SE / (F log F)).
    """

    conf_level: float
    variance: VarianceKind
    band: IncidenceBandKind

    def __post_init__(self) -> None:
        require_one_of("variance", self.variance, get_args(VarianceKind))
        require_one_of("band", self.band, get_args(IncidenceBandKind))


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeIncidence:
    """Incidence of each cause: one row per distinct time, in order.

    Attributes
    ----------
    subjects
        Number of subjects.
    time
        Distinct times, of events and of censorings, shape (times,).
    at_risk, censored
        Subjects at risk just before, and censored at each time, shape (times,).
    events
        Subjects with the event of each cause at each time, shape (times, causes).
    survival
        Probability of no event of any cause, shape (times,).
    incidence
        Cumulative incidence of each cause, shape (times, causes).
    """

    subjects: int
    time: Floats
    at_risk: Counts
    censored: Counts
    events: Counts
    survival: Floats
    incidence: Floats


@dataclass(frozen=True, slots=True)
class IncidenceAt:
    """Incidence of one cause by one time; `None` for limits that are undefined."""

    time: float
    incidence: float
    standard_error: float
    lower: float | None
    upper: float | None
    at_risk: int


def aalen_johansen(time: ArrayLike, cause: ArrayLike, causes: int) -> CumulativeIncidence:
    """Cumulative incidence of every cause.

    Parameters
    ----------
    time
        Follow-up times >= 0 in any unit, shape (subjects,).
    cause
        0 for censored, else the cause 1 to `causes`, shape (subjects,).
    causes
        Number of causes; a cause that nobody had has incidence 0.

    Raises
    ------
    DataError
        When nobody is given, a time is not valid, or a cause is not within 0 and `causes`.

    References
    ----------
    Aalen and Johansen, Scand J Stat 1978;5:141-150.
    """
    times = tied_times(time)
    codes = causes_of(cause, times.index.size, causes)
    at_risk = times.at_risk(np.ones(codes.size, dtype=np.bool_))
    events = np.stack([times.count(codes == k) for k in range(1, causes + 1)], axis=1)
    staying = at_risk - events.sum(axis=1)
    survival = np.cumprod(staying / at_risk)
    before = np.append(1.0, survival[:-1])
    incidence = np.cumsum((before / at_risk)[:, None] * events, axis=0)
    return CumulativeIncidence(
        codes.size, times.distinct, at_risk, times.count(codes == 0), events, survival, incidence
    )


def incidence_variance(curve: CumulativeIncidence, kind: VarianceKind) -> Floats:
    """Variance of each incidence, shape (times, causes).

    Raises
    ------
    DataError
        When the kind is unknown.

    References
    ----------
    "aalen": Aalen, Ann Stat 1978;6:534-545, with the tie correction of Gray, Ann Stat
    1988;16:1141-1154. "infinitesimal_jackknife": Gaynor et al., JASA 1993;88:400-409, equal to the
    infinitesimal jackknife of Efron, SIAM 1982, ch. 6.
    """
    require_one_of("variance", kind, _NOISE)
    columns = [_variance_of(curve, k, _NOISE[kind]) for k in range(curve.events.shape[1])]
    return np.stack(columns, axis=1)


def incidence_band(curve: CumulativeIncidence, convention: IncidenceConvention) -> Band:
    """Pointwise limits of each incidence, shape (times, causes); NaN where undefined.

    Raises
    ------
    DataError
        When the level is not within 0 and 1.

    References
    ----------
    Choudhury, Stat Med 2002;21:1129-1144 (log-log).
    """
    error = np.sqrt(incidence_variance(curve, convention.variance))
    return _limits(curve.incidence, error, convention)


def incidence_at(
    curve: CumulativeIncidence, cause: int, time: float, convention: IncidenceConvention
) -> IncidenceAt:
    """Incidence of one cause by `time`; beyond the last time its value there is carried.

    Raises
    ------
    DataError
        When the cause is not one of the curve, the time is negative or not a number, or the level
        not within 0 and 1.
    """
    require_landmark(time)
    if not 1 <= cause <= curve.events.shape[1]:
        raise DataError(
            "This is not a cause of the curve.",
            where=f'cause "{cause}"',
            allowed=f"1 to {curve.events.shape[1]}",
        )
    known = int(np.searchsorted(curve.time, time + TIME_TOLERANCE, side="right"))
    ahead = int(np.searchsorted(curve.time, time - TIME_TOLERANCE, side="left"))
    remaining = int(curve.at_risk[ahead]) if ahead < curve.time.size else 0
    value, error = np.zeros(1), np.zeros(1)
    if known:
        value = curve.incidence[known - 1 : known, cause - 1]
        variance = _variance_of(curve, cause - 1, _NOISE[convention.variance])
        error = np.sqrt(variance[known - 1 : known])
    limits = _limits(value, error, convention)
    lower, upper = (None if np.isnan(v[0]) else float(v[0]) for v in (limits.lower, limits.upper))
    return IncidenceAt(time, float(value[0]), float(error[0]), lower, upper, remaining)


def naive_incidence(time: ArrayLike, cause: ArrayLike, of: int) -> Floats:
    """1 - Kaplan-Meier of one cause with the others censored, at each distinct time.

    For comparison only: it is the incidence in a world without the other causes, and exceeds the
    cumulative incidence wherever another cause came first.

    Raises
    ------
    DataError
        When the times or causes are not valid, or `of` is no cause (0 means censored).
    """
    return 1 - kaplan_meier(time, causes_with(of, cause, np.size(time)) == of).survival


#: Variance of the noise at one time in (this cause, every cause), and their covariance, by
#: (subjects at risk, events of this cause, events of every cause), before the factor S(t-)^2.
_Noise: TypeAlias = Callable[[int, int, int], tuple[float, float, float]]


def _aalen_noise(at_risk: int, own: int, every: int) -> tuple[float, float, float]:
    mine, others = _counting(at_risk, own), _counting(at_risk, every - own)
    return mine, mine + others, mine


def _counting(at_risk: int, events: int) -> float:
    ties = (at_risk - events) / (at_risk - 1) if events > 1 else 1.0
    return ties * events / at_risk**2


def _multinomial_noise(at_risk: int, own: int, every: int) -> tuple[float, float, float]:
    cube, staying = float(at_risk) ** 3, at_risk - every
    return own * (at_risk - own) / cube, every * staying / cube, own * staying / cube


_NOISE: dict[VarianceKind, _Noise] = {
    "aalen": _aalen_noise,
    "infinitesimal_jackknife": _multinomial_noise,
}


def _variance_of(curve: CumulativeIncidence, column: int, noise: _Noise) -> Floats:
    """Variance of one incidence, carried from time to time with that of S and their covariance."""
    variance = np.zeros(curve.time.size)
    of_survival = joint = of_incidence = 0.0
    before = np.append(1.0, curve.survival[:-1]).tolist()
    own_events, every_event = curve.events[:, column].tolist(), curve.events.sum(axis=1).tolist()
    steps = zip(curve.at_risk.tolist(), own_events, every_event, before, strict=True)
    for row, (at_risk, own, every, survival) in enumerate(steps):
        if every:
            hazard, staying = own / at_risk, (at_risk - every) / at_risk
            of_incidence += hazard * (2 * joint + hazard * of_survival)
            joint = staying * (joint + hazard * of_survival)
            of_survival *= staying * staying
            mine, total, shared = noise(at_risk, own, every)
            of_incidence += survival * survival * mine
            joint -= survival * survival * shared
            of_survival += survival * survival * total
        variance[row] = max(of_incidence, 0.0)
    return variance


def _limits(value: Floats, error: Floats, convention: IncidenceConvention) -> Band:
    half = normal_quantile(convention.conf_level) * error
    if convention.band == "plain":
        return Band(np.maximum(value - half, 0.0), np.minimum(value + half, 1.0))
    known = (value > 0) & (value < 1)
    inside = np.where(known, value, 0.5)
    width = half / (inside * -np.log(inside))
    lower, upper = inside ** np.exp(width), inside ** np.exp(-width)
    return Band(np.where(known, lower, np.nan), np.where(known, upper, np.nan))
