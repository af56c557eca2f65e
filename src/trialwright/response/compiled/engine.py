"""The response engine in machine code, the extra `fast`: same arrays as the numpy engine.

numba is imported here, when it is first asked for, and nowhere else. The rules stand in
`target_loops`, `point_loops` and `best_loops`; the first call in a process translates them, which
takes about ten seconds. Nothing is kept on disk, and subjects are taken one after the other, so
that the result does not depend on the number of processors.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from importlib.util import find_spec
from types import FunctionType, ModuleType
from typing import Any, TypeVar

import numpy as np

from trialwright.core.errors import MissingExtraError
from trialwright.protocol.settled import SettledResponse
from trialwright.response.best_overall import BestOverall, Follow
from trialwright.response.compiled import best_loops, point_loops
from trialwright.response.compiled.best_loops import BestArrays, BestRule, Course, Sequences
from trialwright.response.compiled.finding_loops import Lesions
from trialwright.response.compiled.point_loops import PointArrays, PointRule, Reading
from trialwright.response.compiled.target_loops import TargetArrays
from trialwright.response.history import Codes, Flags, Ints, LesionHistory
from trialwright.response.nontargets import OtherDisease
from trialwright.response.schedule import ScanCalendar
from trialwright.response.targets import TargetAssessment
from trialwright.response.timepoint import TimePoints
from trialwright.vocabulary.recist import NO_DAY, LesionState

_Array = TypeVar("_Array", Codes, Flags, Ints)


def compiled_time_points(history: LesionHistory, rule: SettledResponse) -> TimePoints:
    """Derive the response of every time point, like `timepoint.assess_time_points`.

    Raises
    ------
    MissingExtraError
        If numba is not installed.
    """
    subjects, visits, _ = history.shape
    out = _point_arrays(subjects, visits)
    seen = _lesions(history)
    doubtful = bool((seen.state == int(LesionState.EQUIVOCAL)).any())
    assess = machine_code(point_loops)["assess_every_subject"]
    assess(seen, point_rule(rule, doubtful), _readings(seen, out, doubtful), out)
    targets = TargetAssessment(**{name: part.T for name, part in out.targets._asdict().items()})
    others = OtherDisease(
        response=out.other.T, new=out.new.T, pd_day=out.other_day.T, new_day=out.new_day.T
    )
    return TimePoints(
        targets=targets, others=others, response=out.response.T, as_read=out.as_read.T,
        after_cr=out.after_cr.T, reclassified=out.reclassified.T, post_pd=out.post_pd.T,
        day=out.day.T, visits=history.visits,
    )  # fmt: skip


def compiled_best_overall(
    points: TimePoints, follow: Follow, rule: SettledResponse
) -> tuple[BestOverall, BestOverall]:
    """Derive the unconfirmed and the confirmed best overall response of every subject.

    Raises
    ------
    MissingExtraError
        If numba is not installed.
    """
    dates = {date.name: reversed_axes(getattr(follow, date.name)) for date in fields(follow)}
    sequences = Sequences(
        reversed_axes(points.response),
        reversed_axes(points.day),
        reversed_axes(points.visits),
        **dates,
    )
    plain, held = _best_arrays(len(points.visits)), _best_arrays(len(points.visits))
    choose = machine_code(best_loops)["best_of_every_subject"]
    settings = best_rule(rule, points.day, follow.reference)
    choose(sequences, settings, _course(points.response.shape[1]), plain, held)
    return BestOverall(**plain._asdict()), BestOverall(**held._asdict())


@cache
def machine_code(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Every function of a module of loops, to be compiled when first called.

    Raises
    ------
    MissingExtraError
        If numba is not installed.
    """
    if find_spec("numba") is None:
        raise MissingExtraError(
            "The compiled response engine needs numba.",
            where="the extra `fast` is not installed",
            allowed="numpy, which gives the same results",
            do='pip install "trialwright[fast]"',
        )
    from numba import njit  # noqa: PLC0415  (only this engine pays for it)

    names = dict(vars(module))
    for name, thing in vars(module).items():
        home = _loops_of(thing)
        if home is module:
            # Nothing is allocated in the loops, so arrays need no counting of references, which
            # would take twenty times as long as the rules.
            names[name] = njit(_nrt=False)(FunctionType(thing.__code__, names, name))
        elif home is not None:
            names[name] = machine_code(home)[name]
    return names


def _loops_of(thing: object) -> ModuleType | None:
    """The module of loops that a function is from; nothing else is translated."""
    if isinstance(thing, FunctionType) and thing.__module__.endswith("_loops"):
        return sys.modules[thing.__module__]
    return None


