"""The stated numbers of a cohort as equations: what is stated, what is reached, how far apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.simulate.calibration.observed import Observed, Rate
from trialwright.simulate.scenario import CohortTruth
from trialwright.simulate.stated import Point, os_points, pfs_points

#: The hidden parameter that a number mainly depends on.
Knob = Literal["share", "pfs", "shape", "death", "depth", "liver"]
_SITES = (("hepatic_response_rate", "hepatic"), ("extrahepatic_response_rate", "extrahepatic"))


@dataclass(frozen=True, slots=True)
class Target:
    """One stated number.

    Attributes
    ----------
    field
        The field of the cohort that states it.
    quantity
        Which rate or curve of `Observed` shows it.
    value
        The stated rate; one half for a median.
    day
        Day of a point of a curve, 0 for a rate.
    knob
        The parameter that is moved for it, `None` where those of other numbers have to do.
    """

    field: str
    quantity: str
    value: float
    day: float
    knob: Knob | None

    @property
    def is_median(self) -> bool:
        """Whether the number is a median time."""
        return self.field.startswith("median")

    @property
    def words(self) -> str:
        """How a message names the number."""
        if self.is_median:
            return f"{_ENGLISH[self.field]} of {self.day / float(DAYS_PER_MONTH):.1f} months"
        if self.day:
            at = f" at {self.day / float(DAYS_PER_MONTH):g} months"
            return f"{_ENGLISH[self.field]} of {100 * self.value:g} %{at}"
        return f"{_ENGLISH[self.field]} of {100 * self.value:g} %"

    def seen(self, observed: Observed) -> Rate:
        """The share that is held against `value`."""
        if not self.day:
            return observed.rates[self.quantity]
        curve = observed.curves[self.quantity]
        return curve.between(self.day) if self.is_median else curve.at(self.day)

    def gap(self, observed: Observed) -> float:
        """Reached less stated, as a share: of subjects, or of the sum of diameters."""
        return self.seen(observed).value - self.value

    def reached(self, observed: Observed) -> Rate | None:
        """The number as it is stated: a rate, or a median in days; `None` for no median."""
        if self.is_median:
            return observed.curves[self.quantity].quantile(0.5)
        return self.seen(observed)


_ENGLISH = {
    "response_rate": "response rate",
    "median_pfs_days": "median PFS",
    "pfs_rates": "PFS rate",
    "median_os_days": "median OS",
    "os_rates": "OS rate",
    "depth": "depth of response",
    "hepatic_response_rate": "response rate in the liver",
    "extrahepatic_response_rate": "response rate outside the liver",
}


def targets_of(truth: CohortTruth) -> tuple[Target, ...]:
    """Every number that a cohort states about response and survival.

    The point of a curve nearest to one half moves its median; a second point of PFS moves the
    Weibull shape. Further points have no parameter of their own: they fit or they contradict.
    """
    rate = Target(
        "response_rate",
        "response",
        truth.response_rate,
        0.0,
        "share" if truth.response_rate else None,
    )
    found = [rate, *_curve("pfs", pfs_points(truth), ("pfs", "shape"))]
    found += _curve("os", os_points(truth), ("death",))
    if truth.depth is not None:
        found.append(Target("depth", "depth", truth.depth, 0.0, "depth"))
    knob: Knob | None = "liver"
    for field, quantity in _SITES:
        value = getattr(truth, field)
        if value is not None:
            found.append(Target(field, quantity, value, 0.0, knob))
            knob = None
    return tuple(found)


def _curve(name: str, points: tuple[Point, ...], knobs: tuple[Knob, ...]) -> list[Target]:
    ordered = sorted(points, key=lambda one: (abs(one.share - 0.5), one.field, one.day))
    return [
        Target(one.field, name, one.share, one.day, knobs[at] if at < len(knobs) else None)
        for at, one in enumerate(ordered)
    ]
