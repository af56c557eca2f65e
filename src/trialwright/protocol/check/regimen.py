"""Open questions about the regimen: doses, clocks, order, and the end of treatment."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.protocol.check.view import Remark, View, agent_of
from trialwright.protocol.model import Component

#: Cycles in use, in days.
_CYCLES = (14, 21, 28, 42, 56)
_ENDS = {
    "progression": "disease progression",
    "toxicity": "unacceptable toxicity",
    "withdrawal": "withdrawal of consent",
}


def dose_missing(view: View) -> Iterator[Remark]:
    """A study agent has no dose; an error when none of them has one."""
    agents = [one for one in view.doses() if one.chosen_by is None]
    none_known = all(one.dose is None for one in agents)
    for one in agents:
        if one.dose is not None:
            continue
        agent = agent_of(one)
        path = f"regimen.{one.id}.dose"
        dose = agent.default_dose if agent else None
        said = (
            f"No dose of {one.name} is given: treatment cannot be ordered or exposure worked out."
        )
        yield Remark(
            path=path,
            message=said if dose else f"{said} None can be proposed; a person has to give it.",
            values={path: [{"value": dose[0], "unit": dose[1]}]} if dose else {},
            reason=agent.source if agent else None,
            severity="error" if none_known else "warning",
            quoted=f"regimen.{one.id}.name",
        )


def route_missing(view: View) -> Iterator[Remark]:
    """A study agent has no route."""
    for one in view.doses():
        if one.route is None and one.chosen_by is None:
            agent = agent_of(one)
            path = f"regimen.{one.id}.route"
            route = agent.default_route if agent else None
            yield Remark(
                path=path,
                message=f"The route of {one.name} is not given.",
                values={path: route} if route else {},
                reason=f"usual route of {agent.name}" if agent and route else None,
                quoted=f"regimen.{one.id}.name",
            )


def frequency_missing(view: View) -> Iterator[Remark]:
    """A study agent has no schedule of its own and is timed by nothing else."""
    for one in view.doses():
        if _has_clock(one) or one.anchors:
            continue
        clock = _default_clock(one)
        agent = agent_of(one)
        yield Remark(
            path=f"regimen.{one.id}.frequency",
            message=f"How often {one.name} is given is not said: the calendar of visits and the "
            "planned dose intensity depend on it.",
            values={f"regimen.{one.id}.{name}": value for name, value in clock.items()},
            reason=agent.source if agent and clock else None,
            quoted=f"regimen.{one.id}.name",
        )


def _has_clock(one: Component) -> bool:
    return not (one.frequency is None and one.interval_days is None and one.days_in_cycle is None)


def _default_clock(one: Component) -> dict[str, object]:
    agent = agent_of(one)
    if agent is None:
        return {}
    clock = {
        "frequency": agent.default_frequency,
        "interval_days": agent.default_interval_days,
        "days_in_cycle": agent.default_days_in_cycle,
        "cycle_length_days": agent.default_cycle_length_days,
    }
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in clock.items()
        if value is not None and getattr(one, name) is None
    }


def cycle_length_missing(view: View) -> Iterator[Remark]:
    """Treatment has no cycle, or dosing days are counted in a cycle of unknown length."""
    treatment = view.protocol.treatment
    floating = [
        one
        for one in view.protocol.regimen
        if one.days_in_cycle is not None and one.cycle_length_days is None
    ]
    known = treatment.cycle_length_days or _registered_cycle(view)
    if not any(view.doses()) or (treatment.cycle_length_days is not None and not floating):
        return
    length = known or common_cycle(view)
    paths = [f"regimen.{one.id}.cycle_length_days" for one in floating]
    if treatment.cycle_length_days is None:
        paths.insert(0, "treatment.cycle_length_days")
    counted = ", ".join(one.name for one in floating)
    said = f" The dosing days of {counted} are counted in it." if floating else ""
    yield Remark(
        path=paths[0],
        message=f"The length of a treatment cycle is not given.{said} Visits, dose-limiting "
        "toxicity and dose intensity are counted in cycles.",
        values=dict.fromkeys(paths, length) if length else {},
        reason=f"assumption: the shortest usual cycle that fits every interval is {length} days"
        if length
        else None,
        quoted=f"regimen.{floating[0].id}.days_in_cycle" if floating else "",
    )


def _registered_cycle(view: View) -> int | None:
    """The one cycle length that the components name, if they agree."""
    lengths = {one.cycle_length_days for one in view.protocol.regimen} - {None}
    return next(iter(lengths)) if len(lengths) == 1 else None


def common_cycle(view: View) -> int | None:
    """The shortest usual cycle, in days, that every interval divides and every dosing day fits.

    Schedules that are still open count with their proposed defaults; `None` when no component has
    any, or when no usual cycle fits.
    """
    clocks = [_clock(one) for one in view.protocol.regimen]
    intervals = {days for one, _ in clocks for days in one}
    longest = max((day for _, days in clocks for day in days), default=0)
    if not intervals and not longest:
        return None
    fitting = (
        cycle
        for cycle in _CYCLES
        if cycle >= longest and all(cycle % interval == 0 for interval in intervals)
    )
    return next(fitting, None)


def _clock(one: Component) -> tuple[set[int], tuple[int, ...]]:
    """Intervals and dosing days of a component, or of its proposed default."""
    agent = agent_of(one)
    if _has_clock(one) or agent is None:
        intervals, days = {one.interval_days, one.cycle_length_days}, one.days_in_cycle
    else:
        intervals = {agent.default_interval_days, agent.default_cycle_length_days}
        days = agent.default_days_in_cycle
    return {one for one in intervals if one is not None}, days or ()


def sequence_missing(view: View) -> Iterator[Remark]:
    """Procedures and drugs are combined without an order."""
    regimen = view.protocol.regimen
    kinds = {one.kind for one in regimen}
    ordered = view.protocol.treatment.sequence or any(one.anchors for one in regimen)
    if ordered or "drug" not in kinds or not kinds & {"procedure", "radiation", "device"}:
        return
    local = ", ".join(one.name for one in regimen if one.kind not in {"drug", "other", None})
    yield Remark(
        path="treatment.sequence",
        message=f"The order of {local} and the drugs on common days is not given; bleeding risk "
        "and the first day of treatment depend on it.",
    )


def agents_undefined(view: View) -> Iterator[Remark]:
    """Drugs are chosen by a person, without a list to choose from."""
    for one in view.protocol.regimen:
        if one.chosen_by is not None and "test" not in one.chosen_by and one.dose is None:
            yield Remark(
                path=f"regimen.{one.id}.chosen_by",
                message=f"Which {one.name} is given is decided by the {one.chosen_by}, without a list of "
                "permitted regimens: exposure and results of different regimens would be mixed.",
            )


def regimen_undefined(view: View) -> Iterator[Remark]:
    """No regimen at all, or drugs that a test chooses without a list."""
    if not view.protocol.regimen:
        yield Remark(path="regimen", message="The protocol names no agent or procedure.")
    for one in view.protocol.regimen:
        if one.chosen_by is not None and "test" in one.chosen_by and one.dose is None:
            yield Remark(
                path=f"regimen.{one.id}.chosen_by",
                message=f"The drugs of {one.name} depend on {one.chosen_by}: the regimen differs by "
                "patient and has to be recorded for each; no list is given.",
            )


def discontinuation_missing(view: View) -> Iterator[Remark]:
    """Nothing says when treatment ends."""
    treatment = view.protocol.treatment
    fixed = treatment.max_duration_days or any(
        one.n_cycles or one.n_doses or one.duration_days for one in view.protocol.regimen
    )
    if view.protocol.regimen and not treatment.until and not fixed:
        yield Remark(
            path="treatment.until",
            message="When treatment ends is not said: neither events that end it nor a number of "
            "cycles.",
            values={"treatment.until": list(_ENDS)},
            reason="usual reasons in advanced disease: progression, unacceptable toxicity, "
            "withdrawal of consent",
        )


def discontinuation_incomplete(view: View) -> Iterator[Remark]:
    """A usual reason to end treatment is not among those named."""
    until = view.protocol.treatment.until
    absent = [said for name, said in _ENDS.items() if until and name not in until]
    if absent:
        yield Remark(
            path="treatment.until",
            message=f"The reasons to end treatment do not include {' or '.join(absent)}.",
        )


def max_duration_missing(view: View) -> Iterator[Remark]:
    """Treatment may go on without limit."""
    treatment, regimen = view.protocol.treatment, view.protocol.regimen
    limited = treatment.max_duration_days is not None or any(
        one.n_cycles or one.n_doses or one.duration_days for one in regimen
    )
    if regimen and not limited:
        yield Remark(
            path="treatment.max_duration_days",
            message="No longest duration of treatment is given; without one, treatment goes on "
            "until an event ends it.",
        )


def repeat_undefined(view: View) -> Iterator[Remark]:
    """A local procedure may be repeated, without a number or an interval."""
    for one in view.ablations():
        if one.repeated is not False and one.n_doses is None and one.interval_days is None:
            yield Remark(
                path=f"regimen.{one.id}.repeated",
                message=f"How often {one.name} may be repeated, and how long after the session "
                "before, is not given; at least 3 weeks between sessions keep the drug days apart.",
            )


def schedule_conflict(view: View) -> Iterator[Remark]:
    """One component follows its own interval and every session of another."""
    for one in view.protocol.regimen:
        each = next((anchor for anchor in one.anchors or () if anchor.each), None)
        if one.interval_days is None or each is None:
            continue
        named = {part.id: part.name for part in view.protocol.regimen}
        event = named.get(each.event, each.event)
        yield Remark(
            path=f"regimen.{one.id}.anchors",
            message=f"{one.name} has two clocks: every {one.interval_days} days, and "
            f"{each.offset_days or 0} days {each.relation} each {event}. They collide when a "
            f"session falls into a cycle; the later of both days keeps either distance.",
        )
