"""Open questions about the design: size, hypothesis, cohorts, looks, and usual facts."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.protocol.check.view import (
    PROPORTIONS,
    RESPONSE,
    SAFETY,
    TIME_TO_EVENT,
    Remark,
    View,
    names,
)

_COHORTS = (
    {"id": "COLORECTAL", "name": "Colorectal cancer"},
    {"id": "GASTROESOPHAGEAL", "name": "Gastric or oesophageal cancer"},
    {"id": "PANCREATOBILIARY", "name": "Pancreatic or biliary cancer"},
    {"id": "OTHER", "name": "Other primary tumours"},
)
_EFFICACY = RESPONSE | TIME_TO_EVENT
_LATE_LINE = ("third", "3rd", "later", "refractory", ">=3")


def enrollment_missing(view: View) -> Iterator[Remark]:
    """No planned number of subjects, overall or per cohort."""
    cohorts = view.protocol.cohorts or ()
    by_cohort = bool(cohorts) and all(one.enrollment for one in cohorts)
    if view.protocol.design.enrollment is None and not by_cohort:
        yield Remark(
            path="design.enrollment",
            message="No planned sample size is given, overall or per cohort: nothing can be said "
            "about what the trial is able to show. A person has to give it.",
        )


def cohorts_undefined(view: View) -> Iterator[Remark]:
    """Several cohorts without number or definition."""
    if not view.has_cohorts or view.protocol.cohorts:
        return
    design = view.protocol.design
    to_liver = bool(design.basket) and view.speaks_of("liver", "hepatic")
    yield Remark(
        path="cohorts",
        message="The trial has several cohorts, but neither their number nor their definition is "
        "given: results per cohort cannot be reported.",
        values={"cohorts": [dict(one) for one in _COHORTS]} if to_liver else {},
        reason="assumption, not registered: the usual primaries of liver metastases"
        if to_liver
        else None,
        rule="T-09" if to_liver else None,
        quoted="design.multi_cohort" if design.multi_cohort else "design.basket",
    )


def sample_size_rationale_missing(view: View) -> Iterator[Remark]:
    """A number of subjects without the rate that it was chosen to exclude."""
    design = view.protocol.design
    if design.enrollment is not None and design.null_rate is None:
        yield Remark(
            path="design.enrollment",
            message=f"A sample size of {design.enrollment} is planned without a rationale: neither an "
            "uninteresting rate nor a precision is given.",
        )


def hypothesis_missing(view: View) -> Iterator[Remark]:
    """The primary endpoint has no null and alternative rate, error rate or power."""
    tested = [one for one in view.primary if one.kind in _EFFICACY]
    design = view.protocol.design
    wanted = ("null_rate", "alternative_rate", "alpha", "power")
    absent = [name for name in wanted if getattr(design, name) is None]
    if not tested or not absent:
        return
    rates, basis = _proposed_rates(view)
    proposed = {"null_rate": rates[0], "alternative_rate": rates[1]} if rates else {}
    values = proposed | {"alpha": 0.05, "power": 0.80}
    yield Remark(
        path=f"design.{absent[0]}",
        message=f"No hypothesis for {names(tested)}: {_listed(absent)} not given, so no result of "
        "the trial is a success or a failure by plan.",
        values={f"design.{name}": values[name] for name in absent if name in values},
        reason=f"assumption, not registered: {basis}alpha one-sided 0.05, power 0.80",
        quoted=f"endpoints.{tested[0].id}.measure",
    )


def _listed(absent: list[str]) -> str:
    words = [name.replace("_", " ") for name in absent]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _proposed_rates(view: View) -> tuple[tuple[float, float] | None, str]:
    """Null and alternative rate of situations with published results, and what they rest on."""
    kinds = {one.kind: one for one in view.primary}
    colorectal = view.speaks_of("colorectal", "colon", "rectal")
    landmark = kinds.get("PFS_RATE")
    if landmark and landmark.landmark_months == 12 and colorectal:
        return (0.30, 0.50), "12-month PFS of systemic treatment in metastatic colorectal cancer; "
    if "ORR" not in kinds:
        return None, ""
    if view.has_cohorts:
        return (0.10, 0.35), "response of refractory solid tumours, in each cohort; "
    if colorectal and view.speaks_of("liver", "hepatic") and _is_late_line(view):
        return (0.05, 0.20), "response in third-line colorectal cancer with liver metastases; "
    return None, ""


def _is_late_line(view: View) -> bool:
    population = view.protocol.population
    said = (population.line_of_therapy or "").casefold()
    return (population.min_prior_lines or 0) >= 2 or any(word in said for word in _LATE_LINE)


def interim_missing(view: View) -> Iterator[Remark]:
    """An efficacy trial without a look for futility."""
    tested = [one for one in view.primary if one.kind in _EFFICACY]
    if tested and not view.randomised:
        yield Remark(
            path="design.enrollment",
            message=f"No interim look at {names(tested)} is planned: an inactive treatment would "
            "be given to every planned subject.",
            quoted=f"endpoints.{tested[0].id}.measure",
        )


def pooling_undefined(view: View) -> Iterator[Remark]:
    """Several cohorts without a rule for reading them together."""
    if view.has_cohorts:
        yield Remark(
            path="cohorts",
            message="Whether cohorts are analysed one by one, pooled, or with borrowing is not "
            "said. They are reported one by one.",
            rule="T-09",
            quoted="design.multi_cohort" if view.protocol.design.multi_cohort else "design.basket",
        )


def multiple_primaries(view: View) -> Iterator[Remark]:
    """Several primary endpoints without a rule for multiplicity."""
    if len(view.primary) > 1:
        yield Remark(
            path=f"endpoints.{view.primary[1].id}.role",
            message=f"{names(view.primary)} are all primary, without a rule for multiplicity or "
            "for which of them decides. They are reported descriptively.",
            quoted=f"endpoints.{view.primary[1].id}.measure",
        )


def phase_vs_endpoint(view: View) -> Iterator[Remark]:
    """The primary endpoint belongs to another phase."""
    phases = set(view.protocol.design.phases or ())
    late = [one for one in view.primary if one.kind in PROPORTIONS | TIME_TO_EVENT]
    early = [one for one in view.primary if one.kind in {"DLT", "MTD_RP2D"}]
    if phases and phases <= {"EARLY_PHASE1", "PHASE1"} and late:
        wrong, said = late[0], "an activity endpoint in a phase 1 trial"
    elif phases & {"PHASE2", "PHASE3", "PHASE4"} and not view.phase_one and early:
        wrong, said = early[0], "a dose-finding endpoint behind phase 1"
    else:
        return
    yield Remark(
        path=f"endpoints.{wrong.id}.role",
        message=f"{wrong.id} is primary: {said}. Size and stopping rules have to follow it.",
        quoted=f"endpoints.{wrong.id}.measure",
    )


def masking_missing(view: View) -> Iterator[Remark]:
    """Nothing says whether treatment is masked."""
    design = view.protocol.design
    if design.masking is None and design.open_label is None:
        yield Remark(
            path="design.masking",
            message="Whether treatment is open or masked is not said.",
            values={"design.masking": "NONE"} if view.single_arm else {},
            reason="one arm: everybody knows the treatment" if view.single_arm else None,
        )


def centres_missing(view: View) -> Iterator[Remark]:
    """Nothing says how many centres take part."""
    if view.protocol.design.centres is None:
        yield Remark(
            path="design.centres", message="Whether one or several centres take part is not said."
        )


def endpoint_absent(view: View) -> Iterator[Remark]:
    """A usual endpoint is not registered."""
    there = {one.kind for one in view.protocol.endpoints}
    if not there & {"AE", "SAE"}:
        values = {"kind": "AE", "role": "secondary", "measure": "Adverse events"}
        name = _free_id(view, "AE")
        yield Remark(
            path=f"endpoints.{name}",
            message="No adverse-event outcome is registered; safety is reported all the same.",
            values={f"endpoints.{name}": {"id": name, **values}},
            reason="not registered: safety belongs to every report of a treatment",
            rule="A-01",
        )
    for kind, needed in (("OS", {"PFS", "PFS_RATE", "ORR"}), ("DOR", {"ORR"})):
        if there & needed and not there & {kind, f"{kind}_RATE"}:
            yield Remark(
                path=f"endpoints.{kind}",
                message=f"{kind} is not among the outcomes; it is usual beside {' or '.join(sorted(there & needed))}.",
            )


def _free_id(view: View, stem: str) -> str:
    """An id that no endpoint has: an outcome of that name may measure something else."""
    taken = {one.id for one in view.protocol.endpoints}
    names = (stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def objective_without_endpoint(view: View) -> Iterator[Remark]:
    """A phase 1 trial, whose aim is safety, has no outcome for it."""
    if view.phase_one and not view.endpoints(SAFETY):
        yield Remark(
            path="endpoints",
            message="The aim of a phase 1 trial is safety, but no outcome measures it.",
            quoted="design.phases",
        )
