"""Random lesion histories on the edges of iRECIST, as arrays and as the plain oracle reads them."""

from __future__ import annotations

import numpy as np

from support.oracle_irecist import I_NAME, NewLesion, NewSight, Tp
from trialwright.response.history import LesionHistory
from trialwright.response.irecist.new_lesions import NewLesionFacts
from trialwright.response.nontargets import settle_equivocal
from trialwright.response.timepoint import TimePoints
from trialwright.vocabulary.recist import NO_DAY, RESPONSE_TEXT, LesionState, Role

S = LesionState
ROLES = (*(Role.TARGET,) * 2, *(Role.NON_TARGET,) * 2, *(Role.NEW,) * 4)
VISITS = 7


def random_immune(rng: np.random.Generator, subjects: int) -> tuple[LesionHistory, NewLesionFacts]:
    """Histories with growth of 4, 5 or 6 mm at a time, resets, new lesions that grow or vanish."""
    width, shape = len(ROLES), (subjects, VISITS, len(ROLES))
    role = np.tile(np.array(ROLES, np.int8), (subjects, 1))
    role[rng.random((subjects, width)) < 0.25] = Role.NONE
    role[:, 0] = np.where(rng.random(subjects) < 0.85, Role.TARGET, Role.NONE)
    gaps = rng.choice((20, 25, 26, 27, 28, 42, 56, 57, 84), (subjects, VISITS))
    first = np.cumsum(gaps, axis=1).astype(np.int32)
    last = first + rng.choice((0, 0, 0, 3), (subjects, VISITS)).astype(np.int32)
    baseline = np.where(role == Role.TARGET, rng.choice((100, 200, 250), (subjects, width)), 0)
    size = _walk(rng, baseline, shape)
    state = np.zeros(shape, np.int8)
    target, other, new = (role == r for r in (Role.TARGET, Role.NON_TARGET, Role.NEW))
    draw = rng.random(shape)
    state[:] = np.where(size > 0, S.MEASURED, S.ABSENT)
    state[draw < 0.06] = S.NE
    words = (S.PRESENT, S.ABSENT, S.INCREASED, S.EQUIVOCAL, S.UNEQUIVOCAL, S.NE)
    said = rng.choice(words, shape, p=(0.5, 0.2, 0.1, 0.05, 0.1, 0.05))
    state = np.where(other[:, None, :], said, state)
    seen = rng.choice((S.NONE, S.EQUIVOCAL, S.UNEQUIVOCAL, S.ABSENT, S.NE), shape,
                      p=(0.35, 0.07, 0.4, 0.13, 0.05))  # fmt: skip
    early = np.arange(VISITS)[None, :, None] < rng.integers(0, 9, (subjects, 1, width))
    state = np.where(new[:, None, :], np.where(early, S.NONE, seen), state)
    state[np.broadcast_to((role == Role.NONE)[:, None, :], shape)] = S.NONE
    fresh = rng.choice((0, 60, 95, 100, 120, 149, 150, 160, 199, 210), shape)
    numbered = np.isin(state, (S.EQUIVOCAL, S.UNEQUIVOCAL)) & new[:, None, :]
    size = np.where(target[:, None, :] & (state == S.MEASURED), size, 0)
    size = np.where(numbered, fresh, size).astype(np.int32)
    history = LesionHistory(
        role=role, node=rng.random(role.shape) < 0.2, zone=np.zeros(role.shape, np.bool_),
        baseline=baseline.astype(np.int32), state=state.astype(np.int8), size=size,
        resolved=target[:, None, :] & (state == S.ABSENT),
        day=np.where(np.isin(state, (S.NE, S.NONE)), NO_DAY, first[:, :, None]).astype(np.int32),
        first_day=first, last_day=last,
        visits=rng.integers(1, VISITS + 1, subjects).astype(np.int32),
        marker=np.zeros((subjects, VISITS), np.int8),
        convinced=np.zeros((subjects, VISITS), np.int8),
    )  # fmt: skip
    slices = rng.choice((0, 0, 5, 6, 8), role.shape)
    minimum = np.maximum(np.where(history.node, 150, 100), np.where(slices > 5, 20 * slices, 0))
    organ = np.where(history.node, 0, rng.integers(1, 3, role.shape)).astype(np.int32)
    grown = new[:, None, :] & (rng.random(shape) < 0.1)
    return history, NewLesionFacts(organ=organ, minimum=minimum.astype(np.int32), grown=grown)


def _walk(rng: np.random.Generator, start: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Sizes that grow by 4, 5 or 6 mm, shrink, vanish, or stay."""
    steps = rng.choice((-120, -60, 0, 0, 20, 40, 49, 50, 60), shape)
    sizes = np.maximum(start[:, None, :] + np.cumsum(steps, axis=1), 0)
    return np.where(rng.random(shape) < 0.05, 0, sizes)


def plain_view(
    history: LesionHistory, facts: NewLesionFacts, points: TimePoints, s: int
) -> tuple[list[Tp], dict[str, NewLesion]]:
    """One subject as the oracle takes it."""
    settled = settle_equivocal(history)
    lesions = {
        f"X{k}": NewLesion(str(facts.organ[s, k]), bool(history.node[s, k]),
                           facts.minimum[s, k] / 20 if facts.minimum[s, k] not in (100, 150) else 0)
        for k in np.flatnonzero(history.role[s] == Role.NEW)
    }  # fmt: skip
    return [
        _time_point(settled, facts, points, s, v) for v in range(int(history.visits[s]))
    ], lesions


def _time_point(
    history: LesionHistory, facts: NewLesionFacts, points: TimePoints, s: int, v: int
) -> Tp:
    roles, states, sizes = history.role[s], history.state[s, v], history.size[s, v]
    targets = np.flatnonzero(roles == Role.TARGET)
    others = np.flatnonzero(roles == Role.NON_TARGET)
    again = []
    if points.after_cr[s, v]:
        if any(
            states[k] in (S.MEASURED, S.TOO_SMALL) and not history.resolved[s, v, k]
            for k in targets
        ):
            again.append("T")
        if any(states[k] in (S.PRESENT, S.INCREASED) for k in others):
            again.append("NT")
    return Tp(
        day=int(points.day[s, v]),
        recist=_plain(points.response[s, v]),
        target=_plain(points.targets.response[s, v]),
        nontarget=_plain(points.others.response[s, v]),
        sizes={f"T{k}": None if states[k] == S.NE else int(sizes[k]) for k in targets},
        states={f"N{k}": S(states[k]).name for k in others},
        new={
            f"X{k}": NewSight(S(states[k]).name, int(sizes[k]) or None, bool(facts.grown[s, v, k]))
            for k in np.flatnonzero(roles == Role.NEW)
        },
        again=tuple(again),
    )  # fmt: skip


def _plain(code: int) -> str:
    text = RESPONSE_TEXT[code]
    return "NN" if text == "NON-CR/NON-PD" else text


__all__ = ["I_NAME", "plain_view", "random_immune"]
