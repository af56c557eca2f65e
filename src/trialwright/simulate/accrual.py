"""When subjects enter: exponential gaps, one stream for each subject of a cohort."""

from __future__ import annotations

from trialwright.core.dates import day_number
from trialwright.core.format import DAYS_PER_MONTH
from trialwright.core.streams import stream
from trialwright.simulate.scenario import Scenario


def enrolment_days(scenario: Scenario, seed: int) -> dict[str, tuple[int, ...]]:
    """Enrolment days of every cohort, as day numbers in order of entry.

    The gap before a subject has its own stream, so one subject more in a cohort moves nobody.
    """
    start = day_number(scenario.start_date)
    days: dict[str, tuple[int, ...]] = {}
    for cohort in scenario.cohorts:
        mean_gap = float(DAYS_PER_MONTH) / cohort.accrual_per_month
        elapsed = 0.0
        entries = []
        for number in range(cohort.subjects):
            elapsed += stream(seed, "accrual", cohort.id, number).exponential(mean_gap)
            entries.append(start + int(elapsed))
        days[cohort.id] = tuple(entries)
    return days


def data_cutoff(scenario: Scenario, entries: dict[str, tuple[int, ...]]) -> int:
    """The cut-off: the planned follow-up after the last subject entered."""
    last = max(day for cohort in entries.values() for day in cohort)
    return last + round(scenario.follow_up_months * float(DAYS_PER_MONTH))
