"""Where the time of an endpoint starts: impossible, unclear and differing origins (D-03)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from trialwright.protocol.check.view import (
    TIME_TO_EVENT,
    Remark,
    View,
    course_of,
    listed,
    names,
    of_a_part,
)
from trialwright.protocol.model import Component
from trialwright.protocol.rules import DataOrigin, EndpointDefinition

_IN_DATA: dict[str, DataOrigin] = {
    "enrolment": "enrolment",
    "first_dose": "first_dose",
    "first_procedure": "first_procedure",
}
#: Events at entry or at the start of treatment: times that start at two of them differ by days.
_AT_START = frozenset(
    {
        "randomization", "registration", "enrolment", "consent", "first_treatment",
         "first_dose", "first_procedure", "start_of_study",
    }
)  # fmt: skip
_WORDS = {
    "first_dose": "the first dose",
    "first_procedure": "the first study procedure",
    "first_treatment": "the first treatment",
    "end_of_treatment": "the end of treatment",
    "start_of_study": "the start of the study",
    "consent": "informed consent",
}


#: Events that only some patients have, behind the start of treatment.
_LATER = frozenset({"response", "complete_remission", "surgery", "end_of_treatment"})
#: What a person has to give for an event at entry, and for a later one.
_ASK = ("Say which date of the data it is.", "The date of the event has to be collected.")


def origin_impossible(view: View) -> Iterator[Remark]:
    """Times start at randomization although nobody is randomised."""
    if not _is_nobody_allocated(view):
        return
    wrong = [one for one in _starting(view) if one.origin == "randomization"]
    if wrong:
        target = common_origin(view)
        why = "with one arm" if view.single_arm else "in this trial"
        verb = "are" if len(wrong) > 1 else "is"
        yield Remark(
            path=f"endpoints.{wrong[0].id}.origin",
            message=f"{names(wrong)} {verb} counted from randomization, but nobody is randomised "
            f"{why}: the time has no first day. It could start at {_words(target)}.",
            values={f"endpoints.{one.id}.origin": target for one in wrong},
            reason=f"there is no randomization; {_words(target)} gives all times one origin",
            rule="D-03",
        )


def origin_mismatch(view: View) -> Iterator[Remark]:
    """Times that start at entry or at treatment start at different events.

    Times that start later by their nature (after response, or after surgery) are not compared, and
    neither are first treatment and first dose where they are the same day.
    """
    at_start = [one for one in _starting(view) if one.origin in _AT_START]
    if len({one.origin for one in at_start}) < 2:
        return
    starting = [
        one
        for one in at_start
        if not of_a_part(one.measure) and not view.decided_by_person(f"endpoints.{one.id}.origin")
    ]
    if len({_event(view, one) for one in starting}) < 2:
        return
    target: str = common_origin(view)
    randomised = any(one.origin == "randomization" for one in starting)
    if randomised and not _is_nobody_allocated(view):
        target = "randomization"  # what makes the groups comparable is kept
    moved = [one for one in starting if one.origin != target]
    by_event: dict[str, list[str]] = {}
    for one in starting:
        by_event.setdefault(_words(one.origin), []).append(one.id)
    said = "; ".join(f"{listed(ids)} at {event}" for event, ids in by_event.items())
    path = f"endpoints.{(moved or starting)[-1].id}.origin"
    yield Remark(
        path=path,
        message=f"Times start at different events ({said}): the days between them are in one curve "
        "and not in the other. One origin makes them comparable.",
        values={f"endpoints.{one.id}.origin": target for one in moved},
        reason=f"one origin for all times: {_words(target)}",
        rule="D-03",
    )


def _event(view: View, one: EndpointDefinition) -> str:
    """The event an endpoint starts at; first treatment is what it stands for here."""
    return mapped(view, one) if one.origin == "first_treatment" else str(one.origin)


def origin_ambiguous(view: View) -> Iterator[Remark]:
    """Times start at an event that trial data do not hold as one date; one question for each event."""
    unclear: dict[str, list[EndpointDefinition]] = {}
    for one in _starting(view):
        if one.origin not in _IN_DATA and not _is_impossible(view, one):
            unclear.setdefault(str(one.origin), []).append(one)
    for origin, same in unclear.items():
        target = mapped(view, same[0])
        # Another event is kept: only its day is asked for. So is a graft: it is no dose.
        refined = origin == "first_treatment" and course_of(view) != "transplant"
        verb = "start" if len(same) > 1 else "starts"
        yield Remark(
            path=f"endpoints.{same[0].id}.origin",
            message=f"{names(same)} {verb} at {_words(origin)}: {_problem(view, same[0])}. "
            + (f"The start is read as {_words(target)}." if refined else _ASK[origin in _LATER]),
            values={f"endpoints.{one.id}.origin": target for one in same} if refined else {},
            reason=_why(view, same[0]) if refined else None,
            rule="D-03",
            severity="note" if _is_plain(view, same[0]) else None,
        )


def _is_plain(view: View, one: EndpointDefinition) -> bool:
    """Whether only the word is open: everybody knows the day that is meant."""
    if one.origin == "first_treatment":
        return not _in_steps(view)
    return one.origin in {"randomization", "registration"}


def _in_steps(view: View) -> bool:
    """Whether components start on different days, or may: a procedure beside drugs does."""
    parts = view.treatments
    if len(parts) < 2:
        return False
    ordered = len(view.treatment.sequence or ()) > 1 or any(one.anchors for one in parts)
    return ordered or len({one.kind for one in parts}) > 1


def _problem(view: View, one: EndpointDefinition) -> str:
    if one.origin == "first_treatment" and _in_steps(view):
        order = view.treatment.sequence or ()
        if len(order) > 1:
            known = {one.id: one.name for one in view.regimen}
            first, last = known.get(order[0], order[0]), known.get(order[-1], order[-1])
            return f"{first} and {last} start on different days"
        return "with several components, the day depends on which of them comes first"
    if one.origin in {"response", "complete_remission"}:
        return "patients without one have no such day and leave the curve"
    if _is_plain(view, one):
        return "the data name this day otherwise"
    return "no date of that name is among those that every patient has in the data"


def _starting(view: View) -> list[EndpointDefinition]:
    return [one for one in view.endpoints(TIME_TO_EVENT) if one.origin is not None]


def _is_impossible(view: View, one: EndpointDefinition) -> bool:
    return one.origin == "randomization" and _is_nobody_allocated(view)


def _is_nobody_allocated(view: View) -> bool:
    return view.single_arm or view.design.allocation in {"NON_RANDOMIZED", "NA"}


def common_origin(view: View) -> DataOrigin:
    """The origin that all times can share: that of the primary endpoint, else the commonest.

    Enrolment when no endpoint names an event of the data.
    """
    possible = [one for one in _starting(view) if not _is_impossible(view, one)]
    primary = [one for one in possible if one.role == "primary"]
    counts = Counter(mapped(view, one) for one in primary or possible)
    ranked = sorted(counts, key=lambda origin: (-counts[origin], list(_IN_DATA).index(origin)))
    return ranked[0] if ranked else "enrolment"


def mapped(view: View, one: EndpointDefinition) -> DataOrigin:
    """The event of the data that stands for the registered origin of an endpoint."""
    if one.origin in _IN_DATA:
        return _IN_DATA[one.origin]
    if one.origin == "first_treatment":
        return "first_procedure" if starts_with_procedure(view) else "first_dose"
    if one.origin == "surgery" and any(_is_procedure(part) for part in view.regimen):
        return "first_procedure"
    return "enrolment"


def starts_with_procedure(view: View) -> bool:
    """Whether the first treatment is a procedure, and drugs follow it."""
    parts = {part.id: part for part in view.regimen}
    for name in view.treatment.sequence or ():
        if name in parts:
            return _is_procedure(parts[name])
    followed = {
        anchor.event
        for part in parts.values()
        for anchor in part.anchors or ()
        if anchor.relation == "after" and not _is_procedure(part)
    }
    return any(_is_procedure(part) and part.id in followed for part in parts.values())


def _is_procedure(part: Component) -> bool:
    return part.kind == "procedure"


def _why(view: View, one: EndpointDefinition) -> str:
    if one.origin == "first_treatment":
        first = "a procedure" if starts_with_procedure(view) else "a dose"
        return f"the first treatment of this regimen is {first}"
    return f"the nearest event that every patient has in the data is {_words(mapped(view, one))}"


def _words(origin: str | None) -> str:
    return _WORDS.get(origin or "", (origin or "").replace("_", " "))
