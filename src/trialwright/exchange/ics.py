"""A patient's visits as an iCalendar file (RFC 5545).

All-day events without time zone. The same input gives the same bytes: DTSTAMP is the day of first
treatment, not the time of writing, and SEQUENCE tells an earlier calendar from a later one.

An event is known by trial, subject, and what is done: the number of the dose of a component, else
the visit. A day on which two components are given has an event for each, so that either can move
alone. A later calendar of the same subject thus moves the events of an earlier one.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from trialwright.core.errors import ProtocolError
from trialwright.schedule.model import ActivitySchedule, Anchor, Visit
from trialwright.schedule.table import dates_of

_PRODUCER = "-//trialwright//schedule of activities//EN"
_NO_SUBJECT = (
    "No subject is named: two patients who start on one day would share these events, and a new "
    "start makes new ones."
)
_LONGEST = 100


def calendar_bytes(
    schedule: ActivitySchedule,
    starts: Mapping[Anchor, date],
    *,
    subject: str | None = None,
    sequence: int = 0,
) -> bytes:
    """Write the dated visits of a schedule as one calendar.

    Parameters
    ----------
    schedule
        The schedule of activities.
    starts
        Dates of the events that days count from; it holds that of first treatment. A visit whose
        anchor has no date is not in the calendar.
    subject
        Identifier of the patient, in the title and the UID of each event. Without one the day of
        first treatment stands in the UID instead, and the events say that no subject is named.
    sequence
        Revision of this calendar, at least 0: a higher one replaces the events of the same UID.
        Lay out at least as many weeks as before, an event that is left out stays as it was.

    Returns
    -------
    bytes
        iCalendar in UTF-8 with CR LF, lines folded.

    Raises
    ------
    ProtocolError
        For a subject that is blank, too long or not printable, and for a negative sequence.
    """
    _check(subject, sequence)
    start = starts["first_treatment"]
    calendar = Calendar()
    calendar.add("prodid", _PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    named = f", {subject}" if subject else ""
    calendar.add("x-wr-calname", f"Visits, {schedule.protocol_id}{named}")
    if subject is None:
        calendar.add("x-wr-caldesc", _NO_SUBJECT)
    known = (schedule.protocol_id, subject or "", "" if subject else start.isoformat())
    for visit, component, key in _keyed(schedule):
        dates = dates_of(visit, starts)
        if dates is None:
            continue
        event = Event()
        event.add("uid", _uid(*known, key))
        event.add("dtstamp", datetime(start.year, start.month, start.day, tzinfo=UTC))
        event.add("sequence", sequence)
        event.add("dtstart", dates[0])
        event.add("dtend", dates[1] + timedelta(days=1))
        title = f"{visit.id}: {_headline(schedule, visit, component)}"
        event.add("summary", f"{subject}, {title}" if subject else title)
        told = _description(schedule, visit, dates)
        event.add("description", told if subject else f"{told}\n{_NO_SUBJECT}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _check(subject: str | None, sequence: int) -> None:
    wrong = subject is not None and not (
        subject.strip() == subject and subject.isprintable() and 0 < len(subject) <= _LONGEST
    )
    if wrong:
        raise ProtocolError(
            "The subject of the calendar is no identifier.",
            where=repr(subject)[:_LONGEST],
            allowed=f"1 to {_LONGEST} printable characters, no blank at either end",
            do="give the identifier of one patient",
        )
    if sequence < 0:
        raise ProtocolError(
            "The sequence of the calendar is negative.", where=str(sequence),
            allowed="a whole number from 0", do="raise it by one with each new calendar",
        )  # fmt: skip


def _keyed(schedule: ActivitySchedule) -> Iterator[tuple[Visit, str, str]]:
    """Each event: its visit, the component it is for ("" for none), and what it is known by."""
    components = {one.id for one in schedule.activities if one.component is not None}
    given: Counter[str] = Counter()
    for visit in schedule.visits:
        here = [one.activity for one in visit.planned if one.activity in components]
        for component in dict.fromkeys(here):
            given[component] += 1
            yield visit, component, f"dose {given[component]} of {component}"
        if not here:
            yield visit, "", f"visit {visit.key or visit.id}"


def _uid(*known: str) -> str:
    return f"{hashlib.sha256(json.dumps(known).encode()).hexdigest()[:32]}@trialwright"


def _headline(schedule: ActivitySchedule, visit: Visit, component: str) -> str:
    lines = [line for line, activity in _lines(schedule, visit) if activity == component]
    return "; ".join(lines) or visit.name


def _description(schedule: ActivitySchedule, visit: Visit, dates: tuple[date, date]) -> str:
    """Everything about the visit as lines: name, window, what is done, why, what is open."""
    lines = [visit.name]
    if visit.early or visit.late:
        low, high = dates[0], dates[1]
        if visit.epoch != "screening":
            low = low - timedelta(days=visit.early)
            high = dates[0] + timedelta(days=visit.late)
        lines.append(f"Window: {low.isoformat()} to {high.isoformat()}")
    lines += [line for line, _ in _lines(schedule, visit)]
    lines.append(f"Why: {visit.because}")
    return "\n".join(lines)


def _lines(schedule: ActivitySchedule, visit: Visit) -> list[tuple[str, str]]:
    """Each activity with its mark, and its id."""
    names = {one.id: one.name for one in schedule.activities}
    return [
        (f"{names[one.activity]} {one.mark}".removesuffix(" X"), one.activity)
        for one in visit.planned
    ]
