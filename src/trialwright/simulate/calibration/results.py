"""A calibrated scenario: its clocks, and how near the response engine comes to what it states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.format import DAYS_PER_MONTH, NOT_ESTIMABLE, rounded
from trialwright.core.results import Json
from trialwright.simulate.calibration.fit import Fit, Reached
from trialwright.simulate.clocks import Clock

_COLUMNS = (
    "Cohort and number", "Stated", "Reached", "Difference", "Monte Carlo error",
)  # fmt: skip
_NOTES = (
    "Reached is what a very large virtual cohort shows when its scans go through the response rules "
    "of the protocol, every subject followed to the end; the hidden parameters were moved until it "
    "met what is stated, on the same random numbers.",
    "Between two planned scans a PFS curve is nearly flat, so a median that lies there is known only "
    "to the Monte Carlo error given, in the simulated cohort as in a real one.",
)
_SHAPE = (
    "A cohort that states two points of PFS has a Weibull shape of its own, whatever the scenario "
    "says: scans make the curve a staircase, and both points have to lie on it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The clocks of a scenario and their residuals, one fit for each cohort in order."""

    scenario: str
    fits: tuple[Fit, ...]

    @property
    def key(self) -> str:
        """Name of the result."""
        return "CALIBRATION"

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """The clock of each cohort."""
        return tuple(fit.clock for fit in self.fits)

    def table(self) -> Table:
        """Stated and reached numbers of each cohort, with the parameters found."""
        rows: list[tuple[str, ...]] = []
        levels: list[int] = []
        for fit in self.fits:
            rows.append((f"{fit.cohort} ({fit.subjects:,} virtual subjects)", "", "", "", ""))
            rows += [_row(one) for one in fit.reached]
            rows += [(name, "", value, "", "") for name, value in found(fit)]
            levels += [0, *(1 for _ in fit.reached), *(2 for _ in found(fit))]
        return Table(
            title=f"Calibration of the scenario {self.scenario} through the response engine",
            columns=_COLUMNS,
            rows=tuple(rows),
            levels=tuple(levels),
            footnotes=_NOTES + ((_SHAPE,) if any("shape" in fit.free for fit in self.fits) else ()),
            rules=("D-01", "R-062", "T-04", "T-05"),
        )

    def to_json(self) -> dict[str, Json]:
        """Stated and reached numbers and the parameters, unrounded; medians in days."""
        return {
            "scenario": self.scenario,
            "method": "Newton steps on common random numbers through the response engine",
            "cohorts": [_json(fit) for fit in self.fits],
        }


def found(fit: Fit) -> Iterator[tuple[str, str]]:
    """The hidden parameters of a fit that were moved, with their values as text."""
    clock = fit.clock
    everyone = clock.responder_share * (1 - clock.sensitive_share)
    everyone += clock.sensitive_responder_share * clock.sensitive_share
    values = {
        "share": ("Subjects whose disease responds, %", rounded(100 * everyone, 1)),
        "pfs": (
            "Median of the true progression of the others, months",
            _months(clock.other_median),
        ),
        "shape": ("Weibull shape of progression", rounded(clock.shape, 2)),
        "death": ("Mean from progression to death, months", _months(clock.death_mean)),
        "depth": (
            "Shift of the killed share of responders, normal scores",
            rounded(clock.killed_shift, 2),
        ),
        "liver": (
            "Further shift of the killed share in the liver, normal scores",
            rounded(clock.liver_shift, 2),
        ),
    }
    for name in fit.free:
        yield values[name]


def _row(one: Reached) -> tuple[str, str, str, str, str]:
    """One number: percent for a share, months for a median."""
    target = one.target
    scale = 1 / float(DAYS_PER_MONTH) if target.is_median else 100.0
    digits = 2
    stated = target.day if target.is_median else target.value
    label = target.words.partition(" of ")[0]
    unit = "months" if target.is_median else "%"
    at = f" at {target.day / float(DAYS_PER_MONTH):g} months" if _is_landmark(one) else ""
    name = f"{label[:1].upper()}{label[1:]}{at}, {unit}"
    if one.reached is None or one.difference is None:
        return name, rounded(stated * scale, digits), NOT_ESTIMABLE, "", ""
    return (
        name,
        rounded(stated * scale, digits),
        rounded(one.reached.value * scale, digits),
        rounded(one.difference * scale, digits),
        rounded(one.reached.error * scale, digits),
    )


def _is_landmark(one: Reached) -> bool:
    return bool(one.target.day) and not one.target.is_median


def _months(days: float) -> str:
    return rounded(days / float(DAYS_PER_MONTH), 2)


def _json(fit: Fit) -> dict[str, Json]:
    clock = fit.clock
    numbers: list[Json] = [
        {
            "field": one.target.field,
            "day": one.target.day or None,
            "stated": one.target.day if one.target.is_median else one.target.value,
            "reached": None if one.reached is None else one.reached.value,
            "difference": one.difference,
            "monte_carlo_error": None if one.reached is None else one.reached.error,
        }
        for one in fit.reached
    ]
    parameters: dict[str, Json] = {
        name: float(getattr(clock, name)) for name in Clock.__dataclass_fields__
    }
    free: list[Json] = list(fit.free)
    return {
        "cohort": fit.cohort,
        "subjects": fit.subjects,
        "numbers": numbers,
        "parameters": parameters,
        "moved": free,
    }
