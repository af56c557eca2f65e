"""Random lesion histories straight as arrays, a hundred thousand in a second.

The edges are those of `random_histories`: sums at the limits of 20 %, 5 mm and 30 %, nodes around
10 mm, lesions that vanish and return, scans a day before and after every limit in days. Behind the
last time point of a subject the arrays hold anything, as the engine promises not to look.
"""

from __future__ import annotations

import numpy as np

from trialwright.response.best_overall import Follow
from trialwright.response.history import LesionHistory
from trialwright.vocabulary.recist import NEVER, NO_DAY, LesionState, Response, Role

_GAPS = (14, 27, 28, 29, 41, 42, 43, 56, 56, 56, 57, 63, 83, 84, 85, 112, 126, 127, 140, 168, 169)
_FIRST = (20, 27, 28, 35, 41, 42, 43, 49, 56, 56, 56, 63, 112, 126, 127, 130)
_ROLES = ((Role.TARGET, 8), (Role.NON_TARGET, 4), (Role.NEW, 3), (Role.NONE, 1))
_OTHER = (
    (LesionState.ABSENT, 20), (LesionState.PRESENT, 12), (LesionState.INCREASED, 3),
    (LesionState.EQUIVOCAL, 6), (LesionState.UNEQUIVOCAL, 2), (LesionState.NE, 3),
    (LesionState.NONE, 1),
)  # fmt: skip
_NEW = (
    (LesionState.NONE, 40), (LesionState.EQUIVOCAL, 12), (LesionState.UNEQUIVOCAL, 4),
    (LesionState.ABSENT, 4), (LesionState.NE, 2), (LesionState.PRESENT, 1),
)  # fmt: skip


def _drawn(rng: np.random.Generator, table: tuple[tuple[int, int], ...], shape) -> np.ndarray:
    """Codes drawn by their weights."""
    codes = np.repeat([int(code) for code, _ in table], [weight for _, weight in table])
    return rng.choice(codes, shape).astype(np.int8)


def random_arrays(
    rng: np.random.Generator, subjects: int, visits: int, lesions: int
) -> tuple[LesionHistory, Follow]:
    """The lesions and dates of random subjects."""
    role = _drawn(rng, _ROLES, (subjects, lesions))
    role[rng.random(subjects) < 0.6] = Role.TARGET  # many with targets alone, so that CR is reached
    target = role == Role.TARGET
    node = rng.random(role.shape) < 0.3
    baseline = np.where(target, rng.integers(100, 500, role.shape), 0).astype(np.int32)
    cured = rng.random((subjects, visits)) < rng.choice((0.1, 0.4, 0.7), (subjects, 1))
    size = _sizes(rng, baseline, target, cured)
    state = _states(rng, role, size, cured)
    size[(state == LesionState.TOO_SMALL) & target[:, None, :]] = 50
    gone = (size == 0) | (node[:, None, :] & (size < 100))
    resolved = gone & np.isin(state, (LesionState.MEASURED, LesionState.ABSENT, LesionState.MERGED))
    middle = rng.choice(_FIRST, (subjects, visits))
    middle[:, 1:] = rng.choice(_GAPS, (subjects, visits - 1))
    middle = np.cumsum(middle, axis=1)
    day = (middle[:, :, None] + rng.choice((0, 0, 0, 0, 1, 2, 5), state.shape)).astype(np.int32)
    history = LesionHistory(
        role=role, node=node, zone=(role == Role.NON_TARGET) & (rng.random(role.shape) < 0.2),
        baseline=baseline, state=state, size=size, resolved=resolved & target[:, None, :],
        day=np.where(rng.random(day.shape) < 0.05, NO_DAY, day).astype(np.int32),
        first_day=day.min(axis=2), last_day=day.max(axis=2),
        visits=rng.integers(0, visits + 1, subjects).astype(np.int32),
        marker=_rare(rng, (1, 1, 2, 3), middle.shape),
        convinced=_rare(rng, (Response.PR, Response.SD), middle.shape),
    )  # fmt: skip
    return history, _follow(rng, day.max(axis=2))


