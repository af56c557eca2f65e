"""From a protocol and a scenario to the plan of what is worked out."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, sqrt

from trialwright.core.dates import day_number
from trialwright.operating.outcomes import MONTH
from trialwright.operating.plan import (
    STATED,
    Arm,
    Group,
    Interim,
    InterimAccrual,
    Pair,
    Parts,
    Plan,
    Reading,
    Variant,
)
from trialwright.operating.rules import landmark_rules, primary_landmark, response_rules
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import (
    SettledResponse,
    settled_analysis,
    settled_response,
)
from trialwright.simulate.scenario import Scenario
from trialwright.stats.kaplan_meier import Convention

_NO_NOISE: tuple[tuple[str, float | int], ...] = (
    ("scenario.scans.measurement_sd", 0.0),
    ("scenario.scans.between_reader_sd", 0.0),
    ("scenario.progression.false_equivocal_per_scan", 0.0),
)
_ON_TIME: tuple[tuple[str, float | int], ...] = (
    ("scenario.scans.missed_share", 0.0),
    ("scenario.scans.late_share", 0.0),
    ("scenario.scans.unscheduled_share", 0.0),
    ("scenario.scans.two_days_share", 0.0),
    ("scenario.scans.not_evaluable_share", 0.0),
    ("scenario.scans.shift_mean_days", 0.0),
    ("scenario.scans.shift_sd_days", 0.0),
)
#: The scenario, and the same without reader noise, with every scan made on its day, and both.
NO_NOISE = Variant(id="no_noise", label="no reader noise", changes=_NO_NOISE)
ON_TIME = Variant(id="on_time", label="every scan made, on its day", changes=_ON_TIME)
IDEAL = Variant(id="ideal", label="no noise, every scan on its day", changes=_NO_NOISE + _ON_TIME)
AS_STATED = Variant(id=STATED, label="as the scenario says")

#: Longest time that distributions tell apart, in days: a hundred years.
_MOST_DAYS = 36_525
#: Standard deviations by which the last entry may be later than expected within the calendar.
_LATE = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a user may choose of an evaluation.

    Attributes
    ----------
    nuisances
        Whether the scenario is simulated without noise and with perfect scans too; four times
        the work.
    further
        More variants, such as other intervals between scans.
    interim_accrual, interim_follow_up_days
        As in `Interim`; without a number of days: until the second planned scan and its window,
        when a first response can have been confirmed.
    """

    nuisances: bool = True
    further: tuple[Variant, ...] = ()
    interim_accrual: InterimAccrual = "pause"
    interim_follow_up_days: int | None = None
    parts: Parts = field(default_factory=Parts)


def plan_scenario(protocol: Protocol, scenario: Scenario, settings: Settings) -> Plan:
    """The plan for one scenario.

    Raises
    ------
    ProtocolError
        When an option of the response or analysis rule is still open.
    DesignError
        When the question of the protocol is none.
    """
    rule, analysis = settled_response(protocol), settled_analysis(protocol)
    groups = groups_of(scenario)
    reading: Reading = "confirmed" if rule.confirmation == "required" else "unconfirmed"
    variants = (AS_STATED, *((NO_NOISE, ON_TIME, IDEAL) if settings.nuisances else ()))
    primary = primary_landmark(protocol)
    tests = landmark_rules(protocol, groups)
    landmarks = {*analysis.pfs_rate_months, *(one.months for one in tests)}
    landmarks |= {months for one in groups for months, _ in one.stated_pfs_rates}
    landmarks |= {primary} if primary else set()
    conduct = scenario.conduct
    return Plan(
        id=scenario.id,
        title=scenario.title,
        groups=groups,
        variants=(*variants, *settings.further),
        ideal=IDEAL.id if settings.nuisances else "",
        pairs=nuisance_pairs(reading) if settings.nuisances else (_CONFIRMATION,),
        response_rules=response_rules(protocol, groups),
        landmark_rules=tests,
        interim=_interim(rule, settings),
        reading=reading,
        orr_set=analysis.orr_set,
        plus_one_day=analysis.plus_one_day,
        landmarks=tuple(sorted(landmarks)),
        convention=Convention(analysis.conf_level, analysis.km_ci, analysis.median_tie),
        horizon_days=_horizon(scenario, analysis.data_cutoff, max(landmarks, default=0.0)),
        may_vary=conduct.never_treated_share > 0
        or analysis.orr_set == "EFF"
        or analysis.data_cutoff is not None
        # Who enters last may be cut off before treatment.
        or scenario.follow_up_months * MONTH <= conduct.days_to_treatment[1] + 1,
        is_cutoff_fixed=analysis.data_cutoff is not None,
        reader_noise=scenario.scans.measurement_sd,
        parts=settings.parts,
    )


