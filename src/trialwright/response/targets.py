"""Response of the target lesions at each time point (R-031 to R-037)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.response.across import every_last, sum_last
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.vocabulary.recist import (
    NO_DAY,
    PD_ABSOLUTE_TENTHS,
    LesionState,
    Response,
    Role,
    Route,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAssessment:
    """Sums in tenths of a millimetre and the response they give, all [S, V] unless stated.

    `total` is the sum of the targets that have values (S where `complete`, S' elsewhere);
    `nadir` the smallest complete earlier sum, baseline included; `baseline` is [S].
    `pd_day` is the day at which the diameters read so far first satisfy R-032, `NO_DAY` if never.
    """

    baseline: Ints
    total: Ints
    nadir: Ints
    complete: Flags
    response: Codes
    route: Codes
    pd_day: Ints


def is_progression(total: Ints, nadir: Ints, least: int = PD_ABSOLUTE_TENTHS) -> Flags:
    """Whether a sum is PD against a nadir, exactly (R-032, R-034, R-036).

    At least 5 mm and at least a fifth above the nadir, both limits inclusive, on integers. `least`
    is the smallest rise in tenths of a millimetre, where it is not 5 mm (R-122).
    """
    result: Flags = (total - nadir >= least) & (5 * total >= 6 * nadir)
    return result


def assess_targets(history: LesionHistory, least: int = PD_ABSOLUTE_TENTHS) -> TargetAssessment:
    """Derive the target response of every time point.

    Tested in this order, first hit wins (section 4): R-035 missing targets, R-031 CR, R-032 PD,
    R-033 PR, otherwise SD. A reader's written argument turns not evaluable into the PR or SD that it
    argues for (R-035, `convinced`). A subject without targets has `Response.NA`. `least` as in
    `is_progression`.

    References
    ----------
    Eisenhauer et al., Eur J Cancer 2009;45:228-247, sections 4.3.1 and 4.4.
    """
    target = history.role == Role.TARGET
    has_target = target.any(axis=1)
    live = history.live
    seen = target[:, None, :] & (history.state != LesionState.NE)
    values = np.where(seen, history.size, 0)
    baseline = sum_last(np.where(target, history.baseline, 0))
    total = sum_last(values)
    complete = has_target[:, None] & every_last(seen | ~target[:, None, :]) & live
    nadir = _nadir(baseline, total, complete)
    gone = every_last(history.resolved | ~target[:, None, :])
    grew = is_progression(total, nadir, least)
    route = _route(total, baseline[:, None], grew, (complete, gone))
    taken = (route == Route.NE_SUBSET) & (history.convinced != Response.NA)
    route[taken] = Route.NE_CONVINCED
    response = np.where(taken, history.convinced, _ROUTE_RESPONSE[route])
    nothing = ~has_target[:, None] | ~live
    response[nothing] = Response.NA
    route[nothing] = Route.NONE
    pd_day = np.full(response.shape, NO_DAY, np.int32)
    worse = response == Response.PD
    pd_day[worse] = _first_pd_day(values[worse], history.day[worse], nadir[worse], least)
    return TargetAssessment(
        baseline=baseline,
        total=total,
        nadir=nadir,
        complete=complete,
        response=response,
        route=route,
        pd_day=pd_day,
    )


_ROUTE_RESPONSE = np.array(
    [
        Response.NA, Response.PD, Response.NE, Response.CR, Response.PD, Response.PR, Response.SD,
        Response.NA,
    ],
    np.int8,
)  # fmt: skip


def _nadir(baseline: Ints, total: Ints, complete: Flags) -> Ints:
    """The smallest complete sum before each time point, baseline included (R-037) [S, V]."""
    earlier = np.where(complete, total, baseline[:, None])[:, :-1]
    sums = np.concatenate([baseline[:, None], earlier], axis=1)[:, : total.shape[1]]
    result: Ints = np.minimum.accumulate(sums, axis=1)
    return result


def _route(total: Ints, baseline: Ints, grew: Flags, seen: tuple[Flags, Flags]) -> Codes:
    """The rule that decides; `grew` against the nadir, `seen` all targets read, and all gone."""
    complete, gone = seen
    return np.select(
        [~complete & grew, ~complete, gone, grew, 10 * total <= 7 * baseline],
        [Route.NE_SUBSET_PD, Route.NE_SUBSET, Route.CR, Route.PD, Route.PR],
        default=Route.SD,
    ).astype(np.int8)


def _first_pd_day(values: Ints, days: Ints, nadir: Ints, least: int) -> Ints:
    """The earliest scan day at which the values read until then are PD (R-054)."""
    first = np.full(len(values), NO_DAY, np.int32)
    known = days > NO_DAY
    for lesion in range(values.shape[1]):
        day = days[:, lesion]
        read = known & (days <= day[:, None])
        hit = known[:, lesion] & is_progression(
            np.where(read, values, 0).sum(axis=1, dtype=np.int32), nadir, least
        )
        first = np.where(hit & ((first == NO_DAY) | (day < first)), day, first)
    return first.astype(np.int32)
