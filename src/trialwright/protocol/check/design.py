"""Open questions about the design: size, hypothesis, cohorts, looks, and usual facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.check.view import (
    PROPORTIONS,
    RESPONSE,
    SAFETY,
    TIME_TO_EVENT,
    Remark,
    View,
    listed,
    names,
    of_a_part,
)

_COHORTS = (
    {"id": "COLORECTAL", "name": "Colorectal cancer"},
    {"id": "GASTROESOPHAGEAL", "name": "Gastric or oesophageal cancer"},
    {"id": "PANCREATOBILIARY", "name": "Pancreatic or biliary cancer"},
    {"id": "OTHER", "name": "Other primary tumours"},
)
_EFFICACY = RESPONSE | TIME_TO_EVENT
_RATES = PROPORTIONS | frozenset({"PFS_RATE", "OS_RATE", "DFS_RATE", "RFS_RATE", "EFS_RATE"})
_DOSE_FINDING = frozenset({"DLT", "MTD_RP2D"})
_FIRST = frozenset({"EARLY_PHASE1", "PHASE1"})
_ADVERSE = frozenset({"AE", "SAE"})
_COUNTED = _EFFICACY | _ADVERSE
_LATE = PROPORTIONS | TIME_TO_EVENT
#: Kinds that are usual beside others: the kind, what counts as it, the others.
_USUAL = (
    ("OS", frozenset({"OS", "OS_RATE"}), frozenset({"PFS", "PFS_RATE", "ORR"})),
    ("DOR", frozenset({"DOR"}), frozenset({"ORR"})),
)
#: The same in the words of an outcome that names several endpoints: by letters that stand in each
#: name and are found far faster, the name.
_NAMES = {
    "OS": {
        "overall survival": re.compile(r"overall survival(?<=\boverall survival)"),
        "os": re.compile(r"os\b(?<=\bos)"),
    },
    "DOR": {
        "duration of": re.compile(r"duration(?<=\bduration) of (?:\w+ )?(?:response|remission)"),
        "dor": re.compile(r"dor\b(?<=\bdor)"),
        "docr": re.compile(r"docr\b(?<=\bdocr)"),
    },
    "AE": {
        "adverse": re.compile(r"adverse(?<=\badverse)"),
        "safety": re.compile(r"safety\b(?<=\bsafety)"),
        "toxicit": re.compile(r"toxicit"),
    },
}
_LATE_LINE = ("third", "3rd", "later", "refractory", ">=3")


def enrollment_missing(view: View) -> Iterator[Remark]:
    """No planned number of patients, overall or per cohort."""
    cohorts = view.protocol.cohorts or ()
    by_cohort = bool(cohorts) and all(one.enrollment for one in cohorts)
    if view.design.enrollment is None and not by_cohort:
        rates = list({one.kind: one.id for one in view.primary if one.kind in _EFFICACY}.values())
        of = f" of {listed(rates)}" if rates else " of any rate"
        yield Remark(
            path="design.enrollment",
            message="No planned number of patients is given, overall or per cohort: neither the "
            f"precision{of} nor the power of the trial can be worked out. A person has to give it.",
        )


def cohorts_undefined(view: View) -> Iterator[Remark]:
    """Several cohorts without number or definition."""
    if not view.has_cohorts or view.protocol.cohorts:
        return
    design = view.design
    to_liver = bool(design.basket) and view.speaks_of("liver", "hepatic")
    said = "as a basket" if design.basket else "in several cohorts"
    yield Remark(
        path="cohorts",
        message=f"The trial is planned {said}, but neither the number of cohorts nor who enters "
        "which one is given: no result per cohort has a denominator. List the cohorts, with "
        "their sizes.",
        values={"cohorts": [dict(one) for one in _COHORTS]} if to_liver else {},
        reason="assumption, not registered: the usual primaries of liver metastases"
        if to_liver
        else None,
        rule="T-09" if to_liver else None,
        quoted="design.multi_cohort" if design.multi_cohort else "design.basket",
    )


def sample_size_rationale_missing(view: View) -> Iterator[Remark]:
    """A number of patients without the rate that it was chosen to exclude."""
    design = view.design
    size = design.enrollment
    if size is None or design.null_rate is not None:
        return
    yield Remark(
        path="design.enrollment",
        message=f"A sample size of {size} is planned without a reason: neither a rate of no interest nor a "
        "wanted precision is given.",
    )


def hypothesis_missing(view: View) -> Iterator[Remark]:
    """The primary endpoint has no null and alternative rate, error rate or power."""
    tested = [one for one in view.primary if one.kind in _EFFICACY]
    design = view.design
    compared = view.randomised
    wanted = ("alpha", "power") if compared else ("null_rate", "alternative_rate", "alpha", "power")
    absent = [name for name in wanted if getattr(design, name) is None]
    if not tested or not absent:
        return
    rates, basis = (None, "") if compared else _proposed_rates(view)
    proposed = {"null_rate": rates[0], "alternative_rate": rates[1]} if rates else {}
    values = {} if compared else proposed | {"alpha": 0.05, "power": 0.80}
    of = ", and the difference to detect," if compared else ""
    yield Remark(
        path=f"design.{absent[0]}",
        message=f"No hypothesis for {names(tested)}: {_worded(absent)}{of} not given, so no result "
        "of the trial is a success or a failure by plan.",
        values={f"design.{name}": values[name] for name in absent if name in values},
        reason=None
        if compared
        else f"assumption, not registered: {basis}alpha one-sided 0.05, power 0.80",
        quoted=f"endpoints.{tested[0].id}.measure",
    )


def _worded(absent: list[str]) -> str:
    return listed([name.replace("_", " ") for name in absent])


def _proposed_rates(view: View) -> tuple[tuple[float, float] | None, str]:
    """Null and alternative rate of situations with published results, and what they rest on."""
    kinds = {one.kind: one for one in view.primary}
    colorectal = view.speaks_of("colorectal", "colon", "rectal")
    landmark = kinds.get("PFS_RATE")
    if landmark and landmark.landmark_months == 12 and colorectal:
        # Row 25 of the CLOCC trial: systemic treatment of liver metastases leaves 43 % at 12 months.
        return (
            0.40,
            0.60,
        ), "12-month PFS of systemic treatment of liver metastases (CLOCC: 43 %); "
    if "ORR" not in kinds or view.blood:
        return None, ""
    if view.has_cohorts:
        return (0.10, 0.35), "response of refractory solid tumours, in each cohort; "
    if colorectal and view.speaks_of("liver", "hepatic") and _is_late_line(view):
        return (0.05, 0.20), "response in third-line colorectal cancer with liver metastases; "
    return None, ""


def _is_late_line(view: View) -> bool:
    population = view.population
    said = (population.line_of_therapy or "").casefold()
    return (population.min_prior_lines or 0) >= 2 or any(word in said for word in _LATE_LINE)


def interim_missing(view: View) -> Iterator[Remark]:
    """An efficacy trial without a look for futility."""
    tested = [] if view.randomised else [one for one in view.primary if one.kind in _EFFICACY]
    if not tested:
        return
    look = ""
    if any(one.kind == "ORR" for one in tested) and not view.blood:
        first, of = (9, "a cohort") if view.has_cohorts else (10, "the trial")
        chance = 100 * 0.8**first
        look = (
            f" A usual rule stops {of} after {first} patients without a response: if 20 % of "
            f"patients respond, that happens with a chance of {chance:.0f} %."
        )
    yield Remark(
        path="design.enrollment",
        message=f"No interim look at {names(tested)} is planned, so an inactive treatment would be "
        f"given to every planned patient.{look}",
        quoted=f"endpoints.{tested[0].id}.measure",
    )


def pooling_undefined(view: View) -> Iterator[Remark]:
    """Several cohorts without a rule for reading them together."""
    if view.has_cohorts:
        yield Remark(
            path="cohorts",
            message="Whether cohorts are analysed one by one, pooled, or with borrowing is not "
            "said: a pooled rate moves with the mix of tumours. They are reported one by one.",
            rule="T-09",
            quoted="design.multi_cohort" if view.design.multi_cohort else "design.basket",
        )


def multiple_primaries(view: View) -> Iterator[Remark]:
    """Several primary endpoints, at least one of efficacy, without a rule for multiplicity.

    The endpoints of a dose-finding part are read before, each part or cohort decides for itself,
    and safety is described beside.
    """
    if len(view.primary) < 2:
        return
    if _EFFICACY.isdisjoint([one.kind for one in view.primary]):
        return
    primary = [one for one in view.primary if one.kind in _COUNTED and not of_a_part(one.measure)]
    tested = [one for one in primary if one.kind in _EFFICACY]
    if len(primary) < 2 or not tested:
        return
    safety = [one for one in primary if one.kind in SAFETY]
    which = (
        f"{names(tested)} decides, with {names(safety)} described beside it"
        if len(tested) == 1 and safety
        else "one of them decides, or their error rate is shared"
    )
    yield Remark(
        path=f"endpoints.{primary[1].id}.role",
        message=f"{names(primary)} are {'both' if len(primary) == 2 else 'all'} primary, and nothing says which one decides: with several "
        f"chances to win, alpha is above the nominal one. Say whether {which}.",
        quoted=f"endpoints.{primary[1].id}.measure",
    )


def phase_vs_endpoint(view: View) -> Iterator[Remark]:
    """The primary endpoint belongs to another phase."""
    phases = frozenset(view.design.phases or ())
    if phases and phases <= _FIRST:
        misplaced, said = _LATE, "an activity endpoint in a phase 1 trial"
    elif phases and not view.phase_one:
        misplaced, said = _DOSE_FINDING, "a dose-finding endpoint behind phase 1"
    else:
        return
    wrong = next((one for one in view.primary if one.kind in misplaced), None)
    if wrong is None:
        return
    yield Remark(
        path=f"endpoints.{wrong.id}.role",
        message=f"{wrong.id} is primary: {said}. Size and stopping rules have to follow the endpoint, "
        "so say which part of the trial it belongs to.",
        quoted=f"endpoints.{wrong.id}.measure",
    )


def masking_missing(view: View) -> Iterator[Remark]:
    """Nothing says whether treatment is masked."""
    design = view.design
    if design.masking is None and design.open_label is None:
        yield Remark(
            path="design.masking",
            message="Whether treatment is open or masked is not said: whoever knows it can judge response "
            "and relation differently.",
            values={"design.masking": "NONE"} if view.single_arm else {},
            reason="one arm: everybody knows the treatment" if view.single_arm else None,
        )


def centres_missing(view: View) -> Iterator[Remark]:
    """Nothing says how many centres take part."""
    if view.design.centres is None:
        yield Remark(
            path="design.centres",
            message="Whether one or several centres take part is not said: results of one centre carry "
            "its choice of patients.",
        )


def endpoint_absent(view: View) -> Iterator[Remark]:
    """A usual endpoint is not registered."""
    there = view.kinds
    asked = view.phase_one and SAFETY.isdisjoint(there)  # by `objective_without_endpoint`
    unreported = view.treatments and not asked and _ADVERSE.isdisjoint(there)
    absent = [
        kind
        for kind, said, beside in _USUAL
        if said.isdisjoint(there) and not beside.isdisjoint(there)
    ]
    words = _words_of_outcomes(view) if unreported or absent else ""
    if unreported and not _is_named("AE", words):
        yield _adverse_events(
            view, "No adverse-event outcome is registered; safety is reported all the same."
        )
    absent = [kind for kind in absent if not _is_named(kind, words)]
    if absent:
        beside = listed([kind for kind in ("ORR", "PFS", "PFS_RATE") if kind in there])
        yield Remark(
            path=f"endpoints.{absent[0]}",
            message=f"{listed(absent)} {'are' if len(absent) > 1 else 'is'} not among the outcomes, "
            f"but usual beside {beside}: {_without(absent[0])}.",
        )


def _is_named(kind: str, words: str) -> bool:
    """Whether words of outcomes name a kind."""
    return any(stem in words and name.search(words) for stem, name in _NAMES[kind].items())


def _words_of_outcomes(view: View) -> str:
    """Measures and definitions, a line each, in which a kind may be named beside its own."""
    return "\n".join([f"{one.measure} {one.description or ''}" for one in view.outcomes]).lower()


def _without(kind: str) -> str:
    if kind == "OS":
        return "without it, a gain in response cannot be told from a gain in life"
    return "a response rate says nothing about how long responses last"


def _adverse_events(view: View, message: str, quoted: str = "") -> Remark:
    """A remark that proposes an adverse-event outcome."""
    name = _free_id(view, "AE")
    outcome = {"id": name, "kind": "AE", "role": "secondary", "measure": "Adverse events"}
    return Remark(
        path=f"endpoints.{name}",
        message=message,
        values={f"endpoints.{name}": outcome},
        reason="not registered: safety belongs to every report of a treatment",
        rule="A-01",
        quoted=quoted,
    )


def _free_id(view: View, stem: str) -> str:
    """An id that no endpoint has: an outcome of that name may measure something else."""
    taken = {one.id for one in view.outcomes}
    if stem not in taken:
        return stem
    candidates = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
    return next(name for name in candidates if name not in taken)


def objective_without_endpoint(view: View) -> Iterator[Remark]:
    """A phase 1 trial, whose aim is safety, has no outcome for it."""
    if view.phase_one and SAFETY.isdisjoint(view.kinds):
        yield _adverse_events(
            view,
            "Phase 1 asks whether treatment is safe, but no outcome measures it: nothing that is "
            "registered could stop the trial or carry it into phase 2.",
            "design.phases",
        )
