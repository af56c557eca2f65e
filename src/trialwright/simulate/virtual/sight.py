"""From scans to the arrays of the response engine.

Lesion columns: one for each slot, then one for all lesions that are followed, not measured, and one
for the lesion that appears at progression. Lesions followed show progression, or are not all seen,
together; that is all the rules ask of them (R-040).
"""

from __future__ import annotations

import numpy as np

from trialwright.response.history import LesionHistory
from trialwright.response.layout import pick
from trialwright.simulate.virtual.parts import Longs
from trialwright.simulate.virtual.patients import Patients, some_of
from trialwright.simulate.virtual.scanning import Scans
from trialwright.simulate.virtual.showing import (
    is_gone,
    is_new,
    is_shown,
    new_state,
    others_state,
    shown_from,
    target_state,
)
from trialwright.vocabulary.recist import NO_DAY, LesionState, Role


def history_of(p: Patients, scans: Scans, task: tuple[Longs, tuple[int, int]]) -> LesionHistory:
    """The lesions of some subjects as the engine takes them.

    `task` holds the subjects by their position in `scans`, and the room they need: time points (one
    at least) and slots of targets. Arrays lie lesion by lesion in memory, which is how the engine
    works through them.
    """
    at, (visits, slots) = task
    who = scans.work[at]
    made = scans.count[at]
    rows = scans.order[:visits, at].astype(np.int64)
    here, lesions_in_row = rows * scans.day.shape[1] + at, scans.tenths.shape[1]
    day = pick(np.arange(visits)[:, None] < made, scans.day.take(here), NO_DAY)
    apart = scans.apart.take(here).astype(np.int32)
    hidden = scans.hidden.take(here)
    abdomen_day = day + apart
    rows *= lesions_in_row
    lesions, subjects = slots + 2, len(who)
    role = np.zeros((lesions, subjects), np.int8)
    node = np.zeros((lesions, subjects), np.bool_)
    baseline = np.zeros((lesions, subjects), np.int32)
    state = np.zeros((lesions, visits, subjects), np.int8)
    size = np.zeros((lesions, visits, subjects), np.int32)
    resolved = np.zeros((lesions, visits, subjects), np.bool_)
    days = np.full((lesions, visits, subjects), NO_DAY, np.int32)
    vanished = np.zeros((visits, subjects), np.bool_)
    thorax = np.zeros(subjects, np.bool_)
    abdomen = p.disease.others[who] > 0
    for slot in range(slots if len(scans.node) else 0):
        target = p.disease.targets[who] > slot
        lesion = (scans.first[at] + slot) * target
        node[slot] = scans.node[lesion] & target
        role[slot] = target
        baseline[slot] = scans.baseline[lesion] * target
        in_thorax = scans.thorax[lesion]
        shown = target & is_shown(hidden, slot)
        really = scans.tenths.take(rows + lesion)
        vanished |= target & ~node[slot] & (really == 0)
        tenths = really * shown
        size[slot] = tenths
        resolved[slot] = is_gone(tenths, node[slot], shown)
        state[slot] = target_state(tenths, node[slot], shown) * target
        days[slot] = pick(target, day + apart * ~in_thorax, NO_DAY)
        thorax |= target & in_thorax
        abdomen |= target & ~in_thorax
    disease, course = some_of(p.disease, who), some_of(p.course, who)
    progression = shown_from(p.follow.start[who], course).astype(np.int32)
    since = np.cumsum(day >= progression, axis=0, dtype=np.int16)
    state[slots] = others_state(disease, course, hidden, (since, vanished))
    state[slots + 1] = new_state(course, since)
    role[slots] = Role.NON_TARGET * (disease.others > 0)
    role[slots + 1] = Role.NEW * (is_new(course) & (since[-1] > 0))
    days[slots:] = pick(state[slots:] != LesionState.NONE, abdomen_day, NO_DAY)
    # A time point has no other days than those of its lesions.
    first = day + apart * (abdomen & ~thorax)
    last = day + apart * (abdomen | (state[slots + 1] != LesionState.NONE))
    none = np.zeros((visits, subjects), np.int8)
    return LesionHistory(
        role=role.T, node=node.T, zone=np.zeros_like(node).T, baseline=baseline.T,
        state=state.T, size=size.T, resolved=resolved.T, day=days.T, first_day=first.T,
        last_day=last.T, visits=made.astype(np.int32), marker=none.T, convinced=none.T,
    )  # fmt: skip
