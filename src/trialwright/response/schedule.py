"""The scan calendar: due dates, missed dates, and the longest gap that is believed.

Rules R-080 to R-082 and R-069. Days are plain differences from `response_ref` (day 0); due date 0
is the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialwright.protocol.settled import SettledResponse
from trialwright.response.history import Ints


@dataclass(frozen=True, slots=True)
class ScanCalendar:
    """Due days of the scans, rising, the first is 0 (baseline)."""

    due: NDArray[np.int64]
    window_days: int

    @classmethod
    def of(cls, rule: SettledResponse, horizon: int) -> ScanCalendar:
        """The calendar of a response rule, at least three dates beyond `horizon` days."""
        longest = max(days for _, days in rule.intervals.steps)
        due = rule.due_days(max(horizon, 0) + 4 * longest)
        return cls(np.array((0, *due), np.int64), rule.window_days)

    @property
    def shortest(self) -> int:
        """The shortest interval between two due dates, in days."""
        return int(np.diff(self.due).min())

    def index(self, day: Ints) -> NDArray[np.int64]:
        """Which due date each day belongs to (R-081); 0 is none, the baseline.

        The nearest date, the earlier one when halfway; a day less than half an interval after
        day 0 belongs to none.
        """
        twice = 2 * np.asarray(day, np.int64)
        middle = self.due[1:] + self.due[:-1]
        found: NDArray[np.int64] = np.searchsorted(middle, twice, side="left")
        return np.where(twice == middle[0], 1, found)

    def missed(self, earlier: Ints, later: Ints) -> NDArray[np.int64]:
        """Missed scans in the gap between two neighbouring time points (R-069).

        None unless the gap exceeds one and a half intervals; then each due date in it to which
        neither belongs, at least one.
        """
        first = self.index(earlier)
        interval = self.due[first + 1] - self.due[first]
        gap = 2 * (np.asarray(later, np.int64) - earlier) > 3 * interval
        return np.where(gap, np.maximum(self.index(later) - first - 1, 1), 0)

    def allowed_gap(self, last: Ints) -> NDArray[np.int64]:
        """Longest gap after an adequate scan at which an event is still believed (R-082).

        The two intervals that follow the scan and twice the window, in days.
        """
        first = self.index(last)
        return self.due[first + 2] - self.due[first] + 2 * self.window_days
