"""Ablation sessions: their days, which lesions they treat, and how often tumour comes back there.

Ablated lesions known at baseline are followed as zones, never measured (R-104); a lesion that was
not ablated completely is treated again in a further session (R-106).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.simulate.clocks import daily_hazard
from trialwright.simulate.drawn import DrawnCohort
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.setting import Subject
from trialwright.simulate.tumours import Tumours
from trialwright.simulate.virtual.patients import some_of
from trialwright.simulate.virtual.scanning import session_day


@dataclass(frozen=True, slots=True)
class Session:
    """One ablation session: its day number and the link ids of the lesions treated."""

    day: int
    lesions: tuple[str, ...]


def sessions_of(subject: Subject, cohort: DrawnCohort, tumours: Tumours) -> tuple[Session, ...]:
    """The sessions of a subject; incompletely ablated lesions join the next one.

    The arrays say whether a last session for residual tumour is needed; which lesions are treated
    again is drawn here.
    """
    at = subject.number
    number = int(cohort.patients.disease.sessions[at])
    if number == 0:
        return ()
    rng = subject.rng("sessions")
    share = subject.setting.scenario.ablation.complete_share
    person = some_of(cohort.patients, np.full(number, at))
    days = subject.setting.start + session_day(cohort.model, person, np.arange(number))
    planned = max(one.session or 0 for one in tumours.lesions)
    found: list[Session] = []
    residual: list[str] = []
    for count, day in enumerate(days.tolist(), start=1):
        treated = [one.id for one in tumours.lesions if one.session == count]
        found.append(Session(day, (*treated, *residual)))
        if count > planned:
            break
        draws = rng.random(len(treated))
        residual = [name for name, draw in zip(treated, draws, strict=True) if draw >= share]
        if count == planned and number > planned and not residual:
            residual = [treated[int(draws.argmax())]]
    return tuple(found)


def expected_hazard(scenario: Scenario) -> float:
    """Daily hazard of local progression of a typical subject, for calibration.

    The number of ablated lesions is taken from the lesion counts: all of n with the share of
    subjects who have everything ablated, else the mean of 1 to n - 1.
    """
    share = scenario.ablation.all_ablated_share
    ablated = sum(
        weight * (n if n == 1 else share * n + (1 - share) * n / 2)
        for n, weight in enumerate(scenario.disease.lesion_counts, start=1)
    )
    year = 12 * float(DAYS_PER_MONTH)
    return ablated * daily_hazard(scenario.ablation.local_progression_12_months, year)
