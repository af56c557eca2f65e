"""The course of every patient on one lane: treatment, response, progression, death (swimmer)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from trialwright.core.display import Figure, Mark, Table, patient_anchor
from trialwright.core.format import DAYS_PER_MONTH, months
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import ALL, Scope, enrolled_subjects, scope_of
from trialwright.endpoints.subject_rows import (
    Row,
    day,
    number,
    parameter,
    rows_of,
    short_name,
    text,
)
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledResponse, settled_response

RULES = ("R-054", "R-073", "E-05", "D-07")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One patient; all days are plain differences from `origin`, `None` for what did not happen.

    `origin` is the first treatment, or enrolment for a patient who was never treated. `end` is the
    last day the patient was known alive, or death. Without `treatment_stop` treatment goes on
    until the cut-off. `response_ended` is false while a response is still censored.
    """

    usubjid: str
    subject: str
    origin: date
    end: int
    response: str
    treated: bool
    treatment_end: int
    treatment_stop: bool
    response_start: int | None = None
    response_end: int | None = None
    response_ended: bool = False
    progression: int | None = None
    new_therapy: int | None = None
    death: int | None = None

    @property
    def last(self) -> int:
        """The last day that the lane shows."""
        days = (self.end, self.treatment_end, self.progression, self.new_therapy, self.death)
        return max(one for one in days if one is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCourse:
    """Lanes of all enrolled patients, the longest first."""

    scope: Scope
    lanes: tuple[Lane, ...]
    undated: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`COURSE`, with the cohort behind a dot."""
        return self.scope.key

    def table(self) -> Table:
        """Describe each lane in months from first treatment."""
        return Table(
            title=f"Course of each patient{self.scope.suffix}",
            columns=(
                "Patient", "Confirmed BOR", "Treatment (months)", "Response", "Progression", "New therapy",
                "Follow-up",
            ),
            rows=tuple(_row(lane) for lane in self.lanes),
            population=self._population(),
            footnotes=(_ORIGIN, "+ no end recorded: going on, lost or withdrawn.", *self._undated()),
            links=tuple(patient_anchor(lane.usubjid) for lane in self.lanes),
            rules=RULES,
        )  # fmt: skip

    def figures(self) -> tuple[Figure, ...]:
        """The swimmer plot; none when nobody is enrolled."""
        return (self.figure(),) if self.lanes else ()

    def figure(self) -> Figure:
        """One lane per patient: treatment bar, response inside it, events as symbols."""
        height = {lane.usubjid: float(len(self.lanes) - i) for i, lane in enumerate(self.lanes)}
        ticks = tuple((height[lane.usubjid], lane.subject) for lane in self.lanes)
        longest = max(lane.last for lane in self.lanes)
        return Figure(
            title=f"Course of each patient (swimmer){self.scope.suffix}",
            alt=f"One lane per patient, {len(self.lanes)} lanes, months from first treatment: "
            "treatment, response, progression, new therapy, death.",
            marks=(*_bars(self.lanes, height), *_events(self.lanes, height)),
            x_label="Months since first treatment",
            number="F-4",
            population=self._population(),
            x_range=(0.0, max(_months(longest), 1.0) * 1.05),
            y_range=(0.3, len(self.lanes) + 0.7),
            y_ticks=ticks,
            footnotes=(_ORIGIN, *self._undated()),
            size=(7.2, 1.1 + 0.21 * max(len(self.lanes), 4)),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Days of every event of every patient, from the origin of the lane."""
        return {
            "origin": _ORIGIN,
            "subjects": len(self.lanes) + len(self.undated),
            "undated": list(self.undated),
            "patients": [_json(lane) for lane in self.lanes],
        }

    def _population(self) -> str:
        return self.scope.population("Enrolled", len(self.lanes) + len(self.undated))

    def _undated(self) -> tuple[str, ...]:
        listed = ", ".join(self.undated)
        return (f"Without any date to start from, not drawn: {listed}.",) if listed else ()


_ORIGIN = (
    "Time starts at first treatment, for a patient who was never treated at enrolment. Response "
    "runs from the first scan of the confirmed response to its end (R-073)."
)


def describe_patient_course(protocol: Protocol, adam: Adam, subset: str = ALL) -> PatientCourse:
    """Collect the dated events of each enrolled patient.

    Parameters
    ----------
    protocol
        Settled; the reader is used.
    adam
        ADSL; ADRS with OVR and CBOR; ADTTE with DOR for responders.
    subset
        All subjects, or the id of a cohort.

    Returns
    -------
    PatientCourse
        One lane per enrolled subject, the longest first; subjects that have neither a treatment
        nor an enrolment date are named in `undated`.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Rules R-054 (date of progression), R-073 (start of response), E-05 (its end).
    """
    people = rows_of(enrolled_subjects(adam, subset))
    found = _found(adam, settled_response(protocol))
    lanes = [lane for person in people if (lane := _lane(person, found)) is not None]
    dated = {lane.usubjid for lane in lanes}
    return PatientCourse(
        scope=scope_of(protocol, (), "COURSE", subset),
        lanes=tuple(sorted(lanes, key=lambda lane: (-lane.last, lane.usubjid))),
        undated=tuple(short_name(p) for p in people if text(p, "USUBJID") not in dated),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What other datasets know of the patients, rows by `USUBJID`."""

    reads: dict[str, list[Row]]
    best: dict[str, list[Row]]
    durations: dict[str, Row]

    def progression(self, name: str) -> Row | None:
        """The first time point with progression."""
        return next((row for row in self.reads.get(name, []) if row["AVALC"] == "PD"), None)

    def response(self, name: str) -> str:
        """Confirmed best overall response, NE without a record."""
        rows = self.best.get(name, [])
        return (text(rows[0], "AVALC") if rows else "") or "NE"


def _found(adam: Adam, rule: SettledResponse) -> _Found:
    durations = adam["ADTTE"].filter(pl.col("PARAMCD") == "DOR")
    return _Found(
        reads=parameter(adam, "ADRS", "OVR", rule),
        best=parameter(adam, "ADRS", "CBOR", rule),
        durations={row["USUBJID"]: row for row in durations.iter_rows(named=True)},
    )


def _lane(person: Row, found: _Found) -> Lane | None:
    """The lane of a patient, `None` without a date to start from."""
    origin = day(person, "TRTSDT") or day(person, "ENRLDT")
    if origin is None:
        return None
    name = text(person, "USUBJID")
    duration = found.durations.get(name)

    def days(row: Row | None, column: str) -> int | None:
        value = day(row, column) if row else None
        return (value - origin).days if value else None

    death, stop = days(person, "DTHDT"), days(person, "EOTDT")
    return Lane(
        usubjid=name,
        subject=short_name(person),
        origin=origin,
        end=max(_first(death, days(person, "LSTALVDT"), days(person, "DCUTDT")), 0),
        response=found.response(name),
        treated=person["TRTSDT"] is not None,
        treatment_end=_treatment_end(person, days),
        treatment_stop=stop is not None or death is not None,
        response_start=days(duration, "STARTDT"),
        response_end=days(duration, "ADT"),
        response_ended=duration is not None and number(duration, "CNSR") == 0,
        progression=days(found.progression(name), "ADT"),
        new_therapy=days(person, "NACTDT"),
        death=death,
    )


def _treatment_end(person: Row, days: Callable[[Row, str], int | None]) -> int:
    """Day treatment was stopped, else death, else the cut-off, else the last treatment."""
    if person["TRTSDT"] is None:
        return 0
    return max(_first(*(days(person, name) for name in ("EOTDT", "DTHDT", "DCUTDT", "TRTEDT"))), 0)


def _first(*days: int | None) -> int:
    """The first day that is known, 0 when none is."""
    return next((one for one in days if one is not None), 0)


def _months(days: int) -> float:
    return days / float(DAYS_PER_MONTH)


def _bars(lanes: tuple[Lane, ...], height: dict[str, float]) -> tuple[Mark, ...]:
    """Follow-up, treatment and response as bars, drawn in this order."""
    treated = [lane for lane in lanes if lane.treated]
    responders = [lane for lane in lanes if lane.response_start is not None]
    spans = (
        ("follow_up", "Follow-up", [(lane, 0, lane.end) for lane in lanes]),
        ("treatment", "Treatment", [(lane, 0, lane.treatment_end) for lane in treated]),
        ("response", "Confirmed response", [
            (lane, lane.response_start or 0, lane.response_end or lane.response_start or 0)
            for lane in responders
        ]),
    )  # fmt: skip
    return tuple(
        Mark(
            kind="hbar",
            x=tuple(_months(start) for _, start, _ in bars),
            x2=tuple(_months(end) for _, _, end in bars),
            y=tuple(height[lane.usubjid] for lane, _, _ in bars),
            role=role,
            label=label,
            links=tuple(patient_anchor(lane.usubjid) for lane, _, _ in bars),
        )
        for role, label, bars in spans
        if bars
    )


def _events(lanes: tuple[Lane, ...], height: dict[str, float]) -> tuple[Mark, ...]:
    """The dated events as symbols, one series for each kind."""
    kinds = (
        ("response_start", "Response starts", [(lane, lane.response_start) for lane in lanes]),
        ("PD", "Progression", [(lane, lane.progression) for lane in lanes]),
        ("new_therapy", "New anticancer therapy", [(lane, lane.new_therapy) for lane in lanes]),
        ("death", "Death", [(lane, lane.death) for lane in lanes]),
        ("ongoing", "On treatment at cut-off", [
            (lane, lane.treatment_end) for lane in lanes if lane.treated and not lane.treatment_stop
        ]),
    )  # fmt: skip
    marks = []
    for role, label, found in kinds:
        shown = [(lane, at) for lane, at in found if at is not None]
        mark = Mark(
            kind="points",
            x=tuple(_months(at) for _, at in shown),
            y=tuple(height[lane.usubjid] for lane, _ in shown),
            role=role,
            label=label,
            links=tuple(patient_anchor(lane.usubjid) for lane, _ in shown),
        )
        marks.append(mark)
    return tuple(mark for mark in marks if mark.x)


def _row(lane: Lane) -> tuple[str, ...]:
    plus = "" if lane.treatment_stop else "+"
    response = ""
    if lane.response_start is not None:
        still = "" if lane.response_ended else "+"
        response = f"{months(lane.response_start)} to {months(lane.response_end)}{still}"
    ended = f"{months(lane.death)}, died" if lane.death is not None else f"{months(lane.end)}+"
    return (
        lane.subject,
        lane.response,
        f"{months(lane.treatment_end)}{plus}" if lane.treated else "not treated",
        response,
        "" if lane.progression is None else months(lane.progression),
        "" if lane.new_therapy is None else months(lane.new_therapy),
        ended,
    )


def _json(lane: Lane) -> Json:
    return {
        "usubjid": lane.usubjid,
        "origin": lane.origin.isoformat(),
        "cbor": lane.response,
        "treatment_end_day": lane.treatment_end if lane.treated else None,
        "on_treatment": lane.treated and not lane.treatment_stop,
        "response_start_day": lane.response_start,
        "response_end_day": lane.response_end,
        "response_ended": lane.response_ended,
        "progression_day": lane.progression,
        "new_therapy_day": lane.new_therapy,
        "death_day": lane.death,
        "end_day": lane.end,
    }
