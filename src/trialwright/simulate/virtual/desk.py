"""The reading desk: collects subjects with like numbers of scans and lets the engine read them.

The engine works on dense arrays, so subjects who need about the same room are read together, and
their arrays are made when they are read: a reading of few subjects costs nearly as much as one of
thousands.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from trialwright.response.assess import Assessment, assess
from trialwright.response.best_overall import Follow as ResponseFollow
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.simulate.virtual.model import TrialModel
from trialwright.simulate.virtual.parts import Longs
from trialwright.simulate.virtual.patients import Patients
from trialwright.simulate.virtual.reading import NO_DEPTH
from trialwright.simulate.virtual.scanning import Scans
from trialwright.simulate.virtual.sight import history_of
from trialwright.timetoevent.course import Course
from trialwright.timetoevent.progression import decide_progression
from trialwright.vocabulary.recist import NEVER, NO_DAY

_Arrays = TypeVar("_Arrays", LesionHistory, ResponseFollow)

#: Subjects read at once, and what a reading takes even of nobody: as much as the room for that many
#: scans that were not made.
_TOGETHER, _WORTH = 8_192, 4_096
#: Subjects with like numbers of scans wait together, those of few targets apart up to `_USUAL`.
_ROOMS = np.array([1, 2, 3, 4, 5, 6, 8, 16, 32, 64, 128])
_STEPS = np.diff(_ROOMS, append=_ROOMS[-1:] * 2)
_USUAL = np.flatnonzero(_ROOMS == 8).item()
_FEW_TARGETS = 2


@dataclass(frozen=True, slots=True)
class Readings:
    """What the engine finds for P subjects; names as in `VirtualTrials`.

    `last` marks who progressed on the last scan that was read.
    """

    unconfirmed: Codes
    confirmed: Codes
    responded: Ints
    held: Ints
    depth: Ints
    pfs_start: Ints
    pfs_day: Ints
    pfs_event: Flags
    pd_scan: Ints
    scans: Ints
    last: Flags

    @classmethod
    def empty(cls, subjects: int) -> Readings:
        """Room for that many subjects, none of whom has progressed."""
        kinds: dict[str, Any] = dict.fromkeys(("unconfirmed", "confirmed"), np.int8)
        kinds |= dict.fromkeys(("pfs_event", "last"), np.bool_)
        arrays: dict[str, Any] = {
            one.name: np.zeros(subjects, kinds.get(one.name, np.int32)) for one in fields(cls)
        }
        arrays["pd_scan"][:] = NEVER
        return cls(**arrays)

    def outcomes(self) -> dict[str, NDArray[Any]]:
        """Those that `VirtualTrials` keeps."""
        names = [one.name for one in fields(self) if one.name != "last"]
        return {name: getattr(self, name) for name in names}


class _Waiting(NamedTuple):
    """Subjects who wait to be read: by their position `at` in the scans of a chunk."""

    p: Patients
    scans: Scans
    rows: Longs
    at: Longs


@dataclass(slots=True)
class ReadingDesk:
    """Reads subjects into `readings`, pile by pile; `finish` reads what is left.

    Piles are numbered by what they need: those of few targets by their number of scans, then the
    others.
    """

    model: TrialModel
    readings: Readings
    piles: dict[int, list[_Waiting]] = field(default_factory=dict)

    def take(self, p: Patients, scans: Scans, rows: Longs) -> None:
        """Put subjects on the piles of their size; full piles are read at once."""
        room = np.searchsorted(_ROOMS, scans.count)
        many = (p.disease.targets[scans.work] > _FEW_TARGETS) | (room > _USUAL)
        number = room + many * (_USUAL + 1)
        order = np.argsort(number, kind="stable")
        kinds, starts = np.unique(number[order], return_index=True)
        for kind, at in zip(kinds.tolist(), np.split(order, starts[1:]), strict=True):
            pile = self.piles.setdefault(kind, [])
            pile.append(_Waiting(p, scans, rows, at))
            if _height(pile) >= _TOGETHER:
                self._read(self.piles.pop(kind))

    def finish(self) -> None:
        """Read every pile; a low one is put on the next."""
        left: list[_Waiting] = []
        for kind in range(_USUAL + 1 + len(_ROOMS)):
            left += self.piles.pop(kind, [])
            room = kind if kind <= _USUAL else kind - _USUAL - 1
            if _height(left) * _STEPS[room] >= _WORTH:
                self._read(left)
                left = []
            elif kind == _USUAL and left:
                self.piles.setdefault(kind + _USUAL + 1, []).extend(left)
                left = []
        self._read([*left, *self.piles.pop(_USUAL + 1 + len(_ROOMS), [])])

    def _read(self, pile: list[_Waiting]) -> None:
        if not pile:
            return
        in_order = sorted(pile, key=_chunk)
        chunks = [list(same) for _, same in groupby(in_order, key=_chunk)]
        parts = [same[0]._replace(at=np.concatenate([one.at for one in same])) for same in chunks]
        visits = max(1, *(int(one.scans.count[one.at].max()) for one in parts))
        slots = max(1, *(int(one.p.disease.targets[one.scans.work[one.at]].max()) for one in parts))
        whose = [(one.p, one.scans.work[one.at]) for one in parts]
        rows = np.concatenate([one.rows[one.scans.work[one.at]] for one in parts])
        history = _joined([history_of(o.p, o.scans, (o.at, (visits, slots))) for o in parts])
        dates = _joined([dates_of(self.model, p, who) for p, who in whose])
        start = np.concatenate([origin(self.model.pfs_origin, p)[who] for p, who in whose])
        seen = assess(history, dates, self.model.response, block=len(rows))
        _note(self.model, (rows, history.live, dates, start), seen, self.readings)


def _chunk(one: _Waiting) -> int:
    """What tells the chunks apart: the row of their first subject."""
    return int(one.rows[0])


def _height(pile: list[_Waiting]) -> int:
    return sum(len(one.at) for one in pile)


def _joined(parts: list[_Arrays]) -> _Arrays:
    """The subjects of all parts, one after the other; the subject is the first axis."""
    if len(parts) == 1:
        return parts[0]
    names = [one.name for one in fields(parts[0])]
    arrays = {n: np.concatenate([getattr(p, n).T for p in parts], axis=-1).T for n in names}
    return type(parts[0])(**arrays)


def origin(name: str, p: Patients) -> Ints:
    """Day of an origin [P]; who was never treated starts at enrolment (D-03)."""
    days = p.enrolled if name == "enrolment" else p.follow.start
    return days.astype(np.int32)


def dates_of(model: TrialModel, p: Patients, who: Longs) -> ResponseFollow:
    """What ends the search for a response (R-060)."""
    f = p.follow
    left = np.minimum(f.withdrawal, f.lost)

    def days(values: Longs) -> Ints:
        return values[who].astype(np.int32)

    return ResponseFollow(
        reference=origin(model.response.response_ref, p)[who],
        death=days(f.death),
        withdrawal=days(f.withdrawal),
        lost=days(f.lost),
        new_therapy=days(f.therapy),
        end_of_treatment=days(np.minimum(f.stop, np.minimum(f.death, left))),
        surgery=np.full(len(who), NEVER, np.int32),
    )


def _note(
    model: TrialModel,
    who: tuple[Longs, Flags, ResponseFollow, Ints],
    seen: Assessment,
    found: Readings,
) -> None:
    """Write what the engine says of a group of subjects into the rows of these subjects."""
    rows, live, dates, start = who
    points = seen.points
    course = Course(
        origin=start, reference=dates.reference, response=points.response, day=points.day,
        live=live, baseline=np.ones(len(rows), np.bool_), death=dates.death,
        new_therapy=dates.new_therapy, withdrawal=dates.withdrawal, lost=dates.lost,
        stopped=dates.end_of_treatment,
    )  # fmt: skip
    rule = model.analysis.pfs_rule
    pfs = decide_progression(course, model.response, model.analysis, pfs_rule=rule)
    first_pd = course.first_progression
    every, visits = np.arange(len(rows)), points.day.shape[1]
    holds = seen.confirmed.holds_from
    held = points.day[every, np.minimum(holds, visits - 1)]
    has_pd = first_pd >= 0
    start_day = seen.unconfirmed.start_day
    found.unconfirmed[rows] = seen.unconfirmed.response
    found.confirmed[rows] = seen.confirmed.response
    found.responded[rows] = np.where(start_day == NO_DAY, NEVER, start_day)
    found.held[rows] = np.where(holds < visits, held, NEVER)
    found.depth[rows] = _depth(
        points.targets.total, points.targets.complete & ~points.post_pd, points.targets.baseline
    )
    found.pfs_start[rows], found.pfs_day[rows] = start, pfs.day
    found.pfs_event[rows] = pfs.event
    found.pd_scan[rows] = np.where(has_pd, points.day[every, first_pd], NEVER)
    made = live.sum(axis=1)
    found.scans[rows] = np.where(has_pd, first_pd + 1, made)
    found.last[rows] = first_pd + 1 == made


def _depth(total: Ints, counts: Flags, baseline: Ints) -> Ints:
    """Best change of the sum from baseline in tenths of a percent, towards zero."""
    smallest = np.where(counts, total, np.iinfo(np.int32).max).min(axis=1)
    known = counts.any(axis=1) & (baseline > 0)
    change = 1000 * (np.where(known, smallest, 0).astype(np.int64) - baseline)
    result = np.where(known, np.fix(change / np.maximum(baseline, 1)), NO_DEPTH)
    return result.astype(np.int32)
