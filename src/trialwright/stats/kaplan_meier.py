"""Kaplan-Meier: curve, bands, quantiles, landmark rates, reverse curve. Arrays in, numbers out.

Conventions, where programs differ:

- times closer than `TIME_TOLERANCE` are one time; times of zero are kept;
- where S = 1 the plain and log bands are (1, 1), the others undefined; where S = 0 every band is
  undefined, so a limit that the band never reaches is not estimable;
- a quantile on a flat piece is its midpoint ("midpoint") or its left end ("left"); a flat piece
  that reaches the end of follow-up ends at the last time;
- limits of a quantile are the first times at which the band lies at or below the probability.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from trialwright.core.errors import DataError

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]
_Leaving: TypeAlias = tuple[Counts, Counts]
BandKind: TypeAlias = Literal["loglog", "log", "plain", "logit", "arcsin"]
QuantileTie: TypeAlias = Literal["midpoint", "left"]
ReverseTie: TypeAlias = Literal["swap", "events_first"]

#: Times, and survival probabilities, that differ by less are equal.
TIME_TOLERANCE = 1.5e-8


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeier:
    """A Kaplan-Meier curve: one entry per distinct time, in order; all arrays shape (times,).

    Attributes
    ----------
    subjects
        Number of subjects.
    time
        Distinct times, of events and of censorings.
    at_risk, events, censored
        Subjects at risk just before, with the event at, and censored at each time.
    survival
        S(t) at each time.
    log_variance
        Greenwood variance of log S(t); infinite where S = 0.
    """

    subjects: int
    time: Floats
    at_risk: Counts
    events: Counts
    censored: Counts
    survival: Floats
    log_variance: Floats

    @property
    def standard_error(self) -> Floats:
        """Greenwood standard error of S(t); NaN where S = 0."""
        return self.survival * np.sqrt(_finite(self.log_variance))


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Pointwise limits at each time of a curve; NaN where undefined."""

    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its limits; `None` for what cannot be estimated."""

    value: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Landmark:
    """S(t) at one time with its limits and the subjects at risk just before it."""

    time: float
    survival: float
    standard_error: float | None
    lower: float | None
    upper: float | None
    at_risk: int


@dataclass(frozen=True, slots=True)
class Convention:
    """How limits and quantiles are formed: level, scale of the band, rule for flat pieces."""

    conf_level: float
    band: BandKind
    tie: QuantileTie


def kaplan_meier(time: ArrayLike, event: ArrayLike) -> KaplanMeier:
    """Product-limit estimate of the survival function.

    Parameters
    ----------
    time
        Follow-up times >= 0 in any unit, shape (subjects,).
    event
        True for an event, false for a censored time, shape (subjects,).

    Raises
    ------
    DataError
        When nobody is given, shapes differ, or a time is negative or not a number.

    References
    ----------
    Kaplan and Meier, JASA 1958;53:457-481; variance: Greenwood 1926; rule T-04.
    """
    subjects, distinct, at_risk, leaving = _tally(time, event)
    return _curve(subjects, distinct, at_risk, leaving)


def reverse_kaplan_meier(time: ArrayLike, event: ArrayLike, ties: ReverseTie) -> KaplanMeier:
    """Curve of the follow-up time: being censored is the event (rule T-06).

    Parameters
    ----------
    time, event
        As for `kaplan_meier`.
    ties
        "swap": events and censorings change places, so at a tied time the former censorings come
        first. "events_first": those with the event leave before the others of the same time.

    References
    ----------
    Schemper and Smith, Control Clin Trials 1996;17:343-346.
    """
    subjects, distinct, at_risk, (events, censored) = _tally(time, event)
    gone = events if ties == "events_first" else np.zeros_like(events)
    return _curve(subjects, distinct, at_risk - gone, (censored, events))


def band(curve: KaplanMeier, conf_level: float, kind: BandKind) -> Band:
    """Pointwise confidence limits of S(t) on the scale `kind`, within 0 and 1.

    References
    ----------
    Kalbfleisch and Prentice 1980 (log-log); Borgan and Liestol, Scand J Stat 1990;17:35-41.
    """
    z = float(special.ndtri(0.5 + conf_level / 2))
    return Band(*_limits(curve.survival, curve.log_variance, z, kind))


def quantile(curve: KaplanMeier, probability: float, convention: Convention) -> Estimate:
    """The time by which a share `probability` has had the event, with its limits.

    The limits are those of the band (rule T-05).

    References
    ----------
    Brookmeyer and Crowley, Biometrics 1982;38:29-41, on the scale of the band.
    """
    limits = band(curve, convention.conf_level, convention.band)
    level = 1 - probability
    value, lower, upper = (
        _first_crossing(curve.time, falling, level, convention.tie)
        for falling in (curve.survival, limits.lower, limits.upper)
    )
    return Estimate(value, lower, upper)


def landmark(curve: KaplanMeier, time: float, convention: Convention) -> Landmark:
    """S(t) at `time` with its limits; beyond the last time its value there is carried.

    Before the first time S = 1 with limits 1 and 1; callers that show a rate of 1 or 0 without
    limits (rule T-04) look at `survival`.
    """
    known = int(np.searchsorted(curve.time, time + TIME_TOLERANCE, side="right"))
    at_risk = int(np.searchsorted(curve.time, time - TIME_TOLERANCE, side="left"))
    remaining = int(curve.at_risk[at_risk]) if at_risk < curve.time.size else 0
    if known == 0:
        return Landmark(time, 1.0, 0.0, 1.0, 1.0, remaining)
    last = slice(known - 1, known)
    z = float(special.ndtri(0.5 + convention.conf_level / 2))
    survival, variance = curve.survival[last], curve.log_variance[last]
    lower, upper = _limits(survival, variance, z, convention.band)
    error = survival * np.sqrt(_finite(variance))
    shown = (_number(error[0]), _number(lower[0]), _number(upper[0]))
    return Landmark(time, float(survival[0]), *shown, remaining)


def _tally(time: ArrayLike, event: ArrayLike) -> tuple[int, Floats, Counts, _Leaving]:
    """Number of subjects; distinct times; subjects at risk, with the event and censored at each."""
    times = np.asarray(time, dtype=np.float64) + 0.0
    status = np.asarray(event, dtype=np.bool_)
    _require_times(times, status)
    ordered, status = _sorted_together(times, status)
    starts = _starts(ordered)
    counts = np.diff(np.append(starts, ordered.size))
    events = np.add.reduceat(status.astype(np.int64), starts)
    return ordered.size, ordered[starts], ordered.size - starts, (events, counts - events)


def _require_times(times: Floats, status: NDArray[np.bool_]) -> None:
    shaped = times.ndim == 1 and times.shape == status.shape and times.size > 0
    if shaped and times.min() >= 0 and np.isfinite(times.max()):
        return
    raise DataError(
        "These are not follow-up times.",
        where=f"times of shape {times.shape}, events of shape {status.shape}",
        allowed="at least one subject, one event mark per time, finite times of 0 or more",
    )


def _sorted_together(times: Floats, status: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
    """Order by time, with one sort of whole numbers, several times faster than sorting by index.

    The bits of a float of 0 or more order like a whole number and leave room for the mark.
    """
    one = np.uint64(1)
    keys = (times.view(np.uint64) << one) | status
    keys.sort()
    return (keys >> one).view(np.float64), (keys & one).astype(np.bool_)


def _starts(ordered: Floats) -> Counts:
    """Index at which each distinct time starts; near-equal neighbours are one time."""
    steps = np.diff(ordered)
    different = np.flatnonzero(steps > 0) + 1
    distinct = ordered[np.append(0, different)]
    scale = max(1.0, float(distinct.mean()))
    apart = steps[different - 1] > TIME_TOLERANCE * scale
    return np.append(0, different[apart]).astype(np.int64)


def _curve(subjects: int, time: Floats, at_risk: Counts, leaving: _Leaving) -> KaplanMeier:
    events, censored = leaving
    staying = at_risk - events
    exposed = np.maximum(at_risk, 1)
    survival: Floats = np.cumprod(np.where(events > 0, staying / exposed, 1.0), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms: Floats = events / (exposed * staying.astype(np.float64))
    variance: Floats = np.cumsum(np.where(events > 0, terms, 0.0), dtype=np.float64)
    return KaplanMeier(subjects, time, at_risk, events, censored, survival, variance)


def _limits(survival: Floats, variance: Floats, z: float, kind: BandKind) -> tuple[Floats, Floats]:
    known = survival > 0
    if kind not in {"plain", "log"}:
        known &= survival < 1
    inside = np.where(known, survival, 0.5)
    half = z * np.sqrt(np.where(known, variance, 0.0))
    lower, upper = _SCALES[kind](inside, half)
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


def _plain(survival: Floats, half: Floats) -> tuple[Floats, Floats]:
    width = half * survival
    return np.maximum(survival - width, 0.0), np.minimum(survival + width, 1.0)


def _log(survival: Floats, half: Floats) -> tuple[Floats, Floats]:
    return survival * np.exp(-half), np.minimum(survival * np.exp(half), 1.0)


def _loglog(survival: Floats, half: Floats) -> tuple[Floats, Floats]:
    hazard = -np.log(survival)
    factor = np.exp(half / hazard)
    return np.exp(-hazard * factor), np.exp(-hazard / factor)


def _logit(survival: Floats, half: Floats) -> tuple[Floats, Floats]:
    centre, width = special.logit(survival), half / (1 - survival)
    return special.expit(centre - width), special.expit(centre + width)


def _arcsin(survival: Floats, half: Floats) -> tuple[Floats, Floats]:
    centre = np.arcsin(np.sqrt(survival))
    width = half / 2 * np.sqrt(survival / (1 - survival))
    lower, upper = np.maximum(centre - width, 0.0), np.minimum(centre + width, np.pi / 2)
    return np.sin(lower) ** 2, np.sin(upper) ** 2


#: Limits by scale: S(t) and z times the standard error of log S(t), to lower and upper limit.
_SCALES: dict[BandKind, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {
    "plain": _plain,
    "log": _log,
    "loglog": _loglog,
    "logit": _logit,
    "arcsin": _arcsin,
}


def _first_crossing(time: Floats, falling: Floats, level: float, tie: QuantileTie) -> float | None:
    """First time at which `falling` is at or below `level`; `None` when it never is."""
    reached = falling <= level + TIME_TOLERANCE
    first = int(np.argmax(reached))
    if not reached[first]:
        return None
    if tie == "left" or falling[first] < level - TIME_TOLERANCE:
        return float(time[first])
    below = falling[first:] < level - TIME_TOLERANCE
    end = first + int(np.argmax(below)) if below.any() else time.size - 1
    return float(time[first] + time[end]) / 2


def _finite(variance: Floats) -> Floats:
    return np.where(np.isfinite(variance), variance, np.nan)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
