"""Origins, time frames and milestones (findings.md; endpoints.md D-03, E-10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from trialwright.protocol.check.view import of_a_part
from trialwright.protocol.rules import EndpointDefinition
from trialwright.registry.endpoints import origin_in
from trialwright.registry.expressions import times_in_months
from trialwright.registry.findings.case import TIMED, Advice, Case, Detector, Row, listed
from trialwright.registry.view import Span

_MILESTONE = re.compile(
    r"\b(?:primary completion(?: date)?|study completion(?: date)?|end of (?:the )?study|completion of (?:the )?study)\b"
)
#: Months of follow-up after which the median of survival is mostly reached.
_LONG = 48
_MILESTONE_WORDS = frozenset({"completion", "end"})
_STUDY_WORDS = frozenset({"study", "primary"})
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


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone of the study in the time frame of an endpoint; `months` when one length stands by."""

    endpoint: EndpointDefinition
    frame: Span
    named: Span
    name: str
    months: float | None


def milestones(case: Case) -> Iterator[Row]:
    """All questions about time frames that name a milestone of the study."""
    named = _milestones(case)
    if named:
        yield from anchor_conflict(case, named)
        yield from anchor_vs_primary(case, named)
        yield from timeframe_calendar(case, named)


def _milestones(case: Case) -> list[Milestone]:
    low, found = case.low, []
    paired = case.paired if case.says(_STUDY_WORDS) else ()
    for endpoint, outcome in paired:
        frame = outcome.time_frame
        if frame is None:
            continue
        said = low[frame.start : frame.end]
        if not ("completion" in said or "end of" in said):
            continue
        match = _MILESTONE.search(low, frame.start, frame.end)
        if match:
            name = match.group().removesuffix(" date").replace(" the ", " ")
            months = _only_length(frame.of(case.low))
            found.append(Milestone(endpoint, frame, Span(*match.span()), name, months))
    return found


@lru_cache(maxsize=8_192)
def _only_length(frame: str) -> float | None:
    """The length, in months, that a time frame names; `None` when there are several or none."""
    times = times_in_months(frame, Span(0, len(frame)))
    return times[0][0] if len(times) == 1 else None


def anchor_conflict(case: Case, named: list[Milestone]) -> Iterator[Row]:
    """One milestone with two different lengths."""
    held: dict[str, tuple[float, Milestone]] = {}
    for one in named:
        if one.months is None:
            continue
        months, first = held.setdefault(one.name, (one.months, one))
        if abs(months - one.months) > 0.5:
            said, before = one.frame.of(case.text), first.frame.of(case.text)
            yield case.raise_(
                "anchor_conflict",
                f"endpoints.{one.endpoint.id}.time_frame",
                f"The {one.name} is one day for the whole study, but has two lengths: "
                f'"{said}" for {one.endpoint.id}, "{before}" for {first.endpoint.id}. The follow-up of one '
                "of them is wrong, and with it the number of events. State the "
                "follow-up of each and correct the registry.",
                one.frame,
            )


def anchor_vs_primary(case: Case, named: list[Milestone]) -> Iterator[Row]:
    """A primary completion that does not fit the window of the primary endpoint."""
    windows = [e.time_frame_months for e in case.view.primary]
    longest = max((w for w in windows if w is not None), default=None)
    if longest is None:
        return
    for one in named:
        months, endpoint = one.months, one.endpoint
        if one.name != "primary completion" or endpoint.role != "secondary":
            continue
        if months is not None and months > longest:
            size = case.protocol.design.enrollment
            whom = f"{size} patients" if size else "everybody"
            yield case.raise_(
                "anchor_vs_primary",
                f"endpoints.{endpoint.id}.time_frame",
                f"Primary completion is the last assessment of the primary endpoint, which takes "
                f"{longest:g} months in each patient; {endpoint.id} puts it at {months:g} months, "
                f"so {whom} would have to enter within {months - longest:g} months. Say from when "
                "it is counted.",
                one.frame,
            )
            return


def timeframe_calendar(case: Case, named: list[Milestone]) -> Iterator[Row]:
    """Time frames that end on a calendar date of the study, not at a time of the patient."""
    ids = [one.endpoint.id for one in named]
    yield case.raise_(
        "timeframe_calendar",
        f"endpoints.{ids[0]}.time_frame",
        f'{listed(ids)} {"are" if len(ids) > 1 else "is"} followed to the "{named[0].named.of(case.text)}": '
        "the first patient is followed longer than the last one. Give the time of follow-up "
        "of each patient.",
        named[0].frame,
    )


