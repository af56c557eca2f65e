"""A schedule of activities as tables: activities by kind of visit, and visits one by one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from string import digits

from trialwright.core.display import Table
from trialwright.schedule.model import ActivitySchedule, Anchor, Visit, weakest

_CYCLE_DAY = re.compile(r"C\d+D\d+")
#: Visits of one column that are named; of more, the first ones and the last.
_NAMED = 3


def schedule_tables(
    schedule: ActivitySchedule, starts: Mapping[Anchor, date] | None = None
) -> tuple[Table, Table]:
    """The table of activities and the list of visits.

    Parameters
    ----------
    starts
        Dates of the events that days count from; visits get dates where theirs is known.
    """
    return activity_table(schedule), visit_table(schedule, starts or {})


def activity_table(schedule: ActivitySchedule) -> Table:
    """Activities by visit; visits at which the same is done share a column."""
    groups = _groups(schedule.visits)
    columns = ("Activity", *(_names(group) for group in groups), "Source")
    rows = [
        ("Day", *(_listed([one.day_words() for one in group]) for group in groups), ""),
        ("Window, days", *(_one_window(group) for group in groups), ""),
    ]
    for activity in schedule.activities:
        marks = [_mark(group[0], activity.id) for group in groups]
        reasons = [
            planned.because
            for visit in schedule.visits
            for planned in visit.planned
            if planned.activity == activity.id
        ]
        if any(marks):
            rows.append((activity.name, *marks, str(weakest(reasons))))
    return Table(
        title=f"Schedule of activities, {schedule.protocol_id}",
        columns=columns,
        rows=tuple(rows),
        footnotes=(legend(schedule.visits), *schedule.notes, *_open_lines(schedule)),
    )


def legend(visits: Sequence[Visit]) -> str:
    """What the short names of the visits mean, each kind by one of those that there are."""
    kinds: dict[str, Visit] = {}
    for visit in visits:
        kinds.setdefault(_CYCLE_DAY.sub("C", visit.id).rstrip(digits), visit)
    said = [f"{one.id}: {one.name[0].lower()}{one.name[1:]}" for one in kinds.values()]
    marked = any(planned.mark == "X" for visit in visits for planned in visit.planned)
    return f"{'; '.join([*said, *['X: done, without a dose'] * marked])}."


def visit_table(schedule: ActivitySchedule, starts: Mapping[Anchor, date]) -> Table:
    """Every visit with its day, date, window, content and reason."""
    names = {one.id: one.name for one in schedule.activities}
    doses = {one.id for one in schedule.activities if one.component}
    rows = []
    for visit in schedule.visits:
        given = [
            f"{names[one.activity]} {one.mark}".removesuffix(" X")
            for one in visit.planned
            if one.activity in doses
        ]
        rows.append((
            visit.id, visit.name, visit.day_words(), date_words(visit, starts),
            visit.window_words(), "; ".join(given), _why(visit, names, doses),
        ))  # fmt: skip
    return Table(
        title=f"Visits, {schedule.protocol_id}",
        columns=("Visit", "Name", "Day", "Date", "Window", "Doses and procedures", "Why"),
        rows=tuple(rows),
        footnotes=("Day 1 is the day of first treatment; there is no day 0.",),
    )


def _why(visit: Visit, names: Mapping[str, str], doses: Collection[str]) -> str:
    """The kind of source of each dose, else the reason of the visit."""
    said = [
        f"{names[one.activity]}: {one.because.kind}"
        for one in visit.planned
        if one.activity in doses
    ]
    return "; ".join(said) or str(visit.because)


def dates_of(visit: Visit, starts: Mapping[Anchor, date]) -> tuple[date, date] | None:
    """First and last planned date of a visit, `None` when its anchor has no date."""
    start = starts.get(visit.anchor)
    if start is None:
        return None
    if visit.epoch == "screening":
        return _shift(start, visit.offset - visit.early), _shift(start, visit.offset + visit.late)
    first = _shift(start, visit.offset)
    return first, _shift(first, visit.days - 1)


def date_words(visit: Visit, starts: Mapping[Anchor, date]) -> str:
    """The planned dates in ISO form, "" when the anchor has no date."""
    dates = dates_of(visit, starts)
    if dates is None:
        return ""
    first, last = dates
    return first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"


def _shift(start: date, days: int) -> date:
    return start + timedelta(days=days)


def _groups(visits: Sequence[Visit]) -> list[list[Visit]]:
    """Visits with the same content, in the order of their first one."""
    groups: dict[object, list[Visit]] = {}
    for visit in visits:
        content = tuple((one.activity, one.mark) for one in visit.planned)
        key = (visit.epoch, visit.anchor, visit.window_words(), content)
        alone = visit.anchor == "end_of_treatment" or visit.epoch == "screening"
        groups.setdefault((key, visit.id if alone else ""), []).append(visit)
    return list(groups.values())


def _names(group: Sequence[Visit]) -> str:
    return _listed([one.id for one in group])


def _listed(words: Sequence[str]) -> str:
    if len(words) <= _NAMED + 1:
        return ", ".join(words)
    return f"{', '.join(words[:_NAMED])} ... {words[-1]}"


def _one_window(group: Sequence[Visit]) -> str:
    return group[0].window_words()


def _mark(visit: Visit, activity: str) -> str:
    return "; ".join(one.mark for one in visit.planned if one.activity == activity)


def _open_lines(schedule: ActivitySchedule) -> list[str]:
    return [f"Open: {one.message} ({one.path})." for one in schedule.missing]
