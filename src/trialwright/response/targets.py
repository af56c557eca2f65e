"""Response of the target lesions at each time point (R-031 to R-037)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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


def is_progression(total: Ints, nadir: Ints) -> Flags:
    """Whether a sum is PD against a nadir, exactly (R-032, R-034, R-036).

    At least 5 mm and at least a fifth above the nadir, both limits inclusive, on integers.
    """
    result: Flags = (total - nadir >= PD_ABSOLUTE_TENTHS) & (5 * total >= 6 * nadir)
    return result


def assess_targets(history: LesionHistory) -> TargetAssessment:
    """Derive the target response of every time point, one pass over the visits.

    Tested in this order, first hit wins (section 4): R-035 missing targets, R-031 CR, R-032 PD,
    R-033 PR, otherwise SD. A subject without targets has `Response.NA`.

    References
    ----------
    Eisenhauer et al., Eur J Cancer 2009;45:228-247, sections 4.3.1 and 4.4.
    """
    subjects, visits, _ = history.shape
    target = history.role == Role.TARGET
    has_target = target.any(axis=1)
    baseline = np.where(target, history.baseline, 0).sum(axis=1, dtype=np.int32)
    nadir = baseline.copy()
    total = np.zeros((subjects, visits), np.int32)
    nadirs = np.zeros_like(total)
    complete = np.zeros((subjects, visits), np.bool_)
    response = np.zeros((subjects, visits), np.int8)
    route = np.zeros((subjects, visits), np.int8)
    pd_day = np.full((subjects, visits), NO_DAY, np.int32)
    live = history.live
    for visit in range(visits):
        seen = target & (history.state[:, visit] != LesionState.NE)
        values = np.where(seen, history.size[:, visit], 0)
        total[:, visit] = values.sum(axis=1, dtype=np.int32)
        nadirs[:, visit] = nadir
        complete[:, visit] = has_target & (seen == target).all(axis=1)
        gone = (history.resolved[:, visit] | ~target).all(axis=1)
        route[:, visit] = _route(total[:, visit], baseline, nadir, complete[:, visit], gone)
        response[:, visit] = _ROUTE_RESPONSE[route[:, visit]]
        counts = complete[:, visit] & live[:, visit]
        grew = (response[:, visit] == Response.PD) & live[:, visit] & has_target
        pd_day[grew, visit] = _first_pd_day(values[grew], history.day[grew, visit], nadir[grew])
        nadir = np.where(counts, np.minimum(nadir, total[:, visit]), nadir)
    nothing = ~has_target[:, None] | ~live
    response[nothing] = Response.NA
    route[nothing] = Route.NONE
    return TargetAssessment(
        baseline=baseline,
        total=total,
        nadir=nadirs,
        complete=complete & live,
        response=response,
        route=route,
        pd_day=pd_day,
    )


_ROUTE_RESPONSE = np.array(
    [
        Response.NA, Response.PD, Response.NE, Response.CR, Response.PD, Response.PR, Response.SD,
    ],
    np.int8,
)  # fmt: skip


def _route(total: Ints, baseline: Ints, nadir: Ints, complete: Flags, gone: Flags) -> Codes:
    grew = is_progression(total, nadir)
    return np.select(
        [~complete & grew, ~complete, gone, grew, 10 * total <= 7 * baseline],
        [Route.NE_SUBSET_PD, Route.NE_SUBSET, Route.CR, Route.PD, Route.PR],
        default=Route.SD,
    ).astype(np.int8)


def _first_pd_day(values: Ints, days: Ints, nadir: Ints) -> Ints:
    """The earliest scan day at which the values read until then are PD (R-054)."""
    first = np.full(len(values), NO_DAY, np.int32)
    known = days > NO_DAY
    for lesion in range(values.shape[1]):
        day = days[:, lesion]
        read = known & (days <= day[:, None])
        hit = known[:, lesion] & is_progression(
            np.where(read, values, 0).sum(axis=1, dtype=np.int32), nadir
        )
        first = np.where(hit & ((first == NO_DAY) | (day < first)), day, first)
    return first.astype(np.int32)
