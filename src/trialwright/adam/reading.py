"""One evaluator's reading of all scans, from the lesions to the decisions (R-072)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import Evaluator
from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.adapter import LesionRecords, read_lesions
from trialwright.response.readers import SOURCES, Reader, Share, share_of
from trialwright.response.reported.records import read_reported_records
from trialwright.response.timepoint import assess_time_points
from trialwright.subjects.milestones import Milestones
from trialwright.timetoevent.decisions import Decisions, decide
from trialwright.vocabulary.recist import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one evaluator recorded and what it decides; readings are never mixed.

    `share` holds the domains with the records of this reader only.
    """

    share: Share
    rule: SettledResponse
    records: LesionRecords
    decisions: Decisions

    @property
    def reader(self) -> Reader:
        """Who read."""
        return self.share.reader

    @property
    def evaluator(self) -> Evaluator:
        """As in --EVAL."""
        return self.share.reader.evaluator


def read_by(
    evaluator: Evaluator,
    protocol: Protocol,
    sdtm: Sdtm,
    milestones: Milestones,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> Reading:
    """Derive every response and date from the reading that counts for an evaluator.

    Parameters
    ----------
    evaluator
        As in --EVAL.
    sdtm
        The domains up to the data cut-off, with the records of all readers.

    Raises
    ------
    DataError
        For data that the input form refuses, or when nobody says which of several readers counts.
    """
    share = share_of(sdtm, Reader(evaluator), SOURCES[rules[0].response_source])
    return read_share(share, protocol, milestones, rules)


def read_share(
    share: Share,
    protocol: Protocol,
    milestones: Milestones,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> Reading:
    """Derive every response and date from the records of one reader.

    Parameters
    ----------
    share
        The domains up to the data cut-off with the records of the reader.

    Raises
    ------
    DataError
        For data that the input form refuses.
    """
    rule = replace(rules[0], evaluator=share.reader.evaluator)
    if rule.response_source == "reported":
        records, points = read_reported_records(protocol, share.sdtm, milestones.frame, rule)
        # Whoever states a response has compared it with a baseline (C-03).
        known = np.ones(len(records.subjects), np.bool_)
        rule = replace(rule, criteria=())
    else:
        records = read_lesions(protocol, share.sdtm, milestones.frame, rule)
        points = assess_time_points(records.history, rule)
        role = records.history.role
        known = ((role == Role.TARGET) | (role == Role.NON_TARGET)).any(axis=1)
    decisions = decide(
        protocol, points, known, milestones.frame, milestones.cutoff.day, (rule, rules[1])
    )
    return Reading(share=share, rule=rule, records=records, decisions=decisions)
