"""Origins, time frames and milestones (findings.md; endpoints.md D-03, E-10)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.base import Finding
from trialwright.protocol.rules import EndpointDefinition
from trialwright.registry.endpoints import origin_in
from trialwright.registry.expressions import times_in_months
from trialwright.registry.findings.case import TIMED, Advice, Case, Detector, listed
from trialwright.registry.outcomes import Outcome
from trialwright.registry.view import Span

_MILESTONE = re.compile(
    r"\b(?:primary completion(?: date)?|study completion(?: date)?|end of (?:the )?study|completion of (?:the )?study)\b"
)
_MILESTONE_WORDS = frozenset({"completion", "end"})
_ENROLLED = ("enrolment", "registration", "consent")
#: Events that are one day where treatment begins with a dose.
_TREATED = ("first_treatment", "first_dose", "first_procedure")
#: Time frames that are counted from the last patient, or behind treatment: not from the origin.
_LATER = re.compile(
    r"\blast (?:patient|participant|subject|dose|treatment|enrol)|\bafter\b|\bpost\b|\bfollowing\b"
)
_STARTED = re.compile(
    r"\b(?:from|since|after|before|baseline|screening|post|pre|following|cycle|predose|prior|day 1|week 0|visit|last|first)\b"
)
_BARE = re.compile(r"[\w .~<>-]{1,30}")
#: Endpoints whose length of follow-up changes the result.
_FOLLOWED = frozenset({*TIMED, "ORR", "DCR", "CBR", "CR_RATE", "DOR", "AE", "SAE"})
_EFFICACY = frozenset({*TIMED, "ORR", "CR_RATE", "DCR", "CBR", "DOR", "TTR"})
#: What tells two outcomes on one curve apart: number of months, "rate", a bracket with the acronym.
_LANDMARK_WORDS = re.compile(
    r"\([a-z]{2,5}\)|\b(?:\d+|one|two|three|five|six|twelve|months?|mo|years?|yrs?|weeks?|rates?|median|at|the|of|"
    r"probability|proportion|percentage|patients|with)\b|[^a-z ]"
)


def anchor_conflict(case: Case) -> Iterator[Finding]:
    """One milestone with two different lengths."""
    held: dict[str, tuple[float, EndpointDefinition, Span]] = {}
    if not case.says(_MILESTONE_WORDS):
        return
    for endpoint, outcome in case.paired:
        for name, months, span in _milestones(case, outcome):
            first = held.setdefault(name, (months, endpoint, span))
            if abs(first[0] - months) > 0.5:
                said, before = span.of(case.text), first[2].of(case.text)
                yield case.raise_(
                    "anchor_conflict",
                    f"endpoints.{endpoint.id}.time_frame",
                    f"The {name} is one day for the whole study, but has two lengths: "
                    f'"{said}" for {endpoint.id}, "{before}" for {first[1].id}. The follow-up of one '
                    "of them is wrong, and with it the number of events. State the "
                    "follow-up of each and correct the registry.",
                    span,
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
    if longest is None or "completion" not in case.words:
        return
    for endpoint, outcome in case.paired:
        for name, months, span in _milestones(case, outcome):
            if name == "primary completion" and endpoint.role == "secondary" and months > longest:
                size = case.protocol.design.enrollment
                whom = f"{size} patients" if size else "everybody"
                yield case.raise_(
                    "anchor_vs_primary",
                    f"endpoints.{endpoint.id}.time_frame",
                    f"Primary completion is the last assessment of the primary endpoint, which takes "
                    f"{longest:g} months in each patient; {endpoint.id} puts it at {months:g} months, "
                    f"so {whom} would have to enter within {months - longest:g} months. Say from when "
                    "it is counted.",
                    span,
                )
                return


def timeframe_calendar(case: Case) -> Iterator[Finding]:
    """Time frames that end on a calendar date of the study, not at a time of the patient."""
    if not case.says(_MILESTONE_WORDS):
        return
    ended = [
        (endpoint, outcome.time_frame, span)
        for endpoint, outcome in case.paired
        if outcome.time_frame and (span := case.find(_MILESTONE, outcome.time_frame))
    ]
    if ended:
        endpoint, frame, span = ended[0]
        ids = [one.id for one, _, _ in ended]
        yield case.raise_(
            "timeframe_calendar",
            f"endpoints.{endpoint.id}.time_frame",
            f'{listed(ids)} {"are" if len(ids) > 1 else "is"} followed to the "{span.of(case.text)}": '
            "the first patient is followed longer than the last one. Give the time of follow-up "
            "of each patient.",
            frame,
        )


def _uniform(case: Case) -> bool:
    """Whether all responses and survival have one time frame, which is a question of its own."""
    framed = [e for e in case.protocol.endpoints if e.time_frame_months and e.kind in _EFFICACY]
    return len(framed) > 2 and len({one.time_frame_months for one in framed}) == 1


def timeframe_vs_event(case: Case) -> Iterator[Finding]:
    """Survival that is followed no longer than progression."""
    pfs = [e.time_frame_months for e in case.protocol.endpoints if e.kind == "PFS"]
    longest = max((w for w in pfs if w is not None), default=None)
    if longest is None or _uniform(case):
        return
    for endpoint, outcome in case.paired:
        months = endpoint.time_frame_months
        if endpoint.kind != "OS" or months is None or months > longest:
            continue
        yield case.raise_(
            "timeframe_vs_event",
            f"endpoints.{endpoint.id}.time_frame_months",
            f"{endpoint.id} is followed for {months:g} months, PFS for {longest:g}: most deaths come "
            "later than progressions, so the survival curve would end before its median.",
            outcome.time_frame,
        )
        return


def timeframe_vs_landmark(case: Case) -> Iterator[Finding]:
    """A landmark at, or behind, the end of the time frame."""
    short = [
        (endpoint, outcome.time_frame)
        for endpoint, outcome in case.paired
        if endpoint.kind in TIMED
        and endpoint.landmark_months is not None
        and outcome.time_frame is not None
        and endpoint.time_frame_months is not None
        and endpoint.time_frame_months <= endpoint.landmark_months
        and _LATER.search(case.low, outcome.time_frame.start, outcome.time_frame.end) is None
    ]
    if not short:
        return
    short.sort(key=lambda one: one[0].role != "primary")
    endpoint, frame = short[0]
    others = f" The same holds for {listed([e.id for e, _ in short[1:]])}." if short[1:] else ""
    scan = "" if endpoint.kind == "OS_RATE" else "the scan due at the landmark may come later, and "
    yield case.raise_(
        "timeframe_vs_landmark",
        f"endpoints.{endpoint.id}.time_frame_months",
        f"{endpoint.id} is read at {endpoint.landmark_months:g} months, and follow-up ends at "
        f"{endpoint.time_frame_months:g}: {scan}who enters last is censored before it. Follow every "
        f"patient past the landmark.{others}",
        frame,
        Advice(rule="E-10", severity=None if endpoint.role == "primary" else "note"),
    )


def timeframe_origin(case: Case) -> Iterator[Finding]:
    """Time frames that give a length without a start, where the definition has none either."""
    bare = [
        (endpoint, outcome.time_frame)
        for endpoint, outcome in case.paired
        if outcome.time_frame
        and endpoint.time_frame_months
        and endpoint.kind in _FOLLOWED
        and endpoint.origin is None
        and _STARTED.search(case.low, outcome.time_frame.start, outcome.time_frame.end) is None
        and _BARE.fullmatch(case.low, outcome.time_frame.start, outcome.time_frame.end)
    ]
    if bare:
        ids = [endpoint.id for endpoint, _ in bare]
        endpoint, span = bare[0]
        such = "such as " if len({span.of(case.low) for _, span in bare}) > 1 else ""
        yield case.raise_(
            "timeframe_origin",
            f"endpoints.{endpoint.id}.time_frame",
            f'The time frame of {listed(ids)} ({such}"{span.of(case.text)}") has no start: enrolment, '
            "first dose and last dose give different windows.",
            span,
        )


def origin_vs_timeframe(case: Case) -> Iterator[Finding]:
    """Definitions whose time frames start at another event; one question for each such event."""
    by_start: dict[str, list[tuple[EndpointDefinition, Span]]] = {}
    for endpoint, outcome in case.paired:
        frame = outcome.time_frame
        if endpoint.kind not in TIMED or endpoint.origin is None or frame is None:
            continue
        start = origin_in(case.low, frame)
        if start is None or start[0] == endpoint.origin:
            continue
        if start[0] in _TREATED and endpoint.origin in _TREATED:
            continue
        if _LATER.search(case.low, frame.start, frame.end) is None:
            by_start.setdefault(start[0], []).append((endpoint, frame))
    for event, members in by_start.items():
        endpoint, frame = members[0]
        defined = listed(
            [f"{one.id} is defined from {_words(str(one.origin))}" for one, _ in members]
        )
        whose = "their time frames start" if len(members) > 1 else "its time frame starts"
        yield case.raise_(
            "origin_vs_timeframe",
            f"endpoints.{endpoint.id}.origin",
            f"{defined}, but {whose} at {_words(event)}: weeks of screening or waiting "
            "are in the one and not in the other.",
            frame,
            Advice(rule="D-03"),
        )


def origin_vs_treatment(case: Case) -> Iterator[Finding]:
    """Times that start before treatment does; in a randomised trial that is as it should be."""
    if case.protocol.design.allocation == "RANDOMIZED":
        return
    early = [e for e in case.protocol.endpoints if e.kind in TIMED and e.origin in _ENROLLED]
    if early:
        path = f"endpoints.{early[0].id}.origin"
        event = _words(early[0].origin or "")
        verb = "starts" if len(early) == 1 else "start"
        yield case.raise_(
            "origin_vs_treatment",
            path,
            f"{listed([one.id for one in early])} {verb} at {event}, before treatment does: "
            "waiting time lengthens the median, and patients who are never treated count. Show "
            "it from the first dose as well.",
            case.source(path),
            Advice(rule="D-03"),
        )


def endpoint_duplicated(case: Case) -> Iterator[Finding]:
    """Two outcomes that are read from one curve: alike in name, origin, reader and criteria."""
    timed = [e.kind.removesuffix("_RATE") for e in case.protocol.endpoints if e.kind in TIMED]
    if len(timed) == len(set(timed)):
        return
    seen: dict[object, EndpointDefinition] = {}
    for endpoint, outcome in case.paired:
        if endpoint.kind not in TIMED:
            continue
        base = endpoint.kind.removesuffix("_RATE")
        name = " ".join(_LANDMARK_WORDS.sub(" ", outcome.measure.of(case.low)).split())
        key = (base, name, endpoint.origin, endpoint.assessor, endpoint.criteria)
        first = seen.setdefault(key, endpoint)
        if first is endpoint or None not in (first.landmark_months, endpoint.landmark_months):
            continue
        yield case.raise_(
            "endpoint_duplicated",
            f"endpoints.{endpoint.id}",
            f"{endpoint.id} and {first.id} are read from one curve: the same events from the same "
            "origin. Keep both as rate and median, but define them once.",
            outcome.measure,
            Advice(rule="E-10" if endpoint.kind != first.kind else None),
        )


def _words(origin: str) -> str:
    return origin.replace("_", " ")


TIMING_DETECTORS = (
    Detector(("anchor_conflict",), anchor_conflict),
    Detector(("anchor_vs_primary",), anchor_vs_primary),
    Detector(("timeframe_calendar",), timeframe_calendar),
    Detector(("timeframe_vs_event",), timeframe_vs_event),
    Detector(("timeframe_vs_landmark",), timeframe_vs_landmark),
    Detector(("timeframe_origin",), timeframe_origin),
    Detector(("origin_vs_timeframe",), origin_vs_timeframe),
    Detector(("origin_vs_treatment",), origin_vs_treatment),
    Detector(("endpoint_duplicated",), endpoint_duplicated),
)
