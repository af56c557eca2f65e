"""The whole response engine: lesions in, time points and both best overall responses out."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.best_overall import BestOverall, Follow, Sequence, both_best_overall
from trialwright.response.compiled.engine import compiled_best_overall, compiled_time_points
from trialwright.response.history import LesionHistory
from trialwright.response.timepoint import TimePoints, assess_time_points

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Engine: TypeAlias = Literal["numpy", "numba"]
_Arrays = TypeVar("_Arrays", bound="DataclassInstance")

#: Subjects taken at once: their arrays stay in the cache of the processor, and the memory for what
#: lies between lesions and responses does not grow with the number of subjects.
_BLOCK = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Time points and best overall responses, unconfirmed and confirmed, of all subjects."""

    points: TimePoints
    unconfirmed: BestOverall
    confirmed: BestOverall


def assess(
    history: LesionHistory,
    follow: Follow,
    rule: SettledResponse,
    *,
    engine: Engine = "numpy",
    block: int = _BLOCK,
) -> Assessment:
    """Derive time points and best overall responses of every subject from the lesions.

    Parameters
    ----------
    history
        Lesions of all subjects.
    follow
        Dates of the same subjects, as day numbers.
    rule
        Response rule.
    engine
        "numba" translates the rules into machine code first, which takes seconds and pays for a
        million subjects or many calls. Both engines give the same arrays.
    block
        Number of subjects taken at once; the result does not depend on it.

    Raises
    ------
    MissingExtraError
        If the engine is numba and numba is not installed.

    References
    ----------
    Eisenhauer et al., Eur J Cancer 2009;45:228-247, sections 4.3 to 4.6; rules R-031 to R-076.
    """
    of_block = _by_machine_code if engine == "numba" else _by_numpy
    starts = range(0, max(len(history.visits), 1), block)
    blocks = [slice(start, start + block) for start in starts]
    return _joined([of_block(_taken(history, b), _taken(follow, b), rule) for b in blocks])


def _by_numpy(history: LesionHistory, follow: Follow, rule: SettledResponse) -> Assessment:
    points = assess_time_points(history, rule)
    sequence = Sequence(response=points.response, day=points.day, live=history.live)
    unconfirmed, confirmed = both_best_overall(sequence, follow, rule)
    return Assessment(points=points, unconfirmed=unconfirmed, confirmed=confirmed)


def _by_machine_code(history: LesionHistory, follow: Follow, rule: SettledResponse) -> Assessment:
    points = compiled_time_points(history, rule)
    unconfirmed, confirmed = compiled_best_overall(points, follow, rule)
    return Assessment(points=points, unconfirmed=unconfirmed, confirmed=confirmed)


def _taken(arrays: _Arrays, which: slice) -> _Arrays:
    """The subjects of a slice; the first axis of every array is the subject."""
    taken = {part.name: getattr(arrays, part.name)[which] for part in fields(arrays)}
    return replace(arrays, **taken)


def _joined(parts: list[_Arrays]) -> _Arrays:
    """The subjects of all parts, one after the other."""
    if len(parts) == 1:
        return parts[0]
    names = [part.name for part in fields(parts[0])]
    return replace(parts[0], **{n: _end_to_end([getattr(p, n) for p in parts]) for n in names})


def _end_to_end(parts: list[Any]) -> object:
    """Arrays as one array, sets of arrays as one set."""
    return np.concatenate(parts) if isinstance(parts[0], np.ndarray) else _joined(parts)
