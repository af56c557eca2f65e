"""The headline reading with every time to event (C-B): the other readings have the main ones."""

from __future__ import annotations

from dataclasses import replace

from trialwright.adam.readings import Readings
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.subjects.milestones import Milestones
from trialwright.timetoevent.all_times import with_all_times


def with_times(
    readings: Readings,
    protocol: Protocol,
    milestones: Milestones,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> Readings:
    """The readings, the decisions of the headline completed by every sensitivity analysis."""
    headline = readings.headline
    decisions = with_all_times(
        protocol, headline.decisions, milestones.frame, (headline.rule, rules[1])
    )
    return replace(readings, headline=replace(headline, decisions=decisions))
