"""When scans are made: due dates, late and missed scans, unscheduled ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trialwright.simulate.ablation import Session
from trialwright.simulate.setting import Subject

#: Scans closer than this to another one are not made; below 14 days they would be one (R-059).
_MIN_GAP = 21
_CONTROL_DAYS = (28, 42)


@dataclass(frozen=True, slots=True)
class Scan:
    """One tumour assessment: visit, day number, and the day on which the abdomen is scanned."""

    visitnum: float
    name: str
    day: int
    abdomen_day: int


def plan_scans(subject: Subject, sessions: Sequence[Session], until: int) -> tuple[Scan, ...]:
    """Scans after baseline up to day number `until`, in order.

    Due dates count from `response_ref` (R-080) and do not move with delays. A missed due date has
    no scan. The control scan 4 to 6 weeks after the last ablation is unscheduled (R-107), and not
    made when a scheduled one is near.
    """
    rng = subject.rng("calendar")
    rule = subject.setting.rule
    start = subject.enrolled if rule.response_ref == "enrolment" else subject.first_dose
    due = [start + day for day in rule.due_days(max(until - start, 0) + 60)]
    scheduled = list(_scheduled(rng, subject, due))
    further = list(_unscheduled(rng, subject, due))
    if sessions:
        control = sessions[-1].day + int(rng.integers(_CONTROL_DAYS[0], _CONTROL_DAYS[1] + 1))
        further += [(_number_before(control, due) + 0.5, "POST-ABLATION CONTROL", control)]
    scans = list(scheduled)
    for one in further:
        if _is_apart(one[2], (subject.baseline, *due, *(scan[2] for scan in scans))):
            scans.append(one)
    scans.sort(key=lambda one: one[2])
    made = [one for one in scans if subject.first_dose < one[2] <= until]
    return tuple(_with_second_day(rng, subject, one, until) for one in made)


def _scheduled(
    rng: np.random.Generator, subject: Subject, due: Sequence[int]
) -> Iterator[tuple[float, str, int]]:
    shares = subject.setting.scenario.scans
    window = subject.setting.rule.window_days
    start = due[0] - subject.setting.rule.intervals.after(0)
    for number, day in enumerate(due, start=1):
        missed, late = rng.random(2) < (shares.missed_share, shares.late_share)
        shift = int(np.clip(np.rint(rng.normal(0.5, 3.0)), -window, window))
        delay = window + int(rng.integers(1, 8))
        if not missed:
            week = (day - start) // 7
            yield float(number + 1), f"WEEK {week}", day + (delay if late else shift)


def _unscheduled(
    rng: np.random.Generator, subject: Subject, due: Sequence[int]
) -> Iterator[tuple[float, str, int]]:
    share = subject.setting.scenario.scans.unscheduled_share
    for number, day in enumerate(due, start=1):
        made, offset = rng.random() < share, int(rng.integers(_MIN_GAP, 36))
        if made:
            yield number + 1.1, "UNSCHEDULED", day + offset


def _number_before(day: int, due: Sequence[int]) -> int:
    return 1 + sum(one < day for one in due)


def _is_apart(day: int, others: Sequence[int]) -> bool:
    return all(abs(day - other) >= _MIN_GAP for other in others)


def _with_second_day(
    rng: np.random.Generator, subject: Subject, scan: tuple[float, str, int], until: int
) -> Scan:
    apart = rng.random() < subject.setting.scenario.scans.two_days_share
    later = int(rng.integers(1, 5)) if apart else 0
    return Scan(scan[0], scan[1], scan[2], min(scan[2] + later, until))
