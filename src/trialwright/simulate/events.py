"""The hidden course of one subject: response, progression, death, drop-out, stops.

All times are days from first treatment (from enrolment for a subject who is never treated). Death
never precedes progression that it depends on, so progression-free survival cannot exceed survival.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.simulate.ablation import choose_ablated, local_progression
from trialwright.simulate.clocks import daily_hazard, normal_quantile
from trialwright.simulate.scenario import Progression
from trialwright.simulate.setting import Subject
from trialwright.simulate.tumours import (
    Lesion,
    Tumours,
    assign_roles,
    draw_course,
    draw_lesions,
)

#: First sign of progression. "local" is new tumour at the margin of an ablated lesion (R-106).
Cause = Literal["new", "target", "nontarget", "local"]

_YEAR = 12 * float(DAYS_PER_MONTH)
_TEN_YEARS = 3652


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What will happen to a subject, seen by nobody yet.

    Attributes
    ----------
    progression
        Day of the first sign of progression, by `cause`; `site` is the lesion at whose margin
        local progression grows.
    death, withdrawal, lost, toxicity, physician
        Days of death, withdrawal of consent, loss to follow-up, stop of treatment for toxicity and
        by the physician's decision; each may lie beyond every other, the first ones count.
    """

    responder: bool
    progression: float
    cause: Cause
    site: Lesion | None
    death: float
    withdrawal: float
    lost: float
    toxicity: float
    physician: float


def draw_subject(subject: Subject) -> tuple[Tumours, Course]:
    """Draw the lesions of a subject and the course that follows."""
    lesions = draw_lesions(subject)
    if subject.setting.ablation is not None:
        lesions = choose_ablated(subject, lesions)
    lesions = assign_roles(lesions)
    rng = subject.rng("course")
    clock = subject.setting.clock
    measured = any(one.role == "TARGET" for one in lesions)
    responder = bool(rng.random() < clock.responder_share) and measured
    tumours = draw_course(subject, lesions, responder=responder)
    day = max(clock.progression_day(float(rng.random()), responder=responder), 2.0)
    cause = _cause(rng, subject.setting.scenario.progression, lesions)
    tumours, cause = _grown(rng, subject, tumours, (day, cause))
    local = local_progression(subject, lesions)
    site = None
    if local is not None and local[0] < day:
        day, site, cause = max(local[0], 30.0), local[1], "local"
    return tumours, _course(subject, tumours, day, (responder, cause, site))


def _course(
    subject: Subject, tumours: Tumours, day: float, kind: tuple[bool, Cause, Lesion | None]
) -> Course:
    rng = subject.rng("events")
    conduct = subject.setting.scenario.conduct
    return Course(
        responder=kind[0],
        progression=day,
        cause=kind[1],
        site=kind[2],
        death=_death(rng, subject, tumours, day),
        withdrawal=_waiting(rng, conduct.withdrawal_12_months),
        lost=_waiting(rng, conduct.lost_12_months),
        toxicity=_waiting(rng, conduct.stop_for_toxicity_12_months),
        physician=_waiting(rng, conduct.stop_by_physician_12_months),
    )


def _cause(rng: np.random.Generator, shares: Progression, lesions: tuple[Lesion, ...]) -> Cause:
    """First sign of progression; a subject without such lesions progresses by a new one."""
    draw = rng.random()
    if draw < shares.target_share and any(one.role == "TARGET" for one in lesions):
        return "target"
    if draw >= 1 - shares.nontarget_share and any(can_worsen(one) for one in lesions):
        return "nontarget"
    return "new"


def can_worsen(lesion: Lesion) -> bool:
    """Whether a non-target lesion can show progression: no node, no ablation zone (R-104)."""
    return lesion.role == "NON-TARGET" and not lesion.organ.node and lesion.session is None


def _grown(
    rng: np.random.Generator, subject: Subject, tumours: Tumours, sign: tuple[float, Cause]
) -> tuple[Tumours, Cause]:
    """Let the targets reach progression on its day, or later when something else comes first."""
    day, cause = sign
    later = float(rng.uniform(1.3, 3.0))
    if not tumours.targets:
        return tumours, cause
    fastest = float(np.log(2)) / subject.setting.scenario.growth.fastest_doubling_days
    crossing = day * (1 if cause == "target" else later)
    lower = _nadir_read_low(subject, tumours, crossing)
    grown = tumours.grown_to_progress(crossing, fastest, lower)
    if cause == "target" and grown.growth >= fastest:
        return grown, "new"
    return grown, cause


def _nadir_read_low(subject: Subject, tumours: Tumours, day: float) -> float:
    """Share by which reading error lowers the nadir of the scans made before `day`.

    The smallest of n noisy sums lies below the truth by the expected minimum of n normal values.

    References
    ----------
    Blom G. Statistical estimates and transformed beta-variables. Wiley 1958.
    """
    setting = subject.setting
    sizes = [tumours.lesions[at].size_mm for at in tumours.targets]
    error = setting.scenario.scans.measurement_sd * math.hypot(*sizes) / sum(sizes)
    number = 1 + len(setting.rule.due_days(min(int(day), _TEN_YEARS)))
    return error * float(normal_quantile((number - 0.375) / (number + 0.25)))


def _death(
    rng: np.random.Generator, subject: Subject, tumours: Tumours, progression: float
) -> float:
    """Day of death: a small hazard before progression, then one that grows with the burden."""
    clock = subject.setting.clock
    before = float(rng.exponential(1 / clock.death_hazard)) if clock.death_hazard > 0 else np.inf
    after = float(rng.exponential(clock.death_mean))
    if before < progression:
        return max(before, 3.0)
    scenario = subject.setting.scenario
    burden = sum(one.size_mm for one in tumours.lesions)
    ratio = burden / _typical_burden(subject)
    faster: float = ratio**scenario.progression.burden_exponent
    return progression + after / faster


def _typical_burden(subject: Subject) -> float:
    """Expected sum of diameters: lesions of the core organs at their median."""
    disease = subject.setting.scenario.disease
    core = {name for site in disease.core for name in site.organs}
    medians = [organ.median_mm for organ in disease.organs if organ.id in core]
    number = sum(n * share for n, share in enumerate(disease.lesion_counts, start=1))
    return number * sum(medians) / len(medians)


def _waiting(rng: np.random.Generator, share: float) -> float:
    """Exponential time with that share of events in 12 months."""
    unit = float(rng.exponential())
    hazard = daily_hazard(share, _YEAR)
    return unit / hazard if hazard > 0 else float("inf")
