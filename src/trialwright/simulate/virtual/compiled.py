"""Virtual patients in machine code, the extra `fast`: the same outcomes as the numpy engine.

numba is imported here, when it is first asked for. Subjects are taken one after the other; what is
drawn, read and decided is the text of the modules below, where `choose` becomes a plain choice. The
first call in a process translates them, which takes some seconds; nothing is kept on disk.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialwright.core.errors import MissingExtraError
from trialwright.core.format import DAYS_PER_MONTH
from trialwright.response.compiled.engine import best_rule, point_rule
from trialwright.simulate.virtual import one_reading, one_subject
from trialwright.simulate.virtual.choose import choose, put_at, take_at, up_to
from trialwright.simulate.virtual.model import TrialModel
from trialwright.simulate.virtual.one_reading import Rules
from trialwright.simulate.virtual.packing import ROW, begin_room, packed, padded, room_kind
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.words import Words, half
from trialwright.timetoevent.compiled.progression_loops import CensoringOptions
from trialwright.timetoevent.course import believed_gaps

#: The functions that Python calls.
_ENTRIES = ("enter", "fill_rows")
_WORD, _HALF, _FOUR = np.uint64(32), np.uint64(0xFFFF), 4
_OURS = __name__.split(".")[0]


def compiled_days(m: CohortModel, trials: range, ramp_months: float) -> Longs:
    """Day of enrolment of every subject [T, N], like `patients.enrol`.

    Raises
    ------
    MissingExtraError
        If numba is not installed.
    """
    day = np.empty((len(trials), m.subjects), np.int64)
    enter = machine_code(one_subject)["enter"]
    enter(packed(padded(m)), trials.start, float(ramp_months) * float(DAYS_PER_MONTH), day)
    return day


def compiled_rows(
    model: TrialModel, m: CohortModel, first: int, entries: tuple[Longs, Longs]
) -> dict[str, NDArray[Any]]:
    """Outcomes of the subjects of a cohort by the names of `packing.ROW`.

    `entries` holds the days of enrolment [T, N] and of the cut-off [T].
    """
    day, cutoff = entries
    longest = int((cutoff - day[:, 0]).max(initial=0))
    ready = padded(m)
    room = np.zeros(1, room_kind(len(ready.scan.due)))
    begin_room(room[0])
    rows = np.zeros(day.size, ROW)
    fill = machine_code(one_reading)["fill_rows"]
    fill(packed(ready), _rules(model, longest), first, entries, (room, rows))
    return {name: np.ascontiguousarray(rows[name]) for name in ROW.names or ()}


@cache
def machine_code(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Every function of a module and those that it asks for, to be compiled when first called."""
    if find_spec("numba") is None:
        raise MissingExtraError(
            "Compiled virtual trials need numba.",
            where="the extra `fast` is not installed",
            allowed="numpy, which gives the same results",
            do='pip install "trialwright[fast]"',
        )
    from numba import njit  # noqa: PLC0415  (only this engine pays for it)

    # Nothing is allocated, so arrays need no counting of references; divisions are those of numpy.
    entry = njit(_nrt=False, error_model="numpy")
    # What only machine code calls needs no door for Python, which would take long to translate.
    inner = njit(
        _nrt=False,
        error_model="numpy",
        forceinline=True,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
    )
    names = dict(vars(module))
    for name, thing in vars(module).items():
        if isinstance(thing, FunctionType) and thing in _SINGLE:
            names[name] = inner(_SINGLE[thing])
        elif isinstance(thing, FunctionType) and thing.__module__ == module.__name__:
            translated = entry if name in _ENTRIES else inner
            names[name] = translated(FunctionType(thing.__code__, names, name, thing.__defaults__))
        elif isinstance(thing, FunctionType) and thing.__module__.split(".")[0] == _OURS:
            names[name] = machine_code(sys.modules[thing.__module__])[name]
    return names


def _either(when: bool, this: Any, that: Any) -> Any:  # noqa: FBT001
    return this if when else that


def _few(few: int, most: int) -> int:  # noqa: ARG001  (arrays take the other one)
    return few


def _put(rows: Any, at: int, value: int, when: bool) -> None:  # noqa: FBT001
    last = len(rows) - 1
    inside = min(at, last)
    rows[inside] = value if when & (at <= last) else rows[inside]


def _half(words: Words, at: int) -> Any:
    """Two words side by side, shifted: to pick one of four by its number would be a branch."""
    two = words.a | words.b << _WORD if at < _FOUR else words.c | words.d << _WORD
    return np.int64((two >> np.uint64(16 * (at & 3))) & _HALF)


def _take(rows: Any, at: int) -> Any:
    return rows[at]


#: What these functions are for single numbers.
_SINGLE: dict[Any, Callable[..., Any]] = {
    choose: _either, up_to: _few, put_at: _put, take_at: _take, half: _half,
}  # fmt: skip


def _rules(model: TrialModel, longest: int) -> Rules:
    """The options of the protocol with calendars that reach beyond the longest follow-up."""
    return Rules(
        point=point_rule(model.response, doubtful=True),
        best=best_rule(model.response, np.array([longest]), np.array([0])),
        pfs=CensoringOptions(
            fda=model.analysis.pfs_rule == "FDA",
            death_is_event=True,
            evaluable_only=model.analysis.lsta == "evaluable",
            exclude_same_day=model.response.nact_same_day == "exclude",
            censor_at_surgery=False,
            believed=believed_gaps(model.response, longest),
        ),
        pfs_from_enrolment=model.pfs_origin == "enrolment",
        os_from_enrolment=model.os_origin == "enrolment",
        from_enrolment=model.response.response_ref == "enrolment",
        margin=model.margin,
    )
