"""The clinical choices of a protocol: endpoints, response rule, analysis rule, safety rule.

None of them has a default here. `options.OPTIONS` names the proposed default of each, with its
rule id; a run that accepts them records "default" as their source and the report lists them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from trialwright.protocol.base import Part

#: Kinds of endpoint; those that the product derives have a file in `trialwright.endpoints`.
EndpointKind: TypeAlias = Literal[
    "ORR", "CR_RATE", "DCR", "CBR", "DOR", "TTR", "TUMOR_SIZE", "PFS", "PFS_RATE", "OS", "OS_RATE",
    "TTP", "TTF", "DFS", "DFS_RATE", "RFS", "RFS_RATE", "EFS", "EFS_RATE", "RELAPSE",
    "LOCAL_CONTROL", "PCR", "MPR", "CONVERSION_RESECTION", "DLT", "MTD_RP2D", "AE", "SAE",
    "MORTALITY", "GVHD", "PK", "IMMUNOGENICITY", "BIOMARKER", "QOL", "FEASIBILITY", "OTHER",
]  # fmt: skip
#: Events a time may start from. The last three can be found in trial data.
Origin: TypeAlias = Literal[
    "randomization", "registration", "baseline", "screening", "consent", "response", "diagnosis",
    "complete_remission", "relapse", "surgery", "end_of_treatment", "start_of_study", "first_treatment",
    "enrolment", "first_dose", "first_procedure",
]  # fmt: skip
#: Who reads the scans.
Evaluator: TypeAlias = Literal["INVESTIGATOR", "INDEPENDENT ASSESSOR"]
#: How a time frame is given: a number, about a number, until an event, or from a date of the trial.
TimeFrameKind: TypeAlias = Literal["number", "approximate", "event_driven", "calendar"]
DataOrigin: TypeAlias = Literal["enrolment", "first_dose", "first_procedure"]
AnalysisSet: TypeAlias = Literal["FAS", "ENRL", "EFF"]
Days: TypeAlias = Annotated[int, Field(ge=0)]


def _in_tenths(value: float) -> float:
    """Lengths are tenths of a millimetre inside; nothing is measured finer than that."""
    if round(value, 1) != value:
        message = "millimetres with at most one decimal"
        raise ValueError(message)
    return value


def _calendar(value: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    ends = [until for until, _ in value]
    if not value or ends != sorted(set(ends)) or any(weeks < 1 for _, weeks in value):
        message = "pairs [until week, weeks between scans], the until weeks rising"
        raise ValueError(message)
    return value


def _rising(value: tuple[float, ...]) -> tuple[float, ...]:
    if not value or list(value) != sorted(set(value)) or value[0] <= 0:
        message = "months above 0, rising, such as [3, 6, 12]"
        raise ValueError(message)
    return value


def _window(value: tuple[int, int]) -> tuple[int, int]:
    if value[0] > value[1]:
        message = "two whole numbers of days, the first not above the second"
        raise ValueError(message)
    return value


#: Criteria that are derived beside RECIST 1.1 when the protocol names them.
Criterion: TypeAlias = Literal["iRECIST", "mRECIST"]
DayWindow: TypeAlias = Annotated[tuple[Days, Days], AfterValidator(_window)]
#: Months after the origin at which a share without event is given.
RateMonths: TypeAlias = Annotated[tuple[float, ...], AfterValidator(_rising)]
Millimetres: TypeAlias = Annotated[float, Field(ge=0), AfterValidator(_in_tenths)]
#: Pairs (until week, weeks between scans); the last interval holds for ever.
Calendar: TypeAlias = Annotated[tuple[tuple[int, int], ...], AfterValidator(_calendar)]


class EndpointDefinition(Part):
    """One registered outcome, read as an endpoint.

    `measure`, `description` and `time_frame` are verbatim. `id` is unique in the protocol (ORR,
    PFS, PFS_RATE_12 ...); `time_frame_months` is the longest numeric time of the time frame.
    """

    id: str
    kind: EndpointKind
    role: Literal["primary", "secondary"]
    measure: str
    description: str | None = None
    time_frame: str | None = None
    time_frame_months: float | None = None
    time_frame_kind: TimeFrameKind | None = None
    criteria: tuple[str, ...] | None = None
    origin: Origin | None = None
    events: tuple[str, ...] | None = None
    assessor: Literal["investigator", "independent", "both"] | None = None
    confirmed: bool | None = None
    denominator: AnalysisSet | None = None
    landmark_months: float | None = None
    further_landmark_months: tuple[float, ...] | None = None
    estimator: str | None = None


class ResponseRule(Part):
    """RECIST 1.1 options (recist11.md section 13); rule ids stand in `options.OPTIONS`.

    `criteria` are derived beside RECIST 1.1; those that an endpoint names need not be repeated here.
    """

    criteria: tuple[Criterion, ...] | None = None
    baseline_window_days: Days | None = None
    require_measurable: bool | None = None
    ne_convincing: bool | None = None
    marker_for_cr: str | None = None
    new_node_mm: Annotated[Millimetres, Field(ge=10)] | None = None
    pd_date: Literal["first_evidence", "first_of_tp", "last_of_tp"] | None = None
    tp_date: Literal["last_of_tp", "first_of_tp"] | None = None
    cr_then_disease: Literal["PD", "keep", "reclassify"] | None = None
    pr_persistence: Literal["strict", "carry"] | None = None
    merge_days: Days | None = None
    response_ref: Literal["first_dose", "enrolment", "first_procedure"] | None = None
    bor_stop_nact: bool | None = None
    nact_same_day: Literal["include", "exclude"] | None = None
    bor_post_treatment: Literal["include", "exclude"] | None = None
    confirmation: Literal["required", "not_required"] | None = None
    confirm_days: Days | None = None
    sd_min_days: Days | Literal["auto"] | None = None
    evaluator: Evaluator | None = None
    response_source: Literal["lesions", "reported"] | None = None
    missing_label: Literal["NE", "MISSING"] | None = None
    early_death_as_pd: bool | None = None
    max_ne_between: Days | None = None
    sd_between_pr: Days | None = None
    missing_as_ne: bool | None = None
    interval_weeks: Annotated[int, Field(ge=1)] | Calendar | None = None
    window_days: Days | None = None
    palliative_rt_ntl: Literal["not_nact", "nact"] | None = None
    ablated_lesions: Literal["exclude", "rebaseline", "zero"] | None = None
    rebaseline_window_days: DayWindow | None = None
    ltp_margin_mm: Millimetres | None = None
    residual_at_first: Literal["not_pd", "pd"] | None = None
    conversion_surgery: Literal["continue", "censor"] | None = None
    icpd_window_days: DayWindow | None = None
    icpd_tolerance_days: Days | None = None
    mrecist_5mm: bool | None = None


class Subgroup(Part):
    """Patients who are also shown apart (table T-10): by the values of one baseline variable.

    `variable` is a column of ADSL or a collected one of DM (a supplemental qualifier too). A number
    is split at `cut`: below it, and from it on; without `cut` each value is one group.
    """

    id: str
    name: str
    variable: str
    cut: float | None = None


class AnalysisRule(Part):
    """Endpoint and estimator options (endpoints.md section 8)."""

    data_cutoff: date | None = None
    plus_one_day: bool | None = None
    orr_set: AnalysisSet | None = None
    eval_counts_early_pd: bool | None = None
    pfs_origin: DataOrigin | None = None
    os_origin: DataOrigin | None = None
    pfs_rule: Literal["FDA", "EMA"] | None = None
    lsta: Literal["evaluable", "any"] | None = None
    km_ci: Literal["loglog", "log", "plain", "logit", "arcsin"] | None = None
    median_tie: Literal["midpoint", "left"] | None = None
    rkm_ties: Literal["swap", "events_first"] | None = None
    prop_ci: Literal["clopper_pearson", "wilson", "jeffreys", "midp"] | None = None
    conf_level: Annotated[float, Field(gt=0, lt=1)] | None = None
    cbr_weeks: Annotated[int, Field(ge=1)] | None = None
    pfs_rate_months: RateMonths | None = None
    os_rate_months: RateMonths | None = None
    rmst_months: Annotated[float, Field(gt=0)] | None = None
    contact_months: Annotated[float, Field(gt=0)] | None = None
    few_at_risk: Annotated[int, Field(ge=0)] | None = None
    few_at_risk_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    subgroups: tuple[Subgroup, ...] | None = None
    subgroup_min: Annotated[int, Field(ge=1)] | None = None


class DltCriterion(Part):
    """One kind of dose-limiting toxicity (A-05): events of these terms from a grade on.

    `terms` are preferred terms and `classes` system organ classes, both absent for "any";
    `excluded` are terms that do not count. `longer_than_days` asks for an event that lasts longer.
    """

    label: str
    terms: tuple[str, ...] | None = None
    classes: tuple[str, ...] | None = None
    excluded: tuple[str, ...] | None = None
    min_grade: Literal[1, 2, 3, 4, 5] = 3
    longer_than_days: Days | None = None
    related: bool | None = None


class SafetyRule(Part):
    """Adverse-event options (endpoints.md sections 6 to 8)."""

    ctcae_version: Literal["4.03", "5.0", "6.0"] | None = None
    te_window_days: Days | None = None
    te_window_serious_days: Days | None = None
    missing_grade: Literal[1, 2, 3, 4, 5, "none"] | None = None
    missing_relation: Literal["related", "not_related"] | None = None
    dlt_window_days: Days | None = None
    dlt_criteria: tuple[DltCriterion, ...] | None = None
    dlt_min_dose_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    aesi_terms: tuple[str, ...] | None = None
    symptom_unknown: Literal["lower", "higher"] | None = None
    fibrinogen_abnormal: Literal["baseline", "current"] | None = None
    post_procedure_days: Days | None = None
    hys_law_days: Days | None = None
    dose_delay_days: Days | None = None
