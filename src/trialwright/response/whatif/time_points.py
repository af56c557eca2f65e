"""What would change a time point: the engine asked again with one thing changed.

Nothing is reasoned here. Each question takes time points of single subjects, changes what was seen
at that scan alone, and derives the subject again by the same rules, so that an answer is true by
construction: also after complete response (R-055) and for findings settled later (R-045, R-046).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.response.nontargets import settle_equivocal
from trialwright.response.targets import TargetAssessment
from trialwright.response.timepoint import TimePoints, assess_time_points
from trialwright.vocabulary.recist import (
    NODE_DISEASE_TENTHS,
    PD_ABSOLUTE_TENTHS,
    LesionState,
    Response,
    Role,
    Route,
)

#: Subject and time point of each question, two arrays [N].
Cells: TypeAlias = tuple[Ints, Ints]
#: Changes what was seen; the histories are copies, one row a question.
Edit: TypeAlias = Callable[[LesionHistory, Cells], None]
_SIZED = (LesionState.MEASURED, LesionState.TOO_SMALL)
_BY_SUM = (Response.PR, Response.SD, Response.PD)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Responses that the engine gives to the same scans with one change, all [S, V].

    `Response.NA` where a question makes no sense.

    Attributes
    ----------
    at_response, above_response
        With the largest sum that is PR by its size, and 0.1 mm more (R-033).
    at_progression, below_progression
        With the smallest sum that is PD, and 0.1 mm less (R-032).
    read_response, read_progression, read_below
        With the missing targets read: together as large as PR allows, as PD needs, and 0.1 mm less
        than that (R-035).
    without_others
        Without the new lesions and without the progression of non-target disease.
    disease_gone, kept
        After complete response: with all disease gone; with `cr_then_disease: keep` (R-055).
    others_absent
        With every non-target lesion absent (R-040).
    if_certain
        With equivocal findings called unequivocal (R-045, R-046).
    if_present
        With one target still there at a complete response.
    """

    at_response: Codes
    above_response: Codes
    at_progression: Codes
    below_progression: Codes
    read_response: Codes
    read_progression: Codes
    read_below: Codes
    without_others: Codes
    disease_gone: Codes
    kept: Codes
    others_absent: Codes
    if_certain: Codes
    if_present: Codes


