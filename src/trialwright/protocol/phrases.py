"""A component, a dose, a start or an endpoint in one line, as a clinician says it."""

from __future__ import annotations

from trialwright.protocol.model import Anchor, Component, DoseLevel
from trialwright.protocol.modification import modification_words
from trialwright.protocol.rules import EndpointDefinition

_CLOCK = {
    "QD": "once a day",
    "BID": "twice a day",
    "TID": "three times a day",
    "QOD": "every other day",
}
_ROLE = {"primary": "Primary", "secondary": "Secondary"}
_ORIGIN = {
    "first_dose": "the first dose",
    "first_procedure": "the first study procedure",
    "first_treatment": "the first treatment",
    "end_of_treatment": "the end of treatment",
    "start_of_study": "the start of the study",
    "complete_remission": "complete remission",
    "enrolment": "enrolment",
    "consent": "informed consent",
}
_RELATIONS = {"concurrent": "together with", "perioperative": "around"}


def origin_words(origin: str | None) -> str:
    """The event that a time starts at: `the first dose`."""
    return _ORIGIN.get(origin or "", (origin or "not said").replace("_", " "))


def dose_words(levels: tuple[DoseLevel, ...]) -> str:
    """`200 mg`, or the levels of a dose escalation: `100, 200 or 300 mg`."""
    units = {level.unit for level in levels}
    if len(levels) > 1 and len(units) == 1:
        *first, last = (f"{level.value:g}" for level in levels)
        return f"{', '.join(first)} or {last} {units.pop()}"
    return " or ".join(f"{level.value:g} {level.unit}" for level in levels)


def dosing_words(one: Component) -> str:
    """How a component is given, in one line: `200 mg intravenous every 3 weeks`."""
    parts = [dose_words(one.dose) if one.dose else "", one.route or "", clock_words(one)]
    if one.loading_dose:
        first = (
            "the first dose"
            if one.loading_dose.doses == 1
            else (f"the first {one.loading_dose.doses} doses")
        )
        parts.append(f"(loading {dose_words(one.loading_dose.dose)} as {first})")
    said = " ".join(part for part in parts if part)
    more = [
        _span(one.n_cycles_min, one.n_cycles, "cycles"),
        _span(None, one.n_doses, "doses"),
        _span(None, one.fractions, "fractions"),
        _span(one.duration_days_min, one.duration_days, "days in all"),
        *(anchor_words(anchor) for anchor in one.anchors or ()),
        f"chosen by {one.chosen_by}" if one.chosen_by else "",
        modification_words(one.modification) if one.modification else "",
    ]
    return ", ".join(part for part in (said, *more) if part)


def clock_words(one: Component) -> str:
    """When a component is given: `on days 1 to 21 of 28`, `every 3 weeks`."""
    parts = []
    if one.days_in_cycle:
        days = _days(one.days_in_cycle)
        parts.append(f"on day{'s' * (len(one.days_in_cycle) > 1)} {days}")
        if one.cycle_length_days:
            parts.append(f"of {one.cycle_length_days}")
    often = _CLOCK.get(one.frequency or "")
    if often:
        parts.insert(0, often)
    elif one.interval_days and not one.days_in_cycle:
        parts.append(_every(one.interval_days, one.interval_days_min))
    elif one.frequency and not one.days_in_cycle:
        parts.append(one.frequency)
    return " ".join(parts)


def _every(days: int, least: int | None) -> str:
    """`every 3 weeks`, or of a range `every 3 to 4 weeks`."""
    low = least or days
    if low == days == 1:
        return "every day"
    unit, size = ("weeks", 7) if days % 7 == low % 7 == 0 else ("days", 1)
    if low != days:
        return f"every {low // size} to {days // size} {unit}"
    return "every week" if days == 7 else f"every {days // size} {unit}"


def _days(days: tuple[int, ...]) -> str:
    """Runs of three and more are named by their ends: `1 to 5 and 8`."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = [
        word
        for run in runs
        for word in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(day) for day in run])
    ]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _span(low: int | None, high: int | None, unit: str) -> str:
    if high is None:
        return "" if low is None else f"at least {low} {unit}"
    return f"{low} to {high} {unit}" if low is not None and low != high else f"{high} {unit}"


def anchor_words(anchor: Anchor) -> str:
    """`7 days after each ablation`."""
    event = f"each {anchor.event}" if anchor.each else anchor.event
    ahead = f"{anchor.offset_days} days " if anchor.offset_days else ""
    relation = _RELATIONS.get(anchor.relation, anchor.relation)
    return f"{ahead}{relation} {event}".replace("_", " ")


def endpoint_words(one: EndpointDefinition) -> str:
    """An endpoint in one line: `Secondary: PFS by RECIST 1.1, from enrolment to ..., 24 months`."""
    said = f"{_ROLE[one.role]}: {one.kind}"
    if one.landmark_months is not None:
        said += f" at {one.landmark_months:g} months"
    said += f" by {' and '.join(one.criteria)}" if one.criteria else ""
    if one.origin or one.events:
        start = f"from {origin_words(one.origin)}" if one.origin else ""
        end = f"to {' or '.join(one.events)}" if one.events else ""
        said += f", {' '.join(part for part in (start, end) if part)}"
    if one.time_frame_months is not None:
        about = "about " if one.time_frame_kind == "approximate" else ""
        said += f", {about}{one.time_frame_months:g} months"
    return said
