"""The fields of one outcome: each reader is asked where kind and record call for it."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from trialwright.registry.endpoints.assessment import (
    RESPONSES,
    SHARES,
    UNASSESSED,
    Estimator,
    MembersRule,
    are_assessed,
    are_confirmed,
    estimators_in,
    read_assessor,
    read_confirmation,
    read_denominator,
    read_estimator,
    sets_in,
)
from trialwright.registry.endpoints.criteria import CriteriaRule, criteria_in, read_criteria
from trialwright.registry.endpoints.events import (
    events_in_definition,
    events_in_frame,
    events_in_measure,
)
from trialwright.registry.endpoints.found import Found
from trialwright.registry.endpoints.landmark import landmark_in_frame, landmarks
from trialwright.registry.endpoints.origin import (
    framed_like,
    origin_at_head,
    origin_in_definition,
    origin_in_frame,
)
from trialwright.registry.endpoints.time_frame import NO_TIME_FRAME, read_time_frame

#: Kinds that are times to an event, or the share without it.
TIME_KINDS = frozenset(
    {
        "PFS", "PFS_RATE", "OS", "OS_RATE", "TTP", "TTF", "DFS", "DFS_RATE", "RFS", "RFS_RATE",
        "EFS", "EFS_RATE", "DOR", "TTR", "RELAPSE", "LOCAL_CONTROL",
    }
)  # fmt: skip
#: Kinds whose events are not read, even where the description defines a time.
_NO_EVENTS = frozenset({"AE", "SAE", "RELAPSE", "PK"})
_TIMED_HEAD = 80

#: A name, what was found, and whether its place counts from the start of the time frame.
Field: TypeAlias = tuple[str, Found, bool]


class Words(NamedTuple):
    """The normalised words of an outcome.

    Attributes
    ----------
    definition
        Measure and description, as they stand in the record.
    cut, begin
        End of the measure and start of the description in it.
    frame
        The time frame, empty if there is none.
    """

    definition: str
    cut: int
    begin: int
    frame: str

    @property
    def measure(self) -> str:
        """The measure alone."""
        return self.definition[: self.cut]

    @property
    def description(self) -> str:
        """The description alone, empty if there is none."""
        return self.definition[self.begin :]


class Called(NamedTuple):
    """What the words of a record call for; without them a reader finds nothing in any outcome."""

    criteria: tuple[CriteriaRule, ...]
    estimators: tuple[Estimator, ...]
    sets: tuple[MembersRule, ...]
    assessed: bool
    confirmed: bool


def called_by(words: frozenset[str]) -> Called:
    """What the different words of a record call for."""
    return Called(
        criteria_in(words),
        estimators_in(words),
        sets_in(words),
        are_assessed(words),
        are_confirmed(words),
    )


def fields_of(words: Words, kind: str, called: Called) -> list[Field]:
    """The fields of an outcome but its landmarks."""
    definition, _, _, frame = words
    months, how = read_time_frame(frame) if frame else NO_TIME_FRAME
    timed = kind in TIME_KINDS or _is_timed(words)
    found: list[tuple[str, Found | None, bool]] = [
        ("time_frame_months", months, True),
        ("time_frame_kind", how, True),
        ("criteria", *_criteria(definition, frame, called)),
        ("origin", *_origin(words, kind, timed=timed)),
    ]
    if timed and kind not in _NO_EVENTS:
        found.append(("events", *_events(words, kind)))
    if called.assessed and kind not in UNASSESSED:
        found.append(("assessor", *_assessor(words, kind)))
    if called.confirmed and kind in RESPONSES:
        found.append(("confirmed", read_confirmation(definition, kind), False))
    if called.sets and kind in SHARES:
        found.append(("denominator", read_denominator(definition, kind, called.sets), False))
    if called.estimators:
        found.append(("estimator", read_estimator(definition, kind, called.estimators), False))
    return [(name, one, framed) for name, one, framed in found if one is not None]


def landmarks_of(words: Words, kind: str) -> tuple[float | None, list[Field]]:
    """The first time point of a rate, and the fields of all of them."""
    found, framed = landmarks(words.definition, kind, words.cut), False
    if found is None and not _is_timed(words):
        found, framed = landmark_in_frame(words.frame, words.measure, kind), True
    if found is None or not isinstance(found.value, list):
        return None, []
    first, *further = found.value
    fields: list[Field] = [("landmark_months", found._replace(value=first), framed)]
    if further:
        more = found._replace(value=tuple(further))
        fields.append(("further_landmark_months", more, framed))
    return first, fields


def _is_timed(words: Words) -> bool:
    """Whether a description defines a time, whatever the measure is called."""
    head = words.definition[words.begin : words.begin + _TIMED_HEAD]
    return "time" in head and ("time from" in head or "time between" in head or "time, in" in head)


def _criteria(definition: str, frame: str, called: Called) -> tuple[Found | None, bool]:
    whole = f"{definition} {frame}" if "ecist" in frame or "ctc" in frame else definition
    found = read_criteria(whole, called.criteria)
    behind = len(definition) + 1  # with the blank between them
    if found is None or found.start < behind:
        return found, False
    return found.at(-behind), True


def _origin(words: Words, kind: str, *, timed: bool) -> tuple[Found | None, bool]:
    """The definition first; the time frame where the definition is silent."""
    definition, _, begin, frame = words
    found = origin_in_definition(definition, kind, timed=timed)
    if found is None and timed and begin < len(definition):
        headed = origin_at_head(definition[begin:])
        found = headed.at(begin) if headed else None
    if found is None and frame:
        return origin_in_frame(frame, framed_like(kind)), True
    return found, False


def _events(words: Words, kind: str) -> tuple[Found | None, bool]:
    """The description first, then a measure that is a definition, then the time frame."""
    found = events_in_definition(words.description, kind)
    if found is not None:
        return found.at(words.begin), False
    found = events_in_measure(words.measure, kind)
    if found is not None:
        return found, False
    return events_in_frame(words.frame, kind), True


def _assessor(words: Words, kind: str) -> tuple[Found | None, bool]:
    found = read_assessor(words.definition, kind, words.cut)
    if found is not None or not words.frame:
        return found, False
    return read_assessor(words.frame, kind, 0), True