def progression_sum(nadir: Ints) -> Ints:
    """The smallest sum that is PD against a nadir, in tenths of a millimetre (R-032, R-034)."""
    return np.maximum(nadir + PD_ABSOLUTE_TENTHS, (6 * nadir + 4) // 5).astype(np.int32)


def response_sum(baseline: Ints) -> Ints:
    """The largest sum that is PR against a baseline, in tenths of a millimetre (R-033, R-034)."""
    return ((7 * baseline) // 10).astype(np.int32)


def ask(history: LesionHistory, rule: SettledResponse, cells: Cells, edit: Edit) -> Codes:
    """The response at each of some time points when what was seen there is changed [N].

    Parameters
    ----------
    cells
        Subject and time point of each question.
    edit
        Changes copies of the histories, one row a question, in place.
    """
    subjects, visit = cells
    if not len(subjects):
        return np.zeros(0, np.int8)
    taken = {part.name: getattr(history, part.name)[subjects] for part in fields(history)}
    rows = replace(history, **taken)
    at = (np.arange(len(subjects), dtype=np.int32), visit)
    edit(rows, at)
    return assess_time_points(rows, rule).response[at]


def what_if(history: LesionHistory, points: TimePoints, rule: SettledResponse) -> WhatIf:
    """Ask every question that makes sense of every time point."""
    final = settle_equivocal(history)
    answers: dict[str, Codes] = {}
    for name, (which, edit) in _questions(final, points).items():
        found = np.zeros(points.response.shape, np.int8)
        cells = np.nonzero(which & history.live)
        at = (cells[0].astype(np.int32), cells[1].astype(np.int32))
        found[cells] = ask(history, rule, at, edit(at))
        answers[name] = found
    keep = replace(rule, cr_then_disease="keep")
    kept = assess_time_points(history, keep).response if points.after_cr.any() else points.response
    answers["kept"] = np.where(points.after_cr, kept, Response.NA).astype(np.int8)
    return WhatIf(**answers)


_Asked: TypeAlias = tuple[Flags, Callable[[Cells], Edit]]


def _questions(final: LesionHistory, points: TimePoints) -> dict[str, _Asked]:
    """Which time points are asked what; `final` has equivocal findings settled."""
    targets, others = points.targets, points.others
    response = points.response
    measurable = (final.role == Role.TARGET).any(axis=1)[:, None]
    quiet = ~others.new & (others.response != Response.PD) & ~points.after_cr
    summed = quiet & targets.complete & np.isin(targets.response, _BY_SUM)
    unread = quiet & ~targets.complete & (response == Response.NE) & measurable
    alone = (targets.response == Response.CR) | ~measurable
    followed = (final.role == Role.NON_TARGET).any(axis=1)[:, None]
    waits = alone & followed & (others.response == Response.NN) & (response != Response.PD)
    doubt = (final.state == LesionState.EQUIVOCAL).any(axis=2) & (response != Response.PD)
    progressed = (response == Response.PD) & (others.new | (others.response == Response.PD))
    enough = response_sum(targets.baseline)[:, None] + np.zeros_like(targets.total)
    limit = progression_sum(targets.nadir)
    sums = {
        "at_response": enough, "above_response": enough + 1,
        "at_progression": limit, "below_progression": limit - 1,
    }  # fmt: skip
    reads = {"read_response": enough, "read_progression": limit, "read_below": limit - 1}
    found: dict[str, _Asked] = {name: (summed, _sum_edit(wanted)) for name, wanted in sums.items()}
    partly = quiet & (targets.route == Route.NE_SUBSET_PD)
    found["below_progression"] = (summed | partly, found["below_progression"][1])
    found |= {
        name: (unread & (wanted >= targets.total), _read_edit(wanted, targets))
        for name, wanted in reads.items()
    }
    return found | {
        "without_others": (progressed, _same(_drop_others)),
        "disease_gone": (points.after_cr, _same(_clear)),
        "others_absent": (waits, _same(_clear_others)),
        "if_certain": (doubt, _same(_make_certain)),
        "if_present": ((response == Response.CR) & measurable, _same(_show_target)),
    }


def _same(edit: Edit) -> Callable[[Cells], Edit]:
    return lambda _: edit


def _sum_edit(wanted: Ints) -> Callable[[Cells], Edit]:
    """Set the sum by changing the largest target, then the next if that one would vanish."""
    return lambda cells: lambda rows, at: set_sum(rows, at, wanted[cells])


def _read_edit(wanted: Ints, targets: TargetAssessment) -> Callable[[Cells], Edit]:
    """Give the missing targets together what the sum lacks."""
    return lambda cells: lambda rows, at: set_missing(rows, at, (wanted - targets.total)[cells])


def set_sum(rows: LesionHistory, at: Cells, wanted: Ints) -> None:
    """Give the targets of one time point of each row another sum, none of them gone."""
    target = rows.role == Role.TARGET
    size, state, gone = rows.size[at], rows.state[at], rows.resolved[at]
    open_ = target & np.isin(state, _SIZED)
    left = wanted - np.where(target, size, 0).sum(axis=1)
    each = np.arange(len(size))
    for _ in range(size.shape[1]):
        largest = np.where(open_, size, -1).argmax(axis=1)
        takes = open_[each, largest] & (left != 0)
        before = size[each, largest]
        after = np.where(takes, np.maximum(before + left, 1), before)
        size[each, largest] = after
        state[each[takes], largest[takes]] = LesionState.MEASURED
        left = left - (after - before)
        open_[each, largest] = False
    node = rows.node & (size < NODE_DISEASE_TENTHS)
    sized = target & np.isin(state, _SIZED)
    rows.size[at], rows.state[at] = size, state
    rows.resolved[at] = np.where(sized, (size == 0) | node, gone)


def set_missing(rows: LesionHistory, at: Cells, wanted: Ints) -> None:
    """Read the missing targets of one time point: one of them with `wanted`, the others gone."""
    missing = (rows.role == Role.TARGET) & (rows.state[at] == LesionState.NE)
    size, state, gone = rows.size[at], rows.state[at], rows.resolved[at]
    state[missing], size[missing], gone[missing] = LesionState.ABSENT, 0, True
    each, first = np.arange(len(size)), missing.argmax(axis=1)
    there = wanted > 0
    size[each, first] = wanted
    state[each[there], first[there]] = LesionState.MEASURED
    small = rows.node[each, first] & (wanted < NODE_DISEASE_TENTHS)
    gone[each, first] = ~there | small
    rows.size[at], rows.state[at], rows.resolved[at] = size, state, gone


def _drop_others(rows: LesionHistory, at: Cells) -> None:
    state = rows.state[at]
    state[rows.role == Role.NEW] = LesionState.NONE
    worse = np.isin(state, (LesionState.EQUIVOCAL, LesionState.UNEQUIVOCAL))
    state[(rows.role == Role.NON_TARGET) & worse] = LesionState.PRESENT
    rows.state[at] = state


def _clear_others(rows: LesionHistory, at: Cells) -> None:
    state = rows.state[at]
    state[rows.role == Role.NON_TARGET] = LesionState.ABSENT
    rows.state[at] = state


def _clear(rows: LesionHistory, at: Cells) -> None:
    _clear_others(rows, at)
    target = rows.role == Role.TARGET
    state, size, gone = rows.state[at], rows.size[at], rows.resolved[at]
    state[target], size[target], gone[target] = LesionState.ABSENT, 0, True
    rows.state[at], rows.size[at], rows.resolved[at] = state, size, gone


def _make_certain(rows: LesionHistory, at: Cells) -> None:
    state = rows.state[at]
    state[state == LesionState.EQUIVOCAL] = LesionState.UNEQUIVOCAL
    rows.state[at] = state


def _show_target(rows: LesionHistory, at: Cells) -> None:
    first = (rows.role == Role.TARGET).argmax(axis=1)
    each = np.arange(len(first))
    where = (*at, first)
    rows.state[where] = LesionState.MEASURED
    rows.size[where] = np.where(rows.node[each, first], NODE_DISEASE_TENTHS, 1)
    rows.resolved[where] = False
