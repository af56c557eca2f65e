"""Subjects whose result differs, with the counts that these differences explain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from trialwright.compared.model import ChangedResult, Count, Value

_NONE = "none"


def compared_rows(
    name: str, old: Mapping[str, Value], new: Mapping[str, Value]
) -> tuple[list[ChangedResult], Count]:
    """The changed rows of one result with the counts that they explain.

    Parameters
    ----------
    name
        Of the result.
    old, new
        Its value by subject; a subject without one has the value "none".
    """
    nothing = Value(_NONE, _NONE)
    subjects = sorted(old.keys() | new.keys())
    pairs = [
        (subject, old.get(subject, nothing), new.get(subject, nothing)) for subject in subjects
    ]
    rows = [
        ChangedResult(
            usubjid=subject,
            result=name,
            old=a.shown,
            new=b.shown,
            old_reason=a.reason,
            new_reason=b.reason,
        )
        for subject, a, b in pairs
        if a.shown != b.shown
    ]
    moves = Counter(f"{a.group} -> {b.group}" for _, a, b in pairs if a.group != b.group)
    count = Count(
        result=name,
        subjects=len(subjects),
        changed=len(rows),
        old=_sorted(Counter(a.group for _, a, _ in pairs)),
        new=_sorted(Counter(b.group for _, _, b in pairs)),
        moves=_sorted(moves),
    )
    return rows, count


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in sorted(counts)}
