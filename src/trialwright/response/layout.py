"""How arrays over subjects lie in memory, and arithmetic that is fast on them.

A rule looks at one time point or one lesion of all subjects at once, so their values should be
neighbours in memory (the first axis the fastest). Any other layout gives the same answers, slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from trialwright.response.history import Codes, Flags, Ints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Whole = TypeVar("_Whole", Codes, Ints)
_Arrays = TypeVar("_Arrays", bound="DataclassInstance")


def side_by_side(array: NDArray[Any]) -> NDArray[Any]:
    """The same array with the subjects as neighbours; itself where they are, a copy elsewhere."""
    return array if array.strides[0] == array.itemsize else np.asfortranarray(array)


def all_side_by_side(arrays: _Arrays) -> _Arrays:
    """A set of arrays with the subjects as neighbours in each; itself where they are."""
    given = {part.name: getattr(arrays, part.name) for part in fields(arrays)}
    laid = {name: side_by_side(array) for name, array in given.items()}
    same = all(laid[name] is array for name, array in given.items())
    return arrays if same else replace(arrays, **laid)


def filled(shape: tuple[int, ...], value: int, kind: type[Any]) -> NDArray[Any]:
    """An array of one value, the subjects as neighbours."""
    return np.full(shape, value, kind, order="F")


@overload
def pick(which: Flags, one: _Whole, other: _Whole | int) -> _Whole: ...


@overload
def pick(which: Flags, one: int, other: _Whole) -> _Whole: ...


def pick(which: Flags, one: Any, other: Any) -> Any:
    """`one` where marked, `other` elsewhere; one of them is an array, whose type the result has.

    By arithmetic on whole numbers, exact because it wraps around: on scattered marks ten times as
    fast as `np.where`, whose every choice is a branch.
    """
    change = np.multiply(np.subtract(one, other), which)
    change += other
    return change


def first_case(cases: Sequence[tuple[Flags, Codes | int]], default: Codes) -> Codes:
    """For each place the value of the first case that is marked there, like `np.select`."""
    value = default
    for which, chosen in reversed(cases):
        value = pick(which, chosen, value)
    return value


def rows_of(arrays: _Arrays, rows: NDArray[np.intp]) -> _Arrays:
    """Some subjects of a set of arrays."""
    taken = {p.name: some_rows(getattr(arrays, p.name), rows) for p in fields(arrays)}
    return replace(arrays, **taken)


def some_rows(array: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
    """Some subjects of an array, one column after the other, since those lie in one piece."""
    return array.T.take(rows, axis=-1).T
