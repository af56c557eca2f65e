"""The lesions that a subject has at baseline, from the slots of the array model.

The arrays count the lesions that are followed, not measured; here each of them gets its organ, from
the same random words, and what only a record needs: side, size, link id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trialwright.simulate.drawn import DrawnCohort
from trialwright.simulate.scenario import Organ
from trialwright.simulate.setting import Subject
from trialwright.simulate.virtual import purposes
from trialwright.simulate.virtual.disease import is_involved, organ_words
from trialwright.simulate.virtual.tables import position
from trialwright.simulate.virtual.words import Place, half, low, words_at

Role = Literal["TARGET", "NON-TARGET"]

#: Diameters of small lesions that are followed, and short axes of nodes, in mm.
_SMALL_MM, _SMALL_NODE_MM = (5.0, 9.5), (10.0, 14.0)
_LEFT_SHARE = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """One baseline lesion.

    Attributes
    ----------
    size_mm
        True diameter.
    slot
        Its place in the arrays, `None` for one that is not measured there.
    session
        The ablation session that treats it, from 1.
    """

    id: str = ""
    organ: Organ
    side: str = ""
    role: Role = "TARGET"
    size_mm: float
    slot: int | None = None
    session: int | None = None

    @property
    def worsens(self) -> bool:
        """Whether a non-target lesion can show progression: no node, no ablation zone (R-104)."""
        return self.role == "NON-TARGET" and not self.organ.node and self.session is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tumours:
    """All baseline lesions of a subject, the targets first."""

    lesions: tuple[Lesion, ...]

    @property
    def targets(self) -> tuple[Lesion, ...]:
        """The target lesions."""
        return tuple(one for one in self.lesions if one.role == "TARGET")

    @property
    def others(self) -> tuple[Lesion, ...]:
        """The lesions that are followed, not measured."""
        return tuple(one for one in self.lesions if one.role != "TARGET")

    @property
    def leader(self) -> str:
        """Link id of the followed lesion that shows progression if one does, "" for none."""
        worse = [one for one in self.others if one.worsens] or list(self.others)
        return worse[0].id if worse else ""


def tumours_of(subject: Subject, cohort: DrawnCohort) -> Tumours:
    """The lesions of a subject: targets by slot, then others, ablated ones with their session."""
    sides = subject.rng("sides")
    lesions = [*_slots(subject, cohort), *_followed(subject, cohort)]
    placed = [replace(one, side=_side(sides, one.organ)) for one in lesions]
    targets = [one for one in placed if one.role == "TARGET"]
    others = [one for one in placed if one.role != "TARGET"]
    return Tumours(
        lesions=(
            *(replace(one, id=f"T{at:02d}") for at, one in enumerate(targets, 1)),
            *(replace(one, id=f"NT{at:02d}") for at, one in enumerate(others, 1)),
        )
    )


def _slots(subject: Subject, cohort: DrawnCohort) -> Iterator[Lesion]:
    """The measurable lesions; those that are ablated get their session, small lesions first."""
    organs = subject.setting.scenario.disease.organs
    lesions, at = cohort.patients.lesions, subject.number
    slots = [slot for slot in range(cohort.model.disease.slots) if lesions.organ[slot, at] >= 0]
    ablated = sorted(
        (slot for slot in slots if lesions.ablated[slot, at]),
        key=lambda slot: float(lesions.size[slot, at]),
    )
    session = {
        slot: 1 + order // cohort.model.ablation.per_session for order, slot in enumerate(ablated)
    }
    for slot in slots:
        yield Lesion(
            organ=organs[int(lesions.organ[slot, at])],
            role="TARGET" if lesions.target[slot, at] else "NON-TARGET",
            size_mm=float(lesions.size[slot, at]),
            slot=slot,
            session=session.get(slot),
        )


def _followed(subject: Subject, cohort: DrawnCohort) -> Iterator[Lesion]:
    """Disease that cannot be measured, then small lesions of measurable organs."""
    organs = subject.setting.scenario.disease.organs
    rng = subject.rng("small lesions")
    place = _place(cohort, subject.number)
    part = cohort.model.disease
    words = organ_words(part, place)
    pattern = position(low(words[0].a), part.patterns)
    there = [one for at, one in enumerate(organs) if is_involved(part, pattern, words, at)[0]]
    measurable = [organ for organ in there if organ.measurable]
    silent = [organ for organ in there if not organ.measurable]
    picks = words_at(place, purposes.PLACES)
    disease, at = cohort.patients.disease, subject.number
    surplus = sum(int(organ >= 0) for organ in cohort.patients.lesions.organ[:, at]) - int(
        disease.targets[at]
    )
    extras = int(disease.others[at]) - surplus - len(silent)
    drawn = [
        measurable[int(half(picks, 2 + number)[0]) * len(measurable) >> 16]
        for number in range(extras)
    ]
    for organ in (*silent, *drawn):
        limits = _SMALL_NODE_MM if organ.node else _SMALL_MM
        yield Lesion(organ=organ, role="NON-TARGET", size_mm=float(rng.uniform(*limits)))


def _place(cohort: DrawnCohort, at: int) -> Place:
    place = cohort.patients.place
    return place._replace(trial=place.trial[at : at + 1], subject=place.subject[at : at + 1])


def _side(rng: np.random.Generator, organ: Organ) -> str:
    draw = rng.random()
    return ("LEFT" if draw < _LEFT_SHARE else "RIGHT") if organ.id == "LUNG" else ""
