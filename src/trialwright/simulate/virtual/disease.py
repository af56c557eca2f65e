"""Lesions at baseline: where, how many, how large, which are targets, which are ablated.

Slots of lesions are rows: `organ[c]`, `size[c]`, `target[c]`, `ablated[c]` hold one number a
subject, -1 or 0 where a slot is empty; the targets stand in the first slots.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trialwright.simulate.virtual import purposes
from trialwright.simulate.virtual.choose import choose, put_at, take_at, up_to
from trialwright.simulate.virtual.parts import AblationPart, CohortModel, DiseasePart
from trialwright.simulate.virtual.tables import exp_of, looked_up, position
from trialwright.simulate.virtual.words import Each, Place, Words, half, high, low, words_at

#: Limits of a baseline lesion set (R-009); there are as many slots as targets in all.
MOST_SLOTS = 5
MOST_PER_ORGAN = 2
#: Further small lesions: as many as there are random bits for.
MOST_EXTRAS = 6
MOST_MM = 250.0
HIGHEST_SCORE = 3.0
NOT_CORE_FIRST, NOT_CORE_MORE = 5, 8
_BITS, _FOUR, _PICKS = np.uint64(15), np.uint64(4), 4


class Lesions(NamedTuple):
    """Rows of lesion slots, to be filled."""

    organ: Each
    size: Each
    target: Each
    ablated: Each


class Disease(NamedTuple):
    """What a subject has besides the slots: number of targets and others, and how others are.

    `others` counts lesions that are followed, not measured; `worsens` whether one of them can
    show progression; `mm` is the sum of all diameters of measurable lesions.
    """

    targets: Each
    others: Each
    worsens: Each
    mm: Each
    ablated: Each
    sessions: Each


def draw_disease(m: CohortModel, place: Place, out: Lesions) -> Disease:
    """Fill the slots of a subject and tell what else there is (R-009 to R-011, R-104)."""
    measurable, silent, filled = _draw_slots(m.disease, place, out)
    _draw_sizes(m, place, out, filled)
    ablated = measurable * 0
    sessions = ablated
    if m.ablation.applies:
        ablated, sessions = _choose_ablated(m, place, out, filled)
    targets, others, mm, worsens = _choose_targets(m.disease, out, filled)
    extra, extra_worsens = _draw_extras(m.disease, place, out, measurable)
    _put_targets_first(m.disease, out, filled)
    return Disease(
        targets, others + silent + extra, worsens | extra_worsens | (silent > 0), mm, ablated,
        sessions,
    )  # fmt: skip


def _draw_slots(d: DiseasePart, place: Place, out: Lesions) -> tuple[Each, Each, Each]:
    """Organs with disease, first one lesion in each, further lesions in core organs.

    Returns the number of measurable organs, the number of others, and after how many slots all
    are empty.
    """
    first, further = organ_words(d, place)
    picks = words_at(place, purposes.PLACES)
    pattern = position(low(first.a), d.patterns)
    measurable = pattern * 0
    silent = pattern * 0
    for slot in range(d.slots):
        out.organ[slot] = pattern * 0 - 1
    for o in range(d.organs):
        involved = is_involved(d, pattern, (first, further), o)
        if d.measurable[o]:
            put_at(out.organ[: min(o + 1, d.slots)], measurable, o, involved)
            measurable = measurable + np.int64(involved)
        else:
            silent = silent + np.int64(involved)
    wanted = position(high(first.a), d.counts) + 1
    bits = picks.a
    for slot in range(min(up_to(wanted, d.slots), d.slots)):
        organ = d.core_pick[pattern, np.int64(bits & _BITS)]
        bits = bits >> _FOUR
        out.organ[slot] = choose((slot >= measurable) & (slot < wanted), organ, out.organ[slot])
    return measurable, silent, np.minimum(np.maximum(measurable, wanted), d.slots)


def organ_words(d: DiseasePart, place: Place) -> tuple[Words, Words]:
    """The words that say which organs have disease: those of the first organs, of the further."""
    first = words_at(place, purposes.DISEASE)
    if d.organs > NOT_CORE_FIRST:
        return first, words_at(place, purposes.FURTHER_ORGANS)
    return first, first


def is_involved(d: DiseasePart, pattern: Each, words: tuple[Words, Words], o: int) -> Each:
    """Whether there is disease in an organ: by the pattern of core disease, or by its share."""
    first, further = words
    u = half(first, 3 + o) if o < NOT_CORE_FIRST else half(further, o - NOT_CORE_FIRST)
    return (d.core[pattern, o] > 0) | (u < d.share[o])


def _draw_sizes(m: CohortModel, place: Place, out: Lesions, filled: Each) -> None:
    """Log-normal diameters, cut below at what can be measured in the organ."""
    d = m.disease
    words = words_at(place, purposes.SIZES)
    for slot in range(up_to(filled, d.slots)):
        organ = np.maximum(out.organ[slot], 0)
        below = d.below[organ]
        score = looked_up(m.tables.normal, below + (((65_536 - below) * half(words, slot)) >> 16))
        log_mm = d.log_median[organ] + d.size_sigma * np.minimum(score, HIGHEST_SCORE)
        mm = np.minimum(exp_of(log_mm, m.tables), MOST_MM)
        out.size[slot] = choose(out.organ[slot] >= 0, mm, 0.0)
        out.ablated[slot] = out.organ[slot] < -1


def _choose_ablated(m: CohortModel, place: Place, out: Lesions, filled: Each) -> tuple[Each, Each]:
    """Some subjects have every lesion ablated, the others the smallest ones; nodes are not.

    Returns the number of lesions ablated and of sessions, the one for residual tumour included.
    """
    a: AblationPart = m.ablation
    words = words_at(place, purposes.ABLATION)
    measured = out.organ[0] * 0
    slots = up_to(filled, m.disease.slots)
    for slot in range(slots):
        measured = measured + np.int64(_can_be_ablated(m.disease, out, slot))
    every = (low(words.a) < a.every) | (measured <= 1)
    some = 1 + ((high(words.a) * np.maximum(measured - 1, 0)) >> 16)
    count = choose(every, measured, some)
    for slot in range(slots):
        mine = _can_be_ablated(m.disease, out, slot)
        smaller = out.organ[0] * 0
        for other in range(slots):
            if other != slot:
                theirs = _can_be_ablated(m.disease, out, other)
                smaller = smaller + np.int64(theirs & _is_smaller(out, other, slot))
        out.ablated[slot] = mine & (smaller < count)
    full = (count + a.per_session - 1) // a.per_session
    last = count - np.maximum(full - 1, 0) * a.per_session
    again = (count > 0) & (low(words.b) < a.residual[last])
    return count, full + np.int64(again)


def _can_be_ablated(d: DiseasePart, out: Lesions, slot: int) -> Each:
    organ = out.organ[slot]
    return (organ >= 0) & np.logical_not(d.node[np.maximum(organ, 0)])


def _is_smaller(out: Lesions, one: int, other: int) -> Each:
    """Whether the lesion of one slot is smaller; of equal ones the later slot is."""
    if one > other:
        return out.size[one] <= out.size[other]
    return out.size[one] < out.size[other]


def _choose_targets(d: DiseasePart, out: Lesions, filled: Each) -> tuple[Each, Each, Each, Each]:
    """The largest lesions that are not ablated, at most two an organ (R-009).

    There are no more than five slots, so five in all hold by themselves.

    Returns the number of targets and of others, the sum of all diameters, and whether one of the
    others can worsen: no node, no ablation zone.
    """
    none = out.organ[0] * 0
    targets = none
    others = none
    mm = out.size[0] * 0.0
    worsens = none > 0
    slots = up_to(filled, d.slots)
    for slot in range(slots):
        rank = none
        for other in range(slots):
            if other != slot:
                larger = _is_smaller(out, slot, other) & np.logical_not(out.ablated[other])
                rank = rank + np.int64(larger & (out.organ[other] == out.organ[slot]))
        fits = (out.organ[slot] >= 0) & np.logical_not(out.ablated[slot])
        out.target[slot] = fits & (rank < MOST_PER_ORGAN)
        there = out.organ[slot] >= 0
        left = there & np.logical_not(out.target[slot])
        node = d.node[np.maximum(out.organ[slot], 0)]
        targets = targets + np.int64(out.target[slot])
        others = others + np.int64(left)
        mm = mm + out.size[slot]
        worsens = worsens | (left & np.logical_not(node) & np.logical_not(out.ablated[slot]))
    return targets, others, mm, worsens


def _put_targets_first(d: DiseasePart, out: Lesions, filled: Each) -> None:
    """Exchange neighbours until no target stands behind another lesion."""
    for end in range(up_to(filled, d.slots) - 1, 0, -1):
        for slot in range(end):
            swap = out.target[slot + 1] & np.logical_not(out.target[slot])
            _exchange(out.organ, slot, swap)
            _exchange(out.size, slot, swap)
            _exchange(out.ablated, slot, swap)
            _exchange(out.target, slot, swap)


def _exchange(rows: Each, slot: int, swap: Each) -> None:
    first = choose(swap, rows[slot + 1], rows[slot])
    rows[slot + 1] = choose(swap, rows[slot], rows[slot + 1])
    rows[slot] = first


def _draw_extras(d: DiseasePart, place: Place, out: Lesions, measurable: Each) -> tuple[Each, Each]:
    """Further small lesions, each in one of the measurable organs with disease.

    Returns their number, and whether one of them lies outside the nodes.
    """
    first = words_at(place, purposes.DISEASE)
    picks = words_at(place, purposes.PLACES)
    extra = position(low(first.b), d.extras)
    worsens = extra < 0
    for number in range(up_to(extra, len(d.extras) - 1)):
        at = (half(picks, 2 + number) * measurable) >> 16
        organ = take_at(out.organ, at)
        node = d.node[np.maximum(organ, 0)]
        worsens = worsens | ((number < extra) & np.logical_not(node))
    return extra, worsens
