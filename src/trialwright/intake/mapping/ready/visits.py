"""The scan visits of a protocol as lines of a mapping; numbers as in the workbook."""

from __future__ import annotations

import json

from trialwright.intake.workbook.calendar import BASELINE, PlannedVisit, scans_of
from trialwright.protocol.model import Protocol


def scans(protocol: Protocol) -> list[PlannedVisit]:
    """The visits with a scan, the baseline scan first."""
    return list(scans_of(protocol).values())


def baseline_name(protocol: Protocol) -> str:
    """What the visit of the baseline scan is called."""
    return scans_of(protocol)[BASELINE].name


def visit_list(protocol: Protocol) -> str:
    """The list of visits for a sheet with a pair of columns a visit."""
    lines = [
        "# The scans of the protocol. Columns of visits that are not there yet are left out. A scan",
        '# between two visits has a number between theirs: number: "2.1", name: UNSCHEDULED.',
        "lists:",
        "  scans:",
    ]
    for one in scans(protocol):
        name, date = json.dumps(one.name), json.dumps(f"{one.name} date")
        values = f"{{number: {json.dumps(one.number)}, name: {name}}}"
        optional = "" if one.number == BASELINE else ", optional: true"
        lines += [
            f"    # day {when(one)}",
            f"    - {{columns: {{result: {name}, date: {date}}},",
            f"       values: {values}{optional}}}",
        ]
    return "\n".join(lines) + "\n"


def visit_values(protocol: Protocol, code: str) -> str:
    """Number, name and date of the visit of a row; a visit that is no term is refused."""
    terms = "".join(
        f"              {json.dumps(one.name)}: {json.dumps(one.number)}  # day {when(one)}\n"
        for one in scans(protocol)
    )
    return f"""\
          {code}DTC: {{column: Scan date, as: date}}
          VISIT: {{column: Visit}}
          VISITNUM:
            column: Visit
            terms:  # a scan between two visits has a number between theirs: UNSCHEDULED: "2.1"
{terms}"""


def when(one: PlannedVisit) -> str:
    """Day of a visit and its window."""
    return f"{one.day}{f', {one.window} days' if one.window else ''}"
