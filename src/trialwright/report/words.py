"""Paths and values of a protocol in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from trialwright.protocol.base import Part
from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS

#: Steps of a path that do not read well with their underscores taken away.
STEPS = {
    "response": "Response", "analysis": "Analysis", "safety": "Safety", "design": "Design",
    "treatment": "Treatment", "population": "Population", "regimen": "", "endpoints": "",
    "cohorts": "Cohorts", "ne_convincing": "argued response in spite of a missing lesion",
    "new_node_mm": "smallest new lymph node (mm)", "pd_date": "date of progression",
    "tp_date": "date of other responses", "cr_then_disease": "disease after complete response",
    "pr_persistence": "partial response that grows back", "merge_days": "scans joined within (days)",
    "response_ref": "day 0 of response", "bor_stop_nact": "new therapy ends best response",
    "nact_same_day": "scan on the day of new therapy", "marker_for_cr": "marker for complete response",
    "bor_post_treatment": "scans after end of treatment", "sd_min_days": "stable disease at least (days)",
    "confirm_days": "confirmation after (days)", "max_ne_between": "missing scans before confirmation",
    "sd_between_pr": "stable scans before confirmation", "missing_as_ne": "missed scan counts as NE",
    "interval_weeks": "weeks between scans", "window_days": "scan window (days)",
    "palliative_rt_ntl": "palliative radiotherapy of a non-target lesion",
    "ltp_margin_mm": "local progression margin (mm)", "orr_set": "set for response rates",
    "eval_counts_early_pd": "early progression is evaluable", "pfs_origin": "start of PFS",
    "os_origin": "start of OS", "pfs_rule": "censoring of PFS", "lsta": "scan that censors PFS",
    "km_ci": "interval of Kaplan-Meier", "median_tie": "median on a flat step",
    "rkm_ties": "ties in reverse Kaplan-Meier", "prop_ci": "interval of a proportion",
    "conf_level": "confidence level", "plus_one_day": "one day added to times",
    "ctcae_version": "CTCAE version", "te_window_days": "treatment-emergent until (days)",
    "te_window_serious_days": "serious events until (days)", "missing_grade": "grade of ungraded events",
    "missing_relation": "relation that is not stated", "dlt_window_days": "DLT window (days)",
    "early_death_as_pd": "early death counts as PD", "null_rate": "response rate to beat",
}  # fmt: skip
RULES = {option.path: option.rule for option in OPTIONS}
VALUES = {
    "FAS": "full analysis set", "ENRL": "all enrolled", "EFF": "efficacy evaluable set",
    "loglog": "log(-log) scale", "clopper_pearson": "Clopper-Pearson (exact)",
    "last_of_tp": "last scan of the time point", "first_of_tp": "first scan of the time point",
    "first_evidence": "scan that first shows it", "strict": "by its own sum",
    "not_nact": "not new therapy", "not_pd": "not progression", "nact": "new therapy",
    "pd": "progression", "INVESTIGATOR": "investigator", "FDA": "FDA style", "EMA": "EMA style",
    "INDEPENDENT ASSESSOR": "independent assessor", "lesions": "lesion measurements",
    "reported": "reported responses", "EARLY_PHASE1": "early phase 1", "PHASE1": "phase 1",
    "PHASE2": "phase 2", "PHASE3": "phase 3", "PHASE4": "phase 4", "NA": "not applicable",
    "NONE": "none (open label)", "NON_RANDOMIZED": "non-randomized", "RANDOMIZED": "randomized",
}  # fmt: skip


def path_words(path: str, names: Mapping[str, str] | None = None) -> str:
    """A path in words: `response.merge_days` becomes "Response: scans joined within (days)".

    `names` gives the name of a component or cohort by its id.
    """
    first, *rest = path.split(".")
    head = STEPS.get(first, _plain(first))
    if not head and rest:
        head, rest = (names or {}).get(rest[0], _plain(rest[0])), rest[1:]
    tail = ", ".join(STEPS.get(step) or _plain(step) for step in rest)
    head = head or _plain(first)
    return f"{head[:1].upper()}{head[1:]}" + (f": {tail}" if tail else "")


def member_names(protocol: Protocol) -> dict[str, str]:
    """Names of the components by id."""
    return {part.id: part.name for part in protocol.regimen}


def _plain(step: str) -> str:
    return re.sub(r"\bmm\b", "(mm)", step.replace("_", " "))


def value_words(value: object) -> str:
    """A value of a protocol as a reader would write it."""
    if isinstance(value, Part):
        value = value.model_dump(exclude_none=True)
    if isinstance(value, Mapping):
        return _member_words(value)
    if isinstance(value, str):
        return VALUES.get(value, value.replace("_", " "))
    if isinstance(value, Sequence):
        return _list_words(value)
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not stated"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _member_words(value: Mapping[str, object]) -> str:
    """A dose reads as "200 mg", a named member as its name, anything else as its fields."""
    if set(value) == {"value", "unit"}:
        return f"{value_words(value['value'])} {value['unit']}"
    if "name" in value:
        size = value.get("enrollment")
        return f"{value['name']} (n = {size})" if size else str(value["name"])
    return ", ".join(f"{_plain(key)} {value_words(item)}" for key, item in value.items())


def _list_words(values: Sequence[object]) -> str:
    """Items with semicolons between; a run of whole numbers as its ends."""
    whole = [item for item in values if isinstance(item, int) and not isinstance(item, bool)]
    run = len(whole) == len(values) > 2
    if run and whole == list(range(whole[0], whole[-1] + 1)):
        return f"{whole[0]} to {whole[-1]}"
    return "; ".join(value_words(item) for item in values) or "none"


def design_line(protocol: Protocol) -> str:
    """The design in one line: phase, arms, centres, size, as far as the protocol says."""
    design = protocol.design
    phases = "/".join(
        phase.replace("PHASE", "phase ").replace("EARLY_", "early ")
        for phase in design.phases or ()
    )
    parts = (
        phases.capitalize(),
        "single arm" if design.single_arm else "",
        "basket" if design.basket else "",
        "multi-cohort" if design.multi_cohort and not design.basket else "",
        f"{design.centres} centre" if design.centres == "single" else "",
        "open label" if design.open_label else "",
        f"{design.enrollment} patients planned" if design.enrollment else "sample size not stated",
    )
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)
