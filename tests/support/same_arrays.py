"""Comparison of results that hold arrays, to the last value and kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import numpy as np


def arrays_of(thing: object, name: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Every array of a result with its path."""
    for part in fields(thing):
        value = getattr(thing, part.name)
        path = f"{name}.{part.name}".lstrip(".")
        if is_dataclass(value):
            yield from arrays_of(value, path)
        elif value is not None:
            yield path, value


def differences(one: object, other: object) -> list[str]:
    """Arrays of two results that differ in kind, shape or any value."""
    pairs = zip(arrays_of(one), arrays_of(other), strict=True)
    return [
        path
        for (path, a), (same, b) in pairs
        if path != same or a.dtype != b.dtype or not np.array_equal(a, b)
    ]
