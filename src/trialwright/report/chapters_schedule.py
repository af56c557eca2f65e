"""The schedule of activities in the report."""

from __future__ import annotations

from dataclasses import replace

from trialwright.protocol.model import Protocol
from trialwright.report.blocks import Block, Heading, TableBlock, Text
from trialwright.schedule.activities import plan_activities
from trialwright.schedule.table import activity_table

_TOLD = (
    "Doses follow the regimen, scans and follow-up the rules of the protocol. What is examined at "
    "a visit is a usual schedule and no value of the protocol; the command schedule prints the "
    "source of each row and writes a calendar."
)


def schedule_blocks(protocol: Protocol) -> tuple[Block, ...]:
    """What is planned at which visit; nothing without a regimen."""
    if not protocol.regimen:
        return ()
    table = activity_table(plan_activities(protocol))
    shown = replace(
        table,
        title="Schedule of activities",
        columns=table.columns[:-1],
        rows=tuple(row[:-1] for row in table.rows),
    )
    return (Heading("Schedule of activities"), Text(_TOLD), TableBlock(shown))
