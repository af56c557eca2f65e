"""Target response one subject at a time, as plain loops that a compiler can read.

The same rules as `targets`, with the same answers. Nothing here needs numba: `compiled` turns these
functions into machine code, and as plain Python they run too, slowly. So they keep to numbers,
arrays and named tuples.

`h` holds the lesions, `s` is a subject, `v` a time point. Arrays have the axes of `LesionHistory`
and its results in reverse order, [L, V, S], so that neighbouring subjects are neighbours in memory.
"""

from __future__ import annotations

from typing import NamedTuple

from trialwright.response.compiled.finding_loops import (
    HAS_TARGET,
    TARGET_REMAINS,
    TARGET_UNSEEN,
    Findings,
    Lesions,
)
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


class TargetArrays(NamedTuple):
    """What is found, to be filled: the arrays of `TargetAssessment`, axes reversed."""

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


def target_route(total: int, baseline: int, nadir: int, shown: int) -> int:
    """R-033, R-032, R-031, R-035 in this order: a later rule takes precedence."""
    grew = is_pd_sum(total, nadir)
    route = _BY_PR if 10 * total <= 7 * baseline else _BY_SD
    route = _BY_PD if grew else route
    route = route if shown & TARGET_REMAINS else _BY_CR
    missing = _SUBSET_PD if grew else _SUBSET
    return missing if shown & TARGET_UNSEEN else route


def response_of(route: int, argued: int) -> int:
    """The response of a route; not evaluable targets take the response that was argued for."""
    response = _PR if route == _BY_PR else _NA
    response = _SD if route == _BY_SD else response
    response = _CR if route == _BY_CR else response
    response = _NE if route == _SUBSET else response
    response = argued if route == _CONVINCED else response
    return _PD if route in (_BY_PD, _SUBSET_PD) else response


def first_pd_day(h: Lesions, s: int, v: int, nadir: int) -> int:
    """R-054: the earliest scan day at which the diameters read until then are PD."""
    first = _NO_DAY
    for lesion in range(len(h.role)):
        day = h.day[lesion, v, s]
        if h.role[lesion, s] != _TARGET or day <= _NO_DAY or (first > _NO_DAY and day >= first):
            continue
        total = 0
        for other in range(len(h.role)):
            counts = h.role[other, s] == _TARGET and h.state[other, v, s] != _UNSEEN
            if counts and _NO_DAY < h.day[other, v, s] <= day:
                total += h.size[other, v, s]
        if is_pd_sum(total, nadir):
            first = day
    return int(first)


def sum_targets(h: Lesions, out: TargetArrays) -> None:
    """R-020 to R-028: the sums of what has a value, lesion by lesion for all subjects."""
    out.baseline[:] = 0
    out.total[:] = 0
    for lesion in range(len(h.role)):
        role = h.role[lesion]
        add_baseline(role, h.baseline[lesion], out.baseline)
        for v in range(h.state.shape[1]):
            add_sizes(role, h.state[lesion, v], h.size[lesion, v], out.total[v])


def add_baseline(role: Codes, size: Ints, total: Ints) -> None:
    """Add the baseline of one lesion of each subject [S]."""
    for s in range(len(role)):
        total[s] += size[s] if role[s] == _TARGET else 0


def add_sizes(role: Codes, state: Codes, size: Ints, total: Ints) -> None:
    """Add one lesion of each subject at one time point [S]."""
    for s in range(len(role)):
        total[s] += size[s] if role[s] == _TARGET and state[s] != _UNSEEN else 0


def assess_targets(h: Lesions, shown: Findings, out: TargetArrays) -> None:
    """R-031 to R-037: target responses of all subjects, one time point after the other."""
    for v in range(h.state.shape[1]):
        if v == 0:
            begin_nadir(out.baseline, out.nadir[v])
        else:
            lower_nadir(out.complete[v - 1], out.total[v - 1], out.nadir[v - 1], out.nadir[v])
        mark_complete(h.visits, v, shown[v], out.complete[v])
        take_routes(shown[v], h.convinced[v], out, v)


def begin_nadir(baseline: Ints, nadir: Ints) -> None:
    """R-037: the nadir before the first time point [S]."""
    for s in range(len(nadir)):
        nadir[s] = baseline[s]


def mark_complete(visits: Ints, v: int, shown: Findings, complete: Flags) -> None:
    """R-028: the time points at which every target has a value [S]; bits are lost behind the last."""
    for s in range(len(visits)):
        shown[s] = shown[s] if v < visits[s] else 0
        complete[s] = shown[s] & (HAS_TARGET | TARGET_UNSEEN) == HAS_TARGET


def take_routes(shown: Findings, argued: Codes, out: TargetArrays, v: int) -> None:
    """R-031 to R-035: what decides at one time point, and the response [S]."""
    total, nadir, routes, responses = out.total[v], out.nadir[v], out.route[v], out.response[v]
    for s in range(len(shown)):
        route = target_route(total[s], out.baseline[s], nadir[s], shown[s])
        route = _CONVINCED if route == _SUBSET and argued[s] != _NA else route
        route = route if shown[s] & HAS_TARGET else _NO_ROUTE
        routes[s] = route
        responses[s] = response_of(route, argued[s])


def lower_nadir(complete: Flags, total: Ints, before: Ints, nadir: Ints) -> None:
    """R-037: only complete sums lower the nadir [S]."""
    for s in range(len(nadir)):
        nadir[s] = min(before[s], total[s]) if complete[s] else before[s]
