"""Response of the target lesions at each time point (R-031 to R-037)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialwright.response.across import any_last, earliest, every_last, sum_last
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.response.layout import filled, first_case, pick, some_rows
from trialwright.vocabulary.recist import (
    NO_DAY,
    PD_ABSOLUTE_TENTHS,
    LesionState,
    Response,
    Role,
    Route,
)

# As plain numbers: compared with a member of an enumeration, codes would be widened first.
_TARGET, _UNSEEN = int(Role.TARGET), int(LesionState.NE)
_NA, _PD = int(Response.NA), int(Response.PD)


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
    target = history.role == _TARGET
    has_target = any_last(target)
    live = history.live
    seen = target[:, None, :] & (history.state != _UNSEEN)
    values = history.size * seen
    baseline = sum_last(history.baseline * target)
    total = sum_last(values)
    complete = has_target[:, None] & every_last(seen | ~target[:, None, :]) & live
    nadir = _nadir(baseline, total, complete)
    gone = every_last(history.resolved | ~target[:, None, :])
    grew = is_progression(total, nadir, least)
    something = has_target[:, None] & live
    route = _route(total, baseline[:, None], grew, (complete, gone)) * something
    taken = (route == int(Route.NE_SUBSET)) & (history.convinced != _NA)
    route = pick(taken, int(Route.NE_CONVINCED), route)
    response = pick(taken, history.convinced, _ROUTE_RESPONSE[route])
    return TargetAssessment(
        baseline=baseline,
        total=total,
        nadir=nadir,
        complete=complete,
        response=response,
        route=route,
        pd_day=_pd_days(values, history.day, nadir, (response == _PD, least)),
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
    nadir = filled(total.shape, 0, np.int32)
    smallest = baseline
    for visit in range(total.shape[1]):
        nadir[:, visit] = smallest
        sums = pick(complete[:, visit], total[:, visit], smallest)
        smallest = np.minimum(smallest, sums)
    return nadir


def _route(total: Ints, baseline: Ints, grew: Flags, seen: tuple[Flags, Flags]) -> Codes:
    """The rule that decides; `grew` against the nadir, `seen` all targets read, and all gone."""
    complete, gone = seen
    cases = (
        (~complete & grew, int(Route.NE_SUBSET_PD)),
        (~complete, int(Route.NE_SUBSET)),
        (gone, int(Route.CR)),
        (grew, int(Route.PD)),
        (10 * total <= 7 * baseline, int(Route.PR)),
    )
    return first_case(cases, filled(total.shape, Route.SD, np.int8))


def _pd_days(values: Ints, days: Ints, nadir: Ints, progression: tuple[Flags, int]) -> Ints:
    """The earliest evidence for each progression of the targets (R-054) [S, V].

    `values` are the diameters that were read, `days` their days, both [S, V, L]; `progression` says
    which time points are PD, and the smallest rise that is.
    """
    worse, least = progression
    found = filled(nadir.shape, NO_DAY, np.int32)
    cells = np.flatnonzero(worse.T)
    read, scanned = _cells(values, cells), _cells(days, cells)
    # The transpose lies in one piece, so this writes into `found`.
    found.T.reshape(-1)[cells] = _first_pd_day(read, scanned, nadir.T.reshape(-1)[cells], least)
    return found


def _cells(array: Ints, cells: NDArray[np.intp]) -> Ints:
    """Some time points of an array [S, V, L], numbered visit by visit [N, L]."""
    subjects, visits, lesions = array.shape
    taken: Ints = array.T.reshape(lesions, visits * subjects).take(cells, axis=1).T
    return taken


def _first_pd_day(values: Ints, days: Ints, nadir: Ints, least: int) -> Ints:
    """The earliest scan day at which the values read until then are PD (R-054).

    Goes through the days of each time point in order, until a sum is PD.
    """
    first = np.full(len(values), NO_DAY, np.int32)
    day, open_ = first, np.arange(len(values))
    while len(open_):
        read, scanned = some_rows(values, open_), some_rows(days, open_)
        day = earliest(scanned, scanned > day[:, None])
        until = (scanned <= day[:, None]) & (scanned > NO_DAY)
        hit = (day > NO_DAY) & is_progression(sum_last(read * until), nadir[open_], least)
        first[open_[hit]] = day[hit]
        more = (day > NO_DAY) & ~hit
        open_, day = open_[more], day[more]
    return first
