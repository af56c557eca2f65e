"""Loops of the estimators in machine code, the extra `fast`: same numbers as numpy.

numba is imported here, when it is first asked for; the first call in a process translates the
loops of `km_loops`, which takes a few seconds. Nothing is kept on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from types import FunctionType
from typing import Any

from trialwright.core.errors import MissingExtraError
from trialwright.stats import km_loops


@cache
def machine_code() -> dict[str, Callable[..., Any]]:
    """Every function of `km_loops` by name, to be compiled when first called.

    Raises
    ------
    MissingExtraError
        If numba is not installed.
    """
    if find_spec("numba") is None:
        raise MissingExtraError(
            "Compiled Kaplan-Meier curves need numba.",
            where="the extra `fast` is not installed",
            allowed="numpy, which gives the same results",
            do='pip install "trialwright[fast]"',
        )
    from numba import njit  # noqa: PLC0415  (only who asks for it pays for it)

    names = dict(vars(km_loops))
    for name, thing in vars(km_loops).items():
        if isinstance(thing, FunctionType) and thing.__module__ == km_loops.__name__:
            # Nothing is allocated in the loops, so arrays need no counting of references.
            names[name] = njit(_nrt=False)(FunctionType(thing.__code__, names, name))
    return names
