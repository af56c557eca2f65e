"""The end of treatment with each component: one may stop while others go on (A-12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trialwright.core.dates import iso
from trialwright.safety.exposure import Exposure
from trialwright.safety.exposure_actions import STOPPED, Action, agrees


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The end of treatment with a component.

    Attributes
    ----------
    day
        Day of the stop, `None` while it goes on.
    reason
        Reason in capital letters, ONGOING, or NOT RECORDED.
    alone
        Whether other components went on.
    evidence
        Where the reason is from, in words.
    """

    day: int | None
    reason: str
    alone: bool
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is known of the end of treatment of a subject: day and reason of the whole, and by component.

    `stated` is the disposition of single components by identifier: day and reason.
    """

    day: int | None
    reason: str | None
    stated: Mapping[str, tuple[int, str]]


def end_of(
    key: str, given: Mapping[str, Exposure], actions: Sequence[Action], ending: Ending
) -> End | None:
    """When and why treatment with a component ended.

    Its own disposition record, else an adverse event that withdrew it, else the planned number of
    cycles, else the dose records when others went on a whole interval longer, else the end of all
    treatment.

    Returns
    -------
    End or None
        `None` for a component without a schedule: nobody knows whether more was due.
    """
    exposure = given[key]
    if exposure.calendar is None:
        return None
    others = max((e.last for k, e in given.items() if k != key), default=exposure.last)
    own = [one for one in actions if one.component == key]
    return next(_reasons(key, exposure, own, (others, ending)))


def _reasons(
    key: str, exposure: Exposure, actions: Sequence[Action], after: tuple[int, Ending]
) -> Iterator[End]:
    """The ends that the records give, the strongest evidence first."""
    others, ending = after
    due = exposure.first + exposure.course.duration
    alone = others >= due
    if key in ending.stated:
        day, reason = ending.stated[key]
        yield End(day=day, reason=reason, alone=alone, evidence="DS of the component")
    for one in actions:
        if one.action == STOPPED and agrees(one, exposure):
            yield End(day=exposure.last, reason="ADVERSE EVENT", alone=alone, evidence=one.event)
    if _done(exposure):
        yield End(day=exposure.last, reason="COMPLETED", alone=alone, evidence="planned number")
    if exposure.calendar and others >= due + exposure.calendar.schedule.cycle:
        evidence = f"not given from {iso(due)} on, others until {iso(others)}"
        yield End(day=exposure.last, reason="NOT RECORDED", alone=True, evidence=evidence)
    if ending.day is not None:
        reason = ending.reason or "NOT RECORDED"
        yield End(day=ending.day, reason=reason, alone=False, evidence="end of all treatment")
    yield End(day=None, reason="ONGOING", alone=False, evidence="no end recorded")


def _done(exposure: Exposure) -> bool:
    """Whether everything that the protocol plans was given."""
    if exposure.calendar is None:
        return False
    schedule, cycles = exposure.calendar.schedule, exposure.course.cycles
    by_cycle = schedule.most_cycles is not None and (cycles or 0) >= schedule.most_cycles
    by_day = schedule.most_days is not None and len(exposure.days.given) >= schedule.most_days
    return by_cycle or by_day
