"""Kaplan-Meier: curve, bands, quantiles, landmark rates, reverse curve. Arrays in, numbers out.

Conventions, where programs differ, are the fields of `Counting` (times, late entry), of
`Convention` (bands, quantiles) and the argument `ties` of the reverse curve. With late entry
(left truncation) every number is conditional on reaching `KaplanMeier.start`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.curve_bands import (
    DEFAULT_EDGES,
    Band,
    BandKind,
    Edges,
    Floats,
    normal_quantile,
    survival_limits,
)
from trialwright.stats.survival_counts import (
    DEFAULT_COUNTING,
    TIME_TOLERANCE,
    Counting,
    Counts,
    RiskSets,
    Tally,
    risk_sets,
)

__all__ = (
    "DEFAULT_COUNTING", "DEFAULT_EDGES", "TIME_TOLERANCE", "Band", "BandKind", "Convention",
    "Counting", "Counts", "Edges", "Estimate", "FlatEnd", "Floats", "KaplanMeier", "Landmark",
    "QuantileTie", "ReverseTie", "band", "first_crossing", "kaplan_meier", "landmark", "quantile",
    "require_landmark", "require_probability", "reverse_kaplan_meier",
)  # fmt: skip

QuantileTie: TypeAlias = Literal["midpoint", "left"]
FlatEnd: TypeAlias = Literal["last_time", "open"]
ReverseTie: TypeAlias = Literal["swap", "events_first"]


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
    sets
        The counts behind the curve, with entries.
    """

    subjects: int
    time: Floats
    at_risk: Tally
    events: Tally
    censored: Tally
    survival: Floats
    log_variance: Floats
    sets: RiskSets

    @property
    def standard_error(self) -> Floats:
        """Greenwood standard error of S(t); NaN where S = 0."""
        return self.survival * np.sqrt(_finite(self.log_variance))

    @property
    def start(self) -> float:
        """Time from which somebody is under observation; S(t) is conditional on reaching it."""
        return max(0.0, float(self.sets.entry[0]))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its limits; `None` for what cannot be estimated."""

    value: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Landmark:
    """S(t) at one time with its limits and the subjects at risk just before it (rule T-08).

    At time 0 `at_risk` is those under observation from then on.
    """

    time: float
    survival: float
    standard_error: float | None
    lower: float | None
    upper: float | None
    at_risk: int


@dataclass(frozen=True, slots=True)
class Convention:
    """How limits and quantiles are formed.

    Attributes
    ----------
    conf_level
        Level of the limits, two-sided.
    band
        Scale on which the limits are symmetric.
    tie
        A quantile on a flat piece of the curve is its midpoint or its left end (rule T-05).
    flat_end
        A flat piece that reaches the end of follow-up ends at the last time, or is left "open",
        and then its midpoint is not estimable.
    edges
        Limits where S is 0 or 1.
    """

    conf_level: float
    band: BandKind
    tie: QuantileTie
    flat_end: FlatEnd = "last_time"
    edges: Edges = DEFAULT_EDGES

    def __post_init__(self) -> None:
        require_one_of("band", self.band, get_args(BandKind))
        require_one_of("tie", self.tie, get_args(QuantileTie))
        require_one_of("flat_end", self.flat_end, get_args(FlatEnd))


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    counting: Counting = DEFAULT_COUNTING,
) -> KaplanMeier:
    """Product-limit estimate of the survival function.

    Parameters
    ----------
    time
        Follow-up times >= 0 in any unit, shape (subjects,).
    event
        True for an event, false for a censored time, shape (subjects,).
    entry
        Times from which subjects are under observation, at risk on (entry, time]; minus infinity
        is from the start, which an event at time 0 needs.
    weights
        Frequencies >= 0: a weight of 2 is two subjects. Weights that are not whole count as parts
        of subjects, also in the variance; that is no variance for sampling weights.
    counting
        Tolerance of times, and what happens when the risk set becomes empty early.

    Raises
    ------
    DataError
        When nobody is given, shapes differ, a time is negative or not a number, an entry is not
        before its time, a weight is negative or all are 0, or (with entries) nobody is left at
        risk, or S(t) reaches 0, while others are still to come.

    References
    ----------
    Kaplan and Meier, JASA 1958;53:457-481; variance: Greenwood 1926; late entry: Tsai, Jewell and
    Wang, Biometrika 1987;74:883-886; rule T-04.
    """
    sets = risk_sets(time, event, entry, weights, counting)
    return _curve(sets, sets.at_risk, (sets.events, sets.censored), counting)


def reverse_kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    ties: ReverseTie,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> KaplanMeier:
    """Curve of the follow-up time: being censored is the event (rule T-06).

    Parameters
    ----------
    time, event, entry, weights
        As for `kaplan_meier`.
    ties
        "swap": events and censorings change places, so at a tied time the former censorings come
        first. "events_first": those with the event leave before the others of the same time.

    Raises
    ------
    DataError
        As `kaplan_meier`, and when `ties` is unknown.

    References
    ----------
    Schemper and Smith, Control Clin Trials 1996;17:343-346.
    """
    require_one_of("ties", ties, get_args(ReverseTie))
    sets = risk_sets(time, event, entry, weights)
    exposed = sets.at_risk
    if ties == "events_first":
        exposed = np.where(sets.staying == 0, sets.censored, sets.at_risk - sets.events)
    return _curve(sets, exposed, (sets.censored, sets.events), DEFAULT_COUNTING)


def band(
    curve: KaplanMeier, conf_level: float, kind: BandKind, edges: Edges = DEFAULT_EDGES
) -> Band:
    """Pointwise confidence limits of S(t) on the scale `kind`, within 0 and 1.

    Raises
    ------
    DataError
        When the level is not between 0 and 1, or `kind` is unknown.
    """
    z = normal_quantile(conf_level)
    return survival_limits(curve.survival, curve.log_variance, z, kind, edges)


def quantile(curve: KaplanMeier, probability: float, convention: Convention) -> Estimate:
    """The time by which a share `probability` has had the event, with its limits.

    The limits are the first times at which the band lies at or below 1 - `probability`, by the
    same rule for flat pieces (rule T-05).

    Raises
    ------
    DataError
        When the probability is not between 0 and 1.

    References
    ----------
    Brookmeyer and Crowley, Biometrics 1982;38:29-41, on the scale of the band.
    """
    require_probability(probability)
    limits = band(curve, convention.conf_level, convention.band, convention.edges)
    return Estimate(
        *(
            first_crossing(curve.time, falling, 1 - probability, convention)
            for falling in (curve.survival, limits.lower, limits.upper)
        )
    )


def require_probability(probability: float) -> None:
    """Refuse a probability that has no quantile."""
    if not 0 < probability < 1:
        raise DataError(
            "This is not the probability of a quantile.",
            where=f"{probability}",
            allowed="between 0 and 1; 0.5 is the median",
        )


def landmark(curve: KaplanMeier, time: float, convention: Convention) -> Landmark:
    """S(t) at `time` with its limits; beyond the last time its value there is carried.

    Before the first time S = 1 with limits 1 and 1, unless the edges leave them undefined.
    Callers that show a rate of 1 or 0 without limits (rule T-04) look at `survival`, those that
    show nothing where nobody is left look at `at_risk`.

    Raises
    ------
    DataError
        When the time is negative or not a number.
    """
    require_landmark(time)
    at_risk = curve.sets.just_before(time)
    z = normal_quantile(convention.conf_level)
    known = int(np.searchsorted(curve.time, time + curve.sets.tolerance, side="right"))
    if known == 0:
        limit = None if convention.edges.at_one == "undefined" else 1.0
        return Landmark(time, 1.0, 0.0, limit, limit, at_risk)
    last = slice(known - 1, known)
    survival, variance = curve.survival[last], curve.log_variance[last]
    limits = survival_limits(survival, variance, z, convention.band, convention.edges)
    error = survival * np.sqrt(_finite(variance))
    shown = (_number(error[0]), _number(limits.lower[0]), _number(limits.upper[0]))
    return Landmark(time, float(survival[0]), *shown, at_risk)


def require_landmark(time: float) -> None:
    """Refuse a time at which no rate exists."""
    if not 0 <= time < np.inf:
        raise DataError("This is no time.", where=f"{time}", allowed="a finite time of 0 or more")


def _curve(
    sets: RiskSets, exposed: Tally, leaving: tuple[Tally, Tally], counting: Counting
) -> KaplanMeier:
    """Product over the times; `leaving` are those with the event and those without."""
    events, censored = leaving
    stay = exposed - events
    some = events > 0
    whole = np.where(some, exposed, 1)
    survival: Floats = np.cumprod(np.where(some, stay / whole, 1.0), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms: Floats = events / (whole * stay.astype(np.float64))
    variance: Floats = np.cumsum(np.where(some, terms, 0.0), dtype=np.float64)
    if counting.gap == "refuse":
        _require_someone(sets, survival)
    return KaplanMeier(
        sets.subjects, sets.time, exposed, events, censored, survival, variance, sets
    )


def _require_someone(sets: RiskSets, survival: Floats) -> None:
    """Refuse late entries that come when nobody, or no survival, is left to carry on from."""
    empty = sets.gaps[0] if sets.gaps else None
    spent = sets.time[survival <= 0]
    if empty is None and (spent.size == 0 or sets.entry[-1] < spent[0]):
        return
    resume = empty[1] if empty else float(spent[0])
    raise DataError(
        "The survival curve cannot be carried on.",
        where=f"nobody is under observation from {empty[0]:g} to {empty[1]:g}"
        if empty
        else f"everyone at risk has the event at {spent[0]:g}, and others enter later",
        allowed="somebody at risk from the first entry to the last time",
        do=f"estimate the curve of those who reach {resume:g}, or carry the last value on "
        '(gap "carry")',
    )


def first_crossing(
    time: Floats, falling: Floats, level: float, convention: Convention
) -> float | None:
    """First time at which `falling` is at or below `level`; `None` when it never is."""
    reached = falling <= level + TIME_TOLERANCE
    first = int(np.argmax(reached))
    if not reached[first]:
        return None
    if convention.tie == "left" or falling[first] < level - TIME_TOLERANCE:
        return float(time[first])
    below = falling[first:] < level - TIME_TOLERANCE
    if not below.any() and convention.flat_end == "open":
        return None
    end = first + int(np.argmax(below)) if below.any() else time.size - 1
    return float(time[first] + time[end]) / 2


def _finite(variance: Floats) -> Floats:
    return np.where(np.isfinite(variance), variance, np.nan)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
