"""The numbers of a cohort, and room to work in, each in one piece of memory for the machine code.

A piece is handed on by its address. A tuple of arrays would be handed on number by number, hundreds
of them at every call, and take minutes to translate.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trialwright.simulate.virtual.disease import (
    MOST_EXTRAS,
    MOST_SLOTS,
    NOT_CORE_FIRST,
    NOT_CORE_MORE,
)
from trialwright.simulate.virtual.parts import CohortModel
from trialwright.simulate.virtual.words import HALVES
from trialwright.vocabulary.recist import NEVER, NO_DAY

#: What a subject comes to; names as in `VirtualTrials`. `known_death` and `end` are what survival is
#: decided from.
ROW = np.dtype(
    [(name, np.int32) for name in (
        "first_dose", "os_start", "known_death", "end", "progression", "death", "left",
        "responded", "held", "depth", "pfs_start", "pfs_day", "pd_scan", "scans",
    )]
    + [(name, np.int8) for name in ("unconfirmed", "confirmed")]
    + [(name, np.bool_) for name in ("measurable", "pfs_event")],
    align=True,
)  # fmt: skip
_DUE_STEP, _PATTERN_STEP = 64, 8
_MOST_ORGANS = NOT_CORE_FIRST + NOT_CORE_MORE
_LESIONS = MOST_SLOTS + 2
#: Flags inside a record have to be small numbers.
_FLAG = np.uint8


def packed(values: NamedTuple) -> NDArray[Any]:
    """Nested named tuples of numbers and arrays as one record of the same names [1]."""
    result = np.zeros(1, _kind(values))
    _fill(result, values)
    return result


def _kind(value: Any) -> Any:
    if isinstance(value, tuple):
        names = zip(type(value)._fields, value, strict=True)  # type: ignore[attr-defined]
        return np.dtype([(name, *_field(part)) for name, part in names], align=True)
    kind = np.asarray(value).dtype
    return _FLAG if kind == np.bool_ and np.shape(value) else kind


def _field(value: Any) -> tuple[Any, tuple[int, ...]]:
    return _kind(value), () if isinstance(value, tuple) else np.shape(value)


def _fill(place: NDArray[Any], values: Any) -> None:
    for name, value in values._asdict().items():
        if isinstance(value, tuple):
            _fill(place[name], value)
        else:
            place[name][0] = value


def padded(m: CohortModel) -> CohortModel:
    """The same cohort with organs, patterns and due dates that nobody has, so that sizes are alike.

    Otherwise every scenario would be translated anew.
    """
    d = m.disease

    def organs(values: NDArray[Any], rest: Any) -> NDArray[Any]:
        return _longer(values, _MOST_ORGANS, rest)

    patterns = -(-len(d.patterns) // _PATTERN_STEP) * _PATTERN_STEP
    disease = d._replace(
        patterns=_longer(d.patterns, patterns, HALVES),
        core=_longer(organs(d.core.T, 0).T, patterns, 0),
        core_pick=_longer(d.core_pick, patterns, -1),
        share=organs(d.share, 0),
        measurable=organs(d.measurable, rest=False),
        node=organs(d.node, rest=False),
        thorax=organs(d.thorax, rest=False),
        liver=organs(d.liver, rest=False),
        log_median=organs(d.log_median, 0.0),
        below=organs(d.below, 0),
        counts=_longer(d.counts, MOST_SLOTS, HALVES),
        extras=_longer(d.extras, MOST_EXTRAS + 1, HALVES),
    )
    sessions = -(-len(m.ablation.residual) // _PATTERN_STEP) * _PATTERN_STEP
    dates = -(-len(m.scan.due) // _DUE_STEP) * _DUE_STEP
    return m._replace(
        disease=disease,
        ablation=m.ablation._replace(residual=_longer(m.ablation.residual, sessions, 0)),
        scan=m.scan._replace(due=_longer(m.scan.due, dates, NEVER)),
    )


def _longer(values: NDArray[Any], length: int, rest: Any) -> NDArray[Any]:
    """The same values and then the same one, up to a length, along the first axis."""
    more = np.full((length - len(values), *values.shape[1:]), rest, values.dtype)
    return np.concatenate([values, more])


def room_kind(dates: int) -> np.dtype[Any]:
    """Arrays for one subject to work in, with scans on that many due dates and between them.

    Names and kinds are those of the response engine: lesions [L, V, 1], time points [V, 1], dates
    [1].
    """
    visits = 2 * dates + 2
    each, one, all_ = (_LESIONS, 1), (visits, 1), (_LESIONS, visits, 1)
    slots = (MOST_SLOTS,)
    lesions = _of({"organ": np.int64, "size": np.float64, "target": _FLAG, "ablated": _FLAG},
                  slots)  # fmt: skip
    growing = _of({"killed": np.float64, "pace": np.float64}, slots)
    seen = [
        *_of({"role": np.int8, "zone": _FLAG, "baseline": np.int32}, each),
        *_of({"state": np.int8, "size": np.int32, "resolved": _FLAG, "day": np.int32,
              "settled": np.int8}, all_),
        *_of({"first_day": np.int32, "last_day": np.int32, "marker": np.int8,
              "convinced": np.int8}, one),
        ("visits", np.int32, (1,)),
    ]  # fmt: skip
    targets = [
        *_of({"total": np.int32, "nadir": np.int32, "complete": _FLAG, "response": np.int8,
              "route": np.int8, "pd_day": np.int32}, one),
        ("baseline", np.int32, (1,)),
    ]  # fmt: skip
    points = _of({
        "other": np.int8, "new": _FLAG, "other_day": np.int32, "new_day": np.int32,
        "response": np.int8, "as_read": np.int8, "after_cr": _FLAG, "reclassified": _FLAG,
        "post_pd": _FLAG, "day": np.int32, "shown": np.int16, "live": _FLAG,
    }, one)  # fmt: skip
    course = _of({"response": np.int8, "elapsed": np.int32, "missed": np.int32, "held": _FLAG,
                  "by": np.int32}, (visits,))  # fmt: skip
    best = _of({
        "response": np.int8, "visit": np.int32, "day": np.int32, "start": np.int32,
        "start_day": np.int32, "holds_from": np.int32, "confirmed_at": np.int32,
        "pending": _FLAG, "why": np.int8,
    }, (1,))  # fmt: skip
    dates_: dict[str, Any] = dict.fromkeys(
        (
            "reference",
            "death",
            "withdrawal",
            "lost",
            "new_therapy",
            "end_of_treatment",
            "surgery",
            "pfs_origin",
        ),
        np.int32,
    )
    dates_["baseline"] = _FLAG
    decision = _of(
        {
            "day": np.int32,
            "event": _FLAG,
            "rule": np.int8,
            "visit": np.int32,
            "known_event": np.int32,
            "allowed_gap": np.int32,
        },
        (1,),
    )
    parts = {
        "lesions": lesions, "growing": growing, "seen": seen, "targets": targets,
        "points": points, "first": points, "course": course, "unconfirmed": best,
        "confirmed": best, "dates": _of(dates_, (1,)), "decision": decision,
    }  # fmt: skip
    return np.dtype([(n, np.dtype(part, align=True)) for n, part in parts.items()], align=True)


def _of(kinds: dict[str, Any], shape: tuple[int, ...]) -> list[tuple[str, Any, tuple[int, ...]]]:
    return [(name, kind, shape) for name, kind in kinds.items()]


def begin_room(room: Any) -> None:
    """Dates that never come; everybody has a baseline, every time point is there."""
    for name in ("death", "withdrawal", "lost", "new_therapy", "end_of_treatment", "surgery"):
        room["dates"][name] = NEVER
    room["seen"]["day"] = NO_DAY
    room["dates"]["baseline"] = True
    room["points"]["live"] = True
