"""Many Kaplan-Meier curves of one size at once: quantiles and landmark rates for simulations.

The numbers are those of `kaplan_meier` for each row, to the last bit, under both engines. NaN is
what cannot be estimated (not reached).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.compiled import machine_code
from trialwright.stats.curve_bands import normal_quantile, survival_limits
from trialwright.stats.kaplan_meier import Convention, require_landmark, require_probability
from trialwright.stats.km_loops import Crossing, Curves, Rows
from trialwright.stats.survival_counts import TIME_TOLERANCE, Counts, Flags, Floats, event_marks

Engine: TypeAlias = Literal["numpy", "numba"]
_Fill: TypeAlias = Callable[[Rows, Curves], None]

#: Subjects worked on at a time: few enough to stay in the fast memory of a processor.
_BLOCK = 131_072
#: Whole times below this are sorted together with their event marks as short numbers.
_SHORT = 2**25


@dataclass(frozen=True, slots=True, eq=False)
class BatchEstimates:
    """One estimate with its limits per curve, shape (curves,); NaN where not estimable."""

    value: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True, eq=False)
class BatchLandmarks:
    """S(t) at one time per curve, shape (curves,); NaN where undefined, as in `Landmark`."""

    time: float
    survival: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    at_risk: Counts


@dataclass(frozen=True, slots=True, eq=False)
class BatchSummaries:
    """A quantile with its limits and the shares at some landmarks, from one pass over the curves."""

    quantile: BatchEstimates
    landmarks: tuple[BatchLandmarks, ...]


def batched_quantiles(
    time: ArrayLike,
    event: ArrayLike,
    probability: float,
    convention: Convention,
    engine: Engine = "numpy",
) -> Floats:
    """Time by which a share `probability` has had the event, in each row; NaN if not reached.

    Parameters
    ----------
    time, event
        Follow-up times >= 0 (whole days are fastest) and event marks, shape (curves, subjects).
    probability
        0.5 is the median.
    convention
        `tie` and `flat_end` (rule T-05).
    engine
        "numba" is several times faster and needs the extra `fast`.

    Raises
    ------
    DataError
        When the arrays are not of one two-dimensional shape with at least one subject, a time is
        negative or not a number, the probability is not between 0 and 1, or the engine is unknown.
    MissingExtraError
        When numba is asked for and not installed.
    """
    times, events = _checked(time, event)
    rule = _crossing(probability, convention)
    require_one_of("engine", engine, get_args(Engine))
    fill = _numpy_quantiles if engine == "numpy" else machine_code()["fill_quantiles"]
    out = np.empty(len(times))
    for part, rows in _blocks(times, events):
        fill(rows, rule, out[part])
    return out


def batched_quantile_limits(
    time: ArrayLike,
    event: ArrayLike,
    probability: float,
    convention: Convention,
    engine: Engine = "numpy",
) -> BatchEstimates:
    """Estimate a quantile with the limits of the band, in each row.

    Parameters and errors are those of `batched_quantiles`.
    """
    return batched_summaries(time, event, probability, (), convention, engine).quantile


def batched_landmarks(
    time: ArrayLike,
    event: ArrayLike,
    at: float,
    convention: Convention,
    engine: Engine = "numpy",
) -> BatchLandmarks:
    """S(t) at the time `at` with its limits and the number at risk (T-08), in each row.

    Other parameters and errors are those of `batched_quantiles`.
    """
    require_landmark(at)
    times, events = _checked(time, event)
    curves = _curves_of(engine)
    out = _Landmark(len(times), at)
    for part, rows in _blocks(times, events):
        out.read(part, rows, curves(rows))
    return out.estimates(convention)


def batched_summaries(
    time: ArrayLike,
    event: ArrayLike,
    probability: float,
    landmarks: Sequence[float],
    convention: Convention,
    engine: Engine = "numpy",
) -> BatchSummaries:
    """What `batched_quantile_limits` and `batched_landmarks` give, the curves worked out once.

    `landmarks` are times; other parameters and errors are those of `batched_quantiles`.
    """
    for at in landmarks:
        require_landmark(at)
    times, events = _checked(time, event)
    rule = _crossing(probability, convention)
    z, curves = normal_quantile(convention.conf_level), _curves_of(engine)
    out = np.empty((3, len(times)))
    read = [_Landmark(len(times), at) for at in landmarks]
    for part, rows in _blocks(times, events):
        found = curves(rows)
        limits = survival_limits(
            found.survival, found.log_variance, z, convention.band, convention.edges
        )
        for place, falling in zip(out, (found.survival, limits.lower, limits.upper), strict=True):
            place[part] = _first_crossings(found.time, falling, rule)
        for one in read:
            one.read(part, rows, found)
    return BatchSummaries(BatchEstimates(*out), tuple(one.estimates(convention) for one in read))


class _Landmark:
    """What the curves say at one time, filled block by block."""

    def __init__(self, curves: int, at: float) -> None:
        self.at = at
        self.survival, self.variance = np.ones(curves), np.zeros(curves)
        self.known = np.zeros(curves, np.bool_)
        self.at_risk = np.zeros(curves, np.int64)

    def read(self, part: slice, rows: Rows, found: Curves) -> None:
        """Take the values of the curves of a block."""
        seen = (found.time <= self.at + rows.tolerance) & ~np.isnan(found.survival)
        self.survival[part] = np.where(seen, found.survival, 1.0).min(axis=0)
        self.variance[part] = np.where(seen, found.log_variance, 0.0).max(axis=0)
        self.known[part] = seen.any(axis=0)
        self.at_risk[part] = (found.time >= self.at - rows.tolerance).sum(axis=0)

    def estimates(self, convention: Convention) -> BatchLandmarks:
        """The estimates with their limits."""
        z = normal_quantile(convention.conf_level)
        limits = survival_limits(self.survival, self.variance, z, convention.band, convention.edges)
        before = np.nan if convention.edges.at_one == "undefined" else 1.0
        finite = np.where(np.isfinite(self.variance), self.variance, np.nan)
        return BatchLandmarks(
            self.at,
            self.survival,
            self.survival * np.sqrt(finite),
            np.where(self.known, limits.lower, before),
            np.where(self.known, limits.upper, before),
            self.at_risk,
        )


def _checked(time: ArrayLike, event: ArrayLike) -> tuple[NDArray[np.float64 | np.int64], Flags]:
    times, events = np.asarray(time), event_marks(event)
    if not np.issubdtype(times.dtype, np.integer):
        times = times.astype(np.float64) + 0.0
    shaped = times.ndim == 2 and times.shape == events.shape and times.shape[1] > 0
    if shaped and (times.size == 0 or (times.min() >= 0 and np.isfinite(times.max()))):
        return times, events
    raise DataError(
        "These are not batches of follow-up times.",
        where=f"times of shape {times.shape}, events of shape {events.shape}",
        allowed="curves by subjects, at least one subject, finite times of 0 or more",
    )


def _crossing(probability: float, convention: Convention) -> Crossing:
    require_probability(probability)
    level = 1 - probability
    return Crossing(
        high=level + TIME_TOLERANCE,
        low=level - TIME_TOLERANCE,
        left=convention.tie == "left",
        open_end=convention.flat_end == "open",
    )


# --------------------------------------------------------------------------------- sorted rows


def _blocks(times: NDArray[np.float64 | np.int64], events: Flags) -> Iterator[tuple[slice, Rows]]:
    """Sorted rows, some at a time."""
    step = max(1, _BLOCK // times.shape[1])
    short = times.size > 0 and times.max() < _SHORT
    if short and times.dtype == np.float64:
        short = bool((times == np.floor(times)).all())
    for start in range(0, len(times), step):
        part = slice(start, start + step)
        sort = _sorted_short if short else _sorted_bits
        time, event = sort(times[part], events[part])
        yield part, Rows(time, event, _tolerance(time))


def _sorted_short(times: NDArray[np.float64 | np.int64], events: Flags) -> tuple[Floats, Flags]:
    keys = 2 * times.astype(np.int32) + events
    keys.sort(axis=1)
    return (keys >> 1).astype(np.float64), (keys & 1).astype(np.bool_)


def _sorted_bits(times: NDArray[np.float64 | np.int64], events: Flags) -> tuple[Floats, Flags]:
    """As in `survival_counts`: the bits of a float of 0 or more order like a whole number."""
    one = np.uint64(1)
    keys = (times.astype(np.float64).view(np.uint64) << one) | events
    keys.sort(axis=1)
    return (keys >> one).view(np.float64), (keys & one).astype(np.bool_)


def _tolerance(time: Floats) -> Floats:
    """Step that parts two times of a row: relative to the mean distinct time above 1."""
    new = time[:, 1:] > time[:, :-1]
    total = time[:, 0] + np.einsum("ij,ij->i", time[:, 1:], new)
    mean: Floats = total / (1 + new.sum(axis=1))
    return TIME_TOLERANCE * np.maximum(1.0, mean)


# ------------------------------------------------------------------------------- curves by numpy


def _curves_of(engine: Engine) -> Callable[[Rows], Curves]:
    require_one_of("engine", engine, get_args(Engine))
    fill: _Fill = _numpy_curves if engine == "numpy" else machine_code()["fill_curves"]

    def curves(rows: Rows) -> Curves:
        shape = rows.time.shape[::-1]
        out = Curves(np.empty(shape), np.empty(shape), np.empty(shape))
        fill(rows, out)
        return out

    return curves


class _Step(NamedTuple):
    """State of all curves after one more subject, shape (curves,)."""

    time: Floats
    survival: Floats
    at_risk: Floats
    events: Floats
    ends: Flags


def _numpy_curves(rows: Rows, out: Curves) -> None:
    variance = np.zeros(len(rows.time))
    for i, now in enumerate(_steps(rows)):
        with np.errstate(divide="ignore"):
            term = now.events / (now.at_risk * (now.at_risk - now.events))
        variance += np.where(now.ends & (now.events > 0), term, 0.0)
        out.time[i] = now.time
        out.survival[i] = np.where(now.ends, now.survival, np.nan)
        out.log_variance[i] = np.where(now.ends, variance, np.nan)


def _numpy_quantiles(rows: Rows, rule: Crossing, out: Floats) -> None:
    subjects, each = rows.time.shape[1], np.arange(len(rows.time))
    time = np.empty(rows.time.shape[::-1])
    above, flat = np.zeros(each.shape, np.int64), np.zeros(each.shape, np.int64)
    for i, now in enumerate(_steps(rows)):
        time[i] = now.time
        above += now.survival > rule.high
        flat += now.survival >= rule.low
    reached = time[np.minimum(above, subjects - 1), each]
    end = time[np.minimum(flat, subjects - 1), each]
    known = (above < subjects) & ((flat < subjects) | rule.left | (not rule.open_end))
    value = reached if rule.left else (reached + end) / 2
    out[:] = np.where(known, value, np.nan)


def _steps(rows: Rows) -> Iterator[_Step]:
    """Go through the subjects in order of time, all curves at once."""
    subjects = rows.time.shape[1]
    times, events = np.ascontiguousarray(rows.time.T), np.ascontiguousarray(rows.event.T)
    ends = np.ones(times.shape, np.bool_)
    np.greater(times[1:] - times[:-1], rows.tolerance, out=ends[:-1])
    survival, count = np.ones(len(rows.time)), np.zeros(len(rows.time))
    time, at_risk = times[0], np.full(len(rows.time), float(subjects))
    for i in range(subjects):
        count = count + events[i]
        survival = np.where(ends[i], survival * ((at_risk - count) / at_risk), survival)
        yield _Step(time, survival, at_risk, count, ends[i])
        if i + 1 < subjects:
            time = np.where(ends[i], times[i + 1], time)
            at_risk = np.where(ends[i], subjects - i - 1.0, at_risk)
            count = np.where(ends[i], 0.0, count)


def _first_crossings(time: Floats, falling: Floats, rule: Crossing) -> Floats:
    """As `kaplan_meier.first_crossing` for each curve, shape (subjects, curves)."""
    each = np.arange(time.shape[1])
    reached, below = falling <= rule.high, falling < rule.low
    first, end = reached.argmax(axis=0), below.argmax(axis=0)
    ended = below[end, each]
    end = np.where(ended, end, len(time) - 1)
    known = reached[first, each] & (ended | rule.left | (not rule.open_end))
    value = time[first, each] if rule.left else (time[first, each] + time[end, each]) / 2
    return np.where(known, value, np.nan)
