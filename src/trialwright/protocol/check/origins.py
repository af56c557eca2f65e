"""Where the time of an endpoint starts: impossible, unclear and differing origins (D-03)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from trialwright.protocol.check.view import TIME_TO_EVENT, Remark, View
from trialwright.protocol.model import Component
from trialwright.protocol.rules import DataOrigin, EndpointDefinition

_IN_DATA: dict[str, DataOrigin] = {
    "enrolment": "enrolment",
    "first_dose": "first_dose",
    "first_procedure": "first_procedure",
}
_WORDS = {
    "first_dose": "the first dose",
    "first_procedure": "the first study procedure",
    "first_treatment": "the first treatment",
    "end_of_treatment": "the end of treatment",
    "start_of_study": "the start of the study",
    "consent": "informed consent",
}


def origin_impossible(view: View) -> Iterator[Remark]:
    """A time starts at randomization although nobody is randomised."""
    for one in _starting(view):
        if _is_impossible(view, one):
            path = f"endpoints.{one.id}.origin"
            target = common_origin(view)
            yield Remark(
                path=path,
                message=f"The time of {one.id} starts at randomization, but nobody is randomised "
                f"in this trial. It could start at {_words(target)}.",
                values={path: target},
                reason=f"there is no randomization; {_words(target)} gives all times one origin",
                rule="D-03",
            )


def origin_mismatch(view: View) -> Iterator[Remark]:
    """Times of one trial start at different events."""
    starting = [
        one for one in _starting(view) if not view.decided_by_person(f"endpoints.{one.id}.origin")
    ]
    if len({one.origin for one in starting}) < 2:
        return
    target = common_origin(view)
    differing = [one for one in starting if one.origin != target]
    said = ", ".join(f"{one.id} at {_words(one.origin)}" for one in starting)
    path = f"endpoints.{(differing or starting)[-1].id}.origin"
    yield Remark(
        path=path,
        message=f"Times start at different events ({said}): they cannot be compared with each "
        "other.",
        values={f"endpoints.{one.id}.origin": target for one in differing},
        reason=f"one origin for all times: {_words(target)}",
        rule="D-03",
    )


def origin_ambiguous(view: View) -> Iterator[Remark]:
    """A time starts at an event that trial data do not hold as one date."""
    for one in _starting(view):
        if one.origin in _IN_DATA or _is_impossible(view, one):
            continue
        path = f"endpoints.{one.id}.origin"
        target = mapped(view, one)
        yield Remark(
            path=path,
            message=f"The time of {one.id} starts at {_words(one.origin)}, which is no single date "
            f"of the data. It is read as {_words(target)}.",
            values={path: target},
            reason=_why(view, one),
            rule="D-03",
        )


def _starting(view: View) -> list[EndpointDefinition]:
    return [one for one in view.endpoints(TIME_TO_EVENT) if one.origin is not None]


def _is_impossible(view: View, one: EndpointDefinition) -> bool:
    not_allocated = view.protocol.design.allocation in {"NON_RANDOMIZED", "NA"}
    return one.origin == "randomization" and (view.single_arm or not_allocated)


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
    if one.origin == "surgery" and any(_is_procedure(part) for part in view.protocol.regimen):
        return "first_procedure"
    return "enrolment"


def starts_with_procedure(view: View) -> bool:
    """Whether the first treatment is a procedure, and drugs follow it."""
    parts = {part.id: part for part in view.protocol.regimen}
    for name in view.protocol.treatment.sequence or ():
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
    return f"the nearest event that every subject has in the data is {_words(mapped(view, one))}"


def _words(origin: str | None) -> str:
    return _WORDS.get(origin or "", (origin or "").replace("_", " "))
