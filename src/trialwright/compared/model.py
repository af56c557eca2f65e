"""A result under two derivations: of one subject, counted, and as an estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """A result of one subject: `group` is what is counted, `shown` all of it, `reason` why."""

    group: str
    shown: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedResult:
    """A result of one patient that differs between the two, with the reason of both."""

    usubjid: str
    result: str
    old: str
    new: str
    old_reason: str
    new_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Subjects by group of one result under both, and the moves between the groups.

    For every group `new = old - moves out + moves in`; `changed` also counts those who stay in
    their group with another date.
    """

    result: str
    subjects: int
    changed: int
    old: Mapping[str, int]
    new: Mapping[str, int]
    moves: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A headline estimate under both, `None` where it does not exist."""

    key: str
    old: str | None
    new: str | None
