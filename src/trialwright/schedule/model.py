"""A schedule of activities as data: visits by day, what is done at each, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from trialwright.core.results import Json
from trialwright.protocol.base import SourceKind

#: The event that days of a visit count from; the end of treatment is the day of the last dose.
Anchor: TypeAlias = Literal["first_treatment", "enrolment", "end_of_treatment"]
Epoch: TypeAlias = Literal["screening", "treatment", "follow_up"]

_WEAKEST: tuple[SourceKind, ...] = ("default", "user", "inferred", "record")
ANCHOR_WORDS: dict[Anchor, str] = {
    "first_treatment": "first treatment",
    "enrolment": "enrolment",
    "end_of_treatment": "last dose",
}


@dataclass(frozen=True, slots=True)
class Because:
    """Where something planned is from: a value of the protocol or a row of the usual schedule."""

    kind: SourceKind
    reason: str
    path: str = ""

    def __str__(self) -> str:
        """Give the kind and the reason."""
        return f"{self.kind}: {self.reason}"


def weakest(reasons: Iterable[Because]) -> Because:
    """The reasons as one: of the kind that is least sure, a default before a quote."""
    found = tuple(dict.fromkeys(reasons))
    kind = min((one.kind for one in found), key=_WEAKEST.index)
    paths = dict.fromkeys(one.path for one in found if one.path)
    return Because(kind, "; ".join(dict.fromkeys(one.reason for one in found)), ", ".join(paths))


@dataclass(frozen=True, slots=True)
class Activity:
    """A row of the schedule: a dose, a procedure or an examination."""

    id: str
    name: str
    component: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """An activity at one visit: the mark that the table shows, and why it is there."""

    activity: str
    mark: str
    because: Because


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit.

    Attributes
    ----------
    id, name
        `C2D15` and "Cycle 2, day 15".
    anchor, offset
        Days from the anchor; the day of the anchor itself has offset 0.
    early, late
        Days that it may be early or late.
    days
        Days that it takes, at least 1.
    key
        What it is known by when its day changes, "" for its id. Visits with doses are known by
        these.
    """

    id: str
    name: str
    epoch: Epoch
    anchor: Anchor
    offset: int
    early: int
    late: int
    planned: tuple[Planned, ...]
    because: Because
    days: int = 1
    key: str = ""

    @property
    def study_day(self) -> int | None:
        """Day of the study, first treatment on day 1, no day 0; `None` for another anchor."""
        if self.anchor != "first_treatment":
            return None
        return self.offset + 1 if self.offset >= 0 else self.offset

    def day_words(self) -> str:
        """The planned day in words: `15`, `2 to 3`, `+30 after last dose`."""
        if self.epoch == "screening" and self.anchor == "first_treatment":
            return f"{self.offset - self.early} to {self.offset + self.late}"
        first = self.study_day
        if first is None:
            place = ANCHOR_WORDS[self.anchor]
            return f"+{self.offset} after {place}" if self.offset else f"at {place}"
        return f"{first} to {first + self.days - 1}" if self.days > 1 else f"{first}"

    def window_words(self) -> str:
        """The window in words: `±3`, `-2 to +7`, none."""
        if self.epoch == "screening" or not (self.early or self.late):
            return ""
        if self.early == self.late:
            return f"±{self.early}"
        return f"{-self.early} to +{self.late}"

    def to_json(self) -> dict[str, Json]:
        """The visit as plain data."""
        return {
            "id": self.id, "name": self.name, "epoch": self.epoch, "anchor": self.anchor,
            "offset_days": self.offset, "study_day": self.study_day, "days": self.days,
            "early_days": self.early, "late_days": self.late,
            "why": _because_json(self.because),
            "activities": [
                {"id": one.activity, "mark": one.mark, **_because_json(one.because)}
                for one in self.planned
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Open:
    """What the protocol does not settle, so that nothing is planned for it."""

    path: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySchedule:
    """The schedule of activities of a protocol.

    Attributes
    ----------
    visits
        In the order of time; those that count from the end of treatment come last.
    activities
        Every row, whether a visit of the days shown has it or not.
    missing
        What the protocol leaves open.
    notes
        What a reader has to know: rules that go on, rows that were left out and why.
    cycle_days
        Length of a cycle, `None` without cycles.
    until
        Last offset from first treatment for which doses and scans were laid out.
    open_ended
        Whether treatment goes on until an event.
    """

    protocol_id: str
    title: str
    visits: tuple[Visit, ...]
    activities: tuple[Activity, ...]
    missing: tuple[Open, ...]
    notes: tuple[str, ...]
    cycle_days: int | None
    until: int
    open_ended: bool

    def to_json(self) -> dict[str, Json]:
        """The schedule as plain data."""
        return {
            "protocol": self.protocol_id,
            "cycle_days": self.cycle_days,
            "laid_out_until_study_day": self.until + 1,
            "open_ended": self.open_ended,
            "activities": [
                {"id": one.id, "name": one.name, "component": one.component}
                for one in self.activities
            ],
            "visits": [visit.to_json() for visit in self.visits],
            "missing": [{"path": one.path, "message": one.message} for one in self.missing],
            "notes": list(self.notes),
        }


def _because_json(because: Because) -> dict[str, Json]:
    return {"source": because.kind, "reason": because.reason, "path": because.path or None}