def _sizes(
    rng: np.random.Generator, baseline: np.ndarray, target: np.ndarray, cured: np.ndarray
) -> np.ndarray:
    """Diameters whose sum is at a limit of R-031 to R-036, or anything; others have a size too."""
    subjects, lesions = baseline.shape
    size = np.zeros((subjects, cured.shape[1], lesions), np.int32)
    base = baseline.sum(axis=1)
    nadir, before = base.copy(), base.copy()
    rows = np.arange(subjects)
    last = lesions - 1 - target[:, ::-1].argmax(axis=1)
    for visit in range(cured.shape[1]):
        limits = np.stack([7 * base // 10, 6 * nadir // 5, nadir + 50, nadir, before])
        total = limits[rng.integers(0, 5, subjects), rows]
        total = np.maximum(total + rng.choice((-2, -1, 0, 0, 1, 2, 30, -30), subjects), 0)
        parts = np.where(target, rng.choice((0, 50, 90, 99, 100, 101), target.shape), 0)
        parts[rows, last] = np.maximum(total - parts.sum(axis=1) + parts[rows, last], 0)
        small = (
            rng.choice((0, 0, 0, 40, 90, 99), parts.shape) * (rng.random(subjects) < 0.3)[:, None]
        )
        parts = np.where(cured[:, visit, None], small, parts)
        size[:, visit] = np.where(target, parts, rng.choice((0, 90, 100, 280), parts.shape))
        before = np.where(target, parts, 0).sum(axis=1)
        nadir = np.minimum(nadir, before)
    return size


def _states(
    rng: np.random.Generator, role: np.ndarray, size: np.ndarray, cured: np.ndarray
) -> np.ndarray:
    """What is recorded of each lesion."""
    measured = np.where(size > 0, LesionState.MEASURED, LesionState.ABSENT).astype(np.int8)
    draw = rng.random(size.shape)
    measured[draw < 0.06] = LesionState.NE
    measured[(draw > 0.96) & ~cured[:, :, None]] = LesionState.TOO_SMALL
    measured[(draw > 0.95) & (size == 0)] = LesionState.MERGED
    other = _drawn(rng, _OTHER, size.shape)
    other[cured[:, :, None] & (draw < 0.9)] = LesionState.ABSENT
    state = np.where((role == Role.TARGET)[:, None, :], measured, other)
    new = (role == Role.NEW)[:, None, :]
    return np.where(new, _drawn(rng, _NEW, size.shape), state).astype(np.int8)


def _rare(rng: np.random.Generator, codes: tuple[int, ...], shape: tuple[int, int]) -> np.ndarray:
    """A code at some time points of three subjects in ten, 0 elsewhere."""
    which = (rng.random(shape) < 0.7) & (rng.random((shape[0], 1)) < 0.3)
    return np.where(which, rng.choice([int(code) for code in codes], shape), 0).astype(np.int8)


def _follow(rng: np.random.Generator, day: np.ndarray) -> Follow:
    """Dates on a scan day or one day away, most of them never."""

    def near(chance: float) -> np.ndarray:
        subjects = len(day)
        scan = day[np.arange(subjects), rng.integers(0, day.shape[1], subjects)]
        found = scan + rng.choice((-200, -1, 0, 0, 1, 2, 60), subjects)
        return np.where(rng.random(subjects) < chance, found, NEVER).astype(np.int32)

    reference = rng.choice((0, 0, 0, 0, -3, 1, 30, NO_DAY), len(day)).astype(np.int32)
    return Follow(
        reference=reference, death=near(0.3), withdrawal=near(0.15), lost=near(0.1),
        new_therapy=near(0.25), end_of_treatment=near(0.4), surgery=near(0.1),
    )  # fmt: skip
