"""From scans to the arrays of the response engine.

Lesion columns: one for each slot, then one for all lesions that are followed, not measured, and one
for the lesion that appears at progression. Lesions followed show progression, or are not all seen,
together; that is all the rules ask of them (R-040).
"""

from __future__ import annotations

import numpy as np

from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.simulate.virtual.course import LOCAL, NEW, NONTARGET
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.patients import Patients
from trialwright.simulate.virtual.reading import OTHERS_BIT, OTHERS_BITS, SMALL_TENTHS
from trialwright.simulate.virtual.scanning import Scans
from trialwright.vocabulary.recist import NO_DAY, LesionState, Role

_DOUBTFUL = (LesionState.EQUIVOCAL, LesionState.UNEQUIVOCAL)
#: Short axis below which a node is normal, in tenths of a millimetre (R-026).
_NORMAL_NODE = 100


def history_of(
    m: CohortModel, p: Patients, scans: Scans, task: tuple[Longs, tuple[int, int]]
) -> LesionHistory:
    """The lesions of some subjects as the engine takes them.

    `task` holds the subjects by their position in `scans`, and the room they need: time points (one
    at least) and slots of targets. Arrays lie lesion by lesion in memory, which is how the engine
    works through them.
    """
    at, (visits, slots) = task
    who = scans.work[at]
    made = scans.count[at]
    rows = scans.order[:visits, at].astype(np.int64)
    day = np.where(np.arange(visits)[:, None] < made, scans.day[rows, at], NO_DAY)
    apart = scans.apart[rows, at].astype(np.int32)
    hidden = scans.hidden[rows, at]
    lesions, subjects = slots + 2, len(who)
    role = np.zeros((lesions, subjects), np.int8)
    node = np.zeros((lesions, subjects), np.bool_)
    baseline = np.zeros((lesions, subjects), np.int32)
    state = np.zeros((lesions, visits, subjects), np.int8)
    size = np.zeros((lesions, visits, subjects), np.int32)
    resolved = np.zeros((lesions, visits, subjects), np.bool_)
    days = np.empty((lesions, visits, subjects), np.int32)
    for slot in range(slots):
        target = p.disease.targets[who] > slot
        lesion = np.where(target, scans.first[at] + slot, 0)
        node[slot] = scans.node[lesion] & target
        role[slot] = target
        baseline[slot] = scans.baseline[lesion] * target
        shown = target & (hidden >> slot & 1 == 0)
        tenths = scans.tenths[rows, lesion] * shown
        size[slot] = tenths
        resolved[slot] = shown & (tenths < np.where(node[slot], _NORMAL_NODE, 1))
        state[slot] = _target_state(target, shown, tenths, node[slot])
        days[slot] = day + np.where(scans.thorax[lesion], 0, apart)
    seen_first = np.cumsum(_after(p, who, day), axis=0)
    vanished = (resolved[:slots] & ~node[:slots, None, :]).any(axis=0) & p.course.complete[who]
    role[slots], state[slots] = _others(p, who, (seen_first, hidden, vanished))
    role[slots + 1], state[slots + 1] = _new(p, who, seen_first)
    days[slots:] = day + apart
    days[state == LesionState.NONE] = NO_DAY
    none = np.zeros((visits, subjects), np.int8)
    return LesionHistory(
        role=role.T, node=node.T, zone=np.zeros_like(node).T, baseline=baseline.T,
        state=state.T, size=size.T, resolved=resolved.T, day=days.T, first_day=day.T,
        last_day=(day + apart).T, visits=made.astype(np.int32), marker=none.T, convinced=none.T,
    )  # fmt: skip


def _target_state(target: Flags, shown: Flags, tenths: Ints, node: Flags) -> Codes:
    """Measured, gone, too small or not evaluable; no state where there is no target."""
    state = np.full(tenths.shape, LesionState.MEASURED, np.int8)
    state[tenths == 0] = LesionState.ABSENT
    state[(tenths == SMALL_TENTHS) & ~node] = LesionState.TOO_SMALL
    state[~shown] = LesionState.NE
    return state * target


def _after(p: Patients, who: Longs, day: Ints) -> Flags:
    """Scans on or after the true day of progression [V, S]."""
    return day >= (p.follow.start[who] + p.course.progression[who])[None, :]


def _others(p: Patients, who: Longs, seen: tuple[Longs, Ints, Flags]) -> tuple[Codes, Codes]:
    """Lesions that are followed, as one (R-040): present, gone with the targets, or worse.

    Ablation zones are no disease (R-104) and do not count here. `seen` holds the number of scans
    since progression, the bits of lesions not shown, and where everything has vanished.
    """
    since, hidden, vanished = seen
    number = p.disease.others[who] - p.disease.ablated[who]
    bits = (1 << np.minimum(number, OTHERS_BITS)) - 1
    unseen = (hidden >> OTHERS_BIT & bits) > 0
    worse = np.where(p.course.doubtful[who] & (since == 1), *_DOUBTFUL)
    state = np.where(vanished, LesionState.ABSENT, LesionState.PRESENT)
    state = np.where((p.course.cause[who] == NONTARGET) & (since > 0), worse, state)
    state = np.where(unseen, LesionState.NE, state)
    there = number > 0
    return (
        np.where(there, Role.NON_TARGET, Role.NONE).astype(np.int8),
        np.where(there, state, LesionState.NONE).astype(np.int8),
    )


def _new(p: Patients, who: Longs, since: Longs) -> tuple[Codes, Codes]:
    """The lesion that appears at progression, doubtful on its first scan now and then (R-045)."""
    comes = (p.course.cause[who] == NEW) | (p.course.cause[who] == LOCAL)
    state = np.where(p.course.doubtful[who] & (since == 1), *_DOUBTFUL)
    there = comes & (since > 0)
    return (
        np.where(comes & (since[-1] > 0), Role.NEW, Role.NONE).astype(np.int8),
        np.where(there, state, LesionState.NONE).astype(np.int8),
    )
