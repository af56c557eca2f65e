"""The group, the weight and the meaning of one changed value."""

from __future__ import annotations

from typing import Any

from trialwright.protocol.diff.change import Group, Weight
from trialwright.protocol.diff.meanings import ALWAYS, CHOSEN, MOVED
from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.phrases import origin_words
from trialwright.protocol.settled import named_criteria, unused_origins

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
    "analysis.few_at_risk", "analysis.few_at_risk_percent", "endpoints.assessor",
    "endpoints.confirmed", "endpoints.estimator", "endpoints.further_landmark_months",
})  # fmt: skip
#: Earlier to later in the course of a patient.
_COURSE = (
    "screening", "consent", "registration", "enrolment", "randomization", "first_treatment",
    "first_procedure", "first_dose",
)  # fmt: skip
#: Which of the two comes first depends on the regimen.
_TREATMENTS = frozenset({"first_dose", "first_procedure"})
#: Lists without an order of their own.
_SETS = frozenset({
    "treatment.until", "population.conditions", "population.primary_tumours",
    "population.metastatic_sites", "endpoints.criteria", "endpoints.events", "response.criteria",
    "design.phases", "analysis.pfs_rate_months", "analysis.os_rate_months", "analysis.subgroups",
    "safety.aesi_terms",
})  # fmt: skip
_CRITERIA = {option.path: option.criterion for option in OPTIONS if option.criterion is not None}
_SELECTING = "patients outside it may not enter any more"
_CONFIRMING = ("response.confirm_days", "response.max_ne_between", "response.sd_between_pr")
_PROPORTIONS = frozenset({"ORR", "CR_RATE", "DCR", "CBR"})
_ABLATION = ("ablated_lesions", "rebaseline_window_days", "ltp_margin_mm", "residual_at_first")


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


def reordered(path: str, before: Any, after: Any) -> str:
    """Why a list in another order changes nothing; empty where the order or the content counts."""
    if key_of(path) not in _SETS or not before or not after:
        return ""
    same = sorted(map(repr, before)) == sorted(map(repr, after))
    return "no effect: only the order of the list changes" if same else ""


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
    criterion = _CRITERIA.get(path)
    if criterion and not any(criterion in named_criteria(one) for one in (old, new)):
        return f"no effect: results by {criterion} are not asked for in either protocol"
    if key_of(path) == "endpoints.events" and not _drops_death(path, old, new):
        kind = next(one.kind for one in new.endpoints if one.id == path.split(".")[1])
        return f"no effect on the numbers: {kind} is derived with the events of its kind"
    ablated = any(one.reach == "lesion" for p in (old, new) for one in p.regimen)
    if path.startswith("response.") and name in _ABLATION and not ablated:
        return "no effect: no component of the regimen ablates lesions"
    return ""


def own_meaning(path: str, old: Protocol, new: Protocol) -> str:
    """What a change means beside other values of the protocol; empty where they say nothing."""
    key = key_of(path)
    if key == "regimen.frequency":
        return _frequency_meaning(path, old, new)
    own = [one.id for one in new.endpoints if one.denominator and one.kind in _PROPORTIONS]
    if key == "analysis.orr_set" and new.analysis.orr_set and own:
        said = meaning_of(path, old.analysis.orr_set, new.analysis.orr_set)
        return f"{said}; not for {' and '.join(own)}, which has a denominator of its own"
    return ""


def _frequency_meaning(path: str, old: Protocol, new: Protocol) -> str:
    """A frequency beside a clock that stays: the clock gives the days."""
    name = path.split(".")[1]
    clocks = [
        (one.interval_days, one.days_in_cycle)
        for protocol in (old, new)
        for one in protocol.regimen
        if one.id == name
    ]
    if len(clocks) < 2 or clocks[0] != clocks[1] or clocks[0] == (None, None):
        return ""
    clock = "days_in_cycle" if clocks[0][1] else "interval_days"
    return f"{clock} stays and gives the dosing days; how often on such a day changes"


def _drops_death(path: str, old: Protocol, new: Protocol) -> bool:
    """Whether a PFS has death among its events in one protocol only."""
    name = path.split(".")[1]
    found = [
        "death" in one.events
        for protocol in (old, new)
        for one in protocol.endpoints
        if one.id == name and one.kind == "PFS" and one.events
    ]
    return found in ([True, False], [False, True], [False])


def meaning_of(path: str, old: Any, new: Any) -> str:
    """What a change of a value means and for whom; plain data in, one sentence out."""
    key = key_of(path)
    if key in {"endpoints.origin", "analysis.pfs_origin", "analysis.os_origin"}:
        return _origin_meaning(path, old, new)
    if key == "endpoints.events" and new is not None:
        return _events_meaning(path, old or [], new or [])
    if new is None:
        return _gone(key)
    if isinstance(old, int | float) and isinstance(new, int | float) and key in MOVED:
        return MOVED[key][new < old]
    if isinstance(new, str | bool) and new in CHOSEN.get(key, ()):
        return CHOSEN[key][new]
    return _other_meaning(key, old)


def _other_meaning(key: str, old: Any) -> str:
    if old is not None:
        other = "the words change, no value" if key in _WORDING else "another value is used"
        return ALWAYS.get(key, other)
    limit = key.startswith("population.") and key in MOVED
    return f"a limit that was not there: {_SELECTING}" if limit else "decided where it was open"


def _gone(key: str) -> str:
    """What it means that a value is not there any more."""
    if key in _WORDING:
        return "the words are left out, no value changes"
    if key.startswith("population."):
        return "patients are not selected by it any more"
    if key.partition(".")[0] in {"response", "analysis", "safety"}:
        return "open again: what depends on it cannot be derived before it is decided"
    return "the protocol does not say it any more"


def _origin_meaning(path: str, old: Any, new: Any) -> str:
    name = path.split(".")[1].removesuffix("_origin")
    name = name.upper() if path.startswith("analysis.") else name
    if new is None:
        return f"the start of {name} is open again, or taken from the analysis rule"
    start = f"{name} counts from {origin_words(new)}"
    if old is None:
        return start
    said = f"{start} instead of {origin_words(old)}"
    if {old, new} == _TREATMENTS:
        return f"{said}: the times of patients who get both on different days are counted anew"
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
    if "death" in old and "death" not in new:
        return (
            f"without death the definition of {name} is that of time to progression: TTP is "
            "reported as well, PFS keeps death as an event"
        )
    if "death" in new:
        return f"death is an event of {name} by its definition: TTP is not reported for it"
    return f"death is no event of {name} by its definition: TTP is reported as well"
