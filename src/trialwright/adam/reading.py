"""One evaluator's reading of all scans, from the lesions to the decisions (R-072)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import Evaluator
from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.adapter import LesionRecords, read_lesions
from trialwright.response.timepoint import assess_time_points
from trialwright.subjects.milestones import Milestones
from trialwright.timetoevent.decisions import Decisions, decide
from trialwright.vocabulary.recist import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one evaluator recorded and what it decides; readings are never mixed."""

    evaluator: Evaluator
    rule: SettledResponse
    records: LesionRecords
    decisions: Decisions


def read_by(
    evaluator: Evaluator,
    protocol: Protocol,
    sdtm: Sdtm,
    milestones: Milestones,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> Reading:
    """Derive every response and date from the records of one evaluator.

    Parameters
    ----------
    evaluator
        As in --EVAL.
    sdtm
        The domains up to the data cut-off.

    Raises
    ------
    DataError
        For data that the input form refuses.
    """
    rule = replace(rules[0], evaluator=evaluator)
    records = read_lesions(protocol, sdtm, milestones.frame, rule)
    points = assess_time_points(records.history, rule)
    role = records.history.role
    known = ((role == Role.TARGET) | (role == Role.NON_TARGET)).any(axis=1)
    decisions = decide(
        protocol, points, known, milestones.frame, milestones.cutoff.day, (rule, rules[1])
    )
    return Reading(evaluator=evaluator, rule=rule, records=records, decisions=decisions)
