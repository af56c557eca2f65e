"""Lesions at baseline and their true diameters in time.

Recipe: each lesion follows S(t) = S0 [(1 - q) exp(g t) + q exp(-d t)] with q and d drawn for the
subject and varied by lesion. The growth g of the subject is solved so that the target sum meets the
progression threshold (R-032) on the day at which progression is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr

from trialwright.simulate.clocks import normal_quantile
from trialwright.simulate.scenario import Organ
from trialwright.simulate.setting import Setting, Subject

Floats = NDArray[np.float64]
Role = Literal["TARGET", "NON-TARGET"]

#: Limits of a baseline lesion set (R-001, R-003, R-009).
_MAX_TARGETS = 5
_MAX_PER_ORGAN = 2
MIN_LESION_MM = 10.0
MIN_NODE_MM = 15.0
#: A node that no longer holds tumour keeps this short axis.
NORMAL_NODE_MM = 6.0
_PD_RATIO, _PD_MM, _LEAST_GROWTH = 1.2, 5.0, 1.03
_LN2 = float(np.log(2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """One baseline lesion; `session` is the ablation session that treats it, from 1."""

    id: str = ""
    organ: Organ
    side: str = ""
    role: Role = "TARGET"
    size_mm: float
    session: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tumours:
    """All baseline lesions of a subject with the parameters of their course, aligned."""

    lesions: tuple[Lesion, ...]
    killed: Floats
    decay: Floats
    pace: Floats
    growth: float = 0.0

    @property
    def targets(self) -> tuple[int, ...]:
        """Positions of the target lesions."""
        return tuple(at for at, one in enumerate(self.lesions) if one.role == "TARGET")

    def sizes(self, days: Sequence[float] | Floats) -> Floats:
        """True diameters in mm, [day, lesion]; days count from first treatment."""
        return self._sizes(np.asarray(days, np.float64), self.growth)

    def _sizes(self, days: Floats, growth: float) -> Floats:
        time = np.maximum(days, 0.0)[:, None]
        start = np.array([one.size_mm for one in self.lesions])
        living = (1 - self.killed) * np.exp(np.minimum(growth * self.pace * time, 5.0))
        result: Floats = start * (living + self.killed * np.exp(-self.decay * time))
        nodes = np.array([one.organ.node for one in self.lesions], bool)
        return np.where(nodes, np.maximum(result, np.minimum(start, NORMAL_NODE_MM)), result)

    def grown_to_progress(self, day: float, fastest: float, lower: float = 0.0) -> Tumours:
        """The same lesions, growing so that the target sum is read as PD on `day`.

        Parameters
        ----------
        day
            Days from first treatment.
        fastest
            Highest daily growth; a result with `growth == fastest` has not progressed by `day`.
        lower
            Share by which the smallest sum that was read lies below the true one.
        """
        days = np.append(np.linspace(0.0, day, 40), day)
        low, high = 1e-6, fastest
        for _ in range(30):
            growth = (low * high) ** 0.5
            sums = self._sizes(days, growth)[:, list(self.targets)].sum(axis=1)
            nadir = sums[:-1].min()
            read = nadir * (1 - lower)
            wanted = max(_PD_RATIO * read, read + _PD_MM, _LEAST_GROWTH * nadir)
            reached = sums[-1] >= wanted
            low, high = (low, growth) if reached else (growth, high)
        return replace(self, growth=high)


def draw_lesions(subject: Subject) -> tuple[Lesion, ...]:
    """Draw organs, number and size of the lesions at baseline, largest first."""
    rng = subject.rng("disease")
    disease = subject.setting.scenario.disease
    site = disease.core[_pick(rng, [one.share for one in disease.core])]
    involved = [
        organ
        for organ in disease.organs
        if organ.id in site.organs or (rng.random() < (organ.share or 0.0))
    ]
    measurable = [organ for organ in involved if organ.measurable]
    wanted = max(_pick(rng, disease.lesion_counts) + 1, len(measurable))
    core = [organ for organ in measurable if organ.id in site.organs]
    further = range(wanted - len(measurable))
    places = measurable + [core[int(rng.integers(len(core)))] for _ in further]
    lesions = [_lesion(rng, organ, disease.size_cv) for organ in places]
    lesions += [
        _small(rng, organ) for organ in involved if not organ.measurable
    ] + [
        _small(rng, measurable[int(rng.integers(len(measurable)))])
        for _ in range(_pick(rng, disease.nontarget_counts))
    ]  # fmt: skip
    return tuple(sorted(lesions, key=lambda one: -one.size_mm))


def assign_roles(lesions: Sequence[Lesion]) -> tuple[Lesion, ...]:
    """Choose targets (at most five, two per organ, none ablated) and give link ids.

    References
    ----------
    R-009 to R-011; R-104 for lesions that the protocol ablates.
    """
    per_organ: dict[str, int] = {}
    targets: list[Lesion] = []
    others: list[Lesion] = []
    for one in lesions:
        minimum = MIN_NODE_MM if one.organ.node else MIN_LESION_MM
        fits = one.role == "TARGET" and one.session is None and one.size_mm >= minimum
        used = per_organ.get(one.organ.id, 0)
        if fits and used < _MAX_PER_ORGAN and len(targets) < _MAX_TARGETS:
            per_organ[one.organ.id] = used + 1
            targets.append(replace(one, id=f"T{len(targets) + 1:02d}", role="TARGET"))
        else:
            others.append(replace(one, id=f"NT{len(others) + 1:02d}", role="NON-TARGET"))
    return (*targets, *others)


def draw_course(subject: Subject, lesions: tuple[Lesion, ...], *, responder: bool) -> Tumours:
    """Draw killed share, decay and relative growth of every lesion, correlated in the subject."""
    rng = subject.rng("tumours")
    growth = subject.setting.scenario.growth
    count = len(lesions)
    together = growth.lesion_correlation**0.5
    apart = (1 - growth.lesion_correlation) ** 0.5
    scores = together * rng.normal(size=(3, 1)) + apart * rng.normal(size=(3, count))
    shares = ndtr(scores)
    low, high = growth.killed_responders if responder else growth.killed_others
    killed = low + (high - low) * shares[0]
    killed = _local_effect(subject.setting, lesions, killed)
    if responder and rng.random() < growth.complete_share:
        killed = np.ones(count)
    shortest, longest = growth.half_life_days
    decay = _LN2 / (shortest + (longest - shortest) * shares[1])
    pace = np.exp(0.3 * normal_quantile(np.clip(shares[2], 1e-6, 1 - 1e-6)) * apart)
    return Tumours(lesions=lesions, killed=killed, decay=decay, pace=pace)


def _local_effect(setting: Setting, lesions: Sequence[Lesion], killed: Floats) -> Floats:
    """A component that acts on the liver kills more there and less elsewhere (R-102)."""
    if not setting.treats_liver:
        return killed
    shift = setting.scenario.growth.liver_log_odds
    signs = np.array([1.0 if one.organ.id == "LIVER" else -1.0 for one in lesions])
    inside = np.clip(killed, 1e-6, 1 - 1e-6)
    result: Floats = expit(logit(inside) + shift * signs)
    return result


def _pick(rng: np.random.Generator, shares: Sequence[float]) -> int:
    """Position drawn by shares that add to 1."""
    return int(np.searchsorted(np.cumsum(shares)[:-1], rng.random(), side="right"))


def _lesion(rng: np.random.Generator, organ: Organ, size_cv: float) -> Lesion:
    """A measurable lesion: log-normal diameter, cut below at what is measurable."""
    minimum = MIN_NODE_MM if organ.node else MIN_LESION_MM
    sigma = float(np.sqrt(np.log1p(size_cv**2)))
    below = float(ndtr((np.log(minimum) - np.log(organ.median_mm)) / sigma))
    score = float(normal_quantile(below + (1 - below) * rng.random()))
    size = organ.median_mm * float(np.exp(sigma * min(score, 3.0)))
    return Lesion(organ=organ, side=_side(rng, organ), size_mm=min(size, 250.0))


def _small(rng: np.random.Generator, organ: Organ) -> Lesion:
    """A lesion that is followed, not measured: small, or of a kind that has no diameter."""
    low, high = (10.0, 14.0) if organ.node else (5.0, 9.5)
    size = float(rng.uniform(low, high))
    return Lesion(organ=organ, side=_side(rng, organ), role="NON-TARGET", size_mm=size)


def _side(rng: np.random.Generator, organ: Organ) -> str:
    draw = rng.random()
    return ("LEFT" if draw < 0.45 else "RIGHT") if organ.id == "LUNG" else ""
