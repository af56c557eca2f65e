"""Target response one subject at a time, as plain loops that a compiler can read.

The same rules as `targets`, with the same answers. Nothing here needs numba: `compiled` turns these
functions into machine code, and as plain Python they run too, slowly. So they keep to numbers,
arrays and named tuples.

`h` holds the lesions, `s` is a subject, `v` a time point.
"""

from __future__ import annotations

from typing import NamedTuple

from trialwright.response.history import Codes, Flags, Ints
from trialwright.vocabulary.recist import (
    NO_DAY,
    PD_ABSOLUTE_TENTHS,
    LesionState,
    Response,
    Role,
    Route,
)

_NO_DAY, _RISE = NO_DAY, PD_ABSOLUTE_TENTHS
_TARGET, _UNSEEN = int(Role.TARGET), int(LesionState.NE)
_NA, _CR, _PR, _SD, _NN, _PD, _NE, _NED = (int(code) for code in Response)
_NO_ROUTE, _SUBSET_PD, _SUBSET, _BY_CR, _BY_PD, _BY_PR, _BY_SD, _CONVINCED = (
    int(code) for code in Route
)
#: Response of each route; a convinced one takes the response that was argued for.
_RESPONSE_OF = (_NA, _PD, _NE, _CR, _PD, _PR, _SD, _NA)


class Lesions(NamedTuple):
    """The arrays of `LesionHistory` that decide; same names and shapes."""

    role: Codes
    zone: Flags
    baseline: Ints
    state: Codes
    size: Ints
    resolved: Flags
    day: Ints
    first_day: Ints
    last_day: Ints
    visits: Ints
    marker: Codes
    convinced: Codes


class TargetArrays(NamedTuple):
    """What is found, to be filled: the arrays of `TargetAssessment`."""

    baseline: Ints
    total: Ints
    nadir: Ints
    complete: Flags
    response: Codes
    route: Codes
    pd_day: Ints


def is_pd_sum(total: int, nadir: int) -> bool:
    """R-032, R-034, R-036: at least 5 mm and at least a fifth above the nadir."""
    return total - nadir >= _RISE and 5 * total >= 6 * nadir


def sum_of_targets(h: Lesions, s: int, v: int) -> tuple[int, bool, bool]:
    """R-020 to R-028: the sum of what has a value, whether all have one, whether all are gone."""
    total = 0
    complete = True
    gone = True
    for lesion in range(h.role.shape[1]):
        if h.role[s, lesion] != _TARGET:
            continue
        if h.state[s, v, lesion] == _UNSEEN:
            complete = False
        else:
            total += h.size[s, v, lesion]
        gone = gone and h.resolved[s, v, lesion]
    return total, complete, gone


def target_route(total: int, baseline: int, nadir: int, complete: bool, gone: bool) -> int:  # noqa: FBT001
    """R-035, R-031, R-032, R-033 in this order."""
    grew = is_pd_sum(total, nadir)
    if not complete:
        return _SUBSET_PD if grew else _SUBSET
    if gone:
        return _BY_CR
    if grew:
        return _BY_PD
    return _BY_PR if 10 * total <= 7 * baseline else _BY_SD


def first_pd_day(h: Lesions, s: int, v: int, nadir: int) -> int:
    """R-054: the earliest scan day at which the diameters read until then are PD."""
    first = _NO_DAY
    for lesion in range(h.role.shape[1]):
        day = h.day[s, v, lesion]
        if day <= _NO_DAY or (first > _NO_DAY and day >= first):
            continue
        total = 0
        for other in range(h.role.shape[1]):
            counts = h.role[s, other] == _TARGET and h.state[s, v, other] != _UNSEEN
            if counts and _NO_DAY < h.day[s, v, other] <= day:
                total += h.size[s, v, other]
        if is_pd_sum(total, nadir):
            first = day
    return int(first)


def assess_targets_of(h: Lesions, s: int, out: TargetArrays) -> None:
    """R-031 to R-037: sums, nadirs and responses of the targets of one subject."""
    baseline = 0
    has_target = False
    for lesion in range(h.role.shape[1]):
        if h.role[s, lesion] == _TARGET:
            has_target = True
            baseline += h.baseline[s, lesion]
    out.baseline[s] = baseline
    nadir = baseline
    for v in range(h.state.shape[1]):
        total, complete, gone = sum_of_targets(h, s, v)
        out.total[s, v] = total
        out.nadir[s, v] = nadir
        if not has_target or v >= h.visits[s]:
            continue
        route = target_route(total, baseline, nadir, complete, gone)
        response = _RESPONSE_OF[route]
        if route == _SUBSET and h.convinced[s, v] != _NA:
            route = _CONVINCED
            response = int(h.convinced[s, v])
        out.complete[s, v] = complete
        out.route[s, v] = route
        out.response[s, v] = response
        if response == _PD:
            out.pd_day[s, v] = first_pd_day(h, s, v, nadir)
        if complete:
            nadir = min(nadir, total)