def _lesions(history: LesionHistory) -> Lesions:
    return Lesions(**{name: reversed_axes(getattr(history, name)) for name in Lesions._fields})


def reversed_axes(array: _Array) -> _Array:
    """The array with its axes reversed, in one piece and writable.

    Any other kind would be translated once more. Nothing is copied where the subjects are
    neighbours in memory, as the simulator lays them.
    """
    return np.require(array.T, requirements=("C", "W"))


def point_rule(rule: SettledResponse, doubtful: bool) -> PointRule:  # noqa: FBT001
    """The options; `doubtful` says that there is something equivocal."""
    return PointRule(
        doubtful=doubtful,
        remember_cr=rule.cr_then_disease != "keep",
        reclassify=rule.cr_then_disease == "reclassify",
        first_evidence=rule.pd_date == "first_evidence",
        pd_last=rule.pd_date == "last_of_tp",
        tp_last=rule.tp_date == "last_of_tp",
    )


def best_rule(rule: SettledResponse, day: Ints, reference: Ints) -> BestRule:
    """The options, and a calendar that reaches beyond the last day of every subject."""
    known = reference[reference != NO_DAY]
    horizon = int(day.max(initial=NO_DAY)) - int(known.min()) if known.size else 0
    calendar = ScanCalendar.of(rule, horizon)
    return BestRule(
        stop_at_new_therapy=rule.bor_stop_nact,
        same_day_counts=rule.nact_same_day == "include",
        after_treatment=rule.bor_post_treatment == "include",
        confirm_days=rule.confirm_days,
        sd_min_days=rule.sd_min_days,
        max_ne_between=rule.max_ne_between,
        sd_between_pr=rule.sd_between_pr,
        missing_as_ne=rule.missing_as_ne,
        keep_cr=rule.cr_then_disease == "keep",
        early_death_as_pd=rule.early_death_as_pd,
        due=calendar.due,
        shortest=calendar.shortest,
    )


def _point_arrays(subjects: int, visits: int) -> PointArrays:
    """Arrays as they stay behind the last time point of a subject: no response, no day."""
    all_ = (visits, subjects)
    targets = TargetArrays(
        baseline=_days((subjects,)), total=_days(all_), nadir=_days(all_), complete=_flags(all_),
        response=_codes(all_), route=_codes(all_), pd_day=_days(all_),
    )  # fmt: skip
    return PointArrays(
        targets=targets, other=_codes(all_), new=_flags(all_), other_day=_days(all_),
        new_day=_days(all_), response=_codes(all_), as_read=_codes(all_), after_cr=_flags(all_),
        reclassified=_flags(all_), post_pd=_flags(all_), day=_days(all_),
    )  # fmt: skip


def _readings(seen: Lesions, out: PointArrays, doubtful: bool) -> tuple[Reading, Reading]:  # noqa: FBT001
    """The final reading, and that without hindsight, of which only the responses are kept."""
    all_ = out.response.shape
    final = Reading(
        state=seen.state.copy() if doubtful else seen.state,
        shown=np.zeros(all_, np.int16), target=out.targets.response, other=out.other, new=out.new, response=out.response, after_cr=out.after_cr,
        reclassified=out.reclassified,
    )  # fmt: skip
    first = Reading(
        state=seen.state, shown=np.zeros(all_, np.int16), target=out.targets.response,
        other=_codes(all_), new=_flags(all_), response=out.as_read, after_cr=_flags(all_), reclassified=_flags(all_),
    )  # fmt: skip
    return final, first


def _course(visits: int) -> Course:
    """Room for the course of one subject."""
    one = (visits,)
    return Course(
        response=_codes(one), elapsed=_days(one), missed=np.zeros(one, np.int32),
        held=_flags(one), by=_days(one),
    )  # fmt: skip


def _best_arrays(subjects: int) -> BestArrays:
    shape = (subjects,)
    return BestArrays(
        response=_codes(shape), visit=_days(shape), day=_days(shape), start=_days(shape),
        start_day=_days(shape), holds_from=_days(shape), confirmed_at=_days(shape),
        pending=_flags(shape), why=_codes(shape),
    )  # fmt: skip


def _days(shape: tuple[int, ...]) -> Ints:
    return np.full(shape, NO_DAY, np.int32)


def _codes(shape: tuple[int, ...]) -> Codes:
    return np.zeros(shape, np.int8)


def _flags(shape: tuple[int, ...]) -> Flags:
    return np.zeros(shape, np.bool_)
