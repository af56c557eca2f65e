"""Origins, time frames and milestones (findings.md; endpoints.md D-03, E-10)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.base import Finding
from trialwright.protocol.rules import EndpointDefinition
from trialwright.registry.endpoints import origin_in
from trialwright.registry.expressions import times_in_months
from trialwright.registry.findings.case import TIMED, Advice, Case
from trialwright.registry.outcomes import Outcome
from trialwright.registry.view import Span

_MILESTONE = re.compile(
    r"\b(?:primary completion(?: date)?|study completion(?: date)?|end of (?:the )?study|completion of (?:the )?study)\b"
)
_FIRST_IS_PROCEDURE = "the first treatment of the record is a procedure (its day is study day 1)"
_ENROLLED = ("enrolment", "registration", "consent")


def anchor_conflict(case: Case) -> Iterator[Finding]:
    """One milestone with two different lengths."""
    held: dict[str, tuple[float, EndpointDefinition, Span]] = {}
    for endpoint, outcome in case.paired():
        for name, months, span in _milestones(case, outcome):
            first = held.setdefault(name, (months, endpoint, span))
            if abs(first[0] - months) > 0.5:
                said, before = span.of(case.text), first[2].of(case.text)
                yield case.raise_(
                    "anchor_conflict",
                    f"endpoints.{endpoint.id}.time_frame",
                    f'The {name} cannot have two durations: "{said}" for {endpoint.id}, '
                    f'"{before}" for {first[1].id}. State the length of follow-up of each.',
                    span,
                    Advice(reason="a study has one such milestone; correct the registry entry"),
                )


def _milestones(case: Case, outcome: Outcome) -> Iterator[tuple[str, float, Span]]:
    if outcome.time_frame is None:
        return
    named = _MILESTONE.search(case.low, outcome.time_frame.start, outcome.time_frame.end)
    times = times_in_months(case.low, outcome.time_frame) if named else []
    if named and len(times) == 1:
        name = named.group().removesuffix(" date").replace(" the ", " ")
        yield name, times[0][0], outcome.time_frame


def anchor_vs_primary(case: Case) -> Iterator[Finding]:
    """A primary completion that does not fit the window of the primary endpoint."""
    windows = [e.time_frame_months for e in case.protocol.endpoints if e.role == "primary"]
    longest = max((w for w in windows if w is not None), default=None)
    if longest is None:
        return
    for endpoint, outcome in case.paired():
        for name, months, span in _milestones(case, outcome):
            if name == "primary completion" and endpoint.role == "secondary" and months > longest:
                yield case.raise_(
                    "anchor_vs_primary",
                    f"endpoints.{endpoint.id}.time_frame",
                    f"Primary completion is the last assessment of the primary endpoint, whose own "
                    f"window is {longest:g} months per patient; {endpoint.id} gives it {months:g} "
                    "months without saying whether accrual is counted.",
                    span,
                )
                return


def timeframe_calendar(case: Case) -> Iterator[Finding]:
    """A time frame that ends on a calendar date of the study, not at a time of the patient."""
    for endpoint, outcome in case.paired():
        if outcome.time_frame is None:
            continue
        span = case.find(_MILESTONE, outcome.time_frame)
        if span is not None:
            yield case.raise_(
                "timeframe_calendar",
                f"endpoints.{endpoint.id}.time_frame",
                f'The time frame of {endpoint.id} ends at the "{span.of(case.text)}" of the study: '
                "follow-up differs between the first and the last patient.",
                outcome.time_frame,
            )


def timeframe_vs_event(case: Case) -> Iterator[Finding]:
    """Survival that is followed no longer than progression."""
    pfs = [e.time_frame_months for e in case.protocol.endpoints if e.kind == "PFS"]
    longest = max((w for w in pfs if w is not None), default=None)
    for endpoint, outcome in case.paired():
        months = endpoint.time_frame_months
        if endpoint.kind != "OS" or longest is None or months is None or months > longest:
            continue
        yield case.raise_(
            "timeframe_vs_event",
            f"endpoints.{endpoint.id}.time_frame_months",
            f"Overall survival is followed for {months:g} months, no longer than progression-free "
            "survival; most deaths come later than most progressions.",
            outcome.time_frame,
        )


def timeframe_vs_landmark(case: Case) -> Iterator[Finding]:
    """A landmark at, or behind, the end of the time frame."""
    for endpoint, outcome in case.paired():
        landmark, months = endpoint.landmark_months, endpoint.time_frame_months
        if landmark is None or months is None or months > landmark:
            continue
        yield case.raise_(
            "timeframe_vs_landmark",
            f"endpoints.{endpoint.id}.time_frame_months",
            f"The rate at {landmark:g} months is read from a curve that ends at {months:g} months: "
            "the last patient needs potential follow-up to the landmark and the scan window "
            "behind it.",
            outcome.time_frame,
            Advice(rule="E-10"),
        )


def timeframe_origin(case: Case) -> Iterator[Finding]:
    """Time frames that give a length without a start."""
    bare = [
        (endpoint, outcome.time_frame)
        for endpoint, outcome in case.paired()
        if outcome.time_frame
        and endpoint.time_frame_months
        and origin_in(case.low, outcome.time_frame) is None
        and re.fullmatch(r"[\w .~-]{1,30}", outcome.time_frame.of(case.low))
    ]
    if bare:
        names = ", ".join(endpoint.id for endpoint, _ in bare)
        endpoint, span = bare[0]
        yield case.raise_(
            "timeframe_origin",
            f"endpoints.{endpoint.id}.time_frame",
            f'Time frames such as "{span.of(case.text)}" do not say from when they count '
            f"({names}).",
            span,
        )


def origin_vs_timeframe(case: Case) -> Iterator[Finding]:
    """A definition and its time frame that start at different events."""
    for endpoint, outcome in case.paired():
        if endpoint.kind not in TIMED or endpoint.origin is None or outcome.time_frame is None:
            continue
        start = origin_in(case.low, outcome.time_frame)
        if start is None or start[0] == endpoint.origin:
            continue
        yield case.raise_(
            "origin_vs_timeframe",
            f"endpoints.{endpoint.id}.origin",
            f"{endpoint.id} is defined from {_words(endpoint.origin)}, its time frame starts at "
            f"{_words(start[0])}.",
            outcome.time_frame,
            Advice(rule="D-03"),
        )


def origin_ambiguous(case: Case) -> Iterator[Finding]:
    """An origin "first treatment" where the components start on different days."""
    order = case.protocol.treatment.sequence
    if not order:
        return
    kinds = {component.id: component.kind for component in case.protocol.regimen}
    first = "first_procedure" if kinds.get(order[0]) == "procedure" else "first_dose"
    reason = _FIRST_IS_PROCEDURE if first == "first_procedure" else "the first treatment is a drug"
    for endpoint, _ in case.paired():
        if endpoint.origin == "first_treatment":
            path = f"endpoints.{endpoint.id}.origin"
            yield case.raise_(
                "origin_ambiguous",
                path,
                f"{endpoint.id} starts at the first treatment, but {order[0]} and {order[-1]} "
                "start on different days.",
                case.source(path),
                Advice({path: first}, reason, "D-03"),
            )


def origin_vs_treatment(case: Case) -> Iterator[Finding]:
    """A time that starts before treatment does."""
    for endpoint, _ in case.paired():
        path = f"endpoints.{endpoint.id}.origin"
        if endpoint.kind in TIMED and endpoint.origin in _ENROLLED:
            yield case.raise_(
                "origin_vs_treatment",
                path,
                f"{endpoint.id} starts at {_words(endpoint.origin)}; treatment starts later, and "
                "patients who are never treated count. Show it from the first dose as well.",
                case.source(path),
                Advice(rule="D-03"),
            )


def endpoint_duplicated(case: Case) -> Iterator[Finding]:
    """Two outcomes that measure the same thing."""
    seen: dict[tuple[str, object], EndpointDefinition] = {}
    for endpoint, outcome in case.paired():
        base = endpoint.kind.removesuffix("_RATE")
        if base not in TIMED or endpoint.origin is None:
            continue
        first = seen.setdefault((base, endpoint.origin), endpoint)
        if first is not endpoint:
            yield case.raise_(
                "endpoint_duplicated",
                f"endpoints.{endpoint.id}",
                f"{endpoint.id} repeats {first.id}: the same events from the same origin. One curve "
                "gives both the rate and the median.",
                outcome.measure,
                Advice(rule="E-10" if "RATE" in first.kind or "RATE" in endpoint.kind else None),
            )


def _words(origin: str) -> str:
    return origin.replace("_", " ")


TIMING_DETECTORS = (
    anchor_conflict,
    anchor_vs_primary,
    timeframe_calendar,
    timeframe_vs_event,
    timeframe_vs_landmark,
    timeframe_origin,
    origin_vs_timeframe,
    origin_ambiguous,
    origin_vs_treatment,
    endpoint_duplicated,
)