def groups_of(scenario: Scenario) -> tuple[Group, ...]:
    """All subjects, then each cohort when there are several."""
    found: list[Group] = []
    start = 0
    for cohort in scenario.cohorts:
        stop = start + cohort.subjects
        found.append(
            Group(
                id=cohort.id,
                name=cohort.id,
                start=start,
                stop=stop,
                stated_response=cohort.response_rate,
                stated_pfs_days=cohort.median_pfs_days,
                stated_os_days=cohort.median_os_days,
                stated_pfs_rates=tuple(cohort.pfs_rates),
            )
        )
        start = stop
    if len(found) == 1:
        only = found[0]
        return (_all(only.stop, only.stated_response, only),)
    responders = sum(one.stated_response * one.subjects for one in found)
    return (_all(start, responders / start, None), *found)


def _all(subjects: int, response: float, same: Group | None) -> Group:
    return Group(
        id="all",
        name="All subjects",
        start=0,
        stop=subjects,
        stated_response=response,
        stated_pfs_days=same.stated_pfs_days if same else None,
        stated_os_days=same.stated_os_days if same else None,
        stated_pfs_rates=same.stated_pfs_rates if same else (),
    )


_CONFIRMATION = Pair(
    Arm(STATED, "unconfirmed"), Arm(STATED, "confirmed"), "confirmation required", "in turn"
)


def nuisance_pairs(reading: Reading) -> tuple[Pair, ...]:
    """The changes from the ideal to the stated reading: one after the other, then each alone."""
    ideal, noisy = Arm(IDEAL.id, "unconfirmed"), Arm(ON_TIME.id, "unconfirmed")
    stated, late = Arm(STATED, "unconfirmed"), Arm(NO_NOISE.id, "unconfirmed")
    noise, scans = "reader noise", "scans missed, late, early or not evaluable"
    return (
        Pair(ideal, noisy, noise, "in turn"),
        Pair(noisy, stated, scans, "in turn"),
        _CONFIRMATION,
        Pair(ideal, Arm(STATED, reading), "all of them", "together"),
        Pair(ideal, late, scans, "alone"),
        Pair(ideal, Arm(IDEAL.id, "confirmed"), "confirmation required", "alone"),
    )


def _interim(rule: SettledResponse, settings: Settings) -> Interim:
    days = settings.interim_follow_up_days
    source = "given by the user"
    if days is None:
        first = rule.intervals.after(0)
        days = first + rule.intervals.after(first) + rule.window_days
        source = "assumption: the second planned scan and its window"
    return Interim(follow_up_days=days, accrual=settings.interim_accrual, source=source)


def _horizon(scenario: Scenario, cutoff: int | None, landmark: float) -> int:
    """Days that hold the trial, the landmarks and the medians that are stated.

    The entry of the last of n subjects has a gamma distribution with mean n and standard deviation
    sqrt(n) gaps.
    """
    accrual = max(
        (one.subjects + _LATE * (sqrt(one.subjects) + 1)) / one.accrual_per_month
        + one.accrual_ramp_months
        for one in scenario.cohorts
    )
    trial = (accrual + scenario.follow_up_months) * MONTH
    if cutoff is not None:
        trial = float(cutoff - day_number(scenario.start_date))
    medians = [2 * (one.median_pfs_days or 0) for one in scenario.cohorts]
    medians += [1.5 * (one.median_os_days or 0) for one in scenario.cohorts]
    return max(min(_MOST_DAYS, ceil(max(trial, *medians))), ceil(landmark * MONTH) + 1)
