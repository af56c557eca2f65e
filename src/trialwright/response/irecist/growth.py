"""What a time point shows against the first iUPD of its series (R-087, R-088, R-090).

`Facts` are read once from the RECIST 1.1 assessment; a `Mark` keeps the state at the first iUPD.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.response.irecist.new_lesions import (
    NewLesionFacts,
    choose_new_targets,
    present,
)
from trialwright.response.targets import is_progression
from trialwright.response.timepoint import TimePoints
from trialwright.vocabulary.irecist import ICPD_GROWTH_TENTHS, Cause, Growth
from trialwright.vocabulary.recist import NO_DAY, LesionState, Response, Role

Bits: TypeAlias = NDArray[np.int8]

#: Stands for "no number" among sizes, and for "no complete sum yet".
_UNKNOWN = -1
_NO_SUM = np.iinfo(np.int32).max
#: Rank of a target category, best first; the others cannot be compared (R-090).
_RANK = {Response.CR: 0, Response.PR: 1, Response.SD: 2, Response.PD: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """RECIST 1.1 answers and sizes as iRECIST asks for them; [S, V], with lesions [S, V, L].

    `target_pd` and `other_pd` say which category is in progression, disease after a complete
    response included (R-055); `rank` orders target categories. `target_size` is -1 where a target
    has no value, `size` where a new lesion that is there has no number. `looked` marks new lesions
    with a state at the time point, `calm` is the response while no progression is open.
    """

    live: Flags
    day: Ints
    target: Codes
    other: Codes
    target_pd: Flags
    other_pd: Flags
    other_grew: Flags
    rank: Codes
    target_size: Ints
    present: Flags
    looked: Flags
    grown: Flags
    size: Ints
    new_target: Flags
    new_sum: Ints
    new_complete: Flags
    calm: Codes


def gather_facts(history: LesionHistory, points: TimePoints, lesions: NewLesionFacts) -> Facts:
    """Read the facts; `history` has its equivocal sights settled."""
    state = history.state
    target = (history.role == Role.TARGET)[:, None, :]
    other = (history.role == Role.NON_TARGET)[:, None, :]
    seen = target & (state != LesionState.NE)
    measured = (state == LesionState.MEASURED) | (state == LesionState.TOO_SMALL)
    back = any_lesion(target & measured & ~history.resolved) & points.after_cr
    still = (state == LesionState.PRESENT) | (state == LesionState.INCREASED)
    other_back = any_lesion(other & ~history.zone[:, None, :] & still) & points.after_cr
    grew = (state == LesionState.INCREASED) | (state == LesionState.UNEQUIVOCAL)
    target_pd = (points.targets.response == Response.PD) | back
    there = present(history)
    chosen = choose_new_targets(history, there, lesions)
    followed = there & chosen[:, None, :]
    size = np.where(there & (history.size > 0), history.size, _UNKNOWN)
    return Facts(
        live=history.live,
        day=points.day,
        target=points.targets.response,
        other=points.others.response,
        target_pd=target_pd,
        other_pd=(points.others.response == Response.PD) | other_back,
        other_grew=any_lesion(other & grew),
        rank=_ranks(np.where(target_pd, Response.PD, points.targets.response)),
        target_size=np.where(seen, history.size, _UNKNOWN),
        present=there,
        looked=(state != LesionState.NE) & (state != LesionState.NONE),
        grown=lesions.grown & there,
        size=size,
        new_target=chosen,
        new_sum=np.where(followed, np.maximum(size, 0), 0).sum(axis=2, dtype=np.int32),
        new_complete=~any_lesion(followed & (size == _UNKNOWN)),
        calm=_calm(history, points, any_lesion(there)),
    )


def any_lesion(which: Flags) -> Flags:
    """Whether any lesion is marked, over the last axis."""
    result: Flags = np.logical_or.reduce(which, axis=-1)
    return result


def _ranks(category: Codes) -> Codes:
    rank = np.full(category.shape, _UNKNOWN, np.int8)
    for response, place in _RANK.items():
        rank[category == response] = place
    return rank


def _calm(history: LesionHistory, points: TimePoints, persists: Flags) -> Codes:
    """The response without an open progression; RECIST 1.1 where no new lesion is there.

    A new lesion that persists after a reset is disease: nothing is complete beside it (R-090).
    """
    measurable = (history.role == Role.TARGET).any(axis=1)[:, None]
    diseased = (history.role == Role.NON_TARGET).any(axis=1)[:, None]
    target, other = points.targets.response, points.others.response
    beside = np.select(
        [measurable & (target == Response.CR), measurable, diseased & (other == Response.CR), diseased],
        [Response.PR, target, Response.NN, other],
        default=Response.NED,
    )  # fmt: skip
    apart = persists | (points.response == Response.PD)
    return np.where(apart, beside, points.response).astype(np.int8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The first iUPD of the latest series of each subject: [S], sizes and presence [S, L].

    `open` says whether it is unresolved; `lowest` is the smallest complete sum of measured new
    lesions since then.
    """

    open: Flags
    visit: Ints
    day: Ints
    cause: Codes
    target_pd: Flags
    other_pd: Flags
    rank: Codes
    target_size: Ints
    present: Flags
    size: Ints
    lowest: Ints

    @classmethod
    def none(cls, facts: Facts) -> Mark:
        """No series yet."""
        subjects, _, width = facts.present.shape
        off, zero = np.zeros(subjects, np.bool_), np.zeros(subjects, np.int8)
        unknown = np.full((subjects, width), _UNKNOWN, np.int32)
        return cls(
            open=off, visit=np.full(subjects, -1, np.int32),
            day=np.full(subjects, NO_DAY, np.int32), cause=zero, target_pd=off, other_pd=off,
            rank=zero, target_size=unknown, present=np.zeros((subjects, width), np.bool_),
            size=unknown, lowest=np.full(subjects, _NO_SUM, np.int32),
        )  # fmt: skip

    def closed(self, reset: Flags) -> Mark:
        """The mark after the resets of a visit."""
        return replace(self, open=self.open & ~reset)

    def opened(self, facts: Facts, visit: int, which: Flags, cause: Codes) -> Mark:
        """The mark after the new series of a visit, with the sum of new lesions followed on."""
        now = Mark(
            open=which, visit=np.full(len(which), visit, np.int32), day=facts.day[:, visit],
            cause=cause, target_pd=facts.target_pd[:, visit], other_pd=facts.other_pd[:, visit],
            rank=facts.rank[:, visit], target_size=facts.target_size[:, visit],
            present=facts.present[:, visit], size=facts.size[:, visit],
            lowest=np.full(len(which), _NO_SUM, np.int32),
        )  # fmt: skip
        merged = {}
        for name in (field.name for field in fields(self)):
            new, old = getattr(now, name), getattr(self, name)
            chosen = which if new.ndim == 1 else which[:, None]
            merged[name] = np.where(chosen, new, old)
        complete = facts.new_complete[:, visit] & facts.live[:, visit]
        sums = np.where(complete, facts.new_sum[:, visit], _NO_SUM)
        merged["lowest"] = np.minimum(merged["lowest"], sums).astype(np.int32)
        return Mark(**merged)