def _uniform(case: Case) -> bool:
    """Whether all responses and survival have one time frame, which is a question of its own."""
    framed = [e.time_frame_months for e in case.view.endpoints(_EFFICACY) if e.time_frame_months]
    return len(framed) > 2 and len(set(framed)) == 1


def timeframe_vs_event(case: Case) -> Iterator[Row]:
    """Survival that is followed no longer than progression."""
    framed = [
        (endpoint, outcome, months)
        for endpoint, outcome in case.timed
        if (months := endpoint.time_frame_months) is not None
    ]
    deaths = [one for one in framed if one[0].kind == "OS" and one[2] < _LONG]
    if not deaths:
        return
    shortest = min([months for _, _, months in deaths])
    windows = [
        months
        for endpoint, _, months in framed
        if endpoint.kind == "PFS" and months >= shortest and not of_a_part(endpoint.measure)
    ]
    if not windows or _uniform(case):
        return
    longest = max(windows)
    for endpoint, outcome, months in deaths:
        if months > longest:
            continue
        yield case.raise_(
            "timeframe_vs_event",
            f"endpoints.{endpoint.id}.time_frame_months",
            f"{endpoint.id} is followed for {months:g} months, PFS for {longest:g}: most deaths come "
            "later than progressions, so the survival curve would end before its median.",
            outcome.time_frame,
        )
        return


def timeframe_vs_landmark(case: Case) -> Iterator[Row]:
    """A landmark at, or behind, the end of the time frame."""
    short = [
        (endpoint, outcome.time_frame)
        for endpoint, outcome in case.timed
        if endpoint.landmark_months is not None
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


def timeframe_origin(case: Case) -> Iterator[Row]:
    """Time frames that give a length without a start, where the definition has none either."""
    bare = [
        (endpoint.id, outcome.time_frame, said)
        for endpoint, outcome in case.paired
        if endpoint.origin is None
        and endpoint.time_frame_months
        and endpoint.kind in _FOLLOWED
        and outcome.time_frame is not None
        and _has_no_start(said := outcome.time_frame.of(case.low))
    ]
    if bare:
        ids = [name for name, _, _ in bare]
        _, span, _ = bare[0]
        such = "such as " if len({said for _, _, said in bare}) > 1 else ""
        yield case.raise_(
            "timeframe_origin",
            f"endpoints.{ids[0]}.time_frame",
            f'The time frame of {listed(ids)} ({such}"{span.of(case.text)}") has no start: enrolment, '
            "first dose and last dose give different windows.",
            span,
        )


@lru_cache(maxsize=8_192)
def _has_no_start(frame: str) -> bool:
    """Whether a time frame is a bare length, such as "up to 24 months"."""
    return _BARE.fullmatch(frame) is not None and _STARTED.search(frame) is None


def origin_vs_timeframe(case: Case) -> Iterator[Row]:
    """Definitions whose time frames start at another event; one question for each such event."""
    by_start: dict[str, list[tuple[EndpointDefinition, Span]]] = {}
    for endpoint, outcome in case.timed:
        frame = outcome.time_frame
        if endpoint.origin is None or frame is None:
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


def origin_vs_treatment(case: Case) -> Iterator[Row]:
    """Times that start before treatment does; in a randomised trial that is as it should be."""
    if case.protocol.design.allocation == "RANDOMIZED":
        return
    early = [endpoint for endpoint, _ in case.timed if endpoint.origin in _ENROLLED]
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


def endpoint_duplicated(case: Case) -> Iterator[Row]:
    """Two outcomes that are read from one curve: alike in name, origin, reader and criteria."""
    kinds = [endpoint.kind.removesuffix("_RATE") for endpoint, _ in case.timed]
    if len(kinds) == len(set(kinds)):
        return
    seen: dict[object, EndpointDefinition] = {}
    for endpoint, outcome in case.timed:
        base = endpoint.kind.removesuffix("_RATE")
        if kinds.count(base) < 2:
            continue
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
    Detector(
        ("anchor_conflict", "anchor_vs_primary", "timeframe_calendar"),
        milestones,
        words=_MILESTONE_WORDS,
    ),
    Detector(("timeframe_vs_event",), timeframe_vs_event, kinds=frozenset({"OS"})),
    Detector(("timeframe_vs_landmark",), timeframe_vs_landmark, kinds=TIMED),
    Detector(("timeframe_origin",), timeframe_origin, kinds=_FOLLOWED),
    Detector(("origin_vs_timeframe",), origin_vs_timeframe, kinds=TIMED),
    Detector(("origin_vs_treatment",), origin_vs_treatment, kinds=TIMED),
    Detector(("endpoint_duplicated",), endpoint_duplicated, kinds=TIMED),
)
