"""From a protocol, a scenario and calibrated clocks to the numbers that patients are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from trialwright.core.dates import day_number
from trialwright.core.errors import ScenarioError
from trialwright.core.format import DAYS_PER_MONTH
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import (
    SettledAnalysis,
    SettledResponse,
    origin_of,
    settled_analysis,
    settled_response,
)
from trialwright.simulate.clocks import Clock
from trialwright.simulate.scenario import CohortTruth, Scenario
from trialwright.simulate.virtual.disease import (
    MOST_EXTRAS,
    MOST_SLOTS,
    NOT_CORE_FIRST,
    NOT_CORE_MORE,
)
from trialwright.simulate.virtual.growth_map import growth_map
from trialwright.simulate.virtual.parts import (
    AblationPart,
    CohortModel,
    ConductPart,
    CoursePart,
    DiseasePart,
    TumourPart,
)
from trialwright.simulate.virtual.scan_tables import scan_part
from trialwright.simulate.virtual.tables import (
    LN2,
    cumulated,
    middles,
    rounded,
    share_of_halves,
    short,
    tables,
)
from trialwright.simulate.virtual.words import HALVES, key_of
from trialwright.timetoevent.decisions import OS_KINDS, PFS_KINDS
from trialwright.vocabulary.recist import NEVER

#: The first progression of other lesions comes by this factor later than that of the leading sign.
_LATER = (1.3, 3.0)
_PACE_SIGMA = 0.3
#: Log odds that one unit of the normal score comes nearest to (Johnson, Kotz, Balakrishnan 1995).
_LOGIT_PER_PROBIT = 1.702
_BURDEN_ENTRIES, _BURDEN_STEPS = 1024, 64
_NEVER_MEAN = 1e12
_YEAR = 12 * float(DAYS_PER_MONTH)
_THORAX = frozenset({"LUNG", "PLEURA", "MEDIASTINUM"})
_PICKS = 16
#: Two scans late by some days show most progressions.
_MARGIN = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialModel:
    """Everything that virtual trials of one scenario need.

    Attributes
    ----------
    cohorts
        The numbers of each cohort in the order of the scenario; `names` are their ids.
    response, analysis
        The rules of the protocol.
    follow_up_days
        From the last entry to the cut-off, when the protocol has no `fixed_cutoff` (days from the
        start of accrual).
    start
        Day number of the start of accrual.
    """

    names: tuple[str, ...]
    cohorts: tuple[CohortModel, ...]
    ramps: tuple[float, ...]
    response: SettledResponse
    analysis: SettledAnalysis
    pfs_origin: str
    os_origin: str
    follow_up_days: int
    fixed_cutoff: int | None
    start: int

    @property
    def subjects(self) -> int:
        """Subjects of one trial."""
        return sum(one.subjects for one in self.cohorts)

    @property
    def margin(self) -> int:
        """Days after true progression within which most progressions are read."""
        longest = max(days for _, days in self.response.intervals.steps)
        return 2 * longest + 2 * self.response.window_days + _MARGIN


def trial_model(
    protocol: Protocol, scenario: Scenario, clocks: Sequence[Clock], seed: int
) -> TrialModel:
    """Work out the numbers of every cohort.

    Parameters
    ----------
    protocol, scenario
        A settled protocol, and a scenario that `check_scenario` accepts.
    clocks
        The calibrated clock of each cohort.
    seed
        Any integer; the words of a cohort are keyed by it and by the ids of scenario and cohort.

    Raises
    ------
    ScenarioError
        When a subject could have more lesions or organs than the arrays hold.
    ProtocolError
        When an option of response or analysis is still open.
    """
    rule, analysis = settled_response(protocol), settled_analysis(protocol)
    _require_room(scenario)
    follow_up = round(scenario.follow_up_months * float(DAYS_PER_MONTH))
    start = day_number(scenario.start_date)
    pairs = zip(scenario.cohorts, clocks, strict=True)
    return TrialModel(
        names=tuple(one.id for one in scenario.cohorts),
        cohorts=tuple(
            _cohort(protocol, scenario, rule, (truth, clock, seed)) for truth, clock in pairs
        ),
        ramps=tuple(one.accrual_ramp_months for one in scenario.cohorts),
        response=rule,
        analysis=analysis,
        pfs_origin=origin_of(protocol, PFS_KINDS, analysis.pfs_origin),
        os_origin=origin_of(protocol, OS_KINDS, analysis.os_origin),
        follow_up_days=follow_up,
        fixed_cutoff=None if analysis.data_cutoff is None else analysis.data_cutoff - start,
        start=start,
    )


def _cohort(
    protocol: Protocol,
    scenario: Scenario,
    rule: SettledResponse,
    who: tuple[CohortTruth, Clock, int],
) -> CohortModel:
    truth, clock, seed = who
    key, salt = key_of(seed, scenario.id, truth.id)
    liver = any(one.reach == "liver" for one in protocol.regimen)
    ablates = any(one.reach == "lesion" for one in protocol.regimen)
    longest = protocol.treatment.max_duration_days
    return CohortModel(
        key=key,
        salt=salt,
        subjects=truth.subjects,
        disease=_disease(scenario),
        ablation=_ablation(scenario, applies=ablates),
        tumour=_tumour(scenario, clock, on_liver=liver),
        course=_course(scenario, clock),
        conduct=_conduct(scenario, truth, NEVER if longest is None else longest),
        scan=scan_part(scenario, rule),
        tables=tables(),
    )


def _require_room(scenario: Scenario) -> None:
    disease = scenario.disease
    measurable = sum(one.measurable for one in disease.organs)
    limits = (
        ("disease.lesion_counts", len(disease.lesion_counts), MOST_SLOTS),
        ("disease.organs, measurable", measurable, MOST_SLOTS),
        ("disease.organs", len(disease.organs), NOT_CORE_FIRST + NOT_CORE_MORE),
        ("disease.nontarget_counts", len(disease.nontarget_counts) - 1, MOST_EXTRAS),
    )
    for path, number, most in limits:
        if number > most:
            raise ScenarioError(
                "A virtual patient cannot have so many lesions.",
                where=f'scenario {scenario.id}, {path}: "{number}"',
                allowed=f"at most {most}",
                do="leave out the rarest ones",
            )


def _disease(scenario: Scenario) -> DiseasePart:
    disease = scenario.disease
    organs = disease.organs
    ids = [one.id for one in organs]
    sigma = float(np.sqrt(np.log1p(disease.size_cv**2)))
    least = np.array([15.0 if one.node else 10.0 for one in organs])
    median = np.array([one.median_mm for one in organs])
    core = [[int(name in site.organs) for name in ids] for site in disease.core]
    held = {at for row in core for at, inside in enumerate(row) if inside}
    share = [0 if at in held and one.share is None else share_of_halves(one.share or 0.0)
             for at, one in enumerate(organs)]  # fmt: skip
    below = np.floor(ndtr(np.log(least / median) / sigma) * HALVES)
    return DiseasePart(
        patterns=cumulated(tuple(one.share for one in disease.core)),
        core=np.array(core, np.int64),
        core_pick=np.array([_picks(row, [one.measurable for one in organs]) for row in core]),
        share=np.array(share, np.int64),
        measurable=np.array([one.measurable for one in organs], np.bool_),
        node=np.array([one.node for one in organs], np.bool_),
        thorax=np.array([name in _THORAX for name in ids], np.bool_),
        liver=np.array([name == "LIVER" for name in ids], np.bool_),
        log_median=rounded(np.log(median)),
        below=np.minimum(below, HALVES - 1).astype(np.int64),
        size_sigma=sigma,
        counts=cumulated(disease.lesion_counts),
        extras=cumulated(disease.nontarget_counts),
        slots=max(len(disease.lesion_counts), sum(one.measurable for one in organs)),
        organs=len(organs),
    )


def _picks(core: Sequence[int], measurable: Sequence[bool]) -> list[int]:
    """The organ of a further lesion by four random bits: the core organs in equal parts."""
    inside = [at for at, (here, ok) in enumerate(zip(core, measurable, strict=True)) if here and ok]
    return [inside[pick * len(inside) // _PICKS] if inside else -1 for pick in range(_PICKS)]


def _ablation(scenario: Scenario, *, applies: bool) -> AblationPart:
    plan = scenario.ablation
    per_session = plan.lesions_per_session
    residual = [share_of_halves(1 - plan.complete_share**k) for k in range(per_session + 1)]
    return AblationPart(
        applies=applies,
        every=share_of_halves(plan.all_ablated_share),
        per_session=per_session,
        gap_days=plan.session_gap_days,
        residual=np.array(residual, np.int64),
        daily_hazard=1 / _mean_days(plan.local_progression_12_months, _YEAR),
    )


def _tumour(scenario: Scenario, clock: Clock, *, on_liver: bool) -> TumourPart:
    growth = scenario.growth
    low, high = growth.killed_responders
    low_others, high_others = growth.killed_others
    return TumourPart(
        killed_low=low,
        killed_high=high,
        killed_low_others=low_others,
        killed_high_others=high_others,
        depth_shift=clock.killed_shift,
        on_liver=on_liver,
        liver_shift=(growth.liver_log_odds + clock.liver_shift) / _LOGIT_PER_PROBIT,
        together=float(np.sqrt(growth.lesion_correlation)),
        apart=float(np.sqrt(1 - growth.lesion_correlation)),
        complete=share_of_halves(growth.complete_share),
        half_life_low=growth.half_life_days[0],
        half_life_range=growth.half_life_days[1] - growth.half_life_days[0],
        pace_sigma=_PACE_SIGMA * float(np.sqrt(1 - growth.lesion_correlation)),
        growth=growth_map(),
        fastest=LN2 / growth.fastest_doubling_days,
    )


def _course(scenario: Scenario, clock: Clock) -> CoursePart:
    shares = scenario.progression
    unit = (-np.log1p(-middles()) / LN2) ** (1 / clock.shape)
    ratio = np.maximum(np.arange(_BURDEN_ENTRIES) / _BURDEN_STEPS, 0.5 / _BURDEN_STEPS)
    return CoursePart(
        sensitive=share_of_halves(clock.sensitive_share),
        sensitive_response=share_of_halves(clock.sensitive_responder_share),
        response=share_of_halves(clock.responder_share),
        unit=short(unit),
        responder_floor=clock.responder_floor,
        responder_median=clock.responder_median,
        other_median=clock.other_median,
        target=share_of_halves(shares.target_share),
        not_nontarget=HALVES - share_of_halves(shares.nontarget_share),
        later_low=_LATER[0],
        later_range=_LATER[1] - _LATER[0],
        death_mean_before=1 / clock.death_hazard if clock.death_hazard > 0 else _NEVER_MEAN,
        death_mean_after=clock.death_mean,
        typical_mm=_typical_mm(scenario),
        burden=rounded(ratio**shares.burden_exponent),
    )


def _typical_mm(scenario: Scenario) -> float:
    """Expected sum of diameters: lesions of the core organs at their median."""
    disease = scenario.disease
    core = {name for site in disease.core for name in site.organs}
    medians = [one.median_mm for one in disease.organs if one.id in core]
    number = sum(n * share for n, share in enumerate(disease.lesion_counts, start=1))
    return number * sum(medians) / len(medians)


def _mean_days(share: float, days: float) -> float:
    """Mean of the exponential time that ends within `days` with that probability."""
    return -days / float(np.log1p(-min(share, 1 - 1e-9))) if share > 0 else _NEVER_MEAN


def _conduct(scenario: Scenario, truth: CohortTruth, longest: int) -> ConductPart:
    conduct = scenario.conduct
    low, high = conduct.days_to_treatment
    return ConductPart(
        gap_mean=float(DAYS_PER_MONTH) / truth.accrual_per_month,
        delay_low=low,
        delay_range=high - low + 1,
        never_treated=share_of_halves(conduct.never_treated_share),
        withdrawal_mean=_mean_days(conduct.withdrawal_12_months, _YEAR),
        lost_mean=_mean_days(conduct.lost_12_months, _YEAR),
        toxicity_mean=_mean_days(conduct.stop_for_toxicity_12_months, _YEAR),
        physician_mean=_mean_days(conduct.stop_by_physician_12_months, _YEAR),
        longest_days=longest,
        therapy_without_pd=share_of_halves(conduct.new_therapy_without_progression),
        therapy_after_pd=share_of_halves(conduct.new_therapy_after_progression),
        local_therapy=share_of_halves(conduct.local_therapy_off_protocol),
        stays=share_of_halves(scenario.scans.after_new_therapy_share),
    )


# --------------------------------------------------------------------------------------- scans


def with_scans_until(model: CohortModel, rule: SettledResponse, day: int) -> CohortModel:
    """The same cohort with every due date that a scan until that many days can belong to."""
    longest = max(days for _, days in rule.intervals.steps)
    due = np.array(rule.due_days(day + rule.window_days + 2 * longest), np.int64)
    return model._replace(scan=model.scan._replace(due=due))