def rise_since(facts: Facts, mark: Mark, visit: int) -> tuple[Ints, Ints]:
    """Rise of the target sum and of the sum of measured new lesions since the first iUPD.

    Over the lesions that had a value then; one without a value now counts 0, so a rise is never
    made up.
    """
    return (
        _rise(mark.target_size, facts.target_size[:, visit], mark.target_size > _UNKNOWN),
        _rise(mark.size, facts.size[:, visit], facts.new_target & mark.present & (mark.size > _UNKNOWN)),
    )  # fmt: skip


def _rise(then: Ints, now: Ints, which: Flags) -> Ints:
    change = np.where(which, np.maximum(now, 0) - then, 0)
    total: Ints = change.sum(axis=1, dtype=np.int32)
    return total


def growth_since(facts: Facts, mark: Mark, visit: int) -> Codes:
    """`Growth` bits of a visit against the first iUPD (R-088)."""
    rise, new_rise = rise_since(facts, mark, visit)
    there, size = facts.present[:, visit], facts.size[:, visit]
    larger = (mark.size > _UNKNOWN) & (size > mark.size)
    uncounted = there & mark.present & ~facts.new_target
    shown = (
        (Growth.TARGET, mark.target_pd & (rise >= ICPD_GROWTH_TENTHS)),
        (Growth.NON_TARGET, mark.other_pd & facts.other_grew[:, visit]),
        (Growth.NEW_TARGET, new_rise >= ICPD_GROWTH_TENTHS),
        (Growth.NEW_NON_TARGET, any_lesion(uncounted & (larger | facts.grown[:, visit]))),
        (Growth.ANOTHER_NEW, any_lesion(there & ~mark.present)),
        (Growth.OTHER_TARGET, facts.target_pd[:, visit] & ~mark.target_pd),
        (Growth.OTHER_NON_TARGET, facts.other_pd[:, visit] & ~mark.other_pd),
    )
    return _bits(shown)


def relieved(facts: Facts, mark: Mark, visit: int) -> Flags:
    """Whether every category that caused the iUPD no longer meets it (R-090).

    What could not be assessed does not relieve (R-091). A new lesion may persist only when it was
    looked at and the target category is better than at the iUPD.
    """
    now_pd = facts.target_pd[:, visit] | facts.other_pd[:, visit]
    target = np.isin(facts.target[:, visit], (Response.CR, Response.PR, Response.SD))
    other = np.isin(facts.other[:, visit], (Response.CR, Response.NN))
    there = facts.present[:, visit]
    rank = facts.rank[:, visit]
    better = (rank > _UNKNOWN) & (rank < mark.rank)
    looked = ~any_lesion(there & ~facts.looked[:, visit])
    new = ~any_lesion(there) | (better & looked)
    fine: Flags = ~now_pd
    for cause, gone in ((Cause.TARGET, target), (Cause.NON_TARGET, other), (Cause.NEW, new)):
        fine &= gone | ((mark.cause & cause) == 0)
    return fine


def new_progression(facts: Facts, mark: Mark, visit: int) -> Codes:
    """`Cause` bits of an iUPD at a visit without an open one (R-085, R-090).

    After a reset a new lesion that persists must grow for it: a further lesion, the sum of the
    measured ones by 20 % and 5 mm above its smallest, or growth that the reader recorded.
    """
    there = facts.present[:, visit]
    before = facts.present[:, visit - 1] if visit else np.zeros_like(there)
    further = any_lesion(there & ~before)
    lowest = np.where(mark.lowest == _NO_SUM, 0, mark.lowest)
    rose = (mark.lowest < _NO_SUM) & is_progression(facts.new_sum[:, visit], lowest)
    grew = any_lesion(there & ~facts.new_target & facts.grown[:, visit])
    again = (mark.visit >= 0) & (rose | grew)
    return _bits(
        (
            (Cause.TARGET, facts.target_pd[:, visit]),
            (Cause.NON_TARGET, facts.other_pd[:, visit]),
            (Cause.NEW, further | again),
        )
    )


def _bits(shown: tuple[tuple[int, Flags], ...]) -> Bits:
    """The sum of the bits that are shown."""
    total = np.zeros(len(shown[0][1]), np.int8)
    for bit, which in shown:
        total |= np.where(which, bit, 0).astype(np.int8)
    return total
