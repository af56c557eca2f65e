"""Exposure of each subject to each component: doses, cycles, duration, dose intensity (A-12).

Relative dose intensity is 100 x actual intensity / planned intensity over the same duration, that
is actual over planned cumulative dose, an exact fraction. Where neither protocol nor records have a
dose, administrations are counted instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from trialwright.core.dates import iso
from trialwright.protocol.model import Protocol
from trialwright.safety.exposure_basis import Basis, planned_dose, problem_of, questions_of
from trialwright.safety.exposure_course import Course, follow
from trialwright.safety.exposure_days import Days, add_up
from trialwright.safety.exposure_records import DoseRecord
from trialwright.safety.exposure_units import Body, read_number
from trialwright.schedule.planned import Calendar, calendar_of, schedule_of

_Place: TypeAlias = tuple[Protocol, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Exposure of a subject to a component, or to one drug of it.

    Attributes
    ----------
    component, agent
        Position in the regimen; name of the drug where the component is a choice of drugs and this
        row is about one of them.
    days
        Dose of each day.
    course
        Cycles, planned dosing days, duration, delays and interruptions.
    a_day
        Dose planned on a dosing day, in `days.unit`, or administrations where `by_dose` is false;
        `None` when not known.
    by_dose
        Whether intensity is about the dose; otherwise about the number of administrations.
    reference
        What the planned dose is, in words.
    reductions
        Days of the first dose at each lower level.
    problem
        Why relative dose intensity is not estimable, "" when it is.
    queries
        Questions that the records of this component raise.
    sources
        Sequence numbers by domain.
    """

    subject: str
    component: int
    agent: str
    days: Days
    course: Course
    calendar: Calendar | None
    a_day: Fraction | None
    by_dose: bool
    reference: str
    reductions: tuple[int, ...]
    problem: str
    queries: tuple[str, ...]
    sources: Mapping[str, tuple[str, ...]]

    @property
    def administrations(self) -> int:
        """Number of administrations."""
        return sum(one.count for one in self.days.given.values())

    @property
    def first(self) -> int:
        """Day of the first dose."""
        return min(self.days.given)

    @property
    def last(self) -> int:
        """Day of the last dose."""
        return max(self.days.given)

    @property
    def cumulative(self) -> Fraction | None:
        """Sum of the doses in `unit`; of the administrations where there is no dose."""
        return self.days.cumulative if self.by_dose else Fraction(self.administrations)

    @property
    def unit(self) -> str:
        """Unit of `cumulative`."""
        return self.days.unit if self.by_dose else "administrations"

    @property
    def planned(self) -> Fraction | None:
        """Cumulative dose planned over the duration."""
        if self.problem or self.a_day is None or self.course.planned is None:
            return None
        return self.course.planned * self.a_day

    @property
    def intensity(self) -> Fraction | None:
        """Cumulative dose per week."""
        return None if self.cumulative is None else self.cumulative * 7 / self.course.duration

    @property
    def relative(self) -> Fraction | None:
        """Relative dose intensity in percent."""
        if self.planned is None or self.cumulative is None:
            return None
        return 100 * self.cumulative / self.planned


def exposures(
    protocol: Protocol, records: Sequence[DoseRecord], body: Body, allowed: int
) -> tuple[Exposure, ...]:
    """The exposure of every subject to every component that was given.

    Parameters
    ----------
    protocol
        Its regimen has the planned doses and schedules.
    records
        What `read_doses` found.
    body
        Weight and body surface.
    allowed
        Days that a dose may be late (`safety.dose_delay_days`).

    Returns
    -------
    tuple
        By subject, component and drug; where the drugs of a component differ by patient the row of
        the component counts administrations, and each drug has a row with its dose.

    References
    ----------
    Rule A-12.
    """
    by_subject: dict[str, dict[int, list[DoseRecord]]] = {}
    for one in records:
        by_subject.setdefault(one.subject, {}).setdefault(one.component, []).append(one)
    found: list[Exposure] = []
    for _, parts in sorted(by_subject.items()):
        given = {at: sorted({d for one in rows for d in one.days}) for at, rows in parts.items()}
        for at, rows in sorted(parts.items()):
            if given[at]:
                found += _of_component((protocol, at), rows, given, (body, allowed))
    return tuple(found)


