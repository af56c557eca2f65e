"""What the engines take: the options of a settled protocol as plain values, none of them absent.

An option that is still open stops here with one message that names every open option and its
proposed default; no engine ever chooses for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

from trialwright.core.dates import day_number
from trialwright.core.errors import ProtocolError
from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS, Option
from trialwright.protocol.rules import (
    AnalysisSet,
    Criterion,
    DataOrigin,
    DltCriterion,
    EndpointDefinition,
    Evaluator,
    ResponseRule,
    Subgroup,
)

#: Kinds whose time ends with death from any cause only.
_SURVIVAL = frozenset({"OS", "OS_RATE", "MORTALITY"})
_PLACES = tuple(
    (option.path.partition(".")[0], option.path.partition(".")[2], option) for option in OPTIONS
)
_SHOWN = 6
_DATA_ORIGINS = ("enrolment", "first_dose", "first_procedure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """The calendar of scans, in days from `response_ref` (R-080, R-081).

    Attributes
    ----------
    steps
        Pairs (until day, interval in days): an interval holds for scans planned from a day before
        `until`; the last one holds for ever.
    window_days
        Days that a scan may be early or late.
    """

    steps: tuple[tuple[int, int], ...]
    window_days: int

    def after(self, day: int) -> int:
        """The interval in force behind the due date `day`, in days."""
        return next((days for until, days in self.steps if day < until), self.steps[-1][1])

    def due_days(self, horizon: int) -> tuple[int, ...]:
        """The due dates from day 1 to `horizon`, both included."""
        due: list[int] = []
        day = self.after(0)
        while day <= horizon:
            due.append(day)
            day += self.after(day)
        return tuple(due)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledResponse:
    """The response rule of a settled protocol (recist11.md section 13).

    Lengths are tenths of a millimetre, times whole days. `sd_min_days` "auto" is worked out from
    the first interval (R-063). `criteria` are derived beside RECIST 1.1; the options of a criterion
    that is not among them are 0.
    """

    baseline_window_days: int
    require_measurable: bool
    ne_convincing: bool
    marker_for_cr: str
    new_node_tenths: int
    pd_date: Literal["first_evidence", "first_of_tp", "last_of_tp"]
    tp_date: Literal["last_of_tp", "first_of_tp"]
    cr_then_disease: Literal["PD", "keep", "reclassify"]
    pr_persistence: Literal["strict", "carry"]
    merge_days: int
    response_ref: DataOrigin
    bor_stop_nact: bool
    nact_same_day: Literal["include", "exclude"]
    bor_post_treatment: Literal["include", "exclude"]
    confirmation: Literal["required", "not_required"]
    confirm_days: int
    sd_min_days: int
    evaluator: Evaluator
    response_source: Literal["lesions", "reported"]
    missing_label: Literal["NE", "MISSING"]
    early_death_as_pd: bool
    max_ne_between: int
    sd_between_pr: int
    missing_as_ne: bool
    intervals: Intervals
    window_days: int
    palliative_rt_ntl: Literal["not_nact", "nact"]
    ablated_lesions: Literal["exclude", "rebaseline", "zero"]
    rebaseline_window_days: tuple[int, int]
    ltp_margin_tenths: int
    residual_at_first: Literal["not_pd", "pd"]
    conversion_surgery: Literal["continue", "censor"]
    criteria: tuple[Criterion, ...]
    icpd_window_days: tuple[int, int]
    icpd_tolerance_days: int
    mrecist_5mm: bool

    def due_days(self, horizon: int) -> tuple[int, ...]:
        """Due dates of scans from day 1 to `horizon`, in days from `response_ref` (R-081)."""
        return self.intervals.due_days(horizon)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledAnalysis:
    """The analysis rule of a settled protocol (endpoints.md section 8).

    `data_cutoff` is a day number, `None` when the data themselves end the follow-up; `rmst_months`
    is `None` when no restricted mean is asked for.
    """

    data_cutoff: int | None
    plus_one_day: bool
    orr_set: AnalysisSet
    eval_counts_early_pd: bool
    pfs_origin: DataOrigin
    os_origin: DataOrigin
    pfs_rule: Literal["FDA", "EMA"]
    lsta: Literal["evaluable", "any"]
    km_ci: Literal["loglog", "log", "plain", "logit", "arcsin"]
    median_tie: Literal["midpoint", "left"]
    rkm_ties: Literal["swap", "events_first"]
    prop_ci: Literal["clopper_pearson", "wilson", "jeffreys", "midp"]
    conf_level: float
    cbr_weeks: int
    pfs_rate_months: tuple[float, ...]
    os_rate_months: tuple[float, ...]
    rmst_months: float | None
    contact_months: float
    few_at_risk: int
    few_at_risk_percent: int
    subgroups: tuple[Subgroup, ...]
    subgroup_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledSafety:
    """The safety rule of a settled protocol (endpoints.md sections 6 to 8).

    `missing_grade` is 0 when an ungraded event stays ungraded; `dlt_window_days` is 0 when the
    protocol has no dose-limiting toxicity. `dlt_criteria` and `aesi_terms` are empty when the
    protocol names none: they have no default (A-04, A-05).
    """

    ctcae_version: Literal["4.03", "5.0", "6.0"]
    te_window_days: int
    te_window_serious_days: int
    missing_grade: int
    missing_relation: Literal["related", "not_related"]
    dlt_window_days: int
    dlt_criteria: tuple[DltCriterion, ...]
    dlt_min_dose_percent: int
    aesi_terms: tuple[str, ...]
    symptom_unknown: Literal["lower", "higher"]
    fibrinogen_abnormal: Literal["baseline", "current"]
    post_procedure_days: int
    hys_law_days: int
    dose_delay_days: int


def open_options(protocol: Protocol, section: str = "") -> tuple[Option, ...]:
    """The options that the protocol leaves open, all or those of one section."""
    criteria = (None, *named_criteria(protocol))
    return tuple(
        option
        for part, name, option in _PLACES
        if option.path.startswith(section)
        and option.criterion in criteria
        and getattr(getattr(protocol, part), name) is None
    )


def named_criteria(protocol: Protocol) -> tuple[Criterion, ...]:
    """The criteria to derive beside RECIST 1.1: those of the response rule and of the endpoints."""
    words = [word for one in protocol.endpoints for word in one.criteria or ()]
    words += protocol.response.criteria or ()
    said = {first.upper() for word in words for first in word.split()[:1]}
    return tuple(one for one in get_args(Criterion) if one.upper() in said)


def origin_of(protocol: Protocol, kinds: tuple[str, ...], default: DataOrigin) -> DataOrigin:
    """Where the time of the named kinds starts: the first such endpoint, primary ones first."""
    found = sorted(
        (e for e in protocol.endpoints if e.kind in kinds),
        key=lambda e: (e.role != "primary", kinds.index(e.kind)),
    )
    return endpoint_origin(protocol, found[0]) if found else default


_FALLBACKS: dict[str, tuple[str, ...]] = {
    "pfs_origin": ("PFS", "PFS_RATE", "TTP"),
    "os_origin": ("OS", "OS_RATE"),
}


def unused_origins(protocol: Protocol) -> tuple[str, ...]:
    """Names of the fallback origins that never act: an endpoint of the kind has its own (D-03)."""
    return tuple(
        name
        for name, kinds in _FALLBACKS.items()
        if any(one.kind in kinds and one.origin is not None for one in protocol.endpoints)
    )


def require_settled(protocol: Protocol) -> None:
    """Refuse a protocol with an open option anywhere: one message names them all.

    Raises
    ------
    ProtocolError
        Naming the open options with their proposed defaults.
    """
    _require(protocol)


def settled_response(protocol: Protocol) -> SettledResponse:
    """The response rule with every option decided.

    Raises
    ------
    ProtocolError
        Naming every option that is open, with its proposed default.
    """
    _require(protocol, "response.")
    rule = protocol.response
    values = rule.model_dump(
        exclude={
            "new_node_mm", "ltp_margin_mm", "interval_weeks", "sd_min_days", "criteria",
            "icpd_window_days", "icpd_tolerance_days", "mrecist_5mm",
        }
    )  # fmt: skip
    intervals = intervals_of(rule)
    return SettledResponse(
        **values,
        new_node_tenths=_tenths(rule.new_node_mm),
        ltp_margin_tenths=_tenths(rule.ltp_margin_mm),
        intervals=intervals,
        sd_min_days=_sd_min_days(rule, intervals),
        criteria=named_criteria(protocol),
        icpd_window_days=rule.icpd_window_days or (0, 0),
        icpd_tolerance_days=rule.icpd_tolerance_days or 0,
        mrecist_5mm=bool(rule.mrecist_5mm),
    )


def settled_analysis(protocol: Protocol) -> SettledAnalysis:
    """The analysis rule with every option decided; the data cut-off may be absent.

    Raises
    ------
    ProtocolError
        Naming every option that is open, with its proposed default.
    """
    _require(protocol, "analysis.")
    rule = protocol.analysis
    return SettledAnalysis(
        **rule.model_dump(exclude={"data_cutoff", "subgroups"}),
        data_cutoff=None if rule.data_cutoff is None else day_number(rule.data_cutoff),
        subgroups=rule.subgroups or (),
    )


def settled_safety(protocol: Protocol) -> SettledSafety:
    """The safety rule with every option decided.

    Raises
    ------
    ProtocolError
        Naming every option that is open, with its proposed default.
    """
    _require(protocol, "safety.")
    rule = protocol.safety
    special = {"missing_grade", "dlt_window_days", "dlt_criteria", "aesi_terms"}
    return SettledSafety(
        **rule.model_dump(exclude=special),
        missing_grade=rule.missing_grade if isinstance(rule.missing_grade, int) else 0,
        dlt_window_days=rule.dlt_window_days or 0,
        dlt_criteria=rule.dlt_criteria or (),
        aesi_terms=rule.aesi_terms or (),
    )


def endpoint_origin(protocol: Protocol, endpoint: EndpointDefinition) -> DataOrigin:
    """The event of the trial data at which the time of an endpoint starts (D-03).

    The registered origin when the data hold it, the analysis default when the record is silent.

    Raises
    ------
    ProtocolError
        When the registered origin cannot be found in trial data, or when both are absent.
    """
    if endpoint.origin in _DATA_ORIGINS:
        return cast("DataOrigin", endpoint.origin)
    path = f"endpoints.{endpoint.id}.origin"
    fallback = "os_origin" if endpoint.kind in _SURVIVAL else "pfs_origin"
    default = getattr(protocol.analysis, fallback)
    if endpoint.origin is None and default is not None:
        return cast("DataOrigin", default)
    said = f'starts at "{endpoint.origin}"' if endpoint.origin else "has no start"
    raise ProtocolError(
        f"The time of {endpoint.id} {said}, which trial data do not hold.",
        where=f"protocol, {path}",
        allowed=", ".join(_DATA_ORIGINS),
        do=f"set {path} in the protocol file, or accept the proposed defaults",
    )


def _require(protocol: Protocol, section: str = "") -> None:
    still_open = open_options(protocol, section)
    if not still_open:
        return
    raise ProtocolError(
        f"{len(still_open)} option{'s' * (len(still_open) > 1)} of the protocol still open.",
        where=f"protocol {protocol.id}: {_sections(still_open)}",
        allowed="proposed defaults "
        + ", ".join(_proposed(still_open)[:_SHOWN])
        + _more(still_open),
        do="write the values into the protocol file, or accept every proposal: trialwright draft "
        "RECORD --accept-defaults --out FOLDER",
    )


def _more(still_open: Sequence[Option]) -> str:
    """How many options are not shown, so that the message stays on one screen."""
    hidden = len(still_open) - _SHOWN
    return f" and {hidden} more (trialwright check lists them)" if hidden > 0 else ""


def _sections(still_open: Sequence[Option]) -> str:
    names = sorted({option.path.partition(".")[0] for option in still_open})
    return f"section{'s' * (len(names) > 1)} {', '.join(names)}"


def _proposed(options: Sequence[Option]) -> list[str]:
    return [f"{option.path} = {str(option.default).lower()}" if isinstance(option.default, bool)
            else f"{option.path} = {option.default}" for option in options]  # fmt: skip


def _tenths(length_mm: float | None) -> int:
    return round(10 * (length_mm or 0))


def intervals_of(rule: ResponseRule) -> Intervals:
    """The calendar of scans of a response rule whose `interval_weeks` is decided."""
    weeks = rule.interval_weeks
    steps = weeks if isinstance(weeks, tuple) else ((0, weeks or 0),)
    return Intervals(
        steps=tuple((7 * until, 7 * interval) for until, interval in steps),
        window_days=rule.window_days or 0,
    )


def _sd_min_days(rule: ResponseRule, intervals: Intervals) -> int:
    if isinstance(rule.sd_min_days, int):
        return rule.sd_min_days
    return max(intervals.after(0) - intervals.window_days, 0)
