"""The schedule of activities in the report."""

from __future__ import annotations

from dataclasses import replace

from trialwright.protocol.model import Protocol
from trialwright.report.blocks import Block, Heading, TableBlock, Text
from trialwright.schedule.activities import plan_activities
from trialwright.schedule.table import activity_table

_TOLD = (
    "Doses follow the regimen, scans and follow-up the rules of the protocol. What is examined at "
    "a visit is a usual schedule and no value of the protocol. Source: record (the text says it), "
    "inferred (follows from it), default (proposed), user (given by a person); of several, the "
    "least sure. The command schedule prints the reason of each row and writes a calendar."
)


def schedule_blocks(protocol: Protocol) -> tuple[Block, ...]:
    """What is planned at which visit, with the kind of its source; nothing without a regimen."""
    if not protocol.regimen:
        return ()
    table = replace(activity_table(plan_activities(protocol)), title="Schedule of activities")
    shown = replace(table, rows=tuple(_short(row) for row in table.rows))
    return (Heading("Schedule of activities"), Text(_TOLD), TableBlock(shown, plan=True))


def _short(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row with the kind of its source alone; the reason is in the command's table."""
    return (*row[:-1], row[-1].partition(":")[0])
