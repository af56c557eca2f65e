"""What a cohort states about its curves, as points, and which of these cannot hold together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.simulate.scenario import CohortTruth, Landmarks

#: Two rates that differ by less than this are one number written twice.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One thing that is wrong at a path of the scenario."""

    path: str
    what: str
    allowed: str


@dataclass(frozen=True, slots=True)
class Point:
    """A stated point of a survival curve: the field that states it, its day and its share."""

    field: str
    day: float
    share: float

    @property
    def months(self) -> float:
        """The day in months."""
        return self.day / float(DAYS_PER_MONTH)

    @property
    def words(self) -> str:
        """How a message names the point."""
        if self.field.startswith("median"):
            return f"{self.field} {self.day:g} (50 % at {self.months:.1f} months)"
        return f"{self.field} {100 * self.share:g} % at {self.months:g} months"


def pfs_points(truth: CohortTruth) -> tuple[Point, ...]:
    """The median and the landmarks of progression-free survival, in order of time."""
    return _points("pfs", truth.median_pfs_days, truth.pfs_rates)


def os_points(truth: CohortTruth) -> tuple[Point, ...]:
    """The median and the landmarks of overall survival, in order of time."""
    return _points("os", truth.median_os_days, truth.os_rates)


def cohort_contradictions(truth: CohortTruth) -> Iterator[Contradiction]:
    """Everything that a cohort states and that cannot be true together."""
    path = f"cohorts.{truth.id}"
    for name, points in (("pfs", pfs_points(truth)), ("os", os_points(truth))):
        if not points:
            field = f"median_{name}_days"
            said = f'"{field}" is missing.'
            yield Contradiction(f"{path}.{field}", said, f"{field}, {name}_rates or both")
        yield from _not_falling(path, points)
    yield from _death_first(path, truth)
    yield from _subgroup(path, truth)
    if truth.depth is not None and truth.response_rate == 0:
        said = f"a depth of {truth.depth:g} of responders, with a response rate of 0."
        yield Contradiction(f"{path}.depth", said, "a response rate above 0, or no depth")


def _points(name: str, median: float | None, rates: Landmarks) -> tuple[Point, ...]:
    found = [
        Point(f"{name}_rates", months * float(DAYS_PER_MONTH), share) for months, share in rates
    ]
    if median is not None:
        found.append(Point(f"median_{name}_days", median, 0.5))
    return tuple(sorted(found, key=lambda one: (one.day, -one.share, one.field)))


def _not_falling(path: str, points: Sequence[Point]) -> Iterator[Contradiction]:
    """A survival curve falls: a later point has a smaller share."""
    for early, late in pairwise(points):
        one_day = abs(late.day - early.day) < _SAME
        same = one_day and abs(late.share - early.share) < _SAME
        if (one_day or late.share >= early.share - _SAME) and not same:
            yield Contradiction(
                f"{path}.{late.field if late.field.endswith('rates') else early.field}",
                f"{early.words} and {late.words} do not fall with time.",
                "shares that fall as the months rise, on both sides of the median",
            )


def _death_first(path: str, truth: CohortTruth) -> Iterator[Contradiction]:
    """Who is free of progression is alive: survival lies on or above PFS."""
    pfs, os = truth.median_pfs_days, truth.median_os_days
    if pfs is not None and os is not None and os < pfs:
        yield Contradiction(
            f"{path}.median_os_days",
            f"median survival {os:g} days is shorter than median PFS {pfs:g} days.",
            "median_os_days of at least median_pfs_days",
        )
        return
    for alive in os_points(truth):
        for free in pfs_points(truth):
            if alive.day <= free.day and alive.share < free.share - _SAME:
                yield Contradiction(
                    f"{path}.{alive.field}",
                    f"{alive.words} lies below {free.words}: who is free of progression is alive.",
                    "survival on or above progression-free survival",
                )
                return


def _subgroup(path: str, truth: CohortTruth) -> Iterator[Contradiction]:
    share, rate = truth.sensitive_share, truth.sensitive_response_rate
    if (share is None) != (rate is None):
        given = "sensitive_share" if rate is None else "sensitive_response_rate"
        yield Contradiction(
            f"{path}.{given}",
            f"{given} stands alone.",
            "sensitive_share and sensitive_response_rate together",
        )
    if share is None or rate is None:
        return
    others = (truth.response_rate - share * rate) / (1 - share)
    if not 0 <= others < 1:
        low, high = share * rate, share * rate + 1 - share
        yield Contradiction(
            f"{path}.sensitive_response_rate",
            f"a response rate of {truth.response_rate:g} cannot hold {share:g} of the subjects "
            f"who respond at a rate of {rate:g}: the others would respond at {others:.3g}.",
            f"a response rate of {low:.3g} to {high:.3g}, or another subgroup",
        )
