"""From scans to the arrays of the response engine.

Lesion columns: one for each slot, then one for all lesions that are followed, not measured, and one
for the lesion that appears at progression. Lesions followed show progression, or are not all seen,
together; that is all the rules ask of them (R-040).
"""

from __future__ import annotations

import numpy as np

from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.simulate.virtual import purposes
from trialwright.simulate.virtual.course import LOCAL, NEW, NONTARGET
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.patients import Patients
from trialwright.simulate.virtual.reading import (
    OTHERS_BIT,
    OTHERS_BITS,
    SMALL_TENTHS,
    Tumour,
    baseline_tenths,
)
from trialwright.simulate.virtual.scanning import Scans
from trialwright.simulate.virtual.words import high, words_at
from trialwright.vocabulary.recist import NO_DAY, LesionState, Role

_DOUBTFUL = (LesionState.EQUIVOCAL, LesionState.UNEQUIVOCAL)
#: Short axis below which a node is normal, in tenths of a millimetre (R-026).
_NORMAL_NODE = 100


def baselines(m: CohortModel, p: Patients) -> Ints:
    """Baseline diameters of the targets as read, in tenths of a millimetre [C, P]; 0 elsewhere."""
    found = np.zeros(p.lesions.size.shape, np.int32)
    for slot in range(m.disease.slots):
        node = m.disease.node[np.maximum(p.lesions.organ[slot], 0)]
        tumour = Tumour(p.lesions.size[slot], p.growing.killed[slot], p.growing.pace[slot], node)
        tenths = baseline_tenths(m, p.place, slot, tumour, p.entry.fine)
        found[slot] = np.where(p.lesions.target[slot], tenths, 0)
    return found


def history_of(
    m: CohortModel, p: Patients, scans: Scans, baseline: Ints, who: Longs
) -> LesionHistory:
    """The lesions of subjects `who`, all with the same number of scans, as the engine takes them.

    Arrays lie lesion by lesion in memory, which is how the engine works through them.
    """
    made = int(scans.count[who[0]])
    # Who has no scan yet has one row that does not count.
    visits = max(made, 1)
    slots = m.disease.slots
    rows = scans.order[:visits, who].astype(np.int64)
    day = scans.day[rows, who]
    apart = scans.apart[rows, who].astype(np.int32)
    hidden = scans.hidden[rows, who]
    lesions, subjects = slots + 2, len(who)
    role = np.zeros((lesions, subjects), np.int8)
    state = np.zeros((lesions, visits, subjects), np.int8)
    size = np.zeros((lesions, visits, subjects), np.int32)
    resolved = np.zeros((lesions, visits, subjects), np.bool_)
    days = np.empty((lesions, visits, subjects), np.int32)
    node = np.zeros((lesions, subjects), np.bool_)
    for slot in range(slots):
        target = p.lesions.target[slot, who]
        organ = np.maximum(p.lesions.organ[slot, who], 0)
        node[slot] = m.disease.node[organ] & target
        tenths = scans.tenths[slot][rows, who]
        unseen = (hidden >> slot & 1) > 0
        gone = tenths == 0
        role[slot] = np.where(target, Role.TARGET, Role.NONE)
        seen = np.where(gone, LesionState.ABSENT, LesionState.MEASURED)
        seen = np.where(~gone & (tenths == SMALL_TENTHS) & ~node[slot], LesionState.TOO_SMALL, seen)
        state[slot] = np.where(target, np.where(unseen, LesionState.NE, seen), LesionState.NONE)
        size[slot] = np.where(target & ~unseen, tenths, 0)
        small = np.where(node[slot], tenths < _NORMAL_NODE, gone)
        resolved[slot] = target & ~unseen & small
        days[slot] = day + np.where(m.disease.thorax[organ], 0, apart)
    seen_first = np.cumsum(_after(p, who, day), axis=0)
    vanished = (resolved[:slots] & ~node[:slots, None, :]).any(axis=0) & p.course.complete[who]
    role[slots], state[slots] = _others(m, p, who, (seen_first, hidden, vanished))
    role[slots + 1], state[slots + 1] = _new(m, p, who, seen_first)
    days[slots] = day + apart
    days[slots + 1] = day + apart
    days[state == LesionState.NONE] = NO_DAY
    return LesionHistory(
        role=role.T, node=node.T, zone=np.zeros_like(node).T, baseline=_padded(baseline[:, who]).T,
        state=state.T, size=size.T, resolved=resolved.T, day=days.T, first_day=day.T,
        last_day=(day + apart).T, visits=np.full(subjects, made, np.int32),
        marker=np.zeros((visits, subjects), np.int8).T,
        convinced=np.zeros((visits, subjects), np.int8).T,
    )  # fmt: skip


def _after(p: Patients, who: Longs, day: Ints) -> Flags:
    """Scans on or after the true day of progression [V, S]."""
    return day >= (p.follow.start[who] + p.course.progression[who])[None, :]


def _others(
    m: CohortModel, p: Patients, who: Longs, seen: tuple[Longs, Ints, Flags]
) -> tuple[Codes, Codes]:
    """Lesions that are followed, as one (R-040): present, gone with the targets, or worse.

    Ablation zones are no disease (R-104) and do not count here. `seen` holds the number of scans
    since progression, the bits of lesions not shown, and where everything has vanished.
    """
    since, hidden, vanished = seen
    number = p.disease.others[who] - p.disease.ablated[who]
    bits = (1 << np.minimum(number, OTHERS_BITS)) - 1
    unseen = (hidden >> OTHERS_BIT & bits) > 0
    worse = np.where(_is_doubtful(m, p, who) & (since == 1), *_DOUBTFUL)
    state = np.where(vanished, LesionState.ABSENT, LesionState.PRESENT)
    state = np.where((p.course.cause[who] == NONTARGET) & (since > 0), worse, state)
    state = np.where(unseen, LesionState.NE, state)
    there = number > 0
    return (
        np.where(there, Role.NON_TARGET, Role.NONE).astype(np.int8),
        np.where(there, state, LesionState.NONE).astype(np.int8),
    )


def _new(m: CohortModel, p: Patients, who: Longs, since: Longs) -> tuple[Codes, Codes]:
    """The lesion that appears at progression, doubtful on its first scan now and then (R-045)."""
    comes = (p.course.cause[who] == NEW) | (p.course.cause[who] == LOCAL)
    state = np.where(_is_doubtful(m, p, who) & (since == 1), *_DOUBTFUL)
    there = comes & (since > 0)
    return (
        np.where(comes & (since[-1] > 0), Role.NEW, Role.NONE).astype(np.int8),
        np.where(there, state, LesionState.NONE).astype(np.int8),
    )


def _is_doubtful(m: CohortModel, p: Patients, who: Longs) -> Flags:
    """Whether the first sight of progression is called equivocal."""
    words = words_at(p.place._replace(trial=p.place.trial[who], subject=p.place.subject[who]),
                     purposes.COURSE)  # fmt: skip
    return high(words.d) < m.scan.equivocal_first


def _padded(baseline: Ints) -> Ints:
    return np.concatenate([baseline, np.zeros((2, baseline.shape[1]), np.int32)])
