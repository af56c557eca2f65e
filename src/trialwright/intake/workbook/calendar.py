"""The visits of a protocol as the workbook shows them; scans have the numbers of VISITNUM."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.protocol.model import Protocol
from trialwright.schedule.activities import plan_activities
from trialwright.schedule.model import Visit

#: Weeks for which scans get a column; later ones are columns that people add.
SCAN_WEEKS = 104
BASELINE = "1"
_SCAN = re.compile(r"W(\d+)")


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A row of the calendar; `number` is empty for visits without a scan."""

    number: str
    name: str
    day: str
    window: str
    content: str
    source: str


def calendar_of(protocol: Protocol) -> tuple[PlannedVisit, ...]:
    """The planned visits in order; the baseline scan is visit 1, the first scan after it visit 2."""
    plan = plan_activities(protocol, SCAN_WEEKS)
    names = {one.id: one.name for one in plan.activities}
    number = int(BASELINE)
    found = []
    for visit in plan.visits:
        scan = _SCAN.fullmatch(visit.id)
        if scan is not None:
            number += 1
        own = BASELINE if visit.epoch == "screening" else str(number) if scan else ""
        name = "SCREENING" if own == BASELINE else f"WEEK {scan[1]}" if scan else visit.name
        said = visit.day_words(), visit.window_words(), _content(visit, names), str(visit.because)
        found.append(PlannedVisit(own, name, *said))
    return tuple(found)


def scans_of(protocol: Protocol) -> Mapping[str, PlannedVisit]:
    """The visits with a scan by number."""
    return {one.number: one for one in calendar_of(protocol) if one.number}


def _content(visit: Visit, names: Mapping[str, str]) -> str:
    shown = (
        f"{names[one.activity]}{'' if one.mark == 'X' else f' ({one.mark})'}"
        for one in visit.planned
        if one.activity in names
    )
    return "; ".join(shown)
