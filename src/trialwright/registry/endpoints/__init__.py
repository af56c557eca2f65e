"""Registered outcomes read as endpoint definitions; what the text does not say stays open."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from trialwright.registry.endpoints.assessment import (
    read_assessor,
    read_confirmation,
    read_denominator,
    read_estimator,
)
from trialwright.registry.endpoints.criteria import RARE_WORDS, read_criteria
from trialwright.registry.endpoints.events import (
    events_in_definition,
    events_in_frame,
    events_in_measure,
)
from trialwright.registry.endpoints.found import Found
from trialwright.registry.endpoints.landmark import landmark_in_frame, landmarks
from trialwright.registry.endpoints.origin import (
    origin_at_head,
    origin_in,
    origin_in_definition,
    origin_in_frame,
)
from trialwright.registry.endpoints.time_frame import read_time_frame
from trialwright.registry.facts import Fact, FactKind, Reading
from trialwright.registry.kinds import kind_of
from trialwright.registry.outcomes import Outcome, split_fields
from trialwright.registry.view import Span

__all__ = ["endpoint_facts", "endpoint_id", "kind_of", "origin_in", "outcomes_of"]

#: Kinds that are times to an event, or the share without it.
TIME_KINDS = frozenset(
    {
        "PFS", "PFS_RATE", "OS", "OS_RATE", "TTP", "TTF", "DFS", "DFS_RATE", "RFS", "RFS_RATE",
        "EFS", "EFS_RATE", "DOR", "TTR", "RELAPSE", "LOCAL_CONTROL",
    }
)  # fmt: skip
_RATE_KINDS = frozenset({"PFS_RATE", "OS_RATE", "DFS_RATE", "RFS_RATE", "EFS_RATE"})
#: Definitions longer than this are not kept for a later record that repeats them.
_SHORT = 300
_NAMED = "read from the name of the outcome"
_STANDS = {role: f"stands in the {role} outcomes" for role in ("primary", "secondary")}
#: Name, value, start, end and reason of each field.
_Fields = tuple[tuple[str, object, int, int, str | None], ...]


def endpoint_facts(reading: Reading) -> Iterator[tuple[Outcome, list[Fact]]]:
    """Each outcome with the facts below `endpoints.<id>`, primary ones first."""
    used: dict[str, int] = {}
    for outcome in outcomes_of(reading):
        yield outcome, _facts(reading, outcome, used)


def outcomes_of(reading: Reading) -> tuple[Outcome, ...]:
    """Primary, then secondary outcomes."""
    if reading.record.outcomes is not None:
        return reading.record.outcomes
    text, low = reading.record.text, reading.low
    return split_fields(
        text,
        low,
        (
            (reading.span("primary_outcomes"), "primary"),
            (reading.span("secondary_outcomes"), "secondary"),
        ),
    )


def endpoint_id(kind: str, landmark: float | None, used: dict[str, int]) -> str:
    """Identifier of an endpoint: its kind, the landmark of a rate, a number when repeated."""
    name = kind
    if kind in _RATE_KINDS and landmark is not None:
        name = f"{kind}_{landmark:g}".replace(".", "p")
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else f"{name}_{used[name]}"


def _facts(reading: Reading, outcome: Outcome, used: dict[str, int]) -> list[Fact]:
    text, low, measure = reading.record.text, reading.low, outcome.measure
    described, framed = outcome.description or None, outcome.time_frame or None
    start, cut = measure.start, measure.end - measure.start
    definition = low[start : (described or measure).end]
    behind = len(definition)
    begin = described.start - start if described is not None else behind
    frame = low[framed.start : framed.end] if framed is not None else ""
    read = _read if behind <= _SHORT else _read.__wrapped__
    rare = reading.says(RARE_WORDS)
    kind, landmark, fields = read(definition, cut, begin, frame, rare=rare)
    path = f"endpoints.{endpoint_id(kind, landmark, used)}"
    facts = [
        Fact(f"{path}.kind", kind, measure, "inferred", _NAMED),
        Fact(f"{path}.role", outcome.role, measure, "inferred", _STANDS[outcome.role]),
        Fact(f"{path}.measure", text[start : measure.end], measure),
    ]
    if described is not None:
        whole = text[described.start : described.end]
        facts.append(Fact(f"{path}.description", whole, described))
    frame_at = 0
    if framed is not None:
        facts.append(Fact(f"{path}.time_frame", text[framed.start : framed.end], framed))
        frame_at = framed.start - behind
    for name, value, first, last, reason in fields:
        at = start if first < behind else frame_at
        source: FactKind = "record" if reason is None else "inferred"
        facts.append(Fact(f"{path}.{name}", value, Span(first + at, last + at), source, reason))
    return facts


@lru_cache(maxsize=16_384)
def _read(
    definition: str, cut: int, begin: int, frame: str, *, rare: bool
) -> tuple[str, float | None, _Fields]:
    """The kind, the landmark in months and the fields of an outcome.

    Parameters
    ----------
    definition
        Normalised measure and description, as they stand in the record.
    cut, begin
        End of the measure and start of the description in it.
    frame
        Normalised time frame; the positions of what is found in it go on from the definition.
    rare
        Whether the record has one of `RARE_WORDS`.
    """
    measure, description = definition[:cut], definition[begin:]
    kind = kind_of(measure, description)
    behind = len(definition)
    found: list[tuple[str, Found | None]] = []
    if frame:
        months, how = read_time_frame(frame)
        found.append(("time_frame_months", _framed(months, behind)))
        found.append(("time_frame_kind", _framed(how, behind)))
    whole = f"{definition} {frame}" if "ecist" in frame or "ctc" in frame else definition
    found.append(("criteria", read_criteria(whole, rare=rare)))
    timed = kind in TIME_KINDS or _is_timed(description)
    found.append(("origin", _origin(definition, begin, frame, kind, timed=timed)))
    if timed and kind not in {"AE", "SAE", "RELAPSE", "PK"}:
        found.append(("events", _events(definition, cut, begin, frame, kind)))
    assessed = read_assessor(definition, kind, cut)
    found.append(("assessor", assessed or _framed(read_assessor(frame, kind, 0), behind)))
    found.append(("confirmed", read_confirmation(definition, kind)))
    found.append(("denominator", read_denominator(definition, kind)))
    found.append(("estimator", read_estimator(definition, kind)))
    points = landmarks(definition, kind, cut)
    if points is None and not _is_timed(description):
        points = _framed(landmark_in_frame(frame, measure, kind), behind)
    first, marks = _landmarks(points)
    fields = [(name, *one) for name, one in (*found, *marks) if one is not None]
    return kind, first, tuple(fields)


def _framed(found: Found | None, behind: int) -> Found | None:
    return found.at(behind) if found is not None else None


def _is_timed(description: str) -> bool:
    """Whether a description defines a time, whatever the measure is called."""
    head = description[:80]
    return "time from" in head or "time between" in head or "time, in" in head


def _origin(definition: str, begin: int, frame: str, kind: str, *, timed: bool) -> Found | None:
    """The definition first; the time frame where the definition is silent."""
    found = origin_in_definition(definition, kind, timed=timed)
    if found is None and timed and begin < len(definition):
        headed = origin_at_head(definition[begin:])
        found = headed.at(begin) if headed else None
    if found is None and frame:
        found = _framed(origin_in_frame(frame, kind), len(definition))
    return found


def _events(definition: str, cut: int, begin: int, frame: str, kind: str) -> Found | None:
    """The description first, then a measure that is a definition, then the time frame."""
    found = events_in_definition(definition[begin:], kind)
    if found is not None:
        return found.at(begin)
    found = events_in_measure(definition[:cut], kind)
    if found is not None:
        return found
    return _framed(events_in_frame(frame, kind), len(definition))


def _landmarks(found: Found | None) -> tuple[float | None, list[tuple[str, Found]]]:
    """The first time point of a rate, and the fields of all of them."""
    if found is None or not isinstance(found.value, list):
        return None, []
    first, *further = found.value
    fields = [("landmark_months", found._replace(value=first))]
    if further:
        fields.append(("further_landmark_months", found._replace(value=tuple(further))))
    return first, fields
