"""A patient's visits as an iCalendar file (RFC 5545).

All-day events without time zone; the same input gives the same bytes: the stamp is the day of first
treatment, and an event is known by its trial, visit and that day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from trialwright.schedule.model import ActivitySchedule, Anchor, Visit
from trialwright.schedule.table import dates_of

_PRODUCER = "-//trialwright//schedule of activities//EN"


def calendar_bytes(schedule: ActivitySchedule, starts: Mapping[Anchor, date]) -> bytes:
    """Write the dated visits of a schedule as one calendar.

    Parameters
    ----------
    schedule
        The schedule of activities.
    starts
        Dates of the events that days count from; it holds that of first treatment. A visit whose
        anchor has no date is not in the calendar.

    Returns
    -------
    bytes
        iCalendar in UTF-8 with CR LF, lines folded.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", f"Visits, {schedule.protocol_id}")
    for visit in schedule.visits:
        dates = dates_of(visit, starts)
        if dates is not None:
            calendar.add_component(_event(schedule, visit, dates, starts["first_treatment"]))
    return bytes(calendar.to_ical())


def _event(
    schedule: ActivitySchedule, visit: Visit, dates: tuple[date, date], start: date
) -> Event:
    event = Event()
    known = "\n".join((schedule.protocol_id, visit.id, start.isoformat()))
    event.add("uid", f"{hashlib.sha256(known.encode()).hexdigest()[:32]}@trialwright")
    event.add("dtstamp", datetime(start.year, start.month, start.day, tzinfo=UTC))
    event.add("dtstart", dates[0])
    event.add("dtend", dates[1] + timedelta(days=1))
    event.add("summary", f"{visit.id}: {_headline(schedule, visit)}")
    event.add("description", _description(schedule, visit, dates))
    event.add("transp", "TRANSPARENT")
    return event


def _headline(schedule: ActivitySchedule, visit: Visit) -> str:
    doses = [line for line, dose in _lines(schedule, visit) if dose]
    return "; ".join(doses) or visit.name


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


def _lines(schedule: ActivitySchedule, visit: Visit) -> list[tuple[str, bool]]:
    """Each activity with its mark, and whether it is a dose or a procedure."""
    known = {one.id: one for one in schedule.activities}
    return [
        (f"{known[one.activity].name} {one.mark}".removesuffix(" X"),
         known[one.activity].component is not None)
        for one in visit.planned
    ]  # fmt: skip
