"""The assumed truth of a trial, in clinical terms: what a scenario file says.

Numbers that a file leaves out keep the values below, the author's reading of the published trials
of these regimens; `unstated` names them, so that a report can list them beside the sourced ones.
Rates and shares lie between 0 and 1, times are days or months as the name says.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from trialwright.protocol.base import Part

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Positive: TypeAlias = Annotated[float, Field(gt=0, le=1e6)]
Counts: TypeAlias = Annotated[tuple[Share, ...], Field(min_length=1, max_length=10)]
Range: TypeAlias = tuple[
    Annotated[float, Field(ge=0, le=1e6)], Annotated[float, Field(ge=0, le=1e6)]
]
Days: TypeAlias = Annotated[int, Field(ge=0, le=365)]
DayRange: TypeAlias = tuple[Days, Days]
#: Months from the origin of the endpoint, and the share without event then.
Landmark: TypeAlias = tuple[
    Annotated[float, Field(gt=0, le=600)], Annotated[float, Field(gt=0, lt=1)]
]
Landmarks: TypeAlias = Annotated[tuple[Landmark, ...], Field(max_length=10)]
AnchorKind: TypeAlias = Literal["cycle", "procedure", "immune"]


class CohortTruth(Part):
    """What is true in one cohort, as a very large trial under the protocol would show it.

    Progression-free and overall survival are each stated by a median, by rates at landmarks, or
    by both.

    Attributes
    ----------
    accrual_per_month, accrual_ramp_months
        Rate of entry once the cohort is at full speed, and the months over which the rate grows
        evenly from nothing to that.
    response_rate
        Share of treated subjects with target lesions who have a confirmed response.
    median_pfs_days, median_os_days
        Medians from the origin of the endpoint, as scans and contacts show them.
    pfs_rates, os_rates
        Pairs of months and the share without event then, months rising.
    depth
        Median shrinkage of the sum of diameters of confirmed responders at their best.
    hepatic_response_rate, extrahepatic_response_rate
        Share of subjects with lesions in the liver (elsewhere) whose lesions there, taken alone,
        make a confirmed response (R-102); for protocols with a component that acts on the liver.
    sensitive_share, sensitive_response_rate
        A subgroup that responds otherwise than the others, such as MSI-H tumours, and its response
        rate; `response_rate` is that of all, subgroup included.
    """

    id: str
    subjects: Annotated[int, Field(ge=1, le=5000)]
    accrual_per_month: Annotated[float, Field(ge=0.05, le=1000)]
    accrual_ramp_months: Annotated[float, Field(ge=0, le=120)] = 0.0
    response_rate: Annotated[float, Field(ge=0, lt=1)]
    median_pfs_days: Positive | None = None
    median_os_days: Positive | None = None
    pfs_rates: Landmarks = ()
    os_rates: Landmarks = ()
    depth: Annotated[float, Field(ge=0.3, le=1)] | None = None
    hepatic_response_rate: Share | None = None
    extrahepatic_response_rate: Share | None = None
    sensitive_share: Annotated[float, Field(gt=0, lt=1)] | None = None
    sensitive_response_rate: Share | None = None


class Organ(Part):
    """Where lesions lie; `share` is the share of subjects with disease there.

    An organ of `Disease.core` has no share of its own. Nodes are measured by short axis; disease
    in an organ that is not `measurable` is followed as non-target.
    """

    id: str
    share: Share | None = None
    median_mm: Annotated[float, Field(ge=10, le=300)] = 20.0
    node: bool = False
    measurable: bool = True


class CoreSite(Part):
    """One pattern of the disease that every subject has; the shares of all patterns add to 1."""

    organs: Annotated[tuple[str, ...], Field(min_length=1)]
    share: Share


class Disease(Part):
    """Lesions at baseline.

    `lesion_counts` holds the shares of subjects with 1, 2, 3 ... measurable lesions,
    `nontarget_counts` those with 0, 1, 2 ... further small lesions.
    """

    core: Annotated[tuple[CoreSite, ...], Field(min_length=1)]
    organs: Annotated[tuple[Organ, ...], Field(min_length=1)]
    lesion_counts: Counts = (0.30, 0.30, 0.20, 0.12, 0.08)
    nontarget_counts: Counts = (0.45, 0.35, 0.20)
    size_cv: Annotated[float, Field(gt=0, le=3)] = 0.6


class Growth(Part):
    """Diameter of a lesion in time: S(t) = S0 [(1 - q) exp(g t) + q exp(-d t)].

    The growth g of a subject follows from the progression time; `killed_*` is the range of q,
    `half_life_days` that of ln 2 / d; `liver_log_odds` raises q of liver lesions and lowers it
    elsewhere when a component of the protocol acts on the liver.
    """

    killed_responders: Range = (0.55, 0.95)
    killed_others: Range = (0.0, 0.5)
    half_life_days: Range = (25, 60)
    fastest_doubling_days: Positive = 45
    lesion_correlation: Share = 0.6
    complete_share: Share = 0.06
    liver_log_odds: Annotated[float, Field(ge=0, le=5)] = 0.4


class Progression(Part):
    """How disease progresses and how death follows.

    The three shares are those of the first sign: a new lesion, target growth, non-target growth.
    `responder_pfs_ratio` is the median of responders over that of all; the hazard of death after
    progression grows with (baseline diameters / typical diameters) ** `burden_exponent`.
    Calibration moves the Weibull shape for a cohort that states two points of PFS.
    """

    weibull_shape: Annotated[float, Field(ge=0.3, le=5)] = 1.2
    responder_pfs_ratio: Annotated[float, Field(ge=1, le=10)] = 2.0
    new_lesion_share: Share = 0.45
    target_share: Share = 0.42
    nontarget_share: Share = 0.13
    equivocal_first_share: Share = 0.15
    false_equivocal_per_scan: Share = 0.01
    death_before_progression_per_month: Share = 0.0075
    burden_exponent: Annotated[float, Field(ge=0, le=3)] = 0.3


class Scans(Part):
    """How scans are really made and read.

    Attributes
    ----------
    measurement_sd, between_reader_sd
        Standard deviation of the logarithm of a diameter, when the reader of baseline reads the
        scan and when somebody else does.
    other_reader_share
        Share of scans that somebody else reads.
    late_share, late_days
        Share of scans made after the window, and the range of days beyond it.
    shift_mean_days, shift_sd_days
        Days between a due date and its scan, normally distributed within the window.
    too_small_share
        Share of scans whose reader gives tiny lesions no number (R-022).
    """

    measurement_sd: Annotated[float, Field(ge=0, le=0.5)] = 0.06
    between_reader_sd: Annotated[float, Field(ge=0, le=0.5)] = 0.12
    other_reader_share: Share = 0.0
    missed_share: Annotated[float, Field(ge=0, le=0.9)] = 0.04
    late_share: Share = 0.05
    late_days: DayRange = (1, 7)
    unscheduled_share: Share = 0.03
    two_days_share: Share = 0.15
    not_evaluable_share: Share = 0.01
    one_decimal_share: Share = 0.1
    after_progression_share: Share = 0.15
    after_new_therapy_share: Share = 0.25
    shift_mean_days: Annotated[float, Field(ge=-30, le=30)] = 0.5
    shift_sd_days: Annotated[float, Field(ge=0, le=30)] = 3.0
    too_small_share: Share = 0.7


class Conduct(Part):
    """What happens around treatment: start, stops, drop-out, further therapy, course of events.

    Attributes
    ----------
    event_days
        Median days that an event of grade 1, 2, 3 and 4 lasts.
    event_moderate_share, event_grade4_share
        Share of grade 2 among grades 1 and 2, and of grade 4 from grade 3 on.
    event_again_share
        Share of events that come back once, milder.
    event_reduced_share, event_held_share, event_held_mild_share, event_held_days
        For components without rules in the protocol: share of events of grade 3 or more after which
        the dose is one level lower, and in which it is held; share of milder ones in which it is
        held; the longest such hold.
    event_worsens_share, event_worst_share
        Share of events that begin a grade below their worst, and of the time spent at the worst.
    hospital_share
        Share of serious events with a stay in hospital.
    death_by_event_share
        Share of deaths on treatment without progression that a severe event shortly before
        explains, where there is one that can be fatal.
    """

    days_to_treatment: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] = (1, 7)
    never_treated_share: Share = 0.0
    withdrawal_12_months: Share = 0.05
    lost_12_months: Share = 0.05
    stop_for_toxicity_12_months: Share = 0.08
    stop_by_physician_12_months: Share = 0.03
    new_therapy_after_progression: Share = 0.5
    new_therapy_without_progression: Share = 0.3
    local_therapy_off_protocol: Share = 0.01
    dose_delay_per_month: Share = 0.06
    cycle_days: Annotated[int, Field(ge=1, le=365)] = 21
    local_doses_max: Annotated[int, Field(ge=1)] | None = None
    partial_dates: Share = 0.0
    event_days: tuple[Positive, Positive, Positive, Positive] = (14, 18, 12, 10)
    event_moderate_share: Share = 0.4
    event_grade4_share: Share = 0.1
    event_again_share: Share = 0.25
    event_reduced_share: Share = 0.2
    event_held_share: Share = 0.4
    event_held_mild_share: Share = 0.1
    event_held_days: Annotated[int, Field(ge=1)] = 21
    event_worsens_share: Share = 0.3
    event_worst_share: Share = 0.5
    hospital_share: Share = 0.8
    death_by_event_share: Share = 0.5


class Ablation(Part):
    """Ablation of lesions as study treatment."""

    all_ablated_share: Share = 0.15
    complete_share: Share = 0.92
    local_progression_12_months: Share = 0.10
    lesions_per_session: Annotated[int, Field(ge=1)] = 2
    session_gap_days: Annotated[int, Field(ge=7)] = 21


class AdverseEvent(Part):
    """One term of the safety profile, among treated subjects.

    Attributes
    ----------
    any, grade3plus
        Shares of subjects with the event at any grade, and at grade 3 or more.
    serious_share
        Share of grade 3 or more events that are serious.
    related
        Components that cause it: id of the component, a part of its name, or its reach.
    related_share
        Probability that the investigator names each of them.
    anchor
        "cycle" (early cycles twice as often), "procedure" (days after a local treatment) or
        "immune" (log-normal time with median `onset_days`).
    organ
        Only subjects with disease in this organ have it.
    highest_grade
        The highest grade that CTCAE has for the term; with 5 it can be fatal.
    persistent_share
        Share of events that stay at grade 1 for good.
    """

    term: str
    soc: str
    any: Share
    grade3plus: Share
    serious_share: Share = 0.2
    related: tuple[str, ...] = ()
    related_share: Share = 0.9
    anchor: AnchorKind = "cycle"
    onset_days: Positive | None = None
    organ: str | None = None
    highest_grade: Annotated[int, Field(ge=1, le=5)] = 4
    persistent_share: Share = 0.0


class Laboratory(Part):
    """Liver values: shares above normal at baseline, the peak after a local treatment, the drift.

    `procedure_peak` and `bilirubin_peak` hold nine of ten peaks (log-normal) of ALT and AST, and of
    bilirubin, on the day after, in multiples of the level before. After progression with disease in
    the liver ALT, AST, ALP, GGT and bilirubin rise by `liver_drift_per_month`.
    """

    alt_above_normal: Share = 0.2
    alp_above_normal: Share = 0.4
    ggt_above_normal: Share = 0.6
    procedure_peak: tuple[
        Annotated[float, Field(ge=1, le=50)], Annotated[float, Field(ge=1, le=50)]
    ] = (3.0, 8.0)
    procedure_half_life_days: Positive = 3
    bilirubin_peak: tuple[
        Annotated[float, Field(ge=1, le=50)], Annotated[float, Field(ge=1, le=50)]
    ] = (1.1, 2.5)
    liver_drift_per_month: Annotated[float, Field(ge=0, le=5)] = 0.15


class People(Part):
    """Age and sex."""

    age_mean: Annotated[float, Field(ge=18, le=90)] = 59
    age_sd: Annotated[float, Field(gt=0, le=30)] = 10
    male_share: Share = 0.6


class Scenario(Part):
    """An assumed truth from which whole trials are simulated.

    `sources` maps a path (`cohorts.ALL.response_rate`; list members by their id or term) to the
    publication or to "assumption: why"; a source covers every number below its path.
    """

    trialwright_scenario: Literal[1] = 1
    id: str
    title: str
    start_date: date = date(2024, 1, 8)
    follow_up_months: Annotated[float, Field(gt=0, le=240)]
    cohorts: Annotated[tuple[CohortTruth, ...], Field(min_length=1)]
    disease: Disease
    growth: Growth = Growth()
    progression: Progression = Progression()
    scans: Scans = Scans()
    conduct: Conduct = Conduct()
    ablation: Ablation = Ablation()
    laboratory: Laboratory = Laboratory()
    people: People = People()
    adverse_events: tuple[AdverseEvent, ...] = ()
    sources: dict[str, str] = Field(default_factory=dict)

    @property
    def subjects(self) -> int:
        """Number of subjects over all cohorts."""
        return sum(cohort.subjects for cohort in self.cohorts)

    def cohort(self, name: str) -> CohortTruth:
        """The cohort of that id."""
        return next(cohort for cohort in self.cohorts if cohort.id == name)
