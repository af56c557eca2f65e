"""Test of a landmark rate against the registered one, read off the Kaplan-Meier curve (T-07)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.format import p_value, pct
from trialwright.endpoints.survival_rows import Row
from trialwright.endpoints.survival_summary import SurvivalSummary
from trialwright.stats.landmark_test import LandmarkConvention, landmark_test

TEST_WORDS = (
    "Test: one-sided, z on the log(-log) scale against the registered rate, Greenwood variance "
    "(rule T-07)."
)


@dataclass(frozen=True, slots=True)
class RegisteredTest:
    """The registered rate at a landmark and the one-sided p-value, `None` where it has none."""

    months: float
    null_rate: float
    p_value: float | None

    def row(self) -> Row:
        """A row for the table."""
        p = "NE" if self.p_value is None else p_value(self.p_value)
        return 1, (f"vs {pct(self.null_rate)} % at {self.months:g} months, one-sided p", p)


def test_at(summary: SurvivalSummary, months: float, null_rate: float) -> RegisteredTest:
    """Test the share without event at a landmark against a rate to beat.

    Nothing is tested where the rate is 0, 1 or not estimable: it has no variance there.
    """
    rate = next((one for one in summary.rates if one.months == months), None)
    if rate is None or rate.value is None or summary.curve is None:
        return RegisteredTest(months, null_rate, None)
    found = landmark_test(summary.curve, rate.days, null_rate, LandmarkConvention())
    return RegisteredTest(months, null_rate, found.p_one_sided)
