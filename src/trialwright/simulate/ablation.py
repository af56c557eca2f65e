"""Which lesions are ablated, in which session, and where the tumour comes back.

Ablated lesions known at baseline are followed as zones, never measured (R-104); a lesion that was
not ablated completely is treated again in a further session (R-106).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.simulate.clocks import daily_hazard
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.setting import Subject
from trialwright.simulate.tumours import Lesion


@dataclass(frozen=True, slots=True)
class Session:
    """One ablation session: its day number and the link ids of the lesions treated."""

    day: int
    lesions: tuple[str, ...]


def choose_ablated(subject: Subject, lesions: Sequence[Lesion]) -> tuple[Lesion, ...]:
    """Give each ablated lesion its session, small lesions first.

    Some subjects have every lesion ablated; the others keep at least one measurable lesion, and
    need a second one for that. Nodes are not ablated.
    """
    rng = subject.rng("ablation")
    plan = subject.setting.scenario.ablation
    measured = [at for at, one in enumerate(lesions) if one.role == "TARGET" and not one.organ.node]
    if not measured:
        return tuple(lesions)
    every = bool(rng.random() < plan.all_ablated_share) or len(measured) == 1
    count = len(measured) if every else int(rng.integers(1, len(measured)))
    chosen = sorted(measured, key=lambda at: lesions[at].size_mm)[:count]
    session = {at: order // plan.lesions_per_session + 1 for order, at in enumerate(chosen)}
    return tuple(replace(one, session=session.get(at)) for at, one in enumerate(lesions))


def sessions(subject: Subject, lesions: Sequence[Lesion]) -> tuple[Session, ...]:
    """Days of the ablation sessions; incompletely ablated lesions join a further one."""
    rng = subject.rng("sessions")
    plan = subject.setting.scenario.ablation
    ablated = [one for one in lesions if one.session is not None]
    numbers = sorted({one.session for one in ablated if one.session is not None})
    days: list[Session] = []
    day = subject.first_dose
    residual: list[str] = []
    for number in numbers:
        treated = [one.id for one in ablated if one.session == number]
        days.append(Session(day, (*treated, *residual)))
        residual = [name for name in treated if rng.random() >= plan.complete_share]
        day += plan.session_gap_days + int(rng.integers(0, 8))
    return (*days, Session(day, tuple(residual))) if residual else tuple(days)


def local_progression(subject: Subject, lesions: Sequence[Lesion]) -> tuple[float, Lesion] | None:
    """First local progression of an ablated lesion: days from first treatment, and the lesion."""
    rng = subject.rng("local progression")
    hazard = _lesion_hazard(subject.setting.scenario)
    ablated = [one for one in lesions if one.session is not None]
    if not ablated or hazard <= 0:
        return None
    times = [float(rng.exponential(1 / hazard)) for _ in ablated]
    first = min(range(len(ablated)), key=times.__getitem__)
    return times[first], ablated[first]


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
    return ablated * _lesion_hazard(scenario)


def _lesion_hazard(scenario: Scenario) -> float:
    return daily_hazard(scenario.ablation.local_progression_12_months, 12 * float(DAYS_PER_MONTH))
