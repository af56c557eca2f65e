"""Refusals shared by all estimators: names that are none of the choices, counts that count nobody."""

from __future__ import annotations

from collections.abc import Iterable

from trialwright.core.errors import DataError


def require_one_of(what: str, given: str, allowed: Iterable[str]) -> None:
    """Refuse a name that is none of the choices.

    Raises
    ------
    DataError
        When `given` is not among `allowed`; `what` names the choice.
    """
    names = tuple(allowed)
    if given not in names:
        raise DataError(
            f"This is no {what}.",
            where=f'{what} "{given}"',
            allowed=", ".join(f'"{name}"' for name in names),
        )


def require_counts(events: float, subjects: float) -> None:
    """Refuse counts that are not whole, or not `events` among at least one of the `subjects`.

    Raises
    ------
    DataError
        When there is nobody to count, or a count is not a whole number within its range.
    """
    whole = all(float(each).is_integer() for each in (events, subjects))
    if not whole or subjects < 1 or not 0 <= events <= subjects:
        raise DataError(
            "No proportion is estimated from these counts.",
            where=f'events "{events}" of "{subjects}" subjects',
            allowed="whole numbers: at least 1 subject, and 0 to all of them with the event",
        )