def _of_component(
    place: _Place,
    rows: Sequence[DoseRecord],
    given: Mapping[int, Sequence[int]],
    how: tuple[Body, int],
) -> list[Exposure]:
    """The row of a component and those of its drugs."""
    dosed, queries = _merged(rows)
    agents = sorted({one.agent for one in dosed if one.agent})
    calendar = _calendar(place, dosed, given)
    whole = _exposure(place, ("", dosed), calendar, how)
    found = []
    for agent in agents:
        own = [one for one in dosed if one.agent == agent]
        if any(one.days for one in own):
            found.append(_exposure(place, (agent, own), calendar, how))
    lowered = {*whole.reductions, *(day for one in found for day in one.reductions)}
    whole = replace(whole, reductions=tuple(sorted(lowered)), queries=(*whole.queries, *queries))
    return [whole, *found]


def _merged(rows: Sequence[DoseRecord]) -> tuple[list[DoseRecord], list[str]]:
    """Dose records with the procedures that have none; a procedure and its dose are one session."""
    doses = [one for one in rows if one.domain == "EX"]
    sessions = [one for one in rows if one.domain == "PR"]
    if not doses or not sessions:
        return list(rows), []
    dosed = {day for one in doses for day in one.days}
    lone = [one for one in sessions if not dosed.intersection(one.days)]
    done = {day for one in sessions for day in one.days}
    bare = sorted(one.days[0] for one in doses if one.days and not done.intersection(one.days))
    texts = [f"procedure on {iso(one.days[0])} without a dose record" for one in lone if one.days]
    texts += [f"dose on {iso(day)} without a record of the procedure" for day in bare]
    return [*doses, *lone], texts


def _calendar(
    place: _Place, dosed: Sequence[DoseRecord], given: Mapping[int, Sequence[int]]
) -> Calendar | None:
    protocol, at = place
    named = [one.every for one in dosed if one.agent]
    schedule = schedule_of(protocol, at, named or None)
    if schedule is None:
        return None
    if all(one.domain == "PR" for one in dosed):
        schedule = schedule.by_session()
    return calendar_of(schedule, given)


def _exposure(
    place: _Place,
    what: tuple[str, Sequence[DoseRecord]],
    calendar: Calendar | None,
    how: tuple[Body, int],
) -> Exposure:
    (protocol, at), (agent, records), (body, allowed) = place, what, how
    mixed = not agent and any(one.agent for one in records)
    levels = () if agent or mixed else protocol.regimen[at].dose or ()
    days = add_up(records, levels[0].unit if levels else "", body)
    by_dose = not mixed and (bool(levels) or days.cumulative is not None)
    course = follow(tuple(days.given), calendar, allowed)
    base = Basis(days, levels, by_dose, calendar, course)
    a_day, reference = planned_dose(base)
    return Exposure(
        subject=records[0].subject,
        component=at,
        agent=agent,
        days=days,
        course=course,
        calendar=calendar,
        a_day=a_day,
        by_dose=by_dose,
        reference=reference,
        reductions=() if mixed else days.reductions(),
        problem=problem_of(base, protocol.regimen[at]),
        queries=tuple(questions_of(base)),
        sources=_sources(records),
    )


def _sources(records: Sequence[DoseRecord]) -> dict[str, tuple[str, ...]]:
    """Sequence numbers by domain, in order."""
    found: dict[str, set[str]] = {}
    for one in records:
        found.setdefault(one.domain, set()).add(one.sequence)
    return {
        domain: tuple(sorted(numbers - {""}, key=lambda n: (read_number(n) or 0, n)))
        for domain, numbers in sorted(found.items())
    }
