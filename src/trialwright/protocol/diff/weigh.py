"""The group, the weight and the meaning of one changed value."""

from __future__ import annotations

from typing import Any

from trialwright.protocol.diff.change import Group, Weight
from trialwright.protocol.diff.meanings import ALWAYS, CHOSEN, MOVED
from trialwright.protocol.model import Protocol
from trialwright.protocol.phrases import origin_words
from trialwright.protocol.settled import unused_origins

_GROUPS: dict[str, Group] = {
    "title": "design",
    "design": "design",
    "population": "population",
    "arms": "arms and cohorts",
    "cohorts": "arms and cohorts",
    "regimen": "treatment",
    "treatment": "treatment",
    "endpoints": "endpoints",
    "response": "response rules",
    "analysis": "analysis",
    "safety": "safety",
}
_SCHEDULE = frozenset({
    "response.interval_weeks", "response.window_days", "response.baseline_window_days",
    "treatment.cycle_length_days",
})  # fmt: skip
_RESULTS = frozenset({
    "design.null_rate", "design.alternative_rate", "design.alpha", "design.power", "regimen.reach",
})  # fmt: skip
_CONDUCT = frozenset({
    "response.baseline_window_days", "response.require_measurable", "safety.dlt_window_days",
    "treatment.cycle_length_days", "endpoints.time_frame_months",
})  # fmt: skip
_WORDING = frozenset({
    "title", "design.enrollment_type", "design.primary_purpose", "design.prospective",
    "arms.name", "arms.description", "cohorts.name", "regimen.name", "regimen.registered_as",
    "regimen.kind", "regimen.part", "endpoints.measure", "endpoints.description",
    "endpoints.time_frame", "endpoints.time_frame_kind", "response.pr_persistence",
    "analysis.few_at_risk", "analysis.few_at_risk_percent",
})  # fmt: skip
#: Earlier to later in the course of a patient.
_COURSE = (
    "screening", "consent", "registration", "enrolment", "randomization", "first_treatment",
    "first_procedure", "first_dose",
)  # fmt: skip
_CONFIRMING = ("response.confirm_days", "response.max_ne_between", "response.sd_between_pr")
_ABLATION = ("rebaseline_window_days", "ltp_margin_mm", "residual_at_first")


def key_of(path: str) -> str:
    """`endpoints.PFS.origin` as `endpoints.origin`: the field without the member."""
    section, _, rest = path.partition(".")
    return f"{section}.{rest.rpartition('.')[2]}" if rest else section


def group_of(path: str) -> Group:
    """The group that a path is shown in."""
    key = key_of(path)
    return "schedule" if key in _SCHEDULE else _GROUPS[key.partition(".")[0]]


def weight_of(path: str, idle: str = "") -> Weight:
    """The most that a change of a value touches; `idle` says why it does not act at all."""
    key = key_of(path)
    if idle or key in _WORDING:
        return "none" if idle else "wording"
    if key in _RESULTS:
        return "results"
    if key in _CONDUCT:
        return "conduct"
    acting = key.partition(".")[0] in {"endpoints", "response", "analysis", "safety"}
    return "results" if acting else "conduct"


def idle_reason(path: str, old: Protocol, new: Protocol) -> str:
    """Why a change acts on nothing in either protocol; empty when it does act."""
    name = path.rpartition(".")[2]
    if path in {"analysis.pfs_origin", "analysis.os_origin"} and all(
        name in unused_origins(one) for one in (old, new)
    ):
        kind = name.removesuffix("_origin").upper()
        return f"no effect: the {kind} endpoint names its own start"
    both = (old.response, new.response)
    if path in _CONFIRMING and all(one.confirmation == "not_required" for one in both):
        return "no effect on the headline: responses need no confirmation in either protocol"
    ablated = any(one.reach == "lesion" for p in (old, new) for one in p.regimen)
    if path.startswith("response.") and name in _ABLATION and not ablated:
        return "no effect: no component of the regimen ablates lesions"
    return ""


def meaning_of(path: str, old: Any, new: Any) -> str:
    """What a change of a value means and for whom; plain data in, one sentence out."""
    key = key_of(path)
    if key in {"endpoints.origin", "analysis.pfs_origin", "analysis.os_origin"}:
        return _origin_meaning(path, old, new)
    if key == "endpoints.events":
        return _events_meaning(path, old or [], new or [])
    if new is None:
        return "open again: a run needs a decision"
    if isinstance(old, int | float) and isinstance(new, int | float) and key in MOVED:
        return MOVED[key][new < old]
    if isinstance(new, str | bool) and new in CHOSEN.get(key, ()):
        return CHOSEN[key][new]
    other = "the words change, no value" if key in _WORDING else "another value is used"
    return ALWAYS.get(key, other) if old is not None else "decided where it was open"


def _origin_meaning(path: str, old: Any, new: Any) -> str:
    name = path.split(".")[1].removesuffix("_origin")
    name = name.upper() if path.startswith("analysis.") else name
    if new is None:
        return f"the start of {name} is open again, or taken from the analysis rule"
    start = f"{name} counts from {origin_words(new)}"
    if old is None:
        return start
    said = f"{start} instead of {origin_words(old)}"
    if old == "randomization" or old not in _COURSE or new not in _COURSE:
        return f"{said}: every time of {name} is counted anew"
    wait = f"{name} of patients who wait between {origin_words(old)} and {origin_words(new)}"
    if new == "first_dose":
        wait = f"{name} of patients who wait for the first dose"
    elif old == "first_dose":
        wait = f"{name} of patients who waited for the first dose"
    later = _COURSE.index(new) > _COURSE.index(old)
    treated = {"first_dose", "first_procedure", "first_treatment"}
    more = ""
    if later and new in treated and old not in treated:
        more = "; patients who are never treated have no time"
    if not later and old in treated and new not in treated:
        more = "; patients who are never treated count"
    return f"{said}: {wait} becomes {'shorter' if later else 'longer'}{more}"


def _events_meaning(path: str, old: list[str], new: list[str]) -> str:
    name = path.split(".")[1]
    added = [one for one in new if one not in old]
    gone = [one for one in old if one not in new]
    parts = []
    if added:
        said = " and ".join(added)
        parts.append(f"{said} is an event of {name}: those patients are not censored any more")
    if gone:
        said = " and ".join(gone)
        parts.append(f"{said} is no event of {name}: those patients are censored")
    return "; ".join(parts) or "the order changes, no event"
