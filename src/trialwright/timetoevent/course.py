"""What is known of each subject, and which time points count toward a time to event (C-18)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from trialwright.protocol.settled import SettledResponse
from trialwright.response.across import first_last, latest
from trialwright.response.history import Codes, Flags, Ints
from trialwright.response.layout import pick
from trialwright.response.schedule import ScanCalendar
from trialwright.vocabulary.recist import NO_DAY, Response

# As plain numbers: compared with a member of an enumeration, codes would be widened first.
_PD, _NE = int(Response.PD), int(Response.NE)
#: Calendars and tables reach to the next multiple of this many days, so that few are made.
_STEP = 512


@dataclass(frozen=True, kw_only=True)
class Course:
    """What is known of each subject, as day numbers; `NEVER` for what has not happened.

    `origin` [S] is `NO_DAY` for a subject to whom the endpoint does not apply. `response` and
    `day` are [S, V]; `reference` is the day from which the scan calendar runs (R-080). `baseline`
    says whether there is a baseline assessment (C-03); `stopped` is the end of treatment; `surgery`
    the conversion surgery (R-109), `None` where nobody can have one. Without slots, since what
    every time asks for is worked out once.
    """

    origin: Ints
    reference: Ints
    response: Codes
    day: Ints
    live: Flags
    baseline: Flags
    death: Ints
    new_therapy: Ints
    withdrawal: Ints
    lost: Ints
    stopped: Ints
    surgery: Ints | None = None

    @cached_property
    def counts(self) -> Flags:
        """Time points from the origin on and not after withdrawal of consent [S, V]."""
        after = self.day >= self.origin[:, None]
        result: Flags = self.live & after & (self.day <= self.withdrawal[:, None])
        return result

    @cached_property
    def first_progression(self) -> Ints:
        """The first PD that counts [S], -1 for none; none without a baseline assessment (C-03)."""
        return first_last(self.counts & (self.response == _PD) & self.baseline[:, None])


def at_visit(values: Ints, visit: Ints) -> Ints:
    """The value at a visit of each subject (any value where `visit` is -1)."""
    return values[np.arange(len(values)), visit]


@dataclass(frozen=True, slots=True)
class Adequate:
    """The adequate assessments before the first PD, to look up the latest until a day (R-083)."""

    day: Ints
    which: Flags
    origin: Ints

    @classmethod
    def of(cls, course: Course, lsta: str) -> Adequate:
        """Those of a course; `lsta` "any" takes assessments that are NE too."""
        allowed = course.counts & (course.response != _PD) & course.baseline[:, None]
        if lsta == "evaluable":
            allowed &= course.response != _NE
        visits = course.day.shape[1]
        end = pick(course.first_progression < 0, visits, course.first_progression)
        # The subjects stay neighbours in memory, see `response.layout`.
        allowed &= (np.arange(visits)[:, None] < end).T
        return cls(course.day, allowed, course.origin)

    def until(self, limit: Ints) -> tuple[Ints, Ints]:
        """Day and visit of the latest adequate assessment on or before `limit` (origin, -1)."""
        last = latest(self.which & (self.day <= np.asarray(limit)[:, None]))
        return pick(last >= 0, at_visit(self.day, last), self.origin), last


@lru_cache(maxsize=8)
def _calendar(rule: SettledResponse, horizon: int) -> ScanCalendar:
    return ScanCalendar.of(rule, horizon)


@lru_cache(maxsize=8)
def believed_gaps(rule: SettledResponse, horizon: int) -> Ints:
    """Longest gap that is believed after each day from 0 to the horizon, or a little beyond (R-082)."""
    days = -(-horizon // _STEP) * _STEP
    calendar = _calendar(rule, days)
    return calendar.allowed_gap(np.arange(days + 1, dtype=np.int32)).astype(np.int32)


@dataclass(frozen=True, slots=True)
class DueDates:
    """The scan calendar of each subject, counted from the reference or else from the origin (R-080)."""

    reference: Ints
    rule: SettledResponse

    @classmethod
    def of(cls, course: Course, rule: SettledResponse) -> DueDates:
        """The due dates of a course."""
        return cls(pick(course.reference == NO_DAY, course.origin, course.reference), rule)

    def allowed_gap(self, last: Ints) -> Ints:
        """Longest gap that is believed after each subject's last adequate assessment (R-082)."""
        since, horizon = self._since(last)
        return believed_gaps(self.rule, horizon)[since]

    def index(self, day: Ints) -> NDArray[np.int64]:
        """Which due date each day [S] or [S, V] belongs to, 0 for none (R-081)."""
        since, horizon = self._since(day)
        return _calendar(self.rule, horizon).index(since)

    def date(self, index: NDArray[np.int64], like: Ints) -> Ints:
        """The day of a due date by its index, which lies at most one behind those of `like` [S]."""
        _, horizon = self._since(like)
        return (_calendar(self.rule, horizon).due[index] + self.reference).astype(np.int32)

    def next_after(self, day: Ints) -> Ints:
        """The due date behind the one that each day belongs to [S]: the first that is still open."""
        return self.date(self.index(day) + 1, day)

    def _since(self, day: Ints) -> tuple[Ints, int]:
        """Days after the reference, none negative, and a horizon that they do not exceed."""
        reference = self.reference if day.ndim == 1 else self.reference[:, None]
        # What no date was known for is not looked up: it only must not lengthen the calendar.
        known = (day != NO_DAY) & (reference != NO_DAY)
        since: Ints = np.maximum(day - reference, 0) * known
        return since, -(-int(since.max(initial=0)) // _STEP) * _STEP
