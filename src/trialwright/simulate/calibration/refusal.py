"""Why stated numbers contradict each other: which pair, and how near they can come."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from trialwright.core.errors import ScenarioError
from trialwright.core.format import DAYS_PER_MONTH
from trialwright.simulate.calibration.fit import Misfit
from trialwright.simulate.calibration.knobs import Knobs
from trialwright.simulate.calibration.observed import Floats, Observed, Observer
from trialwright.simulate.calibration.solve import approach, slopes_at
from trialwright.simulate.calibration.targets import Target, targets_of

_NEAR, _MOST = 0.003, 20
#: The response rate holds PFS back when without responses it comes nearer by this factor.
_HELPS = 0.8
#: What else holds a number back, by its curve or rate and by the side on which it stays.
_OTHERWISE = {
    ("pfs", True): "the scan calendar of the protocol, which shows progression later",
    ("pfs", False): "progression.death_before_progression_per_month and local progression after "
    "ablation, which come sooner",
    ("os", True): "the deaths before progression, which are so few",
    ("os", False): "progression.death_before_progression_per_month, whose deaths come sooner",
    ("response", False): "scans missed and subjects who leave before a response is confirmed",
    ("response", True): "readings that look like a response without one",
    ("depth", True): "growth.killed_responders and growth.half_life_days",
    ("depth", False): "growth.killed_responders and growth.half_life_days",
}
_LEVER = "growth.liver_log_odds and the response rate"


def contradiction(
    misfit: Misfit, observe: Observer, subjects: int, place: tuple[str, str]
) -> ScenarioError:
    """The refusal of a cohort whose numbers cannot hold together.

    Parameters
    ----------
    misfit
        The number that was not met and where the search ended.
    observe, subjects
        How the cohort is simulated.
    place
        Ids of the scenario and the cohort.
    """
    target, truth = misfit.target, misfit.knobs.truth
    others = [one for one in targets_of(truth) if one != target]
    values, observed = _without(misfit, others, observe, subjects)
    late = target.gap(observed) > 0
    partner = _partner(misfit, others, observe, subjects, values, late=late)
    why = partner.words if partner else _OTHERWISE.get((target.quantity, late), _LEVER)
    nearest = _nearest(target, observed)
    return ScenarioError(
        f"The {target.words} contradicts {'the ' if partner else ''}{why}: "
        f"{'with it' if partner else 'so'} the nearest {_name(target)} that the protocol's scans "
        f"and rules would show is {nearest}.",
        where=f"scenario {place[0]}, cohorts.{place[1]}.{target.field}"
        + (f" and cohorts.{place[1]}.{partner.field}" if partner else ""),
        allowed="numbers that one cohort can show together under the protocol's scans and rules",
        do="change one of the two numbers" if partner else "change the number",
    )


def _without(
    misfit: Misfit, others: Sequence[Target], observe: Observer, subjects: int
) -> tuple[Floats, Observed]:
    """Meet the other numbers, with the parameter of the failing one at the end that suits it.

    Each quantity grows with its parameter, only the shape turns the curve and stays where it is.
    """
    knobs = misfit.knobs
    kept = [at for at, name in enumerate(knobs.names) if name != misfit.target.knob]
    fixed = misfit.search.values.copy()
    late = misfit.target.gap(observe(knobs.clock_at(fixed), subjects)) > 0
    for at, name in enumerate(knobs.names):
        if name == misfit.target.knob != "shape":
            fixed[at] = knobs.lower[at] if late else knobs.upper[at]

    def whole(part: Floats) -> Floats:
        values = fixed.copy()
        values[kept] = part
        return values

    def gaps(part: Floats) -> Floats:
        observed = observe(knobs.clock_at(whole(part)), subjects)
        return np.array([one.gap(observed) for one in others])

    limits = (knobs.lower[kept], knobs.upper[kept])
    search = slopes_at(gaps, fixed[kept], knobs.steps[kept], limits[1])
    values = whole(approach(gaps, search, limits, _NEAR, _MOST).values)
    return values, observe(knobs.clock_at(values), subjects)


def _partner(
    misfit: Misfit,
    others: Sequence[Target],
    observe: Observer,
    subjects: int,
    values: Floats,
    *,
    late: bool,
) -> Target | None:
    """The other stated number that holds the failing one back, `None` if there is none."""
    target = misfit.target
    same = [one for one in others if one.quantity == target.quantity]
    if same:
        return same[0]
    if target.quantity == "os":
        return next(one for one in others if one.quantity == "pfs") if late else None
    rate = next((one for one in others if one.field == "response_rate"), None)
    if target.quantity == "pfs" and rate is not None and rate.knob == "share":
        nobody = observe(misfit.knobs.clock_at(_nobody_responds(misfit.knobs, values)), subjects)
        here = observe(misfit.knobs.clock_at(values), subjects)
        helps = _short(target, nobody, late=late) < _HELPS * _short(target, here, late=late)
        return rate if helps else None
    if target.quantity in {"hepatic", "extrahepatic", "depth"}:
        return rate
    return None


def _short(target: Target, observed: Observed, *, late: bool) -> float:
    """How far a number stays from its target on that side: days of a median, else a share."""
    reached = target.reached(observed)
    stated = target.day if target.is_median else target.value
    away = math.inf if reached is None else reached.value - stated
    return max(away if late else -away, 0.0)


def _nobody_responds(knobs: Knobs, values: Floats) -> Floats:
    result = values.copy()
    at = knobs.names.index("share")
    result[at] = knobs.lower[at]
    return result


def _name(target: Target) -> str:
    """The number without its value: depth of response, median PFS."""
    return target.words.rpartition(" of ")[0]


def _nearest(target: Target, observed: Observed) -> str:
    reached = target.reached(observed)
    if reached is None:
        return "not reached"
    if target.is_median:
        return f"{reached.value / float(DAYS_PER_MONTH):.1f} months"
    return f"{100 * reached.value:.1f} %"
