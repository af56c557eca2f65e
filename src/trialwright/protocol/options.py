"""Every open choice with its proposed default, what is allowed, its rule and the reason.

The table is data: `settle` writes these values only when a person accepts defaults, with source
"default", and the report prints each one in force.
"""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.protocol.rules import Criterion


@dataclass(frozen=True, slots=True)
class Option:
    """A protocol field that a rule leaves open; `criterion` only where that one is derived."""

    path: str
    default: bool | int | float | str | tuple[int, ...] | tuple[float, ...]
    rule: str
    reason: str
    criterion: Criterion | None = None


OPTIONS: tuple[Option, ...] = (
    Option("response.baseline_window_days", 28, "R-012", "baseline scan at most 28 days before first dose"),
    Option("response.require_measurable", True, "R-015", "response is assessed on measurable disease"),  # noqa: FBT003
    Option("response.ne_convincing", False, "R-035", "a missing target lesion leaves only PD or NE"),  # noqa: FBT003
    Option("response.marker_for_cr", "none", "R-040", "no tumour marker decides complete response"),
    Option("response.new_node_mm", 10, "R-047", "a new node below 10 mm short axis is not disease"),
    Option("response.pd_date", "first_evidence", "R-054", "progression is dated at the scan that first shows it"),
    Option("response.tp_date", "last_of_tp", "R-054", "other responses are dated at the last scan of the time point"),
    Option("response.cr_then_disease", "PD", "R-055", "disease after complete response is progression"),
    Option("response.pr_persistence", "strict", "R-056", "each time point is read by its own sum"),
    Option("response.merge_days", 14, "R-059", "scans less than 14 days apart form one time point"),
    Option("response.response_ref", "first_dose", "R-060", "days of response count from the first dose or study procedure"),
    Option("response.bor_stop_nact", True, "R-060", "responses after new anticancer therapy do not count"),  # noqa: FBT003
    Option("response.nact_same_day", "include", "R-060, C-04b", "a scan on the start day of new therapy counts"),
    Option("response.bor_post_treatment", "include", "R-060", "scans after the end of treatment count"),
    Option("response.confirmation", "required", "R-062", "response is confirmed in a non-randomised trial"),
    Option("response.confirm_days", 28, "R-062", "the confirming scan is at least 28 days later"),
    Option("response.sd_min_days", 42, "R-063", "stable disease lasts at least 42 days (6 weeks)"),
    Option("response.evaluator", "INVESTIGATOR", "R-072", "the investigator reads the scans"),
    Option("response.response_source", "lesions", "R-142", "response is derived from lesion measurements"),
    Option("response.missing_label", "NE", "R-065", "nobody without assessment leaves the denominator"),
    Option("response.early_death_as_pd", False, "R-066", "death before any scan is not evaluable, not PD"),  # noqa: FBT003
    Option("response.max_ne_between", 1, "R-068", "at most one missing scan between response and confirmation"),
    Option("response.sd_between_pr", 1, "R-068", "one stable scan may stand between two partial responses"),
    Option("response.missing_as_ne", True, "R-069", "a scheduled scan that was not made counts as not evaluable"),  # noqa: FBT003
    Option("response.interval_weeks", 8, "R-080", "scans every 8 weeks in advanced disease"),
    Option("response.window_days", 7, "R-080", "a scan may be 7 days early or late"),
    Option("response.palliative_rt_ntl", "not_nact", "R-103", "palliative radiotherapy of a non-target lesion is no new therapy"),
    Option("response.ablated_lesions", "exclude", "R-104", "an ablated lesion is not measured: its scar is not a response"),
    Option("response.rebaseline_window_days", (28, 42), "R-104", "a new baseline lies 4 to 6 weeks after the last ablation"),
    Option("response.ltp_margin_mm", 10, "R-106", "local progression lies within 10 mm of the ablation margin"),
    Option("response.residual_at_first", "not_pd", "R-106", "residual tumour on the first scan after ablation is not PD"),
    Option("response.conversion_surgery", "continue", "R-109", "resection after response does not end follow-up"),
    Option("response.icpd_window_days", (28, 56), "R-086", "progression is checked again 4 to 8 weeks later", "iRECIST"),
    Option("response.icpd_tolerance_days", 2, "R-086", "a confirming scan may be 2 days early", "iRECIST"),
    Option("response.mrecist_5mm", False, "R-122", "mRECIST has no 5 mm clause for progression", "mRECIST"),  # noqa: FBT003
    Option("analysis.plus_one_day", True, "D-01", "a reported time is end minus start plus one day"),  # noqa: FBT003
    Option("analysis.orr_set", "FAS", "S-2", "response is counted over all treated patients"),
    Option("analysis.eval_counts_early_pd", True, "S-5", "progression or death before the first scan is evaluable"),  # noqa: FBT003
    Option("analysis.pfs_origin", "enrolment", "D-03", "time to event starts at enrolment in a single-arm trial"),
    Option("analysis.os_origin", "enrolment", "D-03", "time to event starts at enrolment in a single-arm trial"),
    Option("analysis.pfs_rule", "FDA", "C-10", "new therapy and missed visits censor PFS; EMA shown beside it"),
    Option("analysis.lsta", "evaluable", "C-18", "the last evaluable scan censors PFS"),
    Option("analysis.km_ci", "loglog", "T-04", "Kaplan-Meier interval on the log(-log) scale"),
    Option("analysis.median_tie", "midpoint", "T-05", "a median on a flat piece is its midpoint"),
    Option("analysis.rkm_ties", "swap", "T-06", "reverse Kaplan-Meier exchanges the status"),
    Option("analysis.prop_ci", "clopper_pearson", "T-01", "exact interval for a proportion"),
    Option("analysis.conf_level", 0.95, "T-01", "two-sided 95 % intervals"),
    Option("analysis.cbr_weeks", 24, "E-04", "clinical benefit lasts at least 24 weeks"),
    Option("analysis.pfs_rate_months", (3.0, 6.0, 12.0), "E-10", "months at which the share without progression is given"),
    Option("analysis.os_rate_months", (6.0, 12.0, 24.0), "E-09", "months at which the share alive is given"),
    Option("analysis.contact_months", 3.0, "C-21", "a living patient was heard of in the last 3 months"),
    Option("analysis.few_at_risk", 3, "T-08", "a curve is grey where fewer than 3 are at risk"),
    Option("analysis.few_at_risk_percent", 10, "T-08", "a curve is grey where less than 10 % are at risk"),
    Option("analysis.subgroup_min", 5, "ICH E3 11.4", "a subgroup of fewer than 5 patients has counts only"),
    Option("safety.ctcae_version", "5.0", "G-57", "current published CTCAE version"),
    Option("safety.te_window_days", 30, "A-01", "events until 30 days after the last dose"),
    Option("safety.te_window_serious_days", 90, "A-01", "serious and immune-related events until 90 days after the last dose"),
    Option("safety.missing_grade", 3, "A-07", "an ungraded event counts as grade 3"),
    Option("safety.missing_relation", "related", "A-02", "an event without a stated relation counts as related"),
    Option("safety.symptom_unknown", "lower", "G-58", "a grade that needs an unknown symptom or treatment is the lower one"),
    Option("safety.fibrinogen_abnormal", "baseline", "G-21", "fibrinogen low at baseline is graded by its fall from baseline"),
    Option("safety.post_procedure_days", 7, "A-14", "a peak within 7 days of a procedure is marked as such"),
    Option("safety.hys_law_days", 30, "A-14", "two peaks at most 30 days apart make a candidate for Hy's law"),
    Option("safety.dose_delay_days", 3, "A-12", "a dose more than 3 days late is delayed"),
    Option("safety.dlt_min_dose_percent", 80, "S-7", "evaluable for toxicity from 80 % of the dose of the window"),
)  # fmt: skip
